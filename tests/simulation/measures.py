"""Sizes, powers and errors of estimates, counted over simulated towns."""

from __future__ import annotations

import pandas as pd

from analytics.schema import VERDICT
from tests.simulation.scenarios import KINDS, OF_A_KIND, Scenario

LEVEL = 0.05


def measures(rows: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """detector, measure, value of what `replicates` returned.

    size_05, size_001   honest schools with p < .05, p < .001
    false, any_false    of honest schools q ≤ .05; of towns with such a school
    fdr                 false flags among the flags of a town, mean over towns
    power               of guilty schools q ≤ .05
    mean, sd            of the estimate in honest schools
    bias, coverage      estimate − truth in guilty schools (honest ones where there are none), and
                        how often the 95 % interval holds the truth
    scope_power         planted scopes with p < .001
    z_above_3, mean: with the name of a kind, of the schools of that kind
    red, amber          verdicts among guilty schools, false_red, false_amber among honest ones
    """
    # A detector that could not test anybody has neither size nor power.
    whole = rows[(rows["scope"] == "") & rows["p_value"].notna()]
    found = []
    for detector, part in whole.groupby("detector", observed=True):
        named = _verdict(part) if detector == VERDICT else _flags(part, scenario)
        if scenario.kinds:  # some of them are lenient, which is no norm
            named = {}
        if detector == "boundary_lifting":
            named |= _estimate(part, scenario) | _kinds(part, scenario)
            planted = rows[(rows["scope"] != "") & rows["guilty"]]
            if scenario.scope:
                named["scope_power"] = (planted["p_value"] < 0.001).mean()
        found += [(detector, measure, value) for measure, value in named.items()]
    return pd.DataFrame(found, columns=["detector", "measure", "value"])


def _flags(part: pd.DataFrame, scenario: Scenario) -> dict[str, float]:
    pure = part[~part["guilty"]]
    flagged = part["q_value"] <= LEVEL
    false = flagged & ~part["guilty"]
    towns = pd.DataFrame({"flagged": flagged, "false": false}).groupby(part["replicate"]).sum()
    named = {
        "size_05": (pure["p_value"] < 0.05).mean(),
        "size_001": (pure["p_value"] < 0.001).mean(),
        "z_above_3": (pure["z"] > 3).mean(),
        "any_false": (towns["false"] > 0).mean(),
        "fdr": (towns["false"] / towns["flagged"].clip(lower=1)).mean(),
    }
    if scenario.guilty:
        named["power"] = flagged[part["guilty"]].mean()
    return named


def _estimate(part: pd.DataFrame, scenario: Scenario) -> dict[str, float]:
    pure = part[~part["guilty"]]
    named = {"mean": pure["estimate"].mean(), "sd": pure["estimate"].std()}
    if scenario.truth is None:
        return named
    chosen = part[part["guilty"]] if scenario.guilty else pure
    inside = (chosen["ci_low"] <= scenario.truth) & (scenario.truth <= chosen["ci_high"])
    bias = chosen["estimate"].mean() - scenario.truth
    return named | {"bias": bias, "coverage": inside.mean()}


def _kinds(part: pd.DataFrame, scenario: Scenario) -> dict[str, float]:
    named = {}
    for number, kind in enumerate(KINDS if scenario.kinds else ()):
        chosen = part[part["place"] // OF_A_KIND == number]
        named[f"z_above_3_{kind}"] = (chosen["z"] > 3).mean()
        named[f"mean_{kind}"] = chosen["estimate"].mean()
    return named


def _verdict(part: pd.DataFrame) -> dict[str, float]:
    pure, guilty = part[~part["guilty"]], part[part["guilty"]]
    named = {f"false_{colour}": (pure["status"] == colour).mean() for colour in ("red", "amber")}
    if len(guilty):
        named |= {colour: (guilty["status"] == colour).mean() for colour in ("red", "amber")}
    return named
