"""Lists beside the exams: medallists, pupils who moved, the register of exam points, appeals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pipelines.demo import exam_planting
from pipelines.demo.exam_sitting import Results
from pipelines.demo.olympiads import person
from pipelines.demo.spreadsheets import SheetDraft
from pipelines.demo.town import Town

_NAMES = ["Фамилия", "Имя", "Отчество"]
_MEDAL_FROM = 70  # in Russian and on average: what an honest medallist has
_MEDALS = 3  # a school and year at most
_MOVED_SHARE = 0.2  # of the graduates of the planted school
_APPEALS = 3


def long_results(exams: Mapping[str, Results]) -> pd.DataFrame:
    """All results of the ЕГЭ with a test score: school, person, slug, test_score, passed."""
    parts = [
        r.pupils[["school", "person"]].assign(
            slug=r.exam.slug, test_score=r.results, passed=~r.below
        )
        for r in exams.values()
        if r.exam.procedure == "ege" and not r.exam.marked
    ]
    return pd.concat(parts, ignore_index=True)


def medals(town: Town, exams: Mapping[str, Results], year: int) -> tuple[SheetDraft, int]:
    """The best of each school, and in one school a pupil below the rule; the number of its row."""
    sat = long_results(exams)
    russian = sat[sat["slug"] == "ru"].set_index("person")
    by_person = sat.groupby("person").agg(mean=("test_score", "mean"), passed=("passed", "all"))
    best = russian.join(by_person[["mean"]]).assign(all_passed=by_person["passed"])
    fine = best[best["all_passed"] & (best["test_score"] >= _MEDAL_FROM)]
    fine = fine[fine["mean"] >= _MEDAL_FROM].sort_values("mean", ascending=False, kind="stable")
    named = fine.groupby("school").head(_MEDALS).sort_values("school", kind="stable")
    if year == exam_planting.MEDAL_YEAR:
        own = best[best["school"] == exam_planting.MEDAL_LOW - 1]
        low = own[own["test_score"] == exam_planting.MEDAL_SCORE].head(1)
        named = pd.concat([named, low]).sort_values("school", kind="stable")
    codes = town.schools["gia_code"].to_numpy()[named["school"]]
    title = [f"Награждённые медалью «За особые успехи в учении», {year} год"]
    rows: list[list[Any]] = [title, ["№", "Код ОО", *_NAMES, "Статус"]]
    rows += [
        [number, int(code), *person(who), "выдана"]
        for number, (who, code) in enumerate(zip(named.index, codes, strict=True), start=1)
    ]
    planted = named["test_score"].to_numpy() == exam_planting.MEDAL_SCORE
    at = int(np.argmax(planted)) + 3 if planted.any() else 0
    return SheetDraft("Медалисты", rows), at


def movers(town: Town, exams: Mapping[str, Results], year: int) -> tuple[SheetDraft, int, int]:
    """One pupil of every other school, a fifth of the planted one's; n and how many there."""
    sat = long_results(exams).drop_duplicates("person")[["school", "person"]]
    place = sat.groupby("school").cumcount()
    planted = (sat["school"] == exam_planting.MOVED - 1) & (year == exam_planting.MOVED_YEAR)
    size = sat.groupby("school")["person"].transform("size")
    usual = (sat["school"] % 2 == 0) & (place < 2) & (size > 10)
    chosen = sat[np.where(planted, place < _MOVED_SHARE * size, usual)]
    late = np.where(planted[chosen.index], 1, chosen.groupby("school").cumcount())
    # The first of two honest pupils came in time, on 1 September of grade 10.
    days = np.where(late == 0, f"01.09.{year - 2}", f"04.10.{year - 1}")
    codes = town.schools["gia_code"].to_numpy()[chosen["school"]]
    header = ["№", "Код ОО", "Класс", *_NAMES, "Дата зачисления"]
    rows: list[list[Any]] = [[f"Обучающиеся, сменившие ОО, {year} год"], header]
    rows += [
        [number, int(code), 11, *person(who), str(day)]
        for number, (code, who, day) in enumerate(
            zip(codes, chosen["person"], days, strict=True), start=1
        )
    ]
    return SheetDraft("Сменившие ОО", rows), int(planted.sum()), int(planted[chosen.index].sum())


def exam_points(town: Town, exams: Mapping[str, Results], year: int) -> tuple[SheetDraft, int]:
    """A row for each point, and one for the school whose pupils were removed; its row number."""
    points = sorted(
        {int(p) for r in exams.values() for p in r.pupils["exam_point"] if r.exam.grade == 11}
    )
    header = ["Код ППЭ", "Код ОО", "Предмет", "Удалено", "Аннулировано", "Нарушений",
              "Апелляций подано", "Апелляций удовлетворено", "Руководитель ППЭ"]  # fmt: skip
    rows: list[list[Any]] = [[f"Реестр ППЭ, {year} год"], header]
    rows += [[p, "", "", 0, 0, "", "", "", person(p)[0]] for p in points]
    if year != exam_planting.REMOVED_YEAR:
        return SheetDraft("ППЭ", rows), 0
    held = exams[f"ege_{year}_11_soc"]
    at = held.pupils["exam_point"].iloc[held.of_school(exam_planting.REMOVED)[0]]
    code = int(town.schools["gia_code"].iloc[exam_planting.REMOVED - 1])
    rows.append([int(at), code, held.exam.subject, 2, 0, 2, 0, 0, person(int(at))[0]])
    return SheetDraft("ППЭ", rows), len(rows)


def appeals(town: Town, results: Results) -> tuple[SheetDraft, list[int]]:
    """Pupils of an ОГЭ who lacked a point to «4» get it; and whose rows of `results` these are."""
    least = results.exam.boundaries[1]
    rows = np.flatnonzero(results.scores == least - 1)[:_APPEALS].tolist()
    exam, pupils = results.exam, results.pupils
    head = ["№", "Код ОО", "Класс", "Код ППЭ", "Аудитория", *_NAMES, "Экзамен",
            "Состояние апелляции", "Текущие", ""]  # fmt: skip
    named = f"{exam.subject}({exam.day.replace('-', '.')})"
    body = [
        [
            str(number), str(town.schools["gia_code"].iloc[p.school]), p.class_label,
            str(p.exam_point), f"{p.room:04d}", *person(p.person), named,
            "Апелляция удовлетворена", str(least), "4",
        ]
        for number, p in enumerate(pupils.iloc[rows].itertuples(), start=1)
    ]  # fmt: skip
    title = ["Протокол проверки результатов"]
    second = [*[""] * 10, "Первичный балл", "Оценка"]
    return SheetDraft("Page 1", [title, head, second, *body], merged=("K2:L2",)), rows
