"""Where the mean of a school stands in a test, and how that agrees with another test of its cohort.

The reference is the one of `references_of_tests`, always without the school's own works.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.detectors.reference import CLEAN, INTERNAL, REASONS, Reference, references_of_tests

MIN_WORKS = 10
MIN_SCHOOLS = 10  # for a line through the schools of a pair of tests
CEILING = 0.9  # of the maximum: a reference above it leaves nowhere to stand out
FEW_WORKS = f"меньше {MIN_WORKS} работ"
FEW_SCHOOLS = f"меньше {MIN_SCHOOLS} школ с обеими работами"
ALL_EQUAL = "в группе сравнения все баллы одинаковы"
AT_CEILING = "средний балл группы сравнения у верхнего края шкалы"
FACTS = ["test_id", "procedure", "year", "grade", "subject"]


def standings(
    score_counts: pd.DataFrame, tests: pd.DataFrame, schools: pd.DataFrame
) -> pd.DataFrame:
    """One row per test × school: facts of the test, scope, n, y, reference, reason.

    y = (mean − mean of the reference)/sd of its pupils. Against other schools loaded the median
    school is put at 0. reason: null where y can be used.
    """
    known = score_counts[score_counts["test_id"].isin(tests["test_id"])]
    parts = [_of_test(r) for r in references_of_tests(known, tests, schools)]
    texts = dict.fromkeys(("test_id", "school_id", "reference", "reason"), "str")
    columns = [*texts, "n", "y"]
    rows = {c: np.concatenate([p[c] for p in parts]) if parts else [] for c in columns}
    rows = pd.DataFrame(rows).astype(texts | {"n": "int64", "y": "float64"})
    rows = rows.merge(tests[FACTS], how="inner", on="test_id", validate="m:1")
    return rows.assign(scope=rows["grade"].astype("str") + "/" + rows["subject"])


def _of_test(reference: Reference) -> dict[str, NDArray]:
    """Columns of `standings` that come from the histograms of one test."""
    score = np.arange(len(reference.whole), dtype=np.float64)
    n, total = reference.counts.sum(axis=1), reference.counts @ score
    own = 0.0 if reference.label == CLEAN else 1.0
    others = reference.whole.sum() - own * n
    others = np.where(others > 1, others, np.nan)
    mean = (reference.whole @ score - own * total) / others
    squares = (reference.whole @ score**2 - own * (reference.counts @ score**2)) / others
    sd = np.sqrt(np.maximum(squares - mean**2, 0.0))
    reason = np.array(REASONS, dtype=object)[reference.reason]
    top = max(len(score) - 1, 1)
    checks = [reason != "", ~(sd > 1e-9), mean > CEILING * top, n < MIN_WORKS]
    reason = np.select(checks, [reason, ALL_EQUAL, AT_CEILING, FEW_WORKS], None)
    usable = pd.isna(reason)
    y = np.where(usable, (total / n - mean) / np.where(sd > 0, sd, 1.0), np.nan)
    if reference.label in INTERNAL and usable.any():
        y -= np.nanmedian(y)
    size = len(n)
    return {
        "test_id": np.full(size, reference.test_id, dtype=object),
        "school_id": np.asarray(reference.school_id, dtype=object),
        "n": n.astype(np.int64),
        "y": y,
        "reference": np.full(size, reference.label, dtype=object),
        "reason": reason,
    }


def beyond_expected(
    places: pd.DataFrame, steps: pd.DataFrame, outcome: str, known: str
) -> pd.DataFrame:
    """How far y of one test exceeds what y of another test of the same cohort lets expect.

    places: `standings`. steps: pairs of test ids in the columns `outcome` and `known`. One row per
    pair × school with both: facts and scope of the outcome, school_id, n, n_known, y, se2,
    reference, reason. y = y_outcome − (a + b·y_known): one slope b for all pairs of a year (their
    schools, weighted by works, inside 0..1), a the median of each pair; se2 = 1/n + b²/n_known.
    """
    usable = places[places["reason"].isna()]
    before = usable[["test_id", "school_id", "n", "y"]].rename(columns={"test_id": known})
    pairs = steps[[outcome, known]].merge(
        usable.rename(columns={"test_id": outcome}), how="inner", on=outcome, validate="m:m"
    )
    pairs = pairs.merge(
        before, how="inner", on=[known, "school_id"], validate="m:1", suffixes=("", "_known")
    ).sort_values([outcome, known, "school_id"], ignore_index=True)
    group = pairs.groupby([outcome, known], observed=True)
    few = group["y"].transform("size") < MIN_SCHOOLS
    x = pairs["y_known"] - group["y_known"].transform("median")
    y = pairs["y"] - group["y"].transform("median")
    weight = (1 / (1 / pairs["n"] + 1 / pairs["n_known"])).where(~few, 0.0)
    sums = pd.DataFrame({"xy": weight * x * y, "xx": weight * x**2}).groupby(pairs["year"])
    sums = sums.sum()
    slope = (sums["xy"] / sums["xx"].where(sums["xx"] > 0)).clip(0, 1).fillna(0.0)
    b = pairs["year"].map(slope).astype("float64")
    residual = y - b * x
    centre = residual.groupby([pairs[outcome], pairs[known]]).transform("median")
    return pairs.assign(
        y=residual - centre,
        se2=1 / pairs["n"] + b**2 / pairs["n_known"],
        reason=pd.Series(FEW_SCHOOLS, index=pairs.index, dtype="str").where(few),
    ).drop(columns="y_known")
