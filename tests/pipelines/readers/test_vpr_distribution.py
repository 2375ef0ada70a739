"""«Распределение первичных баллов», and whole counts out of rounded percents."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.readers import vpr_distribution, vpr_marks
from pipelines.readers.vpr_distribution import whole_counts

HEAD = [
    ["Распределение первичных баллов"],
    [],
    ["ВПР 2021 Математика 4 класс"],
    ["Предмет:", "Математика"],
    ["Максимальный первичный балл:", 3.0],
    [],
    ["Группы участников", "Кол-во ОО", "Кол-во участников", 0.0, 1.0, 2.0, 3.0],
]
SCHOOL = "СОШ № 1(sch000001)"
MERGED = ["Год", "Класс", "Предмет", "Муниципалитет", "Логин", "ОО", "Кол-во участников",
          "0", "1", "2", "3"]  # fmt: skip


def test_export_gives_counts_for_every_score(book) -> None:
    workbook = book(
        *HEAD,
        ["Примерский край", 448.0, "1 000", "10,0", "20,0", "30,0", "40,0"],
        ["город Энск(reg00_m001)", 2.0, 3.0, 33.33, 33.33, 33.33, 0.0],
        [SCHOOL, "", 39.0, 2.56, 5.13, 92.31, 0.0],
        sheet="МА 4 Распределение первичных ба",
    )
    assert vpr_distribution.recognises(workbook)
    assert not vpr_marks.recognises(workbook)
    reading = vpr_distribution.read(workbook)
    assert reading.problems.empty
    assert reading.rows_read == 3
    assert reading.test.max_score == 3
    counts = reading.tables["score_counts"]
    assert counts["score"].tolist() == [0, 1, 2, 3] * 3
    assert counts["n"].tolist() == [100, 200, 300, 400, 1, 1, 1, 0, 1, 2, 36, 0]
    assert counts["pct"].tolist()[8:] == [2.56, 5.13, 92.31, 0.0]
    assert counts["n_group"].tolist() == [1000] * 4 + [3] * 4 + [39] * 4
    assert counts["row"].tolist() == [8] * 4 + [9] * 4 + [10] * 4
    assert counts["group"].unique().tolist() == ["region", "municipality", "school"]
    assert counts["group_code"].tolist()[4:9:4] == ["reg00_m001", "sch000001"]


def test_blank_columns_of_a_shorter_test_give_no_rows(book) -> None:
    workbook = book(
        MERGED,
        [2024.0, 4.0, "Математика", "", "edu000001", "СОШ", 2.0, 50.0, 50.0, "", ""],
        [2024.0, 5.0, "Математика", "", "edu000001", "СОШ", 4.0, 25.0, 25.0, 25.0, 25.0],
    )
    assert vpr_distribution.recognises(workbook)
    reading = vpr_distribution.read(workbook)
    counts = reading.tables["score_counts"]
    assert reading.problems.empty
    assert counts["grade"].tolist() == [4, 4, 5, 5, 5, 5]
    assert counts["score"].tolist() == [0, 1, 0, 1, 2, 3]
    assert counts["n"].tolist() == [1, 1, 1, 1, 1, 1]


def test_a_group_without_participants_keeps_its_row(book) -> None:
    reading = vpr_distribution.read(book(*HEAD, [SCHOOL, "", 0.0]))
    assert reading.tables["score_counts"]["n"].tolist() == [0, 0, 0, 0]
    assert reading.problems.empty


def test_a_faulty_percent_sets_the_whole_group_aside(book) -> None:
    row = [SCHOOL, "", 10.0, -1.0, 101.0, "н/д", 0.0]
    reading = vpr_distribution.read(book(*HEAD, row))
    assert reading.problems[["code", "cell", "value", "login"]].to_numpy().tolist() == [
        ["percent_not_a_number", "F8", "н/д", "sch000001"],
        ["percent_out_of_range", "D8", "-1", "sch000001"],
        ["percent_out_of_range", "E8", "101", "sch000001"],
    ]
    assert reading.tables["score_counts"].empty
    assert reading.rows_read == 1


def test_percents_off_a_hundred_are_told_and_the_counts_still_sum(book) -> None:
    reading = vpr_distribution.read(book(*HEAD, [SCHOOL, "", 10.0, 40.0, 40.0, 10.0, 0.0]))
    assert reading.problems[["code", "cell", "value"]].to_numpy().tolist() == [
        ["percents_sum", "D8", "90,00"]
    ]
    assert reading.tables["score_counts"]["n"].sum() == 10


def test_columns_that_end_elsewhere_than_the_maximum_are_told(book) -> None:
    head = [row[:] for row in HEAD]
    head[4][1] = 4.0
    found = vpr_distribution.read(book(*head, [SCHOOL, "", 2.0, 50.0, 50.0, 0.0, 0.0])).problems
    assert found[["code", "cell", "value", "expected"]].to_numpy().tolist() == [
        ["score_columns_and_maximum", "G7", "3", "4"]
    ]


def test_two_columns_of_one_score_set_the_file_aside(book) -> None:
    head = [*HEAD[:-1], [*HEAD[-1], "3"]]
    reading = vpr_distribution.read(book(*head, [SCHOOL, "", 2.0, 50.0, 50.0, 0.0, 0.0, 0.0]))
    assert reading.problems[["code", "expected"]].to_numpy().tolist() == [
        ["score_column_repeated", "3"]
    ]
    assert reading.problems["row"].isna().all()
    assert reading.tables["score_counts"].empty


def test_blank_rows_below_the_table_are_no_rows(book) -> None:
    rows = [[SCHOOL, "", 2.0, 50.0, 50.0, 0.0, 0.0], *[[] for _ in range(2000)]]
    reading = vpr_distribution.read(book(*HEAD, *rows))
    assert reading.rows_read == 1
    assert reading.problems.empty


def test_no_score_columns_at_all(book) -> None:
    reading = vpr_distribution.read(book(*HEAD[:-1], HEAD[-1][:3], [SCHOOL, "", 2.0]))
    assert reading.problems["code"].tolist() == ["table_columns_missing"]


def counts_of(percents, n) -> list[float]:
    return whole_counts(np.array([percents], dtype=float), np.array([n], dtype=float))[0].tolist()


def test_whole_counts_by_the_largest_remainder() -> None:
    assert counts_of([33.33, 33.33, 33.33], 3) == [1, 1, 1]
    assert counts_of([50.0, 25.0, 25.0], 2) == [1, 1, 0]  # of equal remainders the lowest score
    assert counts_of([100.0, 0.0], 1) == [1, 0]
    assert counts_of([0.0, 0.0], 0) == [0, 0]
    assert np.isnan(counts_of([0.0, 0.0], 5)).all()
    assert np.isnan(counts_of([50.0, 50.0], np.nan)).all()
    found = counts_of([50.0, np.nan, 50.0], 4)
    assert found[0] == found[2] == 2
    assert np.isnan(found[1])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=52).filter(any))
def test_printed_percents_give_the_true_counts_of_a_school(counts) -> None:
    n = sum(counts)
    percents = [round(100 * count / n, 2) for count in counts]
    assert counts_of(percents, n) == counts


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_groups_does_not_matter(seed) -> None:
    rng = np.random.default_rng(seed)
    percents = rng.dirichlet(np.ones(9), size=6) * 100
    n = rng.integers(0, 400, size=6).astype(float)
    order = rng.permutation(6)
    mixed = whole_counts(percents[order], n[order])
    assert np.array_equal(mixed, whole_counts(percents, n)[order])
    assert np.array_equal(mixed.sum(axis=1), n[order])
