"""Figures: matplotlib's object interface on the Agg canvas, no global state, PNG at 300 dpi."""

from sitewatch.report.figures.pair import pair_figure

__all__ = ["pair_figure"]
