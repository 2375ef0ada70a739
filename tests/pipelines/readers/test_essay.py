"""Protocols of the final essay rebuilt inline: titles, words, faults by cell, no name kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pandas as pd
import pytest

from pipelines.readers import essay
from pipelines.readers import essay_words as words
from pipelines.readers.layouts import layout_of
from pipelines.readers.persons import Context
from pipelines.readers.reading import Reading, Workbook
from reports.messages import tell

CONTEXT = Context(b"k" * 32)
NAMES = ("кракозябров", "пробина", "проба", "образцович", "черновик")
TITLE = ["Протокол проверки итогового сочинения"]
DAY = ["Дата проведения: 04.12.2024"]
HEADER = ["№", "Код ОО", "Класс", "Фамилия", "Имя", "Отчество", "Серия", "Номер", "Код участника",
          "Требование 1", "Требование 2", "К1", "К2", "К3", "К4", "К5", "Результат"]  # fmt: skip
PASSED = ["зачёт"] * 7 + ["зачёт"]


def pupil(number: int, *marks: object, school: object = 9306.0, surname: str = "Кракозябров",
          code: object = "0001") -> list:  # fmt: skip
    person = [surname, "Проба", "Образцович"] if surname else [""] * 3
    given = list(marks) or PASSED
    return [float(number), school, "11А", *person, "1234", "567890", code, *given]


def told(reading: Reading, *columns: str) -> list[list]:
    problems = reading.problems[reading.problems["code"] != "exam_personal_columns"]
    return problems[["code", "cell", *columns]].to_numpy().tolist()


@pytest.fixture
def read(book: Callable[..., Workbook]) -> Callable[..., Reading]:
    """A protocol of 4 December 2024 from its rows, which begin in row 4."""
    return lambda *rows, **given: essay.read(book(TITLE, DAY, HEADER, *rows, **given), CONTEXT)


def test_a_protocol_with_names_and_codes(book, read) -> None:
    workbook = book(TITLE, DAY, HEADER, pupil(1))
    assert layout_of(workbook) is essay
    reading = read(pupil(1), pupil(2, "+", "+", "-", "+", "", 1.0, 0.0, "незачет", code="0002"))
    assert told(reading) == []
    rows = reading.tables["essays"]
    assert reading.rows_read == len(rows) == 2
    first = rows.iloc[0]
    wanted = ("year", "exam_date", "kind", "login", "class_label", "pupil", "passed", "absent")
    assert [first[c] for c in wanted] == [
        2025, "2024-12-04", "сочинение", "gia9306", "11А", "0001", True, False,
    ]  # fmt: skip
    second = rows.loc[1, list(essay.CRITERIA)]
    assert "".join("?" if pd.isna(mark) else "−+"[int(mark)] for mark in second) == "++−+?+−"
    assert rows["passed"].tolist() == [True, False]
    assert rows["row"].tolist() == [4, 5]
    assert reading.addresses[("Лист1", "school_id")] == "B"
    assert reading.addresses[("Лист1", "pupil")] == "I"
    assert reading.addresses[("Лист1", "k5")] == "P"


def test_no_name_reaches_a_table_or_a_problem(book) -> None:
    astray = pupil(3, *["Черновик"] * 8, school="Пробина", code="")
    workbook = book(TITLE, DAY, HEADER, pupil(1), astray, ["", "", "", "Пробина"])
    reading = essay.read(workbook, CONTEXT)
    assert len(reading.problems) > 5
    written = tell(reading.problems).to_csv() + reading.tables["essays"].to_csv()
    written += repr(reading.addresses)
    assert not [name for name in (*NAMES, "567890") if name in written.lower()]


def test_a_name_in_one_cell_makes_the_same_code_as_in_three(book, read) -> None:
    single = ["Код ОО", "Класс", "ФИО", "Результат"]
    row = ["9306", "11", "КРАКОЗЯБРОВ  Проба Образцович", "зачет"]
    one = essay.read(book(TITLE, DAY, single, row), CONTEXT).tables["essays"]
    three = read(pupil(1, code="")).tables["essays"]
    assert one.loc[0, "person"] == three.loc[0, "person"] == three.loc[0, "pupil"]
    other = essay.read(book(TITLE, DAY, single, row), Context(b"o" * 32)).tables["essays"]
    assert other.loc[0, "person"] != one.loc[0, "person"]


@pytest.mark.parametrize(
    ("word", "passed", "absent"),
    [("не явился", None, True), ("Неявка", None, True), ("удалён", None, False),
     ("не завершила по болезни", None, False), ("не зачёт", False, False), ("−", False, False),
     ("Зачтено", True, False), (1.0, True, False)],
)  # fmt: skip
def test_words_of_the_result(read, word, passed, absent) -> None:
    reading = read(pupil(1, *[""] * 7, word))
    assert told(reading) == []
    row = reading.tables["essays"].iloc[0]
    assert (None if pd.isna(row["passed"]) else bool(row["passed"])) is passed
    assert bool(row["absent"]) is absent


def test_an_unknown_word_is_told_at_its_cell(read) -> None:
    reading = read(pupil(1, "зачёт", "зачёт", "возможно", *["зачёт"] * 4, "зачёт"))
    assert told(reading, "login", "value") == [["essay_word_unknown", "L4", "gia9306", "(текст)"]]
    assert pd.isna(reading.tables["essays"].loc[0, "k1"])


@pytest.mark.parametrize(
    ("marks", "fault"),
    [
        ("+++++--+", []),
        ("++++---+", [["essay_result_contradicts", "Q4", "незачёт"]]),
        ("+++++---", [["essay_result_contradicts", "Q4", "зачёт"]]),
        ("+++++--.", [["essay_result_derived", "Q4", "зачёт"]]),
        ("-.......", [["essay_result_derived", "Q4", "незачёт"]]),
        ("++++...+", []),  # the criteria do not decide: nothing contradicts
        ("++++....", [["essay_result_missing", "Q4", ""]]),
    ],
)
def test_the_result_against_the_rule(read, marks, fault) -> None:
    given = ["" if m == "." else m for m in marks]
    reading = read(pupil(1, *given))
    assert told(reading, "expected") == fault
    kept = 0 if marks == "++++...." else 1
    assert (reading.rows_read, len(reading.tables["essays"])) == (1, kept)


def test_a_code_of_a_school_or_of_a_pupil_that_is_missing(read) -> None:
    reading = read(pupil(1, school=""), pupil(2, surname="", code=""), pupil(3))
    assert told(reading) == [["exam_school_missing", "B4"], ["exam_pupil_missing", "I5"]]
    assert (reading.rows_read, reading.tables["essays"]["row"].tolist()) == (3, [6])


def test_missing_columns_are_named_and_the_rest_goes_on(book) -> None:
    header = ["Код ОО", "Класс", "Код участника", "Результат"]
    reading = essay.read(book(TITLE, DAY, header, ["9306", "11", "1", "зачёт"]), CONTEXT)
    ((code, cell, expected),) = told(reading, "expected")
    assert (code, cell) == ("essay_columns_missing", "A3")
    assert expected.count("«Критерий") == 5
    assert "«Результат»" not in expected
    assert reading.tables["essays"]["passed"].tolist() == [True]


def test_without_a_day_every_row_is_set_aside(book) -> None:
    reading = essay.read(book(TITLE, HEADER, pupil(1), pupil(2)), CONTEXT)
    assert told(reading) == [["essay_date_unknown", "I3"], ["essay_date_unknown", "I4"]]
    assert (reading.rows_read, len(reading.tables["essays"])) == (2, 0)


def test_a_header_of_two_rows_a_numbering_row_and_signatures(book) -> None:
    upper = ["№ п/п", "Код ОО", "Класс", "Код участника", "Требования", "", "Критерии",
             *[""] * 4, "Итог"]  # fmt: skip
    lower = ["", "", "", "", "№ 1", "№ 2", 1.0, 2.0, 3.0, 4.0, 5.0, ""]
    numbering = [float(i) for i in range(1, 13)]
    row = [1.0, "09306", "11", "17", "+", "+", "+", "+", "-", "-", "+", "+"]
    sign = ["Председатель комиссии", "", "", "", "", "", "", "", "", "", "", ""]
    reading = essay.read(book(TITLE, DAY, upper, lower, numbering, row, [], sign), CONTEXT)
    assert told(reading) == []
    (found,) = reading.tables["essays"].to_dict("records")
    assert (found["row"], found["login"], found["k3"], found["k5"]) == (6, "gia9306", False, True)


def test_the_day_of_a_cell_and_the_kind_of_a_column(book) -> None:
    header = ["Код ОО", "Вид работы", "Код участника", "Результат"]
    rows = [["9306", "изложение", "1", "+"], ["9306", "", "2", "+"]]
    titles = [["Результаты итогового сочинения (изложения)"],
              ["Дата проведения", datetime(2025, 2, 5)]]  # fmt: skip
    found = essay.read(book(*titles, header, *rows), CONTEXT).tables["essays"]
    assert found[["year", "exam_date", "kind"]].to_numpy().tolist() == [
        [2025, "2025-02-05", "изложение"],
        [2025, "2025-02-05", "сочинение (изложение)"],
    ]


def test_protocols_of_other_exams_are_left_to_their_readers(book) -> None:
    assert not essay.recognises(book(["04 - Химия 2026.06.01"], HEADER, pupil(1)))
    assert essay.recognises(book(HEADER, pupil(1), path="2025/Сочинение_04.12.2024.xlsx"))
    assert not essay.recognises(book(TITLE, ["Председатель", "Подпись"]))


@pytest.mark.parametrize(
    ("lines", "day"),
    [
        (["от 20.12.2024", "Дата проведения 04.12.2024"], "2024-12-04"),
        (["Сочинение 4 декабря 2024 года"], "2024-12-04"),
        (["2025.04.09", "11 класс"], "2025-04-09"),
        (["31.02.2025"], None),
        (["1234567.12.20241"], None),
        ([], None),
    ],
)
def test_days(lines, day) -> None:
    found = words.day(lines)
    assert (found and found.isoformat()) == day


@pytest.mark.parametrize(
    ("month", "year"), [(7, 2024), (8, 2025), (12, 2025)]
)  # of 2024: the school year changes in August
def test_the_year_of_the_graduation(month, year) -> None:
    assert words.graduation(datetime(2024, month, 1).date()) == year
