"""Looks at a file from outside before any parser touches it: links, signatures, archives, sizes."""

from __future__ import annotations

import zipfile
from pathlib import Path

MAX_FILE_BYTES = 200 * 2**20
MAX_INFLATED_BYTES = 2**30
# Deflate reaches about 1030:1 on constant bytes; sheets of real towns stay under 40:1.
MAX_RATIO = 200
RATIO_MATTERS_FROM = 64 * 2**20
MAX_LINE_BYTES = 2**20  # of a text table

SPREADSHEETS = {".xlsx": "zip", ".xlsm": "zip", ".xlsb": "zip", ".ods": "zip", ".xls": "ole",
                ".csv": "text"}  # fmt: skip
ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")


def fault(path: Path) -> tuple[str, str] | None:
    """Code and value of the reason to set `path` aside unopened; None if it may be opened."""
    kind = SPREADSHEETS.get(path.suffix.lower())
    if path.name.startswith("~$"):
        return "excel_owner_file", path.name
    if kind is None:
        return "not_a_spreadsheet", path.suffix or path.name
    size = path.stat().st_size
    if size == 0:
        return "empty_file", "0 байт"
    if size > MAX_FILE_BYTES:
        return "file_too_large", f"{size // 2**20} МБ"
    return _signature_fault(path, kind)


def _signature_fault(path: Path, kind: str) -> tuple[str, str] | None:
    with path.open("rb") as stream:
        head = stream.read(4096)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<head", b"<?xml", b"<meta")):
        return "html_not_excel", path.suffix
    if head.startswith(OLE_MAGIC):
        if ENCRYPTED_STREAM in path.read_bytes():
            return "password_protected", path.name
        return None if kind == "ole" else ("wrong_extension", f"{path.suffix}, внутри .xls")
    if head.startswith(ZIP_MAGIC):
        if kind != "zip":
            return "wrong_extension", f"{path.suffix}, внутри .xlsx"
        return _archive_fault(path)
    if kind == "text":
        return _text_fault(path)
    return "wrong_extension", path.suffix


def _text_fault(path: Path) -> tuple[str, str] | None:
    """A table of text holds no zero bytes, and no line that fills the memory of a reader."""
    longest = 0
    with path.open("rb") as stream:
        while part := stream.readline(MAX_LINE_BYTES + 1):
            longest = max(longest, len(part))
            if b"\0" in part or longest > MAX_LINE_BYTES:
                return "wrong_extension", path.suffix
    return None


def _archive_fault(path: Path) -> tuple[str, str] | None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "broken_archive", path.name
    inflated = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if inflated > MAX_INFLATED_BYTES or (
        inflated > RATIO_MATTERS_FROM and inflated > MAX_RATIO * packed
    ):
        return "archive_bomb", f"{inflated // 2**20} МБ"
    if any(entry.flag_bits & 1 for entry in entries):
        return "password_protected", path.name
    return None
