"""Verdicts over invented evidence: twenty-one quiet schools, and one that the test is about."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics import schema
from analytics.combination import cauchy
from analytics.detectors.implausible_mean import LEVEL
from analytics.norms import norm
from analytics.verdicts import findings

CARDS = norm("detectors")
QUIET = 20
OWN = "000"
USUAL = {
    "boundary_lifting": {"estimate": 0.3, "pupils": 12.0, "mde": 0.2, "unit": "доля"},
    "item_patterns": {"estimate": 0.5, "mde": 0.3, "unit": "ст. откл."},
    "identical_rows": {"estimate": 9.0, "pupils": 9.0, "mde": 3.0, "unit": "участников"},
    "cohort_drop": {"estimate": 0.6, "mde": 0.5, "unit": "ст. откл."},
    "journal_mismatch": {"estimate": 0.4, "mde": 0.4, "unit": "отметки"},
}


def row(school: str, detector: str, p: float | None, **facts) -> dict:
    """A tested row with effects beyond every gate, unless the test names others."""
    z = None if p is None else -float(np.sqrt(2)) * _inverse(2 * p)
    found = {"year": 2024, "school_id": school, "detector": detector, "scope": "", "n": 200}
    found |= {"status": "tested", "p_value": p, "z": z, "reason": None}
    return found | USUAL.get(detector, {"estimate": 1.0, "unit": "ст. откл."}) | facts


def _inverse(x: float) -> float:
    from scipy.special import erfcinv

    return -float(erfcinv(x))


def untested(school: str, detector: str, status: str, reason: str) -> dict:
    empty = dict.fromkeys(("p_value", "z", "estimate", "pupils", "mde", "unit"))
    return row(school, detector, 0.5) | empty | {"status": status, "reason": reason, "n": 0}


def evidence(*rows: dict) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows))
    missing = [c for c in schema.TABLES["evidence"].columns if c not in frame]
    full = frame.assign(**dict.fromkeys(missing))
    return schema.conform(full[list(schema.TABLES["evidence"].columns)], "evidence")


def town(*rows: dict, quiet: int = QUIET, p: float = 0.6) -> pd.DataFrame:
    """Findings of the rows and of quiet schools with p in every detector that the rows name."""
    detectors = sorted({r["detector"] for r in rows})
    others = [row(f"{i + 1:03d}", d, p) for i in range(quiet) for d in detectors]
    return findings([evidence(*rows, *others)], CARDS)


def verdict(found: pd.DataFrame, school: str = OWN) -> pd.Series:
    rows = found[(found["detector"] == schema.VERDICT) & (found["school_id"] == school)]
    return rows.iloc[0]


def of(found: pd.DataFrame, detector: str, school: str = OWN, scope: str = "") -> pd.Series:
    same = (found["detector"] == detector) & (found["school_id"] == school)
    return found[same & (found["scope"] == scope)].iloc[0]


def both(first: float, second: float) -> float:
    """The combined p of boundary lifting and item patterns, weights 3 and 2."""
    return float(cauchy([[first, second]], [3, 2])[0])


def test_p_is_combined_inside_the_school_and_adjusted_over_schools() -> None:
    found = town(row(OWN, "boundary_lifting", 0.0004), row(OWN, "item_patterns", 0.01))
    # T = (3·tan(.4996π) + 2·tan(.49π))/5 = (3·795.774 + 2·31.821)/5 = 490.193; p = .00064935.
    assert verdict(found)["p_value"] == pytest.approx(0.00064935, abs=1e-8)
    # 21 schools, the smallest p: 21·p; the twenty others at p = .6 have q = .6.
    assert verdict(found)["q_value"] == pytest.approx(21 * 0.00064935, abs=2e-7)
    assert verdict(found, "001")["q_value"] == pytest.approx(0.6)
    assert of(found, "boundary_lifting")["q_value"] == pytest.approx(21 * 0.0004)


@pytest.mark.parametrize(
    ("q", "status"),
    [(0.0499, "red"), (0.0501, "amber"), (0.1999, "amber"), (0.2001, "none")],
)
def test_the_limits_of_q(q: float, status: str) -> None:
    # Equal p of both families combine to themselves: q = 21·p.
    p = q / (QUIET + 1)
    found = town(row(OWN, "boundary_lifting", p), row(OWN, "item_patterns", p))
    assert verdict(found)["q_value"] == pytest.approx(q)
    assert verdict(found)["status"] == status


def test_q_on_the_limit_is_not_below_it() -> None:
    # One school: q = p, and both families have p < .05 only below the limit of red.
    found = town(row(OWN, "boundary_lifting", 0.05), row(OWN, "item_patterns", 0.05), quiet=0)
    assert verdict(found)["q_value"] == pytest.approx(0.05)
    assert verdict(found)["status"] == "none"
    below = town(row(OWN, "boundary_lifting", 0.0499), row(OWN, "item_patterns", 0.0499), quiet=0)
    assert verdict(below)["status"] == "red"


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"estimate": 0.0999}, "amber"),
        ({"estimate": 0.10}, "red"),
        ({"estimate": 0.11}, "red"),
        ({"pupils": 4.99}, "amber"),
        ({"pupils": 5.0}, "red"),
        ({"pupils": 5.01}, "red"),
    ],
)
def test_red_needs_an_effect_that_matters(facts: dict, status: str) -> None:
    # A drop cannot make red, so boundary lifting alone has the gate to pass.
    found = town(row(OWN, "boundary_lifting", 1e-6, **facts), row(OWN, "cohort_drop", 1e-6))
    assert verdict(found)["status"] == status
    assert of(found, "boundary_lifting")["status"] == ("amber" if status == "red" else "none")


@pytest.mark.parametrize(("second", "status"), [(0.0499, "red"), (0.0501, "amber")])
def test_red_needs_two_families(second: float, status: str) -> None:
    found = town(row(OWN, "boundary_lifting", 1e-7), row(OWN, "cohort_drop", second))
    assert verdict(found)["status"] == status


def test_two_detectors_of_one_family_are_one_family() -> None:
    found = town(row(OWN, "boundary_lifting", 1e-7), row(OWN, "heaping", 1e-7))
    assert verdict(found)["status"] == "amber"


def test_small_q_without_any_family_is_nothing() -> None:
    # Both p at .06: one school, q = .06 < .20, but nobody has p < .05.
    found = town(row(OWN, "boundary_lifting", 0.06), row(OWN, "item_patterns", 0.06), quiet=0)
    assert verdict(found)["q_value"] == pytest.approx(0.06)
    assert verdict(found)["status"] == "none"


def test_the_journal_never_makes_red() -> None:
    found = town(row(OWN, "journal_mismatch", 1e-9, z=6.0), row(OWN, "cohort_drop", 1e-9))
    assert verdict(found)["status"] == "amber"
    lone = town(row(OWN, "journal_mismatch", 1e-9, z=6.0))
    assert verdict(lone)["status"] == "amber"


def test_a_journal_above_the_marks_is_no_risk_of_the_school() -> None:
    found = town(row(OWN, "journal_mismatch", 1e-9, z=-6.0, estimate=-0.4))
    assert verdict(found)["status"] == "none"
    shown = of(found, "journal_mismatch")
    assert shown["status"] == "amber"
    assert "признак относится к журналу" in shown["reason"]
    assert "школу этот признак не отмечает" in shown["reason"]


def test_a_level_alone_never_decides() -> None:
    found = town(row(OWN, "implausible_mean", 1e-12, unit=LEVEL), quiet=0)
    assert verdict(found)["p_value"] == pytest.approx(0.05)  # held back at its floor
    assert verdict(found)["status"] == "none"
    assert of(found, "implausible_mean")["status"] == "none"
    assert "сам по себе не признак" in of(found, "implausible_mean")["reason"]
    # Nor is it the second family of a red.
    lifted = row(OWN, "boundary_lifting", 1e-9)
    beside = town(lifted, row(OWN, "implausible_mean", 1e-12, unit=LEVEL))
    assert verdict(beside)["status"] == "amber"
    added = town(lifted, row(OWN, "implausible_mean", 1e-12, unit="ст. откл. сверх ожидаемого"))
    assert verdict(added)["status"] == "red"


def test_equal_rows_alone_mark_nobody_and_say_so() -> None:
    found = town(row(OWN, "identical_rows", 1e-9), row(OWN, "boundary_lifting", 0.4))
    own = verdict(found)
    assert own["q_value"] < 1e-6
    assert own["status"] == "none"
    assert own["reason"].startswith(
        "один этот признак школу не отмечает: одинаковые наборы баллов — 9,00 (участников), "
        "участников: 9; других признаков не найдено; подъём"
    )
    shown = of(found, "identical_rows")
    assert (shown["status"], shown["estimate"], shown["pupils"]) == ("amber", 9.0, 9.0)
    assert shown["reason"].endswith(
        "; школу этот признак не отмечает: один он не решает, признаков другого рода нет"
    )


@pytest.mark.parametrize(("other", "status"), [(0.0499, "red"), (0.05, "none"), (0.0501, "none")])
def test_equal_rows_count_beside_another_family(other: float, status: str) -> None:
    found = town(row(OWN, "identical_rows", 1e-9), row(OWN, "boundary_lifting", other))
    assert verdict(found)["status"] == status


@pytest.mark.parametrize("pupils", [3.99, 4.0, 40.0])
def test_equal_rows_never_open_the_gate_of_red(pupils: float) -> None:
    rows = row(OWN, "identical_rows", 1e-9, pupils=pupils, estimate=pupils)
    assert verdict(town(rows, row(OWN, "cohort_drop", 0.01)))["status"] == "amber"
    assert verdict(town(rows, row(OWN, "boundary_lifting", 0.01, estimate=0.2)))["status"] == "red"


def test_a_sign_of_the_same_family_supports_only_if_it_decides_by_itself() -> None:
    copied = row(OWN, "identical_rows", 1e-9)
    # Without the copies p = .01 of 21 schools, q = .21: no; p = .009, q = .189: yes.
    assert verdict(town(copied, row(OWN, "item_patterns", 0.01)))["status"] == "none"
    assert verdict(town(copied, row(OWN, "item_patterns", 0.009)))["status"] == "amber"


def test_equal_rows_do_not_silence_the_others() -> None:
    lifted = row(OWN, "boundary_lifting", 1e-6)
    assert verdict(town(lifted, row(OWN, "identical_rows", 0.5)))["status"] == "amber"
    assert verdict(town(lifted))["status"] == "amber"


def test_which_detectors_do_not_decide_alone_is_data() -> None:
    assert CARDS.loc[CARDS["alone"] == "no", "detector"].tolist() == ["identical_rows"]
    assert set(CARDS["alone"]) == {"yes", "no"}
    trusted = CARDS.assign(alone="yes")
    rows = [
        row(OWN, "identical_rows", 1e-9),
        *(row(f"{i:03d}", "identical_rows", 0.6) for i in range(1, 21)),
    ]
    assert verdict(findings([evidence(*rows)], trusted))["status"] == "amber"


def test_a_detector_marked_under_a_quiet_verdict_is_explained() -> None:
    # q = 21·.002 = .042 in the detector. With p = .6 of weight 3 + 2 + 2 beside its 1:
    # T = (tan(.498π) + 7·tan(−.1π))/8 = (159.15 − 2.27)/8 = 19.61, p = .0162, q = .34.
    quiet = [row(OWN, d, 0.6) for d in ("boundary_lifting", "item_patterns", "cohort_drop")]
    found = town(row(OWN, "low_variance", 0.002, z=2.9), *quiet)
    assert verdict(found)["p_value"] == pytest.approx(0.01622, abs=1e-5)
    assert verdict(found)["status"] == "none"
    assert of(found, "low_variance")["q_value"] == pytest.approx(0.042)
    assert of(found, "low_variance")["status"] == "amber"
    assert "по всем проверкам вместе она не выделяется" in of(found, "low_variance")["reason"]
    assert verdict(found)["reason"].startswith("один этот признак школу не отмечает: слишком малый")


def test_every_marked_row_of_an_unmarked_school_has_a_text() -> None:
    found = town(
        row(OWN, "identical_rows", 1e-9),
        row(OWN, "journal_mismatch", 1e-9, z=-6.0, estimate=-0.4),
        row(OWN, "boundary_lifting", 0.4),
    )
    assert verdict(found)["status"] == "none"
    assert verdict(found)["reason"].startswith("эти признаки вместе школу не отмечают: одинаковые")
    marked = found[(found["status"] == "amber")]
    assert len(marked) == 2
    assert marked["reason"].str.contains("школу этот признак не отмечает").all()


@pytest.mark.parametrize(
    ("mde", "status"), [(0.49, "none"), (0.5, "none"), (0.51, "not_enough_data")]
)
def test_a_school_that_could_hide_much_was_not_tested(mde: float, status: str) -> None:
    found = town(row(OWN, "boundary_lifting", 0.5, mde=mde))
    assert verdict(found)["status"] == status


def test_without_works_near_the_boundaries_there_is_no_verdict() -> None:
    few = untested(OWN, "boundary_lifting", "not_enough_data", "меньше 60 работ")
    found = town(few, row(OWN, "item_patterns", 0.5))
    assert verdict(found)["status"] == "not_enough_data"
    assert "Не проверено: подъём до границы отметки (меньше 60 работ)" in verdict(found)["reason"]
    # But a sign that was seen is told.
    seen = town(few, row(OWN, "item_patterns", 1e-6))
    assert verdict(seen)["status"] == "amber"


def test_nothing_tested_is_not_enough_data() -> None:
    rows = [
        untested(OWN, "boundary_lifting", "not_applicable", "нет шкалы"),
        untested(OWN, "item_patterns", "not_enough_data", "меньше 15 работ"),
    ]
    found = findings([evidence(*rows)], CARDS)
    own = verdict(found)
    assert own["status"] == "not_enough_data"
    assert pd.isna(own["p_value"]) and pd.isna(own["q_value"])
    assert own["reason"].startswith("данных мало, чтобы судить о школе. Не проверено: ")
    assert of(found, "boundary_lifting")["reason"] == "нет шкалы"


def test_years_are_judged_apart() -> None:
    old = [row(f"{i:03d}", "boundary_lifting", 0.01, year=2023) for i in range(2)]
    found = findings([evidence(*old, row(OWN, "boundary_lifting", 0.01))], CARDS)
    heads = found[found["detector"] == schema.VERDICT].set_index(["year", "school_id"])["q_value"]
    assert heads.to_dict() == pytest.approx(
        {(2023, "000"): 0.01, (2023, "001"): 0.01, (2024, "000"): 0.01}
    )


def test_years_summed_by_another_detector_are_not_works() -> None:
    found = town(row(OWN, "boundary_lifting", 0.5, n=80), row(OWN, "cusum", 0.5, n=3000))
    assert verdict(found)["n"] == 80
    assert verdict(found)["p_value"] == pytest.approx(0.5)  # nor do the same data count twice


def test_scopes_are_adjusted_inside_flagged_schools() -> None:
    # Benjamini and Bogomolov: R = 2 of K = 4 schools are flagged, so BH inside a school times 4/2.
    # School 000: BH of (.001, .03) = (.002, .03) → (.004, .06). An unmarked school has none.
    whole = [row(f"{i:03d}", "boundary_lifting", p) for i, p in enumerate((1e-6, 1e-5, 0.5, 0.6))]
    scopes = [
        row(OWN, "boundary_lifting", 0.001, scope="4/Математика"),
        row(OWN, "boundary_lifting", 0.03, scope="5/Математика"),
        row("002", "boundary_lifting", 0.0001, scope="4/Математика"),
    ]
    found = findings([evidence(*whole, *scopes)], CARDS)
    first = of(found, "boundary_lifting", scope="4/Математика")
    second = of(found, "boundary_lifting", scope="5/Математика")
    assert (first["q_value"], second["q_value"]) == pytest.approx((0.004, 0.06))
    assert (first["status"], second["status"]) == ("amber", "none")
    other = of(found, "boundary_lifting", "002", "4/Математика")
    assert pd.isna(other["q_value"])
    assert other["status"] == "none"


def test_scopes_of_a_school_that_equal_rows_alone_would_mark_stay_quiet() -> None:
    scope = row(OWN, "identical_rows", 1e-9, scope="4/Математика")
    found = town(row(OWN, "identical_rows", 1e-9), scope, row(OWN, "boundary_lifting", 0.4))
    assert pd.isna(of(found, "identical_rows", scope="4/Математика")["q_value"])


def test_a_scope_has_no_gate_in_pupils() -> None:
    scope = row(OWN, "boundary_lifting", 1e-6, scope="4/Математика", pupils=2.0)
    found = town(row(OWN, "boundary_lifting", 1e-6), scope)
    assert of(found, "boundary_lifting", scope="4/Математика")["status"] == "amber"


@pytest.mark.parametrize(("schools", "smaller"), [(999, False), (1000, True)])
def test_storey_from_a_thousand_schools(schools: int, smaller: bool) -> None:
    # Half of the schools at p = 1e-4, half even over 0…1: about half the nulls are true.
    even = (np.arange(schools - schools // 2) + 0.5) / (schools - schools // 2)
    p = np.concatenate([np.full(schools // 2, 1e-4), np.clip(even, 0.0006, 0.999)])
    rows = [row(f"{i:04d}", "boundary_lifting", x) for i, x in enumerate(p)]
    found = findings([evidence(*rows)], CARDS)
    heads = found[found["detector"] == schema.VERDICT].sort_values("school_id")
    plain = 1e-4 * schools / (schools // 2)
    assert heads["q_value"].iloc[0] == pytest.approx(plain / 2 if smaller else plain, rel=0.05)


def test_no_evidence_no_findings() -> None:
    assert findings([schema.empty("evidence")], CARDS).empty


def test_the_order_of_evidence_changes_nothing() -> None:
    rows = [row(OWN, "boundary_lifting", 1e-5), row(OWN, "identical_rows", 1e-4)]
    others = [row(f"{i:03d}", d, 0.05 * i) for i in range(1, 15) for d in USUAL]
    frame = evidence(*rows, *others)
    first = findings([frame], CARDS)
    second = findings([frame.iloc[::-1], schema.empty("evidence")], CARDS.iloc[::-1])
    pd.testing.assert_frame_equal(first, second)
