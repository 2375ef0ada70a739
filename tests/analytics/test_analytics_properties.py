"""What must hold for any data: order, names and neighbours change nothing."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics import schema
from analytics.cohorts import cohorts
from analytics.completion import skill_results, task_results
from analytics.distributions import score_counts
from analytics.dynamics import dynamics
from analytics.low_results import low_procedures, low_results
from analytics.marks import marks_summary
from analytics.official_markers import official_markers
from analytics.reliability import reliability
from analytics.scales import marks_from_scores

TESTS = ("vpr_2021_04_ma", "vpr_2022_04_ma", "vpr_2022_05_ma")
MAXIMA = (1, 2, 3)
SCHOOLS = {"11": "А", "12": "А", "13": "Б", "14": "Б", "15": None}


@pytest.fixture
def tests(tests_of):
    rows = [(2021, 4), (2022, 4), (2022, 5)]
    return tests_of(
        *(
            {"year": year, "grade": grade, "subject": "Математика", "scale": (6, 2, 3, 5)}
            for year, grade in rows
        )
    )


def random_works(seed: int, works_of, tests) -> pd.DataFrame:
    """25 works of each test × school; a tenth absent, tasks missing, skipped and not taught."""
    rng = np.random.default_rng(seed)
    parts = []
    for test_id in TESTS:
        rows = []
        for school in np.repeat(list(SCHOOLS), 25):
            points = [int(rng.integers(m + 1)) for m in MAXIMA]
            here = rng.random() > 0.1
            taught = int(rng.random() < 0.1) << int(rng.integers(3))
            shown = [p if here and not taught & 1 << k else None for k, p in enumerate(points)]
            score = sum(p for p in shown if p is not None) if here else None
            journal = int(rng.integers(2, 6)) if rng.random() > 0.1 else None
            rows.append((school, score, journal, taught if here else 0, *shown))
        columns = "school_id score journal_mark not_taught p1 p2 p3"
        parts.append(works_of(test_id, *rows, columns=columns))
    works = schema.conform(pd.concat(parts, ignore_index=True), "works")
    return works.assign(mark=marks_from_scores(works, tests))


def analysed(works, tests, tasks, schools) -> dict[str, pd.DataFrame]:
    counts = score_counts(works, schools)
    reports = schema.empty("report_marks"), schema.empty("report_journal")
    marks = marks_summary(works, tests, schools, *reports)
    results = task_results(works, tests, tasks, schools)
    procedures = low_procedures(marks, tests)
    return {
        "score_counts": counts,
        "marks_summary": marks,
        "task_results": results,
        "skill_results": skill_results(results, tasks),
        "reliability": reliability(works, tests, schools),
        "dynamics": dynamics(marks, tests),
        "cohorts": cohorts(counts, tests, schools),
        "official_markers": official_markers(works, tests, schools, counts),
        "low_procedures": procedures,
        "low_results": low_results(procedures, schema.empty("federal_list")),
    }


@pytest.fixture
def town(works_of, tests, tasks_of, schools_of):
    def build(seed):
        tasks = pd.concat(
            tasks_of(
                test_id,
                *((m, level, "счёт") for m, level in zip(MAXIMA, "БПВ", strict=True)),
                columns="max_points level skill",
            )
            for test_id in TESTS
        )
        return random_works(seed, works_of, tests), tests, tasks, schools_of(**SCHOOLS)

    return build


SEEDS = settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@SEEDS
@given(seed=st.integers(0, 10**6))
def test_the_order_of_rows_changes_nothing(town, seed):
    works, tests, tasks, schools = town(seed)
    straight = analysed(works, tests, tasks, schools)
    mixed = analysed(
        works.sample(frac=1, random_state=seed),
        tests.sample(frac=1, random_state=seed),
        tasks.sample(frac=1, random_state=seed),
        schools.sample(frac=1, random_state=seed),
    )
    for name, table in straight.items():
        pd.testing.assert_frame_equal(mixed[name], table, check_exact=True, obj=name)
        assert len(table) > 0, name


@SEEDS
@given(seed=st.integers(0, 10**6))
def test_other_names_of_schools_give_the_same_figures(town, seed):
    works, tests, tasks, schools = town(seed)
    names = dict(zip(SCHOOLS, ["95", "91", "94", "92", "93"], strict=True))
    straight = analysed(works, tests, tasks, schools)
    renamed = analysed(
        works.assign(school_id=works["school_id"].map(names)),
        tests,
        tasks,
        schools.assign(school_id=schools["school_id"].map(names)),
    )
    for name, table in straight.items():
        column = "group_id" if "group_id" in table else "school_id"
        expected = table.assign(**{column: table[column].replace(names)})
        pd.testing.assert_frame_equal(renamed[name], schema.conform(expected, name), obj=name)


OF_ONE_SCHOOL = {
    "score_counts", "marks_summary", "task_results", "skill_results", "reliability", "dynamics",
}  # fmt: skip


@SEEDS
@given(seed=st.integers(0, 10**6))
def test_another_school_leaves_the_rows_of_the_others_alone(town, seed):
    works, tests, tasks, schools = town(seed)
    whole = analysed(works, tests, tasks, schools)
    less = analysed(works[works["school_id"] != "14"], tests, tasks, schools)
    for name in OF_ONE_SCHOOL:
        column = "group_id" if "group_id" in whole[name] else "school_id"
        own = whole[name][whole[name][column].isin({"11", "12", "13", "15", "А"})]
        left = less[name][less[name][column].isin({"11", "12", "13", "15", "А"})]
        pd.testing.assert_frame_equal(
            own.reset_index(drop=True), left.reset_index(drop=True), check_exact=True, obj=name
        )


@SEEDS
@given(seed=st.integers(0, 10**6))
def test_the_tables_agree_with_each_other(town, seed):
    found = analysed(*town(seed))
    marks, counts = found["marks_summary"], found["score_counts"]
    schools = marks[marks["school_id"] != "*"].set_index(["test_id", "school_id"])
    by_school = counts[counts["group"] == "school"].groupby(["test_id", "group_id"])
    assert by_school["n"].sum().tolist() == schools["n"].tolist()
    assert (schools[["n2", "n3", "n4", "n5"]].sum(axis=1) == schools["n"]).all()
    journal = schools[["lowered", "confirmed", "raised"]].sum(axis=1)
    assert (journal == schools["journal_n"]).all()
    towns = marks[marks["school_id"] == "*"]
    assert towns["n"].sum() == schools["n"].sum()
    groups = found["task_results"].query("mark_group == '*'").groupby(["test_id", "position"])
    for _, rows in groups:
        totals = rows.groupby("group")[["n", "earned"]].sum()
        assert totals.loc["school"].tolist() == totals.loc["municipality"].tolist()


def test_nothing_in_nothing_out(tests, tasks_of, schools_of):
    tasks = tasks_of(TESTS[0], (1, "Б"))
    found = analysed(schema.empty("works"), tests, tasks, schools_of(**SCHOOLS))
    for name, table in found.items():
        assert table.empty, name
        assert list(table.columns) == list(schema.TABLES[name].columns)
