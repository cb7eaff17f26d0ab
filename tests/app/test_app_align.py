"""Scenes of a site on one grid: what can be read is registered, the rest is told and tried again."""

import shutil
from pathlib import Path

import pytest

from sitewatch.app import align as module
from sitewatch.app.align import align
from sitewatch.case import Case
from sitewatch.errors import DataError


@pytest.fixture
def case(small_case: Path, tmp_path: Path) -> Case:
    """A case of six scenes, in files that a test may take away."""
    shutil.copytree(small_case, tmp_path / "case")
    opened = Case.open(tmp_path / "case")
    site = opened.sites()[0].name
    opened.remove_scenes(site, [s.id for s in opened.scenes(site)[6:]])
    return opened


def test_in_memory_and_through_files_is_the_same(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    site = case.sites()[0]
    held = align(case, site)
    assert len(held.registrations) == 6
    monkeypatch.setattr(module, "HELD_BYTES", 0)
    shutil.rmtree(case.cache)
    in_files = align(case, site)
    assert in_files.registrations == held.registrations
    assert in_files.keys == held.keys


@pytest.mark.parametrize("held", [True, False])
def test_a_scene_that_cannot_be_read_is_set_aside_until_it_can(
    case: Case, monkeypatch: pytest.MonkeyPatch, held: bool
) -> None:
    if not held:
        monkeypatch.setattr(module, "HELD_BYTES", 0)
    site = case.sites()[0]
    scenes = case.scenes(site.name)
    real = module.resample

    def without_two(scene, box, **rest):  # type: ignore[no-untyped-def]
        if scene.id in (scenes[0].id, scenes[4].id):
            raise module.SceneError(f"{scene.id}: not there now")
        return real(scene, box, **rest)

    with monkeypatch.context() as patch:
        patch.setattr(module, "resample", without_two)
        some = align(case, site)
    assert some.set_aside[:2] == tuple((s.id, f"{s.id}: not there now") for s in (scenes[0], scenes[4]))
    assert [r.scene_id for r in some.registrations] == [
        s.id for s in scenes if s not in (scenes[0], scenes[4])
    ]
    every = align(case, site)
    assert [r.scene_id for r in every.registrations] == [s.id for s in scenes]
    assert not any("not there now" in reason for _, reason in every.set_aside)


@pytest.mark.parametrize("held", [True, False])
def test_where_none_can_be_read_the_first_reason_is_told(
    case: Case, monkeypatch: pytest.MonkeyPatch, held: bool
) -> None:
    if not held:
        monkeypatch.setattr(module, "HELD_BYTES", 0)

    def none(scene, box, **rest):  # type: ignore[no-untyped-def]
        raise module.SceneError("the disk is away")

    monkeypatch.setattr(module, "resample", none)
    with pytest.raises(DataError, match="none of the 6 scenes could be read; the first: the disk is away"):
        align(case, case.sites()[0])
