"""The workbook that goes back to a school: its own rows, the faulty cells marked, nothing runs."""

import io

import openpyxl
import pandas as pd

from analytics import schema
from reports.returned import returned_workbooks

HOSTILE = '=HYPERLINK("файл","нажмите")'


def placed() -> pd.DataFrame:
    rows = schema.empty("works").reindex(range(3))
    return rows.assign(
        test_id="vpr_2021_04_ma",
        school_id=["1", "1", "2"],
        pupil=["40001", "40002", "40003"],
        absent=False,
        score=pd.array([5, 6, 7], dtype="Int64"),
        p1=pd.array([1, None, 0], dtype="Int8"),
        source_id="s",
        sheet="Лист",
        row=pd.array([2, 3, 2], dtype="Int64"),
    )


def tables() -> dict[str, pd.DataFrame]:
    problem = {
        "path": "файл.xlsx", "source_id": "s", "sheet": "Лист", "cell": "J3", "row": 3,
        "column": "балл за 1", "school_id": "1", "code": "points_unreadable", "severity": "warn",
        "value": HOSTILE, "message": "не балл", "hint": "исправьте",
    }  # fmt: skip
    school = {
        "school_id": ["1", "2"], "short_name": [HOSTILE, "Школа № 2"], "municipality": ["Г", "Г"],
        "logins": [["sch1"], ["sch2"]], "gia_code": [None, None], "kind": [None, None],
        "in_registry": [True, True],
    }  # fmt: skip
    intake = {
        "path": ["файл.xlsx"], "source_id": ["s"], "kind": ["vpr_export_2021"],
        "status": ["partly"], "test_id": ["vpr_2021_04_ma"], "rows_read": [3],
        "rows_accepted": [2], "rows_rejected": [1], "reason": [None],
    }  # fmt: skip
    return {
        "problems": schema.conform(pd.DataFrame([problem]), "problems"),
        "schools": schema.conform(pd.DataFrame(school), "schools"),
        "intake": schema.conform(pd.DataFrame(intake), "intake"),
    }


ADDRESSES = pd.DataFrame(
    [("s", "Лист", "p1", "J")], columns=["source_id", "sheet", "column", "letters"]
)


def written() -> dict[str, bytes]:
    return dict(returned_workbooks(placed(), pd.Index([1]), ADDRESSES, tables()))


def opened(school_id: str) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(written()[school_id]))


def test_the_faulty_cell_is_marked_and_explained() -> None:
    sheet = opened("1")["Строки"]
    head = [cell.value for cell in sheet[1]]
    assert sheet.max_row == 2  # only the faulty row of this school
    cell = sheet.cell(2, head.index("Задание 1") + 1)
    assert cell.value == HOSTILE
    assert cell.data_type == "s"
    assert cell.fill.fgColor.rgb.endswith("FCE4B0")
    assert cell.comment.text == "J3 не балл. исправьте"
    assert sheet.cell(2, head.index("Код участника") + 1).value == "40002"


def test_the_summary_counts_the_schools_rows() -> None:
    sheet = opened("1")["Сводка"]
    assert [c.value for c in sheet[5]] == ["файл.xlsx", 2, 1, 1]
    assert [c.value for c in sheet[9]] == ["проверьте", 1, "не балл", "исправьте"]


def test_a_school_without_faults_is_told_so() -> None:
    book = opened("2")
    assert book.sheetnames == ["Сводка"]
    assert "Замечаний нет" in book["Сводка"]["A2"].value


def test_no_text_becomes_a_formula_and_the_bytes_do_not_change() -> None:
    for content in written().values():
        book = openpyxl.load_workbook(io.BytesIO(content))
        types = {cell.data_type for sheet in book for row in sheet for cell in row}
        assert "f" not in types
    assert written() == written()
