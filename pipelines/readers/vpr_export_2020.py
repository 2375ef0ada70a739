"""The pupils' export of 2020: columns `a-N-grade`, the tasks end at «Учебник».

One file per test; year, grade and subject stand in the path only (`2020/5/История.xlsx`). The grade
is the programme's: in autumn 2020 the work of grade N was written by pupils of grade N+1.
"""

from __future__ import annotations

import re
from typing import Any

from pipelines.readers import cells, header, identity, protocol
from pipelines.readers.header import Layout, Role
from pipelines.readers.reading import ProblemLog, Reading, Task, TestHeader, Workbook

KIND = "vpr_export_2020"
LABEL = "ВПР: выгрузка результатов участников, форма 2020 года"

_MUNICIPALITY = re.compile(r"reg\d+_vpr_m\d+")
_TASK = re.compile(r"a-(\d+)-grade")


def _municipality(groups: Any) -> str | None:
    """The municipality's code out of the list of system groups."""
    match = _MUNICIPALITY.search(cells.text(groups))
    return match[0] if match else None


def _task(title: str) -> Task | None:
    match = _TASK.fullmatch(title)
    return Task(match[1]) if match else None


LAYOUT = Layout(
    roles={
        "municipality": Role("groups", "groups", read=_municipality),
        "login": Role("user", "user", required=True, read=cells.login),
        "pupil": Role("code", "code", required=True, read=cells.digits),
        "journal_mark": Role("otc", "otc"),
        "class_label": Role("klass", "klass", read=cells.class_label),
        "variant": Role("var-1", "var-1", required=True),
        "variant_2": Role("var-2", "var-2"),
        "score": Role("sum", "sum", required=True),
        "textbook": Role("Учебник", "учебник", required=True),
    },
    task=_task,
    anchors=("login", "pupil"),
    tasks_end="textbook",
)


def recognises(workbook: Workbook) -> bool:
    """True if a sheet has the columns `a-N-grade` beside `user` or `code`."""
    return header.found_in(workbook, LAYOUT)


def read(workbook: Workbook) -> Reading:
    """Works of all schools of the export."""
    log = ProblemLog()
    test = identity.settle(TestHeader(), workbook.path, log)
    return protocol.read(workbook, KIND, LAYOUT, test, log)
