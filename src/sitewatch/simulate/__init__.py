"""Scenes of a site with known truth: for the demo, for tests, and to calibrate and evaluate detectors."""

from sitewatch.simulate.deliver import deliver, truth_geojson
from sitewatch.simulate.generate import random_scenario
from sitewatch.simulate.plan import Scenario, Sensor, Weather
from sitewatch.simulate.render import Simulation, render
from sitewatch.simulate.scenario import load_scenario, packaged, parse_scenario
from sitewatch.simulate.truth import Truth

__all__ = [
    "Scenario",
    "Sensor",
    "Simulation",
    "Truth",
    "Weather",
    "deliver",
    "load_scenario",
    "packaged",
    "parse_scenario",
    "random_scenario",
    "render",
    "truth_geojson",
]
