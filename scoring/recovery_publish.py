"""The numbers of a cell as they leave a tenant: sums that add up, each of 20 patients or more, none told apart."""

import numpy as np
from scipy.special import ndtr

from scoring.recovery_answers_told import FEWEST, groups_of_enough, patients_in, shared_days
from scoring.recovery_cells import CellRows
from scoring.recovery_histogram import RESIDUAL_EDGES

Cells = dict[str, np.ndarray]  # by the cell's name its numbers, the first of them the patients behind it

COLUMNS = 24  # of half an SD: a histogram that leaves is coarse, and not split by prediction
FINE = (len(RESIDUAL_EDGES) - 1) // COLUMNS
HISTOGRAMS = ("together", "following", "after")


def told(name: str, rows: CellRows) -> np.ndarray:
    """
    The numbers of one cell; zeros where fewer than 20 patients are behind it.

    Returns
    -------
    The number of patients, and then
        stretch : Σ vv', Σ a vv', Σ a² vv' with v = (1, z, x, y) and a, how far through the stretch; Σ e², Σ a e²;
            Σ v|e| in SDs
        lag, knots : sum over pairs of answers, number of pairs
        together, following, after : 24 columns of half an SD; each patient counts as one, however many the answers
    """
    kind = name.split()[0]
    patients = len(np.unique(rows.patient))
    if patients < FEWEST:
        rows, patients = rows.of(np.zeros(0)), 0
    if kind == "patients":
        return np.array([patients], float)
    if kind == "stretch":
        return np.append(patients, stretch_numbers(rows))
    if kind in HISTOGRAMS:
        return np.append(patients, columns_of(rows))
    return np.array([patients, rows.numbers.sum(), len(rows.numbers)], float)


def stretch_numbers(rows: CellRows) -> np.ndarray:
    """Moments and residuals of the answers of a stretch, on shared days and without covariates that single out."""
    through, squared, absolute = rows.numbers[:, :3].T
    v = rows.numbers[:, 3:].copy()
    v[:, 2:-1] *= covariates_told(v[:, 2:-1], rows.patient)
    a = shared_days(through, rows.patient)
    weights = np.stack([np.ones(len(a)), a, a**2])
    moments = np.einsum("km,mi,mj->kij", weights, v, v)
    return np.concatenate([moments.ravel(), weights[:2] @ squared, absolute @ v[:, :-1]])


def covariates_told(x: np.ndarray, patient: np.ndarray) -> np.ndarray:
    """
    Length-p 1.0 or 0.0: what of m × p covariates is told; the rest is as unknown, 0.

    A covariate is told where 20 patients have another value than the most common one, and 20 or nobody have both it
    and another: else one would read off the sums what three smokers answered, however many do not smoke.
    """
    kept = np.array([_off_most_common(column, patient) >= FEWEST for column in x.T], bool)
    for i, j in zip(*np.triu_indices(x.shape[1], 1), strict=True):
        if kept[i] and kept[j] and 0 < patients_in(patient, x[:, i] * x[:, j] != 0) < FEWEST:
            kept[i if patients_in(patient, x[:, i] != 0) < patients_in(patient, x[:, j] != 0) else j] = False
    return kept.astype(float)


def _off_most_common(column: np.ndarray, patient: np.ndarray) -> int:
    """How many patients have another value than the one that most have."""
    if not len(column):
        return 0
    held = np.unique(np.column_stack([column, patient]), axis=0)
    values, counts = np.unique(held[:, 0], return_counts=True)
    return patients_in(patient, column != values[counts.argmax()])


def columns_of(rows: CellRows) -> np.ndarray:
    """24 columns from −6 to 6 SD; neighbours are merged until 20 patients are in each group, spread as a normal."""
    inside = np.clip(rows.numbers[:, 0], RESIDUAL_EDGES[0], RESIDUAL_EDGES[-1]) if len(rows.numbers) else np.zeros(0)
    column = np.clip(np.searchsorted(RESIDUAL_EDGES[::FINE], inside, side="right") - 1, 0, COLUMNS - 1)
    _, place, answers = np.unique(rows.patient, return_inverse=True, return_counts=True)
    weight = np.bincount(column, 1.0 / answers[place], COLUMNS)
    shape = np.diff(ndtr(RESIDUAL_EDGES[::FINE]))
    spread = np.zeros(COLUMNS)
    for group in groups_of_enough([set(rows.patient[column == number]) for number in range(COLUMNS)]):
        spread[group] = weight[group].sum() * shape[group] / shape[group].sum()
    return spread
