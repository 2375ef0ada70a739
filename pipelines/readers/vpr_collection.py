"""«Форма сбора результатов» that a school fills in: the form of 2026, the older one in two parts.

The form names neither the test nor the school: both come from the path («…/edu000001/Форма сбора
результатов Английский язык 8 класс ВПР 2026.xlsx»). A title above the header goes before the path;
one that says «Диагностическая работа» makes it a diagnostic work.
"""

from __future__ import annotations

from pipelines.readers import cells, header, identity, protocol
from pipelines.readers.header import Layout, Role
from pipelines.readers.reading import ProblemLog, Reading, TestHeader, Workbook

KIND = "vpr_collection"
LABEL = "ВПР: форма сбора результатов, заполненная школой"

LAYOUT = Layout(
    roles={
        "pupil": Role("Код участника", "код(?: участника)?", required=True, read=cells.digits),
        "variant": Role("Вариант", r"вариант(?: \(часть 1\))?", required=True),
        "variant_2": Role("Вариант (часть 2)", r"вариант \(часть 2\)"),
        "class_label": Role(
            "Порядковый номер класса",
            r"порядковый номер класса|наименование класса|класс(?: №.*)?",
            read=cells.class_label,
        ),
        "journal_mark": Role(
            "Отметка за предыдущий триместр/четверть/полугодие", "отметка за предыдущ.*"
        ),
        "score": Role("Итого баллов", "итого баллов", required=True),
    },
    anchors=("pupil", "score"),
    alien="пользователь|логин.*|оо|первичный балл",
)


def recognises(workbook: Workbook) -> bool:
    """True if a sheet has the code or the total beside tasks with maxima, and no login column."""
    return header.found_in(workbook, LAYOUT)


def read(workbook: Workbook) -> Reading:
    """Works of the one school that filled in the form."""
    log = ProblemLog()
    test = identity.settle(_content(workbook), workbook.path, log)
    login = identity.login_in(workbook.path)
    if login is None:
        log.add("form_without_login", value=workbook.path)
    return protocol.read(
        workbook,
        KIND,
        LAYOUT,
        test,
        log,
        constants={"login": login} if login else {},
        empty="empty_form",
    )


def _content(workbook: Workbook) -> TestHeader:
    """The test as the titles above the first header tell it; forms of ВПР have no titles."""
    for sheet in workbook.sheets:
        found = header.find(sheet, LAYOUT)
        if found is not None:
            return identity.identify(*header.titles(sheet, found))
    return TestHeader()
