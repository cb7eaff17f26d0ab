"""How often claims about size ratios come out right, on simulated measurements.

    python benchmarks/verdicts.py                 # 300 cases, a table
    python benchmarks/verdicts.py --cases 3000 --seed 7

Each case is a site with one new and one existing building whose true ratio of roof areas is known, and two
retellings of it: one true, one false in the way retellings go wrong ("60-70 % the size of" as "60-70 % larger
than"), so that the two toleranced intervals share no value. Claims are bound by the rules and judged by
`sitewatch.assess` as in a case.

**No image is rendered: the measurements are simulated.** Each of both areas gets an independent log-normal error so
that the ratio's standard deviation is 2 % at 3 m a pixel (roofs of 800 m2 and more, several dates) and 12 % at 10 m
(roofs of about 80 x 30 m), which prototypes reached. Three worlds: intervals that are right; intervals stated 1.5
times too narrow; and errors with long tails (Student's t with 4 degrees of freedom, same 90 % quantile).

What a bad world costs shows in the claims that are true and called contradicted; a false claim that is supported is
the one thing that must not happen.
"""

import argparse
import json
import math
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import shapely

from sitewatch.assess.bindings import propose
from sitewatch.assess.findings import assess_claims
from sitewatch.assess.ground import Ground
from sitewatch.assess.ledger import wilson
from sitewatch.assess.verdicts import overall
from sitewatch.types import (
    Claim,
    ClaimSet,
    Event,
    EventKind,
    Gap,
    GapPosterior,
    Measurement,
    Quantity,
    Reading,
    Reference,
    Site,
    Testability,
    Value,
    Verdict,
)

SIGMA = {3.0: 0.02, 10.0: 0.12}
"""Standard deviation of the logarithm of a measured ratio, by ground sampling distance in metres."""
NARROW = 1.5
Z90 = 1.6448536269514722
T4_90 = 2.1318467863266499
"""90 % (two-sided) quantile of Student's t with 4 degrees of freedom."""
PER_CENT = 0.05
IN_WORDS = 0.1
"""Tolerance of a percentage and of a multiple in words, relative."""


@dataclass(frozen=True, slots=True)
class Saying:
    """One way to state a ratio: words, and each interval that they can mean."""

    words: str
    readings: tuple[tuple[float, float], ...]
    tolerance: float

    def toleranced(self) -> list[tuple[float, float]]:
        return [(a * (1 - self.tolerance), b * (1 + self.tolerance)) for a, b in self.readings]


def sayings(rng: random.Random) -> tuple[Saying, Saying]:
    """A statement and a retelling that went wrong, with no value in common."""
    while True:
        n = rng.randrange(15, 95, 5)
        m = n + rng.choice((0, 5, 10))
        number = f"{n}%" if m == n else f"{n}-{m}%"
        a, b = n / 100, m / 100
        share = Saying(f"{number} the size of", ((a, b),), PER_CENT)
        more = Saying(f"{number} larger than", ((1 + a, 1 + b),), PER_CENT)
        less = Saying(f"{number} smaller than", ((1 - b, 1 - a),), PER_CENT)
        twice, half = (
            Saying(f"{w} the size of", ((v, v),), IN_WORDS) for w, v in (("twice", 2.0), ("half", 0.5))
        )
        third = Saying("a third of the size of", ((1 / 3, 1 / 3),), IN_WORDS)
        thrice = Saying("three times bigger than", ((3.0, 3.0), (4.0, 4.0)), IN_WORDS)
        half_more = Saying("half as large again as", ((1.5, 1.5),), IN_WORDS)
        same = Saying("similar in size to", ((1.0, 1.0),), IN_WORDS)
        pairs = (
            (share, more), (share, less), (more, share), (more, less), (less, share), (less, more), (share, twice),
            (twice, half), (half, twice), (third, thrice), (half_more, half), (half, half_more), (same, twice),
            (twice, thrice),
        )  # fmt: skip
        true, false = rng.choice(pairs)
        low, high = true.toleranced()[0]
        if low > 0.1 and all(high < x or y < low for x, y in false.toleranced()):
            return true, false


def claim(name: str, saying: Saying) -> Claim:
    quote = f"The new hall is {saying.words} the existing hall"
    readings = tuple(Reading(a, b, f"{a:g} to {b:g} times") for a, b in saying.readings)
    quantity = Quantity(
        text=saying.words,
        low=readings[0].low,
        high=readings[0].high,
        tolerance=saying.tolerance,
        unit="1",
        relation="ratio",
        comparand="the existing hall",
        readings=readings,
        dimension="size",
    )
    return Claim(
        id=name, source=name, quote=quote, start=0, end=len(quote), prefix="", suffix="", type="comparison",
        polarity="positive", attribution=(), hedges=(), subject="the new hall", predicate=None, object=None,
        quantity=quantity, time=None, testable=Testability("yes", "roof areas", "area_ratio", 10.0),
    )  # fmt: skip


def measured(rng: random.Random, name: str, true: float, gsd: float, world: str) -> Measurement:
    sigma = SIGMA[gsd] / math.sqrt(2)
    error = rng.gauss(0, sigma)
    if world == "long tails":
        t = rng.gauss(0, 1) / math.sqrt(rng.gammavariate(2, 2) / 4)
        error = t * sigma * Z90 / T4_90
    stated = sigma / NARROW if world == "too narrow" else sigma
    value = true * math.exp(error)
    factor = math.exp(Z90 * stated)
    return Measurement(
        name, "area", Value(value, value / factor, value * factor, "m2", "simulated", calibrated_on="simulation"),
        (), True,
    )  # fmt: skip


def site(rng: random.Random, ratio: float, gsd: float, world: str) -> Ground:
    area = rng.uniform(2000, 4000)
    event = Event(
        id="E-1", site="works", kind=EventKind.APPEARED, outline=shapely.box(0, 0, 60, 30), crs="EPSG:32635",
        posterior=GapPosterior((Gap(date(2024, 1, 1), date(2024, 2, 1), 1.0),)), probability=0.95,
        calibrated_on="simulation", area_m2=None, area_m2_low=None, area_m2_high=None, detector="none", scenes=(),
    )  # fmt: skip
    hall = Reference("existing hall", "works", shapely.box(27.01, 45.11, 27.02, 45.12))
    return Ground(
        Site("works", shapely.box(27, 45, 28, 46)),
        (event,),
        (hall,),
        (
            measured(rng, "E-1", area * ratio, gsd, world),
            measured(rng, hall.name, area, gsd, world),
        ),
    )


def study(cases: int, seed: int, world: str) -> Iterator[tuple[float, str, Verdict]]:
    """Pixel size, "true" or "false", and verdict for both retellings of each case; half of the cases at 3 m."""
    rng = random.Random(f"{seed} {world}")
    for i in range(cases):
        gsd = (3.0, 10.0)[i % 2]
        true, false = sayings(rng)
        low, high = rng.choice(true.toleranced())
        ratio = math.exp(rng.uniform(math.log(low), math.log(high)))
        ground = site(rng, ratio, gsd, world)
        for truth, saying in (("true", true), ("false", false)):
            one = claim(truth, saying)
            found = assess_claims(ClaimSet((one,), (), ()), propose([one], [ground]), [ground])
            yield gsd, truth, overall(found)


def table(cases: int, seed: int) -> dict[str, dict[str, dict[str, int]]]:
    """Counts by world, by "GSD true/false", by verdict."""
    result: dict[str, dict[str, dict[str, int]]] = {}
    for world in ("as stated", "too narrow", "long tails"):
        counts = Counter(study(cases, seed, world))
        result[world] = {
            f"{gsd:g} m, {truth}": {v.value: counts[gsd, truth, v] for v in Verdict}
            for gsd in SIGMA
            for truth in ("true", "false")
        }
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--cases", type=int, default=300, help="both pixel sizes together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = table(options.cases, options.seed)
    if options.json:
        print(json.dumps(found, indent=1))
        return
    print(f"{options.cases} cases, seed {options.seed}; simulated measurements, no image")
    print(
        f"{'intervals':<12}{'claims':<14}{'supported':>11}{'contradicted':>14}{'undecided':>11}   right, 90 %"
    )
    for world, rows in found.items():
        for name, row in rows.items():
            s, c, u = (row[v.value] for v in Verdict)
            right = c if name.endswith("false") else s
            low, high = wilson(right, s + c + u)
            print(
                f"{world:<12}{name:<14}{s:>11}{c:>14}{u:>11}   {right / (s + c + u):.3f} ({low:.3f}-{high:.3f})"
            )


if __name__ == "__main__":
    main()
