"""ЕГЭ protocols: the regional one of the report builder and the compact one.

Regional: empty columns between the others, «Код МСУ», «Тестовый балл». Compact: «Код ООП»,
«Профиль», «Код участника», «Итоговый балл», blocks without an empty row between them.
"""

from __future__ import annotations

from pipelines.readers import exam_works
from pipelines.readers.exam_roles import found_roles, roles, titles_above
from pipelines.readers.exam_works import Protocol
from pipelines.readers.persons import Context
from pipelines.readers.reading import Reading, Workbook

KIND = "exam_ege"
LABEL = "ЕГЭ: протокол проверки результатов"

PROTOCOL = Protocol(KIND, "ege", roles("test_score"))


def recognises(workbook: Workbook) -> bool:
    """True if a sheet has the header of a protocol with test scores, or one that names the ЕГЭ."""
    for sheet in workbook.sheets:
        found = found_roles(sheet, PROTOCOL.roles)
        titled = "ЕГЭ" in f"{titles_above(sheet, PROTOCOL.roles)} {workbook.path}"
        if found and ("test_score" in found or (titled and "mark" not in found)):
            return True
    return False


def read(workbook: Workbook, context: Context) -> Reading:
    """Works of every exam of the file."""
    return exam_works.read(workbook, PROTOCOL, context)
