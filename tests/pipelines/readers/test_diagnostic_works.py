"""Diagnostic works come in the forms of ВПР: the title or the path tells them apart."""

import pytest

from pipelines.canonical.tests import id_of
from pipelines.readers import identity, vpr_collection, vpr_individual
from pipelines.readers.reading import ProblemLog, Sheet, TestHeader, Workbook

TITLES = ["Код участника", "Вариант", "1 (5б)", "2 (3б)", "Класс", "Итого баллов"]
ROW = [80001.0, 1.0, 4.0, 2.0, "9А", 6.0]
INDIVIDUAL = ["ОО", "Код участника", "Класс", "1 (2б)", "2 (1б)", "Первичный балл", "Отметка"]


@pytest.mark.parametrize(
    ("text", "procedure"),
    [
        ("Диагностическая работа по математике, 9 класс, 2025", "diagnostic"),
        ("Результаты диагностических работ", "diagnostic"),
        ("ДР по русскому языку 10 класс", "diagnostic"),
        ("2025/ДР_математика_9 класс.xlsx", "diagnostic"),
        ("Тренировочная  работа в формате ВПР", "diagnostic"),
        ("диагностическая контрольная работа", "diagnostic"),
        ("ВПР 2025 Математика", "vpr"),
        ("Математика и др. предметы", "vpr"),
        ("ДР. Математика", "vpr"),
        ("ВДРУГ 5 класс", "vpr"),
        ("Диагностика учебных затруднений", "vpr"),
    ],
)
def test_which_texts_name_a_diagnostic_work(text, procedure) -> None:
    assert identity.identify(text).procedure == procedure
    assert identity.identify("Математика 9 класс", text).procedure == procedure


def test_the_path_makes_a_form_diagnostic_where_the_content_is_silent() -> None:
    path = "Диагностические работы/2025/9 класс/Математика.xlsx"
    test = identity.settle(TestHeader(grade=9), path, ProblemLog())
    assert test == TestHeader(2025, 9, "Математика", procedure="diagnostic")


def test_a_collection_form_with_a_title() -> None:
    title = ["Диагностическая работа по математике, 9 класс, 2025 год", *[""] * 5]
    sheet = Sheet("Протокол", [title, [""] * 6, TITLES, ROW])
    reading = vpr_collection.read(Workbook("edu000001/форма.xlsx", (sheet,)))
    assert reading.problems["code"].tolist() == []
    test = reading.test
    assert (test.procedure, test.year, test.grade, test.subject) == (
        "diagnostic", 2025, 9, "Математика",
    )  # fmt: skip
    assert (test.max_score, [task.task for task in test.tasks]) == (8, ["1", "2"])
    assert reading.tables["works"][["score", "p1", "p2"]].to_numpy().tolist() == [[6, 4, 2]]
    assert reading.tables["works"].loc[0, "row"] == 4


def test_an_individual_report_with_a_title() -> None:
    rows = [["Тренировочная работа 2025 Русский язык 9 класс", *[""] * 6], INDIVIDUAL,
            ["edu000001", 80001.0, "9А", 2.0, 1.0, 3.0, 5.0]]  # fmt: skip
    reading = vpr_individual.read(Workbook("работа.xlsx", (Sheet("Лист1", rows),)))
    assert reading.problems["code"].tolist() == []
    assert id_of(reading.test) == "diagnostic_2025_09_ru"
    assert reading.tables["works"]["mark"].tolist() == [5]


def test_ids_of_a_diagnostic_work_and_of_a_vpr_never_meet() -> None:
    rows = [INDIVIDUAL, ["edu000001", 80001.0, "9А", 2.0, 1.0, 3.0, 5.0]]
    ids = []
    for name in ("ВПР", "Диагностическая работа"):
        path = f"{name} 2025 Математика 9 класс.xlsx"
        ids.append(id_of(vpr_individual.read(Workbook(path, (Sheet("Лист1", rows),))).test))
    assert ids == ["vpr_2025_09_ma", "diagnostic_2025_09_ma"]
