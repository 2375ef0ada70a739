"""D7: pupils of one class with the same points for every task, more than in other schools.

q(s) = the chance that two pupils of different schools, both with the total s, have equal rows,
counted over all pairs of the test without the school itself. A class with n_s pupils at total s has
E = Σ C(n_s, 2)·q(s) equal pairs; O = Σ (c − 1) over the rows that c pupils of the class share, for
a row written three times is two repeats and not three independent pairs. Totals of 0 and of the
maximum are left out (one row each, so are papers with nothing but X). X is 0 points: the rows hold
points, not answers, so variants of a test are pooled.

Classmates are alike even when honest (one teacher, one order of topics): in a real town repeats are
seven times as frequent as between schools, in every school. So E is multiplied by O/E of the other
schools in the same test, drawn towards the median school of the year (μ), and counts are negative
binomial about μ, as wide as the cells (test × school) and the schools are: what the whole town does
is not a sign of one school.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.typing import SeriesGroupBy
from scipy.special import gammaincinv, ndtri

from analytics.detectors.answers import Answers, answers
from analytics.detectors.equal_rows import Repeats, repeated_rows
from analytics.detectors.scopes import (
    ROW,
    as_evidence,
    cell_grid,
    cells_of,
    other_schools,
    pooled,
    stacked,
)
from analytics.detectors.spread import ENOUGH, count_dispersion, count_tail, spread

MIN_TASKS = 12  # below it equal rows are common by chance
MAX_EXPECTED = 5.0  # equal pairs in one class: above it the count says little
ORDINARY = 0.75  # of the schools of a year, those with the lowest O/E
PRIOR = 0.5  # expected pairs that the median school of the year weighs beside a test's own
CELL_DISPERSION = 1.0  # of honest cells where they are few: 1.2 in the town it was measured in
SCHOOL_DISPERSION = 0.1  # shared by the cells of a school: where schools are few, and never less
UNIT = "участников сверх ожидаемого"

FEW_TASKS = f"меньше {MIN_TASKS} заданий"
CROWDED = f"ожидаемых совпадений в каждом классе {MAX_EXPECTED:.0f} и больше"
FEW_PAIRS = "мало работ других школ с тем же баллом"
LARGE_PART = "в школе больше половины всех работ, сравнить не с чем"
GROUP = ["test_id", "school_id", "class_label"]
Floats = NDArray[np.float64]


def identical_rows(
    works: pd.DataFrame, tests: pd.DataFrame, tasks: pd.DataFrame, schools: pd.DataFrame
) -> pd.DataFrame:
    """Table `evidence`: pupils who repeat a classmate's row beyond what is usual.

    n: works at totals where q is known. Estimate O − μ; `pupils` is the same, not below 0.
    """
    cells, dispersion = _cells(_groups(answers(works, tasks)), tests)
    cells["wide"] = dispersion * cells["usual"] ** 2
    sums = ["observed", "usual", "wide"]
    rows = pooled(cell_grid(works, cells.drop(columns="expected")), tests, sums)
    tested = rows["reason"].isna()
    judged = _judged(rows[tested].reset_index(drop=True))
    figures = judged.drop(columns=[*sums, "n", "reason"])
    rows = rows.merge(figures, how="left", on=ROW, validate="1:1").drop(columns=sums)
    reference = other_schools(schools) + " (устойчивая оценка)"
    return as_evidence(rows.assign(reference=reference), "identical_rows", UNIT, (FEW_PAIRS,))


def identical_groups(works: pd.DataFrame, tests: pd.DataFrame, tasks: pd.DataFrame) -> pd.DataFrame:
    """Classes with repeated rows, the least likely first: to look into, never to flag.

    test_id, school_id, class_label, n, observed (repeats), expected (what is usual, μ), largest
    (pupils sharing the most frequent row), p_value. No codes of pupils.
    """
    groups = _groups(answers(works, tasks))
    cells, dispersion = _cells(groups, tests)
    cells["ratio"] = cells["usual"] / cells["expected"]
    known = cells.loc[cells["reason"].isna(), ["test_id", "school_id", "ratio"]]
    found = groups[groups["reason"].isna() & (groups["observed"] > 0)].merge(
        known, how="inner", on=["test_id", "school_id"], validate="m:1"
    )
    found["expected"] = found["expected"] * found["ratio"]
    counts, mean = found["observed"].to_numpy(), found["expected"].to_numpy()
    found["p_value"] = count_tail(counts, mean, np.full(len(found), dispersion))
    shown = found.sort_values(["p_value", *GROUP], ignore_index=True)
    return shown[[*GROUP, "n", "observed", "expected", "largest", "p_value"]]


def _groups(papers: Iterable[Answers]) -> pd.DataFrame:
    """Counts of each class: GROUP, n, observed, expected, largest, reason not to count it."""
    words, numbers = (*GROUP, "reason"), ("n", "observed", "expected", "largest")
    dtypes = dict.fromkeys(words, "str") | dict.fromkeys(numbers, "float64")
    return stacked(map(_of_test, papers), dtypes)


def _of_test(paper: Answers) -> dict[str, NDArray]:
    classes = len(paper.school_of)
    if len(paper.points) < MIN_TASKS:
        found, reason = Repeats(*np.zeros((4, classes))), np.full(classes, FEW_TASKS, dtype=object)
    else:
        found = repeated_rows(paper.points, paper.maxima, paper.group, paper.school_of)
        size = np.bincount(paper.school, minlength=len(paper.schools))
        large = (2 * size > size.sum())[paper.school_of]
        crowded = found.expected >= MAX_EXPECTED
        reason = np.select(
            [large, crowded, found.n == 0], [LARGE_PART, CROWDED, FEW_PAIRS], default=None
        )
    return {
        "test_id": np.full(classes, paper.test_id, dtype=object),
        "school_id": paper.schools[paper.school_of],
        "class_label": paper.labels,
        "reason": reason,
        **vars(found),
    }


def _cells(groups: pd.DataFrame, tests: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    """Classes summed to test × school with `usual` = μ, and the dispersion of the cells.

    A cell has a reason where none of its classes counts.
    """
    cells = cells_of(groups, ["n", "observed", "expected"])
    tested = cells["reason"].isna() & (cells["expected"] > 0)
    cells["reason"] = cells["reason"].mask(cells["reason"].isna() & ~tested, FEW_PAIRS)
    year = tests.set_index("test_id")["year"].reindex(cells["test_id"]).to_numpy()
    cells = _usual(cells.assign(year=year, tested=tested))
    ordinary = cells[cells["ordinary"]]
    dispersion = CELL_DISPERSION
    if len(ordinary) >= ENOUGH:
        counts, mean = ordinary[["observed", "usual"]].to_numpy(dtype=np.float64).T
        dispersion = count_dispersion(counts, mean)
    return cells.drop(columns=["year", "tested", "ordinary"]), dispersion


def _usual(cells: pd.DataFrame) -> pd.DataFrame:
    """Adds `usual` = μ, and `ordinary`: tested, and not of the quarter with the highest O/E.

    That quarter of the schools of a year says nothing about the rest: a few schools that copy must
    not pass for the usual. The others give O/E of each test (never the school itself, drawn to the
    median of the year, never below 1: classmates are no less alike than strangers), and the whole
    is raised to the level of the median school, of all.
    """
    cells = cells.assign(ratio=_ratio_of_school(cells, "expected"))
    limit = cells["year"].map(_by_school(cells).quantile(ORDINARY))
    median = cells["year"].map(_by_school(cells).median()).clip(lower=1.0)
    ordinary = cells["tested"] & (cells["ratio"] <= limit)
    sums = ["observed", "expected"]
    kept = cells[sums].where(ordinary, 0.0)
    others = kept.groupby(cells["test_id"], observed=True).transform("sum") - kept
    alike = (others["observed"] + PRIOR * median) / (others["expected"] + PRIOR)
    cells = cells.assign(ordinary=ordinary, usual=cells["expected"] * alike.clip(lower=1.0))
    cells["ratio"] = _ratio_of_school(cells, "usual")
    level = cells["year"].map(_by_school(cells).median()).clip(lower=1.0)
    cells["usual"] = cells["usual"] * level.fillna(1.0)
    return cells.drop(columns="ratio")


def _ratio_of_school(cells: pd.DataFrame, expected: str) -> pd.Series:
    """(Σ O + ½)/(Σ expected + ½) of the school in the year, at each of its tested cells."""
    counted = cells[["observed", expected]].where(cells["tested"], 0.0)
    whole = counted.groupby([cells["year"], cells["school_id"]], observed=True).transform("sum")
    ratio = (whole["observed"] + 0.5) / (whole[expected] + 0.5)
    return ratio.where(cells["tested"])


def _by_school(cells: pd.DataFrame) -> SeriesGroupBy:
    """The ratio once per school, by year."""
    known = cells[cells["tested"]].drop_duplicates(["year", "school_id"])
    return known.groupby("year", observed=True)["ratio"]


def _judged(rows: pd.DataFrame) -> pd.DataFrame:
    """Figures of evidence from the sums `observed`, `usual`, `wide` of tested rows."""
    counts, mean, wide = rows[["observed", "usual", "wide"]].to_numpy(dtype=np.float64).T
    dispersion = wide / mean**2
    whole = (rows["scope"] == "").to_numpy()
    shared = SCHOOL_DISPERSION
    if whole.sum() >= ENOUGH:
        logarithm = np.log((counts[whole] + 0.5) / (mean[whole] + 0.5))
        errors = np.sqrt(1 / (mean[whole] + 0.5) + dispersion[whole])
        shared = max(spread(logarithm, errors) ** 2, SCHOOL_DISPERSION)
    dispersion = dispersion + np.where(whole, shared, 0.0)
    p = count_tail(counts, mean, dispersion)
    low = np.where(counts > 0, gammaincinv(np.maximum(counts, 1), 0.025), 0.0)
    high = gammaincinv(counts + 1, 0.975)
    # Exact limits of the count, widened by what honest schools differ: squares add up.
    honest = 1.959964**2 * dispersion * mean**2
    excess = counts - mean
    ci_low = excess - np.sqrt((counts - low) ** 2 + honest)
    ci_high = excess + np.sqrt((high - counts) ** 2 + honest)
    return rows.assign(
        estimate=excess,
        ci_low=ci_low,
        ci_high=ci_high,
        z=-ndtri(np.clip(p, 1e-300, 1 - 1e-16)),
        p_value=p,
        mde=_detectable(mean + dispersion * mean**2),
        pupils=np.maximum(excess, 0),
        pupils_low=np.maximum(ci_low, 0),
        pupils_high=np.maximum(ci_high, 0),
    )


def _detectable(variance: Floats) -> Floats:
    """Excess that is found at z = 3 in 80 % of cases: a normal law with the skewness term."""
    power = 0.841621
    root = (power + np.sqrt(power**2 + 4 * (variance + 3 * np.sqrt(variance)))) / 2
    return root**2 - variance + (3**2 - 1) / 6 + 0.5
