"""The federal list, entered by hand: an empty cell never puts a school on it."""

from pipelines.readers import federal_list, federal_markers, school_registry

HEADER = ["№", "Год", "Логин", "Краткое наименование", "Федеральный перечень", "Примечание"]
LETTER = "письмо от 01.02.2024 № 03-45"


def test_schools_with_a_letter_are_listed(book) -> None:
    workbook = book(
        ["Федеральный перечень ОО с низкими результатами"],
        HEADER,
        [1.0, 2024.0, "EDU000001", "СОШ № 1", LETTER],
        [2.0, "2023/2024", "edu000002 | СОШ № 2", "СОШ № 2", 45.0],
    )
    assert federal_list.recognises(workbook)
    assert not federal_markers.recognises(workbook)
    assert not school_registry.recognises(workbook)
    reading = federal_list.read(workbook)
    assert reading.problems.empty
    found = reading.tables["federal_list"]
    assert found[["year", "login", "basis", "row"]].to_numpy().tolist() == [
        [2024, "edu000001", LETTER, 3],
        [2024, "edu000002", "45", 4],
    ]
    assert reading.rows_read == 2


def test_a_blank_basis_sets_the_row_aside_and_no_leaves_it_out(book) -> None:
    reading = federal_list.read(
        book(
            HEADER[1:5],
            [2024.0, "edu000001", "СОШ № 1", "\u00a0"],
            [2024.0, "edu000002", "СОШ № 2", "Нет"],
            ["", "edu000003", "СОШ № 3", "-"],
            [2024.0, "edu000004", "СОШ № 4", LETTER],
        )
    )
    assert reading.problems[["code", "cell"]].to_numpy().tolist() == [
        ["federal_list_denied", "D3"],
        ["federal_list_denied", "D4"],
        ["federal_basis_missing", "D2"],
    ]
    assert reading.tables["federal_list"]["login"].tolist() == ["edu000004"]
    assert reading.rows_read == 2


def test_faults_of_year_and_login(book) -> None:
    reading = federal_list.read(
        book(
            HEADER[1:5],
            ["?", "edu000001", "", LETTER],
            [2024.0, "", "", LETTER],
            [2024.0, "edu000002", "", LETTER],
            [2024.0, "edu000002", "", LETTER],
            [2025.0, "edu000002", "", LETTER],
        )
    )
    assert reading.problems[["code", "cell"]].to_numpy().tolist() == [
        ["table_year_unknown", "A2"],
        ["school_login_missing", "B3"],
        ["school_login_repeated", "B5"],
    ]
    assert reading.tables["federal_list"]["row"].tolist() == [4, 6]


def test_all_missing_columns_are_named(book) -> None:
    workbook = book(["Логин", "Федеральный перечень"], ["edu000001", LETTER])
    assert federal_list.recognises(workbook)
    assert federal_list.read(workbook).problems["expected"].tolist() == ["«Год»"]
