"""Sizes of the pixels of a site's scenes at the site: true, stated, and how well they are known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sitewatch.imagery.pixel_size import PixelSize, disagreements, scene_pixel_size
from sitewatch.measure.scale import error_between, error_of_mean
from sitewatch.types import Scene, Site


@dataclass(frozen=True, slots=True)
class Pixels:
    """By scene id."""

    sizes: dict[str, PixelSize]
    sigmas: dict[str, float]
    """Relative standard error of each scene's pixel size."""
    wrong: dict[str, tuple[str, ...]]
    """One line for each size that is stated and not true."""

    @classmethod
    def of(cls, scenes: Iterable[Scene], site: Site) -> "Pixels":
        """Of scenes, at the middle of a site."""
        place = site.aoi.centroid.x, site.aoi.centroid.y
        listed = list(scenes)
        sizes = {s.id: scene_pixel_size(s, place) for s in listed}
        return cls(
            sizes={i: size for i, size in sizes.items() if size is not None},
            sigmas={s.id: s.scale_sigma for s in listed},
            wrong={s.id: disagreements(s.grid, s.stated_sizes, place) for s in listed},
        )

    def error(self, scenes: Sequence[str]) -> float:
        """Relative standard error of the scale of what was measured in some scenes; in none: of the best one."""
        if not scenes:
            return min(self.sigmas.values(), default=0.0)
        return error_of_mean(self._of(scenes))

    def error_between(self, one: Sequence[str], other: Sequence[str]) -> float:
        """Relative standard error of one object's scale over another's."""
        return error_between(self._of(one), self._of(other))

    def notes(self, scenes: Sequence[str]) -> tuple[str, ...]:
        """What is stated wrongly about the pixels of some scenes, each line once with the number of scenes."""
        lines = [line for i in scenes for line in self.wrong.get(i, ())]
        return tuple(
            line if len(scenes) == 1 else f"{line} ({lines.count(line)} of {len(scenes)} scenes)"
            for line in dict.fromkeys(lines)
        )

    def _of(self, scenes: Sequence[str]) -> dict[str, float]:
        return {i: self.sigmas.get(i, 0.0) for i in scenes}
