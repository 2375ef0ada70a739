"""The dense ОГЭ protocol: no empty columns, «Код участника», series and number of documents."""

from __future__ import annotations

from pipelines.readers import exam_works
from pipelines.readers.exam_roles import found_roles, roles
from pipelines.readers.exam_works import Protocol
from pipelines.readers.persons import Context
from pipelines.readers.reading import Reading, Workbook

KIND = "exam_oge_dense"
LABEL = "ОГЭ: протокол с кодами участников"

PROTOCOL = Protocol(KIND, "oge", roles("pupil", "mark"))


def recognises(workbook: Workbook) -> bool:
    """True if a sheet has marks beside participants' codes."""
    found = [found_roles(sheet, PROTOCOL.roles) for sheet in workbook.sheets]
    return any({"pupil", "mark"} <= roles_found for roles_found in found)


def read(workbook: Workbook, context: Context) -> Reading:
    """Works of every exam of the file."""
    return exam_works.read(workbook, PROTOCOL, context)
