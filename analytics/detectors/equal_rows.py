"""Equal rows of points inside classes, and how often rows of different schools are equal."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

MIN_PAIRS = 20  # of pupils of other schools at one total: q is a share of them
BITS = 62  # of a key that is a positive whole number

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Repeats:
    """Per class: works compared, repeats Σ (c − 1), expected equal pairs, the largest c."""

    n: Floats
    observed: Floats
    expected: Floats
    largest: Floats


def repeated_rows(
    points: NDArray[np.int8], maxima: Integers, group: Integers, school_of: Integers
) -> Repeats:
    """Equal rows of points in each class; totals of 0 and of the maximum are left out.

    points: (tasks, works) ≥ 0; group: (works,) codes of classes; school_of: (classes,) ascending
    codes of schools from 0. Expected: pairs of a class with equal totals s times q(s), the chance
    that two pupils of different other schools with the total s have equal rows.
    """
    total = points.sum(axis=0, dtype=np.int64)
    row, row_bits = _row_codes(points, maxima)
    group_bits = max(int(len(school_of) - 1).bit_length(), 1)
    top = int(maxima.sum())
    if row_bits + group_bits + top.bit_length() > BITS:
        row = np.unique(row, return_inverse=True)[1].astype(np.int64)
        row_bits = int(row.max(initial=0)).bit_length()
    key = (total << (row_bits + group_bits)) | (row << group_bits) | group
    key.sort()
    ends = np.searchsorted(key, np.arange(1, max(top, 1) + 1) << (row_bits + group_bits))
    n, observed, expected, largest = np.zeros((4, len(school_of)))
    # One total at a time: what is counted then stays in the cache.
    for start, end in pairwise(ends):
        same = key[start:end] >> group_bits
        owner = key[start:end] & ((1 << group_bits) - 1)
        runs = np.flatnonzero(_starts(same) | _starts(owner))  # one per row × class
        size = np.diff(runs, append=len(same))
        same, owner = same[runs], owner[runs]
        here = np.bincount(owner, size, len(school_of))
        chance = _chance(same, school_of[owner], size, np.bincount(school_of, here))[school_of]
        known = ~np.isnan(chance)
        n += np.where(known, here, 0)
        expected += np.where(known, here * (here - 1) / 2 * chance, 0)
        repeated = np.flatnonzero((size > 1) & known[owner])
        owner, size = owner[repeated], size[repeated].astype(np.float64)
        observed += np.bincount(owner, size - 1, len(school_of))
        np.maximum.at(largest, owner, size)
    return Repeats(n, observed, expected, largest)


def _row_codes(points: NDArray[np.int8], maxima: Integers) -> tuple[Integers, int]:
    """A whole number for each row of points, the same for equal rows only, and its bits."""
    code = np.zeros(points.shape[1], dtype=np.int64)
    bits = 0
    for values, most in zip(points, maxima, strict=True):
        more = int(most).bit_length()
        if bits + more > BITS:
            code = np.unique(code, return_inverse=True)[1].astype(np.int64)
            bits = int(code.max(initial=0)).bit_length()
        code <<= more
        code |= values
        bits += more
    return code, bits


def _starts(values: Integers) -> NDArray[np.bool_]:
    """Where a value differs from the one before it; values ≥ 0."""
    first = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=first[1:])
    return first


def _chance(row: Integers, school: Integers, size: Integers, n: Floats) -> Floats:
    """q without each school, (schools,); NaN where the others have too few pairs.

    row, school, size: one per row × class, the classes of a row in the order of schools; n: works
    of each school. Half a pair is added to the equal ones and one to all of them: for a total
    where no pair was equal yet.
    """
    first_row = _starts(row)
    in_school = np.flatnonzero(first_row | _starts(school))
    first = np.flatnonzero(first_row[in_school])
    before = np.concatenate([[0], np.cumsum(size)])
    held = np.diff(before[in_school], append=before[-1])
    written = np.diff(before[in_school[first]], append=before[-1])
    everyone = np.repeat(written, np.diff(first, append=len(in_school)))
    equal = (written * (written - 1)).sum() / 2 - (held * (held - 1)).sum() / 2
    own = np.bincount(school[in_school], held * (everyone - held), len(n))
    pairs = (n.sum() ** 2 - (n**2).sum()) / 2 - n * (n.sum() - n)
    return np.where(pairs >= MIN_PAIRS, (equal - own + 0.5) / (pairs + 1), np.nan)
