import pandas as pd
import pytest

from analytics import schema
from analytics.cohort_paths import cohort_paths
from analytics.detectors.reference import REGION


def build(*tests: tuple) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tests as (procedure, year, grade, subject, n at 0…3 of school "a", the same of region)."""
    facts, counts = [], []
    for procedure, year, grade, subject, own, region in tests:
        name = f"{procedure}_{year}_{grade:02d}_{subject}"
        facts.append({"test_id": name, "procedure": procedure, "year": year, "grade": grade,
                      "pupil_grade": grade, "subject": subject, "max_score": 3})  # fmt: skip
        for group, who, histogram in (("school", "a", own), ("region", "Край", region)):
            counts += [(name, group, who, s, n, "works", None) for s, n in enumerate(histogram)]
    missing = [c for c in schema.TABLES["tests"].columns if c not in facts[0]]
    table = pd.DataFrame(facts).assign(**dict.fromkeys(missing))
    columns = list(schema.TABLES["score_counts"].columns)
    return (
        schema.conform(pd.DataFrame(counts, columns=columns), "score_counts"),
        schema.conform(table, "tests"),
    )


# Region: mean 1.5, squares 3.5, variance 1.25 of 1,000 works.
EVEN = [250, 250, 250, 250]


def test_a_cohort_is_followed_from_grade_to_exam(schools_of):
    counts, tests = build(
        ("vpr", 2018, 8, "Математика", [0, 10, 10, 0], EVEN),  # mean 1.5: z = 0
        ("oge", 2019, 9, "Математика", [0, 0, 10, 10], EVEN),  # mean 2.5
        ("ege", 2021, 11, "Математика профильная", [10, 10, 0, 0], EVEN),  # mean 0.5
        ("ege", 2021, 11, "Математика базовая", [10, 10, 0, 0], EVEN),
    )
    rows = cohort_paths(counts, tests, schools_of(a="Город"))
    own = rows[rows["subject"] == "Математика"]
    assert own["procedure"].tolist() == ["ege", "oge", "vpr"]  # by test_id
    assert (own["graduation"] == 2021).all()
    # Without the school's own 20 works the region has 980: mean (1500 − own sum)/980.
    by_stage = own.set_index("procedure")["z"]
    assert by_stage["vpr"] == pytest.approx(0.0, abs=1e-12)
    # (1500 − 50)/980 = 1.47959; (3500 − 130)/980 − 1.47959² = 1.24958; (2.5 − 1.47959)/1.11785
    assert by_stage["oge"] == pytest.approx(0.912831, abs=1e-5)
    assert by_stage["ege"] == pytest.approx(-0.912831, abs=1e-5)
    assert own["n"].tolist() == [20, 20, 20]
    assert (own["reference"] == REGION).all()


@pytest.mark.parametrize(("works", "kept"), [(9, 0), (10, 1), (11, 1)])
def test_few_works_say_nothing(schools_of, works, kept):
    counts, tests = build(("vpr", 2021, 5, "Математика", [0, works, 0, 0], EVEN))
    assert len(cohort_paths(counts, tests, schools_of(a="Город"))) == kept


def test_works_of_autumn_go_with_their_programme(schools_of):
    counts, tests = build(
        ("vpr", 2020, 4, "Математика", [0, 10, 10, 0], EVEN),
        ("vpr", 2021, 5, "Математика", [0, 10, 10, 0], EVEN),
        ("diagnostic", 2021, 5, "Математика", [0, 10, 10, 0], EVEN),
    )
    rows = cohort_paths(counts, tests, schools_of(a="Город"))
    assert rows["graduation"].tolist() == [2027, 2027]


def test_nothing_gives_nothing(schools_of):
    found = cohort_paths(schema.empty("score_counts"), schema.empty("tests"), schools_of(a="Город"))
    assert found.empty
