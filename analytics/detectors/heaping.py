"""D9: too many round numbers: totals at multiples of 5, whole percents of a municipality.

Around each multiple of 5 inside the scale the window is the multiple and two totals on each side,
without mark boundaries: heaps there are innocent rounding or the business of boundary lifting, and
a multiple that is a boundary is not tested. In a window the school's share at the multiple is
compared with that of the other schools of the test, which have the same tasks and the same gaps in
the scale. The last digit is tested only on scales of 50 points and more that have no boundaries:
a boundary by itself makes digits unequal.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrc, chdtrc, gammaln, ndtr

from analytics.detectors.scopes import (
    as_evidence,
    by_test,
    cell_grid,
    other_schools,
    pooled,
    stacked,
    took_part,
)
from analytics.detectors.spread import ENOUGH, spread
from analytics.scales import BOUNDARIES

STEP = 5
REACH = 2  # totals on each side of a multiple
MIN_WINDOW = 20  # works in the windows of a scope
MIN_OTHERS = 100  # works of other schools in the windows of a test
DIGITS_FROM = 50  # points of a scale on which ten last digits are equally likely
MIN_DIGIT = 5.0  # expected works per digit for the chi-square law
SHARE_TAU = 0.02  # of honest shares in a window where schools are few
SUMS = ["heaped", "expected", "variance", "digits", "freedom"]
UNIT = "доля лишних баллов, кратных 5"

NO_MULTIPLES = "на шкале нет баллов, кратных 5, кроме границ отметок"
FEW_WORKS = f"меньше {MIN_WINDOW} работ около баллов, кратных 5"
LARGE_PART = "в школе больше половины всех работ, сравнить не с чем"
FEW_OTHERS = f"меньше {MIN_OTHERS} работ других школ около баллов, кратных 5"
Floats = NDArray[np.float64]


def heaping(works: pd.DataFrame, tests: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Table `evidence`: estimate (X − E)/m, X works at multiples of m in the windows.

    p: exact binomial mid-p where the scope is one test of equal shares and schools do not differ,
    normal with the spread between schools else; by Simes with the last digits where they apply.
    """
    rows = pooled(cell_grid(works, _cells(works, tests)), tests, SUMS)
    rows["reason"] = rows["reason"].mask(
        rows["reason"].isna() & (rows["n"] < MIN_WINDOW), FEW_WORKS
    )
    rows = _judged(rows).drop(columns=SUMS)
    return as_evidence(
        rows.assign(reference=other_schools(schools)), "heaping", UNIT, (FEW_WORKS, FEW_OTHERS)
    )


def whole_percents(shares: pd.DataFrame) -> pd.DataFrame:
    """Schools of a municipality whose share is a whole number of percent, against chance.

    shares: municipality, measure, n, count; one row per school × measure (or per test too), n ≥ 1.
    Returns one row per municipality × measure: n (shares), observed, expected, p_value (observed
    or more, mid-p). Kobak, Shpilkin, Pshenichnikov 2016, with the exact law of the number in place
    of their Monte Carlo: each share is whole with P(Binomial(n, count/n) is a multiple of n/100).
    """
    keys = ["municipality", "measure"]
    ordered = shares.sort_values([*keys, "n", "count"], ignore_index=True)
    n, count = ordered["n"].to_numpy(dtype=np.int64), ordered["count"].to_numpy(dtype=np.int64)
    ordered = ordered.assign(whole=(100 * count) % n == 0, chance=_whole_chance(n, count / n))
    rows = [
        (*key, len(part), int(part["whole"].sum()), float(part["chance"].sum()), _tail(part))
        for key, part in ordered.groupby(keys, observed=True)
    ]
    return pd.DataFrame(rows, columns=[*keys, "n", "observed", "expected", "p_value"])


def _whole_chance(n: NDArray[np.int64], share: Floats) -> Floats:
    """P(100·X/n is whole), X binomial: at most 101 values of X."""
    percent = np.arange(101)
    x = percent * n[:, None] / 100
    whole = (percent * n[:, None]) % 100 == 0
    with np.errstate(divide="ignore", invalid="ignore"):
        made = np.where(x > 0, x * np.log(share)[:, None], 0.0)
        missed = np.where(x < n[:, None], (n[:, None] - x) * np.log1p(-share)[:, None], 0.0)
    ways = gammaln(n + 1.0)[:, None] - gammaln(x + 1) - gammaln(n[:, None] - x + 1)
    return np.minimum(np.where(whole, np.exp(ways + made + missed), 0.0).sum(axis=1), 1.0)


def _tail(part: pd.DataFrame) -> float:
    """Mid-p of the observed number of whole shares: a sum of unequal coins, by its transform."""
    chance = part["chance"].to_numpy(dtype=np.float64)
    turn = np.exp(2j * np.pi * np.arange(len(chance) + 1) / (len(chance) + 1)) - 1
    law = np.fft.fft(np.prod(1 + chance[:, None] * turn, axis=0)).real / (len(chance) + 1)
    law = np.maximum(law, 0.0)
    observed = int(part["whole"].sum())
    return float(min(1.0, law[observed] / 2 + law[observed + 1 :].sum()))


def _cells(works: pd.DataFrame, tests: pd.DataFrame) -> pd.DataFrame:
    """n and SUMS of the windows per test × school, with the reason not to test it."""
    score = works["score"].to_numpy(dtype=np.int64, na_value=-1)
    school, names = pd.factorize(works["school_id"], sort=True)
    names = np.asarray(names, dtype=object)
    scales = tests.set_index("test_id")[["max_score", *BOUNDARIES]].to_dict("index")
    dtypes = dict.fromkeys(("test_id", "school_id", "reason"), "str")
    dtypes |= dict.fromkeys(("n", *SUMS), "float64")
    parts = []
    for test_id, rows in by_test(works, took_part(works) & (score >= 0)):
        codes, place = np.unique(school[rows], return_inverse=True)
        found = _of_test(score[rows], place, len(codes), scales[test_id])
        test = np.full(len(codes), test_id, dtype=object)
        parts.append({"test_id": test, "school_id": names[codes], **found})
    return stacked(parts, dtypes)


def _of_test(
    score: NDArray[np.int64], school: NDArray[np.int64], schools: int, scale: dict
) -> dict[str, NDArray]:
    """Counts in the windows of each school of one test, (schools,) each."""
    top = int(scale["max_score"]) if pd.notna(scale["max_score"]) else int(score.max(initial=0))
    inside = score <= top
    cell = school[inside] * (top + 1) + score[inside]
    counts = np.bincount(cell, minlength=schools * (top + 1)).astype(np.float64)
    counts = counts.reshape(schools, top + 1)
    marks = {int(scale[name]) for name in BOUNDARIES if pd.notna(scale[name])}
    figures = _windows(counts, top, marks)
    digits, freedom = _last_digits(counts, top, marks)
    others = counts[:, _window_scores(top, marks)].sum() - figures["n"]
    size = counts.sum(axis=1)
    reason = np.select(
        [np.full(schools, not _multiples(top, marks)), 2 * size > size.sum(), others < MIN_OTHERS],
        [NO_MULTIPLES, LARGE_PART, FEW_OTHERS],
        default=None,
    )
    return {**figures, "digits": digits, "freedom": freedom, "reason": reason}


def _multiples(top: int, marks: set[int]) -> list[int]:
    return [b for b in range(STEP, top - REACH + 1, STEP) if b not in marks]


def _window_scores(top: int, marks: set[int]) -> list[int]:
    near = {b + k for b in _multiples(top, marks) for k in range(-REACH, REACH + 1)}
    return sorted(near - marks)


def _windows(counts: Floats, top: int, marks: set[int]) -> dict[str, Floats]:
    """n works in the windows, heaped, expected by the share of the others, and its variance."""
    result = {name: np.zeros(len(counts)) for name in ("n", "heaped", "expected", "variance")}
    for b in _multiples(top, marks):
        window = [s for s in range(b - REACH, b + REACH + 1) if s not in marks]
        size, heap = counts[:, window].sum(axis=1), counts[:, b]
        others = size.sum() - size
        share = (heap.sum() - heap) / np.maximum(others, 1)
        result["n"] += size
        result["heaped"] += heap
        result["expected"] += size * share
        # The share of the others is itself a sample.
        result["variance"] += size * share * (1 - share) * (1 + size / np.maximum(others, 1))
    return result


def _last_digits(counts: Floats, top: int, marks: set[int]) -> tuple[Floats, Floats]:
    """χ² of ten equally likely last digits and its 9 degrees of freedom; 0, 0 where not tested."""
    n = counts.sum(axis=1)
    if top < DIGITS_FROM or marks:
        return np.zeros(len(n)), np.zeros(len(n))
    tested = n / 10 >= MIN_DIGIT
    digit = np.arange(counts.shape[1]) % 10
    by_digit = np.stack([counts[:, digit == d].sum(axis=1) for d in range(10)], axis=1)
    mean = np.maximum(n, 1)[:, None] / 10
    chi2 = ((by_digit - mean) ** 2 / mean).sum(axis=1)
    return np.where(tested, chi2, 0.0), np.where(tested, 9.0, 0.0)


def _judged(rows: pd.DataFrame) -> pd.DataFrame:
    """Figures of evidence from the sums over cells."""
    tested = rows["reason"].isna().to_numpy()
    numbers = rows[["n", "heaped", "expected", "variance", "digits", "freedom"]]
    n, heaped, expected, variance, digits, freedom = numbers.to_numpy(dtype=np.float64).T
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = (heaped - expected) / n
        noise = np.sqrt(variance) / n
        tau = np.empty(len(rows))
        for level in (True, False):
            same = ((rows["scope"] == "") == level).to_numpy()
            enough = (same & tested).sum() >= ENOUGH
            tau[same] = (
                spread(estimate[same & tested], noise[same & tested]) if enough else SHARE_TAU
            )
        error = np.sqrt(noise**2 + tau**2)
        z = estimate / error
        share = np.clip(expected / n, 0, 1)
        works = n.astype(np.int64)
        exact = (bdtr(n - heaped, works, 1 - share) + bdtrc(heaped, works, share)) / 2
    p = np.where(tau > 0, ndtr(-z), exact)
    by_digits = chdtrc(np.maximum(freedom, 1), digits)
    both = np.sort(np.stack([p, by_digits]), axis=0)
    p = np.where(freedom > 0, np.minimum(2 * both[0], both[1]), p)
    return rows.assign(
        estimate=estimate,
        ci_low=estimate - 1.959964 * error,
        ci_high=estimate + 1.959964 * error,
        z=z,
        p_value=p,
        mde=(3 + 0.841621) * error,
        pupils=np.maximum(estimate, 0) * n,
        pupils_low=np.maximum(estimate - 1.959964 * error, 0) * n,
        pupils_high=np.maximum(estimate + 1.959964 * error, 0) * n,
    )
