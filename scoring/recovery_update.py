"""What the answers so far say about the next ones: the conditional normal, for many patients at once."""

import numpy as np

from scoring.recovery_covariance import SMALLEST_NOISE, Memory

ROWS_AT_ONCE = 20_000  # v × v matrices of 12 visits: 23 MB


def surprises(standardised: np.ndarray, day: np.ndarray, memory: Memory) -> tuple[np.ndarray, np.ndarray]:
    """
    Each answer against what the answers before it let expect.

    Parameters
    ----------
    standardised : n × v (score − mean) / SD; NaN without an answer
    day : n × v

    Returns
    -------
    (surprise, sd), n × v each: the one-step-ahead residual in its own SDs, NaN without an answer, and that SD in units
    of the SD from baseline: 1 before the first answer, less after each

    Notes
    -----
    With C = LL' the correlation of a patient's answers in time order, L⁻¹e are the one-step residuals and diag L their
    SDs: one Cholesky factor per patient holds every step.
    """
    surprise, sd = np.full(standardised.shape, np.nan), np.full(standardised.shape, np.nan)
    for start in range(0, len(standardised), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        known = ~np.isnan(standardised[rows])
        factor = np.linalg.cholesky(correlations(day[rows], known, memory))
        steps = np.linalg.solve(factor, np.where(known, standardised[rows], 0.0)[..., None])[..., 0]
        surprise[rows] = np.where(known, steps, np.nan)
        sd[rows] = np.where(known, np.diagonal(factor, axis1=1, axis2=2), np.nan)
    return surprise, sd


def correlations(day: np.ndarray, known: np.ndarray, memory: Memory) -> np.ndarray:
    """n × v × v correlation of the answers; an unanswered visit is independent of everything."""
    both = known[:, :, None] & known[:, None, :]
    matrix = np.where(both, memory.covariance(day, day), 0.0)
    visits = np.arange(day.shape[1])
    matrix[:, visits, visits] = np.maximum(1.0, matrix[:, visits, visits] + SMALLEST_NOISE)
    return matrix


def given_answers(
    standardised: np.ndarray, day: np.ndarray, later: np.ndarray, memory: Memory
) -> tuple[np.ndarray, np.ndarray]:
    """
    The conditional normal of later answers.

    Parameters
    ----------
    standardised, day : n × v as in ``surprises``
    later : n × w days to expect an answer on

    Returns
    -------
    (mean, sd), n × w each, in units of the SD from baseline; (0, 1) without any answer
    """
    mean, sd = np.empty(later.shape), np.empty(later.shape)
    for start in range(0, len(later), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        known = ~np.isnan(standardised[rows])
        across = np.where(known[:, None, :], memory.covariance(later[rows], day[rows]), 0.0)
        weights = np.linalg.solve(correlations(day[rows], known, memory), np.swapaxes(across, 1, 2))
        mean[rows] = np.einsum("nvw,nv->nw", weights, np.where(known, standardised[rows], 0.0))
        sd[rows] = np.sqrt(np.maximum(1.0 - np.einsum("nwv,nvw->nw", across, weights), SMALLEST_NOISE))
    return mean, sd
