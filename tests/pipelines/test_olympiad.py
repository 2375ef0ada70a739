"""The olympiad of the synthetic town: the planted school marked and no other, every planted fault
named by its cell, and no name in anything that a run leaves behind."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analytics import schema
from analytics.olympiad import olympiad_indicators
from pipelines.canonical.faults import cell_addresses
from pipelines.canonical.olympiad import place_olympiad
from pipelines.canonical.school_names import schools_by_name
from pipelines.canonical.schools import Directory
from pipelines.canonical.stack import Read
from pipelines.collect import Collected
from pipelines.demo import planting
from pipelines.demo.olympiads import OWN_SUBJECTS, SURNAME, YEARS
from pipelines.readers.reading import ProblemLog, Reading
from reports.passport import RunFacts
from reports.site import render_site

DROP = f"99{7 * planting.OLYMPIAD_DROP:04d}"

NAMES = {"1": "Школа № 1", "2": "Гимназия № 1", "3": "Лицей № 7", "4": "Центр Росток"}
SCHOOLS = [
    {"school_id": key, "short_name": name, "municipality": "М", "logins": [], "gia_code": None,
     "kind": None, "in_registry": True}
    for key, name in NAMES.items()
]  # fmt: skip
DIRECTORY = Directory(
    schema.conform(pd.DataFrame(SCHOOLS), "schools"), {"edu000001": "1", "gia9306": "1"}, {}
)


@pytest.fixture(scope="module")
def indicators(collected_demo: Collected) -> pd.DataFrame:
    return olympiad_indicators(collected_demo.tables)


def test_rows_read_are_those_counted(collected_demo: Collected, demo_town: Path) -> None:
    counts = pd.read_csv(demo_town / "truth" / "counts.csv", encoding="utf-8-sig")
    counts = counts[counts["kind"].str.startswith("olympiad_").fillna(value=False)]
    intake = collected_demo.tables["intake"].set_index("path")
    assert len(counts) == 3 * len(YEARS) + 2
    read = intake.loc[counts["file"]]
    assert read["rows_read"].tolist() == counts["data_rows"].tolist()
    assert read["rows_rejected"].tolist() == counts["rejected"].tolist()
    assert read["kind"].tolist() == counts["kind"].tolist()


def test_the_planted_school_is_marked_every_year_and_no_other(indicators: pd.DataFrame) -> None:
    marker = indicators[indicators["indicator"] == "MARKER"]
    marked = marker[marker["flagged"].fillna(value=False)]
    assert set(zip(marked["year"], marked["school_id"], strict=True)) == {
        (year, DROP) for year in YEARS
    }
    assert (marker["flagged"].notna()).sum() >= 55  # of 63 schools and years


def test_the_platforms_subjects_bear_no_sign(indicators: pd.DataFrame) -> None:
    signs = indicators[indicators["flagged"].fillna(value=False)]
    signs = signs[signs["indicator"].isin(["O5", "O6", "O7", "O9", "O12"])]
    single = set(signs.loc[signs["subject"] != "", "subject"])
    own = {s if s != "Технология" else "Труд (технология)" for s in OWN_SUBJECTS}
    assert single
    assert single <= own
    beside = indicators.query("indicator == 'SIR'")
    assert set(beside.loc[beside["flagged"].fillna(value=False), "school_id"]) == {DROP}


def test_every_planted_fault_is_named_by_its_cell(
    collected_demo: Collected, demo_town: Path
) -> None:
    dirt = pd.read_csv(demo_town / "truth" / "dirt.csv", dtype="str", encoding="utf-8-sig")
    dirt = dirt[dirt["kind"].str.startswith("olympiad_")]
    problems = collected_demo.tables["problems"]
    told = problems[problems["code"].str.startswith("olympiad_")]
    told = told[told["code"] != "olympiad_personal_columns"]
    columns = ["path", "sheet", "cell", "code", "severity"]
    wanted = dirt[["file", "sheet", "cell", "kind", "expected"]].to_numpy().tolist()
    assert sorted(told[columns].to_numpy().tolist()) == sorted(wanted)
    assert len(wanted) == 8


def test_no_name_is_left_anywhere(collected_demo: Collected) -> None:
    facts = RunFacts(date(2022, 7, 22), "0.1.0", "abc123def4567890", {"pandas": "3.1.0"})
    tables = collected_demo.tables
    for name, frame in tables.items():
        assert SURNAME.lower() not in frame.to_csv().lower(), name
    shown = {n: f for n, f in tables.items() if n not in ("works", "score_counts")}
    shown["olympiad_indicators"] = olympiad_indicators(tables)
    for page, content in render_site(shown, facts):
        text = content if isinstance(content, str) else content.decode("utf-8", "ignore")
        assert SURNAME.lower() not in text.lower(), page
        codes = tables["olympiad"]["pupil"].head(50)
        assert not [code for code in codes if code in text], page


def read_of(*schools: str) -> Read:
    """A file with one pupil in each row; the first row has no score."""
    count = len(schools)
    rows = pd.DataFrame(
        {"year": [2022] * count, "stage": "school", "subject": "История", "grade_studied": 8,
         "grade_competed": 8, "school": list(schools), "pupil": "код", "named": True,
         "score": [float("nan"), *[9.0] * (count - 1)], "max_score": 50.0, "status": "participant",
         "sheet": "л", "row": range(16, 16 + count)}
    )  # fmt: skip
    addresses = {("л", "school_id"): "B"}
    reading = Reading("olympiad_list", ProblemLog().frame(), tables={"olympiad": rows},
                      rows_read=count, addresses=addresses)  # fmt: skip
    return Read("файл", "ш.xlsx", reading)


def test_an_unknown_school_is_told_by_its_cell_and_a_row_with_a_score_goes_first() -> None:
    reads = [read_of("Школа № 1", "СОШ № 1", "Школа № 9")]
    rows, faults = place_olympiad(reads, DIRECTORY, cell_addresses(reads))
    assert rows["olympiad"]["row"].tolist() == [17, 16]
    assert set(rows["olympiad"]["school_id"]) == {"1"}
    assert faults[["code", "cell", "value"]].to_numpy().tolist() == [
        ["olympiad_school_unknown", "B18", "Школа № 9"]
    ]


def test_without_any_school_the_file_is_told_of_once() -> None:
    reads = [read_of("Школа № 1", "СОШ № 1")]
    nobody = Directory(schema.empty("schools"), {}, {})
    rows, faults = place_olympiad(reads, nobody, cell_addresses(reads))
    assert rows["olympiad"].empty
    assert faults["code"].tolist() == ["olympiad_without_registry"]
    assert faults["source_id"].tolist() == ["файл"]


@pytest.mark.parametrize(
    ("name", "school"),
    [
        ("Школа № 1", "1"),
        ('МБОУ "СОШ №1"', "1"),
        ("МБОУ г. Пробный «Школа №1»", "1"),
        ("Гимназия №1", "2"),
        ("№ 7", "3"),
        ("Лицей 7", "3"),
        ("Школа № 7", None),  # there is a lyceum of that number, no school
        ("№ 1", None),  # two of them
        ("Школа № 99", None),
        ("edu000001", "1"),
        ("9306", "1"),
        ("edu999999", None),
        ("Центр «Росток»", "4"),
        ("(текст)", None),
    ],
)
def test_schools_by_name(name: str, school: str | None) -> None:
    found = schools_by_name(pd.Series([name, None], dtype="str"), DIRECTORY)
    assert found.iloc[0] == school if school else pd.isna(found.iloc[0])
    assert pd.isna(found.iloc[1])
