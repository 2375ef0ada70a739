"""D6: hard tasks done and easy tasks missed, given the total, more than in other schools.

Two contrasts of the steps that pupils made (a task of m points is m steps), each compared with
pupils of other schools who have the same total of the same test:
    order      Σ rank of the step, 0 the easiest: given the total, Guttman errors but for a constant
    direction  steps of the hardest third less steps of the easiest third: the sign of ФИОКО 2018,
               «лёгкие задания хуже региона, трудные лучше»
For a cell (test × school) y = Σ(contrast − m(total)) / √Σ v(total) /√n in standard deviations of
one work, m and v being the mean and the variance in the other schools. Cells differ honestly (the
order of the curriculum), so their spread τ is estimated over all cells loaded, and what the cells
of one school share has its own. Works with points for every task only.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

from analytics.detectors.answers import Answers, answers
from analytics.detectors.person_fit import step_ranks, step_sums
from analytics.detectors.scopes import as_evidence, cell_grid, other_schools, pooled, stacked
from analytics.detectors.spread import ENOUGH, spread

MIN_WORKS = 15
MIN_STEPS = 6  # thirds of two steps
MIN_OTHERS = 10  # works of other schools with the same total: a mean and a variance of them
CELL_TAU = 0.10  # of honest cells where there are too few to see it, and never less
SCHOOL_TAU = 0.05  # shared by the cells of a school: measured in a town, and never less
MANY_SCHOOLS = 100  # from here it is estimated: of 21 schools three unusual ones would double it
UNIT = "ст. откл."
CONTRASTS = ("direction", "order")
Floats = NDArray[np.float64]

FEW_WORKS = f"меньше {MIN_WORKS} работ с баллами за все задания"
FEW_STEPS = f"меньше {MIN_STEPS} баллов за все задания"
LARGE_PART = "в школе больше половины всех работ, сравнить не с чем"


def item_patterns(
    works: pd.DataFrame, tests: pd.DataFrame, tasks: pd.DataFrame, schools: pd.DataFrame
) -> pd.DataFrame:
    """Table `evidence`: estimate, z and interval of `direction`; p of both contrasts by Simes.

    Positive: hard steps made and easy ones missed. n: works with points for every task and a total
    that other schools have, totals of 0 and of the maximum left out.
    """
    cells = cell_grid(works, _cells(answers(works, tasks)))
    cells = _weighed(cells)
    sums = [f"{part}_{name}" for name in CONTRASTS for part in ("weight", "product")]
    rows = pooled(cells, tests, sums)
    z = {}
    for name in CONTRASTS:
        estimate, error = _estimate(rows, name)
        z[name] = estimate / error
        if name == "direction":
            rows = rows.assign(
                estimate=estimate,
                ci_low=estimate - 1.959964 * error,
                ci_high=estimate + 1.959964 * error,
                mde=(3 + 0.841621) * error,
            )
    p = np.sort(np.stack([ndtr(-z[name]) for name in CONTRASTS]), axis=0)
    rows = rows.assign(
        z=z["direction"], p_value=np.minimum(2 * p[0], p[1]), reference=other_schools(schools)
    )
    rows = rows.drop(columns=sums)
    return as_evidence(rows, "item_patterns", UNIT, (FEW_WORKS,))


def contrast_residuals(
    points: NDArray[np.int8], maxima: NDArray[np.int64], school: NDArray[np.int64], schools: int
) -> dict[str, Floats]:
    """Per school: n works compared, y and its sampling variance for each contrast.

    points: (tasks, works) ≥ 0; school: (works,) codes below `schools`. Returns n, and y_… and
    error2_… of `direction` and `order`, in standard deviations of one work; (schools,) each.
    """
    ranks = step_ranks(points, maxima)
    third = len(ranks) // 3
    hard = (ranks >= len(ranks) - third).astype(np.float64) - (ranks < third)
    contrast = step_sums(points, maxima, np.stack([hard, ranks], axis=1))
    width = int(maxima.sum()) + 1
    total = points.sum(axis=0, dtype=np.int64)
    shape = (schools, width)
    cell = school * width + total
    n = np.bincount(cell, minlength=schools * width).reshape(shape)
    others = n.sum(axis=0) - n
    compared = (others >= MIN_OTHERS) & (n > 0)
    compared[:, [0, -1]] = False
    result = {"n": np.where(compared, n, 0).sum(axis=1).astype(np.float64)}
    for name, values in zip(CONTRASTS, contrast, strict=True):
        first = np.bincount(cell, values, schools * width).reshape(shape)
        second = np.bincount(cell, values**2, schools * width).reshape(shape)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = (first.sum(axis=0) - first) / others
            variance = (second.sum(axis=0) - second - others * mean**2) / (others - 1)
            # The mean of the others is itself a sample.
            excess = np.where(compared, first - n * mean, 0).sum(axis=1)
            within = np.where(compared, n * variance, 0).sum(axis=1)
            noise = np.where(compared, n * variance * (1 + n / others), 0).sum(axis=1)
            result[f"y_{name}"] = excess / np.sqrt(within * result["n"])
            result[f"error2_{name}"] = noise / (within * result["n"])
    return result


def _estimate(rows: pd.DataFrame, name: str) -> tuple[Floats, Floats]:
    """Weighted mean of the cells and its standard error, (rows,); NaN where nothing was tested."""
    weight = rows[f"weight_{name}"].mask(rows[f"weight_{name}"] == 0).to_numpy(dtype=np.float64)
    estimate = rows[f"product_{name}"].to_numpy(dtype=np.float64) / weight
    whole = (rows["scope"] == "").to_numpy()
    known = whole & ~np.isnan(weight)
    shared = SCHOOL_TAU
    if known.sum() >= MANY_SCHOOLS:
        shared = max(spread(estimate[known], 1 / np.sqrt(weight[known])), SCHOOL_TAU)
    return estimate, np.sqrt(1 / weight + np.where(whole, shared, 0.0) ** 2)


def _weighed(cells: pd.DataFrame) -> pd.DataFrame:
    """Adds weight_… = 1/(error² + τ²) and product_… = weight · y of the tested cells.

    The other schools differ too: τ² stands for the cell and for the mean of its reference.
    """
    tested = cells["reason"].isna().to_numpy()
    share = 1 + cells["concentration"].to_numpy(dtype=np.float64)
    for name in CONTRASTS:
        y = cells[f"y_{name}"].where(tested, 0.0).to_numpy(dtype=np.float64)
        error2 = cells[f"error2_{name}"].to_numpy(dtype=np.float64)
        tau = CELL_TAU
        if tested.sum() >= ENOUGH:
            root = np.sqrt(share[tested])
            tau = max(spread(y[tested] / root, np.sqrt(error2[tested]) / root), CELL_TAU)
        weight = np.where(tested, 1 / (error2 + tau**2 * share), 0.0)
        cells = cells.assign(**{f"weight_{name}": weight, f"product_{name}": weight * y})
    return cells


def _cells(papers: Iterable[Answers]) -> pd.DataFrame:
    """y and error² of each contrast per test × school, with the reason not to test it."""
    words = ("test_id", "school_id", "reason")
    numbers = [f"{part}_{name}" for name in CONTRASTS for part in ("y", "error2")]
    dtypes = dict.fromkeys(words, "str")
    dtypes |= dict.fromkeys(("n", "concentration", *numbers), "float64")
    return stacked(map(_of_test, papers), dtypes)


def _of_test(paper: Answers) -> dict[str, NDArray]:
    schools = len(paper.schools)
    size = np.bincount(paper.school, minlength=schools)
    found = contrast_residuals(paper.points, paper.maxima, paper.school, schools)
    others = np.maximum(size.sum() - size, 1)
    few = (found["n"] < MIN_WORKS) | ~(found["error2_direction"] > 0)
    short = np.full(schools, paper.maxima.sum() < MIN_STEPS)
    return {
        "test_id": np.full(schools, paper.test_id, dtype=object),
        "school_id": paper.schools,
        "reason": np.select(
            [short, 2 * size > size.sum(), few], [FEW_STEPS, LARGE_PART, FEW_WORKS], default=None
        ),
        "concentration": ((size**2).sum() - size**2) / others**2,  # 1 where it is one school
        **found,
    }
