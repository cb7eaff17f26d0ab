"""`sitewatch measure IMAGE`: outlines that somebody drew on one image."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sitewatch.cli.options import table, tell
from sitewatch.cli.scale import known_edges
from sitewatch.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])

if TYPE_CHECKING:
    from sitewatch.types import Value


def measure_one(
    image: Path,
    outline: Path | None,
    *,
    gsd: float | None,
    gsd_sigma: float | None,
    known: tuple[tuple[float, ...], ...],
    gcps: Path | None,
    against: str | None,
    as_json: bool,
) -> None:
    """Measure and print.

    Raises:
        UsageError: no outline, or no scale.
    """
    if outline is None:
        raise UsageError(
            f"{image} is an image: expected --outline FILE with the polygons to measure, or a case's folder"
        )
    from sitewatch.app.measure_image import Asked, measure_image

    done = measure_image(Asked(image, outline, gsd, gsd_sigma, known_edges(known), gcps, against))
    rows = [
        [m.object_id.replace("/", " over "), m.quantity, _cell(m.value), _budget(m.value)]
        for m in done.measurements
    ]
    head = ("object", "quantity", "value (90 % interval)", "standard errors")
    lines = [f"{image.name}: pixels of {done.pixel}", *(f"note: {n}" for n in done.notes), *table(head, rows)]
    tell(
        {
            "image": str(image),
            "pixel": done.pixel,
            "notes": list(done.notes),
            "measurements": done.rows(image.name),
        },
        "\n".join(lines),
        as_json=as_json,
    )


def refuse_image_options(**given: object) -> None:
    """Of a case's folder.

    Raises:
        UsageError: an option came that is for one image.
    """
    name = next((n for n, value in given.items() if value not in (None, ())), None)
    if name is not None:
        raise UsageError(
            f"--{name.replace('_', '-')} is for one image, but a case's folder came; in a case scenes have their own "
            "scale, and `sitewatch site reference` takes outlines"
        )


def _cell(value: "Value") -> str:
    unit = "" if value.unit == "1" else f" {value.unit}"
    digits = {"1": 3, "m2": 0}.get(value.unit, 1)
    return f"{value.value:.{digits}f}{unit} ({value.low:.{digits}f} to {value.high:.{digits}f})"


def _budget(value: "Value") -> str:
    return ", ".join(f"{source} {100 * s / value.value:.1f} %" for source, s in value.budget.items() if s > 0)


def image_options(command: F) -> F:
    """`outline`, `gcps`, `against`."""
    path = click.Path(path_type=Path)
    options = (
        click.option("--outline", type=path, metavar="FILE", help="For an image: GeoJSON with the polygons."),
        click.option(
            "--gcps", type=path, metavar="FILE", help="For an image: control points, or a KML overlay."
        ),
        click.option(
            "--against",
            metavar="NAME",
            help="For an image: outline that the others are held against.  [default: the first]",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command
