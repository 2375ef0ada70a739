from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from analytics import schema
from analytics.detectors.journal_mismatch import (
    FEW_WORKS,
    NO_MARKS,
    NO_SPREAD,
    journal_mismatch,
)
from analytics.detectors.reference import NO_OTHERS, TOO_LARGE

MA, RU = "vpr_2024_05_ma", "vpr_2024_05_ru"


class Town(NamedTuple):
    works: pd.DataFrame
    tests: pd.DataFrame
    schools: pd.DataFrame


def town(marks: dict[str, dict[str, dict[tuple, int]]]) -> Town:
    """Works {(journal mark, ВПР mark): pupils} by school, by test; marks may be None."""
    rows = [
        (test, school, journal, mark)
        for test, schools in marks.items()
        for school, pairs in schools.items()
        for (journal, mark), n in pairs.items()
        for _ in range(n)
    ]
    works = pd.DataFrame(rows, columns=["test_id", "school_id", "journal_mark", "mark"])
    works = works.assign(absent=False).astype(
        {"test_id": "str", "school_id": "str", "journal_mark": "Int64", "mark": "Int64"}
        | {"absent": "boolean"}
    )
    names = sorted(marks)
    tests = pd.DataFrame(
        {"test_id": names, "procedure": "vpr", "year": 2024, "grade": 5, "subject": names}
    ).astype({"year": "Int64", "grade": "Int64"})
    ids = sorted(set(works["school_id"]))
    return Town(works, tests, pd.DataFrame({"school_id": ids, "municipality": "Город"}))


def of(found: pd.DataFrame, school: str = "s00", scope: str = "") -> pd.Series:
    same = (found["school_id"] == school) & (found["scope"] == scope)
    assert same.sum() == 1
    return found[same].iloc[0]


def test_by_hand() -> None:
    # All have 4 in the journal. s01: half 3, half 5, so E[v] = 4 and V = 1. s00: 4 and 5, mean 4.5:
    # y = .5, se² = 30·1·(1 + 30/30)/30² = .066667; τ .15: variance .089167, z = 1.6744.
    # s01 against s00: E = 4.5, V = .25: y = −.5, se² = .016667, variance .039167, z = −2.5265.
    found = journal_mismatch(
        *town({MA: {"s00": {(4, 4): 15, (4, 5): 15}, "s01": {(4, 3): 15, (4, 5): 15}}})
    )
    for scope in ("", f"5/{MA}"):
        higher, lower = of(found, "s00", scope), of(found, "s01", scope)
        assert higher["estimate"] == pytest.approx(0.5)
        assert higher["z"] == pytest.approx(1.67443, abs=1e-5)
        assert higher["p_value"] == pytest.approx(0.09405, abs=1e-5)  # both tails
        assert lower["estimate"] == pytest.approx(-0.5)
        assert lower["z"] == pytest.approx(-2.52646, abs=1e-5)
        assert lower["p_value"] == pytest.approx(0.01152, abs=1e-5)
        assert higher["n"] == 30
        assert higher["reference"] == "другие школы города (устойчивая оценка)"
        assert pd.isna(higher["pupils"])


def test_the_journal_mark_is_taken_into_account() -> None:
    # The same rule in both: a journal of 3 gives 2…4, of 5 gives 4 and 5; only the mix differs.
    weak = {(3, 2): 10, (3, 3): 20, (3, 4): 10, (5, 4): 3, (5, 5): 3}
    strong = {(3, 2): 2, (3, 3): 4, (3, 4): 2, (5, 4): 19, (5, 5): 19}
    found = journal_mismatch(*town({MA: {"s00": weak, "s01": strong}}))
    assert found["estimate"].to_numpy() == pytest.approx(np.zeros(4), abs=1e-12)
    assert found["p_value"].to_numpy() == pytest.approx(np.ones(4))


def spread_out(n: int) -> dict[tuple, int]:
    return {(4, 3): n // 2, (4, 4): n - n // 2}


@pytest.mark.parametrize(("n", "tested"), [(1, 0), (2, 0), (29, 0), (30, 1), (31, 1)])
def test_few_works(n, tested) -> None:
    others = {f"s{i:02d}": spread_out(40) for i in range(1, 4)}
    row = of(journal_mismatch(*town({MA: {"s00": spread_out(n), **others}})))
    assert row["status"] == ["not_enough_data", "tested"][tested]
    assert pd.isna(row["reason"]) if tested else row["reason"] == FEW_WORKS


@pytest.mark.parametrize(("others", "n"), [(4, 40), (5, 45), (6, 45)])
def test_a_journal_mark_that_few_others_gave_is_left_out(others, n) -> None:
    own = {(4, 3): 20, (4, 4): 20, (5, 5): 5}
    rest = {"s01": {**spread_out(60), (5, 5): others}}
    assert of(journal_mismatch(*town({MA: {"s00": own, **rest}})))["n"] == n


@pytest.mark.parametrize(
    ("schools", "status", "reason"),
    [
        ({"s00": spread_out(40)}, "not_applicable", NO_OTHERS),
        ({"s00": spread_out(61), "s01": spread_out(40)}, "not_applicable", TOO_LARGE),
        ({"s00": {(4, None): 40}, "s01": spread_out(40)}, "not_applicable", NO_MARKS),
        ({"s00": {(None, 4): 40}, "s01": spread_out(40)}, "not_applicable", NO_MARKS),
        ({"s00": {(5, 4): 40}, "s01": spread_out(40)}, "not_applicable", NO_MARKS),
        ({"s00": spread_out(40), "s01": {(4, 4): 40}}, "not_applicable", NO_SPREAD),
        ({"s00": {(4, 4): 40}, "s01": {(4, 4): 40}}, "not_applicable", NO_SPREAD),
        ({"s00": {(4, 1): 40}, "s01": spread_out(40)}, "not_applicable", NO_MARKS),
    ],
)
def test_what_does_not_apply(schools, status, reason) -> None:
    row = of(journal_mismatch(*town({MA: schools})))
    assert (row["status"], row["reason"]) == (status, reason)
    assert row[["estimate", "z", "p_value", "mde", "unit"]].isna().all()


@pytest.mark.parametrize(("own", "tested"), [(59, True), (60, True), (61, False)])
def test_half_of_all_works(own, tested) -> None:
    row = of(journal_mismatch(*town({MA: {"s00": spread_out(own), "s01": spread_out(60)}})))
    assert (row["status"] == "tested") == tested


def test_absentees_and_other_procedures_take_no_part() -> None:
    works, tests, schools = town({MA: {"s00": spread_out(40), "s01": spread_out(40)}})
    gone = works.assign(absent=pd.array(works["school_id"] == "s00", dtype="boolean"))
    assert set(journal_mismatch(gone, tests, schools)["school_id"]) == {"s01"}
    assert journal_mismatch(works, tests.assign(procedure="oge"), schools).empty
    assert journal_mismatch(works.iloc[:0], tests, schools).empty


def honest(seed: int, tau: float = 0.15, lift: float = 0.0) -> Town:
    """Thirty schools, three tests, 60 works; honest journals differ by tau marks."""
    rng = np.random.default_rng(seed)
    habit = rng.normal(0, tau / 2**0.5, 30)
    marks: dict[str, dict[str, dict[tuple, int]]] = {}
    for test in ("vpr_2024_05_ma", "vpr_2024_05_ru", "vpr_2024_05_bi"):
        marks[test] = {}
        for i in range(30):
            level = rng.normal(3.6, 0.7, 60)
            own = habit[i] + rng.normal(0, tau / 2**0.5)
            journal = np.rint(level + rng.normal(0, 0.3, 60)).clip(2, 5)
            mark = np.rint(level + rng.normal(0, 0.4, 60) + own).clip(2, 5)
            if i == 0:
                mark = np.where(rng.random(60) < lift, mark + 1, mark).clip(2, 5)
            found, n = np.unique(np.stack([journal, mark]).astype(int), axis=1, return_counts=True)
            pairs = zip(map(tuple, found.T.tolist()), n.tolist(), strict=True)
            marks[test][f"s{i:02d}"] = dict(pairs)
    return town(marks)


def test_p_of_honest_schools_is_near_even() -> None:
    found = pd.concat([journal_mismatch(*honest(seed)) for seed in range(6)])
    p = found.loc[found["scope"] == "", "p_value"]
    assert len(p) == 180
    assert p.mean() == pytest.approx(0.5, abs=0.08)
    assert 0.01 < (p < 0.05).mean() < 0.10
    assert (p < 0.001).sum() <= 1


def test_marks_raised_in_one_school_are_found() -> None:
    row = of(journal_mismatch(*honest(2, tau=0.05, lift=0.6)))
    assert row["estimate"] > 0.3
    assert row["z"] > 3
    assert row["p_value"] < 0.002


def test_order_and_names_change_nothing() -> None:
    works, tests, schools = honest(3)
    first = journal_mismatch(works, tests, schools)
    names = {s: f"x{99 - int(s[1:]):02d}" for s in schools["school_id"]}
    back = journal_mismatch(
        works.replace({"school_id": names}).sample(frac=1, random_state=1),
        tests.iloc[::-1],
        schools.replace({"school_id": names}).iloc[::-1],
    ).replace({"school_id": {v: k for k, v in names.items()}})
    key = list(schema.TABLES["evidence"].key)
    first, back = (r.sort_values(key, ignore_index=True) for r in (first, back))
    pd.testing.assert_frame_equal(first, back, rtol=1e-12)
