"""Whether the exams of a medallist meet the rule of the year: norms/medal_rules.csv."""

from __future__ import annotations

import pandas as pd

from analytics.exam_calendar import minimums
from analytics.norms import norm

PUPIL = ["year", "school_id", "person"]
RUSSIAN, PROFILE, BASE = "Русский язык", "Математика профильная", "Математика базовая"
_LIMITS = ["russian_min", "profile_maths_min", "base_maths_mark", "another_min"]


def judged_medals(medals: pd.DataFrame, sittings: pd.DataFrame) -> pd.DataFrame:
    """Medal rows with `below` (True, False, null: cannot be told), `mean`, `reason`.

    sittings: works of the ЕГЭ with year and subject; of several days the best result counts.
    below: some condition of the year's rule is not met; mean: over the test scores of the pupil.
    """
    rows = medals.merge(_exams(sittings), how="left", on=PUPIL, validate="m:1").merge(
        _rules(), how="left", on=["year"], validate="m:m"
    )
    fits = (rows["rule_degree"] == "") | (rows["rule_degree"] == rows["degree"])
    keys = [*PUPIL, "status"]
    rows = rows.assign(fits=fits.fillna(value=False)).sort_values([*keys, "fits"], kind="stable")
    rows = rows.drop_duplicates(keys, keep="last")
    failed, unknown = _conditions(rows)
    no_rule = ~rows["fits"].astype(bool)
    no_exams = rows["works"].isna()
    free = rows[_LIMITS].isna().all(axis=1) & ~rows["passing"].fillna(value=False).astype(bool)
    reason = pd.Series(None, index=rows.index, dtype="str")
    reason = reason.mask(unknown & ~failed, "нет результата по нужному предмету")
    reason = reason.mask(no_exams, "учеников списка нет среди протоколов ЕГЭ")
    reason = reason.mask(free, "правило года баллов ЕГЭ не требует")
    reason = reason.mask(no_rule, "правила о баллах за этот год и степень нет")
    below = failed.astype("boolean").mask(reason.notna())
    columns = [*keys, "mean", "below", "reason"]
    return rows.assign(below=below, reason=reason)[columns].reset_index(drop=True)


def _exams(sittings: pd.DataFrame) -> pd.DataFrame:
    """One row per pupil: russian, profile, base, other, passed, mean, works."""
    named = sittings[sittings["person"].notna()]
    best = named.groupby([*PUPIL, "subject"], as_index=False, observed=True).agg(
        test_score=("test_score", "max"), mark=("mark", "max")
    )
    least = minimums(best.assign(procedure="ege"))["minimum"]
    below = (best["test_score"] < least).fillna(value=False)
    best = best.assign(
        failed=below | ((best["mark"] == 2) & best["test_score"].isna()).fillna(value=False),
        russian=best["test_score"].where(best["subject"] == RUSSIAN),
        profile=best["test_score"].where(best["subject"] == PROFILE),
        base=best["mark"].where(best["subject"] == BASE),
        other=best["test_score"].where(best["subject"] != RUSSIAN),
    )
    return best.groupby(PUPIL, as_index=False, observed=True).agg(
        russian=("russian", "max"),
        profile=("profile", "max"),
        base=("base", "max"),
        other=("other", "max"),
        failed=("failed", "any"),
        mean=("test_score", "mean"),
        works=("subject", "size"),
    )


def _rules() -> pd.DataFrame:
    """Rules by year: the span of years spread out, limits as numbers."""
    rules = norm("medal_rules").rename(columns={"degree": "rule_degree"})
    rules[_LIMITS] = rules[_LIMITS].apply(pd.to_numeric, errors="coerce")
    years = [
        list(range(a, b + 1)) for a, b in zip(rules["year_from"], rules["year_to"], strict=True)
    ]
    columns = ["year", "rule_degree", *_LIMITS, "passing"]
    return rules.assign(year=years).explode("year").astype({"year": "Int64"})[columns]


def _conditions(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Whether some condition is not met, and whether some cannot be told."""
    scores = {
        n: rows[n].astype("Float64").astype("float64")
        for n in ("russian", "profile", "base", "other")
    }
    passing = rows["passing"].fillna(value=False).astype(bool)
    failed = passing & rows["failed"].fillna(value=False).astype(bool)
    unknown = pd.Series(False, index=rows.index)
    for score, limit in (("russian", "russian_min"), ("other", "another_min")):
        failed |= scores[score] < rows[limit]
        unknown |= rows[limit].notna() & scores[score].isna()
    asked = rows["profile_maths_min"].notna()
    met = (scores["profile"] >= rows["profile_maths_min"]) | (
        scores["base"] >= rows["base_maths_mark"]
    )
    without = scores["profile"].isna() & scores["base"].isna()
    return failed | (asked & ~met & ~without), unknown | (asked & without)
