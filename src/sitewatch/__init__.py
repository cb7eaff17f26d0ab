"""sitewatch: what was built, removed or dug at a site, when, and how large."""

from importlib.metadata import version

__version__ = version("sitewatch")
