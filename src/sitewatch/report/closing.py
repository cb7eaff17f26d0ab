"""The last pages: what could not be seen, methods and limits, sources and credits, how to reproduce."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise
from pathlib import PurePath

import numpy as np

from sitewatch import cube as cubes
from sitewatch.report import permissions, words
from sitewatch.report.context import Context
from sitewatch.report.figures import ground
from sitewatch.report.figures.looks import looks_figure
from sitewatch.report.figures.registration import registration_figure
from sitewatch.report.measured_block import measured_blocks
from sitewatch.report.opening import clear_share
from sitewatch.report.tree import (
    Block,
    Bullets,
    Code,
    Column,
    Figure,
    FigureKind,
    Note,
    Paragraph,
    Section,
    Table,
)  # fmt: skip
from sitewatch.report.view import SiteView
from sitewatch.types import Registration, RegistrationStatus, Scene

LONGEST_GAPS = 5


def unseen(ctx: Context, section_id: str) -> Section:
    """Scenes set aside, gaps in coverage, and what the run had to assume."""
    view = ctx.view
    share = clear_share(view)
    blocks: list[Block] = [_looks(ctx)]
    days = [t.astype("datetime64[D]").item() for t in view.cube["time"].values[share >= 0.5]]
    gaps = sorted(pairwise(days), key=lambda g: (g[0] - g[1], g[0]))[:LONGEST_GAPS]
    if gaps:
        blocks.append(
            Table(
                (Column("From"), Column("To"), Column("Days", numeric=True)),
                tuple((a.isoformat(), b.isoformat(), str((b - a).days)) for a, b in gaps),
                "The longest times without a look on which at least half of the site was clear. A change in "
                "such a time cannot be dated more closely, and one that came and went within it cannot be "
                "seen.",
            )
        )
    by_id = {s.id: s for s in view.scenes}
    if view.set_aside:
        rows = tuple(
            (i, words.scene_date(by_id[i]) if i in by_id else "unknown", reason)
            for i, reason in view.set_aside
        )
        blocks.append(
            Table(
                (Column("Scene", code=True), Column("Acquired"), Column("Reason")),
                rows,
                "Scenes set aside",
                folded=len(rows) > 20,
            )
        )
    else:
        blocks.append(Paragraph(("No scene was set aside.",)))
    good = [r for r in view.registrations.values() if r.status is RegistrationStatus.OK]
    if len(good) >= 3:
        blocks.append(_registration(ctx, good))
    notes = [*view.notes, *(n for n, _ in Counter(n for s in view.scenes for n in s.notes).most_common())]
    if notes:
        blocks.append(Paragraph(("What had to be assumed:",)))
        blocks.append(Bullets(tuple((n,) for n in dict.fromkeys(notes))))
    return Section(section_id, "What could not be seen", tuple(blocks))


def other_measurements(ctx: Context, section_id: str) -> Section | None:
    """Measurements of objects that are no event: reference buildings and ratios."""
    ids = {e.id for e in ctx.view.events}
    rest = [m for m in ctx.view.measurements if m.object_id not in ids]
    if not rest:
        return None
    blocks = measured_blocks(ctx, rest, "Reference buildings and ratios", named=True)
    return Section(section_id, "Other measurements", tuple(blocks))


def methods(views: Sequence[SiteView]) -> Section:
    """How to read the numbers, and what they do not say."""
    detectors = sorted({e.detector for v in views for e in v.events})
    bases = sorted({e.calibrated_on for v in views for e in v.events})
    sizes = [s for v in views if (s := ground.pixel_size(cubes.grid_of(v.cube)))]
    items: list[str] = []
    if detectors:
        items.append(f"Events were found by: {'; '.join(detectors)}.")
    items += [
        "A date is an interval. The most likely gap runs from the last clear look without the change to the "
        "first clear look with it. The 90 % interval is the hull of the smallest set of gaps that together "
        "hold 90 % of the probability over dates; it can hold dates that are themselves unlikely.",
        "The probability of an event is that something of its kind changed there in that interval. It is "
        f"worth as much as what it was calibrated on: {'; '.join(bases) if bases else 'no event here'}.",
        "An area is that of the outline at the latest clear look, with its 90 % interval.",
        "What a structure is for is never read off pixels. A label says who gave it.",
        "Two detectors that agree on the same scenes are one piece of evidence about the ground, not two.",
        "Nothing here speaks of covered or underground work, of changes that were undone between two looks, "
        "or of changes too small or too faint for these pixels.",
    ]
    if sizes:
        widest = max(max(s) for s in sizes)
        area = words.grouped(f"{4 * widest**2:.2g}" if widest < 1 else f"{4 * widest**2:.0f}")
        items.append(
            f"One pixel is {widest:.3g} m wide. Objects of fewer than four pixels ({area} m²) or narrower "
            "than one and a half pixels are at the edge of what can be told."
        )
    if any(v.simulated for v in views):
        items.append("Scenes marked as simulated were made by a program and show no real place.")
    return Section("methods", "Methods and limits", (Bullets(tuple((i,) for i in items)),))


def sources(views: Sequence[SiteView], on: date) -> Section:
    """Who made the images, what they ask for, and what was therefore not shown."""
    groups: dict[tuple[str, str, str, str], list[Scene]] = defaultdict(list)
    for view in views:
        for scene in view.scenes:
            licence = scene.licence
            terms = f"publish: {licence.publish.value}"
            if licence.max_px is not None:
                terms += f", at most {licence.max_px} pixels a side"
            if licence.embargo_until is not None:
                terms += f", embargo until {licence.embargo_until.isoformat()}"
            maker = "simulated" if view.simulated else words.sensor_name(scene)
            groups[(maker, licence.credit_line or "not stated", licence.name or "not stated", terms)].append(
                scene
            )
    rows = []
    for (sensor, credit, name, terms), scenes in sorted(groups.items()):
        days = sorted(s.acquired.date() for s in scenes)
        rows.append(
            (
                sensor,
                str(len(scenes)),
                f"{days[0].isoformat()} to {days[-1].isoformat()}",
                credit,
                name,
                terms,
            )
        )
    columns = (
        Column("Sensor"), Column("Scenes", numeric=True), Column("Dates, UTC"), Column("Credit"),
        Column("Licence"), Column("Terms obeyed here"),
    )  # fmt: skip
    blocks: list[Block] = [Table(columns, tuple(rows), "Images and their terms")]
    kept = Counter(r for v in views for s in v.scenes if (r := permissions.refusal(s, on)))
    if kept:
        told = "; ".join(f"{words.count(n, 'scene')}: {reason}" for reason, n in sorted(kept.items()))
        blocks.append(Note((f"Pixels and numbers of some scenes are left out of all figures ({told}).",)))
    return Section("sources", "Sources and credits", tuple(blocks))


def reproduce(
    views: Sequence[SiteView], command: str, version: str, generated: datetime, python: str
) -> Section:
    """The command, the version and the hashes of every file that was read."""
    files: dict[str, tuple[str, int, int]] = {}
    for view in views:
        for scene in view.scenes:
            for asset in scene.assets:
                name, size, uses = files.get(asset.sha256, (PurePath(asset.path).name, asset.size, 0))
                files[asset.sha256] = (name, size, uses + 1)
    hashes = tuple(
        (name, words.grouped(str(size)), str(uses), digest)
        for digest, (name, size, uses) in sorted(files.items(), key=lambda kv: (kv[1][0], kv[0]))
    )
    columns = (
        Column("File"),
        Column("Bytes", numeric=True),
        Column("Scenes", numeric=True),
        Column("SHA-256", code=True),
    )
    blocks: list[Block] = [
        Code(command),
        Paragraph(
            (
                f"sitewatch {version}, Python {python}, {words.moment(generated)}. The same files, command "
                "and version give the same events.",
            )
        ),
        Table(columns, hashes, f"Files that were read ({len(hashes)})", folded=len(hashes) > 12),
    ]
    blocks += [_scenes_table(view) for view in views]
    return Section("reproduce", "How to reproduce", tuple(blocks))


def _scenes_table(view: SiteView) -> Table:
    share = dict(zip((str(i) for i in view.cube["scene_id"].values), clear_share(view), strict=True))
    reasons = dict(view.set_aside)
    rows = []
    for scene in sorted(view.scenes, key=lambda s: (s.acquired, s.id)):
        moved = view.registrations.get(scene.id)
        use = (
            f"set aside: {reasons[scene.id]}"
            if scene.id in reasons
            else ("compared" if scene.id in share else "not in the cube")
        )
        rows.append(
            (
                scene.id,
                words.scene_date(scene),
                f"{scene.date_source.value}, {scene.date_precision.value}",
                f"{100 * share[scene.id]:.0f} %" if scene.id in share else "–",
                _shift(moved),
                use,
            )
        )
    columns = (
        Column("Scene", code=True), Column("Acquired"), Column("Date from, precision"),
        Column("Clear", numeric=True), Column("Shift right, down (standard error), pixels"), Column("Use"),
    )  # fmt: skip
    return Table(columns, tuple(rows), f"Scenes of {view.site.name} ({len(rows)})", folded=len(rows) > 12)


def _shift(moved: Registration | None) -> str:
    if moved is None:
        return "–"
    if moved.status is RegistrationStatus.REFERENCE:
        return "reference"
    if moved.status is RegistrationStatus.FAILED:
        return f"failed: {moved.reason}"
    return f"{moved.dx:+.2f}, {moved.dy:+.2f} ({moved.sigma:.2f})"


def _looks(ctx: Context) -> Figure:
    view = ctx.view
    share = clear_share(view)
    by_id = {s.id: s for s in view.scenes}
    aside = np.array(
        [np.datetime64(by_id[i].acquired.replace(tzinfo=None)) for i, _ in view.set_aside if i in by_id],
        dtype="datetime64[ns]",
    )
    caption = (
        f"When {view.site.name} could be seen: each of {words.count(len(share), 'scene')} by the share of "
        f"the site that is clear; {int((share >= 0.5).sum())} show at least half (dark)."
    )
    path = ctx.folder / f"{ctx.stem}looks.png"
    looks_figure(view.cube["time"].values, share, aside, path, caption=caption)
    alt = f"Bars of the clear share of the site on {words.count(len(share), 'date')}."
    return Figure(next(ctx.numbers), path, caption, alt, FigureKind.CHART)


def _registration(ctx: Context, good: list[Registration]) -> Figure:
    failed = sum(r.status is RegistrationStatus.FAILED for r in ctx.view.registrations.values())
    sizes = np.hypot([r.dx for r in good], [r.dy for r in good])
    caption = (
        f"How {words.count(len(good), 'scene')} lie against the reference: measured shifts with standard "
        f"errors, in pixels of the site's grid (median {np.median(sizes):.2f}, largest {sizes.max():.2f}); "
        f"{failed} could not be registered."
    )
    path = ctx.folder / f"{ctx.stem}registration.png"
    registration_figure(good, path, caption=caption)
    alt = f"Scatter of the shifts of {words.count(len(good), 'scene')} around zero."
    return Figure(next(ctx.numbers), path, caption, alt, FigureKind.CHART, share=0.47)
