"""Collect: from what the files gave to checked canonical tables, every row accounted for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analytics import schema
from analytics.distributions import merge_score_counts, reconcile, score_counts
from analytics.sittings import first_sittings
from expectations.validation import validate
from pipelines.canonical import faults as fault_tables
from pipelines.canonical.appeals import apply_appeals
from pipelines.canonical.essays import place_essays
from pipelines.canonical.intake import build_intake
from pipelines.canonical.olympiad import KEPT as OLYMPIAD
from pipelines.canonical.olympiad import place_olympiad
from pipelines.canonical.reports import by_school, grouped_report
from pipelines.canonical.schools import Directory, build_directory
from pipelines.canonical.stack import TEST_KEY, Read, stack
from pipelines.canonical.tasks import (
    build_tasks,
    prepared_tasks,
    with_seen_maxima,
    without_contradicted,
)
from pipelines.canonical.tests import HeaderOfFile, build_tests, prepared_tests
from pipelines.canonical.works import (
    POINTS_OVER,
    accepted_works,
    gather_works,
    place_works,
    points_above,
    with_points_over,
)
from pipelines.home import Home

REPORTS = ("score_counts", "report_marks", "report_journal")
EXAM_LISTS = ("medals", "movers", "exam_points")
BY_SCHOOL = ("school_context", "federal_markers", "federal_list", "exam_summary", *EXAM_LISTS)
KEPT_AS_READ = ("report_marks", "report_journal", *BY_SCHOOL, "codifier", "essays", *OLYMPIAD)
REGISTRY_COLUMNS = ("logins", "short_name", "municipality", "gia_code", "kind")
TASK_COLUMNS = ("grade", "subject", "position", "task", "max_points", "level", "skill", "block",
                "kes", "kt")  # fmt: skip


@dataclass(frozen=True)
class Collected:
    """tables: canonical tables by name. For what goes back to the schools: all works under their
    ids (placed), the index of those set aside (rejected), Excel letters of columns (addresses)."""

    tables: dict[str, pd.DataFrame]
    placed: pd.DataFrame
    rejected: pd.Index
    addresses: pd.DataFrame


@dataclass(frozen=True)
class _Placed:
    """All rows under their ids, nothing judged yet; misfits: faults of task tables, appeals."""

    directory: Directory
    tests: pd.DataFrame
    tasks: pd.DataFrame
    works: pd.DataFrame
    rows: dict[str, pd.DataFrame]
    misfits: pd.DataFrame


def collect(home: Home, reads: Sequence[Read]) -> Collected:
    """Canonical tables of all readings: ids given, rules applied, faulty rows set aside."""
    opened = [read for read in reads if read.reading.tables]
    placed = _place(opened, home.settings.municipality)
    faults = _judge(opened, placed)
    stopped = fault_tables.stopped_rows(faults)
    rejected = placed.works.index[fault_tables.is_stopped(placed.works, stopped)]
    accepted = {n: f[~fault_tables.is_stopped(f, stopped)] for n, f in placed.rows.items()}
    tables = _settled(placed, accepted, accepted_works(placed.works.drop(index=rejected)))

    # A file that gave no rows is told of too, but a copy must not set the first one aside.
    told = [
        faults,
        fault_tables.report_faults(tables["reconciliation"], tables["schools"]),
        fault_tables.reader_faults([read for read in reads if not read.reading.tables]),
    ]
    tables["problems"] = fault_tables.build_problems(
        pd.concat(told, ignore_index=True), opened, placed.works, placed.directory
    )
    tables["intake"] = build_intake(reads, stopped, {"works": tables["works"], **accepted})
    return Collected(tables, placed.works, rejected, fault_tables.cell_addresses(opened))


def _place(opened: Sequence[Read], default_place: str) -> _Placed:
    letters = fault_tables.cell_addresses(opened)
    raw_works, appealed = apply_appeals(gather_works(opened), opened, letters)
    directory = _directory(opened, raw_works, default_place)
    headers = _headers(opened)
    tests = build_tests(headers, extra=_tests_inside_reports(opened))
    works = place_works(raw_works, directory, tests)
    proposed, misfits = build_tasks(tests, headers, stack(opened, "tasks", TASK_COLUMNS))
    tasks, contradicted = without_contradicted(proposed, works, tests)
    contests, homeless = place_olympiad(opened, directory, letters)
    rows = {
        **contests,
        "essays": place_essays(opened, directory),
        **{name: grouped_report(opened, name, directory) for name in REPORTS},
        **{name: by_school(opened, name, directory) for name in BY_SCHOOL},
        "codifier": stack(opened, "codifier", [*schema.TABLES["codifier"].columns, "sheet", "row"]),
    }
    tasks = with_seen_maxima(tasks, works, tests)
    faults = pd.concat([appealed, misfits, contradicted, homeless], ignore_index=True)
    return _Placed(directory, tests, tasks, with_points_over(works, tasks), rows, faults)


def _judge(opened: Sequence[Read], placed: _Placed) -> pd.DataFrame:
    """What the readers noted and what the rules found, one row per fault."""
    judged = {
        "works": placed.works,
        **placed.rows,
        "schools": placed.directory.schools,
        "tests": prepared_tests(placed.tests),
        "tasks": prepared_tasks(placed.tasks, placed.tests),
    }
    found = {name: validate(frame, name) for name, frame in judged.items()}
    by_row = found["works"]["code"] == POINTS_OVER
    cells = points_above(placed.works, placed.tasks)
    found["works"] = pd.concat([found["works"][~by_row], cells], ignore_index=True)
    noted = fault_tables.reader_faults(opened)
    parts = [fault_tables.rule_faults(faults, opened, name) for name, faults in found.items()]
    new = fault_tables.not_yet_told(pd.concat(parts, ignore_index=True), noted)
    return pd.concat([noted, placed.misfits, new], ignore_index=True)


def _settled(
    placed: _Placed, accepted: dict[str, pd.DataFrame], works: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    from_works = score_counts(first_sittings(works), placed.directory.schools)
    return {
        "schools": placed.directory.schools,
        "tests": placed.tests,
        "tasks": placed.tasks,
        "works": works,
        "score_counts": merge_score_counts(from_works, accepted["score_counts"]),
        "reconciliation": reconcile(from_works, accepted["score_counts"]),
        **{name: _declared(accepted[name], name) for name in KEPT_AS_READ},
    }


def _directory(opened: Sequence[Read], works: pd.DataFrame, default_place: str) -> Directory:
    named = ["login", "municipality", "school_name"]
    seen = [works[named]]
    seen += [stack(opened, n, named)[named] for n in ("school_context", "exam_summary", "essays")]
    for name in REPORTS:
        report = stack(opened, name, ["group", "group_code", "group_name"])
        schools = report.loc[report["group"] == "school", ["group_code", "group_name"]]
        schools = schools.rename(columns={"group_code": "login", "group_name": "school_name"})
        seen.append(schools.assign(municipality=None))
    met = pd.concat(seen, ignore_index=True).drop_duplicates().dropna(subset="login")
    return build_directory(
        stack(opened, "schools", REGISTRY_COLUMNS),
        met,
        stack(opened, "school_context", ["login", "gia_code", "correctional"]),
        default_place=default_place,
    )


def _headers(opened: Sequence[Read]) -> list[HeaderOfFile]:
    return [
        HeaderOfFile(r.source_id, r.path, header, "works" in r.reading.tables)
        for r in opened
        for header in r.reading.headers
    ]


def _tests_inside_reports(opened: Sequence[Read]) -> pd.DataFrame:
    parts = [stack(opened, name, TEST_KEY)[TEST_KEY] for name in REPORTS]
    return pd.concat(parts, ignore_index=True).dropna().drop_duplicates()


def _declared(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    columns = list(schema.TABLES[name].columns)
    return schema.conform(frame[columns], name)
