"""Canonical tables of exams: maxima of short answers, the order of task tables, appeals alone."""

import pandas as pd
import pytest

from analytics import schema
from pipelines.canonical.appeals import COLUMNS, apply_appeals
from pipelines.canonical.stack import Read
from pipelines.canonical.tasks import build_tasks, with_seen_maxima
from pipelines.canonical.tests import HeaderOfFile, build_tests
from pipelines.canonical.works import gather_works
from pipelines.readers.reading import ProblemLog, Reading, Task, TestHeader

NO_TESTS = pd.DataFrame(columns=["procedure", "year", "grade", "subject"])
TASKS = (Task("1"), Task("2"), Task("3", 2))


def header(procedure: str = "oge", **given: object) -> HeaderOfFile:
    test = TestHeader(2026, 9, "Химия", tasks=TASKS, procedure=procedure, **given)
    return HeaderOfFile("works", "химия.xlsx", test, True)


def tasks_and_tests(head: HeaderOfFile) -> tuple[pd.DataFrame, pd.DataFrame]:
    tests = build_tests([head], extra=NO_TESTS)
    columns = "source_id grade subject position task max_points level skill block kes kt"
    table = pd.DataFrame(columns=columns.split())
    tasks, _ = build_tasks(tests, [head], table)
    return schema.conform(tasks.drop(columns="table_source"), "tasks"), tests


def works(test_id: str, *points: list) -> pd.DataFrame:
    frame = pd.DataFrame(list(points), columns=["p1", "p2", "p3"]).astype("Int8")
    return frame.assign(test_id=test_id)


@pytest.mark.parametrize(
    ("points", "maxima"),
    [
        ([[1, 0, 2], [2, 0, 1]], [2, None, 2]),  # nobody solved the second task
        ([[1, 1, 0], [None, None, None]], [1, 1, 2]),
        ([], [None, None, 2]),
    ],
)
def test_the_most_points_seen_stand_for_a_maximum(points: list, maxima: list) -> None:
    tasks, tests = tasks_and_tests(header())
    found = with_seen_maxima(tasks, works("oge_2026_09_chem", *points), tests)["max_points"]
    assert [None if pd.isna(m) else m for m in found] == maxima


@pytest.mark.parametrize(("whole", "taken"), [(3, False), (4, True), (5, False)])
def test_what_was_seen_must_come_to_the_whole_maximum(whole: int, taken: bool) -> None:
    tasks, tests = tasks_and_tests(header(max_score=whole))
    found = with_seen_maxima(tasks, works("oge_2026_09_chem", [1, 1, 2]), tests)["max_points"]
    assert found.notna().tolist() == [taken, taken, True]


def test_tests_of_other_procedures_are_left_alone() -> None:
    tasks, tests = tasks_and_tests(header("vpr"))
    found = with_seen_maxima(tasks, works("vpr_2026_09_chem", [1, 1, 2]), tests)
    pd.testing.assert_frame_equal(found, tasks)


@pytest.mark.parametrize(("longest", "served"), [(2, True), (1, False)])
def test_a_task_table_in_another_order_does_not_serve(longest: int, served: bool) -> None:
    tests = build_tests([header()], extra=NO_TESTS)
    table = pd.DataFrame(
        {
            "source_id": "table", "grade": 9, "subject": "Химия", "position": [1, 2, 3],
            "task": ["1", "2", "3"], "max_points": [1, 1, longest], "level": "Б",
            "skill": ["а", "б", "в"], "block": None, "kes": None, "kt": None,
        }
    )  # fmt: skip
    tasks, faults = build_tasks(tests, [header()], table)
    assert tasks["skill"].notna().tolist() == [served] * 3
    assert faults["code"].tolist() == ([] if served else ["task_table_order"])


def test_two_procedures_of_one_subject_and_year_are_two_tests() -> None:
    tests = build_tests([header(), header("gve"), header("vpr")], extra=NO_TESTS)
    assert tests["test_id"].tolist() == [f"{p}_2026_09_chem" for p in ("gve", "oge", "vpr")]


def test_exams_of_2020_were_not_written_in_autumn() -> None:
    exam = TestHeader(2020, 11, "Химия", procedure="ege")
    vpr = TestHeader(2020, 8, "Химия")
    heads = [HeaderOfFile("a", "a.xlsx", test, True) for test in (exam, vpr)]
    tests = build_tests(heads, extra=NO_TESTS)
    assert tests["pupil_grade"].tolist() == [11, 9]


def test_appeals_without_any_protocol_are_all_set_aside() -> None:
    rows = pd.DataFrame([dict.fromkeys(COLUMNS)]).assign(sheet="Лист", row=6, person="код")
    reading = Reading("exam_appeals", ProblemLog().frame(), tables={"appeals": rows})
    reads = [Read("a" * 64, "апелляции.xlsx", reading)]
    letters = pd.DataFrame(columns=["source_id", "sheet", "column", "letters"])
    found, faults = apply_appeals(gather_works(reads), reads, letters)
    assert found.empty
    assert faults[["code", "sheet", "row"]].to_numpy().tolist() == [
        ["appeal_without_work", "Лист", 6]
    ]
