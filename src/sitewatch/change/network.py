"""The change network: from the maps of a site to the share of each pixel that an event covers, by kind.

A small U-Net trained on the package's own simulator alone (`training/` in the source tree says how, command for
command). It knows nothing of dates: the step maps carry them, and `change.dating` dates what it finds.
"""

from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from sitewatch.change.planes import CHANNELS, SUN
from sitewatch.errors import DataError
from sitewatch.types import EventKind

Array = npt.NDArray[np.float32]

KINDS = (EventKind.ALTERED, EventKind.APPEARED, EventKind.REMOVED)
"""Order of the shares."""
WEIGHTS = "change.onnx"
MULTIPLE = 8
"""Windows start at, and are as long as, multiples of this in the site's grid: the network halves them three times."""
VIEWS = ((0, False), (1, True), (2, False), (3, True))
"""Quarter turns, and whether mirrored: the maps are shown in each way and the shares averaged, since what was built
does not depend on where north is. All eight ways gain next to nothing over these
(docs/decisions/0004-change-network.md)."""
HALO = 48
"""Pixels beyond which a share does not depend on the maps: two convolutions at each of four scales, down and up."""


def shares(planes: Array) -> Array:
    """Share (kind, y, x) of each pixel that an event of `KINDS` covers, 0..1.

    Args:
        planes: (CHANNELS, y, x) from `change.maps`; sides are filled up to a multiple of `MULTIPLE`.

    Raises:
        DataError: another number of planes.
    """
    if planes.ndim != 3 or planes.shape[0] != CHANNELS:
        raise DataError(f"maps of shape {planes.shape}; expected ({CHANNELS}, y, x)")
    rows, cols = planes.shape[1:]
    room = [(0, 0), (0, -rows % MULTIPLE), (0, -cols % MULTIPLE)]
    filled = np.pad(planes, room, mode="edge").astype(np.float32)
    result: Array = np.zeros((len(KINDS), *filled.shape[1:]), np.float32)
    for turns, mirrored in VIEWS:
        (seen,) = _session().run(None, {"maps": _turned(filled, turns, mirrored)[None]})
        back = seen[0, :, ::-1] if mirrored else seen[0]
        result += np.rot90(back, -turns, (1, 2))
    result /= len(VIEWS)
    return result[:, :rows, :cols]


def _turned(planes: Array, turns: int, mirrored: bool) -> Array:
    """The planes turned against the clock, then mirrored top to bottom; the direction to the sun turns with them."""
    result = np.rot90(planes, turns, (1, 2))
    result = np.ascontiguousarray(result[:, ::-1] if mirrored else result)
    row, column = result[SUN].copy()
    for _ in range(turns):
        row, column = -column, row
    result[SUN] = np.stack([-row if mirrored else row, column])
    return result


@cache
def _session():  # type: ignore[no-untyped-def]
    try:
        import onnxruntime  # noqa: PLC0415  (slow to import, and not needed by the weight-free detector)
    except ImportError as error:
        raise DataError(
            f"onnxruntime, which runs the detector net-1, cannot be imported ({error}); install it, or use "
            "`sitewatch detect --detector steps-1`"
        ) from error

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    weights = resources.files("sitewatch.change").joinpath("weights", WEIGHTS).read_bytes()
    return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
