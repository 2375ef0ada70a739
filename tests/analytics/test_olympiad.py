"""Indicators of the olympiad, worked by hand; each limit below, on and above."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics import schema
from analytics.olympiad import NO_PASS, NO_PUPILS, UNNAMED, olympiad_indicators
from analytics.olympiad_comparison import FEW, fisher_z
from analytics.olympiad_rules import FEW_CHECKS, FEW_PAIRS, flagged, markers, with_proposed

YEAR, SUBJECT = 2022, "История"
Rows = list[dict[str, Any]]


def table(name: str, rows: Rows) -> pd.DataFrame:
    columns = schema.TABLES[name].columns
    spare = {"source_id": "f", "sheet": "л", "row": 1}
    full = [{c: (spare | r).get(c) for c in columns} for r in rows]
    return schema.conform(pd.DataFrame(full, columns=list(columns)), name)


def fact(school: str, pupil: str, score: float, **changed: Any) -> dict[str, Any]:
    """A participant of the school stage; the maximum is 50."""
    return {
        "year": YEAR, "stage": "school", "subject": SUBJECT, "grade_studied": 8,
        "grade_competed": 8, "school_id": school, "pupil": pupil, "named": True, "score": score,
        "max_score": 50, "status": "participant",
    } | changed  # fmt: skip


def both(school: str, pupil: str, a: float, b: float, **changed: Any) -> Rows:
    """A prize-winner of the school stage with a points, and with b at the municipal one."""
    first = {"status": "prize"} | changed
    second = changed | {"status": "participant", "stage": "municipal"}
    return [fact(school, pupil, a, **first), fact(school, pupil, b, **second)]


def tables(
    facts: Rows, rechecks: Rows = (), passes: Rows = (), context: Rows = ()
) -> dict[str, pd.DataFrame]:
    registry = [{"school_id": s, "short_name": f"Школа {s}", "municipality": "М", "logins": [],
                 "in_registry": True} for s in "ABCDEFGHIJ"]  # fmt: skip
    return {
        "olympiad": table("olympiad", facts),
        "rechecks": table("rechecks", list(rechecks)),
        "pass_scores": table("pass_scores", list(passes)),
        "school_context": table("school_context", list(context)),
        "schools": table("schools", registry),
    }


def found(given: dict[str, pd.DataFrame], indicator: str, school: str = "A", subject: str = ""):
    rows = olympiad_indicators(given)
    rows = rows[(rows["indicator"] == indicator) & (rows["school_id"] == school)]
    return rows[rows["subject"] == subject].iloc[0]


PASS = [{"year": YEAR, "subject": SUBJECT, "grade": 8, "score": 25.0}]
PUPILS = [{"year": YEAR, "school_id": "A", "pupils": 12}]


# O1, O2: pupils counted once


def test_coverage_and_participations_count_a_pupil_once() -> None:
    facts = [fact("A", "1", 9), fact("A", "1", 9, subject="Право"), fact("A", "2", 9),
             fact("A", "3", 9, status="absent")]  # fmt: skip
    given = tables(facts, context=PUPILS)
    assert found(given, "O1")[["numerator", "denominator", "value"]].tolist() == [2, 12, 2 / 12]
    assert found(given, "O2")[["numerator", "denominator", "value"]].tolist() == [3, 2, 1.5]


def test_coverage_without_pupils_or_names_is_not_computed() -> None:
    one = [fact("A", "1", 9)]
    assert found(tables(one), "O1")["reason"] == NO_PUPILS
    last_year = [{**PUPILS[0], "year": YEAR - 1}]
    assert found(tables(one, context=last_year), "O1")["reason"] == NO_PUPILS
    cipher = tables([fact("A", "1", 9, named=False)], context=PUPILS)
    assert found(cipher, "O1")["reason"] == found(cipher, "O2")["reason"] == UNNAMED
    assert pd.isna(found(cipher, "O1")["value"])


@pytest.mark.parametrize(("pupils", "known"), [(1, False), (2, True), (3, True)])
def test_no_more_participants_than_pupils(pupils: int, known: bool) -> None:
    context = [{**PUPILS[0], "pupils": pupils}]
    row = found(tables([fact("A", "1", 9), fact("A", "2", 9)], context=context), "O1")
    assert pd.notna(row["value"]) == known


def test_coverage_of_the_town_needs_every_school() -> None:
    facts = [fact("A", "1", 9), fact("B", "1", 9)]
    assert pd.isna(found(tables(facts, context=PUPILS), "O1", "*")["value"])
    context = [*PUPILS, {**PUPILS[0], "school_id": "B", "pupils": 8}]
    assert found(tables(facts, context=context), "O1", "*")["value"] == 2 / 20


# O3, O10, E1: statuses


def test_awards_of_both_stages() -> None:
    facts = [fact("A", str(k), 40, status=s) for k, s in enumerate(
        ["winner", "prize", "participant", "participant", None, "absent"])]  # fmt: skip
    facts += [fact("A", "9", 30, stage="municipal", status="prize")]
    given = tables(facts)
    assert found(given, "O3")[["numerator", "denominator"]].tolist() == [2, 4]
    assert found(given, "O10")[["numerator", "denominator"]].tolist() == [1, 1]


@pytest.mark.parametrize(("score", "wrong"), [(24.5, 1), (25, 1), (25.5, 0)])
def test_a_winner_has_more_than_half(score: float, wrong: int) -> None:
    row = found(tables([fact("A", "1", score, status="winner")]), "E1")
    assert row[["numerator", "denominator"]].tolist() == [wrong, 1]
    assert pd.isna(row["flagged"])


# O4, O12: the pass score


def test_who_passed_and_came() -> None:
    facts = [*both("A", "1", 25, 20), fact("A", "2", 25), fact("A", "3", 24.5),
             fact("A", "4", 30), fact("A", "4", 0, stage="municipal", status="absent")]  # fmt: skip
    row = found(tables(facts, passes=PASS), "O4")
    assert row[["numerator", "denominator"]].tolist() == [1, 3]
    assert found(tables(facts), "O4")["reason"] == NO_PASS


def window(school: str, on: int, below: int, far: int = 0) -> Rows:
    """Works on the pass score 25, one point below it, and outside the window [24, 26)."""
    scores = [25] * on + [24] * below + [23.5] * far
    return [fact(school, str(k), s) for k, s in enumerate(scores)]


def test_a_jump_at_the_pass_score() -> None:
    """A 9 of 10, the others 10 of 20: p0 = 10,5/21 = ½, variance 10·¼·(1 + 10/21) = 3,690."""
    given = tables(window("A", 9, 1, 10) + window("B", 10, 10, 5), passes=PASS)
    row = found(given, "O12")
    assert row[["numerator", "denominator", "value", "town_value"]].tolist() == [9, 10, 0.9, 0.5]
    assert row["z"] == pytest.approx(3.5 / np.sqrt(10 * 0.25 * 31 / 21))
    assert row["p_value"] == pytest.approx(0.0342, abs=1e-4)
    assert row["proposed"]


@pytest.mark.parametrize(("works", "tested"), [(19, False), (20, True), (21, True)])
def test_a_jump_needs_twenty_works(works: int, tested: bool) -> None:
    facts = window("A", 9, 1, works - 10) + window("B", 10, 10, 5)
    row = found(tables(facts, passes=PASS), "O12")
    assert pd.notna(row["p_value"]) == tested
    assert (row["reason"] == "меньше 20 работ школьного этапа: без вывода") == (not tested)


@pytest.mark.parametrize(("score", "inside", "on"), [
    (23.9, 0, 0), (24, 1, 0), (24.9, 1, 0), (25, 1, 1), (25.9, 1, 1), (26, 0, 0)])  # fmt: skip
def test_the_window_is_one_point_to_each_side(score: float, inside: int, on: int) -> None:
    facts = [fact("A", "1", score), fact("A", "2", 25), fact("B", "1", 25)]
    row = found(tables(facts, passes=PASS), "O12")
    assert row[["numerator", "denominator"]].tolist() == [1 + on, 1 + inside]


# O5, O7: pairs


@pytest.mark.parametrize(("b", "kept"), [(24.5, 0), (25, 1), (25.5, 1)])
def test_half_of_the_points_confirms(b: float, kept: int) -> None:
    row = found(tables(both("A", "1", 40, b)), "O5")
    assert row[["numerator", "denominator"]].tolist() == [kept, 1]
    assert row["reason"] == FEW


@pytest.mark.parametrize(("b", "zero"), [(4.5, 1), (5, 1), (5.5, 0)])
def test_a_tenth_of_the_points_is_a_zero(b: float, zero: int) -> None:
    row = found(tables([fact("A", "1", b, stage="municipal")]), "O7")
    assert row[["numerator", "denominator"]].tolist() == [zero, 1]


def test_only_names_of_one_school_and_subject_join_the_stages() -> None:
    facts = [
        *both("A", "1", 40, 30),
        *both("A", "2", 40, 30, named=False),
        *both("A", "3", 40, 30, status="participant"),
        fact("A", "4", 40, status="prize"),
        fact("B", "4", 30, stage="municipal"),
        fact("A", "5", 40, status="prize"),
        fact("A", "5", 30, stage="municipal", subject="Право"),
        *both("A", "6", 40, 30),
        fact("A", "7", 40, status="prize"),
        fact("A", "7", 0, stage="municipal", status="absent"),
    ]
    given = tables(facts)
    assert found(given, "O5")["denominator"] == 2
    assert found(given, "O6")["denominator"] == 3
    assert pd.isna(found(given, "O5", "B")["value"])


def test_a_score_without_a_maximum_gives_no_share() -> None:
    given = tables(both("A", "1", 40, 30, max_score=None))
    assert pd.isna(found(given, "O5")["value"])
    assert pd.isna(found(given, "O7")["value"])


# O6: the mean drop


def test_the_drop_is_compared_with_the_other_schools_in_the_same_subject() -> None:
    """A: .2 and .4 in history; B: .1 there, .5 in law, which A has not."""
    facts = both("A", "1", 40, 30) + both("A", "2", 40, 20) + both("B", "1", 40, 35)
    facts += both("B", "2", 40, 15, subject="Право")
    given = tables(facts)
    row = found(given, "O6")
    assert row[["value", "town_value", "denominator"]].tolist() == pytest.approx([0.3, 0.1, 2])
    # t(.975, 1) = 12.706; sd of .2 and .4 is .1414
    assert row["ci_high"] == pytest.approx(0.3 + 12.706 * 0.1, abs=1e-3)
    other = found(given, "O6", "B")
    assert other[["value", "town_value"]].tolist() == pytest.approx([0.3, 0.3])
    assert found(given, "O6", "*")["value"] == pytest.approx(0.3)


def test_own_subjects_beside_those_of_the_platform() -> None:
    """A falls .3 more than B in history and as much as B in mathematics."""
    facts = both("A", "1", 40, 20) + both("B", "1", 40, 35)
    facts += both("A", "2", 40, 30, subject="Математика")
    facts += both("B", "2", 40, 30, subject="Математика")
    given = tables(facts)
    assert found(given, "SIR")["value"] == pytest.approx(0.3)
    assert found(given, "SIR", "B")["value"] == pytest.approx(-0.3)
    assert found(given, "SIR")["reason"] == FEW


@pytest.mark.parametrize(("year", "platform"), [(2020, False), (2021, True), (2022, True)])
def test_the_platform_began_in_a_year(year: int, platform: bool) -> None:
    facts = both("A", "1", 40, 20, year=year) + both("B", "1", 40, 35, year=year)
    facts += both("A", "2", 40, 30, subject="Физика", year=year)
    facts += both("B", "2", 40, 30, subject="Физика", year=year)
    assert pd.notna(found(tables(facts), "SIR")["value"]) == platform


# O8: ranks


def test_ranks_of_the_two_stages() -> None:
    """Ranks 1…4 against 1, 2, 4, 3: 1 − 6·2/(4·15) = .8; reversed −1."""
    facts = [r for k, b in enumerate([10, 20, 40, 30]) for r in both("A", str(k), 30 + k, b)]
    assert found(tables(facts), "O8")["value"] == pytest.approx(0.8)
    falling = [r for k in range(4) for r in both("A", str(k), 30 + k, 40 - k)]
    assert found(tables(falling), "O8")["value"] == pytest.approx(-1)


@pytest.mark.parametrize(("pairs", "known"), [(2, False), (3, True), (4, True)])
def test_ranks_need_three_pairs_of_a_subject_and_grade(pairs: int, known: bool) -> None:
    facts = [r for k in range(pairs) for r in both("A", str(k), 30 + k, 20 + k)]
    assert pd.notna(found(tables(facts), "O8")["value"]) == known


def test_equal_scores_have_no_rank_correlation() -> None:
    facts = [r for k in range(4) for r in both("A", str(k), 30, 20 + k)]
    assert pd.isna(found(tables(facts), "O8")["value"])


# O9: the re-check


def recheck(pupil: str, again: float) -> dict[str, Any]:
    return {"year": YEAR, "stage": "school", "subject": SUBJECT, "grade_competed": 8,
            "school_id": "A", "pupil": pupil, "score": 30, "recheck": again,
            "max_score": 50}  # fmt: skip


@pytest.mark.parametrize(
    ("again", "agrees"), [(24.9, 0), (25, 1), (25.1, 1), (34.9, 1), (35, 1), (35.1, 0)]
)
def test_a_tenth_of_the_maximum_agrees(again: float, agrees: int) -> None:
    row = found(tables([], [recheck("1", again)]), "O9")
    assert row[["numerator", "denominator"]].tolist() == [agrees, 1]


def test_rechecks_against_nine_in_ten() -> None:
    """P(X ≤ 8 of 10) at .9 is 1 − .9¹⁰ − 10·.1·.9⁹ = .2639; P(X ≤ 5) = .0016."""
    rows = [recheck(str(k), 30 if k < 8 else 40) for k in range(10)]
    row = found(tables([], rows), "O9")
    assert row["p_value"] == pytest.approx(0.2639, abs=1e-4)
    assert (row["proposed"], row["flagged"]) == (True, False)
    worse = [recheck(str(k), 30 if k < 5 else 40) for k in range(10)]
    assert found(tables([], worse), "O9")["flagged"]


# The two answers


def row(indicator: str, value: float, n: int = 10, **more: Any) -> dict[str, Any]:
    return {"municipality": "М", "year": YEAR, "school_id": "A", "subject": "",
            "indicator": indicator, "numerator": None, "denominator": n, "value": value,
            "town_value": 0.5, "plain_z": None, "p_value": None, "reason": None} | more  # fmt: skip


@pytest.mark.parametrize(("indicator", "near", "step", "more"), [
    ("O2", 6, 1, {}), ("O3", 0.75, 1, {"town_value": 0.5, "denominator": 16}),
    ("O4", 0.80, -1, {}), ("O6", 0.3, 0, {}), ("O7", 0.4, 1, {"town_value": 0.2}),
    ("O8", 0.2, -1, {}), ("O9", 0.9, -1, {})])  # fmt: skip
def test_proposed_rules_begin_beyond_their_limit(
    indicator: str, near: float, step: int, more: dict
) -> None:
    """O3: .5 + 2·√(.25/16) = .75. O6 has its limit on z."""
    cases = [(near - 0.01, 1.99), (near, 2.0), (near + 0.01, 2.01)]
    rows = [row(indicator, v, plain_z=z, school_id=s) | more
            for (v, z), s in zip(cases, "ABC", strict=True)]  # fmt: skip
    met = with_proposed(pd.DataFrame(rows))["proposed"].tolist()
    assert met == ([True, False, False] if step < 0 else [False, False, True])


@pytest.mark.parametrize(("p", "met"), [(0.049, True), (0.05, False), (0.051, False)])
def test_proposed_rule_of_the_jump(p: float, met: bool) -> None:
    assert with_proposed(pd.DataFrame([row("O12", 0.9, p_value=p)]))["proposed"].tolist() == [met]


def test_lowest_quarter() -> None:
    """.2 .4 .6 .8 1: the first quartile is .4, and the school on it counts; n under 10 does not."""
    rows = [
        row("O5", v, school_id=s) for v, s in zip((0.2, 0.4, 0.6, 0.8, 1), "ABCDE", strict=True)
    ]
    rows.append(row("O5", 0.1, n=9, school_id="F"))
    proposed = with_proposed(pd.DataFrame(rows))["proposed"]
    assert proposed.tolist()[:5] == [True, True, False, False, False]
    assert pd.isna(proposed.iloc[5])


@pytest.mark.parametrize(
    ("value", "p", "met"),
    [(0.41, 1e-6, False), (0.40, 1e-6, True), (0.39, 1e-6, True), (0.39, 0.051, False),
     (0.39, 0.05, True), (0.61, 1e-6, False)],
)  # fmt: skip
def test_a_flag_needs_the_side_the_gate_and_q(value: float, p: float, met: bool) -> None:
    """O5: low, gate .10 against .5; one test, so q = p."""
    assert flagged(pd.DataFrame([row("O5", value, p_value=p)]))["flagged"].tolist() == [met]


def test_q_counts_the_checks_of_a_year() -> None:
    """.02 of three: .02·3/1 = .06; in another year by itself .02."""
    rows = [
        row("O5", 0.1, p_value=p, school_id=s) for p, s in ((0.02, "A"), (0.9, "B"), (0.9, "C"))
    ]
    rows.append(row("O5", 0.1, p_value=0.02, year=YEAR - 1))
    assert flagged(pd.DataFrame(rows))["q_value"].tolist() == pytest.approx([0.06, 0.9, 0.9, 0.02])


def judged(pairs: int, flags: dict[str, bool | None]) -> pd.Series:
    rows = pd.DataFrame([row(i, 0.1, n=pairs if i == "O6" else 20) for i in flags])
    flag = pd.array(list(flags.values()), dtype="boolean")
    return markers(rows.assign(flagged=flag, proposed=flag)).iloc[0]


@pytest.mark.parametrize(("pairs", "known"), [(9, False), (10, True), (11, True)])
def test_the_marker_needs_ten_pairs(pairs: int, known: bool) -> None:
    marker = judged(pairs, {"O5": True, "O6": True})
    assert pd.notna(marker["flagged"]) == known
    assert (marker["reason"] == FEW_PAIRS) == (not known)


@pytest.mark.parametrize(
    ("flags", "met"),
    [
        ({"O6": True, "O5": False, "O7": False}, False),
        ({"O6": True, "O5": True, "O7": False}, True),
        ({"O6": True, "O5": True, "O7": True}, True),
        ({"O6": True, "O5": None, "O9": True}, True),
        ({"O6": True, "O5": False, "O3": True, "O8": True, "SIR": True}, False),
        ({"O6": False, "O9": True, "O12": True}, True),
    ],
)
def test_the_marker_needs_two_of_five(flags: dict, met: bool) -> None:
    marker = judged(10, flags)
    assert marker["flagged"] == marker["proposed"] == met


def test_the_marker_of_one_checked_indicator_is_not_known() -> None:
    marker = judged(10, {"O6": True, "O5": None})
    assert pd.isna(marker["flagged"])
    assert marker["reason"] == FEW_CHECKS


def test_fishers_test_of_few_schools() -> None:
    """3 of 3 against 0 of 3: 1/20, as mid-p .975."""
    assert fisher_z([3], [3], [3], [6]) == pytest.approx([1.959964], abs=1e-5)
    assert np.isnan(fisher_z([3], [3], [3], [3])).all()


# A whole town


def town(seed: int, raised: str = "A") -> Rows:
    """Ten schools of 40 pairs; one adds .3 of the maximum at the school stage."""
    rng = np.random.default_rng(seed)
    rows: Rows = []
    for school in "ABCDEFGHIJ":
        skill = rng.normal(0.62, 0.08, 40)
        a = np.clip(skill + rng.normal(0, 0.05, 40) + 0.3 * (school == raised), 0, 1)
        b = np.clip(skill - 0.1 - 0.3 * (school == raised) + rng.normal(0, 0.05, 40), 0, 1)
        for k in range(40):
            rows += both(school, str(k), round(50 * a[k]), round(50 * b[k]))
    return rows


def test_the_raised_school_is_marked_and_no_other() -> None:
    rows = olympiad_indicators(tables(town(1)))
    marker = rows[rows["indicator"] == "MARKER"].set_index("school_id")
    assert marker.index[marker["flagged"].astype(bool)].tolist() == ["A"]
    assert len(marker) == 10


def test_honest_towns_are_seldom_marked() -> None:
    marked = [
        olympiad_indicators(tables(town(seed, raised="")))
        .query("indicator == 'MARKER'")["flagged"]
        .sum()
        for seed in range(5)
    ]
    assert sum(marked) == 0


def test_neither_the_order_of_rows_nor_the_codes_matter() -> None:
    facts = pd.DataFrame(town(2))
    given = tables(facts.to_dict("records"))
    usual = olympiad_indicators(given)
    shuffled = facts.sample(frac=1, random_state=3)
    codes = shuffled.assign(pupil="x" + shuffled["pupil"]).to_dict("records")
    pd.testing.assert_frame_equal(usual, olympiad_indicators(tables(codes)))
    order = dict(zip("ABCDEFGHIJ", "JIHGFEDCBA", strict=True))
    renamed = shuffled.assign(school_id=shuffled["school_id"].map(order)).to_dict("records")
    other = olympiad_indicators(tables(renamed))
    back = other.assign(school_id=other["school_id"].map(order | {"*": "*"}))
    back = schema.conform(back, "olympiad_indicators")
    pd.testing.assert_frame_equal(usual, back)


def test_no_files_no_rows_and_one_fact_is_enough() -> None:
    assert olympiad_indicators(tables([])).empty
    rows = olympiad_indicators(tables([fact("A", "1", 9)]))
    assert rows["flagged"].isna().all()
    unknown = rows[(rows["school_id"] == "A") & rows["value"].isna() & (rows["subject"] == "")]
    assert unknown["reason"].notna().all()
    assert set(rows["indicator"]) >= {f"O{k}" for k in range(1, 14)}


def test_a_school_without_a_municipality_is_compared_with_its_like() -> None:
    given = tables(town(1))
    given["schools"] = given["schools"].assign(municipality=pd.Series([None] * 10, dtype="str"))
    rows = olympiad_indicators(given).query("indicator == 'MARKER'")
    assert rows["flagged"].sum() == 1
