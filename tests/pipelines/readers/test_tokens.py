"""Blocks of cells as tokens."""

from pipelines.readers import cells
from pipelines.readers.cells import Sign
from pipelines.readers.tokens import Tokens


def test_a_block_keeps_rows_and_columns() -> None:
    block = Tokens.of([["1", "X"], [2.0, "1"], ["", "1"]])
    kinds, numbers = block.signs(cells.points)
    assert kinds.tolist() == [
        [Sign.VALUE, Sign.VALUE, Sign.BLANK],
        [Sign.SKIPPED, Sign.VALUE, Sign.VALUE],
    ]
    assert numbers.tolist() == [[1, 2, 0], [0, 1, 1]]


def test_each_distinct_value_is_parsed_once() -> None:
    seen = []
    Tokens.of([["1", "1", "2"], ["2", "1", "1"]]).flags(lambda v: bool(seen.append(v)))
    assert sorted(seen) == ["1", "2"]


def test_rows_and_texts() -> None:
    column = Tokens.of([["а", "", "б"]]).column(0)
    texts = column.take(column.flags(lambda v: v != "б")).texts(lambda v: v or None)
    assert texts[0] == "а"
    assert texts.isna().tolist() == [False, True]


def test_no_rows() -> None:
    block = Tokens.of([[], []])
    assert block.signs(cells.points)[0].shape == (0, 2)
    assert len(block.column(0).texts(cells.label)) == 0


def test_true_does_not_turn_ones_into_faults() -> None:
    kinds, numbers = Tokens.of([[True, 1.0]]).column(0).signs(cells.points)
    assert kinds.tolist() == [Sign.VALUE, Sign.VALUE]
    assert numbers.tolist() == [1, 1]


def test_not_a_number_is_a_token_of_its_own() -> None:
    flags = Tokens.of([[float("nan"), "1"]]).column(0).flags(lambda value: value == "1")
    assert flags.tolist() == [False, True]
