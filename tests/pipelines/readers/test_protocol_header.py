"""Headers of protocols: tasks, search, levels."""

import pytest

from pipelines.readers import header, vpr_collection, vpr_individual
from pipelines.readers.reading import Sheet, Task

LAYOUT = vpr_individual.LAYOUT
TITLES = ["ОО", "Код участника", "1 (2б)", "2.1 (1б)", "Первичный балл"]


def sheet(*rows: list) -> Sheet:
    width = max(len(row) for row in rows)
    return Sheet("Лист", [[*row, *[""] * (width - len(row))] for row in rows])


@pytest.mark.parametrize(
    ("title", "task", "maximum"),
    [
        ("1 (2б)", "1", 2),
        ("5(1б)", "5", 1),
        ("16 (1) (1б)", "16.1", 1),
        ("5(1) (1б)", "5.1", 1),
        ("6К1 (3б)", "6К1", 3),  # Cyrillic
        ("6K1 (3б)", "6К1", 3),  # Latin
        ("11.3 k1 (2б)", "11.3К1", 2),
        ("9,1 (1б)", "9.1", 1),
        ("10 (12 баллов)", "10", 12),
        ("1\u00a0(2б)", "1", 2),
        ("3\n(2б)", "3", 2),
    ],
)
def test_task_headers(title, task, maximum) -> None:
    assert header.numbered_task(header.fold(title)) == Task(task, maximum)


@pytest.mark.parametrize("title", ["1", "(2б)", "К1 (2б)", "Итого (20б)", "1 (2)", "12.05.2026"])
def test_other_headers_are_no_tasks(title) -> None:
    assert header.numbered_task(header.fold(title)) is None


def test_titles_and_merged_heads_above_are_passed_over() -> None:
    found = header.find(
        sheet(["Индивидуальные результаты"], [], ["", "", "Задания", "", ""], TITLES), LAYOUT
    )
    assert found.row == 3
    assert found.columns == {"login": 0, "pupil": 1, "score": 4}
    assert [(place, task.task) for place, task in found.tasks] == [(2, "1"), (3, "2.1")]


def test_case_blanks_and_line_breaks_in_headers_do_not_count() -> None:
    found = header.find(sheet([" оо ", "КОД\nУЧАСТНИКА", "1 (2б)", "Первичный\u00a0балл"]), LAYOUT)
    assert found.columns == {"login": 0, "pupil": 1, "score": 3}


def test_levels_stand_above_the_tasks() -> None:
    found = header.find(sheet(["", "Уровень", "Б", "B", ""], TITLES), LAYOUT)
    assert [task.level for _, task in found.tasks] == ["Б", "В"]


def test_anything_else_above_the_tasks_is_no_level() -> None:
    found = header.find(sheet(["", "", "Б", "Задание", ""], TITLES), LAYOUT)
    assert [task.level for _, task in found.tasks] == [None, None]


@pytest.mark.parametrize(("above", "is_found"), [(29, True), (30, False)])
def test_the_search_ends_at_row_30(above, is_found) -> None:
    found = header.find(sheet(*[["Пояснение"]] * above, TITLES), LAYOUT)
    assert (found is not None) == is_found


def test_all_missing_columns_are_named() -> None:
    found = header.find(sheet(["Код участника", "1 (2б)", "Первичный балл"]), LAYOUT)
    assert header.missing(found, LAYOUT) == ["ОО"]
    found = header.find(sheet(["ОО", "1 (2б)"]), LAYOUT)
    assert header.missing(found, LAYOUT) == ["Код участника", "Первичный балл"]


def test_repeated_and_personal_headers() -> None:
    found = header.find(
        sheet(["ОО", "ОО", "Фамилия", "Телефон", "Пол", "1 (2б)", "1 (2б)", "Первичный балл"]),
        LAYOUT,
    )
    assert found.columns["login"] == 0
    assert found.repeated == ((1, "ОО"), (6, "1 (2б)"))
    assert found.personal == ((2, "Фамилия"), (3, "Телефон"))


def test_a_header_of_another_layout_is_left_to_it() -> None:
    assert header.find(sheet(TITLES), vpr_collection.LAYOUT) is None
