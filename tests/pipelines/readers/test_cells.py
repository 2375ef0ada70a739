"""What single cells mean."""

import pytest

from pipelines.readers import cells
from pipelines.readers.cells import Sign

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1", (Sign.VALUE, 1)),
        (2.0, (Sign.VALUE, 2)),
        (f"1{NBSP}", (Sign.VALUE, 1)),
        ("1,0", (Sign.VALUE, 1)),
        ("99", (Sign.VALUE, 99)),
        ("100", (Sign.UNREADABLE, 0)),
        (-1.0, (Sign.UNREADABLE, 0)),
        ("0,5", (Sign.UNREADABLE, 0)),
        ("X", (Sign.SKIPPED, 0)),  # Latin
        ("x", (Sign.SKIPPED, 0)),
        ("Х", (Sign.SKIPPED, 0)),  # Cyrillic
        ("х", (Sign.SKIPPED, 0)),
        (f"X{NBSP}", (Sign.SKIPPED, 0)),
        ("-", (Sign.SKIPPED, 0)),
        ("—", (Sign.SKIPPED, 0)),
        ("не пройд.", (Sign.NOT_TAUGHT, 0)),
        ("НЕ ПРОЙД", (Sign.NOT_TAUGHT, 0)),
        (f"не{NBSP}пройдено", (Sign.NOT_TAUGHT, 0)),
        ("", (Sign.BLANK, 0)),
        (NBSP, (Sign.BLANK, 0)),
        ("?", (Sign.UNREADABLE, 0)),
        ("H", (Sign.UNREADABLE, 0)),
        ("Ч", (Sign.UNREADABLE, 0)),
        ("2б", (Sign.UNREADABLE, 0)),  # two points rather than class 2Б
        ("ж", (Sign.FOREIGN, 0)),
        (f"{NBSP}М", (Sign.FOREIGN, 0)),
        ("4а", (Sign.FOREIGN, 0)),
        ("отсутствовал", (Sign.FOREIGN, 0)),
        ("нет отметки", (Sign.FOREIGN, 0)),
    ],
)
def test_points(value, expected) -> None:
    assert cells.points(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1", (Sign.UNREADABLE, 0)),
        ("2", (Sign.VALUE, 2)),
        ("4.0", (Sign.VALUE, 4)),
        (f"4{NBSP}", (Sign.VALUE, 4)),
        (5.0, (Sign.VALUE, 5)),
        ("6", (Sign.UNREADABLE, 0)),
        ("12", (Sign.UNREADABLE, 0)),
        ("З", (Sign.UNREADABLE, 0)),
        ("", (Sign.BLANK, 0)),
        ("НЕТ ОТМЕТКИ", (Sign.BLANK, 0)),
        ("н/а", (Sign.NOT_GIVEN, 0)),
        ("*", (Sign.NOT_GIVEN, 0)),
        ("отсутствовал", (Sign.NOT_GIVEN, 0)),
        ("ж", (Sign.FOREIGN, 0)),
        ("9 а", (Sign.FOREIGN, 0)),
    ],
)
def test_mark(value, expected) -> None:
    assert cells.mark(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1", Sign.VALUE), ("Var1", Sign.VALUE), ("", Sign.BLANK), ("ж", Sign.FOREIGN)],
)
def test_variant_sign(value, expected) -> None:
    assert cells.variant(value)[0] == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("4 А", "4А"),
        ("4а", "4А"),
        ("4A", "4А"),  # the Latin letter
        ("11.0", "11"),
        (11.0, "11"),
        ('"А"', "А"),
        ('"Б"""', "Б"),
        ("9-Б", "9Б"),
        ("11 б ", "11Б"),
        ("а(2)", "А(2)"),
        ("кб", "КБ"),
        ("нет", None),
        ("НЕТ", None),
        ("", None),
    ],
)
def test_class_label(value, expected) -> None:
    assert cells.class_label(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (40001.0, "40001"),
        ("40001", "40001"),
        ("01001", "01001"),
        ("40001.0", "40001"),
        ("Петров", None),
        ("4000А", None),
        ("", None),
    ],
)
def test_digits(value, expected) -> None:
    assert cells.digits(value) == expected


@pytest.mark.parametrize(("value", "expected"), [(1.0, "1"), ("1.0", "1"), ("1.5", "1.5")])
def test_label(value, expected) -> None:
    assert cells.label(value) == expected


def test_code_and_name_in_one_cell() -> None:
    assert cells.login('EDU000001 | МКОУ "СОШ"') == "edu000001"
    assert cells.login(" sch000001 ") == "sch000001"
    assert cells.name_part("reg00_m001 | Лесной район") == "Лесной район"
    assert cells.name_part("Лесной район") == "Лесной район"
    assert cells.name_part("") is None


@pytest.mark.parametrize(
    "value", ["отсутствовал", "Отсутствовал", "ОТСУТствовал", " отсутствовала"]
)
def test_absence_in_any_case(value) -> None:
    assert cells.is_absence(value)


@pytest.mark.parametrize("value", ["", "1", "присутствовал"])
def test_no_absence(value) -> None:
    assert not cells.is_absence(value)


@pytest.mark.parametrize(
    ("value", "quoted"),
    [("Петров П.", "(текст)"), ("не пройд.", "не пройд."), ("Ж", "Ж"), (7.0, 7.0)],
)
def test_what_may_be_a_name_is_not_quoted(value, quoted) -> None:
    assert cells.quotable(value) == quoted
