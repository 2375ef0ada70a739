import numpy as np
import pandas as pd
import pytest

from analytics.detectors.reference import (
    AREA_SCHOOLS,
    CLEAN,
    COUNTRY,
    NO_OTHERS,
    ONE_OTHER,
    REASONS,
    REGION,
    TOO_LARGE,
    TOWN_SCHOOLS,
    references_of_tests,
)

MA = "vpr_2021_04_ma"


def counts(*groups: tuple) -> pd.DataFrame:
    """Rows of `score_counts` from (group, group_id, [n at 0, n at 1, …])."""
    rows = [
        (MA, group, name, score, n)
        for group, name, histogram in groups
        for score, n in enumerate(histogram)
        if n
    ]
    return pd.DataFrame(rows, columns=["test_id", "group", "group_id", "score", "n"])


@pytest.fixture
def test_facts(tests_of):
    return tests_of({"year": 2021, "grade": 4, "subject": "Математика", "scale": (3, 1, 2, 3)})


def only(found):
    (reference,) = found
    return reference


def reasons(reference) -> list[str]:
    return [REASONS[code] for code in reference.reason]


def test_the_row_of_the_region_and_of_two_the_larger(test_facts, schools_of):
    rows = counts(
        ("school", "a", [1, 2, 3, 4]),
        ("region", "Малый", [50, 50, 50, 50]),
        ("region", "Большой", [100, 100, 100, 300]),
        ("country", "РФ", [1000, 1000, 1000, 1000]),
    )
    found = only(references_of_tests(rows, test_facts, schools_of(a="А")))
    assert found.label == REGION
    assert found.whole.tolist() == [100, 100, 100, 300]
    assert found.counts.tolist() == [[1, 2, 3, 4]]
    assert not found.left_out.any()  # 10 of 600 is 1.7 %


def test_the_clean_sample_comes_first_and_holds_no_school(test_facts, schools_of):
    rows = counts(("school", "a", [10, 10, 10, 10]), ("region", "Р", [100] * 4))
    clean = counts(("school", "x", [9, 9, 9, 9]), ("school", "y", [1, 1, 1, 1]))
    found = only(references_of_tests(rows, test_facts, schools_of(a="А"), clean))
    assert found.label == CLEAN
    assert found.whole.tolist() == [10, 10, 10, 10]
    assert not found.left_out.any()


def test_the_country_where_there_is_no_region(test_facts, schools_of):
    rows = counts(("school", "a", [1, 1, 1, 1]), ("country", "РФ", [100] * 4))
    assert only(references_of_tests(rows, test_facts, schools_of(a="А"))).label == COUNTRY


# 5 % is the most that stays: 5 of 100 does, 6 of 100 does not.
@pytest.mark.parametrize(("own", "left_out"), [(4, False), (5, False), (6, True)])
def test_own_works_are_subtracted_above_five_percent(test_facts, schools_of, own, left_out):
    rows = counts(("school", "a", [own]), ("region", "Р", [50, 50]))
    found = only(references_of_tests(rows, test_facts, schools_of(a="А")))
    assert found.left_out.tolist() == [left_out]
    assert found.n.tolist() == [100 - own if left_out else 100]
    assert found.rest().tolist() == ([[44, 50, 0, 0]] if left_out else [])


# Half of what is left is the most: 33 of the other 67 is less, 34 of 66 is more.
@pytest.mark.parametrize(("own", "reason"), [(33, ""), (34, TOO_LARGE), (60, TOO_LARGE)])
def test_a_school_too_large_for_its_reference(test_facts, schools_of, own, reason):
    rows = counts(("school", "a", [own]), ("region", "Р", [60, 40]))
    assert reasons(only(references_of_tests(rows, test_facts, schools_of(a="А")))) == [reason]


def test_other_schools_without_the_school_itself(test_facts, schools_of):
    rows = counts(
        ("school", "a", [5, 5]), ("school", "b", [0, 10]), ("school", "c", [10, 0, 2]),
        ("municipality", "А", [15, 15, 2]),
    )  # fmt: skip
    found = only(references_of_tests(rows, test_facts, schools_of(a="А", b="А", c="А")))
    assert found.label == TOWN_SCHOOLS
    assert found.rest().tolist() == [[10, 10, 2, 0], [15, 5, 2, 0], [5, 15, 0, 0]]
    assert reasons(found) == [ONE_OTHER, ONE_OTHER, TOO_LARGE]  # 12 of 22, of 22, to 20


def test_schools_of_two_towns_are_an_area(test_facts, schools_of):
    rows = counts(("school", "a", [5]), ("school", "b", [5]))
    found = only(references_of_tests(rows, test_facts, schools_of(a="А", b="Б")))
    assert found.label == AREA_SCHOOLS


def test_a_lone_school_has_nobody_to_be_compared_with(test_facts, schools_of):
    found = only(references_of_tests(counts(("school", "a", [5])), test_facts, schools_of(a="А")))
    assert reasons(found) == [NO_OTHERS]


def test_scores_above_the_maximum_are_left_out(test_facts, schools_of):
    rows = counts(("school", "a", [1, 1, 1, 1, 7]), ("region", "Р", [50, 50, 50, 50, 9]))
    found = only(references_of_tests(rows, test_facts, schools_of(a="А")))
    assert found.counts.tolist() == [[1, 1, 1, 1]]
    assert found.whole.tolist() == [50, 50, 50, 50]


def test_the_order_of_rows_changes_nothing(test_facts, schools_of):
    rows = counts(
        ("school", "b", [3, 1, 4]), ("school", "a", [1, 5, 9]), ("school", "c", [2, 6, 5])
    )
    schools = schools_of(a="А", b="А", c="А")
    shuffled = rows.sample(frac=1, random_state=3)
    first, second = (only(references_of_tests(r, test_facts, schools)) for r in (rows, shuffled))
    assert first.school_id.tolist() == second.school_id.tolist() == ["a", "b", "c"]
    assert np.array_equal(first.counts, second.counts)
    assert np.array_equal(first.rest(), second.rest())
