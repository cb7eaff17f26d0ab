"""Outlines as plain rings, which move and sweep far faster than geometry objects."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from sitewatch.optics import Floats, rings
from sitewatch.simulate.plan import Shape

SLIVER = 1e-3
"""Square metres. What is smaller is the rounding of a cut."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A shape in fine cells (x right, y down)."""

    rings: list[Floats]
    """Closed rings (n, 2), oriented as `optics.rings` gives them."""
    rough: Shape | None = None
    """The shape itself where it is not convex."""

    @classmethod
    def of(cls, shape: Shape) -> "Outline":
        """From a geometry in fine cells."""
        parts = rings(shape)
        convex = len(parts) == 1 and shape.convex_hull.area <= shape.area * (1 + 1e-9)
        return cls(parts, None if convex else shape)

    def moved(self, vector: Floats) -> list[Floats]:
        """Its rings elsewhere."""
        return [ring + vector for ring in self.rings]

    def swept(self, vector: Floats) -> list[Floats]:
        """Rings around all ground that the shape passes over when it is moved along a vector (2,) of cells."""
        if not vector.any() or not self.rings:
            return self.rings
        if self.rough is not None:
            return rings(_swept(self.rough, vector))
        ring = self.rings[0]
        step = np.diff(ring, axis=0)
        ahead = step[:, 1] * vector[0] - step[:, 0] * vector[1] > 0  # the edge looks along the vector
        corners = np.stack([ring[:-1], ring[1:]], axis=1) + ahead[:, None, None] * vector
        points = corners.reshape(-1, 2)
        return [np.concatenate([points, points[:1]])]


def areal(shape: BaseGeometry) -> Shape:
    """The parts of a geometry that have an area: what a difference leaves may hold lines and slivers too."""
    parts = [p for p in shapely.get_parts(shape) if p.area > SLIVER]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def united(shapes: Sequence[BaseGeometry]) -> BaseGeometry:
    """The union of shapes, also of such as the rounding of a transform has made cross themselves."""
    try:
        return shapely.union_all(shapes)
    except shapely.errors.GEOSException:
        return shapely.union_all(shapely.make_valid(np.array(shapes, dtype=object)), grid_size=1e-6)


def _swept(shape: Shape, vector: Floats) -> BaseGeometry:
    """The shape and what its edges that look along the vector pass over."""
    edges = [(ring[:-1], ring[1:]) for ring in rings(shape)]
    start, end = (np.concatenate([e[i] for e in edges]) for i in (0, 1))
    step = end - start
    ahead = step[:, 1] * vector[0] - step[:, 0] * vector[1] > 0
    start, end = start[ahead], end[ahead]
    passed = shapely.polygons(np.stack([start, end, end + vector, start + vector], axis=1))
    return united([shape, *passed])
