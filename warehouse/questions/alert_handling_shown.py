"""How alerts are handled, as a screen may show it: counted by clinic, rule and week, small cells hidden."""

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection
from scipy.stats import binom, chi2

from warehouse.questions.alert_handling import get_alerts
from warehouse.questions.outcomes_shown import Share, share
from warehouse.scope import ClinicScope
from warehouse.suppression import LEAST, hidden_cells, hidden_groups, is_small

ACTIONS = ("called", "messaged", "plan_changed")


@dataclass(frozen=True)
class Hours:
    """A percentile of the time to the first action, and its 95 % interval; infinite = not within the time so far."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Rate:
    """Events per unit of exposure, its exact 95 % Poisson interval (Garwood 1936, doi 10.1093/biomet/28.3-4.437)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Handling:
    """
    What became of a group's alerts.

    Parameters
    ----------
    alerts, patients, closed, past_due, escalated : counts; closed = resolved with an outcome
    acted, wrong : of the closed ones, those with a call, message or changed plan; those called a wrong flag. None
        under ten closed
    median, ninety : hours to the first action of all alerts, those nobody has touched counted as longer
    """

    alerts: int
    patients: int
    closed: int
    past_due: int
    escalated: int
    acted: Share | None
    wrong: Share | None
    median: Hours
    ninety: Hours


@dataclass(frozen=True)
class ShownHandling:
    """
    Parameters
    ----------
    whole : None under ten patients: then nothing else is shown
    clinics, rules : name → None where it is hidden, or could be worked out from the others
    weeks : Monday → alerts raised, None where hidden
    providers : people who did something to an alert
    per_provider_week : alerts raised per such person and week; None without any
    """

    whole: Handling | None
    clinics: dict[str, Handling | None]
    rules: dict[str, Handling | None]
    weeks: dict[date, int | None]
    providers: int
    per_provider_week: Rate | None


def get_shown_handling(
    cursor: DuckDBPyConnection, scope: ClinicScope, since: datetime, as_of: datetime, clinic: str | None = None
) -> ShownHandling:
    """Of the alerts raised from ``since`` to ``as_of``; ``clinic`` narrows the rules and weeks to one that is shown."""
    return shown_handling(get_alerts(cursor, scope, since, as_of), (as_of - since).days / 7, clinic)


def shown_handling(alerts: pd.DataFrame, weeks: float, clinic: str | None = None) -> ShownHandling:
    """The same from the alerts' rows; ``weeks``: length of the period."""
    patients = alerts["episode_id"].nunique()
    if not patients or is_small(patients):
        return ShownHandling(None, {}, {}, {}, 0, None)
    clinics = _groups(alerts, "clinic", _hidden(alerts, "clinic"))
    chosen, rules_hidden, weeks_hidden = alerts, _hidden(alerts, "rule"), _hidden(alerts, "week")
    if clinic is not None:
        if clinics.get(clinic) is None:
            return ShownHandling(None, clinics, {}, {}, 0, None)
        chosen = alerts[alerts["clinic"] == clinic]
        rules_hidden, weeks_hidden = (_hidden_within(alerts, clinic, by) for by in ("rule", "week"))
    people = len({each for several in chosen["people"] for each in several})
    return ShownHandling(
        whole=handling(chosen),
        clinics=clinics,
        rules=_groups(chosen, "rule", rules_hidden),
        weeks={
            week.date(): None if week in weeks_hidden else len(rows) for week, rows in chosen.groupby("week", sort=True)
        },
        providers=people,
        per_provider_week=rate(len(chosen), people * weeks) if people else None,
    )


def handling(alerts: pd.DataFrame) -> Handling:
    """Counts of one group's rows, of ``get_alerts``."""
    closed = alerts[alerts["state"] == "resolved"]
    hours = np.sort(alerts["hours"].to_numpy(float))
    return Handling(
        alerts=len(alerts),
        patients=alerts["episode_id"].nunique(),
        closed=len(closed),
        past_due=int(alerts["is_past_due"].sum()),
        escalated=int(alerts["is_escalated"].sum()),
        acted=_share(closed["outcome"].isin(ACTIONS)),
        wrong=_share(closed["outcome"] == "wrong_flag"),
        median=hours_at(hours, 0.5),
        ninety=hours_at(hours, 0.9),
    )


def hours_at(hours: np.ndarray, part: float) -> Hours:
    """The smallest time by which ``part`` of the sorted hours have passed, with its order-statistic interval."""
    n = len(hours)
    low, high = int(binom.ppf(0.025, n, part)), int(binom.ppf(0.975, n, part)) + 1
    at = hours[int(np.ceil(part * n)) - 1]
    return Hours(float(at), float(hours[max(low, 1) - 1]), float(hours[high - 1]) if high <= n else float("inf"))


def rate(events: int, exposure: float) -> Rate:
    """Events per unit of ``exposure`` (greater than 0)."""
    low = chi2.ppf(0.025, 2 * events) / 2 if events else 0.0
    return Rate(events / exposure, low / exposure, chi2.ppf(0.975, 2 * events + 2) / 2 / exposure)


def _share(holds: pd.Series) -> Share | None:
    return share(int(holds.sum()), len(holds)) if len(holds) >= LEAST else None


def _groups(alerts: pd.DataFrame, by: str, hidden: set) -> dict[str, Handling | None]:
    return {name: None if name in hidden else handling(rows) for name, rows in alerts.groupby(by, sort=True)}


def _hidden(alerts: pd.DataFrame, by: str) -> set:
    sizes = alerts.groupby(by, sort=True)["episode_id"].nunique()
    return set(sizes.index[hidden_groups(sizes.to_numpy())])


def _hidden_within(alerts: pd.DataFrame, clinic: str, by: str) -> set:
    """Which groups of one clinic are hidden, so that no total of clinics or groups gives one away."""
    table = alerts.pivot_table(index="clinic", columns=by, values="episode_id", aggfunc="nunique", fill_value=0)
    rows = table.index.isin(_hidden(alerts, "clinic"))
    hidden = hidden_cells(table.to_numpy(int), rows)
    return set(table.columns[hidden[table.index.get_loc(clinic)]])
