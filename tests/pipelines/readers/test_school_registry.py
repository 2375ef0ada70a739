"""The registry: all logins of a school in one row."""

import pytest

from pipelines.readers import school_registry

HEADER = ["Логин ФИС ОКО (2017–2021)", "Логин ФИС ОКО (с 2022)", "Краткое наименование",
          "Муниципалитет"]  # fmt: skip


def test_logins_of_all_columns_make_one_school(book) -> None:
    workbook = book(
        ["Реестр школ"],
        [*HEADER, "Код ОО ГИА", "Код ОГЭ", "Код ЕГЭ", "Вид ОО"],
        ["SCH000001", "edu000001 ", "СОШ № 1", "город Энск", 5001.0, "", "", "СОШ"],
        ["", "edu000002; ksh000002", "СОШ № 2", "", "", "05002", "9002", ""],
        ["нет", "edu000003", "СОШ № 3", "", "", "", "9003", ""],
        ["edu000004", "edu000004", "СОШ № 4"],
    )
    assert school_registry.recognises(workbook)
    reading = school_registry.read(workbook)
    schools = reading.tables["schools"]
    assert reading.problems.empty
    assert [list(logins) for logins in schools["logins"]] == [
        ["sch000001", "edu000001"],
        ["edu000002", "ksh000002"],
        ["edu000003"],
        ["edu000004"],
    ]
    assert schools["gia_code"].fillna("").tolist() == ["5001", "05002", "9003", ""]
    assert schools["municipality"].fillna("").tolist() == ["город Энск", "", "", ""]
    assert schools["kind"].fillna("").tolist() == ["СОШ", "", "", ""]
    assert reading.rows_read == 4


def test_repeated_odd_and_missing_logins(book) -> None:
    reading = school_registry.read(
        book(
            HEADER,
            ["sch000001", "edu000001", "СОШ № 1"],
            ["sch000001", "edu000002", "СОШ № 2"],
            ["школа3", "edu000003", "СОШ № 3"],
            ["", "—", "СОШ № 4"],
            ["", "edu000005", ""],
        )
    )
    assert reading.problems[["code", "cell"]].to_numpy().tolist() == [
        ["school_login_form", "A4"],
        ["school_login_repeated", "A3"],
        ["school_login_missing", "A5"],
        ["registry_name_missing", "C6"],
    ]
    schools = reading.tables["schools"]
    assert schools["row"].tolist() == [2, 4]
    assert [list(logins) for logins in schools["logins"]][1] == ["школа3", "edu000003"]
    assert reading.rows_read == 5


@pytest.mark.parametrize(
    ("header", "claimed"),
    [
        (["Логин", "Краткое наименование"], True),
        (["Логин (до 2022)", "Логин (с 2022)"], True),
        (["Логин", "Муниципалитет"], False),
        (["Логин", "Краткое наименование", "Федеральный перечень"], False),
        (["Логин", "Краткое наименование", "Кол-во участников"], False),
    ],
)
def test_what_is_a_registry(book, header, claimed) -> None:
    assert school_registry.recognises(book(header)) == claimed


def test_a_registry_without_names_is_told(book) -> None:
    reading = school_registry.read(book(HEADER[:2], ["sch000001", "edu000001"]))
    assert reading.problems[["code", "expected"]].to_numpy().tolist() == [
        ["table_columns_missing", "«Краткое наименование»"]
    ]
    assert reading.tables["schools"].empty
