"""Words brought to one form, so that two retellings can be compared: stems, synonyms, names.

Light on purpose: a few suffixes and a table of the words that press texts about sites exchange for one another.
A canonical word that stands for a predicate ("build", "remove") is a family: claims of different families are about
different things even where all other words agree.
"""

import re
import unicodedata
from functools import lru_cache

WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")


def word_set(*lines: str) -> frozenset[str]:
    """The words of some lines."""
    return frozenset(" ".join(lines).split())


STOP = word_set(
    "a an the and or nor but of in on at to by for from with without within into onto as is are was were be been being",
    "am do does did has have had having it its they them their there these those this that which who whom whose what",
    "where when while we our us you your he him his she her i my me not no also such so than then too very just some",
    "any all each both either neither other another own same several many much more most less least only-just about",
    "around approximately roughly nearly almost over under up down out off again further furthermore moreover however",
    "will would shall should can could may might must reportedly likely probably possibly apparently perhaps according",
    "said say says saying told tell tells stated state states noted note notes reported report reports explained",
    "explain added add adds claimed claim claims suggest suggests suggested suggesting suggestion indicate indicates",
    "indicated indicating believe believes believed think thinks appear appears appeared seem seems seemed see seen",
    "signal signals signalled show shows showed shown showing determine determined alleged allegedly suspected",
    "accuse accused deny denies denied confirm confirms confirmed emphasise emphasised emphasize emphasized",
    "recent recently currently now still already yet ever once since until before after during previously key",
    "significant significantly massively primarily mainly largely rapid rapidly capable able s t re ve ll d",
    "one two using via per well ongoing known referred",
)
"""Words that carry no content of their own; hedges, speech verbs and degrees among them: those are compared apart."""

_GROUPS: dict[str, str] = {
    # predicates: the families
    "build": "build built construct construction erect erection",
    "remove": "remove removal dismantle dismantling demolish demolition raze lift clear disappear gone withdraw",
    "remain": "remain stay persist intact unchanged",
    "expand": "expand expansion enlarge enlargement extend extension grow growth",
    "reduce": "reduce reduction shrink decrease cut",
    "increase": "increase boost raise ramp rise step-up heighten",
    "improve": "improve improvement upgrade modernise modernize modernisation modernization renovate renovation "
    "refurbish refurbishment reconstruct reconstruction rebuild",
    "produce": "produce production producer manufacture manufacturer maker fabricate output throughput",
    "assemble": "assemble assembly",
    "store": "store storage stockpile warehouse depot",
    "use": "use employ fire strike attack hit",
    "transfer": "transfer supply deliver delivery shipment receive purchase buy sell provide send",
    "block": "block obstruct obstruction bar impede",
    "inspect": "inspect inspection visit tour",
    "deploy": "deploy deployment station",
    "locate": "locate situate lie sit coast coastal",
    "analyse": "analyse analyze analysis examine review study",
    "test": "test trial",
    "sign": "sign conclude formalise formalize ratify",
    "begin": "begin began begun start commence",
    "complete": "complete completion finish",
    "unfinished": "unfinished incomplete",
    "operate": "operate operational operation active run",
    "idle": "idle abandon abandoned inactive shut close closed disused",
    "dig": "dig excavate excavation trench",
    "pave": "pave asphalt surface",
    "intend": "intend intention plan attempt try aim seek want prepare ready",
    # things
    "building": "building hall structure shed block edifice hangar workshop",
    "facility": "facility premises installation",
    "site": "plant factory site works complex compound base",
    "housing": "housing residential dwelling dormitory accommodation apartment barracks quarters home residence",
    "worker": "worker employee staff personnel labourer laborer",
    "entrance": "entrance portal entry adit opening access",
    "underground": "underground subterranean buried tunnel",
    "crane": "crane gantry hoist",
    "image": "image imagery picture photograph photo footage snapshot",
    "road": "road track lane highway",
    "rail": "rail railway railroad siding",
    "missile": "missile rocket projectile munition weapon arm weaponry",
    "researcher": "researcher analyst expert scientist specialist",
    "firm": "firm company business corporation contractor",
    "fence": "fence wall perimeter barrier",
    "vessel": "vessel ship boat hull",
    "pond": "pond pool basin lagoon reservoir",
    "pad": "pad apron platform slab",
    "area": "area footprint floorspace",
    "range": "range distance reach",
    "size": "size large larger big bigger small smaller",
    "long": "long length longer",
    "wide": "wide width wider broad breadth",
    "tall": "tall height high higher taller",
    "capacity": "capacity capability ability",
    "only": "only sole exclusive single",
    "new": "new additional second newly-built fresh",
    "old": "old existing previous former original older current earlier",
    "war": "war conflict invasion combat fight fighting",
    "soldier": "soldier troop serviceman",
    # capitals and seats that stand for their governments
    "russia": "russia russian moscow kremlin",
    "ukraine": "ukraine ukrainian kyiv kiev",
    "north-korea": "north-korea north-korean pyongyang",
    "south-korea": "south-korea south-korean seoul",
    "united-states": "united-states washington american",
    "china": "china chinese beijing",
    "iran": "iran iranian tehran",
    "japan": "japan japanese tokyo",
    "india": "india indian delhi",
    "pakistan": "pakistan pakistani islamabad",
}

COUNTRIES = word_set("russia ukraine north-korea south-korea united-states china iran japan india pakistan")
"""Canonical words that a capital, a seat of government and an adjective are brought to."""
FAMILIES = word_set(
    "build remove remain expand reduce increase improve produce assemble store use transfer block inspect deploy",
    "locate analyse test sign begin complete unfinished operate idle dig pave intend",
)
OPPOSED = frozenset(
    frozenset(pair)
    for pair in (
        ("remove", "remain"),
        ("expand", "reduce"),
        ("increase", "reduce"),
        ("operate", "idle"),
        ("complete", "unfinished"),
    )
)
"""Families that cannot both hold of one thing at one time."""

_PHRASES = (
    (re.compile(r"\b(north|south)[\s-]+korea(n)?\b"), r"\1-korea"),
    (re.compile(r"\bunited states\b|\bu\.s\.(?=\W|$)"), "united-states"),
    (re.compile(r"\b(?:carried|carrying) out\b"), " "),
    (re.compile(r"\b(?:torn|tore|tearing|pulled|taken|knocked) down\b"), "removed"),
    (re.compile(r"\b(?:put|putting|went|gone) up\b"), "built"),
    (re.compile(r"\bstill standing\b|\bin place\b"), "remains"),
    (re.compile(r"\bout of use\b"), "idle"),
    (re.compile(r"-(?:made|based|built|backed|led|run|owned|produced|supplied)\b"), " "),
)


def cited(text: str) -> str:
    """`text` between quotation marks; marks that it has itself become single ones, those around the whole go."""
    bare = text.strip()
    if len(bare) > 1 and bare[0] in '"“«„' and bare[-1] in '"”»“' and not re.search('["“”«»„]', bare[1:-1]):
        bare = bare[1:-1].strip()
    bare = re.sub(r'[“«„]|(?<!\w)"(?=\w)', "‘", bare)
    bare = re.sub(r'[”»"]', "’", bare)
    return f"“{bare}”"


def plain(text: str) -> str:
    """Lower case, without diacritics; one kind of apostrophe, quotation mark and dash."""
    text = unicodedata.normalize("NFKD", text)
    text = "".join(c for c in text if not unicodedata.combining(c))
    return text.translate(_MARKS).lower()


_MARKS = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "‐": "-", "‑": "-", "–": "-"}
)


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """`word` without its commonest endings; the same for British and American spelling."""
    word = word.removesuffix("'s").removesuffix("'")
    if not word.isalpha() or len(word) <= 3:
        return word
    word = re.sub(r"is(e|ed|es|ing|ation)$", r"iz\1", word) if len(word) > 6 else word
    word = re.sub(r"our$", "or", word) if len(word) > 5 else word
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x")):
        if word.endswith(ending):
            return word[: -len(ending)] + instead
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ation", "ing", "ment", "ed", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


_CANON = {stem(plain(word)): canon for canon, words in _GROUPS.items() for word in [canon, *words.split()]}


def canonical(word: str) -> str:
    """The word that stands for `word` (in plain form) and its synonyms."""
    found = stem(word)
    return _CANON.get(found, found)


def content(text: str) -> list[str]:
    """Canonical content words of `text`, in order, with repetitions."""
    text = plain(text)
    for pattern, instead in _PHRASES:
        text = pattern.sub(instead, text)
    words = []
    for match in WORD.finditer(text):
        word = match.group()
        if word in STOP:
            continue
        if "-" in word and not any(c.isdigit() for c in word) and stem(word) not in _CANON:
            words += [canonical(part) for part in word.split("-") if part not in STOP and len(part) > 1]
        else:
            words.append(canonical(word))
    return words


def raw_words(text: str) -> list[str]:
    """All words of `text` in plain form: for what must agree to the letter."""
    return WORD.findall(plain(text))


def spoken(entity: str | None) -> str:
    """The words of an entity: an id ("object:new-hall") without its kind and hyphens, else as it stands."""
    if not entity:
        return ""
    kind, colon, name = entity.partition(":")
    if colon and kind.isalpha() and name and " " not in entity:
        return re.sub(r"-(?!\d)|_", " ", name)
    return entity.replace("_", " ")
