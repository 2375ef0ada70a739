"""How often a detector errs: the measured table of analytics/norms as tables of the page."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import pandas as pd

from reports.blocks import Cell, Row, Table, row
from reports.edition import records
from reports.members import Record
from reports.wording import DASH, number, percent, signed

SIGNED = ("bias",)
SOURCE = "Источник: измерения программы (analytics/norms/calibration.csv)"
NOTE = (
    "Города смоделированы независимо от самих детекторов: ученики, классы, журнал, обычное "
    "округление; в каждом 21 школа, из них три с изменёнными результатами или ни одной. Доли — по "
    "школам и повторам."
)
KIND_OF = "z_above_3_"
MEAN_OF = "mean_"


@cache
def _texts() -> dict[str, dict[str, str]]:
    path = files("reports").joinpath("templates", "calibration.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def measured_tables(name: str, measured: pd.DataFrame) -> list[Table]:
    """Rows of one detector: what was found in each simulation, then honest schools by kind.

    measured: detector, scenario, measure, value, replicates, seed; one detector.
    """
    rows = records(measured)
    return [t for t in (_simulations(name, rows), _kinds(name, rows)) if t.rows]


def _simulations(name: str, rows: list[Record]) -> Table:
    titles = _texts()["measures"]
    shown = [r for r in rows if r["measure"] in titles]
    columns = [m for m in titles if any(r["measure"] == m for r in shown)]
    by_scenario: dict[str, dict[str, Record]] = {}
    for record in shown:
        by_scenario.setdefault(record["scenario"], {})[record["measure"]] = record
    order = {s: place for place, s in enumerate(_texts()["scenarios"])}
    lines = sorted(by_scenario, key=lambda s: (order.get(_plan(s), len(order)), s))
    return Table(
        f"{name}: что нашлось в смоделированных городах",
        ("Что моделировали", "Городов", *(titles[m] for m in columns)),
        tuple(_line(scenario, by_scenario[scenario], columns) for scenario in lines),
        "lr" + "r" * len(columns),
        SOURCE,
        NOTE,
    )


def _plan(scenario: str) -> str:
    """ "lift_20" from "design.lift_20"."""
    return scenario.partition(".")[2] or scenario


def _scenario_cell(scenario: str) -> Cell:
    manners, plan = scenario.partition(".")[0], _plan(scenario)
    texts = _texts()
    return Cell(texts["scenarios"].get(plan, plan), texts["manners"].get(manners, ""))


def _line(scenario: str, found: dict[str, Record], columns: list[str]) -> Row:
    cells = [_value(m, found[m]["value"]) if m in found else DASH for m in columns]
    towns = max(r["replicates"] for r in found.values())
    return row(_scenario_cell(scenario), number(towns), *cells)


def _value(measure: str, value: float | None) -> str:
    return signed(value, 3) if measure in SIGNED else percent(value)


def _kinds(name: str, rows: list[Record]) -> Table:
    """Honest schools that are not average: a strong school is no sign."""
    values = {(r["scenario"], r["measure"]): r["value"] for r in rows}
    lines = []
    for scenario in dict.fromkeys(r["scenario"] for r in rows):
        for kind, words in _texts()["kinds"].items():
            high = values.get((scenario, f"{KIND_OF}{kind}"))
            if high is not None:
                mean = values.get((scenario, f"{MEAN_OF}{kind}"))
                manners = _texts()["manners"].get(scenario.partition(".")[0], "")
                lines.append(row(Cell(words, manners), percent(high), signed(mean, 3)))
    return Table(
        f"{name}: честные школы разного состава",
        ("Школы", "z больше 3", "Средняя оценка"),
        tuple(lines),
        "lrr",
        SOURCE,
        "Сильная, слабая или отобранная школа не должна получать признак за свой состав.",
    )
