"""`detectability.json` of a case: what would have been found at its sites, worked out by inserting boxes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sitewatch.errors import DataError
from sitewatch.types import Detectability, Recall

SCHEMA = "sitewatch/detectability"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Worked:
    """What was worked out for one site and kind, and of what."""

    of: str
    """Key of the site's scenes and the detector; another key means that it no longer holds."""
    known: Detectability
    found: tuple[int, ...]
    tried: tuple[int, ...]
    """Boxes found and inserted, one for each of `known.recalls`."""


def dump_detectability(rows: Sequence[Worked]) -> str:
    """As JSON text."""
    return json.dumps(detectability_rows(rows), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def detectability_rows(rows: Sequence[Worked]) -> dict[str, Any]:
    """The same as plain values."""
    return {"schema": SCHEMA, "version": VERSION, "sites": [_row(r) for r in rows]}


def _row(worked: Worked) -> dict[str, Any]:
    known = worked.known
    sizes = zip(known.recalls, worked.found, worked.tried, strict=True)
    return {
        "site": known.site,
        "kind": known.kind,
        "start": known.start.isoformat(),
        "end": known.end.isoformat(),
        "of": worked.of,
        "basis": known.basis,
        "sizes": [
            {
                "area_m2": r.area_m2,
                "found": found,
                "tried": tried,
                "low": r.low,
                "high": r.high,
            }
            for r, found, tried in sizes
        ],
    }


def load_detectability(path: Path) -> tuple[Worked, ...]:
    """What `dump_detectability` wrote.

    Raises:
        DataError: the file cannot be read, or is none of these.
    """
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        if (table["schema"], table["version"]) != (SCHEMA, VERSION):
            raise ValueError("another schema")
        return tuple(_worked(row) for row in table["sites"])
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error})") from None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, DataError) as error:
        raise DataError(
            f"{path}: not as `sitewatch assess detectability` writes it ({error}); remove it and work it out anew"
        ) from None


def _worked(row: dict[str, Any]) -> Worked:
    known = Detectability(
        site=str(row["site"]),
        kind=str(row["kind"]),
        start=date.fromisoformat(row["start"]),
        end=date.fromisoformat(row["end"]),
        recalls=tuple(Recall(float(s["area_m2"]), float(s["low"]), float(s["high"])) for s in row["sizes"]),
        basis=str(row["basis"]),
    )
    found = tuple(int(s["found"]) for s in row["sizes"])
    return Worked(str(row["of"]), known, found, tuple(int(s["tried"]) for s in row["sizes"]))
