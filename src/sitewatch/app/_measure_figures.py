"""A figure for each measured object of a site, beside the others in `out/figures`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
from affine import Affine
from odc.geo.geobox import GeoBox
from shapely import MultiPolygon, Polygon, affinity

from sitewatch.app._fits import Room
from sitewatch.measure.explained import explained
from sitewatch.measure.rectangle import Fit
from sitewatch.measure.solve import Look
from sitewatch.measure.walled import WallFit
from sitewatch.report import permissions, words
from sitewatch.report.context import slug
from sitewatch.report.figures import picture
from sitewatch.report.figures.measured import Line, View, enlargement, measured_figure
from sitewatch.types import Measurement, Scene
from sitewatch.types.progress import Progress

FOLDER = "figures"
"""Inside `out/`."""
PREFIX = "measured-"
OUTLINE, BOX, WALL, SHADOW, START = "#D55E00", "#AA4499", "#009E73", "#56B4E9", "#F0E442"
DASHED, DOTTED = (0, (4, 1.5)), (0, (1.2, 1.0))
SHOWN = ("area", "length", "width", "height", "perimeter")
LEAST_PX = 1.0
"""Area in pixels from which a wall or a shadow is drawn."""
UNCHECKED = "The outline was drawn by a program, and nobody has checked it."


@dataclass(frozen=True)
class Subject:
    """A measured object, ready to be drawn."""

    name: str
    outline: Polygon | MultiPolygon
    """In the CRS of the site's grid."""
    looks: tuple[Look, ...]
    """Empty where no clear look shows it whole."""
    fit: Fit | WallFit | None
    """What was fitted: a box, also one that was refused, or straight walls."""
    refused: str
    """Why the fit is not used; empty where it is."""


def draw(
    out: Path,
    site: str,
    room: Room,
    subjects: Sequence[Subject],
    found: Iterable[Measurement],
    *,
    stem: str,
    progress: Progress,
) -> list[Measurement]:
    """Write the figures of a site into `out/figures`; the measurements with the names of theirs.

    Licences are obeyed: a scene that may not be shown today is not drawn on.
    """
    folder = out / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    by_object: dict[str, dict[str, Measurement]] = {}
    measured = list(found)
    for m in measured:
        by_object.setdefault(m.object_id, {})[m.quantity] = m
    scenes = {s.id: s for s in room.aligned.scenes}
    names = {}
    progress.start("figures", len(subjects))
    try:
        for subject in subjects:
            path = folder / f"{PREFIX}{stem}{slug(subject.name)}.png"
            _draw(path, site, room, subject, by_object.get(subject.name, {}), scenes)
            names[subject.name] = f"{FOLDER}/{path.name}"
            progress.advance()
    finally:
        progress.done()
    for old in folder.glob(f"{PREFIX}{stem}*.png"):
        if f"{FOLDER}/{old.name}" not in names.values():
            old.unlink()
    return [replace(m, figure=names.get(m.object_id)) for m in measured]


def _draw(
    path: Path,
    site: str,
    room: Room,
    subject: Subject,
    values: Mapping[str, Measurement],
    scenes: Mapping[str, Scene],
) -> None:
    today = datetime.now(UTC).date()
    look, why = _shown(subject, scenes, today)
    told = [values[q] for q in SHOWN if q in values]
    area = values.get("area")
    unchecked = any(not m.checked for m in told)
    view, parts = _view(room, subject, look, scenes, why)
    facts = [(m.quantity, words.value_words(m.value)) for m in told]
    facts += [("dates", _dates(told[0], scenes))] if told else []
    facts += [("no box", subject.refused)] if subject.refused else []
    shown = [] if look is None else [scenes[look.scene]]
    credit = permissions.credit(shown, simulated=any(s.simulated for s in scenes.values()))
    caption = " ".join(
        [
            f"{subject.name} at {site}, measured.",
            *parts,
            *(f"{m.quantity.capitalize()}: {words.value_words(m.value)}." for m in told),
            *([UNCHECKED] if unchecked else []),
        ]
    )
    measured_figure(
        view,
        path,
        title=f"{subject.name}: {_what(subject)}",
        facts=facts,
        budget={} if area is None else area.value.budget,
        unit=words.UNITS["m2"],
        unchecked=unchecked,
        caption=caption,
        credit=credit,
        scene=None if look is None else look.scene,
        max_px=permissions.side_limit(shown),
    )


def _what(subject: Subject) -> str:
    if subject.fit is None or subject.refused:
        return "outline"
    return "fitted walls" if isinstance(subject.fit, WallFit) else "fitted box"


def _shown(subject: Subject, scenes: Mapping[str, Scene], today: date) -> tuple[Look | None, str]:
    """The clearest look that may be shown, the latest of equals; or why there is none."""
    if not subject.looks:
        return None, "no clear look shows it whole"
    refusals = {k.scene: permissions.refusal(scenes[k.scene], today) for k in subject.looks}
    allowed = [k for k in subject.looks if refusals[k.scene] is None]
    if not allowed:
        return None, f"no pixels shown: {next(iter(refusals.values()))}"
    return max(allowed, key=lambda k: (round(float(k.usable.mean()), 2), scenes[k.scene].acquired)), ""


def _view(
    room: Room, subject: Subject, look: Look | None, scenes: Mapping[str, Scene], why: str
) -> tuple[View, list[str]]:
    """What the figure shows, and sentences about it for the caption."""
    if look is None:
        return View(None, why, (10, 16), None, "", ()), [f"{why.capitalize()}."]
    scene = scenes[look.scene]
    composite = picture.composite_for(room.looks.bands)
    index = [room.looks.bands.index(b) for b in composite.bands]
    image = np.moveaxis(look.values[index], 0, -1)
    stretch = picture.common_stretch([image], [look.usable], balanced=composite.true_colour)
    a = look.placed.to_pixels
    given = affinity.affine_transform(subject.outline, [*a[0, :2], *a[1, :2], a[0, 2], a[1, 2]])
    model = residual = None
    lines = [Line("outline", given, OUTLINE)]
    sentences = [
        f"{words.scene_date(scene)}, {words.sensor_name(scene)}, in the scene's own pixels "
        f"({composite.words}, {stretch.words}, {enlargement(look.placed.shape[1])})."
    ]
    if subject.fit is not None:
        told = explained(subject.fit, look)
        model = stretch.apply(np.moveaxis(told.model[index], 0, -1))
        residual = told.residual
        box = (
            Line("refused box", told.traced.roof, BOX, DASHED)
            if subject.refused
            else Line("roof", told.traced.roof, OUTLINE)
        )
        start = lines[0] if subject.refused else Line("given outline", given, START, DOTTED)
        parts = [
            Line("wall", told.traced.wall, WALL),
            Line("shadow", told.traced.shadow, SHADOW, DASHED),
        ]
        lines = [start, *(p for p in parts if p.shape.area > LEAST_PX), box]
        sentences.append(
            "Beside it what the fit makes of this date, and what is left of the image, along the difference "
            "between roof and ground, in standard deviations of the ground around it."
        )
    if subject.refused:
        sentences.append(f"No box was taken: {subject.refused}; the outline itself was measured.")
    heading = f"{words.scene_date(scene)}, {words.sensor_name(scene)}"
    view = View(
        stretch.apply(image),
        "",
        look.placed.shape,
        _grid(look.placed.to_pixels, look.placed.shape, room.crs),
        heading,
        tuple(lines),
        model,
        residual,
    )
    return view, sentences


def _grid(to_pixels: npt.NDArray[np.float64], shape: tuple[int, int], crs: str) -> GeoBox:
    """The window's pixels on the plane of the site."""
    back = np.linalg.inv(np.vstack([to_pixels, [0, 0, 1]]))
    return GeoBox(shape, Affine(*back[0], *back[1]), crs)


def _dates(measurement: Measurement, scenes: Mapping[str, Scene]) -> str:
    days = sorted(scenes[i].acquired.date() for i in measurement.scenes if i in scenes)
    if not days:
        return "an outline drawn by hand"
    if len(days) == 1:
        return days[0].isoformat()
    return f"{len(days)}, from {days[0].isoformat()} to {days[-1].isoformat()}"
