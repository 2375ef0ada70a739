"""D7: pupils of one class with the same points for every task, more than in other schools.

q(s) = the chance that two pupils of different schools, both with the total s, have equal rows,
counted over all pairs of the test without the school itself. A class with n_s pupils at total s has
E = Σ C(n_s, 2)·q(s) equal pairs; O = Σ (c − 1) over the rows that c pupils of the class share, for
a row written three times is two repeats and not three independent pairs. Totals of 0 and of the
maximum are left out (one row each, so are papers with nothing but X). X is 0 points: the rows hold
points, not answers, so variants of a test are pooled.

Classmates are alike even when honest (one teacher, one order of topics): in a real town repeats are
seven times as frequent as between schools, in every school. So a school is compared with
μ = E · the median of O/E over the schools of the year (never below 1), and the counts vary between
honest schools as wide as the bulk of them does: a property of the town is not a sign of a school.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtri

from analytics.detectors.answers import Answers, answers
from analytics.detectors.scopes import as_evidence, cell_grid, other_schools, pooled
from analytics.detectors.spread import ENOUGH, count_dispersion, count_tail

MIN_TASKS = 12  # below it equal rows are common by chance
MAX_EXPECTED = 5.0  # equal pairs in one class: above it the count says little
MIN_PAIRS = 20  # of pupils of other schools at one total: q is a share of them
MIN_SCHOOLS = 5  # for a median over schools
SCHOOL_DISPERSION = 0.25  # (½)²: spread of honest counts where there are few schools
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
    groups = _usable(_groups(answers(works, tasks)))
    sums = ["observed", "expected"]
    cells = groups.groupby(["test_id", "school_id"], as_index=False, observed=True).agg(
        n=("n", "sum"),
        observed=("observed", "sum"),
        expected=("expected", "sum"),
        reason=("reason", "min"),
        tested=("tested", "max"),
    )
    cells["reason"] = cells["reason"].where(~cells["tested"].astype(bool))
    rows = pooled(cell_grid(works, cells.drop(columns="tested")), tests, sums)
    rows.loc[rows["reason"].isna() & ~(rows["expected"] > 0), "reason"] = FEW_PAIRS
    tested = rows["reason"].isna()
    judged = _judged(rows[tested].reset_index(drop=True))
    rows = rows.drop(columns=sums).merge(
        judged.drop(columns=["n", "reason"]),
        how="left",
        on=["year", "school_id", "scope"],
        validate="1:1",
    )
    rows = rows.assign(reference=other_schools(schools) + " (устойчивая оценка)")
    return as_evidence(rows.drop(columns=sums), "identical_rows", UNIT, (FEW_PAIRS,))


def identical_groups(works: pd.DataFrame, tests: pd.DataFrame, tasks: pd.DataFrame) -> pd.DataFrame:
    """Classes with repeated rows: test_id, school_id, class_label, n, observed, expected, p_value.

    One row per class with at least one repeat, the least likely first; `largest`: how many pupils
    share the most frequent row; `expected` is what is usual in the year, as in `identical_rows`.
    No codes of pupils. For looking into flagged schools, not for flags.
    """
    found = _usable(_groups(answers(works, tasks)))
    found = found[found["reason"].isna() & (found["expected"] > 0)]
    year = tests.set_index("test_id")["year"].reindex(found["test_id"]).to_numpy()
    found = found.assign(year=year)
    found["expected"] = found["expected"] * found["year"].map(_usual_ratio(found))
    counts = found["observed"].to_numpy(dtype=np.float64)
    expected = found["expected"].to_numpy(dtype=np.float64)
    dispersion = _dispersion(counts, expected)
    found["p_value"] = count_tail(counts, expected, dispersion)
    shown = found[found["observed"] > 0].sort_values(["p_value", *GROUP], ignore_index=True)
    return shown[[*GROUP, "n", "observed", "expected", "largest", "p_value"]]


def repeated_rows(
    points: NDArray[np.int8],
    maxima: NDArray[np.int64],
    group: NDArray[np.int64],
    school_of: NDArray[np.int64],
) -> dict[str, Floats]:
    """Per group: n works compared, observed repeats, expected equal pairs, largest repeat.

    points: (tasks, works) ≥ 0; group: (works,); school_of: (groups,) ascending codes from 0.
    """
    total = points.sum(axis=0, dtype=np.int64)
    width = int(maxima.sum()) + 1
    inner = (total > 0) & (total < width - 1)
    row, row_bits = _row_codes(points[:, inner], maxima)
    group_bits = max(int(len(school_of) - 1).bit_length(), 1)
    if row_bits + group_bits + width.bit_length() > 62:
        row = np.unique(row, return_inverse=True)[1]
        row_bits = int(row.max(initial=0)).bit_length()
    key = (((total[inner] << row_bits) | row) << group_bits) | group[inner]
    key.sort()
    runs = np.flatnonzero(np.diff(key, prepend=-1))  # one per row × group
    size = np.diff(runs, append=len(key)).astype(np.float64)
    owner = key[runs] & ((1 << group_bits) - 1)
    same_row = key[runs] >> group_bits
    n = np.zeros((len(school_of), width))
    at_total = same_row >> row_bits
    np.add.at(n, (owner, at_total), size)
    chance = _chance(same_row, at_total, school_of[owner], size, n, school_of)
    known = ~np.isnan(chance[school_of])
    pairs = n * (n - 1) / 2 * np.where(known, chance[school_of], 0.0)
    counted = known[owner, at_total]
    largest = np.zeros(len(school_of))
    np.maximum.at(largest, owner, np.where(counted, size, 0))
    return {
        "n": np.where(known, n, 0).sum(axis=1),
        "observed": np.bincount(owner, np.where(counted, size - 1, 0), len(school_of)),
        "expected": pairs.sum(axis=1),
        "largest": largest,
    }


def _row_codes(
    points: NDArray[np.int8], maxima: NDArray[np.int64]
) -> tuple[NDArray[np.int64], int]:
    """A whole number for each row of points, the same for equal rows only, and its bits."""
    code = np.zeros(points.shape[1], dtype=np.int64)
    bits = 0
    for values, most in zip(points, maxima, strict=True):
        more = int(most).bit_length()
        if bits + more > 62:
            code = np.unique(code, return_inverse=True)[1].astype(np.int64)
            bits = int(code.max(initial=0)).bit_length()
        code = (code << more) | values
        bits += more
    return code, bits


def _chance(
    same_row: NDArray[np.int64],
    at_total: NDArray[np.int64],
    school: NDArray[np.int64],
    size: Floats,
    n: Floats,
    school_of: NDArray[np.int64],
) -> Floats:
    """q(s) without each school, (schools, totals); NaN where the others have too few pairs.

    Half a pair is added to the equal ones, one to all: a total where no pair was equal yet.
    """
    schools, width = int(school_of.max(initial=-1)) + 1, n.shape[1]
    in_school = np.flatnonzero((np.diff(same_row, prepend=-1) != 0) | _changes(school))
    held = np.add.reduceat(size, in_school) if len(size) else size
    where, whose, row = at_total[in_school], school[in_school], same_row[in_school]
    first = np.flatnonzero(np.diff(row, prepend=-1))
    written = np.add.reduceat(held, first) if len(held) else held
    everyone = np.repeat(written, np.diff(first, append=len(row)))
    equal = np.bincount(where[first], written * (written - 1) / 2, width)
    equal -= np.bincount(where, held * (held - 1) / 2, width)
    own = np.bincount(whose * width + where, held * (everyone - held), schools * width)
    n_school = np.zeros((schools, width))
    np.add.at(n_school, school_of, n)
    n_all = n_school.sum(axis=0)
    pairs = n_all * (n_all - 1) / 2 - (n_school * (n_school - 1) / 2).sum(axis=0)
    pairs = pairs - n_school * (n_all - n_school)
    chance = (equal - own.reshape(schools, width) + 0.5) / (pairs + 1)
    return np.where(pairs >= MIN_PAIRS, chance, np.nan)


def _changes(values: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.diff(values, prepend=-1) != 0


def _groups(papers: Iterable[Answers]) -> pd.DataFrame:
    """Counts of each class: test_id, school_id, class_label, n, observed, expected, reason."""
    numbers = ("n", "observed", "expected", "largest")
    words = pd.DataFrame({c: pd.Series(dtype="str") for c in (*GROUP, "reason")})
    empty = words.join(pd.DataFrame({c: pd.Series(dtype="float64") for c in numbers}))
    return pd.concat([empty, *(_of_test(paper) for paper in papers)], ignore_index=True)


def _of_test(paper: Answers) -> pd.DataFrame:
    reason = pd.Series(pd.NA, index=paper.groups.index, dtype="str")
    school_of = np.searchsorted(paper.schools, paper.groups["school_id"])
    if len(paper.points) < MIN_TASKS:
        found = dict.fromkeys(("n", "observed", "expected", "largest"), 0.0)
        reason[:] = FEW_TASKS
    else:
        found = repeated_rows(paper.points, paper.maxima, paper.group, school_of)
        size = np.bincount(paper.school, minlength=len(paper.schools))
        reason[(2 * size > size.sum())[school_of]] = LARGE_PART
    return paper.groups.assign(test_id=paper.test_id, reason=reason, **found)


def _usable(groups: pd.DataFrame) -> pd.DataFrame:
    """Classes with the reasons not to count them; `tested` says that a class counts."""
    reason = groups["reason"].mask(
        groups["reason"].isna() & (groups["expected"] >= MAX_EXPECTED), CROWDED
    )
    tested = reason.isna()
    numbers = ["n", "observed", "expected"]
    kept = groups[numbers].where(tested, 0.0)
    return groups.assign(reason=reason, tested=tested, **kept)


def _judged(rows: pd.DataFrame) -> pd.DataFrame:
    """Figures of evidence from `observed` and `expected` of tested rows."""
    whole = rows["scope"] == ""
    usual = rows["year"].map(_usual_ratio(rows[whole])).fillna(1.0).to_numpy(dtype=np.float64)
    counts = rows["observed"].to_numpy(dtype=np.float64)
    mean = rows["expected"].to_numpy(dtype=np.float64) * usual
    dispersion = np.empty(len(rows))
    for level in (True, False):
        same = (whole == level).to_numpy()
        dispersion[same] = _dispersion(counts[same], mean[same])
    p = np.empty(len(rows))
    for level in (True, False):
        same = (whole == level).to_numpy()
        if same.any():
            p[same] = count_tail(counts[same], mean[same], dispersion[same][0])
    honest = dispersion * mean**2
    low = np.where(counts > 0, gammaincinv(np.maximum(counts, 1), 0.025), 0.0)
    high = gammaincinv(counts + 1, 0.975)
    below = np.sqrt((counts - low) ** 2 + 1.959964**2 * honest)
    above = np.sqrt((high - counts) ** 2 + 1.959964**2 * honest)
    excess = counts - mean
    return rows.assign(
        estimate=excess,
        ci_low=excess - below,
        ci_high=excess + above,
        z=-ndtri(np.clip(p, 1e-300, 1 - 1e-16)),
        p_value=p,
        mde=_detectable(mean + honest),
        pupils=np.maximum(excess, 0),
        pupils_low=np.maximum(excess - below, 0),
        pupils_high=np.maximum(excess + above, 0),
    )


def _usual_ratio(rows: pd.DataFrame) -> pd.Series:
    """Median over schools of O/E by year, not below 1; 1 where schools are few."""
    by_school = rows.groupby(["year", "school_id"], as_index=False, observed=True)[
        ["observed", "expected"]
    ].sum()
    by_school["ratio"] = (by_school["observed"] + 0.5) / (by_school["expected"] + 0.5)
    years = by_school.groupby("year", observed=True).agg(
        ratio=("ratio", "median"), schools=("ratio", "size")
    )
    return years["ratio"].clip(lower=1.0).where(years["schools"] >= MIN_SCHOOLS, 1.0)


def _dispersion(counts: Floats, mean: Floats) -> float:
    return count_dispersion(counts, mean) if len(counts) >= ENOUGH else SCHOOL_DISPERSION


def _detectable(variance: Floats) -> Floats:
    """Excess that is found at z = 3 in 80 % of cases: a normal law with the skewness term."""
    power = 0.841621
    root = (power + np.sqrt(power**2 + 4 * (variance + 3 * np.sqrt(variance)))) / 2
    return root**2 - variance + (3**2 - 1) / 6 + 0.5
