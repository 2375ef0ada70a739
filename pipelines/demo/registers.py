"""Tables about schools: the registry, context questionnaires, federal markers and list."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pipelines.demo.spreadsheets import SheetDraft
from pipelines.demo.stains import PERSON
from pipelines.demo.summaries import Report
from pipelines.demo.town import COHORTS, REGION, REGION_CODE, TOWN, TOWN_CODE, Town

# The only name, phone and address in the town: readers must leave them behind.
_PHONE, _MAIL = "80000000000", "school@example.org"
_ADDRESS = "Приозёрск-на-Взморье, ул. Школьная, 1"
_FULL_NAME = "Муниципальное общеобразовательное учреждение"
_SILENT = 20  # the school that did not fill in the questionnaires
_PUPILS_PER_TEACHER = 15


def registry(schools: pd.DataFrame) -> Report:
    """The directory with both logins of every school."""
    header = ["Логин ФИС ОКО (2017–2021)", "Логин ФИС ОКО (с 2022)", "Краткое наименование"]
    header += ["Муниципалитет", "Код ОО в ГИА", "Вид ОО"]
    rows = [
        [s.login_before, s.login_since, s.name, TOWN, s.gia_code, s.kind]
        for s in schools.itertuples()
    ]
    return Report("schools.xlsx", [SheetDraft("Реестр", [header, *rows])], len(rows))


def questionnaire_2021(town: Town) -> Report:
    """One sheet; answers are texts, numbers too; persons and addresses beside the facts."""
    header = ["логин", "Код региона", "Название ОО", "Полное наименование ОО согласно Уставу"]
    header += ["Адрес ОО  (с указанием индекса)", "ФИО директора (полностью)"]
    header += ['"Телефон ОО (с указанием кода города)"', "e-mail ОО"]
    header += ["Организационно-правовая форма ОО", *_PLACE_2021, *_KIND_2021, _PUPILS_2021]
    header += [f"{g} класс {what}" for g in _GRADES for what in ("Классов/групп", "Обучающихся")]
    header += _TEACHERS_2021
    rows = []
    for school, facts in _answering(town):
        row = [school.login_before, "99", school.name, f"{_FULL_NAME} {school.name}"]
        row += [f"000000, {_ADDRESS}", PERSON, _PHONE, _MAIL, "2. Муниципальная"]
        row += ["2. Город", "5. 50–100 тыс. человек", *["Нет"] * len(_KIND_2021)]
        row.append(f"{facts['pupils']}.0")
        row += [f"{n}.0" for g in _GRADES for n in (facts["classes"], facts[g])]
        row += [f"{n}.0" for n in _teachers(facts["pupils"])]
        rows.append(row)
    return Report(
        "контекст/Сбор контекстных данных об ОО 2021.xlsx",
        [SheetDraft("Сбор контекстных данных об ОО и", [header, *rows])],
        len(rows),
    )


def questionnaire_2022(town: Town) -> Report:
    """Two sheets; headers begin with a number, some with a TAB after it."""
    prefix = ["Пользователь", "Код региона", "Регион", "Муниципалитет", "Школа", "Дата загрузки"]
    prefix.append("№")
    general, work = [[*prefix, *_GENERAL_2022]], [[*prefix, *_WORK_2022]]
    for school, facts in _answering(town):
        login, name = school.login_since, school.name
        begin = [login, "99", f"{REGION_CODE} | {REGION}", f"{TOWN_CODE} | {TOWN}"]
        begin += [f"{login} | {name}", "10.02.2022 06:13:26", "1"]
        row = [*begin, f"{_FULL_NAME} {name}", name, PERSON, _PHONE, _MAIL, "0000000000"]
        row += [school.gia_code, f"9{school.gia_code}", "1) Самостоятельное юридическое лицо"]
        row += ["Нет", "2) Муниципальная организация", "000000", _ADDRESS]
        general.append([*row, "2) Город", "5) 50–100 тыс. человек"])
        teachers = _teachers(facts["pupils"])
        row = [*begin, "Да", "Нет", "Нет", "Да", "1) Только на русском языке"]
        numbers = (facts["pupils"], teachers[0], teachers[0] // 2, teachers[1])
        work.append([*row, *(f"{n}.0" for n in numbers)])
    sheets = [SheetDraft("Общая информация об ОО", general)]
    sheets.append(SheetDraft("ОБРАЗОВАТЕЛЬНАЯ ДЕЯТЕЛЬНОСТЬ ОО", work))
    return Report("контекст/Контекстные данные об ОО 2022.xlsx", sheets, 2 * (len(general) - 1))


def federal_markers(schools: pd.DataFrame) -> Report:
    """The official table: a marker per grade and subject, empty or 0 where there is none."""
    header = ["Год", "Логин", "Муниципалитет", "ОО", "4 РУ", "4 МА", "5 РУ", "5 МА"]
    marked = {("2020", 5): [1, "", "", 1], ("2021", 5): [0, 1, 1, 0], ("2021", 13): [1, 0, 0, 1]}
    rows: list[list[Any]] = [[*header, "Количество маркеров"]]
    for (year, number), markers in marked.items():
        school = schools.iloc[number - 1]
        total = sum(marker == 1 for marker in markers)
        rows.append([year, school["login_before"], TOWN, school["name"], *markers, total])
    path = "федеральные перечни/Признаки необъективности.xlsx"
    return Report(path, [SheetDraft("Признаки необъективности", rows)], len(rows) - 1)


def federal_list(schools: pd.DataFrame) -> Report:
    """Entered by hand from a letter: agrees with the rule for one school, not for the other."""
    rows: list[list[Any]] = [["Год", "Логин", "ОО", "Федеральный перечень"]]
    for number in (3, 6):
        school = schools.iloc[number - 1]
        rows.append([2021, school["login_before"], school["name"], "да"])
    path = "федеральные перечни/Федеральный перечень ОО с НОР 2021.xlsx"
    return Report(path, [SheetDraft("Перечень", rows)], len(rows) - 1)


def _answering(town: Town) -> list[tuple[Any, dict[Any, int]]]:
    """Schools that filled in the questionnaire, with their pupils in all and by grade."""
    sizes = town.pupils.groupby(["school", "cohort"]).size()
    found = []
    for school in town.schools.itertuples():
        if school.number == _SILENT:
            continue
        grades = {grade: int(sizes[school.Index, grade]) for grade in _GRADES}
        facts = {"pupils": sum(grades.values()), "classes": school.classes, **grades}
        found.append((school, facts))
    return found


def _teachers(pupils: int) -> tuple[int, int, int]:
    """Teachers in all, of the higher categories, not older than 30."""
    count = max(3, int(np.ceil(pupils / _PUPILS_PER_TEACHER)))
    return count, count // 2, count // 6


_GRADES = tuple(COHORTS)
_PLACE_2021 = (
    "Где расположена Ваша образовательная организация?",
    "Каков размер населенного пункта, в котором расположена ОО? ",
)
_KIND_2021 = (
    "ОО является специальной (коррекционной)?",
    "ОО является вечерней (сменной)?",
    "ОО является специальным учебно-воспитательным учреждением закрытого типа?",
    "ОО является образовательной организацией при учреждении, исполняющем наказание в виде лишения"
    " свободы?",
    "ОО является школой-интернатом?",
)
_PUPILS_2021 = (
    "Укажите количество обучающихся в ОО в 2020/2021 учебном году (в сумме по всем классам)"
)
_TEACHERS_2021 = [
    "Сколько всего в школе учителей (работающих не менее чем на 0,5 ставки)?",
    "Сколько в школе  учителей высшей категории (работающих не менее чем на 0,5 ставки)?",
    "Сколько в школе учителей (работающих не менее чем на 0,5 ставки) не старше 30 лет?",
]
_GENERAL_2022 = (
    "1. ПОЛНОЕ наименование ОО (по уставу)",
    "2.\tСОКРАЩЕННОЕ наименование ОО (при наличии) (по уставу)",
    "3.\tФИО директора (полностью)",
    "4.\tТелефон ОО (с указанием кода города)",
    "5.\tЭлектронная почта (email) ОО",
    "6.\tИНН",
    "7.\tКод ОГЭ",
    "8.\tКод ЕГЭ",
    "9.\tСтатус организации.",
    "10. У ОО есть филиалы?",
    "11. Организационно-правовая форма организации",
    "12. Индекс местонахождения ОО",
    "13. Адрес ОО (населенный пункт, улица, дом)",
    "14. Где расположена образовательная организация?",
    "15. Каков размер населенного пункта, в котором расположена ОО?",
)
_WORK_2022 = (
    "17.1. Организация осуществляет образовательную деятельность по адаптированным образовательным"
    " программам (АОП)?",
    "17.2. ОО является отдельной организацией, осуществляющей образовательную деятельность по АОП"
    " (например, специальной (коррекционной) ОО?",
    "17.3. Образование обучающихся по АОП организовано в отдельных классах/группах?",
    "17.4. Образование обучающихся по АОП организовано совместно с другими обучающимися?",
    "18. На каких языках осуществляется образовательная деятельность в организации?",
    "20. Укажите количество обучающихся в ОО в 2021/2022 учебном году (в сумме по всем"
    " классам/курсам)",
    "25. Сколько всего в ОО учителей/преподавателей?",
    "26. Сколько в ОО учителей, преподающих в 5–9 классах?",
    "27. Сколько всего в ОО учителей/преподавателей первой и высшей категорий?",
)
