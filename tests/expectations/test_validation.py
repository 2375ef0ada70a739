"""What validation returns, what it raises, and that it keeps quiet."""

import socket
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from expectations import validation
from expectations.suites import Check
from expectations.validation import ExpectationError, validate

COLUMNS = ["source_id", "sheet", "row", "code", "column", "value", "expected"]


def journal(**columns: object) -> pd.DataFrame:
    """Four faultless rows of report_journal, but for `columns`."""
    frame = pd.DataFrame(
        {
            "test_id": ["vpr_2021_04_ma"] * 4,
            "group": ["country", "region", "municipality", "school"],
            "group_id": ["РФ", "Край", "Город", "s1"],
            "group_name": ["Вся выборка", "Край", "Город", "Школа 1"],
            "n": [100, 50, 20, 10],
            "lowered": [10, 5, 2, 1],
            "confirmed": [80, 40, 16, 8],
            "raised": [10, 5, 2, 1],
            "source_id": ["a" * 64] * 4,
            "sheet": ["Отчёт"] * 4,
            "row": [2, 3, 4, 5],
        }
    )
    return frame.assign(**columns)


def faulty() -> pd.DataFrame:
    """Every row has a fault: a group that is not known, a null, a negative count, a wrong sum."""
    return journal(
        group=["планета", "region", "municipality", "school"],
        group_name=["Вся выборка", None, "Город", "Школа 1"],
        lowered=[10, 5, -2, 0],
        raised=[10, 5, 6, 1],
    )


@pytest.fixture(scope="module")
def told() -> pd.DataFrame:
    return validate(faulty(), "report_journal")


def test_without_faults_the_frame_is_empty_but_typed() -> None:
    faults = validate(journal(), "report_journal")
    assert faults.columns.tolist() == COLUMNS
    assert faults.empty
    assert faults.dtypes.astype("str").tolist() == ["str", "str", "Int64", *["str"] * 4]


def test_one_row() -> None:
    assert validate(journal().iloc[[0]], "report_journal").empty
    assert len(validate(faulty().iloc[[0]], "report_journal")) == 1


def test_each_fault_has_its_row(told: pd.DataFrame) -> None:
    assert told.columns.tolist() == COLUMNS
    assert told[["row", "code", "column", "value"]].fillna("").to_numpy().tolist() == [
        [2, "value_not_allowed", "group", "планета"],
        [3, "missing_value", "group_name", ""],
        [4, "value_out_of_range", "lowered", "-2"],
        [5, "journal_counts_do_not_sum", "n", "9"],
    ]


def test_the_order_of_rows_changes_nothing() -> None:
    frame = pd.concat([faulty(), faulty().assign(source_id="b" * 64, test_id="vpr_2021_05_ma")])
    faults = validate(frame, "report_journal")
    assert len(faults) == 8
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(len(frame))
        again = validate(frame.iloc[order], "report_journal")
        pd.testing.assert_frame_equal(again, faults)


def test_other_labels_of_groups_change_nothing(told: pd.DataFrame) -> None:
    renamed = faulty().assign(group_id=["g1", "g2", "g3", "g4"])
    pd.testing.assert_frame_equal(validate(renamed, "report_journal"), told)


def test_a_repeated_key_leaves_the_first_row() -> None:
    twice = pd.concat([journal(), journal(row=[12, 13, 14, 15])])
    faults = validate(twice, "report_journal")
    assert faults["code"].unique().tolist() == ["duplicate_key"]
    assert faults["row"].tolist() == [12, 13, 14, 15]


def test_a_key_with_an_empty_column_that_may_be_empty_is_a_key() -> None:
    step = pd.DataFrame(
        {
            "municipality": [None, None, "Город"],
            "school_id": ["s1", "s1", "s1"],
            "subject": ["Математика"] * 3,
            "test_before": ["vpr_2020_04_ma"] * 3,
            "test_id": ["vpr_2021_05_ma"] * 3,
            "n_before": 20,
            "n": 21,
            "mean_share_before": 0.5,
            "mean_share": 0.6,
            "z_before": 0.0,
            "z": 0.1,
            "change": 0.1,
            "reference": ["город"] * 3,
            "row": [1, 2, 3],
        }
    )
    assert validate(step, "cohorts", index=("row",))["row"].tolist() == [2]


def test_index_columns_that_the_frame_lacks_are_null() -> None:
    schools = pd.DataFrame(
        {
            "school_id": ["s1", "s1"],
            "short_name": ["Школа 1", "Школа 1"],
            "municipality": ["Город", "Город"],
            "logins": [["sch1", "edu1"], ["edu1"]],
            "gia_code": [None, None],
            "kind": [None, None],
            "in_registry": [True, True],
        }
    )
    faults = validate(schools, "schools")
    assert faults[["code", "value"]].to_numpy().tolist() == [["duplicate_key", "s1"]]
    assert faults[["source_id", "sheet", "row"]].isna().all(axis=None)
    assert faults["row"].dtype == "Int64"
    assert validate(schools, "schools", index=("school_id",))["school_id"].tolist() == ["s1"]


def test_missing_columns_are_an_error_that_names_all_of_them() -> None:
    with pytest.raises(ExpectationError, match=r"report_journal.*\['lowered', 'row'\]"):
        validate(journal().drop(columns=["lowered", "row"]), "report_journal")


def test_a_missing_prepared_column_is_an_error() -> None:
    tasks = pd.DataFrame({"test_id": ["t"], "position": [1], "task": ["1"], "max_points": [1]})
    tasks = tasks.assign(level="Б", skill=None, block=None, kes=None, kt=None)
    with pytest.raises(ExpectationError, match="max_score"):
        validate(tasks, "tasks")


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("n", ["100", "50", "20", "10"]),
        ("n", [100.5, 50, 20, 10]),
        ("group_id", [1, 2, 3, 4]),
        ("row", [True, True, True, True]),
    ],
)
def test_a_column_of_another_type_is_an_error(column: str, values: list) -> None:
    with pytest.raises(ExpectationError, match=f"wrong types.*{column}"):
        validate(journal(**{column: values}), "report_journal")


@pytest.mark.parametrize("dtype", ["Int64", "float64", "object"])
def test_the_same_whole_numbers_in_another_dtype_pass(dtype: str, told: pd.DataFrame) -> None:
    frame = faulty().astype({"n": dtype})
    pd.testing.assert_frame_equal(validate(frame, "report_journal"), told)


def test_frames_without_rows_pass_in_any_dtype() -> None:
    assert validate(journal().iloc[:0].astype("object"), "report_journal").empty


def test_an_expectation_that_is_not_computed_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Check(
        code="journal_counts_do_not_sum",
        expectation="ExpectColumnPairValuesAToBeGreaterThanB",
        arguments={"column_A": "group_name", "column_B": "n"},
        column="n",
        value="n",
        expected="",
    )
    monkeypatch.setitem(validation.RULES, "report_journal", (broken,))
    with pytest.raises(ExpectationError, match=r"group_name.*was not computed"):
        validate(journal(), "report_journal")


def test_nothing_is_printed_and_nothing_is_sent(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    validate(faulty(), "report_journal")
    assert capfd.readouterr() == ("", "")


def test_great_expectations_is_imported_only_when_it_is_needed() -> None:
    code = "import sys, expectations.validation; print('great_expectations' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
