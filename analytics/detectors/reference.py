"""What the score histogram of a school is compared with, test by test.

The counterfactual is another histogram of the same test and never a smooth curve: honest rounding
and the tasks' points leave marks in every histogram, and both sides of the comparison have them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]

CLEAN = "чистая выборка"
REGION = "область (строка региона)"
COUNTRY = "страна (строка по стране)"
AREA_SCHOOLS = "другие школы области"
TOWN_SCHOOLS = "другие школы города (устойчивая оценка)"
LABELS = (CLEAN, REGION, COUNTRY, AREA_SCHOOLS, TOWN_SCHOOLS)
INTERNAL = (AREA_SCHOOLS, TOWN_SCHOOLS)
# A school dilutes its own excess by its share of the reference; below 5 % less than the noise.
OWN_SHARE = 0.05
# Above a half the other side of the comparison is one school, not a population.
LARGEST_PART = 0.5
NO_OTHERS = "не с чем сравнить: других школ с этой работой и строки региона нет"
TOO_LARGE = "школа слишком велика: её работ больше половины того, с чем её сравнивают"
ONE_OTHER = "в группе сравнения больше половины работ одной школы"
REASONS = ("", NO_OTHERS, TOO_LARGE, ONE_OTHER)


@dataclass(frozen=True)
class Reference:
    """Histograms of one test: scores 0…maximum in columns, one row per school in `school_id`.

    counts: of the schools, (schools, scores). whole: of the reference, (scores,), with the
    schools' own works where it holds them. left_out: the school's own works are to be subtracted
    from `whole`. n: works in the reference of each school. reason: why a school cannot be
    compared, its place in REASONS, 0 where it can.
    """

    test_id: str
    label: str
    school_id: pd.Index
    counts: Array
    whole: Array
    left_out: NDArray[np.bool_]
    n: Array
    reason: NDArray[np.int64]

    def rest(self) -> Array:
        """Reference histograms of the schools in `left_out`, (those schools, scores)."""
        return np.maximum(self.whole - self.counts[self.left_out], 0.0)


def references_of_tests(
    score_counts: pd.DataFrame,
    tests: pd.DataFrame,
    schools: pd.DataFrame,
    clean: pd.DataFrame | None = None,
) -> list[Reference]:
    """The reference of every test that schools wrote, in the order of test_id.

    The first that exists: the clean sample (observed works, columns of `score_counts`), the row of
    the region, of the country, all schools loaded. Scores above the test's maximum are left out.
    """
    known = score_counts.merge(
        tests[["test_id", "max_score"]], how="left", on="test_id", validate="m:1"
    )
    known = known[known["n"] > 0]
    outside = _outside(known, clean)
    towns = schools.set_index("school_id")["municipality"]
    return [
        _reference(str(test_id), rows, outside.get(str(test_id)), towns)
        for test_id, rows in known[known["group"] == "school"].groupby("test_id", observed=True)
    ]


def _outside(
    known: pd.DataFrame, clean: pd.DataFrame | None
) -> dict[str, tuple[str, pd.DataFrame]]:
    """Label and rows of the best reference that does not come from the schools, by test."""
    found: dict[str, tuple[str, pd.DataFrame]] = {}
    for group, label in (("country", COUNTRY), ("region", REGION)):
        rows = known[known["group"] == group]
        size = rows.groupby(["test_id", "group_id"], as_index=False, observed=True)["n"].sum()
        largest = size.sort_values(
            ["test_id", "n", "group_id"], ascending=[True, False, True]
        ).drop_duplicates("test_id")
        chosen = rows.merge(
            largest[["test_id", "group_id"]], how="inner", on=["test_id", "group_id"],
            validate="m:1",
        )  # fmt: skip
        found |= {str(t): (label, part) for t, part in chosen.groupby("test_id", observed=True)}
    if clean is not None:
        clean = clean[clean["n"] > 0]
        found |= {str(t): (CLEAN, part) for t, part in clean.groupby("test_id", observed=True)}
    return found


def _reference(
    test_id: str,
    rows: pd.DataFrame,
    outside: tuple[str, pd.DataFrame] | None,
    towns: pd.Series,
) -> Reference:
    """The histograms of one test and which of its schools can be compared."""
    label, other = outside if outside else ("", rows.iloc[:0])
    maximum = rows["max_score"].iloc[0]
    top = maximum if pd.notna(maximum) else pd.concat([rows["score"], other["score"]]).max()
    width = int(top) + 1
    codes, names = pd.factorize(rows["group_id"], sort=True)
    counts = _histogram(codes, rows, len(names), width)
    total = counts.sum(axis=0)
    if not label:
        label = AREA_SCHOOLS if len(towns.reindex(names).dropna().unique()) > 1 else TOWN_SCHOOLS
        whole = total
    else:
        whole = _histogram(np.zeros(len(other), dtype=np.int64), other, 1, width)[0]
    size = counts.sum(axis=1)
    part = np.zeros_like(size) if label == CLEAN else size
    left_out = part > OWN_SHARE * whole.sum()
    n = np.maximum(whole.sum() - np.where(left_out, part, 0.0), 0.0)
    second, first = np.sort(np.append(part, 0.0))[-2:]
    others = np.where(part == first, second, first)  # the largest school but oneself
    reason = np.select(
        [n == 0, part > LARGEST_PART * n, others > LARGEST_PART * n], [1, 2, 3], default=0
    )
    return Reference(test_id, label, names, counts, whole, left_out, n, reason)


def _histogram(codes: NDArray[np.int64], rows: pd.DataFrame, height: int, width: int) -> Array:
    """Counts by group (height) and score (width); scores beyond the width are left out."""
    score = rows["score"].to_numpy(dtype=np.int64)
    inside = score < width
    cell = codes[inside] * width + score[inside]
    n = rows["n"].to_numpy(dtype=np.float64)[inside]
    return np.bincount(cell, weights=n, minlength=height * width).reshape(height, width)
