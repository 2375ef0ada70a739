"""The rules of the house: who may import whom, what speaks to whom, what never stands in a file."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OWN = {"analytics", "expectations", "reports", "pipelines"}
MAY_IMPORT = {
    "analytics": {"analytics", "numpy", "pandas", "scipy", "pyarrow"},
    "expectations": {"analytics", "expectations", "great_expectations", "pandas", "numpy"},
    "reports": {"analytics", "reports", "plotly", "jinja2", "markupsafe", "pandas", "numpy",
                "openpyxl"},
}  # fmt: skip
FORBIDDEN_CALLS = {"pickle", "subprocess", "socket", "urllib.request", "requests", "shelve"}
MODULES = sorted(p for folder in OWN for p in (ROOT / folder).rglob("*.py"))


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return names


def outside_standard_library(names: set[str]) -> set[str]:
    import sys

    return {n.split(".")[0] for n in names} - set(sys.stdlib_module_names)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_imports_stay_within_the_folder_rules(path: Path) -> None:
    folder = path.relative_to(ROOT).parts[0]
    names = outside_standard_library(imported(path))
    if folder in MAY_IMPORT:
        assert names <= MAY_IMPORT[folder]
    else:
        assert names & OWN <= OWN
        assert not names & {"great_expectations", "plotly", "jinja2"}


def test_only_reports_know_the_message_catalogue_of_expectations() -> None:
    for path in (ROOT / "expectations").rglob("*.py"):
        own = {n for n in imported(path) if n.split(".")[0] in OWN}
        assert all(n.startswith(("expectations", "analytics.schema", "analytics")) for n in own)
        assert not any(n.startswith("analytics.") and n != "analytics.schema" for n in own)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_no_shell_no_pickle_no_network(path: Path) -> None:
    assert not imported(path) & FORBIDDEN_CALLS


def test_top_level_holds_only_what_belongs_there() -> None:
    allowed = OWN | {
        "raw", "processed", "tests", "pyproject.toml", "README.md", "README.ru.md", "Makefile",
        "make.cmd", "requirements.lock", "demo", "build",
    }  # fmt: skip
    found = {p.name for p in ROOT.iterdir() if not p.name.startswith(".")}
    assert {n for n in found if not n.endswith(".egg-info")} <= allowed


def test_no_module_is_named_after_nothing() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager"}
    assert not [p for p in MODULES if p.stem in vague]


def test_lock_names_no_index() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", lock)
    assert "--hash=sha256:" in lock


def test_public_functions_of_analytics_say_what_they_return() -> None:
    silent = [
        f"{path.name}: {node.name}"
        for path in (ROOT / "analytics").rglob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if ast.get_docstring(node) is None or node.returns is None
    ]
    assert not silent
