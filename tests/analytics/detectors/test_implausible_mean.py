import numpy as np
import pandas as pd
import pytest

from analytics import schema
from analytics.detectors.implausible_mean import LEVEL, VALUE_ADDED, implausible_mean
from analytics.detectors.reference import NO_OTHERS, ONE_OTHER, REGION, TOO_LARGE
from analytics.detectors.standing import ALL_EQUAL, AT_CEILING, FEW_WORKS

MA4, MA5 = ("vpr", 2023, 4, "Математика"), ("vpr", 2024, 5, "Математика")
HALVES = {8: 10, 12: 10}
EVEN = {8: 100_000, 12: 100_000}


def rows_of(town) -> pd.DataFrame:
    return implausible_mean(town.score_counts, town.tests, town.schools)


def of(found: pd.DataFrame, school: str = "s00", year: int = 2024, scope: str = "") -> pd.Series:
    same = (found["school_id"] == school) & (found["year"] == year) & (found["scope"] == scope)
    assert same.sum() == 1
    return found[same].iloc[0]


def region(*schools: dict[int, int]) -> dict[int, int]:
    """A large region of mean 10 and sd 2 that also holds these schools."""
    total = pd.concat([pd.Series(s) for s in (EVEN, *schools)])
    return total.groupby(level=0).sum().to_dict()


def test_a_level_by_hand(scored_town) -> None:
    # Others: mean 10, sd 2. Mean 12 → y = 1. Few schools: tau .2, so variance 1/20 + .2² = .09.
    own = {12: 20}
    found = rows_of(scored_town({MA4: {"s00": own, "область": region(own)}}))
    for row in (of(found, year=2023), of(found, year=2023, scope="4/Математика")):
        assert row["unit"] == LEVEL
        assert row["reference"] == REGION
        assert (row["n"], row["status"]) == (20, "tested")
        assert row["estimate"] == pytest.approx(1.0)
        assert row["z"] == pytest.approx(1 / 0.3)
        assert row["p_value"] == pytest.approx(0.000429, abs=1e-6)  # of z = 3.333
        assert row["ci_low"] == pytest.approx(1 - 1.959964 * 0.3)
        assert row["mde"] == pytest.approx(3.8416 * 0.3)
    assert len(found) == 2


def test_below_the_reference_is_no_risk(scored_town) -> None:
    own = {8: 20}
    row = of(rows_of(scored_town({MA4: {"s00": own, "область": region(own)}})), year=2023)
    assert row["estimate"] == pytest.approx(-1.0)
    assert row["p_value"] == pytest.approx(1 - 0.000429, abs=1e-6)


def test_value_added_by_hand(scored_town) -> None:
    # All stand at 0 in grade 4; in grade 5 one school is 1 sd higher, the line is flat: y = 1.
    quiet = {f"s{i:02d}": HALVES for i in range(1, 10)}
    before = {"s00": HALVES, **quiet, "область": region(*[HALVES] * 10)}
    after = {"s00": {12: 20}, **quiet, "область": region({12: 20}, *[HALVES] * 9)}
    found = rows_of(scored_town({MA4: before, MA5: after}))
    row = of(found)
    assert row["unit"] == VALUE_ADDED
    assert row["estimate"] == pytest.approx(1.0, abs=1e-3)
    assert row["z"] == pytest.approx(1 / 0.3, abs=0.01)
    assert of(found, year=2023)["unit"] == LEVEL


def test_a_strong_school_that_was_strong_before_is_as_expected(scored_town) -> None:
    # Schools at 8, 8.4 … 11.6 points in both tests: the slope is 1 and nothing is left over.
    levels = {f"s{i:02d}": {8: 20 - 2 * i, 12: 2 * i} for i in range(10)}
    whole = region(*levels.values())
    found = rows_of(scored_town({m: {**levels, "область": whole} for m in (MA4, MA5)}))
    assert of(found, "s09", 2023)["estimate"] == pytest.approx(0.8, abs=1e-3)
    added = found[(found["year"] == 2024) & (found["scope"] == "")]
    assert added["unit"].eq(VALUE_ADDED).all()
    assert added["estimate"].to_numpy() == pytest.approx(np.zeros(10), abs=1e-6)


@pytest.mark.parametrize(("schools", "unit"), [(9, LEVEL), (10, VALUE_ADDED), (11, VALUE_ADDED)])
def test_a_line_needs_ten_schools(scored_town, schools, unit) -> None:
    town = {f"s{i:02d}": HALVES for i in range(schools)}
    assert of(rows_of(scored_town({MA4: town, MA5: town})))["unit"] == unit


@pytest.mark.parametrize(
    ("n", "status", "reason"),
    [
        (1, "not_enough_data", FEW_WORKS),
        (2, "not_enough_data", FEW_WORKS),
        (9, "not_enough_data", FEW_WORKS),
        (10, "tested", None),
        (11, "tested", None),
    ],
)
def test_few_works(scored_town, n, status, reason) -> None:
    row = of(rows_of(scored_town({MA4: {"s00": {9: n}, "область": EVEN}})), year=2023)
    assert row["status"] == status
    assert pd.isna(row["reason"]) if reason is None else row["reason"] == reason
    assert pd.isna(row["p_value"]) == (status != "tested")


def test_nobody_wrote(scored_town) -> None:
    town = scored_town({MA4: {"s00": {}, "s01": HALVES, "область": EVEN}})
    assert set(rows_of(town)["school_id"]) == {"s01"}
    assert rows_of(scored_town({MA4: {"s00": {}}})).empty
    assert rows_of(town.changed(score_counts=town.score_counts.iloc[:0])).empty


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ({"s00": HALVES}, NO_OTHERS),
        ({"s00": {10: 60}, "s01": HALVES, "s02": HALVES}, TOO_LARGE),
        ({"s01": {10: 60}, "s00": HALVES, "s02": HALVES}, ONE_OTHER),
        ({"s00": HALVES, "область": {10: 100_000}}, ALL_EQUAL),
        ({f"s0{i}": {10: 20} for i in range(5)}, ALL_EQUAL),
        ({"s00": HALVES, "область": {18: 100_000, 19: 100_000}}, AT_CEILING),
    ],
)
def test_what_cannot_be_compared(scored_town, counts, reason) -> None:
    row = of(rows_of(scored_town({MA4: counts})), year=2023)
    assert (row["status"], row["reason"]) == ("not_applicable", reason)
    assert row[["estimate", "z", "p_value", "mde", "unit"]].isna().all()


@pytest.mark.parametrize(("score", "tested"), [(17, True), (18, True), (19, False)])
def test_a_reference_near_the_maximum(scored_town, score, tested) -> None:
    # .9 of 20 is 18: a reference of mean 17, 18 and 19.
    counts = {"s00": HALVES, "область": {8: 10, 12: 10, score - 1: 10**8, score + 1: 10**8}}
    row = of(rows_of(scored_town({MA4: counts})), year=2023)
    assert (row["status"] == "tested") == tested


def test_scores_above_the_maximum_take_no_part(scored_town) -> None:
    own = {12: 20}
    town = {MA4: {"s00": own, "область": region(own)}}
    more = {MA4: {"s00": {**own, 25: 7}, "область": {**region(own), 25: 7}}}
    pd.testing.assert_frame_equal(rows_of(scored_town(town)), rows_of(scored_town(more)))


def test_other_procedures_are_not_judged(scored_town) -> None:
    assert rows_of(scored_town({("oge", 2024, 9, "Математика"): {"s00": HALVES}})).empty


def honest(levelled_town, seed: int, gain: float = 0.0):
    """Schools differ by sd .6; from year to year by .2, half of it common to the subjects."""
    rng = np.random.default_rng(seed)
    strong = rng.normal(0, 0.6, 30)
    moved = rng.normal(0, 0.2 / 2**0.5, 30)
    moved[0] += gain
    levels = {}
    for subject in ("Математика", "Русский язык", "Физика"):
        levels["vpr", 2023, 4, subject] = strong
        levels["vpr", 2024, 5, subject] = strong + moved + rng.normal(0, 0.2 / 2**0.5, 30)
    return levelled_town(rng, levels)


def test_p_of_honest_schools_is_near_even(levelled_town) -> None:
    towns = [rows_of(honest(levelled_town, seed)) for seed in range(6)]
    found = pd.concat(towns)
    p = found.loc[(found["scope"] == "") & (found["year"] == 2024), "p_value"]
    assert len(p) == 180
    assert p.mean() == pytest.approx(0.5, abs=0.08)
    assert 0.01 < (p < 0.05).mean() < 0.10
    assert (p < 0.001).sum() <= 1


def test_a_planted_gain_is_found(levelled_town) -> None:
    lifted, plain = (of(rows_of(honest(levelled_town, 3, gain))) for gain in (1.2, 0.0))
    assert lifted["unit"] == VALUE_ADDED
    # 1.2 sd inside a school; pupils of all schools have the sd √(1 + .6²) = 1.17.
    assert lifted["estimate"] - plain["estimate"] == pytest.approx(1.2 / 1.17, abs=0.2)
    assert lifted["p_value"] < 0.005 < plain["p_value"]


def test_order_and_names_change_nothing(levelled_town) -> None:
    town = honest(levelled_town, 4)
    first = rows_of(town)
    names = {s: f"x{99 - int(s[1:]):02d}" for s in town.schools["school_id"]}
    other = town.changed(
        score_counts=town.score_counts.replace({"group_id": names}).sample(frac=1, random_state=1),
        tests=town.tests.sample(frac=1, random_state=2),
        schools=town.schools.replace({"school_id": names}).iloc[::-1],
    )
    back = rows_of(other).replace({"school_id": {v: k for k, v in names.items()}})
    key = list(schema.TABLES["evidence"].key)
    first, back = (rows.sort_values(key, ignore_index=True) for rows in (first, back))
    pd.testing.assert_frame_equal(first, back, rtol=1e-12)
