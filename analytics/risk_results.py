"""Markers of the zones of risk that follow from results alone: Z1, Z2, Z3 and Z9."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.intervals import clopper_pearson
from analytics.risk_rows import FEW, graded, marker_rows, number, share, texts
from analytics.schema import WHOLE_MUNICIPALITY
from analytics.thresholds import reaches, threshold

REACH = 1.959964
HISTORY = 3  # years of Z9
_SERIES = ["school_id", "subject", "municipality"]


def sharp_rise(results: pd.DataFrame) -> pd.DataFrame:
    """Z1: Δ/√(s²/n + s₀²/n₀) > 2 and Δ ≥ 8 test scores, n ≥ 5 in both years.

    results: rows of `exam_results`, ЕГЭ, first sittings. value: Δ with its 95 % interval. Years
    that the calendar calls not comparable are not compared.
    """
    now = _schools(results)
    columns = ["n", "mean", "sd", "not_comparable"]
    before = now[[*_SERIES, "year", *columns]].assign(year=now["year"] + 1)
    rows = now.merge(
        before, how="left", on=[*_SERIES, "year"], validate="1:1", suffixes=("", "_before")
    )
    n, n0 = _floats(rows["n"]), _floats(rows["n_before"])
    rise, size = _sums(rows, "") * n0 - _sums(rows, "_before") * n, n * n0  # Δ = rise / size
    error = np.sqrt(rows["sd"] ** 2 / n + rows["sd_before"] ** 2 / n0).to_numpy()
    delta = rise / size
    sharp = (delta > float(threshold("risk_rise_z")) * error) & (
        rise >= int(threshold("risk_rise_points")) * size
    )
    few = int(threshold("risk_min_participants"))
    reason = _first_reason(
        rows.index,
        ("нет сведений о разбросе: известны только итоги по школе", np.isnan(error)),
        (FEW.format(few) + " в одном из двух лет", (n < few) | (n0 < few)),
        ("нет результатов прошлого года", np.isnan(n0)),
    )
    calendar = rows["not_comparable"].fillna(rows["not_comparable_before"])
    reason = ("не сопоставимо: " + calendar).fillna(reason)
    checked = reason.isna().to_numpy()
    words = [
        f"средний {number(a)} (n = {p}) после {number(b)} (n = {q}): {number(d)} т. б."
        if ok
        else ""
        for a, p, b, q, d, ok in zip(
            rows["mean"], rows["n"], rows["mean_before"], rows["n_before"], delta, checked,
            strict=True,
        )
    ]  # fmt: skip
    half = REACH * error
    return marker_rows(
        rows,
        "Z1",
        level=np.select([~checked, sharp], ["not_checked", "yellow"], "none"),
        value=np.where(checked, delta, np.nan),
        ci_low=np.where(checked, delta - half, np.nan),
        ci_high=np.where(checked, delta + half, np.nan),
        threshold=float(threshold("risk_rise_points")),
        n=rows["n"],
        words=texts(words, checked),
        reason=reason,
    )


def high_result(results: pd.DataFrame) -> pd.DataFrame:
    """Z2: mean above that of the town's other schools by more than 2.5 errors, or the share of
    81–100 above theirs by Fisher's exact test, one-sided, p < .01; from 10 participants.

    value: difference of the means in test scores with its 95 % interval.
    """
    rows = _beside_town(results)
    n, others = _floats(rows["n"]), _floats(rows["n_town"]) - _floats(rows["n"])
    total = _sums(rows, "_town") - _sums(rows, "")
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / others
        squares = _squares(rows, "_town") - _squares(rows, "")
        variance = (squares - total**2 / others) / (others - 1)
        error = np.sqrt(rows["sd"].to_numpy() ** 2 / n + np.maximum(variance, 0) / others)
    above = rows["mean"].to_numpy() - mean
    k, k_town = _floats(rows["n_to100"]), _floats(rows["n_to100_town"])
    p = _fisher_above(k, n, k_town, _floats(rows["n_town"]))
    some = int(threshold("risk_test_from"))
    reason = _first_reason(
        rows.index,
        ("нет сведений о разбросе: известны только итоги по школе", np.isnan(error)),
        ("результаты части участников не известны", np.isnan(k) | np.isnan(k_town)),
        ("в городе нет других школ с 10 участниками и больше", ~(others >= some)),
        (FEW.format(some), n < some),
    )
    checked = reason.isna().to_numpy()
    high = above > float(threshold("risk_high_z")) * error
    many = p < float(threshold("risk_high_p"))
    words = [
        f"средний {number(a)} (n = {c}) против {number(b)} у остальных школ; 81–100: {share(x, c)}"
        f" против {share(y - x, t - c)}"
        if ok
        else ""
        for a, c, b, x, y, t, ok in zip(
            rows["mean"], rows["n"], mean, rows["n_to100"], rows["n_to100_town"], rows["n_town"],
            checked, strict=True,
        )
    ]  # fmt: skip
    return marker_rows(
        rows,
        "Z2",
        level=np.select([~checked, high | many], ["not_checked", "yellow"], "none"),
        value=np.where(checked, above, np.nan),
        ci_low=np.where(checked, above - REACH * error, np.nan),
        ci_high=np.where(checked, above + REACH * error, np.nan),
        n=rows["n"],
        words=texts(words, checked),
        reason=reason,
    )


def below_minimum(results: pd.DataFrame) -> pd.DataFrame:
    """Z3: 30 % and more below the minimum, or the exact lower limit above the town's share.

    From 10 participants red; of 5–9 only the 30 % are looked at, as information.
    """
    rows = _beside_town(results)
    known = rows["n_below"].notna().to_numpy()
    k, n = (rows[c].to_numpy(dtype=np.int64, na_value=0) for c in ("n_below", "n"))
    k_town = rows["n_below_town"].to_numpy(dtype=np.float64, na_value=np.nan)
    ci_low, ci_high = clopper_pearson(k, n)
    large = n >= int(threshold("risk_test_from"))
    worse = large & (ci_low > k_town / _floats(rows["n_town"]))
    flag = reaches(k, n, threshold("risk_below_share")) | worse
    level = np.where(known, graded(flag, n, "red"), "not_checked")
    few = int(threshold("risk_min_participants"))
    reason = _first_reason(
        rows.index,
        (FEW.format(few), n < few),
        ("минимум за год или результаты части участников не известны", ~known),
    )
    checked = reason.isna().to_numpy()
    words = [
        f"ниже минимума {share(a, b)}; по городу {share(c, d)}" if ok else ""
        for a, b, c, d, ok in zip(k, n, k_town, rows["n_town"], checked & ~np.isnan(k_town),
                                  strict=True)
    ]  # fmt: skip
    return marker_rows(
        rows,
        "Z3",
        level=level,
        value=np.where(checked, k / np.maximum(n, 1), np.nan),
        ci_low=np.where(checked, ci_low, np.nan),
        ci_high=np.where(checked, ci_high, np.nan),
        threshold=float(threshold("risk_below_share")),
        n=rows["n"],
        words=texts(words, checked),
        reason=reason,
    )


def full_scores(results: pd.DataFrame) -> pd.DataFrame:
    """Z9: results of 100 of a school over its subjects, with the two years before; information."""
    schools = _schools(results)
    known = schools[schools["n_full"].notna()]
    sums = known.groupby(["year", "school_id"], as_index=False, observed=True).agg(
        n_full=("n_full", "sum"), n=("n", "sum")
    )
    history = sums
    for back in range(1, HISTORY):
        earlier = sums[["year", "school_id", "n_full"]].assign(year=sums["year"] + back)
        history = history.merge(
            earlier.rename(columns={"n_full": f"before{back}"}),
            how="left",
            on=["year", "school_id"],
            validate="1:1",
        )
    words = [
        "; ".join(
            f"{row['year'] - back}: " + ("нет данных" if pd.isna(found) else str(int(found)))
            for back, found in enumerate([row["n_full"], row["before1"], row["before2"]])
        )
        for row in history.to_dict("records")
    ]
    full = history["n_full"].to_numpy(dtype=np.int64)
    return marker_rows(
        history,
        "Z9",
        level=np.where(full > 0, "info", "none"),
        value=full.astype(np.float64),
        n=history["n"],
        words=pd.array(words, dtype="str"),
    )


def _schools(results: pd.DataFrame) -> pd.DataFrame:
    rows = results[results["school_id"] != WHOLE_MUNICIPALITY]
    return rows.assign(municipality=rows["municipality"].fillna("")).reset_index(drop=True)


def _beside_town(results: pd.DataFrame) -> pd.DataFrame:
    """Schools with the figures of their municipality as *_town."""
    key = ["year", "subject", "municipality"]
    figures = ["n", "mean", "sd", "n_below", "n_to100"]
    towns = results[results["school_id"] == WHOLE_MUNICIPALITY]
    towns = towns.assign(municipality=towns["municipality"].fillna(""))
    return _schools(results).merge(
        towns[[*key, *figures]], how="left", on=key, validate="m:1", suffixes=("", "_town")
    )


def _fisher_above(
    k: np.ndarray, n: np.ndarray, k_town: np.ndarray, n_town: np.ndarray
) -> np.ndarray:
    """P(X ≥ k) of n drawn from n_town with k_town marked: Fisher's exact test, one-sided.

    Σ C(K, x)·C(N − K, n − x)/C(N, n) over x ≥ k; NaN where a count is not known.
    """
    from scipy.special import gammaln

    def log_choose(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        inside = (b >= 0) & (b <= a)
        b = np.where(inside, b, 0)
        return np.where(inside, gammaln(a + 1) - gammaln(b + 1) - gammaln(a - b + 1), -np.inf)

    most = np.fmin(k_town, n)
    x = np.arange(np.nanmax(most, initial=0) + 1)
    size, marked, of, all_ = (v[:, None] for v in (n, k_town, most, n_town))
    chance = np.exp(
        log_choose(marked, x) + log_choose(all_ - marked, size - x) - log_choose(all_, size)
    )
    tail = np.where((x >= k[:, None]) & (x <= of), chance, 0.0).sum(axis=1)
    return np.where(np.isnan(k) | np.isnan(k_town), np.nan, np.minimum(tail, 1.0))


def _sums(rows: pd.DataFrame, suffix: str) -> np.ndarray:
    """Sums of scores, which are whole, out of the means: exact again."""
    return np.round(rows[f"mean{suffix}"].to_numpy() * _floats(rows[f"n{suffix}"]))


def _squares(rows: pd.DataFrame, suffix: str) -> np.ndarray:
    """Sums of squared scores, which are whole, out of mean and sd."""
    n, sd = _floats(rows[f"n{suffix}"]), rows[f"sd{suffix}"].fillna(0.0).to_numpy()
    return np.round(sd**2 * (n - 1) + _sums(rows, suffix) ** 2 / n)


def _floats(counts: pd.Series) -> np.ndarray:
    return counts.astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)


def _first_reason(index: pd.Index, *reasons: tuple[str, np.ndarray]) -> pd.Series:
    """The last reason that holds for each row, null where none does."""
    words = pd.Series(None, index=index, dtype="str")
    for text, holds in reasons:
        words = words.mask(np.asarray(holds, dtype=bool), text)
    return words
