import numpy as np
import pandas as pd
import pytest

from analytics import schema
from analytics.detectors.cohort_drop import FEW_WORKS, NO_COHORT, cohort_drop
from analytics.detectors.reference import AREA_SCHOOLS, REGION, TOO_LARGE, TOWN_SCHOOLS
from analytics.detectors.standing import ALL_EQUAL

MA4, MA5 = ("vpr", 2023, 4, "Математика"), ("vpr", 2024, 5, "Математика")
HALVES = {8: 10, 12: 10}
EVEN = {8: 10**8, 12: 10**8}


def rows_of(town) -> pd.DataFrame:
    return cohort_drop(town.score_counts, town.tests, town.schools)


def of(found: pd.DataFrame, school: str = "s00", year: int = 2023, scope: str = "") -> pd.Series:
    same = (found["school_id"] == school) & (found["year"] == year) & (found["scope"] == scope)
    assert same.sum() == 1
    return found[same].iloc[0]


def test_a_drop_by_hand(scored_town) -> None:
    # z 1 in grade 4 and 0 a year later: d = 1, se² = 1/20 + 1/20. One school: the usual τ .25,
    # variance .1 + .0625 = .1625; the tail is Student's of .75·(5 − 1) = 3 degrees of freedom.
    town = scored_town(
        {MA4: {"s00": {12: 20}, "область": EVEN}, MA5: {"s00": HALVES, "область": EVEN}}
    )
    found = rows_of(town)
    for row in (of(found), of(found, scope="4/Математика")):
        assert (row["status"], row["n"], row["reference"]) == ("tested", 20, REGION)
        assert row["estimate"] == pytest.approx(1.0, abs=1e-6)
        # t = 1/√.1625 = 2.4807, P(t(3) > 2.4807) = .04456; t(3) at .975 is 3.1824.
        assert row["p_value"] == pytest.approx(0.04456, abs=1e-4)
        assert row["ci_low"] == pytest.approx(1 - 3.1824 * 0.1625**0.5, abs=1e-3)
        assert pd.isna(row["pupils"])
    # Grade 5 has no step of its own.
    assert of(found, year=2024)["reason"] == NO_COHORT
    assert of(found, year=2024)["status"] == "not_applicable"


def test_a_rise_is_no_risk(scored_town) -> None:
    town = scored_town(
        {MA4: {"s00": HALVES, "область": EVEN}, MA5: {"s00": {12: 20}, "область": EVEN}}
    )
    assert of(rows_of(town))["estimate"] == pytest.approx(-1.0, abs=1e-6)
    assert of(rows_of(town))["p_value"] > 0.9


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize(("n", "status"), [(1, 0), (2, 0), (9, 0), (10, 1), (11, 1)])
def test_few_works_in_either_grade(scored_town, place, n, status) -> None:
    own = [HALVES, HALVES]
    own[place] = {9: n}
    tests = zip((MA4, MA5), own, strict=True)
    row = of(rows_of(scored_town({t: {"s00": o, "область": EVEN} for t, o in tests})))
    assert row["status"] == ["not_enough_data", "tested"][status]
    assert pd.isna(row["reason"]) if status else row["reason"] == FEW_WORKS


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ({MA4: {"s00": HALVES}}, NO_COHORT),
        ({MA4: {"s00": HALVES}, MA5: {"s01": HALVES}}, NO_COHORT),
        ({MA4: {"s00": HALVES}, ("vpr", 2024, 6, "Математика"): {"s00": HALVES}}, NO_COHORT),
        ({MA4: {"s00": HALVES}, ("vpr", 2024, 5, "История"): {"s00": HALVES}}, NO_COHORT),
        ({t: {"s00": HALVES} for t in (MA4, MA5)}, TOO_LARGE),
        ({t: {"s00": {9: 60}, "s01": HALVES, "s02": HALVES} for t in (MA4, MA5)}, TOO_LARGE),
        ({t: {"s00": HALVES, "область": {10: 999}} for t in (MA4, MA5)}, ALL_EQUAL),
        ({t: {f"s0{i}": {10: 20} for i in range(4)} for t in (MA4, MA5)}, ALL_EQUAL),
    ],
)
def test_what_does_not_apply(scored_town, rows, reason) -> None:
    row = of(rows_of(scored_town(rows)))
    assert (row["status"], row["reason"]) == ("not_applicable", reason)
    assert row[["estimate", "z", "p_value", "mde", "unit"]].isna().all()


def test_nobody_wrote_and_no_scale(scored_town) -> None:
    assert rows_of(scored_town({MA4: {"s00": {}}})).empty
    town = scored_town({MA4: {"s00": HALVES}, MA5: {"s00": HALVES}})
    unscaled = town.changed(tests=town.tests.assign(max_score=pd.array([None] * 2, dtype="Int64")))
    assert of(rows_of(unscaled))["reason"] == NO_COHORT


def test_scores_above_the_maximum_stop_nothing(scored_town) -> None:
    town = {t: {f"s{i:02d}": HALVES for i in range(5)} for t in (MA4, MA5)}
    town[MA4] = {**town[MA4], "s00": {8: 10, 30: 10}}
    assert of(rows_of(scored_town(town)))["status"] == "tested"


def test_the_reference_is_named(scored_town) -> None:
    town = scored_town({t: {f"s{i:02d}": HALVES for i in range(5)} for t in (MA4, MA5)})
    assert of(rows_of(town))["reference"] == TOWN_SCHOOLS
    two = town.schools.assign(municipality=["А", "А", "А", "Б", "Б"])
    assert of(rows_of(town.changed(schools=two)))["reference"] == AREA_SCHOOLS


def honest(levelled_town, seed: int, tau: float = 0.25, drop: float = 0.0, schools: int = 21):
    """Cohorts of grades 4–7 and what became of them; tau at the step 4→5, .25 at the later."""
    rng = np.random.default_rng(seed)
    levels = {}
    for grade in (4, 5, 6, 7):
        move = tau if grade == 4 else 0.25
        strong, moved = rng.normal(0, 0.6, schools), rng.normal(0, move / 2**0.5, schools)
        for subject in ("Математика", "Русский язык", "Биология"):
            own = rng.normal(0, move / 2**0.5, schools)
            levels["vpr", 2023, grade, subject] = strong
            levels["vpr", 2024, grade + 1, subject] = strong - moved - own
        if grade == 4:
            for subject in ("Математика", "Русский язык", "Биология"):
                levels["vpr", 2024, 5, subject][0] -= drop
    return levelled_town(rng, levels)


def of_schools(found: pd.DataFrame) -> pd.DataFrame:
    return found[(found["scope"] == "") & (found["year"] == 2023)]


@pytest.mark.parametrize("tau", [0.25, 0.35])
def test_honest_cohorts_are_left_alone(levelled_town, tau) -> None:
    found = pd.concat([of_schools(rows_of(honest(levelled_town, s, tau))) for s in range(6)])
    p = found["p_value"]
    assert len(p) == 126
    assert p.mean() == pytest.approx(0.5, abs=0.08)
    assert (p < 0.05).mean() < 0.10
    assert p.min() > 1e-4


def test_a_planted_drop_is_found(levelled_town) -> None:
    found = of_schools(rows_of(honest(levelled_town, 1, drop=1.5))).sort_values("p_value")
    assert found["school_id"].iloc[0] == "s00"
    assert found["estimate"].iloc[0] == pytest.approx(1.5, abs=0.5)
    assert found["p_value"].iloc[0] * 21 < 0.05


def test_a_wider_step_widens_the_intervals(levelled_town) -> None:
    wide, narrow = (rows_of(honest(levelled_town, 2, tau)) for tau in (0.8, 0.25))
    assert of(wide)["mde"] > 1.5 * of(narrow)["mde"]
    assert of(wide, scope="4/Биология")["mde"] > 1.5 * of(narrow, scope="4/Биология")["mde"]


def test_order_and_names_change_nothing(levelled_town) -> None:
    town = honest(levelled_town, 3, schools=12)
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
