"""Scores of lifting gathered over tests, put in one frame, weighed and pooled."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.detectors.heterogeneity import (
    MIN_SCHOOLS,
    Spread,
    spread_of_schools,
    within_spread,
)
from analytics.detectors.near_miss import MIN_WORKS, lifting_scores, usable_boundaries
from analytics.detectors.reference import (
    CLEAN,
    INTERNAL,
    LABELS,
    REASONS,
    Array,
    Reference,
)
from analytics.detectors.tilt import Tilted
from analytics.scales import BOUNDARIES

SCHOOL = ["year", "school_id"]
NO_SCALE = "нет официальной шкалы отметок"
NO_ROOM = "границы отметок слишком близки друг к другу или противоречат максимальному баллу"
NO_SCORES = "нет баллов в пределах шкалы"
NOBODY_NEAR = "при уровне школы у границ отметок никого не ожидается"
_REASONS = [*REASONS, NO_SCALE, NO_ROOM, NO_SCORES, NOBODY_NEAR]
_AT = {words: place for place, words in enumerate(_REASONS)}
_Z_95 = 1.959963984540054
_DETECTABLE = 3 + 0.8416212335729143  # z = 3 with power 80 %


def school_tests(
    levelled: list[tuple[Reference, Tilted]], tests: pd.DataFrame, reach: int, boundary: str = ""
) -> pd.DataFrame:
    """One row per test × school: test_id, year, grade, subject, scope ("grade/subject").

    And `lifting_scores` at one boundary (min3, min4, min5) or at all (""), reference (its label),
    usable, and the reason where it is not usable.
    """
    scales = tests.set_index("test_id")[[*BOUNDARIES, "max_score"]]
    parts = []
    for place, (reference, tilted) in enumerate(levelled):
        scale = scales.loc[reference.test_id]
        known = scale.notna().all()
        minima = tuple(int(scale[b]) for b in BOUNDARIES) if known else ()
        edges = usable_boundaries(minima, len(reference.whole) - 1, reach)
        if boundary:
            edges = tuple((b, r) for b, r in edges if b == scale[boundary])
        rows = lifting_scores(reference, tilted, edges)
        reason = np.select(
            [not known, not edges, rows["n"] == 0, reference.reason > 0, rows["c"].isna()],
            [_AT[NO_SCALE], _AT[NO_ROOM], _AT[NO_SCORES], reference.reason, _AT[NOBODY_NEAR]],
            default=0,
        )
        parts.append(rows.assign(place=place, reason=reason))
    if not parts:
        return pd.DataFrame(columns=[*SCHOOL, "reference"])
    facts = tests.set_index("test_id").loc[[r.test_id for r, _ in levelled]]
    facts = facts.assign(
        scope=(facts["grade"].astype("str") + "/" + facts["subject"]).astype("category"),
        reference=pd.Categorical([r.label for r, _ in levelled], categories=LABELS),
    )[["year", "grade", "subject", "scope", "reference"]].reset_index()
    groups = pd.concat(parts, ignore_index=True)
    return pd.concat(
        [groups.drop(columns="place"), facts.iloc[groups["place"]].reset_index(drop=True)], axis=1
    ).assign(
        school_id=groups["school_id"].astype("category"),
        usable=groups["reason"] == 0,
        reason=pd.Categorical.from_codes(groups["reason"], _REASONS),
    )


def weighed(groups: pd.DataFrame, usual: Spread) -> tuple[pd.DataFrame, float]:
    """Usable rows of one year, c centred, with the weight w = 1/(1/precision + σ²); and σ."""
    used = groups[groups["usable"]]
    school = pd.factorize(used["school_id"])[0]
    sigma = within_spread(used["c"].to_numpy(), used["precision"].to_numpy(), school, usual)
    used = used.assign(w=1 / (1 / used["precision"] + sigma**2))
    for label in used["reference"].unique():
        rows = used["reference"] == label
        c = pooled(used[rows], SCHOOL)["c"]
        if label in INTERNAL or (label == CLEAN and len(c) >= MIN_SCHOOLS):
            used["c"] = used["c"].where(~rows, used["c"] - c.median())
    return used, sigma


def schools_of(used: pd.DataFrame, sigma: float, usual: Spread) -> tuple[pd.DataFrame, Spread]:
    """Judged sums of the schools of one year, and the spread they were judged by."""
    sums = pooled(used, SCHOOL)
    tested = sums[sums["n"] >= MIN_WORKS]
    spread = spread_of_schools(sigma, tested["c"].to_numpy(), tested["variance"].to_numpy(), usual)
    return judged(sums, spread), spread


def pooled(used: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Weighted over tests, indexed by `keys`: n, near, c, variance (1/Σw), third moment of c."""
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


def judged(sums: pd.DataFrame, spread: Spread) -> pd.DataFrame:
    """Adds z (skewness taken out), p_value, interval and mde; null below 60 works.

    Var c = 1/Σw + τ²; mde is the c found with power 80 % at z = 3.
    """
    from scipy.special import ndtr, stdtr

    enough = sums["n"] >= MIN_WORKS
    error = np.sqrt((sums["variance"] + spread.between**2).where(enough))
    z = unskewed((sums["c"] / error).to_numpy(), (sums["third"] / error**3).to_numpy())
    return sums.assign(
        c=sums["c"].where(enough),
        ci_low=sums["c"] - _Z_95 * error,
        ci_high=sums["c"] + _Z_95 * error,
        z=z,
        p_value=ndtr(-z) if np.isinf(spread.freedom) else stdtr(spread.freedom, -z),
        mde=_DETECTABLE * error,
    )


def unskewed(z: Array, gamma: Array) -> Array:
    """z of a sum with skewness γ made normal: 6/γ·((1 + γz/2)^⅓ − 1) + γ/6.

    Wilson and Hilferty 1931. To the first order in γ it is z − γ(z² − 1)/6, and unlike it a
    larger z never becomes a smaller one.
    """
    gamma = np.where(np.abs(gamma) < 1e-6, 1e-6, gamma)
    return 6 / gamma * (np.cbrt(np.maximum(1 + gamma * z / 2, 0.0)) - 1) + gamma / 6
