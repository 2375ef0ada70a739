"""ОГЭ protocols of the region, .xls and .xlsx: empty columns between the others, «Код МСУ».

One sheet holds several exams. ГВЭ comes in the same layout.
"""

from __future__ import annotations

from pipelines.readers import exam_works
from pipelines.readers.exam_roles import found_roles, roles
from pipelines.readers.exam_works import Protocol
from pipelines.readers.persons import Context
from pipelines.readers.reading import Reading, Workbook

KIND = "exam_oge"
LABEL = "ОГЭ: протокол проверки результатов"

PROTOCOL = Protocol(KIND, "oge", roles("mark"))


def recognises(workbook: Workbook) -> bool:
    """True if a sheet has the header of an exam's protocol; offered after the other layouts."""
    return any(found_roles(sheet, PROTOCOL.roles) for sheet in workbook.sheets)


def read(workbook: Workbook, context: Context) -> Reading:
    """Works of every exam of the file."""
    return exam_works.read(workbook, PROTOCOL, context)
