"""ОГЭ and ЕГЭ protocols rebuilt inline: every layout, every fault with its cell, no name kept."""

from collections.abc import Callable

import pandas as pd
import pytest

from pipelines.readers import exam_csv, exam_ege, exam_oge, exam_oge_dense
from pipelines.readers.layouts import layout_of
from pipelines.readers.persons import Context
from pipelines.readers.reading import Reading, TestHeader, Workbook

CONTEXT = Context(b"k" * 32)
NAMES = ("Тестов", "Пробина", "Проба", "Образцович", "Черновик", "ТЕСТОВ")

SPARSE = ["№", "", "Код МСУ", "", "Код ОО", "", "Класс", "", "Код ППЭ", "", "Аудитория", "",
          "Фамилия", "Имя", "Отчество", "", "Задания с кратким ответом", "",
          "Задания с развёрнутым ответом", "", "Первичный балл", "", "Тестовый балл"]  # fmt: skip
COMPACT = ["№", "Код ППЭ", "Код ОО", "Класс", "Код ООП", "Профиль", "Фамилия", "Имя", "Отчество",
           "Вариант", "Код участника", "№ бланка", "Ответы в краткой форме",
           "Ответы в развернутой форме", "Первичный балл", "Итоговый балл"]  # fmt: skip
REGIONAL = ["№", "Код ОО", "Класс", "", "Код ППЭ", "", "Аудитория", "", "Код МСУ", "", "Фамилия",
            "", "Имя", "Отчество", "Задания с кратким ответом", "", "",
            "Задания с развёрнутым ответом", "Первичный балл", "", "Оценка"]  # fmt: skip
DENSE = ["№", "Код ОО", "Класс", "Код ППЭ", "Аудитория", "Код участника", "Фамилия", "Имя",
         "Отчество", "Серия", "Номер", "Ответы в краткой форме", "Ответы в развернутой форме",
         "Первичный балл", "Оценка"]  # fmt: skip
TITLE = ["Протокол проверки результатов"]
CHEMISTRY, SOCIAL = ["04 - Химия 2026.06.01"], ["12 - Обществознание 2026.07.03"]
AVERAGES = ["Средние"]


def ege(number: float, *, school: object = 9306.0, klass: str = "11А", surname: str = "Тестов",
        short: object = "+-2", long: object = "1(2)2(3)", score: object = 6.0,
        test: object = 40.0) -> list:  # fmt: skip
    return [number, "", 213.0, "", school, "", klass, "", 1301.0, "", 108.0, "", surname, "Проба",
            "Образцович", "", short, "", long, "", score, "", test]  # fmt: skip


def oge(number: float, *, school: object = "9306", klass: str = "9А", surname: str = "Тестов",
        short: object = "+-2", long: object = "1(2)2(3)", score: object = 6.0,
        mark: object = 4.0) -> list:  # fmt: skip
    return [number, school, klass, "", 1003.0, "", 109.0, "", 209.0, "", surname, "", "Проба",
            "Образцович", short, "", "", long, score, "", mark]  # fmt: skip


def told(reading: Reading, *skipped: str) -> list[list]:
    quiet = {"exam_personal_columns", *skipped}
    problems = reading.problems[~reading.problems["code"].isin(quiet)]
    return problems[["code", "cell"]].to_numpy().tolist()


@pytest.fixture
def read_oge(book: Callable[..., Workbook]) -> Callable[..., Reading]:
    """An ОГЭ protocol of one exam from its rows, which begin in row 5."""
    return lambda *rows, **given: exam_oge.read(
        book(TITLE, CHEMISTRY, [], REGIONAL, *rows, **given), CONTEXT
    )


def test_ege_regional_with_empty_columns(book) -> None:
    workbook = book(TITLE, ["00 - Примерская область"], CHEMISTRY, [], SPARSE, ege(1.0),
                    ege(2.0, surname="Пробина", score=5.0, short="+--", long="1(2)3(3)"),
                    [*AVERAGES, *[""] * 19, 5.5, "", 40.0])  # fmt: skip
    assert layout_of(workbook) is exam_ege
    reading = exam_ege.read(workbook, CONTEXT)
    assert told(reading) == []
    works = reading.tables["works"]
    assert reading.rows_read == len(works) == 2
    wanted = ["login", "class_label", "score", "test_score", "exam_point", "room", "exam_date",
              "p1", "p2", "p3", "p4", "p5", "row"]  # fmt: skip
    assert works[wanted].to_numpy().tolist() == [
        ["gia9306", "11А", 6, 40, "1301", "108", "2026-06-01", 1, 0, 2, 1, 2, 6],
        ["gia9306", "11А", 5, 40, "1301", "108", "2026-06-01", 1, 0, 0, 1, 3, 7],
    ]
    assert works["mark"].isna().all()
    assert works["pupil"].nunique() == 2
    assert works["pupil"].equals(works["person"])
    (test,) = reading.tests
    assert (test.procedure, test.year, test.grade, test.subject) == ("ege", 2026, 11, "Химия")
    assert [task.max_points for task in test.tasks] == [None, None, None, 2, 3]


def test_ege_compact_with_exams_one_under_the_other(book) -> None:
    row = [1.0, 100.0, 9306.0, "11", 101.0, 102.0, "Тестов", "Проба", "Образцович", 1.0, "000001",
           "000009", "+-", "1(2)", 2.0, 30.0]  # fmt: skip
    base = [*row[:9], 2.0, "000001", "000010", "++", "0(2)", 2.0, 4.0]
    workbook = book(["01 - Русский язык 2025.05.30"], COMPACT, row,
                    ["22 - Математика базовая 2025.06.05"], COMPACT, base)  # fmt: skip
    assert layout_of(workbook) is exam_ege
    reading = exam_ege.read(workbook, CONTEXT)
    assert told(reading) == [["exams_glued", "A4"]]
    works = reading.tables["works"]
    assert works["pupil"].tolist() == ["000001", "000001"]
    assert works["variant"].tolist() == ["1", "2"]
    # Base mathematics has a mark where the others have a test score.
    assert works[["test_score", "mark"]].astype("Float64").fillna(-1).to_numpy().tolist() == [
        [30, -1], [-1, 4],
    ]  # fmt: skip
    assert [t.subject for t in reading.tests] == ["Русский язык", "Математика базовая"]


def test_oge_regional_with_several_exams(book) -> None:
    workbook = book(TITLE, SOCIAL, [], REGIONAL, oge(1.0), oge(2.0, surname="Пробина"), AVERAGES,
                    CHEMISTRY, [], REGIONAL, oge(1.0, short="++", long="1(1)", score=3.0, mark=3),
                    AVERAGES)  # fmt: skip
    assert layout_of(workbook) is exam_oge
    reading = exam_oge.read(workbook, CONTEXT)
    assert told(reading) == []
    works = reading.tables["works"]
    assert works[["subject", "exam_date", "row"]].to_numpy().tolist() == [
        ["Обществознание", "2026-07-03", 5],
        ["Обществознание", "2026-07-03", 6],
        ["Химия", "2026-06-01", 11],
    ]
    assert works["p4"].isna().tolist() == [False, False, True]
    assert [(t.subject, len(t.tasks)) for t in reading.tests] == [
        ("Обществознание", 5), ("Химия", 3),
    ]  # fmt: skip
    assert reading.addresses[("Лист1", "school_id")] == "B"
    assert reading.addresses[("Лист1", "pupil")] == "K"


def test_oge_dense_takes_the_participants_code_and_no_document(book) -> None:
    row = [1.0, 9306.0, "9а", 100.0, 101.0, 102.0, "Тестов", "Проба", "Образцович", "4444",
           "555555", "+-2", "1(2)2(3)", 6.0, 4.0]  # fmt: skip
    workbook = book(["01 - Русский язык 2025.06.09"], DENSE, row)
    assert layout_of(workbook) is exam_oge_dense
    reading = exam_oge_dense.read(workbook, CONTEXT)
    assert told(reading) == []
    work = reading.tables["works"].iloc[0]
    assert (work["pupil"], work["class_label"], work["mark"]) == ("102", "9А", 4)
    assert work["person"] not in ("102", None)
    everything = reading.tables["works"].astype(str).to_numpy().ravel().tolist()
    assert not {"4444", "555555"} & set(everything)


def test_csv_of_the_report_builder_is_named_by_its_file(book) -> None:
    header = ["ColumnName", "SchoolCode", "ClassCode", "GovernmentCell", "SurnameCell", "NameCell",
              "SecondNameCell", "DocumentSeriesCode", "DocumentNumberCode", "TestResultBCell",
              "TestResultCCell", "PrimaryMark", "Mark5"]  # fmt: skip
    row = ["1", "9306", "9А", "0000-1", "Тестов", "Проба", "Образцович", "4444", "555555", "+-2",
           "1(2)2(3)", "6", "4"]  # fmt: skip
    workbook = book(header, row, path="ОГЭ/01 - Русский язык 2025.06.09.csv")
    assert layout_of(workbook) is exam_csv
    reading = exam_csv.read(workbook, CONTEXT)
    assert told(reading) == []
    work = reading.tables["works"].iloc[0]
    assert (work["subject"], work["exam_date"], work["score"]) == ("Русский язык", "2025-06-09", 6)
    unknown = exam_csv.read(book(header, row, path="01_2025.06.09.csv"), CONTEXT)
    assert told(unknown) == [["exam_unknown", "A2"]]
    assert unknown.problems["expected"].iloc[-1] == "предмет"
    assert (unknown.rows_read, unknown.tests) == (1, ())


@pytest.mark.parametrize(
    ("title", "line", "klass", "grade"),
    [(TITLE, "51 - ГВЭ-9 Русский язык 2026.06.05", "9А", 9),
     (TITLE, "52 - Математика 2026.06.05", "11", 11),
     (["Протокол ГВЭ-11"], "01 - Русский язык 2026.06.05", "12", 11)],
)  # fmt: skip
def test_gve_in_the_same_layout(book, title: list, line: str, klass: str, grade: int) -> None:
    reading = exam_oge.read(book(title, [line], REGIONAL, oge(1.0, klass=klass)), CONTEXT)
    assert (reading.tests[0].procedure, reading.tests[0].grade) == ("gve", grade)
    assert reading.tables["works"]["procedure"].tolist() == ["gve"]


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"short": "+-"}, ["mask_length_differs", "O7"]),
        ({"long": "1(2)"}, ["mask_length_differs", "R7"]),
        ({"long": "1(2)2(3"}, ["mask_unreadable", "R7"]),
        ({"short": "+-?"}, ["mask_unreadable", "O7"]),
        ({"long": "3(2)2(3)"}, ["mask_points_above_maximum", "R7"]),
        ({"long": "1(2)2(4)"}, ["mask_maximum_differs", "R7"]),
        ({"score": 7.0}, ["mask_sum_differs", "S7"]),
        ({"score": "шесть"}, ["not_a_number", "S7"]),
        ({"mark": 1.0}, ["mark_not_in_scale", "U7"]),
        ({"mark": 6.0}, ["mark_not_in_scale", "U7"]),
        ({"school": ""}, ["exam_school_missing", "B7"]),
        ({"school": "школа"}, ["exam_school_missing", "B7"]),
        ({"surname": ""}, ["exam_pupil_missing", "K7"]),
    ],
)
def test_a_fault_is_told_with_its_cell(read_oge, cells: dict, fault: list[str]) -> None:
    others = [oge(1.0, surname="Пробина"), oge(2.0, surname="Черновик")]
    reading = read_oge(*others, oge(3.0, **cells))
    assert fault in told(reading)
    assert reading.rows_read == 3
    sound = reading.tables["works"].iloc[:2]
    assert sound["score"].tolist() == [6, 6]


@pytest.mark.parametrize("mark", [2.0, "3", 5.0])
def test_marks_of_the_scale_pass(read_oge, mark: object) -> None:
    reading = read_oge(oge(1.0, mark=mark))
    assert told(reading) == []
    assert reading.tables["works"]["mark"].tolist() == [int(mark)]


@pytest.mark.parametrize(("score", "kept"), [(0.0, 0), (100.0, 100), (101.0, None), (-1.0, None)])
def test_test_scores_from_0_to_100(book, score: float, kept: int | None) -> None:
    reading = exam_ege.read(book(CHEMISTRY, SPARSE, ege(1.0, test=score)), CONTEXT)
    found = reading.tables["works"]["test_score"].iloc[0]
    assert (None if pd.isna(found) else found) == kept
    assert bool(told(reading)) == (kept is None)
    assert all(cell == "W3" for _, cell in told(reading))


def test_points_of_a_mask_of_another_length_are_not_known(read_oge) -> None:
    works = read_oge(oge(1.0), oge(2.0, short="+", surname="Пробина")).tables["works"]
    assert works.loc[1, ["p1", "p2", "p3"]].isna().all()
    assert works.loc[1, ["p4", "p5", "score"]].tolist() == [1, 2, 6]


def test_a_changed_header_names_the_columns_and_the_other_exam_goes_on(book) -> None:
    changed = [*REGIONAL[:-3], "Баллы", "", "Оценка"]
    reading = exam_oge.read(
        book(TITLE, CHEMISTRY, [], changed, oge(1.0), AVERAGES, SOCIAL, [], REGIONAL, oge(1.0)),
        CONTEXT,
    )
    assert ["exam_columns_missing", "A4"] in told(reading)
    missing = reading.problems.set_index("code").loc["exam_columns_missing", "expected"]
    assert missing == "«Первичный балл»"
    works = reading.tables["works"]
    assert works["score"].isna().tolist() == [True, False]
    assert reading.rows_read == 2


def test_without_the_column_of_schools_every_row_is_told_at_its_beginning(book) -> None:
    header = ["" if title == "Код ОО" else title for title in REGIONAL]
    reading = exam_oge.read(book(CHEMISTRY, header, oge(1.0), oge(2.0, surname="Пробина")), CONTEXT)
    codes = [row for row in told(reading) if row[0] != "exam_pupil_missing"]
    assert codes == [
        ["exam_columns_missing", "A2"],
        ["exam_school_missing", "A3"],
        ["exam_school_missing", "A4"],
    ]  # fmt: skip
    problem = reading.problems.set_index("code").loc["exam_school_missing"].iloc[0]
    assert (problem["column"], pd.isna(problem["value"])) == ("Код ОО", True)


def test_a_missing_column_of_answers_leaves_the_scores(book) -> None:
    header = [title for title in DENSE if title != "Ответы в развернутой форме"]
    row = [1.0, 9306.0, "9А", 100.0, 101.0, 102.0, "Тестов", "Проба", "Образцович", "", "", "+-2",
           6.0, 4.0]  # fmt: skip
    reading = exam_oge_dense.read(book(["01 - Русский язык 2025.06.09"], header, row), CONTEXT)
    assert reading.problems["expected"].tolist()[0] == "«Задания с развёрнутым ответом»"
    assert reading.tables["works"]["score"].tolist() == [6]


def test_exams_glued_without_an_empty_row_are_parted(read_oge) -> None:
    reading = read_oge(oge(1.0), SOCIAL, REGIONAL, oge(1.0, short="+", score=4.0))
    assert told(reading) == [["exams_glued", "A6"]]
    assert reading.tables["works"]["subject"].tolist() == ["Химия", "Обществознание"]


def test_a_glued_exam_without_its_header_keeps_the_columns(read_oge) -> None:
    reading = read_oge(oge(1.0), SOCIAL, oge(1.0))
    assert told(reading) == [["exams_glued", "A6"], ["exam_header_missing", "A6"]]
    assert reading.tables["works"]["subject"].tolist() == ["Химия", "Обществознание"]


def test_a_glued_exam_without_its_line_is_set_aside(read_oge) -> None:
    reading = read_oge(oge(1.0), oge(2.0, surname="Пробина"), REGIONAL, oge(1.0))
    assert told(reading) == [["exam_line_missing", "A7"], ["exam_unknown", "A8"]]
    assert reading.tables["works"]["year"].isna().tolist() == [False, False, True]


def test_a_glued_exam_without_line_and_header_shows_by_its_answers(read_oge) -> None:
    other = {"short": "++++", "long": "1(1)", "score": 5.0}
    reading = read_oge(
        oge(1.0), oge(2.0, surname="Пробина"), oge(1.0, **other),
        oge(2.0, surname="Черновик", **other),
    )  # fmt: skip
    assert told(reading) == [
        ["exam_numbering_restarts", "A7"], ["exam_unknown", "A7"], ["exam_unknown", "A8"],
    ]  # fmt: skip
    # The same answers under a numbering by school are no other exam.
    assert told(read_oge(oge(1.0), oge(2.0, surname="Пробина"), oge(1.0, school="9307"))) == []


def test_a_header_on_a_new_page_is_no_new_exam(read_oge) -> None:
    reading = read_oge(oge(1.0), REGIONAL, oge(2.0, surname="Пробина"))
    assert [code for code, _ in told(reading)] == ["header_repeated"]
    assert reading.tables["works"]["subject"].tolist() == ["Химия", "Химия"]


def test_an_exam_that_is_not_known_sets_its_rows_aside(book) -> None:
    rows = (["77 - Зельеварение 2026.06.05"], REGIONAL, oge(1.0), AVERAGES, CHEMISTRY, REGIONAL,
            oge(1.0))  # fmt: skip
    reading = exam_oge.read(book(*rows), CONTEXT)
    assert told(reading) == [["exam_unknown", "A3"]]
    assert [t.subject for t in reading.tests] == ["Химия"]


def test_a_row_repeated_to_the_letter_is_no_row_and_another_result_stays(read_oge) -> None:
    reading = read_oge(oge(1.0), oge(2.0), oge(3.0, score=7.0))
    assert told(reading, "mask_sum_differs") == [["exam_row_repeated", "K6"]]
    assert reading.rows_read == 2  # the second result is left to the rule on repeated pupils
    assert len(set(reading.tables["works"]["pupil"])) == 1


@pytest.mark.parametrize(("printed", "fault"), [(6.0, False), (6.05, False), (6.2, True)])
def test_the_printed_average_against_the_rows(read_oge, printed: float, fault: bool) -> None:
    reading = read_oge(oge(1.0), [*AVERAGES, *[""] * 17, printed, "", ""])
    assert reading.rows_read == 1
    assert told(reading) == ([["exam_average_differs", "S6"]] if fault else [])


def test_signatures_below_the_table_are_no_rows(read_oge) -> None:
    reading = read_oge(oge(1.0), AVERAGES, [], ["Руководитель ППЭ ТЕСТОВ П. О."])
    assert reading.rows_read == 1


def test_an_empty_protocol_is_told(read_oge) -> None:
    reading = read_oge()
    assert [code for code, _ in told(reading)] == ["no_data_rows"]
    assert (reading.tables, reading.rows_read) == ({}, 0)


def test_no_name_is_kept_wherever_it_stands(read_oge) -> None:
    reading = read_oge(
        oge(1.0, school="Тестов"), oge(2.0, short="ТЕСТОВ"), oge(3.0, long="Пробина Проба"),
        oge(4.0, score="Черновик"), oge(5.0, mark="Тестов Проба Образцович"), oge(6.0),
    )  # fmt: skip
    assert len(told(reading)) >= 5
    frames = [reading.problems, *reading.tables.values()]
    content = " ".join(frame.astype(str).to_csv() for frame in frames)
    assert not [name for name in NAMES if name.lower() in content.lower()]


def test_the_order_of_the_rows_does_not_count(read_oge) -> None:
    rows = [oge(1.0), oge(2.0, surname="Пробина", score=7.0), oge(3.0, surname="Черновик")]
    straight, turned = (read_oge(*r).tables["works"] for r in (rows, rows[::-1]))
    columns = ["pupil", "score", "p1", "p5"]
    pd.testing.assert_frame_equal(
        straight[columns].sort_values("pupil", ignore_index=True),
        turned[columns].sort_values("pupil", ignore_index=True),
    )


def test_a_header_of_several_tests_is_told_by_all_of_them() -> None:
    one = TestHeader(2026, 9, "Химия", procedure="oge")
    frame = pd.DataFrame()
    assert Reading("x", frame, test=one).headers == (one,)
    assert Reading("x", frame, tests=(one, one)).headers == (one, one)
    assert Reading("x", frame).headers == ()
