"""The readers of reports and reference tables on the real layouts beside the repository."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from pipelines.readers import layouts, school_registry, task_table, vpr_distribution
from pipelines.readers.opening import open_workbook
from pipelines.readers.reading import Reading, Workbook
from reports import messages

pytestmark = pytest.mark.real

# Reader and numbers of data rows and of canonical rows of every other sample.
FILES = {
    "city/schools.xlsx": ("school_registry", 17, 17),
    "vpr/2021_context_oo.xlsx": ("vpr_context", 12, 12),
    "vpr/2022_context_oo.xlsx": ("vpr_context", 24, 12),
    "vpr/2024_marks_vs_journal_RECONSTRUCTED.xlsx": ("vpr_journal", 3, 3),
    "vpr/2026_F3_marks_statistics_RECONSTRUCTED.xlsx": ("vpr_marks", 4, 4),
    "vpr/objectivity_markers_by_school.xlsx": ("federal_markers", 40, 130),
}
DISTRIBUTION_GROUPS, DISTRIBUTION_ROWS = 1073, 32_795
TASKS, CODES = 656, 2408
# The publisher's task table against his own scale: the sum of the maxima, the highest score.
MAXIMA_THAT_DIFFER = {
    (6, "Биология"): (32, 28),
    (7, "География"): (38, 37),
    (7, "Русский язык"): (46, 47),
    (8, "Биология"): (37, 36),
    (8, "История"): (25, 24),
    (8, "Математика"): (28, 25),
}
# Faults that the publisher's files really have.
SPEC_FAULTS = {
    "codifier_text_missing": 62,
    "codifier_code_repeated": 24,
    "codifier_code_missing": 2,
    "task_names_differ": 3,
    "task_maxima_differ": 1,
    "task_table_empty": 1,
    "table_rows_hidden": 2,
}


def claimed(workbook: Workbook) -> list[str]:
    return [layout.KIND for layout in layouts.LAYOUTS if layout.recognises(workbook)]


def reading_of(workbook: Workbook) -> Reading:
    (kind,) = claimed(workbook)
    layout = layouts.layout_of(workbook)
    assert kind == layout.KIND
    reading = layout.read(workbook)
    assert reading.kind == kind
    messages.tell(reading.problems)  # every code has its message
    return reading


@pytest.fixture(scope="module")
def distributions(samples) -> dict[str, Reading]:
    paths = sorted((samples / "city/distributions").rglob("*.xlsx"))
    assert len(paths) == 58
    return {
        path.relative_to(samples).as_posix(): reading_of(
            open_workbook(path, path.relative_to(samples).as_posix())
        )
        for path in paths
    }


def test_every_distribution_is_read_without_a_fault(distributions) -> None:
    assert all(reading.problems.empty for reading in distributions.values())
    assert sum(reading.rows_read for reading in distributions.values()) == DISTRIBUTION_GROUPS
    rows = sum(len(r.tables["score_counts"]) for r in distributions.values())
    assert rows == DISTRIBUTION_ROWS
    for path, reading in distributions.items():
        counts = reading.tables["score_counts"]
        groups = counts["row"].nunique()
        assert groups == reading.rows_read
        assert len(counts) == groups * (reading.test.max_score + 1)
        year, name = path.split("/")[2:]
        assert f"{reading.test.subject} {reading.test.grade} класс.xlsx" == name
        assert reading.test.year == int(year)


def test_counts_sum_and_give_the_printed_percents_of_schools_and_town(distributions) -> None:
    counts = pd.concat(reading.tables["score_counts"] for reading in distributions.values())
    sums = counts.groupby(["year", "grade", "subject", "row"], observed=True).agg(
        n=("n", "sum"), declared=("n_group", "first")
    )
    assert (sums["n"] == sums["declared"]).all()
    exact = counts[counts["group"] != "region"]
    again = np.round(100 * exact["n"] / exact["n_group"], 2).astype(float)
    assert np.abs(again - exact["pct"]).max() < 0.0051
    region = counts[counts["group"] == "region"]
    pupils = np.abs(region["n"] - region["pct"] * region["n_group"] / 100)
    assert pupils.max() < 0.005 / 100 * region["n_group"].max() + 1


def test_schools_of_a_test_add_up_to_the_town(distributions) -> None:
    for reading in distributions.values():
        counts = reading.tables["score_counts"]
        schools = counts[counts["group"] == "school"].groupby("score", observed=True)["n"].sum()
        town = counts[counts["group"] == "municipality"].set_index("score")["n"]
        assert (schools - town).abs().sum() == 0


@pytest.mark.parametrize(("path", "expected"), FILES.items())
def test_other_samples(open_sample, path, expected) -> None:
    reading = reading_of(open_sample(path))
    (frame,) = reading.tables.values()
    assert (reading.kind, reading.rows_read, len(frame)) == expected


def test_registry_joins_both_logins_of_a_school(open_sample) -> None:
    schools = school_registry.read(open_sample("city/schools.xlsx")).tables["schools"]
    first, second = zip(*schools["logins"], strict=True)
    assert [a.replace("sch", "edu") for a in first] == list(second)


def test_all_task_tables(samples, open_sample) -> None:
    paths = sorted(p.name for p in (samples / "vpr_task_specs").glob("*.xlsx"))
    assert len(paths) == 115
    faults: Counter[str] = Counter()
    tasks = codes = 0
    for name in paths:
        reading = reading_of(open_sample(f"vpr_task_specs/{name}"))
        faults.update(reading.problems["code"])
        grade, rest = name.removesuffix(".xlsx").split("_", 1)
        subject, part = rest.rsplit("_", 1)
        assert (reading.test.grade, reading.test.subject) == (int(grade), subject.replace("_", " "))
        assert set(reading.tables) <= {"tasks" if part == "ALL" else "codifier"}
        tasks += len(reading.tables.get("tasks", ()))
        codes += len(reading.tables.get("codifier", ()))
    assert dict(faults) == SPEC_FAULTS
    assert (tasks, codes) == (TASKS, CODES)


def test_maxima_of_task_tables_are_those_of_the_official_scales(samples, open_sample) -> None:
    scales = pd.read_csv(samples / "vpr_task_specs/mark_boundaries_2021.csv")
    differing = {}
    for scale in scales.itertuples():
        name = f"{scale.grade}_{scale.subject.replace(' ', '_')}_ALL.xlsx"
        found = task_table.read(open_sample(f"vpr_task_specs/{name}")).test.max_score
        if found != scale.max_score:
            differing[scale.grade, scale.subject] = (found, scale.max_score)
    assert differing == MAXIMA_THAT_DIFFER


def test_no_other_sample_is_claimed_by_these_readers(samples) -> None:
    mine = {vpr_distribution.KIND, "vpr_marks", "vpr_journal", "vpr_context", "federal_markers",
            "federal_list", "task_table", "school_registry"}  # fmt: skip
    folders = ("gia", "vsosh", "city/2020", "city/2021", "city/2022")
    paths = [p for folder in folders for p in (samples / folder).rglob("*.xls*")]
    assert len(paths) == 82
    for path in paths:
        workbook = open_workbook(path, path.relative_to(samples).as_posix())
        assert not mine & set(claimed(workbook))
