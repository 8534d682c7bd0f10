"""The sums of a stratum as they leave a tenant: plain numbers that add up, no cell of fewer than 20 patients."""

import numpy as np
from scipy.stats import norm

from scoring.errors import ScoringError
from scoring.recovery_basis import Scale, segment_of
from scoring.recovery_courses import Courses
from scoring.recovery_covariance import LAG_EDGES, LagSums
from scoring.recovery_histogram import PREDICTED_CELLS, RESIDUAL_EDGES, ResidualCounts
from scoring.recovery_moments import Moments
from scoring.recovery_sums import CurveSums, ResidualSums
from scoring.recovery_width import WidthSums

FEWEST = 20
COLUMNS = 24  # of half an SD: a histogram that leaves is coarse, and not split by prediction
FINE = (len(RESIDUAL_EDGES) - 1) // COLUMNS


def published(sums: CurveSums, courses: Courses, scale: Scale) -> np.ndarray:
    """
    The numbers of one tenant, see ``shapes`` for their order.

    A stretch between two knots, a lag, a pair of knots or a column of a histogram behind which fewer than 20 patients
    (answers, in a histogram's columns) stand is left out, and out of every total that would tell it by subtraction.

    Parameters
    ----------
    sums : of the tenant's own patients
    courses : those patients
    """
    kept = patients_by_stretch(courses, scale) >= FEWEST
    moments = np.where(kept[:, None, None, None], sums.moments.sums, 0.0)
    weights = knot_weights(moments)
    width, whole = sums.residuals.width, np.maximum(sums.residuals.width.by_knot[0], 1e-9)
    squares = moments[:, 0, :-1, :-1].sum(axis=0)
    share = squares[0, 0] / max(width.squares[0, 0], 1e-9)
    pairs = sums.residuals.lags.sums[2] >= FEWEST
    knots = sums.residuals.knots[1] >= FEWEST
    enough = (courses.answered.sum(axis=1) >= 2).sum() >= FEWEST
    together = sum(sums.residuals.by_knot[1:], sums.residuals.by_knot[0])
    histograms = (together, sums.residuals.after, sums.residuals.following)
    parts = [
        [sums.patients], moments, weights, width.by_knot[1] * weights / whole, squares, width.absolute * share,
        np.where(pairs & enough, sums.residuals.lags.sums, 0.0), np.where(knots & enough, sums.residuals.knots, 0.0),
        *(coarse(counts.counts.sum(axis=0)) for counts in histograms),
    ]  # fmt: skip
    return np.concatenate([np.ravel(part) for part in parts])


def received(numbers: np.ndarray, scale: Scale, covariates: int) -> CurveSums:
    """Sums again, from the numbers of several tenants added up; a ScoringError when they are not of this method."""
    wanted = shapes(scale, covariates)
    sizes = [int(np.prod(shape)) for shape in wanted]
    if len(numbers) != sum(sizes):
        raise ScoringError(f"The network sent {len(numbers)} numbers of a stratum, expected {sum(sizes)}.")
    parts = np.split(np.asarray(numbers, float), np.cumsum(sizes)[:-1])
    ready = [part.reshape(shape) for part, shape in zip(parts, wanted, strict=True)]
    (patients,), moments, weights, squared, squares, absolute, lags, knots, *histograms = ready
    together, after, following = (fine(counts, scale, patients) for counts in histograms)
    k = len(scale.knots)
    width = WidthSums(np.stack([weights, squared]), squares, absolute)
    near = tuple(together * (1 / k) for _ in range(k))
    return CurveSums(
        Moments(moments, np.array(patients)), ResidualSums(width, LagSums(lags), knots, near, after, following)
    )


def shapes(scale: Scale, covariates: int) -> list[tuple[int, ...]]:
    """Patients, moments, knot weights, squared residuals, v v', v|e|, lags, pairs of knots, three histograms."""
    k, q = len(scale.knots), 3 + covariates
    return [
        (1,), (k - 1, 3, q, q), (k,), (k,), (q - 1, q - 1), (q - 1,), (3, len(LAG_EDGES) - 1), (2, k, k),
        (COLUMNS,), (COLUMNS,), (COLUMNS,),
    ]  # fmt: skip


def patients_by_stretch(courses: Courses, scale: Scale) -> np.ndarray:
    """Number of patients with an answer in each stretch between two knots."""
    patient, visit = np.nonzero(courses.answered)
    segment, _ = segment_of(courses.day[patient, visit], scale.knots)
    seen = np.zeros((len(courses), len(scale.knots) - 1), bool)
    seen[patient, segment] = True
    return seen.sum(axis=0)


def knot_weights(moments: np.ndarray) -> np.ndarray:
    """Length-K hat weights of the visits behind the moments: of each stretch to its two knots."""
    through = moments[:, 1, 0, 0]
    before = np.append(moments[:, 0, 0, 0] - through, 0.0)
    return before + np.append(0.0, through)


def coarse(counts: np.ndarray) -> np.ndarray:
    """24 columns of 240; from both ends inwards columns are merged until each group holds 20, spread as a normal."""
    columns = counts.reshape(COLUMNS, FINE).sum(axis=1)
    shape = np.diff(norm.cdf(RESIDUAL_EDGES[::FINE]))
    spread = np.zeros(COLUMNS)
    for group in groups_of_enough(columns):
        spread[group] = columns[group].sum() * shape[group] / shape[group].sum()
    return spread


def groups_of_enough(columns: np.ndarray) -> list[np.ndarray]:
    """Neighbouring columns together, each group 20 or more; none when all together are fewer."""
    if columns.sum() < FEWEST:
        return []
    groups, open_group = [], []
    for column in range(len(columns)):
        open_group.append(column)
        if columns[open_group].sum() >= FEWEST:
            groups.append(open_group)
            open_group = []
    groups[-1] += open_group
    return [np.array(group) for group in groups]


def fine(columns: np.ndarray, scale: Scale, patients: float) -> ResidualCounts:
    """Counts by 160 predictions and 240 residuals, the same at every prediction."""
    shape = np.repeat(columns / FINE, FINE)
    cells = np.full(PREDICTED_CELLS, 1 / PREDICTED_CELLS)
    centres = scale.lowest + (np.arange(PREDICTED_CELLS) + 0.5) / PREDICTED_CELLS * (scale.highest - scale.lowest)
    return ResidualCounts(
        scale.lowest, scale.highest, cells[:, None] * shape, cells * shape.sum() * centres, float(patients)
    )
