"""Which test a file is about."""

import pytest

from pipelines.readers import identity
from pipelines.readers.reading import ProblemLog, TestHeader


def settled(content: TestHeader, path: str) -> tuple[TestHeader, list[tuple]]:
    log = ProblemLog()
    test = identity.settle(content, path, log)
    columns = ["code", "column", "value", "expected"]
    return test, [tuple(r) for r in log.frame()[columns].fillna("").itertuples(index=False)]


@pytest.mark.parametrize(
    ("path", "year", "grade", "subject"),
    [
        ("2020/5/История.xlsx", 2020, 5, "История"),
        (
            "2021/4/Проведение работы по математике, 4 класс. ВПР 2021.xlsx",
            2021,
            4,
            "Математика",
        ),
        (
            "2021/Проведение работы по биологии, 7 класс (по образцу 7 класса). ВПР 2021.xlsx",
            2021,
            7,
            "Биология",
        ),
        ("2020_vpr_pupils_ma5.xlsx", 2020, 5, "Математика"),
        ("2025-2026 учебный год/6 класс/Русский язык.xlsx", 2026, 6, "Русский язык"),
        ("ВПР 2025-26/6 класс/Физика.xlsx", 2026, 6, "Физика"),
        ("2026-04-20/6 класс/Физика.xlsx", 2026, 6, "Физика"),
        ("отчёт.xlsx", None, None, None),
    ],
)
def test_the_path_names_the_test(path, year, grade, subject) -> None:
    found = identity.identify(path)
    assert (found.year, found.grade, found.subject) == (year, grade, subject)


def test_the_path_fills_what_the_content_leaves_open() -> None:
    content = TestHeader(grade=4, subject="Математика", max_score=20)
    test, problems = settled(content, "2021/4/Математика.xlsx")
    assert test == TestHeader(2021, 4, "Математика", 20)
    assert problems == []


def test_the_content_wins_over_the_path() -> None:
    test, problems = settled(TestHeader(2022, 11, "Биология"), "2021/10/Биология.xlsx")
    assert (test.year, test.grade) == (2022, 11)
    assert problems == [
        ("path_contradicts_content", "год", "2021", "2022"),
        ("path_contradicts_content", "класс", "10", "11"),
    ]


def test_all_that_is_unknown_is_told_at_once() -> None:
    _, problems = settled(TestHeader(subject="Физика"), "отчёт.xlsx")
    assert problems == [("test_unknown", "", "отчёт.xlsx", "год, класс")]


@pytest.mark.parametrize(
    ("path", "login"),
    [
        ("2026/edu000001/Форма сбора.xlsx", "edu000001"),
        ("2026/Форма сбора SCH000002 Физика.xlsx", "sch000002"),
        ("ksh000003_форма.xlsx", "ksh000003"),
        ("sch000001/edu000002.xlsx", "edu000002"),
        ("2026/Форма сбора.xlsx", None),
        ("редedu0001.xlsx", None),
    ],
)
def test_login_in_path(path, login) -> None:
    assert identity.login_in(path) == login
