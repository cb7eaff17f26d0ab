"""What the licence of a scene lets a report show."""

from datetime import date

from sitewatch.types import Publish, Scene


def refusal(scene: Scene, on: date) -> str | None:
    """Why no pixel or number of `scene` may be shown on the day `on`; None where it may be."""
    licence = scene.licence
    if licence.publish is Publish.NONE:
        return "its licence allows no figure"
    if licence.embargo_until is not None and on < licence.embargo_until:
        return f"under embargo until {licence.embargo_until.isoformat()}"
    return None


def side_limit(scenes: list[Scene]) -> int | None:
    """Longest side in pixels that a figure of these scenes may have; None for no limit."""
    limits = [s.licence.max_px for s in scenes if s.licence.max_px is not None]
    return min(limits) if limits else None


def credit(scenes: list[Scene], *, simulated: bool) -> str:
    """The credit line under a picture of these scenes, each credit once."""
    if simulated:
        return "Simulated scenes, no real place. Analysis: sitewatch"
    lines = dict.fromkeys(s.licence.credit_line or "Image credit not stated in the file" for s in scenes)
    if not lines:
        return "Analysis: sitewatch"
    return "; ".join(line.rstrip(".") for line in lines) + ". Analysis: sitewatch"
