"""Analyse: from canonical tables to findings, by the pure functions of `analytics`."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analytics.battery import battery, details
from analytics.cohorts import cohorts
from analytics.completion import skill_results, task_results
from analytics.dynamics import dynamics
from analytics.low_results import low_procedures, low_results, with_returned
from analytics.marks import marks_summary
from analytics.official_markers import official_markers
from analytics.reliability import reliability
from analytics.sittings import first_sittings

Tables = Mapping[str, pd.DataFrame]


def analyse(tables: Tables) -> dict[str, pd.DataFrame]:
    """The analytical tables of one run, by name."""
    tests, tasks, schools = (tables[n] for n in ("tests", "tasks", "schools"))
    works = first_sittings(tables["works"])
    marks = marks_summary(works, tests, schools, tables["report_marks"], tables["report_journal"])
    results = task_results(works, tests, tasks, schools)
    counts = tables["score_counts"]
    found = battery(tables)["findings"]
    procedures = with_returned(low_procedures(marks, tests), found, counts, tests)
    return {
        "marks_summary": marks,
        "task_results": results,
        "skill_results": skill_results(results, tasks),
        "reliability": reliability(works, tests, schools),
        "dynamics": dynamics(marks, tests),
        "cohorts": cohorts(counts, tests, schools),
        "official_markers": official_markers(works, tests, schools, counts),
        "findings": found,
        **details(tables, found),
        "low_procedures": procedures,
        "low_results": low_results(procedures, tables["federal_list"]),
    }
