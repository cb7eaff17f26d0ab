"""The case's database: SQLite through SQLAlchemy Core.

No write-ahead log: SQLite 3.7.0 to 3.51.2 can corrupt a WAL database used by two connections. With the
rollback journal a transaction is there in full or not at all, also after SIGKILL or a power cut.
"""

import contextlib
import errno
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa

from sitewatch.case.schema import APPLICATION_ID, MIGRATIONS, VERSION
from sitewatch.errors import CaseError, no_room

BUSY_SECONDS = 30.0
"""How long a transaction waits for a reader to let go."""


class Store:
    """One database file, opened for each piece of work and closed after it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._engine = sa.create_engine("sqlite://", creator=self._connect, poolclass=sa.NullPool)

    @classmethod
    def create(cls, path: Path) -> "Store":
        """Make a new, empty store at `path`, which must not exist yet; it appears only once it is complete.

        Raises:
            CaseError: the place cannot be written.
        """
        part = path.with_suffix(".part")
        try:
            with _explained(path):
                part.unlink(missing_ok=True)
                part.touch()
                cls(part)._migrate()
                part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        return cls(path)

    @classmethod
    def open(cls, path: Path) -> "Store":
        """Open a store and check that it is one, whole and of a version that this program knows.

        Raises:
            CaseError: it is damaged, of a later version, or not a sitewatch store.
        """
        store = cls(path)
        with store.reading() as db:
            if db.exec_driver_sql("PRAGMA application_id").scalar_one() != APPLICATION_ID:
                raise CaseError(f"{path} is not a sitewatch case; expected one made by `sitewatch init`")
            version = _version(db)
            if version > VERSION:
                raise CaseError(
                    f"{path.parent} was written by a later sitewatch (store version {version}, this reads "
                    f"up to {VERSION}); update sitewatch"
                )
            verdict = db.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
            if verdict != "ok":
                raise CaseError(_damaged(path, str(verdict).splitlines()[-1]))
        return store

    @property
    def current(self) -> bool:
        """False where the store must be migrated before it is used."""
        with self.reading() as db:
            return _version(db) == VERSION

    def migrate(self) -> None:
        """Bring the store to the current version, in one transaction. The caller holds the writer lock."""
        with _explained(self.path):
            self._migrate()

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one consistent state; rolled back at the end."""
        with _explained(self.path), self._engine.connect() as db:
            db.exec_driver_sql("BEGIN")
            yield db

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """A connection whose changes are kept all together at the end of the block, or not at all."""
        with _explained(self.path), self._engine.connect() as db:
            db.exec_driver_sql("BEGIN IMMEDIATE")
            yield db
            db.commit()

    def _migrate(self) -> None:
        with self._engine.connect() as db:
            db.exec_driver_sql("BEGIN IMMEDIATE")
            for statements in MIGRATIONS[_version(db) :]:
                for statement in statements:
                    db.exec_driver_sql(statement)
            db.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
            db.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
            db.commit()

    def _connect(self) -> sqlite3.Connection:
        # mode=rw: a store that has gone is an error, not a new, empty file. Transactions are opened by hand,
        # since Python's sqlite3 would leave schema changes outside of them.
        connection = sqlite3.connect(
            f"file:{quote(str(self.path))}?mode=rw", uri=True, isolation_level=None, timeout=BUSY_SECONDS
        )
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = EXTRA")
        except BaseException:
            connection.close()
            raise
        return connection


def _version(db: sa.Connection) -> int:
    return int(db.exec_driver_sql("PRAGMA user_version").scalar_one())


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn the database's and the disk's errors into one line."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        line = _explain(path, error.orig)
        if line is None:
            raise
        raise CaseError(line) from error
    except OSError as error:
        line = no_room(error, path) or f"cannot write {path}: {error.strerror or error}"
        raise CaseError(line) from error


def _explain(path: Path, error: BaseException | None) -> str | None:
    """One line for what can befall a store; None for what is a defect of the program."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or "no such table" in str(error):
        return _damaged(path, str(error))
    if name.startswith("SQLITE_FULL"):
        return no_room(OSError(errno.ENOSPC, "SQLite says no more"), path)
    if name.startswith(("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH")):
        return f"cannot write {path}: not allowed ({error}); make the case folder writable"
    if name.startswith("SQLITE_CANTOPEN"):
        return f"cannot open {path}: it is missing, or the case folder may not be written"
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return f"{path} is in use by another process; wait for it to end, then run again"
    if name.startswith("SQLITE_IOERR"):
        return (
            f"cannot read or write {path}: {error}; nothing was lost: look after the disk, and whether files are "
            "limited in size (ulimit -f), then run again"
        )
    return None


def _damaged(path: Path, detail: str) -> str:
    return f"{path} is damaged ({detail}); put back a copy of it, or make a new case and add the scenes again"
