"""Single dirty cells as real exports hold them, and what a reader should make of each."""

from __future__ import annotations

from dataclasses import dataclass

NONE, NOTE, WARN, STOP = "none", "note", "warn", "stop"
SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(1)>'
LINK_TEXT = '=HYPERLINK("https://example.org";"нажмите")'
PERSON = "Иванов Иван Иванович"
NBSP = "\u00a0"


@dataclass(frozen=True)
class Stain:
    """One dirty cell to plant.

    column: a role of the export, or "task". points: what the pupil earned in the task, so that the
    total still agrees; None takes any. value: the cell's text, or how to change it.
    """

    kind: str
    column: str
    value: str
    expected: str
    points: int | None = None


_SIGNS = (
    Stain("skipped_latin_capital", "task", "X", NONE, 0),
    Stain("skipped_latin_small", "task", "x", NONE, 0),
    Stain("skipped_cyrillic_capital", "task", "Х", NONE, 0),
    Stain("skipped_cyrillic_small", "task", "х", NONE, 0),
    Stain("nbsp_number", "task", f"1{NBSP}", NONE, 1),
    Stain("nbsp_number", "task", f"0{NBSP}", NONE, 0),
    Stain("decimal_point_text", "task", "1.0", NONE, 1),
    Stain("decimal_comma_text", "task", "1,0", NONE, 1),
    Stain("unreadable_points", "task", "?", WARN),
    Stain("unreadable_points", "task", "H", WARN),
    Stain("unreadable_points", "task", "Ч", WARN),
    Stain("formula_as_text", "task", LINK_TEXT, WARN),
)
_JOURNAL = (
    Stain("journal_decimal", "journal", "4.0", NONE),
    Stain("journal_decimal_comma", "journal", "5,0", NONE),
    Stain("journal_nbsp", "journal", f"4{NBSP}", NONE),
    Stain("journal_no_mark", "journal", "нет отметки", NONE),
    Stain("journal_not_given", "journal", "н/а", NOTE),
    Stain("journal_not_given", "journal", "*", NOTE),
    Stain("journal_not_a_mark", "journal", "1", WARN),
    Stain("journal_not_a_mark", "journal", "6", WARN),
    Stain("journal_not_a_mark", "journal", "8", WARN),
    Stain("journal_not_a_mark", "journal", "12", WARN),
    Stain("journal_letter", "journal", "З", WARN),
)
_CLASSES = tuple(
    Stain("odd_class", "class", label, NONE)
    for label in ('"А"', "а(2)", "кб", "НЕТ", "", "х", IMAGE)
)
_VARIANTS = (
    Stain("variant_odd", "variant", "1.0", NONE),
    Stain("variant_odd", "variant", "Var1", NONE),
    Stain("variant_odd", "variant", "0", NONE),
    Stain("variant_missing", "variant", "", NOTE),
)
_TOTALS = (
    Stain("total_decimal_comma", "total", "{total},0", NONE),
    Stain("total_differs_from_sum", "total", "{less}", WARN),
    Stain("total_above_maximum", "total", "92", WARN),
    Stain("total_in_words", "total", "двенадцать", WARN),
)
_ROWS = (
    Stain("pupil_code_missing", "code", "", STOP),
    Stain("name_instead_of_code", "code", PERSON, STOP),
    Stain("login_missing", "login", "", STOP),
)

# School that keeps the dirt of a file; none of them has a planted result there.
DIRTY_FILES: dict[tuple[int, int, str], tuple[int, tuple[Stain, ...]]] = {
    (2020, 6, "his"): (
        1,
        (*_SIGNS, *_JOURNAL, *_CLASSES, *_VARIANTS, *_TOTALS, *_ROWS,
         Stain("class_of_other_grade", "class", "11А", NOTE)),
    ),
    (2021, 5, "bio"): (8, (*_SIGNS, *_JOURNAL[4:9], *_CLASSES[:4], *_VARIANTS, *_TOTALS, *_ROWS)),
    (2022, 6, "ru"): (
        15,
        (*_SIGNS[:8], Stain("points_above_maximum", "task", "9", WARN),
         Stain("code_bar_name", "school", "", NONE)),
    ),
    (2022, 8, "ma"): (19, (*_SIGNS[2:10], *_JOURNAL[2:7])),
}  # fmt: skip
UNREPORTED = {(2020, 6, "his"), (2021, 5, "bio")}  # too dirty for a report to agree with them
