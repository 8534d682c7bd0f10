"""Does an expectation hold? Where answers fell in it, and how often its ranges held what they promise, by group."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import chdtrc, ndtri

from scoring.monitoring_rules import MonitoringRules

TENTHS = 10
PROMISED = 0.8
RANGES = (0.5, 0.8, 0.9)  # shares of similar patients that the ranges shown beside each other hold


def randomised_pit(below: np.ndarray, equal: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """
    Where each answer fell among those of similar patients, 0–1: uniform exactly when the expectation holds.

    Parameters
    ----------
    below : length-n share of similar patients with a lower score, half of those with the same score in it
    equal : length-n share with the same score; NaN (not known) leaves the middle
    chance : length-n numbers between 0 and 1, of each answer always the same

    References
    ----------
    Czado, Gneiting, Held (2009), Predictive model assessment for count data, doi 10.1111/j.1541-0420.2009.01191.x
    """
    return np.clip(below + (chance - 0.5) * np.nan_to_num(equal), 0.0, 1.0)


def design_effect(value: np.ndarray, patient: np.ndarray) -> float:
    """
    How many times larger the variance of a mean is because answers of one patient resemble each other; 1 or more.

    References
    ----------
    Kish (1965), Survey Sampling; the between-cluster estimate of a ratio's variance.
    """
    away = np.asarray(value, float) - np.mean(value) if len(value) else np.zeros(0)
    total = (away**2).sum()
    groups, place = np.unique(patient, return_inverse=True)
    if total == 0 or len(groups) < 2:
        return 1.0
    sums = np.bincount(place, away)
    return float(max((sums**2).sum() / total * len(groups) / (len(groups) - 1), 1.0))


@dataclass(frozen=True)
class Tenths:
    """
    How answers spread over the tenths of what was expected.

    Parameters
    ----------
    shares : length-10 share of answers in each, low to high; a tenth each when the expectation holds
    low, high : between them lie 95 of 100 shares by chance alone, where the expectation holds
    uneven : whether chance does not explain the shares: chi-squared of all ten, 5 %
    level, spread : SDs of chance by which answers lie too high, and too far out, of those expected
    """

    shares: np.ndarray
    low: float
    high: float
    uneven: bool
    level: float
    spread: float


def tenths_of(pit: np.ndarray, patient: np.ndarray) -> Tenths | None:
    """
    Parameters
    ----------
    pit : length-n ``randomised_pit``, NaN where nothing was expected
    patient : length-n; answers of one patient count for less

    References
    ----------
    Rao, Scott (1981), doi 10.1080/01621459.1981.10477633: the chi-squared over the mean design effect.
    Neyman (1937), Smooth test for goodness of fit: its first two components, level and spread.
    """
    known = ~np.isnan(pit)
    pit, patient = pit[known], patient[known]
    n = len(pit)
    if not n:
        return None
    tenth = np.minimum((pit * TENTHS).astype(int), TENTHS - 1)
    shares = np.bincount(tenth, minlength=TENTHS) / n
    alike = float(np.mean([design_effect(tenth == each, patient) for each in range(TENTHS)]))
    distance = n * TENTHS * ((shares - 1 / TENTHS) ** 2).sum() / alike
    by_chance = 1.96 * np.sqrt(0.09 * alike / n)
    return Tenths(
        shares=shares,
        low=max(1 / TENTHS - by_chance, 0.0),
        high=1 / TENTHS + by_chance,
        uneven=bool(chdtrc(TENTHS - 1, distance) < 0.05),
        level=_in_sds(pit - 0.5, 1 / 12, patient),
        spread=_in_sds((pit - 0.5) ** 2 - 1 / 12, 1 / 180, patient),
    )


def _in_sds(value: np.ndarray, variance: float, patient: np.ndarray) -> float:
    return float(value.mean() / np.sqrt(variance * design_effect(value, patient) / len(value)))


def coverage_by(
    pit: np.ndarray, group: np.ndarray, patient: np.ndarray, rules: MonitoringRules, groups: int | None = None
) -> pd.DataFrame:
    """
    One row per group: how often the ranges from baseline held the answers.

    Parameters
    ----------
    pit : length-n, oriented so that low is worse
    group, patient : length-n
    groups : how many groups are looked at together; default: those of this table

    Returns
    -------
    DataFrame indexed by group
        n, patients : answers, and of how many patients
        inside_50, inside_80, inside_90 : shares of answers inside
        low, high : 95 % interval of inside_80
        lowest_tenth : share of answers in the worst tenth
        off : as ``rules`` say; beyond : by how many points chance does not explain it, negative = holds too few
    """
    known = ~np.isnan(pit)
    answers = pd.DataFrame({"group": group[known], "patient": patient[known], "pit": pit[known]})
    rows = {name: _row(mine) for name, mine in answers.groupby("group", sort=True)}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=[*_COLUMNS, "worth"])
    if table.empty:
        return table.drop(columns="worth").assign(off=False, beyond=0.0)
    share, worth = table["inside_80"].to_numpy(float), table["worth"].to_numpy(float)
    strict = ndtri(1 - rules.wrong_share / 2 / max(groups or len(table), 1))
    low, high = wilson(share, worth, strict)
    table["beyond"] = np.where(low > PROMISED, low - PROMISED, np.where(high < PROMISED, high - PROMISED, 0.0))
    table["off"] = (table["beyond"] != 0) & (np.abs(share - PROMISED) >= rules.points_off)
    return table.drop(columns="worth")


_COLUMNS = ["n", "patients", "inside_50", "inside_80", "inside_90", "low", "high", "lowest_tenth"]


def _row(answers: pd.DataFrame) -> list[float]:
    pit, patient = answers["pit"].to_numpy(), answers["patient"].to_numpy()
    shares = [float(inside(pit, each).mean()) for each in RANGES]
    worth = len(pit) / design_effect(inside(pit, PROMISED), patient)
    low, high = wilson(np.array(shares[1]), np.array(worth))
    return [len(pit), len(np.unique(patient)), *shares, float(low), float(high), float((pit < 0.1).mean()), worth]


def inside(pit: np.ndarray, promised: float) -> np.ndarray:
    """Length-n: whether each answer lay in the middle range that holds so large a share of similar patients."""
    return np.abs(pit - 0.5) <= promised / 2


def wilson(share: np.ndarray, n: np.ndarray, z: float = 1.96) -> tuple[np.ndarray, np.ndarray]:
    """Score interval of a share, 95 % by default; Wilson (1927), doi 10.1080/01621459.1927.10502953."""
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return centre - half, centre + half
