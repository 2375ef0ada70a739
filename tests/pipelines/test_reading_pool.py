"""Files are read in processes of their own, with limits; whatever happens is written down."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from pipelines import reading_pool, sources
from pipelines.reading_pool import Job, Limits, read_all, read_one


@pytest.fixture
def menu(tmp_path: Path) -> Path:
    book = Workbook()
    book.active.append(["Меню столовой", "каша"])
    path = tmp_path / "меню.xlsx"
    book.save(path)
    return path


def problems(job: Job) -> list[tuple[str, str]]:
    kept = sources.recall(job.folder).problems
    return list(zip(kept["code"], kept["value"], strict=True))


def test_an_unknown_table_says_what_it_begins_with(tmp_path: Path, menu: Path) -> None:
    job = Job(menu, "меню.xlsx", tmp_path / "kept" / "1")
    done: list[Job] = []
    read_all([job], done=done.append)
    assert done == [job]
    assert problems(job) == [("unknown_layout", "лист «Sheet», первые ячейки: Меню столовой; каша")]


def test_a_file_that_takes_too_long_is_set_aside_and_the_next_is_read(
    tmp_path: Path, menu: Path
) -> None:
    job = Job(menu, "меню.xlsx", tmp_path / "kept" / "1")
    read_all([job], limits=Limits(seconds=0.01))
    assert problems(job) == [("reading_took_too_long", "0.01 с")]


def test_a_file_that_takes_too_much_memory_is_set_aside(tmp_path: Path, menu: Path) -> None:
    job = Job(menu, "меню.xlsx", tmp_path / "kept" / "1")
    read_all([job], limits=Limits(bytes=30 * 2**20))  # less than Python with pandas needs
    assert problems(job) == [("reading_took_too_much_memory", "30 МБ")]


class PanicError(BaseException):
    """What a panicking parser raises: not an Exception."""


def test_a_panic_of_the_parser_is_a_fault_of_the_file(
    tmp_path: Path, menu: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def panic(path: Path, relative: str) -> None:
        raise PanicError("index out of bounds\nat line 7")

    monkeypatch.setattr("pipelines.readers.opening.open_workbook", panic)
    job = Job(menu, "меню.xlsx", tmp_path / "kept" / "1")
    read_one(job)
    assert problems(job) == [("not_readable", "index out of bounds")]


def test_a_truncated_sheet_is_not_readable(tmp_path: Path) -> None:
    path = tmp_path / "старая.xls"
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\x01" * 700)
    job = Job(path, "старая.xls", tmp_path / "kept" / "1")
    read_one(job)
    assert [code for code, _ in problems(job)] == ["not_readable"]


def test_a_crash_of_a_reader_is_told_and_the_others_go_on(
    tmp_path: Path, menu: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        KIND = "broken"

        @staticmethod
        def read(workbook: object) -> None:
            raise KeyError("score")

    monkeypatch.setattr("pipelines.readers.layouts.layout_of", lambda workbook: Broken)
    job = Job(menu, "меню.xlsx", tmp_path / "kept" / "1")
    read_one(job)
    assert problems(job) == [("reader_crashed", "broken: 'score'")]
    assert sources.recall(job.folder).kind == "broken"
    assert reading_pool.UNKNOWN == ""
