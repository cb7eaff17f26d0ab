"""A case keeps what it is given."""

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import shapely

from sitewatch.case import Case
from sitewatch.case.scenes import copied
from sitewatch.errors import CaseError, UsageError
from sitewatch.types import Event, Measurement, Registration, RegistrationStatus, Scene, Site, Value

Scenes = Callable[..., Scene]
Events = Callable[..., Event]


def test_one_site_needs_no_name(case: Case) -> None:
    assert case.site().name == "hall"
    assert case.site(None) == case.site("hall")
    case.add_site(Site("plant", shapely.box(28, 45, 28.1, 45.1)))
    with pytest.raises(UsageError, match=r"several sites \(hall, plant\); say which with --site"):
        case.site()
    with pytest.raises(UsageError, match="no site 'dock'; expected one of: hall, plant"):
        case.site("dock")


def test_a_case_without_a_site_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no site yet; add one first: `sitewatch site add"):
        Case.create(tmp_path).site()


def test_a_site_is_not_moved(case: Case) -> None:
    case.add_site(case.site())
    with pytest.raises(CaseError, match="another area of interest"):
        case.add_site(Site("hall", shapely.box(0, 0, 1, 1)))
    assert len(case.sites()) == 1


def test_scenes_come_by_date_whatever_the_order(case: Case, scene: Scenes) -> None:
    assert case.add_scenes("hall", [scene(5), scene(2)]) == 2
    assert case.add_scenes("hall", [scene(3), scene(2), scene(3)]) == 1
    assert case.scenes("hall") == [scene(2), scene(3), scene(5)]
    assert Case.open(case.path).scenes("hall") == case.scenes("hall")


def test_a_case_can_be_moved_with_its_copies(case: Case, scene: Scenes, tmp_path: Path) -> None:
    outside, inside = tmp_path / "a.tif", case.copies / "b.tif"
    case.add_scenes("hall", [scene(1, path=str(outside)), scene(2, path=str(inside))])
    moved = Path(shutil.move(case.path, tmp_path / "moved"))
    first, second = Case.open(moved).scenes("hall")
    assert first.assets[0].path == str(outside)
    assert second.assets[0].path == str(moved / "copies" / "b.tif")


def test_copies_of_files_with_one_name_stay_apart(case: Case, scene: Scenes, tmp_path: Path) -> None:
    assets = []
    for i, folder in enumerate(("x", "y")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.tif").write_text(folder)
        made = scene(i + 1, path=str(tmp_path / folder / "a.tif")).assets[0]
        assets.append(made)
    both = scene(1)
    object.__setattr__(both, "assets", tuple(assets))
    copy = copied(both, case.path)
    assert [Path(a.path).read_text() for a in copy.assets] == ["x", "y"]
    assert all(Path(a.path).is_relative_to(case.path) for a in copy.assets)
    assert [a.sha256 for a in copy.assets] == [a.sha256 for a in both.assets]


def test_a_spoilt_copy_is_made_again(case: Case, scene: Scenes, tmp_path: Path) -> None:
    original = tmp_path / "a.tif"
    original.write_text("pixels")
    place = Path(copied(scene(1, path=str(original)), case.path).assets[0].path)
    place.write_text("pixelz")
    assert Path(copied(scene(1, path=str(original)), case.path).assets[0].path) == place
    assert place.read_text() == "pixels"


def test_removing_a_scene_takes_its_registration_along(case: Case, scene: Scenes) -> None:
    case.add_scenes("hall", [scene(1), scene(2)])
    ids = [s.id for s in case.scenes("hall")]
    made = [Registration(i, 0.5, -0.5, 0.1, ids[0], RegistrationStatus.OK) for i in ids]
    case.set_registrations("hall", made)
    assert case.registrations("hall") == dict(zip(ids, made, strict=True))
    case.remove_scenes("hall", ids[:1])
    assert list(case.registrations("hall")) == ids[1:]


def test_what_is_of_an_unknown_site_is_refused(case: Case, scene: Scenes, event: Events) -> None:
    with pytest.raises(UsageError, match="no site 'dock'"):
        case.add_scenes("dock", [scene(1)])
    with pytest.raises(UsageError, match="no site 'dock'"):
        case.events("dock")
    with pytest.raises(UsageError, match="no site 'dock'"):
        case.put_event(event("1", site="dock"))


def test_refusals_are_remembered_until_the_file_is_used(case: Case) -> None:
    case.set_refusals("hall", {"/a.tif": "no date", "/b.tif": "empty"})
    case.set_refusals("hall", {"/b.tif": "truncated"}, accepted=["/a.tif"])
    assert case.refusals("hall") == {"/b.tif": "truncated"}


def test_events_are_replaced_by_a_run_but_not_what_a_person_did(case: Case, event: Events) -> None:
    case.set_events("hall", [event("1"), event("2", x=50)], run="one")
    case.put_event(event("2", x=50, review="agreed"))
    case.put_event(event("mine", x=90, origin="analyst"))
    now = case.set_events("hall", [event("3", x=1)], run="two")
    assert case.events("hall") == now
    assert {e.id: e.review for e in now} == {"1": None, "2": "agreed [not found again]", "mine": None}


def test_a_split_is_recorded_once(case: Case, event: Events) -> None:
    parts = [
        event("left", outline=shapely.box(0, 0, 4, 10)),
        event("right", outline=shapely.box(4, 0, 10, 10)),
    ]
    case.set_events("hall", [event("1")], run="one")
    for run in ("two", "two", "three"):
        case.set_events("hall", parts, run=run)
    assert [(d.earlier, d.later, d.relation) for d in case.descents("hall")] == [("1", "left", "split")]


def test_measurements_keep_their_order(case: Case) -> None:
    value = Value(2.0, 1.0, 3.0, "m2", "counted")
    made = [Measurement(name, "area", value, ()) for name in ("b", "a")]
    case.set_measurements("hall", made)
    case.set_measurements("hall", made)
    assert case.measurements("hall") == made


def test_a_transaction_is_kept_whole_or_not_at_all(case: Case, scene: Scenes, event: Events) -> None:
    def half() -> None:
        with case.transaction():
            case.add_scenes("hall", [scene(1)])
            case.set_events("hall", [event("1")], run="one")
            assert len(case.scenes("hall")) == 1, "a transaction sees its own changes"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert case.scenes("hall") == []
    assert case.events("hall") == []


def test_readers_see_whole_states_while_somebody_writes(case: Case, event: Events) -> None:
    def write() -> None:
        for size in range(5, 25):
            case.set_events("hall", [event(str(i), x=100 * i, size=size) for i in range(10)], run=str(size))

    writer = threading.Thread(target=write)
    reader = Case.open(case.path)
    writer.start()
    seen = []
    while writer.is_alive():
        seen.append({e.area_m2 for e in reader.events("hall")})
    writer.join()
    assert all(len(areas) <= 1 for areas in seen)
    assert {e.area_m2 for e in reader.events("hall")} == {24.0**2}


def test_a_step_is_done_while_its_inputs_and_outputs_are_the_same(case: Case) -> None:
    path = case.project("events.geojson", "{}")
    assert path == case.path / "out" / "events.geojson"
    case.mark_step("detect", "key", [path])
    assert case.step_done("detect", "key")
    assert not case.step_done("detect", "other key")
    assert not case.step_done("measure", "key")
    path.write_text("{ }")
    assert not case.step_done("detect", "key")
    path.unlink()
    assert not case.step_done("detect", "key")
    assert case.steps()["detect"].outputs.keys() == {"out/events.geojson"}


def test_a_step_cannot_claim_a_file_that_is_not_there(case: Case) -> None:
    with pytest.raises(CaseError, match="output cannot be read"):
        case.mark_step("detect", "key", [case.out / "nothing"])


def test_nothing_is_projected_outside_of_out(case: Case) -> None:
    assert case.project("figures/a.png", b"x").read_bytes() == b"x"
    for name in ("../a.txt", "/tmp/a.txt"):
        with pytest.raises(CaseError, match="expected a place inside"):
            case.project(name, "x")


def test_an_out_that_cannot_be_written_is_one_line(case: Case) -> None:
    case.out.write_text("a file where the folder should be")
    with pytest.raises(CaseError, match="cannot write") as caught:
        case.project("a.txt", "x")
    assert "\n" not in str(caught.value)


def test_the_log_tells_who_when_and_what(case: Case) -> None:
    case.log("scenes add", site="hall", folder=Path("/images"), scenes=["a"])
    entry = case.history()[-1]
    assert entry.action == "scenes add"
    assert entry.detail == {"site": "hall", "folder": "/images", "scenes": ["a"]}
    assert entry.who
    assert entry.at.tzinfo is not None
