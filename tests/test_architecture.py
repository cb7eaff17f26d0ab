"""The rules of the house: who may import whom, how long a module may be, what every command must offer."""

import ast
import itertools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from sitewatch.cli.reference import commands, help_of, page

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "sitewatch"
MODULES = sorted(PACKAGE.rglob("*.py"))

STAGES = {
    "assess",
    "change",
    "documents",
    "evaluate",
    "formats",
    "imagery",
    "measure",
    "report",
    "simulate",
}
BASE = {"", "types", "errors"}  # "" is the package itself, for its version
SHARED = BASE | {"cube", "optics", "net", "raster"}
MAY_IMPORT = {
    "": set(),
    "errors": BASE,
    "types": BASE,
    "cube": BASE,
    "optics": BASE,
    "net": BASE,
    "raster": BASE,
    "engine": BASE,
    "case": BASE,
    **dict.fromkeys(STAGES, SHARED),
    "app": SHARED | STAGES | {"case", "engine"},
    "cli": SHARED | {"case", "engine", "app"},
    "web": SHARED | {"case", "engine", "app"},
}
"""Room → the rooms that it may import beside itself."""


def room(name: str) -> str:
    """The room of a dotted module name of this package."""
    return [*name.split("."), ""][1]


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path) -> Iterator[str]:
    """Dotted names of this package that a module imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "sitewatch")
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import; expected the full name"
            if node.module == "sitewatch":
                yield from (f"sitewatch.{alias.name}" for alias in node.names if alias.name != "__version__")
            elif (node.module or "").startswith("sitewatch."):
                yield str(node.module)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_one_way(path: Path) -> None:
    here = room(module_name(path))
    assert here in MAY_IMPORT, f"room {here!r} is not in the plan of the house"
    allowed = MAY_IMPORT[here] | {here}
    strangers = {name for name in imported(path) if room(name) not in allowed}
    assert not strangers, f"{here} must not import {sorted(strangers)}"


def test_the_law_sees_imports_inside_functions(tmp_path: Path) -> None:
    module = tmp_path / "a.py"
    module.write_text("def f():\n    from sitewatch.case import Case\n    import sitewatch.web.app\n")
    assert list(imported(module)) == ["sitewatch.case", "sitewatch.web.app"]
    assert room("sitewatch.web.app") == "web"
    assert "web" not in MAY_IMPORT["change"]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_module_is_longer_than_500_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 500


def test_modules_have_a_docstring() -> None:
    without = [
        str(p.relative_to(PACKAGE)) for p in MODULES if not ast.get_docstring(ast.parse(p.read_text()))
    ]
    assert without == []


COMMANDS = dict(commands())


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_has_help_with_an_example(path: str) -> None:
    text = help_of(path, COMMANDS[path])
    assert "Example" in text
    example = text.split("Example", 1)[1]
    assert any(line.strip().startswith(path) for line in example.splitlines()), f"no example of `{path}`"


@pytest.mark.parametrize("path", [p for p, c in COMMANDS.items() if not isinstance(c, click.Group)])
def test_every_command_speaks_json(path: str) -> None:
    options = itertools.chain.from_iterable(p.opts for p in COMMANDS[path].params)
    assert "--json" in options


def test_the_reference_page_is_current() -> None:
    stored = (ROOT / "docs" / "reference" / "cli.md").read_text()
    assert stored == page(), "run: python -m sitewatch.cli.reference > docs/reference/cli.md"


def test_help_imports_nothing_heavy() -> None:
    # Every command's help in one process: commands import what they need only when they are run.
    heavy = {"numpy", "shapely", "sqlalchemy", "rasterio", "xarray", "scipy", "cv2", "matplotlib", "tqdm"}
    code = "import sys; from sitewatch.cli.reference import page; page(); "
    code += f"print(sorted({heavy} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
