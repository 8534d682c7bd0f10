"""Courses of many patients side by side: one row each, their visits in time order."""

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Courses:
    """
    n patients with v visits at most.

    Parameters
    ----------
    baseline : length-n score; finite
    x : n × p covariates as numbers, coded the same way wherever statistics are added (see ``band_terms.Terms``)
    day : n × v days after the index date, rising along a row; anything where there is no score
    score : n × v; NaN where there is none
    """

    baseline: np.ndarray
    x: np.ndarray
    day: np.ndarray
    score: np.ndarray

    def __len__(self) -> int:
        return len(self.baseline)

    @property
    def answered(self) -> np.ndarray:
        """n × v booleans."""
        return ~np.isnan(self.score)

    def __getitem__(self, rows) -> "Courses":
        """The same courses for some patients (a mask, positions or a slice)."""
        return Courses(self.baseline[rows], self.x[rows], self.day[rows], self.score[rows])

    def until(self, visits: np.ndarray | int) -> "Courses":
        """Only each patient's first `visits` columns answered; the rest is unknown."""
        later = np.arange(self.score.shape[1]) >= np.reshape(visits, (-1, 1))
        return Courses(self.baseline, self.x, self.day, np.where(later, np.nan, self.score))


def from_visits(
    patient: np.ndarray, day: np.ndarray, score: np.ndarray, baseline: np.ndarray, x: np.ndarray
) -> Courses:
    """
    Courses from one row per visit.

    Parameters
    ----------
    patient : length-m position (0 … n − 1) of the patient of each visit
    day, score : length-m; visits without a score, or on day 0 or before, are left out; two on one day are both kept
    baseline, x : of the n patients
    """
    kept = ~np.isnan(score) & (np.asarray(day) > 0)
    visits = pd.DataFrame({"patient": patient, "day": day, "score": score})[kept]
    visits = visits.sort_values(["patient", "day"], kind="stable")
    column = visits.groupby("patient").cumcount().to_numpy()
    shape = len(baseline), int(column.max(initial=0)) + 1
    days, scores = np.zeros(shape), np.full(shape, np.nan)
    days[visits["patient"], column] = visits["day"]
    scores[visits["patient"], column] = visits["score"]
    return Courses(np.asarray(baseline, float), np.asarray(x, float), days, scores)
