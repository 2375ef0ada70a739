"""Analyse: from canonical tables to findings, by the pure functions of `analytics`."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analytics.battery import battery, details
from analytics.cohort_paths import cohort_paths
from analytics.cohorts import cohorts
from analytics.completion import skill_results, task_results
from analytics.dynamics import dynamics
from analytics.essays import essay_criteria, essay_results
from analytics.exam_results import exam_results
from analytics.low_results import low_procedures, low_results, with_returned
from analytics.marks import marks_summary
from analytics.official_markers import official_markers
from analytics.olympiad import olympiad_indicators
from analytics.reliability import reliability
from analytics.risk_markers import risk_markers
from analytics.risk_zones import risk_zones
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
    exams = exam_results(tables["works"], tests, schools, tables["exam_summary"])
    markers = risk_markers(tables, exams)
    low = low_procedures(marks, tests, exams)
    procedures = with_returned(low, found, counts, tests)
    return {
        "marks_summary": marks,
        "task_results": results,
        "skill_results": skill_results(results, tasks),
        "reliability": reliability(works, tests, schools),
        # Years of an exam are compared by exam_results, which knows the exams' calendar.
        "dynamics": dynamics(marks[marks["procedure"] == "vpr"], tests),
        "cohorts": cohorts(counts, tests, schools),
        "cohort_paths": cohort_paths(counts, tests, schools),
        "official_markers": official_markers(works, tests, schools, counts),
        "findings": found,
        **details(tables, found),
        "exam_results": exams,
        "risk_markers": markers,
        "risk_zones": risk_zones(markers, exams),
        "low_procedures": procedures,
        "olympiad_indicators": olympiad_indicators(tables),
        "essay_results": essay_results(tables["essays"], tables["schools"]),
        "essay_criteria": essay_criteria(tables["essays"], tables["schools"]),
        "low_results": low_results(procedures, tables["federal_list"]),
    }
