"""What a phrase refers to, as far as words tell: enough to say same, different, or not sure.

"the new assembly building", "an additional assembly building" and "object:new-assembly-building" are one thing;
"the previous one" is an old thing of the class of what it is compared with; "these missiles" may or may not be the
named type. Whoever reads the words alone can not do better, and a contradiction needs more than "may".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from sitewatch.documents.across.words import COUNTRIES, FAMILIES, canonical, content, plain, spoken, word_set

CLASSES: dict[str, frozenset[str]] = {
    "structure": frozenset(
        {"building", "housing", "tower", "bunker", "silo", "greenhouse", "school", "church", "facility"}
    ),
    "place": frozenset(
        {"site", "city", "town", "village", "island", "port", "airfield", "mine", "quarry", "facility"}
    ),
    "crane": frozenset({"crane"}),
    "road": frozenset({"road", "bridge", "runway"}),
    "rail": frozenset({"rail"}),
    "entrance": frozenset({"entrance", "underground"}),
    "fence": frozenset({"fence"}),
    "water": frozenset({"pond", "dam", "canal", "lake", "river"}),
    "pad": frozenset({"pad"}),
    "weapon": frozenset({"missile", "drone", "shell", "bomb", "tank"}),
    "vehicle": frozenset({"vehicle", "truck", "car", "ship", "vessel", "aircraft", "train", "wagon"}),
    "people": frozenset({"soldier", "worker", "researcher", "people", "resident", "family"}),
    "image": frozenset({"image"}),
    "area": frozenset({"area", "zone", "field", "plot", "clearing", "pit"}),
}
"""Head nouns by what they can be; nouns of different classes name different things."""

_CLASS_OF: dict[str, frozenset[str]] = {}
for _name, _nouns in CLASSES.items():
    for _noun in set(map(canonical, _nouns)) - FAMILIES:
        _CLASS_OF[_noun] = _CLASS_OF.get(_noun, frozenset()) | {_name}

_SIDES = word_set("north northern south southern east eastern west western central left right upper lower")
_ORDINALS = word_set("first third fourth fifth main primary secondary")
_GENERIC = word_set("thing object location part it one ones structure")
_RELATIONS = word_set("predecessor forerunner precursor counterpart neighbour neighbor twin successor")
"""Nouns of what stands to a thing in some relation, and is of its class."""
_LINKS = re.compile(
    r",|\b(?:of|in|at|as|on|near|beside|inside|within|for|that|which|who|where|from|to|with|by|seen|visible)\b"
)

_COUNTRY = re.compile(r"\b(North|South)[\s-]+(Korean?)\b")


class Same(Enum):
    """How two phrases stand."""

    YES = "same"
    UNSURE = "not certainly the same"
    NO = "different"


@dataclass(frozen=True, slots=True)
class Referent:
    """A thing as a phrase names it."""

    text: str
    id: str | None
    """Entity id where the claim carries one."""
    classes: frozenset[str]
    """What it can be; empty where the words do not say."""
    new: bool | None
    """True for "new", "additional"; False for "old", "existing"; None where unsaid."""
    specific: frozenset[str]
    """Words that single it out among its class: "assembly", "storage"."""
    names: frozenset[str]
    """Proper names, numbers, ordinals and sides: "hwasong-11", "3", "northern"."""

    @property
    def empty(self) -> bool:
        return not (self.id or self.classes or self.specific or self.names)


def referent(text: str | None, known: dict[str, frozenset[str]] | None = None) -> Referent:
    """The thing that `text` (words or an entity id) names.

    Args:
        text: a noun phrase, or an id of the gazetteer such as "object:new-hall".
        known: proper names in plain form and the classes of which the documents elsewhere say that they are.
    """
    words = _COUNTRY.sub(r"\1-\2", spoken(text))
    is_id = bool(text) and spoken(text) != text and ":" in str(text)
    head_part = words if is_id else _LINKS.split(words, maxsplit=1)[0]
    tokens = content(head_part)
    names = set() if is_id and not words else _proper(words, head_part)
    classes: frozenset[str] = frozenset()
    heads = [t for t in tokens if t in _CLASS_OF]
    if heads:
        classes = _CLASS_OF[heads[-1]]
    kind = str(text).partition(":")[0] if is_id else ""
    if kind == "site":
        classes, names = frozenset({"place"}), names | set(tokens) - {"site"}
    elif kind == "system":
        classes, names = classes or frozenset({"weapon"}), names | set(tokens)
    elif kind in ("person", "org", "organisation", "country", "place"):
        classes, names = frozenset({kind}), names | set(tokens)
        if kind == "country":
            return Referent(str(text), text, classes, None, frozenset(), frozenset(tokens))
    names -= COUNTRIES  # where a thing comes from does not single it out
    if not classes and known:
        found = [known[name] for name in names if name in known]
        classes = frozenset.union(*found) if found else classes
    marks = set(tokens) & {"new", "old"}
    new = None if len(marks) != 1 else "new" in marks
    plain_words = plain(head_part).split()
    names |= {w for w in plain_words if w in _SIDES or w in _ORDINALS}
    specific = {
        t
        for t in tokens
        if t not in ("new", "old") and t not in names | _GENERIC | COUNTRIES and t not in heads[-1:]
    }
    return Referent(
        text=str(text or "").strip(),
        id=text if is_id else None,
        classes=classes,
        new=new,
        specific=frozenset(specific),
        names=frozenset(names),
    )


def compare(a: Referent, b: Referent) -> Same:
    """Whether two referents are one thing."""
    if a.id and b.id and (a.id == b.id or a.id.partition(":")[0] == b.id.partition(":")[0]):
        return Same.YES if a.id == b.id else Same.NO
    if a.empty or b.empty:
        return Same.UNSURE
    if _apart(a.classes, b.classes) or _apart(a.names, b.names) or {a.new, b.new} == {True, False}:
        return Same.NO
    if _apart(a.specific, b.specific):
        # "assembly hall" and "storage hall"; but two descriptions of one proper name may be of one thing
        return Same.UNSURE if a.names & b.names else Same.NO
    if bool(a.names) != bool(b.names):
        return Same.UNSURE
    if not a.names and bool(a.specific) != bool(b.specific):
        # "the new building" for "the new assembly building" is how retellings shorten; without "new" it may be any
        return Same.YES if a.new is not None and a.new == b.new and a.classes & b.classes else Same.UNSURE
    return Same.YES


def _apart(a: frozenset[str], b: frozenset[str]) -> bool:
    """True where both say something and nothing in common."""
    return bool(a) and bool(b) and not a & b


def inherit(part: Referent, whole: Referent) -> Referent:
    """`part` ("the previous one") with the class of what it is compared with, where it has no noun of its own."""
    if part.specific - _RELATIONS or part.classes or part.names or part.id:
        return part
    return Referent(part.text, None, whole.classes, part.new, part.specific, part.names)


def classes_of_names(texts: Iterable[str]) -> dict[str, frozenset[str]]:
    """What the documents call each proper name: "Hwasong-11 solid-fuel ballistic missiles" makes it a weapon.

    Only the first noun of a known class within four words after the name counts.
    """
    known: dict[str, frozenset[str]] = {}
    pattern = re.compile(r"\b[A-Z]\w{0,30}-?\d[\w-]{0,30}((?:[\s-]{1,3}[a-z]{1,30}){1,4})")
    for text in texts:
        for match in pattern.finditer(text):
            name = plain(match.group()[: match.start(1) - match.start()])
            classes = next((_CLASS_OF[t] for t in content(match.group(1)) if t in _CLASS_OF), None)
            if classes:
                known[name] = known.get(name, classes)
    return known


def _proper(words: str, head_part: str) -> set[str]:
    """Capitalised words (not the first, unless it carries a digit) and numbers of a noun phrase."""
    found = set()
    for n, match in enumerate(re.finditer(r"[^\W_]+(?:-[^\W_]+)*", words)):
        word = match.group()
        if any(c.isdigit() for c in word):
            if match.start() < len(head_part):
                found.add(plain(word))
        elif word[0].isupper() and n > 0 and match.start() < len(head_part):
            found |= set(content(word))
    return found
