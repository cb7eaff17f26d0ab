"""The parts of a noun phrase that names a speaker: determiner, owner, words before the head, what follows it."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from dataclasses import dataclass

from sitewatch.documents.known import CAP, COMMON_ORG, NAME_RE, ROLE, TITLE
from sitewatch.documents.spans import words as lexicon

DOCUMENT = re.compile(
    r"\b(?P<imagery>(?:imagery|(?:image|picture|photo|photograph|snapshot|still|scene|mosaic|video|clip)s?|footage))\b"
    r"|\b(?P<document>(?:report|analys[ie]s|stud(?:y|ie)|briefing|statement|assessment|survey|review|document|filing|letter|record|memo(?:randum)?|estimate|figure|finding|inspection|"
    r"measurement|article|dispatch|note|tender|permit|licen[cs]e|plan|drawing|blueprint|map|chart|result|return|reading|scan|sounding|echo|spectr[ua]m?|log|model|simulation|count|tally|census|paper|dossier|file|"
    r"bulletin|draft|sample|test|view|alert|advisory|warning|release|audit|database|transcript|post|thread|tweet|book|website|page|account|column|editorial|interview|annex|table|caption|label|notice|sign|plaque|inscription|contract|invoice|manifest|registry|register|list|"
    r"catalogue|catalog|archive|diary|cable|telegram|email|message|leaflet|brochure|booklet|pamphlet|poster|advertisement|calculation|comparison|investigation|inquiry|enquiry|examination|probe|ruling|judg[e]?ment|verdict|order|"
    r"complaint|declaration|report|lawsuit|suit|motion|petition|affidavit|deposition|indictment|certificate|graph|diagram|factsheet|fact sheet|presentation|slide|summary|abstract|handout|poll|questionnaire|ledger|index|metadata|profile|signature|work|gauge|sensor|camera|classification|sheet|slider|animation|rendering|overlay|orthophoto|orthomosaic|timelapse|time-lapse|composite|dataset|data set|timetable|budget|schedule|recording|newsletter|infographic|appendix|exhibit|decree|statute|regulation|guideline|protocol|prospectus|receipt|entr(?:y|ie)|trace|experiment|observation|appraisal|evaluation|reconstruction|projection|resolution|monograph|guidebook|encyclop(?:a|ae)dia|atlas|yearbook)s?"
    r"|data|aerials|coherence|backscatter|interferometry|intelligence|evidence|testimony|communiqu[eé]s?|photogrammetry|lidar|radar|telemetry|modelling|modeling|documentation|correspondence|cadastre|cadaster|reconnaissance|paperwork|documentar(?:y|ies)|inventor(?:y|ies)|minutes|accounts|statistics|analytics|reporting|coverage|research|mapping|monitoring|sonar)\b"
)
"""Nouns of images and papers that can say something; lower case, so that "Morning Post" is none."""

_QUANTIFIER = re.compile(
    r"^(?:(?:at least|about|some|only|up to|more than) )?(?:the|an?|this|that|these|those|its|their|his|her|our|your|my|some|many|several|most|both|all|other|another|one|two|three|four|five|six|seven|eight|nine|ten|eleven|"
    r"twelve|dozens|hundreds|scores|numerous|various|few|each|every|no|\d{1,3}|such|further|more|same)\b(?: of\b)? ",
    re.IGNORECASE,
)
_PARTITIVE = re.compile(
    r"^(?:(?:[a-z-]+ )?(?:group|number|team|panel|handful|pair|couple|majority|coalition|dozen|host|string|series|set|body|crew|member|members)s? of) "
    rf"(?=(?:[\w’'-]+ ){{0,4}}?(?:{ROLE.pattern}))",
    re.IGNORECASE,
)
_PREPOSITIONS = "of|at|for|from|with|in|within|inside|to|by|on|near|about|around|among|across|behind|along|against|outside|under|over|during|after|before|between|since|into|through"
_AFTER_HEAD = re.compile(
    rf" (?:(?P<prep>{_PREPOSITIONS})|(?P<rel>who|which|that|whose|whom|where|when|now|then|currently|formerly|himself|herself|itself|themselves)"
    r"|(?P<det>the|an?|its|their)"
    r"|(?P<adj>downstream|upstream|nearby|aboard|ashore|offshore|abroad|locally|familiar|close|opposed|critical|available|responsible|present|knowledgeable|aware|based|sworn|given|written|sent|shot|flown|led|seen|made|held|taken|known|drawn|shown|obtained|built|run|[a-z]{3,}(?:ed|ing)))(?= |$)"
)
_AFTER_PARTICIPLE = frozenset(
    lexicon(
        "out up off down away between until along across around behind against near beside above below beyond inside together while when where who which that so not by in on at from under over for to with as during of via through after before since the a an its their it them him her last this earlier only about with and or within near outside inside"
    )
)
_OF_STAFF = re.compile(r" of (?:staff|state|operations|research|police|mission|communications)(?= [A-Z]|,|$)")
_OWNED = re.compile(r"^(?P<owner>.*[\w.)](?:[’']s|(?<=s)[’'])) (?P<rest>\S.*)$")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One noun phrase without its appositions."""

    determiner: str
    """ "the", "two", "its", or "": lower case."""
    owner: str
    """Who stands before "'s", with its determiner; "" for none."""
    front: str
    """From the first adjective to the head, or to the name after it."""
    tail: str
    """What follows: "of the harbour board", "published in May"."""

    @property
    def plural(self) -> bool:
        """Whether the head is a plural, by its form."""
        last = self.front.split()[-1] if self.front.split() else ""
        return last.endswith("s") and not last.endswith(("ss", "us", "is"))


def read_phrase(text: str) -> Phrase:
    """Parts of one noun phrase, white space and leading conjunctions stripped."""
    determiner = ""
    bare = _PARTITIVE.sub("", text)
    while (lead := _QUANTIFIER.match(bare)) and lead.end() < len(bare):
        if (
            lead[0][0].isupper()
            and re.match(rf"{CAP}", bare[lead.end() :])
            and lead[0].lower()[:3] not in ("the",)
            and len(lead[0].split()) == 1
            and lead[0].strip() not in _CAPITALISED
        ):
            break
        word = lead[0].strip().lower()
        determiner = f"{determiner} same" if word == "same" else determiner or word
        bare = bare[lead.end() :]
        bare = _PARTITIVE.sub("", bare)
    cut = _front_end(bare)
    front, tail = bare[:cut], bare[cut:].strip()
    owner = ""
    if (owned := _OWNED.match(front)) and not _is_inner(owned):
        owner = re.sub(r"[’']s?$", "", owned["owner"])
        if determiner in ("the", "its", "their", "his", "her", "our"):
            owner = f"{determiner} {owner}"
        front = re.sub(r"^(?:own|latest|new|recent) (?=\w)", "", owned["rest"])
    elif determiner in ("its", "their", "his", "her"):
        owner = determiner
    return Phrase(determiner, owner, front.strip(), tail)


_CAPITALISED = frozenset(
    [
        "A",
        "An",
        "This",
        "That",
        "These",
        "Those",
        "Its",
        "Their",
        "His",
        "Her",
        "Our",
        "Some",
        "Many",
        "Several",
        "Most",
        "Both",
        "All",
        "Other",
        "Another",
        "One",
        "Two",
        "Three",
        "Four",
        "Five",
        "Six",
        "Seven",
        "Eight",
        "Nine",
        "Ten",
        "Each",
        "Every",
        "No",
        "Such",
        "Certain",
        "Further",
        "More",
        "Few",
        "Dozens",
        "Hundreds",
        "Scores",
        "Numerous",
        "Various",
    ]
)


def _is_inner(owned: re.Match[str]) -> bool:
    """Whether a possessive belongs to a name: "St Mary's Hospital"."""
    rest = owned["rest"].split()
    return (
        len(rest) <= 2
        and all(w[:1].isupper() for w in rest)
        and bool(re.match(CAP, owned["owner"]))
        and bool(COMMON_ORG.search(owned["rest"]))
    )


def _front_end(text: str) -> int:
    """Where the head of a phrase, with a name after it, ends."""
    names = [m.span() for m in NAME_RE.finditer(text)]
    for match in _AFTER_HEAD.finditer(text):
        at = match.start()
        if any(a <= at < b for a, b in names):
            continue
        before = text[:at]
        if not before.strip():
            continue
        if match["adj"] and (
            (
                (following := text[match.end() :].lstrip().split(" ")[0])
                and following[0].islower()
                and not following.endswith("ly")
                and following not in _AFTER_PARTICIPLE
            )
            or not _ends_in_head(before)
            or (match.end() == len(text) and match["adj"].endswith("ing"))
        ):
            continue
        if match["det"] and not (DOCUMENT.search(before.split()[-1]) or ROLE.search(before.split()[-1])):
            continue
        if match["adj"] and (DOCUMENT.fullmatch(match["adj"]) or COMMON_ORG.fullmatch(match["adj"])):
            continue
        # "head of the works Brem Hask": the name after the phrase belongs to its head.
        if (
            match["prep"] == "of"
            and re.fullmatch(
                rf" of (?:(?:the|an?|its) )?(?!(?:the|an?|its) )(?:[a-z-]+ ){{1,3}}{CAP}(?: {CAP}){{1,2}}",
                text[at:],
            )
            and ROLE.search(before)
        ):
            continue
        if match["prep"] == "of" and _OF_STAFF.match(text, at) and ROLE.search(before):
            continue
        return at
    return len(text)


def _ends_in_head(before: str) -> bool:
    """Whether words end in a noun that can be described by a participle after it: a known one, a plural, a name."""
    last = before.rsplit(maxsplit=1)[-1]
    if last.endswith(("’s", "'s", "s’", "s'")):
        return False
    return bool(
        last[:1].isupper()
        or (last.endswith("s") and not last.endswith("ss"))
        or ROLE.search(f" {last}")
        or COMMON_ORG.search(last)
        or DOCUMENT.search(last)
        or last in ("person", "someone", "anyone", "people", "source", "men", "women", "team")
    )


def untitled(name: str) -> str:
    """A name without "Dr", "Colonel" and their like."""
    while (title := TITLE.match(name)) and title.end() < len(name) and name[title.end()].isupper():
        name = name[title.end() :]
    return name
