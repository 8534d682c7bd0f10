"""Outcomes as a screen may show them: means, intervals and shares, with small cells hidden."""

from dataclasses import dataclass
from functools import cache
from uuid import UUID

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection
from scipy import stats

from warehouse.questions.outcomes import Cut, Selection, get_outcomes_by_clinic
from warehouse.scope import ClinicScope
from warehouse.suppression import LEAST, hidden_cells, hidden_groups, is_small

DIRECTIONS = ("improved", "same", "worse")
_Z = float(stats.norm.ppf(0.975))


@dataclass(frozen=True)
class Share:
    """``part`` of ``whole`` patients, with the Wilson 95 % interval of the share, 0 to 1."""

    part: int
    whole: int
    low: float
    high: float


@dataclass(frozen=True)
class Result:
    """
    How the counted patients of one group did.

    Parameters
    ----------
    n : patients counted
    before, after, gain : means, points; ``gain_low`` to ``gain_high`` is the 95 % interval of the mean gain
    adjusted : mean of observed − predicted, recentred on the whole's gain; None where the source predicts nothing
    improved, same, worse : patients; None = hidden
    improved_at_least : what can be said where ``improved`` is hidden because the others are few; else None
    reached : by cut; None = hidden
    """

    n: int
    before: float
    after: float
    gain: float
    gain_low: float
    gain_high: float
    adjusted: float | None
    improved: int | None
    same: int | None
    worse: int | None
    improved_at_least: int | None
    reached: tuple[Share | None, ...]


@dataclass(frozen=True)
class Group:
    """
    One clinic, or all of them (``clinic_id`` None).

    ``result`` is None where nobody or fewer than ten can be compared (``is_small``), or where the clinic is hidden so
    that another one's small numbers cannot be worked out.
    """

    clinic_id: UUID | None
    code: str
    name: str
    eligible: int
    due: int
    answered: int
    matched: int | None
    predicted: int | None
    is_small: bool
    result: Result | None


@dataclass(frozen=True)
class ShownOutcomes:
    """All clinics of the scope together and each of them; ``spread`` is one patient's SD of the (adjusted) gain."""

    whole: Group
    clinics: tuple[Group, ...]
    spread: float | None


def get_shown_outcomes(
    cursor: DuckDBPyConnection, scope: ClinicScope, selection: Selection, cuts: tuple[Cut, ...] = ()
) -> ShownOutcomes:
    """
    What ``get_outcomes_by_clinic`` counts, as it may be shown.

    Hidden is what patients said where it concerns fewer than ten of them. How many were asked and answered is shown.
    """
    return shown(get_outcomes_by_clinic(cursor, scope, selection, cuts), len(cuts))


def shown(sums: pd.DataFrame, cuts: int) -> ShownOutcomes:
    """The same from the counts and sums by clinic."""
    whole = sums.drop(columns=["clinic_id", "code", "name"]).sum()
    n = sums["n"].to_numpy(np.int64)
    hidden = hidden_groups(n) if whole["n"] >= LEAST else np.ones(len(sums), bool)
    cells = _hidden_cells(sums, cuts, hidden)
    whole_cells = _hidden_cells(whole.to_frame().T, cuts, np.array([whole["n"] < LEAST]))
    groups = [
        _group(row, whole, cuts, hidden[place], cells[place]) for place, row in enumerate(sums.to_dict("records"))
    ]
    everybody = {"clinic_id": None, "code": "", "name": "All clinics", **whole}
    return ShownOutcomes(
        _group(everybody, whole, cuts, bool(whole["n"] < LEAST), whole_cells[0]), tuple(groups), _spread(whole)
    )


def _hidden_cells(sums: pd.DataFrame, cuts: int, hidden: np.ndarray) -> np.ndarray:
    """n × (3 + cuts) bool: improved, same, worse, and each cut (its share tells of those who did not reach it, too)."""
    blocks = [hidden_cells(sums[list(DIRECTIONS)].to_numpy(np.int64), hidden)]
    for place in range(cuts):
        reached = sums[f"reached_{place}"].to_numpy(np.int64)
        both = np.column_stack([reached, sums["n"].to_numpy(np.int64) - reached])
        blocks.append(hidden_cells(both, hidden).any(axis=1, keepdims=True))
    return np.hstack(blocks)


def _group(row: dict, whole: pd.Series, cuts: int, hidden: bool, cells: np.ndarray) -> Group:
    clinic_id = row["clinic_id"]
    return Group(
        clinic_id if clinic_id is None else UUID(str(clinic_id)),
        row["code"],
        row["name"],
        int(row["eligible"]),
        int(row["due"]),
        int(row["answered"]),
        None if hidden else int(row["matched"]),
        None if hidden else int(row["predicted"]),
        bool(is_small(row["n"])),
        None if hidden or not row["n"] else _result(row, whole, cuts, cells),
    )


def _result(row: dict, whole: pd.Series, cuts: int, cells: np.ndarray) -> Result:
    n = int(row["n"])
    gain = row["gain"] / n
    margin = _margin(row["gain"], row["gain_squared"], n)
    directions = [None if cells[place] else int(row[name]) for place, name in enumerate(DIRECTIONS)]
    reached = tuple(
        None if cells[len(DIRECTIONS) + place] else share(int(row[f"reached_{place}"]), n) for place in range(cuts)
    )
    return Result(
        n, float(row["before"] / n), float(row["after"] / n), float(gain), float(gain - margin), float(gain + margin),
        _adjusted(row, whole), *directions, _at_least(n, int(row["improved"]), cells[0]), reached,
    )  # fmt: skip


def _at_least(n: int, improved: int, is_hidden: bool) -> int | None:
    """All but nine: that the others are few may be said, how few not."""
    least = n - LEAST + 1
    return least if is_hidden and improved >= least >= LEAST else None


def _margin(total: float, squares: float, n: int) -> float:
    """Half the 95 % interval of a mean (Student's t)."""
    return _t_quantile(n - 1) * _deviation(total, squares, n) / n**0.5 if n > 1 else float("nan")


@cache
def _t_quantile(freedom: int) -> float:
    """97.5 % point of Student's t; asked for each of hundreds of clinics on every page."""
    return float(stats.t.ppf(0.975, freedom))


def _deviation(total: float, squares: float, n: int) -> float:
    return float(max(squares - total * total / n, 0.0) / (n - 1)) ** 0.5


def _adjusted(row: dict, whole: pd.Series) -> float | None:
    """
    NHS England's case-mix-adjusted health gain: mean (observed − predicted), less the whole's, plus the whole's gain.

    Source: NHS Digital, A guide to PROMs methodology, version 12, 2017.
    """
    if not row["predicted"]:
        return None
    centre = whole["gain"] / whole["n"] - whole["residual"] / whole["predicted"]
    return float(row["residual"] / row["predicted"] + centre)


def _spread(whole: pd.Series) -> float | None:
    if whole["predicted"] > 1:
        return _deviation(whole["residual"], whole["residual_squared"], whole["predicted"])
    return _deviation(whole["gain"], whole["gain_squared"], whole["n"]) if whole["n"] > 1 else None


def share(part: int, whole: int) -> Share:
    """A share with its Wilson 95 % interval (Wilson 1927, doi 10.1080/01621459.1927.10502953)."""
    squared = _Z * _Z
    centre = (part + squared / 2) / (whole + squared)
    margin = _Z / (whole + squared) * (part * (whole - part) / whole + squared / 4) ** 0.5
    return Share(part, whole, max(0.0, centre - margin), min(1.0, centre + margin))
