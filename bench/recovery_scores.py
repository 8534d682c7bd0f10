"""How good is a band? And one line of the table of results."""

from dataclasses import dataclass

import numpy as np

LEVELS = np.round(np.arange(0.05, 1.0, 0.05), 2)


def crps(quantiles: np.ndarray, score: np.ndarray) -> float:
    """
    Mean of twice the pinball loss over 19 levels (5 … 95 %), points; the smaller the better.

    References
    ----------
    Gneiting, Raftery (2007), Strictly proper scoring rules, doi 10.1198/016214506000001437
    """
    away = score[:, None] - quantiles
    return float(np.mean(2 * np.where(away >= 0, LEVELS * away, (LEVELS - 1) * away)))


def covered(quantiles: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Length-n: is the score inside the 80 % band?"""
    return (score >= quantiles[:, 1]) & (score <= quantiles[:, 17])


def inside(pit: np.ndarray, share: float) -> float:
    """Coverage of the central band of `share` by (randomised) PIT."""
    known = pit[~np.isnan(pit)]
    return float(np.mean((known >= (1 - share) / 2) & (known <= (1 + share) / 2)))


@dataclass(frozen=True)
class Result:
    """
    One line of the table.

    Parameters
    ----------
    what : the measure, in words
    value : what was seen
    bar : lowest and highest acceptable value; None where there is no such end
    beside : the comparators of the same run, in words
    decimals : shown
    """

    what: str
    value: float
    bar: tuple[float | None, float | None] = (None, None)
    beside: str = ""
    decimals: int = 3

    @property
    def reached(self) -> bool | None:
        """None where no bar is set."""
        low, high = self.bar
        if low is None and high is None:
            return None
        return bool((low is None or self.value >= low) and (high is None or self.value <= high))

    def line(self) -> str:
        low, high = (None if end is None else f"{end:.{self.decimals}f}".rstrip("0").rstrip(".") for end in self.bar)
        bar = f"{low}–{high}" if low and high else f"≥ {low}" if low else f"≤ {high}" if high else ""
        verdict = {None: "", True: "yes", False: "**no**"}[self.reached]
        return f"| {self.what} | {self.value:.{self.decimals}f} | {bar} | {verdict} | {self.beside} |"


HEADER = "| measure | seen | bar | reached | in the same run |\n|---|---:|---|---|---|"
