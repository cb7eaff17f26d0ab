"""Scenarios drawn at random: varied sites to calibrate and to evaluate detectors on."""

from datetime import date, timedelta

import numpy as np

from sitewatch.simulate import plan
from sitewatch.simulate.distract import distract
from sitewatch.simulate.draft import Draft
from sitewatch.simulate.happenings import happenings
from sitewatch.simulate.noise import stream


def random_scenario(
    seed: int,
    *,
    gsd: float = 3.0,
    dates: int | None = 32,
    events: bool = True,
    size_m: float = 720.0,
    start: date = date(2023, 1, 1),
    years: float | None = 2.0,
    weather: plan.Weather | None = None,
    sensor: plan.Sensor | None = None,
    variant: str = "base",
) -> plan.Scenario:
    """A site of its own for each seed: relief, plants, roads, fields, woods, buildings, events, distractors.

    What is drawn, and how widely, is listed in docs/reference/scenario.md, as are the seeds kept for training, for
    thresholds and for evaluation.

    Args:
        gsd: pixel size in metres; with `sensor`, that one's is taken instead.
        dates: number of scenes over `years` from `start`; None draws 8 to 40.
        events: False leaves out all events and keeps the distractors: what is then found is false.
        size_m: side of the site; below about 300 m few things find room.
        years: None draws 1 to 3.
        weather, sensor: instead of drawn ones.
        variant: "base", or "shifted" for materials, seasons, land and clouds of another family: see
            `sitewatch.simulate.shifted`.

    Raises:
        UsageError: the values do not make a scenario (see `plan.Scenario`).
    """
    rng = stream(seed, "site")
    count = int(np.exp(rng.uniform(np.log(8), np.log(41))))
    span = float(rng.uniform(1, 3))
    dates, years = count if dates is None else dates, span if years is None else years
    sensor = sensor or _sensor(stream(seed, "sensor"), gsd)
    draft = Draft(seed, size_m, sensor.gsd_m, start, start + timedelta(days=round(365.25 * years)))
    draft.roads()
    draft.yards()
    draft.old_buildings()
    if events:
        happenings(draft)
    draft.landscape()
    distract(draft)
    south = rng.uniform() < 0.15
    return plan.Scenario(
        name=f"Random site {seed}",
        lat=float(rng.uniform(-42, -15) if south else rng.uniform(8, 54)),
        lon=float(rng.uniform(-120, 140)),
        size_m=size_m,
        start=draft.start,
        end=draft.end,
        count=dates,
        seed=seed,
        relief_m=float(np.exp(rng.uniform(np.log(0.5), np.log(20)))),
        bumps_m=float(np.exp(rng.uniform(np.log(0.03), np.log(1.0)))),
        gain_spread=float(rng.uniform(0.05, 0.22)),
        hue_spread=float(rng.uniform(0.0, 0.07)),
        variant=variant,
        ground=_ground(rng),
        sensor=sensor,
        weather=weather or _weather(stream(seed, "weather")),
        areas=tuple(draft.areas),
        buildings=tuple(draft.buildings),
        events=tuple(draft.events),
        distractors=tuple(draft.distractors),
    )


def _ground(rng: np.random.Generator) -> plan.Ground:
    arid = rng.uniform() < 0.25
    also = str(rng.choice(["scrub", "deciduous", "conifer", "steppe", "meadow"]))
    return plan.Ground(
        plants="steppe" if arid else str(rng.choice(["grass", "grass", "meadow", "scrub"])),
        bare="sand"
        if arid and rng.uniform() < 0.6
        else str(rng.choice(["soil", "soil", "dug_soil", "rock"])),
        share=float(rng.uniform(0.1, 0.6) if arid else rng.uniform(0.4, 0.97)),
        patch_m=float(rng.uniform(25, 160)),
        edge=float(np.exp(rng.uniform(np.log(0.05), np.log(1.5)))),
        also=also if rng.uniform() < 0.5 else None,
        also_share=float(rng.uniform(0.05, 0.4)),
        late_days=float(rng.normal(0, 12)),
        vigour=float(rng.uniform(0.55, 1.1)),
    )


def _sensor(rng: np.random.Generator, gsd: float) -> plan.Sensor:
    u = rng.uniform(size=6)
    side = 28.0 if gsd < 1.5 else 13.0
    return plan.Sensor(
        gsd_m=gsd,
        psf_sigma_px=float(0.3 + 0.3 * u[0]),
        noise=float(0.0015 * 7 ** u[1]),
        max_shift_px=float(0.5 + 2.5 * u[2]),
        max_view_deg=float(3 + (side - 3) * u[3]),
        gain_sigma=float(0.008 * 8 ** u[4]),
        drift=float(0.03 * (2 * u[5] - 1)),
    )


def _weather(rng: np.random.Generator) -> plan.Weather:
    u = rng.uniform(size=11)
    return plan.Weather(
        cloudy=float(0.2 + 0.45 * u[0]),
        max_cover=float(0.35 + 0.5 * u[1]),
        hazy=float(0.05 + 0.35 * u[2]),
        haze_max=float(0.04 + 0.11 * u[3]),
        thin=float(0.3 * u[4]),
        ragged=float(u[5]),
        snowy=float(0.8 * u[6]),
        # never quite 0, so that a draw is spent on it at every site
        snow_unmarked=float([1e-9, 0.5, 1.0][int(3 * u[7])]),
        partial=float(0.1 * u[8]),
        mask_misses=float(0.45 * u[9]),
        mask_eats_bright=float(0.6 * u[10]),
    )
