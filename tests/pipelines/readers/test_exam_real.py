"""The exam layouts beside the repository: the right number of rows, and no name kept."""

from collections.abc import Callable

import pytest

from pipelines.readers.layouts import layout_of, read_as
from pipelines.readers.persons import Context
from pipelines.readers.reading import Workbook

NAMES = ("иванов", "петров", "сидоров", "козлов", "мария", "алексей", "игоревна", "сергеевна")
REGIONAL = [("oge", 2026, "Обществознание"), ("oge", 2026, "Химия")]


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "kind", "rows", "tests"),
    [
        ("ege_compact_multi_exam_RECONSTRUCTED.xlsx", "exam_ege", 5,
         [("ege", 2025, "Русский язык"), ("ege", 2025, "Математика профильная")]),
        ("ege_regional_sparse_RECONSTRUCTED.xlsx", "exam_ege", 4, [("ege", 2026, "Химия")]),
        ("oge_appeal_results_RECONSTRUCTED.xlsx", "exam_appeals", 2, []),
        ("oge_dense_RECONSTRUCTED.xlsx", "exam_oge_dense", 4, [("oge", 2025, "Русский язык")]),
        ("oge_regional_multi_exam_RECONSTRUCTED.xls", "exam_oge", 3, REGIONAL),
        ("oge_regional_multi_exam_RECONSTRUCTED.xlsx", "exam_oge", 3, REGIONAL),
        ("oge_report_export_RECONSTRUCTED.csv", "exam_csv", 4, []),
    ],
)  # fmt: skip
def test_a_sample(
    open_sample: Callable[[str], Workbook], name: str, kind: str, rows: int, tests: list
) -> None:
    workbook = open_sample(f"gia/{name}")
    layout = layout_of(workbook)
    reading = read_as(layout, workbook, Context(b"k" * 32))
    assert (reading.kind, reading.rows_read) == (kind, rows)
    assert [(t.procedure, t.year, t.subject) for t in reading.tests] == tests
    (table,) = reading.tables.values()
    assert len(table) == rows
    kept = " ".join(f.astype(str).to_csv() for f in (table, reading.problems)).lower()
    assert not [person for person in NAMES if person in kept]
