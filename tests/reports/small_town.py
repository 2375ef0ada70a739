"""A small town for the pages: four schools, three tests, two years; figures worked by hand.

4 класс, математика, 2022: 38 отметок «2» из 152 (каждый четвёртый); школа № 2 — 28 из 82. Школа
№ 1 (4 участника) скрыта, с ней закрыта школа № 5 (6 участников).
"""

from __future__ import annotations

import pandas as pd

from analytics import schema
from analytics.finding_ids import finding_id

PLACE = "город Приморск"
HOSTILE = 'СОШ № 10 "><script>alert(1)</script>'
MA22, RU22, MA21 = "vpr_2022_04_ma", "vpr_2022_06_ru", "vpr_2021_04_ma"
TESTS = {
    MA22: {"year": 2022, "grade": 4, "subject": "Математика"},
    RU22: {"year": 2022, "grade": 6, "subject": "Русский язык"},
    MA21: {"year": 2021, "grade": 4, "subject": "Математика"},
}
# n, «2», «3», «4», «5»; понизили, подтвердили, повысили, разница ≥ 2
MARKS = {
    (MA22, "s1"): ((4, 2, 1, 1, 0), (1, 3, 0, 0)),
    (MA22, "s2"): ((82, 28, 30, 16, 8), (41, 37, 4, 5)),
    (MA22, "s5"): ((6, 2, 2, 1, 1), (2, 4, 0, 0)),
    (MA22, "s10"): ((60, 6, 24, 20, 10), (12, 42, 6, 1)),
    (MA22, "*"): ((152, 38, 57, 38, 19), (56, 86, 10, 6)),
    (RU22, "s2"): ((80, 4, 36, 30, 10), (20, 56, 4, 0)),
    (RU22, "s10"): ((50, 1, 19, 20, 10), (10, 38, 2, 0)),
    (RU22, "s5"): ((9, 0, 4, 4, 1), (2, 7, 0, 0)),
    (RU22, "*"): ((139, 5, 59, 54, 21), (32, 101, 6, 0)),
    (MA21, "s2"): ((90, 9, 41, 30, 10), (18, 63, 9, 0)),
    (MA21, "s10"): ((60, 6, 24, 20, 10), (12, 42, 6, 0)),
    (MA21, "*"): ((150, 15, 65, 50, 20), (30, 105, 15, 0)),
}
SCORES = {  # primary score: works, of the mathematics of 2022
    "s2": {4: 8, 5: 20, 6: 20, 9: 10, 12: 16, 16: 8},
    "s10": {5: 6, 7: 24, 12: 20, 17: 10},
    "s1": {3: 2, 7: 1, 11: 1},
    "s5": {5: 2, 8: 2, 12: 1, 18: 1},
}


def table(name: str, rows: list[dict]) -> pd.DataFrame:
    """A conforming frame from rows that name only what matters to them."""
    columns = schema.TABLES[name].columns
    return schema.conform(pd.DataFrame([{c: r.get(c) for c in columns} for r in rows]), name)


def _marks() -> list[dict]:
    rows = []
    for (test_id, school_id), (counts, journal) in MARKS.items():
        n, n2, n3, n4, n5 = counts
        lowered, confirmed, raised, gap2 = journal
        rows.append(
            TESTS[test_id]
            | {
                "test_id": test_id,
                "procedure": "vpr",
                "municipality": PLACE,
                "school_id": school_id,
                "listed": n + 10,
                "n": n,
                "n2": n2,
                "n3": n3,
                "n4": n4,
                "n5": n5,
                "mean_score": 9.5,
                "sd_score": 4.0,
                "mean_mark": (2 * n2 + 3 * n3 + 4 * n4 + 5 * n5) / n,
                "success": (n - n2) / n,
                "quality": (n4 + n5) / n,
                "learning_index": (0.16 * n2 + 0.36 * n3 + 0.64 * n4 + n5) / n,
                "journal_n": n,
                "lowered": lowered,
                "confirmed": confirmed,
                "raised": raised,
                "gap2": gap2,
                "origin": "works",
            }
        )
    return rows


def _tests() -> list[dict]:
    scale = {"tasks": 2, "max_score": 20, "min3": 6, "min4": 10, "min5": 15}
    known = scale | {"scale_source": "Описание ВПР, таблица перевода", "scale_verified": True}
    bare = {"tasks": 2, "max_score": 45}
    return [
        {"test_id": key, "procedure": "vpr", "pupil_grade": t["grade"]}
        | t
        | (bare if key == RU22 else known)
        for key, t in TESTS.items()
    ]


def _score_counts() -> list[dict]:
    town: dict[int, int] = {}
    for counts in SCORES.values():
        for score, n in counts.items():
            town[score] = town.get(score, 0) + n
    groups = [("school", key, counts) for key, counts in SCORES.items()]
    groups += [("municipality", PLACE, town)]
    groups += [("region", "Образцовый край", {s: 100 for s in range(21)})]
    return [
        {
            "test_id": MA22,
            "group": group,
            "group_id": group_id,
            "score": score,
            "n": n,
            "origin": "report" if group == "region" else "works",
        }
        for group, group_id, counts in groups
        for score, n in counts.items()
    ]


def _task_results() -> list[dict]:
    """Task 1: half of the points; task 2: 20 % in school 2, 40 % in the municipality."""
    shares = {"s2": (0.5, 0.2), "s10": (0.9, 0.6), "s1": (0.5, 0.5), PLACE: (0.66, 0.4)}
    sizes = {
        "s2": {"*": 82, "2": 28, "3": 30, "4": 16, "5": 8},
        "s10": {"*": 60, "2": 6, "3": 24, "4": 20, "5": 10},
        "s1": {"*": 4},
        PLACE: {"*": 152, "2": 38, "3": 57, "4": 38, "5": 19},
    }
    tilt = {"*": 0.0, "2": -0.1, "3": -0.05, "4": 0.05, "5": 0.1}
    rows = []
    for group_id, (first, second) in shares.items():
        for mark, n in sizes[group_id].items():
            for position, share in ((1, first + tilt[mark]), (2, second - tilt[mark])):
                possible = n * position * 10
                earned = round(possible * share)
                rows.append(
                    {
                        "test_id": MA22,
                        "position": position,
                        "group": "municipality" if group_id == PLACE else "school",
                        "group_id": group_id,
                        "mark_group": mark,
                        "n": n,
                        "earned": earned,
                        "possible": possible,
                        "completion": earned / possible,
                        "verdict": _verdict(position, earned / possible),
                    }
                )
    return rows


def _verdict(position: int, completion: float) -> str:
    low, high = (0.57, 0.6) if position == 1 else (0.285, 0.3)
    return (
        "insufficient" if completion < low else "sufficient" if completion >= high else "uncertain"
    )


def _low() -> tuple[list[dict], list[dict]]:
    procedures = []
    for (test_id, school_id), (counts, _) in MARKS.items():
        if school_id != "*":
            n, low = counts[:2]
            procedures.append(
                TESTS[test_id]
                | {
                    "test_id": test_id,
                    "school_id": school_id,
                    "n": n,
                    "n_low": low,
                    "share_low": low / n,
                    "ci_low": max(0.0, low / n - 0.1),
                    "ci_high": min(1.0, low / n + 0.1),
                    "status": "ok" if 10 * low < 3 * n else "low" if n >= 10 else "low_small_n",
                    "counted": True,
                    "low_before": False if test_id == MA22 else None,
                }
            )
    results = [
        {
            "year": 2022,
            "school_id": school_id,
            "procedures": 2,
            "low_procedures": int(status == "risk"),
            "rule_met": False,
            "p_low_30": p,
            "status": status,
        }
        for school_id, status, p in (("s2", "risk", 0.81), ("s10", "no", 0.01), ("s5", "no", 0.3))
    ]
    return procedures, results


LIFTED = {4: 14, 5: 24, 6: 10, 9: 10, 12: 16, 16: 8}  # of school 2, before ten were lifted to 6
_SHARE = "доля поднятых из не добравших"
_VERDICT = {"detector": "school", "scope": ""}
_BOUNDARY = {"detector": "boundary_lifting", "scope": "", "unit": _SHARE}
_BESIDE = {"reference": "область (строка региона)"}


def _findings() -> list[dict]:
    """2022: red, amber with soft rounding, no scale, four works; 2021: none and too few works."""
    lifted = {"n": 82, "estimate": 0.4, "ci_low": 0.2, "ci_high": 0.6, "z": 4.0, "p_value": 1e-4}
    lifted |= {"mde": 0.35, "pupils": 12.4, "pupils_low": 6.2, "pupils_high": 18.6}
    lifted |= _BESIDE | {"status": "red"}
    soft = {"n": 110, "estimate": 0.05, "ci_low": -0.01, "ci_high": 0.11, "p_value": 0.04}
    soft |= {"mde": 0.39, "pupils": 3.0, "pupils_low": 0.0, "pupils_high": 9.0, "q_value": 0.3}
    rows = {
        "s2": [
            _VERDICT | {"n": 162, "p_value": 1e-4, "q_value": 0.0008, "status": "red"}
            | {"reason": "подъём до границы, 12 участников; признаки двух видов"},
            _BOUNDARY | lifted | {"q_value": 0.0008},
            _BOUNDARY | lifted | {"scope": "4/Математика"},
            {"detector": "item_patterns", "scope": "", "n": 160, "estimate": 0.35, "ci_low": 0.1}
            | {"unit": "ст. откл.", "ci_high": 0.6, "p_value": 0.01, "q_value": 0.08}
            | {"mde": 0.4, "status": "amber", "reference": "другие школы города"},
            {"detector": "low_variance", "scope": "", "n": 0, "status": "not_enough_data"}
            | {"reason": "меньше 12 работ в каждом классе"},
        ],
        "s10": [
            _VERDICT | {"n": 110, "p_value": 0.01, "q_value": 0.12, "status": "amber"}
            | {"reason": "один вид признаков"},
            _BOUNDARY | soft | _BESIDE | {"status": "none"},
            {"detector": "identical_rows", "scope": "", "n": 110, "estimate": 4.2, "ci_low": 1.0}
            | {"unit": "участников сверх ожидаемого", "ci_high": 8.0, "p_value": 0.01}
            | {"pupils": 4.2, "pupils_low": 1.0, "pupils_high": 8.0, "q_value": 0.12}
            | {"mde": 5.0, "status": "amber", "reference": "другие школы города"},
        ],
        "s5": [
            _VERDICT | {"n": 15, "status": "not_applicable"}
            | {"reason": "нет официальной шкалы отметок"},
        ],
        "s1": [_VERDICT | {"n": 4, "status": "not_enough_data", "reason": "меньше 60 работ"}],
    }  # fmt: skip
    before = {
        "s2": [
            _VERDICT | {"n": 90, "p_value": 0.5, "q_value": 0.6, "status": "none"},
            _BOUNDARY | {"n": 90, "estimate": -0.02, "ci_low": -0.3, "ci_high": 0.26}
            | {"p_value": 0.6, "q_value": 0.6, "mde": 0.385, "pupils": 0.0, "pupils_low": 0.0}
            | {"pupils_high": 8.0, "status": "none"} | _BESIDE,
        ],
        "s10": [
            _VERDICT | {"n": 60, "status": "not_enough_data", "reason": "меньше 60 работ со шкалой"}
        ],
    }  # fmt: skip
    found = pd.DataFrame(
        {"year": year, "school_id": school_id} | r
        for year, schools in ((2022, rows), (2021, before))
        for school_id, all_rows in schools.items()
        for r in all_rows
    )
    return found.assign(finding_id=finding_id(found)).to_dict("records")


def _expected() -> list[dict]:
    return [
        {"test_id": MA22, "school_id": "s2", "score": score, "n": SCORES["s2"].get(score, 0)}
        | {"expected": float(LIFTED.get(score, 0))}
        for score in range(21)
    ]


def small_town() -> dict[str, pd.DataFrame]:
    """All tables of the small town; those it says nothing about are empty."""
    procedures, results = _low()
    rows = {
        "intake": [
            {
                "path": f"2022/{key}.xlsx",
                "source_id": f"{key[-2:]}{'0' * 10}{'f' * 52}",
                "kind": "vpr_export_2022",
                "status": "partly" if key == MA22 else "accepted",
                "test_id": key,
                "rows_read": 160,
                "rows_accepted": 158 if key == MA22 else 160,
                "rows_rejected": 2 if key == MA22 else 0,
            }
            for key in TESTS
        ],
        "problems": [
            {
                "path": f"2022/{MA22}.xlsx",
                "source_id": "ma",
                "sheet": "Протокол",
                "cell": f"F{row}",
                "row": row,
                "column": "Балл",
                "code": "total_not_a_number",
                "severity": "stop",
                "value": '=HYPERLINK("x")',
                "message": "«=HYPERLINK» — не число",
                "hint": "Впишите балл числом",
            }
            for row in (17, 18)
        ],
        "schools": [
            {"school_id": key, "short_name": name, "municipality": PLACE, "logins": [key]}
            | {"in_registry": True}
            for key, name in (
                ("s1", "СОШ № 1"),
                ("s2", "СОШ № 2"),
                ("s5", "СОШ № 5"),
                ("s10", HOSTILE),
            )
        ],
        "tests": _tests(),
        "tasks": [
            {"test_id": MA22, "position": 1, "task": "1", "max_points": 10, "level": "Б"}
            | {"skill": "Выполнять действия с числами"},
            {"test_id": MA22, "position": 2, "task": "2К1", "max_points": 20, "level": "П"}
            | {"skill": "Решать задачи <в два действия>"},
        ],
        "marks_summary": _marks(),
        "score_counts": _score_counts(),
        "task_results": _task_results(),
        "low_procedures": procedures,
        "low_results": results,
        "findings": _findings(),
        "expected_counts": _expected(),
        "boundary_windows": [
            {"year": 2022, "school_id": "s2", "test_id": MA22, "boundary": name, "score": score}
            | {"m": 20, "x": x, "expected": 9.5, "pupils": x - 9.5, "pupils_low": x - 14}
            | {"pupils_high": x - 5.0, "p_value": p, "q_value": p, "selected": x > 15}
            for name, score, x, p in (("min3", 8, 12, 0.2), ("min4", 12, 17, 0.001))
        ],
        "lifting_reach": [{"year": 2022, "school_id": "s2", "r1": 0.5, "r2": 0.4, "r3": None}],
        "system_excess": [
            {"year": 2022, "test_id": MA22, "group": group, "group_id": key, "boundary": name}
            | {"score": score, "n": 900, "estimate": c, "ci_low": c - 0.02, "ci_high": c + 0.02}
            | {"z": 2.0, "p_value": 0.023, "p_exact": exact, "pupils": pupils, "status": "tested"}
            for group, key, c in (
                ("municipality", PLACE, 0.07),
                ("region", "Образцовый край", 0.05),
            )
            for name, score, exact, pupils in (("", None, None, None), ("min3", 8, 0.04, 31.0))
        ],
        "invalsi_index": [
            {"test_id": MA22, "school_id": "s2", "classes": 3, "n": 82, "invalsi_index": 0.31},
            {"test_id": MA22, "school_id": "s10", "classes": 0, "n": 0, "invalsi_index": None}
            | {"reason": "меньше 10 работ в каждом классе"},
        ],
        "official_markers": [
            TESTS[MA22]
            | {
                "test_id": MA22,
                "school_id": key,
                "n": n,
                "mean": mean,
                "ci_low": mean - 1,
                "ci_high": mean + 1,
                "region_ci_low": 9.8,
                "region_ci_high": 10.2,
                "region_reference": "Образцовый край",
                "inflated_mean": mean > 11.2,
                "spearman": 0.5,
                "spearman_n": n,
                "spearman_negative": False,
                "markers": int(mean > 11.2),
                "reason": "нет работ 5 класса следующего года",
            }
            for key, n, mean in (("s2", 82, 8.0), ("s10", 60, 12.0), ("s1", 4, 6.0))
        ],
        "dynamics": [
            {
                "municipality": PLACE,
                "school_id": "s2",
                "grade": 4,
                "subject": "Математика",
                "year_before": 2021,
                "year": 2022,
                "test_before": MA21,
                "test_id": MA22,
                "n_before": 90,
                "n": 82,
                "comparable": True,
                "low_share_before": 0.1,
                "low_share": 28 / 82,
                "low_change": 28 / 82 - 0.1,
                "low_change_low": 0.12,
                "low_change_high": 0.36,
                "quality_before": 40 / 90,
                "quality": 24 / 82,
                "quality_change": 24 / 82 - 40 / 90,
                "verdict": "negative",
            }
        ],
        "reliability": [
            {"test_id": MA22, "group": "municipality", "group_id": PLACE, "n": 152, "tasks": 2}
            | {"alpha": 0.724}
        ],
    }
    return {
        name: table(name, rows[name]) if name in rows else schema.empty(name)
        for name in schema.TABLES
        if name != "works"
    }
