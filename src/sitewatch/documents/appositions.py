"""What a piece between commas adds to a speaker: a name to a role, a role or a kind of body to a name."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from dataclasses import replace

from sitewatch.documents.bodies import SERVES, body_after, resolve
from sitewatch.documents.heads import firm_role, joined, read_piece
from sitewatch.documents.known import (
    CAP,
    COMMON_ORG,
    NAME,
    NAME_RE,
    NOT_NAMES,
    ROLE,
    TITLE,
    Known,
    Source,
    clean,
    is_organisation,
    looks_like_person,
)
from sitewatch.documents.phrases import DOCUMENT, untitled

MADE_BY = rf"(?:[a-z]+ly )?[a-z]+(?:ed|en) (?:[a-z]+ ){{0,2}}by (?:the )?(?:.*? (?:of|at|from) (?:the )?)?(?P<name>{NAME})$"


_MADE_BY_LOW = re.compile(
    r"(?:published|released|commissioned|issued|carried out|compiled|collected|taken|made|recorded|flown|obtained|conducted|ordered|written|drawn up) by (?P<who>(?:the|an?|its|their) [a-z].*)$"
)


def body_clause(piece: str) -> bool:
    """Whether a relative clause says for whom somebody works: "who heads the desk at the Institute", "now with X"."""
    return bool(
        re.match(
            rf"(?:who (?:\w+ ){{0,6}}(?:at|for)(?: the)?(?: [a-z]+){{0,2}}|who (?:now |also )?(?:advises|heads|leads|runs|chairs|directs|represents|founded|owns|edits)|who \w+ (?=(?:the [a-z]+|its|{CAP})[’']s )|(?:now|then|currently|formerly) (?:with|at|of|head|director|\w+ (?:at|of|for))|based|writing for|through|via) (?:the )?{CAP}",
            piece,
        )
        or re.match(r"(?:who is|who was|then|now) (?:also )?(?:an?|the) ", piece)
    )


def described(source: Source, piece: str, known: Known) -> list[Source]:  # noqa: PLR0911, PLR0912 (rules in order)
    """A source with what an apposition adds: a name to a role, a role or a kind of body to a name."""
    if source.kind == "document":
        made = re.match(MADE_BY, piece)
        low = _MADE_BY_LOW.match(piece)
        if low and not source.organisation:
            makers = read_piece(low["who"], known, False)
            return [
                replace(
                    source,
                    organisation=makers[0].organisation
                    if makers and makers[0].kind == "organisation"
                    else None,
                )
            ]
        called = re.fullmatch(rf"(?:an?|the) (?:[a-z-]+ ){{0,3}}(?:{DOCUMENT.pattern})", piece)
        if called and source.role and source.role[:1].isupper():
            return [replace(source, role=f"{source.role}, {re.sub('^(?:an?|the) ', '', piece)}")]
        return (
            [replace(source, organisation=source.organisation or resolve(made["name"], known))]
            if made
            else [source]
        )
    if re.match(
        r"(?:who|now|then|currently|formerly|based|writing|through|via|in|at|of|from|with|on)\b", piece
    ):
        plain = re.sub(
            r"^(?:who (?:is|was)|now|then|currently|formerly)(?: also)? (?=an?\b|the\b|[a-z]+ (?:at|of|for)\b)",
            "",
            piece,
        )
        if plain == piece or not ROLE.match(re.sub(r"^(?:an?|the) ", "", plain)):
            via = re.match(rf"(?:through|via) (?:the )?(?P<name>{NAME})", piece)
            body = (
                resolve(via["name"], known)
                if via
                else body_after(piece if SERVES.search(piece) else re.sub(r"^who\b", "", piece), known)
            )
            if via and source.kind == "organisation":
                return [replace(source, role=source.role or source.organisation, organisation=body)]
            if (
                source.kind in ("person", "group")
                and not source.organisation
                and body
                and not re.match(r"in\b", piece)
            ):
                return [replace(source, organisation=body)]
            return [source]
        piece = plain
    firm = re.fullmatch(
        rf"(?:the|an?|its|their) (?:[a-z-]+ ){{0,2}}?(?P<noun>{COMMON_ORG.pattern}) (?P<name>{NAME})", piece
    )
    if firm and not source.name and source.kind == "person":
        known.heads[firm["noun"]] = clean(firm["name"])
        return [Source("organisation", None, source.role, clean(firm["name"]))]
    if (
        source.kind == "organisation"
        and source.organisation
        and NAME_RE.fullmatch(re.sub(r"^the ", "", piece))
        and COMMON_ORG.search(source.organisation.split()[-1])
        and source.organisation.split()[-1].islower()
    ):
        known.heads[source.organisation.split()[-1]] = clean(piece)
        return [Source("organisation", None, source.organisation, clean(piece))]
    names = re.match(
        rf"(?P<a>{CAP} {CAP}(?: {CAP})?)(?: and (?P<b>{CAP} {CAP}))?(?P<rest>(?: (?:of|from|at) .*)?)$", piece
    )
    if (
        names
        and source.role
        and not TITLE.match(piece)
        and not names["b"]
        and _run_by_firm(source, known)
        and not known.full.get(names["a"].split()[-1])
    ):
        known.heads[source.role.split()[-1]] = names["a"]
        return [Source("organisation", None, source.role, names["a"])]
    if names and not source.name and source.kind != "organisation" and looks_like_person(names["a"], known):
        body = body_after(names["rest"], known) or source.organisation
        role = re.sub(r"^(?:one of the|two|three|both) ", "", source.role or "") or None
        return [Source("person", untitled(n), role, body) for n in (names["a"], names["b"]) if n]
    described = read_piece(piece, replace(known, people=[]), strong=False)
    if not described:
        return [source]
    other = described[0]
    if (
        other.kind == "person"
        and other.name
        and not source.name
        and source.kind in ("person", "group", "unnamed")
    ):
        return [
            Source(
                "person",
                other.name,
                joined(other.role, source.role),
                source.organisation or other.organisation,
            )
        ]
    if other.kind == "organisation" and source.kind == "group" and NAME_RE.fullmatch(piece):
        return [replace(source, organisation=other.organisation)]
    if (
        other.kind == "organisation"
        and source.kind == "person"
        and not source.name
        and source.role
        and NAME_RE.fullmatch(re.sub(r"^[Tt]he ", "", piece))
    ):
        known.heads[source.role.split()[-1]] = str(other.organisation)
        return [Source("organisation", None, source.role, other.organisation)]
    if source.kind == "document" and not source.organisation and other.kind == "organisation":
        return [source]
    if (
        other.kind == "organisation"
        and source.kind == "organisation"
        and NAME_RE.fullmatch(re.sub(r"^[Tt]he ", "", piece))
    ):
        word = source.organisation or source.role or ""
        known.heads[word.split()[-1].lower()] = str(other.organisation)
        return [Source("organisation", None, word.lower(), other.organisation)]
    if other.kind == "organisation" or (
        other.role
        and firm_role(other.role)
        and not re.search(r"\b(?:of|at) ", piece)
        and source.kind == "organisation"
    ):
        own = source.organisation or source.name
        noun = COMMON_ORG.findall(piece.lower())
        if own and noun and source.role is None and (source.kind == "organisation" or not other.role):
            known.heads |= dict.fromkeys(noun, own)
            return [Source("organisation", None, source.role, own)]
        if own and other.role and source.kind == "organisation":
            known.heads[other.role.split()[-1]] = own
        return [source]
    if other.kind in ("person", "group") and other.role and source.kind in ("person", "organisation"):
        if source.kind == "organisation" and (
            is_organisation(source.organisation or "", known) or firm_role(other.role)
        ):
            known.heads[other.role.split()[-1]] = str(source.organisation)
            return [source]
        if source.kind == "person" and not source.name:
            return [source]  # "a spokesman for X, a carmaker": of the carmaker
        name = source.name or source.organisation
        return [
            Source(
                "person",
                name,
                joined(source.role, other.role) if source.role else other.role,
                other.organisation or (source.organisation if source.name else None),
            )
        ]
    return [source]


_WORKS = re.compile(
    r"\b(?:mine|plant|terminal|refinery|port|network|pipeline|quarry|smelter|dam|field|platform|railway|line|works|mill|depot|station|reservoir|airport|grid|concession|licence|license|permit|park|shipyard|yard|vessel|ship|tanker|satellite)$"
)
"""What firms rather than people own and run."""


def _run_by_firm(source: Source, known: Known) -> bool:
    """Whether a role is one of firms, of a thing that firms have: "the mine's owner", "the operator"."""
    role = source.role or ""
    if not firm_role(role):
        return False
    if role.endswith(("owner", "builder", "dealer", "trader", "monitor", "miner")):
        return bool(source.organisation and _WORKS.search(source.organisation))
    return not source.name


def unknown_role(piece: str, text: str) -> list[Source]:
    """A noun that is no known role, named by what follows it: "the concession holder, Grupo Ada"."""
    rest = text[len(piece) :].removeprefix(", ")
    plain = re.fullmatch(r"(?:[Tt]he|[Aa]n?|[Ii]ts|[Tt]heir|[Oo]ne) (?P<noun>[a-z][a-z ’'-]{2,40})", piece)
    return (
        [Source("person", None, plain["noun"])]
        if plain and re.match(rf"(?:{CAP} ?){{2,4}}(?:,|$)", rest)
        else []
    )


def bare_name(piece: str) -> list[Source]:
    named = (
        NAME_RE.fullmatch(piece) and piece.split(maxsplit=1)[0] not in NOT_NAMES and not ROLE.fullmatch(piece)
    )
    return [Source("organisation", None, None, clean(piece))] if named else []
