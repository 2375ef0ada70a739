"""The short form of the simulation suite: few towns, so wide margins, but broken detectors fail.

The measured table is made by the long form (`make calibrate`).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from analytics.detectors.boundary_lifting import boundary_lifting
from analytics.detectors.identical_rows import identical_rows
from analytics.detectors.item_patterns import item_patterns
from analytics.multiplicity import benjamini_hochberg
from tests.simulation.measures import measures
from tests.simulation.papers import DESIGN, REGION, Manners, Papers, exams_of, honest, written
from tests.simulation.scenarios import KINDS, ONE_YEAR, SCENARIOS, SCHOOLS, replicates, sharing
from tests.simulation.towns import town_of, world_of

BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}


@cache
def measured(name: str, manners: str, towns: int) -> dict[str, float]:
    """Measures of boundary lifting in a scenario."""
    found = measures(replicates(BY_NAME[name], manners, towns, (7, towns)), BY_NAME[name])
    return dict(zip(found["measure"], found["value"], strict=True))


def one_exam(share: dict, manners: Manners = DESIGN, seed: int = 5) -> Papers:
    """The first exam of a town where the first three schools do `share`; others are honest."""
    rng = np.random.default_rng(seed)
    exams = exams_of(rng, ONE_YEAR)
    deeds = honest(SCHOOLS, len(exams))
    for what, value in share.items():
        getattr(deeds, what)[:3] = value
    return next(written(rng, exams, deeds, manners))


def test_papers_keep_to_the_scale_and_some_pupils_are_missing() -> None:
    papers = one_exam({})
    assert (papers.points >= 0).all() and (papers.points <= papers.exam.maxima).all()
    assert 0.02 < papers.absent.mean() < 0.2
    assert set(papers.journal) == {2, 3, 4, 5}
    assert 0.4 < papers.score.mean() / papers.exam.scale[0] < 0.75


def test_lifting_everybody_leaves_nobody_near_a_boundary() -> None:
    papers = one_exam({"lift": 1.0})
    near = np.isin(papers.score, [b - gap for b in papers.exam.scale[1:] for gap in (1, 2)])
    assert not near[papers.school < 3].any()
    assert near[papers.school >= 3].mean() > 0.1


def test_the_strictest_checkers_leave_nobody_at_a_boundary() -> None:
    strict = one_exam({}, Manners(between=0.0, within=0.0, mean=-1.0))
    at = np.isin(strict.score, strict.exam.scale[1:])
    assert not at.any()


def test_one_seed_gives_one_town() -> None:
    first, second = one_exam({"copy": np.array(0.2)}), one_exam({"copy": np.array(0.2)})
    assert (first.points == second.points).all() and (first.journal == second.journal).all()


@pytest.mark.parametrize("manners", ["design", "region"])
def test_honest_schools_are_left_alone(manners: str) -> None:
    found = measured("honest", manners, 10)
    assert found["size_05"] <= 0.12
    assert found["size_001"] <= 0.02
    assert found["z_above_3"] <= 0.03
    assert found["any_false"] <= 0.4
    assert abs(found["mean"]) <= 0.05
    assert found["coverage"] >= 0.85


def test_two_worlds_differ_as_much_as_they_should() -> None:
    assert 0.03 < measured("honest", "design", 10)["sd"] < 0.09
    assert 0.08 < measured("honest", "region", 10)["sd"] < 0.17


def test_planted_lifting_is_found_and_its_share_is_right() -> None:
    found = measured("lift_40", "design", 5)
    assert found["power"] >= 0.9
    assert abs(found["bias"]) <= 0.06
    assert found["coverage"] >= 0.75
    assert found["fdr"] <= 0.2


def test_strong_selective_and_alike_pupils_are_no_sign() -> None:
    found = measured("honest_of_all_kinds", "design", 6)
    for kind in set(KINDS) - {"lenient"}:
        assert found[f"z_above_3_{kind}"] <= 0.06
        assert abs(found[f"mean_{kind}"]) <= 0.1


def test_rows_in_another_order_and_other_names_change_nothing() -> None:
    rng = np.random.default_rng(11)
    world = world_of(rng, REGION, {2021: (4, 5)})
    town = town_of(rng, world, honest(SCHOOLS, 6), region=True, works=False)
    first = boundary_lifting(town.score_counts, world.tests, town.schools)
    shuffled = town.score_counts.sample(frac=1, random_state=1)
    names = {f"{i:04d}": f"{(i * 8 + 3) % SCHOOLS:04d}" for i in range(SCHOOLS)}
    renamed = shuffled.assign(group_id=shuffled["group_id"].replace(names))
    second = boundary_lifting(renamed, world.tests, town.schools)
    back = second.assign(school_id=second["school_id"].replace({v: k for k, v in names.items()}))
    columns = ["school_id", "scope", "estimate", "z", "p_value", "pupils"]
    pd.testing.assert_frame_equal(
        first[columns],
        back[columns].sort_values(["school_id", "scope"], ignore_index=True),
        rtol=1e-9,
        atol=1e-12,
    )


@pytest.mark.parametrize(
    ("detector", "what", "share"),
    [(identical_rows, "copy", 0.2), (item_patterns, "given", 0.2)],
)
def test_copying_and_given_tasks_are_found(detector, what: str, share: float) -> None:
    rng = np.random.default_rng(13)
    world = world_of(rng, DESIGN, {2021: (4, 5, 6, 7)})
    deeds = sharing(what, share)(honest(SCHOOLS, 12))
    town = town_of(rng, world, deeds, region=False, works=True)
    rows = detector(town.works, world.tests, world.tasks, town.schools)
    rows = rows[rows["scope"] == ""].sort_values("school_id")
    flagged = benjamini_hochberg(rows["p_value"]) <= 0.05
    assert flagged[:3].all()
    assert flagged[3:].sum() <= 2
