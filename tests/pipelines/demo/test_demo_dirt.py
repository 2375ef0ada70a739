"""truth/dirt.csv says where every dirty cell is: the cell holds what is written there."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from pipelines.demo.stains import DIRTY_FILES
from pipelines.readers.cells import text

KINDS = {
    *("skipped_latin_capital", "skipped_latin_small"),
    *("skipped_cyrillic_capital", "skipped_cyrillic_small"),
    *("not_taught", "nbsp_number", "text_number", "decimal_comma_text", "row_shifted"),
    *("absent_total_zero", "formula_not_calculated", "header_number", "section_row"),
    *("merged_head", "hidden_sheet", "hidden_rows", "total_above_maximum", "code_bar_name"),
    *("latin_k_in_header", "unreadable_points", "journal_not_a_mark", "journal_not_given"),
    *("journal_letter", "odd_class", "duplicate_pupil", "header_repeated", "markup_in_name"),
    *("formula_as_text", "personal_column", "empty_form", "total_differs_from_sum"),
    *("truncated_archive", "archive_bomb", "text_as_xlsx", "password_protected", "html_as_xls"),
    *("empty_rows", "hyperlink_formula", "path_with_spaces", "photo_as_xlsx", "unknown_table"),
}


@pytest.fixture(scope="module")
def dirt(demo_town: Path) -> pd.DataFrame:
    return pd.read_csv(
        demo_town / "truth" / "dirt.csv", encoding="utf-8-sig", keep_default_na=False, dtype=str
    )


@pytest.fixture(scope="module")
def cell(demo_town: Path) -> Callable[[str, str, str], object]:
    @cache
    def rows(file: str, sheet: str) -> list[list]:
        book = CalamineWorkbook.from_path(demo_town / "raw" / file)
        return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)

    def value(file: str, sheet: str, address: str) -> object:
        letters, number = re.fullmatch(r"([A-Z]+)(\d+)", address).groups()
        column = 0
        for letter in letters:
            column = column * 26 + ord(letter) - ord("A") + 1
        return rows(file, sheet)[int(number) - 1][column - 1]

    return value


def test_every_kind_is_planted(dirt: pd.DataFrame) -> None:
    assert set(dirt["kind"]) >= KINDS
    assert set(dirt["expected"]) == {"none", "note", "warn", "stop"}


def test_cells_hold_what_the_list_says(
    dirt: pd.DataFrame, cell: Callable[[str, str, str], object]
) -> None:
    listed = dirt[(dirt["cell"] != "") & (dirt["kind"] != "formula_not_calculated")]
    assert len(listed) > 100
    for row in listed.itertuples():
        assert text(cell(row.file, row.sheet, row.cell)) == text(row.value), row


def test_formulas_have_no_stored_value(
    dirt: pd.DataFrame, cell: Callable[[str, str, str], object]
) -> None:
    formulas = dirt[dirt["kind"] == "formula_not_calculated"]
    assert len(formulas) > 20
    assert formulas["value"].str.startswith("=IF(LEN(").all()
    for row in formulas.itertuples():
        assert cell(row.file, row.sheet, row.cell) == ""


def test_no_cell_is_dirty_twice(dirt: pd.DataFrame) -> None:
    cells = dirt[dirt["cell"] != ""]
    whole_rows = {"hidden_rows", "markup_in_name", "not_taught", "absent_total_zero"}
    single = cells[~cells["kind"].isin(whole_rows)]
    assert not single.duplicated(["file", "sheet", "cell"]).any()


def test_rejected_rows_are_those_with_a_stop(demo_town: Path, dirt: pd.DataFrame) -> None:
    counts = pd.read_csv(demo_town / "truth" / "counts.csv", encoding="utf-8-sig").set_index("file")
    stops = dirt[(dirt["expected"] == "stop") & (dirt["cell"] != "")]
    rows = stops.assign(row=stops["cell"].str.extract(r"(\d+)")[0])
    found = rows.groupby("file")["row"].nunique().to_dict()
    assert found == counts.loc[counts["rejected"] > 0, "rejected"].to_dict()
    assert len(found) == len(DIRTY_FILES) + 2  # and a protocol of the olympiad and of the ОГЭ
