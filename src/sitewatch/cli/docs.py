"""`sitewatch docs ...`."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sitewatch.cli.options import case_argument, json_option, plain, quiet_option, table, tell
from sitewatch.cli.progress import progress

if TYPE_CHECKING:
    from sitewatch.types import Document

F = TypeVar("F", bound=Callable[..., Any])


@click.group()
def docs() -> None:
    """Bring documents into a case: texts, web pages, PDFs, photographs.

    \b
    Example:
      sitewatch docs add factory report.html statement.pdf
    """


def _said_options(command: F) -> F:
    for option in (
        click.option("--place", metavar="TEXT", help="Of a photograph: where it is said to have been taken."),
        click.option("--said-by", metavar="TEXT", help="Of a photograph: who says so."),
        click.option("--said-to-show", metavar="TEXT", help="Of a photograph: what it is said to show."),
        click.option("--publisher", metavar="TEXT", help="Who published it."),
        click.option("--published", metavar="D", help="When: 2024, 2024-11, 2024-11-26 or 2024-11-26T17:00."),
        click.option(
            "--restricted/--not-restricted",
            default=None,
            help="It must not be handed on: nothing of it is sent to a language model.",
        ),
        click.option("--title", metavar="TEXT", help="Its title."),
    ):
        command = option(command)
    return command


@docs.command("add")
@case_argument
@click.argument("places", nargs=-1, required=True, metavar="FILE_OR_URL...")
@_said_options
@click.option("--encoding", metavar="NAME", help="Encoding of a text, where it is read wrongly: cp1251.")
@click.option("--allow-private", is_flag=True, help="Also fetch from this machine and its private networks.")
@json_option
@quiet_option
def add(
    case: Path, places: tuple[str, ...], allow_private: bool, as_json: bool, quiet: bool, **said: Any
) -> int:
    """Add documents: text, web pages, PDFs, photographs. What one is, its content decides and not its name.

    Bytes and extracted text are kept in the case under their hash; adding the same document twice changes
    nothing. An address is fetched because you name it here; nothing else is ever fetched. The exit code is 1
    where one of them was not added.

    \b
    Examples:
      sitewatch docs add factory report.html statement.pdf
      sitewatch docs add factory text.txt --published 2024-11-26 --publisher "The Example Daily"
      sitewatch docs add factory hall.jpg --said-to-show "the new hall" --said-by "state media"
    """
    from sitewatch.app.docs import Said, add_documents
    from sitewatch.case import Case

    bar = progress(quiet=quiet or as_json)
    added = add_documents(
        Case.open(case), places, said=Said(**said), allow_private=allow_private, progress=bar
    )
    bar.done()
    for reason in added.failed.values():
        click.echo(f"error: {plain(reason)}", err=True)
    lines = [f"{len(added.new)} new documents, {len(added.known)} known before"]
    lines += [_line(d) for d in added.new]
    lines += [f"known before, left as it is: {_line(d)}" for d in added.known]
    lines += [f"note: {d.id}: {plain(note)}" for d in added.new for note in d.notes]
    lines += [f"note: {one} and {other}: {how}" for one, other, how in added.alike]
    lines += _by_hand(added.new)
    tell(
        {
            "new": [_row(d) for d in added.new],
            "known": [d.id for d in added.known],
            "failed": added.failed,
            "alike": [{"documents": [one, other], "how": how} for one, other, how in added.alike],
        },
        "\n".join(lines),
        as_json=as_json,
    )
    return 1 if added.failed else 0


@docs.command("list")
@case_argument
@json_option
def list_(case: Path, as_json: bool) -> None:
    """List the documents of a case in the order in which they were added.

    \b
    Example:
      sitewatch docs list factory
    """
    from sitewatch.case import Case

    found = Case.open(case).documents()
    rows = [
        (
            d.id,
            d.kind.value,
            d.published or "no date",
            d.language,
            d.publisher or "",
            d.declared_source or "",
            d.title[:70],
        )
        for d in found
    ]
    lines = table(("id", "kind", "published", "lang", "publisher", "names as source", "title"), rows)
    lines += [f"note: {d.id}: {plain(note)}" for d in found for note in d.notes]
    none = f"no document yet; add some with `sitewatch docs add {case} FILE_OR_URL...`"
    tell(
        {"documents": [_row(d) for d in found]},
        "\n".join([*lines, *_by_hand(found)]) if found else none,
        as_json=as_json,
    )


@docs.command("show")
@case_argument
@click.argument("document", metavar="ID")
@json_option
def show(case: Path, document: str, as_json: bool) -> None:
    """Print the extracted text of a document, with the places (code points) at which its passages begin.

    \b
    Example:
      sitewatch docs show factory doc-1f2e3d4c5b
    """
    from sitewatch.case import Case

    found = Case.open(case).document(document)
    lines = [_line(found)]
    lines += [
        f"{p.start:>7}  {p.role:<11}  {plain(' '.join(found.text[p.start : p.end].split()))}"
        for p in found.passages
    ]
    if found.photo:
        lines += [f"{key}: {plain(str(value))}" for key, value in _row(found)["photo"].items()]
    lines += [f"note: {plain(note)}" for note in found.notes]
    passages = [{"start": p.start, "end": p.end, "role": p.role} for p in found.passages]
    tell(
        _row(found) | {"text": found.text, "text_sha256": found.text_sha256, "passages": passages},
        "\n".join(lines),
        as_json=as_json,
    )


@docs.command("edit")
@case_argument
@click.argument("document", metavar="ID")
@_said_options
@json_option
def edit(case: Path, document: str, as_json: bool, **said: Any) -> None:
    """Correct what is told of a document: title, date, publisher. Its bytes and its text stay.

    \b
    Example:
      sitewatch docs edit factory doc-1f2e3d4c5b --published 2024-11-26
    """
    from sitewatch.app.docs import Said, edit_document
    from sitewatch.case import Case

    changed = edit_document(Case.open(case), document, Said(**said))
    tell({"document": _row(changed)}, _line(changed), as_json=as_json)


@docs.command("remove")
@case_argument
@click.argument("document", metavar="ID")
@click.option(
    "--with-claims", is_flag=True, help="Also where an analyst made claims from it; they go with it."
)
@json_option
def remove(case: Path, document: str, with_claims: bool, as_json: bool) -> None:
    """Take a document out of a case, with the case's copy of it and the claims read from it.

    \b
    Example:
      sitewatch docs remove factory doc-1f2e3d4c5b
    """
    from sitewatch.app.docs import remove_document
    from sitewatch.case import Case

    gone = remove_document(Case.open(case), document, with_claims=with_claims)
    tell({"removed": gone.id}, f"removed {gone.id}: {plain(gone.title)}", as_json=as_json)


def _by_hand(found: "tuple[Document, ...] | list[Document]") -> list[str]:
    """Which documents' claims the rules cannot read."""
    from sitewatch.app.docs import by_hand

    return [
        f"note: {d.id} is in another language ({d.language}): it is kept and shown, its claims come by hand "
        "(`sitewatch claims add`) or from a language model (`sitewatch claims ask`)"
        for d in by_hand(found)
    ]


def _line(document: "Document") -> str:
    known = document.published or "no date"
    source = f" ({document.published_source})" if document.published_source else ""
    names = f"  names as source: {plain(document.declared_source)}" if document.declared_source else ""
    return f"{document.id}  {document.kind.value}  {known}{source}  {document.language}  {plain(document.title)}{names}"


def _row(document: "Document") -> dict[str, Any]:
    import dataclasses

    row = {
        name: getattr(document, name)
        for name in (
            *("id", "title", "path", "kind", "sha256", "published", "published_source", "publisher"),
            *("declared_source", "language", "restricted"),
        )
    }
    photo = dataclasses.asdict(document.photo) if document.photo else None
    return row | {"characters": len(document.text), "notes": list(document.notes), "photo": photo}
