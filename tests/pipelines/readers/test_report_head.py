"""The head of a report, and whose rows its groups are."""

import numpy as np
import pytest

from pipelines.readers.groups import code_in, group_of
from pipelines.readers.percents import percent
from pipelines.readers.reading import ProblemLog, Sheet, TestHeader
from pipelines.readers.report_head import count, named_test, report_kind
from pipelines.readers.years import year_of

HEAD = [
    ["Статистика по отметкам", ""],
    ["", ""],
    ["ВПР 2026 Русский язык 4 класс", ""],
    ["Предмет:", "Русский язык"],
    ["Максимальный первичный балл:", 24.0],
    ["Дата:", "20.04.2026"],
]


@pytest.mark.parametrize(
    ("name", "group", "code"),
    [
        ("Вся выборка", "country", None),
        ("Российская Федерация", "country", None),
        ("Примерская область", "region", None),
        ("Республика Примерия", "region", None),
        ("г. Севастополь", "region", None),
        ("Примерский муниципальный район(reg20_m012)", "municipality", "reg20_m012"),
        ("Энский район Примерской области", "municipality", None),
        ("город Энск", "municipality", None),
        ("reg22_vpr_m038", "municipality", "reg22_vpr_m038"),
        ("МБОУ «СОШ №1 г. Энска» (EDU200001) ", "school", "edu200001"),
        ("sch200001 | МБОУ СОШ", "school", "sch200001"),
        ("ksh20_0001", "school", "ksh20_0001"),
        ("МБОУ «СОШ №1 г. Энска»", None, None),
        ("Школьники", None, None),
    ],
)
def test_groups_are_told_by_code_then_by_words(name, group, code) -> None:
    assert (group_of(name), code_in(name)) == (group, code)


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        (89.0, 89),
        ("89", 89),
        ("30,216", 30216),
        ("30 216", 30216),
        ("30\u00a0216", 30216),
        ("1,722,202", 1722202),
        (0.0, 0),
        ("89,5", None),
        (89.5, None),
        (-1.0, None),
        ("", None),
        ("нет", None),
    ],
)
def test_participants_may_have_thousands_separators(cell, found) -> None:
    assert count(cell) == found


@pytest.mark.parametrize(
    ("cell", "found"),
    [(12.36, 12.36), ("12,36", 12.36), ("12.36", 12.36), ("12,36 %", 12.36), ("x", None)],
)
def test_percents_are_read_however_typed(cell, found) -> None:
    assert percent(cell) == found


@pytest.mark.parametrize(
    ("cell", "found"),
    [(2024.0, 2024), ("2024", 2024), ("2023/2024", 2024), ("2023–2024 уч. год", 2024),
     (1999.0, None), ("", None)],
)  # fmt: skip
def test_years(cell, found) -> None:
    assert year_of(cell) == found


def test_the_head_names_the_test_wherever_the_file_lies() -> None:
    log = ProblemLog()
    found = named_test(Sheet("Лист1", HEAD), 6, "2849657.xlsx", log)
    assert found == TestHeader(2026, 4, "Русский язык", 24)
    assert log.frame().empty


def test_sheet_name_and_path_fill_what_the_head_leaves_open() -> None:
    log = ProblemLog()
    sheet = Sheet("РУ 4 Статистика по отметкам", [["Статистика по отметкам"]])
    assert named_test(sheet, 1, "2026/отчёт.xlsx", log) == TestHeader(2026, 4, "Русский язык", None)
    assert log.frame().empty


def test_a_contradiction_is_noted_and_the_title_wins() -> None:
    log = ProblemLog()
    sheet = Sheet("МА 5 Статистика по отметкам", HEAD)
    assert named_test(sheet, 6, "2025/Русский язык 4 класс.xlsx", log).grade == 4
    found = log.frame()
    assert found["code"].unique().tolist() == ["identity_conflict"]
    assert found[["column", "value", "expected"]].to_numpy().tolist() == [
        ["класс (имя листа)", "5", "4"],
        ["предмет (имя листа)", "Математика", "Русский язык"],
        ["год (имя файла)", "2025", "2026"],
    ]


def test_a_folder_of_a_school_year_that_holds_the_titles_year_is_no_contradiction() -> None:
    log = ProblemLog()
    named_test(Sheet("1", HEAD), 6, "2026/архив 2025/Русский язык 4 класс.xlsx", log)
    assert log.frame().empty


def test_a_test_that_nothing_names_is_told_once() -> None:
    log = ProblemLog()
    assert named_test(Sheet("1", [["Статистика по отметкам"]]), 1, "1.xlsx", log) is None
    found = log.frame()
    assert found[["code", "expected"]].to_numpy().tolist() == [
        ["report_test_unknown", "год, класс, предмет"]
    ]
    assert found["row"].isna().all()  # the whole file is set aside


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (["Группы участников", "Кол-во участников", 0.0, 1.0, 2.0], "vpr_distribution"),
        (["Группы участников", "Кол-во участников", 2.0, 3.0, 4.0, 5.0], "vpr_marks"),
        (["Предмет", "Логин", "Кол-во участников", "2", "3", "4", "5"], "vpr_marks"),
        (["Группы участников", "Кол-во участников", 1.0, 2.0, 3.0], None),  # completion of tasks
        (["Логин", "ОО", "2", "3", "4", "5"], None),
    ],
)
def test_without_a_name_the_columns_tell_the_report(header, kind) -> None:
    assert report_kind(Sheet("Лист1", [header])) == kind


def test_the_name_counts_more_than_the_columns() -> None:
    rows = [["Статистика  по\u00a0отметкам", ""], ["Группы участников", 0.0]]
    assert report_kind(Sheet("1", rows)) == "vpr_marks"


def test_sections_are_no_rows_but_a_lone_school_is(book) -> None:
    from pipelines.readers import vpr_marks

    header = ["Группы участников", "Кол-во ОО", "Кол-во участников", 2.0, 3.0, 4.0, 5.0]
    reading = vpr_marks.read(
        book(
            *HEAD,
            header,
            ["Образовательные организации"],
            header,
            ["СОШ № 1(edu000001)"],
            ["\u00a0", " "],
            ["СОШ № 2(edu000002)", "", 10.0, 0.0, 50.0, 50.0, 0.0],
        )
    )
    assert reading.rows_read == 2
    assert reading.tables["report_marks"]["row"].tolist() == [12]
    assert reading.problems[["code", "cell"]].to_numpy().tolist() == [
        ["participants_not_whole", "C10"]
    ]
    assert not np.isnan(reading.tables["report_marks"]["pct2"]).any()
