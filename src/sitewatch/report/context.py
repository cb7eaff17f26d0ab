"""What all parts of the report on one site share: computed once, handed down."""

import itertools
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sitewatch import cube as cubes
from sitewatch.report import permissions
from sitewatch.report.figures import ground, picture
from sitewatch.report.tree import Inline, Span
from sitewatch.report.view import SiteView
from sitewatch.types import Event, Scene


@dataclass(frozen=True)
class Context:
    """What all blocks of one site share, computed once."""

    view: SiteView
    scenes: tuple[Scene, ...]
    """The scene behind each time of the cube."""
    composite: picture.Composite
    allowed: npt.NDArray[np.bool_]
    """(time,) the licence lets pixels and numbers of the scene be shown."""
    refusals: tuple[str | None, ...]
    disturbed: npt.NDArray[np.bool_]
    """(y, x) inside any event: no ground to compare with."""
    told: frozenset[str]
    """Ids of the events that have a section of their own."""
    folder: Path
    stem: str
    """Start of every figure's file name."""
    numbers: Iterator[int]


def context_of(
    view: SiteView,
    folder: Path,
    stem: str,
    *,
    on: date,
    most: int,
    numbers: Iterator[int],
    also: Set[str] = frozenset(),
) -> Context:
    """Gather what the figures of one site share; the `most` most probable events, and those named in `also`, get
    a section of their own."""
    scenes = view.ordered_scenes
    refusals = tuple(permissions.refusal(scene, on) for scene in scenes)
    grid = cubes.grid_of(view.cube)
    disturbed = np.zeros(grid.shape, dtype=np.bool_)
    for event in view.events:
        disturbed |= ground.inside(ground.in_pixels(event, grid), grid)
    return Context(
        view,
        scenes,
        picture.composite_of(view.cube),
        np.array([r is None for r in refusals]),
        refusals,
        disturbed,
        frozenset(most_probable(view.events, most)) | {e.id for e in view.events if e.id in also},
        folder,
        stem,
        numbers,
    )


def most_probable(events: Sequence[Event], most: int) -> list[str]:
    """Ids of the `most` most probable events; the detector's score decides between equals."""
    ranked = sorted(events, key=lambda e: (-e.probability, -e.score, e.id))
    return [e.id for e in ranked[:most]]


def named(ctx: Context, event: Event) -> Inline:
    """The event's id, leading to its section where it has one."""
    return Span(event.id, target=anchor(ctx.view.site.name, event) if event.id in ctx.told else None)


def anchor(site: str, event: Event) -> str:
    """Id of an event's section."""
    return "event-" + slug(f"{site}-{event.id}")


def slug(text: str) -> str:
    """Letters, digits and hyphens; never empty, and different texts stay different."""
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in text.lower()).strip("-")
    plain = "-".join(filter(None, plain.split("-")))
    if plain and plain == text.lower():
        return plain
    return f"{plain[:40] or 'x'}-{sha256(text.encode()).hexdigest()[:6]}"


def numbering() -> Iterator[int]:
    """Figure numbers of one report."""
    return itertools.count(1)
