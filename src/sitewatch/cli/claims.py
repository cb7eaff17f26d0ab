"""`sitewatch claims ...`."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sitewatch.cli.options import case_argument, json_option, plain, quiet_option, table, tell
from sitewatch.cli.progress import progress

if TYPE_CHECKING:
    from sitewatch.app.claims import ReadClaims
    from sitewatch.types import Claim, Quantity

F = TypeVar("F", bound=Callable[..., Any])
READ = "read"
"""The command that `sitewatch claims CASE` means."""
QUOTE = 64
"""Code points of a quote in a table."""


class _ReadsByDefault(click.Group):
    """A group whose first word may be a case instead of a command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in self.get_help_option_names(ctx):
            args = [READ, *args]
        return super().parse_args(ctx, args)


@click.group(cls=_ReadsByDefault)
def claims() -> None:
    """Read what the documents of a case claim. `sitewatch claims CASE` is short for `sitewatch claims read CASE`.

    \b
    Example:
      sitewatch claims factory
    """


def _all_option(command: F) -> F:
    return click.option("--all", "every", is_flag=True, help="List also the claims that images cannot test.")(
        command
    )


@claims.command(READ)
@case_argument
@_all_option
@json_option
@quiet_option
def read(case: Path, every: bool, as_json: bool, quiet: bool) -> None:
    """Read the claims of all documents and hold them against each other. Writes CASE/out/claims.json.

    Names of sites, objects, systems and organisations stand in CASE/gazetteer.yaml, where you may write them;
    without it they are taken from the texts. Claims that you added, corrected or took out by hand stay so.

    \b
    Example:
      sitewatch claims read factory --all
    """
    from sitewatch.app.claims import FILE, read_claims, rows
    from sitewatch.case import Case

    opened = Case.open(case)
    bar = progress(quiet=quiet or as_json)
    done = read_claims(opened, progress=bar)
    bar.done()
    out = opened.out / FILE
    lines = [
        *_summary(done),
        "",
        *_table(done, every=every),
        "",
        *_relations(done),
        *_notes(done, opened.gazetteer),
    ]
    lines.append(f"written: {out}")
    # The rows of a long document are many: they are made only where they are printed.
    tell(rows(done) | {"file": out} if as_json else {}, "\n".join(lines), as_json=as_json)


@claims.command("list")
@case_argument
@_all_option
@json_option
def list_(case: Path, every: bool, as_json: bool) -> None:
    """List the claims as they were last read.

    \b
    Example:
      sitewatch claims list factory --all
    """
    from sitewatch.app.claims import rows, stored_claims
    from sitewatch.case import Case

    done = stored_claims(Case.open(case))
    lines = (
        _table(done, every=every) if done.found.claims else [f"no claim yet; run `sitewatch claims {case}`"]
    )
    tell(rows(done) if as_json else {}, "\n".join(lines), as_json=as_json)


def _stated_options(command: F) -> F:
    for option in (
        click.option("--latest", metavar="D", help="Last day that the stated time allows: 2024-10-10."),
        click.option("--earliest", metavar="D", help="First day that the stated time allows: 2024-10-01."),
        click.option("--tolerance", type=float, metavar="T", help="Relative widening: 0.1 is 10 %."),
        click.option(
            "--dimension", metavar="D", help="What is measured: length, width, height, area, count."
        ),
        click.option("--comparand", metavar="TEXT", help="What a ratio compares with."),
        click.option(
            "--relation", metavar="R", help="ratio, equals, range, at_least, at_most, approximately."
        ),
        click.option("--unit", metavar="U", help="m, m2, km, count; 1 for ratios and shares."),
        click.option("--high", type=float, metavar="X", help="Upper end of the quantity as stated."),
        click.option("--low", type=float, metavar="X", help="Lower end of the quantity as stated."),
        click.option("--said-by", metavar="TEXT", help="Who is said to say it."),
        click.option("--object", metavar="TEXT", help="What it is said of besides the subject."),
        click.option("--predicate", metavar="TEXT", help="What is said."),
        click.option("--subject", metavar="TEXT", help="Of what it is said."),
        click.option("--polarity", metavar="P", help="positive or negative."),
        click.option("--type", metavar="T", help="event, observation, comparison, function, denial, ..."),
    ):
        command = option(command)
    return command


@claims.command("add")
@case_argument
@click.option("--source", required=True, metavar="ID", help="The document.")
@click.option("--quote", required=True, metavar="TEXT", help="Its words, letter by letter.")
@click.option(
    "--occurrence", type=click.IntRange(min=1), metavar="N", help="Which, where they stand several times."
)
@_stated_options
@json_option
def add(case: Path, source: str, quote: str, occurrence: int | None, as_json: bool, **stated: Any) -> None:
    """Add a claim by hand. Its words must stand in the document; what you leave out is read from them by rules.

    \b
    Examples:
      sitewatch claims add factory --source doc-1f2e3d4c5b --quote "a hall of 900 square metres"
      sitewatch claims add factory --source doc-1f2e3d4c5b --quote "Die Halle ist fertig" --latest 2024-10-10
    """
    from sitewatch.app.claims_by_hand import Stated, add_claim
    from sitewatch.case import Case

    made = add_claim(Case.open(case), source, quote, Stated(**stated), occurrence=occurrence)
    _tell_one(made, "added", as_json=as_json)


@claims.command("edit")
@case_argument
@click.argument("claim", metavar="ID")
@_stated_options
@json_option
def edit(case: Path, claim: str, as_json: bool, **stated: Any) -> None:
    """Correct a claim. It is yours from then on: a re-run leaves it as it is.

    \b
    Example:
      sitewatch claims edit factory doc-1f2e3d4c5b-01456 --low 1.6 --high 1.7 --unit 1 --relation ratio
    """
    from sitewatch.app.claims_by_hand import Stated, edit_claim
    from sitewatch.case import Case

    _tell_one(edit_claim(Case.open(case), claim, Stated(**stated)), "corrected", as_json=as_json)


@claims.command("remove")
@case_argument
@click.argument("claim", metavar="ID")
@json_option
def remove(case: Path, claim: str, as_json: bool) -> None:
    """Take a claim out. A re-run leaves it out as well.

    \b
    Example:
      sitewatch claims remove factory doc-1f2e3d4c5b-01456
    """
    from sitewatch.app.claims_by_hand import remove_claim
    from sitewatch.case import Case

    _tell_one(remove_claim(Case.open(case), claim), "taken out", as_json=as_json)


@claims.command("ask")
@case_argument
@click.argument("documents", nargs=-1, required=True, metavar="ID...")
@click.option(
    "--url", required=True, metavar="URL", help="Of an OpenAI-compatible interface: http://host/v1."
)
@click.option("--model", required=True, metavar="NAME", help="Name of the model there.")
@click.option(
    "--allow-private", is_flag=True, help="The model runs on this machine or in its private networks."
)
@json_option
@quiet_option
def ask(
    case: Path,
    documents: tuple[str, ...],
    url: str,
    model: str,
    allow_private: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Ask a language model for the claims of documents, also of those in other languages.

    The text of the documents that you name is sent to URL, nothing else; a key is taken from SITEWATCH_LLM_KEY. Each
    proposal must quote the text letter by letter or is rejected; it is labelled with the model, and no verdict is the
    model's. A document marked with `docs edit --restricted` is never sent.

    \b
    Example:
      sitewatch claims ask factory doc-1f2e3d4c5b --url http://127.0.0.1:8080/v1 --model small --allow-private
    """
    from sitewatch.app.claims import claim_row
    from sitewatch.app.propose import ask_for_claims
    from sitewatch.case import Case

    bar = progress(quiet=quiet or as_json)
    done = ask_for_claims(
        Case.open(case), documents, url=url, model=model, allow_private=allow_private, progress=bar
    )
    bar.done()
    lines = [f"{len(done.new)} claims proposed by {plain(model)}, {done.known} known before"]
    lines += [f'  {c.id}  "{_short(c.quote)}"  {_amount(c.quantity)}  {_when(c)}'.rstrip() for c in done.new]
    lines += [f'rejected: "{plain(what)}": {plain(why)}' for what, why in done.rejected]
    rejected = [{"proposal": what, "reason": why} for what, why in done.rejected]
    tell(
        {"claims": [claim_row(c) for c in done.new], "known": done.known, "rejected": rejected},
        "\n".join(lines),
        as_json=as_json,
    )


@claims.command("align")
@case_argument
@click.option(
    "--embeddings",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="A sentence model on this disk: a folder with model.onnx and tokenizer.json.",
)
@click.option("--at-least", type=float, metavar="C", help="Cosine from which a pair is proposed (0.6).")
@json_option
def align(case: Path, embeddings: Path, at_least: float | None, as_json: bool) -> None:
    """Propose pairs of claims of different documents that a sentence model holds to mean the same.

    They are proposals: no link, no voice and no verdict rests on them. Nothing is downloaded.

    \b
    Example:
      sitewatch claims align factory --embeddings ~/models/all-MiniLM-L6-v2
    """
    from dataclasses import asdict

    from sitewatch.app.propose import align_by_meaning
    from sitewatch.case import Case

    proposed, known = align_by_meaning(Case.open(case), embeddings, at_least=at_least)
    lines = [f"{len(proposed)} pairs proposed that no rule has joined; look at each"]
    for pair in proposed:
        lines.append(f"  {pair.similarity:.2f}  {pair.claims[0]}  {_short(known[pair.claims[0]].quote)}")
        lines.append(f"        {pair.claims[1]}  {_short(known[pair.claims[1]].quote)}")
    tell({"proposed": [asdict(a) for a in proposed]}, "\n".join(lines), as_json=as_json)


def _tell_one(claim: "Claim", what: str, *, as_json: bool) -> None:
    from sitewatch.app.claims import claim_row

    text = f'{what}: {claim.id}  "{plain(claim.quote)}"  {_amount(claim.quantity)}  {_when(claim)}'.rstrip()
    tell({"claim": claim_row(claim)}, text, as_json=as_json)


def _summary(done: "ReadClaims") -> list[str]:
    per = {d.id: sum(c.source == d.id for c in done.found.claims) for d in done.documents}
    lines = [f"{len(done.found.claims)} claims from {len(done.documents)} documents"]
    lines += [f"  {per[d.id]:>5}  {d.id}  {plain(d.title)[:90]}" for d in done.documents]
    return lines


def _table(done: "ReadClaims", *, every: bool) -> list[str]:
    shown = [c for c in done.found.claims if every or c.testable.imagery != "no"]
    head = ("claim", "images", "who", "quantity", "when", "words")
    body = [
        (c.id, c.testable.imagery, _who(c), _amount(c.quantity), _when(c), _short(c.quote)) for c in shown
    ]
    lines = table(head, body) if body else ["no claim that images can test"]
    more = len(done.found.claims) - len(shown)
    return [*lines, f"and {more} that images cannot test (--all lists them)"] if more else lines


def _relations(done: "ReadClaims") -> list[str]:
    kinds = [link.relation.value for link in done.found.links]
    counts = ", ".join(f"{kinds.count(k)} {k}" for k in dict.fromkeys(kinds))
    lines = [f"{len(kinds)} links between claims{f': {counts}' if counts else ''}"]
    lines += [
        f"  {link.relation.value}: {plain(link.detail)} [{', '.join(link.claims[:4])}]"
        for link in done.found.links
        if link.relation.value != "agrees"
    ]
    lines.append(f"{len(done.found.origins)} origins; each counts as one voice")
    lines += [
        f"  {len(o.sources)} documents, {len(o.claims)} claims: {plain(o.basis)}"
        for o in done.found.origins
        if len(o.sources) > 1
    ]
    if done.found.proposed:
        lines.append(f"{len(done.found.proposed)} pairs that a model proposes as meaning the same, unchecked")
    lines += [f"  retold otherwise: {' → '.join(plain(w) for w in m.wordings)}" for m in done.found.mutations]
    return lines


def _notes(done: "ReadClaims", gazetteer: Path) -> list[str]:
    lines = (
        [] if done.gazetteer else [f"note: no {gazetteer.name} in the case: names were taken from the texts"]
    )
    lines += [
        f"note: {d.id} is in another language ({d.language}): its claims come by hand (`sitewatch claims add`) or from "
        "a language model (`sitewatch claims ask`)"
        for d in done.foreign
    ]
    lines += [
        f"note: {d.id} has no text: {'; '.join(map(plain, d.notes))}" for d in done.documents if _mute(d)
    ]
    if done.own or done.aside:
        lines.append(
            f"note: {done.own} claims by an analyst kept; {done.aside} of the rules corrected or taken out"
        )
    return lines


def _mute(document: Any) -> bool:
    return not document.text and document.photo is None


def _who(claim: "Claim") -> str:
    if not claim.attribution:
        return ""
    a = claim.attribution[0]
    return plain(a.name or a.organisation or a.role or a.cue)[:28]


def _amount(quantity: "Quantity | None") -> str:
    if quantity is None:
        return ""
    low, high = (None if v is None else f"{v:.6g}" for v in (quantity.low, quantity.high))
    span = low if low == high else f"{low or ''}..{high or ''}"
    unit = "" if quantity.unit in ("1", "count") else f" {quantity.unit}"
    return f"{quantity.relation} {span}{unit}"


def _when(claim: "Claim") -> str:
    return "" if claim.time is None else claim.time.edtf or plain(claim.time.text)


def _short(quote: str) -> str:
    words = plain(quote)
    return words if len(words) <= QUOTE else f"{words[: QUOTE - 1]}…"
