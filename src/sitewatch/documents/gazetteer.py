"""Names that a case knows: sites, objects, systems, organisations, people.

It is looked up before dates and quantities are, so that a name which holds a number stays a name. Without one, the
names of a text itself form it (`automatic`).
"""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sitewatch.documents.names import SITE_HEADS
from sitewatch.documents.spans import Taken, words
from sitewatch.errors import DataError


@dataclass(frozen=True, slots=True)
class Entity:
    """Something that has names."""

    id: str
    """kind:slug, such as "site:february-11-plant"."""
    names: tuple[str, ...]

    @property
    def kind(self) -> str:
        return self.id.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as it stands in a text."""

    entity: str
    start: int
    end: int


@dataclass(frozen=True)
class Gazetteer:
    """Entities with all the names under which they are looked for.

    Names of several words are found whatever their case, single words as written. The longest name wins.
    """

    entities: tuple[Entity, ...] = ()
    _pattern: re.Pattern[str] | None = field(init=False, repr=False, compare=False)
    _ids: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ids: dict[str, str] = {}
        parts = []
        for entity in self.entities:
            if not entity.id or not entity.names:
                raise DataError(
                    f"entity {entity.id!r} has the names {entity.names}; expected an id and a name or more"
                )
            for name in entity.names:
                key = _key(name)
                if not key:
                    raise DataError(f"entity {entity.id!r} has an empty name; give it one or remove it")
                ids.setdefault(key, entity.id)
                words = r"[\s\u00a0]+".join(re.escape(w) for w in name.split())
                parts.append((len(name), f"(?i:{words})" if " " in name.strip() else words))
        joint = "|".join(pattern for _, pattern in sorted(parts, reverse=True))
        object.__setattr__(self, "_pattern", re.compile(rf"(?<!\w)(?:{joint})(?!\w)") if parts else None)
        object.__setattr__(self, "_ids", ids)

    @classmethod
    def of(cls, names: Mapping[str, Iterable[str]]) -> "Gazetteer":
        """From a mapping of ids to names, as a YAML file holds it."""
        return cls(tuple(Entity(str(k), tuple(str(n) for n in v)) for k, v in names.items()))

    @classmethod
    def named(cls, names: Iterable[str]) -> "Gazetteer":
        """From names alone: each is an entity of its own kind "name"."""
        return cls(tuple(Entity(f"name:{slug(n)}", (n,)) for n in dict.fromkeys(names) if _key(n)))

    def find(self, text: str) -> tuple[Mention, ...]:
        """Names in `text`, from left to right, without overlaps."""
        if self._pattern is None:
            return ()
        return tuple(
            Mention(self._ids[_key(m[0])], m.start(), m.end())
            for m in self._pattern.finditer(text)
            if _key(m[0]) in self._ids
        )

    def joined(self, other: "Gazetteer") -> "Gazetteer":
        """This one, and what the other knows beside it."""
        known = {_key(n) for e in self.entities for n in e.names}
        extra = [Entity(e.id, tuple(n for n in e.names if _key(n) not in known)) for e in other.entities]
        return Gazetteer((*self.entities, *(e for e in extra if e.names)))


def _key(name: str) -> str:
    return re.sub(r"[\s\u00a0]+", " ", name).strip().lower()


def slug(name: str) -> str:
    """ "the February 11 Plant" → "february-11-plant"."""
    words = re.sub(r"^(?:the|an?) ", "", _key(name))
    return re.sub(r"[^\w]+", "-", words).strip("-")


_HEADS = "|".join(h.capitalize() for h in SITE_HEADS)
_HEADS_ANY = "|".join(
    f"{h.capitalize()}|{h}" for h in ("plant", "complex", "factory", "base", "facility", "site", "works")
)
_CAP = r"[A-Z\u00c0-\u00de][\w’'-]{0,40}(?!\w)"
_SITE = re.compile(
    rf"\b(?:{_CAP} |\d{{1,4}} ){{1,4}}(?:{_HEADS}|(?<=\d )(?:{_HEADS_ANY}))\b(?: No\. ?\d+)?|\b(?:Factory|Plant|Base|Complex|Facility|Site) (?:No\. ?)?\d{{1,4}}\b"
)
_SYSTEM = re.compile(r"\b[A-Z][A-Za-z]{0,15}-\d{1,4}[A-Z]{0,2}\b")
_OBJECT = re.compile(
    r"\b(?:[Tt]he|[Aa]n?|[Ii]ts|[Tt]heir|[Tt]his) (?P<age>new|newly built|additional|second|latest|newer|larger|existing|old|older|previous|former|original|first|neighbouring|adjacent) "
    r"(?P<what>(?:[a-z][a-z-]+ ){0,3}?(?:building|hall|facility|structure|construction|warehouse|workshop|hangar|shed|plant|complex|crane|tunnel|entrance|runway|pier|dam|tower|depot|store|one)\b)"
)
_NEW = frozenset(("new", "newly built", "additional", "second", "latest", "newer", "larger"))
_ORDINARY = frozenset(words("The A An This That In On At By Its Their And But While Of For From As"))


def automatic(text: str) -> Gazetteer:
    """Names of places, systems and objects that stand in `text` itself."""
    found: dict[str, dict[str, None]] = {}
    for match in _SITE.finditer(text):
        words = match[0].split()
        while words and words[0] in _ORDINARY:
            words.pop(0)
        if len(words) > 1:
            name = " ".join(words)
            found.setdefault(f"site:{slug(name)}", {})[name] = None
    for match in _SYSTEM.finditer(text):
        found.setdefault(f"system:{slug(match[0])}", {})[match[0]] = None
    _objects(text, found)
    return Gazetteer(tuple(Entity(k, tuple(v)) for k, v in found.items()))


def _objects(text: str, found: dict[str, dict[str, None]]) -> None:
    """ "the new assembly building" and "the new structure" are one object where only one of its age is named."""
    named: dict[str, list[str]] = {"new": [], "existing": []}
    loose: list[tuple[str, str]] = []
    for match in _OBJECT.finditer(text):
        age = "new" if match["age"] in _NEW else "existing"
        phrase = f"{match['age']} {match['what']}"
        if " " in match["what"] and match["what"].split()[-1] not in ("one", "structure", "construction"):
            key = f"object:{age}-{slug(match['what'])}"
            found.setdefault(key, {})[phrase] = None
            if key not in named[age]:
                named[age].append(key)
        else:
            loose.append((age, phrase))
    for age, phrase in loose:
        keys = named[age]
        what = phrase.split()[-1]
        if len(keys) == 1 and what in ("one", "structure", "construction", "building", "facility", "hall"):
            found[keys[0]][phrase] = None
        elif what != "one":
            found.setdefault(f"object:{age}-{slug(what)}", {})[phrase] = None


def hidden_by(mentions: Iterable[Mention], spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Names and other spans as one list without overlaps, names first."""
    kept = [(m.start, m.end) for m in mentions]
    taken = Taken(kept)
    kept += [s for s in spans if taken.add(s)]
    return sorted(kept)
