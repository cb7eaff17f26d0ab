"""Tables of the store, and how each earlier version becomes the next.

Values live in `body` as JSON (`case.codec`); columns beside it are only what is asked for or ordered by.
"""

import sqlalchemy as sa

APPLICATION_ID = 0x53495457  # "SITW", so that other SQLite files are told apart

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE sites (name TEXT PRIMARY KEY, body TEXT NOT NULL)",
        "CREATE TABLE scenes (site TEXT NOT NULL REFERENCES sites(name), id TEXT NOT NULL, "
        "acquired TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (site, id))",
        "CREATE TABLE refusals (site TEXT NOT NULL REFERENCES sites(name), path TEXT NOT NULL, "
        "reason TEXT NOT NULL, PRIMARY KEY (site, path))",
        "CREATE TABLE registrations (site TEXT NOT NULL, scene TEXT NOT NULL, body TEXT NOT NULL, "
        "PRIMARY KEY (site, scene), FOREIGN KEY (site, scene) REFERENCES scenes(site, id) ON DELETE CASCADE)",
        "CREATE TABLE events (site TEXT NOT NULL REFERENCES sites(name), id TEXT NOT NULL, "
        "origin TEXT NOT NULL, run TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (site, id))",
        "CREATE TABLE lineage (site TEXT NOT NULL REFERENCES sites(name), run TEXT NOT NULL, "
        "earlier TEXT NOT NULL, later TEXT NOT NULL, relation TEXT NOT NULL, "
        "PRIMARY KEY (site, run, earlier, later))",
        "CREATE TABLE measurements (site TEXT NOT NULL REFERENCES sites(name), position INTEGER NOT NULL, "
        "body TEXT NOT NULL, PRIMARY KEY (site, position))",
        "CREATE TABLE steps (name TEXT PRIMARY KEY, key TEXT NOT NULL, outputs TEXT NOT NULL, "
        "done TEXT NOT NULL)",
        "CREATE TABLE audit (number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, who TEXT NOT NULL, "
        "version TEXT NOT NULL, action TEXT NOT NULL, detail TEXT NOT NULL)",
        "CREATE TRIGGER audit_stays BEFORE UPDATE ON audit "
        "BEGIN SELECT RAISE(ABORT, 'the log only grows'); END",
        "CREATE TRIGGER audit_keeps BEFORE DELETE ON audit "
        "BEGIN SELECT RAISE(ABORT, 'the log only grows'); END",
    ),
    (
        "CREATE TABLE documents (id TEXT PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, added TEXT NOT NULL, "
        "body TEXT NOT NULL)",
        "CREATE TABLE claims (id TEXT PRIMARY KEY, document TEXT NOT NULL REFERENCES documents(id) "
        "ON DELETE CASCADE, start INTEGER NOT NULL, maker TEXT NOT NULL, body TEXT NOT NULL)",
        "CREATE TABLE claims_aside (id TEXT PRIMARY KEY, document TEXT NOT NULL REFERENCES documents(id) "
        "ON DELETE CASCADE, quote TEXT NOT NULL)",
        "CREATE TABLE relations (kind TEXT NOT NULL, position INTEGER NOT NULL, body TEXT NOT NULL, "
        "PRIMARY KEY (kind, position))",
    ),
    (
        "CREATE TABLE reference_buildings (site TEXT NOT NULL REFERENCES sites(name), name TEXT NOT NULL, "
        "body TEXT NOT NULL, PRIMARY KEY (site, name))",
        "CREATE TABLE bindings (claim TEXT PRIMARY KEY, body TEXT NOT NULL)",
        "CREATE TABLE grades (source TEXT PRIMARY KEY, body TEXT NOT NULL)",
        "CREATE TABLE statements (id TEXT PRIMARY KEY, made TEXT NOT NULL, body TEXT NOT NULL)",
    ),
)
"""Entry n brings version n to n + 1. Entries that were released are never edited: add one."""

VERSION = len(MIGRATIONS)


def _table(name: str, *columns: str) -> sa.TableClause:
    return sa.table(name, *(sa.column(c) for c in columns))


sites = _table("sites", "name", "body")
scenes = _table("scenes", "site", "id", "acquired", "body")
refusals = _table("refusals", "site", "path", "reason")
registrations = _table("registrations", "site", "scene", "body")
events = _table("events", "site", "id", "origin", "run", "body")
lineage = _table("lineage", "site", "run", "earlier", "later", "relation")
measurements = _table("measurements", "site", "position", "body")
documents = _table("documents", "id", "sha256", "added", "body")
claims = _table("claims", "id", "document", "start", "maker", "body")
claims_aside = _table("claims_aside", "id", "document", "quote")
relations = _table("relations", "kind", "position", "body")
reference_buildings = _table("reference_buildings", "site", "name", "body")
bindings = _table("bindings", "claim", "body")
grades = _table("grades", "source", "body")
statements = _table("statements", "id", "made", "body")
steps = _table("steps", "name", "key", "outputs", "done")
audit = _table("audit", "number", "at", "who", "version", "action", "detail")
