"""Answer masks of exam protocols: `++-2+` of short answers, `2(3)1(3)` = got(maximum) of long ones.

In a mask of short answers + is one point, − none, a digit so many points. What a task is worth at
most is printed for long answers only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.readers import cells
from pipelines.readers.cells import Sign
from pipelines.readers.tokens import Tokens

_SIGNS = {"+": (Sign.VALUE, 1), **{sign: (Sign.VALUE, 0) for sign in "-–—−"}}
_SIGNS |= {str(points): (Sign.VALUE, points) for points in range(10)}
_SIGNS |= dict.fromkeys("xXхХ", (Sign.SKIPPED, 0))
_LONG_ANSWER = re.compile(r"(\d{1,2}|[xXхХ\-–—−])\((\d{1,2})\)")
UNREADABLE = -1  # as the length of a mask

Answer = tuple[Sign, int, int]  # kind, points, maximum (0 where none is printed)


def short_answers(value: object) -> list[Answer] | None:
    """The answers of a mask `++-2+`; a sign that is none is an unreadable answer."""
    signs = [_SIGNS.get(sign, (Sign.UNREADABLE, 0)) for sign in cells.text(value).replace(" ", "")]
    return [(kind, points, 0) for kind, points in signs]


def long_answers(value: object) -> list[Answer] | None:
    """The answers of a mask `2(3)1(3)`, None if it is no such mask."""
    text = cells.text(value).replace(" ", "")
    if re.sub(_LONG_ANSWER, "", text):
        return None
    found = [(got, int(maximum)) for got, maximum in _LONG_ANSWER.findall(text)]
    return [
        (Sign.VALUE, int(got), maximum) if got.isdigit() else (Sign.SKIPPED, 0, maximum)
        for got, maximum in found
    ]


@dataclass(frozen=True)
class Masks:
    """The masks of one column, shape (works, tasks); tasks: the usual length of the column.

    signs, points: by work and task, BLANK for a mask of another length. lengths: of each mask,
    UNREADABLE for one that cannot be read. maxima: printed for each task, 0 where none is.
    """

    signs: NDArray[np.int8]
    points: NDArray[np.int16]
    printed: NDArray[np.int16]
    lengths: NDArray[np.int64]
    maxima: NDArray[np.int16]

    @property
    def tasks(self) -> int:
        """How many answers a mask of the column usually has."""
        return len(self.maxima)

    def odd(self) -> NDArray[np.bool_]:
        """Works whose mask has another length than usual."""
        return (self.lengths != self.tasks) & (self.lengths != UNREADABLE)

    def faulty(self) -> NDArray[np.bool_]:
        """Works whose mask, or a sign of it, cannot be read."""
        return (self.lengths == UNREADABLE) | (self.signs == Sign.UNREADABLE).any(axis=1)

    def above(self) -> NDArray[np.bool_]:
        """Works with more points for a task than the maximum printed beside them."""
        return ((self.printed > 0) & (self.points > self.printed)).any(axis=1)

    def other_maxima(self) -> NDArray[np.bool_]:
        """Works whose mask prints another maximum than the column usually does."""
        usual = (self.lengths == self.tasks)[:, None] & (self.printed > 0)
        return (usual & (self.printed != self.maxima)).any(axis=1)


def read_masks(column: Tokens | None, works: int, parse, expected: int | None = None) -> Masks:
    """The masks of a column of `works` cells; None stands for a sheet without the column.

    expected: the usual length where other rows of the same exam have told it already.
    """
    if column is None:
        return _no_masks(works, expected or 0)
    answers = [parse(value) for value in column.values]
    sizes = np.array([UNREADABLE if a is None else len(a) for a in answers], dtype=np.int64)
    lengths = sizes[column.codes]
    usual = usual_length(lengths) if expected is None else expected
    block = np.zeros((len(answers), usual, 3), dtype=np.int16)
    block[:, :, 0] = Sign.BLANK
    for place in np.flatnonzero(sizes == usual):
        if usual:
            block[place] = answers[place]
    rows = block[column.codes]
    printed = rows[:, :, 2]
    return Masks(
        signs=rows[:, :, 0].astype(np.int8),
        points=rows[:, :, 1],
        printed=printed,
        lengths=lengths,
        maxima=np.array([_most_common(printed[:, k]) for k in range(usual)], dtype=np.int16),
    )


def usual_length(lengths: NDArray[np.int64]) -> int:
    """The length that most masks have, the longer one of equals; 0 where all are blank."""
    filled = lengths[lengths > 0]
    return _most_common(filled)


def _most_common(numbers: NDArray[np.integer]) -> int:
    known = numbers[numbers > 0]
    if not len(known):
        return 0
    counts = np.bincount(known)
    return int(len(counts) - 1 - counts[::-1].argmax())


def _no_masks(works: int, usual: int) -> Masks:
    nothing = np.zeros((works, usual), dtype=np.int16)
    return Masks(
        signs=np.full((works, usual), Sign.BLANK, dtype=np.int8),
        points=nothing,
        printed=nothing,
        lengths=np.full(works, usual, dtype=np.int64),
        maxima=np.zeros(usual, dtype=np.int16),
    )
