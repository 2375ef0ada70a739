"""Works as matrices: what counts as a task, as its maximum and as a complete work."""

import pandas as pd
import pytest

from analytics.detectors.answers import answers


def _papers(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["school_id", "class_label", "p1", "p2", "p3"])


@pytest.fixture
def small(answered_frames):
    papers = _papers(
        ("б", "1", 1, 2, None),
        ("а", "2", 0, 1, None),
        ("а", None, 1, 0, None),
        ("а", "1", 1, 1, None),
    )
    return answered_frames([papers], 3, ())


def _only(town, **changes):
    works = town.works.assign(**changes)
    return next(
        iter(answers(works, town.tasks.assign(max_points=pd.NA).astype({"max_points": "Int64"})))
    )


def test_a_task_that_nobody_has_is_no_task(small) -> None:
    paper = _only(small)
    assert paper.points.tolist() == [[1, 0, 1, 1], [2, 1, 0, 1]]
    assert paper.maxima.tolist() == [1, 2]
    assert paper.schools.tolist() == ["а", "б"]
    assert paper.school.tolist() == [1, 0, 0, 0]
    assert paper.school_of.tolist() == [0, 0, 0, 1]
    assert paper.labels.tolist() == ["", "1", "2", "1"]
    assert paper.group.tolist() == [3, 2, 0, 1]


def test_skipped_is_zero_points_untaught_and_missing_leave_the_work_out(small) -> None:
    paper = _only(small, p2=pd.array([None, None, 0, 1], dtype="Int8"), skipped=[2, 0, 0, 0])
    assert paper.points.tolist() == [[1, 1, 1], [0, 0, 1]]
    assert paper.skipped.tolist() == [1, 0, 0]
    assert _only(small, not_taught=[0, 1, 0, 0]).points.tolist() == [[1, 1, 1], [2, 0, 1]]


def test_absent_pupils_are_left_out(small) -> None:
    assert _only(small, absent=[True, False, True, False]).points.shape == (2, 2)
    assert _only(small, absent=True).points.shape == (0, 0)


def test_points_above_a_stated_maximum_leave_the_work_out(small) -> None:
    tasks = small.tasks.assign(max_points=pd.array([1, 1, 1], dtype="Int64"))
    paper = next(iter(answers(small.works, tasks)))
    assert paper.points.tolist() == [[0, 1, 1], [1, 0, 1]]
    assert paper.maxima.tolist() == [1, 1]


def test_tests_come_in_their_order(small) -> None:
    works = pd.concat([small.works.assign(test_id="z"), small.works.assign(test_id="a")])
    assert [p.test_id for p in answers(works.reset_index(drop=True), small.tasks)] == ["a", "z"]


def test_no_works_no_papers(small) -> None:
    assert list(answers(small.works.iloc[:0], small.tasks)) == []
