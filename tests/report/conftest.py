"""One built report for all tests that only read it."""

from pathlib import Path

import pytest
import report_samples as samples

from sitewatch.report import Report, build_report


@pytest.fixture
def coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small figures, for tests that read the words only."""
    monkeypatch.setattr("sitewatch.report.figures.style.DPI", 40)
    monkeypatch.setattr("sitewatch.report.figures.furniture.DPI", 40)


@pytest.fixture(scope="session")
def sample_report(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Path]:
    folder = tmp_path_factory.mktemp("report") / "figures"
    other = samples.event(
        "e2", 16, kind=samples.EventKind.REMOVED, outline=samples.square(25, 25), probability=0.7
    )
    report = build_report(
        "A sample site",
        [samples.view((samples.event(), other))],
        folder,
        generated=samples.GENERATED,
        command="sitewatch report SAMPLE",
        version="0.0.test",
    )
    return report, folder
