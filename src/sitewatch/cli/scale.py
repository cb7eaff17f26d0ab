"""Options that say how large the pixels of an image without georeferencing are."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from sitewatch.types.known_edge import KnownEdge

F = TypeVar("F", bound=Callable[..., Any])


def scale_options(command: F) -> F:
    """`gsd: float | None`, `gsd_sigma: float | None`, `known: tuple[tuple[float, ...], ...]`."""
    options = (
        click.option(
            "--gsd", type=float, metavar="G", help="Pixel size in metres, where there is no georeferencing."
        ),
        click.option("--gsd-sigma", type=float, metavar="S", help="Standard error of --gsd, metres."),
        click.option(
            "--known",
            type=(float, float, float, float, float, float),
            multiple=True,
            metavar="C R C R M S",
            help="Scale by a known edge: column and row of both its ends, its length and standard error in metres; "
            "may be repeated.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def known_edges(known: tuple[tuple[float, ...], ...]) -> "tuple[KnownEdge, ...]":
    """The edges that `--known` gives.

    Raises:
        UsageError: one of no length.
    """
    from sitewatch.types.known_edge import KnownEdge

    return tuple(KnownEdge((a, b), (c, d), length, sigma) for a, b, c, d, length, sigma in known)
