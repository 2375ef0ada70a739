"""The pupil-level readers on the real layouts beside the repository."""

import re
from pathlib import Path

import pandas as pd
import pytest

from pipelines.readers import (
    vpr_collection,
    vpr_export_2020,
    vpr_export_2021,
    vpr_export_2022,
    vpr_individual,
)
from pipelines.readers.opening import open_workbook
from pipelines.readers.reading import Reading, Workbook
from reports import messages

pytestmark = pytest.mark.real

READERS = (vpr_export_2020, vpr_export_2021, vpr_export_2022, vpr_individual, vpr_collection)
CITY_ROWS = {"vpr_export_2020": 34_965, "vpr_export_2021": 31_932, "vpr_export_2022": 661}
SAMPLES = {
    "2020_vpr_pupils_ma5.xlsx": ("vpr_export_2020", 152),
    "2021_vpr_pupils_ma4.xlsx": ("vpr_export_2021", 167),
    "2021_vpr_pupils_ru8.xlsx": ("vpr_export_2021", 179),
    "2022_vpr_protokol_ma4.xlsx": ("vpr_export_2022", 53),
    "2022_vpr_protokol_ma8_ne_proyd.xlsx": ("vpr_export_2022", 6),
    "2022_vpr_protokol_ru6.xlsx": ("vpr_export_2022", 19),
    "2026_F1_individual_results_RECONSTRUCTED.xlsx": ("vpr_individual", 30),
    "2026_collection_form_EN8_RECONSTRUCTED.xlsx": ("vpr_collection", 18),
    "school_collection_form_demo.xlsx": ("vpr_collection", 40),
}
SCHOOL_LOGIN = re.compile(r"\((sch\d+)\)")


def opened(samples: Path, path: Path) -> Workbook:
    return open_workbook(path, path.relative_to(samples).as_posix())


@pytest.fixture(scope="module")
def city(samples) -> dict[str, list[Reading]]:
    """All readings of the city's pupil files, by the readers that recognise them."""
    readings: dict[str, list[Reading]] = {}
    for path in sorted((samples / "city").glob("20*/*/*.xlsx")):
        book = opened(samples, path)
        claiming = [reader for reader in READERS if reader.recognises(book)]
        assert len(claiming) == 1, path
        readings.setdefault(claiming[0].KIND, []).append(claiming[0].read(book))
    return readings


def test_every_city_file_is_read_whole(city) -> None:
    assert {kind: len(readings) for kind, readings in city.items()} == {
        "vpr_export_2020": 30,
        "vpr_export_2021": 38,
        "vpr_export_2022": 7,
    }
    rows = {kind: sum(r.rows_read for r in readings) for kind, readings in city.items()}
    assert rows == CITY_ROWS
    assert sum(rows.values()) == 67_558
    for reading in (r for readings in city.values() for r in readings):
        assert len(reading.tables["works"]) == reading.rows_read


def test_every_city_file_names_its_test(city) -> None:
    tests = [r.test for readings in city.values() for r in readings]
    assert len({(t.year, t.grade, t.subject) for t in tests}) == len(tests) == 75
    assert {t.year for t in tests} == {2020, 2021, 2022}


def test_no_city_row_is_set_aside(city) -> None:
    problems = pd.concat([r.problems for readings in city.values() for r in readings])
    told = messages.tell(problems)
    assert set(told["severity"]) == {"warn", "note"}
    assert problems["code"].value_counts().to_dict() == {
        "total_differs_from_sum": 138,
        "mark_not_given": 2,
        "absent_with_points": 1,
    }


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_are_recognised_by_one_reader(samples, name) -> None:
    kind, rows = SAMPLES[name]
    book = opened(samples, samples / "vpr" / name)
    assert [reader.KIND for reader in READERS if reader.recognises(book)] == [kind]
    reader = next(reader for reader in READERS if kind == reader.KIND)
    assert reader.read(book).rows_read == rows


def test_other_samples_are_left_alone(samples) -> None:
    others = [p for p in sorted((samples / "vpr").glob("*.xlsx")) if p.name not in SAMPLES]
    others += sorted((samples / "vpr_task_specs").glob("4_*.xlsx"))
    others += sorted((samples / "city" / "distributions" / "2020").glob("*.xlsx"))
    assert len(others) > 30
    for path in others:
        book = opened(samples, path)
        assert [reader.KIND for reader in READERS if reader.recognises(book)] == [], path


def reported(samples: Path, year: int, name: str) -> pd.DataFrame:
    """The school rows of a distribution report: n and percents by score, indexed by login."""
    path = samples / "city" / "distributions" / str(year) / name
    rows = opened(samples, path).sheets[0].rows
    start = next(i for i, row in enumerate(rows) if row[0] == "Группы участников")
    table = pd.DataFrame(rows[start + 1 :], columns=rows[start])
    table.index = table.pop("Группы участников").str.extract(SCHOOL_LOGIN, expand=False)
    return table[table.index.notna()].drop(columns="Кол-во ОО").astype(float)


@pytest.mark.parametrize(
    ("year", "grade", "subject", "above"),
    [
        (2020, 4, "Русский язык", 0),
        (2020, 5, "Математика", 0),
        # Twelve works of one school have totals above the maximum; the report leaves them out.
        (2021, 4, "Математика", 12),
        (2021, 8, "Химия", 0),
    ],
)
def test_scores_agree_with_the_distribution_reports(
    city, samples, year, grade, subject, above
) -> None:
    report = reported(samples, year, f"{subject} {grade} класс.xlsx")
    reading = next(
        r for r in city[f"vpr_export_{year}"] if (r.test.grade, r.test.subject) == (grade, subject)
    )
    scores = [c for c in report if c != "Кол-во участников"]
    works = reading.tables["works"].dropna(subset=["score"])
    fits = works["score"] <= max(scores)
    assert (~fits).sum() == above
    counts = pd.crosstab(works.loc[fits, "login"], works.loc[fits, "score"].astype(float))
    n = counts.sum(axis=1)
    percents = counts.mul(100).div(n, axis=0).reindex(columns=scores, fill_value=0.0)
    assert n.to_dict() == report["Кол-во участников"].to_dict()
    gap = (percents - report[scores].reindex(percents.index)).abs().to_numpy().max()
    assert gap <= 0.0051  # the report rounds to 0.01
