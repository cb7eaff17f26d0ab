"""Events of two detectors as one list."""

from dataclasses import replace
from datetime import date

import numpy as np
import shapely
import xarray as xr
from affine import Affine

from sitewatch.change.blobs import Shown
from sitewatch.change.crosscheck import joined, step_events
from sitewatch.types import Event, EventKind, Gap, GapPosterior

TEN_M = Affine(10, 0, 500_000, 0, -10, 4_000_000)


def event(
    name: str, detector: str, cols: tuple[int, int], rows: tuple[int, int], parent: str | None = None
) -> Event:
    """A rectangle of whole pixels."""
    (left, top), (right, bottom) = TEN_M @ (cols[0], rows[0]), TEN_M @ (cols[1], rows[1])
    gap = Gap(date(2024, 1, 1), date(2024, 2, 1), 1.0)
    return Event(
        name, "site", EventKind.ALTERED, shapely.box(left, bottom, right, top), "EPSG:32633", GapPosterior((gap,)),
        0.7, "a test", None, None, None, detector, (), parent=parent,
    )  # fmt: skip


def seen(*pixels: tuple[int, int, float]) -> Shown:
    """Shares (row, column, value) of ground work, 0 elsewhere."""
    share = np.zeros((3, 30, 40), np.float32)
    for row, col, value in pixels:
        share[0, row, col] = value
    return Shown(share, np.zeros((2, 30, 40), np.int16), np.zeros((2, 30, 40), np.float32))


def test_the_step_test_adds_what_the_network_sees_elsewhere() -> None:
    network = [event("001", "net-1", (2, 6), (2, 6))]
    steps = [
        event("001", "steps-1", (3, 7), (3, 7)),  # 9 of 16 pixels are the network's event
        event("002", "steps-1", (20, 24), (10, 14)),
        event("003", "steps-1", (30, 34), (20, 24)),  # the network sees nothing there
        event("004", "steps-1", (21, 23), (10, 14), parent="002"),
        event("005", "steps-1", (10, 14), (10, 12), parent="003"),  # eight pixels
        event("006", "steps-1", (10, 17), (25, 26)),  # one less
    ]
    shown = seen((12, 22, 0.65), (22, 32, 0.55), (10, 10, 0.9), (25, 12, 0.9))
    told = joined(network, steps, [shown], TEN_M)
    assert [(e.id, e.detector, e.parent) for e in told] == [
        ("001", "net-1", None),
        ("002", "steps-1", None),
        ("003", "steps-1", "002"),
        ("004", "steps-1", None),
    ]
    assert [e.outline for e in told] == [network[0].outline, *(steps[i].outline for i in (1, 3, 4))]


def test_what_is_added_is_ground_work_that_any_span_shows() -> None:
    # What the step test takes for a roof is a clearing where the network sees one; a roof that the network sees
    # come and yet does not report is none.
    steps = [replace(event("001", "steps-1", (4, 7), (4, 7)), kind=EventKind.APPEARED)]
    dug, roof = seen((5, 5, 0.7)), seen()
    roof.share[1, 5, 5] = 0.9
    (one,) = joined([], steps, [seen(), dug], TEN_M)
    assert (one.id, one.kind) == ("001", EventKind.ALTERED)
    assert joined([], steps, [roof], TEN_M) == []
    assert joined([], [event("001", "steps-1", (60, 70), (4, 7))], [dug], TEN_M) == []  # outside the site
    assert joined([replace(one, id="007")], [], [dug], TEN_M) == [one]


def test_a_step_test_that_cannot_look_leaves_a_note() -> None:
    clear = xr.DataArray(np.ones((3, 4, 4), bool), dims=("time", "y", "x"))
    events, (note,) = step_events(xr.Dataset({"clear": clear}), "site", 10.0)
    assert events == []
    assert "did not look: 3 dates" in note
