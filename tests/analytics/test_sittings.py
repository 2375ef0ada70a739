"""Of several sittings of one exam the first counts; works without a day are left alone."""

import pandas as pd
import pytest

from analytics.sittings import first_sittings


def works(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["test_id", "school_id", "pupil", "exam_date", "score"])


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0]])
def test_the_earliest_day_of_a_pupil_stays(order: list[int]) -> None:
    rows = [("a", "1", "p", "2026-06-01", 5), ("a", "1", "p", "2026-09-05", 9),
            ("a", "1", "q", "2026-09-05", 7)]  # fmt: skip
    found = first_sittings(works(*(rows[i] for i in order)))
    assert sorted(found["score"]) == [5, 7]


def test_the_same_pupil_in_another_exam_or_school_is_another_work() -> None:
    rows = works(("a", "1", "p", "2026-06-01", 5), ("b", "1", "p", "2026-06-02", 6),
                 ("a", "2", "p", "2026-06-03", 7))  # fmt: skip
    assert len(first_sittings(rows)) == 3


def test_works_without_a_day_stay_even_where_the_key_repeats() -> None:
    rows = works(("v", "1", "p", None, 5), ("v", "1", "p", None, 6))
    pd.testing.assert_frame_equal(first_sittings(rows), rows)
    assert first_sittings(rows.iloc[:0]).empty
