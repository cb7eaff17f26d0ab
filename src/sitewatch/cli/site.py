"""`sitewatch site ...`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sitewatch.cli.options import case_argument, json_option, site_option, tell
from sitewatch.cli.progress import progress
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
    "--click",
    "place",
    metavar="LON,LAT",
    help="A place on its roof: outline it automatically on the clear scenes; unchecked until --checked.",
)
@click.option(
    "--again",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="The same roof drawn again; what the drawings differ by enters the intervals. May be repeated.",
)
@click.option("--checked", is_flag=True, help="You looked at the automatic outline and found it right.")
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
    place: str | None,
    again: tuple[Path, ...],
    checked: bool,
    aliases: tuple[str, ...],
    basis: str | None,
    remove: bool,
    site: str | None,
    as_json: bool,
) -> None:
    """Outline a building that stood there before, to compare others with.

    `sitewatch measure` measures it as it does what was found, and claims such as "60 % the size of the existing
    hall" are held against it. Polygons and places are in longitude and latitude (WGS84).

    \b
    Examples:
      sitewatch site reference factory --name "existing hall" --outline hall.geojson --again hall2.geojson
      sitewatch site reference factory --name "existing hall" --click 25.4131,45.7502
      sitewatch site reference factory --name "existing hall" --checked
      sitewatch site reference factory --name "hall A" --outline a.geojson --alias "the previous one"
    """
    ways = [
        w
        for w, given in (("outline", outline), ("click", place), ("remove", remove or None))
        if given is not None
    ]
    if len(ways) > 1 or not (ways or again or checked):
        raise UsageError(
            "expected one of --outline FILE, --click LON,LAT or --remove, or --again FILE or --checked for a building "
            "that is there"
        )
    if (ways == ["remove"] and (again or checked)) or (ways == ["click"] and (again or checked or basis)):
        raise UsageError(
            f"--{ways[0]} goes without --again, --checked and --basis; an automatic outline is confirmed once it was "
            "looked at, by a second command with --checked"
        )
    if not ways and (aliases or basis):
        raise UsageError(
            "--alias and --basis belong to a new outline: expected --outline FILE or --click LON,LAT"
        )
    from sitewatch.app.site import add_reference, aoi_from_file, change_reference, remove_reference
    from sitewatch.case import Case

    opened = Case.open(case)
    if remove:
        remove_reference(opened, name, site=site)
        tell({"removed": name}, f"removed: {name}", as_json=as_json)
        return
    how = None
    more = [aoi_from_file(f) for f in again]
    if place is not None:
        from sitewatch.app.click import click_reference

        lon, lat = _place(place)
        seen = progress(quiet=as_json)
        done = click_reference(opened, name, lon, lat, site=site, aliases=aliases, progress=seen)
        made, how = done.reference, done.how
    elif outline is not None:
        made = add_reference(
            opened, name, aoi_from_file(outline), site=site, aliases=aliases, basis=basis, again=more
        )
    else:
        made = change_reference(opened, name, site=site, checked=checked, again=more)
    told = {
        "site": made.site,
        "name": made.name,
        "aliases": list(made.aliases),
        "basis": made.basis,
        "checked": made.checked,
        "tracings": 1 + len(made.again),
        "outline": [[round(x, 7), round(y, 7)] for x, y in made.outline.exterior.coords],
    }
    lines = [f"site {made.site}: reference building {made.name}"]
    if how is not None:
        lines.append(f"automatic outline, not checked: {how}")
        lines.append(f"next: look at it, then sitewatch site reference {case} --name {made.name!r} --checked")
    else:
        lines.append(f"next: sitewatch measure {case}")
    tell(told, "\n".join(lines), as_json=as_json)


def _place(text: str) -> tuple[float, float]:
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError as error:
        raise UsageError(f"--click is {text!r}; expected LON,LAT in degrees, as 25.4131,45.7502") from error
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise UsageError(f"--click is {text!r}; expected longitude -180..180, then latitude -90..90")
    return lon, lat


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
        {
            "site": r.site,
            "name": r.name,
            "aliases": list(r.aliases),
            "basis": r.basis,
            "checked": r.checked,
            "tracings": 1 + len(r.again),
        }
        for name in names
        for r in judgement.references(opened, name)
    ]
    text = (
        "\n".join(
            f"{r['site']}  {r['name']}  ({r['basis']}{'' if r['checked'] else '; not checked'})" for r in rows
        )
        or "no reference building yet"
    )
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
