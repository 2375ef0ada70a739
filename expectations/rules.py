"""The rules of the subject: what a number that the schema allows may still not be.

A rule that needs more than the columns of its table names it in PREPARED: the caller puts these
columns in, from the tests, the official scales and the registry of schools. A value that is null
there is not known, and the rule does not judge the row.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from analytics.schema import MARKS, Column
from expectations.suites import Check

PERCENT_TOLERANCE = 0.5  # п.п.; five numbers printed with one or two decimals
_PARTS_OF_JOURNAL = ("lowered", "confirmed", "raised")
_EITHER_MISSING = {"ignore_row_if": "either_value_is_missing"}

PREPARED: dict[str, dict[str, Column]] = {
    "works": {
        "max_score": Column("Int64", "Максимальный балл работы", "балл", null=True),
        "scale_mark": Column("Int64", "Отметка по официальной шкале", "отметка", null=True),
        "joint_condition": Column("str", "Условие шкалы помимо балла", null=True),
        "points_over": Column("Int64", "Заданий с баллом выше максимума", "заданий", null=True),
        "pupil_grade": Column("Int64", "Класс обучения", null=True),
        "known_school": Column("boolean", "Школа есть в реестре", null=True),
    },
    "essays": {"known_school": Column("boolean", "Школа есть в реестре", null=True)},
    "tests": {"printed_overlap": Column("boolean", "Промежутки шкалы пересекаются", null=True)},
    "tasks": {"max_score": Column("Int64", "Максимальный балл работы", "балл", null=True)},
}


def _true(column: str) -> dict[str, object]:
    return {"column": column, "value_set": [1]}


def _above(greater: str, smaller: str, *, or_equal: bool = False) -> dict[str, object]:
    pair = {"column_A": greater, "column_B": smaller}
    return {**pair, "or_equal": or_equal, **_EITHER_MISSING}


def _equal(one: str, other: str) -> dict[str, object]:
    return {"column_A": one, "column_B": other, **_EITHER_MISSING}


_KNOWN_SCHOOL = Check(
    code="school_not_in_registry",
    expectation="ExpectColumnValuesToBeInSet",
    arguments=_true("known_school"),
    column="school_id",
    value="school_id",
    expected="школа из реестра",
    once_per=("source_id", "school_id"),
)

RULES: dict[str, tuple[Check, ...]] = {
    "works": (
        Check(
            code="score_missing",
            expectation="ExpectColumnValuesToBeInSet",
            arguments=_true("score_given"),
            column="score",
            value="score",
            expected="балл или отметка об отсутствии",
        ),
        Check(
            code="score_above_maximum",
            expectation="ExpectColumnPairValuesAToBeGreaterThanB",
            arguments=_above("max_score", "score", or_equal=True),
            column="score",
            value="score",
            expected="не больше {max_score}",
        ),
        Check(
            code="points_over_maximum",
            expectation="ExpectColumnValuesToBeInSet",
            arguments={"column": "points_over", "value_set": [0]},
            column=None,
            value="points_over",
            expected="0",
        ),
        Check(
            code="mark_against_scale",
            expectation="ExpectColumnPairValuesToBeEqual",
            arguments=_equal("mark", "mark_by_score"),
            column="mark",
            value="mark",
            expected="{scale_mark}",
        ),
        Check(
            code="mark_below_by_condition",
            expectation="ExpectColumnPairValuesToBeEqual",
            arguments=_equal("mark", "mark_before_condition"),
            column="mark",
            value="mark",
            expected="«{scale_mark}», если выполнено условие: {joint_condition}",
        ),
        Check(
            code="class_of_other_grade",
            expectation="ExpectColumnValuesToBeInSet",
            arguments=_true("class_fits"),
            column="class_label",
            value="class_label",
            expected="{pupil_grade}",
        ),
        _KNOWN_SCHOOL,
    ),
    "essays": (_KNOWN_SCHOOL,),
    "tests": (
        *(
            Check(
                code="scale_not_increasing",
                expectation="ExpectColumnPairValuesAToBeGreaterThanB",
                arguments=_above(f"min{mark + 1}", f"min{mark}"),
                column=f"min{mark + 1}",
                value=f"min{mark + 1}",
                expected=f"больше минимума на «{mark}» ({{min{mark}}})",
            )
            for mark in MARKS[1:-1]
        ),
        Check(
            code="scale_not_increasing",
            expectation="ExpectColumnPairValuesAToBeGreaterThanB",
            arguments=_above("max_score", "min5", or_equal=True),
            column="min5",
            value="min5",
            expected="не больше максимального балла ({max_score})",
        ),
        Check(
            code="scale_printed_overlap",
            expectation="ExpectColumnValuesToBeInSet",
            arguments={"column": "printed_overlap", "value_set": [0]},
            column="min5",
            value="min5",
            expected="промежутки без общих баллов",
        ),
    ),
    "tasks": (
        Check(
            code="task_points_do_not_sum",
            expectation="ExpectColumnPairValuesToBeEqual",
            arguments=_equal("points_total", "max_score"),
            column="max_points",
            value="points_total",
            expected="{max_score}",
            once_per=("test_id",),
        ),
    ),
    "report_marks": (
        Check(
            code="percents_do_not_sum",
            expectation="ExpectColumnValuesToBeBetween",
            arguments={
                "column": "percent_total",
                "min_value": 100 - PERCENT_TOLERANCE,
                "max_value": 100 + PERCENT_TOLERANCE,
            },
            column=None,
            value="percent_total",
            expected="100",
        ),
    ),
    "report_journal": (
        Check(
            code="journal_counts_do_not_sum",
            expectation="ExpectColumnPairValuesToBeEqual",
            arguments=_equal("journal_total", "n"),
            column="n",
            value="journal_total",
            expected="{n}",
        ),
    ),
}


def derive(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """`frame` with the columns that the rules of `table` read and that follow from the others."""
    return frame.assign(**{name: compute(frame) for name, compute in _DERIVED.get(table, ())})


def _score_given(works: pd.DataFrame) -> pd.Series:
    return works["score"].notna() | works["absent"]


def _mark_by_score(works: pd.DataFrame) -> pd.Series:
    """The scale's mark; null where a lower mark may come from the scale's joint condition."""
    return works["scale_mark"].mask(_lowered_by_condition(works))


def _mark_before_condition(works: pd.DataFrame) -> pd.Series:
    """The scale's mark where a lower one may come from the joint condition, else null."""
    return works["scale_mark"].where(_lowered_by_condition(works))


def _lowered_by_condition(works: pd.DataFrame) -> pd.Series:
    lower = (works["mark"] < works["scale_mark"]).astype("boolean").fillna(value=False)
    return works["joint_condition"].notna() & lower.astype(bool)


def _class_fits(works: pd.DataFrame) -> pd.Series:
    """Whether a class label like «5А» begins with a grade of the test; null for other labels.

    The grade is the pupil's or that of the programme, which `test_id` names: autumn tests are
    written a grade later. A number alone is not judged: in reports and forms it is the ordinal
    number of the class. One row per pupil-work.
    """
    number = _number_in(works["class_label"], r"^\s*(\d{1,2})\s*[^\W\d_]")
    programme = _number_in(works["test_id"], r"_(\d{2})_")
    fits = pd.Series(False, index=works.index, dtype="boolean")
    for grade in (works["pupil_grade"].astype("float64"), programme):
        fits |= number == grade
    return fits.mask(number.isna() | works["pupil_grade"].isna())


def _number_in(texts: pd.Series, pattern: str) -> pd.Series:
    """The number that `pattern` finds in each text, null where there is none."""
    codes, distinct = pd.factorize(texts)
    found = pd.Series(distinct, dtype="str").str.extract(pattern)[0].astype("float64")
    return pd.Series(found.reindex(codes).to_numpy(), index=texts.index)


def _points_total(tasks: pd.DataFrame) -> pd.Series:
    """Sum of the tasks' maxima of each test, null while one of them is not known."""
    by_test = tasks["max_points"].groupby(tasks["test_id"], observed=True)
    known = by_test.transform("count") == by_test.transform("size")
    return by_test.transform("sum").where(known)


def _percent_total(report: pd.DataFrame) -> pd.Series:
    """Sum of the printed percents, null for a group without participants."""
    total = report[[f"pct{mark}" for mark in MARKS]].sum(axis=1, skipna=False).round(6)
    return total.where((report["n"] > 0).fillna(False))


def _journal_total(report: pd.DataFrame) -> pd.Series:
    return report[list(_PARTS_OF_JOURNAL)].sum(axis=1, skipna=False)


_Derivation = tuple[str, Callable[[pd.DataFrame], pd.Series]]
_DERIVED: dict[str, tuple[_Derivation, ...]] = {
    "works": (
        ("score_given", _score_given),
        ("class_fits", _class_fits),
        ("mark_by_score", _mark_by_score),
        ("mark_before_condition", _mark_before_condition),
    ),
    "tasks": (("points_total", _points_total),),
    "report_marks": (("percent_total", _percent_total),),
    "report_journal": (("journal_total", _journal_total),),
}
