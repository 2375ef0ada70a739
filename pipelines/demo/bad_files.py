"""Files that must be set aside one by one while the others go on, and two that merely look odd."""

from __future__ import annotations

import contextlib
import os
import struct
import zlib
from pathlib import Path

from pipelines.demo.dirt import PlantedCell
from pipelines.demo.spreadsheets import (
    Formula,
    SheetDraft,
    workbook_parts,
    write_archive,
    write_workbook,
)
from pipelines.demo.stains import LINK_TEXT, PERSON, SCRIPT

FOLDER = "плохие файлы"
OUTSIDE = "truth/книга вне папки raw.xlsx"  # what the symbolic link points to

_EXCEL_ROWS = 1_048_576
_BOMB_BYTES = 2**30 + 2**24  # of the only sheet, just above what any honest table inflates to
_CHUNK = 2**24
_SHEET, _NO_ROWS = "xl/worksheets/sheet1.xml", "<sheetData></sheetData>"
_MENU = [["День", "Завтрак", "Обед"], ["Понедельник", "Каша овсяная", "Суп гороховый"]]
_MENU.append(["Вторник", "Омлет", "Щи из свежей капусты"])


def write_bad_files(raw: Path, sound: Path) -> list[PlantedCell]:
    """Writes the folder of bad files beside the others; `sound` is a whole workbook to spoil.

    Returns what is expected of each: stop (set aside), warn (unknown table), note (passed over).
    """
    folder = raw / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    content = sound.read_bytes()
    plain = {
        "скачан не до конца.xlsx": ("truncated_archive", content[: len(content) * 3 // 5]),
        "текст с чужим расширением.xlsx": ("text_as_xlsx", "Просто текст\r\n".encode("cp1251")),
        "защищён паролем.xlsx": ("password_protected", _encrypted()),
        "страница из браузера.xls": ("html_as_xls", _html()),
        "фото.xlsx": ("photo_as_xlsx", _photo()),
        "пустой.xlsx": ("empty_file", b""),
        "копия выгрузки.xlsx": ("duplicate_file", content),
    }
    found = [PlantedCell(_write_bytes(folder, name, data), "", "", kind, "", "stop")
             for name, (kind, data) in plain.items()]  # fmt: skip
    found.append(_note(_bomb(folder / "распаковывается в гигабайт.xlsx"), "archive_bomb", "stop"))
    found.append(_note(_million_rows(folder / "миллион пустых строк.xlsx"), "empty_rows", "warn"))
    found += _workbooks(folder)
    found += _link(raw.parent, folder)
    _write_bytes(folder, "~$Математика.xlsx", PERSON.encode("utf-16-le"))
    found.append(_note(folder / "~$Математика.xlsx", "excel_owner_file", "note"))
    return found


def _write_bytes(folder: Path, name: str, content: bytes) -> str:
    (folder / name).write_bytes(content)
    return f"{folder.name}/{name}"


def _note(path: Path, kind: str, expected: str, value: str = "") -> PlantedCell:
    name = path.as_posix().partition(f"{FOLDER}/")[2]
    return PlantedCell(f"{FOLDER}/{name}", "", "", kind, value, expected)


def _workbooks(folder: Path) -> list[PlantedCell]:
    """Whole workbooks that are no table of ВПР."""
    menu = folder / "меню столовой.xlsx"
    write_workbook(menu, [SheetDraft("Лист1", _MENU)])
    link = folder / "ссылка в ячейке.xlsx"
    formula = Formula('HYPERLINK("https://example.org","нажмите")', cached="нажмите")
    write_workbook(link, [SheetDraft("Лист1", [["Отчёт", formula], ["Итог", LINK_TEXT]])])
    spaced = folder / "папка  с пробелами № 5" / "Список (черновик), копия 2.xlsx"
    write_workbook(spaced, [SheetDraft("Лист1", [["Список кабинетов"], ["Кабинет 5"]])])
    return [
        _note(menu, "unknown_table", "warn"),
        _note(link, "hyperlink_formula", "warn", f"={formula.expression}"),
        _note(spaced, "path_with_spaces", "warn"),
    ]


def _link(home: Path, folder: Path) -> list[PlantedCell]:
    """A link out of raw/; none where the system does not let one be made."""
    target = home / OUTSIDE
    write_workbook(target, [SheetDraft("Лист1", _MENU)])
    path = folder / "ссылка наружу.xlsx"
    with contextlib.suppress(OSError, NotImplementedError):
        path.unlink(missing_ok=True)
        path.symlink_to(os.path.relpath(target, folder))
        return [_note(path, "link_out_of_raw", "stop")]
    return []


def _encrypted() -> bytes:
    """An OLE container with the two streams of a workbook under a password."""
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    header += b"\xff" * (512 - len(header))
    table = struct.pack("<II", 0xFFFFFFFD, 0xFFFFFFFE) + b"\xff" * 504
    names = ("Root Entry", "EncryptionInfo", "EncryptedPackage")
    entries = b"".join(_ole_entry(name, 5 if place == 0 else 2) for place, name in enumerate(names))
    return header + table + entries + bytes(128) + bytes(range(256)) * 8


def _ole_entry(name: str, kind: int) -> bytes:
    written = name.encode("utf-16-le") + b"\0\0"
    entry = written.ljust(64, b"\0") + struct.pack("<HBB", len(written), kind, 1)
    return (entry + b"\xff" * 12).ljust(128, b"\0")


def _html() -> bytes:
    table = "<table><tr><td>Отчёт</td></tr></table>"
    return f"<html><body>{table}{SCRIPT}</body></html>".encode()


def _photo() -> bytes:
    """The beginning of a JPEG picture."""
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + bytes(2048)


def _million_rows(path: Path) -> Path:
    """Formatted cells without a value down to the last row, as left by «select all, set a font»."""
    rows = '<row><c s="1"/></row>' * _EXCEL_ROWS
    parts = workbook_parts([SheetDraft("Лист1", [])])
    full = parts[_SHEET].replace(_NO_ROWS, f"<sheetData>{rows}</sheetData>")
    write_archive(path, {**parts, _SHEET: full})
    return path


def _bomb(path: Path) -> Path:
    """A whole archive whose only sheet inflates to more than a gigabyte of blanks.

    A fully flushed deflate block repeats byte for byte, so one is packed and written many times.
    """
    parts = workbook_parts([SheetDraft("Лист1", [])])
    head, _, tail = parts.pop(_SHEET).partition(_NO_ROWS)
    write_archive(path, parts)
    blanks, times = b" " * _CHUNK, _BOMB_BYTES // _CHUNK
    before, after = head.encode(), f"{_NO_ROWS}{tail}".encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    begin = packer.compress(before) + packer.flush(zlib.Z_FULL_FLUSH)
    chunk = packer.compress(blanks) + packer.flush(zlib.Z_FULL_FLUSH)
    end = packer.compress(after) + packer.flush()
    checksum = zlib.crc32(before)
    for _ in range(times):
        checksum = zlib.crc32(blanks, checksum)
    checksum = zlib.crc32(after, checksum)
    size = len(before) + times * _CHUNK + len(after)
    _append_entry(path, _SHEET, begin + chunk * times + end, checksum, size)
    return path


def _append_entry(path: Path, name: str, packed: bytes, checksum: int, size: int) -> None:
    """Adds an entry whose compressed bytes are ready to the end of a zip archive."""
    content = path.read_bytes()
    end = content.rindex(b"PK\x05\x06")
    count, directory_size, directory_at = struct.unpack_from("<HII", content, end + 10)
    directory = content[directory_at : directory_at + directory_size]
    # Version 2.0, deflate, midnight of 1 January 1980.
    about = struct.pack("<HHHHHIII", 20, 0, 8, 0, 33, checksum, len(packed), size)
    local = b"PK\x03\x04" + about + struct.pack("<HH", len(name), 0) + name.encode()
    central = b"PK\x01\x02" + struct.pack("<H", 20) + about
    central += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, directory_at) + name.encode()
    directory += central
    at = directory_at + len(local) + len(packed)
    finish = struct.pack("<HHHHIIH", 0, 0, count + 1, count + 1, len(directory), at, 0)
    path.write_bytes(content[:directory_at] + local + packed + directory + b"PK\x05\x06" + finish)
