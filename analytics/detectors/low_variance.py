"""D8: classes whose scores differ less than in other classes with the same mean.

For a class with mean x and variance s² of the score, l = ln s² − h(x), h a quadratic fitted over
the classes of the test with weights (n − 1)/2, for near the ends of the scale the variance falls
by itself. A school has z = −Σ l·w/√Σ w; honest schools differ in selection, so z is taken from the
median of the schools, over their MAD (never below 1), against Student's law.
Supportive only: the power is .16 where 20 % of pupils copy one paper.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from analytics.detectors.scopes import (
    as_evidence,
    cell_grid,
    cells_of,
    other_schools,
    pooled,
    took_part,
)

MIN_WORKS = 12  # of a class
MIN_CLASSES = 12  # of a test: a quadratic with three coefficients
MIN_SCHOOLS = 5  # for a median and a MAD
CEILING = 0.9  # of the maximum: means above it leave no room for variance
LEAST_VARIANCE = 1 / 12  # of scores rounded to whole points: equal scores have a logarithm
MAD_TO_SD = 1.482602
UNIT = "доля ожидаемого разброса"

FEW_WORKS = f"меньше {MIN_WORKS} работ в каждом классе"
AT_CEILING = "средний балл у верхнего края шкалы"
FEW_CLASSES = f"меньше {MIN_CLASSES} классов для сравнения"
FEW_SCHOOLS = f"меньше {MIN_SCHOOLS} школ для сравнения"


def low_variance(works: pd.DataFrame, tests: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Table `evidence`: estimate 1 − s/ŝ, how much smaller the standard deviation is.

    Works without a class label are one class of their school. n: works in the classes compared.
    """
    classes = _residuals(_classes(works, tests))
    classes["product"] = classes["weight"] * classes["residual"]
    sums = ["weight", "product"]
    rows = pooled(cell_grid(works, cells_of(classes, ["n", *sums])), tests, sums)
    rows = _judged(rows).drop(columns=sums)
    rows["reference"] = other_schools(schools) + " (устойчивая оценка)"
    lacking = (FEW_WORKS, FEW_CLASSES, FEW_SCHOOLS)
    return as_evidence(rows, "low_variance", UNIT, lacking)


def _classes(works: pd.DataFrame, tests: pd.DataFrame) -> pd.DataFrame:
    """n, mean and variance (n − 1) of the score per class, with the reason not to compare it."""
    test, test_ids = pd.factorize(works["test_id"], sort=True)
    school, schools = pd.factorize(works["school_id"], sort=True)
    label, labels = pd.factorize(works["class_label"].fillna(""), sort=True)
    score = works["score"].to_numpy(dtype=np.int64, na_value=-1)
    maximum = tests.set_index("test_id")["max_score"].astype("Float64").reindex(test_ids)
    top = maximum.to_numpy(dtype=np.float64, na_value=np.inf)
    taken = np.flatnonzero(took_part(works) & (score >= 0) & (score <= top[test]))
    score, key = score[taken], (test * len(schools) + school) * len(labels) + label
    keys, place = np.unique(key[taken], return_inverse=True)
    cell, label = np.divmod(keys, max(len(labels), 1))
    test, school = np.divmod(cell, max(len(schools), 1))
    n = np.bincount(place, minlength=len(keys))
    # Sums of whole numbers: exact.
    total, square = (np.bincount(place, x, len(keys)) for x in (score, score**2))
    variance = (n * square - total**2) / np.maximum(n * (n - 1), 1)
    reason = np.select(
        [n < MIN_WORKS, total > CEILING * top[test] * n], [FEW_WORKS, AT_CEILING], default=None
    )
    return pd.DataFrame(
        {
            "test_id": test_ids[test],
            "school_id": schools[school],
            "n": n,
            "mean": total / n,
            "variance": np.maximum(variance, LEAST_VARIANCE),
            "reason": pd.Series(reason, dtype="str"),
        }
    )


def _residuals(classes: pd.DataFrame) -> pd.DataFrame:
    """Adds weight (n − 1)/2 and residual l; a reason where a test has too few classes."""
    usable = classes["reason"].isna()
    size = classes["test_id"].map(classes.loc[usable, "test_id"].value_counts()).fillna(0)
    reason = classes["reason"].mask(usable & (size < MIN_CLASSES), FEW_CLASSES)
    mean, variance, n = classes[["mean", "variance", "n"]].to_numpy(dtype=np.float64).T
    weight, residual = (n - 1) / 2, np.zeros(len(classes))
    compared = np.flatnonzero(reason.isna())
    for place in classes.iloc[compared].groupby("test_id", observed=True).indices.values():
        rows = compared[place]
        x = mean[rows] - mean[rows].mean()
        terms = np.stack([np.ones_like(x), x, x**2], axis=1)
        residual[rows] = _off_curve(terms, np.log(variance[rows]), np.sqrt(weight[rows]))
    return classes.assign(reason=reason, weight=weight, residual=residual)


def _off_curve(
    terms: NDArray[np.float64], values: NDArray[np.float64], roots: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Residuals of weighted least squares; roots: square roots of the weights."""
    terms = terms / np.abs(terms).max(axis=0).clip(1e-12)
    found = np.linalg.lstsq(terms * roots[:, None], values * roots, rcond=None)[0]
    return values - terms @ found


def _judged(rows: pd.DataFrame) -> pd.DataFrame:
    """Figures of evidence: z of whole schools and of scopes, each from its own median and MAD."""
    rows = rows.copy()
    level = rows["year"].astype("str") + np.where(rows["scope"] == "", "", "/")
    tested = rows["reason"].isna()
    root = np.sqrt(rows["weight"].where(tested).astype("float64"))
    raw = -rows["product"] / root
    centre = raw.groupby(level).transform("median")
    away = (raw - centre).abs()
    scale = (MAD_TO_SD * away.groupby(level).transform("median")).clip(lower=1.0)
    schools = rows["school_id"].where(tested).groupby(level).transform("nunique")
    z = (raw - centre) / scale
    freedom = (schools - 1).clip(lower=1).to_numpy(dtype=np.float64)
    width = stdtrit(freedom, 0.975) * scale / root
    # −l̄ is what ln s² lacks of the median school; s/ŝ = exp(l̄/2).
    lack = (raw - centre) / root
    rows["reason"] = rows["reason"].mask(tested & (schools < MIN_SCHOOLS), FEW_SCHOOLS)
    return rows.assign(
        z=z,
        p_value=1 - stdtr(freedom, z.to_numpy(dtype=np.float64)),
        estimate=1 - np.exp(-lack / 2),
        ci_low=1 - np.exp(-(lack - width) / 2),
        ci_high=1 - np.exp(-(lack + width) / 2),
        mde=1 - np.exp(-(3 + 0.841621) * scale / root / 2),
    )
