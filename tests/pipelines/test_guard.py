"""Files judged from outside: signatures, archives, sizes."""

import zipfile
from pathlib import Path

import pytest

from pipelines import guard


def archive(path: Path, content: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("xl/worksheets/sheet1.xml", content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("меню.docx", b"x", "not_a_spreadsheet"),
        ("~$открыта.xlsx", b"x", "excel_owner_file"),
        ("пусто.xlsx", b"", "empty_file"),
        ("страница.xls", b"\xef\xbb\xbf <HTML><table></table>", "html_not_excel"),
        ("фото.xlsx", b"\xff\xd8\xff\xe0JFIF", "wrong_extension"),
        ("обрыв.xlsx", b"PK\x03\x04rest is lost", "broken_archive"),
        ("старая.xlsx", guard.OLE_MAGIC + b"\0" * 600, "wrong_extension"),
        ("пароль.xlsx", guard.OLE_MAGIC + b"\0" * 600 + guard.ENCRYPTED_STREAM,
         "password_protected"),
        ("новая.xls", b"PK\x03\x04", "wrong_extension"),
    ],
)  # fmt: skip
def test_a_file_that_must_not_be_opened(
    tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    found = guard.fault(path)
    assert found is not None
    assert found[0] == code


def test_an_old_workbook_under_its_own_extension_passes(tmp_path: Path) -> None:
    path = tmp_path / "старая.xls"
    path.write_bytes(guard.OLE_MAGIC + b"\0" * 600)
    assert guard.fault(path) is None


@pytest.mark.parametrize(
    ("inflated", "ratio", "bomb"),
    [(99, 5, False), (100, 5, False), (101, 5, True), (50, 11, True), (50, 9, False),
     (20, 11, False)],
)  # fmt: skip
def test_the_limits_of_an_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inflated: int, ratio: int, bomb: bool
) -> None:
    monkeypatch.setattr(guard, "MAX_INFLATED_BYTES", 100_000)
    monkeypatch.setattr(guard, "RATIO_MATTERS_FROM", 40_000)
    content = incompressible_part(inflated * 1000, ratio)
    path = archive(tmp_path / "книга.xlsx", content)
    packed = zipfile.ZipFile(path).infolist()[0].compress_size
    monkeypatch.setattr(guard, "MAX_RATIO", 10 * inflated * 1000 / (packed * ratio))
    assert (guard.fault(path) is not None) == bomb


def incompressible_part(size: int, ratio: int) -> bytes:
    """Bytes that deflate to roughly a `ratio`-th of `size`."""
    import random

    noise = random.Random(1).randbytes(size // ratio)
    return noise + b"\0" * (size - len(noise))


def test_a_file_over_the_size_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive(tmp_path / "книга.xlsx", b"x")
    size = path.stat().st_size
    monkeypatch.setattr(guard, "MAX_FILE_BYTES", size)
    assert guard.fault(path) is None
    monkeypatch.setattr(guard, "MAX_FILE_BYTES", size - 1)
    assert guard.fault(path)[0] == "file_too_large"
