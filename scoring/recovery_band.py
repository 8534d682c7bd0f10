"""The expected course of similar patients: one band per scheduled follow-up day, straight lines between them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scoring.band import BandFit, fit_band
from scoring.band_conformal import LEVELS, below_and_equal, share_below

WINDOW = 14  # days around a scheduled day in which an answer counts for it, and beyond the last day that it is judged
CHART_LEVELS = (0.10, 0.25, 0.50, 0.75, 0.90)


@dataclass(frozen=True)
class RecoveryBand:
    """
    Bands by scheduled follow-up day, anchored at the patient's own baseline score on day 0.

    Parameters
    ----------
    fits : {scheduled day: BandFit}, days rising and above 0, at least one
    """

    fits: dict[int, BandFit]

    @property
    def last_day(self) -> int:
        """The last day anything is expected of: the last scheduled day and two weeks."""
        return max(self.fits) + WINDOW

    def n(self, day: np.ndarray) -> np.ndarray:
        """Length-n number of similar patients behind the expectation on each day (of the fit nearest to it)."""
        days = np.array(list(self.fits))
        sizes = np.array([fit.n for fit in self.fits.values()])
        nearest = np.abs(np.asarray(day, float)[:, None] - days).argmin(axis=1)
        return sizes[nearest]

    def at(
        self, day: np.ndarray, baseline: np.ndarray, covariates: pd.DataFrame, levels: Sequence[float]
    ) -> np.ndarray:
        """
        Quantiles of the expected score of n patients, each on a day of their own.

        Parameters
        ----------
        day : length-n days after the index date
        baseline : length-n; NaN gives a row of NaN
        covariates : n rows
        levels : rising shares in 0.01–0.99

        Returns
        -------
        n × len(levels); NaN before day 0 and more than 14 days after the last scheduled day
        """
        day, baseline = np.asarray(day, float), np.asarray(baseline, float)
        expected = np.full((len(day), len(levels)), np.nan)
        for left, right, rows in self._stretches(day):
            start, end = (self._on(d, baseline[rows], covariates[rows], levels) for d in (left, right))
            part = np.clip((day[rows] - left) / max(right - left, 1), 0.0, 1.0)[:, None]
            expected[rows] = start * (1 - part) + end * part
        return expected

    def below(
        self,
        day: np.ndarray,
        baseline: np.ndarray,
        covariates: pd.DataFrame,
        score: np.ndarray,
        rng: np.random.Generator | None = None,
    ) -> np.ndarray:
        """
        Length-n share of similar patients below each score on its day; NaN on day 0 and where nothing is expected.

        It inverts the band that ``at`` returns, so that p10 has a tenth below it on every day.
        """
        day, score = np.asarray(day, float), np.asarray(score, float)
        any_fit = next(iter(self.fits.values()))
        grid = self.at(day, baseline, covariates, LEVELS)
        share = share_below(grid, score, any_fit.scale_range, any_fit.step, rng)
        return np.where(day > 0, share, np.nan)

    def below_and_equal(
        self, day: np.ndarray, baseline: np.ndarray, covariates: pd.DataFrame, score: np.ndarray
    ) -> np.ndarray:
        """n × 2: ``below``, and the share of similar patients with the same score."""
        day, score = np.asarray(day, float), np.asarray(score, float)
        any_fit = next(iter(self.fits.values()))
        grid = self.at(day, baseline, covariates, LEVELS)
        shares = np.column_stack(below_and_equal(grid, score, any_fit.scale_range, any_fit.step))
        return np.where(day[:, None] > 0, shares, np.nan)

    def points(self, baseline: float, covariates: pd.DataFrame) -> list[list[float]]:
        """One patient's band for a chart: [[day, p10, p25, p50, p75, p90], …] from day 0 to the last day."""
        days = [0, *self.fits, self.last_day]
        repeated = covariates.iloc[np.zeros(len(days), int)].reset_index(drop=True)
        expected = self.at(days, np.full(len(days), baseline), repeated, CHART_LEVELS)
        return [[day, *row] for day, row in zip(days, expected.round(2).tolist(), strict=True)]

    def points_of_many(self, baseline: np.ndarray, covariates: pd.DataFrame) -> tuple[list[int], np.ndarray]:
        """The same for n patients at once: the days, and an n × days × 5 array of quantiles."""
        days = [0, *self.fits, self.last_day]
        n = len(baseline)
        expected = [self.at(np.full(n, day), baseline, covariates, CHART_LEVELS) for day in days]
        return days, np.stack(expected, axis=1).round(2)

    def _stretches(self, day: np.ndarray):
        """(left day, right day, rows between them) for every stretch that has rows; day 0 is the baseline itself."""
        days = [0, *self.fits]
        for left, right in zip(days, [*days[1:], None], strict=True):
            if right is None:
                rows = (day > left) & (day <= self.last_day)
                right = left
            else:
                rows = (day > left) & (day <= right) if left else (day >= 0) & (day <= right)
            if rows.any():
                yield left, right, rows

    def _on(self, day: int, baseline: np.ndarray, covariates: pd.DataFrame, levels: Sequence[float]) -> np.ndarray:
        if day == 0:
            return np.repeat(baseline[:, None], len(levels), axis=1)
        return self.fits[day].quantiles(baseline, covariates, levels)

    def to_json(self) -> str:
        """JSON of all fits: aggregates only, see ``BandFit.to_json``."""
        return json.dumps({str(day): json.loads(fit.to_json()) for day, fit in self.fits.items()}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "RecoveryBand":
        stored = {int(day): BandFit.from_json(json.dumps(fit)) for day, fit in json.loads(text).items()}
        return cls(dict(sorted(stored.items())))


def fit_recovery_band(
    visits: pd.DataFrame,
    covariates: pd.DataFrame,
    scheduled_days: Sequence[int],
    scale_range: tuple[float, float],
    seed: int = 1,
) -> RecoveryBand | None:
    """
    Fit one band per scheduled day from all answered follow-ups of a stratum.

    Parameters
    ----------
    visits : one row per scored follow-up: episode_id, day, baseline, score; sort by episode and day for a
        repeatable fit. For one scheduled day an episode counts once, with its answer nearest to it, ± 14 days.
    covariates : as many rows as visits
    scheduled_days : the pathway's follow-up days; a day with fewer than 50 patients gets no fit of its own

    Returns
    -------
    RecoveryBand, or None when no day has 50 patients ("no curve yet")
    """
    fits = {}
    for day in sorted({int(day) for day in scheduled_days if day > 0}):
        rows = nearest_answers(visits, day)
        fit = fit_band(
            visits["baseline"].to_numpy(float)[rows],
            covariates.iloc[rows],
            visits["score"].to_numpy(float)[rows],
            scale_range,
            seed,
        )
        if fit is not None:
            fits[day] = fit
    return RecoveryBand(fits) if fits else None


def nearest_answers(visits: pd.DataFrame, day: int) -> np.ndarray:
    """Positions of each episode's scored answer nearest to `day`, at most 14 days from it; the earlier one of two."""
    distance = (visits["day"] - day).abs().to_numpy()
    rows = np.flatnonzero((distance <= WINDOW) & visits["score"].notna().to_numpy())
    order = rows[np.lexsort((visits["day"].to_numpy()[rows], distance[rows]))]
    first = ~visits["episode_id"].iloc[order].duplicated().to_numpy()
    return np.sort(order[first])
