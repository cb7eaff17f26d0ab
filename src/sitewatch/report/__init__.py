"""From values to a readable report: figures, a typed tree, and its renderers."""

from sitewatch.report.build import build_report
from sitewatch.report.html import render_html
from sitewatch.report.tree import Report
from sitewatch.report.view import Papers, SiteView

__all__ = ["Papers", "Report", "SiteView", "build_report", "render_html"]
