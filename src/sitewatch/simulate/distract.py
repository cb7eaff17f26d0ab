"""What changes at a random site without being an event, drawn onto a draft."""

from datetime import timedelta

import numpy as np
import shapely

from sitewatch.simulate import plan
from sitewatch.simulate.draft import ROOFS, Draft
from sitewatch.simulate.noise import stream
from sitewatch.simulate.outline import areal


def distract(draft: Draft) -> None:
    rng = stream(draft.seed, "distractors")
    gone = {e.of for e in draft.events if isinstance(e, plan.Removal)}
    stay = [
        b
        for b in draft.buildings
        if b.name not in gone and b.what == "building" and not b.reference and b.shape.area > 60
    ]
    repainted = min(len(stay), int(rng.integers(0, 5)))
    for i, building in enumerate(stay[:repainted]):
        roof = str(rng.choice([r for r in ROOFS if r != building.roof]))
        draft.distractors.append(plan.Repaint(f"repaint-{i + 1}", building.name, draft.day(rng), roof))
    if len(stay) > repainted and rng.uniform() < 0.4:
        day = draft.day(rng)
        end = day + timedelta(days=int(rng.integers(40, 260)))
        draft.distractors.append(plan.Scaffold("scaffold", stay[repainted].name, day, end))
    for i in range(rng.integers(0, 4)):
        yard = draft.place(rng, rng.uniform(12, 90), rng.uniform(8, 35), inset=0.05)
        if yard is not None:
            draft.areas.append(
                plan.Area(f"park {i + 1}", yard, str(rng.choice(["gravel", "asphalt", "concrete"])))
            )
            size = (float(rng.uniform(4.5, 14)), float(rng.uniform(2, 3.2)))
            count = int(rng.integers(1, max(2, int(min(14, yard.area / 90)) + 1)))
            days = int(rng.choice([1, 1, 20, 70]))
            draft.distractors.append(plan.Vehicles(f"vehicles-{i + 1}", yard, count, size, days))
    for i in range(rng.integers(0, 4)):
        pond = draft.place_blob(rng, float(rng.uniform(5, 32)))
        if pond is not None:
            draft.distractors.append(plan.Pond(f"pond-{i + 1}", pond, float(rng.uniform(2, 10))))
    if rng.uniform() < 0.5:
        heaps = draft.place(rng, rng.uniform(15, 70), rng.uniform(10, 30), inset=0.05)
        if heaps is not None:
            material = str(rng.choice(["coal", "gravel", "sand", "dug_soil", "rubble"]))
            height = float(rng.uniform(2, 7))
            draft.distractors.append(plan.Stockpile("stockpile", heaps, material, height))
    _changing_land(draft, rng)


def _changing_land(draft: Draft, rng: np.random.Generator) -> None:
    """Trees cut and planted, burnt and flooded ground, all clear of what is built."""
    built = shapely.union_all([*draft.taken, *(a.shape for a in draft.areas if a.cover != "crop")])
    for chance, what in ((0.35, "cut"), (0.2, "planted")):
        if rng.uniform() < chance:
            crowns = areal(draft.crowns(rng, int(rng.integers(1, 12))).difference(built))
            day, cover = draft.day(rng), str(rng.choice(["deciduous", "conifer"]))
            if not crowns.is_empty:
                trees = plan.Trees(
                    f"trees-{what}",
                    crowns,
                    cover,
                    float(rng.uniform(4, 14)),
                    day if what == "cut" else None,
                    day if what == "planted" else None,
                )
                draft.distractors.append(trees)
    for chance, what in ((0.2, "burnt"), (0.2, "flooded")):
        if rng.uniform() < chance:
            ground = areal(draft.blob(rng, float(rng.uniform(15, 80))).difference(built))
            day, days = draft.day(rng), int(rng.integers(30, 240))
            if ground.area > 200:
                draft.distractors.append(
                    plan.Burn("burnt", ground, day, float(days))
                    if what == "burnt"
                    else plan.Flood("flooded", ground, day, day + timedelta(days=days // 2))
                )
