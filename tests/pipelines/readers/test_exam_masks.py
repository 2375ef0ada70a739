"""Answer masks: signs, points with maxima, lengths; answers worked by hand."""

import numpy as np
import pytest

from pipelines.readers.answer_masks import long_answers, read_masks, short_answers, usual_length
from pipelines.readers.cells import Sign
from pipelines.readers.tokens import Tokens


def column(*cells: object) -> Tokens:
    return Tokens.of([list(cells)]).column(0)


def test_a_mask_of_short_answers() -> None:
    signs = short_answers("+-2–X?")
    assert signs == [
        (Sign.VALUE, 1, 0), (Sign.VALUE, 0, 0), (Sign.VALUE, 2, 0), (Sign.VALUE, 0, 0),
        (Sign.SKIPPED, 0, 0), (Sign.UNREADABLE, 0, 0),
    ]  # fmt: skip


def test_a_mask_of_long_answers() -> None:
    assert long_answers("2(3)10(12) X(1)") == [
        (Sign.VALUE, 2, 3), (Sign.VALUE, 10, 12), (Sign.SKIPPED, 0, 1),
    ]  # fmt: skip
    assert long_answers("") == []


@pytest.mark.parametrize("mask", ["2(3", "23", "2(3)!", "Пример"])
def test_what_is_no_mask_of_long_answers(mask: str) -> None:
    assert long_answers(mask) is None


def test_points_of_a_column_and_masks_of_another_length() -> None:
    found = read_masks(column("+-2", "++", "", "--1"), 4, short_answers)
    assert found.tasks == 3
    assert found.points.tolist() == [[1, 0, 2], [0, 0, 0], [0, 0, 0], [0, 0, 1]]
    assert found.odd().tolist() == [False, True, True, False]
    assert (found.signs[1:3] == Sign.BLANK).all()


def test_maxima_are_those_that_most_masks_print() -> None:
    found = read_masks(column("2(3)1(1)", "4(3)1(1)", "1(2)1(1)", "ab"), 4, long_answers)
    assert found.maxima.tolist() == [3, 1]
    assert found.above().tolist() == [False, True, False, False]
    assert found.other_maxima().tolist() == [False, False, True, False]
    assert found.faulty().tolist() == [False, False, False, True]


def test_a_column_without_masks_has_no_tasks() -> None:
    for cells in (column("", ""), None):
        found = read_masks(cells, 2, short_answers)
        assert found.tasks == 0
        assert found.points.shape == (2, 0)
        assert not found.odd().any()


def test_of_equal_numbers_of_masks_the_longer_length_is_usual() -> None:
    assert usual_length(np.array([3, 5, 0])) == 5
    assert usual_length(np.array([3, 3, 5])) == 3
    assert usual_length(np.array([0, -1])) == 0
