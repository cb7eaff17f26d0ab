"""Providers' XML, read without regard to namespaces and without entities or external references."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from sitewatch.errors import SceneError

_MAX_BYTES = 50_000_000


def parse(path: Path, text: str | None = None) -> Element:
    """Root element of a file (or of `text` that was read from it).

    Raises:
        SceneError: missing, too large, not well-formed, or with entities.
    """
    try:
        if text is None and path.stat().st_size > _MAX_BYTES:
            raise SceneError(f"{path}: an XML file of more than {_MAX_BYTES / 1e6:.0f} MB is not read")
        root: Any = ElementTree.fromstring(path.read_bytes() if text is None else text)
    except OSError as error:
        raise SceneError(f"{path}: cannot be read ({error.strerror or error})") from None
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise SceneError(f"{path}: not well-formed XML ({' '.join(str(error).split())[:100]})") from None
    result: Element = root
    return result


def name_of(element: Element) -> str:
    """Tag without its namespace."""
    return str(element.tag).rsplit("}", 1)[-1]


def children(root: Element, name: str) -> Iterator[Element]:
    """All descendants called `name`, in document order."""
    return (e for e in root.iter() if name_of(e) == name)


def first(root: Element, *path: str) -> Element | None:
    """Descend: the first `path[0]` below `root`, in it the first `path[1]`, and so on."""
    for name in path:
        found = next((e for e in root.iter() if e is not root and name_of(e) == name), None)
        if found is None:
            return None
        root = found
    return root


def text_of(root: Element, *path: str) -> str | None:
    """Text of `first(root, *path)`, stripped; None where absent or empty."""
    found = first(root, *path)
    return (found.text or "").strip() or None if found is not None else None


def number_of(root: Element, *path: str) -> float | None:
    """Finite number in `text_of(root, *path)`; None where there is none."""
    return finite(text_of(root, *path))


def finite(text: str | None) -> float | None:
    """`text` as a finite number, or None."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None
