"""WorldView, GeoEye and QuickBird products: GeoTIFF tiles with `.IMD` or `.XML` image metadata beside them.

After DigitalGlobe, "Image Support Data (ISD) Documentation". Each tile (`_R1C2`) is a scene of its own.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from sitewatch.errors import SceneError
from sitewatch.imagery import assets, dates, georef, sensors
from sitewatch.imagery.guard import open_raster
from sitewatch.imagery.pixel_size import stated_in
from sitewatch.imagery.readers import raster
from sitewatch.imagery.readers.common import Angles, Delivery, Draft, Request, finish, number
from sitewatch.imagery.xml import first, name_of, parse
from sitewatch.types import BandSource, Scene

_MAX_BYTES = 5_000_000
_ORDERS = {"RGB": ("red", "green", "blue"), "NRG": ("nir", "red", "green"), "P": ("pan",)}


def find(files: Sequence[Path]) -> list[Delivery]:
    """One delivery for each metadata file among `files` or beside an image among them."""
    wanted = set(files)
    result = []
    for folder in sorted({p.parent for p in files}):
        listing = sorted(p for p in folder.iterdir() if p.is_file())
        for stem in sorted({p.stem for p in listing if _is_metadata(p)}):
            papers = [p for p in listing if p.stem == stem and not _is_image(p)]
            images = [p for p in listing if _is_image(p) and _tile_pattern(stem).fullmatch(p.stem)]
            lead = next(p for p in papers if _is_metadata(p))
            chosen = images if lead in wanted else [p for p in images if p in wanted]
            if chosen:
                browse = [p for p in listing if p.stem == f"{stem}-BROWSE"]
                result.append(
                    Delivery(
                        chosen[0],
                        frozenset([*papers, *images, *browse]),
                        lambda request, c=chosen, m=lead: [_open(i, m, request) for i in c],  # type: ignore[misc]
                    )
                )
    return result


def _is_image(path: Path) -> bool:
    return path.suffix.lower() in raster.SUFFIXES and not path.stem.endswith("-BROWSE")


def _is_metadata(path: Path) -> bool:
    if path.suffix.lower() == ".imd":
        return True
    if path.suffix.lower() != ".xml":
        return False
    with path.open("rb") as file:
        return b"<isd>" in file.read(400)


def _tile_pattern(stem: str) -> re.Pattern[str]:
    """Names of the tiles of `stem`: the tile stands behind the product code, 15APR10052955-P1BS_R1C2-5027…"""
    parts = stem.split("-", 2)
    if len(parts) < 3:
        return re.compile(re.escape(stem) + r"(_R\d+C\d+)?")
    return re.compile(rf"{re.escape(parts[0])}-{re.escape(parts[1])}(_R\d+C\d+)?-{re.escape(parts[2])}")


def read_metadata(path: Path) -> dict[str, str]:
    """Fields of an IMD or XML file under their IMD names in lower case; `bands` lists the band groups.

    Raises:
        SceneError: unreadable.
    """
    if path.suffix.lower() == ".xml":
        root = first(parse(path), "IMD")
        if root is None:
            raise SceneError(f"{path}: no IMD section; expected a Maxar product's metadata")
        fields = {name_of(e).lower(): (e.text or "").strip() for e in root.iter() if len(e) == 0}
        groups = [name_of(e)[5:].lower() for e in root if name_of(e).startswith("BAND_")]
        return fields | {"bands": " ".join(groups)}
    if path.stat().st_size > _MAX_BYTES:
        raise SceneError(f"{path}: larger than an IMD file can be")
    text = path.read_text(encoding="utf-8", errors="replace")
    fields = {
        key.lower(): value.strip().strip('"')
        for key, value in re.findall(r"^\s*(\w+)\s*=\s*([^;(\n]+);", text, re.MULTILINE)
    }
    groups = re.findall(r"BEGIN_GROUP\s*=\s*BAND_(\w+)", text)
    return fields | {"bands": " ".join(groups).lower()}


def _open(image: Path, metadata: Path, request: Request) -> Scene:
    fields = read_metadata(metadata)
    with open_raster(image) as dataset:
        tied = georef.tie(dataset, gsd=request.gsd, gcps=request.gcps)
        layers, names, notes = raster.name_bands(dataset, "maxar")
        names = _names(fields, len(layers)) or names
        scale, offset, units, _ = raster.scaling(dataset, layers[0], "maxar", image.name)
        nodata = dataset.nodatavals[0]
        dated = _date(fields, metadata, request)
    tile = re.search(r"_R\d+C\d+", image.name)
    return finish(
        Draft(
            sensor="maxar",
            dated=dated,
            assets=(assets.describe(image), assets.describe(metadata, "metadata")),
            bands=tuple(
                BandSource(name, 0, layer, None, scale, offset)
                for name, layer in zip(names, layers, strict=True)
            ),
            grid=tied.grid,
            how=tied.how,
            units=units,
            gsd_m=georef.with_size(tied, request.gsd),
            scale_sigma=tied.scale_sigma,
            stated=(
                *tied.stated,
                *stated_in(fields, ("productgsd", "meanproductgsd"), metadata.name, resolution=True),
            ),
            nodata=0.0 if nodata is None else nodata,
            angles=Angles(
                number(fields, "meansunaz", "sunaz"),
                number(fields, "meansunel", "sunel"),
                number(fields, "meanoffnadirviewangle", "offnadirviewangle"),
                number(fields, "meansataz", "sataz"),
            ),
            notes=(
                *tied.notes,
                *notes,
                "numbers as delivered, not calibrated to reflectance",
                *((f"tile {tile[0][1:]}",) if tile else ()),
            ),
        ),
        request,
    )


def _date(fields: Mapping[str, str], metadata: Path, request: Request) -> dates.Dated:
    if request.date is not None:
        return dates.from_user(request.date)
    first_time, last_time = fields.get("earliestacqtime"), fields.get("latestacqtime")
    if first_time and last_time and first_time[:10] != last_time[:10]:
        raise SceneError(
            f"{metadata}: a mosaic of images from {first_time[:10]} to {last_time[:10]}; its pixels have no "
            "one date; pass --date to accept one"
        )
    when = first_time or fields.get("firstlinetime") or fields.get("tlctime")
    if not when:
        raise SceneError(f"{metadata}: states no acquisition time; pass --date")
    return dates.from_metadata(when, metadata)


def _names(fields: Mapping[str, str], count: int) -> list[str] | None:
    """Band names in file order, where the metadata tell them for this number of bands."""
    order = _ORDERS.get(fields.get("bandid", "").upper())
    if order and len(order) == count:
        return list(order)
    named = [sensors.common_name(group, "maxar") for group in fields["bands"].split()]
    return [str(n) for n in named] if len(named) == count and all(named) else None
