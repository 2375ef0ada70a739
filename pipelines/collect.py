"""Collect: from the files of raw/ to checked canonical tables, every row accounted for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analytics import schema
from analytics.distributions import merge_score_counts, reconcile, score_counts
from expectations.validation import validate
from pipelines import reading_pool, sources
from pipelines.canonical import faults as fault_tables
from pipelines.canonical.intake import build_intake
from pipelines.canonical.reports import by_school, grouped_report
from pipelines.canonical.schools import Directory, build_directory
from pipelines.canonical.stack import Read, stack
from pipelines.canonical.tasks import build_tasks, prepared_tasks, without_contradicted
from pipelines.canonical.tests import HeaderOfFile, build_tests, prepared_tests
from pipelines.canonical.works import (
    POINTS_OVER,
    accepted_works,
    gather_works,
    place_works,
    points_above,
    with_points_over,
)
from pipelines.fingerprint import reader_fingerprint
from pipelines.home import Home
from pipelines.progress import Progress
from pipelines.raw_files import RawFile
from pipelines.readers.reading import ProblemLog, Reading

REPORTS = ("score_counts", "report_marks", "report_journal")
BY_SCHOOL = ("school_context", "federal_markers", "federal_list")
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


def read_files(home: Home, files: Sequence[RawFile], progress: Progress) -> tuple[list[Read], int]:
    """Readings of all files, and how many of them were kept from earlier runs."""
    store = home.state / "sources"
    code = reader_fingerprint()
    folders = {
        file: sources.kept_folder(store, file.source_id, file.relative, code)
        for file in files
        if file.fault is None
    }
    jobs = [
        reading_pool.Job(file.path, file.relative, folder)
        for file, folder in folders.items()
        if not folder.exists()
    ]
    with progress.step(f"Чтение файлов ({len(jobs)})", len(jobs)) as advance:
        reading_pool.read_all(jobs, done=lambda job: advance())
    sources.forget_others(store, set(folders.values()))
    reads = [
        Read(
            file.source_id,
            file.relative,
            sources.recall(folders[file]) if file in folders else _not_opened(file),
        )
        for file in files
    ]
    return reads, len(folders) - len(jobs)


def collect(home: Home, reads: Sequence[Read]) -> Collected:
    """Canonical tables of all readings: ids given, rules applied, faulty rows set aside."""
    opened = [read for read in reads if read.reading.tables]
    raw_works = gather_works(opened)
    directory = _directory(home, opened, raw_works)
    headers = _headers(opened)
    tests = build_tests(headers, extra=_tests_inside_reports(opened))
    placed = place_works(raw_works, directory, tests)
    proposed, misfits = build_tasks(tests, headers, stack(opened, "tasks", TASK_COLUMNS))
    tasks, contradicted = without_contradicted(proposed, placed, tests)
    placed = with_points_over(placed, tasks)
    rows = {
        **{name: grouped_report(opened, name, directory) for name in REPORTS},
        **{name: by_school(opened, name, directory) for name in BY_SCHOOL},
    }
    settled = {"schools": directory.schools, "tests": tests, "tasks": tasks}

    judged = {
        "works": placed,
        **rows,
        "schools": directory.schools,
        "tests": prepared_tests(tests),
        "tasks": prepared_tasks(tasks, tests),
    }
    faults = {name: validate(frame, name) for name, frame in judged.items()}
    by_row = faults["works"]["code"] == POINTS_OVER
    faults["works"] = pd.concat([faults["works"][~by_row], points_above(placed, tasks)])
    found = [fault_tables.rule_faults(f, opened, name) for name, f in faults.items()]
    noted = [fault_tables.reader_faults(opened), misfits, contradicted, *found]
    noted = pd.concat(noted, ignore_index=True)
    stopped = fault_tables.stopped_rows(noted)
    # Files that gave no rows are told of, but a second copy must not set the first one aside.
    unopened = fault_tables.reader_faults([r for r in reads if not r.reading.tables])
    faults = pd.concat([noted, unopened], ignore_index=True)
    rejected = placed.index[fault_tables.is_stopped(placed, stopped)]
    accepted = {n: f[~fault_tables.is_stopped(f, stopped)] for n, f in rows.items()}

    works = accepted_works(placed.drop(index=rejected))
    from_works = score_counts(works, directory.schools)
    tables = {
        **settled,
        **{name: _declared(accepted[name], name) for name in (*REPORTS[1:], *BY_SCHOOL)},
        "works": works,
        "score_counts": merge_score_counts(from_works, accepted["score_counts"]),
        "reconciliation": reconcile(from_works, accepted["score_counts"]),
        "codifier": _declared(
            stack(opened, "codifier", schema.TABLES["codifier"].columns), "codifier"
        ),
        "problems": fault_tables.build_problems(faults, opened, placed, directory),
        "intake": build_intake(reads, stopped, {"works": works, **accepted}),
    }
    return Collected(tables, placed, rejected, fault_tables.cell_addresses(opened))


def _not_opened(file: RawFile) -> Reading:
    """The reading of a file that the guard did not let through."""
    code, value = file.fault  # type: ignore[misc]
    log = ProblemLog()
    log.add(code, value=value)
    return Reading(kind=reading_pool.UNKNOWN, problems=log.frame())


def _directory(home: Home, opened: Sequence[Read], works: pd.DataFrame) -> Directory:
    named = ["login", "municipality", "school_name"]
    seen = [works[named], stack(opened, "school_context", named)[named]]
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
        default_place=home.settings.municipality,
    )


def _headers(opened: Sequence[Read]) -> list[HeaderOfFile]:
    return [
        HeaderOfFile(r.source_id, r.path, r.reading.test, "works" in r.reading.tables)
        for r in opened
        if r.reading.test is not None
    ]


def _tests_inside_reports(opened: Sequence[Read]) -> pd.DataFrame:
    keys = ["year", "grade", "subject"]
    parts = [stack(opened, name, keys)[keys] for name in REPORTS]
    return pd.concat(parts, ignore_index=True).dropna().drop_duplicates()


def _declared(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    columns = list(schema.TABLES[name].columns)
    return schema.conform(frame[columns], name)
