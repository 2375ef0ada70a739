import numpy as np
import pandas as pd
import pytest

from analytics.completion import skill_results, task_results

TEST = "vpr_2021_04_ma"
TEST_ROW = {"year": 2021, "grade": 4, "subject": "Математика", "max_score": 20}


@pytest.fixture
def results(tests_of, schools_of):
    def build(works, tasks, **schools):
        return task_results(works, tests_of(TEST_ROW), tasks, schools_of(**(schools or {"1": "А"})))

    return build


def row_of(found, group_id="1", position=1, mark_group="*"):
    chosen = found[
        (found["group_id"] == group_id)
        & (found["position"] == position)
        & (found["mark_group"] == mark_group)
    ]
    assert len(chosen) == 1
    return chosen.iloc[0]


def test_who_counts_for_a_task(results, works_of, tasks_of):
    works = works_of(
        TEST,
        ("1", 5, 2, 0, 0),
        ("1", 5, 1, 0, 0),
        ("1", 5, 0, 1, 0),  # X: zero points
        ("1", 5, None, 1, 0),  # X, its points left empty
        ("1", 5, None, 0, 1),  # not taught
        ("1", 5, None, 0, 0),  # missing
        ("1", 5, 3, 0, 0),  # more than the maximum
        ("1", None, None, 0, 0),  # absent
        columns="school_id score p1 skipped not_taught",
    )
    row = row_of(results(works, tasks_of(TEST, (2, "Б"))))
    assert row[["n", "earned", "possible"]].tolist() == [4, 3, 8]
    assert (row["completion"], row["verdict"]) == (0.375, "insufficient")


def test_a_municipality_pools_pupils_not_schools(results, works_of, tasks_of):
    works = works_of(
        TEST, ("1", 1, 1), ("1", 1, 1), ("1", 1, 1), ("2", 0, 0), columns="school_id score p1"
    )
    found = results(works, tasks_of(TEST, (1, "Б")), **{"1": "А", "2": "А"})
    row = row_of(found, "А")
    assert row[["group", "n", "earned", "completion"]].tolist() == ["municipality", 4, 3, 0.75]
    assert len(found) == 3


# Of 1000 points: the limits of Б are 600 and 570, of П and В 300 and 285.
@pytest.mark.parametrize(
    ("level", "earned", "verdict"),
    [
        ("Б", 569, "insufficient"),
        ("Б", 570, "uncertain"),
        ("Б", 571, "uncertain"),
        ("Б", 599, "uncertain"),
        ("Б", 600, "sufficient"),
        ("Б", 601, "sufficient"),
        ("П", 284, "insufficient"),
        ("П", 285, "uncertain"),
        ("П", 286, "uncertain"),
        ("В", 299, "uncertain"),
        ("В", 300, "sufficient"),
        ("В", 301, "sufficient"),
        (None, 900, None),
    ],
)
def test_verdicts_on_their_limits(results, works_of, tasks_of, level, earned, verdict):
    rows = [("1", 0, 1)] * earned + [("1", 0, 0)] * (1000 - earned)
    works = works_of(TEST, *rows, columns="school_id score p1")
    row = row_of(results(works, tasks_of(TEST, (1, level))))
    assert row["completion"] == earned / 1000
    assert row["verdict"] == verdict if verdict else pd.isna(row["verdict"])


def test_without_a_maximum_there_is_no_completion(results, works_of, tasks_of):
    works = works_of(TEST, ("1", 5, 2), ("1", 5, 1), columns="school_id score p1")
    row = row_of(results(works, tasks_of(TEST, (None, "Б"))))
    assert row[["n", "earned"]].tolist() == [2, 3]
    assert row[["possible", "completion", "verdict"]].isna().all()


def test_a_task_nobody_was_taught_has_a_row_without_a_verdict(results, works_of, tasks_of):
    works = works_of(TEST, ("1", 5, 1, None, 2), columns="school_id score p1 p2 not_taught")
    row = row_of(results(works, tasks_of(TEST, (1, "Б"), (1, "Б"))), position=2)
    assert row[["n", "earned", "possible"]].tolist() == [0, 0, 0]
    assert row[["completion", "verdict"]].isna().all()


def test_a_task_that_no_table_describes_is_still_counted(results, works_of, tasks_of):
    works = works_of(TEST, ("1", 5, 1, None), columns="school_id score p1 p2")
    found = results(works, tasks_of(TEST).astype({"test_id": "str"}))
    assert found.loc[found["group"] == "school", ["position", "n"]].to_numpy().tolist() == [[1, 1]]


def test_the_absent_give_no_rows(results, works_of, tasks_of):
    works = works_of(TEST, ("1", None, None), columns="school_id score p1")
    assert results(works, tasks_of(TEST, (1, "Б"))).empty


@pytest.mark.parametrize(("pupils", "shown"), [(9, False), (10, True), (11, True)])
def test_a_mark_group_is_shown_from_ten_participants(results, works_of, tasks_of, pupils, shown):
    rows = [("1", 5, 3, 1)] * pupils + [("1", 5, 4, 0), ("1", 5, None, 1)]
    works = works_of(TEST, *rows, columns="school_id score mark p1")
    found = results(works, tasks_of(TEST, (1, "Б")))
    school = found[found["group"] == "school"]
    assert school["mark_group"].tolist() == (["*", "3"] if shown else ["*"])
    assert row_of(found)[["n", "earned"]].tolist() == [pupils + 2, pupils + 1]
    if shown:
        assert row_of(found, mark_group="3")[["n", "completion"]].tolist() == [pupils, 1.0]


def test_the_same_as_a_loop_over_pupils(works_of, tests_of, tasks_of, schools_of):
    rng = np.random.default_rng(7)
    maxima = [1, 2, 3]
    rows = [
        (
            str(rng.integers(3)),
            int(rng.integers(20)) if rng.random() > 0.1 else None,
            int(rng.integers(2, 6)),
            *(None if rng.random() < 0.1 else int(rng.integers(m + 2)) for m in maxima),
            int(rng.integers(8)) * int(rng.random() < 0.2),
        )
        for _ in range(200)
    ]
    columns = "school_id score mark p1 p2 p3 not_taught"
    works = works_of(TEST, *rows, columns=columns)
    works["absent"] = works["score"].isna()
    tasks = tasks_of(TEST, *((m, "П") for m in maxima))
    schools = schools_of(**{"0": "А", "1": "А", "2": "Б"})
    found = task_results(works, tests_of(TEST_ROW), tasks, schools)

    place = {"0": "А", "1": "А", "2": "Б"}
    wanted = {}
    people = {}
    for school, score, mark, *points, not_taught in rows:
        if score is None:
            continue
        for key in [(g, m) for g in (school, place[school]) for m in ("*", str(mark))]:
            people[key] = people.get(key, 0) + 1
            for k, p in enumerate(points):
                n, earned = wanted.setdefault((*key, k + 1), (0, 0))
                if p is not None and p <= maxima[k] and not not_taught & 1 << k:
                    wanted[(*key, k + 1)] = (n + 1, earned + p)
    wanted = {k: v for k, v in wanted.items() if k[1] == "*" or people[k[:2]] >= 10}
    got = {(r.group_id, r.mark_group, r.position): (r.n, r.earned) for r in found.itertuples()}
    assert got == wanted
    assert len(got) > 40


@pytest.mark.parametrize(
    ("verdicts", "deficit"),
    [
        (["sufficient", "sufficient", "insufficient"], False),
        (["sufficient", "insufficient"], False),
        (["sufficient", "insufficient", "insufficient"], True),
        (["uncertain"], False),
        (["insufficient"], True),
        (["insufficient", None], True),
    ],
)
def test_a_deficit_is_more_than_half_of_the_checked_tasks(results, works_of, tasks_of, verdicts,
                                                          deficit):  # fmt: skip
    points = {"sufficient": 60, "uncertain": 58, "insufficient": 10, None: 0}
    earned = [points[v] for v in verdicts]
    rows = [("1", 0, *(int(i < e) for e in earned)) for i in range(100)]
    columns = "school_id score " + " ".join(f"p{k + 1}" for k in range(len(verdicts)))
    tasks = tasks_of(
        TEST,
        *((1, "Б" if v else None, "счёт") for v in verdicts),
        columns="max_points level skill",
    )
    found = skill_results(results(works_of(TEST, *rows, columns=columns), tasks), tasks)
    school = found[found["group"] == "school"].iloc[0]
    checked = [v for v in verdicts if v]
    assert school["deficit"] == deficit
    assert school["insufficient_tasks"] == verdicts.count("insufficient")
    assert school["tasks"] == ", ".join(str(k + 1) for k in range(len(checked)))
    assert school[["earned", "possible"]].tolist() == [sum(earned), 100 * len(checked)]


def test_skills_are_pooled_over_tasks_of_all_levels(results, works_of, tasks_of):
    works = works_of(
        TEST, ("1", 4, 1, 3, 1), ("1", 1, 1, 0, None), columns="school_id score p1 p2 p3"
    )
    tasks = tasks_of(
        TEST,
        (1, "П", "счёт"),
        (3, "Б", "счёт"),
        (1, "Б", None),
        columns="max_points level skill",
    )
    found = skill_results(results(works, tasks), tasks)
    assert found["skill"].unique().tolist() == ["счёт"]
    row = found[found["group"] == "school"].iloc[0]
    assert row[["tasks", "levels", "n", "earned", "possible"]].tolist() == ["1, 2", "Б, П", 2, 5, 8]
    assert row["completion"] == 0.625
    assert row["insufficient_tasks"] == 1  # the second task: 3 of 6 is below 57 %
    assert not row["deficit"]


def test_a_skill_without_any_verdict_was_not_checked(results, works_of, tasks_of):
    works = works_of(TEST, ("1", 4, 1), columns="school_id score p1")
    tasks = tasks_of(TEST, (1, None, "счёт"), columns="max_points level skill")
    assert skill_results(results(works, tasks), tasks).empty
