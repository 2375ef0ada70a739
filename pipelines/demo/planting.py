"""What is hidden in the town for the program to find, and how it is put there.

Numbers of schools stand for schools; a rule of the official list needs exact counts of pupils, so
ability is shifted until the counts are within reach and the absent are chosen to hit them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SCHOOLS = 21
LYCEUM = 7
JOURNAL_INFLATED = 10
NEW_NUMBER = 16  # its login got other digits in 2022, not only another prefix
MARKED_UP_NAME = 18  # markup in the cell «Школа» of one export of 2022
STALE_REPORT = 4  # one distribution report was made before the school corrected its works
STALE_PUPILS = 3
OLYMPIAD_DROP = 1  # raises its own marks at the school stage of the olympiad
OLYMPIAD_DIRTY = 2021  # the year of the olympiad with errors of input, re-checks and a CSV
TINY = 21

LIFTED_YEARS = {5: (2020, 2021), 13: (2021,)}
LIFTED_SHARE = 0.4  # of the pupils 1 or 2 points below a boundary

# No other school reaches this share of «2» anywhere: what is planted is all there is to find.
HIGHEST_HONEST_LOW = 0.25


@dataclass(frozen=True)
class LowResult:
    """A school that gets its share of «2» in one test; `share` names the case to hit."""

    kind: str
    school: int
    year: int
    grade: int
    slug: str
    share: str  # "above", "exactly" or "below" 30 %


LOW_RESULTS = (
    LowResult("low_two_procedures", 3, 2021, 6, "ma", "above"),
    LowResult("low_two_procedures", 3, 2021, 7, "ru", "above"),
    LowResult("low_two_years", 9, 2020, 5, "ma", "above"),
    LowResult("low_two_years", 9, 2021, 5, "ma", "above"),
    LowResult("low_once", 11, 2021, 8, "ma", "above"),
    LowResult("low_exactly_30", 14, 2021, 6, "ru", "exactly"),
    LowResult("low_exactly_30", 14, 2021, 7, "ma", "exactly"),
    LowResult("low_just_below_30", 17, 2021, 6, "ru", "below"),
    LowResult("low_just_below_30", 17, 2021, 7, "ma", "below"),
    LowResult("exam_low_with_vpr", 20, 2021, 7, "ma", "above"),
)

NOTES = {
    "low_two_procedures": "30 % и больше «2» в двух процедурах одного года: в перечне",
    "low_two_years": "30 % и больше «2» в одной процедуре два года подряд: в перечне",
    "low_once": "30 % и больше «2» только в одной процедуре: не в перечне, группа риска",
    "low_exactly_30": "ровно 30 % «2» в двух процедурах года: в перечне, граница входит",
    "low_just_below_30": "чуть меньше 30 % «2» в двух процедурах года: не в перечне",
    "exam_low_with_vpr": "30 % и больше «2» в одной ВПР и в экзаменах того же года: в перечне;"
    " экзамены — в exams.csv",
    "boundary_lifting": "40 % не добравших 1–2 балла до границы отметки подняты до неё;"
    " pupils — поднято участников, их коды — в lifted.csv",
    "strong_lyceum": "сильный лицей без подъёма на границах: признаков быть не должно",
    "tiny_school": "малочисленная школа: 3–12 учеников в параллели",
    "journal_inflated": "журнал заметно мягче работы; pupils — отметка за работу ниже журнальной",
    "crosswalk": "с 2022 года у логина другие цифры: одна школа под двумя номерами",
    "markup_in_name": "разметка HTML в названии школы в одной выгрузке 2022 года",
    "olympiad_drop": "в своих предметах школьный этап олимпиады проверен щедро (+30 % максимума),"
    " на муниципальном этапе ученики показывают прежний уровень: все три года",
    "stale_report": "отчёт о распределении баллов расходится с файлом участников по этой школе",
}


def wanted_counts(share: str, listed: int) -> tuple[int, int]:
    """Participants and «2» among them for a case, out of `listed` pupils.

    10·low = 3·n holds for "exactly"; 10·low = 3·n − 1, the nearest below, for "below". From 6 % of
    the listed pupils up to 10 more are absent, so that the counts come out whole.
    """
    present = int(0.94 * listed)
    if share == "exactly":
        present -= present % 10
    elif share == "below":
        present -= (present - 7) % 10
    low = {"above": -(-36 * present // 100), "exactly": 3 * present // 10}
    return present, low.get(share, (3 * present - 1) // 10)


def choose_absent(
    low: NDArray[np.bool_], present: int, low_present: int, rng: np.random.Generator
) -> NDArray[np.bool_] | None:
    """Who of the listed pupils stays away so that both counts are hit; None if nobody can."""
    away_low = int(low.sum()) - low_present
    away_other = len(low) - present - away_low
    if away_low < 0 or away_other < 0 or away_other > int((~low).sum()):
        return None
    absent = np.zeros(len(low), dtype=bool)
    absent[rng.choice(np.flatnonzero(low), away_low, replace=False)] = True
    absent[rng.choice(np.flatnonzero(~low), away_other, replace=False)] = True
    return absent
