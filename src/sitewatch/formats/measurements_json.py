"""`measurements.json`: one row for each quantity of each object."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sitewatch.types import Measurement

SCHEMA = "sitewatch/measurements"
VERSION = 1
DIGITS = {"1": 4}
"""Decimals kept of a ratio; two of all else: a centimetre, far below any interval."""


def dump_measurements(measurements: Mapping[str, Iterable[Measurement]]) -> str:
    """All measurements, by site, as JSON text."""
    rows = [measurement_row(site, m) for site, found in measurements.items() for m in found]
    document = {"schema": SCHEMA, "version": VERSION, "measurements": rows}
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def measurement_row(site: str, measurement: Measurement) -> dict[str, Any]:
    """One measurement as plain values; `budget` holds one standard deviation by source, in `unit`."""
    value = measurement.value
    digits = DIGITS.get(value.unit, 2)
    return {
        "object_id": measurement.object_id,
        "site": site,
        "quantity": measurement.quantity,
        "value": round(value.value, digits),
        "low": round(value.low, digits),
        "high": round(value.high, digits),
        "unit": value.unit,
        "level": value.level,
        "method": value.method,
        "calibrated_on": value.calibrated_on,
        "budget": {source: round(sigma, digits) for source, sigma in value.budget.items()},
        "scenes": list(measurement.scenes),
        "checked": measurement.checked,
        "notes": list(measurement.notes),
        "figure": measurement.figure,
        "growth": [
            {
                "date": dated.date.isoformat(),
                "area_m2": round(dated.area_m2, 2),
                "low": round(dated.low, 2),
                "high": round(dated.high, 2),
            }
            for dated in measurement.growth
        ],
    }
