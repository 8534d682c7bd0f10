"""
Managers' outcomes, by clinic: how many could be compared, how they changed, how many reached a threshold.

These are the true numbers. A screen asks ``warehouse.questions.outcomes_shown``, which hides small cells.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pandas as pd
from duckdb import DuckDBPyConnection

from warehouse.one_row import one_row
from warehouse.questions.outcomes_sql import sql_for_choices, sql_for_clinics, sql_for_courses
from warehouse.scope import ClinicScope, clinic_list


@dataclass(frozen=True)
class Selection:
    """
    Which patients, which score, which follow-up.

    Parameters
    ----------
    instrument, scale : ``key@version`` and the scale's name
    higher_is_better : the scale's direction
    day : the scheduled follow-up, days after the index date
    first, last : index dates, both included; None = open
    only_predicted : count only patients for whom the source brings a prediction, as a registry does
    """

    condition: str
    stratum: str
    index_kind: str
    instrument: str
    scale: str
    higher_is_better: bool
    day: int
    first: date | None = None
    last: date | None = None
    only_predicted: bool = False


@dataclass(frozen=True)
class Cut:
    """A threshold to count by: a change for the better of ``value``, or (PASS) a state as good as it."""

    kind: str
    value: float
    unit: str = "points"  # or "percent" of the baseline


def get_outcomes_by_clinic(
    cursor: DuckDBPyConnection, scope: ClinicScope, selection: Selection, cuts: tuple[Cut, ...] = ()
) -> pd.DataFrame:
    """
    Counts and sums by clinic; everything else on the page is arithmetic on these.

    Returns
    -------
    DataFrame, one row per clinic with an eligible patient, by code
        clinic_id, code, name
        eligible : episodes of the selection
        due : … whose follow-up has been asked for and fallen due
        answered : … with an answer near that day
        matched : … with a score before and after
        predicted : … for whom the source also brings a prediction
        n : those the rest counts: ``matched``, or ``predicted`` where the selection says so
        before, after, gain, gain_squared, residual, residual_squared : sums, points; residual = after − predicted
        improved, same, worse : by any change in the scale's better direction
        reached_0 … : patients who reached each cut
    """
    parameters = {
        **_chosen(scope, selection),
        "day": selection.day,
        "prediction": _prediction(selection.instrument, selection.scale),
        "only_predicted": selection.only_predicted,
        "sign": 1.0 if selection.higher_is_better else -1.0,
        **{f"cut_{place}": cut.value for place, cut in enumerate(cuts)},
    }
    return cursor.execute(sql_for_clinics(cuts), parameters).df()


def get_mean_courses(
    cursor: DuckDBPyConnection,
    scope: ClinicScope,
    selection: Selection,
    days: tuple[int, ...],
    clinics: tuple[UUID, ...],
) -> pd.DataFrame:
    """
    Mean score by scheduled day, of patients with a baseline: everybody (clinic_id null) and each of ``clinics``.

    Returns one row per clinic and day: clinic_id, day, n, mean, sd. Day 0 stands for the baseline.
    """
    parameters = {
        **_chosen(scope, selection),
        "days": sorted(days),
        "shown_clinics": sorted(map(str, clinics)),
    }
    return cursor.execute(sql_for_courses(), parameters).df()


def get_choices(cursor: DuckDBPyConnection, scope: ClinicScope) -> pd.DataFrame:
    """
    What can be selected: one row per condition, stratum, index kind, instrument, follow-up day and year of index.

    Columns also: asked (assignments), coarseness (of the index dates: 1 known to the day, 2 month, 3 year).
    """
    return cursor.execute(sql_for_choices(), {"clinics": clinic_list(scope)}).df()


def has_predictions(cursor: DuckDBPyConnection, scope: ClinicScope, instrument: str, scale: str) -> bool:
    """Whether a source of the lake predicts this score, as a registry with a case-mix model does."""
    name = _prediction(instrument, scale)
    return bool(one_row(cursor, "SELECT EXISTS (FROM lake.covariate WHERE name = ?)", [name])[0])


def _chosen(scope: ClinicScope, selection: Selection) -> dict:
    """What every question about a selection binds."""
    return {
        "clinics": clinic_list(scope),
        "condition": selection.condition,
        "stratum": selection.stratum,
        "index_kind": selection.index_kind,
        "first": selection.first,
        "last": selection.last,
        "instrument": selection.instrument,
        "scale": selection.scale,
    }


def _prediction(instrument: str, scale: str) -> str:
    return f"predicted:{instrument.partition('@')[0]}.{scale}"
