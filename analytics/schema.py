"""Every table of `processed/` and every column of it, declared once.

Types, labels, limits, keys and order are taken from here by the store, the expectation suites,
the headings of the documents and the dictionary in the README.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

MARKS = (2, 3, 4, 5)
GROUPS = ("school", "municipality", "region", "country")
PROCEDURES = ("vpr", "oge", "ege", "gve", "essay", "diagnostic")
SEVERITIES = ("stop", "warn", "note")
DETECTORS = (
    "boundary_lifting",
    "implausible_mean",
    "journal_mismatch",
    "later_exam",
    "cohort_drop",
    "item_patterns",
    "identical_rows",
    "low_variance",
    "heaping",
    "cusum",
)
VERDICT = "school"  # the `detector` of a school's combined row
LOW_CONCLUSIONS = ("stable", "likely", "unconfirmed", "rule_not_met")
LIST_CHANGES = ("entered", "left", "stays")  # null: not on the list, or no year to compare
FUNNEL_PLACES = ("far_below", "below", "within", "above", "far_above")
STAGES = ("school", "municipal", "regional", "final")  # of the olympiad
# The third where the title of a protocol names both and no column tells them apart.
ESSAY_KINDS = ("сочинение", "изложение", "сочинение (изложение)")
ESSAY_CRITERIA = ("r1", "r2", "k1", "k2", "k3", "k4", "k5")  # two requirements, five criteria
OLYMPIAD_STATUSES = ("winner", "prize", "participant", "absent")
BOUNDARIES = ("min3", "min4", "min5")  # the columns of `tests` with the mark boundaries
EVIDENCE_STATES = ("tested", "not_enough_data", "not_applicable")
FLAGS = ("red", "amber")
FINDING_STATES = (*FLAGS, "none", "not_enough_data", "not_applicable")
RISK_MARKERS = tuple(f"Z{number}" for number in range(1, 11))
RISK_LEVELS = ("red", "yellow", "info", "none", "not_checked")
RISK_ZONES = ("red", "yellow", "green", "not_checked")
WHOLE_MUNICIPALITY = "*"  # `school_id` of the row that pools all schools of a municipality
MAX_TASKS = 62  # bits of `skipped` and `not_taught` that fit into a signed 64-bit integer


@dataclass(frozen=True)
class Column:
    """One column: pandas dtype, Russian label, unit, and what may stand in it."""

    dtype: str
    label: str
    unit: str = ""
    null: bool = False
    allowed: tuple[str | int, ...] = ()
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Table:
    """One table: what a row is, the key, the columns in their order of storage.

    `task_columns` says that point columns p1…pk, as many as the test has tasks, follow the rest.
    """

    name: str
    label: str
    grain: str
    key: tuple[str, ...]
    columns: dict[str, Column] = field(default_factory=dict)
    task_columns: bool = False


def _text(label: str, *, null: bool = False, allowed: tuple[str, ...] = ()) -> Column:
    return Column("str", label, null=null, allowed=allowed)


def _count(label: str, unit: str = "чел.", *, null: bool = False) -> Column:
    return Column("Int64", label, unit, null=null, low=0)


def _share(label: str, *, null: bool = True) -> Column:
    return Column("float64", label, "доля", null=null, low=0.0, high=1.0)


def _number(label: str, unit: str = "", *, null: bool = True, low: float | None = None) -> Column:
    return Column("float64", label, unit, null=null, low=low)


def _flag(label: str, *, null: bool = False) -> Column:
    return Column("boolean", label, null=null)


def _mark(label: str, *, null: bool = True) -> Column:
    return Column("Int64", label, "отметка", null=null, allowed=MARKS)


_TEST = _text("Работа")
_SCHOOL = _text("Школа")
_SOURCE = _text("Файл (sha256)")
_SHEET = _text("Лист")
_ROW = Column("Int64", "Строка", null=False, low=1)
_YEAR = Column("Int64", "Год", low=2000, high=2100)
_GRADE = Column("Int64", "Класс (программа)", low=1, high=12)
_SUBJECT = _text("Предмет")
_MUNICIPALITY = _text("Муниципалитет", null=True)
_GROUP = _text("Группа", allowed=GROUPS)
_GROUP_ID = _text("Код группы")

_MARK_COUNTS = {f"n{mark}": _count(f"«{mark}»", null=True) for mark in MARKS}

_EVIDENCE = {
    "year": _YEAR,
    "school_id": _SCHOOL,
    "detector": _text("Детектор", allowed=(*DETECTORS, VERDICT)),
    "scope": _text("Охват"),  # empty: the whole school; else "grade/subject"
    "n": _count("Работ", "работ"),
    "estimate": _number("Оценка"),
    "unit": _text("Единица оценки", null=True),
    "ci_low": _number("Нижняя граница 95 %"),
    "ci_high": _number("Верхняя граница 95 %"),
    "z": _number("z"),
    "p_value": _share("p"),
    "mde": _number("Наименьшее обнаружимое"),
    "pupils": _number("Участников", "чел."),
    "pupils_low": _number("Участников, нижняя граница", "чел."),
    "pupils_high": _number("Участников, верхняя граница", "чел."),
    "reference": _text("С чем сравнивали", null=True),
}

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "intake",
            "Принятые файлы",
            "one row per file seen in raw/",
            ("path",),
            {
                "path": _text("Файл"),
                "source_id": _SOURCE,
                "kind": _text("Вид файла", null=True),
                "status": _text(
                    "Состояние",
                    allowed=("accepted", "partly", "rejected", "unknown", "unchanged"),
                ),
                "test_id": _text("Работа", null=True),
                "rows_read": _count("Прочитано строк", "строк"),
                "rows_accepted": _count("Принято строк", "строк"),
                "rows_rejected": _count("Отложено строк", "строк"),
                "reason": _text("Причина", null=True),
            },
        ),
        Table(
            "problems",
            "Замечания к файлам",
            "one row per fault",
            (),
            {
                "path": _text("Файл"),
                "source_id": _SOURCE,
                "sheet": _text("Лист", null=True),
                "cell": _text("Ячейка", null=True),
                "row": Column("Int64", "Строка", null=True, low=1),
                "column": _text("Столбец", null=True),
                "school_id": _text("Школа", null=True),
                "code": _text("Вид замечания"),
                "severity": _text("Важность", allowed=SEVERITIES),
                "value": _text("Значение", null=True),
                "message": _text("Что не так"),
                "hint": _text("Что сделать"),
            },
        ),
        Table(
            "schools",
            "Школы",
            "one row per school",
            ("school_id",),
            {
                "school_id": _SCHOOL,
                "short_name": _text("Краткое наименование"),
                "municipality": _MUNICIPALITY,
                "logins": Column("list", "Логины ФИС ОКО"),
                "gia_code": _text("Код ОО в ГИА", null=True),
                "kind": _text("Вид ОО", null=True),
                "in_registry": _flag("Есть в реестре"),
            },
        ),
        Table(
            "tests",
            "Проверочные работы",
            "one row per test: procedure × year × grade of the programme × subject",
            ("test_id",),
            {
                "test_id": _TEST,
                "procedure": _text("Процедура", allowed=PROCEDURES),
                "year": _YEAR,
                "grade": _GRADE,
                "pupil_grade": Column("Int64", "Класс обучения", low=1, high=12),
                "subject": _SUBJECT,
                "tasks": Column("Int64", "Заданий", null=True, low=1),
                "max_score": Column("Int64", "Максимальный балл", "балл", null=True, low=1),
                "min3": Column("Int64", "Минимум на «3»", "балл", null=True, low=0),
                "min4": Column("Int64", "Минимум на «4»", "балл", null=True, low=0),
                "min5": Column("Int64", "Минимум на «5»", "балл", null=True, low=0),
                "scale_source": _text("Источник шкалы", null=True),
                "scale_verified": _flag("Шкала сверена", null=True),
            },
        ),
        Table(
            "tasks",
            "Задания",
            "one row per task of a test, in the order of the point columns",
            ("test_id", "position"),
            {
                "test_id": _TEST,
                "position": Column("Int64", "№ п/п", low=1, high=MAX_TASKS),
                "task": _text("Задание"),
                "max_points": Column("Int64", "Максимум", "балл", null=True, low=1),
                "level": _text("Уровень", null=True, allowed=("Б", "П", "В")),
                "skill": _text("Проверяемое умение", null=True),
                "block": _text("Планируемый результат", null=True),
                "kes": _text("Коды КЭС", null=True),
                "kt": _text("Коды требований", null=True),
            },
        ),
        Table(
            "codifier",
            "Кодификатор",
            "one row per code of a codifier list of a grade and subject",
            ("grade", "subject", "list", "code"),
            {
                "grade": _GRADE,
                "subject": _SUBJECT,
                "list": _text("Список", allowed=("kes", "kt")),
                "code": _text("Код"),
                "text": _text("Содержание"),
            },
        ),
        Table(
            "works",
            "Работы участников",
            "one row per pupil-work of a test (of an exam: per day), absent pupils included",
            ("test_id", "exam_date", "school_id", "pupil"),
            {
                "test_id": _TEST,
                "school_id": _SCHOOL,
                "class_label": _text("Класс", null=True),
                "pupil": _text("Код участника"),
                "absent": _flag("Отсутствовал"),
                "variant": _text("Вариант", null=True),
                "score": Column("Int64", "Первичный балл", "балл", null=True, low=0),
                "mark": _mark("Отметка"),
                "journal_mark": _mark("Отметка по журналу"),
                # Bit k−1 is task k. Skipped (X) counts as zero points; not taught is no task.
                "skipped": Column("Int64", "Не приступал (X), биты заданий", low=0),
                "not_taught": Column("Int64", "Не пройдено, биты заданий", low=0),
                # Of exams only. `person` is a keyed code of the name: joins files, tells nobody.
                "exam_date": _text("Дата экзамена", null=True),
                "test_score": Column("Int64", "Тестовый балл", "балл", null=True, low=0, high=100),
                "exam_point": _text("Код ППЭ", null=True),
                "room": _text("Аудитория", null=True),
                "person": _text("Ключевой код участника", null=True),
                "source_id": _SOURCE,
                "sheet": _SHEET,
                "row": _ROW,
            },
            task_columns=True,
        ),
        Table(
            "score_counts",
            "Распределение первичных баллов",
            "one row per test × group × score, scores with no pupil left out",
            ("test_id", "group", "group_id", "score"),
            {
                "test_id": _TEST,
                "group": _GROUP,
                "group_id": _GROUP_ID,
                "score": Column("Int64", "Первичный балл", "балл", low=0),
                "n": _count("Участников"),
                "origin": _text("Откуда", allowed=("works", "report")),
                "source_id": _text("Файл отчёта (sha256)", null=True),
            },
        ),
        Table(
            "report_marks",
            "Отчёт «Статистика по отметкам»",
            "one row per test × group of a report; the percents as printed",
            ("test_id", "group", "group_id"),
            {
                "test_id": _TEST,
                "group": _GROUP,
                "group_id": _GROUP_ID,
                "group_name": _text("Группа участников"),
                "n": _count("Участников"),
                **{f"pct{mark}": _number(f"«{mark}», %", "%", null=False) for mark in MARKS},
                "source_id": _SOURCE,
                "sheet": _SHEET,
                "row": _ROW,
            },
        ),
        Table(
            "report_journal",
            "Отчёт «Сравнение отметок с отметками по журналу»",
            "one row per test × group of a report",
            ("test_id", "group", "group_id"),
            {
                "test_id": _TEST,
                "group": _GROUP,
                "group_id": _GROUP_ID,
                "group_name": _text("Группа участников"),
                "n": _count("Участников"),
                "lowered": _count("Понизили"),
                "confirmed": _count("Подтвердили"),
                "raised": _count("Повысили"),
                "source_id": _SOURCE,
                "sheet": _SHEET,
                "row": _ROW,
            },
        ),
        Table(
            "school_context",
            "Контекстные данные об ОО",
            "one row per school × year of the questionnaire",
            ("year", "school_id"),
            {
                "year": _YEAR,
                "school_id": _SCHOOL,
                "location": _text("Где расположена", null=True),
                "settlement_size": _text("Размер населённого пункта", null=True),
                "correctional": _flag("Коррекционная", null=True),
                "evening": _flag("Вечерняя", null=True),
                "boarding": _flag("Школа-интернат", null=True),
                "pupils": _count("Обучающихся", null=True),
                "teachers": _count("Учителей", null=True),
                "teachers_top": _count("Учителей первой и высшей категории", null=True),
                "source_id": _SOURCE,
                "sheet": _SHEET,
                "row": _ROW,
            },
        ),
        Table(
            "federal_markers",
            "Признаки необъективности по федеральному перечню",
            "one row per year × school × grade × subject with a filled cell",
            ("year", "school_id", "grade", "subject"),
            {
                "year": _YEAR,
                "school_id": _SCHOOL,
                "grade": _GRADE,
                "subject": _SUBJECT,
                "marker": _flag("Маркер"),
                "source_id": _SOURCE,
                "sheet": _SHEET,
                "row": _ROW,
            },
        ),
        Table(
            "federal_list",
            "Федеральный перечень ОО с НОР",
            "one row per year × school entered by hand from the ministry's letter",
            ("year", "school_id"),
            {
                "year": _YEAR,
                "school_id": _SCHOOL,
                "basis": _text("Основание", null=True),
                "source_id": _SOURCE,
                "sheet": _SHEET,
                "row": _ROW,
            },
        ),
        Table(
            "exam_summary",
            "Итоги экзаменов по школам",
            "one row per procedure × year × subject × school of a region's table",
            ("procedure", "year", "subject", "school_id"),
            {
                "procedure": _text("Процедура", allowed=PROCEDURES),
                "year": _YEAR,
                "grade": _GRADE,
                "subject": _SUBJECT,
                "school_id": _SCHOOL,
                "n": _count("Участников"),
                "n_below": _count("Не преодолели минимум", null=True),
                "n_high": _count("Высокие баллы, 80–99", null=True),
                "n_full": _count("100 баллов", null=True),
                "mean_score": _number("Средний тестовый балл", "балл", low=0),
                "source_id": _SOURCE,
                "sheet": _SHEET,
                "row": _ROW,
            },
        ),
        Table(
            "olympiad",
            "Олимпиада: участия",
            "one row per pupil × subject × stage of a year (in which the school year ends)",
            ("year", "stage", "subject", "school_id", "pupil"),
            {
                "year": _YEAR,
                "stage": _text("Этап", allowed=STAGES),
                "subject": _SUBJECT,
                "grade_studied": Column("Int64", "Класс обучения", null=True, low=1, high=12),
                "grade_competed": Column("Int64", "Класс выступления", null=True, low=1, high=12),
                "school_id": _SCHOOL,
                # A keyed code: of the name, which joins the stages (named), else of the cipher.
                "pupil": _text("Ключевой код участника"),
                "named": _flag("Код составлен по имени"),
                "score": _number("Балл", "балл", low=0),
                "max_score": _number("Максимальный балл", "балл", low=0),
                "status": _text("Статус", null=True, allowed=OLYMPIAD_STATUSES),
                "source_id": _SOURCE,
                "sheet": _SHEET,
                "row": _ROW,
            },
        ),
        Table(
            "rechecks",
            "Олимпиада: перепроверка работ",
            "one row per work that was checked again",
            ("year", "stage", "subject", "school_id", "pupil"),
            {
                "year": _YEAR,
                "stage": _text("Этап", allowed=STAGES),
                "subject": _SUBJECT,
                "grade_competed": Column("Int64", "Класс выступления", null=True, low=1, high=12),
                "school_id": _SCHOOL,
                "pupil": _text("Ключевой код участника"),
                "score": _number("Балл", "балл", null=False, low=0),
                "recheck": _number("Балл перепроверки", "балл", null=False, low=0),
                "max_score": _number("Максимальный балл", "балл", null=False, low=0),
                "source_id": _SOURCE,
                "sheet": _SHEET,
                "row": _ROW,
            },
        ),
        Table(
            "pass_scores",
            "Олимпиада: проходные баллы на муниципальный этап",
            "one row per year × subject × grade, as the organiser of the stage sets them",
            ("year", "subject", "grade"),
            {
                "year": _YEAR,
                "subject": _SUBJECT,
                "grade": _GRADE,
                "score": _number("Проходной балл", "балл", null=False, low=0),
                "source_id": _SOURCE,
                "sheet": _SHEET,
                "row": _ROW,
            },
        ),
        Table(
            "olympiad_indicators",
            "Олимпиада: показатели",
            "one row per municipality × year × school ('*' = municipality) × subject ('' = all)"
            " × indicator",
            ("municipality", "year", "school_id", "subject", "indicator"),
            {
                "municipality": _MUNICIPALITY,
                "year": _YEAR,
                "school_id": _SCHOOL,
                "subject": _text("Предмет"),
                "indicator": _text("Показатель"),
                "numerator": _number("Числитель"),
                "denominator": _count("Знаменатель", "", null=True),
                "value": _number("Значение"),
                "ci_low": _number("Нижняя граница 95 %"),
                "ci_high": _number("Верхняя граница 95 %"),
                "town_value": _number("Муниципалитет"),
                "z": _number("z с разбросом школ"),
                "p_value": _share("p"),
                "q_value": _share("q (Бенджамини — Хохберг)"),
                "proposed": _flag("Отмечен по предложенному правилу", null=True),
                "flagged": _flag("Отмечен", null=True),
                "reason": _text("Почему не проверено", null=True),
            },
        ),
        Table(
            "medals",
            "Медалисты и претенденты на медаль",
            "one row per pupil of a medal list",
            ("year", "school_id", "person", "status"),
            {
                "year": _YEAR,
                "school_id": _SCHOOL,
                "person": _text("Ключевой код участника"),
                "degree": _text("Степень", null=True, allowed=("I", "II")),
                "status": _text("Статус", allowed=("candidate", "issued")),
                "source_id": _SOURCE,
                "sheet": _SHEET,
                "row": _ROW,
            },
        ),
        Table(
            "movers",
            "Сменившие ОО в 10–11 классах",
            "one row per pupil who came to a school before the exams of a year",
            ("year", "school_id", "person"),
            {
                "year": _YEAR,
                "school_id": _SCHOOL,
                "person": _text("Ключевой код участника"),
                "enrolled": _text("Дата зачисления"),
                "source_id": _SOURCE,
                "sheet": _SHEET,
                "row": _ROW,
            },
        ),
        Table(
            "exam_points",
            "Реестр ППЭ",
            "one row per year × exam point × school × subject; no school: of the whole point",
            ("year", "exam_point", "school_id", "subject"),
            {
                "year": _YEAR,
                "exam_point": _text("Код ППЭ"),
                "school_id": _text("Школа", null=True),
                "subject": _text("Предмет", null=True),
                "removals": _count("Удалено участников"),
                "cancelled": _count("Аннулировано результатов", "результатов"),
                "violations": _count("Нарушений процедуры", "нарушений"),
                "appeals_filed": _count("Апелляций подано", "апелляций"),
                "appeals_granted": _count("Апелляций удовлетворено", "апелляций"),
                "source_id": _SOURCE,
                "sheet": _SHEET,
                "row": _ROW,
            },
        ),
        Table(
            "exam_results",
            "Результаты экзаменов",
            "one row per exam × period × school, and one with school_id '*' per municipality",
            ("procedure", "year", "grade", "subject", "attempt", "municipality", "school_id"),
            {
                "procedure": _text("Процедура", allowed=("oge", "ege", "gve")),
                "year": _YEAR,
                "grade": _GRADE,
                "subject": _SUBJECT,
                "attempt": _text("Период", allowed=("main", "retakes")),
                "municipality": _MUNICIPALITY,
                "school_id": _SCHOOL,
                "n": _count("Участников"),
                "unit": _text("Какой балл", allowed=("test_score", "score")),
                "mean": _number("Средний балл", "балл", low=0),
                "sd": _number("Стандартное отклонение", "балл", low=0),
                "median": _number("Медиана", "балл", low=0),
                "minimum": Column("Int64", "Минимальный балл", "балл", null=True, low=0),
                "minimum_verified": _flag("Минимум сверен", null=True),
                "n_below": _count("Не преодолели минимум", null=True),
                **_MARK_COUNTS,
                "n_to60": _count("От минимума до 60", null=True),
                "n_to80": _count("61–80", null=True),
                "n_to100": _count("81–100", null=True),
                "n_full": _count("100 баллов", null=True),
                "origin": _text("Откуда", allowed=("works", "report")),
                "not_comparable": _text("Почему год не сопоставим", null=True),
                "reason": _text("Почему пересдачи не отделены", null=True),
            },
        ),
        Table(
            "risk_markers",
            "Маркеры зон риска",
            "one row per year × school × subject ('' = all subjects) × marker",
            ("year", "school_id", "subject", "marker"),
            {
                "year": _YEAR,
                "school_id": _SCHOOL,
                "subject": _SUBJECT,
                "marker": _text("Маркер", allowed=RISK_MARKERS),
                "level": _text("Уровень", allowed=RISK_LEVELS),
                "value": _number("Значение"),
                "ci_low": _number("Нижняя граница 95 %"),
                "ci_high": _number("Верхняя граница 95 %"),
                "threshold": _number("Порог"),
                "n": _count("Участников", null=True),
                "words": _text("Факт", null=True),
                "points": _text("ППЭ (для служебного пользования)", null=True),
                "reason": _text("Почему не проверено", null=True),
            },
        ),
        Table(
            "risk_zones",
            "Зоны риска",
            "one row per year × school",
            ("year", "school_id"),
            {
                "year": _YEAR,
                "school_id": _SCHOOL,
                "zone": _text("Зона", allowed=RISK_ZONES),
                "red": _count("Красных маркеров", "маркеров"),
                "yellow": _count("Жёлтых маркеров", "маркеров"),
                "info": _count("Информационных маркеров", "маркеров"),
                "checked": _count("Проверено маркеров", "маркеров"),
                "not_checked": _count("Не проверено маркеров", "маркеров"),
                "stage": _text("Этап", allowed=("may", "results")),
            },
        ),
        Table(
            "essays",
            "Итоговое сочинение (изложение): участия",
            "one row per pupil × day; the year is that of the graduation",
            ("year", "exam_date", "school_id", "pupil"),
            {
                "year": _YEAR,
                "exam_date": _text("Дата"),
                "kind": _text("Вид работы", allowed=ESSAY_KINDS),
                "school_id": _SCHOOL,
                "class_label": _text("Класс", null=True),
                "pupil": _text("Код участника"),
                "person": _text("Ключевой код участника", null=True),
                "absent": _flag("Не явился"),
                # Null for the absent, the removed and those who did not finish.
                "passed": _flag("Зачёт", null=True),
                "r1": _flag("Требование 1", null=True),
                "r2": _flag("Требование 2", null=True),
                **{f"k{number}": _flag(f"Критерий {number}", null=True) for number in range(1, 6)},
                "source_id": _SOURCE,
                "sheet": _SHEET,
                "row": _ROW,
            },
        ),
        Table(
            "essay_results",
            "Итоги сочинения (изложения)",
            "one row per year × school, and one with school_id '*' per municipality",
            ("municipality", "year", "school_id"),
            {
                "municipality": _MUNICIPALITY,
                "year": _YEAR,
                "school_id": _SCHOOL,
                "n": _count("Участников с результатом"),
                "n_first": _count("Зачёт с первого раза"),
                "n_retake": _count("Зачёт с повторной попытки"),
                "n_not": _count("Незачёт во всех попытках"),
                "n_unfinished": _count("Без результата: удалены или не завершили"),
                "n_absent": _count("Не явились"),
                "share_first": _share("Доля зачётов с первого раза"),
                "ci_low": _share("Нижняя граница 95 %"),
                "ci_high": _share("Верхняя граница 95 %"),
                "town_first": _share("Муниципалитет"),
                "funnel": _text("Место в воронке", null=True, allowed=FUNNEL_PLACES),
            },
        ),
        Table(
            "essay_criteria",
            "Критерии сочинения (изложения)",
            "one row per year × school ('*' = municipality) × kind × criterion; first attempts",
            ("municipality", "year", "school_id", "kind", "criterion"),
            {
                "municipality": _MUNICIPALITY,
                "year": _YEAR,
                "school_id": _SCHOOL,
                "kind": _text("Вид работы", allowed=ESSAY_KINDS),
                "criterion": _text("Критерий", allowed=ESSAY_CRITERIA),
                "n": _count("Оценено работ", "работ"),
                "n_failed": _count("Незачёт", "работ"),
                "share_failed": _share("Доля незачётов"),
                "ci_low": _share("Нижняя граница 95 %"),
                "ci_high": _share("Верхняя граница 95 %"),
                "town_share": _share("Муниципалитет"),
            },
        ),
        Table(
            "marks_summary",
            "Итоги по отметкам",
            "one row per test × school, and one with school_id '*' per test × municipality",
            ("test_id", "municipality", "school_id"),
            {
                "test_id": _TEST,
                "procedure": _text("Процедура", allowed=PROCEDURES),
                "year": _YEAR,
                "grade": _GRADE,
                "subject": _SUBJECT,
                "municipality": _MUNICIPALITY,
                "school_id": _SCHOOL,
                "listed": _count("По списку", null=True),
                "n": _count("Участников"),
                **_MARK_COUNTS,
                "mean_score": _number("Средний балл", "балл", low=0),
                "sd_score": _number("Стандартное отклонение балла", "балл", low=0),
                "mean_mark": _number("Средняя отметка", "отметка", low=2),
                "success": _share("Успеваемость"),
                "quality": _share("Качество"),
                "learning_index": _share("СОУ"),
                "journal_n": _count("С отметкой по журналу", null=True),
                "lowered": _count("Понизили", null=True),
                "confirmed": _count("Подтвердили", null=True),
                "raised": _count("Повысили", null=True),
                "gap2": _count("Расхождение на 2 отметки и больше", null=True),
                "origin": _text("Откуда", allowed=("works", "report")),
            },
        ),
        Table(
            "task_results",
            "Выполнение заданий",
            "one row per test × task × group × mark group ('*' = all marks)",
            ("test_id", "position", "group", "group_id", "mark_group"),
            {
                "test_id": _TEST,
                "position": Column("Int64", "№ п/п", low=1),
                "group": _GROUP,
                "group_id": _GROUP_ID,
                "mark_group": _text("Группа по отметке", allowed=("*", "2", "3", "4", "5")),
                "n": _count("Участников"),
                "earned": _count("Набрано баллов", "балл"),
                "possible": _count("Возможно баллов", "балл", null=True),
                "completion": _share("Выполнение"),
                "verdict": _text(
                    "Вывод", null=True, allowed=("sufficient", "uncertain", "insufficient")
                ),
            },
        ),
        Table(
            "skill_results",
            "Выполнение по умениям",
            "one row per test × skill × group",
            ("test_id", "skill", "group", "group_id"),
            {
                "test_id": _TEST,
                "skill": _text("Проверяемое умение"),
                "group": _GROUP,
                "group_id": _GROUP_ID,
                "tasks": _text("Задания"),
                "levels": _text("Уровни"),
                "n": _count("Участников"),
                "earned": _count("Набрано баллов", "балл"),
                "possible": _count("Возможно баллов", "балл"),
                "completion": _share("Выполнение"),
                "insufficient_tasks": _count("Заданий ниже порога", "заданий"),
                "deficit": _flag("Признак системного дефицита"),
            },
        ),
        Table(
            "reliability",
            "Надёжность работы",
            "one row per test × group (school or municipality)",
            ("test_id", "group", "group_id"),
            {
                "test_id": _TEST,
                "group": _GROUP,
                "group_id": _GROUP_ID,
                "n": _count("Участников"),
                "tasks": _count("Заданий", "заданий"),
                "alpha": _number("Альфа Кронбаха"),
                "reason": _text("Почему не вычислено", null=True),
            },
        ),
        Table(
            "dynamics",
            "Динамика",
            "one row per school ('*' = municipality) × grade × subject × pair of adjacent years",
            ("municipality", "school_id", "grade", "subject", "year"),
            {
                "municipality": _MUNICIPALITY,
                "school_id": _SCHOOL,
                "grade": _GRADE,
                "subject": _SUBJECT,
                "year_before": _YEAR,
                "year": _YEAR,
                "test_before": _TEST,
                "test_id": _TEST,
                "n_before": _count("Участников раньше"),
                "n": _count("Участников"),
                "comparable": _flag("Сопоставимо"),
                "reason": _text("Почему не сопоставимо", null=True),
                "low_share_before": _share("Доля «2» раньше"),
                "low_share": _share("Доля «2»"),
                "low_change": _number("Изменение доли «2»", "доля"),
                "low_change_low": _number("Нижняя граница 95 %", "доля"),
                "low_change_high": _number("Верхняя граница 95 %", "доля"),
                "quality_before": _share("Качество раньше"),
                "quality": _share("Качество"),
                "quality_change": _number("Изменение качества", "доля"),
                "verdict": _text("Вывод", null=True, allowed=("positive", "neutral", "negative")),
            },
        ),
        Table(
            "cohorts",
            "Одна параллель в соседних классах",
            "one row per school × subject × cohort step (grade N in one year, N+1 in the next)",
            ("municipality", "school_id", "subject", "test_before", "test_id"),
            {
                "municipality": _MUNICIPALITY,
                "school_id": _SCHOOL,
                "subject": _SUBJECT,
                "test_before": _TEST,
                "test_id": _TEST,
                "n_before": _count("Участников раньше"),
                "n": _count("Участников"),
                "mean_share_before": _share("Средняя доля максимума раньше"),
                "mean_share": _share("Средняя доля максимума"),
                "z_before": _number("Отклонение от сравнения раньше", "ст. откл."),
                "z": _number("Отклонение от сравнения", "ст. откл."),
                "change": _number("Изменение положения", "ст. откл."),
                "reference": _text("С чем сравнивали"),
            },
        ),
        Table(
            "reconciliation",
            "Сверка отчётов с файлами участников",
            "one row per test × group that a report and the pupil files both give",
            ("test_id", "group", "group_id"),
            {
                "test_id": _TEST,
                "group": _GROUP,
                "group_id": _GROUP_ID,
                "n_report": _count("Участников в отчёте"),
                "n_works": _count("Участников в файлах"),
                "max_gap_pct": _number("Наибольшее расхождение", "п.п.", low=0),
                "agrees": _flag("Совпадает в пределах округления"),
                "source_id": _SOURCE,
            },
        ),
        Table(
            "evidence",
            "Показания детекторов",
            "one row per year × school × detector × scope, before any decision; not stored",
            ("year", "school_id", "detector", "scope"),
            {
                **_EVIDENCE,
                "status": _text("Состояние", allowed=EVIDENCE_STATES),
                "reason": _text("Почему не проверено", null=True),
            },
        ),
        Table(
            "findings",
            "Признаки",
            "one row per year × school × detector × scope; detector 'school' is the verdict",
            ("year", "school_id", "detector", "scope"),
            {
                "finding_id": _text("Код признака"),
                **_EVIDENCE,
                "q_value": _share("q (Бенджамини — Хохберг)"),
                "status": _text("Вывод", allowed=FINDING_STATES),
                "reason": _text("Основание вывода", null=True),
            },
        ),
        Table(
            "expected_counts",
            "Баллы отмеченных школ и ожидание",
            "one row per test × school with a red or amber verdict × score; 20 works and more",
            ("test_id", "school_id", "score"),
            {
                "test_id": _TEST,
                "school_id": _SCHOOL,
                "score": Column("Int64", "Первичный балл", "балл", low=0),
                "n": _count("Работ", "работ"),
                "expected": _number("Ожидалось", "работ", null=False, low=0),
            },
        ),
        Table(
            "boundary_windows",
            "Границы отметок отмеченных школ",
            "one row per test × school with a red or amber verdict × boundary; 8 works and more",
            ("test_id", "school_id", "boundary"),
            {
                "year": _YEAR,
                "school_id": _SCHOOL,
                "test_id": _TEST,
                "boundary": _text("Граница", allowed=BOUNDARIES),
                "score": Column("Int64", "Первый балл отметки", "балл", low=0),
                "m": _count("Работ от b−2 до b+1", "работ"),
                "x": _count("Из них на b и b+1", "работ"),
                "expected": _number("Ожидалось на b и b+1", "работ", null=False, low=0),
                "pupils": _number("Сверх ожидаемого", "работ", null=False),
                "pupils_low": _number("Нижняя граница 95 %", "работ", null=False),
                "pupils_high": _number("Верхняя граница 95 %", "работ", null=False),
                "p_value": _share("p", null=False),
                "q_value": _share("q (Бенджамини — Хохберг)", null=False),
                "selected": _flag("Выделяется и с поправкой на число проверок"),
            },
        ),
        Table(
            "lifting_reach",
            "Подъём до границы при другом охвате",
            "one row per year × school",
            ("year", "school_id"),
            {
                "year": _YEAR,
                "school_id": _SCHOOL,
                "r1": _number("Если поднимали за 1 балл", "доля"),
                "r2": _number("Если за 1–2 балла", "доля"),
                "r3": _number("Если за 1–3 балла", "доля"),
            },
        ),
        Table(
            "system_excess",
            "Избыток на границах отметок в целом",
            "one row per test × municipality, region or country × boundary, '' is all boundaries",
            ("test_id", "group", "group_id", "boundary"),
            {
                "year": _YEAR,
                "test_id": _TEST,
                "group": _GROUP,
                "group_id": _GROUP_ID,
                "boundary": _text("Граница", allowed=("", *BOUNDARIES)),
                "score": Column("Int64", "Первый балл отметки", "балл", null=True, low=0),
                "n": _count("Работ", "работ"),
                "estimate": _number("Доля сверх гладкой кривой", "доля"),
                "ci_low": _number("Нижняя граница 95 %"),
                "ci_high": _number("Верхняя граница 95 %"),
                "z": _number("z"),
                "p_value": _share("p"),
                "p_exact": _share("p (Франдсен, три балла)"),
                "pupils": _number("Работ сверх многочлена (Четти)", "работ"),
                "status": _text("Состояние", allowed=EVIDENCE_STATES),
                "reason": _text("Почему не вычислено", null=True),
            },
        ),
        Table(
            "invalsi_index",
            "Индекс INVALSI (для сравнения)",
            "one row per test × school",
            ("test_id", "school_id"),
            {
                "test_id": _TEST,
                "school_id": _SCHOOL,
                "classes": _count("Классов", "классов"),
                "n": _count("Работ", "работ"),
                "invalsi_index": _share("Индекс"),
                "reason": _text("Почему не вычислено", null=True),
            },
        ),
        Table(
            "cohort_paths",
            "Параллель по процедурам: ВПР, ОГЭ, ЕГЭ",
            "one row per school × cohort × subject × test",
            ("school_id", "graduation", "subject", "test_id"),
            {
                "municipality": _MUNICIPALITY,
                "school_id": _SCHOOL,
                "graduation": Column("Int64", "Год выпуска из 11 класса", low=2000, high=2100),
                "subject": _SUBJECT,
                "test_id": _TEST,
                "procedure": _text("Процедура", allowed=("vpr", "oge", "ege")),
                "year": _YEAR,
                "grade": _GRADE,
                "n": _count("Участников"),
                "z": _number("Место относительно сравнения", "ст. откл.", null=False),
                "reference": _text("С чем сравнивали"),
            },
        ),
        Table(
            "official_markers",
            "Официальные маркеры (ФИОКО, 2019)",
            "one row per test × school; Russian and mathematics, grades 4 and 5",
            ("test_id", "school_id"),
            {
                "test_id": _TEST,
                "year": _YEAR,
                "grade": _GRADE,
                "subject": _SUBJECT,
                "school_id": _SCHOOL,
                "n": _count("Участников"),
                "mean": _number("Средний балл", "балл", low=0),
                "ci_low": _number("Нижняя граница", "балл"),
                "ci_high": _number("Верхняя граница", "балл"),
                "region_ci_low": _number("Нижняя граница региона", "балл"),
                "region_ci_high": _number("Верхняя граница региона", "балл"),
                "region_reference": _text("Что взято за регион", null=True),
                "inflated_mean": _flag("Завышенный средний балл", null=True),
                "spearman": _number("Корреляция с журналом"),
                "spearman_printed": _number("Та же, по напечатанной формуле"),
                "spearman_n": _count("Пар для корреляции", null=True),
                "spearman_negative": _flag("Корреляция ниже нуля", null=True),
                "change_ratio": _number("K", low=0),
                "change_low": _number("Нижняя граница K"),
                "change_high": _number("Верхняя граница K"),
                "abrupt_change": _text(
                    "Резкое изменение", null=True, allowed=("none", "rise", "drop")
                ),
                "markers": _count("Маркеров", "маркеров"),
                "reason": _text("Что не проверено и почему", null=True),
            },
        ),
        Table(
            "low_procedures",
            "Низкие результаты по процедурам",
            "one row per test × school",
            ("test_id", "school_id"),
            {
                "test_id": _TEST,
                "year": _YEAR,
                "grade": _GRADE,
                "subject": _SUBJECT,
                "school_id": _SCHOOL,
                "n": _count("Участников"),
                "n_low": _count("Не преодолели минимум", null=True),
                "share_low": _share("Доля не преодолевших"),
                "ci_low": _share("Нижняя граница 95 %"),
                "ci_high": _share("Верхняя граница 95 %"),
                "status": _text(
                    "Состояние",
                    allowed=("low", "low_small_n", "border", "ok", "no_data", "not_comparable"),
                ),
                "counted": _flag("Входит в перечень процедур правила"),
                "low_before": _flag("Низкая и годом раньше", null=True),
                "p_low_30": _share("Вероятность, что истинная доля 30 % и выше"),
                "conclusion": _text("Вывод по вероятности", null=True, allowed=LOW_CONCLUSIONS),
                "z_low": _number("Отклонение доли от общей, с разбросом школ"),
                "funnel": _text("Место в воронке", null=True, allowed=FUNNEL_PLACES),
                "share_returned": _share("Доля не преодолевших с возвратом поднятых"),
            },
        ),
        Table(
            "low_results",
            "Школы с низкими результатами",
            "one row per year × school",
            ("year", "school_id"),
            {
                "year": _YEAR,
                "school_id": _SCHOOL,
                "procedures": _count("Процедур с данными", "процедур"),
                "low_procedures": _count("Низких процедур", "процедур"),
                "repeated_procedures": _count("Низких два года подряд", "процедур", null=True),
                "rule_met": _flag("Официальное правило выполнено", null=True),
                "on_federal_list": _flag("В федеральном перечне", null=True),
                "p_low_30": _share("Вероятность, что доля низких 30 % и выше"),
                "conclusion": _text("Вывод по вероятности", null=True, allowed=LOW_CONCLUSIONS),
                "status": _text(
                    "Вывод", allowed=("listed", "risk", "no", "no_data", "not_comparable")
                ),
                "change": _text("К прошлому году", null=True, allowed=LIST_CHANGES),
                "reasons": _text("Факты", null=True),
            },
        ),
    )
}


def task_columns(count: int) -> list[str]:
    """Names of the point columns of a test with `count` tasks: p1…pk."""
    return [f"p{position}" for position in range(1, count + 1)]


def empty(name: str) -> pd.DataFrame:
    """A frame of table `name` with no rows and the declared dtypes."""
    return conform(pd.DataFrame(columns=list(TABLES[name].columns)), name)


def conform(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Returns `frame` with the columns of table `name` in order, their dtypes, sorted by the key.

    Raises KeyError naming every column that is missing; columns that are not declared are an
    error too, so that nothing leaves a step by accident.
    """
    table = TABLES[name]
    points = [c for c in frame.columns if table.task_columns and c[:1] == "p" and c[1:].isdigit()]
    missing = [c for c in table.columns if c not in frame.columns]
    extra = [c for c in frame.columns if c not in table.columns and c not in points]
    if missing or extra:
        raise KeyError(f"table {name}: missing columns {missing}, undeclared columns {extra}")
    dtypes = {c: spec.dtype for c, spec in table.columns.items() if spec.dtype != "list"}
    dtypes |= dict.fromkeys(points, "Int8")
    ordered = frame[[*table.columns, *sorted(points, key=lambda c: int(c[1:]))]].astype(dtypes)
    if not table.key:
        return ordered.reset_index(drop=True)
    return ordered.sort_values(list(table.key), kind="stable", ignore_index=True)
