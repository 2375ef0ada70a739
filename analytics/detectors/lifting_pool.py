"""Scores of lifting gathered over tests, put in one frame, weighed and pooled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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
OTHER_SCALE = "отметки в файле расходятся с официальной шкалой больше чем в 5\u00a0% работ"
_REASONS = [*REASONS, NO_SCALE, NO_ROOM, NO_SCORES, NOBODY_NEAR, OTHER_SCALE]
_AT = {words: place for place, words in enumerate(_REASONS)}
NOBODY = np.zeros((0, 2))
_Z_95 = 1.959963984540054
_DETECTABLE = 3 + 0.8416212335729143  # z = 3 with power 80 %


def school_tests(
    levelled: list[tuple[Reference, Tilted]],
    tests: pd.DataFrame,
    reach: int,
    boundaries: tuple[str, ...] = ("",),
) -> dict[str, pd.DataFrame]:
    """By boundary (min3, min4, min5, or "" for all together): one row per test × school.

    test_id, year, grade, subject, scope ("grade/subject"), school_id, `lifting_scores` at the
    boundary, reference (its label), usable, and the reason where it is not usable.
    """
    if not levelled:
        return dict.fromkeys(boundaries, pd.DataFrame(columns=[*SCHOOL, "reference"]))
    facts = tests.set_index("test_id").loc[[r.test_id for r, _ in levelled]]
    scales = facts[[*BOUNDARIES, "max_score"]].to_numpy(dtype=np.float64, na_value=np.nan)
    facts = facts.assign(
        scope=(facts["grade"].astype("str") + "/" + facts["subject"]).astype("category"),
        grade=facts["grade"].astype("category"),
        subject=facts["subject"].astype("category"),
        reference=pd.Categorical([r.label for r, _ in levelled], categories=LABELS),
    )[["year", "grade", "subject", "scope", "reference"]].reset_index()
    first, *others = (r.school_id for r, _ in levelled)
    place = np.repeat(np.arange(len(levelled)), [len(r.school_id) for r, _ in levelled])
    keys = facts.astype({"test_id": "category"}).iloc[place].reset_index(drop=True)
    keys["school_id"] = pd.Categorical(first.append(others))
    found = {}
    for boundary in boundaries:
        parts = [
            _of_test(reference, tilted, scale, reach, boundary)
            for (reference, tilted), scale in zip(levelled, scales, strict=True)
        ]
        columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        reason = columns.pop("reason")
        found[boundary] = keys.assign(
            **columns,
            usable=reason == 0,
            reason=pd.Categorical.from_codes(reason, _REASONS),
        )
    return found


def _of_test(
    reference: Reference, tilted: Tilted, scale: Array, reach: int, boundary: str
) -> dict[str, NDArray]:
    """Columns of the schools of one test; scale: three minima and the maximum, NaN if unknown."""
    known = not np.isnan(scale).any()
    minima = tuple(scale[:-1].astype(np.int64).tolist()) if known else ()
    edges = usable_boundaries(minima, len(reference.whole) - 1, reach)
    if boundary:
        edges = tuple((b, r) for b, r in edges if b == scale[BOUNDARIES.index(boundary)])
    found = lifting_scores(reference, tilted, edges)
    reason = np.select(
        [not known, not edges, found["n"] == 0, reference.reason > 0, np.isnan(found["c"])],
        [_AT[NO_SCALE], _AT[NO_ROOM], _AT[NO_SCORES], reference.reason, _AT[NOBODY_NEAR]],
        default=0,
    )
    return found | {"reason": reason}


def refused(groups: pd.DataFrame, contradicted: pd.MultiIndex) -> pd.DataFrame:
    """Rows of `school_tests` with those unusable whose marks contradict the official scale."""
    other = pd.MultiIndex.from_frame(groups[["test_id", "school_id"]]).isin(contradicted)
    other &= groups["usable"]
    return groups.assign(
        usable=groups["usable"] & ~other, reason=groups["reason"].mask(other, OTHER_SCALE)
    )


def weighed(groups: pd.DataFrame, usual: Spread) -> tuple[pd.DataFrame, dict[int, float]]:
    """Usable rows, c centred, with the weight w = 1/(1/precision + σ²); and σ of each year."""
    used = groups[groups["usable"]]
    sigma = {
        year: within_spread(
            rows["c"].to_numpy(),
            rows["precision"].to_numpy(),
            pd.factorize(rows["school_id"])[0],
            usual,
        )
        for year, rows in used.groupby("year", observed=True)
    }
    square = used["year"].map(sigma).to_numpy(dtype=np.float64) ** 2
    used = used.assign(w=1 / (1 / used["precision"] + square))
    c = used["c"]
    sums = pooled(used, [*SCHOOL, "reference"])["c"]
    for (year, label), of_schools in sums.groupby(level=["year", "reference"]):
        if label in INTERNAL or (label == CLEAN and len(of_schools) >= MIN_SCHOOLS):
            same = (used["year"] == year) & (used["reference"] == label)
            c = c.where(~same, c - of_schools.median())
    return used.assign(c=c), sigma


def schools_of(
    used: pd.DataFrame, sigma: dict[int, float], usual: Spread
) -> tuple[pd.DataFrame, dict[int, Spread]]:
    """Judged sums of the schools, and the spread that those of each year were judged by."""
    sums = pooled(used, SCHOOL)
    tested = sums.loc[sums["n"] >= MIN_WORKS, ["c", "variance"]]
    of_year = {year: rows.to_numpy() for year, rows in tested.groupby(level="year")}
    spreads = {
        year: spread_of_schools(sigma[year], *of_year.get(year, NOBODY).T, usual) for year in sigma
    }
    return judged(sums, spreads), spreads


def pooled(used: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Weighted over tests, indexed by `keys`: n, near, c, variance (1/Σw), third moment of c."""
    groups = Groups.of(used, keys)
    w, c, third = (used[name].to_numpy() for name in ("w", "c", "third"))
    total = groups.sums(w)
    return pd.DataFrame(
        {
            "n": groups.sums(used["n"].to_numpy()).astype(np.int64),
            "near": groups.sums(used["near"].to_numpy()),
            "c": groups.sums(w * c) / total,
            "variance": 1 / total,
            "third": groups.sums(w**3 * third) / total**3,
        },
        index=groups.index,
    )


@dataclass(frozen=True)
class Groups:
    """Rows grouped by a few keys with few values each: sums without sorting a million rows.

    cell: (rows,) the place of each row among all combinations; held: the combinations that occur,
    in the order of `index`.
    """

    cell: NDArray[np.int64]
    held: NDArray[np.int64]
    size: int
    index: pd.MultiIndex

    @classmethod
    def of(cls, rows: pd.DataFrame, keys: list[str]) -> Groups:
        """Groups of `rows` by category columns or numbers."""
        parts = [pd.Categorical(rows[key]) for key in keys]
        shape = tuple(max(len(part.categories), 1) for part in parts)
        cell = np.ravel_multi_index([part.codes for part in parts], shape)
        held = np.flatnonzero(np.bincount(cell, minlength=int(np.prod(shape))))
        levels = [part.categories for part in parts]
        codes = np.unravel_index(held, shape)
        index = pd.MultiIndex(levels=levels, codes=codes, names=keys)
        return cls(cell, held, int(np.prod(shape)), index)

    def sums(self, values: NDArray) -> Array:
        """Sum of `values` in each group of `index`."""
        return np.bincount(self.cell, values, self.size)[self.held]

    def first(self, order: NDArray[np.int64]) -> NDArray[np.int64]:
        """The row of each group that comes first in `order`, a permutation of the rows."""
        found = np.zeros(self.size, dtype=np.int64)
        found[self.cell[order[::-1]]] = order[::-1]
        return found[self.held]


def judged(sums: pd.DataFrame, spreads: dict[int, Spread]) -> pd.DataFrame:
    """Adds z (skewness taken out), p_value, interval and mde; null below 60 works.

    Var c = 1/Σw + τ²; mde is the c found with power 80 % at z = 3.
    """
    from scipy.special import ndtr, stdtr

    years, code = sums.index.levels[0], sums.index.codes[0]
    between = np.array([spreads[y].between for y in years], dtype=np.float64)[code]
    freedom = np.array([spreads[y].freedom for y in years], dtype=np.float64)[code]
    enough = sums["n"] >= MIN_WORKS
    error = np.sqrt((sums["variance"] + between**2).where(enough))
    z = unskewed((sums["c"] / error).to_numpy(), (sums["third"] / error**3).to_numpy())
    known = np.isfinite(freedom)
    return sums.assign(
        c=sums["c"].where(enough),
        ci_low=sums["c"] - _Z_95 * error,
        ci_high=sums["c"] + _Z_95 * error,
        z=z,
        p_value=np.where(known, stdtr(np.where(known, freedom, 1.0), -z), ndtr(-z)),
        mde=_DETECTABLE * error,
    )


def unskewed(z: Array, gamma: Array) -> Array:
    """z of a sum with skewness γ made normal: 6/γ·((1 + γz/2)^⅓ − 1) + γ/6.

    Wilson and Hilferty 1931. To the first order in γ it is z − γ(z² − 1)/6, and unlike it a
    larger z never becomes a smaller one.
    """
    gamma = np.where(np.abs(gamma) < 1e-6, 1e-6, gamma)
    return 6 / gamma * (np.cbrt(np.maximum(1 + gamma * z / 2, 0.0)) - 1) + gamma / 6
