"""How numbers are written: rounding, separators, plurals, the order of schools."""

from __future__ import annotations

from datetime import date

import pytest

from reports import wording

NB = "\u00a0"


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (0, 0, "0"),
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),
        (0.05, 1, "0,1"),
        (0.25, 1, "0,3"),
        (2.675, 2, "2,68"),
        (-0.5, 1, "−0,5"),
        (-2.5, 0, "−3"),
        (-0.04, 1, "0,0"),
        (9999, 0, "9999"),
        (10_000, 0, f"10{NB}000"),
        (67_558, 0, f"67{NB}558"),
        (1_234_567.8, 1, f"1{NB}234{NB}567,8"),
        (None, 1, "—"),
    ],
)
def test_numbers_are_rounded_half_up_with_a_comma(value, digits, expected) -> None:
    assert wording.number(value, digits) == expected


@pytest.mark.parametrize(
    ("count", "total", "expected"),
    [
        (28, 82, f"34,1{NB}% (28{NB}из{NB}82)"),
        (1, 8, f"12,5{NB}% (1{NB}из{NB}8)"),
        (1, 16, f"6,3{NB}% (1{NB}из{NB}16)"),
        (0, 7, f"0,0{NB}% (0{NB}из{NB}7)"),
        (1, 1, f"100,0{NB}% (1{NB}из{NB}1)"),
        (0, 0, "—"),
        (None, 5, "—"),
        (3, None, "—"),
    ],
)
def test_a_share_carries_its_counts(count, total, expected) -> None:
    assert wording.share_of(count, total) == expected


@pytest.mark.parametrize(
    ("difference", "expected"),
    [
        (0.102, f"+10,2{NB}п.п."),
        (-0.102, f"−10,2{NB}п.п."),
        (0.0, f"0,0{NB}п.п."),
        (0.0004, f"0,0{NB}п.п."),
        (-0.0004, f"0,0{NB}п.п."),
        (0.0005, f"+0,1{NB}п.п."),
        (None, "—"),
    ],
)
def test_a_change_has_its_sign(difference, expected) -> None:
    assert wording.change(difference) == expected


@pytest.mark.parametrize(
    ("p", "expected"),
    [
        (0.0009, f"p{NB}<{NB}0,001"),
        (0.001, f"p{NB}={NB}0,001"),
        (0.0345, f"p{NB}={NB}0,035"),
        (1.0, f"p{NB}={NB}1,000"),
        (None, "—"),
    ],
)
def test_p_values(p, expected) -> None:
    assert wording.p_value(p) == expected


def test_an_interval_of_shares() -> None:
    assert wording.interval(0.12, 0.345) == f"12,0–34,5{NB}%"
    assert wording.interval(None, 0.3) == "—"


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "0 школ"),
        (1, "1 школа"),
        (2, "2 школы"),
        (4, "4 школы"),
        (5, "5 школ"),
        (11, "11 школ"),
        (12, "12 школ"),
        (14, "14 школ"),
        (21, "21 школа"),
        (22, "22 школы"),
        (25, "25 школ"),
        (111, "111 школ"),
        (101, "101 школа"),
    ],
)
def test_plurals(count, expected) -> None:
    assert wording.plural(count, "школа", "школы", "школ") == expected.replace(" ", NB)


@pytest.mark.parametrize(
    ("count", "total", "expected"),
    [
        (20, 100, "каждый пятый"),
        (192, 1000, "каждый пятый"),
        (191, 1000, None),
        (208, 1000, "каждый пятый"),
        (209, 1000, None),
        (1, 2, "каждый второй"),
        (1, 10, "каждый десятый"),
        (1, 11, None),
        (0, 10, None),
        (0, 0, None),
        (10, 10, None),
    ],
)
def test_every_nth_only_where_the_share_is_near_a_fraction(count, total, expected) -> None:
    assert wording.every_nth(count, total) == expected


def test_schools_go_by_number_not_by_letters() -> None:
    names = ["СОШ № 10", "СОШ № 2", "Лицей", "Гимназия № 1", "Школа 3", "АШ"]
    assert sorted(names, key=wording.by_number) == [
        "Гимназия № 1",
        "СОШ № 2",
        "Школа 3",
        "СОШ № 10",
        "АШ",
        "Лицей",
    ]


def test_words() -> None:
    assert wording.in_words(date(2026, 7, 2)) == f"2{NB}июля 2026{NB}г."
    assert [wording.listing(list("абв")[:n]) for n in range(4)] == ["", "а", "а и б", "а, б и в"]
    assert wording.pupil(6) == "шестиклассник"
    assert wording.pupil(12) == "ученик 12 класса"
    assert wording.upper_first("каждый пятый, №") == "Каждый пятый, №"
