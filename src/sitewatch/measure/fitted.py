"""Values of a fitted building, and of two that were fitted in the same scenes, with calibrated 90 % intervals.

Sizes have relative errors, so intervals are taken in logarithms. The fit's own standard deviation, with a floor
for what it knows nothing of, is stretched by a factor found on simulated sites: the 90 % quantile of the errors over
the standard deviations (split conformal prediction: V. Vovk, A. Gammerman and G. Shafer, Algorithmic Learning in a
Random World, 2005), by class of pixel size, contrast and number of dates. `benchmarks/measure.py` finds the factors
anew.
"""

from itertools import product
from math import exp, hypot, sqrt

from sitewatch.errors import DataError
from sitewatch.measure.outline import NORMAL_90, sizes
from sitewatch.measure.rectangle import SHADOW, Fit
from sitewatch.types import Value

FINE_M = 6.0
"""Pixels below this size, in metres, form one class, larger ones another."""
STRONG = 5.0
"""Contrast, in standard deviations of a pixel, from which it counts as strong."""
FLOOR = {"area": 0.006, "length": 0.004, "width": 0.006, "perimeter": 0.004, "height": 0.02, "ratio": 0.006}
"""Relative error that no fit is better than."""


SIZES, CONTRASTS, DATES = ("fine", "coarse"), ("strong", "weak"), ("several", "one")
"""Classes of pixel size, contrast and number of dates, each with factors of its own."""


def _table(*factors: float) -> dict[tuple[str, str, str], float]:
    """In the order of the classes, the last of them running fastest."""
    return dict(zip(product(SIZES, CONTRASTS, DATES), factors, strict=True))


FACTORS: dict[str, dict[tuple[str, str, str], float]] = {
    "area": _table(0.43, 0.9, 0.83, 2.51, 0.85, 0.89, 0.9, 0.84),
    "length": _table(0.65, 0.77, 0.73, 1.06, 0.91, 0.82, 0.8, 0.63),
    "width": _table(0.69, 0.98, 0.77, 2.86, 0.96, 0.96, 0.83, 0.85),
    "perimeter": _table(0.55, 0.87, 0.76, 2.1, 0.93, 0.9, 0.94, 0.77),
    "height": _table(1.6, 2.2, 2.84, 12.05, 2.25, 1.81, 3.35, 1.69),
    "ratio": _table(1.19, 1.2, 0.86, 2.53, 0.97, 0.89, 0.97, 0.75),
}
"""By quantity and class (of a ratio: weak where one contrast is, one date where one building has no more)."""
EDGE_M = 0.1
"""Standard deviation of where a roof's edge is taken to be, metres. All edges of a building, and those of another in
the same images, are off alike. Sites of two other families of simulated images, which differ in materials, land and
light from the one that the fit was made on, lay 0 to 0.25 m out, 0.12 m in the root mean square. Eaves and parapets of
real roofs are not in it."""
UNEVEN = 6.0
"""By how much more, for each unit of what is left of the roof as a share of the contrast, sizes are off than the fit's
covariance says. On simulated sites 90 % of the errors lay within 1.1 standard deviations where least was left, within
2.3 where most was."""
FINEST_M = 2.0
"""Pixels below this size, in metres, show gables, eaves and trees that the model does not have: values there are not
calibrated."""
FINEST_EDGE_M = 1.0
"""Standard deviation of where an edge is taken to be in such pixels, metres, each building's for itself. Of 30 fits to
houses in real images of 0.45 to 0.6 m (`benchmarks/outlines_real.py`, development half) that were not refused, the 90 %
intervals held 28 with this in them and 8 without."""
OTHERS = "another box"
"""Source of errors: boxes of another size that fit nearly as well."""
CALIBRATED_M2 = {"fine": 800.0, "coarse": 2400.0}
"""Area from which the factors were found."""
HEIGHT_SIGMA = 0.35
"""Relative standard deviation above which a height is not told: it then comes from what is usual, not from pixels."""
CALIBRATED_ON = "110 simulated sites at 3 m and 410 at 10 m, not this site"
METHOD = "box fitted to the pixels of {} dates, geodesic on the WGS84 ellipsoid"


def class_of(fits: tuple[Fit, ...], pixel_m: float) -> tuple[str, str, str]:
    """Class of pixel size, contrast and number of dates that a calibration factor stands for."""
    strong = min(f.contrast for f in fits) >= STRONG
    several = min(len(f.scenes) for f in fits) > 1
    return (SIZES[pixel_m >= FINE_M], CONTRASTS[not strong], DATES[not several])


def factor(quantity: str, kind: tuple[str, str, str]) -> float:
    """Half-width of the calibrated 90 % interval in standard deviations of `spread` with its floor."""
    return FACTORS[quantity][kind]


def spread(quantity: str, fit: Fit, source: str | None = None) -> float:
    """Relative standard deviation of a quantity before calibration, of one source of errors or of all."""
    if source == OTHERS:
        return fit.rival if quantity == "area" else 0.0
    c = fit.covariance if source is None else fit.sources[source]
    long, wide = fit.box.length, fit.box.width
    share = long / (long + wide)
    variance = {
        "area": c[2, 2] + c[3, 3] + 2 * c[2, 3],
        "length": c[2, 2],
        "width": c[3, 3],
        "perimeter": share**2 * c[2, 2] + (1 - share) ** 2 * c[3, 3] + 2 * share * (1 - share) * c[2, 3],
        "height": c[5, 5],
    }[quantity]
    sigma = sqrt(max(float(variance), 0.0))
    if quantity != "height":
        sigma *= 1 + UNEVEN * fit.residual
    return hypot(sigma, spread(quantity, fit, OTHERS)) if source is None else sigma


def stands(fit: Fit) -> bool:
    """True where shadow or lean tell a height, so that something stands there."""
    return fit.shadow >= SHADOW and spread("height", fit) <= HEIGHT_SIGMA


def box_values(fit: Fit, crs: str, pixel_m: float) -> dict[str, Value]:
    """Area, perimeter, length, width, and height where shadow or lean tell it, by these names.

    Args:
        fit: one that has not failed, in the coordinates of `crs`.
        pixel_m: side of a pixel of the images, metres.

    Raises:
        DataError: a fit that failed, or as for `outline.sizes`.
    """
    if fit.failed:
        raise DataError(f"this fit is not to be used: {fit.failed}")
    found = sizes(fit.outline, crs)
    plain = {n: getattr(found, n) for n in ("area", "perimeter", "length", "width")}
    # the shadow's length on the plane, by the grid's scale
    plain["height"] = fit.box.height * sqrt(found.area / fit.outline.area)
    units = {"area": "m2"}
    how = METHOD.format(len(fit.scenes))
    kind = class_of((fit,), pixel_m)
    result = {}
    for name, value in plain.items():
        if name == "height" and not stands(fit):
            continue
        sources = (
            {
                s: spread(name, fit, s)
                for s in (*fit.sources, OTHERS)
                if s != OTHERS or (fit.rival and name == "area")
            }
            if name != "height"
            else {"shadow and lean": spread(name, fit)}
        )
        method = (
            how
            if name != "height"
            else f"shadow and lean of a {METHOD.format(len(fit.scenes)).split(',')[0]}"
        )
        result[name] = _value(
            name,
            value,
            units.get(name, "m"),
            hypot(spread(name, fit), FLOOR[name]),
            sources,
            (edge_source(pixel_m), edges(name, length=found.length, width=found.width, pixel_m=pixel_m)),
            kind,
            method,
            calibrated=_known((fit,), kind, pixel_m),
        )
    return result


def edge_m(pixel_m: float) -> float:
    """Standard deviation of where an edge is taken to be, metres, by the size of a pixel in metres."""
    return EDGE_M if pixel_m >= FINEST_M else FINEST_EDGE_M


def edge_source(pixel_m: float) -> str:
    """Name in the budget of what `edge_m` adds: all roofs in the same coarse pixels share it, in fine ones none."""
    return "edges of the roof" if pixel_m >= FINEST_M else "details of the roof"


def edges(name: str, *, length: float, width: float, pixel_m: float) -> float:
    """Relative change of a rectangle's area, length, width or perimeter, where all its edges lie one standard deviation
    (`edge_m`) further out; 0 for its height. Sides in metres."""
    out = edge_m(pixel_m)
    return {
        "area": 2 * (length + width) * out / (length * width),
        "length": 2 * out / length,
        "width": 2 * out / width,
        "perimeter": 4 * out / (length + width),
        "height": 0.0,
    }[name]


def _known(fits: tuple[Fit, ...], kind: tuple[str, str, str], pixel_m: float) -> bool:
    """True where the factors were found on buildings of such sizes in such pixels."""
    return bool(pixel_m >= FINEST_M and min(f.outline.area for f in fits) >= CALIBRATED_M2[kind[0]])


def ratio_value(fit: Fit, other: Fit, crs: str, pixel_m: float) -> Value:
    """Area of one building over that of another, fitted in the same images.

    Args:
        fit: subject; has not failed.
        other: what it is compared with; has not failed.

    Raises:
        DataError: as for `box_values`.
    """
    for one in (fit, other):
        if one.failed:
            raise DataError(f"this fit is not to be used: {one.failed}")
    up, down = sizes(fit.outline, crs), sizes(other.outline, crs)
    out, in_ = (edges("area", length=s.length, width=s.width, pixel_m=pixel_m) for s in (up, down))
    # in fine pixels each roof has details of its own; in others one error of the model is in both
    between = abs(out - in_) if pixel_m >= FINEST_M else hypot(out, in_)
    both = len(set(fit.scenes) & set(other.scenes))
    count = len(set(fit.scenes) | set(other.scenes))
    how = f"areas of two fitted boxes, in logarithms, from {count} dates, {both} of them shared"
    sources = {"subject": spread("area", fit), "comparand": spread("area", other)}
    kind = class_of((fit, other), pixel_m)
    sigma = ratio_spread(fit, other)
    known = _known((fit, other), kind, pixel_m)
    return _value(
        "ratio",
        up.area / down.area,
        "1",
        sigma,
        sources,
        (edge_source(pixel_m), between),
        kind,
        how,
        calibrated=known,
    )


def ratio_spread(fit: Fit, other: Fit) -> float:
    """Standard deviation of the logarithm of the ratio of two areas, before calibration."""
    return hypot(spread("area", fit), spread("area", other), FLOOR["ratio"])


def _value(
    name: str,
    value: float,
    unit: str,
    sigma: float,
    sources: dict[str, float],
    out: tuple[str, float],
    kind: tuple[str, str, str],
    how: str,
    *,
    calibrated: bool,
) -> Value:
    # the budget's squares add to that of the calibrated standard deviation
    told = {**sources, "not in the fit": FLOOR[name]}
    stretch = factor(name, kind) * sigma / sqrt(sum(v**2 for v in told.values())) / NORMAL_90
    told = {s: v * stretch for s, v in told.items()} | ({out[0]: out[1]} if out[1] else {})
    half = NORMAL_90 * sqrt(sum(v**2 for v in told.values()))
    return Value(
        value=value,
        low=value * exp(-half),
        high=value * exp(half),
        unit=unit,
        method=how,
        calibrated_on=CALIBRATED_ON if calibrated else "not calibrated",
        budget={s: value * v for s, v in told.items()},
    )
