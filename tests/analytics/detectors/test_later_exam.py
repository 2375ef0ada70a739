import numpy as np
import pandas as pd
import pytest

from analytics import schema
from analytics.detectors.later_exam import (
    FEW_WORKS,
    NO_EXAM,
    OTHER_PUPILS,
    exam_pairs,
    later_exam,
)
from analytics.detectors.reference import NO_OTHERS, ONE_OTHER, TOO_LARGE
from analytics.detectors.standing import ALL_EQUAL, AT_CEILING, FEW_SCHOOLS

VPR, OGE = ("vpr", 2023, 8, "Математика"), ("oge", 2024, 9, "Математика")
HALVES = {8: 10, 12: 10}
EVEN = {8: 10**8, 12: 10**8}
QUIET = {f"s{i:02d}": HALVES for i in range(1, 10)}


def rows_of(town) -> pd.DataFrame:
    return later_exam(town.score_counts, town.tests, town.schools)


def of(found: pd.DataFrame, school: str = "s00", scope: str = "") -> pd.Series:
    same = (found["school_id"] == school) & (found["scope"] == scope)
    assert same.sum() == 1
    return found[same].iloc[0]


def pair(own: dict, later: dict, others: dict | None = None) -> dict:
    quiet = QUIET if others is None else others
    return {
        VPR: {"s00": own, **quiet, "область": EVEN},
        OGE: {"s00": later, **quiet, "область": EVEN},
    }


def test_by_hand(scored_town) -> None:
    # All at 0 in the exam, so the line is flat; ВПР 1 sd higher: y = 1, se² = 1/20 + 0²/20.
    # Ten schools, honest ones alike: the usual τ .25, variance .05 + .0625 = .1125.
    found = rows_of(scored_town(pair({12: 20}, HALVES)))
    for row in (of(found), of(found, scope="8/Математика")):
        assert (row["status"], row["n"]) == ("tested", 20)
        assert row["estimate"] == pytest.approx(1.0, abs=1e-6)
        assert row["z"] == pytest.approx(1 / 0.1125**0.5, abs=1e-5)
        assert row["p_value"] == pytest.approx(0.001435, abs=2e-6)  # of z = 2.9814
        assert row["mde"] == pytest.approx(3.8416 * 0.1125**0.5, abs=1e-3)
    assert of(found, "s05")["estimate"] == pytest.approx(0.0, abs=1e-6)


def test_an_exam_above_is_no_risk(scored_town) -> None:
    row = of(rows_of(scored_town(pair({8: 20}, HALVES))))
    assert row["estimate"] == pytest.approx(-1.0, abs=1e-6)
    assert row["p_value"] > 0.99


def test_a_school_that_is_strong_in_both_is_as_expected(scored_town) -> None:
    levels = {f"s{i:02d}": {8: 20 - 2 * i, 12: 2 * i} for i in range(10)}
    found = rows_of(scored_town({t: {**levels, "область": EVEN} for t in (VPR, OGE)}))
    whole = found[found["scope"] == ""]
    assert whole["estimate"].to_numpy() == pytest.approx(np.zeros(10), abs=1e-6)


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize(
    ("n", "status"),
    [
        (1, "not_enough_data"),
        (2, "not_enough_data"),
        (9, "not_enough_data"),
        (10, "not_enough_data"),
        (14, "not_enough_data"),
        (15, "tested"),
        (16, "tested"),
    ],
)
def test_few_works_in_either(scored_town, place, n, status) -> None:
    own = [{9: 17}, {9: 17}]
    own[place] = {9: n}
    row = of(rows_of(scored_town(pair(*own))))
    assert row["status"] == status
    assert pd.isna(row["reason"]) if status == "tested" else row["reason"] == FEW_WORKS


def test_nobody_at_the_exam(scored_town) -> None:
    row = of(rows_of(scored_town(pair(HALVES, {}))))
    assert (row["status"], row["reason"]) == ("not_applicable", NO_EXAM)


@pytest.mark.parametrize(
    ("participants", "same"), [(79, 0), (80, 1), (81, 1), (124, 1), (125, 1), (126, 0)]
)
def test_the_same_cohort(scored_town, participants, same) -> None:
    # Of 100 in the ВПР: .8…1.25.
    row = of(rows_of(scored_town(pair({9: 100}, {9: participants}))))
    assert row["status"] == ("tested" if same else "not_applicable")
    assert pd.isna(row["reason"]) if same else row["reason"] == OTHER_PUPILS


@pytest.mark.parametrize(("schools", "status"), [(9, 0), (10, 1), (11, 1)])
def test_a_line_needs_ten_schools(scored_town, schools, status) -> None:
    others = {f"s{i:02d}": HALVES for i in range(1, schools)}
    row = of(rows_of(scored_town(pair(HALVES, HALVES, others))))
    assert row["status"] == ["not_enough_data", "tested"][status]
    assert pd.isna(row["reason"]) if status else row["reason"] == FEW_SCHOOLS


@pytest.mark.parametrize(
    "later",
    [
        ("oge", 2025, 10, "Математика"),
        ("oge", 2024, 9, "История"),
        ("oge", 2024, 8, "Математика"),
        ("vpr", 2024, 9, "Математика"),
    ],
)
def test_what_is_not_the_exam_of_the_cohort(scored_town, later) -> None:
    town = pair(HALVES, HALVES)
    row = of(rows_of(scored_town({VPR: town[VPR], later: town[OGE]})).query("year == 2023"))
    assert (row["status"], row["reason"]) == ("not_applicable", NO_EXAM)
    assert row[["estimate", "z", "p_value", "mde", "unit"]].isna().all()


def test_the_nearest_exam_and_oge_before_gve() -> None:
    facts = [
        ("v8", "vpr", 2023, 8), ("v9", "vpr", 2024, 9), ("g9", "gve", 2024, 9),
        ("o9", "oge", 2024, 9),
    ]  # fmt: skip
    tests = pd.DataFrame(facts, columns=["test_id", "procedure", "year", "grade"])
    pairs = exam_pairs(tests.assign(subject="Физика")).set_index("test_id")["later_id"]
    assert pairs.to_dict() == {"v8": "o9", "v9": "o9"}
    assert exam_pairs(tests.assign(subject="Физика").iloc[:2]).empty


LARGE = {"s00": {9: 60, 11: 60}, "s01": HALVES, "s02": HALVES}


@pytest.mark.parametrize(
    ("town", "reason"),
    [
        ({VPR: {f"s{i:02d}": {10: 20} for i in range(10)}}, ALL_EQUAL),
        ({VPR: LARGE}, TOO_LARGE),
        ({VPR: {"s01": {9: 60, 11: 60}, "s00": HALVES, "s02": HALVES}}, ONE_OTHER),
        ({VPR: {"s00": HALVES}}, NO_OTHERS),
        ({VPR: {"s00": HALVES, "область": {18: 10**8, 20: 10**8}}}, AT_CEILING),
        ({VPR: {**QUIET, "s00": HALVES}, OGE: LARGE}, TOO_LARGE),
    ],
)
def test_what_cannot_be_compared(scored_town, town, reason) -> None:
    row = of(rows_of(scored_town({OGE: town[VPR], **town})))
    assert (row["status"], row["reason"]) == ("not_applicable", reason)
    assert row[["estimate", "z", "p_value", "mde", "unit"]].isna().all()


def test_no_works_and_scores_above_the_maximum(scored_town) -> None:
    assert rows_of(scored_town({VPR: {"s00": {}}})).empty
    plain, more = pair({12: 20}, HALVES), pair({12: 20, 33: 5}, HALVES)
    pd.testing.assert_frame_equal(rows_of(scored_town(plain)), rows_of(scored_town(more)))


def honest(levelled_town, seed: int, gain: float = 0.0):
    rng = np.random.default_rng(seed)
    strong = rng.normal(0, 0.6, 30)
    moved = rng.normal(0, 0.25 / 2**0.5, 30)
    moved[0] += gain
    levels = {}
    for subject in ("Математика", "Русский язык", "Физика"):
        levels["oge", 2024, 9, subject] = strong
        levels["vpr", 2023, 8, subject] = strong + moved + rng.normal(0, 0.25 / 2**0.5, 30)
    return levelled_town(rng, levels)


def test_p_of_honest_schools_is_near_even(levelled_town) -> None:
    found = pd.concat([rows_of(honest(levelled_town, seed)) for seed in range(6)])
    p = found.loc[found["scope"] == "", "p_value"]
    assert len(p) == 180
    assert p.mean() == pytest.approx(0.5, abs=0.08)
    assert 0.01 < (p < 0.05).mean() < 0.10
    assert (p < 0.001).sum() <= 1


def test_a_planted_gain_is_found(levelled_town) -> None:
    lifted, plain = (of(rows_of(honest(levelled_town, 5, gain))) for gain in (1.4, 0.0))
    # 1.4 sd inside a school; pupils of all schools have the sd √(1 + .6²) = 1.17.
    assert lifted["estimate"] - plain["estimate"] == pytest.approx(1.4 / 1.17, abs=0.2)
    assert lifted["p_value"] < 0.005 < plain["p_value"]


def test_order_and_names_change_nothing(levelled_town) -> None:
    town = honest(levelled_town, 4)
    names = {s: f"x{99 - int(s[1:]):02d}" for s in town.schools["school_id"]}
    other = town.changed(
        score_counts=town.score_counts.replace({"group_id": names}).sample(frac=1, random_state=1),
        tests=town.tests.sample(frac=1, random_state=2),
        schools=town.schools.replace({"school_id": names}).iloc[::-1],
    )
    back = rows_of(other).replace({"school_id": {v: k for k, v in names.items()}})
    key = list(schema.TABLES["evidence"].key)
    first, back = (r.sort_values(key, ignore_index=True) for r in (rows_of(town), back))
    pd.testing.assert_frame_equal(first, back, rtol=1e-12)
