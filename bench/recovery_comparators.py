"""What a statistician would fit first: ANCOVA, linear quantile regression, a mixed model."""

import numpy as np
import statsmodels.api as sm
from scipy.stats import norm
from sklearn.linear_model import QuantileRegressor

from bench.recovery_scores import LEVELS
from bench.recovery_trials_files import Trial
from scoring.recovery_basis import hats
from scoring.recovery_courses import Courses


def ancova(x: np.ndarray, y: np.ndarray, x_new: np.ndarray) -> np.ndarray:
    """m × 19 quantiles: least squares with normal residuals."""
    fit = sm.OLS(y, sm.add_constant(x, has_constant="add")).fit()
    mean = fit.predict(sm.add_constant(x_new, has_constant="add"))
    return mean[:, None] + np.sqrt(fit.scale) * norm.ppf(LEVELS)


def quantile_regression(x: np.ndarray, y: np.ndarray, x_new: np.ndarray) -> np.ndarray:
    """m × 19 quantiles: one linear quantile regression per level, sorted so that they do not cross."""
    bands = [QuantileRegressor(quantile=level, alpha=0, solver="highs").fit(x, y).predict(x_new) for level in LEVELS]
    return np.sort(np.column_stack(bands), axis=1)


def mixed_model(trial: Trial, train: Courses, history: Courses, day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """
    Length-m mean and SD by a mixed model: free mean by visit, baseline, covariates and their slopes in time; random
    intercept and slope, conditioned on each patient's early answers.
    """
    patient, visit = np.nonzero(train.answered)
    span, at = trial.scale.knots[-1], train.day[patient, visit]
    fixed = fixed_effects(trial, train[patient], at)
    visited = fixed.any(axis=0)  # a knot near which nobody was asked has no mean
    fixed = fixed[:, visited]
    random = np.column_stack([np.ones(len(at)), at / span])
    fit = sm.MixedLM(train.score[patient, visit], fixed, groups=patient, exog_re=random).fit(method="lbfgs")
    between, noise = np.asarray(fit.cov_re), fit.scale
    mean = fixed_effects(trial, history, day)[:, visited] @ fit.fe_params
    ahead = np.column_stack([np.ones(len(day)), day / span])
    variance = np.einsum("ij,jk,ik->i", ahead, between, ahead) + noise
    for row in np.flatnonzero(history.answered.any(axis=1)):
        one = history[np.full(history.answered[row].sum(), row)]
        seen = history.day[row, history.answered[row]]
        z = np.column_stack([np.ones(len(seen)), seen / span])
        away = history.score[row, history.answered[row]] - fixed_effects(trial, one, seen)[:, visited] @ fit.fe_params
        across = ahead[row] @ between @ z.T
        gain = np.linalg.solve(z @ between @ z.T + noise * np.eye(len(seen)), np.column_stack([away, across]))
        mean[row] += across @ gain[:, 0]
        variance[row] -= across @ gain[:, 1]
    return mean, np.sqrt(variance)


def fixed_effects(trial: Trial, courses: Courses, day: np.ndarray) -> np.ndarray:
    by_visit = hats(day, trial.scale.knots)[:, 1:]
    baseline = [courses.baseline[:, None]] * trial.has_baseline
    return np.column_stack([by_visit, *baseline, courses.x, courses.x * (day / trial.scale.knots[-1])[:, None]])
