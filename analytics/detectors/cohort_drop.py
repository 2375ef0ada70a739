"""D5, cohort drop: grade 4 stood high, and the same pupils a year later in grade 5 did not.

d = z of grade 4 in the year − z of grade 5 in the next (table `cohorts`). Grade 4 is taught and
checked by other people than grade 5, so a drop much larger than those of other schools puts the
earlier result in doubt: the row stands in the year of grade 4. How much honest cohorts move is
seen in the steps 5→6, 6→7, 7→8, where the same people check both works (the empirical null); the
spread of the step 4→5 itself counts too where there are 20 schools, whichever is larger.

What innocent things trigger it: classes merged or split after grade 4, a move to another building,
pupils who leave for a gymnasium, a new programme in grade 5.
"""

from __future__ import annotations

import pandas as pd

from analytics import schema
from analytics.cohorts import cohorts
from analytics.detectors.reference import AREA_SCHOOLS, REGION, TOO_LARGE, TOWN_SCHOOLS
from analytics.detectors.school_effects import (
    Yardstick,
    effects,
    with_absentees,
    writers,
    yardstick,
)
from analytics.detectors.scopes import as_evidence
from analytics.detectors.spread import ENOUGH
from analytics.detectors.standing import ALL_EQUAL
from analytics.references import ALL_SCHOOLS

GRADE = 4
USUAL_TAU = 0.25
MIN_WORKS = 10
LARGEST_PART = 0.5  # of all the schools loaded
UNIT = "ст. откл."
NO_COHORT = "нет работ той же параллели в 4 классе и через год в 5 классе"
FEW_WORKS = f"меньше {MIN_WORKS} участников в одной из двух работ"


def cohort_drop(
    score_counts: pd.DataFrame, tests: pd.DataFrame, schools: pd.DataFrame
) -> pd.DataFrame:
    """Table `evidence`: estimate is the drop in standard deviations of pupils, n the grade-4 works.

    Scopes are subjects of grade 4; the whole-school row pools them.
    """
    tests = tests[tests["procedure"] == "vpr"]
    steps = _steps(score_counts, tests, schools)
    own, placebo = steps[steps["grade"] == GRADE], steps[steps["grade"] > GRADE]
    tested, null = (part[part["reason"].isna()] for part in (own, placebo))
    # A school moves by itself in every step, so each step has its own schools.
    null = null.assign(school_id=null["school_id"] + "/" + null["grade"].astype("str"))
    sticks = {
        year: _stick(rows, null[null["year"] == year])
        for year, rows in tested.groupby("year", observed=True)
    }
    rows = effects(own, sticks, MIN_WORKS, FEW_WORKS)
    rows = with_absentees(rows, writers(score_counts, tests), NO_COHORT)
    return schema.conform(as_evidence(rows, "cohort_drop", UNIT, (FEW_WORKS,)), "evidence")


def _stick(own: pd.DataFrame, placebo: pd.DataFrame) -> Yardstick:
    """The yardstick of the placebo steps, or the step's own if it is longer; else the usual."""
    sticks = [
        yardstick(rows, USUAL_TAU)
        for rows in (placebo, own)
        if rows["school_id"].nunique() >= ENOUGH
    ]
    # The variance of a school over its tests is what both must answer for.
    return max(sticks, key=_length, default=yardstick(own, USUAL_TAU))


def _length(stick: Yardstick) -> float:
    """Variance of a school pooled over three equal subjects, noise left out."""
    return stick.tau**2 * (stick.shared + (1 - stick.shared) / 3)


def _steps(score_counts: pd.DataFrame, tests: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Cells of all steps by the earlier test: year, grade, school_id, scope, n, y, se2, …"""
    rows = cohorts(score_counts, tests, schools)
    facts = tests[["test_id", "year", "grade"]].rename(columns={"test_id": "test_before"})
    rows = rows.merge(facts, how="left", on="test_before", validate="m:1")
    loaded = rows["reference"] == ALL_SCHOOLS
    pair = rows.groupby(["test_before", "test_id"], observed=True)
    large = loaded & (
        (rows["n"] > LARGEST_PART * pair["n"].transform("sum"))
        | (rows["n_before"] > LARGEST_PART * pair["n_before"].transform("sum"))
    )
    few = (rows["n"] < MIN_WORKS) | (rows["n_before"] < MIN_WORKS)
    reason = pd.Series(None, index=rows.index, dtype="str")
    y = (-rows["change"]).where(~few & ~large)
    middle = y.groupby([rows["test_before"], rows["test_id"]]).transform("median")
    several = len(schools["municipality"].dropna().unique()) > 1
    return rows.assign(
        scope=rows["grade"].astype("str") + "/" + rows["subject"],
        y=y - middle.where(loaded, 0.0),
        se2=1 / rows["n"].astype("float64") + 1 / rows["n_before"].astype("float64"),
        n=rows["n_before"],
        reference=pd.Series(REGION, index=rows.index, dtype="str").mask(
            loaded, AREA_SCHOOLS if several else TOWN_SCHOOLS
        ),
        reason=reason.mask(y.isna(), ALL_EQUAL).mask(large, TOO_LARGE).mask(few, FEW_WORKS),
    )[["year", "grade", "school_id", "scope", "n", "y", "se2", "reference", "reason"]]
