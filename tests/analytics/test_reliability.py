import numpy as np
import pytest

from analytics.reliability import reliability

TEST = "vpr_2021_04_ma"


@pytest.fixture
def alpha(tests_of, schools_of):
    def build(works, tasks=None, **schools):
        tests = tests_of({"year": 2021, "grade": 4, "subject": "Математика", "tasks": tasks})
        found = reliability(works, tests, schools_of(**(schools or {"1": "А"})))
        return found.set_index("group_id")

    return build


def rows(points, school="1"):
    return [(school, 0, *p) for p in points]


def test_alpha_by_hand(alpha, works_of):
    # Ten pupils 1, 1 and ten 0, 0: the tasks agree fully.
    same = works_of(TEST, *rows([(1, 1)] * 10 + [(0, 0)] * 10), columns="school_id score p1 p2")
    assert alpha(same).loc["1", ["n", "tasks", "alpha"]].tolist() == [20, 2, 1.0]
    # Task variances ¼, total variance ½ (times 20/19): alpha = 2/1 · (1 − ½ / ½) = 0.
    crossed = [(1, 1), (1, 0), (0, 1), (0, 0)] * 5
    works = works_of(TEST, *rows(crossed), columns="school_id score p1 p2")
    assert alpha(works).loc["1", "alpha"] == pytest.approx(0.0)


def test_alpha_is_cronbachs_formula_in_every_group(alpha, works_of):
    rng = np.random.default_rng(3)
    ability = rng.normal(size=(90, 1))
    points = (ability + rng.normal(size=(90, 5)) > 0).astype(int)
    works = works_of(
        TEST,
        *rows(points[:40].tolist(), "1"),
        *rows(points[40:].tolist(), "2"),
        columns="school_id score p1 p2 p3 p4 p5",
    )
    found = alpha(works, **{"1": "А", "2": "А"})
    for group, chosen in (("1", points[:40]), ("2", points[40:]), ("А", points)):
        tasks, total = chosen.var(axis=0, ddof=1).sum(), chosen.sum(axis=1).var(ddof=1)
        assert found.loc[group, "alpha"] == pytest.approx(5 / 4 * (1 - tasks / total))
        assert found.loc[group, "n"] == len(chosen)


@pytest.mark.parametrize(("n", "known"), [(19, False), (20, True), (21, True)])
def test_twenty_complete_works_are_needed(alpha, works_of, n, known):
    points = [(i % 2, i % 2) for i in range(n)] + [(1, None)] * 9
    found = alpha(works_of(TEST, *rows(points), columns="school_id score p1 p2"))
    assert found.loc["1", "n"] == n
    assert np.isnan(found.loc["1", "alpha"]) != known
    reason = found["reason"].fillna("").loc["1"]
    assert reason == ("" if known else "меньше 20 работ с баллами за все задания")


def test_untaught_leaves_out_and_skipped_is_zero(alpha, works_of):
    taught = [("1", 0, i % 2, i % 2, 0, 0) for i in range(20)]
    works = works_of(
        TEST,
        *taught,
        ("1", 0, 1, None, 2, 0),
        ("1", 0, 1, None, 0, 2),
        ("1", 0, 1, 0, 2, 0),
        columns="school_id score p1 p2 skipped not_taught",
    )
    assert alpha(works).loc["1", "n"] == 22


def test_one_task_and_equal_scores_have_their_reasons(alpha, works_of):
    single = works_of(TEST, *[("1", 0, i % 2) for i in range(20)], columns="school_id score p1")
    equal = works_of(TEST, *rows([(1, 0)] * 20), columns="school_id score p1 p2")
    assert alpha(single).loc["1", "reason"] == "меньше двух заданий с баллами"
    assert alpha(equal).loc["1", "reason"] == "у всех одинаковый балл"
    assert alpha(single)["alpha"].isna().all() and alpha(equal)["alpha"].isna().all()


def test_a_declared_task_without_points_leaves_no_complete_work(alpha, works_of):
    works = works_of(TEST, *rows([(1, 1), (0, 0)] * 15), columns="school_id score p1 p2")
    assert alpha(works, tasks=2).loc["1", "n"] == 30
    assert alpha(works, tasks=3).loc["1", ["n", "tasks"]].tolist() == [0, 3]


def test_the_absent_and_works_without_points(alpha, works_of):
    absent = works_of(TEST, ("1", None, None, None), columns="school_id score p1 p2")
    bare = works_of(TEST, ("1", 7))
    for works in (absent, bare):
        assert alpha(works).loc["1", ["n", "tasks"]].tolist() == [0, 0]
        assert alpha(works).loc["1", "reason"] == "меньше двух заданий с баллами"
