"""«Форма сбора результатов»: pre-filled zeros, helper lists, the school in the path."""

import pytest

from pipelines.readers import vpr_collection as reader
from pipelines.readers import vpr_export_2022, vpr_individual
from pipelines.readers.reading import Reading, Sheet, Workbook

PATH = "2026/edu000001/Форма сбора результатов Английский язык 8 класс ВПР 2026.xlsx"
TITLES = ["Код участника", "Вариант", "1 (5б)", "4K1 (3б)", "Порядковый номер класса"]
TITLES += ["Отметка за предыдущий триместр/ четверть/полугодие", "Итого баллов", "", ""]
SERVICE = Sheet("Служебный", [[1.0, 5.0, 3.0], [2.0, 4.0, 2.0], ["отсутствовал", "X", "X"]])
FILLED = [80001.0, 1.0, 4.0, 2.0, 1.0, 5.0, 6.0, "", 0.0]
BLANK = ["", "", "", "", "", "", 0.0, "", "X"]  # the total and a helper list filled in beforehand


def read(*rows: list, titles: list = TITLES, path: str = PATH) -> Reading:
    return reader.read(Workbook(path, (Sheet("Протокол", [titles, *rows]), SERVICE)))


def codes(reading) -> list[str]:
    return reading.problems["code"].tolist()


def test_path_gives_test_and_school() -> None:
    reading = read(FILLED)
    test = reading.test
    assert (test.year, test.grade, test.subject, test.max_score) == (2026, 8, "Английский язык", 8)
    assert [t.task for t in test.tasks] == ["1", "4К1"]
    found = reading.tables["works"].iloc[0]
    assert (found["login"], found["class_label"], found["score"]) == ("edu000001", "1", 6)
    assert found[["municipality", "school_name"]].isna().all()
    assert codes(reading) == []


def test_prefilled_totals_and_helper_lists_make_no_rows() -> None:
    reading = read(FILLED, BLANK, BLANK, [80002.0, "отсутствовал", *[""] * 4, 0.0, "", 0.0], BLANK)
    assert reading.rows_read == 2
    assert reading.tables["works"]["row"].tolist() == [2, 5]
    assert reading.tables["works"]["absent"].tolist() == [False, True]
    assert codes(reading) == []


def test_an_empty_form_has_its_own_message() -> None:
    reading = read(BLANK, BLANK)
    assert codes(reading) == ["empty_form"]
    assert (reading.rows_read, reading.tables) == (0, {})


def test_a_filled_row_without_a_code_is_told() -> None:
    reading = read(FILLED, ["", *FILLED[1:]])
    assert reading.problems[["code", "cell"]].to_numpy().tolist() == [["pupil_missing", "A3"]]


@pytest.mark.parametrize(
    ("path", "faults"),
    [
        ("2026/Форма сбора результатов Физика 8 класс.xlsx", ["form_without_login"]),
        ("edu000002/Форма сбора.xlsx", ["test_unknown"]),
    ],
)
def test_what_the_path_does_not_say(path, faults) -> None:
    assert codes(read(FILLED, path=path)) == faults


def test_the_older_form_in_two_parts_with_uncalculated_totals() -> None:
    titles = ["Код", "Вариант (часть 1)", "1 (1б)", "Вариант (часть 2)", "11.3 k1 (2б)"]
    titles += ['Класс № (список формируется из листа "Классы")', "Пол", "Итого баллов"]
    rows = [titles, [40001.0, 1.0, 1.0, 2.0, 2.0, 1.0, "м", ""]]
    rows += [[40002.0, "отсутствовал", "", "отсутствовал", "", "", "", ""]]
    sheet = Sheet("Протокол", rows, uncached_formulas=frozenset({"H2", "H3"}))
    reading = reader.read(Workbook(PATH, (sheet,)))
    works = reading.tables["works"]
    assert works["score"].tolist()[0] == 3
    assert works["variant"].tolist()[0] == "1/2"
    assert works["absent"].tolist() == [False, True]
    assert [t.task for t in reading.test.tasks] == ["1", "11.3К1"]
    assert reading.problems[["code", "cell", "expected"]].to_numpy().tolist() == [
        ["total_not_calculated", "H2", "3"]
    ]


def test_other_layouts_are_left_to_their_readers() -> None:
    for title, other in (("Пользователь", vpr_export_2022), ("ОО", vpr_individual)):
        book = Workbook(PATH, (Sheet("Протокол", [[title, *TITLES]]),))
        assert not reader.recognises(book)
        assert other.recognises(book)
