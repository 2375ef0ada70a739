import numpy as np
import pandas as pd
import pytest

from analytics import schema
from analytics.distributions import score_counts
from analytics.official_markers import official_markers

MA4, MA5 = "vpr_2021_04_ma", "vpr_2022_05_ma"
COLUMNS = "school_id score journal_mark"


@pytest.fixture
def tests(tests_of):
    return tests_of(
        {"year": 2021, "grade": 4, "subject": "Математика", "max_score": 20},
        {"year": 2022, "grade": 5, "subject": "Математика", "max_score": 20},
        {"year": 2021, "grade": 6, "subject": "Математика", "max_score": 20},
        {"year": 2021, "grade": 4, "subject": "Окружающий мир", "max_score": 20},
    )


@pytest.fixture
def markers(tests, schools_of):
    def build(works, region=()):
        schools = schools_of(**dict.fromkeys(works["school_id"].unique(), "А"))
        added = pd.DataFrame(region, columns=["test_id", "score", "n"])
        added = added.assign(group="region", group_id="Край", origin="report", source_id="r")
        counts = pd.concat([score_counts(works, schools), schema.conform(added, "score_counts")])
        found = official_markers(works, tests, schools, counts)
        return found.set_index(["test_id", "school_id"])

    return build


def test_only_russian_and_mathematics_of_grades_4_and_5(markers, works_of):
    ids = [MA4, MA5, "vpr_2021_06_ma", "vpr_2021_04_okr"]
    found = markers(pd.concat([works_of(test_id, ("1", 5), ("1", 7)) for test_id in ids]))
    assert found.index.tolist() == [(MA4, "1"), (MA5, "1")]


def test_the_interval_by_hand(markers, works_of):
    region = [(MA4, 8, 50), (MA4, 12, 50)]
    found = markers(works_of(MA4, *[("1", s) for s in (10, 12, 14, 16)]), region)
    row = found.loc[(MA4, "1")]
    assert (row["n"], row["mean"]) == (4, 13.0)
    half = 1.96 * np.sqrt(20 / 3) / 2
    assert row[["ci_low", "ci_high"]].tolist() == pytest.approx([13 - half, 13 + half])
    half = 1.96 * np.sqrt(400 / 99) / 10
    assert row[["region_ci_low", "region_ci_high"]].tolist() == pytest.approx(
        [10 - half, 10 + half]
    )
    assert row["region_reference"] == "регион: Край"
    assert row[["inflated_mean", "markers"]].tolist() == [True, 1]


# Without spread the limits are the means: the region's upper limit is 10.
@pytest.mark.parametrize(("score", "inflated"), [(9, False), (10, False), (11, True)])
def test_the_lower_limit_must_be_above_the_upper_one(markers, works_of, score, inflated):
    found = markers(works_of(MA4, ("1", score), ("1", score)), [(MA4, 10, 100)])
    row = found.loc[(MA4, "1")]
    assert (row["ci_low"], row["region_ci_high"]) == (score, 10)
    assert row["inflated_mean"] == inflated
    assert row["markers"] == int(inflated)


def test_without_a_region_it_is_all_schools_loaded(markers, works_of):
    rows = [("1", 2), ("1", 4)] * 10 + [("2", 18), ("2", 20)] * 10
    found = markers(works_of(MA4, *rows))
    assert found["region_reference"].unique().tolist() == ["все загруженные школы"]
    half = 1.96 * np.std([2, 4] * 10 + [18, 20] * 10, ddof=1) / np.sqrt(40)
    assert found["region_ci_high"].tolist() == pytest.approx([11 + half] * 2)
    assert found["inflated_mean"].tolist() == [False, True]


def test_one_pupil_has_no_interval_and_no_correlation(markers, works_of):
    found = markers(works_of(MA4, ("1", 20, 2), columns=COLUMNS), [(MA4, 5, 9), (MA4, 7, 9)])
    row = found.loc[(MA4, "1")]
    assert row[["ci_low", "inflated_mean", "spearman", "spearman_negative"]].isna().all()
    assert (row["spearman_n"], row["markers"]) == (1, 0)
    assert row["reason"] == (
        "доверительный интервал: меньше двух участников; "
        "корреляция с журналом: нет двух работ с отметкой по журналу; "
        "резкое изменение: школа не писала работу следующего класса через год"
    )


# x: 3, 3, 4, 4 throughout; negative only where higher marks meet lower scores.
@pytest.mark.parametrize(
    ("scores", "spearman", "negative"),
    [
        ((8, 7, 6, 5), -4 / np.sqrt(20), True),
        ((5, 6, 5, 6), 0.0, False),
        ((5, 6, 7, 8), 4 / np.sqrt(20), False),
    ],
)
def test_the_sign_of_the_correlation(markers, works_of, scores, spearman, negative):
    rows = [("1", s, m) for s, m in zip(scores, (3, 3, 4, 4), strict=True)]
    row = markers(works_of(MA5, *rows, ("1", 20, None), columns=COLUMNS)).loc[(MA5, "1")]
    assert row["spearman"] == pytest.approx(spearman)
    assert row[["spearman_n", "spearman_negative", "markers"]].tolist() == [4, negative, negative]


def test_equal_journal_marks_say_so(markers, works_of):
    works = works_of(MA5, ("1", 5, 4), ("1", 9, 4), ("1", 7, 4), columns=COLUMNS)
    row = markers(works).loc[(MA5, "1")]
    assert pd.isna(row["spearman_negative"])
    assert row["reason"] == "корреляция с журналом: все баллы или все отметки одинаковы"


def cohort(works_of, after, before=10):
    """Schools with two pupils each; all have `before` in grade 4 and `after` in grade 5."""
    rows = [(str(i), score) for i, score in enumerate(after, start=1) for _ in "ab"]
    return pd.concat([works_of(MA4, *[(s, before) for s, _ in rows]), works_of(MA5, *rows)])


def test_the_ratio_and_its_limits_by_hand(markers, works_of):
    # K = 10/10, 10/8, 10/5, 10/4: quartiles 1.1875 and 2.125, IQR 0.9375.
    found = markers(cohort(works_of, [10, 8, 5, 4])).loc[MA4]
    assert found["change_ratio"].tolist() == [1.0, 1.25, 2.0, 2.5]
    assert set(found["change_low"]) == {1.1875 - 3 * 0.9375}
    assert set(found["change_high"]) == {2.125 + 3 * 0.9375}
    assert set(found["abrupt_change"]) == {"none"}


def test_the_ratio_is_of_shares_of_the_maximum(tests_of, works_of, schools_of):
    tests = tests_of(
        {"year": 2021, "grade": 4, "subject": "Математика", "max_score": 20},
        {"year": 2022, "grade": 5, "subject": "Математика", "max_score": 40},
    )
    works, schools = cohort(works_of, [10]), schools_of(**{"1": "А"})
    found = official_markers(works, tests, schools, score_counts(works, schools))
    assert found["change_ratio"].tolist()[0] == (10 / 20) / (10 / 40)


# K of the others is 1, so that both limits are 1 and any other K is beyond them.
@pytest.mark.parametrize(
    ("score", "change", "raised"), [(9, "drop", 1), (10, "none", 0), (11, "rise", 1)]
)
def test_beyond_the_limits_is_a_drop_or_a_rise(markers, works_of, score, change, raised):
    found = markers(cohort(works_of, [10, 10, 10, 10, 10, score]), [(MA4, 10, 9), (MA5, 20, 9)])
    assert found.loc[(MA4, "6"), ["abrupt_change", "markers"]].tolist() == [change, raised]
    assert found.loc[(MA4, "1"), "abrupt_change"] == "none"
    later = found.loc[MA5]
    assert later[["change_ratio", "change_low", "abrupt_change"]].isna().all(axis=None)
    assert not later["reason"].str.contains("резкое").any()


@pytest.mark.parametrize(("schools", "known"), [(3, False), (4, True), (5, True)])
def test_four_schools_are_needed_for_limits(markers, works_of, schools, known):
    found = markers(cohort(works_of, [10] * schools)).loc[MA4]
    assert found["abrupt_change"].notna().tolist() == [known] * schools
    assert found["change_ratio"].tolist() == [1.0] * schools
    few = found["reason"].str.contains("резкое изменение: меньше 4 школ с обеими работами")
    assert few.tolist() == [not known] * schools


def test_what_is_missing_for_the_ratio_is_named(markers, works_of):
    zero = markers(cohort(works_of, [0, 10, 10, 10, 10])).loc[(MA4, "1"), "reason"]
    assert "резкое изменение: средний балл через год равен нулю" in zero
    alone = markers(works_of(MA4, ("1", 5), ("1", 7))).loc[(MA4, "1"), "reason"]
    assert "школа не писала работу следующего класса через год" in alone


def test_without_a_test_of_the_next_year_the_reason_says_so(works_of, tests_of, schools_of):
    tests = tests_of({"year": 2021, "grade": 4, "subject": "Математика", "max_score": 20})
    works, schools = works_of(MA4, ("1", 5), ("1", 7)), schools_of(**{"1": "А"})
    found = official_markers(works, tests, schools, score_counts(works, schools))
    assert "резкое изменение: нет работы следующего класса через год" in found["reason"].iloc[0]


def test_markers_add_up(markers, works_of):
    rows = [("1", 20 - i, 3 + i) for i in range(3)] + [("2", i, 3 + i) for i in range(3)] * 9
    found = markers(works_of(MA5, *rows, columns=COLUMNS))
    assert found.loc[(MA5, "1"), ["inflated_mean", "spearman_negative"]].tolist() == [True, True]
    assert found["markers"].tolist() == [2, 0]


def test_no_works_give_no_rows(tests, schools_of):
    empty = schema.empty("works"), tests, schools_of(**{"1": "А"}), schema.empty("score_counts")
    assert official_markers(*empty).empty
