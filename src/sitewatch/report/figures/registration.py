"""How each scene lies against the reference."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sitewatch.report.figures.style import (
    INK,
    MUTED,
    RULE,
    SMALL,
    canvas,
    place,
    quiet,
    save,
    write,
)  # fmt: skip
from sitewatch.types import Registration, RegistrationStatus


def registration_figure(registrations: Sequence[Registration], path: Path, *, caption: str) -> Path:
    """Shifts in pixels with their standard errors; failed registrations have no point."""
    height = 3.1
    figure = canvas(3.4, height)
    axes = place(figure, 0.55, 0.55, 2.7, 2.4)
    quiet(axes, sides=("bottom", "left"))
    good = [r for r in registrations if r.status is RegistrationStatus.OK]
    dx, dy, sigma = (np.array([getattr(r, k) for r in good]) for k in ("dx", "dy", "sigma"))
    axes.axhline(0, color=RULE, linewidth=0.5, zorder=0)
    axes.axvline(0, color=RULE, linewidth=0.5, zorder=0)
    axes.errorbar(
        dx, dy, xerr=sigma, yerr=sigma, fmt="o", color=INK, ecolor="#a8a8a8", elinewidth=0.5, markersize=2
    )
    reach = max(0.2, *(float(np.max(np.abs(v) + sigma)) for v in (dx, dy))) * 1.1 if good else 1.0
    axes.set_xlim(-reach, reach)
    axes.set_ylim(reach, -reach)
    axes.set_aspect("equal")
    write(
        axes,
        0.5,
        -0.13,
        "shift to the right, pixels",
        transform=axes.transAxes,
        ha="center",
        va="top",
        size=SMALL,
    )
    write(
        axes,
        -0.17,
        0.5,
        "shift downward, pixels",
        transform=axes.transAxes,
        ha="center",
        va="center",
        rotation=90,
        size=SMALL,
    )
    write(figure, 0, 0.03 / height, "Analysis: sitewatch", va="bottom", color=MUTED, size=SMALL - 0.5)
    return save(figure, path, caption=caption, credit="Analysis: sitewatch")
