"""Who is named in a noun phrase that stands before or after a verb of speech.

A phrase is cut at its commas: the first piece names or describes the speaker, the others name it, describe it, or name
a further one. Each piece is read by its parts (`phrases`): whose it is, what kind of noun its head is (a role, a body,
a paper or image), which name stands before or after that noun, and what follows it.
"""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from dataclasses import replace

from sitewatch.documents.appositions import MADE_BY, bare_name, body_clause, described, unknown_role
from sitewatch.documents.heads import PRONOUN, pronoun, read_piece
from sitewatch.documents.known import (
    CAP,
    COMMON_ORG,
    NAME,
    NAME_RE,
    NOT_NAMES,
    ROLE,
    Known,
    Source,
    clean,
    looks_like_person,
)
from sitewatch.documents.phrases import read_phrase
from sitewatch.documents.spans import HIDDEN
from sitewatch.documents.subjects import clause_subject

_MADE = "(?:based|backed|led|mandated|funded|owned|run|born|trained|allied|controlled|sponsored|appointed|installed|held|educated|listed|registered)"
_NAMELESS = re.compile(
    r"\banonym|\bspeaking (?:privately|in confidence|off the record)|\bin private\b|\bnot (?:to )?be (?:named|identified)|\bnot (?:want|wish) to be (?:named|identified|quoted)|\b(?:wished|asked|wanted|preferred) to remain|\bnames? (?:is |are |was |were |be )?withheld|\bdeclined to (?:be|give)|\bnot authori[sz]ed to"
)
_LEAD_IN = re.compile(
    r"^(?:and|but|while|as|yet|so|both|even|only|however|meanwhile|notably|though|although|because|when|where|that|which|now|then|since then|also|contrary to|unlike|despite|what) (?=\S)",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"^(?:who|which|whose|whom|that|where|\d|aged|then|now|currently|formerly|speaking|citing|quoting|asked|asking|writing|himself|herself|itself|based|through|via|[a-z]+(?:ing|ed)\b)",
)
_NO_SUBJECT = re.compile(
    r"^[Oo]f\b(?! the )|\b(?:more|less) than the\b|^(?:[Ee]ach|[Ee]very|[Aa]ll|[Nn]either|[Ee]ither)$|^(?:[Ww]ith|[Aa]bout|[Tt]o|[Ii]n|[Oo]n|[Aa]t|[Bb]y|[Ff]rom|[Ff]or|[Aa]gainst|[Ii]nto) (?:this|that|these|it|which)\b|\b(?:we|I|you)$(?<!^we)(?<!^I)|^(?:what|how|whether)\b"
)
"""What no noun phrase begins or ends with: "of nine buyers we" wrote to."""
_ROLE_FIRST = re.compile(rf"(?:[a-z-]+ ){{0,2}}?(?:{ROLE.pattern})(?: |$)", re.IGNORECASE)


def notice(words: str, known: Known) -> None:
    """Remember whom a sentence speaks of first, so that "she" and "the company" in the next find them."""
    subject = clause_subject(words.replace(HIDDEN, " "))
    bare = re.sub(r"^[Tt]he ", "", subject)
    if (
        NAME_RE.fullmatch(bare)
        and re.search(r"\bits\b", words[len(subject) :])
        and not ROLE.search(bare)
        and bare not in NOT_NAMES
        and known.person(bare) is None
        and bare.split()[-1] not in known.full
        and not (
            len(bare.split()) == 1
            and (COMMON_ORG.fullmatch(bare) or (words.startswith(bare) and known.is_word(bare)))
        )
    ):
        known.latest = clean(bare)
        known.mention(known.latest)
    if subject and not PRONOUN.match(subject) and not re.search(r"[“”\"]|\b(?:and|or|but)\b", subject):
        for source in read_source(subject, known, keep=False):
            known.notice(source)


def read_source(  # noqa: PLR0911, PLR0912 (rules in order)
    phrase: str, known: Known, strong: bool = False, keep: bool = True
) -> list[Source]:
    """The sources in a noun phrase, most often one; [] where it names none.

    "Ada Roon, another HRI researcher" is a person with a role and an organisation; "researchers at the Institute" a
    group; "the firm" the organisation that was so called last; "satellite images" a document.

    Args:
        known: who was named before; what is found is added.
        keep: whether to remember them.
        strong: whether the verb is one of speech alone, so that whatever its subject is, it speaks.
    """
    text = re.sub(r"\s+", " ", phrase.replace("‹", "(").replace("›", ")")).strip(" ,;:–—-")
    text = re.sub(r"^(?:\d{1,2}[/)] |[Ii]t (?:is|was) (?=[^,]*$))", "", text)
    text = re.sub(
        r"^(?:the )?(?:words|statements?|opinion|testimony|information|explanations?) of (?=the |[A-Z])",
        "",
        text,
    )
    called = re.match(
        rf"(?P<who>[^,]+), (?:who was )?(?:identified|named|known|giving (?:his|her) name|introduced)(?: only| just)? (?:as|by)(?: the name)?(?: of)? (?P<name>{CAP}(?: {CAP})?)(?=,|$)",
        text,
    )
    if called:
        about = read_source(called["who"], known, keep=False) if not called["who"].endswith("them") else []
        source = Source(
            "person",
            called["name"],
            about[0].role if about else None,
            about[0].organisation if about else None,
        )
        known.remember(source)
        return [source]
    text = re.sub(
        r"^(?:Well|Yes|No|So|Look|Sure|Now|Meanwhile|Still|Instead|Elsewhere|Today|Yet|Then|Here), (?=\S)",
        "",
        text,
    )
    if _NO_SUBJECT.search(text):
        return []
    text = re.sub(
        r"^(?:[Oo]ne|[Aa]nother|[Oo]thers?|[Aa] (?:second|third|fourth)|[Tt]he (?:first|second|third|other|latter|former))(?: source)?, (?:notably |including |such as )?(?=\S)",
        "",
        text,
    )
    if authors := re.fullmatch(rf"(?P<name>{CAP}) et al\.?", text):
        return [Source("person", authors["name"])]
    text = re.sub(r" et al\.?(?=,| |$)", "", text)
    if author := re.fullmatch(rf"(?P<name>{CAP}) \((?:(?:19|20)\d\d[a-z]?)?\s*\)", text):
        return [Source("person", author["name"])]
    while lead := _LEAD_IN.match(text):
        text = text[lead.end() :]
    for match in re.finditer(rf"({NAME})\s*\(([A-Z][A-Za-z&.-]{{1,9}})\)", text):
        known.short[match[2]] = clean(match[1])
    if authors := re.fullmatch(rf"(?P<a>{CAP}) and (?P<b>{CAP}) \((?:(?:19|20)\d\d)?\s*\)", text):
        return [
            Source("person", authors["a"]),
            Source("person", authors["b"]),
        ]  # a paper, by its authors and year
    text = re.sub(r"\s*\([^)]{0,60}\)", "", text)
    text = re.sub(r"(?<=[a-z]) (plc|ltd|llc|inc|gmbh|asa)(?= |,|$)", lambda m: f" {m[1].upper()}", text)
    text = re.sub(r"^whose ", "its ", text)
    text = re.sub(rf"\b[A-Z][\w.]*-{_MADE} (?=[A-Za-z])", "", text)
    if not text:
        return []
    if PRONOUN.match(text):
        return pronoun(text.lower(), known)
    found: list[Source] = []
    pieces = _pieces(text)
    # "the miner, Ada Sands," is named here: no one named before is meant.
    fresh = (
        len(pieces) > 1
        and NAME_RE.fullmatch(pieces[1])
        and re.match(r"(?:the|an?|one) ", pieces[0], re.IGNORECASE)
    )
    for piece in pieces:
        further = _conjoined(piece, known)
        if not found or further:
            found += [
                s
                for half in further or [piece]
                for s in read_piece(
                    half,
                    replace(known, people=[], organisations=[], bodies=[], heads={}) if fresh else known,
                    strong,
                )
            ]
            if not found:
                found = bare_name(piece) or unknown_role(piece, text)
            if not found:
                return []
        else:
            found[-1:] = described(found[-1], piece, known)
    if _NAMELESS.search(text):
        found = [
            replace(s, kind="unnamed") if s.kind in ("person", "group") and not s.name else s for s in found
        ]
    for source in found if keep else ():
        known.remember(source)
    return found


def _pieces(text: str) -> list[str]:
    """Parts between commas, those that only go on with a description by a verb put to one side."""
    parts = [p.strip() for p in re.split(r"\s*[,–—]\s+|\s+[–—]\s*", text) if p.strip()]
    return [
        p
        for i, p in enumerate(parts)
        if not i or not _RELATIVE.match(p) or body_clause(p) or _ROLE_FIRST.match(p) or re.match(MADE_BY, p)
    ]


def _conjoined(piece: str, known: Known) -> list[str]:
    """Two speakers joined by "and": people with names, or a further one after commas."""
    if piece.startswith("and ") and re.match(rf"and (?:the )?(?:[a-z]+ ){{0,3}}{CAP}", piece):
        return [piece[4:]]
    pair = re.fullmatch(
        rf"(?P<before>.*?\b)?(?P<a>{CAP}(?: {CAP}){{1,2}}) and (?P<b>{CAP}(?: {CAP}){{1,2}})(?P<after> (?:of|from|at|with) .*)?",
        piece,
    )
    if pair and looks_like_person(pair["a"], known) and looks_like_person(pair["b"], known):
        before = pair["before"] or ""
        after = pair["after"] or ""
        return [f"{before}{pair['a']}{after}", f"{before}{pair['b']}{after}"]
    groups = re.fullmatch(
        r"(?P<a>[^,]{3,60}?) and (?P<b>(?:the |two |three |four |five |several |some |many |other |local |its |their )?[a-z][^,]{3,60})",
        piece,
    )
    if (
        groups
        and ROLE.search(groups["a"])
        and ROLE.search(groups["b"])
        and (read_phrase(groups["a"]).plural or re.match(r"(?:an?|the|one) ", groups["a"], re.IGNORECASE))
        and (read_phrase(groups["b"]).plural or re.match(r"(?:an?|the|one) ", groups["b"]))
        and not re.search(r"\b(?:at|of|from|with|who|for)\b", groups["a"])
    ):
        return [groups["a"], groups["b"]]
    return []
