"""The command line. Commands are imported when they are called, so that `sitewatch --help` is quick."""

import atexit
import gc
import os

import click

from sitewatch import __version__
from sitewatch.cli.program import LazyGroup, Program

COMMANDS = {
    "demo": ("sitewatch.cli.demo:demo", "See it work: a real series and a simulated factory, end to end."),
    "compare": ("sitewatch.cli.compare:compare", "Two images: what changed between them."),
    "init": ("sitewatch.cli.case:init", "Make a new case (a folder)."),
    "site": ("sitewatch.cli.site:site", "Name the ground that a case watches."),
    "scenes": ("sitewatch.cli.scenes:scenes", "Bring images into a case."),
    "detect": ("sitewatch.cli.detect:detect", "Find and date changes at a site."),
    "measure": ("sitewatch.cli.measure:measure", "Measure what was found, with intervals."),
    "docs": ("sitewatch.cli.docs:docs", "Bring documents into a case."),
    "claims": ("sitewatch.cli.claims:claims", "What the documents claim, with exact spans."),
    "assess": ("sitewatch.cli.assess:assess", "Hold claims against objects and measurements."),
    "report": ("sitewatch.cli.report:report", "Write the report."),
    "run": ("sitewatch.cli.run:run", "The whole chain, resuming what is done."),
    "evaluate": ("sitewatch.cli.evaluate:evaluate", "Score detections against truth."),
    "simulate": ("sitewatch.cli.simulate:simulate", "Make imagery with known truth."),
}
"""Name → where the command is defined, and its line in the overview."""


@click.group(cls=Program, commands_at=COMMANDS)
@click.version_option(__version__, prog_name="sitewatch")
def main() -> None:
    """What was built, removed or dug at a site, when, and how large: from dated satellite images.

    \b
    Example:
      sitewatch init factory
      sitewatch site add factory --name factory --point 25.41 45.75 --radius 1500
      sitewatch scenes add factory ~/deliveries
      sitewatch run factory
    """


# The matrices here are small: threads for each would spend a quarter more processor time, most of it waiting for one
# another. Work is shared out over processes instead (`--workers`).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# What there is at the end goes with the process: looking through all of it for cycles took a third of a second.
atexit.register(gc.freeze)

__all__ = ["COMMANDS", "LazyGroup", "main"]
