"""Who did what to the case, and when. The log only grows: the database refuses to change or drop a row."""

import getpass
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from sitewatch import __version__
from sitewatch.case import schema


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log."""

    number: int
    at: datetime
    """UTC."""
    who: str
    """Login name on the machine where it was done."""
    version: str
    """Of sitewatch."""
    action: str
    detail: dict[str, Any]


def append(db: sa.Connection, action: str, detail: dict[str, Any]) -> None:
    """Add a line to the log, in the transaction of what it tells of. `detail` must be plain JSON or paths."""
    row = {
        "at": now(),
        "who": _who(),
        "version": __version__,
        "action": action,
        "detail": json.dumps(detail, sort_keys=True, default=str, ensure_ascii=False),
    }
    db.execute(sa.insert(schema.audit).values(row))


def entries(db: sa.Connection) -> list[Entry]:
    """The whole log, oldest first."""
    rows = db.execute(sa.select(schema.audit).order_by(schema.audit.c.number)).mappings()
    return [
        Entry(**{**row, "at": datetime.fromisoformat(row["at"]), "detail": json.loads(row["detail"])})
        for row in rows
    ]


def now() -> str:
    """The time as it is stored."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _who() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user id without a name, as in some containers
        return "unknown"
