"""The file in which a user names what a case is about: sites, objects, systems, organisations.

```yaml
sites:
  works: [the works at Exampleville, Exampleville works, the plant]
objects:
  new-hall: [new assembly hall, the new building]
organisations:
  institute: [the institute]
```
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from sitewatch.documents.gazetteer import Entity, Gazetteer, slug
from sitewatch.errors import DataError

KINDS = {
    "sites": "site",
    "objects": "object",
    "systems": "system",
    "organisations": "organisation",
    "organizations": "organisation",
    "places": "place",
    "people": "person",
}
"""Section of the file → kind of its entities; an entity's id is kind:name."""
MAX_BYTES = 1_000_000


def load(path: Path) -> Gazetteer:
    """The names in the YAML file `path`.

    Under each section (see `KINDS`) stand entities: a mapping of their names in the case to one or more names in
    texts, or a plain list, in which each item is a name or a list of names of one entity.

    Raises:
        DataError: the file cannot be read, is no such mapping, or gives one name to two entities.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DataError(f"{path}: larger than {MAX_BYTES / 1e6:g} MB; expected a list of names")
        content = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error})") from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(f"{path}: not YAML in UTF-8 ({_line(error)})") from None
    if content is None:
        return Gazetteer()
    if not isinstance(content, dict):
        raise DataError(f"{path}: a {type(content).__name__}; expected sections: {', '.join(KINDS)}")
    entities: list[Entity] = []
    owner: dict[str, str] = {}
    for section, items in content.items():
        if section not in KINDS:
            raise DataError(
                f"{path}: section {str(section)[:40]!r} is not known; expected {', '.join(KINDS)}"
            )
        for name, names in _entities(path, str(section), items):
            entity = Entity(f"{KINDS[section]}:{name}", names)
            for each in {slug(n) for n in names}:
                if owner.setdefault(each, entity.id) != entity.id:
                    raise DataError(
                        f"{path}: {each!r} names both {owner[each]} and {entity.id}; keep it in one"
                    )
            entities.append(entity)
    return Gazetteer(tuple(entities))


def _entities(path: Path, section: str, items: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(items, dict):
        for key, value in items.items():
            names = _names(path, f"{section}: {key}", value if value is not None else str(key))
            yield slug(str(key)) or slug(names[0]), names
    elif isinstance(items, list):
        for number, value in enumerate(items, 1):
            names = _names(path, f"{section}: item {number}", value)
            yield slug(names[0]), names
    elif items is not None:
        raise DataError(f"{path}: {section}: expected a list, or names with lists; got {str(items)[:40]!r}")


def _names(path: Path, where: str, value: Any) -> tuple[str, ...]:
    # Numbers are names too where somebody writes them so: 404, or 2024-02-11, which YAML takes for a date.
    listed = value if isinstance(value, list) else [value]
    names = tuple(
        " ".join(str(n).split()) for n in listed if not isinstance(n, dict | list) and n is not None
    )
    if len(names) != len(listed) or not names or not all(slug(n) for n in names):
        raise DataError(f"{path}: {where}: expected a name or a list of names; got {str(value)[:60]!r}")
    return names


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:160]
