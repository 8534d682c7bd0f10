"""Watching the curves: which of them have drifted, what puts each right, and why it was fitted."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np
from duckdb import DuckDBPyConnection

from etl.fitting import trust
from etl.strata import Stratum
from scoring.monitoring import randomised_pit
from scoring.monitoring_correction import Correction, bounded, corrected, learn_correction
from scoring.monitoring_drift import drift
from scoring.recovery_stratum import StratumCurve
from warehouse.one_row import one_row
from warehouse.questions.judged_answers import get_judged_answers
from warehouse.watch_rules import monitoring_rules

OF_STRATUM = f"({', '.join(Stratum._fields)}) = ({', '.join('?' * len(Stratum._fields))})"


class Why(StrEnum):
    """Why a curve was fitted."""

    FIRST = "first"
    LEARNED = "learned"  # closed episodes have come or changed
    DRIFT = "drift"
    ASKED = "asked"  # by a manager


@dataclass(frozen=True)
class LastFit:
    """The newest fit of a stratum, and how many patients were behind the one its drift is counted from."""

    n: int
    counted_n: int
    correction: Correction


class _Everybody:
    clinics = None


def drifted(connection: DuckDBPyConnection) -> dict[Stratum, np.ndarray]:
    """
    Of every curve that has drifted, the PIT of the answers that say so.

    Only answers of episodes in care, judged for the first time since the fit that the count began with: no fit has
    seen them.
    """
    rules = monitoring_rules()
    answers = get_judged_answers(connection, _Everybody())
    answers = answers[answers["counts"]]
    found = {}
    for key, mine in answers.groupby(list(Stratum._fields), sort=True):
        pit = randomised_pit(*(mine[name].to_numpy(float) for name in ("below", "equal", "chance")))
        if len(pit) >= rules.answers and drift(pit, mine["episode_id"].to_numpy(), rules).alarm:
            found[Stratum(*key)] = pit
    return found


def may_refit_for_drift(connection: DuckDBPyConnection, as_of: datetime) -> bool:
    """Whether the last fit that a drift caused lies long enough back."""
    (last,) = one_row(connection, "SELECT max(fitted_at) FROM lake.curve_fit WHERE why = ?", [Why.DRIFT])
    return last is None or last <= as_of - timedelta(days=monitoring_rules().days_between)


def reason_to_fit(why: Why | None, is_first: bool, has_news: bool, has_drifted: bool) -> Why | None:
    """
    Why a stratum is fitted in this run, None = it is not.

    ``why``: what the run was started for. A manager's wish fits every curve, a drift those that have drifted.
    """
    if why is Why.ASKED or (why is Why.DRIFT and has_drifted):
        return why
    return Why.FIRST if is_first else Why.LEARNED if has_news else None


def put_right(
    connection: DuckDBPyConnection,
    stratum: Stratum,
    curve: StratumCurve | None,
    patients: int,
    why: Why,
    drift_pit: np.ndarray | None,
    stamp: tuple[datetime, int],
) -> StratumCurve | None:
    """
    The curve as it will judge, corrected where it had drifted; and the row that says why it was fitted.

    A correction stands until the episodes since have taken their place among those fitted: it fades as they grow.
    ``drift_pit``: of a curve found by ``drifted``, else None. ``stamp``: instant, snapshot.
    """
    rules = monitoring_rules()
    last = _last_fit(connection, stratum)
    correction = Correction() if last is None else _faded(last.correction, last.n, patients)
    if drift_pit is not None:
        correction = bounded(correction.then(learn_correction(drift_pit, rules)), rules)
    counts = last is None or drift_pit is not None or patients >= (1 + rules.growth) * max(last.counted_n, 1)
    answers = 0 if drift_pit is None else len(drift_pit)
    row = [patients, why, counts, correction.shift, correction.spread, answers, *stamp]
    connection.execute(
        f"INSERT INTO lake.curve_fit ({', '.join(Stratum._fields)}, "
        "n, why, counts, shift, spread, answers, fitted_at, snapshot) "
        f"VALUES ({', '.join('?' * (len(stratum) + len(row)))})",
        [*stratum, *row],
    )
    if curve is None or correction == Correction():
        return curve
    return replace(curve, curve=corrected(curve.curve, correction))


def as_corrected(connection: DuckDBPyConnection, stratum: Stratum, curve: StratumCurve | None) -> StratumCurve | None:
    """A pathway's curve with the correction that stands for its stratum, after ``put_right``."""
    last = _last_fit(connection, stratum)
    if curve is None or last is None or last.correction == Correction():
        return curve
    return replace(curve, curve=corrected(curve.curve, last.correction))


def _last_fit(connection: DuckDBPyConnection, stratum: Stratum) -> LastFit | None:
    row = one_row(
        connection,
        f"""
        SELECT arg_max(n, snapshot), arg_max(n, snapshot) FILTER (counts), arg_max(shift, snapshot),
               arg_max(spread, snapshot)
        FROM lake.curve_fit
        WHERE {OF_STRATUM}
        """,
        list(stratum),
    )
    return None if row[0] is None else LastFit(row[0], row[1], Correction(row[2], row[3]))


def _faded(correction: Correction, before: int, now: int) -> Correction:
    """What is left of a correction when new episodes have joined those it was made on top of."""
    published = trust().published_patients
    left = min((before + published) / (now + published), 1.0)
    return Correction(correction.shift * left, correction.spread**left)
