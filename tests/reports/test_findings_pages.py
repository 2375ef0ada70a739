"""Signs by the project's own methods on the pages: words, pictures, closed rows, cards."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest

from analytics import schema
from reports import detector_cards, detectors_page
from reports.lifted_scores import Scores, by_distance
from reports.members import Test
from reports.sign_words import certainty, fact, is_soft, pupils, seen_from, size, state_words
from reports.site import render_site
from tests.reports.small_town import HOSTILE, MA22
from tests.reports.test_pages import links, page, text_of

NB = "\u00a0"
RECORD = {
    "detector": "boundary_lifting",
    "unit": "доля поднятых из не добравших",
    "n": 1451,
    "estimate": 0.42,
    "ci_low": 0.34,
    "ci_high": 0.5,
    "p_value": 0.0001,
    "q_value": 0.002,
    "pupils": 168.2,
    "pupils_low": 134.5,
    "pupils_high": 201.8,
    "mde": 0.166,
    "reference": "область (строка региона)",
    "reason": None,
    "status": "red",
}
CARDS = pd.DataFrame(
    [
        {
            "detector": name,
            "tests": "Стоят ли работы на границах <b>чаще</b> ожидаемого",
            "null": "Школа отличается от сравнения только уровнем",
            "assumptions": "Официальная шкала",
            "min_n": "60",
            "innocent": "мягкое округление | один проверяющий на параллель",
            "checks": "Перепроверить работы на границе | Сверить шкалу",
            "counterpart": "Завышенный средний балл",
        }
        for name in ("boundary_lifting", "item_patterns")
    ]
)
MEASURED = pd.DataFrame(
    [
        ("boundary_lifting", "design.lift_20", "power", 0.998, 200, 1),
        ("boundary_lifting", "design.lift_20", "bias", -0.004, 200, 1),
        ("boundary_lifting", "design.honest", "size_05", 0.0412, 200, 1),
        ("boundary_lifting", "region.honest_of_all_kinds", "z_above_3_strong", 0.002, 200, 1),
        ("boundary_lifting", "region.honest_of_all_kinds", "mean_strong", 0.017, 200, 1),
        ("school", "region.battery_lift_40", "red", 0.91, 40, 1),
    ],
    columns=["detector", "scenario", "measure", "value", "replicates", "seed"],
)


@pytest.fixture
def norms_of(monkeypatch):
    """Puts given tables of cards and of measurements in place of those in analytics/norms."""

    def put(**given: pd.DataFrame) -> None:
        monkeypatch.setattr(detector_cards, "_optional", given.get)
        detector_cards._cards.cache_clear()

    yield put
    detector_cards._cards.cache_clear()


@pytest.fixture
def site(town_tables, facts, norms_of) -> dict[str, bytes]:
    norms_of(detectors=CARDS, calibration=MEASURED)
    return dict(render_site(town_tables, facts))


def section(site, name: str) -> str:
    """Section 8 of a page."""
    return re.search(r'<section id="objectivity".*?</section>', page(site, name), re.S)[0]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # red
        ("school-s2.html", "Собственные методы, 2022 год: признаки риска, требуется проверка."),
        ("school-s2.html", "Подъём до границы, 12 участников; признаки двух видов."),
        ("school-s2.html", f"так было бы, если поднять 40,0{NB}% не добравших 1–2 балла."),
        ("school-s2.html", f"около 12{NB}участников (95{NB}% интервал: от 6 до 19)."),
        ("school-s2.html", f"p{NB}<{NB}0,001, с поправкой на число школ q{NB}<{NB}0,001"),
        ("school-s2.html", "работ: 82. Сравнение: область (строка региона)."),
        ("school-s2.html", "Где заметнее Математика, 4 класс."),
        ("school-s2.html", "мягкое округление; один проверяющий на параллель."),
        ("school-s2.html", "Что проверить Перепроверить работы на границе Сверить шкалу"),
        ("school-s2.html", f"0,35{NB}ст. откл. (95{NB}%: от 0,10 до 0,60)."),
        # amber
        ("school-s10.html", "год: отдельные признаки, требуется дополнительный анализ."),
        ("school-s10.html", "уверенно говорить о признаке рано. Причину числа не показывают"),
        ("school-s10.html", f"Около 4{NB}участников (95{NB}% интервал: от 1 до 8)."),
        ("school-s10.html", "признаков не найдено; мягкое округление"),
        # none
        ("school-s2.2021.html", "за 2021 год не найдено — не значит «чисто»."),
        ("school-s2.2021.html", f"(n = 90) виден лишь подъём от 38,5{NB}% не добравших"),
        # not enough data, not applicable
        ("school-s10.2021.html", "за 2021 год не проверено: данных мало."),
        ("school-s10.2021.html", "Меньше 60 работ со шкалой. Это не значит «в норме»: вывода нет."),
        ("school-s5.html", "Нет официальной шкалы отметок. Это не значит «в норме»: вывода нет."),
        # the municipality
        ("town-1.html", f"Признаки по собственным методам за 2022 год — у 2{NB}из{NB}2 школ"),
        ("town-1.html", f"не больше 0,2 из 2{NB}отмеченных школ"),
        ("town-1.html", "порядок ничего не значит"),
        ("town-1.2021.html", "за 2021 год не найдено (проверено школ: 1)"),
    ],
)
def test_golden_texts(site, name, expected) -> None:
    assert expected in text_of(section(site, name)).replace("&lt;", "<")


def test_a_sign_stands_first_on_the_page_and_among_the_proposals(site) -> None:
    html = page(site, "school-s2.html")
    first = re.search(r'<div class="findings">.*?<li>(.*?)</li>', html, re.S)[1]
    assert "признаки риска, требуется проверка" in first
    assert "(подъём до границы отметки; трудные задания лучше лёгких)" in text_of(html)
    calm = page(site, "school-s2.2021.html")
    assert "objectivity" not in re.search(r'<div class="findings">.*?</ul>', calm, re.S)[0]


def test_no_page_accuses(site) -> None:
    for name in ("school-s2.html", "school-s10.html", "town-1.html", "detectors.html"):
        words = text_of(page(site, name)).lower()
        assert not re.search(r"фальсиф|подделк|списыва|мошен|виновн|нарушител|завысил", words)


def test_a_school_of_four_works_is_closed(site) -> None:
    school = text_of(section(site, "school-s1.html"))
    assert "Признаки по собственным методам: скрыто" in school
    assert "Показания детекторов" not in school
    row = re.search(r'<a href="school-s1.html#objectivity">.*?</tr>', section(site, "town-1.html"))
    assert re.findall(r"<td[^>]*>([^<]*)<", row[0]) == ["скрыто"] * 5


@pytest.mark.parametrize(("n", "shown"), [(4, False), (5, True)])
def test_small_rows_of_a_detector_are_closed(town_tables, facts, n, shown) -> None:
    frame = town_tables["findings"]
    chosen = (frame["detector"] == "item_patterns") & (frame["school_id"] == "s2")
    frame.loc[chosen, ["n", "status"]] = [n, "none"]
    html = section(dict(render_site(town_tables, facts)), "school-s2.html")
    row = re.search(r"<tr><th[^>]*><a href=\"detectors.html#item_patterns.*?</tr>", html)[0]
    assert ("0,35" in row) == shown
    assert ("скрыто" in row) != shown


def test_scopes_and_pictures_of_hidden_tests_are_closed(town_tables, facts) -> None:
    marks = town_tables["marks_summary"]
    marks.loc[(marks["test_id"] == MA22) & (marks["school_id"] == "s2"), "n"] = 4
    html = section(dict(render_site(town_tables, facts)), "school-s2.html")
    assert "lifting-" not in html and "<figure" not in html
    assert "Где заметнее" not in html and "Те же детекторы по классам" not in html


@pytest.mark.parametrize(("works", "drawn"), [(19, False), (20, True)])
def test_no_histogram_of_fewer_than_twenty(town_tables, facts, works, drawn) -> None:
    counts = town_tables["expected_counts"]
    counts["n"] = (counts["score"] == 6).astype("Int64") * works
    html = section(dict(render_site(town_tables, facts)), "school-s2.html")
    assert ("lifting-all" in html) == drawn


def test_hostile_names_are_only_text(site) -> None:
    for name in ("school-s10.html", "town-1.html", "detectors.html"):
        html = page(site, name)
        assert "<script>alert" not in html and "<b>чаще" not in html
        assert re.findall(r"<script(?! type=\"application/json\"| src=\"assets/)", html) == []
    assert HOSTILE not in page(site, "town-1.html")


def test_every_picture_has_a_caption_words_and_a_table(site) -> None:
    for name, count in (("school-s2.html", 2), ("town-1.html", 1)):
        found = re.findall(
            r"<figure.*?</figure>\s*<(?:div|details).*?<table", section(site, name), re.S
        )
        assert len(found) == count
        for figure in found:
            assert re.search(r"<figcaption>[^<]{20,}", figure)
            assert re.search(r'role="img" aria-label="[^"]{10,}"', figure)
    assert "<figure" not in section(site, "school-s10.html")  # its sign is not on the boundaries


def test_the_forest_is_by_number_with_shapes_a_line_and_no_order_of_merit(site) -> None:
    html = section(site, "town-1.html")
    spec = json.loads(re.findall(r'class="spec">(.*?)</script>', html, re.S)[0])
    layout = spec["layout"]
    assert [t.split(" &")[0] for t in layout["yaxis"]["ticktext"]][:3] == [
        "СОШ № 1", "СОШ № 2", "СОШ № 5"
    ]  # fmt: skip
    assert [s["x0"] for s in layout["shapes"]] == [0, 8]
    assert [(t["name"], t["marker"]["symbol"], t["x"]) for t in spec["data"]] == [
        ("требуется проверка", "diamond", [40]),
        ("отдельные признаки", "square", [5]),
    ]
    assert spec["data"][0]["error_x"]["array"] == spec["data"][0]["error_x"]["arrayminus"] == [20]
    assert [a["text"] for a in layout["annotations"]][1:] == ["нет оценки"] * 2


def test_works_are_summed_by_distance_to_the_nearest_boundary() -> None:
    record = {"min3": 6, "min4": 10, "min5": 15}
    test = Test("t", 2022, 4, 4, "Математика", record, "t.html")
    n = tuple(range(21))  # as many works as points
    found = by_distance([Scores(test, n, (1.0,) * 21)])
    # −2: 4, 8 (as near to 6 as to 10: the upper), 13; 0: 6, 10, 15; +2: 12 and 17, not 8
    assert found[-2] == (25, 3.0)
    assert found[0] == (31, 3.0)
    assert found[2] == (29, 2.0)
    assert found[-3] == (3, 1.0)


@pytest.mark.parametrize(
    ("estimate", "soft"), [(-0.01, False), (0.0, False), (0.0799, True), (0.08, False)]
)
def test_below_eight_hundredths_it_is_soft_rounding(estimate, soft) -> None:
    record = RECORD | {"estimate": estimate}
    assert is_soft(record) == soft
    assert ("мягкое округление" in fact(record)) == soft
    assert ("мягкое округление" in state_words(record)[0]) == soft
    assert not is_soft(record | {"detector": "low_variance"})


def test_an_excess_that_is_no_excess_is_not_called_rounding() -> None:
    calm = RECORD | {"estimate": 0.05, "status": "none"}
    assert state_words(calm | {"p_value": 0.05})[0] == "признаков не найдено"
    assert state_words(calm | {"p_value": 0.049})[0] == "признаков не найдено; мягкое округление"


def test_the_expected_number_of_false_flags_is_never_nothing(town_tables, facts) -> None:
    frame = town_tables["findings"]
    frame.loc[frame["detector"] == "school", "q_value"] = 0.0004
    text = text_of(section(dict(render_site(town_tables, facts)), "town-1.html"))
    assert f"меньше 0,1 из 2{NB}отмеченных школ (наибольшее q, меньше 0,001, × 2)" in text


def test_a_sign_of_one_subject_is_told_where_the_school_was_not_tested(town_tables, facts) -> None:
    frame = town_tables["findings"]
    whole = (frame["detector"] == "boundary_lifting") & (frame["scope"] == "")
    mine = whole & (frame["school_id"] == "s2") & (frame["year"] == 2022)
    frame.loc[mine, ["estimate", "pupils", "p_value", "q_value"]] = float("nan")
    frame["status"] = frame["status"].mask(mine, "not_enough_data")
    text = text_of(section(dict(render_site(town_tables, facts)), "school-s2.html"))
    assert f"так было бы, если поднять 40,0{NB}% не добравших" in text
    assert "Где заметнее Математика, 4 класс." in text


def test_a_verdict_without_flagged_detectors_shows_what_led_to_it(town_tables, facts) -> None:
    frame = town_tables["findings"]
    frame["status"] = frame["status"].mask(frame["detector"] != "school", "none")
    html = section(dict(render_site(town_tables, facts)), "school-s2.html")
    titles = re.findall(r"<h3><a href=\"detectors.html#(\w+)", html)
    assert titles == ["boundary_lifting", "item_patterns"]


@pytest.mark.parametrize(
    ("detector", "unit", "estimate", "words"),
    [
        ("journal_mismatch", "отметки", 0.2, f"журнале, на 0,20{NB}отметки."),
        (
            "journal_mismatch",
            "отметки",
            -0.2,
            f"ВПР ниже, .* на 0,20{NB}отметки; вопрос",
        ),
        ("low_variance", "доля ожидаемого разброса", 0.231, f"меньше ожидаемого на 23,1{NB}%."),
        ("cusum", "накопленная сумма z", 3.4, "накопленная сумма 3,40."),
        ("cohort_drop", "ст. откл.", 0.8, f"на 0,80{NB}ст. откл.$"),
    ],
)
def test_each_detector_says_its_figure_in_its_own_unit(detector, unit, estimate, words) -> None:
    told = fact(RECORD | {"detector": detector, "unit": unit, "estimate": estimate})
    assert re.search(words, told)


def test_every_detector_has_a_name_and_a_fact() -> None:
    for detector in schema.DETECTORS:
        assert re.search(r"\d", fact(RECORD | {"detector": detector})), detector


def test_words_of_effect_and_certainty() -> None:
    people = {"unit": "участников сверх ожидаемого", "estimate": 21.0, "pupils": 21.0}
    assert size(RECORD).startswith(f"42,0{NB}% (95{NB}%: от 34,0 до 50,0{NB}%); около 168{NB}уч")
    assert size(RECORD | people).startswith(f"Около 21{NB}участника (95")
    assert pupils(RECORD | {"pupils": None}) == ""
    assert certainty(RECORD | {"q_value": 0.05}).startswith("Случайностью объясняется плохо")
    assert certainty(RECORD | {"q_value": 0.051}).startswith("Может быть и случайностью")
    assert certainty(RECORD | {"q_value": None}).startswith("Отдельно от других")


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (None, "не проверен, поэтому"),
        (RECORD | {"mde": None, "reason": "меньше 60 работ"}, "не проверен (меньше 60 работ)"),
        (RECORD, f"(n = 1451) виден лишь подъём от 16,6{NB}%"),
        (RECORD | {"mde": 1.0}, "подъём увидеть нельзя"),
    ],
)
def test_none_says_what_could_be_seen(record, words) -> None:
    assert words in seen_from(record)


def test_cards_are_linked_and_every_detector_has_one(site) -> None:
    html = page(site, "detectors.html")
    assert set(schema.DETECTORS) <= set(links(html).ids)
    assert "Школа отличается от сравнения только уровнем" in html
    assert "Карточка этого детектора ещё не заполнена" in html  # those the fixture leaves out
    for name in ("school-s2.html", "town-1.html", "passport.html"):
        assert any(t.startswith("detectors.html") for t in links(page(site, name)).targets)


def test_measurements_are_shown_or_said_to_be_missing(site, norms_of) -> None:
    text = " ".join(text_of(page(site, "detectors.html")).split())
    for line in (
        "Все школы честные умеренный разброс честных школ 200 4,1 % — —",
        "не добравших умеренный разброс честных школ 200 — 99,8 % −0,004",
        "сильные разброс честных школ, как в настоящем регионе 0,2 % +0,017",
        "подъём 40 % не добравших разброс честных школ, как в настоящем регионе 40 91,0 %",
    ):
        assert line in text
    norms_of(detectors=CARDS)
    last = detectors_page.detector_sections()[-1]
    assert last.blocks == (detectors_page.UNMEASURED,)


def test_a_size_without_an_interval_is_said_without_one() -> None:
    sums = RECORD | {"detector": "cusum", "unit": "накопленная сумма", "estimate": 7.26}
    sums |= dict.fromkeys(("ci_low", "ci_high", "pupils", "pupils_low", "pupils_high"))
    assert size(sums).startswith("7,26")
    assert "95" not in size(sums)


def test_a_lifting_sign_says_where_and_for_which_reach(site) -> None:
    text = " ".join(text_of(section(site, "school-s2.html")).split())
    # Most works beyond the expected first; the one that stands out after correction is marked.
    assert "«3» → «4» с 12 баллов 20 17 9,5 +7,5 от +3,0 до +12,0 p = 0,001" in text
    assert text.index("с 12 баллов") < text.index("с 8 баллов")
    assert text.count("выделяется и с поправкой") == 2  # in a row and in the note
    assert "Доля поднятых 50,0 % 40,0 % —" in text
    assert "Где именно" not in text_of(section(site, "school-s10.html"))


def test_the_page_of_a_test_shows_the_system_and_the_index_of_others(site) -> None:
    text = " ".join(text_of(page(site, f"test-{MA22}.html")).split())
    assert "все вместе 900 7,0 % от 5,0 % до 9,0 %" in text
    assert "с 8 баллов 900 5,0 % от 3,0 % до 7,0 %" in text
    assert "по трём баллам p = 0,040" in text
    assert "СОШ № 2 3 82 0,31" in text
    assert "меньше 10 работ в каждом классе" in text


def test_without_findings_the_state_is_said(town_tables, facts) -> None:
    town_tables["findings"] = schema.empty("findings")
    site = dict(render_site(town_tables, facts))
    for page_name in ("school-s2.html", "town-1.html"):
        assert "показаний детекторов нет" in text_of(section(site, page_name))
    assert "Признаки по собственным методам не посчитаны" in text_of(page(site, "town-1.html"))


def test_low_results_show_the_conclusion_and_the_share_returned(town_tables, facts) -> None:
    procedures, results = town_tables["low_procedures"], town_tables["low_results"]
    own = (procedures["school_id"] == "s2") & (procedures["test_id"] == MA22)
    procedures.loc[own, ["p_low_30", "share_returned"]] = [0.93, 0.41]
    procedures["conclusion"] = procedures["conclusion"].astype("str").mask(own, "stable")
    chosen = results["school_id"] == "s2"
    results["conclusion"] = results["conclusion"].astype("str").mask(chosen, "likely")
    text = text_of(page(dict(render_site(town_tables, facts)), "school-s2.html"))
    assert f"81{NB}% вероятно" in text
    assert f"93{NB}% устойчиво 41,0{NB}% данные требуют проверки" in text
    assert "с возвратом поднятых" in text


def test_the_cards_of_the_norms_are_complete() -> None:
    if detector_cards._optional("detectors") is None:
        pytest.skip("таблицы карточек analytics/norms/detectors.csv ещё нет")
    for detector in schema.DETECTORS:
        told = detector_cards.card(detector)
        assert all(getattr(told, field) for field in detector_cards.TEXTS), detector
        assert all(getattr(told, field) for field in detector_cards.LISTS), detector
