"""Where 80 % of similar patients are on one day: a baseline-adjusted mean with a conformal band around it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scoring.band_conformal import LEVELS, ResidualQuantiles, share_below
from scoring.band_terms import Terms

FEWEST_PATIENTS = 50
INNER_FOLDS = 5
RIDGE = 5.0  # pseudo-patients per standardised column; at 50 patients it halves the weight of a rare level


@dataclass(frozen=True)
class BandFit:
    """
    The expected score of similar patients on one day, and its spread.

    Parameters
    ----------
    terms : how baseline and covariates become model columns
    coefficients : length-p, in points of the scale
    residuals : conformal quantiles of outcome − prediction, by prediction
    scale_range : (lowest, highest) possible score
    step : 1.0 when all scores are whole numbers, else 0.0 (continuous)
    n : patients the fit has seen, 50 or more
    """

    terms: Terms
    coefficients: np.ndarray
    residuals: ResidualQuantiles
    scale_range: tuple[float, float]
    step: float
    n: int

    def mean(self, baseline: np.ndarray, covariates: pd.DataFrame) -> np.ndarray:
        """Length-n expected score, not clipped; NaN where the baseline is missing."""
        return self.terms.matrix(np.asarray(baseline, float), covariates) @ self.coefficients

    def quantiles(self, baseline: np.ndarray, covariates: pd.DataFrame, levels: Sequence[float]) -> np.ndarray:
        """
        Scores below which a share `levels` of similar patients are.

        Parameters
        ----------
        baseline : length-n; NaN gives a row of NaN
        covariates : n rows; names the fit did not see are ignored, names it lacks count as missing
        levels : rising shares in 0.01–0.99

        Returns
        -------
        n × len(levels), inside the scale's range, never falling along a row
        """
        predicted = self.mean(baseline, covariates)
        return np.clip(predicted[:, None] + self.residuals.at(predicted, np.asarray(levels, float)), *self.scale_range)

    def below(
        self, baseline: np.ndarray, covariates: pd.DataFrame, score: np.ndarray, rng: np.random.Generator | None = None
    ) -> np.ndarray:
        """
        Length-n share (0–1) of similar patients with a lower score; NaN where score or baseline is missing.

        Ties count half, or with `rng` a random share (the randomised PIT): see ``band_conformal.share_below``.
        """
        grid = self.quantiles(baseline, covariates, LEVELS)
        return share_below(grid, np.asarray(score, float), self.scale_range, self.step, rng)

    def to_json(self) -> str:
        """One line of JSON holding means, coefficients and quantiles only; no patient's row."""
        stored = {
            "terms": self.terms.as_dict(),
            "coefficients": self.coefficients.tolist(),
            "centres": self.residuals.centres.tolist(),
            "quantiles": self.residuals.quantiles.round(4).tolist(),
            "scale_range": list(self.scale_range),
            "step": self.step,
            "n": self.n,
        }
        return json.dumps(stored, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "BandFit":
        stored = json.loads(text)
        return cls(
            Terms.from_dict(stored["terms"]),
            np.array(stored["coefficients"]),
            ResidualQuantiles(np.array(stored["centres"]), np.array(stored["quantiles"])),
            tuple(stored["scale_range"]),
            stored["step"],
            stored["n"],
        )


def fit_band(
    baseline: np.ndarray, covariates: pd.DataFrame, outcome: np.ndarray, scale_range: tuple[float, float], seed: int = 1
) -> BandFit | None:
    """
    Fit the band of one follow-up day.

    Parameters
    ----------
    baseline, outcome : length-n scores; rows where either is NaN are left out
    covariates : n rows, numeric or text columns; missing values are a level of their own
    scale_range : (lowest, highest) possible score
    seed : of the shuffle into folds and of the spreading of whole-number scores over ± half a point;
        the same rows in the same order give the same fit

    Returns
    -------
    BandFit, or None with fewer than 50 complete patients ("no curve yet")
    """
    baseline, outcome = np.asarray(baseline, float), np.asarray(outcome, float)
    rng = np.random.default_rng(seed)
    known = rng.permutation(np.flatnonzero(~(np.isnan(baseline) | np.isnan(outcome))))
    if len(known) < FEWEST_PATIENTS:
        return None
    baseline, outcome, covariates = baseline[known], outcome[known], covariates.iloc[known]
    terms = Terms.learn(baseline, covariates)
    matrix = terms.matrix(baseline, covariates)
    coefficients, predicted = ridge_out_of_fold(matrix, outcome, np.arange(len(known)) % INNER_FOLDS)
    step = float(np.array_equal(outcome, np.round(outcome)))
    spread = outcome + step * rng.uniform(-0.5, 0.5, len(outcome))
    residuals = ResidualQuantiles.learn(predicted, spread - predicted, scale_range[1] - scale_range[0])
    return BandFit(terms, coefficients, residuals, scale_range, step, len(known))


def ridge_out_of_fold(matrix: np.ndarray, outcome: np.ndarray, fold: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """
    Ridge coefficients on all rows, and each row's prediction by a fit without its own fold.

    The normal equations add up over folds, so k + 1 fits cost one pass over the rows.
    """
    parts = [(matrix[fold == k], outcome[fold == k]) for k in range(fold.max() + 1)]
    squares = [x.T @ x for x, _ in parts]
    products = [x.T @ y for x, y in parts]
    penalty = RIDGE * np.eye(matrix.shape[1])
    penalty[0, 0] = 1e-9  # the intercept is not shrunk
    predicted = np.empty(len(outcome))
    for k in range(len(parts)):
        without = np.linalg.solve(sum(squares) - squares[k] + penalty, sum(products) - products[k])
        predicted[fold == k] = matrix[fold == k] @ without
    return np.linalg.solve(sum(squares) + penalty, sum(products)), predicted
