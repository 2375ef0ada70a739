"""From works to cells (test × school), by hand."""

import numpy as np
import pandas as pd
import pytest

from analytics.detectors.scopes import (
    NO_PARTICIPANTS,
    NO_POINTS,
    by_test,
    cell_grid,
    cells_of,
    stacked,
    took_part,
)


@pytest.fixture
def works() -> pd.DataFrame:
    rows = [
        ("т2", "б", False),
        ("т1", "а", False),
        ("т2", "а", True),
        ("т1", "б", None),
        ("т1", "а", True),
        ("т2", "б", False),
    ]
    frame = pd.DataFrame(rows, columns=["test_id", "school_id", "absent"])
    return frame.astype({"test_id": "str", "school_id": "str", "absent": "boolean"})


def test_an_unknown_presence_is_an_absence(works) -> None:
    assert took_part(works).tolist() == [True, True, False, False, False, True]


def test_places_of_each_test_in_the_order_of_names(works) -> None:
    found = [(test, rows.tolist()) for test, rows in by_test(works, took_part(works))]
    assert found == [("т1", [1]), ("т2", [0, 5])]
    nobody = [(test, len(rows)) for test, rows in by_test(works, np.zeros(6, dtype=bool))]
    assert nobody == [("т1", 0), ("т2", 0)]
    assert list(by_test(works.iloc[:0], np.zeros(0, dtype=bool))) == []


def test_a_cell_that_was_not_found_says_why(works) -> None:
    found = pd.DataFrame({"test_id": ["т2"], "school_id": ["б"], "n": [2.0], "reason": [None]})
    grid = cell_grid(works, found.astype({"test_id": "str", "school_id": "str", "reason": "str"}))
    cells = grid.set_index(["test_id", "school_id"])
    assert cells.index.tolist() == [("т1", "а"), ("т1", "б"), ("т2", "а"), ("т2", "б")]
    assert cells["present"].tolist() == [1, 0, 0, 2]
    assert cells["n"].tolist() == [0, 0, 0, 2]
    assert cells["reason"].tolist()[:3] == [NO_POINTS, NO_PARTICIPANTS, NO_PARTICIPANTS]
    assert pd.isna(cells.loc[("т2", "б"), "reason"])


def test_a_cell_sums_the_classes_that_count() -> None:
    classes = pd.DataFrame(
        {
            "test_id": "т",
            "school_id": ["а", "а", "б", "б"],
            "n": [20, 5, 6, 4],
            "reason": pd.Series([None, "мало", "тесно", "мало"], dtype="str"),
        }
    )
    cells = cells_of(classes, ["n"])
    assert cells["school_id"].tolist() == ["а", "б"]
    assert cells["n"].tolist() == [20, 0]
    assert cells["reason"].fillna("").tolist() == ["", "мало"]


def test_columns_are_there_also_where_nothing_was_found() -> None:
    dtypes = {"test_id": "str", "n": "float64"}
    one = {"test_id": np.array(["а"], dtype=object), "n": np.array([3])}
    two = {"test_id": np.array(["б", None], dtype=object), "n": np.array([1, 2])}
    frame = stacked(iter([one, two]), dtypes)
    assert frame["test_id"].fillna("").tolist() == ["а", "б", ""]
    assert frame["n"].tolist() == [3, 1, 2]
    assert stacked([], dtypes).dtypes.astype(str).tolist() == ["str", "float64"]
