"""The detector "both": in coarse pixels the network and the step test each find what the other misses.

The network's events stand. To them come those of the step test that lie elsewhere and are not small, where the network
sees ground work, too, and as ground work: what it does not see are mostly fields that were bare for one season, and
where it sees a roof come or go and yet reports nothing it is mostly one of another colour.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely
from affine import Affine

from sitewatch.change import learned, series
from sitewatch.change.blobs import Shown
from sitewatch.change.network import KINDS
from sitewatch.change.source import CubeSource
from sitewatch.errors import DataError
from sitewatch.types import Event, EventKind

if TYPE_CHECKING:
    import xarray as xr

NAME = "both"
SUPPORT = 0.6
"""Share of ground work that the network gives some pixel of an event of the step test."""
SMALLEST = 8.0
"""Pixels of such an event: smaller ones are mostly roofs of another colour."""
OVERLAP = 0.1
"""Share of the smaller outline that two events have in common to be one."""


def joined(
    network: Sequence[Event], steps: Sequence[Event], shown: Sequence[Shown], affine: Affine
) -> list[Event]:
    """Events of the two detectors as one list, numbered anew.

    Args:
        network, steps: events of one site, of "net-1" and of "steps-1".
        shown: what the network saw of the whole site, one a span.
        affine: from pixel (column, row) to the events' coordinates.
    """
    dug = np.max([one.share[KINDS.index(EventKind.ALTERED)] for one in shown], axis=0)
    pixel = abs(affine.determinant)
    kept = [
        replace(e, kind=EventKind.ALTERED)
        for e in steps
        if e.outline.area >= SMALLEST * pixel
        and _greatest(dug, e.outline, affine) >= SUPPORT
        and not any(_same_place(e.outline, n.outline) for n in network)
    ]
    return [*_renamed(network, 0), *_renamed(kept, len(network))]


def step_events(cube: "xr.Dataset", site: str, pixel_m: float) -> tuple[list[Event], list[str]]:
    """Events and notes of the step test; what keeps it from looking is a note, since the network's events stand."""
    try:
        return series.detect(cube, site, pixel_m=pixel_m)
    except DataError as error:
        return [], [f"the step test did not look: {error}"]


def detect(cube: "xr.Dataset", site: str, pixel_m: float) -> tuple[list[Event], list[str]]:
    """Events of a site held in memory, and notes; arguments and errors as in `change.series.detect`."""
    source = CubeSource(cube, pixel_m, series.MIN_USABLE)
    plan = learned.plan(source)
    places = learned.windows(source)
    shown = learned.joined([learned.look(source, w, plan) for w in places], places, tuple(source.grid.shape))
    network, notes = learned.events(source, plan, shown, site)
    steps, more = step_events(cube, site, pixel_m)
    return joined(network, steps, shown, source.grid.affine), [*notes, *more]


def _greatest(share: npt.NDArray[np.float32], outline: shapely.Geometry, affine: Affine) -> float:
    """Greatest value (y, x) of the pixels whose centres lie in or within half a pixel of an outline."""
    back = ~affine
    pixels = shapely.transform(
        outline, lambda xy: np.stack([back.a * xy[:, 0] + back.b * xy[:, 1] + back.c,
                                      back.d * xy[:, 0] + back.e * xy[:, 1] + back.f], axis=1)
    ).buffer(0.5)  # fmt: skip
    left, top, right, bottom = pixels.bounds
    down = np.arange(max(int(top), 0), min(int(bottom) + 1, share.shape[0]))
    across = np.arange(max(int(left), 0), min(int(right) + 1, share.shape[1]))
    rows, cols = np.meshgrid(down, across, indexing="ij")
    inside = shapely.contains_xy(pixels, cols + 0.5, rows + 0.5)
    return float(share[rows[inside], cols[inside]].max(initial=0.0))


def _same_place(a: shapely.Geometry, b: shapely.Geometry) -> bool:
    return bool(a.intersection(b).area > OVERLAP * min(a.area, b.area))


def _renamed(events: Sequence[Event], first: int) -> list[Event]:
    """Numbered from `first` + 1 on; those whose ground is not among them stand on none."""
    names = {e.id: f"{first + i + 1:03d}" for i, e in enumerate(events)}
    return [replace(e, id=names[e.id], parent=names.get(e.parent or "")) for e in events]
