"""The section on the olympiad: n beside every share, small groups closed, no accusation."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from reports.blocks import Chart, Notice, Statement, Table
from reports.edition import prepare
from reports.olympiad import olympiad
from reports.olympiad_numbers import Indicators, beside, limits, value
from reports.scope import Scope
from tests.reports.small_town import PLACE, table

YEAR = 2022


def indicator(school: str, name: str, found: float | None, n: int | None, **more: Any) -> dict:
    row = {
        "municipality": PLACE, "year": YEAR, "school_id": school, "subject": "", "indicator": name,
        "numerator": None if found is None or n is None else found * n, "denominator": n,
        "value": found, "ci_low": None, "ci_high": None, "town_value": 0.8,
    }  # fmt: skip
    if found is not None:
        row |= {"ci_low": found / 2, "ci_high": (1 + found) / 2}
    return row | more


def marker(school: str, flags: int | None, reason: str | None = None) -> dict:
    known = flags is not None
    return indicator(school, "MARKER", None, 3 if known else 1) | {
        "numerator": flags or 0, "flagged": flags >= 2 if known else None,
        "proposed": True if known else None, "reason": reason,
    }  # fmt: skip


def rows() -> list[dict]:
    """s2 is marked, s10 is not; s5 has 6 pairs, s1 has 3: both closed, one would tell the other."""
    return [
        indicator("*", "O5", 0.75, 60, town_value=None),
        indicator("s2", "O5", 0.25, 28, flagged=True, proposed=True, q_value=0.001),
        indicator("s10", "O5", 0.9, 20, flagged=False, proposed=False),
        indicator("s5", "O5", 0.5, 6, reason="мало"),
        indicator("s1", "O5", 1.0, 3, reason="мало"),
        indicator("s2", "O6", 0.3, 30, town_value=0.1, flagged=True, proposed=True, q_value=0.002),
        indicator("s10", "O6", 0.1, 30, town_value=0.1, flagged=False, proposed=False),
        indicator("s2", "O8", -0.25, 30, flagged=False, proposed=True),
        indicator("s2", "O9", None, None, reason="не перепроверялись"),
        indicator("*", "E1", 0.5, 4, town_value=None),
        marker("s2", 2),
        marker("s10", 0),
        marker("s5", None, "меньше 10 пар «ученик — предмет»"),
        marker("s1", None, "меньше 10 пар «ученик — предмет»"),
        indicator("s2", "O5", 0.3, 20, year=2021, flagged=False),
        marker("s2", 0) | {"year": 2021},
    ]


def fact() -> dict:
    return {"year": YEAR, "stage": "school", "subject": "История", "school_id": "s2", "pupil": "c",
            "named": True, "source_id": "olymp", "sheet": "л", "row": 15}  # fmt: skip


def problem(code: str) -> dict:
    return {"path": "ш.xlsx", "source_id": "olymp", "code": code, "severity": "warn",
            "message": "…", "hint": "…"}  # fmt: skip


@pytest.fixture
def tables(town_tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    known = town_tables["problems"]
    told = [problem("olympiad_winner_half"), problem("olympiad_winner_half"),
            problem("olympiad_grade_below")]  # fmt: skip
    return town_tables | {
        "olympiad_indicators": table("olympiad_indicators", rows()),
        "olympiad": table("olympiad", [fact()]),
        "problems": pd.concat([known, table("problems", told)], ignore_index=True),
    }


def scope(tables: dict[str, pd.DataFrame], school: str | None = None, year: int = YEAR) -> Scope:
    edition = prepare(tables)
    town = next(t for t in edition.towns if t.key == PLACE)
    own = edition.schools[school] if school else None
    return Scope(edition, town, own, year, ())


def texts(block: object) -> str:
    return str(block)


def by_caption(blocks: tuple, beginning: str) -> Table:
    found = [b.table if isinstance(b, Chart) else b for b in blocks if isinstance(b, Chart | Table)]
    return next(t for t in found if t.caption.startswith(beginning))


def test_the_town_names_how_many_and_cautions(tables: dict[str, pd.DataFrame]) -> None:
    (section,) = olympiad(scope(tables))
    assert section.claim == (
        "Признаки по олимпиаде за 2022 год — у 1\u00a0из\u00a02 школ; это повод для анализа, "
        "не вывод"
    )
    (statement,) = [b for b in section.blocks if isinstance(b, Statement)]
    said = dict(statement.terms)
    assert said["Что видно"].startswith(
        "Подтверждение результата — 25,0\u00a0% (7\u00a0из\u00a028 "
    )
    assert "+30,0\u00a0п.п. (n\u00a0=\u00a030 " in said["Что видно"]
    assert "q не больше 0,002" in said["Насколько это не случайно"]
    assert section.blocks[-1].title == "Чего эти числа не показывают"


def test_small_groups_are_closed_and_their_neighbour_too(tables: dict[str, pd.DataFrame]) -> None:
    (section,) = olympiad(scope(tables))
    names = {r.cells[0].text: [c.text for c in r.cells] for r in
             by_caption(section.blocks, "Признаки по школам").rows}  # fmt: skip
    by_id = {s.school_id: s.name for s in scope(tables).town.schools}
    assert names[by_id["s1"]][1] == names[by_id["s5"]][1] == "скрыто"
    assert names[by_id["s2"]][1] == "25,0\u00a0%"
    assert names[by_id["s2"]][4] == "—"
    assert names[by_id["s5"]][-1] == "не проверено"


def test_the_picture_holds_schools_of_ten_and_more_by_number(tables: dict) -> None:
    (section,) = olympiad(scope(tables))
    (chart,) = [b for b in section.blocks if isinstance(b, Chart)]
    assert [r.cells[0].text for r in chart.table.rows] == [
        s.name for s in scope(tables).town.schools if s.school_id in ("s2", "s10")
    ]
    assert chart.spec["layout"]["shapes"][0]["x0"] == 75
    assert (
        chart.spec["data"][-1]["marker"]["color"][0] != chart.spec["data"][-1]["marker"]["color"][1]
    )


def test_errors_of_input_are_counted_by_kind(tables: dict[str, pd.DataFrame]) -> None:
    (section,) = olympiad(scope(tables))
    errors = by_caption(section.blocks, "Ошибки ввода")
    assert errors.caption.endswith("3\u00a0ячейки")
    assert [[c.text for c in r.cells] for r in errors.rows] == [
        ["Победитель с половиной баллов и меньше", "2"],
        ["Класс выступления ниже класса обучения", "1"],
    ]
    assert "2\u00a0из\u00a04" in errors.note


def test_the_school_sees_itself_beside_the_town(tables: dict[str, pd.DataFrame]) -> None:
    (section,) = olympiad(scope(tables, "s2"))
    assert "есть признаки, требуется дополнительный анализ" in section.claim
    own = by_caption(section.blocks, "Показатели олимпиады")
    shown = {r.cells[0].text: [c.text for c in r.cells[1:]] for r in own.rows}
    assert shown["О5. Подтверждение результата"][:5] == [
        "25,0\u00a0%", "12,5–62,5\u00a0%", "80,0\u00a0%", "да", "да"]  # fmt: skip
    assert shown["О9. Согласие перепроверки"][-1] == "не перепроверялись"
    assert not [b for b in section.blocks if isinstance(b, Chart)]
    others = {s.name for s in scope(tables).town.schools if s.school_id != "s2"}
    assert not [name for name in others if name in texts(section)]


@pytest.mark.parametrize(
    ("school", "words"),
    [("s10", "признаков не найдено (проверено показателей: 3)"),
     ("s5", "не проверена: меньше 10 пар")],
)  # fmt: skip
def test_claims_of_unmarked_schools(tables: dict, school: str, words: str) -> None:
    (section,) = olympiad(scope(tables, school))
    assert words in section.claim
    assert not [b for b in section.blocks if isinstance(b, Statement)]


def test_years_without_protocols_say_so(tables: dict[str, pd.DataFrame]) -> None:
    (section,) = olympiad(scope(tables, year=2020))
    assert section.claim == "Олимпиада за 2020 год не проверена"
    assert isinstance(section.blocks[0], Notice)
    assert "2021 и 2022" in section.blocks[0].text


def test_a_home_without_olympiads_has_no_section(town_tables: dict[str, pd.DataFrame]) -> None:
    assert olympiad(scope(town_tables)) == ()


def test_history_by_year(tables: dict[str, pd.DataFrame]) -> None:
    (section,) = olympiad(scope(tables))
    history = by_caption(section.blocks, "Признаки олимпиады по годам")
    assert history.head == ("Школа", "2021", "2022")
    s2 = next(s.name for s in scope(tables).town.schools if s.school_id == "s2")
    cells = next(r.cells for r in history.rows if r.cells[0].text == s2)
    assert [c.text for c in cells[1:]] == ["признаков не найдено", "признаки, требуется анализ"]


def test_wording(tables: dict[str, pd.DataFrame]) -> None:
    for school in (None, "s2", "s10", "s5"):
        said = texts(olympiad(scope(tables, school))).lower()
        assert not [
            w for w in ("фальсиф", "завысил", "наруш", "обман", "рейтинг школ") if w in said
        ]


def test_numbers_in_their_units() -> None:
    share = indicator("s2", "O7", 0.125, 8)
    assert (value(share), beside(share)) == ("12,5\u00a0%", "1\u00a0из\u00a08 · информ.")
    drop = indicator("s2", "O6", 0.3, 10) | {"ci_low": -0.1, "ci_high": 0.7}
    assert (value(drop), beside(drop)) == ("+30,0\u00a0п.п.", "n\u00a0=\u00a010")
    assert limits(drop) == "−10,0…+70,0\u00a0п.п."
    assert value(indicator("s2", "O8", -0.25, 10)) == "−0,25"


@pytest.mark.parametrize(("n", "text"), [(4, "скрыто"), (5, "50,0\u00a0%"), (6, "50,0\u00a0%")])
def test_groups_are_closed_under_five(town_tables: dict, n: int, text: str) -> None:
    rows = [indicator("s2", "O5", 0.5, n), indicator("s10", "O5", 0.5, n)]
    given = town_tables | {"olympiad_indicators": table("olympiad_indicators", rows)}
    assert Indicators.of(scope(given)).cell("s2", "O5").text == text
