"""Which organisation words mean: by name, by an acronym, by what it was called before ("the firm"), or as described."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re

from sitewatch.documents.known import COMMON_ORG, NAME, NAME_RE, PLURAL, ROLE, Known, Source, clean
from sitewatch.documents.phrases import Phrase
from sitewatch.documents.places import COUNTRIES

_AFTER = re.compile(
    rf"\b(?P<prep>at|of|for|from|with|in|within|inside)(?P<det> (?:the|an?|its|their|his|her|this|that))?(?: same)? (?:(?P<name>{NAME})|(?P<low>[a-z][a-z’'-]*(?: (?!of\b|at\b|in\b|for\b|from\b|who\b|which\b|that\b|and\b)[a-z’'-]+){{0,4}}))"
)


SERVES = re.compile(
    rf"\bwho (?:now |also |then )?(?:advises|advised|heads|headed|leads|led|runs|ran|chairs|chaired|directs|represents|edits|owns|founded) (?:the )?(?P<name>{NAME})"
)
_NO_BODY = frozenset(
    (
        "time",
        "scene",
        "moment",
        "end",
        "beginning",
        "conference",
        "same",
        "first",
        "matter",
        "case",
        "future",
        "past",
    )
)


def body_after(text: str, known: Known) -> str | None:
    """The organisation or place after "at", "of", "for" ...: "of the Harrow Institute", "for the air base"."""
    if heads := re.match(rf"\s*\w+ (?P<owner>the [a-z]+|{NAME})[’']s ", text):
        return resolve(heads["owner"].removeprefix("the "), known)
    if serves := SERVES.search(text):
        return resolve(serves["name"], known)
    for match in _AFTER.finditer(text):
        if match["low"] and (named := re.match(rf" (?P<name>{NAME})", text[match.end() :])):
            if COMMON_ORG.search(match["low"]):
                known.heads[match["low"].split()[-1]] = clean(named["name"])
            return resolve(named["name"], known)
        if match["name"]:
            return resolve(match["name"], known)
        if match["prep"] == "for" and match["det"] and (served := re.fullmatch(PLURAL, match["low"])):
            return served[0]
        if ROLE.search(match["low"]) and not COMMON_ORG.search(match["low"].split()[-1]):
            continue
        noun = list(COMMON_ORG.finditer(match["low"]))
        if noun:
            words = match["low"][: noun[-1].end()]
            if re.search(r"\b(?:than|more|less|as)\b", words):
                continue
            rest = re.match(rf" of (?:the )?(?:{NAME}|[a-z]+)", text[match.start("low") + noun[-1].end() :])
            found = (
                known.organisation_called(noun[-1][0]) if match["det"] and len(words.split()) == 1 else None
            )
            return found or words + (rest[0] if rest else "")
        if (
            match["det"]
            and match["prep"] in ("of", "for", "at")
            and not match["low"].endswith(("ing", "ed"))
            and match["low"].split()[0] not in _NO_BODY
        ):
            rest = re.match(rf" of (?:the )?{NAME}", text[match.end("low") :])
            return " ".join(match["low"].split()[:3]) + (rest[0] if rest else "")
    return None


def resolve(name: str, known: Known) -> str | None:
    """An organisation's name in full: acronyms as explained, "the firm" as named before, "its" the last one."""
    if name.lower() in ("its", "their", "his", "her", "our"):
        return known.body
    bare = clean(re.sub(r"^(?:its|their|his|her) ", "", name))
    if not bare or re.search(r"\b(?:than|more|less)\b", bare):
        return None
    if not NAME_RE.fullmatch(bare):
        bare = re.split(r" (?:who|which|that|in|on|at|since|speaking|said|told)\b", bare)[0]
    if bare in known.short:
        return known.short[bare]
    if bare in COUNTRIES:
        return COUNTRIES[bare]
    if bare[:1].islower():
        return known.organisation_called(bare) or bare
    return bare


def called(phrase: Phrase, lead: str | None, low: str, known: Known) -> Source:
    """A body by a common noun: "the ministry", "the harbour commission", "Keldmark's navy", "environmental groups"."""
    if phrase.owner and phrase.owner not in ("its", "their", "his", "her"):
        owner = re.sub(r"^the ", "", phrase.owner)
        return Source("organisation", None, None, f"{owner}’s {low}")
    if lead in COUNTRIES:
        return Source("organisation", None, low, COUNTRIES[str(lead)])
    if lead is not None:
        return Source("organisation", None, None, f"{clean(lead)} {low}")
    of = re.match(
        rf"(?:of|for) (?:the )?(?:{NAME}|(?:[a-z]+(?: and [a-z]+)?))(?: [a-z]+)?(?= |$)", phrase.tail
    )
    words = f"{low} {of[0]}" if of else low
    if (
        low.rsplit(maxsplit=1)[-1].removesuffix("s")
        in (
            "team",
            "panel",
            "group",
            "crew",
            "delegation",
            "mission",
            "unit",
            "desk",
            "lab",
            "staff",
            "department",
            "school",
        )
        and not (of and of[0].startswith("of the "))
        and (body := body_after(phrase.tail, known))
    ):
        return Source("group", None, low, body)
    if phrase.plural and not of:
        return Source("group", None, low, None)
    if not of and len(low.split()) <= 2 and phrase.determiner in ("the", "this", "that", "its", "their"):
        found = known.organisation_called(low.rsplit(maxsplit=1)[-1])
        if found:
            return Source("organisation", None, None, found)
    return Source("organisation", None, None, words)
