"""Simulated courses of recovery whose truth is known; written without the model's formulas, on purpose."""

from dataclasses import dataclass

import numpy as np

LAST_DAY = 365
BETWEEN_SD, DRIFT_SD, NOISE_SD, DRIFT_DAYS = 10.0, 5.0, 5.0, 60.0
# One between-patient SD: of the scores of different patients on one day, before the widening at bad baselines.
WORSENING = float(np.sqrt(BETWEEN_SD**2 + DRIFT_SD**2 + NOISE_SD**2))


@dataclass(frozen=True)
class Cohort:
    """
    n patients and their answers on a 0–100 scale where higher is better; v visits each at most.

    Parameters
    ----------
    baseline, age : length-n
    day : n × v, rising along a row
    score : n × v, whole numbers 0–100; NaN where the patient did not answer
    expected : n × v, the course of a patient of this baseline and age without any deviation
    spread : length-n, the factor by which this patient's deviations are widened
    onset : length-n, visit from which the worsening holds; v where there is none
    """

    baseline: np.ndarray
    age: np.ndarray
    day: np.ndarray
    score: np.ndarray
    expected: np.ndarray
    spread: np.ndarray
    onset: np.ndarray

    def __len__(self) -> int:
        return len(self.baseline)


def simulate(
    n: int, visits: int, seed: int, worsening: bool = False, missing: float = 0.4, shift: float = 0.0
) -> Cohort:
    """
    Courses with irregular visit times, 40 % of answers missing, more of them after a bad answer.

    Parameters
    ----------
    worsening : from a random visit of the second half on the true level is worse by one between-patient SD, widened
        like the patient's other deviations
    shift : points by which the whole cohort's expected course lies higher (another tenant)
    """
    rng = np.random.default_rng(seed)
    baseline, age = np.clip(rng.normal(40, 14, n), 5, 90), rng.normal(65, 10, n)
    day = visit_days(rng, n, visits)
    expected = logistic_course(baseline, age, day) + shift
    spread = 1.5 - 0.5 * np.clip((baseline - 10) / 60, 0, 1)  # by half from best to worst baseline
    deviation = BETWEEN_SD * rng.standard_normal((n, 1)) + DRIFT_SD * drift(rng, day)
    noise = NOISE_SD * rng.standard_t(5, (n, visits)) / np.sqrt(5 / 3)
    onset = rng.integers(visits // 2, visits, n) if worsening else np.full(n, visits)
    lowered = WORSENING * (np.arange(visits) >= onset[:, None])
    level = expected + spread[:, None] * (deviation - lowered + noise)
    score = np.clip(level, 0, 100).round()
    answered = answers(rng, score - expected, missing)
    recorded = np.clip(baseline + rng.normal(0, 3, n), 0, 100).round()
    return Cohort(recorded, age, day, np.where(answered, score, np.nan), expected, spread, onset)


def visit_days(rng: np.random.Generator, n: int, visits: int) -> np.ndarray:
    """Evenly planned visits, each kept up to a third of the way to its neighbours early or late."""
    planned = LAST_DAY * (np.arange(visits) + 1) / visits
    gap = LAST_DAY / visits
    return np.clip(planned + rng.uniform(-gap / 3, gap / 3, (n, visits)), 3, LAST_DAY + 30).round()


def logistic_course(baseline: np.ndarray, age: np.ndarray, day: np.ndarray) -> np.ndarray:
    """From the baseline up an S-shaped course to a plateau that depends on baseline and age."""
    plateau = 62 + 0.35 * (baseline - 40) - 0.2 * (age - 65)
    rise = 1 / (1 + np.exp(-(day - 45) / 22))
    start = 1 / (1 + np.exp(45 / 22))
    return baseline[:, None] + (plateau - baseline)[:, None] * (rise - start) / (1 - start)


def drift(rng: np.random.Generator, day: np.ndarray) -> np.ndarray:
    """Ornstein-Uhlenbeck of variance 1 at the visits."""
    path = np.empty_like(day)
    path[:, 0] = rng.standard_normal(len(day))
    for visit in range(1, day.shape[1]):
        keep = np.exp(-np.maximum(day[:, visit] - day[:, visit - 1], 0) / DRIFT_DAYS)
        path[:, visit] = keep * path[:, visit - 1] + np.sqrt(1 - keep**2) * rng.standard_normal(len(day))
    return path


def answers(rng: np.random.Generator, deviation: np.ndarray, missing: float) -> np.ndarray:
    """Who answers which visit: an answer 10 points worse than expected raises the odds of missing the next by half."""
    odds = missing / (1 - missing)
    worse = np.roll(np.clip(-deviation / 10, -2, 2), 1, axis=1)
    worse[:, 0] = 0.0
    raised = odds * 1.5**worse
    return rng.random(deviation.shape) >= raised / (1 + raised)
