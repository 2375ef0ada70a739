"""Tables of text: accepted from outside, opened into one sheet."""

from pathlib import Path

import pytest

from pipelines import guard
from pipelines.readers.opening import MAX_TEXT_COLUMNS, open_workbook


def written(folder: Path, content: bytes, name: str = "выгрузка.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"a;b\r\n1;2\r\n", None),
        (b"", "empty_file"),
        (b"a;b\0", "wrong_extension"),
        (b"PK\x03\x04", "wrong_extension"),
        (guard.OLE_MAGIC + b"\0" * 600, "wrong_extension"),
        (b"<html><table></table>", "html_not_excel"),
        (b"x" * guard.MAX_LINE_BYTES, None),
        (b"x" * (guard.MAX_LINE_BYTES + 1), "wrong_extension"),
    ],
)
def test_what_a_text_table_may_hold(tmp_path: Path, content: bytes, fault: str | None) -> None:
    found = guard.fault(written(tmp_path, content))
    assert (found[0] if found else None) == fault


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_encodings_and_separators(tmp_path: Path, encoding: str, separator: str) -> None:
    text = f'Код{separator}Класс\r\n9306{separator}"9{separator}А"\r\n1\r\n'
    workbook = open_workbook(written(tmp_path, text.encode(encoding)), "папка/выгрузка.csv")
    assert workbook.path == "папка/выгрузка.csv"
    (sheet,) = workbook.sheets
    assert sheet.name == "выгрузка"
    assert sheet.rows == [["Код", "Класс"], ["9306", f"9{separator}А"], ["1", ""]]


def test_a_row_without_end_is_refused(tmp_path: Path) -> None:
    open_workbook(written(tmp_path, b";" * (MAX_TEXT_COLUMNS - 1)), "a.csv")
    with pytest.raises(ValueError, match="столбцов"):
        open_workbook(written(tmp_path, b";" * MAX_TEXT_COLUMNS), "a.csv")
