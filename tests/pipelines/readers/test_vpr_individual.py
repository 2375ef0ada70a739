"""Ф1 «Индивидуальные результаты»: titles, levels, section rows, marks."""

import pytest

from pipelines.readers import vpr_individual as reader
from pipelines.readers.reading import Sheet, Workbook

TITLES = ["ОО", "Муниципалитет", "Название ОО", "Код участника", "Класс", "Вариант"]
TITLES += ["1 (2б)", "2.1 (1б)", "Первичный балл", "Отметка", "Отметка по журналу"]
NAME = "МБОУ «СОШ №1»(edu000001)"


def pupil(code=40001.0, score=2.0, mark=4.0, journal=4.0) -> list:
    return ["edu000001", "Лесной район", NAME, code, 1.0, 1.0, 1.0, 1.0, score, mark, journal]


def book(
    *rows: list, title="ВПР 2026 Русский язык 4 класс", maximum=3.0, path="x.xlsx"
) -> Workbook:
    head = [["Индивидуальные результаты"], [], [title], ["Предмет:", "Русский язык"]]
    head += [["Максимальный первичный балл:", maximum], ["Дата:", "20.04.2026"]]
    head += [["", "", "Уровень сложности задания", "", "", "", "Б", "П"], TITLES]
    padded = [[*row, *[""] * (len(TITLES) - len(row))] for row in (*head, *rows)]
    return Workbook(path, (Sheet("РУ 4 Индивидуальные результаты", padded),))


def codes(reading) -> list[str]:
    return reading.problems["code"].tolist()


def test_the_titles_name_the_test() -> None:
    test = reader.read(book(pupil(), path="2849657.xlsx")).test
    assert (test.year, test.grade, test.subject, test.max_score) == (2026, 4, "Русский язык", 3)
    assert [(t.task, t.max_points, t.level) for t in test.tasks] == [("1", 2, "Б"), ("2.1", 1, "П")]


def test_a_pupil() -> None:
    reading = reader.read(book(pupil()))
    found = reading.tables["works"].iloc[0]
    assert (found["login"], found["school_name"]) == ("edu000001", "МБОУ «СОШ №1»")
    assert (found["score"], found["mark"], found["journal_mark"]) == (2, 4, 4)
    assert (found["class_label"], found["variant"], found["pupil"]) == ("1", "1", "40001")
    assert found["row"] == 9
    assert codes(reading) == []


@pytest.mark.parametrize(("declared", "faults"), [(1, 1), (2, 0), (3, 1)])
def test_a_section_row_is_no_pupil_and_declares_their_number(declared, faults) -> None:
    section = [f"{NAME} | Кол-во участников: {declared}"]
    reading = reader.read(book(section, pupil(), pupil(40002.0)))
    assert reading.rows_read == 2
    assert codes(reading) == ["section_count_differs"] * faults
    if faults:
        problem = reading.problems.iloc[0]
        assert (problem["cell"], problem["login"]) == ("A9", "edu000001")
        assert (problem["value"], problem["expected"]) == (str(declared), "2")


def test_sections_of_one_school_add_up() -> None:
    first, second = [f"{NAME} | Кол-во участников: 1"], [f"{NAME} | Кол-во участников: 2"]
    reading = reader.read(book(first, pupil(), second, pupil(40002.0), pupil(40003.0)))
    assert reading.rows_read == 3
    assert codes(reading) == []


def test_a_school_without_its_pupils() -> None:
    section = ["МБОУ «СОШ №2»(edu000002) | Кол-во участников: 5"]
    problem = reader.read(book(pupil(), section)).problems.iloc[0]
    assert (problem["code"], problem["login"], problem["expected"]) == (
        "section_count_differs",
        "edu000002",
        "0",
    )


@pytest.mark.parametrize(("mark", "faults"), [(1.0, 1), (2.0, 0), (5.0, 0), (6.0, 1)])
def test_marks_of_the_work(mark, faults) -> None:
    reading = reader.read(book(pupil(mark=mark)))
    assert codes(reading) == ["mark_not_in_scale"] * faults
    assert reading.tables["works"]["mark"].isna().sum() == faults


def test_no_mark_in_the_journal() -> None:
    assert codes(reader.read(book(pupil(journal="НЕТ ОТМЕТКИ")))) == []


@pytest.mark.parametrize(("maximum", "faults"), [(2.0, 1), (3.0, 0), (4.0, 1)])
def test_the_maximum_of_the_title_against_the_tasks(maximum, faults) -> None:
    reading = reader.read(book(pupil(), maximum=maximum))
    assert codes(reading) == ["maximum_differs_from_tasks"] * faults
    assert reading.test.max_score == maximum


def test_without_a_maximum_in_the_title_the_tasks_give_it() -> None:
    assert reader.read(book(pupil(), maximum="")).test.max_score == 3


def test_the_path_contradicts_the_title() -> None:
    reading = reader.read(book(pupil(), path="2025/4/Русский язык.xlsx"))
    assert reading.test.year == 2026
    assert codes(reading) == ["path_contradicts_content"]
