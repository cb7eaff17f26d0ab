"""PlanetScope and SkySat deliveries: image, UDM2 and metadata beside each other.

File names as in Planet's developer documentation: `<item>_3B_AnalyticMS_SR_8b_harmonized_clip.tif`,
`<item>_3B_udm2_clip.tif`, `<item>_metadata.json`, `<item>_ssc1_u0001_analytic_SR.tif`, `composite.tif`.
"""

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sitewatch.errors import SceneError
from sitewatch.imagery import assets, dates, georef, sensors
from sitewatch.imagery.guard import open_raster
from sitewatch.imagery.pixel_size import stated_in
from sitewatch.imagery.readers import planet_xml, raster
from sitewatch.imagery.readers.common import Angles, Delivery, Draft, Request, finish, number
from sitewatch.types import (
    SIMULATED_CREDIT,
    Asset,
    BandSource,
    DatePrecision,
    DateSource,
    Licence,
    MaskSource,
    Publish,
    Scene,
)

_IMAGE = re.compile(
    r"^(?P<item>.*?)(?:_(?:1B|3B|3A))?(?:^|_)(?P<product>analyticms|analytic|ortho_analytic|ortho_visual|visual|"
    r"panchromatic|pansharpened|basic_analytic|composite|sr)(?P<rest>(?:_(?:sr|toar|dn|\d+b|harmonized|clip|file_format|"
    r"reproject|bandmath|composite))*)\.tiff?$",
    re.IGNORECASE,
)
_COMPANION = re.compile(
    r"^(?P<item>.*?)(?:_(?:1B|3B|3A))?(?:^|_)(?:ortho_analytic_|ortho_|analytic_|AnalyticMS_|composite_)*"
    r"(?:udm2?(?:_\w+)?\.tiff?|metadata(?:_clip)?\.(?:json|xml))$",
    re.IGNORECASE,
)
_MASK = re.compile(r"(?:_(?:1B|3B|3A))?_?(?:ortho_analytic_|ortho_|composite_)?udm2?", re.IGNORECASE)
_ITEM = re.compile(r"^\d{8}_\d{6}_\w+|^\d{8}_strip_\w+|^$|^\d+_\d{7}_\d{4}-\d\d-\d\d_\w+")


def find(files: Sequence[Path]) -> list[Delivery]:
    """Deliveries among `files`; files beside them are looked up in their folders."""
    items: dict[tuple[Path, str], list[Path]] = defaultdict(list)
    companions: dict[tuple[Path, str], list[Path]] = defaultdict(list)
    for path in files:
        match = _IMAGE.match(path.name)
        if match and _is_planet(path, match["item"], match["product"].lower()):
            items[path.parent, match["item"]].append(path)
        companion = None if match else _COMPANION.match(path.name)
        if companion and companion["item"] and _ITEM.match(companion["item"]):
            companions[path.parent, companion["item"]].append(path)
    folders = {folder for folder, _ in (*items, *companions)}
    listings = {folder: sorted(folder.iterdir()) for folder in folders}
    result = [_delivery(images, item, listings[folder]) for (folder, item), images in sorted(items.items())]
    taken = {file for delivery in result for file in delivery.files}
    for (folder, item), papers in sorted(companions.items()):
        if not taken.issuperset(papers):
            result.append(_around(papers, item, listings[folder]))
    return result


def _is_planet(path: Path, item: str, product: str) -> bool:
    """By the item's id, or by what lies beside a renamed image."""
    if not item:
        return product == "composite"
    if product != "sr" and _ITEM.match(item):
        return True
    companions = ("_udm2.tif", "_3B_udm2.tif", "_udm2_clip.tif", "_3B_udm2_clip.tif", "_metadata.json")
    return any(path.with_name(item + end).is_file() for end in companions)


def _around(papers: list[Path], item: str, listing: list[Path]) -> Delivery:
    """The delivery that a mask or metadata file belongs to, for someone who named only that file."""
    images = [p for p in listing if (match := _IMAGE.match(p.name)) and match["item"] == item]
    if images:
        return _delivery(images, item, listing)

    def refuse(request: Request) -> Sequence[Scene]:
        raise SceneError(f"{papers[0]}: a mask or metadata file of Planet without its image beside it")

    return Delivery(papers[0], frozenset(papers), refuse)


def _delivery(images: list[Path], item: str, listing: list[Path]) -> Delivery:
    best = min(images, key=_preference)
    composite = "composite" in best.name.lower()
    beside = [p for p in listing if p not in images and (not item or p.name.startswith(f"{item}_"))]
    masks = [p for p in beside if _MASK.match(p.name[len(item) :]) and p.suffix.lower().startswith(".tif")]
    # UDM2 before the older UDM, the clipped mask with the clipped image.
    masks.sort(
        key=lambda p: ("udm2" not in p.name.lower(), ("clip" in p.name) != ("clip" in best.name), p.name)
    )
    # A composite lies beside the metadata of all scenes that it was made from.
    papers = [
        p
        for p in (listing if composite else beside)
        if p.suffix.lower() in (".json", ".xml") and "metadata" in p.name.lower()
    ]
    aside = tuple(
        (str(p), f"another product of the same acquisition; {best.name} is used") for p in images if p != best
    )
    return Delivery(
        best,
        frozenset([*images, *masks, *papers]),
        lambda request: [_open(best, masks[:1], papers, request)],
        aside,
    )


def _preference(path: Path) -> tuple[bool, bool, int, str]:
    """Surface reflectance first, harmonised to Sentinel-2 first, more bands first."""
    name = path.name.lower()
    bands = re.search(r"_(\d+)b", name)
    visual = "visual" in name or "pan" in name
    return "_sr" not in name, visual, -("harmonized" in name) * 100 - int(bands[1] if bands else 0), name


def _open(path: Path, masks: list[Path], papers: list[Path], request: Request) -> Scene:
    sensor = request.sensor or ("skysat" if "_ssc" in path.name.lower() else "planetscope")
    metadata = _metadata(papers)
    with open_raster(path) as dataset:
        tied = georef.tie(dataset, gsd=request.gsd, gcps=request.gcps)
        tags = raster.all_tags(dataset)
        dated = _date(path, metadata, request, tags)
        layers, names, notes = raster.name_bands(dataset, sensor)
        scales, units, note = _radiometry(path, dataset, layers, papers, sensor)
        nodata = dataset.nodatavals[0]
        shape = dataset.shape
    files: list[Asset] = [assets.describe(path)]
    mask = None
    if masks:
        mask, more = _mask(masks[0], shape, len(files))
        notes += more
        files += [assets.describe(masks[0], "mask")] if mask else []
    else:
        notes += ("no UDM2 beside the image: clouds are not masked by the vendor",)
    files += [assets.describe(p, "metadata") for p in papers]
    if not metadata:
        notes += ("no metadata.json beside the image: sun and view angles unknown",)
    properties = metadata[0] if len(metadata) == 1 else {}
    licence = None
    if any(m.get("simulated") is True for m in metadata) or SIMULATED_CREDIT in tags.get(
        "TIFFTAG_COPYRIGHT", ""
    ):
        licence = Licence(credit_line=SIMULATED_CREDIT, publish=Publish.FULL)
        notes += (f"{SIMULATED_CREDIT}: not an observation of any place",)
    return finish(
        Draft(
            sensor=sensor,
            dated=dated,
            assets=tuple(files),
            bands=tuple(BandSource(n, 0, i, None, s) for n, i, s in zip(names, layers, scales, strict=True)),
            grid=tied.grid,
            how=tied.how,
            units=units,
            gsd_m=georef.with_size(tied, request.gsd),
            scale_sigma=tied.scale_sigma,
            stated=(
                *tied.stated,
                *stated_in(properties, ("pixel_resolution",), "the metadata", resolution=False),
                *stated_in(properties, ("gsd",), "the metadata", resolution=True),
            ),
            mask=mask,
            nodata=0.0 if nodata is None and units != "dn" else nodata,
            angles=Angles(
                number(properties, "sun_azimuth"),
                number(properties, "sun_elevation"),
                _absolute(number(properties, "view_angle")),
                number(properties, "satellite_azimuth"),
            ),
            licence=licence,
            notes=(*tied.notes, *notes, *note),
        ),
        request,
    )


def _absolute(angle: float | None) -> float | None:
    # Planet signs the angle by the side that the satellite looks to.
    return None if angle is None else abs(angle)


def _metadata(papers: list[Path]) -> list[dict[str, Any]]:
    found = []
    for path in papers:
        if path.suffix.lower() != ".json":
            continue
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            properties = content["properties"]
            properties["acquired"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            reason = "not a Planet metadata file"
            raise SceneError(
                f"{path}: {reason} ({type(error).__name__}); fetch it again or remove it"
            ) from None
        found.append({**properties, "path": path})
    return found


def _date(path: Path, metadata: list[dict[str, Any]], request: Request, tags: Any) -> dates.Dated:
    if request.date is not None:
        return dates.from_user(request.date)
    if not metadata:
        return dates.decide(path, tags=tags)
    times = sorted(
        (dates.from_metadata(str(m["acquired"]), m["path"]) for m in metadata), key=lambda d: d.acquired
    )
    if len(times) == 1:
        return times[0]
    first, last = times[0].acquired, times[-1].acquired
    if first.date() != last.date():
        raise SceneError(
            f"{path}: composite of {len(times)} scenes from {first:%Y-%m-%d} to {last:%Y-%m-%d}; "
            "its pixels have no one date; pass --date to accept one, or order the scenes singly"
        )
    moment, _ = dates.filled(first.year, first.month, first.day)
    return dates.Dated(
        moment, DatePrecision.DAY, DateSource.METADATA, (f"composite of {len(times)} scenes of this day",)
    )


def _radiometry(
    path: Path, dataset: Any, layers: list[int], papers: list[Path], sensor: str
) -> tuple[list[float], str, tuple[str, ...]]:
    """Scale of each band and the units; the name says whether values are surface reflectance."""
    name = path.name.lower()
    per_count = sensors.SENSORS[sensor].scale or 1e-4
    if dataset.dtypes[0] == "uint8" or "visual" in name:
        scale, _, units, notes = raster.scaling(dataset, layers[0], "unknown", name)
        return [scale] * len(layers), units, notes
    if "_sr" in name:
        return [per_count] * len(layers), "reflectance", ()
    if "_toar" in name:
        return [per_count] * len(layers), "toa", ()
    coefficients = planet_xml.reflectance_coefficients(papers)
    if all(i in coefficients for i in layers):
        return [coefficients[i] for i in layers], "toa", ()
    if Path(name).stem.startswith("composite") or "_composite" in name:
        surface = "atmospheric_correction" in dataset.tags().get("TIFFTAG_IMAGEDESCRIPTION", "")
        note = "a composite; taken as " + (
            "surface reflectance x 10000" if surface else "reflectance x 10000, level not stated"
        )
        return [per_count] * len(layers), "reflectance" if surface else "toa", (note,)
    scale, _, units, _raw = raster.scaling(dataset, layers[0], "unknown", name)
    return [scale] * len(layers), units, ("radiance without coefficients (no *_metadata.xml): raw numbers",)


def _mask(path: Path, shape: tuple[int, int], asset: int) -> tuple[MaskSource | None, tuple[str, ...]]:
    with open_raster(path) as dataset:
        if dataset.shape != shape:
            raise SceneError(
                f"{path}: the mask has {dataset.shape} rows and columns, its image {shape}; fetch both again"
            )
        if dataset.count >= 8:
            return MaskSource("udm2", asset), ()
        if dataset.count == 1:
            return MaskSource("udm1", asset), ("older UDM mask: clouds only",)
        return None, (f"the mask has {dataset.count} bands; expected 8 (UDM2) or 1 (UDM); not used",)
