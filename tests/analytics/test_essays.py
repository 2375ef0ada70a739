"""The final essay by school, worked by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics import schema
from analytics.essay_rule import criteria, passed_by_rule
from analytics.essays import essay_criteria, essay_results

DECEMBER, FEBRUARY, APRIL = "2024-12-04", "2025-02-05", "2025-04-09"
MARKS = dict.fromkeys(schema.ESSAY_CRITERIA)


def essays(*rows: dict) -> pd.DataFrame:
    """Rows of `essays`; school s1 and December unless a row says otherwise."""
    defaults = {"year": 2025, "exam_date": DECEMBER, "kind": "сочинение", "school_id": "s1",
                "class_label": "11А", "person": None, "absent": False, "passed": None,
                "source_id": "f", "sheet": "Л", **MARKS}  # fmt: skip
    built = [{**defaults, "row": i + 2, **row} for i, row in enumerate(rows)]
    frame = pd.DataFrame(built, columns=list(schema.TABLES["essays"].columns))
    return schema.conform(frame, "essays")


def results(frame: pd.DataFrame, schools: pd.DataFrame) -> dict[str, dict]:
    found = essay_results(frame, schools)
    return found.set_index("school_id").to_dict("index")


def counts(record: dict) -> tuple[int, ...]:
    names = ("n", "n_first", "n_retake", "n_not", "n_unfinished", "n_absent")
    return tuple(int(record[name]) for name in names)


def school(name: str, passed: int, failed: int) -> list[dict]:
    return [
        {"school_id": name, "pupil": f"{name}-{i}", "passed": i < passed}
        for i in range(passed + failed)
    ]


@pytest.fixture
def one_town(build_schools) -> pd.DataFrame:
    return build_schools(**{f"s{i}": "Пробный" for i in range(1, 8)})


@pytest.fixture
def build_schools():
    def build(**municipalities: str | None) -> pd.DataFrame:
        rows = {"school_id": list(municipalities), "short_name": list(municipalities),
                "municipality": list(municipalities.values()),
                "logins": [[s] for s in municipalities], "gia_code": None, "kind": None,
                "in_registry": True}  # fmt: skip
        return schema.conform(pd.DataFrame(rows), "schools")

    return build


def test_first_time_after_a_retake_never_unfinished_and_absent(one_town) -> None:
    frame = essays(
        {"pupil": "1", "passed": True},
        {"pupil": "2", "passed": False},
        {"pupil": "2", "passed": True, "exam_date": FEBRUARY},
        {"pupil": "3", "passed": False},
        {"pupil": "3", "passed": False, "exam_date": FEBRUARY},
        {"pupil": "4"},  # removed or not finished, never came again
        {"pupil": "5", "absent": True},
        {"pupil": "6", "absent": True},  # absent in December, passed in February: a first attempt
        {"pupil": "6", "passed": True, "exam_date": FEBRUARY},
    )
    found = results(frame, one_town)
    assert counts(found["s1"]) == (4, 2, 1, 1, 1, 1)
    assert found["s1"]["share_first"] == found["s1"]["town_first"] == 0.5
    # Clopper–Pearson of 2 of 4 from a table.
    assert found["s1"]["ci_low"] == pytest.approx(0.0676, abs=1e-4)
    assert found["s1"]["ci_high"] == pytest.approx(0.9324, abs=1e-4)
    assert counts(found["*"]) == counts(found["s1"])


def test_the_town_is_pooled_over_pupils_and_no_school_of_another_town(build_schools) -> None:
    schools = build_schools(s1="Пробный", s2="Пробный", s3="Другой", s4=None)
    rows = [*school("s1", 9, 1), *school("s2", 0, 2), *school("s3", 3, 0), *school("s4", 1, 0)]
    found = essay_results(essays(*rows), schools)
    whole = found[found["school_id"] == "*"]
    assert whole[["n", "n_first"]].to_numpy().tolist() == [[3, 3], [12, 9], [1, 1]]
    assert whole["municipality"].fillna("?").tolist() == ["Другой", "Пробный", "?"]
    assert found.set_index("school_id").loc["s2", "town_first"] == 0.75


def test_a_pupil_is_the_same_under_a_name_and_under_a_code(one_town) -> None:
    frame = essays(
        {"pupil": "07", "person": "abc", "passed": False},
        {"pupil": "abc", "person": "abc", "passed": True, "exam_date": FEBRUARY},
        {"pupil": "08", "person": "def", "passed": False},
        {"pupil": "08", "passed": True, "exam_date": FEBRUARY},
    )
    assert counts(results(frame, one_town)["s1"]) == (2, 0, 2, 0, 0, 0)


def test_a_code_that_two_persons_had_joins_nobody(one_town) -> None:
    frame = essays(
        {"pupil": "1", "person": "abc", "passed": False},
        {"pupil": "1", "person": "def", "passed": False, "exam_date": FEBRUARY},
        {"pupil": "1", "passed": True, "exam_date": APRIL},
    )
    assert counts(results(frame, one_town)["s1"]) == (3, 1, 0, 2, 0, 0)


@pytest.mark.parametrize(("n", "placed"), [(9, False), (10, True), (11, True)])
def test_a_place_in_the_funnel_from_ten_participants(one_town, n, placed) -> None:
    others = [row for i in range(2, 7) for row in school(f"s{i}", 58, 2)]
    found = results(essays(*others, *school("s1", 0, n)), one_town)
    assert pd.notna(found["s1"]["funnel"]) == placed
    if placed:
        assert found["s1"]["funnel"] in ("below", "far_below")
        assert found["s2"]["funnel"] == "within"
    assert pd.isna(found["*"]["funnel"])


@pytest.mark.parametrize(("schools", "placed"), [(4, False), (5, True), (6, True)])
def test_a_place_in_the_funnel_from_five_schools(one_town, schools, placed) -> None:
    rows = [row for i in range(1, schools + 1) for row in school(f"s{i}", 20, 2)]
    assert pd.notna(results(essays(*rows), one_town)["s1"]["funnel"]) == placed


def test_nobody_with_a_result_and_nobody_at_all(one_town) -> None:
    found = results(essays({"pupil": "1", "absent": True}), one_town)
    assert counts(found["s1"]) == (0, 0, 0, 0, 0, 1)
    assert all(pd.isna(found["s1"][c]) for c in ("share_first", "ci_low", "ci_high", "funnel"))
    assert essay_results(essays(), one_town).empty
    assert essay_criteria(essays(), one_town).empty
    assert essay_criteria(essays({"pupil": "1", "passed": True}), one_town).empty


def test_criteria_of_first_attempts_where_the_requirements_were_met(one_town) -> None:
    met = {"r1": True, "r2": True, "k1": True, "k2": True, "k3": True, "k4": True, "k5": False}
    frame = essays(
        {"pupil": "1", "passed": True, **met},
        {"pupil": "2", "passed": False, **met, "k2": False},
        {"pupil": "2", "passed": True, **met, "exam_date": FEBRUARY},
        {"pupil": "3", "passed": False, **dict.fromkeys(met, False), "r1": True},
        {"pupil": "4", **met},  # no result: no attempt
        {"pupil": "5", "passed": True, **met, "kind": "изложение", "school_id": "s2"},
    )
    found = essay_criteria(frame, one_town).set_index(["school_id", "kind", "criterion"])
    own = found.loc["s1", "сочинение"]
    # Works 1, 2 and 3; the third failed requirement 2, so K1…K5 were not judged.
    assert own["n"].to_dict() == {"r1": 3, "r2": 3, **dict.fromkeys(criteria()[2:], 2)}
    assert own["n_failed"].to_dict() == {
        "r1": 0, "r2": 1, "k1": 0, "k2": 1, "k3": 0, "k4": 0, "k5": 2,
    }  # fmt: skip
    assert own.loc["k2", "share_failed"] == own.loc["k2", "town_share"] == 0.5
    assert own.loc["k5", "ci_high"] == 1.0
    assert found.loc[("*", "изложение", "k5"), "n_failed"] == 1


def test_the_order_of_rows_and_the_names_of_pupils_do_not_matter(one_town) -> None:
    rows = [{**row, "k1": row["passed"], "r1": True} for row in school("s1", 7, 4)]
    rows += [{**row, "exam_date": FEBRUARY, "passed": True} for row in rows[9:]]
    frame = essays(*rows, *school("s2", 3, 1))
    shuffled = frame.sample(frac=1, random_state=3)
    renamed = shuffled.assign(pupil="x" + shuffled["pupil"].str[::-1])
    for analysed in (essay_results, essay_criteria):
        expected = analysed(frame, one_town)
        pd.testing.assert_frame_equal(analysed(shuffled, one_town), expected)
        pd.testing.assert_frame_equal(analysed(renamed, one_town), expected)


@pytest.mark.parametrize(
    ("marks", "passed"),
    [
        ("+++++--", True),
        ("++++--+", True),
        ("++++---", False),
        ("+++-+++", False),
        ("++-++++", False),
        ("+-+++++", False),
        ("-......", False),  # one failed requirement decides, the rest is not judged
        ("++++..+", True),
        ("++++..-", None),
        ("++++...", None),
        (".++++++", None),
    ],
)
def test_the_rule(marks: str, passed: bool | None) -> None:
    signs = {"+": True, "-": False, ".": None}
    row = dict(zip(criteria(), [signs[m] for m in marks], strict=True))
    (found,) = passed_by_rule(pd.DataFrame([row]).astype("boolean")).tolist()
    assert (None if pd.isna(found) else found) is passed


def test_the_norms_name_the_columns_of_the_tables() -> None:
    assert tuple(criteria()) == schema.ESSAY_CRITERIA
    assert criteria("required") == ["r1", "r2", "k1", "k2"]
