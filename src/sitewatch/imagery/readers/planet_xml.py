"""The XML metadata of Planet's radiance products: factors from counts to top-of-atmosphere reflectance."""

from collections.abc import Sequence
from pathlib import Path

from sitewatch.imagery.xml import children, number_of, parse


def reflectance_coefficients(papers: Sequence[Path]) -> dict[int, float]:
    """1-based band → `reflectanceCoefficient`; {} where no file states any.

    Raises:
        SceneError: an XML file cannot be parsed.
    """
    result: dict[int, float] = {}
    for path in papers:
        if path.suffix.lower() != ".xml":
            continue
        for band in children(parse(path), "bandSpecificMetadata"):
            number, factor = number_of(band, "bandNumber"), number_of(band, "reflectanceCoefficient")
            if number and factor:
                result[int(number)] = factor
    return result
