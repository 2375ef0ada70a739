"""Schools with low educational results: the official rule in integers, the posterior beside it."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analytics import schema
from analytics.funnel import LEVELS, funnels, over_dispersed, share_z
from analytics.intervals import clopper_pearson
from analytics.norms import norm, test_id
from analytics.posterior import probability_reaching
from analytics.schema import WHOLE_MUNICIPALITY
from analytics.thresholds import reaches, threshold

WITH_DATA = ("low", "low_small_n", "border", "ok")
PROCEDURE_NAMES = {
    "vpr": "ВПР",
    "oge": "ОГЭ",
    "ege": "ЕГЭ",
    "gve": "ГВЭ",
    "essay": "Итоговое сочинение",
    "diagnostic": "Диагностическая работа",
}
MOST_LIFTED = 0.9  # c/(1−c) has no bound; beyond it too few works are left to say more
NBSP = "\u00a0"
_YEAR_OF_SCHOOL = ["year", "school_id"]
_FACTS = ["test_id", "procedure", "year", "grade", "subject"]


def low_procedures(
    marks_summary: pd.DataFrame, tests: pd.DataFrame, exam_results: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Table `low_procedures`: the share below the minimum of every test × school against 30 %.

    Below the minimum: the mark «2», of an exam with a test score the score under its minimum (table
    `exam_results`, the main period), of participants of whom it is known. low: 10·n_low ≥ 3·n and
    n ≥ 10; low_small_n: the same with fewer; border: below 30 % with the limit inside the exact
    interval; not_comparable: no scale, so no marks. counted: the rule counts the procedure
    (norms/low_results_procedures.csv). low_before: low in the same grade and subject a year
    earlier, null where that is not known or where either year of the exam is not comparable
    (norms/exam_calendar.csv). p_low_30: the posterior among all schools of the test; conclusion:
    what it says of a share that reaches 30 %. z_low and funnel: the share against that of all
    schools of the test, over-dispersion counted in. share_returned is left null: `with_returned`
    knows of lifted works.
    """
    counts = _of_marks(marks_summary, tests)
    if exam_results is not None:
        exams = counts["procedure"].isin(exam_results["procedure"].unique())
        counts = pd.concat([counts[~exams], _of_exams(exam_results)], ignore_index=True)
    wrote = counts["wrote"].to_numpy(dtype=np.int64)
    n, low = (counts[c].to_numpy(dtype=np.int64, na_value=0) for c in ("n", "n_low"))
    ci_low, ci_high = clopper_pearson(low, n)
    limit = threshold("low_share")
    is_low = reaches(low, n, limit)
    small = n < int(threshold("low_min_participants"))
    status = np.select(
        [wrote == 0, n == 0, is_low & small, is_low, ci_high >= float(limit)],
        ["no_data", "not_comparable", "low_small_n", "low", "border"],
        "ok",
    )
    rows = counts.drop(columns="wrote").assign(
        n=np.where(n > 0, n, wrote),
        n_low=pd.arrays.IntegerArray(low, n == 0),
        share_low=low / np.where(n > 0, n, np.nan),
        ci_low=ci_low,
        ci_high=ci_high,
        status=status,
    )
    rows = _among_schools(_with_year_before(_with_counted(rows)), limit)
    return schema.conform(rows.drop(columns=["procedure", "alone"]), "low_procedures")


def _of_marks(marks_summary: pd.DataFrame, tests: pd.DataFrame) -> pd.DataFrame:
    """Counts of schools by marks: _FACTS, school_id, wrote, n with a mark, n_low, alone."""
    schools = marks_summary[marks_summary["school_id"] != WHOLE_MUNICIPALITY]
    rows = schools[["test_id", "school_id"]].assign(
        wrote=schools["n"],
        n=schools[["n2", "n3", "n4", "n5"]].sum(axis=1, min_count=4),
        n_low=schools["n2"],
        alone=False,
    )
    return rows.merge(tests[_FACTS], how="inner", on="test_id", validate="m:1")


def _of_exams(exam_results: pd.DataFrame) -> pd.DataFrame:
    """The same of exams; alone: the year stands alone, not comparable with its neighbours."""
    main = exam_results[
        (exam_results["attempt"] == "main") & (exam_results["school_id"] != WHOLE_MUNICIPALITY)
    ]
    facts = ["procedure", "year", "grade", "subject"]
    exams = main[facts].drop_duplicates()
    names = exams.assign(test_id=[test_id(*exam) for exam in exams.itertuples(index=False)])
    rows = main.merge(names, how="left", on=facts, validate="m:1")
    return rows[[*_FACTS, "school_id"]].assign(
        wrote=rows["n"],
        n=rows["n"].where(rows["n_below"].notna()),
        n_low=rows["n_below"],
        alone=rows["not_comparable"].notna(),
    )


def low_results(low_procedures: pd.DataFrame, federal_list: pd.DataFrame) -> pd.DataFrame:
    """Table `low_results`: the rule over the counted procedures of a year, school by school.

    listed: two low procedures in the year, or one low in two consecutive years; risk: exactly one
    low procedure. p_low_30: of the posterior probabilities that a procedure's true share is 30 %
    and more, the second largest, for the rule needs two (the only one if there is one).
    conclusion: beside a rule that is met, how sure it is by that probability.
    on_federal_list stands beside the rule and is null in years without a list. change: whether the
    rule's own list gained, lost or kept the school against the year before, where both are known.
    """
    counted = low_procedures[low_procedures["counted"].astype(bool)]
    known = counted["status"].isin(WITH_DATA)
    low = counted["status"] == "low"
    flags = counted[_YEAR_OF_SCHOOL].assign(
        procedures=known,
        low_procedures=low,
        repeated_procedures=low & counted["low_before"].fillna(value=False).astype(bool),
        checked_before=known & counted["low_before"].notna(),
        without_scale=counted["status"] == "not_comparable",
    )
    sums = flags.groupby(_YEAR_OF_SCHOOL, as_index=False, observed=True).sum()
    everyone = pd.concat([low_procedures[_YEAR_OF_SCHOOL], federal_list[_YEAR_OF_SCHOOL]])
    rows = everyone.drop_duplicates()
    for facts in (sums, _posteriors(counted[known]), _reasons(counted)):
        rows = rows.merge(facts, how="left", on=_YEAR_OF_SCHOOL, validate="1:1")
    rows[list(sums)[2:]] = rows[list(sums)[2:]].astype("Int64").fillna(0)
    return schema.conform(_with_change(_concluded(rows, federal_list)), "low_results")


def conclusions(p_low_30: pd.Series, met: ArrayLike) -> pd.Series:
    """How sure a low result is: stable Pr ≥ .9, likely ≥ .5, else unconfirmed; rule_not_met.

    met: whether the share or the school meets the official rule.
    """
    sure, likely = (float(threshold(f"low_{name}_from")) for name in ("stable", "likely"))
    state = np.select(
        [~np.asarray(met, dtype=bool), p_low_30 >= sure, p_low_30 >= likely],
        ["rule_not_met", "stable", "likely"],
        "unconfirmed",
    )
    return pd.Series(state, index=p_low_30.index, dtype="str")


def with_returned(
    low_procedures: pd.DataFrame,
    findings: pd.DataFrame,
    score_counts: pd.DataFrame,
    tests: pd.DataFrame,
) -> pd.DataFrame:
    """Table `low_procedures` with the share of «2» that would be without the works lifted to «3».

    For schools with a boundary sign of the year (the whole-school row is amber). Of the works one
    or two points below «3» the share c was lifted and m are left, so c/(1−c)·m were lifted, at
    most all that stand on the boundary itself. c: of the whole school, for that of one test is
    mostly noise.
    """
    flagged = findings[
        (findings["detector"] == "boundary_lifting")
        & (findings["scope"] == "")
        & (findings["status"] == "amber")
    ]
    c = flagged[[*_YEAR_OF_SCHOOL, "estimate"]].rename(columns={"estimate": "c"})
    key = ["test_id", "school_id"]
    rows = low_procedures.merge(c, how="left", on=_YEAR_OF_SCHOOL, validate="m:1").merge(
        _at_boundary(score_counts, tests), how="left", on=key, validate="1:1"
    )
    c = rows["c"].clip(0, MOST_LIFTED)
    lifted = np.minimum((c / (1 - c)) * rows["near"], rows["at"])
    n, low = rows["n"].astype("float64"), rows["n_low"].astype("float64")
    returned = ((low + lifted) / n.where(n > 0)).clip(upper=1.0)
    return schema.conform(
        rows.drop(columns=["c", "near", "at"]).assign(share_returned=returned), "low_procedures"
    )


def _at_boundary(score_counts: pd.DataFrame, tests: pd.DataFrame) -> pd.DataFrame:
    """Works on the first score of «3» (at) and one or two below it (near): test × school."""
    schools = score_counts[score_counts["group"] == "school"]
    scaled = tests.loc[tests["min3"].notna(), ["test_id", "min3"]]
    rows = schools.merge(scaled, how="inner", on="test_id", validate="m:1")
    gap, n = rows["min3"] - rows["score"], rows["n"].astype("int64")
    return (
        rows[["test_id"]]
        .assign(
            school_id=rows["group_id"], near=n.where(gap.between(1, 2), 0), at=n.where(gap == 0, 0)
        )
        .groupby(["test_id", "school_id"], as_index=False, observed=True)
        .sum()
    )


def _among_schools(rows: pd.DataFrame, limit: Fraction) -> pd.DataFrame:
    """Adds what the other schools of the test say of each share; null where there are no marks."""
    known = rows.loc[rows["status"].isin(WITH_DATA), ["test_id", "n_low", "n"]]
    known = known.rename(columns={"n_low": "k"}).astype({"k": "float64", "n": "float64"})
    of_test = known.merge(funnels(known), how="left", on="test_id", validate="m:1")
    z = over_dispersed(
        share_z(of_test["k"], of_test["n"], of_test["p0"]), of_test["n"], of_test["tau2"]
    )
    place = np.digitize(z, [-LEVELS["998"], -LEVELS["95"], LEVELS["95"], LEVELS["998"]])
    p = pd.Series(probability_reaching(known, float(limit)), index=known.index)
    met = reaches(known["k"], known["n"], limit)
    return rows.assign(
        p_low_30=p,
        conclusion=conclusions(p, met),
        z_low=pd.Series(z, index=known.index),
        funnel=pd.Series(np.take(schema.FUNNEL_PLACES, place), index=known.index, dtype="str"),
        share_returned=np.nan,
    )


def _with_counted(rows: pd.DataFrame) -> pd.DataFrame:
    rule = norm("low_results_procedures")[["procedure", "subject"]].assign(counted=True)
    found = rows.merge(rule, how="left", on=["procedure", "subject"], validate="m:1")
    return found.assign(counted=found["counted"].notna())


def _with_year_before(rows: pd.DataFrame) -> pd.DataFrame:
    """Adds low_before: the same procedure, grade, subject and school a year earlier."""
    key = ["procedure", "grade", "subject", "school_id", "year"]
    known = rows[rows["status"].isin(WITH_DATA) & ~rows["alone"].astype(bool)]
    before = known[key].assign(
        year=known["year"] + 1, low_before=(known["status"] == "low").astype("boolean")
    )
    found = rows.merge(before, how="left", on=key, validate="1:1")
    return found.assign(low_before=found["low_before"].mask(found["alone"].astype(bool)))


def _posteriors(known: pd.DataFrame) -> pd.DataFrame:
    """p_low_30 by year × school; known: counted procedures with data."""
    ordered = known[[*_YEAR_OF_SCHOOL, "p_low_30"]].sort_values(
        [*_YEAR_OF_SCHOOL, "p_low_30"], ascending=[True, True, False]
    )
    groups = ordered.groupby(_YEAR_OF_SCHOOL, observed=True)["p_low_30"]
    second = np.minimum(groups.transform("size"), int(threshold("low_procedures_in_year"))) - 1
    return ordered[groups.cumcount() == second]


def _concluded(rows: pd.DataFrame, federal_list: pd.DataFrame) -> pd.DataFrame:
    """Adds rule_met, on_federal_list and the status to the sums of a year."""
    checked = rows["procedures"] > 0
    met = (rows["low_procedures"] >= int(threshold("low_procedures_in_year"))) | (
        rows["repeated_procedures"] > 0
    )
    status = np.select(
        [met, rows["low_procedures"] > 0, checked, rows["without_scale"] > 0],
        ["listed", "risk", "no", "not_comparable"],
        "no_data",
    )
    listed = pd.MultiIndex.from_frame(federal_list[_YEAR_OF_SCHOOL])
    on_list = pd.Series(pd.MultiIndex.from_frame(rows[_YEAR_OF_SCHOOL]).isin(listed), rows.index)
    return rows.assign(
        repeated_procedures=rows["repeated_procedures"].where(rows["checked_before"] > 0),
        conclusion=conclusions(rows["p_low_30"], met).where(checked),
        rule_met=met.astype("boolean").where(checked),
        on_federal_list=on_list.astype("boolean").where(rows["year"].isin(federal_list["year"])),
        status=status,
    ).drop(columns=["checked_before", "without_scale"])


def _with_change(rows: pd.DataFrame) -> pd.DataFrame:
    known = rows[rows["rule_met"].notna()]
    before = known[["school_id"]].assign(
        year=known["year"] + 1, listed_before=known["rule_met"].astype("boolean")
    )
    found = rows.merge(before, how="left", on=_YEAR_OF_SCHOOL, validate="1:1")
    now, then = found["rule_met"].astype("boolean"), found["listed_before"].astype("boolean")
    change = np.select(
        [(now & ~then).fillna(value=False), (~now & then).fillna(value=False),
         (now & then).fillna(value=False)],
        list(schema.LIST_CHANGES),
        None,
    )  # fmt: skip
    return found.assign(change=change).drop(columns="listed_before")


def _reasons(counted: pd.DataFrame) -> pd.DataFrame:
    """Facts by year × school: «ВПР-6 математика: 34,1 % (28 из 82)», one for each low procedure."""
    low = counted[counted["status"].isin(["low", "low_small_n"])].sort_values(
        ["grade", "subject", "test_id"]
    )
    n, n_low = low["n"].astype("int64"), low["n_low"].astype("int64")
    tenths = (2000 * n_low + n) // (2 * n)  # of a percent, half up
    percent = (tenths // 10).astype("str") + "," + (tenths % 10).astype("str") + f"{NBSP}%"
    procedure = low["test_id"].str.split("_").str[0].map(PROCEDURE_NAMES)
    # An exam is of one grade: «ОГЭ математика», but «ВПР-6 математика».
    grade = ("-" + low["grade"].astype("str")).where(low["test_id"].str.startswith("vpr"), "")
    fact = procedure + grade + " " + low["subject"].str.lower() + ": "
    fact += percent + " (" + n_low.astype("str") + f"{NBSP}из{NBSP}" + n.astype("str") + ")"
    fact += np.where(low["status"] == "low_small_n", ", участников мало", "")
    fact += np.where(low["low_before"].fillna(value=False), ", и годом раньше", "")
    return (
        low[_YEAR_OF_SCHOOL]
        .assign(reasons=fact)
        .groupby(_YEAR_OF_SCHOOL, as_index=False, observed=True)
        .agg(reasons=("reasons", "; ".join))
    )
