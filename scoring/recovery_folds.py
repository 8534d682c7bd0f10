"""Bands for history: every provider's patients are judged by a fit that has not seen that provider's fold."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scoring.band_folds import FOLDS
from scoring.recovery_band import RecoveryBand, fit_recovery_band

WHOLE = -1


@dataclass(frozen=True)
class FoldedBand:
    """
    The band of a stratum fitted on all patients, and once more without each fold of providers.

    Parameters
    ----------
    bands : {fold: RecoveryBand fitted without it}, and under WHOLE (−1) the one fitted on everybody. A fold without
        which no day has 50 patients has no entry: its patients have no curve yet.
    """

    bands: dict[int, RecoveryBand]

    @property
    def whole(self) -> RecoveryBand:
        """For open episodes: all the patients there are."""
        return self.bands[WHOLE]

    def at(self, fold: np.ndarray, day, baseline, covariates: pd.DataFrame, levels: Sequence[float]) -> np.ndarray:
        """As ``RecoveryBand.at``, each row by the band without its `fold` (WHOLE: by all patients); NaN without one."""
        return self._by_fold(
            fold, len(levels), lambda band, mine: band.at(day[mine], baseline[mine], covariates[mine], levels)
        )

    def below(self, fold: np.ndarray, day, baseline, covariates: pd.DataFrame, score: np.ndarray) -> np.ndarray:
        """As ``RecoveryBand.below``, each row by the band without its `fold`."""
        return self.below_and_equal(fold, day, baseline, covariates, score)[:, 0]

    def below_and_equal(
        self, fold: np.ndarray, day, baseline, covariates: pd.DataFrame, score: np.ndarray
    ) -> np.ndarray:
        """As ``RecoveryBand.below_and_equal``, each row by the band without its `fold`."""
        return self._by_fold(
            fold, 2, lambda band, mine: band.below_and_equal(day[mine], baseline[mine], covariates[mine], score[mine])
        )

    def n(self, fold: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Length-n number of patients behind each row's expectation; NaN without one."""
        return self._by_fold(fold, 1, lambda band, mine: band.n(day[mine])[:, None])[:, 0]

    def _by_fold(self, fold: np.ndarray, width: int, ask) -> np.ndarray:
        answers = np.full((len(fold), width), np.nan)
        for number, band in self.bands.items():
            mine = np.asarray(fold) == number
            if mine.any():
                answers[mine] = ask(band, mine)
        return answers

    def to_json(self) -> str:
        return json.dumps({str(fold): json.loads(band.to_json()) for fold, band in self.bands.items()}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "FoldedBand":
        stored = json.loads(text)
        return cls({int(fold): RecoveryBand.from_json(json.dumps(band)) for fold, band in stored.items()})


def fit_folded_band(
    visits: pd.DataFrame,
    covariates: pd.DataFrame,
    fold: np.ndarray,
    scheduled_days: Sequence[int],
    scale_range: tuple[float, float],
    seed: int = 1,
) -> FoldedBand | None:
    """
    Fit a stratum's band on everybody and without each fold.

    Parameters
    ----------
    visits, covariates, scheduled_days, scale_range, seed : see ``fit_recovery_band``
    fold : length-n, from ``scoring.band_folds.folds`` of the provider or clinic key

    Returns
    -------
    FoldedBand, or None when not even everybody together makes a curve
    """
    whole = fit_recovery_band(visits, covariates, scheduled_days, scale_range, seed)
    if whole is None:
        return None
    bands = {WHOLE: whole}
    for number in range(FOLDS):
        others = np.asarray(fold) != number
        band = (
            whole
            if others.all()
            else fit_recovery_band(visits[others], covariates[others], scheduled_days, scale_range, seed)
        )
        if band is not None:
            bands[number] = band
    return FoldedBand(bands)
