"""The expected course of patients like this one, and what each answer changes about the rest of it."""

from dataclasses import dataclass

import numpy as np

from scoring.band_conformal import LEVELS, ResidualQuantiles, share_below
from scoring.recovery_bands import TimeBands
from scoring.recovery_basis import Scale
from scoring.recovery_courses import Courses
from scoring.recovery_covariance import Memory
from scoring.recovery_mean import MeanCourse
from scoring.recovery_update import given_answers, surprises
from scoring.recovery_width import Width


@dataclass(frozen=True)
class RecoveryCurve:
    """
    Mean, spread and bands of one stratum (condition, pathway, instrument scale).

    Parameters
    ----------
    mean : expected score by day, baseline and covariates
    width : SD around it by day, baseline and covariates
    memory : how long deviations last
    bands : quantiles of answers around the mean, from baseline
    bands_after : the same given earlier answers, any number of visits ahead
    bands_next : the same for the very next answer
    step : 1.0 when all scores are whole numbers, else 0.0
    n : patients behind it (with pooling: own patients)
    """

    mean: MeanCourse
    width: Width
    memory: Memory
    bands: TimeBands
    bands_after: ResidualQuantiles
    bands_next: ResidualQuantiles
    step: float
    n: int

    @property
    def scale(self) -> Scale:
        return self.mean.scale

    def expected(self, day: np.ndarray, baseline: np.ndarray, x: np.ndarray, levels: np.ndarray) -> np.ndarray:
        """
        The band from baseline: what screens, tracks and every "expected 48–66" show.

        Parameters
        ----------
        day, baseline : length-n; x : n × p; levels : rising shares in 0.01–0.99

        Returns
        -------
        n × len(levels) scores, inside the scale, never falling along a row
        """
        predicted = self.mean.at(day, baseline, x)
        residual = self.bands.at(day, predicted, np.asarray(levels))
        return self.scale.clip(predicted[:, None] + self.sd(day, baseline, x)[:, None] * residual)

    def expected_after(self, courses: Courses, day: np.ndarray, levels: np.ndarray) -> np.ndarray:
        """
        The band given the answers so far: serves the prediction of a goal, never a screen's "expected".

        Parameters
        ----------
        courses : n patients' answers so far; a patient without one gets the band from baseline
        day : length-n, later than the answers

        Returns
        -------
        n × len(levels) scores, as ``expected``
        """
        predicted, sd = self.forecast(courses, day)
        residual = self.bands_after.at(predicted, np.asarray(levels))
        after = self.scale.clip(predicted[:, None] + sd[:, None] * residual)
        nothing_yet = ~courses.answered.any(axis=1)
        if nothing_yet.any():
            rest = courses[nothing_yet]
            after[nothing_yet] = self.expected(day[nothing_yet], rest.baseline, rest.x, levels)
        return after

    def forecast(self, courses: Courses, day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Length-n mean and SD in points of an answer on a later day, given the answers so far."""
        mean, sd = given_answers(self.standardised(courses), courses.day, day[:, None], self.memory)
        there = self.sd(day, courses.baseline, courses.x)
        return self.mean.at(day, courses.baseline, courses.x) + there * mean[:, 0], there * sd[:, 0]

    def standardised(self, courses: Courses) -> np.ndarray:
        """n × v residuals from the mean in SDs from baseline; NaN without an answer."""
        return self.mean.residuals(courses) / self.sd(courses.day, courses.baseline, courses.x)

    def sd(self, day: np.ndarray, baseline: np.ndarray, x: np.ndarray) -> np.ndarray:
        """SD around the mean from baseline, points, of the shape of `day`."""
        return self.width.at(day, self.scale.standardised(baseline), x)

    def share_below(self, courses: Courses, rng: np.random.Generator | None = None) -> np.ndarray:
        """n × v share of similar patients (same baseline and covariates) below each answer; ties half, or random."""
        patient, visit = np.nonzero(courses.answered)
        one = courses[patient]
        grid = self.expected(courses.day[patient, visit], one.baseline, one.x, LEVELS)
        return self._filled(courses, share_below(grid, courses.score[patient, visit], self._range, self.step, rng))

    def share_below_next(self, courses: Courses, rng: np.random.Generator | None = None) -> np.ndarray:
        """n × v share of similar patients with the same earlier answers below each answer."""
        return self.next_answers(courses, rng)[0]

    def next_answers(self, courses: Courses, rng: np.random.Generator | None = None) -> tuple[np.ndarray, np.ndarray]:
        """n × v each: share of patients with the same earlier answers below each answer, and the score expected."""
        patient, visit = np.nonzero(courses.answered)
        surprise, step_sd = surprises(self.standardised(courses), courses.day, self.memory)
        sd = (step_sd * self.sd(courses.day, courses.baseline, courses.x))[patient, visit]
        score = courses.score[patient, visit]
        predicted = score - sd * surprise[patient, visit]
        grid = self.scale.clip(predicted[:, None] + sd[:, None] * self.bands_next.at(predicted, LEVELS))
        shares = share_below(grid, score, self._range, self.step, rng)
        return self._filled(courses, shares), self._filled(courses, self.scale.clip(predicted))

    @property
    def _range(self) -> tuple[float, float]:
        return self.scale.lowest, self.scale.highest

    def _filled(self, courses: Courses, shares: np.ndarray) -> np.ndarray:
        filled = np.full(courses.score.shape, np.nan)
        filled[courses.answered] = shares
        return filled
