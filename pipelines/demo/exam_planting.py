"""What is hidden in the town's exams for the program to find, by number of the school."""

from __future__ import annotations

from dataclasses import dataclass

MEDAL_LOW, MEDAL_YEAR, MEDAL_SCORE = 10, 2021, 58
MOVED, MOVED_YEAR = 8, 2022
REMOVED, REMOVED_YEAR = 15, 2022
RISE, RISE_YEAR = 2, 2022
SPIKE, SPIKE_YEAR = 4, 2022
LOW, LOW_YEAR = 20, 2021  # beside a ВПР of that year: planting.LOW_RESULTS
CLEAN = 12  # above the town in the ЕГЭ, not so far that chance does not explain it

# Shifts of ability in standard deviations: of a school in all exams of grade 11 of a year.
SHIFTS = {(RISE, RISE_YEAR - 1): -0.45, (RISE, RISE_YEAR): 0.4}
EFFECTS = {CLEAN: 0.35}  # in the place of the school's own effect, in grade 11
LARGER = {SPIKE: 10, MOVED: 2}  # graduates more than the number of classes gives

# Schools whose ability sinks in an exam until so many are below the minimum.
LOW_EXAMS = {
    (LOW, LOW_YEAR, "oge", "ma"): 0.33,
    (LOW, LOW_YEAR, "ege", "map"): 0.33,
    (SPIKE, SPIKE_YEAR, "ege", "map"): 0.4,
}
SPIKE_EGE, SPIKE_REACH = "map", 4  # all that lack so many points to the minimum are raised to it
LIFTED_SHARE = 0.6  # in the ОГЭ: of the pupils 1 or 2 points below a boundary, raised to it

NOTES = {
    "exam_medal_low": f"медаль выдана при {MEDAL_SCORE} баллах по русскому языку: порог года — 70",
    "exam_moved": "15 % выпускников и больше зачислены в 11 класс",
    "exam_removed": "двое удалены с экзамена в одном ППЭ",
    "exam_rise": "средний балл вырос за год больше чем на 8: по календарю 2021 год с другими не"
    " сравнивают, поэтому знака быть не должно, а причина названа",
    "exam_spike": "кому до порога (ЕГЭ — минимума, ОГЭ — границы отметки) недоставало немногих"
    " баллов, подняты до него; pupils — поднято",
    "exam_low": "30 % и больше ниже минимума; вместе с ВПР того же года (planted.csv) — в перечне",
    "exam_not_confirmed": "прошлогодняя ВПР той же параллели намного выше экзамена:"
    " следствие заданного низкого результата, знак стоит в году ВПР",
    "exam_clean_strong": "сильная школа без нарушений: зона зелёная каждый год",
    "exam_appeal": "по апелляции результат протокола заменён",
}


@dataclass(frozen=True)
class PlantedExam:
    """One row of truth/exams.csv: what is planted, in which school, year, exam and file.

    marker: Z1…Z10 of the zones of risk, or the detector or rule that is to find it; n participants,
    of whom `pupils` show the effect.
    """

    kind: str
    marker: str
    year: int
    school: int
    test_id: str
    file: str
    n: int | None = None
    pupils: int | None = None
