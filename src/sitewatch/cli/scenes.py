"""`sitewatch scenes ...`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sitewatch.cli.options import case_argument, json_option, quiet_option, site_option, table, tell
from sitewatch.cli.progress import progress
from sitewatch.errors import UsageError

if TYPE_CHECKING:
    from sitewatch.app.scenes import Added
    from sitewatch.types import Licence, Scene


@click.group()
def scenes() -> None:
    """Bring images into a case.

    \b
    Example:
      sitewatch scenes add factory ~/deliveries
    """


@scenes.command("add")
@case_argument
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@site_option
@click.option("--date", metavar="D", help="Date of images that do not tell it: 2016, 2016-10 or 2016-10-14.")
@click.option(
    "--gsd", type=float, metavar="M", help="Pixel size in metres as you know it, held against the true one."
)
@click.option("--gcps", type=click.Path(path_type=Path), metavar="FILE", help="Ground control points.")
@click.option("--sensor", metavar="S", help="Sensor, where the files do not tell it.")
@click.option("--credit", metavar="TEXT", help='Credit line, for instance "Image: Planet Labs PBC".')
@click.option("--licence", metavar="TEXT", help="Licence, for instance CC-BY-4.0.")
@click.option(
    "--publish",
    type=click.Choice(["none", "figure", "derived", "full"]),
    help="How much may be shown. [default: figure]",
)
@click.option(
    "--max-px", type=click.IntRange(min=1), metavar="PX", help="Longest side of a published figure in pixels."
)
@click.option("--embargo-until", type=click.DateTime(["%Y-%m-%d"]), metavar="D", help="Not shown before.")
@click.option("--copy", is_flag=True, help="Copy the files into the case instead of referring to them.")
@json_option
@quiet_option
def add(
    case: Path,
    paths: tuple[Path, ...],
    site: str | None,
    date: str | None,
    gsd: float | None,
    gcps: Path | None,
    sensor: str | None,
    copy: bool,
    as_json: bool,
    quiet: bool,
    **terms: Any,
) -> int:
    """Add local images: files, folders of them, deliveries, a Sentinel-2 SAFE, a netCDF series, screenshots.

    Adding the same images twice changes nothing. Files that cannot be used are named with the reason; the
    exit code is 1 where a PATH gave no image at all. Where a size that is stated for the pixels (in metadata, by
    --gsd, by the coordinates) is not the one on the ground, a note says so.

    \b
    Examples:
      sitewatch scenes add factory ~/deliveries
      sitewatch scenes add factory before.tif --date 2019-10-02 --credit "Image: Planet Labs PBC"
      sitewatch scenes add factory screenshot.png --date 2020-05 --gcps screenshot.points
    """
    if gsd is not None and not gsd > 0:
        raise UsageError(f"--gsd {gsd:g}: expected metres, more than 0")
    from sitewatch.app.scenes import Reading, add_scenes
    from sitewatch.case import Case

    reading = Reading(date=date, gsd=gsd, gcps=gcps, sensor=sensor, licence=_licence(**terms))
    bar = progress(quiet=quiet or as_json)
    added = add_scenes(Case.open(case), paths, site=site, reading=reading, copy=copy, progress=bar)
    bar.done()
    for path, reason in added.refused.items():
        click.echo(f"set aside: {path}: {reason}", err=True)
    for path, reason in added.failed.items():
        click.echo(f"error: {_named(path, reason)}", err=True)
    tell(
        {
            "site": added.site,
            "new": added.new,
            "known": added.known,
            "refused": added.refused | added.failed,
            "notes": added.notes,
        },
        _summary(added),
        as_json=as_json,
    )
    return 1 if added.failed else 0


@scenes.command("list")
@case_argument
@site_option
@json_option
def list_(case: Path, site: str | None, as_json: bool) -> None:
    """List the scenes of a site by date, and the files that were set aside.

    \b
    Example:
      sitewatch scenes list factory
    """
    from sitewatch.case import Case

    opened = Case.open(case)
    name = opened.site(site).name
    found, refused = opened.scenes(name), opened.refusals(name)
    lines = [_line(s) for s in found]
    lines += [f"set aside: {path}: {reason}" for path, reason in refused.items()]
    tell(
        {"site": name, "scenes": [_row(s) for s in found], "refused": refused},
        "\n".join(lines) or f"no scene yet; add some with `sitewatch scenes add {case} PATH...`",
        as_json=as_json,
    )


@scenes.command("check")
@case_argument
@site_option
@json_option
def check(case: Path, site: str | None, as_json: bool) -> None:
    """Tell how large the pixels of each scene are on the ground at the site, how that is known, and what is stated
    about them that is not true. Measurements use the true size.

    \b
    Example:
      sitewatch scenes check factory
    """
    from sitewatch.app.scenes import check_scenes
    from sitewatch.case import Case

    opened = Case.open(case)
    name = opened.site(site).name
    checked = check_scenes(opened, site=name)
    rows = [
        {
            "id": c.scene.id,
            "across_m": c.size.across_m,
            "down_m": c.size.down_m,
            "scale_sigma": c.scene.scale_sigma,
            "georeference": c.scene.georeference.value,
            "stated": [{"size_m": s.size_m, "source": s.source} for s in c.scene.stated_sizes],
            "wrong": list(c.wrong),
        }
        for c in checked
    ]
    head = ("scene", "pixel on the ground", "by", "scale known to")
    cells = [
        [c.scene.id, str(c.size), c.scene.georeference.value, f"{100 * c.scene.scale_sigma:.2g} %"]
        for c in checked
    ]
    lines = table(head, cells) if checked else ["no scene yet"]
    told = [w for c in checked for w in c.wrong]
    lines += [f"note ({told.count(w)} of {len(checked)} scenes): {w}" for w in dict.fromkeys(told)]
    if checked and not told:
        lines.append("nothing that is stated about these pixels is wrong by 1 % or more")
    tell({"site": name, "scenes": rows}, "\n".join(lines), as_json=as_json)


@scenes.command("remove")
@case_argument
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@site_option
@json_option
def remove(case: Path, ids: tuple[str, ...], site: str | None, as_json: bool) -> None:
    """Take scenes out of a case, for instance one added with a wrong date. Their files stay where they are.

    \b
    Example:
      sitewatch scenes remove factory 20161014_unknown_1f2e3d4c
    """
    from sitewatch.app.scenes import remove_scenes
    from sitewatch.case import Case

    gone = remove_scenes(Case.open(case), ids, site=site)
    tell({"removed": gone}, f"removed {len(gone)} of the scenes", as_json=as_json)


def _licence(
    credit: str | None, licence: str | None, publish: str | None, max_px: int | None, embargo_until: Any
) -> "Licence | None":
    """The terms given on the command line; None where none was, so that the files' own count."""
    if all(term is None for term in (credit, licence, publish, max_px, embargo_until)):
        return None
    from sitewatch.types import Licence, Publish

    return Licence(
        credit_line=credit,
        name=licence,
        publish=Publish(publish) if publish else Publish.FIGURE,
        max_px=max_px,
        embargo_until=embargo_until.date() if embargo_until else None,
    )


def _summary(added: "Added") -> str:
    lines = [f"site {added.site}: {len(added.new)} new scenes, {len(added.known)} known before"]
    # The same assumption for a hundred scenes of one series is told once.
    told: dict[str, int] = {}
    for notes in added.notes.values():
        for note in notes:
            told[note] = told.get(note, 0) + 1
    lines += [f"note ({n} scenes): {note}" for note, n in told.items()]
    return "\n".join(lines)


def _named(path: str, reason: str) -> str:
    return reason if path in reason else f"{path}: {reason}"


def _line(scene: "Scene") -> str:
    row = _row(scene)
    size = f"{scene.gsd_m:g} m" if scene.gsd_m is not None else "? m"
    return (
        f"{row['id']}  {row['date']} ({row['date_source']})  {scene.sensor}  {size}  {','.join(row['bands'])}"
    )


def _row(scene: "Scene") -> dict[str, Any]:
    from sitewatch.types import DatePrecision

    digits = {DatePrecision.YEAR: 4, DatePrecision.MONTH: 7, DatePrecision.DAY: 10, DatePrecision.SECOND: 19}
    return {
        "id": scene.id,
        "date": scene.acquired.isoformat()[: digits[scene.date_precision]],
        "date_precision": scene.date_precision.value,
        "date_source": scene.date_source.value,
        "sensor": scene.sensor,
        "gsd_m": scene.gsd_m,
        "bands": list(scene.band_names),
        "georeference": scene.georeference.value,
        "credit_line": scene.licence.credit_line,
        "publish": scene.licence.publish.value,
        "files": [a.path for a in scene.assets],
        "notes": list(scene.notes),
    }
