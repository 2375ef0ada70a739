"""What is said of tables that nobody can read must not repeat the names that stand in them."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from pipelines import sources
from pipelines.readers import exam_oge
from pipelines.reading_pool import Job, read_one

HEADER = [
    "№",
    "Код ОО",
    "Класс",
    "Фамилия",
    "Задания с кратким ответом",
    "Первичный балл",
    "Оценка",
]


def problems_of(folder: Path, *rows: list) -> str:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / "книга.xlsx")
    kept = folder / "kept"
    read_one(Job(folder / "книга.xlsx", "книга.xlsx", kept, b"k" * 32))
    return sources.recall(kept).problems.astype(str).to_csv()


def test_a_list_of_persons_is_not_quoted(tmp_path: Path) -> None:
    said = problems_of(tmp_path, [1, "Кракозябров Проба", "КРАКОЗЯБРОВ П. О.", "9 класс"])
    assert "unknown_layout" in said
    assert "9 класс" in said
    assert "кракозябров" not in said.lower()


def test_an_error_of_a_reader_is_told_by_its_kind_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(workbook, context):
        raise ValueError(workbook.sheets[0].rows[1][3])

    monkeypatch.setattr(exam_oge, "read", crash)
    said = problems_of(tmp_path, HEADER, [1, 9306, "9А", "Кракозябров", "+", 1, 3])
    assert "exam_oge: ValueError" in said
    assert "кракозябров" not in said.lower()


def test_the_key_is_not_shown_with_the_job() -> None:
    assert "kkk" not in repr(Job(Path("a"), "a", Path("b"), b"k" * 32))
