"""The pupils' export of 2021: columns «балл за N»; «регион» holds the municipality.

One file per test; year, grade and subject stand in the file's name only («Проведение работы по
математике, 4 класс. ВПР 2021.xlsx»). The tasks are numbered through: 1…k.
"""

from __future__ import annotations

import re

from pipelines.readers import cells, header, identity, protocol
from pipelines.readers.header import Layout, Role
from pipelines.readers.reading import ProblemLog, Reading, Task, TestHeader, Workbook

KIND = "vpr_export_2021"
LABEL = "ВПР: выгрузка результатов участников, форма 2021 года"

_TASK = re.compile(r"балл за (\d+)")


def _task(title: str) -> Task | None:
    match = _TASK.fullmatch(title)
    return Task(match[1]) if match else None


LAYOUT = Layout(
    roles={
        "login": Role("логин школы", "логин школы", required=True, read=cells.login),
        "municipality": Role("регион", "регион"),
        "pupil": Role("код обучающегося", "код обучающегося", required=True, read=cells.digits),
        "journal_mark": Role("отметка за предыдущую четверть/триместр", "отметка за предыдущ.*"),
        "class_label": Role("класс", "класс", read=cells.class_label),
        "variant": Role("вариант", "вариант", required=True),
        "score": Role("всего баллов", "всего баллов", required=True),
    },
    task=_task,
    anchors=("login", "pupil"),
)


def recognises(workbook: Workbook) -> bool:
    """True if a sheet has «балл за N» beside the school's login or the pupil's code."""
    return header.found_in(workbook, LAYOUT)


def read(workbook: Workbook) -> Reading:
    """Works of all schools of the export."""
    log = ProblemLog()
    test = identity.settle(TestHeader(), workbook.path, log)
    return protocol.read(workbook, KIND, LAYOUT, test, log)
