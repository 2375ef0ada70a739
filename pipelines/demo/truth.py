"""The folder truth/: what was planted, how many rows each file holds, every dirty cell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pipelines.demo import planting
from pipelines.demo.dirt import PlantedCell
from pipelines.demo.sitting import Sitting
from pipelines.demo.town import Town

_READ_ME = """\
Придуманный город Приозёрск-на-Взморье: ни школ, ни учеников с такими данными нет.

raw/    таблицы, какие бывают в муниципалитете, нарочно с ошибками
truth/  что в них спрятано, чтобы проверить программу:
  planted.csv  школы с заданными результатами: вид, работа, участников, сколько из них затронуто
  lifted.csv   работы, поднятые до границы отметки: балл до и после
  exams.csv    что спрятано в экзаменах: вид, маркер, год, школа, экзамен, файл
  counts.csv   строк данных в каждом файле и сколько из них программа должна отложить
  dirt.csv     каждая испорченная ячейка и каждый плохой файл; ожидание: stop — отложить,
               warn — предупредить, note — отметить, none — прочитать как обычно
"""


@dataclass(frozen=True)
class FileCount:
    """One row of counts.csv: rows of pupils, groups or schools, and how many are to be rejected."""

    file: str
    kind: str
    data_rows: int
    rejected: int = 0


def write_truth(
    folder: Path,
    town: Town,
    sittings: Iterable[Sitting],
    counts: list[FileCount],
    dirt: list[PlantedCell],
) -> None:
    """Writes the folder; CSV with a byte order mark, so that Excel shows the letters."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ПРОЧТИТЕ.txt").write_text(_READ_ME, encoding="utf-8-sig", newline="\r\n")
    held = list(sittings)
    tables = {
        "planted": pd.concat([*(_planted(town, s) for s in held), _lasting(town)]).sort_values(
            ["kind", "school_id", "test_id"], kind="stable"
        ),
        "lifted": pd.concat([_lifted(town, s) for s in held]),
        "counts": pd.DataFrame([asdict(c) for c in counts]).sort_values("file"),
        "dirt": pd.DataFrame([asdict(d) for d in dirt]).sort_values("file", kind="stable"),
    }
    for name, table in tables.items():
        table.to_csv(
            folder / f"{name}.csv", index=False, encoding="utf-8-sig", lineterminator="\r\n"
        )


def _planted(town: Town, sitting: Sitting) -> pd.DataFrame:
    """Rows of planted.csv about one test: n participants, of whom `pupils` show the effect."""
    work, pupils = sitting.work, sitting.pupils
    lowered = (pupils["journal"] > sitting.marks).to_numpy()
    effects = {
        (plan.kind, plan.school): sitting.marks == 2
        for plan in planting.LOW_RESULTS
        if (plan.year, plan.grade, plan.slug) == (work.year, work.grade, work.slug)
    }
    effects |= {
        ("boundary_lifting", school): (pupils["lifted"] > 0).to_numpy()
        for school, years in planting.LIFTED_YEARS.items()
        if work.year in years
    }
    effects["strong_lyceum", planting.LYCEUM] = np.zeros(len(pupils), dtype=bool)
    effects["tiny_school", planting.TINY] = np.ones(len(pupils), dtype=bool)
    effects["journal_inflated", planting.JOURNAL_INFLATED] = lowered
    rows = [
        (kind, school, work.test_id, _count(sitting, school), _count(sitting, school, shown))
        for (kind, school), shown in effects.items()
    ]
    return _described(town, rows)


def _lasting(town: Town) -> pd.DataFrame:
    """What is planted once rather than in every test."""
    rows = [
        ("crosswalk", planting.NEW_NUMBER, "", None, None),
        ("markup_in_name", planting.MARKED_UP_NAME, "vpr_2022_06_ru", None, None),
        ("olympiad_drop", planting.OLYMPIAD_DROP, "", None, None),
        ("stale_report", planting.STALE_REPORT, "vpr_2021_04_okr", None, planting.STALE_PUPILS),
    ]
    return _described(town, rows)


def _described(town: Town, rows: list[tuple]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["kind", "number", "test_id", "n", "pupils"])
    schools = town.schools.iloc[frame["number"] - 1].reset_index(drop=True)
    return pd.DataFrame(
        {
            "school_id": schools["school_id"],
            "login_before": schools["login_before"],
            "login_since": schools["login_since"],
            "school": schools["name"],
            "kind": frame["kind"],
            "test_id": frame["test_id"],
            "n": frame["n"].astype("Int64"),
            "pupils": frame["pupils"].astype("Int64"),
            "note": frame["kind"].map(planting.NOTES),
        }
    )


def _count(sitting: Sitting, school: int, shown: np.ndarray | None = None) -> int:
    """Participants of a school, of those who show an effect."""
    there = sitting.present & (sitting.pupils["school"] == school - 1).to_numpy()
    return int((there if shown is None else there & shown).sum())


def _lifted(town: Town, sitting: Sitting) -> pd.DataFrame:
    """One row per lifted work: its code, its score before and after."""
    moved = sitting.pupils["lifted"].to_numpy()
    rows = moved > 0
    schools = town.schools.iloc[sitting.pupils["school"][rows]]
    return pd.DataFrame(
        {
            "test_id": sitting.work.test_id,
            "school_id": schools["school_id"].to_numpy(),
            "login": schools["login_before"].to_numpy(),
            "code": sitting.pupils["code"][rows].to_numpy(),
            "score_before": (sitting.scores - moved)[rows],
            "score_after": sitting.scores[rows],
        }
    )
