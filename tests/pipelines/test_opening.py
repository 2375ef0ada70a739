"""What a workbook holds beyond values: hidden rows and sheets, formulas nobody calculated."""

from pathlib import Path

from openpyxl import Workbook

from pipelines.readers.opening import open_workbook


def test_hidden_rows_hidden_sheets_and_uncalculated_formulas(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "Протокол"
    sheet.append(["Код", "Итого"])
    sheet.append([1, "=SUM(A1:A2)"])
    sheet.append([2, 7])
    sheet.row_dimensions[3].hidden = True
    book.create_sheet("Служебный").sheet_state = "hidden"
    path = tmp_path / "книга.xlsx"
    book.save(path)
    opened = open_workbook(path, "vpr/книга.xlsx")
    assert opened.path == "vpr/книга.xlsx"
    protocol, service = opened.sheets
    assert protocol.rows[1][:2] == [1.0, ""]
    assert protocol.hidden_rows == {3}
    assert protocol.uncached_formulas == {"B2"}
    assert protocol.visible
    assert not service.visible


def test_rows_keep_their_numbers(tmp_path: Path) -> None:
    book = Workbook()
    book.active["C4"] = "да"
    path = tmp_path / "книга.xlsx"
    book.save(path)
    rows = open_workbook(path, "книга.xlsx").sheets[0].rows
    assert rows[3][2] == "да"
    assert rows[0] == ["", "", ""]
