"""Outlines with straight walls from ragged ones: thousands at once.

Each outline gets one main direction; its sides run along or across it, and slanted only where a long piece of the
border does. The border is cut into sides by D. H. Douglas and T. K. Peucker, Cartographica 10 (1973); direction and
place of the sides then follow from all of the border between the cuts, by least squares in closed form: the principal
axis of the sides' second moments, those across turned by a right angle. Steps below a pixel or two are flattened, the
area is kept.

All outlines are worked on together, as arrays with one column a side (`Sides`); nothing runs outline by outline.
"""

from dataclasses import replace

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from sitewatch.errors import DataError
from sitewatch.measure.sides import CUT, Bools, Floats, Ints, Shapes, Sides, cut_rings, moments_of, starts

SHORT = 1.6
"""Sides below this length, in pixels, are flattened."""
SLANT_DEG, SLANT = 20.0, 3.0
"""A side stays slanted from this angle to the main direction, if it departs from it by so many pixels."""
TURN_DEG = 12.0
"""How far sides may lie from the main direction to have a say in it."""
HOLE = 9.0
"""Holes below this area, in square pixels, are closed."""
ROUND_FROM, ROUND = 60.0, 0.88
"""Area in square pixels, and roundness (4 pi area / perimeter², 1 for a circle) from which a circle is tried."""
ALIKE = 0.7
"""Share that outline and result must have in common (intersection over union); else a rectangle is tried."""
STAIRS = 0.45
"""How far stairs lie from their line, root mean square, pixels."""
DOUBT = 0.2
"""Share of the area by which a result may depart from its outline, as a guess from moments, before it is looked at."""
ROUNDS = 40
"""Sides of an outline that may be flattened."""
BINS = 36
CHUNK = 2000
"""Outlines worked on at once."""


def regularised(
    outlines: Shapes | list[Polygon], pixel: float | Floats, *, slanted: bool = True, round_: bool = True
) -> Shapes:
    """Outlines with straight walls at right angles, of the same areas.

    Args:
        outlines: (n,) valid polygons on a plane.
        pixel: side of the pixels that they were drawn from, in the units of the plane; one or (n,).
        slanted: whether sides in other directions are kept where they are long.
        round_: whether circles are made of what is round.

    Returns:
        (n,) polygons. One that cannot be given straight walls comes back simplified to within 1.25 pixels.

    Raises:
        DataError: something that is no polygon or whose border crosses itself, or a pixel that is no positive number.
            Crossing is looked for only where the result departs from the outline: it takes longer than all the rest.
    """
    shapes = np.asarray(outlines, dtype=object).reshape(-1)
    size = np.broadcast_to(np.asarray(pixel, np.float64), shapes.shape)
    if not (np.isfinite(size) & (size > 0)).all():
        raise DataError(f"a pixel of {pixel}: expected a length above 0 for each outline")
    good = (shapely.get_type_id(shapes) == POLYGON) & ~shapely.is_empty(shapes)
    if not good.all():
        raise DataError(f"{str(shapes[np.argmin(good)])[:60]}: expected polygons, none of them empty")
    if not len(shapes):
        return shapes
    reach = np.abs(shapely.bounds(shapes)).max(axis=1)
    if not (reach < FARTHEST * size).all() or not np.isfinite(shapely.area(shapes)).all():
        raise DataError(
            f"coordinates of {reach.max():g} at pixels of {size.max():g}: expected numbers on a plane"
        )
    result = np.empty_like(shapes)
    pierced = shapely.get_num_interior_rings(shapes) > 0
    plain = np.flatnonzero(~pierced)
    for start in range(0, len(plain), CHUNK):
        rows = plain[start : start + CHUNK]
        result[rows] = _made(shapes[rows], np.arange(len(rows)), size[rows], slanted, round_)
    if pierced.any():
        result[pierced] = _pierced(shapes[pierced], size[pierced], slanted, round_)
    return result


def rectangularity(outlines: Shapes | list[Polygon] | list[Polygon | MultiPolygon]) -> Floats:
    """(n,) share of the smallest rotated rectangle that each outline fills: 1 for a rectangle, 0.75 for an L."""
    shapes = np.asarray(outlines, dtype=object)
    result: Floats = shapely.area(shapes) / shapely.area(shapely.minimum_rotated_rectangle(shapes))
    return result


FARTHEST = 1e12
"""Pixels from the plane's origin beyond which numbers hold no parts of a pixel."""
POLYGON = 3
"""Of `shapely.get_type_id`."""


def _pierced(shapes: Shapes, size: Floats, slanted: bool, round_: bool) -> Shapes:
    """Polygons with holes: those that are large stay."""
    rings, owner = shapely.get_rings(shapes, return_index=True)
    filled, inner = shapely.polygons(rings), np.r_[False, owner[1:] == owner[:-1]]
    kept = ~inner | (shapely.area(filled) >= HOLE * size[owner] ** 2)
    filled, owner, inner = filled[kept], owner[kept], inner[kept]
    made = _made(filled, owner, size[owner], slanted, round_)
    result: Shapes = made[~inner]
    for i in np.unique(owner[inner]):
        left = shapely.difference(result[i], shapely.union_all(made[(owner == i) & inner]))
        result[i] = max(shapely.get_parts(left), key=lambda p: p.area, default=result[i])
    return result


def _made(flat: Shapes, owner: Ints, size: Floats, slanted: bool, round_: bool) -> Shapes:
    """A polygon for each of those without holes; those of one owner share a direction."""
    origin = shapely.bounds(flat)[:, :2]
    sides, along, area = cut_rings(flat, origin, size)
    squared = np.square(along).sum(axis=0)
    angle, length = np.arctan2(along[1], along[0]), np.sqrt(squared)
    turn = _main_direction(angle, squared, owner[sides.ring], int(owner[-1]) + 1)[owner]
    way = _ways(angle - turn[sides.ring], length / size[sides.ring], slanted=slanted)
    sides = replace(sides, way=way)
    border = np.add.reduceat(sides.moments[0], sides.first)
    circular = (area > ROUND_FROM * size**2) & (
        4 * np.pi * area > ROUND * np.add.reduceat(length, sides.first) ** 2
    )
    sides = _flattened(_merged(sides, turn), turn, size)
    turn = _refined(sides, turn, owner)
    slants = np.bincount(sides.ring, weights=sides.way < 0, minlength=len(flat))
    made, doubt = _drawn(sides, turn, origin, area, border, size)
    if slanted and (rows := np.flatnonzero(doubt & (slants > 0))).size:
        made[rows] = _made(flat[rows], np.arange(len(rows)), size[rows], False, round_)
        doubt[rows] = False
    circular &= round_
    if (rows := np.flatnonzero(doubt | circular)).size:
        made[rows] = _best(made[rows], flat[rows], turn[rows], size[rows], circular[rows])
    return made


def _main_direction(angle: Floats, weight: Floats, owner: Ints, count: int) -> Floats:
    """(count,) radians in a quarter turn: around the peak of the sides' directions, weighed."""
    angle = angle % (np.pi / 2)
    place = np.minimum((angle / (np.pi / 2) * BINS).astype(np.int64), BINS - 1)
    found = np.bincount(owner * BINS + place, weight, count * BINS).reshape(count, BINS)
    smooth = 2 * found + np.roll(found, 1, axis=1) + np.roll(found, -1, axis=1)
    peak = (smooth.argmax(axis=1) + 0.5) / BINS * np.pi / 2
    off = (angle - peak[owner] + np.pi / 4) % (np.pi / 2) - np.pi / 4
    near = weight * (np.abs(off) < np.radians(TURN_DEG))
    moved = np.bincount(owner, near * off, count) / np.maximum(np.bincount(owner, near, count), 1e-300)
    result: Floats = peak + moved
    return result


def _ways(angle: Floats, pixels: Floats, *, slanted: bool) -> Ints:
    """Quarter turns of sides at an angle to the main direction, -1 where they are slanted and so long."""
    way = np.rint(angle / (np.pi / 2))
    off = np.abs(angle - way * np.pi / 2)
    result: Ints = way.astype(np.int64) % 4
    if slanted:
        result[(off > np.radians(SLANT_DEG)) & (pixels * np.sin(off) > SLANT)] = -1
    return result


def _merged(sides: Sides, turn: Floats) -> Sides:
    """With consecutive sides of one way made one, and a side put in where two run back on each other."""
    before, following = sides.around
    new = (sides.way != sides.way[before]) | (sides.way < 0)
    if not new.all():
        some = np.logical_or.reduceat(new, sides.first)
        if not some.all():
            # a ring whose sides are all alike has no side left
            left = np.repeat(some, sides.count)
            sides, new = sides.only(left), new[left]
        if not len(new):
            return sides
        starts = new.copy()
        starts[sides.first] = True
        place = np.flatnonzero(starts)
        sums = np.add.reduceat(sides.moments, place, axis=1)
        head = ~new[place]
        fresh = Sides(sides.ring[new], sides.way[new], sums[:, ~head])
        if head.any():
            fresh.moments[:, fresh.last[np.searchsorted(sides.first, place[head])]] += sums[:, head]
        sides = fresh
        _, following = sides.around
    back = (sides.way >= 0) & (sides.way[following] == (sides.way + 2) % 4)
    if not back.any():
        return sides
    rows = np.flatnonzero(back)
    length, x, y = sides.moments[:3, rows]
    angle = turn[sides.ring[rows]] + sides.way[rows] * np.pi / 2
    x, y = x / length + np.cos(angle) * length / 2, y / length + np.sin(angle) * length / 2
    tip = np.stack(list(moments_of(x, y, np.full(len(rows), 1e-9), np.zeros(len(rows)))))
    return Sides(
        np.insert(sides.ring, rows + 1, sides.ring[rows]),
        np.insert(sides.way, rows + 1, (sides.way[rows] + 1) % 4),
        np.insert(sides.moments, rows + 1, tip, axis=1),
    )


def _lines(sides: Sides, turn: Floats) -> tuple[Floats, Floats]:
    """(2, n) directions and (2, n) points of the sides' lines."""
    length, _, _, xx, xy, yy = sides.moments
    middle = sides.moments[1:3] / length
    angle = turn[sides.ring] + sides.way * np.pi / 2
    slant = sides.way < 0
    if slant.any():
        (mx, my), w = middle[:, slant], length[slant]
        across = xx[slant] / w - mx**2 - (yy[slant] / w - my**2)
        angle[slant] = np.arctan2(2 * (xy[slant] / w - mx * my), across) / 2
    return np.stack([np.cos(angle), np.sin(angle)]), middle


def _corners(sides: Sides, turn: Floats) -> tuple[Floats, Floats, Floats]:
    """(2, n) where each side meets the next; (n,) its length, below 0 where it would run backwards; (2, n) its way."""
    way, middle = _lines(sides, turn)
    before, following = sides.around
    gap, other = middle[:, following] - middle, way[:, following]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (gap[0] * other[1] - gap[1] * other[0]) / (way[0] * other[1] - way[1] * other[0])
        corner = middle + way * t
        length = ((corner - corner[:, before]) * way).sum(axis=0)
    slant = sides.way < 0
    if slant.any():
        way = np.where(slant & (length < 0), -way, way)
        length = np.where(slant, np.abs(length), length)
    return corner, length, way


def _flattened(sides: Sides, turn: Floats, size: Floats) -> Sides:
    """Without short sides, the shortest of each ring first, as long as more than four are left."""
    done = []
    for _ in range(ROUNDS):
        if not len(sides.ring):
            break
        length = _corners(sides, turn)[1]
        pixels = np.nan_to_num(length / size[sides.ring], nan=-1e9)
        count = sides.count
        least = np.minimum.reduceat(pixels, sides.first)
        active = (least < SHORT) & (count > 4)
        if not active.all():
            going = np.repeat(active, count)
            done.append(sides.only(~going))
            sides, pixels = sides.only(going), pixels[going]
            if not len(sides.ring):
                break
            least, count = least[active], count[active]
        rows = np.flatnonzero(pixels == np.repeat(least, count))
        rows = rows[starts(sides.ring[rows])]
        before, following = (p[rows] for p in sides.around)
        one, two = sides.way[before], sides.way[following]
        # the end of a spike or slot goes with the shorter of its flanks
        opposite = (one >= 0) & (two >= 0) & (one == (two + 2) % 4)
        kept = np.ones(len(sides.ring), np.bool_)
        kept[rows] = False
        kept[np.where(pixels[before] < pixels[following], before, following)[opposite]] = False
        sides = _merged(sides.only(kept), turn)
    done.append(sides)
    ring, way = (np.concatenate([getattr(s, n) for s in done]) for n in ("ring", "way"))
    order = np.argsort(ring, kind="stable")
    return Sides(ring[order], way[order], np.concatenate([s.moments for s in done], axis=1)[:, order])


def _refined(sides: Sides, turn: Floats, owner: Ints) -> Floats:
    """Main directions by least squares over all sides of each owner."""
    length, x, y, xx, xy, yy = sides.moments
    vx, vxy, vy = xx - x * x / length, xy - x * y / length, yy - y * y / length
    across = sides.way % 2 == 1
    straight = sides.way >= 0
    of, n = owner[sides.ring], int(owner[-1]) + 1
    sign = np.where(across, -1.0, 1.0) * straight
    both = np.bincount(of, sign * (vx - vy), n)
    found = np.arctan2(2 * np.bincount(of, sign * vxy, n), both)[owner] / 2
    off = (found - turn + np.pi / 2) % np.pi - np.pi / 2
    result: Floats = np.where(np.abs(off) < np.radians(TURN_DEG), turn + off, turn)
    return result


def _drawn(
    sides: Sides, turn: Floats, origin: Floats, area: Floats, border: Floats, size: Floats
) -> tuple[Shapes, Bools]:
    """(ring,) polygons, all sides moved out by as much as keeps the area, None where there are too few sides; and
    True where a polygon may depart from its outline."""
    n = len(turn)
    result = np.full(n, None, dtype=object)
    doubt = np.ones(n, np.bool_)
    corner, length, way = _corners(sides, turn)
    ring = sides.ring
    fine = np.bincount(ring, minlength=n) >= 3
    fine[ring[~np.isfinite(corner).all(axis=0)]] = False
    if not fine.all():
        on = fine[ring]
        sides, corner, length, way = sides.only(on), corner[:, on], length[on], way[:, on]
        ring = sides.ring
    if not len(ring):
        return result, doubt
    which, first = np.flatnonzero(fine), sides.first
    before, following = sides.around
    other = way[:, following]
    cross = way[0] * other[1] - way[1] * other[0]
    # moving all sides out by d changes the area by d * perimeter + d² * the tangents of half the corners' turns
    tangents = np.add.reduceat((1 - (way * other).sum(axis=0)) / cross, first)
    past = corner[:, before]
    missing = area[which] - np.add.reduceat(past[0] * corner[1] - past[1] * corner[0], first) / 2
    perimeter = np.add.reduceat(length, first)
    root = np.sqrt(np.maximum(perimeter**2 + 4 * tangents * missing, 0))
    out = np.clip(2 * missing / np.maximum(perimeter + root, 1e-12), -size[which], size[which])
    index = np.repeat(np.arange(len(which)), sides.count)
    moved = corner - out[index] * (other - way) / cross + origin.T[:, ring]
    made = shapely.polygons(shapely.linearrings(moved.T, indices=index))
    result[which] = made
    # how far the border lies from the sides, beyond what stairs do, and what was left out of it
    w, x, y, xx, xy, yy = sides.moments
    nx, ny = -way[1], way[0]
    spread = nx**2 * (xx - x * x / w) + 2 * nx * ny * (xy - x * y / w) + ny**2 * (yy - y * y / w)
    beyond = np.maximum(np.sqrt(np.maximum(spread / w, 0)) - STAIRS * size[ring], 0)
    apart = np.add.reduceat(w * beyond, first) + np.abs(missing)
    apart += np.maximum(border[which] - np.add.reduceat(w, first) - 4 * size[which], 0) * size[which]
    doubt[which] = (np.abs(out) == size[which]) | (apart > DOUBT * area[which]) | ~shapely.is_valid(made)
    return result, doubt


def _best(made: Shapes, flat: Shapes, turn: Floats, size: Floats, circular: Bools) -> Shapes:
    """What shares most with the outline: what was made, a circle where it is round, a rectangle where little is
    shared, the simplified outline where all fails."""
    if not (valid := shapely.is_valid(flat)).all():
        wrong = shapely.is_valid_reason(flat[np.argmin(valid)])
        raise DataError(f"an outline crosses itself ({wrong}); expected valid polygons")
    result, area = made.copy(), shapely.area(flat)
    share = np.zeros(len(flat))
    fine = shapely.is_valid(made)
    share[fine] = _shared(made[fine], flat[fine])
    tried = np.flatnonzero(circular)
    circles = shapely.buffer(shapely.centroid(flat[tried]), np.sqrt(area[tried] / np.pi), quad_segs=16)
    # an octagon may share as much
    better = (alike := _shared(circles, flat[tried])) > share[tried] - 0.02
    result[tried[better]], share[tried[better]] = circles[better], alike[better]
    poor = np.flatnonzero(share < 2 * ALIKE / (1 + ALIKE))
    boxes = _boxes(flat[poor], turn[poor])
    better = (alike := _shared(boxes, flat[poor])) > share[poor]
    result[poor[better]], share[poor[better]] = boxes[better], alike[better]
    lost = np.flatnonzero(share < ALIKE)
    result[lost] = shapely.simplify(flat[lost], CUT * size[lost])
    return _scaled(result, area)


def _scaled(shapes: Shapes, area: Floats) -> Shapes:
    """Shapes made larger or smaller around their centres until they have these areas."""
    xy, of = shapely.get_coordinates(shapes, return_index=True)
    middle = shapely.get_coordinates(shapely.centroid(shapes))[of]
    factor = np.sqrt(area / shapely.area(shapes))[of, None]
    result: Shapes = shapely.set_coordinates(shapes, middle + (xy - middle) * factor)
    return result


def _boxes(shapes: Shapes, turn: Floats) -> Shapes:
    """Rectangles of the shapes' own areas, as long and wide in proportion as their bounds along a direction."""
    xy, of = shapely.get_coordinates(shapes, return_index=True)
    if not len(xy):
        return shapes
    c, s = np.cos(turn), np.sin(turn)
    turned = np.column_stack([xy[:, 0] * c[of] + xy[:, 1] * s[of], xy[:, 1] * c[of] - xy[:, 0] * s[of]])
    first = np.flatnonzero(starts(of))
    low, high = np.minimum.reduceat(turned, first), np.maximum.reduceat(turned, first)
    half = (high - low) / 2
    half *= np.sqrt(shapely.area(shapes) / np.maximum(4 * half.prod(axis=1), 1e-12))[:, None]
    middle = (low + high) / 2
    corner = middle[:, None] + half[:, None] * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    x, y = corner[..., 0], corner[..., 1]
    c, s = c[:, None], s[:, None]
    result: Shapes = shapely.polygons(np.stack([x * c - y * s, x * s + y * c], axis=-1))
    return result


def _shared(one: Shapes, two: Shapes) -> Floats:
    """Intersection over union."""
    both = shapely.area(shapely.intersection(one, two))
    result: Floats = both / np.maximum(shapely.area(one) + shapely.area(two) - both, 1e-12)
    return result
