"""Results of appeals: a header in two rows, everything as text, the exam in a column."""

import pytest

from pipelines.readers import exam_appeals
from pipelines.readers.layouts import layout_of
from pipelines.readers.persons import Context

CONTEXT = Context(b"k" * 32)
TITLE = ["Протокол проверки результатов  государственной итоговой аттестации 2026 г."]
UPPER = ["№", "Код ОО", "Класс", "Код ППЭ", "Аудитория", "Фамилия", "Имя", "Отчество", "Экзамен",
         "Состояние апелляции", "Текущие", ""]  # fmt: skip
LOWER = [*[""] * 10, "Первичный балл", "Оценка"]
STATE = "Апелляция удовлетворена"


def row(exam: str = "Математика(2026.06.02)", *, school: str = "9306", surname: str = "Тестов",
        score: str = "22", mark: str = "5") -> list:  # fmt: skip
    return [1.0, school, "9А", "503", "0204", surname, "Проба", "Образцович", exam, STATE, score,
            mark]  # fmt: skip


def test_the_current_results_are_read(book) -> None:
    workbook = book(
        TITLE, ["00 - Примерская область"], [], UPPER, LOWER, row(), row("Химия(2026.06.05)")
    )
    assert layout_of(workbook) is exam_appeals
    reading = exam_appeals.read(workbook, CONTEXT)
    assert reading.problems["code"].tolist() == ["exam_personal_columns"]
    found = reading.tables["appeals"]
    assert reading.rows_read == 2
    columns = [
        "procedure",
        "year",
        "grade",
        "subject",
        "exam_date",
        "login",
        "score",
        "mark",
        "row",
    ]
    assert found[columns].to_numpy().tolist() == [
        ["oge", 2026, 9, "Математика", "2026-06-02", "gia9306", 22, 5, 6],
        ["oge", 2026, 9, "Химия", "2026-06-05", "gia9306", 22, 5, 7],
    ]
    assert reading.addresses[("Лист1", "score")] == "K"
    assert "тестов" not in found.astype(str).to_csv().lower()


@pytest.mark.parametrize(
    ("cells", "fault"),
    [({"exam": "Математика"}, ("appeal_exam_unknown", "I4")),
     ({"exam": "Зельеварение(2026.06.02)"}, ("appeal_exam_unknown", "I4")),
     ({"school": ""}, ("exam_school_missing", "B4")),
     ({"surname": " "}, ("exam_pupil_missing", "F4")),
     ({"score": ""}, ("appeal_without_result", "K4"))],
)  # fmt: skip
def test_a_faulty_row_is_set_aside_and_the_others_stay(book, cells: dict, fault: tuple) -> None:
    reading = exam_appeals.read(book(TITLE, UPPER, LOWER, row(**cells), row()), CONTEXT)
    problems = reading.problems[["code", "cell"]].itertuples(index=False, name=None)
    assert fault in list(problems)
    assert reading.rows_read == 2
    assert reading.tables["appeals"]["row"].tolist() == [5]


def test_gve_and_ege(book) -> None:
    gve = exam_appeals.read(book(TITLE, UPPER, LOWER, row("ГВЭ Математика(2026.06.02)")), CONTEXT)
    assert gve.tables["appeals"][["procedure", "grade"]].to_numpy().tolist() == [["gve", 9]]
    lower = [*LOWER[:-1], "Тестовый балл"]
    ege = exam_appeals.read(book(TITLE, UPPER, lower, row(mark="81")), CONTEXT).tables["appeals"]
    assert ege[["procedure", "grade", "test_score"]].to_numpy().tolist() == [["ege", 11, 81]]
