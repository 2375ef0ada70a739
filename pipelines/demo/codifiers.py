"""Task tables ALL, KS and KT of every work: invented wording in the layout of the official ones."""

from __future__ import annotations

from typing import Any

from pipelines.demo.spreadsheets import SheetDraft
from pipelines.demo.summaries import Report
from pipelines.demo.works import described_works, make_work

_HEADER = (
    "№ КИМ",
    "№",
    "Умения, виды деятельности (в соответствии с ФГОС)",
    "Блоки ПООП НОО: выпускник научится / получит возможность научиться",
    "Уровень сложности",
    "Код КЭС",
    "Код КТ",
    "Максимальный балл за выполнение задания",
    "Примерное время выполнения задания обучающимся (в минутах)",
)
_SKILLS = {
    "ru": ("соблюдать нормы при списывании текста", "проводить разбор слова", "понимать текст",
           "различать части речи", "составлять предложение", "толковать значение слова"),
    "ma": ("выполнять вычисления", "решать текстовую задачу", "читать таблицу и диаграмму",
           "работать с величинами", "строить фигуру по условию", "рассуждать и обосновывать"),
    "okr": ("узнавать природные объекты", "читать карту", "проводить наблюдение по плану",
            "соблюдать правила безопасности", "рассказывать о родном крае", "описывать профессии"),
    "bio": ("различать признаки организмов", "работать с рисунком", "описывать опыт",
            "классифицировать организмы", "читать биологический текст", "ухаживать за растениями"),
    "his": ("знать даты и события", "работать с источником", "показывать на исторической карте",
            "объяснять причины событий", "рассказывать о памятниках", "знать историю края"),
    "geo": ("работать с картой", "определять координаты", "читать график погоды",
            "описывать природные зоны", "сопоставлять географические объекты", "знать свой край"),
    "soc": ("объяснять понятия", "анализировать данные опроса", "выбирать верные суждения",
            "оценивать поступки людей", "знать устройство государства", "составлять рассказ"),
    "phy": ("снимать показания прибора", "объяснять явления", "решать расчётную задачу",
            "читать график", "планировать опыт", "обосновывать решение"),
}  # fmt: skip
_PER_SECTION = 2  # skills under one section of the lists


def task_tables() -> list[Report]:
    """Three files for every grade and subject."""
    return [table for grade, slug in described_works() for table in _tables(grade, slug)]


def _tables(grade: int, slug: str) -> list[Report]:
    work = make_work(2021, grade, slug)
    skills = _SKILLS[slug]
    rows: list[list[Any]] = [list(_HEADER)]
    for number, (task, level, maximum) in enumerate(
        zip(work.tasks, work.levels, work.maxima, strict=True), start=1
    ):
        place = (number - 1) % len(skills)
        skill = f"Умение {skills[place]}"
        block = f"Выпускник научится {skills[place]}"
        # A task that covers two elements of content stands in two rows.
        for content in (place, (place + 1) % len(skills)) if number % 3 == 0 else (place,):
            codes = [_code(content), _code(place)]
            rows.append([task, str(number), skill, block, level, *codes, str(maximum), "3"])
    folder = f"описания работ/{grade}/{work.subject}"
    return [
        Report(f"{folder}/ALL.xlsx", [SheetDraft("Лист1", rows)], len(rows) - 1),
        _list(f"{folder}/KS.xlsx", "Проверяемые элементы содержания", "Раздел", skills),
        _list(f"{folder}/KT.xlsx", "Проверяемые требования к уровню подготовки", "Группа", skills),
    ]


def _list(path: str, title: str, word: str, skills: tuple[str, ...]) -> Report:
    rows: list[list[Any]] = [["Код", title]]
    for place, skill in enumerate(skills):
        section, number = divmod(place, _PER_SECTION)
        if number == 0:
            rows.append([section + 1, f"{word} {section + 1}"])
        rows.append([_code(place), skill[0].upper() + skill[1:]])
    return Report(path, [SheetDraft("Лист1", rows)], len(rows) - 1)


def _code(place: int) -> str:
    section, number = divmod(place, _PER_SECTION)
    return f"{section + 1}.{number + 1}"
