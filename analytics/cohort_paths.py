"""One cohort of pupils through its procedures: ВПР by grade, then ОГЭ, then ЕГЭ.

The tests differ, so places are compared and not points: z is how many standard deviations of
pupils the school's mean stands above the reference of that test. Who leaves after grade 9 and who
takes an elective exam changes the cohort; n beside every z shows it.
"""

from __future__ import annotations

import pandas as pd

from analytics import schema
from analytics.detectors.standing import standings

LAST_GRADE = 11
# The exam continues the school subject; the base exam in mathematics has other pupils and no scale.
CONTINUES = {"Математика профильная": "Математика"}
STAGES = ("vpr", "oge", "ege")


def cohort_paths(
    score_counts: pd.DataFrame, tests: pd.DataFrame, schools: pd.DataFrame
) -> pd.DataFrame:
    """Table `cohort_paths`: school × cohort × subject × test, of tests where z can be computed.

    graduation: the year in which the cohort is in grade 11. The works of autumn 2020 count by the
    grade of their programme, as `cohorts` does: 2020/4 and 2021/5 are the same pupils.
    """
    places = standings(score_counts, tests[tests["procedure"].isin(STAGES)], schools)
    known = places[places["reason"].isna()]
    rows = known.assign(
        municipality=known["school_id"].map(schools.set_index("school_id")["municipality"]),
        graduation=known["year"] - known["grade"] + LAST_GRADE,
        subject=known["subject"].replace(CONTINUES),
        z=known["y"],
    )
    return schema.conform(rows[list(schema.TABLES["cohort_paths"].columns)], "cohort_paths")
