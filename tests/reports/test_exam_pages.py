"""Documents on exams: what is planted is shown, small groups and exam points are not."""

from __future__ import annotations

import re

import pytest

from analytics import schema
from reports.edition import prepare
from reports.exam_scope import ExamScope
from reports.risk_zones import Matrix
from reports.site import render_site
from tests.reports.exam_town import exam_town

NB = "\u00a0"


@pytest.fixture(scope="module")
def tables():
    return exam_town()


@pytest.fixture
def site(tables, facts) -> dict[str, str]:
    return {n: b.decode() for n, b in render_site(tables, facts) if n.endswith(".html")}


def text_of(html: str) -> str:
    body = re.sub(r"<script.*?</script>", " ", html, flags=re.S)
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", " ", body))


def test_planted_cases_have_their_zones(tables) -> None:
    zones = tables["risk_zones"].set_index(["year", "school_id"])["zone"]
    assert zones[2024].to_dict() == {"s1": "yellow", "s2": "red", "s5": "red", "s10": "red"}
    markers = tables["risk_markers"]
    red = markers[(markers["level"] == "red") & (markers["year"] == 2024)]
    assert sorted(zip(red["school_id"], red["marker"], red["subject"], strict=True)) == [
        ("s10", "Z3", "Обществознание"), ("s2", "Z6", ""), ("s5", "Z4", ""),
    ]  # fmt: skip
    assert set(zones[2022]) | set(zones[2023]) == {"green"}


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("exams-1.html", f"228{NB}результатов по 3 экзаменам; ниже минимума 12,7{NB}%"),
        ("exams-1.html", f"12,7{NB}% (29{NB}из{NB}228)"),
        ("exams-1.html", f"■{NB}красный Обществознание"),
        ("exams-1.html", f"ниже минимума 40,0{NB}% (12{NB}из{NB}30)"),
        ("exams-1.html", "нет годовых отметок"),
        ("exams-1.html", "Меры прошлого года не проверены"),
        ("exams-1.html", "подробности — в редакции для служебного пользования"),
        ("zones-restricted-1.html", "удалений и аннулированных результатов за два года: 2"),
        ("zones-restricted-1.html", "ниже порога года 1"),
        ("zones-restricted-1.html", "1007"),
        ("index.html", "зоны риска (для служебного пользования)"),
        ("town-1.html", "Документы об экзаменах этого года"),
    ],
)  # fmt: skip
def test_golden_texts(site, page, expected) -> None:
    assert expected in text_of(site[page])


def test_the_restricted_document_begins_with_its_label(site) -> None:
    for name in ("zones-restricted-1.html", "zones-restricted-1.2022.html"):
        body = text_of(site[name].split("<main", 1)[1].split(">", 1)[1]).strip()
        assert body.startswith("Для служебного пользования")


def test_the_open_edition_has_no_point_and_no_small_group(site) -> None:
    pages = [n for n in site if not n.startswith("zones-restricted")]
    told = " ".join(text_of(site[n]) for n in pages)
    assert "1003" not in told
    assert "1007" not in told
    assert "ниже порога года 1" not in told
    assert "удалений и аннулированных результатов за два года: 2" not in told


def test_small_schools_and_whoever_would_give_them_away_are_closed(tables) -> None:
    edition = prepare(tables)
    scope = ExamScope(edition, edition.towns[0], 2024)
    chemistry = ("ege", 11, "Химия")
    shown = {s.school_id: r is not None for s, r in scope.schools(chemistry)}
    assert shown == {"s1": False, "s2": True, "s5": False, "s10": True}
    matrix = Matrix(scope)
    by_id = {s.school_id: s for s in matrix.schools}
    assert matrix.worst(by_id["s5"], "Z4", shown=True) is None
    # The red medal of school 5 stays closed, and its zone tells nothing of it.
    assert matrix.zone(by_id["s5"]) == "yellow"
    assert Matrix(ExamScope(edition, edition.towns[0], 2024, True)).zone(by_id["s5"]) == "red"


def test_schools_stand_by_number_in_every_table(site) -> None:
    rows = re.findall(r"<th scope=\"row\">(СОШ № \d+)", site["zones-restricted-1.html"])
    numbers = [int(r.rsplit(" ", 1)[1]) for r in rows]
    starts = [i for i, n in enumerate(numbers) if i == 0 or n < numbers[i - 1]]
    assert len(starts) <= 2  # the matrix and the facts: within each by number
    assert numbers[:4] == [1, 2, 5, 10]


def test_years_that_are_not_comparable_say_so(tables, facts) -> None:
    reason = "в 2023 году сдавали не все"
    changed = tables["exam_results"].assign(
        not_comparable=lambda f: f["not_comparable"].mask(f["year"] == 2023, reason)
    )
    pages = dict(render_site(tables | {"exam_results": changed}, facts))
    assert "не сопоставимо" in text_of(pages["exams-1.html"].decode())
    assert f"2023: {reason}" in text_of(pages["exams-1.html"].decode())
    assert f"С другими годами 2023 год не сравнивается: {reason}" in text_of(
        pages["exams-1.2023.html"].decode()
    )


def test_a_year_of_lists_alone_is_of_the_stage_of_may(tables, facts) -> None:
    later = {
        name: tables[name].assign(year=2025) if name in ("risk_zones", "risk_markers") else frame
        for name, frame in tables.items()
    }
    kept = ["year", "school_id", "subject", "marker"]
    later["risk_markers"] = later["risk_markers"].drop_duplicates(kept)
    later["risk_zones"] = (
        later["risk_zones"].drop_duplicates(["year", "school_id"]).assign(stage="may")
    )
    page = text_of(dict(render_site(later, facts))["exams-1.html"].decode())
    assert "Май: списки до экзаменов" in page
    assert "Результатов экзаменов за 2025 год среди принятых файлов нет" in page


def test_no_exams_no_documents(empty_tables, town_tables, facts) -> None:
    for tables in (empty_tables, town_tables):
        assert not [n for n, _ in render_site(tables, facts) if n.startswith(("exams", "zones"))]
    assert schema.empty("risk_zones").empty
