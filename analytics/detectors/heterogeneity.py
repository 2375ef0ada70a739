"""How much honest schools differ in c: from test to test (σ) and from school to school (τ).

c_st = a_s + b_st + noise, a ~ N(0, τ²), b ~ N(0, σ²), the noise of each c known. Both are robust,
for the schools that are looked for must not widen the yardstick: medians of squares against the
median of χ², not moments. Winsorised moments gave τ .153 where .09 was true and 30 of 210 schools
lifted half of their near misses; the median gave .096.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.detectors.reference import Array
from analytics.detectors.spread import CHI2_MEDIAN, root, spread

MIN_SCHOOLS = 20  # below it τ is a guess whatever the estimator
LARGEST = 1.0  # σ or τ of a share
MIN_BETWEEN = 0.03  # c scale; without it every tenth flag among equal schools is false
# Of k − 1 degrees: τ and σ are robust and both estimated. With all of them a town of 21 honest
# schools as varied as real ones has a false flag in .08 of simulations, with this in half of that.
TAIL = 0.75
# A residual speaks about σ when its own noise is not many times larger.
MAX_NOISE = 0.5  # standard error of c
MIN_RESIDUALS = 100
MIN_TESTS = 3  # of a school, for its residuals to say something
# Standard deviations beyond which a school is left out of τ. Lifting goes one way only, so the
# upper side is cut sooner; E[Z² | −2.5 ≤ Z ≤ 1.5] of the normal distribution makes up for it.
TRIM_LOW, TRIM_HIGH = 2.5, 1.5
TRIMMED_SQUARE = 0.7431483528097376


@dataclass(frozen=True)
class Spread:
    """σ, τ and the degrees of freedom of the tail: infinite where τ is not estimated."""

    within: float
    between: float
    freedom: float


# What real schools showed: all boundaries together from 633 schools and 29 tests of one year,
# single boundaries from 17 schools and 58 tests of two. Schools differ most at the lowest mark.
USUAL = {
    "": Spread(0.20, 0.09, np.inf),
    "min3": Spread(0.40, 0.35, np.inf),
    "min4": Spread(0.30, 0.10, np.inf),
    "min5": Spread(0.15, 0.09, np.inf),
}


def within_spread(c: Array, precision: Array, school: NDArray[np.int64], usual: Spread) -> float:
    """σ of c between the tests of one school; `school` holds codes from 0.

    Solves median(r²/Var r) = median of χ²₁, r = c − weighted mean of the school,
    Var r = 1/w − 1/Σw, w = 1/(1/precision + σ²). With less than 100 usable residuals: the usual.
    """
    heard = precision >= 1 / MAX_NOISE**2
    tests = np.bincount(school[heard], minlength=school.max(initial=0) + 1)
    heard &= tests[school] >= MIN_TESTS
    if heard.sum() < MIN_RESIDUALS:
        return usual.within
    c, noise, school = c[heard], 1 / precision[heard], school[heard]

    def too_small(sigma: float) -> bool:
        weight = 1 / (noise + sigma**2)
        total = np.bincount(school, weight)
        mean = np.bincount(school, weight * c) / np.where(total > 0, total, 1.0)
        variance = 1 / weight - 1 / total[school]
        # The median of the ratios is above it where half of them are: counting is faster.
        return 2 * np.count_nonzero((c - mean[school]) ** 2 > CHI2_MEDIAN * variance) > len(c)

    return root(too_small, LARGEST)


def between_spread(c: Array, variance: Array) -> float:
    """τ of centred school estimates c with known sampling variance, at least 0.03.

    The median equation first; then the mean of squares over the schools from −2.5 to 1.5
    standard deviations by it, divided by what that leaves of a normal square.
    """
    z = c / np.sqrt(variance + max(spread(c, np.sqrt(variance)), MIN_BETWEEN) ** 2)
    kept = (z >= -TRIM_LOW) & (z <= TRIM_HIGH)
    square, noise = c[kept] ** 2, variance[kept]
    tau = root(lambda t: float(np.mean(square / (noise + t**2))) > TRIMMED_SQUARE, LARGEST)
    return max(tau, MIN_BETWEEN)


def spread_of_schools(within: float, c: Array, variance: Array, usual: Spread) -> Spread:
    """σ, τ and the tail for schools with centred estimates c.

    From 20 schools τ is estimated and p comes from Student's t with ¾(k − 1) degrees; below 20 τ
    is the usual one, which keeps the size and costs power, and the tail is normal.
    """
    if len(c) < MIN_SCHOOLS:
        return Spread(within, usual.between, usual.freedom)
    return Spread(within, between_spread(c, variance), TAIL * (len(c) - 1))
