"""Where a fit starts, and what else the pixels might show: boxes of another size, cleared ground, another lean.

Least squares find the nearest minimum. Half of a gable roof, a roof together with its shadow, or the ground that was
cleared for a building fit well, too; so such boxes are tried, and the pixels decide.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import exp, log, sqrt

import numpy as np
import numpy.typing as npt
import shapely
from shapely import Polygon

from sitewatch.measure.forward import Box
from sitewatch.measure.solve import HEIGHT_M, SIGMA_PX, Look, Noise, Problem, State, descend, near, whitener

COARSE_PX = 1.3
"""Point spread of the first steps: wide enough to feel edges that lie pixels away."""
FIRST = 3
"""Looks that the first steps are made on."""
TRIED, MOVED = 2, 3
"""Starts that are followed, and moves of one side."""
FAR, BETTER = 1.05, 0.99
"""Share of the misfit that a box of quite another size must save, and that any other box must."""
RINGS_PX = (1.0, 2.0, 4.0)
"""Widths of ground of its own brightness around a box."""
INNER = ((0.85, 0.6), (0.8, 0.8))
"""Length and width of smaller boxes that are tried, as shares of what was found."""
INNER_PX, INSET_PX = (0.5,), 0.3
"""By how much the ground around them is larger than what was found, on each side, and by how much they must be
smaller on three sides."""
INNER_RESIDUAL = 0.08
"""What must be left of the roof for that."""
INNER_BETTER, INNER_AS_GOOD, INNER_OTHER = 0.95, 0.98, 0.1
"""Share of the misfit below which such a box is taken, and below which, where the logarithm of its area differs by more
than the last, it counts as being as good."""
GROWN = (1.0, -0.5, 0.3, -0.25)
"""By how much of its size a box is made longer or wider on one side, to see whether that fits better."""
STARTS = ((1.0, 1.0), (0.72, 0.72), (1.25, 1.25), (0.72, 1.0), (1.0, 0.72))
"""Length and width of the first tries, as shares of the given outline's."""
BLOCKS_PX = 6.0
"""Width in pixels from which the first steps are made on blocks of 2 x 2 pixels."""
BLOCKS_SIGMA_PX = 0.7
"""Point spread that makes up for a block's larger square: 0.25 pixels² more than half a pixel's."""


def first_boxes(start: Box, looks: Sequence[Look]) -> list[tuple[float, Box]]:
    """Misfit and box, best first, of what the first looks show around a start."""
    few = looks[:FIRST]
    blocks = start.width > BLOCKS_PX * pixel_m(looks[0])
    noise = [ground_noise(k, start) for k in few]
    coarse = Problem(few, noise, 1.0, held_px=COARSE_PX, flat=True, blocks=blocks)
    still = np.zeros((len(few), 2))
    tries = [
        State(replace(start, length=start.length * long, width=start.width * wide), log(COARSE_PX), still)
        for long, wide in STARTS
    ]
    best = np.argsort(coarse.cost(tries), kind="stable")[:TRIED]
    boxes = [s.box for s in descend(coarse, [tries[k] for k in best], 3)]
    return _choose(few, noise, boxes, blocks=blocks)


def ring_of(problem: Problem, state: State) -> Box | None:
    """A rectangle of ground around the box, an apron or what was cleared, where that explains much; else None."""
    few = problem.looks[:FIRST]
    noise = [
        Noise(n.whiten, (k.usable & near(k, state.box)).astype(np.float64))
        for k, n in zip(few, problem.noise, strict=False)
    ]
    here = replace(state, shifts=state.shifts[: len(few)])
    yards = [_grown(state.box, margin * pixel_m(few[0])) for margin in RINGS_PX]
    known, *misfits = Problem(few, noise, 1.0, yard=problem.yard).misfit_with(here, yards).tolist()
    misfit, yard = min(zip(misfits, yards, strict=True), key=lambda t: t[0])
    return yard if misfit < INNER_BETTER * known else None


def inner_box(looks: Sequence[Look], state: State) -> tuple[float, Box, Box]:
    """The best smaller box on cleared ground about as large as the box found: its misfit as a share of that of the box
    found, the box, and the ground.

    Cleared ground around a building may stand out more than its roof does.
    """
    few = looks[:FIRST]
    noise = [ground_noise(k, state.box, near(k, state.box)) for k in few]
    outer = replace(state, shifts=state.shifts[: len(few)])
    told = []
    for margin in INNER_PX:
        yard = _grown(state.box, margin * pixel_m(few[0]))
        problem = Problem(few, noise, 1.0, yard=yard)
        smaller = [
            replace(outer, box=replace(state.box, length=a * state.box.length, width=b * state.box.width))
            for a, b in INNER
        ]
        told += [(misfit, box, yard) for misfit, box in _told(problem, descend(problem, smaller, 3))]
    misfit, box, yard = min(told, key=lambda t: t[0])
    known = float(Problem(few, noise, 1.0, yard=state.box).misfit([outer])[0][0])
    return misfit / known, box, yard


def within(inner: Box, outer: Box, inset: float) -> bool:
    """True where at least three sides of a box lie inside of another by `inset` metres; half of a roof has but one."""
    c, s = np.cos(outer.turn), np.sin(outer.turn)
    from_middle = (inner.corners - [outer.x, outer.y]) @ np.array([[c, -s], [s, c]])
    half = np.array([outer.length, outer.width]) / 2
    gaps = np.concatenate([half - from_middle.max(axis=0), half + from_middle.min(axis=0)])
    return bool((gaps > inset).sum() >= 3)


def _grown(box: Box, margin: float) -> Box:
    return replace(box, length=box.length + 2 * margin, width=box.width + 2 * margin)


def _choose(
    looks: Sequence[Look], noise: Sequence[Noise], found: list[Box], *, blocks: bool
) -> list[tuple[float, Box]]:
    """Misfit and box, best first, of some boxes and of those that one gets by moving one of their sides far."""
    held = BLOCKS_SIGMA_PX if blocks else SIGMA_PX[0]
    problem = Problem(looks, noise, 1.0, held_px=held, blocks=blocks)
    still = np.zeros((len(looks), 2))

    def improved(states: Sequence[State]) -> list[tuple[float, Box]]:
        return _told(problem, descend(problem, states, 2))

    def area(box: Box) -> float:
        return box.length * box.width

    told = sorted(improved([State(b, log(held), still) for b in found]), key=lambda t: t[0])
    while True:
        known, best = told[0]
        others = [State(b, log(held), still) for b in _neighbours(best)]
        fresh = improved([others[k] for k in np.argsort(problem.cost(others), kind="stable")[:MOVED]])
        fresh = [(f if 0.7 < area(b) / area(best) < 1.4 else FAR * f, b) for f, b in fresh]
        told = sorted([*told, *fresh], key=lambda t: t[0])
        if told[0][0] >= BETTER * known or len(told) > 4 * MOVED:
            return told


def _told(problem: Problem, states: Sequence[State]) -> list[tuple[float, Box]]:
    """Misfits, twice as large for what cannot be one roof, and boxes."""
    judged = zip(*problem.misfit(states), states, strict=True)
    return [(float(misfit) * (2 if two_roofs else 1), s.box) for misfit, two_roofs, s in judged]


def rival_of(told: list[tuple[float, Box]], alike: float) -> float:
    """By how much, in logarithms, the area of another box differs that fits nearly as well: the difference times the
    square root of its share of the probability."""
    least, best = told[0]
    shares = [(exp(-min((misfit - least) / alike, 700.0)), box) for misfit, box in told[1:]]
    size = best.length * best.width
    return max((sqrt(p / (1 + p)) * abs(log(b.length * b.width / size)) for p, b in shares), default=0.0)


def _neighbours(box: Box) -> list[Box]:
    """Boxes with one side moved far: twice and half as long or wide, on either side, and steps between."""
    c, s = np.cos(box.turn), np.sin(box.turn)
    result = []
    for grow in GROWN:
        for side in (-0.5, 0.5):
            far = side * grow
            long = replace(
                box,
                length=box.length * (1 + grow),
                x=box.x + far * box.length * c,
                y=box.y + far * box.length * s,
            )
            wide = replace(
                box,
                width=box.width * (1 + grow),
                x=box.x - far * box.width * s,
                y=box.y + far * box.width * c,
            )
            result += [long, wide]
    return [replace(b, height=HEIGHT_M[0]) for b in result]


def leaned(looks: Sequence[Look], state: State) -> tuple[list[Look], State]:
    """The looks with those of their leans that fit best together, and the box's foot moved to where they then have it.

    Looks that all lean to one side put the roof beside its foot, where a box without lean was fitted.
    """
    if not any(k.leans for k in looks):
        return list(looks), state
    noise = [ground_noise(k, state.box, near(k, state.box)) for k in looks]
    aside = np.mean([k.leans[0] for k in looks if k.leans], axis=0) * state.box.height
    told = []
    for side in (0, -1, 1):
        box = replace(state.box, x=state.box.x - side * aside[0], y=state.box.y - side * aside[1])
        picked = []
        for k, n, shift in zip(looks, noise, state.shifts, strict=True):
            alone = State(box, state.log_sigma, shift[None])
            those = [replace(k, placed=replace(k.placed, lean=v)) for v in k.leans] or [k]
            misfits = [float(Problem([t], [n], 1.0).misfit([alone])[0][0]) for t in those]
            picked.append(min(zip(misfits, those, strict=True), key=lambda p: p[0]))
        told.append((sum(p[0] for p in picked), [p[1] for p in picked], box))
    _, best, box = min(told, key=lambda t: t[0])
    return best, replace(state, box=box)


def pixel_m(look: Look) -> float:
    return 1 / sqrt(abs(float(np.linalg.det(look.placed.to_pixels[:, :2]))))


def ground_noise(look: Look, box: Box, part: npt.NDArray[np.bool_] | None = None) -> Noise:
    """From how uneven the ground around a box is; all usable pixels, of a part of the window, weigh 1."""
    inside = Polygon(look.placed.pixels(box.corners)).buffer(1.5)
    rows, cols = look.placed.shape
    col, row = np.meshgrid(np.arange(cols) + 0.5, np.arange(rows) + 0.5)
    ground = look.usable & ~shapely.contains_xy(inside, col, row)
    ground = ground if ground.sum() > 20 else look.usable
    v = look.values[:, ground].astype(np.float64)
    v = v - np.median(v, axis=1, keepdims=True)
    keep = np.square(v / (np.median(np.abs(v), axis=1, keepdims=True) + 1e-9)).mean(axis=0) < 25
    cov = np.cov(v[:, keep]) if keep.sum() > 20 else np.cov(v)
    used = look.usable if part is None else look.usable & part
    return Noise(whitener(np.atleast_2d(cov)), used.astype(np.float64))
