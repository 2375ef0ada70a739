"""Equal rows of points inside classes, and how often rows of different schools are equal."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

MIN_PAIRS = 20  # of pupils of other schools at one total: q is a share of them
BLOCK = 32_768  # works counted at a time, whole totals: they stay in the cache
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
    shift = row_bits + group_bits
    key = (total << shift) | (row << group_bits) | group
    key.sort()
    ends = np.searchsorted(key, np.arange(1, max(top, 1) + 1) << shift)
    first = np.unique(ends[:-1] // BLOCK, return_index=True)[1]
    found = Repeats(*np.zeros((4, len(school_of))))
    for low, high in pairwise([*first, len(ends) - 1]):
        runs = np.flatnonzero(_starts(key[ends[low] : ends[high]]))  # one per row × class
        size = np.diff(runs, append=ends[high] - ends[low])
        runs = key[ends[low] + runs]
        same, owner = runs >> group_bits, runs & ((1 << group_bits) - 1)
        _add(found, (runs >> shift) - low - 1, same, owner, size, school_of)
    return found


def _add(
    found: Repeats,
    total: Integers,
    row: Integers,
    owner: Integers,
    size: Integers,
    school_of: Integers,
) -> None:
    """Adds some totals to `found`; total, row, class and works of each row × class, in order."""
    shape = (int(total.max(initial=-1)) + 1, len(school_of))
    cell = total * shape[1] + owner
    here = np.bincount(cell, size, shape[0] * shape[1]).reshape(shape)
    schools = int(school_of.max(initial=-1)) + 1
    chance = _chance(total, row, school_of[owner], size, (shape[0], schools))[:, school_of]
    known = ~np.isnan(chance)
    found.n[:] += np.where(known, here, 0).sum(axis=0)
    found.expected[:] += np.where(known, here * (here - 1) / 2 * chance, 0).sum(axis=0)
    repeated = np.flatnonzero((size > 1) & known.ravel()[cell])
    owner, size = owner[repeated], size[repeated].astype(np.float64)
    found.observed[:] += np.bincount(owner, size - 1, shape[1])
    np.maximum.at(found.largest, owner, size)


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


def _chance(
    total: Integers, row: Integers, school: Integers, size: Integers, shape: tuple[int, int]
) -> Floats:
    """q of each total without each school, `shape`; NaN where the others have too few pairs.

    total, row, school, size: one per row × class, the classes of a row in the order of schools.
    Half a pair is added to the equal ones and one to all of them: for a total where no pair was
    equal yet.
    """
    first_row = _starts(row)
    in_school = np.flatnonzero(first_row | _starts(school))
    total, school = total[in_school], school[in_school]
    first = np.flatnonzero(first_row[in_school])
    before = np.concatenate([[0], np.cumsum(size)])
    held = np.diff(before[in_school], append=before[-1])
    written = np.diff(before[in_school[first]], append=before[-1])
    everyone = np.repeat(written, np.diff(first, append=len(in_school)))
    equal = np.bincount(total[first], written * (written - 1), shape[0])
    equal = (equal - np.bincount(total, held * (held - 1), shape[0]))[:, None] / 2
    cell = total * shape[1] + school
    own = np.bincount(cell, held * (everyone - held), shape[0] * shape[1]).reshape(shape)
    n = np.bincount(cell, held, shape[0] * shape[1]).reshape(shape)
    works = n.sum(axis=1, keepdims=True)
    pairs = (works**2 - (n**2).sum(axis=1, keepdims=True)) / 2 - n * (works - n)
    return np.where(pairs >= MIN_PAIRS, (equal - own + 0.5) / (pairs + 1), np.nan)
