"""What an object is like, among the others of its site."""

from dataclasses import replace

import numpy as np
import pytest

from sitewatch.change.blobs import Blob, Shown
from sitewatch.change.calibration import CURVE, probability
from sitewatch.change.dated import Dated
from sitewatch.change.network import KINDS
from sitewatch.change.traits import NAMES, traits
from sitewatch.types import EventKind


def site(**planes: np.ndarray) -> Shown:
    """Shares by kind, 0 elsewhere, on 40 x 40 pixels."""
    share = np.zeros((3, 40, 40), np.float32)
    for kind, plane in planes.items():
        share[["altered", "appeared", "removed"].index(kind)] = plane
    return Shown(share, np.zeros((2, 40, 40), np.int16), np.zeros((2, 40, 40), np.float32))


def thing(kind: EventKind, rows: slice, cols: slice, shown: Shown, **other: object) -> Dated:
    """A rectangle that changed by 0.5 in its second tone."""
    blob = Blob(kind, (rows, cols), np.ones((rows.stop - rows.start, cols.stop - cols.start), bool),
                shown.share[1][rows, cols], (), ())  # fmt: skip
    dated = Dated(
        blob,
        np.arange(2),
        np.ones(1),
        20.0,
        np.zeros(2),
        np.array([0.1, -0.5]),
        np.array([[0, 0], [0.1, -0.5]]),
    )
    return replace(dated, **other)  # type: ignore[arg-type]


def plane(value: float, rows: slice, cols: slice) -> np.ndarray:
    result = np.zeros((40, 40), np.float32)
    result[rows, cols] = value
    return result


def test_a_lone_roof() -> None:
    rows, cols = slice(10, 15), slice(20, 28)
    share = plane(0.5, rows, cols)
    share[12, 22] = 0.9
    shown = site(appeared=share, altered=plane(0.25, rows, slice(20, 24)))
    (row,) = traits([thing(EventKind.APPEARED, rows, cols, shown)], shown, 3.0)
    told = dict(zip(NAMES, row, strict=True))
    mean = (39 * 0.5 + 0.9) / 40
    assert told["share"] == pytest.approx(np.log(mean / (1 - mean)), abs=1e-5)
    assert told["peak"] == pytest.approx(np.log(9), abs=1e-5)
    assert told["rival"] == pytest.approx(0.125)
    assert told["around"] == pytest.approx(np.log(0.001 / 0.999))
    assert told["width"] == pytest.approx(np.log(5), abs=0.02)  # the middle row is 3 pixels from the outside
    assert told["size"] == pytest.approx(np.log(40))
    assert told["fill"] == pytest.approx(1)
    assert told["step"] == pytest.approx(np.log(0.501))
    assert told["gain"] == pytest.approx(np.log(21))
    assert told["stands"] == pytest.approx(np.log(np.hypot(0.1, 0.5) + 0.03))
    assert told["rests"] == pytest.approx(np.log(0.03))  # as its surroundings before
    assert [told[k] for k in ("beside", "standing", "pixel")] == [0, 0, 0]
    assert told["looks"] == pytest.approx(np.log(8 / 16))  # two, held to the least that was fitted


def test_a_smaller_piece_lies_beside_a_larger_one_of_its_kind() -> None:
    shown = site(appeared=plane(0.8, slice(0, 40), slice(0, 40)))
    large = thing(EventKind.APPEARED, slice(5, 15), slice(5, 15), shown)
    near = thing(EventKind.APPEARED, slice(5, 8), slice(20, 23), shown)  # five pixels on: 15 m
    far = thing(EventKind.APPEARED, slice(5, 8), slice(30, 33), shown)
    other = thing(EventKind.REMOVED, slice(16, 19), slice(5, 8), shown, parent=0)
    told = traits([large, near, far, other], shown, 3.0)
    assert told[:, NAMES.index("beside")].tolist() == [0, 1, 0, 0]
    assert told[:, NAMES.index("standing")].tolist() == [0, 0, 0, 1]
    # what is removed stood out before
    assert (told[:3, NAMES.index("stands")] > told[:3, NAMES.index("rests")]).all()
    assert told[3, NAMES.index("stands")] < told[3, NAMES.index("rests")]
    assert traits([large, near, far], shown, 10.0)[:, NAMES.index("beside")].tolist() == [0, 0, 0]
    assert traits([], shown, 3.0).shape == (0, len(NAMES))


@pytest.mark.parametrize(
    ("kind", "shadow"), [(EventKind.APPEARED, 0.2), (EventKind.REMOVED, -0.2), (EventKind.ALTERED, 0.2)]
)
def test_a_new_shadow_speaks_for_what_appeared_and_against_a_removal(kind: EventKind, shadow: float) -> None:
    shown = site(appeared=plane(0.8, slice(0, 40), slice(0, 40)))
    told = traits([thing(kind, slice(5, 9), slice(5, 9), shown, shade=-0.2)], shown, 3.0)[0]
    assert told[NAMES.index("shadow")] == pytest.approx(shadow)
    # a wall of another colour next to it is not a shadow
    much = traits([thing(kind, slice(5, 9), slice(5, 9), shown, shade=-0.9)], shown, 3.0)[0]
    assert np.abs(much[NAMES.index("shadow")]) <= 0.3


def test_every_kind_has_its_own_curve() -> None:
    assert tuple(CURVE) == ("constant", *NAMES)
    row = np.full(len(NAMES), 0.5)
    row[NAMES.index("gain")], row[NAMES.index("beside")] = 8, 0
    for column, kind in enumerate(KINDS):
        constant, *weights = (values[column] for values in CURVE.values())
        odds = np.exp(constant + sum(w * x for w, x in zip(weights, row, strict=True)))
        assert probability(kind, row.tolist()) == pytest.approx(max(odds / (1 + odds), 0.02))
    assert len({probability(kind, row.tolist()) for kind in KINDS}) == 3
