"""The main job as a user runs it: one real Prefect flow on the synthetic town, twice."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from pipelines.home import Home
from pipelines.store import exclusive


def run(home: Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")}
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", "run", "--home", str(home)],
        capture_output=True, text=True, check=False, encoding="utf-8", env=environment,
    )  # fmt: skip


@pytest.fixture(scope="module")
def home(demo_town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("home")
    (root / "raw").symlink_to(demo_town / "raw", target_is_directory=True)
    return root


@pytest.fixture(scope="module")
def first(home: Path) -> subprocess.CompletedProcess[str]:
    return run(home)


def results(home: Path) -> dict[str, bytes]:
    folders = (home / "processed", home / "reports" / "site")
    return {
        path.relative_to(home).as_posix(): path.read_bytes()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".mmuko" not in path.parts
    }


@pytest.mark.slow
def test_the_run_ends_with_documents_and_tells_what_it_set_aside(
    home: Path, first: subprocess.CompletedProcess[str]
) -> None:
    assert first.returncode == 1, first.stderr
    assert "Строки: прочитано" in first.stdout
    assert "Traceback" not in first.stderr
    site = home / "reports" / "site"
    assert (site / "index.html").exists()
    assert len(list(site.glob("school-*.html"))) >= 21
    manifest = json.loads((home / "processed" / "manifest.json").read_text(encoding="utf-8"))
    rows = manifest["rows"]
    assert rows["read"] == rows["accepted"] + rows["rejected"]
    intake = pd.read_parquet(home / "processed" / "intake.parquet")
    assert rows["read"] == int(intake["rows_read"].sum())
    assert set(manifest["files"]) == set(intake["path"])
    works = list((home / "processed" / "works").glob("*.parquet"))
    assert len(works) == len(
        pd.read_parquet(home / "processed" / "tests.parquet").query("tasks > 0")
    )
    returned = list((home / "processed" / "returned").glob("*.xlsx"))
    assert len(returned) >= 21


@pytest.mark.slow
def test_an_unchanged_second_run_changes_nothing(
    home: Path, first: subprocess.CompletedProcess[str]
) -> None:
    before = results(home)
    second = run(home)
    assert "ничего не изменилось" in second.stdout, second.stderr
    assert results(home) == before


@pytest.mark.slow
def test_a_run_that_finds_the_home_taken_says_so_and_touches_nothing(
    home: Path, first: subprocess.CompletedProcess[str]
) -> None:
    before = results(home)
    with exclusive(Home(home)):
        refused = run(home)
    assert refused.returncode == 3
    assert "уже идёт другой запуск" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert results(home) == before


@pytest.mark.slow
def test_no_person_is_named_in_any_result(
    home: Path, first: subprocess.CompletedProcess[str]
) -> None:
    kept = sorted((home / "processed" / ".mmuko" / "sources").rglob("*.parquet"))
    assert len(kept) > 100
    files = [home / name for name in results(home)] + kept
    assert not [path.name for path in files if "Иванов" in plain_text(path)]


def plain_text(path: Path) -> str:
    """Everything that can be read in a file, compressed or not."""
    if path.suffix == ".parquet":
        return pd.read_parquet(path).to_csv()
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as archive:
            return "".join(archive.read(n).decode("utf-8") for n in archive.namelist())
    return path.read_text(encoding="utf-8")
