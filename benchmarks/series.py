"""Abrupt change in pixel series: this package's step test beside COLD, S-CCD, nrt and ruptures, on the same arrays.

    python benchmarks/series.py [--pixels 20000] [--slow 1000] [--seed 1] [--plot FILE]

Ten years, 300 dates, six bands, as scaled integers. Half of the pixels change from vegetation to something built.
`easy`: every date usable but for 4 % of clouds that no mask caught; one abrupt change. `hard`: winters mostly
missing, about a third of the dates masked, missed clouds and shadows that come in runs, slow trends, seasons that
differ from year to year, noise with memory, changes of part of a pixel that take up to four months.

Recall: changed pixels with a break within 200 days of the truth. False alarm: unchanged pixels with any break.
Extra: breaks elsewhere for each changed pixel. Delay: days from the change to the reported date, median of the
recalled. The peers get the first `--slow` pixels; all methods are scored on these, this package also on all, from
which its speed is taken. CPU seconds of the process; for this package the median of three runs. Seeds 1000-1999 are
for tuning.
"""

import argparse
import datetime
import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import common
import numpy as np
import numpy.typing as npt

from sitewatch.change import background, steps

Floats = npt.NDArray[np.float64]
Breaks = list[npt.NDArray[np.float64]]
"""For each pixel the ordinals of its reported breaks."""

LEVEL, LASTING = 270.0, 19.0
"""Least joint statistic of the best step, and of the contrast of the six looks on each side, for a report; chosen on
seeds 1001-1004, 1006 and 1007."""
LOOKS = 6
"""Looks that must agree after a change: COLD's default."""
START = datetime.date(2016, 1, 1).toordinal()
DAYS, DATES, NEAR = 3650, 300, 200
VEGETATION = np.array([0.045, 0.065, 0.060, 0.260, 0.200, 0.120])
SWING = np.array([0.006, 0.009, 0.015, 0.070, 0.030, 0.025])
BUILT = np.array([[0.14, 0.17, 0.19, 0.23, 0.25, 0.22], [0.09, 0.12, 0.16, 0.22, 0.31, 0.27]])
"""Concrete and bare soil."""


@dataclass(frozen=True)
class Series:
    """Simulated pixels."""

    values: npt.NDArray[np.int16]
    """(date, band, pixel) reflectance times 10,000."""
    masked: npt.NDArray[np.bool_]
    """(date, pixel) True where the mask says cloud."""
    ordinals: npt.NDArray[np.int64]
    """(date,)."""
    change: Floats
    """(pixel,) ordinal of the change; NaN where there is none."""

    def first(self, pixels: int) -> "Series":
        """The first pixels alone."""
        return Series(self.values[..., :pixels], self.masked[:, :pixels], self.ordinals, self.change[:pixels])


def simulate_many(seed: int, pixels: int, *, hard: bool) -> Series:
    """As `simulate`, 2,000 pixels at a time to spare memory; all share their dates."""
    days = dates(np.random.default_rng(seed), hard=hard)
    parts = [
        simulate(np.random.default_rng([seed, first]), min(2000, pixels - first), days, hard=hard)
        for first in range(0, pixels, 2000)
    ]
    joined = [
        np.concatenate([getattr(p, name) for p in parts], axis=-1) for name in ("values", "masked", "change")
    ]
    return Series(joined[0], joined[1], START + days.astype(np.int64), joined[2])


def dates(rng: np.random.Generator, *, hard: bool) -> Floats:
    """Days since the start; in the hard set three of four winter dates are missing."""
    days = np.sort(rng.choice(np.arange(0, DAYS, 5), DATES, replace=False)).astype(float)
    if hard:
        keep = (np.abs((days % 365.25) - 182) < 120) | (rng.random(DATES) < 0.25)
        spare = np.setdiff1d(np.arange(0, DAYS, 5), days)
        spare = spare[np.abs((spare % 365.25) - 182) < 120]
        days = np.sort(np.r_[days[keep], rng.choice(spare, DATES - keep.sum(), replace=False)])
    return days


def simulate(rng: np.random.Generator, pixels: int, days: Floats, *, hard: bool) -> Series:
    """Series with known truth."""
    years = days[:, None] / 365.25
    phase = 3.4 + rng.uniform(-0.3, 0.3, pixels)
    swing = np.ones((DATES, pixels))
    if hard:
        year = np.minimum(years.astype(int), 9)[:, 0]
        phase = phase + rng.normal(0, 0.14, (10, pixels))[year]
        swing = rng.lognormal(0, 0.15, (10, pixels))[year]
    season = np.cos(2 * np.pi * years - phase) * swing
    scale = rng.normal(1, 0.12, (6, pixels))
    natural = (VEGETATION[:, None] + SWING[:, None] * season[:, None]) * scale
    when = np.where(np.arange(pixels) % 2 == 0, rng.uniform(1300, 3000, pixels), np.inf)
    if hard:
        trend = rng.uniform(-0.2, 0.2, pixels) * (rng.random(pixels) < 0.5)
        natural *= (1 + trend * (years / 10 - 0.5))[:, None]
        part, ramp = rng.uniform(0.3, 1, pixels), rng.uniform(1, 120, pixels)
        built = BUILT[rng.integers(0, 2, pixels)].T * scale
    else:
        part, ramp = np.ones(pixels), np.full(pixels, 1e-3)
        built = BUILT[0][:, None] * scale
    share = part * np.clip((days[:, None] - when) / ramp, 0, 1)
    truth = natural + share[:, None] * (built + 0.005 * np.cos(2 * np.pi * years)[:, None] - natural)
    truth += rng.normal(0, 1, truth.shape) * (0.0025 + 0.03 * truth)
    masked = np.zeros((DATES, pixels), bool)
    cloud = rng.random((DATES, pixels)) < 0.04
    if hard:
        haze = np.zeros((DATES, pixels))
        for t in range(DATES):  # thin haze and calibration errors with memory
            haze[t] = 0.6 * haze[t - 1] + rng.normal(0, 0.004, pixels) if t else 0
        truth += haze[:, None] * np.array([1.3, 1.1, 1.0, 0.7, 0.4, 0.3])[:, None]
        masked = rng.random((DATES, pixels)) < 0.33
        cloud[1:] |= cloud[:-1] & (rng.random((DATES - 1, pixels)) < 0.2)
        shadow = rng.random((DATES, pixels)) < 0.02
        truth *= np.where(shadow, rng.uniform(0.4, 0.8, (DATES, pixels)), 1)[:, None]
        truth += masked[:, None] * rng.uniform(0.05, 0.5, (DATES, 1, pixels))
    truth += cloud[:, None] * rng.uniform(0.08, 0.4, truth.shape)
    values = np.clip(truth * 1e4, 1, 10000).astype(np.int16)
    ordinals = START + days.astype(np.int64)
    return Series(values, masked, ordinals, np.where(np.isfinite(when), START + when, np.nan))


def ours(series: Series) -> Breaks:
    """The best step of each pixel, where it stands out and lasts."""
    work, inverse = step_test(series)
    best = work()
    contrast = best.contrast / best.sigma
    # The difference of two medians of n looks varies by about (pi / 2) (2 / n).
    lasting = np.einsum("bp,bc,cp->p", contrast, inverse, contrast) * LOOKS / np.pi
    reported = (best.statistic > LEVEL) & (lasting > LASTING)
    dates = series.ordinals[best.after].astype(float)
    return [dates[p : p + 1] if reported[p] else dates[:0] for p in range(len(dates))]


def step_test(series: Series) -> tuple[Callable[[], steps.Best], steps.Array]:
    """The step test, all that is the site's known, and the inverse correlation of the bands."""
    values = series.values
    weight = (~series.masked).astype(np.float32)
    days = series.ordinals.astype(float)
    slope = (days - days.mean()) / (days[-1] - days[0])
    design = np.column_stack([background.harmonics(days, 2), slope]).astype(np.float32)
    floor = steps.noise_floor(values, weight, design)
    inverse = _inverse_correlation(values, weight, design, floor)
    options = {"min_side": LOOKS, "inverse": inverse, "level": LEVEL}
    return lambda: steps.best(values, weight, design, None, floor, **options), inverse


def _inverse_correlation(
    values: npt.NDArray[np.int16], weight: steps.Array, design: steps.Array, floor: steps.Array
) -> steps.Array:
    """Between the bands, from what changes from one date to the next in 200 pixels: steps hardly count in that."""
    some = np.unique(np.linspace(0, values.shape[2] - 1, 200).astype(int))
    fitted = steps.fit(values[..., some], weight[:, some], design, None, floor)
    scaled = np.clip(fitted.residual / np.maximum(fitted.sigma, floor[:, None]), -4, 4)
    both = fitted.weight[1:] * fitted.weight[:-1] > 0
    correlation = np.corrcoef(np.diff(scaled, axis=0).transpose(1, 0, 2)[:, both])
    return np.linalg.inv(correlation + 0.05 * np.eye(len(correlation))).astype(np.float32)


def cold(series: Series) -> Breaks:
    """COLD (Zhu et al. 2020), its defaults; a constant stands for the thermal band."""
    from pyxccd import cold_detect  # noqa: PLC0415

    def one(
        dates: npt.NDArray[np.int64], bands: npt.NDArray[np.int64], quality: npt.NDArray[np.int64]
    ) -> Floats:
        found = cold_detect(dates, *bands, np.full(len(dates), 2900), quality)
        return found["t_break"][found["change_prob"] == 100]

    return _each(series, one)


def sccd(series: Series) -> Breaks:
    """S-CCD (Ye et al. 2021), its defaults."""
    from pyxccd import sccd_detect  # noqa: PLC0415

    def one(
        dates: npt.NDArray[np.int64], bands: npt.NDArray[np.int64], quality: npt.NDArray[np.int64]
    ) -> Floats:
        found = sccd_detect(dates, *bands, quality).rec_cg
        return found["t_break"] if len(found) else np.zeros(0)

    return _each(series, one)


def _each(series: Series, one: Callable[..., Floats]) -> Breaks:
    values = np.ascontiguousarray(series.values.transpose(2, 1, 0)).astype(np.int64)
    quality = np.ascontiguousarray(series.masked.T).astype(np.int64) * 4  # Fmask's code of cloud
    found: Breaks = []
    for bands, mask in zip(values, quality, strict=True):
        try:
            found.append(np.asarray(one(series.ordinals, bands, mask), float))
        except RuntimeError:  # no model could be fitted
            found.append(np.zeros(0))
    return found


def nrt(series: Series) -> Breaks:
    """CCDC of nrt on the vegetation index: history to mid 2019, then monitored date by date."""
    import pandas as pd  # noqa: PLC0415
    import xarray as xr  # noqa: PLC0415
    from nrt.monitor.ccdc import CCDC  # noqa: PLC0415

    side = int(np.sqrt(series.values.shape[2]))
    times = pd.to_datetime([datetime.date.fromordinal(int(d)) for d in series.ordinals])

    def image(values: Floats) -> xr.DataArray:
        clear = np.where(series.masked, np.nan, values)[:, : side * side].astype(np.float32)
        coordinates = {"time": times, "y": -10.0 * np.arange(side), "x": 10.0 * np.arange(side)}
        return xr.DataArray(clear.reshape(-1, side, side), dims=("time", "y", "x"), coords=coordinates)

    bands = series.values.transpose(1, 0, 2).astype(float)
    index = image((bands[3] - bands[2]) / (bands[3] + bands[2]))
    history, monitored = slice("2016-01-01", "2019-06-30"), slice("2019-07-01", "2026-12-31")
    model = CCDC(trend=True)
    green, swir = (image(bands[b]).sel(time=history) for b in (1, 4))
    model.fit(
        dataarray=index.sel(time=history),
        method="CCDC-stable",
        screen_outliers="CCDC_RIRLS",
        green=green,
        swir=swir,
        scaling_factor=10000,
    )
    late = index.sel(time=monitored)
    for array, when in zip(late.values, late.time.values.astype("M8[s]").tolist(), strict=True):
        model.monitor(array=array, date=when)
    epoch = datetime.date(1970, 1, 1).toordinal()
    found = model.detection_date.ravel().astype(float) + epoch
    return [found[p : p + 1] if flag == 3 else found[:0] for p, flag in enumerate(model.mask.ravel())]


def ruptures(series: Series, penalty: float = 300.0) -> Breaks:
    """KernelCPD (linear kernel) of ruptures on what least-squares harmonics and a trend leave, in units of its noise
    and held to three of them; the penalty was chosen on seed 1001."""
    from ruptures import KernelCPD  # noqa: PLC0415

    days = series.ordinals.astype(float)
    design = np.column_stack([background.harmonics(days, 2), (days - days.mean()) / 3650])
    found: Breaks = []
    for p in range(series.values.shape[2]):
        use = ~series.masked[:, p]
        values, columns = series.values[use, :, p] * 1e-4, design[use]
        rest = values - columns @ np.linalg.lstsq(columns, values, rcond=None)[0]
        rest /= np.median(np.abs(np.diff(rest, axis=0)), axis=0) * 1.4826 / np.sqrt(2)
        ends = KernelCPD(kernel="linear", min_size=LOOKS).fit(np.clip(rest, -3, 3)).predict(pen=penalty)
        found.append(days[use][np.array(ends[:-1], int)])
    return found


METHODS: dict[str, tuple[str, Callable[[Series], Breaks]]] = {
    "sitewatch": ("sitewatch", ours),
    "COLD (pyxccd)": ("pyxccd", cold),
    "S-CCD (pyxccd)": ("pyxccd", sccd),
    "CCDC (nrt)": ("nrt", nrt),
    "KernelCPD (ruptures)": ("ruptures", ruptures),
}
"""Module and method."""


def score(found: Breaks, change: Floats) -> common.Row:
    """Recall, false alarms, other breaks of changed pixels, delay, and number of pixels of each kind."""
    delays, extra, alarms = [], 0, 0
    for breaks, truth in zip(found, change, strict=False):
        if np.isnan(truth):
            alarms += len(breaks) > 0
            continue
        near = breaks[np.abs(breaks - truth) <= NEAR]
        extra += len(breaks) - len(near)
        if len(near):
            delays.append(float(near[np.argmin(np.abs(near - truth))] - truth))
    changed = int(np.isfinite(change[: len(found)]).sum())
    unchanged = len(found) - changed
    return {
        "recall": round(len(delays) / changed, 4),
        "false alarm": round(alarms / unchanged, 4),
        "extra": round(extra / changed, 4),
        "delay d": round(float(np.median(delays)), 1) if delays else "",
        "changed": changed,
        "unchanged": unchanged,
    }


def run(seed: int, pixels: int, slow: int) -> list[common.Row]:
    """All methods on both sets."""
    rows: list[common.Row] = []
    for name, hard in (("easy", False), ("hard", True)):
        series = simulate_many(seed, pixels, hard=hard)
        for method, (module, work) in METHODS.items():
            if common.peer(module) is None:
                continue
            work(series.first(16))  # compiles what is compiled at first use
            mine = module == "sitewatch"
            part = series if mine else series.first(slow)
            found, seconds = common.cpu(lambda w=work, s=part: w(s), 3 if mine else 1)
            speed = {"set": name, "method": method, "pixels/s": round(len(found) / seconds, 1)}
            rows.append({**speed, **score(found[:slow], series.change)})
            if mine:
                rows.append({**speed, "method": f"{method}, all pixels", **score(found, series.change)})
    return rows


def beside(seed: int, pixels: int, slow: int, runs: int) -> list[common.Row]:
    """Pixels/s of COLD, of this package from integers to dates and of its step test alone, in turns."""
    rows: list[common.Row] = []
    for name, hard in (("easy", False), ("hard", True)):
        series = simulate_many(seed, pixels, hard=hard)
        few = series.first(slow)
        cold(few.first(16))
        alone, _ = step_test(series)
        for _ in range(runs):
            seconds = [
                common.cpu(work)[1] for work in (lambda s=few: cold(s), lambda s=series: ours(s), alone)
            ]
            speed = np.array([slow, pixels, pixels]) / seconds
            rows.append(
                {
                    "set": name,
                    "COLD": round(speed[0], 1),
                    "whole": round(speed[1], 1),
                    "step test": round(speed[2], 1),
                    "whole, times": round(speed[1] / speed[0], 1),
                    "step test, times": round(speed[2] / speed[0], 1),
                }
            )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pixels", type=int, default=20000)
    parser.add_argument("--slow", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--beside", type=int, metavar="RUNS", help="only speeds, beside COLD, in turns")
    parser.add_argument("--plot", type=Path, help="recall and false alarms against speed, as PNG")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    warnings.filterwarnings("ignore")  # of the peers
    if args.beside:
        print(common.table(beside(args.seed, args.pixels, args.slow, args.beside)))
        return
    missing = sorted({module for module, _ in METHODS.values() if common.peer(module) is None})
    if missing:
        print(
            f"not installed, so left out: {', '.join(missing)} (pip install -r benchmarks/requirements.txt)\n"
        )
    rows = run(args.seed, args.pixels, args.slow)
    print(common.table(rows))
    if args.plot:
        shown = [r for r in rows if not str(r["method"]).endswith("all pixels")]
        common.scatter(args.plot, shown, "pixels/s", "recall", group="set")
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
