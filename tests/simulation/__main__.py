"""The long form: `python -m tests.simulation [replicates]` (make calibrate).

Writes analytics/norms/calibration.csv: detector, scenario, measure, value, replicates, seed.
`scenario` is the heterogeneity of honest schools ("design" or "region") and what the guilty do.
"""

from __future__ import annotations

import sys
import time
import zlib
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

import pandas as pd

from tests.simulation.measures import measures
from tests.simulation.scenarios import SCENARIOS, Scenario, replicates

TABLE = Path(__file__).parents[2] / "analytics" / "norms" / "calibration.csv"
COLUMNS = ["detector", "scenario", "measure", "value", "replicates", "seed"]
SEED = 20_211
REPLICATES = 200
BATCH = 10  # towns of one region
FULL_SHARE = 3  # the whole battery on works takes longer: a third of the towns
HONEST_SHARE = 2  # sizes need more towns than powers
WORKERS = 2


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATES
    started = time.perf_counter()
    with ProcessPoolExecutor(WORKERS) as pool:
        planned = [
            (scenario, f"{manners}.{scenario.name}", _submitted(pool, scenario, manners, wanted))
            for scenario in SCENARIOS
            for manners in scenario.manners
        ]
        parts = []
        for scenario, name, jobs in planned:
            parts.append(_measured(scenario, jobs).assign(scenario=name, seed=SEED))
            print(f"{time.perf_counter() - started:5.0f} с  {name}", flush=True)
    table = pd.concat(parts, ignore_index=True)[COLUMNS].round({"value": 4})
    table = table.sort_values(COLUMNS[:3], kind="stable")
    table.to_csv(TABLE, index=False, lineterminator="\n")


def _submitted(
    pool: ProcessPoolExecutor, scenario: Scenario, manners: str, wanted: int
) -> list[Future[pd.DataFrame]]:
    """Batches of towns, each with a region and a seed of its own."""
    count = wanted if scenario.guilty or scenario.kinds else wanted * HONEST_SHARE
    count = max(count // FULL_SHARE, 1) if scenario.full else count
    key = zlib.crc32(f"{manners}.{scenario.name}".encode())
    return [
        pool.submit(_batch, scenario.name, manners, min(BATCH, count - first), (SEED, key, first))
        for first in range(0, count, BATCH)
    ]


def _batch(name: str, manners: str, count: int, seed: tuple[int, ...]) -> pd.DataFrame:
    """`replicates` by the scenario's name: plans are functions and do not travel."""
    scenario = next(s for s in SCENARIOS if s.name == name)
    return replicates(scenario, manners, count, seed)


def _measured(scenario: Scenario, jobs: list[Future[pd.DataFrame]]) -> pd.DataFrame:
    """Measures of one scenario over its batches."""
    batches = [
        job.result().assign(replicate=lambda rows, first=number * BATCH: rows["replicate"] + first)
        for number, job in enumerate(jobs)
    ]
    rows = pd.concat(batches, ignore_index=True)
    return measures(rows, scenario).assign(replicates=rows["replicate"].nunique())


if __name__ == "__main__":
    main()
