"""What the score histogram of a school is compared with, test by test.

The counterfactual is another histogram of the same test and never a smooth curve: honest rounding
and the tasks' points leave marks in every histogram, and both sides of the comparison have them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

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
    counted = score_counts[score_counts["n"] > 0]
    sides = {
        group: _by_test(counted[counted["group"] == group])
        for group in ("school", "region", "country")
    }
    outside = {
        test_id: (label, cells.of_the_largest())
        for group, label in (("country", COUNTRY), ("region", REGION))
        for test_id, cells in sides[group].items()
    }
    if clean is not None:
        observed = _by_test(clean[clean["n"] > 0].assign(group_id=CLEAN))
        outside |= {test_id: (CLEAN, cells) for test_id, cells in observed.items()}
    maxima = dict(zip(tests["test_id"], tests["max_score"], strict=True))
    towns = schools.set_index("school_id")["municipality"]
    return [
        _reference(test_id, cells, outside.get(test_id), maxima.get(test_id), towns)
        for test_id, cells in sides["school"].items()
    ]


@dataclass(frozen=True)
class _Cells:
    """Counted cells of one test: whose (place in `names`, which ascend), the score, works."""

    names: pd.Index
    owner: NDArray[np.int64]
    score: NDArray[np.int64]
    n: Array

    def histograms(self, width: int) -> Array:
        """Works by owner and score, (names, width); scores beyond the width are left out."""
        inside = self.score < width
        cell = self.owner[inside] * width + self.score[inside]
        counts = np.bincount(cell, self.n[inside], len(self.names) * width)
        return counts.reshape(len(self.names), width)

    def of_the_largest(self) -> _Cells:
        """The cells of the owner with most works; of equal ones the first by name."""
        largest = np.bincount(self.owner, self.n).argmax()
        own = self.owner == largest
        return _Cells(self.names[[largest]], self.owner[own] * 0, self.score[own], self.n[own])


def _by_test(rows: pd.DataFrame) -> dict[str, _Cells]:
    """Cells of each test, in the order of test_id."""
    test, tests = pd.factorize(rows["test_id"], sort=True)
    owner, owners = pd.factorize(rows["group_id"], sort=True)
    score, n = rows["score"].to_numpy(dtype=np.int64), rows["n"].to_numpy(dtype=np.float64)
    order = np.argsort(test, kind="stable")
    ends = np.searchsorted(test[order], np.arange(len(tests) + 1))
    found = {}
    for place, (start, end) in enumerate(pairwise(ends)):
        part = order[start:end]
        present, codes = np.unique(owner[part], return_inverse=True)
        found[str(tests[place])] = _Cells(owners[present], codes, score[part], n[part])
    return found


def _reference(
    test_id: str,
    cells: _Cells,
    outside: tuple[str, _Cells] | None,
    maximum: int | None,
    towns: pd.Series,
) -> Reference:
    """The histograms of one test and which of its schools can be compared."""
    label, other = outside or ("", None)
    if maximum is None or pd.isna(maximum):
        maximum = max(c.score.max() for c in (cells, other) if c)
    width = int(maximum) + 1
    counts = cells.histograms(width)
    if other:
        whole = other.histograms(width)[0]
    else:
        several = len(towns.reindex(cells.names).dropna().unique()) > 1
        label = AREA_SCHOOLS if several else TOWN_SCHOOLS
        whole = counts.sum(axis=0)
    size = counts.sum(axis=1)
    part = np.zeros_like(size) if label == CLEAN else size
    left_out = part > OWN_SHARE * whole.sum()
    n = np.maximum(whole.sum() - np.where(left_out, part, 0.0), 0.0)
    second, first = np.sort(np.append(part, 0.0))[-2:]
    others = np.where(part == first, second, first)  # the largest school but oneself
    reason = np.select(
        [n == 0, part > LARGEST_PART * n, others > LARGEST_PART * n], [1, 2, 3], default=0
    )
    return Reference(test_id, label, cells.names, counts, whole, left_out, n, reason)
