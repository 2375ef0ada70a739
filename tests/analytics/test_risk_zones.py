"""The zone of a school from its markers; what was not looked at is never green."""

import pandas as pd
import pytest

from analytics import schema
from analytics.exam_results import exam_results
from analytics.norms import norm
from analytics.risk_markers import risk_markers
from analytics.risk_zones import risk_zones, zone_of

EMPTY = schema.empty("exam_results")


def markers(*rows: tuple) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["subject", "marker", "level"])
    frame = frame.assign(year=2024, school_id="a")
    return schema.conform(frame.reindex(columns=schema.TABLES["risk_markers"].columns),
                          "risk_markers")  # fmt: skip


@pytest.mark.parametrize(
    ("levels", "zone"),
    [
        (["none"], "green"),
        (["none", "info", "info", "info"], "green"),
        (["yellow", "none"], "yellow"),
        (["yellow"] * 2, "yellow"),
        (["yellow"] * 3, "red"),
        (["yellow"] * 4, "red"),
        (["red", "none"], "red"),
        (["not_checked", "none"], "green"),
        (["not_checked"] * 10, "not_checked"),
        ([], "not_checked"),
    ],
)
def test_zone_rule(levels, zone) -> None:
    assert zone_of(levels) == zone
    if levels:
        table = markers(*[("", f"Z{i}", level) for i, level in enumerate(levels, start=1)])
        found = risk_zones(table, EMPTY).iloc[0]
        assert found["zone"] == zone
        assert found["checked"] + found["not_checked"] == len(levels)


def test_a_marker_counts_once_at_its_worst_subject() -> None:
    table = markers(("Химия", "Z1", "yellow"), ("Физика", "Z1", "yellow"),
                    ("История", "Z1", "not_checked"), ("", "Z9", "info"))  # fmt: skip
    found = risk_zones(table, EMPTY).iloc[0]
    assert (found["zone"], found["yellow"], found["info"], found["not_checked"]) == (
        "yellow", 1, 1, 0,
    )  # fmt: skip
    assert found["stage"] == "may"


def test_a_count_of_full_scores_makes_no_school_green() -> None:
    for level in ("none", "info"):
        table = markers(("", "Z9", level), ("", "Z4", "not_checked"))
        assert risk_zones(table, EMPTY)["zone"].tolist() == ["not_checked"]
    assert risk_zones(markers(("", "Z8", "none")), EMPTY)["zone"].tolist() == ["green"]


def test_markers_of_protocols_alone_say_what_was_not_there(works_of, schools_of) -> None:
    tests = pd.DataFrame({"test_id": ["ege_2023_11_soc"], "procedure": "ege", "year": 2023,
                          "grade": 11, "subject": "Обществознание", "pupil_grade": 11})  # fmt: skip
    tests = schema.conform(tests.reindex(columns=schema.TABLES["tests"].columns), "tests")
    works = works_of("ege_2023_11_soc", *[("a", 20, 50 + i) for i in range(12)],
                     columns="school_id score test_score")  # fmt: skip
    schools = schools_of(a="Т")
    results = exam_results(works, tests, schools, schema.empty("exam_summary"))
    tables = {"works": works, "tests": tests, "schools": schools}
    table = risk_markers(tables, results)
    assert sorted(set(table["marker"])) == sorted(schema.RISK_MARKERS)
    state = table.set_index("marker")
    unchecked = state[state["level"] == "not_checked"]
    assert sorted(unchecked.index) == ["Z1", "Z10", "Z2", "Z4", "Z5", "Z6", "Z7", "Z8"]
    assert unchecked["reason"].notna().all()
    assert state.loc["Z4", "reason"] == "нет списка медалистов и претендентов"
    assert state.loc["Z6", "reason"] == "нет реестра ППЭ"
    zone = risk_zones(table, results).iloc[0]
    assert (zone["zone"], zone["checked"], zone["stage"]) == ("green", 2, "results")


def test_no_exams_give_no_markers() -> None:
    tables = {name: schema.empty(name) for name in ("works", "tests", "schools")}
    assert risk_markers(tables, EMPTY).empty
    assert risk_zones(schema.empty("risk_markers"), EMPTY).empty


def test_every_marker_has_a_card() -> None:
    cards = norm("risk_markers")
    assert cards["marker"].tolist() == list(schema.RISK_MARKERS)
    assert (cards[["title", "rule", "innocent", "checks", "missing"]] != "").all(axis=None)
