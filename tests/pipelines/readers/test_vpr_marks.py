"""«Статистика по отметкам»: the export and the table merged by a region."""

import pytest

from pipelines.readers import vpr_distribution, vpr_journal, vpr_marks

HEAD = [
    ["Статистика по отметкам"],
    [],
    ["ВПР 2026 Русский язык 4 класс"],
    ["Предмет:", "Русский язык"],
    ["Максимальный первичный балл:", 24.0],
    ["Дата:", "20.04.2026"],
    [],
    ["Группы участников", "Кол-во ОО", "Кол-во участников", 2.0, 3.0, 4.0, 5.0],
]
MERGED = ["Год", "Класс", "Предмет", "Муниципалитет", "Логин", "ОО", "Кол-во участников",
          "2", "3", "4", "5"]  # fmt: skip
SCHOOL = "МБОУ «СОШ №1»(edu000001)"


def test_export_is_read_group_by_group(book) -> None:
    workbook = book(
        *HEAD,
        ["Вся выборка", 35589.0, "1 722 202", "5,06", "32,92", "44,33", "17,69"],
        ["Примерская область ", 560.0, "30,216", 13.44, 44.15, 36.28, 6.14],
        [SCHOOL, "", 89.0, 12.36, 52.81, 26.97, 7.87],
        path="2849657.xlsx",
        sheet="РУ 4 Статистика по отметкам",
    )
    assert vpr_marks.recognises(workbook)
    assert not vpr_distribution.recognises(workbook)
    assert not vpr_journal.recognises(workbook)
    reading = vpr_marks.read(workbook)
    assert reading.problems.empty
    assert (reading.test.year, reading.test.grade, reading.test.max_score) == (2026, 4, 24)
    marks = reading.tables["report_marks"]
    assert marks["group"].tolist() == ["country", "region", "school"]
    assert marks["group_name"].tolist() == ["Вся выборка", "Примерская область", SCHOOL]
    assert marks["group_code"].tolist()[2] == "edu000001"
    assert marks["n"].tolist() == [1722202, 30216, 89]
    assert marks["pct5"].tolist() == [17.69, 6.14, 7.87]
    assert marks["row"].tolist() == [9, 10, 11]
    assert reading.rows_read == 3
    assert reading.addresses["РУ 4 Статистика по отметкам", "pct3"] == "E"


def test_merged_table_holds_several_tests(book) -> None:
    workbook = book(
        MERGED,
        [2024.0, 4.0, "Русский язык", "г. Энск", "edu000001", "СОШ № 1", 10.0, 0.0, 50.0, 50.0, ""],
        ["2023/2024", "5 класс", "МА", "г. Энск", "EDU000001 ", "СОШ № 1", "20", "5,0", 45, 25, 25],
    )
    assert vpr_marks.recognises(workbook)
    reading = vpr_marks.read(workbook)
    marks = reading.tables["report_marks"]
    assert reading.problems.empty
    assert reading.test is None
    assert marks["year"].tolist() == [2024, 2024]
    assert marks["grade"].tolist() == [4, 5]
    assert marks["subject"].tolist() == ["Русский язык", "Математика"]
    assert marks["group_code"].tolist() == ["edu000001", "edu000001"]
    assert marks["group_name"].tolist() == ["СОШ № 1", "СОШ № 1"]
    assert marks["pct5"].tolist() == [0.0, 25.0]


@pytest.mark.parametrize(
    ("percents", "codes"),
    [
        ([0.0, 49.51, 49.99, 0.0], []),  # 99.50
        ([0.0, 49.50, 49.99, 0.0], ["percents_sum"]),  # 99.49
        ([0.0, 50.51, 49.99, 0.0], []),  # 100.50
        ([0.0, 50.52, 49.99, 0.0], ["percents_sum"]),  # 100.51
        ([0.1236, 0.5281, 0.2697, 0.0787], ["percents_are_shares"]),
        (["", "", "", ""], ["percents_missing"]),
        ([-0.01, 50.0, 50.01, 0.0], ["percent_out_of_range"]),
        ([0.0, 100.01, 0.0, 0.0], ["percent_out_of_range"]),
        ([0.0, 100.0, 0.0, 0.0], []),
        ([0.0, "сто", 0.0, 0.0], ["percent_not_a_number"]),
    ],
)
def test_percents_are_checked(book, percents, codes) -> None:
    reading = vpr_marks.read(book(*HEAD, [SCHOOL, "", 89.0, *percents]))
    assert reading.problems["code"].tolist() == codes
    stays = set(codes) <= {"percents_sum"}
    assert len(reading.tables["report_marks"]) == int(stays)
    assert reading.rows_read == 1


def test_a_group_without_participants_has_no_percents(book) -> None:
    reading = vpr_marks.read(book(*HEAD, [SCHOOL, "", 0.0, "", "", "", ""]))
    assert reading.problems.empty
    assert reading.tables["report_marks"][["n", "pct2"]].to_numpy().tolist() == [[0, 0.0]]


def test_every_missing_column_is_named_at_once(book) -> None:
    head = [*HEAD[:-1], ["Группы участников", "Кол-во ОО", 2.0, 3.0, 5.0]]
    reading = vpr_marks.read(book(*head, [SCHOOL, "", 10.0, 50.0, 50.0]))
    problem = reading.problems.iloc[0]
    assert problem[["code", "expected"]].tolist() == [
        "table_columns_missing",
        "«Кол-во участников», «4»",
    ]
    assert reading.problems["row"].isna().all()
    assert reading.tables["report_marks"].empty


def test_a_report_without_a_table_names_all_columns(book) -> None:
    reading = vpr_marks.read(book(*HEAD[:6]))
    assert reading.problems["expected"].item() == (
        "«Группы участников», «Кол-во участников», «2», «3», «4», «5»"
    )


def test_a_head_without_rows_is_told(book) -> None:
    reading = vpr_marks.read(book(*HEAD))
    assert reading.problems["code"].tolist() == ["table_without_rows"]
    assert reading.rows_read == 0


def test_faults_of_a_merged_table_have_their_cells(book) -> None:
    good = [2024.0, 4.0, "Русский язык", "г. Энск", "edu000001", "СОШ", 10.0, 0.0, 50.0, 50.0, 0.0]
    rows = [good[:] for _ in range(7)]
    rows[1][0], rows[2][1], rows[3][2] = "в прошлом году", 13.0, "Труд"
    rows[4][4], rows[5][4] = "", "shkola"
    rows[6][6] = "десять"
    reading = vpr_marks.read(book(MERGED, *rows))
    assert reading.problems[["code", "cell", "value"]].to_numpy().tolist() == [
        ["school_login_missing", "E6", ""],
        ["school_login_form", "E7", "shkola"],
        ["report_year_unknown", "A3", "в прошлом году"],
        ["report_grade_unknown", "B4", "13"],
        ["report_subject_unknown", "C5", "Труд"],
        ["participants_not_whole", "G8", "десять"],
        ["report_group_repeated", "E8", "edu000001"],
    ]
    assert reading.tables["report_marks"]["row"].tolist() == [2, 7]
    assert reading.rows_read == 7


def test_a_group_that_nothing_tells_is_set_aside(book) -> None:
    row = ["МБОУ «СОШ № 1»", "", 10.0, 0.0, 50.0, 50.0, 0.0]
    reading = vpr_marks.read(book(*HEAD, row, [SCHOOL, *row[1:]]))
    assert reading.problems[["code", "cell", "value"]].to_numpy().tolist() == [
        ["report_group_unknown", "A9", "МБОУ «СОШ № 1»"]
    ]
    assert reading.tables["report_marks"]["row"].tolist() == [10]
    assert reading.rows_read == 2


def test_a_repeated_group_is_set_aside(book) -> None:
    row = [SCHOOL, "", 10.0, 0.0, 50.0, 50.0, 0.0]
    reading = vpr_marks.read(book(*HEAD, row, row))
    assert reading.problems[["code", "cell", "login"]].to_numpy().tolist() == [
        ["report_group_repeated", "A10", "edu000001"]
    ]
    assert reading.tables["report_marks"]["row"].tolist() == [9]


def test_a_formula_without_a_value_is_named(book) -> None:
    row = [SCHOOL, "", "", 0.0, 50.0, 50.0, 0.0]
    workbook = book(*HEAD, row, sheet="1", uncached_formulas=frozenset({"C9", "C99"}))
    found = vpr_marks.read(workbook).problems
    assert found[["code", "cell", "column"]].to_numpy().tolist()[0] == [
        "formula_not_calculated",
        "C9",
        "Кол-во участников",
    ]


def test_hidden_rows_and_sheets_are_noted(book) -> None:
    row = [SCHOOL, "", 10.0, 0.0, 50.0, 50.0, 0.0]
    workbook = book(*HEAD, row, hidden_rows=frozenset({2, 9}), visible=False)
    found = vpr_marks.read(workbook)
    assert found.problems[["code", "value"]].to_numpy().tolist() == [
        ["hidden_sheet", "Лист1"],
        ["table_rows_hidden", "1"],
    ]
    assert len(found.tables["report_marks"]) == 1
