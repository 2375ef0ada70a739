"""The layout of 2020: the tasks end at «Учебник», works in one or two parts."""

import pandas as pd
import pytest

from pipelines.readers import vpr_export_2020 as reader
from pipelines.readers.reading import Reading, Sheet, Workbook

HEAD = ["groups", "user", "id", "code", "otc", "gender", "klass", "var-1", "var-2", "sum"]
TITLES = [*HEAD, "a-1-grade", "a-2-grade", "Учебник", "a-4-grade", "a-5-grade"]
GROUPS = "00-RU-XX,EAST,VPR_00,reg00_vpr_m017,active_reg00"


def row(var1="1", var2="", total=2.0, points=("1", "1"), code=50001.0) -> list:
    return [GROUPS, "sch000001", 1.0, code, "4", "ж", "9-Б", var1, var2, total, *points, *[""] * 3]


def read(*rows: list, titles: list = TITLES) -> Reading:
    return reader.read(Workbook("2020/5/История.xlsx", (Sheet("Sheet1", [titles, *rows]),)))


def test_the_number_of_tasks_comes_from_the_textbook_column() -> None:
    reading = read(row())
    assert [task.task for task in reading.test.tasks] == ["1", "2"]
    assert {task.max_points for task in reading.test.tasks} == {None}
    assert [c for c in reading.tables["works"] if c[:1] == "p" and c[1:].isdigit()] == ["p1", "p2"]
    assert reading.test.max_score is None


def test_year_grade_and_subject_come_from_the_path() -> None:
    test = read(row()).test
    assert (test.year, test.grade, test.subject) == (2020, 5, "История")


def test_the_municipality_is_a_code_among_the_groups() -> None:
    work = read(row()).tables["works"].iloc[0]
    assert work["municipality"] == "reg00_vpr_m017"
    assert (work["login"], work["pupil"], work["class_label"]) == ("sch000001", "50001", "9Б")


@pytest.mark.parametrize(
    ("var1", "var2", "absent", "variant"),
    [
        ("2", "", False, "2"),
        ("2", "1", False, "2/1"),
        ("отсутствовал", "", True, None),
        ("отсутствовал", "отсутствовал", True, None),
        ("2", "отсутствовал", False, "2/—"),
        ("отсутствовал", "1", False, "—/1"),
        ("", "1", False, "1"),
    ],
)
def test_absent_means_absent_from_every_part(var1, var2, absent, variant) -> None:
    # The second row keeps var-2 in use, as in a work of two parts.
    reading = read(row(var1, var2, 1.0, ("1", "")), row("1", "1", code=50002.0))
    work = reading.tables["works"].iloc[0]
    assert work["absent"] == absent
    assert (None if pd.isna(work["variant"]) else work["variant"]) == variant
    assert pd.isna(work["score"]) == absent
    if not absent:
        assert work["score"] == 1


def test_only_its_own_columns_are_recognised() -> None:
    assert reader.recognises(Workbook("x.xlsx", (Sheet("S", [TITLES]),)))
    assert not reader.recognises(Workbook("x.xlsx", (Sheet("S", [HEAD]),)))
    assert not reader.recognises(Workbook("x.xlsx", (Sheet("S", []),)))


def test_without_the_textbook_column_the_tasks_cannot_be_told() -> None:
    reading = read(row(), titles=[*HEAD, "a-1-grade", "a-2-grade", "", "", ""])
    assert reading.problems[["code", "expected"]].to_numpy().tolist() == [
        ["columns_missing", "«Учебник»"]
    ]
