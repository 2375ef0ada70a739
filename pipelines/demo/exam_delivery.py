"""All files of raw/ГИА: protocols in the layouts of their years, lists, essays, planted faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pandas as pd

from pipelines.demo import exam_lists, exam_planting
from pipelines.demo.dirt import PlantedCell
from pipelines.demo.essays import essay_protocols
from pipelines.demo.exam_planting import PlantedExam
from pipelines.demo.exam_protocols import (
    CLASS,
    COMPACT,
    EGE,
    MARK,
    OGE,
    SHORT,
    SURNAME,
    Block,
    Protocol,
    builder_csv,
)
from pipelines.demo.exam_sitting import YEARS, Results, retaken, sat_exams
from pipelines.demo.spreadsheets import SheetDraft, write_workbook
from pipelines.demo.stains import NOTE, STOP, WARN
from pipelines.demo.town import Town
from pipelines.demo.truth import FileCount
from pipelines.readers.reading import excel_column

_HEAD_OF_LIST, _HEAD_OF_ESSAY, _HEAD_OF_APPEALS = 2, 5, 3
_FILES = {
    (2020, "ege"): {"русский язык и математика": "ru map", "предметы по выбору": "soc bio phy"},
    (2021, "oge"): {"русский язык и математика": "ru ma"},
    (2021, "ege"): {"все предметы": "ru map soc bio his"},
    (2022, "oge"): {"русский язык и математика": "ru ma", "обществознание и география": "soc geo",
                    "естественные науки": "bio chem phy"},
    (2022, "ege"): {"русский язык и математика": "ru map mab", "предметы по выбору": "soc bio phy"},
}  # fmt: skip
_SOILED, _LACKING = (2022, "oge", "soc"), (2022, "oge", "phy")
_BY_BUILDER = "inf"
_RESERVE_DAYS = {2022: {"ru": "2022-07-04", "ma": "2022-07-05"}}


@dataclass
class Exams:
    """What was written: counts of rows, planted cells and planted cases."""

    raw: Path
    town: Town
    counts: list[FileCount] = field(default_factory=list)
    dirt: list[PlantedCell] = field(default_factory=list)
    planted: list[PlantedExam] = field(default_factory=list)

    def workbook(
        self, path: str, kind: str, sheet: SheetDraft, rows: int, rejected: int = 0
    ) -> None:
        """Writes a file and counts it."""
        write_workbook(self.raw / path, [sheet])
        self.counts.append(FileCount(path, kind, rows, rejected))

    def odd(self, path: str, kind: str, place: tuple[int, int], value: object, told: str) -> None:
        """Notes a planted cell of a protocol; place: Excel's row and the column from 0."""
        address = f"{excel_column(place[1])}{place[0]}"
        self.dirt.append(PlantedCell(path, "Page 1", address, kind, str(value), told))


def write_exams(raw: Path, town: Town, seed: int) -> Exams:
    """Writes the folder «ГИА» of raw/."""
    told = Exams(raw, town)
    for year in YEARS:
        sat = sat_exams(town, year, seed)
        files = _protocols(told, sat, year)
        if year in _RESERVE_DAYS:
            _retakes(told, sat, year, seed)
        _lists(told, sat, year)
        for day, sheet in essay_protocols(town, year, seed):
            path = f"ГИА/{year}/Итоговое сочинение {day}.xlsx"
            told.workbook(path, "essay", sheet, len(sheet.rows) - _HEAD_OF_ESSAY)
        _cases(told, sat, files, year)
    return told


def write_exam_truth(folder: Path, told: Exams) -> None:
    """Writes exams.csv of truth/: one row per planted case."""
    rows = pd.DataFrame([asdict(case) for case in told.planted])
    schools = told.town.schools.set_index("number")
    rows.insert(3, "school_id", rows["school"].map(schools["school_id"]))
    rows["school"] = rows["school"].map(schools["name"])
    rows[["n", "pupils"]] = rows[["n", "pupils"]].astype("Int64")
    rows = rows.assign(note=rows["kind"].map(exam_planting.NOTES))
    rows.sort_values(["kind", "year", "school_id", "test_id"], kind="stable").to_csv(
        folder / "exams.csv", index=False, encoding="utf-8-sig", lineterminator="\r\n"
    )


def _protocols(told: Exams, sat: Mapping[str, Results], year: int) -> dict[str, str]:
    """Writes the protocols of a year; the file of each exam by test_id."""
    by_slug = {(r.exam.procedure, r.exam.slug): r for r in sat.values()}
    files = {}
    for (held, procedure), books in _FILES.items():
        if held != year:
            continue
        header = OGE if procedure == "oge" else COMPACT if year == 2021 else EGE
        for name, slugs in books.items():
            path = f"ГИА/{year}/{'ОГЭ' if procedure == 'oge' else 'ЕГЭ'} {year} {name}.xlsx"
            book = Protocol(told.town, year, header, gap=int(header is not COMPACT))
            for slug in slugs.split():
                results = by_slug[procedure, slug]
                _add(told, path, book, results)
                files[results.exam.test_id] = path
            rejected = sum(d.file == path and d.expected == STOP for d in told.dirt)
            repeated = sum(d.file == path and d.kind == "exam_row_repeated" for d in told.dirt)
            rows = sum(len(block.rows) for block in book.blocks) - repeated
            told.workbook(path, f"exam_{procedure}", book.sheet(), rows, rejected)
    builder = by_slug.get(("oge", _BY_BUILDER))
    if builder is not None:
        exam = builder.exam
        path = f"ГИА/{year}/{exam.line.replace(exam.day, exam.day.replace('-', '.'))}.csv"
        (told.raw / path).write_bytes(builder_csv(told.town, builder))
        told.counts.append(FileCount(path, "exam_csv", len(builder.pupils)))
        files[exam.test_id] = path
    return files


def _retakes(told: Exams, sat: Mapping[str, Results], year: int, seed: int) -> None:
    """The protocol of the reserve days of the ОГЭ."""
    book = Protocol(told.town, year, OGE)
    for slug, day in _RESERVE_DAYS[year].items():
        book.add(retaken(sat[f"oge_{year}_09_{slug}"], day, seed))
    rows = sum(len(block.rows) for block in book.blocks)
    told.workbook(f"ГИА/{year}/ОГЭ {year} резервные дни.xlsx", "exam_oge", book.sheet(), rows)


def _add(told: Exams, path: str, book: Protocol, results: Results) -> None:
    """Adds an exam to a protocol, with what is planted in it."""
    exam = results.exam
    key = (exam.year, exam.procedure, exam.slug)
    if key == _LACKING:
        block = book.add(results, header=[t for t in book.header if t != CLASS])
        told.odd(path, "exam_columns_missing", (block.first - 1, 0), block.titles[0], WARN)
        return
    after_soiled = bool(book.blocks) and _key(book.blocks[-1]) == _SOILED
    block = book.add(results, glued=after_soiled)
    if after_soiled:
        told.odd(path, "exams_glued", (block.first - 3, 0), exam.line, NOTE)
    if key == _SOILED:
        _soil(told, path, book, block)


def _key(block: Block) -> tuple[int, str, str]:
    exam = block.results.exam
    return exam.year, exam.procedure, exam.slug


def _soil(told: Exams, path: str, book: Protocol, block: Block) -> None:
    """A mark against the scale, a mask cut short, a participant twice: one result or two."""
    marks, mark, short = block.results.results, block.titles.index(MARK), block.titles.index(SHORT)
    threes, fours = (marks == 3).nonzero()[0], (marks == 4).nonzero()[0]
    block.rows[threes[0]][mark] = 5
    told.odd(path, "mark_against_scale", block.cell(int(threes[0]), MARK), 5, WARN)
    cut = block.rows[threes[1]]
    cut[short] = cut[short][:-1]
    told.odd(path, "mask_length_differs", block.cell(int(threes[1]), SHORT), cut[short], WARN)
    for kind, like, expected in (
        ("exam_row_repeated", fours[0], NOTE), ("duplicate_pupil", threes[2], STOP),
    ):  # fmt: skip
        place = book.repeat(int(fours[0 if expected == NOTE else 1]), int(like))
        name = block.rows[place][block.titles.index(SURNAME)]
        told.odd(path, kind, block.cell(place, SURNAME), name, expected)


def _lists(told: Exams, sat: Mapping[str, Results], year: int) -> None:
    """Medallists, movers, the register of points and, where there are some, appeals."""
    folder, case = f"ГИА/{year}", exam_planting
    sheet, row = exam_lists.medals(told.town, sat, year)
    path = f"{folder}/Список медалистов {year}.xlsx"
    told.workbook(path, "medal_list", sheet, len(sheet.rows) - _HEAD_OF_LIST)
    if row:
        place, test = f"{path}, строка {row}", f"ege_{year}_11_ru"
        told.planted.append(
            PlantedExam("exam_medal_low", "Z4", year, case.MEDAL_LOW, test, place, pupils=1)
        )
    sheet, n, moved = exam_lists.movers(told.town, sat, year)
    path = f"{folder}/Список сменивших ОО {year}.xlsx"
    told.workbook(path, "mover_list", sheet, len(sheet.rows) - _HEAD_OF_LIST)
    if moved:
        told.planted.append(PlantedExam("exam_moved", "Z5", year, case.MOVED, "", path, n, moved))
    sheet, row = exam_lists.exam_points(told.town, sat, year)
    path = f"{folder}/Реестр ППЭ {year}.xlsx"
    told.workbook(path, "exam_point_register", sheet, len(sheet.rows) - _HEAD_OF_LIST)
    if row:
        place, test = f"{path}, строка {row}", f"ege_{year}_11_soc"
        told.planted.append(
            PlantedExam("exam_removed", "Z6", year, case.REMOVED, test, place, pupils=2)
        )
    if year == _SOILED[0]:
        _appeals(told, sat[f"oge_{year}_09_geo"], f"{folder}/ОГЭ {year} апелляции.xlsx")


def _appeals(told: Exams, results: Results, path: str) -> None:
    sheet, rows = exam_lists.appeals(told.town, results)
    told.workbook(path, "exam_appeals", sheet, len(sheet.rows) - _HEAD_OF_APPEALS)
    exam = results.exam
    for number, row in enumerate(rows, start=_HEAD_OF_APPEALS + 1):
        school = int(results.pupils["school"].iloc[row]) + 1
        place = f"{path}, строка {number}"
        told.planted.append(
            PlantedExam("exam_appeal", "", exam.year, school, exam.test_id, place, pupils=1)
        )


def _cases(told: Exams, sat: Mapping[str, Results], files: dict[str, str], year: int) -> None:
    """The planted cases that stand in the protocols of a year."""
    case = exam_planting
    for results in sat.values():
        exam = results.exam
        which = (exam.year, exam.procedure, exam.slug)
        ege = exam.procedure == "ege"
        found = []
        if year == case.SPIKE_YEAR and (not ege or exam.slug == case.SPIKE_EGE):
            found.append(("exam_spike", "Z10" if ege else "boundary_lifting", case.SPIKE))
        if (case.LOW, *which) in case.LOW_EXAMS:
            found.append(("exam_low", "Z3" if ege else "low_results", case.LOW))
            found += [("exam_not_confirmed", "later_exam", case.LOW)] * (not ege)
        if ege and exam.slug == "ru":
            found += [("exam_clean_strong", "", case.CLEAN)]
            found += [("exam_rise", "Z1", case.RISE)] * (year == case.RISE_YEAR)
        for kind, marker, school in found:
            rows = results.of_school(school)
            shown = {
                "exam_spike": results.pupils["lifted"].to_numpy()[rows] > 0,
                "exam_low": results.below[rows],
            }.get(kind)
            pupils = None if shown is None else int(shown.sum())
            seen = year - (kind == "exam_not_confirmed")  # such a finding stands in the ВПР's year
            file = files[exam.test_id]
            told.planted.append(
                PlantedExam(kind, marker, seen, school, exam.test_id, file, len(rows), pupils)
            )
