"""D6: the contrasts by hand, the null, a planted effect, and data that cannot be tested."""

import numpy as np
import pandas as pd
import pytest

from analytics import schema
from analytics.detectors.item_patterns import (
    FEW_STEPS,
    FEW_WORKS,
    LARGE_PART,
    contrast_residuals,
    item_patterns,
)


def _give_hard_tasks(points, school, difficulty, rng) -> None:
    """A fifth of the pupils of the first school get the five hardest tasks."""
    chosen = np.flatnonzero((school == 0) & (rng.random(len(school)) < 0.2))
    points[np.ix_(np.argsort(-difficulty)[:5], chosen)] = 1


def _run(town) -> pd.DataFrame:
    return item_patterns(town.works, town.tests, town.tasks, town.schools)


def _whole(town) -> pd.DataFrame:
    found = _run(town)
    return found[found["scope"] == ""].set_index("school_id")


def test_residuals_by_hand() -> None:
    # Six tasks by difficulty. Others at total 2: half make tasks 1 and 2, half tasks 1 and 6, so
    # their direction (last two less first two) is −2 or 0: mean −1, variance 20/19.
    usual = np.array([[1, 1, 0, 0, 0, 0]] * 10 + [[1, 0, 0, 0, 0, 1]] * 10)
    # Easier for the order: many papers that make 1; 1, 2; 1, 2, 3 …
    ladder = np.tril(np.ones((5, 6), dtype=int))[[0, 2, 3, 4] * 8]
    own = np.array([[1, 0, 0, 0, 0, 1]] * 4)
    points = np.concatenate([usual, ladder, own]).T.astype(np.int8)
    school = np.repeat([0, 1], [52, 4])
    found = contrast_residuals(points, np.ones(6, dtype=int), school, 2)
    assert found["n"].tolist() == [0, 4]
    # y = Σ(0 − (−1)) / √(Σv · n) = 4 / √(4 · 20/19 · 4); error² = (1 + 4/20)/4.
    assert found["y_direction"][1] == pytest.approx(4 / np.sqrt(16 * 20 / 19))
    assert found["error2_direction"][1] == pytest.approx(0.3)


def test_a_school_given_hard_tasks_is_found_and_the_others_are_not(answered_town) -> None:
    whole = _whole(answered_town(np.random.default_rng(6), spoil=_give_hard_tasks))
    assert whole["p_value"].idxmin() == "s00"
    assert whole.loc["s00", "p_value"] < 0.001
    assert whole.loc["s00", "ci_low"] > 0
    assert whole.loc["s00", "estimate"] > whole.loc["s00", "mde"] * 0.8
    assert (whole.drop("s00")["p_value"] > 0.01).all()


def test_easy_done_and_hard_missed_is_not_a_sign(answered_town) -> None:
    def blank(points, school, difficulty, rng) -> None:
        points[np.ix_(np.argsort(-difficulty)[:5], np.flatnonzero(school == 0))] = 0

    whole = _whole(answered_town(np.random.default_rng(7), spoil=blank))
    assert whole.loc["s00", "estimate"] < 0
    assert whole.loc["s00", "p_value"] > 0.9


def test_p_of_honest_schools_that_teach_in_different_orders(answered_town) -> None:
    def order(points, school, difficulty, rng) -> None:
        moved = rng.normal(0, 0.12, (len(points), school.max() + 1))[:, school]
        redone = rng.random(points.shape) < np.abs(moved)
        points[redone & (moved > 0)] = 1
        points[redone & (moved < 0)] = 0

    towns = [answered_town(np.random.default_rng(s), spoil=order) for s in range(5)]
    p = np.concatenate([_whole(t)["p_value"] for t in towns])
    assert len(p) == 60
    assert (p < 0.05).mean() <= 0.06
    assert (p < 0.01).mean() <= 0.02
    assert 0.4 < p.mean() < 0.75


def test_every_school_has_its_row_and_the_table_holds(answered_town) -> None:
    town = answered_town(np.random.default_rng(8), tests=2)
    found = _run(town)
    assert list(found.columns) == list(schema.TABLES["evidence"].columns)
    assert found["scope"].value_counts().to_dict() == {
        "": 12, "4/Предмет 0": 12, "5/Предмет 0": 12,
    }  # fmt: skip
    assert set(found["reference"]) == {"другие школы города"}
    assert found["pupils"].isna().all()


def test_several_towns_are_an_area(answered_town) -> None:
    town = answered_town(np.random.default_rng(8), tests=1)
    places = town.schools.assign(municipality=["Город", "Район"] * 6)
    assert set(_run(town.changed(schools=places))["reference"]) == {"другие школы области"}


def test_rows_and_labels_of_schools_do_not_matter(answered_town) -> None:
    town = answered_town(np.random.default_rng(9), tests=3)
    found = _run(town)
    shuffled = town.works.sample(frac=1, random_state=1).reset_index(drop=True)
    pd.testing.assert_frame_equal(_run(town.changed(works=shuffled)), found, rtol=1e-12)
    names = {s: f"z{99 - i}" for i, s in enumerate(town.schools["school_id"])}
    renamed = town.changed(
        works=town.works.assign(school_id=town.works["school_id"].map(names)),
        schools=town.schools.assign(school_id=town.schools["school_id"].map(names)),
    )
    back = _run(renamed)
    back["school_id"] = back["school_id"].map({new: old for old, new in names.items()})
    back = back.sort_values(["school_id", "scope"], ignore_index=True)
    expected = found.sort_values(["school_id", "scope"], ignore_index=True)
    pd.testing.assert_frame_equal(back, expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("kept", "status"), [(0, None), (1, FEW_WORKS), (2, FEW_WORKS), (14, FEW_WORKS)]
)
def test_small_schools_have_a_reason(answered_town, kept, status) -> None:
    town = answered_town(np.random.default_rng(10), tests=1)
    first = town.works["school_id"] == "s00"
    works = town.works[~first | (first.cumsum() <= kept)]
    whole = _whole(town.changed(works=works))
    if status is None:
        assert "s00" not in whole.index
    else:
        assert whole.loc["s00", "status"] == "not_enough_data"
        assert whole.loc["s00", "reason"] == status
        assert whole.loc["s00", ["estimate", "p_value", "mde"]].isna().all()


def test_fifteen_works_with_a_shared_total_are_enough(answered_frames) -> None:
    rng = np.random.default_rng(11)
    half = [rng.permutation([1] * 4 + [0] * 4) for _ in range(115)]
    papers = pd.DataFrame(half, columns=[f"p{k}" for k in range(1, 9)])
    for own, status in ((14, "not_enough_data"), (15, "tested")):
        labels = ["а"] * own + ["б"] * 50 + ["в"] * (65 - own)
        town = answered_frames([papers.assign(class_label="1", school_id=labels)], 8, ())
        assert _whole(town).loc["а", "status"] == status


def test_a_school_that_is_most_of_the_town_is_not_compared(answered_town) -> None:
    town = answered_town(np.random.default_rng(12), tests=1)
    large = town.works["school_id"].isin([f"s{i:02d}" for i in range(7)])
    works = town.works.assign(school_id=town.works["school_id"].mask(large, "s00"))
    whole = _whole(town.changed(works=works))
    assert whole.loc["s00", "reason"] == LARGE_PART
    assert whole.loc["s00", "status"] == "not_applicable"
    assert (whole.drop("s00")["status"] == "tested").all()


def test_equal_scores_and_absent_pupils_do_not_break(answered_town) -> None:
    town = answered_town(np.random.default_rng(13), tests=1)
    points = [f"p{k}" for k in range(1, 17)]
    same = town.works.copy()
    same[points] = 1
    assert (_whole(town.changed(works=same))["status"] == "not_enough_data").all()
    gone = town.works.assign(
        absent=town.works["absent"].mask(town.works["school_id"] == "s03", True)
    )
    row = _whole(town.changed(works=gone)).loc["s03"]
    assert (row["status"], row["reason"]) == ("not_enough_data", "нет участников")


def test_few_tasks_and_no_points(answered_town) -> None:
    few = answered_town(np.random.default_rng(14), tests=1, tasks=5)
    assert set(_whole(few)["reason"]) == {FEW_STEPS}
    bare = few.works.assign(
        **{f"p{k}": pd.array([None] * len(few.works), dtype="Int8") for k in range(1, 6)}
    )
    assert set(_whole(few.changed(works=bare))["reason"]) == {"нет работ с баллами за все задания"}
    assert _run(few.changed(works=few.works.iloc[:0])).empty
