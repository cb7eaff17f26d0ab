"""A case: a folder with a store, derived files in `out/` and a cache that can be deleted at any time.

Reading needs no lock. Everything that writes takes the case's writer lock for as long as it lasts;
`with case.writing():` holds it over several steps, `with case.transaction():` makes several writes one.
"""

import contextlib
import dataclasses
import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from sitewatch.case import audit, codec, files, layout, lock, papers, resume, schema
from sitewatch.case.identity import Descent, reconcile
from sitewatch.case.scenes import anchored, portable
from sitewatch.case.store import Store
from sitewatch.errors import CaseError, UsageError
from sitewatch.types import (
    Alignment,
    Claim,
    ClaimSet,
    Document,
    Event,
    Measurement,
    Registration,
    Scene,
    Site,
)

T = TypeVar("T")


class Case:
    """One case folder. Make one with `create`, use one that exists with `open`."""

    def __init__(self, path: Path, store: Store) -> None:
        self.path = path
        """The folder, absolute."""
        self.out = path / layout.OUT
        """What users take away: atomic projections of the store."""
        self.cache = path / layout.CACHE
        """Files that can be computed again, under names that follow from their inputs."""
        self.copies = path / layout.COPIES
        """Images that were copied into the case."""
        self.originals = path / layout.DOCUMENTS
        """Bytes of documents under their SHA-256, and the text taken from them beside."""
        self.gazetteer = path / layout.GAZETTEER
        """Names of sites, objects, systems and organisations, written by the user; may be missing."""
        self._store = store
        self._turn = (
            threading.RLock()
        )  # threads of this process take turns before the process asks for the lock
        self._depth = 0
        self._db: sa.Connection | None = None  # the transaction that is open, and the thread that opened it
        self._owner: int | None = None

    @classmethod
    def create(cls, path: Path | str) -> "Case":
        """A new, empty case in the folder `path`, which is made where it does not exist.

        Raises:
            CaseError: there is a case already, or the folder cannot be written.
        """
        folder = Path(path).resolve()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CaseError(f"cannot make the folder {folder}: {error.strerror}") from error
        with lock.exclusive(folder / layout.LOCK):
            if layout.is_case(folder):
                raise CaseError(f"{folder} is a case already; nothing was changed")
            case = cls(folder, Store.create(folder / layout.STORE))
        case.log("init")
        return case

    @classmethod
    def open(cls, path: Path | str) -> "Case":
        """The case in the folder `path`; one of an earlier version is brought up to date.

        Raises:
            CaseError: not a case, damaged, or written by a later version.
        """
        folder = Path(path).resolve()
        if not layout.is_case(folder):
            what = "is not a case" if folder.is_dir() else "does not exist"
            raise CaseError(f"{folder} {what}; make one with `sitewatch init {path}`")
        case = cls(folder, Store.open(folder / layout.STORE))
        if not case._store.current:
            with case.writing():
                case._store.migrate()
        return case

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writer lock; may be nested.

        Raises:
            CaseError: another process holds it; it is named.
        """
        with self._turn, contextlib.ExitStack() as held:
            if self._depth == 0:
                held.enter_context(lock.exclusive(self.path / layout.LOCK))
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes in the block are kept together or not at all; may be nested. Keep it short."""
        with self._changing():
            yield

    # --- sites

    def sites(self) -> list[Site]:
        """All sites, by name."""
        return self._load(Site, schema.sites, order=("name",))

    def site(self, name: str | None = None) -> Site:
        """The site called `name`; without a name the only one.

        Raises:
            UsageError: no such site, none at all, or several and no name.
        """
        sites = {s.name: s for s in self.sites()}
        if not sites:
            raise UsageError(
                f"the case {self.path} has no site yet; add one first: "
                f"`sitewatch site add {self.path} --name NAME --bbox W S E N`"
            )
        known = ", ".join(sites)
        if name is None and len(sites) > 1:
            raise UsageError(f"the case has several sites ({known}); say which with --site")
        if name is not None and name not in sites:
            raise UsageError(f"the case has no site {name!r}; expected one of: {known}")
        return sites[name] if name is not None else next(iter(sites.values()))

    def add_site(self, site: Site) -> None:
        """Add a site. Adding an equal one again changes nothing.

        Raises:
            CaseError: a site of that name with another area of interest exists.
        """
        with self._changing() as db:
            body = codec.dumps(site)
            same_name = sa.select(schema.sites.c.body).where(schema.sites.c.name == site.name)
            stored = db.execute(same_name).scalar_one_or_none()
            if stored is None:
                db.execute(sa.insert(schema.sites).values(name=site.name, body=body))
            elif stored != body:
                raise CaseError(
                    f"the case has a site {site.name!r} with another area of interest; choose another name"
                )

    # --- scenes

    def scenes(self, site: str) -> list[Scene]:
        """Scenes of a site by time of acquisition, then id; paths of their assets are absolute."""
        stored = self._load(Scene, schema.scenes, site=site, order=("acquired", "id"))
        return [anchored(scene, self.path) for scene in stored]

    def add_scenes(self, site: str, scenes: Iterable[Scene]) -> int:
        """Add scenes to a site and return how many were new; ids that are there already stay as they are."""
        self.site(site)
        new = 0
        with self._changing() as db:
            known = set(db.scalars(sa.select(schema.scenes.c.id).where(schema.scenes.c.site == site)))
            for scene in scenes:
                if scene.id in known:
                    continue
                known.add(scene.id)
                new += 1
                row = {"site": site, "id": scene.id, "acquired": scene.acquired.isoformat()}
                body = codec.dumps(portable(scene, self.path))
                db.execute(sa.insert(schema.scenes).values(**row, body=body))
        return new

    def relocate_scene(self, site: str, scene: Scene) -> None:
        """Note where the files of a known scene lie now; all else about it stays as it is."""
        stored = {s.id: s for s in self.scenes(site)}[scene.id]
        body = codec.dumps(portable(dataclasses.replace(stored, assets=scene.assets), self.path))
        table = schema.scenes
        with self._changing() as db:
            row = sa.update(table).where(table.c.site == site, table.c.id == scene.id)
            db.execute(row.values(body=body))

    def remove_scenes(self, site: str, ids: Iterable[str]) -> None:
        """Take scenes out of a site, with their registrations; their files stay."""
        table = schema.scenes
        with self._changing() as db:
            db.execute(sa.delete(table).where(table.c.site == site, table.c.id.in_(list(ids))))

    def refusals(self, site: str) -> dict[str, str]:
        """Files offered for a site that could not be used: path → reason."""
        table = schema.refusals
        query = sa.select(table.c.path, table.c.reason).where(table.c.site == site).order_by(table.c.path)
        with self._reading() as db:
            return {row.path: row.reason for row in db.execute(query)}

    def set_refusals(self, site: str, refused: Mapping[str, str], accepted: Iterable[str] = ()) -> None:
        """Remember refused files with the reason, and forget the refusal of those `accepted` since."""
        self.site(site)
        table = schema.refusals
        with self._changing() as db:
            for path in (*refused, *accepted):
                db.execute(sa.delete(table).where(table.c.site == site, table.c.path == path))
            for path, reason in refused.items():
                db.execute(sa.insert(table).values(site=site, path=path, reason=reason))

    # --- what is derived from them

    def registrations(self, site: str) -> dict[str, Registration]:
        """Registrations of a site by scene id."""
        found = self._load(Registration, schema.registrations, site=site, order=("scene",))
        return {r.scene_id: r for r in found}

    def set_registrations(self, site: str, registrations: Iterable[Registration]) -> None:
        """Replace all registrations of a site."""
        rows = [{"site": site, "scene": r.scene_id, "body": codec.dumps(r)} for r in registrations]
        self._replace(schema.registrations, site, rows)

    def events(self, site: str) -> list[Event]:
        """Events of a site by id."""
        return self._load(Event, schema.events, site=site, order=("id",))

    def set_events(self, site: str, events: Iterable[Event], *, run: str) -> list[Event]:
        """Replace the detector's events of a site by those of the run named `run`; return what is there now.

        Ids are those of the case (`case.identity`): a detection that continues a known event takes its id.
        What an analyst drew or reviewed stays.
        """
        with self._changing() as db:
            now = reconcile(self.events(site), list(events))
            rows = [self._event_row(e, run) for e in now.events]
            self._replace(schema.events, site, rows)
            for descent in now.descents:
                row = {"site": site, "run": run, **dataclasses.asdict(descent)}
                db.execute(sa.insert(schema.lineage).prefix_with("OR IGNORE").values(**row))
            return list(now.events)

    def put_event(self, event: Event) -> None:
        """Add or replace one event by hand: an analyst's own, or the review of a detection."""
        self.site(event.site)
        table = schema.events
        with self._changing() as db:
            db.execute(sa.delete(table).where(table.c.site == event.site, table.c.id == event.id))
            db.execute(sa.insert(table).values(**self._event_row(event, "by hand")))

    def descents(self, site: str) -> list[Descent]:
        """Splits and mergers of events over all runs."""
        table = schema.lineage
        query = sa.select(table.c.earlier, table.c.later, table.c.relation).distinct()
        query = query.where(table.c.site == site)
        with self._reading() as db:
            return [Descent(*row) for row in db.execute(query.order_by(table.c.earlier, table.c.later))]

    def measurements(self, site: str) -> list[Measurement]:
        """Measurements of a site in the order in which they were set."""
        return self._load(Measurement, schema.measurements, site=site, order=("position",))

    def set_measurements(self, site: str, measurements: Iterable[Measurement]) -> None:
        """Replace all measurements of a site."""
        rows = [{"site": site, "position": i, "body": codec.dumps(m)} for i, m in enumerate(measurements)]
        self._replace(schema.measurements, site, rows)

    # --- documents and what they claim

    def documents(self) -> list[Document]:
        """All documents, in the order in which they were added."""
        with self._reading() as db:
            return papers.documents(db)

    def document(self, name: str) -> Document:
        """The document with the id `name`, or the only one whose id begins so.

        Raises:
            UsageError: none, or several.
        """
        found = [d for d in self.documents() if d.id == name] or [
            d for d in self.documents() if name and d.id.startswith(name)
        ]
        if len(found) != 1:
            what = "several documents whose ids begin with" if found else "no document"
            raise UsageError(f"the case has {what} {name!r}; `sitewatch docs list {self.path}` names them")
        return found[0]

    def add_document(self, document: Document, data: bytes) -> bool:
        """Keep a document with its bytes; False where the same bytes are there already: nothing changes then.

        Raises:
            CaseError: the case cannot be written.
        """
        with self._changing() as db:
            new = papers.add_document(db, document)
            if new or not (self.originals / document.sha256).is_file():
                files.write(self.originals / document.sha256, data)
            if new:
                files.write(self.originals / f"{document.sha256}.txt", document.text)
            return new

    def put_document(self, document: Document) -> None:
        """Replace what is told of a document that is there; its bytes and its text stay."""
        with self._changing() as db:
            papers.put_document(db, document)

    def remove_document(self, document: Document) -> None:
        """Take a document out of the case, with the case's copy of it and all claims from it.

        How the other claims stand to each other is forgotten too: it may have rested on this one.
        """
        with self._changing() as db:
            papers.remove_document(db, document.id)
            papers.forget_relations(db)
        for name in (document.sha256, f"{document.sha256}.txt"):
            (self.originals / name).unlink(missing_ok=True)

    def claim_set(self) -> ClaimSet:
        """All claims, by document and place in it, and how they were last related."""
        with self._reading() as db:
            return papers.claim_set(db)

    def lasting_claims(self) -> list[Claim]:
        """Claims that a re-run of the rules keeps: an analyst's and those that a model proposed."""
        with self._reading() as db:
            return papers.lasting_claims(db)

    def proposed(self) -> tuple[Alignment, ...]:
        """Alignments of claims that a model proposed."""
        with self._reading() as db:
            return papers.proposed(db)

    def set_claims(self, found: ClaimSet) -> None:
        """Replace all claims but those that an analyst made, and all relations between claims."""
        with self._changing() as db:
            papers.set_claims(db, found)

    def put_claim(self, claim: Claim) -> None:
        """Add or replace one claim that an analyst made."""
        with self._changing() as db:
            papers.put_claim(db, claim)

    def set_claim_aside(self, claim: Claim) -> None:
        """Take a claim out; a re-run leaves one that the rules made out as well."""
        with self._changing() as db:
            papers.set_claim_aside(db, claim)

    def claims_aside(self) -> dict[str, str]:
        """Claims of the rules that an analyst took out or replaced: id → quote."""
        with self._reading() as db:
            return papers.claims_aside(db)

    # --- what is done, and by whom

    def steps(self) -> dict[str, resume.Step]:
        """Steps that were finished once, by name."""
        with self._reading() as db:
            rows = db.execute(sa.select(schema.steps).order_by(schema.steps.c.name)).all()
        return {r.name: resume.Step(r.name, r.key, json.loads(r.outputs)) for r in rows}

    def step_done(self, name: str, key: str) -> bool:
        """True where the step was finished for the input key `key` and its output files are unchanged."""
        step = self.steps().get(name)
        return step is not None and step.key == key and step.holds(self.path)

    def mark_step(self, name: str, key: str, outputs: Iterable[Path] = ()) -> None:
        """Record that a step is finished for the input key `key`, with the hashes of its output files."""
        hashes = resume.hashes(self.path, outputs)
        with self._changing() as db:
            db.execute(sa.delete(schema.steps).where(schema.steps.c.name == name))
            row = {"name": name, "key": key, "outputs": json.dumps(hashes), "done": audit.now()}
            db.execute(sa.insert(schema.steps).values(**row))

    def project(self, name: str, payload: bytes | str) -> Path:
        """Write the file `name` in `out/` in one step.

        Raises:
            CaseError: the disk is full or `out/` cannot be written; an earlier file is untouched.
        """
        path = (self.out / name).resolve()
        if not path.is_relative_to(self.out.resolve()):
            raise CaseError(f"cannot write {name!r}: expected a place inside {self.out}")
        with self.writing():
            return files.write(path, payload)

    def log(self, action: str, **detail: Any) -> None:
        """Add a line to the case's log: who did `action`, when, and `detail` (plain JSON values or paths)."""
        with self._changing() as db:
            audit.append(db, action, detail)

    def history(self) -> list[audit.Entry]:
        """The log, oldest first."""
        with self._reading() as db:
            return audit.entries(db)

    # --- inner

    @contextlib.contextmanager
    def _changing(self) -> Iterator[sa.Connection]:
        with self.writing():
            if self._db is not None:
                yield self._db
                return
            with self._store.transaction() as db:
                self._db, self._owner = db, threading.get_ident()
                try:
                    yield db
                finally:
                    self._db = self._owner = None

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        # In a transaction of this thread its own changes are seen; elsewhere what was finished last.
        if self._db is not None and self._owner == threading.get_ident():
            yield self._db
            return
        with self._store.reading() as db:
            yield db

    def _load(
        self, kind: type[T], table: sa.TableClause, *, order: tuple[str, ...], site: str | None = None
    ) -> list[T]:
        query = sa.select(table.c.body).order_by(*(table.c[name] for name in order))
        if site is not None:
            self.site(site)
            query = query.where(table.c.site == site)
        with self._reading() as db:
            return [codec.loads(kind, body) for body in db.scalars(query)]

    @staticmethod
    def _event_row(event: Event, run: str) -> dict[str, Any]:
        body = codec.dumps(event)
        return {"site": event.site, "id": event.id, "origin": event.origin, "run": run, "body": body}

    def _replace(self, table: sa.TableClause, site: str, rows: list[dict[str, Any]]) -> None:
        self.site(site)
        with self._changing() as db:
            db.execute(sa.delete(table).where(table.c.site == site))
            if rows:
                db.execute(sa.insert(table), rows)
