"""The report of a comparison: what changed, how the images were laid together, what they cannot carry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely
from shapely import MultiPolygon, Polygon

from sitewatch import __version__
from sitewatch.app._compare_images import Look, Pair
from sitewatch.change.pair import METHOD, PairChange, brightness
from sitewatch.formats.changes_geojson import Change
from sitewatch.report import permissions
from sitewatch.report.figures import pair_figure
from sitewatch.report.figures.picture import VOID, Rgb, common_stretch
from sitewatch.report.html import render_html
from sitewatch.report.tree import (
    Block,
    Bullets,
    Code,
    Column,
    Facts,
    Figure,
    FigureKind,
    KeyFact,
    Note,
    Paragraph,
    Report,
    Section,
    Table,
    Tone,
)
from sitewatch.types import EventKind, Georeference

CLOSE_UPS = 6
CLOSE_UP_PX = 96
"""Least side of a close-up, pixels."""
MOST_ROWS = 40
FOLDED_FROM = 12
"""Rows beyond which the table is folded, so that the close-ups are near."""
LINES = (
    "Outlines: orange, solid: appeared; blue, dashed: removed; purple, dotted: altered. "
    "Each picture has its own linear stretch (1 to 99 %). Pale grey: not seen in that image or not compared."
)
LIMITS = (
    "When it happened. Two images give one interval, from BEFORE to AFTER. Nothing in them dates a change "
    "more closely; add scenes from between and use `sitewatch detect`.",
    "Whether a change of colour is the season. Crops, leaves, snow, water level, surf and wet ground alter a "
    "place without any work on it. Images of one season help; a series separates them.",
    "What leans. A tall object seen from another side is displaced (10 m of height by 0.9 m at 5 degrees off "
    "nadir, 5.8 m at 30), so its edges can show as change, and outlines of roofs are not outlines on "
    "the ground.",
    "Sun and shadow. Another hour or month moves shadows, which can hide or feign an edge.",
    "How large a building is. An outline here is the changed patch; its area's range moves the border in and "
    "out by its error. It is no measured roof: for that, measure the object.",
    "That nothing else changed. Work below the size and contrast of these pixels, under cover or underground "
    "is not seen. A change and its reversal between the two dates leave no trace.",
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that a report tells."""

    before: Look
    after: Look
    pair: Pair
    change: PairChange
    changes: tuple[Change, ...]
    """In the order of `change.objects`."""
    notes: tuple[str, ...]
    """What had to be assumed."""


def write_figure(made: Comparison, path: Path, *, on: date) -> None:
    """Both images side by side with all outlines, as a PNG; `on` is the day for embargoes."""
    rows, cols = made.pair.ok.shape
    _pair_picture(made, path, (slice(0, rows), slice(0, cols)), on=on)


def write_report(made: Comparison, figure: Path, out: Path, *, now: datetime, command: str) -> None:
    """`report.html`, self-contained; close-ups of the strongest changes beside it in `figures/`."""
    before, after, pair, changes = made.before, made.after, made.pair, made.changes
    places = "longitude and latitude" if pair.grid.crs else "pixels of BEFORE (column, row)"
    caption = f"{_what(before, 'Before')} {_what(after, 'After')} {LINES}"
    alt = f"The same ground before and after, side by side, with {len(changes)} outlined changes."
    found: list[Block] = [_facts(made)]
    if not made.change.structural:
        found.append(
            Note(
                (
                    f"Pixels of {pair.pixel_m:.3g} m are too coarse for edges of single buildings, so all "
                    "changes are called altered: appeared and removed are not told apart.",
                )
            )
        )
    found.append(Figure(1, figure, caption, alt, FigureKind.IMAGE))
    found.append(
        _table(changes, places, 5 if pair.grid.crs else 0)
        if changes
        else Paragraph(("No change stands out from the background.",))
    )
    closer = _close_ups(made, out.parent / "figures", on=now.date())
    sections = [Section("changes", "What changed", tuple(found))]
    if closer:
        sections.append(Section("close-ups", "The strongest changes, closer", tuple(closer)))
    sections += [
        Section("limits", "What two images cannot carry", (Bullets(tuple((text,) for text in LIMITS)),)),
        Section("method", "How it was done", _method(made, command)),
    ]
    report = Report(
        "Change between two images",
        f"{before.path.name} ({before.when}) and {after.path.name} ({after.when}). "
        f"Generated {now:%Y-%m-%d %H:%M} UTC by sitewatch {__version__}",
        now,
        __version__,
        False,
        tuple(sections),
    )
    render_html(report, out)


def _facts(made: Comparison) -> Facts:
    before, after, pair, changes = made.before, made.after, made.pair, made.changes
    count = {kind: sum(c.kind is kind for c in changes) for kind in EventKind}
    pixel = "unknown" if pair.pixel_m is None else f"{pair.pixel_m:.3g} m"
    source = "given by the user" if before.scene.georeference is Georeference.GSD else "of the common grid"
    sigma = "not measured" if pair.sigma_px is None else f"{pair.sigma_px:.2f} px"
    return Facts(
        (
            KeyFact("Before", before.when, _known(before)),
            KeyFact("After", after.when, _known(after)),
            KeyFact("Changes", str(len(changes)), ", ".join(f"{n} {k.value}" for k, n in count.items())),
            KeyFact("Pixel", pixel, source if pair.pixel_m else "areas are unknown; --gsd gives them"),
            KeyFact("Alignment error", sigma, "one standard error"),
            KeyFact("Compared", f"{100 * pair.ok.mean():.0f} %", "of the common grid"),
        )
    )


def _known(look: Look) -> str:
    return (
        f"from {look.scene.date_source.value}, to the {look.scene.date_precision.value}" if look.dated else ""
    )


def _what(look: Look, name: str) -> str:
    sensor = "" if look.scene.sensor == "unknown" else f", {look.scene.sensor}"
    return f"{name}: {look.path.name}, {look.when}{sensor}."


def _table(changes: Sequence[Change], places: str, digits: int) -> Table:
    columns = [Column("Change", code=True), Column("Kind"), Column("Score", numeric=True), Column("Centre")]
    rows: list[tuple[str, ...]] = [
        (c.id, c.kind.value, f"{c.score:.2f}", _place(c, digits)) for c in changes[:MOST_ROWS]
    ]
    if changes[0].area_m2 is not None:
        columns += [Column("Area of the outline, m²", numeric=True), Column("Range, m²", numeric=True)]
        rows = [(*row, *_areas(c)) for row, c in zip(rows, changes, strict=False)]
    more = f" The first {MOST_ROWS} of {len(changes)}; all are in changes.geojson."
    return Table(
        tuple(columns),
        tuple(rows),
        "Changes, strongest first. Score: multiples of the reporting threshold. "
        f"Centre in {places}.{more if len(changes) > MOST_ROWS else ''}",
        folded=len(changes) > FOLDED_FROM,
    )


def _areas(change: Change) -> tuple[str, str]:
    return f"{change.area_m2:,.0f}", f"{change.area_m2_low or 0:,.0f} to {change.area_m2_high or 0:,.0f}"


def _place(change: Change, digits: int) -> str:
    point = change.outline.representative_point()
    return f"{point.x:.{digits}f}, {point.y:.{digits}f}"


def _method(made: Comparison, command: str) -> tuple[Block, ...]:
    before, after, pair, notes = made.before, made.after, made.pair, made.notes
    blocks: list[Block] = [
        Paragraph((f"The images were laid on each other {pair.how}.",)),
        Paragraph(
            (
                f"Detector: {METHOD}. Straight edges (LSD) are found in each image alone; where their "
                f"density rose "
                "something appeared, where it fell something was removed. Spectral change (IR-MAD, Nielsen "
                "2007) "
                "beyond what stable ground explains is called altered. Thresholds are multiples of the "
                "pair's own "
                "background spread. No trained model is used and scores are not probabilities: look at each "
                "outline before relying on it.",
            )
        ),
    ]
    blocks.append(Note((_pixel_words(before, pair),), Tone.CAUTION if pair.pixel_m is None else Tone.QUIET))
    if notes:
        blocks += [
            Paragraph(("What had to be assumed:",)),
            Bullets(tuple((n,) for n in dict.fromkeys(notes))),
        ]
    rows = tuple(
        (
            name,
            look.path.name,
            look.when,
            look.scene.licence.credit_line or "not stated in the file",
            look.scene.licence.name or "not stated in the file",
            look.scene.assets[0].sha256,
        )
        for name, look in (("BEFORE", before), ("AFTER", after))
    )
    names = ("", "File", "Date", "Credit", "Licence")
    columns = (*(Column(n) for n in names), Column("SHA-256", code=True))
    blocks += [Table(columns, rows, "Sources"), Code(command)]
    return tuple(blocks)


def _pixel_words(before: Look, pair: Pair) -> str:
    if pair.grid.crs is None:
        if pair.pixel_m is None:
            return "The pixel size is unknown: no area or length can be given."
        return (
            f"Areas rest on the pixel size of {pair.pixel_m:g} m that was given, and on square pixels. "
            "Screenshots and tiles in degrees (plate carrée) are narrower east to west than north to south, "
            "by the cosine of "
            "the latitude: 14 % at 30 degrees, 50 % at 60. Such areas come out wrong by as much."
        )
    native = before.scene.grid
    if native.crs is not None and native.crs.geographic:
        lat = np.radians(native.affine.f + native.affine.e * native.shape[0] / 2)
        east, north = abs(native.affine.a) * 111_320 * np.cos(lat), abs(native.affine.e) * 110_950
        return (
            f"BEFORE comes in degrees: its pixels are about {east:.2f} m east to west and {north:.2f} m "
            f"north to "
            f"south. Both images were resampled to {pair.pixel_m:.3g} m in UTM. Areas are on the WGS84 "
            f"ellipsoid."
        )
    system = f"EPSG:{pair.grid.crs.epsg}" if pair.grid.crs.epsg else "no EPSG code"
    return f"Common grid: {pair.pixel_m:.3g} m, {system}. Areas are on the WGS84 ellipsoid."


def _close_ups(made: Comparison, folder: Path, *, on: date) -> list[Block]:
    dates = f"{made.before.when} and {made.after.when}"
    blocks: list[Block] = []
    for number, (found, told) in enumerate(
        zip(made.change.objects[:CLOSE_UPS], made.changes, strict=False), start=2
    ):
        folder.mkdir(exist_ok=True)
        path = folder / f"{told.id}.png"
        _pair_picture(made, path, _around(found.outline, made.pair.ok.shape), on=on)
        area = "" if told.area_m2 is None else f" Outline {told.area_m2:,.0f} m²."
        blocks.append(
            Figure(
                number,
                path,
                f"{told.id}, {told.kind.value}, score {told.score:.2f}.{area} {dates}.",
                f"Close-up of change {told.id}, before and after.",
                FigureKind.IMAGE,
            )
        )
    return blocks


def _around(shape: Polygon, size: tuple[int, int]) -> tuple[slice, slice]:
    """Rows and columns around an outline, twice as wide as it, inside the image."""
    left, top, right, bottom = shape.bounds
    side = int(max(right - left, bottom - top) * 2)
    result = []
    for middle, length in (((top + bottom) / 2, size[0]), ((left + right) / 2, size[1])):
        width = min(max(side, CLOSE_UP_PX), length)
        start = int(np.clip(middle - width / 2, 0, length - width))
        result.append(slice(start, start + width))
    return result[0], result[1]


def _pair_picture(made: Comparison, path: Path, window: tuple[slice, slice], *, on: date) -> None:
    pair = made.pair
    top, left = window[0].start, window[1].start
    frame = shapely.box(0, 0, window[1].stop - left, window[0].stop - top)
    shapes: list[Polygon | MultiPolygon] = []
    kinds = []
    for found in made.change.objects:
        moved = shapely.transform(found.outline, lambda xy: xy - (left, top))
        if moved.intersects(frame):
            shapes.append(moved)
            kinds.append(found.kind)
    looks = (made.before, made.after)
    pictures = [
        _picture(bands, pair, window, hidden=permissions.refusal(look.scene, on))
        for look, bands in zip(looks, (pair.before, pair.after), strict=True)
    ]
    pair_figure(
        pictures[0],
        pictures[1],
        shapes,
        path,
        captions=(made.before.when, made.after.when),
        pixel_m=pair.pixel_m,
        credit=permissions.credit([look.scene for look in looks], simulated=False),
        kinds=kinds,
        max_px=permissions.side_limit([look.scene for look in looks]),
    )


def _picture(
    bands: dict[str, npt.NDArray[np.float32]], pair: Pair, window: tuple[slice, slice], *, hidden: str | None
) -> Rgb:
    """(y, x, 3) in 0..1: true colour, else one grey; blank where the licence forbids pixels."""
    if hidden is not None:
        return np.full((*pair.ok[window].shape, 3), VOID)
    colours = ("red", "green", "blue")
    layers = [bands[n] for n in colours] if set(colours) <= set(bands) else [brightness(bands)] * 3
    image = np.stack(layers, axis=-1)
    seen = np.isfinite(image).all(axis=-1)
    if not seen.any():
        return np.full((*pair.ok[window].shape, 3), VOID)
    return common_stretch([image], [np.asarray(seen)], balanced=True).apply(image)[window]
