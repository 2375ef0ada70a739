"""Task tables against the works that they are to describe."""

import pandas as pd
import pytest

from analytics import schema
from pipelines.canonical.tasks import above_maximum, build_tasks, without_contradicted
from pipelines.canonical.tests import HeaderOfFile, build_tests, id_of
from pipelines.readers.reading import Task, TestHeader

TABLE = pd.DataFrame(
    {
        "grade": [4, 4],
        "subject": ["Математика"] * 2,
        "position": [1, 2],
        "task": ["1", "2.1"],
        "max_points": [1, 19],
        "level": ["Б", "П"],
        "skill": ["счёт", "задачи"],
        "block": ["а", "б"],
        "kes": ["1", "2"],
        "kt": ["1", "2"],
        "source_id": ["table"] * 2,
    }
)


def header(*tasks: Task, year: int = 2021) -> HeaderOfFile:
    return HeaderOfFile("works", "файл.xlsx", TestHeader(year, 4, "Математика", None, tasks), True)


def built(headers: list[HeaderOfFile]) -> pd.DataFrame:
    return build_tests(headers, extra=pd.DataFrame(columns=["year", "grade", "subject"]))


def works(points: list[int]) -> pd.DataFrame:
    frame = schema.empty("works").reindex(range(len(points)))
    return frame.assign(
        test_id="vpr_2021_04_ma",
        absent=False,
        p1=pd.array(points, dtype="Int8"),
        p2=pd.array([3] * len(points), dtype="Int8"),
    )


def test_numbered_tasks_take_names_maxima_and_skills_of_the_table() -> None:
    headers = [header(Task("1"), Task("2"))]
    tasks, faults = build_tasks(built(headers), headers, TABLE)
    assert faults.empty
    assert tasks["task"].tolist() == ["1", "2.1"]
    assert tasks["max_points"].tolist() == [1, 19]
    assert tasks["skill"].tolist() == ["счёт", "задачи"]


def test_a_table_with_another_number_of_tasks_is_not_used() -> None:
    headers = [header(Task("1"), Task("2"), Task("3"))]
    tasks, faults = build_tasks(built(headers), headers, TABLE)
    assert faults[["source_id", "code", "value", "expected"]].to_numpy().tolist() == [
        ["table", "task_table_count", "2", "3: ВПР 2021, Математика, 4 класс"]
    ]
    assert tasks["max_points"].isna().all()


@pytest.mark.parametrize(("maximum", "used"), [(18, False), (19, True), (20, False)])
def test_maxima_are_used_only_if_they_add_up(maximum: int, used: bool) -> None:
    headers = [header(Task("1"), Task("2"))]
    table = TABLE.assign(max_points=[1, maximum])  # the official scale of the test goes to 20
    tasks, faults = build_tasks(built(headers), headers, table)
    assert tasks["max_points"].notna().all() == used
    assert faults["code"].tolist() == ([] if used else ["task_table_sum"])
    assert tasks["skill"].notna().all()


def test_a_header_with_maxima_keeps_its_own() -> None:
    headers = [header(Task("1", 2), Task("2К1", 18))]
    tasks, _ = build_tasks(built(headers), headers, TABLE)
    assert tasks["max_points"].tolist() == [2, 18]
    assert tasks["skill"].tolist()[0] == "счёт"
    assert pd.isna(tasks["skill"].tolist()[1])


@pytest.mark.parametrize(("exceeding", "kept"), [(0, True), (2, True), (3, False)])
def test_works_contradict_a_table_when_over_a_twentieth_exceeds_it(
    exceeding: int, kept: bool
) -> None:
    headers = [header(Task("1"), Task("2"))]
    tests = built(headers)
    proposed, _ = build_tasks(tests, headers, TABLE)
    points = [2] * exceeding + [1] * (40 - exceeding)  # 2 of 40 is exactly a twentieth
    tasks, faults = without_contradicted(proposed, works(points), tests)
    assert tasks["max_points"].notna().all() == kept
    assert faults["code"].tolist() == ([] if kept else ["task_table_contradicted"])


def test_points_above_the_maximum_by_cell() -> None:
    tasks = pd.DataFrame(
        {"test_id": ["vpr_2021_04_ma"] * 2, "position": [1, 2], "max_points": [1, None]}
    )
    assert above_maximum(works([0, 1, 2]), tasks).tolist() == [
        [False, False], [False, False], [True, False],
    ]  # fmt: skip


def test_the_autumn_works_of_2020_were_written_a_grade_later() -> None:
    tests = built([header(year=2020), header(year=2021)])
    assert tests[["year", "grade", "pupil_grade"]].to_numpy().tolist() == [
        [2020, 4, 5], [2021, 4, 4],
    ]  # fmt: skip
    assert id_of(TestHeader(2020, None, "Математика")) is None
