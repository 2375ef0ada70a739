import numpy as np
import pandas as pd
import pytest

from analytics import schema
from analytics.cohorts import cohort_steps, cohorts
from analytics.references import references, score_moments

BEFORE, AFTER = "vpr_2020_04_ma", "vpr_2021_05_ma"


def counts(*rows: tuple) -> pd.DataFrame:
    """test_id, group, group_id, score, n."""
    frame = pd.DataFrame(rows, columns=["test_id", "group", "group_id", "score", "n"])
    return schema.conform(frame.assign(origin="works", source_id=None), "score_counts")


@pytest.fixture
def tests(tests_of):
    return tests_of(
        {"year": 2020, "grade": 4, "subject": "Математика", "pupil_grade": 5, "max_score": 10},
        {"year": 2021, "grade": 5, "subject": "Математика", "max_score": 20},
    )


SCHOOLS = [
    (BEFORE, "school", "1", 4, 1),
    (BEFORE, "school", "1", 8, 1),
    (BEFORE, "school", "2", 4, 2),
    (AFTER, "school", "1", 10, 2),
    (AFTER, "school", "2", 14, 2),
    (AFTER, "school", "3", 20, 2),
]
REGION = [(BEFORE, "region", "Край", 2, 1), (BEFORE, "region", "Край", 6, 1)]


def test_moments_by_hand():
    found = score_moments(counts(*SCHOOLS)).set_index(["test_id", "group_id"])
    assert found.loc[(BEFORE, "1"), ["n", "mean"]].tolist() == [2, 6]
    assert found.loc[(BEFORE, "1"), "sd"] == pytest.approx(np.sqrt(8))
    assert found.loc[(AFTER, "1"), "sd"] == 0
    single = score_moments(counts((AFTER, "school", "9", 7, 1)))
    assert single["mean"].tolist() == [7] and single["sd"].isna().all()


def test_the_largest_region_is_the_reference():
    rows = [(AFTER, "region", name, 5, n) for name, n in (("Край", 3), ("Область", 4), ("Б", 4))]
    found = references(counts(*rows, *SCHOOLS))
    assert found.loc[found["test_id"] == AFTER, "reference"].tolist() == [
        "регион: Б",
        "все загруженные школы",
    ]
    pooled = found[~found["region"]].set_index("test_id")
    assert pooled["n"].to_dict() == {BEFORE: 4, AFTER: 6}
    assert pooled["mean"].to_dict() == {BEFORE: 5, AFTER: pytest.approx(88 / 6)}


def test_positions_against_all_schools_by_hand(tests, schools_of):
    found = cohorts(counts(*SCHOOLS, *REGION), tests, schools_of(**{"1": "А", "2": None, "3": "А"}))
    one = found.set_index("school_id").loc["1"]
    assert one[["municipality", "subject", "n_before", "n"]].tolist() == ["А", "Математика", 2, 2]
    assert (one["mean_share_before"], one["mean_share"]) == (0.6, 0.5)
    z_before = (6 - 5) / np.std([4, 8, 4, 4], ddof=1)
    z = (10 - 88 / 6) / np.std([10, 10, 14, 14, 20, 20], ddof=1)
    assert one["z_before"] == pytest.approx(z_before)
    assert one["z"] == pytest.approx(z)
    assert one["change"] == pytest.approx(z - z_before)
    assert one["reference"] == "все загруженные школы"
    assert sorted(found["school_id"]) == ["1", "2"]


def test_the_region_is_used_where_it_is_known_for_both_tests(tests, schools_of):
    both = [*REGION, (AFTER, "region", "Край", 5, 1), (AFTER, "region", "Край", 15, 1)]
    found = cohorts(counts(*SCHOOLS, *both), tests, schools_of(**{"1": "А", "2": "А", "3": "А"}))
    one = found.set_index("school_id").loc["1"]
    assert one["reference"] == "регион: Край"
    assert one["z_before"] == pytest.approx(2 / np.sqrt(8))
    assert one["z"] == 0.0


def test_two_different_regions_are_no_common_reference(tests, schools_of):
    other = [(AFTER, "region", "Область", 5, 1), (AFTER, "region", "Область", 15, 1)]
    places = schools_of(**{"1": "А", "2": "А", "3": "А"})
    found = cohorts(counts(*SCHOOLS, *REGION, *other), tests, places)
    assert found["reference"].unique().tolist() == ["все загруженные школы"]


def test_equal_scores_of_the_reference_give_no_position(tests, schools_of):
    rows = [(BEFORE, "school", "1", 5, 9), (AFTER, "school", "1", 5, 9)]
    row = cohorts(counts(*rows), tests, schools_of(**{"1": "А"})).iloc[0]
    assert row[["mean_share_before", "mean_share"]].tolist() == [0.5, 0.25]
    assert row[["z_before", "z", "change"]].isna().all()


@pytest.mark.parametrize(
    ("year", "grade", "subject", "maximum", "paired"),
    [
        (2021, 5, "Математика", 20, True),
        (2021, 4, "Математика", 20, False),
        (2022, 5, "Математика", 20, False),
        (2022, 6, "Математика", 20, False),
        (2021, 5, "Русский язык", 20, False),
        (2021, 5, "Математика", None, False),
    ],
)
def test_a_step_is_one_year_and_one_grade(tests_of, year, grade, subject, maximum, paired):
    tests = tests_of(
        {"year": 2020, "grade": 4, "subject": "Математика", "max_score": 10},
        {"year": year, "grade": grade, "subject": subject, "max_score": maximum},
    )
    steps = cohort_steps(tests)
    assert len(steps) == paired
    if paired:
        columns = ["test_before", "test_id", "max_score_before", "max_score"]
        assert steps[columns].to_numpy().tolist() == [[BEFORE, AFTER, 10, 20]]
