"""The store: versions, damage, transactions."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from sitewatch.case import Case, layout, schema
from sitewatch.case.store import Store
from sitewatch.errors import CaseError


def change(case: Case, statement: str) -> None:
    with closing(sqlite3.connect(case.path / layout.STORE, isolation_level=None)) as db:
        db.execute(statement)
    db.close()


def test_no_write_ahead_log(case: Case) -> None:
    with closing(sqlite3.connect(case.path / layout.STORE, isolation_level=None)) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    db.close()


def test_tables_are_what_the_code_says(case: Case) -> None:
    declared = {
        t.name: {c.name for c in t.columns} for t in vars(schema).values() if isinstance(t, sa.TableClause)
    }
    with closing(sqlite3.connect(case.path / layout.STORE, isolation_level=None)) as db:
        names = db.execute("SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite%'")
        stored = {n: {c[1] for c in db.execute(f"PRAGMA table_info({n})")} for (n,) in names.fetchall()}
    db.close()
    assert stored == declared


def test_a_folder_without_a_store_is_not_a_case(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="is not a case; make one with"):
        Case.open(tmp_path)
    with pytest.raises(CaseError, match="does not exist"):
        Case.open(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


def test_a_second_init_changes_nothing(case: Case) -> None:
    with pytest.raises(CaseError, match="is a case already"):
        Case.create(case.path)
    assert [s.name for s in Case.open(case.path).sites()] == ["hall"]


def test_a_later_version_is_refused(case: Case) -> None:
    change(case, f"PRAGMA user_version = {schema.VERSION + 1}")
    with pytest.raises(CaseError, match=r"written by a later sitewatch .*; update sitewatch"):
        Case.open(case.path)


def test_an_earlier_version_is_brought_up_to_date(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    step = ("CREATE TABLE colours (name TEXT)",)
    monkeypatch.setattr("sitewatch.case.store.MIGRATIONS", (*schema.MIGRATIONS, step))
    monkeypatch.setattr("sitewatch.case.store.VERSION", schema.VERSION + 1)
    reopened = Case.open(case.path)
    assert [s.name for s in reopened.sites()] == ["hall"]
    change(case, "INSERT INTO colours VALUES ('red')")
    assert Case.open(case.path)._store.current


def test_a_migration_that_fails_halfway_changes_nothing(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    step = ("CREATE TABLE colours (name TEXT)", "INSERT INTO nowhere VALUES (1)")
    with monkeypatch.context() as patch:
        patch.setattr("sitewatch.case.store.MIGRATIONS", (*schema.MIGRATIONS, step))
        patch.setattr("sitewatch.case.store.VERSION", schema.VERSION + 1)
        with pytest.raises(CaseError):
            Case.open(case.path)
    assert [s.name for s in Case.open(case.path).sites()] == ["hall"]
    change(case, "CREATE TABLE colours (name TEXT)")  # it is not there yet


def test_another_database_is_not_a_case(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / layout.STORE, isolation_level=None)) as db:
        db.execute("CREATE TABLE a (b)")
    db.close()
    with pytest.raises(CaseError, match="is not a sitewatch case"):
        Case.open(tmp_path)


@pytest.mark.parametrize("damage", ["empty", "text", "truncated", "header", "middle"])
def test_a_damaged_store_is_one_line(case: Case, damage: str) -> None:
    path = case.path / layout.STORE
    content = path.read_bytes()
    damaged = {
        "empty": b"",
        "text": b"<html>not found</html>" * 400,
        "truncated": content[: len(content) // 2],
        "header": b"\x00" * 100 + content[100:],
        "middle": content[:4096] + b"\xff" * 4096 + content[8192:],
    }[damage]
    path.write_bytes(damaged)
    with pytest.raises(CaseError, match=r"is damaged|is not a sitewatch case") as caught:
        Case.open(case.path)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == damaged, "a damaged store is left for rescue"


def test_a_missing_table_is_damage(case: Case) -> None:
    change(case, "DROP TABLE events")
    with pytest.raises(CaseError, match="is damaged"):
        Case.open(case.path).events("hall")


def test_a_store_that_went_away_is_one_line(case: Case) -> None:
    (case.path / layout.STORE).unlink()
    with pytest.raises(CaseError, match="cannot open"):
        case.sites()
    assert not (case.path / layout.STORE).exists(), "reading must not make an empty store"


def test_a_full_database_loses_nothing(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = Store._connect

    def small(self: Store) -> sqlite3.Connection:
        db = connect(self)
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages}")
        return db

    before = case.history()
    with monkeypatch.context() as patch:
        patch.setattr(Store, "_connect", small)
        full = Case.open(case.path)
        with pytest.raises(CaseError, match="no space left on the disk; nothing was lost") as caught:
            full.log("much", text="x" * 100_000)
    assert "\n" not in str(caught.value)
    assert Case.open(case.path).history() == before


def test_the_log_only_grows(case: Case) -> None:
    for statement in ("DELETE FROM audit", "UPDATE audit SET who = 'nobody'"):
        with pytest.raises(sqlite3.IntegrityError, match="the log only grows"):
            change(case, statement)
