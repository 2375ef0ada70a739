"""The official markers by school: a column per grade and subject."""

import pytest

from pipelines.readers import federal_list, federal_markers, school_registry, vpr_marks

HEADER = ["Год", "Логин", "Муниципалитет", "ОО", "4 РУ", "4 МА", "5 РУ", "5 МА",
          "Количество маркеров"]  # fmt: skip


def row(*cells, year="2024", login="edu000001") -> list:
    return [year, login, "Энский район", "СОШ № 1", *cells]


def test_one_row_per_filled_cell(book) -> None:
    workbook = book(HEADER, row(0.0, "1", "", 1.0, 2.0), row("", "", 1.0, "", "", login="edu2"))
    assert federal_markers.recognises(workbook)
    assert not any(m.recognises(workbook) for m in (federal_list, school_registry, vpr_marks))
    reading = federal_markers.read(workbook)
    found = reading.tables["federal_markers"]
    assert reading.problems.empty
    assert found[["year", "login", "grade", "subject", "marker", "row"]].to_numpy().tolist() == [
        [2024, "edu000001", 4, "Русский язык", False, 2],
        [2024, "edu000001", 4, "Математика", True, 2],
        [2024, "edu000001", 5, "Математика", True, 2],
        [2024, "edu2", 5, "Русский язык", True, 3],
    ]
    assert found["school_name"].unique().tolist() == ["СОШ № 1"]
    assert found["municipality"].unique().tolist() == ["Энский район"]
    assert reading.rows_read == 2


@pytest.mark.parametrize(
    ("declared", "told"), [(1.0, True), (2.0, False), (3.0, True), ("", False), ("два", True)]
)
def test_the_declared_number_is_checked(book, declared, told) -> None:
    reading = federal_markers.read(book(HEADER, row(1.0, 1.0, 0.0, "", declared)))
    assert reading.problems["code"].tolist() == (["marker_total"] if told else [])
    assert reading.problems["expected"].tolist() == (["2"] if told else [])
    assert reading.tables["federal_markers"]["marker"].sum() == 2


def test_unclear_cells_and_unknown_columns_are_told(book) -> None:
    header = [*HEADER[:8], "4 ЩЩ"]
    reading = federal_markers.read(book(header, row("да", 2.0, True, "1,0", 1.0)))
    assert reading.problems[["code", "cell", "value"]].to_numpy().tolist() == [
        ["marker_column_unknown", "I1", "4 ЩЩ"],
        ["marker_unclear", "E2", "да"],
        ["marker_unclear", "F2", "2"],
    ]
    assert reading.tables["federal_markers"]["marker"].tolist() == [True, True]


def test_rows_without_year_or_login_and_repeated_ones_are_set_aside(book) -> None:
    good = row(1.0, "", "", "", 1.0)
    reading = federal_markers.read(
        book(
            HEADER,
            good,
            row(1.0, "", "", "", 1.0, year="давно"),
            row(1.0, "", "", "", 1.0, login=""),
            good,
            row(1.0, "", "", "", 1.0, year=2025.0),
            row(1.0, "", "", "", 1.0, login="шк1"),
        )
    )
    assert reading.problems[["code", "cell"]].to_numpy().tolist() == [
        ["table_year_unknown", "A3"],
        ["school_login_missing", "B4"],
        ["school_login_form", "B7"],
        ["school_login_repeated", "B5"],
    ]
    assert reading.tables["federal_markers"]["row"].tolist() == [2, 6, 7]
    assert reading.rows_read == 6


def test_no_column_of_years(book) -> None:
    reading = federal_markers.read(book(HEADER[1:], row(1.0, "", "", "", 1.0)[1:]))
    assert reading.problems[["code", "expected"]].to_numpy().tolist() == [
        ["table_columns_missing", "«Год»"]
    ]
