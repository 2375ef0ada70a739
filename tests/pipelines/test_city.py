"""The real town beside the repository: recognised, balanced, agreeing with its reports."""

from pathlib import Path

import pytest

from pipelines.collect import Collected, collect
from pipelines.home import Home
from pipelines.progress import Progress
from pipelines.raw_files import scan
from pipelines.read import read_files

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def city(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Collected:
    home = Home(tmp_path_factory.mktemp("city"))
    reads, _ = read_files(home, scan(samples / "city"), Progress(live=False))
    return collect(home, reads)


def test_every_file_is_recognised_and_every_row_is_in_the_balance(city: Collected) -> None:
    intake = city.tables["intake"]
    assert intake["kind"].value_counts().to_dict() == {
        "vpr_distribution": 58, "vpr_export_2021": 38, "vpr_export_2020": 30,
        "vpr_export_2022": 7, "school_registry": 1,
    }  # fmt: skip
    works = intake[intake["kind"].str.startswith("vpr_export")]
    assert int(works["rows_read"].sum()) == 67_558
    assert int(works["rows_rejected"].sum()) == 12  # totals of 22–30 in a work of 20 points
    assert len(city.tables["works"]) == 67_558 - 12


def test_schools_and_tests(city: Collected) -> None:
    assert len(city.tables["schools"]) == 17
    assert city.tables["schools"]["in_registry"].all()
    tests = city.tables["tests"]
    assert len(tests) == 75
    assert int(tests["scale_source"].notna().sum()) == 58


def test_the_reports_agree_with_the_pupil_files(city: Collected) -> None:
    reconciliation = city.tables["reconciliation"]
    assert reconciliation["test_id"].nunique() == 58
    assert len(reconciliation) == 1015
    assert reconciliation["agrees"].all()
    assert float(reconciliation["max_gap_pct"].max()) <= 0.0051


def test_a_region_row_stands_behind_every_reported_test(city: Collected) -> None:
    counts = city.tables["score_counts"]
    region = counts[counts["group"] == "region"].groupby("test_id")["n"].sum()
    assert len(region) == 58
    assert region.min() > 5_000
    assert set(counts["group"]) == {"municipality", "region", "school"}
