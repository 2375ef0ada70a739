"""Invented exams of the small town: three years of ЕГЭ, ОГЭ, lists; what is planted, is named here.

Школа № 2: рост и высокий средний по химии в 2024 году; школа № 10: 12 из 30 ниже минимума по
обществознанию; школа № 5: медаль при 58 баллах по русскому языку; в школе № 2 два удаления; школа
№ 1 — четыре участника.
"""

from __future__ import annotations

import pandas as pd

from analytics import norms, schema
from analytics.exam_results import exam_results
from analytics.risk_markers import risk_markers
from analytics.risk_zones import risk_zones
from tests.reports.small_town import PLACE, small_town

YEARS = (2022, 2023, 2024)
RU, CHEMISTRY, SOCIAL = "Русский язык", "Химия", "Обществознание"
SIZES = {"s1": 4, "s2": 24, "s5": 18, "s10": 30}


def _scores(school: str, subject: str, year: int) -> list[int]:
    """Scores on a regular grid about a level: 60, less in social studies."""
    n = SIZES[school]
    level = {RU: 66, CHEMISTRY: 60, SOCIAL: 56}[subject]
    level += 14 if (school, subject, year) == ("s2", CHEMISTRY, 2024) else 0
    scores = [min(100, max(0, level + (2 * i - n + 1) * 30 // n)) for i in range(n)]
    if (school, subject, year) == ("s10", SOCIAL, 2024):
        scores[:12] = [30 + i for i in range(12)]
    return scores


def _works() -> list[dict]:
    rows = []
    for year in YEARS:
        for subject in (RU, CHEMISTRY, SOCIAL):
            test = norms.test_id("ege", year, 11, subject)
            for place, school in enumerate(SIZES):
                point = "1003" if (place + (subject == RU)) % 2 else "1007"
                for i, score in enumerate(_scores(school, subject, year)):
                    medallist = (school, subject, year, i) == ("s5", RU, 2024, 0)
                    rows.append({
                        "test_id": test, "school_id": school, "pupil": f"{school}-{i}",
                        "person": f"{school}-{i}", "score": score // 3,
                        "test_score": 58 if medallist else score, "exam_point": point,
                        "exam_date": f"{year}-06-01",
                    })  # fmt: skip
        test = norms.test_id("oge", year, 9, RU)
        for school, n in SIZES.items():
            for i in range(n):
                rows.append({"test_id": test, "school_id": school, "pupil": f"{school}-{i}",
                             "score": 10 + i % 23, "mark": 2 + i % 4})  # fmt: skip
    return [
        {"absent": False, "skipped": 0, "not_taught": 0, "source_id": "e", "sheet": "Л", "row": k}
        | row
        for k, row in enumerate(rows, start=2)
    ]


def _frame(name: str, rows: list[dict]) -> pd.DataFrame:
    columns = schema.TABLES[name].columns
    return schema.conform(pd.DataFrame([{c: r.get(c) for c in columns} for r in rows]), name)


def exam_town() -> dict[str, pd.DataFrame]:
    """Tables of the small town with exams, lists and everything that follows from them."""
    tables = small_town()
    exams = [("ege", 11, s) for s in (RU, CHEMISTRY, SOCIAL)] + [("oge", 9, RU)]
    tests = [
        {"test_id": norms.test_id(p, y, g, s), "procedure": p, "year": y, "grade": g,
         "pupil_grade": g, "subject": s}
        for y in YEARS for p, g, s in exams
    ]  # fmt: skip
    given = {"source_id": "l", "sheet": "Л", "row": 2}
    counts = dict.fromkeys(
        ("removals", "cancelled", "violations", "appeals_filed", "appeals_granted"), 0
    )
    tables["tests"] = pd.concat([tables["tests"], _frame("tests", tests)], ignore_index=True)
    tables["works"] = _frame("works", _works())
    tables["medals"] = _frame("medals", [
        given | {"year": 2024, "school_id": "s5", "person": "s5-0", "degree": "II",
                 "status": "issued"},
        given | {"year": 2024, "school_id": "s10", "person": "s10-29", "degree": "I",
                 "status": "issued"},
    ])  # fmt: skip
    tables["movers"] = _frame("movers", [
        given | {"year": 2024, "school_id": "s2", "person": f"s2-{i}", "enrolled": "2023-09-05"}
        for i in range(5)
    ])  # fmt: skip
    tables["exam_points"] = _frame("exam_points", [
        given | counts | {"year": year, "exam_point": "1003", "school_id": "s2",
                          "removals": 2 * (year == 2024)}
        for year in (2023, 2024)
    ] + [given | counts | {"year": 2024, "exam_point": "1007", "cancelled": 1}])  # fmt: skip
    results = exam_results(
        tables["works"], tables["tests"], tables["schools"], tables["exam_summary"]
    )
    markers = risk_markers(tables, results)
    assert set(tables["schools"]["municipality"]) == {PLACE}
    return tables | {
        "exam_results": results,
        "risk_markers": markers,
        "risk_zones": risk_zones(markers, results),
    }
