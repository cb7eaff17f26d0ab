"""A Sentinel-2 SAFE folder, Level-2A or Level-1C: the four 10 m bands, and the scene classification.

After ESA, "Sentinel-2 Products Specification Document" (S2-PDGS-TAS-DI-PSD). Reflectance is
(count + offset) / quantification; the metadata state the offset, -1000 from processing baseline 04.00 on.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np

from sitewatch.errors import SceneError
from sitewatch.imagery import assets, dates, georef
from sitewatch.imagery.guard import open_raster
from sitewatch.imagery.readers.common import Angles, Delivery, Draft, Request, finish, off_nadir
from sitewatch.imagery.xml import children, finite, number_of, parse, text_of
from sitewatch.types import BandSource, MaskSource, Scene

_BANDS = {"B02": ("blue", 1), "B03": ("green", 2), "B04": ("red", 3), "B08": ("nir", 7)}
"""File's band → common name and the `band_id` of the metadata."""
_ALTITUDE_M = 786_000
_OFFSET_BASELINE = 4.0
_OFFSET = -1000.0


def find(files: Sequence[Path]) -> list[Delivery]:
    """One delivery for each product metadata file among `files`."""
    result = []
    for path in files:
        if re.fullmatch(r"MTD_MSIL(1C|2A)\.xml", path.name):
            inside = frozenset(p for p in path.parent.rglob("*") if p.is_file())
            result.append(Delivery(path, inside, lambda request, path=path: _open(path, request)))  # type: ignore[misc]
    return result


@dataclass(frozen=True, slots=True)
class _Product:
    """What holds for all granules of a product."""

    path: Path
    surface: bool
    baseline: float
    quantification: float
    offsets: dict[int, float]
    start: str | None


def _open(path: Path, request: Request) -> list[Scene]:
    root = parse(path)
    surface = "MSIL2A" in path.name
    quantification = next(
        (
            value
            for name in (
                "BOA_QUANTIFICATION_VALUE",
                "L2A_BOA_QUANTIFICATION_VALUE",
                "QUANTIFICATION_VALUE",
            )
            if (value := number_of(root, name))
        ),
        None,
    )
    if quantification is None:
        raise SceneError(f"{path}: states no quantification value; fetch the product again")
    tag = "BOA_ADD_OFFSET" if surface else "RADIO_ADD_OFFSET"
    product = _Product(
        path,
        surface,
        number_of(root, "PROCESSING_BASELINE") or 0.0,
        quantification,
        {int(finite(e.get("band_id")) or 0): finite(e.text) or 0.0 for e in children(root, tag)},
        text_of(root, "DATATAKE_SENSING_START") or text_of(root, "PRODUCT_START_TIME"),
    )
    granules = [g for name in ("Granule", "Granules") for g in children(root, name)]
    if not granules:
        raise SceneError(f"{path}: lists no granule; fetch the product again")
    return [_granule(product, granule, request) for granule in granules]


def _granule(product: _Product, granule: Element, request: Request) -> Scene:
    images = _images(product, granule)
    missing = [band for band in _BANDS if band not in images]
    if missing:
        raise SceneError(
            f"{product.path}: the 10 m image of {', '.join(missing)} is missing; fetch the product again"
        )
    tile = next(
        iter(
            images["B02"].parents[k] for k in range(4) if (images["B02"].parents[k] / "MTD_TL.xml").is_file()
        ),
        None,
    )
    tile_root = parse(tile / "MTD_TL.xml") if tile else None
    when = (text_of(tile_root, "SENSING_TIME") if tile_root is not None else None) or product.start
    if request.date is None and when is None:
        raise SceneError(f"{product.path}: states no sensing time; pass --date")
    dated = dates.from_user(request.date) if request.date else dates.from_metadata(str(when), product.path)
    with open_raster(images["B02"]) as dataset:
        tied = georef.tie(dataset)
    offsets, notes = _offsets(product, images["B02"])
    files = [assets.describe(images[band]) for band in _BANDS]
    mask = None
    if "SCL" in images:
        mask = MaskSource("scl", len(files))
        files.append(assets.describe(images["SCL"], "mask"))
    else:
        notes += ("no scene classification: clouds are not masked by the vendor",)
    files.append(assets.describe(product.path, "metadata"))
    scale = 1 / product.quantification
    return finish(
        Draft(
            sensor="sentinel2",
            dated=dated,
            assets=tuple(files),
            bands=tuple(
                BandSource(name, i, 1, None, scale, offsets[number] * scale)
                for i, (name, number) in enumerate(_BANDS.values())
            ),
            grid=tied.grid,
            how=tied.how,
            units="reflectance" if product.surface else "toa",
            gsd_m=georef.with_size(tied, None),
            mask=mask,
            nodata=0.0,
            angles=_angles(tile_root),
            notes=(*tied.notes, *notes),
        ),
        request,
    )


def _images(product: _Product, granule: Element) -> dict[str, Path]:
    """Band → its image; the finest of those that the metadata lists and the folder has."""
    folder = product.path.parent.resolve()
    found: dict[str, Path] = {}
    names = [e.text or "" for tag in ("IMAGE_FILE", "IMAGE_ID") for e in children(granule, tag)]
    for name in sorted(names):  # 10 m before 20 m
        match = re.search(r"_(B\d[\dA]|SCL)(?:_(\d\d)m)?$", name.strip())
        image = (folder / f"{name.strip()}.jp2").resolve()
        if match is None or not image.is_relative_to(folder) or not image.is_file():
            continue
        if match[1] == "SCL" or match[2] in (None, "10"):
            found.setdefault(match[1], image)
    return found


def _offsets(product: _Product, sample: Path) -> tuple[dict[int, float], tuple[str, ...]]:
    """Offset in counts for each band, by the metadata, held against the darkest pixels of the blue band.

    Some archives subtract the offset from the images and leave the metadata as they were.
    """
    numbers = [number for _, number in _BANDS.values()]
    notes: tuple[str, ...] = ()
    if product.offsets:
        offsets = {n: product.offsets.get(n, 0.0) for n in numbers}
    elif product.baseline >= _OFFSET_BASELINE:
        offsets = dict.fromkeys(numbers, _OFFSET)
        notes = (f"baseline {product.baseline:05.2f} without stated offset: taken as {_OFFSET:.0f} counts",)
    else:
        return dict.fromkeys(numbers, 0.0), ()
    with open_raster(sample) as dataset:
        step = max(1, max(dataset.shape) // 512)
        counts = dataset.read(1, out_shape=(dataset.height // step, dataset.width // step))
    counts = counts[counts > 0]
    if counts.size and np.percentile(counts, 1) + offsets[1] < -0.02 * product.quantification:
        notes += (
            f"the darkest 1 % of the blue band lies below the stated offset of {offsets[1]:.0f} counts: it "
            "was subtracted already and is not applied again",
        )
        offsets = dict.fromkeys(numbers, 0.0)
    return offsets, notes


def _angles(tile: Element | None) -> Angles:
    if tile is None:
        return Angles()
    zenith = number_of(tile, "Mean_Sun_Angle", "ZENITH_ANGLE")
    means = [
        e for e in children(tile, "Mean_Viewing_Incidence_Angle") if e.get("bandId") == "3"
    ]  # red, as good as any of the 10 m bands
    incidence = number_of(means[0], "ZENITH_ANGLE") if means else None
    return Angles(
        sun_azimuth=number_of(tile, "Mean_Sun_Angle", "AZIMUTH_ANGLE"),
        sun_elevation=90 - zenith if zenith is not None else None,
        view_angle=off_nadir(incidence, _ALTITUDE_M),
        view_azimuth=number_of(means[0], "AZIMUTH_ANGLE") if means else None,
    )
