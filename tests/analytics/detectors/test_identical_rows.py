"""D7: counts by hand, the null, planted copies, and data that cannot be tested."""

import numpy as np
import pandas as pd
import pytest

from analytics import schema
from analytics.detectors import equal_rows
from analytics.detectors.equal_rows import repeated_rows
from analytics.detectors.identical_rows import (
    CROWDED,
    FEW_PAIRS,
    FEW_TASKS,
    LARGE_PART,
    identical_groups,
    identical_rows,
)

ONES = np.ones(3, dtype=np.int64)


def _copy_one_paper(points, school, difficulty, rng) -> None:
    """In each class of the first school six pupils have the paper of one."""
    members = np.flatnonzero(school == 0)
    for part in np.array_split(members, 2):
        points[:, rng.choice(part, 6, replace=False)] = points[:, [rng.choice(part)]]


def _run(town) -> pd.DataFrame:
    return identical_rows(town.works, town.tests, town.tasks, town.schools)


def _whole(town) -> pd.DataFrame:
    found = _run(town)
    return found[found["scope"] == ""].set_index("school_id")


def test_repeats_and_chance_by_hand(monkeypatch) -> None:
    monkeypatch.setattr(equal_rows, "MIN_PAIRS", 1)
    # Rows by school: 0 has a, a, a in one class and b in another; 1 has a, b; 2 has a, c.
    a, b, c = (1, 0, 0), (0, 1, 0), (0, 0, 1)
    points = np.array([a, a, a, b, a, b, a, c], dtype=np.int8).T
    group = np.array([0, 0, 0, 1, 2, 2, 3, 3])
    found = repeated_rows(points, ONES, group, np.array([0, 0, 1, 2]))
    assert found.observed.tolist() == [2, 0, 0, 0]
    assert found.largest.tolist() == [3, 0, 0, 0]
    assert found.n.tolist() == [3, 1, 2, 2]
    # Without school 0: pairs of 1 and 2 are 4, one of them (a, a) equal: q = 1.5/5.
    # Without 1: 0 and 2 make 8 pairs, 3 equal: 3.5/9. Without 2: 8 pairs, a 3 and b 1: 4.5/9.
    assert found.expected == pytest.approx([3 * 0.3, 0, 3.5 / 9, 0.5])


def test_totals_of_nothing_and_of_everything_do_not_count(monkeypatch) -> None:
    monkeypatch.setattr(equal_rows, "MIN_PAIRS", 0)
    points = np.array([[0, 0, 0], [1, 1, 1]] * 10, dtype=np.int8).T
    found = repeated_rows(points, ONES, np.repeat([0, 1], 10), np.array([0, 1]))
    assert found.n.tolist() == [0, 0]
    assert found.observed.tolist() == [0, 0]
    assert found.expected.tolist() == [0, 0]


@pytest.mark.parametrize(("others", "known"), [(4, False), (5, True)])
def test_few_pairs_of_others_are_no_reference(others, known) -> None:
    # 4 · 4 = 16 and 4 · 5 = 20 pairs between the two other schools; 20 are enough.
    group = np.repeat([0, 1, 2], [3, 4, others])
    points = np.tile(np.array([[1], [0], [0]], dtype=np.int8), len(group))
    found = repeated_rows(points, ONES, group, np.arange(3))
    assert found.n[0] == (3 if known else 0)


def test_totals_are_counted_alike_one_by_one_and_all_at_once(monkeypatch) -> None:
    rng = np.random.default_rng(4)
    points = rng.integers(0, 2, (5, 400), dtype=np.int8)
    maxima, group, school_of = np.ones(5, dtype=np.int64), np.arange(400) % 8, np.arange(8) // 2
    at_once = repeated_rows(points, maxima, group, school_of)
    monkeypatch.setattr(equal_rows, "BLOCK", 1)
    one_by_one = repeated_rows(points, maxima, group, school_of)
    assert at_once.observed.min() > 0
    for name in ("n", "observed", "largest"):
        assert getattr(at_once, name).tolist() == getattr(one_by_one, name).tolist()
    assert at_once.expected == pytest.approx(one_by_one.expected, rel=1e-12)


def test_no_works_have_no_repeats() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    found = repeated_rows(np.zeros((3, 0), dtype=np.int8), ONES, nothing, nothing)
    assert [len(figures) for figures in vars(found).values()] == [0, 0, 0, 0]


def test_wide_rows_are_told_apart_exactly() -> None:
    # 40 tasks of 0…7 points need 120 bits: more than a key has.
    rng = np.random.default_rng(1)
    points = rng.integers(0, 8, (40, 60), dtype=np.int8)
    points[:, 1] = points[:, 0]
    points[:, 31] = points[:, 30]
    code, _ = equal_rows._row_codes(points, np.full(40, 7))
    values, counts = np.unique(code, return_counts=True)
    assert (len(values), sorted(counts)[-2:]) == (58, [2, 2])
    assert code[0] == code[1]
    assert code[30] == code[31]


def test_copies_are_found_and_the_others_are_not(answered_town) -> None:
    town = answered_town(np.random.default_rng(2), spoil=_copy_one_paper)
    whole = _whole(town)
    assert whole["p_value"].idxmin() == "s00"
    row = whole.loc["s00"]
    assert row["p_value"] < 1e-4
    # Five or six pupils of each of 2 classes × 6 tests repeat a paper.
    assert 50 <= row["pupils"] <= 75
    assert 0 < row["pupils_low"] < row["pupils"] < row["pupils_high"]
    assert row["estimate"] > row["mde"]
    assert (whole.drop("s00")["p_value"] > 0.01).all()


def test_a_town_where_every_class_is_alike_flags_nobody(answered_town) -> None:
    def all_copy(points, school, difficulty, rng) -> None:
        for s in range(school.max() + 1):
            members = np.flatnonzero(school == s)
            for part in np.array_split(members, 2):
                points[:, rng.choice(part, 4, replace=False)] = points[:, [rng.choice(part)]]

    whole = _whole(answered_town(np.random.default_rng(3), spoil=all_copy))
    assert (whole["p_value"] > 0.02).all()


def test_p_of_honest_schools(answered_town) -> None:
    towns = [answered_town(np.random.default_rng(20 + s), schools=14) for s in range(5)]
    p = np.concatenate([_whole(t)["p_value"] for t in towns])
    assert len(p) == 70
    assert (p < 0.05).mean() <= 0.06
    assert (p < 0.01).mean() <= 0.02
    assert 0.4 < p.mean() < 0.65


def test_groups_name_classes_and_no_pupils(answered_town) -> None:
    town = answered_town(np.random.default_rng(2), spoil=_copy_one_paper)
    found = identical_groups(town.works, town.tests, town.tasks)
    assert list(found.columns) == [
        "test_id", "school_id", "class_label", "n", "observed", "expected", "largest", "p_value",
    ]  # fmt: skip
    assert (found.head(8)["school_id"] == "s00").all()
    assert (found.head(8)["largest"] >= 6).all()
    assert found["p_value"].is_monotonic_increasing
    assert (found["observed"] >= 1).all()


def test_rows_and_labels_of_schools_do_not_matter(answered_town) -> None:
    town = answered_town(np.random.default_rng(4), tests=3, spoil=_copy_one_paper)
    found = _run(town)
    assert list(found.columns) == list(schema.TABLES["evidence"].columns)
    shuffled = town.works.sample(frac=1, random_state=1).reset_index(drop=True)
    pd.testing.assert_frame_equal(_run(town.changed(works=shuffled)), found, rtol=1e-12)
    names = {s: f"z{99 - i}" for i, s in enumerate(town.schools["school_id"])}
    back = _run(
        town.changed(
            works=town.works.assign(school_id=town.works["school_id"].map(names)),
            schools=town.schools.assign(school_id=town.schools["school_id"].map(names)),
        )
    )
    back["school_id"] = back["school_id"].map({new: old for old, new in names.items()})
    keys = ["school_id", "scope"]
    pd.testing.assert_frame_equal(
        back.sort_values(keys, ignore_index=True),
        found.sort_values(keys, ignore_index=True),
        rtol=1e-9,
    )


@pytest.mark.parametrize(("tasks", "reason"), [(11, FEW_TASKS), (12, None)])
def test_tasks_on_the_limit(answered_town, tasks, reason) -> None:
    whole = _whole(answered_town(np.random.default_rng(5), tests=1, tasks=tasks))
    if reason:
        assert set(whole["reason"]) == {reason}
        assert set(whole["status"]) == {"not_applicable"}
    else:
        assert set(whole["status"]) == {"tested"}


def test_equal_scores_large_schools_and_few_works(answered_town) -> None:
    town = answered_town(np.random.default_rng(6), tests=1)
    same = town.works.assign(**{f"p{k}": int(k < 4) for k in range(1, 17)})
    same = same.astype({f"p{k}": "Int8" for k in range(1, 17)})
    assert set(_whole(town.changed(works=same))["reason"]) == {CROWDED}
    large = town.works["school_id"].isin([f"s{i:02d}" for i in range(7)])
    works = town.works.assign(school_id=town.works["school_id"].mask(large, "s00"))
    whole = _whole(town.changed(works=works))
    assert whole.loc["s00", "reason"] == LARGE_PART
    two = town.works.groupby("school_id").head(2)
    assert set(_whole(town.changed(works=two))["reason"]) == {FEW_PAIRS}
    assert _run(town.changed(works=town.works.iloc[:0])).empty
    nobody = town.works.assign(absent=True)
    assert set(_whole(town.changed(works=nobody))["reason"]) == {"нет участников"}
