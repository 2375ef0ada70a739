"""D4, later exam: ВПР results that a later exam of the same cohort does not confirm.

y = y_ВПР − (a + b·y_exam): the standing of the school in the ВПР against the line through the
schools of the pair of tests. Only a ВПР above the exam is a risk. Cohorts are compared, so the
number of participants must have stayed within .8…1.25: an exam by choice is written by others.

What innocent things trigger it: strong pupils leaving after grade 9, a change of teacher, an exam
with another content.
"""

from __future__ import annotations

import pandas as pd

from analytics import schema
from analytics.detectors.school_effects import (
    effects,
    with_absentees,
    writers,
    yardstick,
)
from analytics.detectors.scopes import as_evidence
from analytics.detectors.standing import (
    FEW_SCHOOLS,
    beyond_expected,
    standings,
)
from analytics.detectors.standing import FEW_WORKS as FEW_TO_STAND

USUAL_TAU = 0.25
MIN_WORKS = 15
LATER = ("oge", "ege", "gve")
LONGEST = 1  # years between the two: a cohort changes with time
SAME_COHORT = (0.8, 1.25)  # participants of the exam to those of the ВПР
UNIT = "ст. откл. сверх результата экзамена"
CELL = ("year", "school_id", "scope", "n", "y", "se2", "reference", "reason")
NO_EXAM = "нет результатов более позднего экзамена той же параллели"
OTHER_PUPILS = "экзамен писали другие: число участников изменилось больше чем на четверть"
FEW_WORKS = f"меньше {MIN_WORKS} участников в одной из двух работ"


def later_exam(
    score_counts: pd.DataFrame, tests: pd.DataFrame, schools: pd.DataFrame
) -> pd.DataFrame:
    """Table `evidence`: the rows stand in the year of the ВПР, standard deviations of pupils."""
    pairs = exam_pairs(tests)
    used = tests["test_id"].isin(pairs.to_numpy().ravel())
    places = standings(score_counts, tests[used], schools)
    cells = beyond_expected(places, pairs, "test_id", "later_id")
    ratio = cells["n_known"] / cells["n"]
    small = (cells["n"] < MIN_WORKS) | (cells["n_known"] < MIN_WORKS)
    reason = cells["reason"].mask(~ratio.between(*SAME_COHORT), OTHER_PUPILS)
    cells = cells.assign(reason=reason.mask(small, FEW_WORKS))
    cells = pd.concat([cells, _unplaced(places, pairs)[list(CELL)]], ignore_index=True)
    tested = cells[cells["reason"].isna()]
    sticks = {y: yardstick(rows, USUAL_TAU) for y, rows in tested.groupby("year", observed=True)}
    rows = effects(cells, sticks, MIN_WORKS, FEW_WORKS)
    rows = with_absentees(rows, writers(score_counts, tests), NO_EXAM)
    return schema.conform(
        as_evidence(rows, "later_exam", UNIT, (FEW_WORKS, FEW_SCHOOLS)), "evidence"
    )


def _unplaced(places: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Cells of schools that wrote both tests and have no standing in one of them, with the reason.

    places: `standings`; the reason of the ВПР comes before that of the exam.
    """
    later = places[["test_id", "school_id", "reason"]].rename(columns={"test_id": "later_id"})
    both = places.merge(pairs, how="inner", on="test_id", validate="m:1").merge(
        later,
        how="inner",
        on=["later_id", "school_id"],
        validate="m:1",
        suffixes=("", "_later"),
    )
    reason = both["reason"].fillna(both["reason_later"]).replace({FEW_TO_STAND: FEW_WORKS})
    return both.assign(reason=reason, se2=float("nan"))[reason.notna()]


def exam_pairs(tests: pd.DataFrame) -> pd.DataFrame:
    """Pairs test_id (ВПР), later_id (exam): one subject, one cohort, at most a year apart.

    Of several exams the nearest, then ОГЭ and ЕГЭ before ГВЭ.
    """
    facts = tests[["test_id", "procedure", "subject", "year", "grade"]]
    earlier = facts[facts["procedure"] == "vpr"]
    later = facts[facts["procedure"].isin(LATER)]
    parts = [
        earlier.assign(gap=gap).merge(
            later.assign(year=later["year"] - gap, grade=later["grade"] - gap),
            how="inner", on=["subject", "year", "grade"], validate="1:m", suffixes=("", "_later"),
        )
        for gap in range(LONGEST + 1)
    ]  # fmt: skip
    pairs = pd.concat(parts).rename(columns={"test_id_later": "later_id"})
    order = pairs["procedure_later"].map({p: i for i, p in enumerate(LATER)})
    pairs = pairs.assign(order=order).sort_values(["test_id", "gap", "order"], kind="stable")
    return pairs.drop_duplicates("test_id")[["test_id", "later_id"]].reset_index(drop=True)
