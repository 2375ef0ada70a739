"""Which years of an exam can be compared, and the official minimums of its test scores."""

from __future__ import annotations

import pandas as pd

from analytics.norms import norm

_EXAM = ["procedure", "year", "subject"]


def not_comparable(exams: pd.DataFrame) -> pd.Series:
    """Why an exam of a year is not comparable with other years, null where nothing speaks so.

    exams: procedure, year, subject, any index. Source: norms/exam_calendar.csv; a row of one
    subject goes before the row of the whole procedure.
    """
    calendar = norm("exam_calendar")[[*_EXAM, "reason"]]
    own = exams[_EXAM].astype({"year": "int64"})
    whole = calendar[calendar["subject"] == ""].drop(columns="subject")
    by_subject = own.merge(calendar, how="left", on=_EXAM, validate="m:1")["reason"]
    by_procedure = own.merge(whole, how="left", on=_EXAM[:2], validate="m:1")["reason"]
    return pd.Series(by_subject.fillna(by_procedure).to_numpy(), index=exams.index, dtype="str")


def minimums(exams: pd.DataFrame) -> pd.DataFrame:
    """Columns minimum (test score), primary_minimum, both null if not known, and verified.

    exams: procedure, year, subject, any index, which the answer keeps. Source:
    norms/exam_minimums.csv, the minimum for the certificate; one row per subject and years.
    """
    norms = norm("exam_minimums")
    figures = ["minimum", "primary_minimum"]
    norms[figures] = norms[figures].apply(pd.to_numeric, errors="coerce").astype("Int64")
    columns = [*_EXAM[::2], "year_from", "year_to", *figures, "verified"]
    own = exams[_EXAM].astype({"year": "int64"}).assign(at=range(len(exams)))
    met = own.merge(norms[columns], how="inner", on=_EXAM[::2], validate="m:m")
    met = met[met["year"].between(met["year_from"], met["year_to"])].set_index("at")
    found = met[[*figures, "verified"]].astype({"verified": "boolean"}).reindex(range(len(exams)))
    return found.set_axis(exams.index)
