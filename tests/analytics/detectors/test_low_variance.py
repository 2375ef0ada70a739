"""D8: classes whose scores differ less than others with the same mean."""

import numpy as np
import pandas as pd
import pytest

from analytics import schema
from analytics.detectors.low_variance import (
    AT_CEILING,
    FEW_CLASSES,
    FEW_SCHOOLS,
    FEW_WORKS,
    low_variance,
)


def _narrow(points, school, difficulty, rng) -> None:
    """Most pupils of the first school have the paper of one of them."""
    members = np.flatnonzero(school == 0)
    for part in np.array_split(members, 2):
        points[:, part[: int(0.7 * len(part))]] = points[:, part[:1]]


def _run(town) -> pd.DataFrame:
    return low_variance(town.works, town.tests, town.schools)


def _whole(town) -> pd.DataFrame:
    found = _run(town)
    return found[found["scope"] == ""].set_index("school_id")


def test_a_narrow_school_is_found(answered_town) -> None:
    whole = _whole(answered_town(np.random.default_rng(1), spoil=_narrow))
    assert whole["p_value"].idxmin() == "s00"
    assert whole.loc["s00", "p_value"] < 0.01
    # Of 25 pupils 18 are one point: √(1 − (.7)…) leaves about half of the spread.
    assert 0.2 < whole.loc["s00", "estimate"] < 0.7
    assert whole.loc["s00", "ci_low"] < whole.loc["s00", "estimate"] < whole.loc["s00", "ci_high"]


def test_p_of_honest_schools(answered_town) -> None:
    p = np.concatenate(
        [_whole(answered_town(np.random.default_rng(40 + s)))["p_value"] for s in range(6)]
    )
    assert (p < 0.05).mean() <= 0.08
    assert (p < 0.001).mean() == 0
    assert 0.4 < p.mean() < 0.6


def test_the_median_school_has_no_excess(answered_town) -> None:
    whole = _whole(answered_town(np.random.default_rng(3), schools=11))
    middle = whole.sort_values("z").iloc[5]
    assert middle["z"] == pytest.approx(0)
    assert middle["estimate"] == pytest.approx(0)
    assert middle["p_value"] == pytest.approx(0.5)


@pytest.mark.parametrize(("size", "status"), [(22, "not_enough_data"), (24, "tested")])
def test_classes_of_twelve_are_the_smallest(answered_town, size, status) -> None:
    # Two classes a school: 11 or 12 pupils each.
    town = answered_town(np.random.default_rng(4), tests=2, size=size)
    whole = _whole(town)
    assert set(whole["status"]) == {status}
    assert set(whole["reason"].dropna()) == ({FEW_WORKS} if status != "tested" else set())


@pytest.mark.parametrize(("schools", "reason"), [(5, FEW_CLASSES), (6, None)])
def test_twelve_classes_are_the_fewest(answered_town, schools, reason) -> None:
    whole = _whole(answered_town(np.random.default_rng(5), tests=1, schools=schools))
    assert set(whole["reason"].dropna()) == ({reason} if reason else set())


def test_four_schools_are_too_few(answered_town) -> None:
    town = answered_town(np.random.default_rng(6), tests=1, schools=12)
    quarter = town.works["school_id"].map(lambda s: f"s{int(s[1:]) % 4}")
    label = town.works["class_label"] + town.works["school_id"]
    works = town.works.assign(school_id=quarter, class_label=label)
    assert set(_whole(town.changed(works=works))["reason"]) == {FEW_SCHOOLS}


def test_means_at_the_ceiling_and_equal_scores(answered_town) -> None:
    town = answered_town(np.random.default_rng(7), tests=1)
    first = town.works["school_id"] == "s00"
    top = town.works.assign(score=town.works["score"].mask(first, 15))
    assert _whole(town.changed(works=top)).loc["s00", "reason"] == AT_CEILING
    flat = town.works.assign(score=town.works["score"].mask(first, 8))
    row = _whole(town.changed(works=flat)).loc["s00"]
    assert row["status"] == "tested"
    assert row["p_value"] < 0.001
    equal = town.works.assign(score=pd.array([8] * len(town.works), dtype="Int64"))
    whole = _whole(town.changed(works=equal))
    assert (whole["p_value"] > 0.4).all()


def test_scores_above_the_maximum_do_not_count(answered_town) -> None:
    town = answered_town(np.random.default_rng(8), tests=1)
    wild = town.works.assign(score=town.works["score"].mask(town.works.index < 3, 99))
    assert _whole(town.changed(works=wild)).loc["s00", "n"] == 47


def test_order_of_rows_does_not_matter(answered_town) -> None:
    town = answered_town(np.random.default_rng(9), tests=2)
    found = _run(town)
    assert list(found.columns) == list(schema.TABLES["evidence"].columns)
    shuffled = town.works.sample(frac=1, random_state=2)
    pd.testing.assert_frame_equal(_run(town.changed(works=shuffled)), found, rtol=1e-9)
    assert _run(town.changed(works=town.works.iloc[:0])).empty
