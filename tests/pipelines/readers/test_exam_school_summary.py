"""ЕГЭ by school: two header rows, schools named once, totals left out."""

from pipelines.readers import exam_school_summary
from pipelines.readers.layouts import layout_of

TITLE = ["Результаты ЕГЭ 2025 года"]
HEAD = ["№", "Муниципалитет", "Общеобразовательная организация", "Русский язык, чел.", "", "", "",
        "", "Физика, чел.", ""]  # fmt: skip
MEASURES = ["", "", "", "приняли участие", "не преодолели min", "высокие 80–99", "100",
            "средний балл", "приняли участие", "средний балл"]  # fmt: skip


def test_a_school_gives_a_row_per_subject(book) -> None:
    workbook = book(
        TITLE, HEAD, MEASURES,
        [1.0, "город Пробный", "(286) МБОУ СОШ № 14", 20.0, 1.0, 5.0, 0.0, "64,5", 3.0, 51.0],
        [2.0, "", "(0031) МБОУ СОШ № 2", 9.0, 0.0, "", "", 60.0, "", ""],
        ["", "", "Всего", 29.0, 1.0, 5.0, 0.0, 63.1, 3.0, 51.0],
    )  # fmt: skip
    assert layout_of(workbook) is exam_school_summary
    reading = exam_school_summary.read(workbook)
    assert reading.problems.empty
    assert reading.rows_read == 2
    found = reading.tables["exam_summary"]
    columns = ["login", "subject", "year", "n", "n_below", "n_high", "n_full", "mean_score", "row"]
    assert found[columns].astype(object).fillna(-1).to_numpy().tolist() == [
        ["gia286", "Русский язык", 2025, 20, 1, 5, 0, 64.5, 4],
        ["gia31", "Русский язык", 2025, 9, 0, -1, -1, 60.0, 5],
        ["gia286", "Физика", 2025, 3, -1, -1, -1, 51.0, 4],
    ]
    assert found["municipality"].tolist() == ["город Пробный"] * 3
    assert found["school_name"].iloc[0] == "МБОУ СОШ № 14"


def test_faults_have_their_cells(book) -> None:
    reading = exam_school_summary.read(
        book(TITLE, HEAD, MEASURES, [1.0, "г. Пробный", "СОШ № 14", 20.0, *[""] * 6],
             [1.0, "г. Пробный", "(5) СОШ № 5", "много", *[""] * 4, 2.0, 50.0])
    )  # fmt: skip
    assert reading.problems[["code", "cell"]].to_numpy().tolist() == [
        ["exam_school_missing", "C4"], ["not_a_number", "D5"],
    ]  # fmt: skip
    assert reading.tables["exam_summary"]["row"].tolist() == [5]


def test_without_a_year_the_file_is_set_aside(book) -> None:
    row = [1.0, "г. Пробный", "(5) СОШ № 5", 20.0, *[""] * 6]
    reading = exam_school_summary.read(book(HEAD, MEASURES, row))
    assert reading.problems["code"].tolist() == ["report_test_unknown"]
    named = exam_school_summary.read(book(HEAD, MEASURES, row, path="2024/ЕГЭ.xlsx"))
    assert named.tables["exam_summary"]["year"].tolist() == [2024]
