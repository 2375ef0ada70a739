"""All files of raw/: which sittings arrive in which layout, and what each file holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pipelines.demo import codifiers, registers, school_files, summaries
from pipelines.demo.dirt import PlantedCell, soil
from pipelines.demo.exports import Export, export
from pipelines.demo.planting import JOURNAL_INFLATED
from pipelines.demo.sitting import Sitting, sit
from pipelines.demo.spreadsheets import write_workbook
from pipelines.demo.stains import NONE, NOTE, PERSON, STOP, UNREPORTED
from pipelines.demo.summaries import Report
from pipelines.demo.town import Town
from pipelines.demo.truth import FileCount
from pipelines.demo.works import exported_works, make_work
from pipelines.readers.reading import excel_column

_FORM_SCHOOLS = (1, 2, 8, 12)
_OLDER_FORM, _PERSONAL_FORM, _BLANK_FORM = 15, 19, 20
_TEXTS_IN = "vpr_2021_04_ma"  # all numbers of this layout are texts; noted once
_LONE_REPORT = 6  # the school that downloaded Ф1 for itself


class Delivery:
    """Writes files under raw/ and keeps count of them."""

    def __init__(self, raw: Path, town: Town, seed: int) -> None:
        self.raw, self.town, self.schools, self.seed = raw, town, town.schools, seed
        self.sittings: list[Sitting] = []
        self.counts: list[FileCount] = []
        self.dirt: list[PlantedCell] = []

    def write(self) -> None:
        """Everything but the bad files."""
        exported = [sit(self.town, work, self.seed) for work in exported_works()]
        for sitting in exported:
            self._export(sitting)
        self.sittings = [*exported, *self._individual_results()]
        self._forms(sit(self.town, make_work(2022, 6, "soc"), self.seed))
        self._reports(self.sittings)
        for kind, report in [
            ("school_registry", registers.registry(self.schools)),
            ("vpr_context", registers.questionnaire_2021(self.town)),
            ("vpr_context", registers.questionnaire_2022(self.town)),
            ("federal_markers", registers.federal_markers(self.schools)),
            ("federal_list", registers.federal_list(self.schools)),
            *(("task_table", table) for table in codifiers.task_tables()),
        ]:
            self._report(kind, report)
            if kind == "vpr_context":
                title = next(t for t in report.sheets[0].rows[0] if "ФИО" in t or "Адрес" in t)
                column = excel_column(report.sheets[0].rows[0].index(title))
                self._odd(report, "personal_column", f"{column}1", title, NOTE)

    def _export(self, sitting: Sitting) -> None:
        made = export(sitting, self.schools)
        dirt = soil(sitting, made, self.schools)
        extra = 0
        if dirt is not None:
            self.dirt += dirt.planted
            extra = sum(d.kind in ("duplicate_pupil", "hidden_sheet") for d in dirt.planted)
        write_workbook(self.raw / made.path, made.sheets)
        if sitting.work.test_id == _TEXTS_IN:
            total = str(made.sheet.rows[1][made.columns["total"]])
            self._odd(made, "text_number", f"{excel_column(made.columns['total'])}2", total, NONE)
        rejected = dirt.rejected if dirt else 0
        kind = f"vpr_export_{sitting.work.year}"
        rows = len(sitting.pupils) + extra
        self.counts.append(FileCount(made.path, kind, rows, rejected))

    def _individual_results(self) -> list[Sitting]:
        """Ф1 of the whole town, and of one school under a number for a name."""
        town = sit(self.town, make_work(2022, 7, "ma"), self.seed)
        lone = sit(self.town, make_work(2022, 8, "ru"), self.seed)
        lone = school_files.of_school(lone, _LONE_REPORT)
        for sitting, path in ((town, "Индивидуальные результаты 7 класс"), (lone, "2849644")):
            made = school_files.individual_results(
                sitting, self.schools, f"vpr/2022/Ф1/{path}.xlsx"
            )
            write_workbook(self.raw / made.path, made.sheets)
            count = int(sitting.present.sum())
            self.counts.append(FileCount(made.path, "vpr_individual", count))
            section = str(made.sheet.rows[8][0])
            self._odd(made, "section_row", "A9", section, NONE)
            self._odd(made, "merged_head", "C7", "Уровень сложности задания", NONE)
        return [town, lone]

    def _forms(self, sitting: Sitting) -> None:
        """Collection forms of some schools: filled, older, with a column of names, blank."""
        for number in (*_FORM_SCHOOLS, _PERSONAL_FORM):
            made = school_files.collection_form(
                school_files.of_school(sitting, number), self.schools
            )
            if number == _PERSONAL_FORM:
                self._add_names(made)
            self._form(made, school_files.of_school(sitting, number))
        older = school_files.of_school(sitting, _OLDER_FORM)
        made = school_files.older_form(older, self.schools)
        self._form(made, older)
        letters = excel_column(made.columns["total"])
        for row in (np.flatnonzero(older.present) + made.first_row).tolist():
            formula = "=" + made.sheet.rows[row - 1][-1].expression
            self._odd(made, "formula_not_calculated", f"{letters}{row}", formula, NOTE)
        empty = school_files.of_school(sitting, _BLANK_FORM)
        made = school_files.collection_form(empty, self.schools, blank=True)
        self._form(made, None)
        self._odd(made, "empty_form", "", "", STOP)

    def _form(self, made: Export, sitting: Sitting | None) -> None:
        write_workbook(self.raw / made.path, made.sheets)
        rows = 0 if sitting is None else len(sitting.pupils)
        self.counts.append(FileCount(made.path, "vpr_collection", rows))

    def _add_names(self, made: Export) -> None:
        """A column with a name put in by hand before the others."""
        for place, row in enumerate(made.sheet.rows):
            row.insert(0, "ФИО" if place == 0 else PERSON if row[0] else "")
        self._odd(made, "personal_column", "A1", "ФИО", NOTE)

    def _reports(self, sittings: list[Sitting]) -> None:
        by_key = {(s.work.year, s.work.grade, s.work.slug): s for s in sittings}
        for key, sitting in by_key.items():
            year, grade, slug = key
            if year < 2022 and key not in UNREPORTED:
                self._report("vpr_distribution", summaries.distribution(
                    sitting, self.schools, self.seed))  # fmt: skip
            if (year == 2022 and len(set(sitting.pupils["school"])) > 1) or (
                year == 2021 and slug == "ma"
            ):
                path = f"vpr/отчёты/{year}/Статистика по отметкам {sitting.work.subject} {grade}"
                made = summaries.mark_statistics(
                    sitting, self.schools, self.seed, f"{path} класс.xlsx"
                )
                self._report("vpr_marks", made)
        self._odd(made, "header_number", "D8", "2", NONE)
        merged = [by_key[2020, grade, "ma"] for grade in range(4, 9)]
        path = "vpr/отчёты/Свод отметок 2020 математика.xlsx"
        self._report("vpr_marks", summaries.merged_marks(merged, self.schools, path))
        compared = {
            "vpr/отчёты/2021/Сравнение с журналом математика 4 класс.xlsx": (2021, 4, "ma"),
            "vpr/отчёты/2849657.xlsx": (2022, 5, "ma"),
        }
        for path, key in compared.items():
            made = summaries.journal_comparison(by_key[key], self.schools, path)
            self._report("vpr_journal", made)
        self._report("vpr_journal", summaries.tall_comparison(
            by_key[2021, 6, "ma"], self.schools, JOURNAL_INFLATED,
            "vpr/отчёты/2021/Сравнение с журналом, прежняя форма.xlsx"))  # fmt: skip

    def _report(self, kind: str, made: Report) -> None:
        write_workbook(self.raw / made.path, made.sheets)
        self.counts.append(FileCount(made.path, kind, made.rows))

    def _odd(self, made: Export | Report, kind: str, cell: str, value: str, expected: str) -> None:
        sheet = made.sheets[0].name if cell else ""
        self.dirt.append(PlantedCell(made.path, sheet, cell, kind, value, expected))
