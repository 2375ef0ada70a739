"""Efficient score of the lifted fraction c in each school's histogram of one test.

Model: of the pupils 1…r points below a mark boundary b the share c is moved to b, everything else
is the reference at the school's level. With N_b = Σ_j p(b−j), j = 1…r, the direction of the change
is d = −p(b−j) below and +N_b at b, so that w = d/p is −1 below, N_b/p(b) at b, and every sum has a
closed form. The level is a nuisance: w* = w − (I_cθ/I_θθ)(s − mean).
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analytics.detectors.reference import Array, Reference
from analytics.detectors.tilt import Tilted

MIN_WORKS = 60  # of a scope: below it the standard error of c exceeds 0.15

Boundaries = tuple[tuple[int, int], ...]  # (first score of the mark, points below that count)


def usable_boundaries(minima: tuple[int, ...], maximum: int, reach: int) -> Boundaries:
    """Boundaries with the reach each of them may have: min(r, room below it).

    The near miss of a boundary must not hold the boundary below, for that score has pupils lifted
    to it. A boundary with no room is left out; minima out of order or beyond the maximum give
    nothing, for then the scale contradicts itself.
    """
    gaps = [high - low - 1 for low, high in pairwise(minima)]
    if not minima or minima[0] < 1 or minima[-1] > maximum or min(gaps, default=0) < 0:
        return ()
    room = zip(minima, (minima[0], *gaps), strict=True)
    return tuple((b, min(reach, space)) for b, space in room if space > 0)


def lifting_scores(
    reference: Reference, tilted: Tilted, boundaries: Boundaries
) -> dict[str, NDArray]:
    """Columns of one value per school of the test, in the order of `reference.school_id`.

    n: works. c: U/I, the share lifted. precision: 1/Var(c), the noise of the reference counted in.
    near: pupils expected within reach below the boundaries. third: third central moment of c.
    c is NaN where the test says nothing about the school.
    """
    row, n = tilted.row, reference.counts.sum(axis=1)
    u, icc, ict, near = (np.zeros(len(n)) for _ in range(4))
    cubes = np.zeros((3, len(n)))
    for b, reach in boundaries:
        parts = _boundary_parts(tilted, b, reach)
        # At the least scope that is tested a boundary must expect one pupil, else its
        # information rests on the tail of a model.
        used = parts["at"][row] * np.maximum(n, MIN_WORKS) >= 1
        below = reference.counts[:, b - reach : b].sum(axis=1)
        u += used * (parts["ratio"][row] * reference.counts[:, b] - below)
        icc += used * parts["icc"][row]
        ict += used * parts["ict"][row]
        near += used * parts["near"][row] * n
        cubes += used * parts["cubes"][:, row]
    slope = ict / tilted.variance[row]
    score = np.arange(reference.counts.shape[1])
    total = np.einsum("gs,s->g", reference.counts, score)
    u -= slope * (total - n * tilted.mean[row])
    unit = icc - slope * ict
    info = n * unit
    heard = (info > 1e-9) & (reference.n > 0)
    info = np.where(heard, info, np.nan)
    cube = cubes[0] - 3 * slope * cubes[1] + 3 * slope**2 * cubes[2] - slope**3 * tilted.third[row]
    return {
        "n": n.astype(np.int64),
        "c": u / info,
        "precision": info / (1 + n / np.maximum(reference.n, 1)),
        "near": near,
        "third": n * cube / info**3,
    }


def _boundary_parts(tilted: Tilted, b: int, reach: int) -> dict[str, Array]:
    """Sums of one boundary in every row of the table.

    Boundaries do not overlap, so sums over boundaries of these are those of the whole direction.
    """
    at, below = tilted.p[:, b], tilted.p[:, b - reach : b]
    steps = np.arange(reach, 0, -1)
    near = below.sum(axis=1)
    ratio = near / at
    gap, gaps = b - tilted.mean, (b - steps) - tilted.mean[:, None]
    cubes = np.stack(
        [
            ratio**3 * at - near,  # E w³
            ratio**2 * at * gap + (below * gaps).sum(axis=1),  # E w²(s − mean)
            ratio * at * gap**2 - (below * gaps**2).sum(axis=1),  # E w(s − mean)²
        ]
    )
    ict = below @ steps.astype(np.float64)
    return {"at": at, "near": near, "ratio": ratio, "icc": near + near * ratio, "ict": ict,
            "cubes": cubes}  # fmt: skip
