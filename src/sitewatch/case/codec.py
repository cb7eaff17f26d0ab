"""Values of `sitewatch.types` to JSON and back, led by the types of their fields.

Decoding what was encoded gives an equal value. Floats keep every bit (shortest repr); infinities and NaN,
which JSON lacks, become strings; times are ISO 8601 in UTC; outlines are GeoJSON geometries.
"""

import dataclasses
import functools
import json
import math
import types
import typing
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, TypeVar

import numpy as np
from affine import Affine
from odc.geo.geobox import GeoBox
from shapely.errors import ShapelyError
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from sitewatch.errors import CaseError, DataError
from sitewatch.types import Scene

T = TypeVar("T")

MOST_KNOWN = 2000
"""Scenes that are kept, some kilobytes each."""


def dumps(value: object) -> str:
    """`value` as one line of JSON with sorted keys: equal values give equal text."""
    return json.dumps(
        encode(value), sort_keys=True, allow_nan=False, ensure_ascii=False, separators=(",", ":")
    )


def loads(kind: type[T], text: str) -> T:
    """The value of type `kind` that `dumps` wrote.

    Raises:
        CaseError: the text is not such a value.
    """
    try:
        value: T = _scene(text) if kind is Scene else decode(kind, json.loads(text))
        return value
    except (ValueError, TypeError, KeyError, AttributeError, DataError, ShapelyError) as error:
        raise CaseError(f"the case's store holds a {kind.__name__} that cannot be read: {error}") from error


@functools.lru_cache(MOST_KNOWN)
def _scene(text: str) -> Any:
    """Made of values that nobody can change, and asked for again and again."""
    return decode(Scene, json.loads(text))


def encode(value: object) -> Any:
    """`value` as dicts, lists, strings, numbers, booleans and None.

    Raises:
        TypeError: a type that no field of `sitewatch.types` has.
    """
    if isinstance(value, np.generic):
        value = value.item()
    match value:
        case Enum():
            return value.value
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case tuple() | list():
            return [encode(item) for item in value]
        case dict():
            return {str(key): encode(item) for key, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: encode(getattr(value, f.name)) for f in dataclasses.fields(value)}
    return _encode_leaf(value)


def _encode_leaf(value: object) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case BaseGeometry():
            return mapping(value)
        case GeoBox():
            crs = None if value.crs is None else str(value.crs)
            return {"shape": list(value.shape), "transform": list(value.affine)[:6], "crs": crs}
    raise TypeError(f"a {type(value).__name__} cannot be stored in a case")


def decode(kind: Any, data: Any) -> Any:
    """The value of type `kind` (a class or a field's annotation) that `encode` turned into `data`."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _decode_union(arguments, data)
    if origin is tuple:
        if arguments[-1] is Ellipsis:
            return tuple(decode(arguments[0], item) for item in _is(list, data))
        return tuple(decode(k, item) for k, item in zip(arguments, _is(list, data), strict=True))
    if origin is dict:
        return {decode(arguments[0], k): decode(arguments[1], v) for k, v in _is(dict, data).items()}
    if dataclasses.is_dataclass(kind):
        return _decode_dataclass(kind, _is(dict, data))
    return _decode_leaf(kind, data)


def _decode_union(members: tuple[Any, ...], data: Any) -> Any:
    if data is None and type(None) in members:
        return None
    members = tuple(m for m in members if m is not type(None))
    if all(isinstance(m, type) and issubclass(m, BaseGeometry) for m in members):
        return shape(data)
    if len(members) != 1:
        raise TypeError(f"{members} leaves open which of them was stored")
    return decode(members[0], data)


def _decode_dataclass(kind: Any, data: dict[str, Any]) -> Any:
    hints = _hints(kind)
    unknown = data.keys() - hints.keys()
    if unknown:
        raise ValueError(f"{kind.__name__} has no field {sorted(unknown)[0]!r}")
    return kind(**{name: decode(hints[name], item) for name, item in data.items()})


def _decode_leaf(kind: Any, data: Any) -> Any:
    if issubclass(kind, Enum):
        return kind(data)
    if kind is datetime:
        return datetime.fromisoformat(data).astimezone(UTC)
    if kind is date:
        return date.fromisoformat(data)
    if kind is float:
        return float(data)
    if issubclass(kind, BaseGeometry):
        return shape(data)
    if kind is GeoBox:
        return GeoBox(tuple(data["shape"]), Affine(*data["transform"]), data["crs"])
    return _is(kind, data)


def _is(kind: type[T], data: Any) -> T:
    if not isinstance(data, kind):
        raise TypeError(f"{data!r} came where a {kind.__name__} was expected")
    return data


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)
