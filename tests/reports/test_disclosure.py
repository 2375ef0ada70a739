"""Small groups: on each side of every threshold, and the neighbours that protect them."""

from __future__ import annotations

import pytest

from reports.disclosure import caution, hidden_groups, histogram_caution
from reports.edition import prepare
from reports.members import Group


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (0, "нет участников"),
        (1, "скрыто"),
        (4, "скрыто"),
        (5, "информационно"),
        (9, "информационно"),
        (10, ""),
        (11, ""),
    ],
)
def test_caution_by_size(n, expected) -> None:
    assert caution(n) == expected


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (19, None),
        (20, "ориентировочно: работ меньше 50"),
        (49, "ориентировочно: работ меньше 50"),
        (50, ""),
    ],
)
def test_histograms_by_size(n, expected) -> None:
    assert histogram_caution(n) == expected


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({}, set()),
        ({"a": 0, "b": 30}, set()),
        ({"a": 5, "b": 30}, set()),
        # One hidden group is the total less the others: the next smallest goes too.
        ({"a": 4, "b": 30, "c": 60}, {"a", "b"}),
        # Two hidden groups of 3 people together still need one more.
        ({"a": 1, "b": 2, "c": 30, "d": 60}, {"a", "b", "c"}),
        ({"a": 1, "b": 4, "c": 30}, {"a", "b"}),
        ({"a": 3}, {"a"}),
    ],
)
def test_neighbours_of_a_small_group_are_hidden(counts, expected) -> None:
    assert hidden_groups(counts) == expected


def test_names_do_not_decide_beyond_ties() -> None:
    counts = {"a": 2, "b": 40, "c": 7, "d": 12}
    renamed = {"z": 2, "y": 40, "x": 7, "w": 12}
    assert hidden_groups(counts) == {"a", "c"}
    assert hidden_groups(renamed) == {"z", "x"}


def test_groups_by_mark_need_ten() -> None:
    assert hidden_groups({"2": 9, "3": 30, "4": 20, "5": 10}, 10) == {"2", "5"}
    assert hidden_groups({"2": 10, "3": 30, "4": 20, "5": 10}, 10) == frozenset()


@pytest.mark.parametrize(("n", "shown"), [(4, False), (5, True), (6, True)])
def test_a_test_that_a_handful_of_the_town_took_is_closed(town_tables, n: int, shown: bool) -> None:
    marks = town_tables["marks_summary"]
    both = set(town_tables["score_counts"]["test_id"]) & set(town_tables["task_results"]["test_id"])
    test_id = min(both)
    whole = (marks["test_id"] == test_id) & (marks["school_id"] == "*")
    town_tables["marks_summary"] = marks.assign(n=marks["n"].mask(whole, n))
    edition = prepare(town_tables)
    town = Group("municipality", edition.towns[0].key, edition.towns[0].key)
    for table in ("score_counts", "task_results"):
        rest = ("*",) if table == "task_results" else ()
        closed = edition.group_rows(table, test_id, town, *rest)
        there = edition.rows(table, test_id, "municipality", town.group_id, *rest)
        assert there, table
        assert bool(closed) == shown, table
