"""The tree as one self-contained HTML file: images, styles and all, readable without scripts."""

import base64
import io
import os
import tempfile
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from PIL import Image

from sitewatch.report.tree import Cell, FigureKind, Inline, Report, Section

WIDEST = {FigureKind.IMAGE: 1280, FigureKind.CHART: 1600}
"""Pixels across of an embedded picture; the 300 dpi original stays beside the report."""
JPEG_QUALITY = 86
CHART_COLOURS = 64


def render_html(report: Report, out: Path) -> None:
    """Write `report` to `out` as one HTML file with everything in it; replaced in one step, or not at all.

    All text of the tree is escaped. Pictures are embedded smaller than the files they come from.

    Raises:
        OSError: a figure of the report cannot be read, or `out` cannot be written.
    """
    environment = Environment(
        loader=PackageLoader("sitewatch.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["span"] = lambda part: not isinstance(part, str)
    environment.globals.update(
        embed=_embed, kind_of=lambda block: type(block).__name__, contents=_contents, parts=_parts
    )
    style = Markup(environment.get_template("report.css").render())
    page = environment.get_template("report.html.j2").render(report=report, style=style)
    out.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(page)
        Path(name).chmod(0o644)
        Path(name).replace(out)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _contents(report: Report) -> list[tuple[Section, tuple[Section, ...]]]:
    """Sections with those directly below them that are no event and no document: two levels, for the contents."""
    return [
        (s, tuple(b for b in s.blocks if isinstance(b, Section) and not (b.tag or b.quoted)))
        for s in report.sections
    ]


def _parts(cell: Cell) -> tuple[Inline, ...]:
    """A field of a table as a run of parts."""
    return cell if isinstance(cell, tuple) else (cell,)


def _embed(path: Path, kind: FigureKind) -> dict[str, object]:
    """Data address, width and height of a picture, small enough to carry."""
    with Image.open(path) as opened:
        image = opened.convert("RGB")
    widest = WIDEST[kind]
    if image.width > widest:
        image = image.resize((widest, round(image.height * widest / image.width)), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    if kind is FigureKind.IMAGE:
        image.save(buffer, "JPEG", quality=JPEG_QUALITY, subsampling=0)
        media = "image/jpeg"
    else:
        _few_colours(image).save(buffer, "PNG", optimize=True)
        media = "image/png"
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    return {"address": f"data:{media};base64,{data}", "width": image.width, "height": image.height}


def _few_colours(image: Image.Image) -> Image.Image:
    """The chart with a palette, its paper kept pure white (averaging makes it a shade darker)."""
    few = image.quantize(CHART_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    flat = few.getpalette() or []
    colours = [flat[i : i + 3] for i in range(0, len(flat), 3)]
    few.putpalette([v for colour in colours for v in ([255] * 3 if min(colour) >= 249 else colour)])
    return few
