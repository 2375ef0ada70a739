"""The section on the final essay: figures by hand, closed cells, schools by number."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from analytics.essays import essay_criteria, essay_results
from reports.site import render_site
from tests.reports.small_town import table

NB = "\u00a0"
PASSED = {"s1": (4, 0), "s2": (18, 6), "s5": (6, 0), "s10": (40, 0)}  # by school: passed, not
MARKS = ("r1", "r2", "k1", "k2", "k3", "k4", "k5")


def essays(passed: dict[str, tuple[int, int]], year: int = 2022, **marks: bool) -> pd.DataFrame:
    """Works of the year; whoever did not pass failed K1, the others what `marks` says."""
    rows = []
    for school_id, (yes, no) in passed.items():
        for i in range(yes + no):
            given = dict.fromkeys(MARKS, True) | marks | ({"k1": False} if i >= yes else {})
            rows.append({"year": year, "exam_date": f"{year - 1}-12-04", "kind": "сочинение",
                         "school_id": school_id, "pupil": f"{i:03d}", "absent": False,
                         "passed": i < yes, **given, "source_id": "f", "sheet": "Л",
                         "row": i + 2})  # fmt: skip
    return table("essays", rows)


@pytest.fixture
def pages(town_tables, facts):
    """Renders the town with the essays given and returns the text of a page's section."""

    def render(frame: pd.DataFrame):
        schools = town_tables["schools"]
        tables = town_tables | {
            "essays": frame,
            "essay_results": essay_results(frame, schools),
            "essay_criteria": essay_criteria(frame, schools),
        }
        site = dict(render_site(tables, facts))

        def section(name: str) -> str | None:
            found = re.search(r'<section id="essay".*?</section>', site[name].decode(), re.S)
            if found is None:
                return None
            body = re.sub(r"<script.*?</script>", " ", found[0], flags=re.S)
            return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", " ", body))

        return section

    return render


def test_the_municipality(pages) -> None:
    town = pages(essays(PASSED, k5=False))("town-1.html")
    assert f"Зачёт с первого раза, выпуск 2022 года: 91,9{NB}% (68{NB}из{NB}74)" in town
    assert f"75,0{NB}% 18{NB}из{NB}24" in town
    # Everybody failed K5; six of 74 failed K1.
    assert f"К5. Грамотность — 100,0{NB}% (74{NB}из{NB}74)" in town
    assert f"К1. Соответствие теме — 8,1{NB}% (6{NB}из{NB}74)" in town
    assert "темы для методической работы: орфографические" in town


def test_schools_go_by_number_and_small_ones_are_closed_with_a_neighbour(pages) -> None:
    town = pages(essays(PASSED))("town-1.html")
    rows = town[town.index("Относительно общего уровня") :]
    places = [rows.index(name) for name in ("СОШ № 1 ", "СОШ № 2 ", "СОШ № 5 ", "СОШ № 10")]
    assert places == sorted(places)
    assert rows.count("скрыто —") == 2  # four in school 1, six in school 5 would give them away
    assert f"4{NB}из{NB}4" not in town
    assert f"6{NB}из{NB}6 " not in town


def test_a_school_beside_the_municipality(pages) -> None:
    section = pages(essays(PASSED))
    own = section("school-s2.html")
    assert f"75,0{NB}% (18{NB}из{NB}24); по муниципалитету 91,9{NB}%" in own
    assert f"К1. Соответствие теме — 25,0{NB}% (6{NB}из{NB}24), по муниципалитету 8,1{NB}%" in own
    assert "СОШ № 10" not in own
    assert "Ни по одному критерию" in section("school-s10.html")
    assert "Результаты сочинения закрыты" in section("school-s1.html")
    assert "Результаты сочинения закрыты" in section("school-s5.html")


def test_nothing_is_said_without_protocols_and_another_year_is_named(pages) -> None:
    assert pages(essays(PASSED).iloc[:0])("town-1.html") is None
    section = pages(essays(PASSED))
    assert "выпуска 2021 года не проверено" in section("town-1.2021.html")
    assert "есть за 2022" in section("town-1.2021.html")
    only = pages(essays({"s10": (40, 0)}))
    assert only("school-s2.html") is None


def test_protocols_without_criteria(pages) -> None:
    frame = (
        essays(PASSED).assign(**dict.fromkeys(MARKS, pd.NA)).astype(dict.fromkeys(MARKS, "boolean"))
    )
    town = pages(frame)("town-1.html")
    assert "Не проверено: критериев нет" in town
    assert "Над чем работать" not in town


def test_a_municipality_of_fewer_than_five(pages) -> None:
    assert "закрыты" in pages(essays({"s10": (4, 0)}))("town-1.html")
    assert "закрыты" not in pages(essays({"s10": (5, 0)}))("town-1.html")


def test_nobody_is_accused_or_ranked(pages) -> None:
    section = pages(essays(PASSED, k3=False))
    text = (section("town-1.html") + section("school-s2.html")).lower()
    assert not re.search(r"нарушен|фальсиф|рейтинг|лучш|худш|учителя виноват", text)
