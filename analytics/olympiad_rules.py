"""Two answers about each indicator: the simple rule that is proposed, and the honest comparison."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.multiplicity import benjamini_hochberg
from analytics.norms import norm
from analytics.olympiad_comparison import MIN_N
from analytics.olympiad_facts import GROUP, SHARE_SLACK, WHOLE

LOWEST = 0.25
LEVEL = 0.05
MARKERS_NEEDED = 2
FEW_PAIRS = f"меньше {MIN_N} пар «ученик — предмет»"
FEW_CHECKS = f"проверено меньше {MARKERS_NEEDED} показателей"
_FAMILY = ["municipality", "year", "indicator", "subject"]


def with_proposed(rows: pd.DataFrame) -> pd.DataFrame:
    """Adds `proposed`: the simple rule of each indicator; null under 10 cases and for '*'."""
    value, town, n = rows["value"], rows["town_value"], rows["denominator"].astype("float64")
    code = rows["indicator"]
    own = (rows["school_id"] != WHOLE) & (n >= MIN_N) & value.notna()
    low = value[own & (code == "O5")].groupby([rows[c] for c in _FAMILY]).quantile(LOWEST)
    quarter = rows[_FAMILY].merge(
        low.rename("quarter").reset_index(), how="left", on=_FAMILY, validate="m:1"
    )["quarter"]
    error = np.sqrt((town * (1 - town)).clip(lower=0) / n)
    met = {
        "O2": value > rule("O2", "limit"),
        "O3": value > town + rule("O3", "limit") * error,
        "O4": value < rule("O4", "limit") - SHARE_SLACK,
        "O5": value <= quarter + SHARE_SLACK,
        "O6": rows["plain_z"] > rule("O6", "limit") if "plain_z" in rows else value.isna(),
        "O7": value > rule("O7", "limit") * town + SHARE_SLACK,
        "O8": value < rule("O8", "limit"),
        "O9": value < rule("O9", "limit") - SHARE_SLACK,
        "O12": rows["p_value"] < rule("O12", "limit"),
    }
    proposed = pd.Series(pd.NA, index=rows.index, dtype="boolean")
    for indicator, is_met in met.items():
        here = own & (code == indicator)
        if indicator == "O12":
            here &= rows["p_value"].notna()
        proposed[here] = is_met[here].to_numpy(dtype=bool)
    return rows.assign(proposed=proposed)


def flagged(rows: pd.DataFrame) -> pd.DataFrame:
    """Adds q_value and `flagged`: q ≤ .05, on the side of the indicator, beyond its gate."""
    rules = norm("olympiad_indicators").set_index("indicator")
    side = rows["indicator"].map(rules["side"])
    gate = pd.to_numeric(rules["gate"]).reindex(rows["indicator"]).to_numpy()
    tested = rows["p_value"].notna() & (side != "")
    # All subjects together are one family per year; the single subjects are another.
    family = rows.assign(single=rows["subject"] != "").groupby([*_FAMILY[:3], "single"]).ngroup()
    q = benjamini_hochberg(rows["p_value"].where(tested), family)
    gap = rows["value"] - rows["town_value"]
    gap = gap.where(rows["indicator"] != "O9", rows["value"] - rule("O9", "limit"))
    gap = gap.where(rows["indicator"] != "SIR", rows["value"])
    beyond = np.where(side == "low", -gap, gap) >= gate - SHARE_SLACK
    flagged = pd.Series((q <= LEVEL) & beyond, index=rows.index).astype("boolean").where(tested)
    return rows.assign(q_value=q, flagged=flagged)


def markers(rows: pd.DataFrame) -> pd.DataFrame:
    """MARKER: flags met (numerator) of those that could be checked (denominator), by school."""
    used = norm("olympiad_indicators").query("marker == 'yes'")["indicator"]
    own = rows[(rows["school_id"] != WHOLE) & (rows["subject"] == "")]
    pairs = own.loc[own["indicator"] == "O6", [*GROUP, "denominator"]]
    pairs = pairs.rename(columns={"denominator": "pairs"})
    checks = own[own["indicator"].isin(used)]
    sums = (
        checks[GROUP]
        .assign(
            flags=checks["flagged"].fillna(value=False).astype(int),
            checks=checks["flagged"].notna().astype(int),
            proposed_flags=checks["proposed"].fillna(value=False).astype(int),
        )
        .groupby(GROUP, as_index=False, observed=True)
        .sum()
    )
    rows = sums.merge(pairs, how="left", on=GROUP, validate="1:1")
    few = rows["pairs"].fillna(0).astype("int64") < MIN_N
    blind = ~few & (rows["checks"] < MARKERS_NEEDED)
    known = ~few & ~blind
    reason = np.select([few, blind], [FEW_PAIRS, FEW_CHECKS], "")
    return rows[GROUP].assign(
        indicator="MARKER",
        numerator=rows["flags"].astype("float64"),
        denominator=rows["checks"].astype("Int64"),
        proposed=(rows["proposed_flags"] >= MARKERS_NEEDED).astype("boolean").where(~few),
        flagged=(rows["flags"] >= MARKERS_NEEDED).astype("boolean").where(known),
        reason=pd.Series(np.where(reason == "", None, reason), dtype="str"),
    )


def rule(indicator: str, column: str) -> float:
    """A number of an indicator in the norms: its limit or its gate."""
    rules = norm("olympiad_indicators").set_index("indicator")
    return float(rules.loc[indicator, column])
