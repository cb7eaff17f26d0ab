"""A noun phrase without commas as a source: by what its head is, and which names stand before and after it."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from dataclasses import replace

from sitewatch.documents.bodies import body_after, called, resolve
from sitewatch.documents.known import (
    CAP,
    COMMON_ORG,
    NAME,
    NOT_NAMES,
    ROLE,
    Known,
    Source,
    clean,
    is_organisation,
    looks_like_person,
)
from sitewatch.documents.papers import read_paper
from sitewatch.documents.phrases import DOCUMENT, Phrase, read_phrase, untitled
from sitewatch.documents.places import ADJECTIVES, CAPITALS, COUNTRIES
from sitewatch.documents.spans import words as lexicon

PRONOUN = re.compile(
    r"^(?:he|she|they|it|him|them|we|i|who|most|some|others|both|many|the (?:latter|former))$", re.IGNORECASE
)
_VAGUE = frozenset(
    lexicon(
        "analysts experts sources observers officials people diplomats diplomat source person insiders insider someone"
    )
)
_NAMELESS = frozenset(("source", "sources", "insider", "insiders", "someone", "diplomat", "diplomats"))
_GUARD = re.compile(r"\b(?:coast ?|border |national |home |presidential |revolutionary )guards?$")
_AGENT = re.compile(
    r"\b(?!(?:water|crater|paper|number|tower|river|timber|cover|layer|corner|border|order|matter|quarter|reactor|sector|factor|corridor|floor|door|motor|error|meter|laser|container|bunker|tanker|trailer|boiler|cluster|barrier|crusher|filter|shelter|power|generator|"
    r"indicator|detector|sensor|conveyor|transformer|excavator|bulldozer|digger|tractor|freighter|helicopter|chamber|diameter|perimeter|character|weather|summer|winter|theater|chapter|letter|fiber|rubber|silver|copper|freezer|harbor|armor|mirror|interior|exterior|anchor|vapor|levee|fee|tree|"
    r"degree|committee|refugee|coffee|guarantee|pier|list|mist|other|former|latter|lesser|greater|larger|smaller|taller|longer|wider|newer|older|higher|lower|deeper|never|ever|over|under|after|later|further|rather|together|either|whether|liner|burner|cooler|heater|feeder|counter|locker|server|computer|router|"
    r"printer|scanner|drawer|folder|header|footer|poster|sticker|banner|marker|buffer|bumper|hopper|damper|sewer|shower|flower|silencer|launcher|booster|thruster|glacier|carrier|courier|frontier|millimeter|kilometer|centimeter|semester|disaster|register|canister|cylinder|ladder|rudder|girder|boulder|shoulder|solder|cinder|powder|fodder)s?$)"
    r"[a-z-]{3,}(?:er|or|ist|ian|eer|ster|woman|women|man|men)s?$"
)
"""Nouns that are people by their ending: "tenderer", "hotelier"."""
_NUMBERED = re.compile(
    r"(?:Exhibit|Figure|Fig\.|Table|Annex|Appendix|Plate|Image|Photo|Slide|Map|Panel|Document|Schedule|Article|Chapter|Paragraph|Scene|Frame) (?:\d{1,3}|[A-Z])\b|(?:Drawing|Sheet|Chart|Report|Plan|Permit|Licence|License|File|Log|Tender|Document|Photograph|Image|Map) (?:[Nn]o\.? ?)?[A-Z]{0,4}[-/]?\d[\w/-]*"
)
_ORDINARY = re.compile(
    r"^(?:[A-Z][a-z]+(?:al|ial|ed|ic|ive|ous|ary|ior|ern|ing|ish|less|ful|able|ible)|Local|Independent|Senior|Former|Retired|Veteran|Satellite|State|Customs|Court|Police|Radar|Video|Opposition|Company|Government|Union|Village|City|Town|"
    r"Industry|Trade|Press|Media|News|Defen[cs]e|Security|Intelligence|Weather|Aid|Human|Rights|Chief|Deputy|Junior|Lead|Top|Key|Young|Old|Several|Other|Rival|Rebel|Army|Navy|Farm|Mine|Port|Harbour|Harbor|Dock|Rail|Tax|Land|Water|Power|Energy|Oil|Gas|Bank|School|Prison|Camp|Site|Field|Ground|Air|Sea|Fire|Health|Safety)$"
)
_NO_NOUN = re.compile(
    r"^(?:of|as|to|and|or|in|on|at|by|for|with|from|than)\b|\b(?:to|neither|nor|not|it|and|is|are|was|were|has|have|had|be|been|being|will|would)\b"
)
_FRONT = re.compile(rf"(?:(?P<lead>{NAME})(?= |$) ?)?(?P<low>[^A-Z@]*?) ?(?P<name>{NAME})?$")
_LAST_NAME = re.compile(rf"(?<= )(?P<lead>{NAME}) (?P<low>[a-z][a-z’' -]*)(?P<name>)$")
_RANK = re.compile(
    r"^(?:Deputy|Vice|Prime|Chief|Senior|First|Acting|Interim|Assistant|Associate|Lead|Principal|Former|Retired|Foreign|Interior|Defen[cs]e|Finance|Energy|Transport|Health|Justice|Home|Trade|Agriculture|Environment|Works|Regional|Provincial|District|State|Federal|National|Lieutenant|Major|Brigadier|Rear|General|Staff|Managing|Executive|Press)\b"
)


def read_piece(piece: str, known: Known, strong: bool) -> list[Source]:  # noqa: PLR0911 (rules in order)
    """The source in a piece without commas."""
    if PRONOUN.match(piece):
        return pronoun(piece.lower(), known)
    whole = re.match(
        rf"(?P<role>(?:[\w-]+ )*?(?i:{ROLE.pattern}) (?:of|for|at) (?:the )?(?!(?:the|an?|its) )(?:[a-z’'-]+ ){{1,3}})(?P<name>{CAP}(?: {CAP}){{1,2}})$",
        piece,
        re.DOTALL,
    )
    if whole and looks_like_person(whole["name"], known) and not whole["role"].startswith(("Two", "two")):
        person = _person_or_group(
            read_phrase(whole["role"].strip()), None, whole["role"].split(" of ")[0], whole["name"], known
        )
        role = re.sub(r"^(?:the|an?) ", "", whole["role"].strip(), flags=re.IGNORECASE)
        return [replace(person, role=role)]
    if numbered := _NUMBERED.match(piece):
        return [Source("document", None, numbered[0])]
    if piece.startswith("@"):
        return [Source("person", piece.split(maxsplit=1)[0].lstrip("@").rstrip(".,:"))]
    as_name = re.search(
        rf"\b(?:gave|gives|giving|used|uses) (?:his|her|their|a|the) name (?:only )?as (?P<name>{CAP}(?: {CAP})?)|\bidentified (?:himself|herself|only) (?:only )?as (?P<other>{CAP}(?: {CAP})?)",
        piece,
    )
    if as_name:
        described = read_piece(re.sub(r" (?:who|that|giving|identified)\b.*", "", piece), known, strong=True)
        return (
            [replace(described[0], kind="person", name=as_name["name"] or as_name["other"])]
            if described
            else []
        )
    if re.fullmatch(r"one of (?:them|these|those)", piece, re.IGNORECASE):
        return [Source("person", None, "one of them")]
    if re.match(r"(?:some|any)(?:one|body)\b", piece, re.IGNORECASE):
        return [Source("unnamed", None, piece.split(maxsplit=1)[0].lower(), body_after(piece, known))]
    phrase = read_phrase(piece)
    split = _FRONT.fullmatch(phrase.front) or _LAST_NAME.search(phrase.front)
    if not phrase.front or split is None:
        return []
    lead, low, name = split["lead"] or None, split["low"].strip(), split["name"] or None
    if lead and not low and not name:
        if (
            lead in NOT_NAMES
            and lead.lower() not in _VAGUE
            and not ROLE.fullmatch(lead)
            and not DOCUMENT.fullmatch(lead.lower())
        ):
            return []
        return _capitalised(phrase, lead, known)
    club = re.fullmatch(
        rf"(?P<who>{CAP}(?: {CAP}){{1,2}}) (?:of|from|at|for|with)(?: the)? (?P<what>{NAME})", lead or ""
    )
    if club and low and not name and looks_like_person(club["who"], known):
        return [Source("person", untitled(club["who"]), None, f"{club['what']} {low}")]
    if (
        lead
        and not phrase.determiner
        and not phrase.owner
        and len(lead.split()) == 1
        and _is_ordinary(lead, known)
    ):
        low = f"{lead[:1].lower()}{lead[1:]} {low}"
        return _by_head(phrase, None, low, name, known, strong)
    return _by_head(phrase, lead, low, name, known, strong)


def pronoun(word: str, known: Known) -> list[Source]:
    word = {"him": "he", "them": "they"}.get(word, word)
    if word in ("he", "she", "i", "who"):
        person = known.last_person(word)
        if person is None:
            return [Source("person")] if word != "who" else []
        return [person if not person.name else Source("person", person.name, None, person.organisation)]
    if word == "it":
        return [Source("organisation", None, None, known.body)] if known.body else []
    if known.groups:
        return [known.groups[-1]]
    return [Source("group")] if word == "they" else []


def firm_role(role: str) -> bool:
    """Roles that firms have as well as people: "operator", "supplier", "the country's largest producer"."""
    return bool(
        re.search(
            r"\b(?:operator|owner|producer|supplier|contractor|developer|builder|publisher|distributor|exporter|importer|trader|dealer|insurer|broker|monitor|miner|carrier|maker|parent)s?$",
            role,
        )
    )


def _is_ordinary(word: str, known: Known) -> bool:
    """Whether a capital only begins the sentence."""
    return bool(
        word not in COUNTRIES
        and word not in known.short
        and (
            _ORDINARY.match(word)
            or word in NOT_NAMES
            or ROLE.fullmatch(word)
            or DOCUMENT.fullmatch(word.lower())
            or COMMON_ORG.fullmatch(word)
        )
    )


def _by_head(  # noqa: PLR0911 (rules in order)
    phrase: Phrase, lead: str | None, low: str, name: str | None, known: Known, strong: bool
) -> list[Source]:
    """By what the noun before the name, or at the end, is: a role, a paper, a body."""
    last = low.rsplit(maxsplit=1)[-1] if low else ""
    head = re.sub(r" of [a-z]+$", "", low)
    role = next((m for m in ROLE.finditer(head) if m.end() == len(head)), None)
    firm = (
        role is not None
        and name is not None
        and firm_role(low)
        and (is_organisation(name, known) or not looks_like_person(name, known))
    )
    if firm or (name and COMMON_ORG.fullmatch(last) and not role):
        known.heads[last] = clean(str(name))
        return [Source("organisation", None, low, clean(str(name)))]
    if _GUARD.search(low) and not name:
        return [called(phrase, lead, low, known)]
    if role is not None:
        return [_person_or_group(phrase, lead, low, name, known)]
    if low and (paper := [m for m in DOCUMENT.finditer(low) if m.end() == len(low)]):
        return read_paper(phrase, lead, low, bool(paper[0]["imagery"]), known, read_piece)
    if (
        any(m.end() == len(low) for m in COMMON_ORG.finditer(low))
        or (last.endswith("s") and COMMON_ORG.fullmatch(last[:-1]))
        or (last.endswith("ies") and COMMON_ORG.fullmatch(last[:-3] + "y"))
    ):
        return [called(phrase, lead, low, known)]
    if name is not None:
        found = _capitalised(replace(phrase, owner=""), name, known)
        if found and found[0].kind == "person":
            body = resolve(phrase.owner or lead or "", known) if phrase.owner or lead else None
            return [
                replace(
                    found[0],
                    role=joined(low or None, found[0].role),
                    organisation=body or found[0].organisation,
                )
            ]
        if found and low and found[0].kind == "organisation" and not found[0].role:
            return [replace(found[0], role=low)]
        return found
    if (
        not (strong or (_AGENT.search(low) and phrase.determiner and not phrase.tail))
        or not re.search(r"[a-z]{2}", low)
        or _NO_NOUN.search(low)
        or not (phrase.determiner or phrase.owner or lead or phrase.plural)
    ):
        return []
    body = body_after(phrase.tail, known) or (
        resolve(phrase.owner or lead or "", known) if phrase.owner or lead else None
    )
    return [Source("group" if phrase.plural else "person", None, low, body)]


def _person_or_group(phrase: Phrase, lead: str | None, low: str, name: str | None, known: Known) -> Source:
    last = re.sub(r" of [a-z]+$", "", low).split()[-1]
    match = ROLE.search(last) or ROLE.search(low)
    plural = bool(match and match["plural"]) and not (name and "and" not in name.split())
    role = f"{lead} {low}" if lead in ADJECTIVES else low
    body = None
    if phrase.owner:
        body = None if phrase.owner in ("his", "her") else resolve(phrase.owner, known)
    elif lead is not None and _ORDINARY.match(lead) and not is_organisation(lead, known):
        role, body = f"{lead} {low}", body_after(phrase.tail, known)
    elif lead is not None:
        body = body_after(phrase.tail, known) if lead in COUNTRIES else None
        body = body or COUNTRIES.get(lead) or known.short.get(clean(lead)) or clean(lead)
    elif (noun := COMMON_ORG.search(low[: -len(last)])) and known.organisation_called(noun[0]):
        body = known.organisation_called(noun[0])
    if (
        phrase.tail
        and (place := re.match(r"of (?P<what>[a-z]+)(?= |$)", phrase.tail))
        and not COMMON_ORG.search(place["what"])
        and place["what"] not in ("the", "a", "an", "its", "their", "his", "her")
    ):
        role = f"{role} of {place['what']}"
    body = body or body_after(phrase.tail, known)
    if name is not None and (len(name.split()) <= 4 or not plural):
        return Source("person", untitled(name), role, body)
    if (
        plural
        or re.match(r"(?:two|three|several|many|both|some|dozens)\b", phrase.determiner)
        or (phrase.plural and low.endswith("s") and match is not None and match["plural"])
    ):
        if last == "people" and not re.match(r"familiar|briefed|close|with|who|aware", phrase.tail):
            return Source(
                "group",
                None,
                f"{role} {phrase.tail}".strip() if len(phrase.tail.split()) == 1 else role,
                body,
            )
        return Source(
            "unnamed" if last in _VAGUE and (not body or last in _NAMELESS) else "group", None, role, body
        )
    if last in _VAGUE and (not body or last in _NAMELESS):
        return Source("unnamed", None, role, body)
    if firm_role(low) and phrase.determiner == "the" and name is None and not body and not phrase.tail:
        firm = known.heads.get(last) or known.organisation_called("company")
        if firm and known.person(firm) is None:
            return Source("organisation", None, None, firm)
    known_role = next((p for p in reversed(known.people) if p.role and last in p.role.lower()), None)
    if (
        known_role is not None
        and known_role.name
        and phrase.determiner == "the"
        and not phrase.owner
        and (body is None or body == known_role.organisation)
    ):
        return Source("person", known_role.name, None, known_role.organisation)
    return Source("person", None, role, body)


def _capitalised(phrase: Phrase, words: str, known: Known) -> list[Source]:  # noqa: PLR0911, PLR0912 (rules in order)
    """A phrase that is a name, perhaps with a capitalised role before it: "Commander Ivo Trell", "HRI Director Ada Roon"."""
    name = clean(untitled(words))
    first = name.split(maxsplit=1)[0] if name else ""
    if name != clean(words) and (is_organisation(first, known) and not re.fullmatch(r"[A-Z.]+", first)):
        name = clean(words)  # "the General Staff" is no general
    owner = resolve(phrase.owner, known) if phrase.owner not in ("", "his", "her") else None
    if len(name.split()) == 1 and not phrase.owner and known.person(name) is None and name not in known.full:
        whole = next(
            (b for b in [*reversed(known.organisations), *known.bodies] if b.endswith(f" {name}")), None
        )
        if whole:
            return [Source("organisation", None, None, whole)]
    paper = DOCUMENT.fullmatch(name.lower()) if len(name.split()) == 1 else None
    if paper is not None and name not in known.organisations:
        return read_paper(phrase, None, name.lower(), bool(paper["imagery"]), known, read_piece)
    if not phrase.owner and (name in known.organisations or name in known.short):
        return [Source("organisation", None, None, known.short.get(name, name))]
    of = re.fullmatch(
        rf"(?P<role>(?:{CAP} )*?(?i:{ROLE.pattern})) (?:of|for)(?: the)? (?P<what>{NAME})", name
    )
    if of and not is_organisation(of["role"].split()[0], known) and ROLE.fullmatch(of["role"].split()[-1]):
        tail = re.fullmatch(rf"(?P<body>.*\S) (?P<who>{CAP} {CAP})", of["what"])
        if tail and looks_like_person(tail["who"], known):
            return [Source("person", tail["who"], f"{of['role']} of {tail['body']}", None)]
        if of["what"].startswith("State"):
            return [Source("person", None, name)]
        return [Source("person", None, of["role"].lower(), resolve(of["what"], known))]
    of = re.fullmatch(
        rf"(?P<who>{CAP}(?: {CAP}){{1,2}}) (?:of|from|at|for|with)(?: the)? (?P<what>{NAME})", name
    )
    if of and looks_like_person(of["who"], known):
        return [Source("person", of["who"], None, resolve(of["what"], known))]
    ranks = [
        m for m in ROLE.finditer(name) if m["plural"] is None and m.end() < len(name) and m[0][0].isupper()
    ]
    if ranks and not is_organisation(name[ranks[-1].end() :], known):
        before, person = name[: ranks[-1].start()].strip(), name[ranks[-1].end() :].strip()
        if re.fullmatch(rf"{CAP}(?: {CAP}){{0,2}}", person):
            kept = before.split()
            own: list[str] = []
            while kept and _RANK.match(kept[-1]):
                own.insert(0, kept.pop())
            body = " ".join(kept)
            role = " ".join([*own, ranks[-1][0]])
            full = known.person(person)
            return [
                Source(
                    "person",
                    full.name if full and full.name else person,
                    role.lower() if not owner else role,
                    owner
                    or (COUNTRIES.get(body) or resolve(body, known) if body else None)
                    or body_after(phrase.tail, known),
                )
            ]
    person_known = known.person(name)
    if person_known is not None and not phrase.owner:
        return [Source("person", person_known.name, None, person_known.organisation)]
    if name in known.full:
        return [Source("person", known.full[name], None, owner)]
    if phrase.owner and ROLE.fullmatch(name):
        return [_person_or_group(phrase, None, name, None, known)]
    if (
        not phrase.owner
        and ROLE.fullmatch(name.split()[-1])
        and not (len(name.split()) > 1 and is_organisation(name, known) and not _RANK.match(name))
    ):
        return [_person_or_group(phrase, None, name.lower() if len(name.split()) == 1 else name, None, known)]
    if (untitled(words) != words and name != clean(words)) or (
        looks_like_person(name, known) and not (phrase.determiner == "the" and not phrase.owner)
    ):
        return [Source("person", name, None, owner or body_after(phrase.tail, known))]
    if phrase.owner and is_organisation(name, known):
        return [
            Source(
                "organisation", None, None, f"{phrase.owner}'s {name}" if owner is None else f"{owner} {name}"
            )
        ]
    if name in CAPITALS or name in COUNTRIES:
        return [Source("organisation", None, "government", COUNTRIES[name])]
    if len(name.split()) == 1 and (name in NOT_NAMES or name.lower() in ("one", "another")):
        return []
    if len(name.split()) == 1 and COMMON_ORG.fullmatch(name):
        return [Source("organisation", None, None, known.organisation_called(name) or name)]
    return [Source("organisation", None, None, known.short.get(name, name))]


def joined(a: str | None, b: str | None) -> str | None:
    return b if not a else a if not b or b in a else f"{b}, {a}"
