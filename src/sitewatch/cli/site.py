"""`sitewatch site ...`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sitewatch.cli.options import case_argument, json_option, site_option, tell
from sitewatch.errors import UsageError

if TYPE_CHECKING:
    import shapely


@click.group()
def site() -> None:
    """Name the ground that a case watches.

    \b
    Example:
      sitewatch site add factory --name hall --bbox 25.40 45.74 25.43 45.76
    """


@site.command("add")
@case_argument
@click.option("--name", required=True, help="Name of the site, unique in the case.")
@click.option("--aoi", type=click.Path(path_type=Path), help="GeoJSON file with one polygon.", metavar="FILE")
@click.option("--bbox", type=float, nargs=4, metavar="W S E N", help="Rectangle in degrees.")
@click.option("--point", type=float, nargs=2, metavar="LON LAT", help="Centre in degrees, with --radius.")
@click.option("--radius", type=float, metavar="M", help="Metres around --point.")
@json_option
def add(
    case: Path,
    name: str,
    aoi: Path | None,
    bbox: tuple[float, float, float, float] | None,
    point: tuple[float, float] | None,
    radius: float | None,
    as_json: bool,
) -> None:
    """Add a site: a name and an area of interest.

    Coordinates are longitude and latitude in degrees (WGS84).

    \b
    Examples:
      sitewatch site add factory --name hall --bbox 25.40 45.74 25.43 45.76
      sitewatch site add factory --name hall --point 25.41 45.75 --radius 1500
      sitewatch site add factory --name hall --aoi hall.geojson
    """
    if sum(given is not None for given in (aoi, bbox, point)) != 1:
        raise UsageError(
            "an area of interest is needed: expected one of --aoi, --bbox, or --point with --radius"
        )
    if (point is None) != (radius is None):
        raise UsageError("--point and --radius belong together: expected both or neither")
    from sitewatch.app.site import add_site
    from sitewatch.case import Case

    added = add_site(Case.open(case), name, _area(aoi, bbox, point, radius))
    bounds = [round(c, 6) for c in added.aoi.bounds]
    tell(
        {"site": added.name, "bbox": bounds},
        f"site {added.name}: {bounds[0]} {bounds[1]} {bounds[2]} {bounds[3]}\n"
        f"next: sitewatch scenes add {case} PATH...",
        as_json=as_json,
    )


@site.command("list")
@case_argument
@json_option
def list_(case: Path, as_json: bool) -> None:
    """List the sites of a case with their bounds and number of scenes.

    \b
    Example:
      sitewatch site list factory
    """
    from sitewatch.case import Case

    opened = Case.open(case)
    rows = [
        {"site": s.name, "bbox": [round(c, 6) for c in s.aoi.bounds], "scenes": len(opened.scenes(s.name))}
        for s in opened.sites()
    ]
    text = "\n".join(f"{r['site']}  {r['bbox']}  {r['scenes']} scenes" for r in rows) or "no site yet"
    tell({"sites": rows}, text, as_json=as_json)


@site.command("reference")
@case_argument
@click.option("--name", required=True, help="What to call the building, unique at the site.")
@click.option(
    "--outline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="GeoJSON file with one polygon: its roof.",
)
@click.option(
    "--alias", "aliases", multiple=True, metavar="WORDS", help="Other words for it; may be repeated."
)
@click.option("--basis", metavar="TEXT", help="Who drew the outline, on what.")
@click.option("--remove", is_flag=True, help="Take the building out.")
@site_option
@json_option
def reference(
    case: Path,
    name: str,
    outline: Path | None,
    aliases: tuple[str, ...],
    basis: str | None,
    remove: bool,
    site: str | None,
    as_json: bool,
) -> None:
    """Outline a building that stood there before, to compare others with.

    `sitewatch measure` measures it as it does what was found, and claims such as "60 % the size of the existing
    hall" are held against it. The polygon is in longitude and latitude (WGS84).

    \b
    Examples:
      sitewatch site reference factory --name "existing hall" --outline hall.geojson
      sitewatch site reference factory --name "hall A" --outline a.geojson --alias "the previous one"
    """
    if (outline is None) is not remove:
        raise UsageError("expected either --outline FILE or --remove")
    from sitewatch.app.site import add_reference, aoi_from_file, remove_reference
    from sitewatch.case import Case

    opened = Case.open(case)
    if outline is None:
        remove_reference(opened, name, site=site)
        tell({"removed": name}, f"removed: {name}", as_json=as_json)
        return
    made = add_reference(opened, name, aoi_from_file(outline), site=site, aliases=aliases, basis=basis)
    tell(
        {"site": made.site, "name": made.name, "aliases": list(made.aliases), "basis": made.basis},
        f"site {made.site}: reference building {made.name}\nnext: sitewatch measure {case}",
        as_json=as_json,
    )


@site.command("references")
@case_argument
@site_option
@json_option
def references(case: Path, site: str | None, as_json: bool) -> None:
    """List the reference buildings of a case.

    \b
    Example:
      sitewatch site references factory
    """
    from sitewatch.case import Case, judgement

    opened = Case.open(case)
    names = [s.name for s in opened.sites()] if site is None else [opened.site(site).name]
    rows = [
        {"site": r.site, "name": r.name, "aliases": list(r.aliases), "basis": r.basis}
        for name in names
        for r in judgement.references(opened, name)
    ]
    text = "\n".join(f"{r['site']}  {r['name']}  ({r['basis']})" for r in rows) or "no reference building yet"
    tell({"references": rows}, text, as_json=as_json)


def _area(
    aoi: Path | None,
    bbox: tuple[float, float, float, float] | None,
    point: tuple[float, float] | None,
    radius: float | None,
) -> "shapely.Polygon":
    from sitewatch.app.site import aoi_from_bbox, aoi_from_file, aoi_from_point

    if aoi is not None:
        return aoi_from_file(aoi)
    if bbox is not None:
        return aoi_from_bbox(bbox)
    assert point is not None
    assert radius is not None
    return aoi_from_point(*point, radius)
