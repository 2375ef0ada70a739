"""Answers of an exam's participants: the masks of a block, its tasks and the points for them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pipelines.readers.answer_masks import Masks, long_answers, read_masks, short_answers
from pipelines.readers.cells import Sign
from pipelines.readers.exam_blocks import Block
from pipelines.readers.exam_cells import fault
from pipelines.readers.reading import ProblemLog, Task


def masks_of(block: Block, shape: tuple[int, int] | None, log: ProblemLog) -> tuple[Masks, Masks]:
    """The masks of a block; those of another length or with signs that are none are noted."""
    masks = []
    for place, (role, parse) in enumerate((("short", short_answers), ("long", long_answers))):
        expected = shape[place] if shape else None
        mask = read_masks(block.column(role), len(block.rows), parse, expected)
        fault(block, log, "mask_unreadable", mask.faulty(), role)
        fault(block, log, "mask_length_differs", mask.odd(), role, expected=str(mask.tasks))
        fault(block, log, "mask_points_above_maximum", mask.above(), role)
        fault(block, log, "mask_maximum_differs", mask.other_maxima() & ~mask.above(), role)
        masks.append(mask)
    return masks[0], masks[1]


def tasks_of(short: Masks, long: Masks) -> tuple[Task, ...]:
    """Tasks by their place in the masks; the maximum is printed for the long answers only."""
    maxima = [0] * short.tasks + long.maxima.tolist()
    return tuple(Task(str(k), maximum or None) for k, maximum in enumerate(maxima, start=1))


def points_of(short: Masks, long: Masks) -> dict[str, Any]:
    """p1…pk, `skipped` and `not_taught` as the table of works has them."""
    signs = np.hstack([short.signs, long.signs])
    points = np.hstack([short.points, long.points])
    printed = np.hstack([short.printed, long.printed])
    known = (signs <= Sign.SKIPPED) & ~((printed > 0) & (points > printed))
    bits = np.left_shift(1, np.arange(signs.shape[1], dtype=np.int64))
    return {
        **{
            f"p{k + 1}": pd.arrays.IntegerArray(points[:, k].astype(np.int8), ~known[:, k])
            for k in range(signs.shape[1])
        },
        "skipped": pd.array((signs == Sign.SKIPPED) @ bits, dtype="Int64"),
        "not_taught": pd.array(np.zeros(len(signs), dtype=np.int64), dtype="Int64"),
    }


def note_sums(
    block: Block, short: Masks, long: Masks, score: pd.arrays.IntegerArray, log: ProblemLog
) -> None:
    """Notes scores that are not the sum of the masks; the score of the protocol stays."""
    signs = np.hstack([short.signs, long.signs])
    complete = (signs <= Sign.SKIPPED).all(axis=1) & (signs.shape[1] > 0)
    complete &= ~short.above() & ~long.above()
    sums = short.points.sum(axis=1) + long.points.sum(axis=1)
    given = score.to_numpy(dtype=np.float64, na_value=np.nan)
    differs = complete & ~np.isnan(given) & (given != sums)
    fault(block, log, "mask_sum_differs", differs, "score",
          expected=[str(s) for s in sums[differs]])  # fmt: skip
