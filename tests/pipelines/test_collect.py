"""The synthetic town collected: every row in the balance, every planted fault at its cell."""

from pathlib import Path

import pandas as pd
import pytest

from analytics import schema
from pipelines.collect import Collected


@pytest.fixture(scope="module")
def counts(demo_town: Path) -> pd.DataFrame:
    return pd.read_csv(demo_town / "truth" / "counts.csv")


@pytest.fixture(scope="module")
def dirt(demo_town: Path) -> pd.DataFrame:
    return pd.read_csv(demo_town / "truth" / "dirt.csv", dtype="str")


def test_every_row_read_is_accepted_or_set_aside(
    collected_demo: Collected, counts: pd.DataFrame
) -> None:
    intake = collected_demo.tables["intake"].set_index("path")
    assert (intake["rows_read"] == intake["rows_accepted"] + intake["rows_rejected"]).all()
    expected = counts.set_index("file")
    found = intake.reindex(expected.index)
    assert found["rows_read"].tolist() == expected["data_rows"].tolist()
    assert found["rows_rejected"].tolist() == expected["rejected"].tolist()
    known = expected["kind"].notna()
    assert found.loc[known, "kind"].tolist() == expected.loc[known, "kind"].tolist()


def test_the_works_stored_are_the_works_accepted(collected_demo: Collected) -> None:
    tables = collected_demo.tables
    intake = tables["intake"].set_index("source_id")
    stored = tables["works"].groupby("source_id").size()
    pupil_kinds = intake.loc[stored.index, "kind"]
    assert set(pupil_kinds) <= {
        "vpr_export_2020", "vpr_export_2021", "vpr_export_2022", "vpr_individual",
        "vpr_collection", "exam_oge", "exam_ege", "exam_csv",
    }  # fmt: skip
    accepted = intake.groupby(level=0)["rows_accepted"].max()
    assert stored.tolist() == accepted.loc[stored.index].tolist()


@pytest.mark.parametrize("expected", ["stop", "warn", "note"])
def test_every_planted_cell_is_named(
    collected_demo: Collected, dirt: pd.DataFrame, expected: str
) -> None:
    planted = dirt[(dirt["expected"] == expected) & dirt["cell"].notna()]
    assert len(planted) > 1
    problems = collected_demo.tables["problems"]
    rows = set(zip(problems["path"], problems["sheet"], problems["row"], strict=True))
    severities = set(zip(problems["path"], problems["cell"], problems["severity"], strict=True))
    row = planted["cell"].str.extract(r"(\d+)$", expand=False).astype(int)
    places = zip(planted["file"], planted["sheet"], row, strict=True)
    assert not [place for place in places if place not in rows]
    cells = zip(planted["file"], planted["cell"], strict=True)
    told = [(file, cell, expected) in severities for file, cell in cells]
    # A shifted or doubled row is told once, at the first cell that gives it away.
    assert sum(told) >= 0.8 * len(planted)


def test_what_is_no_fault_is_not_told(collected_demo: Collected, dirt: pd.DataFrame) -> None:
    clean = dirt[(dirt["expected"] == "none") & dirt["cell"].notna()]
    problems = collected_demo.tables["problems"]
    told = set(zip(problems["path"], problems["cell"], strict=True))
    assert not [place for place in zip(clean["file"], clean["cell"], strict=True) if place in told]


def test_every_planted_bad_file_is_told_and_the_others_go_on(
    collected_demo: Collected, dirt: pd.DataFrame
) -> None:
    bad = dirt.loc[dirt["cell"].isna() & (dirt["expected"] != "none"), "file"].unique()
    problems = collected_demo.tables["problems"]
    assert len(bad) > 10
    assert set(bad) <= set(problems["path"])
    assert (collected_demo.tables["intake"]["status"] == "accepted").sum() > 100


def test_tables_are_as_the_schema_declares(collected_demo: Collected) -> None:
    for name, frame in collected_demo.tables.items():
        key = list(schema.TABLES[name].key)
        assert not key or not frame.duplicated(key).any(), name
        pd.testing.assert_frame_equal(frame, schema.conform(frame, name))


def test_the_planted_stale_report_is_the_only_one_that_differs(collected_demo: Collected) -> None:
    reconciliation = collected_demo.tables["reconciliation"]
    differing = reconciliation[~reconciliation["agrees"].astype(bool)]
    assert set(differing["test_id"]) == {"vpr_2021_04_okr"}
    assert set(differing["group"]) == {"school", "municipality"}
    problems = collected_demo.tables["problems"]
    assert (problems["code"] == "report_differs_from_works").sum() == len(differing)


def test_a_school_that_changed_its_login_is_one_school(
    collected_demo: Collected, demo_town: Path
) -> None:
    planted = pd.read_csv(demo_town / "truth" / "planted.csv", dtype="str")
    changed = planted[planted["kind"] == "crosswalk"].iloc[0]
    schools = collected_demo.tables["schools"]
    assert len(schools[schools["in_registry"].astype(bool)]) == 21
    row = schools[schools["logins"].map(lambda known: changed["login_since"] in list(known))]
    assert changed["login_before"] in list(row["logins"].iloc[0])
    works = collected_demo.tables["works"]
    own = works[works["school_id"] == row["school_id"].iloc[0]]
    assert set(own["test_id"].str[4:8]) == {"2020", "2021", "2022"}


def test_no_person_is_named_anywhere(collected_demo: Collected) -> None:
    for frame in collected_demo.tables.values():
        for column in frame.select_dtypes(include=["str"]):
            assert not frame[column].str.contains("Иванов", na=False).any()
