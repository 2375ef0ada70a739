"""A kept reading comes back as it was."""

from pathlib import Path

import pandas as pd

from pipelines import sources
from pipelines.readers.reading import ProblemLog, Reading, Task, TestHeader


def reading() -> Reading:
    log = ProblemLog()
    log.add("not_a_number", sheet="Лист", row=[2, 3], column_index=[0, 26], column="Балл",
            value=["н/я", None], expected="0–20")  # fmt: skip
    return Reading(
        kind="vpr_export_2021",
        problems=log.frame(),
        test=TestHeader(2021, 4, "Математика", 20, (Task("1", 1, "Б"), Task("2"))),
        tables={"works": pd.DataFrame({"pupil": ["40001"], "p1": pd.array([1], dtype="Int8")})},
        rows_read=1,
        addresses={("Лист", "p1"): "J"},
    )


def test_keep_and_recall(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    sources.keep(reading(), folder)
    found = sources.recall(folder)
    assert found.test == reading().test
    assert (found.kind, found.rows_read, found.addresses) == (
        "vpr_export_2021", 1, {("Лист", "p1"): "J"},
    )  # fmt: skip
    pd.testing.assert_frame_equal(found.tables["works"], reading().tables["works"])
    assert found.problems["cell"].tolist() == ["A2", "AA3"]
    assert not list(tmp_path.glob("*.draft"))


def test_the_place_depends_on_content_path_and_code(tmp_path: Path) -> None:
    places = {
        sources.kept_folder(tmp_path, source, path, code)
        for source in ("a" * 64, "b" * 64)
        for path in ("2020/x.xlsx", "2021/x.xlsx")
        for code in ("1", "2")
    }
    assert len(places) == 8


def test_readings_of_files_that_went_away_are_removed(tmp_path: Path) -> None:
    for name in ("wanted", "gone", "killed.1.draft"):
        sources.keep(reading(), tmp_path / name)
    sources.forget_others(tmp_path, {tmp_path / "wanted"})
    assert [p.name for p in tmp_path.iterdir()] == ["wanted"]
