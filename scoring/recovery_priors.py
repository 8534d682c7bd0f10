"""Published courses as priors, read from data/recovery/priors.toml and refused by name when wrong."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from scoring.errors import ScoringError
from scoring.recovery_basis import Scale
from scoring.recovery_covariance import LAG_EDGES, PRIOR_KERNEL, LagSums
from scoring.recovery_fit import Prior
from scoring.recovery_histogram import PREDICTED_CELLS, RESIDUAL_EDGES, ResidualCounts
from scoring.recovery_mean import wide_precision
from scoring.recovery_sums import ResidualSums
from scoring.recovery_trust import STATUSES, Trust
from scoring.recovery_width import WidthSums
from scoring.tables import read_tables


@dataclass(frozen=True)
class PublishedCourse:
    """
    Means and SDs of one instrument scale by day, with their source.

    Parameters
    ----------
    key : (condition, index_kind, instrument, scale)
    status : measured, seen or background; a background course is labelled "unverified" on screen
    days, means, sds : one entry per published follow-up, days rising, the first at baseline (day 0)
    correlation : of a follow-up with the baseline
    source : citation
    """

    key: tuple[str, str, str, str]
    status: str
    days: np.ndarray
    means: np.ndarray
    sds: np.ndarray
    correlation: float
    source: str


def parse_priors(text: str) -> dict[tuple[str, str, str, str], PublishedCourse]:
    """Read all published courses from TOML text; a ScoringError names the course and what is wrong with it."""
    courses = [published_course(entry) for entry in read_tables(text, "Published courses").get("course", [])]
    return {course.key: course for course in courses}


def published_course(entry: dict) -> PublishedCourse:
    name = f"Published course of {entry.get('instrument', '?')}"
    for field in ("condition", "index_kind", "instrument", "scale", "source", "points", "correlation"):
        if field not in entry:
            raise ScoringError(f"{name} has no '{field}'.")
    if entry.get("status") not in STATUSES:
        raise ScoringError(f"{name}: status is {entry.get('status')!r}; it must be one of {', '.join(STATUSES)}.")
    days, means, sds = np.array(entry["points"], float).T
    if days[0] != 0 or (np.diff(days) <= 0).any() or (sds <= 0).any():
        raise ScoringError(f"{name}: points are [day, mean, sd] with rising days from 0 and SDs above 0.")
    key = tuple(entry[field] for field in ("condition", "index_kind", "instrument", "scale"))
    return PublishedCourse(key, entry["status"], days, means, sds, float(entry["correlation"]), entry["source"])


def literature_prior(course: PublishedCourse, scale: Scale, trust: Trust, covariates: int = 0) -> Prior:
    """
    What a published course lets expect before any patient: its mean distrusted, its SD widened.

    The slope on the baseline falls from 1 : 1 at day 0 to what the published correlation gives, reached by the first
    follow-up; covariates have no effect yet.
    """
    k, knots = len(scale.knots), np.asarray(scale.knots, float)
    mean, sd = np.interp(knots, course.days, course.means), np.interp(knots, course.days, course.sds)
    follow_up = np.interp(knots, [0.0, course.days[1]], [0.0, 1.0])
    slope = (1 - follow_up) * scale.spread + follow_up * course.correlation * sd
    start = (scale.centre - course.means[0]) * slope / course.sds[0]  # the published patients' mean is not our z = 0
    known = trust.published[course.status]
    around = sd * np.sqrt(1 - course.correlation**2) * known.sd_times
    coefficients = np.concatenate([mean + start, slope, np.zeros(2 * covariates)])
    precision = wide_precision(scale, covariates)
    level = (known.level * (scale.highest - scale.lowest)) ** 2
    precision[:k, :k] += np.linalg.inv(level * (0.8 + 0.2 * np.eye(k)))  # the knots are mostly wrong together
    residuals = normal_residuals(scale, around, covariates, trust.published_patients)
    return Prior(coefficients, precision, residuals, float(around.mean()))


def normal_residuals(scale: Scale, sd: np.ndarray, covariates: int, worth: float) -> ResidualSums:
    """Sums as if `worth` patients had been seen, normal around the mean, with the prior memory."""
    k = len(scale.knots)
    shape = np.diff(ndtr(RESIDUAL_EDGES))
    centres = scale.lowest + (np.arange(PREDICTED_CELLS) + 0.5) / PREDICTED_CELLS * (scale.highest - scale.lowest)
    cells = np.full(PREDICTED_CELLS, worth / PREDICTED_CELLS)
    counts = ResidualCounts(scale.lowest, scale.highest, cells[:, None] * shape, cells * centres, worth)
    lag = 0.5 * (LAG_EDGES[1:] + LAG_EDGES[:-1])
    pairs = np.full(len(lag), 1.0)
    lags = LagSums(np.stack([PRIOR_KERNEL.between(lag, 0.0), lag, pairs]))
    q = 2 + covariates
    width = WidthSums(np.stack([np.full(k, worth / k), worth / k * sd**2]), np.zeros((q, q)), np.zeros(q))
    return ResidualSums(width, lags, np.zeros((2, k, k)), tuple(counts * (1 / k) for _ in range(k)), counts, counts)
