"""The ОГЭ table that the report builder saves as `;` text: its columns have the builder's names.

The exam stands in a line of the text, or else in the file's name («01 - Русский язык 2025.06.09»).
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.readers import exam_works
from pipelines.readers.exam_roles import ROLES, found_roles
from pipelines.readers.exam_works import Protocol
from pipelines.readers.persons import Context
from pipelines.readers.reading import Reading, Workbook

KIND = "exam_csv"
LABEL = "ОГЭ: выгрузка построителя отчётов (CSV)"

_NAMES = {
    "number": "ColumnName",
    "login": "SchoolCode",
    "class_label": "ClassCode",
    "surname": "SurnameCell",
    "name": "NameCell",
    "patronymic": "SecondNameCell",
    "series": "DocumentSeriesCode",
    "document": "DocumentNumberCode",
    "short": "TestResultBCell",
    "long": "TestResultCCell",
    "score": "PrimaryMark",
    "mark": "Mark5",
}
PROTOCOL = Protocol(
    KIND,
    "oge",
    {
        role: replace(
            ROLES[role],
            title=name,
            pattern=name.lower(),
            required=ROLES[role].required or role == "mark",
        )
        for role, name in _NAMES.items()
    },
)


def recognises(workbook: Workbook) -> bool:
    """True if a sheet has the builder's names of columns."""
    return any(found_roles(sheet, PROTOCOL.roles) for sheet in workbook.sheets)


def read(workbook: Workbook, context: Context) -> Reading:
    """Works of the exam of the file."""
    return exam_works.read(workbook, PROTOCOL, context)
