"""From the rows of a protocol to works and problems, on the layout of 2021."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.readers import vpr_export_2021
from pipelines.readers.reading import Reading, Sheet, Workbook
from reports import messages

TITLES = [
    "логин школы",
    "регион",
    "код обучающегося",
    "отметка за предыдущую четверть/триместр",
    "пол",
    "класс",
    "вариант",
    "всего баллов",
    "балл за 1",
    "балл за 2",
    "балл за 3",
]
PATH = "2021/4/Математика.xlsx"


def row(code="40001", *, journal="4", klass="а", variant="1", total="3", points="1 1 1") -> list:
    tasks = points.split(" ") if isinstance(points, str) else points
    return ["sch000001", "Лесной район", code, journal, "ж", klass, variant, total, *tasks]


def read(*rows: list, titles: list = TITLES, **marks) -> Reading:
    sheets = (Sheet("Лист1", [titles, *rows], **marks),)
    return vpr_export_2021.read(Workbook(PATH, sheets))


def work(reading: Reading) -> dict:
    works = reading.tables["works"]
    assert len(works) == 1
    return {c: None if pd.isna(v) else v for c, v in works.iloc[0].items()}


def told(reading: Reading) -> list[tuple]:
    columns = ["code", "cell", "value", "expected"]
    return [tuple(r) for r in reading.problems[columns].fillna("").itertuples(index=False)]


def test_a_clean_row() -> None:
    reading = read(row())
    assert work(reading) == {
        "login": "sch000001",
        "municipality": "Лесной район",
        "school_name": None,
        "class_label": "А",
        "pupil": "40001",
        "absent": False,
        "variant": "1",
        "score": 3,
        "mark": None,
        "journal_mark": 4,
        "p1": 1,
        "p2": 1,
        "p3": 1,
        "skipped": 0,
        "not_taught": 0,
        "sheet": "Лист1",
        "row": 2,
    }
    assert told(reading) == []
    assert reading.rows_read == 1


def test_types_and_addresses() -> None:
    reading = read(row())
    dtypes = reading.tables["works"].dtypes.astype(str).to_dict()
    assert dtypes["absent"] == "boolean"
    assert {dtypes[c] for c in ("score", "mark", "journal_mark", "row", "skipped")} == {"Int64"}
    assert {dtypes[c] for c in ("p1", "p2", "p3")} == {"Int8"}
    assert {dtypes[c] for c in ("login", "municipality", "school_name", "pupil")} == {"str"}
    letters = {column: letter for (_, column), letter in reading.addresses.items()}
    assert letters["school_id"] == "A"
    assert (letters["pupil"], letters["journal_mark"], letters["variant"]) == ("C", "D", "G")
    assert (letters["score"], letters["p1"], letters["p3"]) == ("H", "I", "K")


@pytest.mark.parametrize("sign", ["X", "x", "Х", "х", "-", "—"])
def test_skipped_is_zero_points_and_a_bit(sign) -> None:
    reading = read(row(total="2", points=["1", sign, "1"]))
    found = work(reading)
    assert (found["p2"], found["skipped"], found["score"]) == (0, 0b010, 2)
    assert told(reading) == []


def test_not_taught_is_neither_zero_nor_a_fault() -> None:
    reading = read(row(total="1", points=["1", "X", "не пройд."]))
    found = work(reading)
    assert (found["p3"], found["skipped"], found["not_taught"]) == (None, 0b010, 0b100)
    assert found["score"] == 1
    assert told(reading) == []


def test_numbers_however_typed() -> None:
    reading = read(row(40001.0, total=4.0, points=["1\u00a0", 2.0, "1,0"], variant="1.0"))
    found = work(reading)
    assert (found["p1"], found["p2"], found["p3"], found["score"]) == (1, 2, 1, 4)
    assert (found["pupil"], found["variant"]) == ("40001", "1")
    assert told(reading) == []


def test_an_unreadable_point_leaves_the_total_as_given() -> None:
    reading = read(row(total="3", points=["1", "?", "1"]))
    assert (work(reading)["p2"], work(reading)["score"]) == (None, 3)
    assert told(reading) == [("points_unreadable", "J2", "?", "число баллов или X")]
    assert reading.problems.loc[0, "login"] == "sch000001"
    assert reading.problems.loc[0, "column"] == "балл за 2"


def test_a_missing_point_leaves_the_total_as_given() -> None:
    reading = read(row(total="3", points=["1", "", "1"]))
    assert (work(reading)["p2"], work(reading)["score"]) == (None, 3)
    assert told(reading) == []


@pytest.mark.parametrize(
    ("total", "problems"),
    [
        ("1", [("total_differs_from_sum", "H2", "1", "2")]),
        ("2", []),
        ("3", [("total_differs_from_sum", "H2", "3", "2")]),
        ("2,5", [("total_differs_from_sum", "H2", "2,5", "2")]),
        ("?", [("total_differs_from_sum", "H2", "?", "2")]),
        ("", [("total_missing", "H2", "", "2")]),
    ],
)
def test_the_sum_stands_where_it_is_known(total, problems) -> None:
    reading = read(row(total=total, points="1 1 0"))
    assert work(reading)["score"] == 2
    assert told(reading) == problems


def test_a_formula_without_a_stored_value() -> None:
    reading = read(row(total=""), row("40002", total=""), uncached_formulas=frozenset({"H3"}))
    assert reading.tables["works"]["score"].tolist() == [3, 3]
    assert sorted(told(reading)) == [
        ("total_missing", "H2", "", "3"),
        ("total_not_calculated", "H3", "", "3"),
    ]


@pytest.mark.parametrize(
    ("total", "points", "code"),
    [
        ("", ["1", "", "1"], "score_unknown"),
        ("?", ["1", "", "1"], "total_not_a_number"),
        ("", ["", "", ""], "score_unknown"),
        ("0", ["", "", ""], "score_unknown"),  # a form adds an empty row up to zero
    ],
)
def test_no_score_without_total_and_sum(total, points, code) -> None:
    reading = read(row(total=total, points=points))
    assert work(reading)["score"] is None
    assert [p[:2] for p in told(reading)] == [(code, "H2")]


def test_a_total_over_blank_tasks_stands() -> None:
    reading = read(row(total="7", points=["", "", ""]))
    assert work(reading)["score"] == 7
    assert told(reading) == []


def test_a_code_with_nothing_filled_in_is_no_work() -> None:
    reading = read(row(journal="", klass="", variant="", total="0", points=["", "", ""]))
    assert work(reading)["score"] is None
    assert told(reading) == [("work_unfilled", "C2", "40001", "")]


@pytest.mark.parametrize("total", ["", "0", 0.0])
@pytest.mark.parametrize("word", ["отсутствовал", "Отсутствовал", "ОТСУТствовал"])
def test_absent_pupils_have_no_score(total, word) -> None:
    reading = read(row(journal="", klass="", variant=word, total=total, points=["", "0", "X"]))
    found = work(reading)
    assert found["absent"]
    assert [found[c] for c in ("score", "variant", "p1", "p2", "p3")] == [None] * 5
    assert (found["skipped"], found["not_taught"]) == (0, 0)
    assert told(reading) == []


@pytest.mark.parametrize(
    ("total", "points", "cell"),
    [("5", ["", "", ""], "H2"), ("0", ["0", "1", "1"], "J2"), ("2", ["0", "1", "1"], "H2")],
)
def test_absent_pupils_with_points_are_noted(total, points, cell) -> None:
    reading = read(row(variant="отсутствовал", total=total, points=points))
    assert (work(reading)["score"], work(reading)["p2"]) == (None, None)
    assert [p[:2] for p in told(reading)] == [("absent_with_points", cell)]


@pytest.mark.parametrize(
    ("cells", "cell", "value"),
    [
        ({"points": ["1", "ж", "М"]}, "J2", "ж"),
        ({"points": ["1", "1", "\u00a0М"]}, "K2", "\u00a0М"),
        ({"journal": "ж"}, "D2", "ж"),
        ({"journal": "ж", "points": ["ж", "1", "1"]}, "D2", "ж"),
        ({"variant": "4б"}, "G2", "4б"),
        ({"total": "отсутствовал"}, "H2", "отсутствовал"),
        ({"points": ["4а", "1", "1"]}, "I2", "4а"),
    ],
)
def test_a_shifted_row_is_told_once_at_its_first_cell(cells, cell, value) -> None:
    reading = read(row(**cells))
    assert told(reading) == [("row_shifted", cell, value, "")]


def test_other_faults_of_a_shifted_row_are_not_told() -> None:
    reading = read(row(journal="8", total="1", points=["?", "м", "1"]))
    assert [p[0] for p in told(reading)] == ["row_shifted"]


@pytest.mark.parametrize(
    ("journal", "mark", "problems"),
    [
        ("4.0", 4, []),
        ("4\u00a0", 4, []),
        ("", None, []),
        ("нет отметки", None, []),
        ("н/а", None, [("mark_not_given", "D2", "н/а", "")]),
        ("*", None, [("mark_not_given", "D2", "*", "")]),
        ("1", None, [("mark_not_in_scale", "D2", "1", "2, 3, 4 или 5")]),
        ("2", 2, []),
        ("5", 5, []),
        ("6", None, [("mark_not_in_scale", "D2", "6", "2, 3, 4 или 5")]),
        ("З", None, [("mark_not_in_scale", "D2", "З", "2, 3, 4 или 5")]),
    ],
)
def test_journal_marks(journal, mark, problems) -> None:
    reading = read(row(journal=journal))
    assert work(reading)["journal_mark"] == mark
    assert told(reading) == problems


def test_a_present_pupil_without_a_variant() -> None:
    reading = read(row(variant=""))
    assert work(reading)["variant"] is None
    assert told(reading) == [("variant_missing", "G2", "", "")]


@pytest.mark.parametrize(
    ("code", "problem"),
    [("", ("pupil_missing", "C2", "", "")), ("Петров Пётр", ("pupil_not_a_code", "C2", "", ""))],
)
def test_rows_without_a_code_are_counted(code, problem) -> None:
    reading = read(row(code))
    assert work(reading)["pupil"] is None
    assert reading.rows_read == 1
    assert told(reading) == [problem]


def test_a_row_without_a_school() -> None:
    reading = read(["", *row()[1:]])
    assert told(reading) == [("login_missing", "A2", "", "")]


def test_empty_rows_are_no_rows_but_keep_the_numbering() -> None:
    reading = read(row(), [""] * 11, ["", "", "", "", "", "", "\u00a0", "0", "", "", ""], row("2"))
    assert reading.tables["works"]["row"].tolist() == [2, 5]
    assert reading.rows_read == 2


def test_a_header_repeated_among_the_rows() -> None:
    reading = read(row(), TITLES, row("40002"))
    assert reading.rows_read == 2
    assert reading.problems[["code", "row"]].to_numpy().tolist() == [["header_repeated", 3]]


def test_names_are_not_quoted() -> None:
    reading = read(row(points=["1", "Петров списал", "1"]))
    assert told(reading) == [("points_unreadable", "J2", "(текст)", "число баллов или X")]


def test_personal_columns_are_not_read() -> None:
    titles = [*TITLES, "ФИО", "Дата рождения"]
    reading = read([*row(), "Петров Пётр", "01.02.2010"], titles=titles)
    assert told(reading) == [("personal_columns", "L1", "ФИО, Дата рождения", "")]
    everything = reading.tables["works"].to_csv() + reading.problems.to_csv()
    assert "Петров" not in everything
    assert "01.02.2010" not in everything


def test_gender_is_read_nowhere_and_needs_no_note() -> None:
    assert told(read(row())) == []
    assert "ж" not in read(row()).tables["works"].astype(str).to_numpy().ravel()


def test_hidden_sheet_and_hidden_rows() -> None:
    reading = read(row(), row("40002"), visible=False, hidden_rows=frozenset({1, 3, 9}))
    assert reading.rows_read == 2
    assert reading.problems[["code", "row", "value"]].to_numpy().tolist() == [
        ["hidden_sheet", pd.NA, "Лист1"],
        ["hidden_rows", 3, "1"],
    ]


def test_all_missing_columns_in_one_problem() -> None:
    titles = [t if t not in ("вариант", "всего баллов") else "" for t in TITLES]
    reading = read(row(), titles=titles)
    assert told(reading) == [("columns_missing", "", "", "«вариант», «всего баллов»")]
    assert (reading.rows_read, reading.tables) == (0, {})


def test_a_column_that_stands_twice() -> None:
    reading = read([*row(), "5"], titles=[*TITLES, "всего баллов"])
    assert work(reading)["score"] == 3
    assert told(reading) == [("column_repeated", "L1", "всего баллов", "")]


def test_a_header_alone() -> None:
    assert [p[0] for p in told(read())] == ["no_data_rows"]


def test_two_sheets_of_one_work_are_both_read() -> None:
    sheets = (Sheet("А", [TITLES, row()]), Sheet("Б", [TITLES, row("40002"), row("40003")]))
    reading = vpr_export_2021.read(Workbook(PATH, sheets))
    works = reading.tables["works"]
    assert works[["sheet", "row"]].to_numpy().tolist() == [["А", 2], ["Б", 2], ["Б", 3]]
    assert reading.rows_read == 3
    assert ("Б", "score") in reading.addresses
    assert told(reading) == []


def test_two_sheets_of_different_works_stop_the_file() -> None:
    sheets = (Sheet("А", [TITLES, row()]), Sheet("Б", [TITLES[:-1], row("40002")[:-1]]))
    reading = vpr_export_2021.read(Workbook(PATH, sheets))
    assert reading.problems[["code", "sheet", "expected"]].to_numpy().tolist() == [
        ["total_differs_from_sum", "Б", "2"],
        ["sheets_differ", "Б", "А"],
    ]


def test_every_problem_can_be_told() -> None:
    reading = read(
        row("", journal="8", total="", points=["?", "", "1"]),
        row(variant="отсутствовал"),
        row(points=["м", "1", "1"]),
    )
    lines = messages.tell(reading.problems)
    assert lines["message"].str.len().min() > 10
    assert not lines["message"].str.contains("{", regex=False).any()


ROWS = [
    row("1"),
    row("2", points="X 1 1", total="2"),
    row("3", variant="отсутствовал", total="", points=["", "", ""]),
    row("4", points=["1", "?", "1"]),
    row("5", journal="ж"),
    row("6", total="9"),
]


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(len(ROWS))))
def test_the_order_of_rows_changes_nothing_but_their_numbers(order) -> None:
    straight, shuffled = read(*ROWS), read(*(ROWS[i] for i in order))
    drop = ["row"]
    expected = straight.tables["works"].sort_values("pupil", ignore_index=True).drop(columns=drop)
    found = shuffled.tables["works"].sort_values("pupil", ignore_index=True).drop(columns=drop)
    pd.testing.assert_frame_equal(found, expected)
    counts = straight.problems["code"].value_counts().to_dict()
    assert shuffled.problems["code"].value_counts().to_dict() == counts


def test_many_rows_keep_their_own_values() -> None:
    rng = np.random.default_rng(20211)
    points = rng.integers(0, 4, size=(500, 3))
    rows = [
        row(str(10000 + i), total=str(p.sum()), points=[str(x) for x in p])
        for i, p in enumerate(points)
    ]
    works = read(*rows).tables["works"]
    assert works["score"].tolist() == points.sum(axis=1).tolist()
    assert works[["p1", "p2", "p3"]].to_numpy(dtype=int).tolist() == points.tolist()
    assert works["pupil"].tolist() == [str(10000 + i) for i in range(500)]
