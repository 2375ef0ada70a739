"""D1, boundary lifting: the share of near-miss pupils whose score was raised to a mark boundary.

Per year × school and per year × school × grade/subject: the efficient scores of the school's tests
(`near_miss`) pooled with weights 1/(1/I + σ²), against the honest spread of schools (`heterogeneity`).

Centre. Against the row of the region, the country or a clean sample the expectation is 0: a whole
town that lifts must not become its own norm. Against other schools loaded it is the median school,
for the schools that lift are in that reference and push everyone else below 0. A clean sample has
no ordinary rounding in it: with 20 schools and more the median school is the centre there too.

What innocent things trigger it: soft rounding by a lenient but honest checker (below 0.08 it is
worded so); essay criteria, where a checker sees the boundary while marking; one checker for all
classes of a grade; re-checking of works just below the boundary by a commission; a boundary that
the school applied from another year's scale; a regional rescaling of marks; a reference in which
boundaries are lowered by strict re-checking. A tested school without a sign is not a proven clean
one: `mde` says what could have been seen.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics import schema
from analytics.detectors.near_miss import MIN_WORKS, lifting_scores, usable_boundaries
from analytics.detectors.reference import (
    CLEAN,
    INTERNAL,
    Array,
    Reference,
    references_of_tests,
)
from analytics.detectors.heterogeneity import MIN_SCHOOLS, Spread, spread_of_schools, within_spread
from analytics.scales import BOUNDARIES

REACH = 2  # points below a boundary; a pupil lifted has had a bad day, not a bad year
SOFT_ROUNDING = 0.08  # c below it is lenient rounding: honest schools with twice the norm give .054
UNIT = "доля поднятых из не добравших"
NO_SCALE = "нет официальной шкалы отметок"
NO_ROOM = "границы отметок слишком близки друг к другу или противоречат максимальному баллу"
NOBODY_NEAR = "при уровне школы у границ отметок никого не ожидается"
FEW_WORKS = f"меньше {MIN_WORKS} работ"

_SCHOOL = ["year", "school_id"]
_Z_95 = 1.959963984540054
_DETECTABLE = 3 + 0.8416212335729143  # z = 3 with power 80 %


def boundary_lifting(
    score_counts: pd.DataFrame,
    tests: pd.DataFrame,
    schools: pd.DataFrame,
    clean: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Table `evidence`: one row per year × school and per year × school × grade/subject.

    estimate: c, excess share of pupils 1–2 points below a boundary who were moved to it, with the
    interval c ± 1,96·√(1/Σw + τ²). pupils: c times the pupils expected there. p_value of a scope
    is that of z; of a school min(1, 2·min(p of the sum, Simes over its scopes, grades and
    subjects)), so that one class, subject or grade is found. clean: observed works in the columns
    of `score_counts`.
    """
    references = references_of_tests(score_counts, tests, schools, clean)
    groups = school_tests(references, tests, REACH)
    parts = [_year_evidence(rows) for _, rows in groups.groupby("year", observed=True)]
    return schema.conform(pd.concat(parts), "evidence") if parts else schema.empty("evidence")


def sensitivity(
    score_counts: pd.DataFrame,
    tests: pd.DataFrame,
    schools: pd.DataFrame,
    clean: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The school's c for reaches of 1, 2 and 3 points: year, school_id, r1, r2, r3.

    Boundaries too near for a reach keep the room they have. A share that falls with the reach
    says that only the nearest misses were lifted. Null where the school has under 60 works.
    """
    references = references_of_tests(score_counts, tests, schools, clean)
    found = {}
    for reach in (1, 2, 3):
        groups = school_tests(references, tests, reach)
        parts = [_pooled(weighed(g), _SCHOOL) for _, g in groups.groupby("year", observed=True)]
        pooled = pd.concat(parts) if parts else _pooled(groups.assign(w=1.0), _SCHOOL)
        found[f"r{reach}"] = pooled["c"].where(pooled["n"] >= MIN_WORKS)
    return pd.DataFrame(found).reset_index().sort_values(_SCHOOL, ignore_index=True)


def school_tests(references: list[Reference], tests: pd.DataFrame, reach: int) -> pd.DataFrame:
    """One row per test × school: year, grade, subject, scope, reference, reason, usable and the
    columns of `lifting_scores`; reason is "" where the test is usable.
    """
    facts = tests.set_index("test_id")
    parts = [facts.iloc[:0][["year", "grade", "subject"]]]
    for reference in references:
        test = facts.loc[reference.test_id]
        scale = test[[*BOUNDARIES, "max_score"]]
        minima = () if scale.isna().any() else tuple(int(test[b]) for b in BOUNDARIES)
        edges = usable_boundaries(minima, len(reference.whole) - 1, reach)
        rows = lifting_scores(reference, edges)
        reason = np.select(
            [scale.isna().any(), not edges, reference.reason != "", rows["c"].isna()],
            [NO_SCALE, NO_ROOM, reference.reason, NOBODY_NEAR],
            "",
        )
        parts.append(
            rows.assign(
                test_id=reference.test_id,
                year=test["year"],
                grade=test["grade"],
                subject=test["subject"],
                reference=reference.label,
                reason=reason,
            )
        )
    groups = pd.concat(parts, ignore_index=True)
    if len(parts) == 1:
        return groups
    scope = groups["grade"].astype("str") + "/" + groups["subject"].astype("str")
    return groups.assign(scope=scope, usable=groups["reason"] == "")


def weighed(groups: pd.DataFrame) -> pd.DataFrame:
    """Usable rows of one year with weight w = 1/(1/precision + σ²), c centred, and σ."""
    used = groups[groups["usable"]]
    school = pd.factorize(used["school_id"])[0]
    sigma = within_spread(used["c"].to_numpy(), used["precision"].to_numpy(), school)
    used = used.assign(w=1 / (1 / used["precision"] + sigma**2), sigma=sigma)
    for label in used["reference"].unique():
        rows = used["reference"] == label
        pooled = _pooled(used[rows], _SCHOOL)["c"]
        if label in INTERNAL or (label == CLEAN and len(pooled) >= MIN_SCHOOLS):
            used["c"] = used["c"].where(~rows, used["c"] - pooled.median())
    return used


def _pooled(used: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Sums over tests, indexed by `keys`: n, near, c, variance (1/Σw) and third moment of c."""
    w = used["w"]
    sums = (
        used[[*keys, "n", "near", "w"]]
        .assign(wc=w * used["c"], third=w**3 * used["third"])
        .groupby(keys, observed=True)
        .sum()
    )
    return sums.assign(
        c=sums["wc"] / sums["w"], variance=1 / sums["w"], third=sums["third"] / sums["w"] ** 3
    ).drop(columns=["w", "wc"])


def _year_evidence(groups: pd.DataFrame) -> pd.DataFrame:
    """Evidence of one year: the schools, and each school's scopes."""
    used = weighed(groups)
    pooled = _pooled(used, _SCHOOL)
    enough = pooled[pooled["n"] >= MIN_WORKS]
    sigma = float(used["sigma"].iloc[0]) if len(used) else 0.0
    spread = spread_of_schools(sigma, enough["c"].to_numpy(), enough["variance"].to_numpy())
    whole = _judged(pooled, spread)
    scopes = _judged(_pooled(used, [*_SCHOOL, "scope"]), spread)
    scan = pd.concat(
        [scopes, *(_judged(_pooled(used, [*_SCHOOL, by]), spread) for by in ("grade", "subject"))]
    )
    simes = _simes(scan["p_value"].dropna()).reindex(whole.index)
    least = np.fmin(whole["p_value"], simes)
    whole["p_value"] = np.minimum(1.0, 2 * least).where(whole["p_value"].notna())
    return pd.concat(
        [_rows(groups.assign(scope=""), whole.assign(scope="").set_index("scope", append=True)),
         _rows(groups, scopes)],
    )  # fmt: skip


def _judged(pooled: pd.DataFrame, spread: Spread) -> pd.DataFrame:
    """Adds z, p_value, interval and mde; null below 60 works."""
    from scipy.special import ndtr, stdtr

    enough = pooled["n"] >= MIN_WORKS
    variance = (pooled["variance"] + spread.between**2).where(enough)
    error = np.sqrt(variance)
    z = unskewed((pooled["c"] / error).to_numpy(), (pooled["third"] / error**3).to_numpy())
    p = ndtr(-z) if np.isinf(spread.freedom) else stdtr(spread.freedom, -z)
    return pooled.assign(
        c=pooled["c"].where(enough),
        ci_low=pooled["c"] - _Z_95 * error,
        ci_high=pooled["c"] + _Z_95 * error,
        z=z,
        p_value=pd.Series(p, index=pooled.index).where(enough),
        mde=_DETECTABLE * error,
    )


def unskewed(z: Array, gamma: Array) -> Array:
    """z of a sum with skewness γ made normal: 6/γ·((1 + γz/2)^⅓ − 1) + γ/6.

    Wilson and Hilferty 1931. To the first order in γ it is z − γ(z² − 1)/6, and unlike it a
    larger z never becomes a smaller one.
    """
    gamma = np.where(np.abs(gamma) < 1e-6, 1e-6, gamma)
    return 6 / gamma * (np.cbrt(np.maximum(1 + gamma * z / 2, 0.0)) - 1) + gamma / 6


def _simes(p: pd.Series) -> pd.Series:
    """Simes' p over the scopes of each year × school: min over ranks of m·p(i)/i."""
    ordered = p.sort_values(kind="stable")
    within = ordered.groupby(level=_SCHOOL, observed=True)
    rank = within.cumcount() + 1
    return (ordered * within.transform("size") / rank).groupby(level=_SCHOOL, observed=True).min()


def _rows(groups: pd.DataFrame, judged: pd.DataFrame) -> pd.DataFrame:
    """Evidence rows of every year × school × scope that has works, tested or not."""
    keys = [*_SCHOOL, "scope"]
    # The reason with most works behind it speaks for a row that no test serves.
    ordered = groups.sort_values(["usable", "n", "test_id"], ascending=[False, False, True])
    heads = ordered.groupby(keys, observed=True).agg(
        works=("n", "sum"), reason=("reason", "first"), usable=("usable", "first")
    )
    rows = heads.join(judged.drop(columns="third"), how="left")
    tested = rows["p_value"].notna()
    few = rows["usable"] & ~tested
    near = rows["near"]
    return (
        rows.assign(
            detector="boundary_lifting",
            n=rows["n"].fillna(rows["works"]),
            estimate=rows["c"],
            unit=UNIT,
            reference=_labels(groups[groups["usable"]], keys),
            pupils=(rows["c"] * near).clip(lower=0),
            pupils_low=(rows["ci_low"] * near).clip(lower=0),
            pupils_high=(rows["ci_high"] * near).clip(lower=0),
            status=np.select([tested, few], ["tested", "not_enough_data"], "not_applicable"),
            reason=rows["reason"].mask(few, FEW_WORKS).where(~tested),
        )
        .drop(columns=["works", "usable", "c", "variance", "near"])
        .reset_index()
    )


def _labels(used: pd.DataFrame, keys: list[str]) -> pd.Series:
    """What the tests of each row were compared with, «; » between several."""
    codes, labels = pd.factorize(used["reference"], sort=True)
    pairs = used[keys].assign(bit=1 << codes).drop_duplicates()
    mask = pairs.groupby(keys, observed=True)["bit"].sum()
    words = {
        m: "; ".join(label for i, label in enumerate(labels) if m >> i & 1) for m in mask.unique()
    }
    return mask.map(words).astype("str")
