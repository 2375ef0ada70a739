"""Table `intake`: every file of raw/, what it is, and the balance of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analytics import schema
from pipelines.canonical.faults import KEY
from pipelines.canonical.stack import Read
from pipelines.canonical.tests import id_of
from pipelines.errors import BalanceError
from reports.messages import tell

# These say "not a table of ours" rather than "a table of ours that is broken".
FOREIGN = {"unknown_layout", "not_a_spreadsheet", "excel_owner_file"}


def build_intake(
    reads: Sequence[Read], stopped: pd.DataFrame, stored: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """One row per file. `stored` are the accepted rows of the tables that keep their cells.

    Raises BalanceError when the rows stored of a file are not the rows read less those set aside.
    """
    whole_files = set(stopped.loc[stopped["row"].isna(), "source_id"])
    set_aside = stopped.dropna(subset="row").groupby("source_id", observed=True).size()
    kept = _stored_rows(stored)
    rows = []
    for read in reads:
        count = read.reading.rows_read
        stops_all = read.source_id in whole_files and read.reading.tables
        rejected = count if stops_all else int(set_aside.get(read.source_id, 0))
        rejected = rejected if read.reading.tables else count
        accepted = count - rejected
        _check(read, accepted, kept)
        rows.append(
            {
                "path": read.path,
                "source_id": read.source_id,
                "kind": read.reading.kind or None,
                "status": _status(read, accepted, rejected),
                "test_id": _test_of(read),
                "rows_read": count,
                "rows_accepted": accepted,
                "rows_rejected": rejected,
                "reason": _reason(read, accepted),
            }
        )
    columns = list(schema.TABLES["intake"].columns)
    return schema.conform(pd.DataFrame(rows, columns=columns), "intake")


def _test_of(read: Read) -> str | None:
    """test_id of a file about one test; files of several tests have none of their own."""
    headers = read.reading.headers
    return id_of(headers[0]) if len(headers) == 1 else None


def _stored_rows(stored: Mapping[str, pd.DataFrame]) -> dict[str, int]:
    parts = [frame[KEY].drop_duplicates() for frame in stored.values() if len(frame)]
    if not parts:
        return {}
    return pd.concat(parts).groupby("source_id", observed=True).size().to_dict()


def _check(read: Read, accepted: int, kept: dict[str, int]) -> None:
    stored = kept.get(read.source_id)
    tracked = any("row" in t.columns and n in _TRACKED for n, t in read.reading.tables.items())
    if tracked and stored is not None and stored != accepted:
        raise BalanceError(
            f"Файл «{read.path}»: прочитано {read.reading.rows_read} строк, должно быть принято"
            f" {accepted}, а сохранено {stored}. Это ошибка программы; результаты не записаны."
        )


_TRACKED = ("works", "score_counts", "report_marks", "report_journal", "federal_list",
            "exam_summary", "essays", "olympiad", "rechecks", "pass_scores")  # fmt: skip


def _status(read: Read, accepted: int, rejected: int) -> str:
    codes = set(read.reading.problems["code"])
    if codes & FOREIGN:
        return "unknown"
    if accepted == 0:
        return "rejected"
    return "partly" if rejected else "accepted"


def _reason(read: Read, accepted: int) -> str | None:
    """Why nothing of the file was taken, in the words of its first fault."""
    if accepted or read.reading.problems.empty:
        return None
    told = tell(read.reading.problems)
    first = told[told["row"].isna()].head(1)
    return None if first.empty else str(first["message"].iloc[0])
