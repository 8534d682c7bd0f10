"""
Replaying a tenant's last days under other settings: what would have been flagged, day by day.

Each midnight the run's own query asks what was known (``ask_courses``), and the run's own rule judges it; only the
sentences are left out. The days are asked one by one and judged together: a day alone costs more than its courses.
The curve is today's. Courses that ended in these days helped to fit it; those still going on did not.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pandas as pd
from sqlalchemy import update

from care.database import app_session
from care.errors import CareError
from care.models import Replay
from care.status import ReplayState
from etl.carry import sql
from etl.errors import EtlError
from etl.judge import ask_courses, with_expected
from etl.replay_lake import LONG_AGO, ReplayLake, begin_anew, local_date, replay_lake, take_to
from etl.rules import rules_as_chosen
from scoring.errors import ScoringError
from scoring.track import raised
from scoring.track_rules import TrackRules
from warehouse.errors import WarehouseError

DAYS = 90
FLAG = ["episode_id", "rule", "trigger", "moment"]
Chosen = Mapping[str, float]
OnDay = Callable[[int, int], None]
OURS = (EtlError, WarehouseError, ScoringError, CareError)
log = logging.getLogger(__name__)


class Interrupted(Exception):
    """The worker is being stopped; the row stays as it is and the replay begins anew."""


def replay(tenant_id: UUID, replay_id: UUID, days: int = DAYS, must_stop: Callable[[], bool] = lambda: False) -> None:
    """
    Do what a row of ``replay`` asks for and write the result into it; one that was interrupted begins anew.

    A failure leaves its reason in the row; it is not tried again before somebody asks.
    """
    with app_session(tenant_id) as session:
        row = session.get(Replay, replay_id)
        if row is None or row.state in (ReplayState.DONE, ReplayState.FAILED):
            return
        standing, changed = row.standing, row.changed
        row.state, row.step = ReplayState.RUNNING, 0

    def on_day(step: int, steps: int) -> None:
        if must_stop():
            raise Interrupted
        _write(tenant_id, replay_id, step=step, steps=steps)

    try:
        as_of, result = replayed(tenant_id, standing, changed, days, on_day)
    except Interrupted:
        return
    except Exception as error:
        log.debug("The replay %s failed", replay_id, exc_info=True)
        _write(tenant_id, replay_id, state=ReplayState.FAILED, error=_in_words(error), finished_at=datetime.now(UTC))
        return
    done = {"state": ReplayState.DONE, "error": None, "finished_at": datetime.now(UTC)}
    _write(tenant_id, replay_id, as_of=as_of, result=result, **done)
    log.info("Replayed %s days, %s flags (tenant %s)", days, len(result["flags"]), tenant_id)


def replayed(
    tenant_id: UUID, standing: Chosen, changed: Chosen, days: int = DAYS, on_day: OnDay = lambda step, steps: None
) -> tuple[datetime, dict]:
    """
    The flags of the last whole ``days`` under each of two settings, "rule.number" → value.

    ``on_day`` is called with the number of days gone through so far, and of how many.

    Returns
    -------
    The instant the lake was as of, and what ``replay.result`` holds: ``from`` and ``to`` (ISO dates, the second one
    not included), ``episodes``, ``finished`` (courses that ended since), and ``flags``, one per flag of either
    setting: episode, rule, standing and changed (the day under each; None: not flagged), outcome of the alert that was
    really raised (None: there was none, or it is not closed)
    """
    both = [rules_as_chosen(chosen) for chosen in (standing, changed)]
    rhythms = {_rhythm(rules): rules for rules in both}
    with replay_lake(tenant_id, days) as lake:
        steps = len(rhythms) * len(lake.moments)
        courses = {}
        for number, (rhythm, rules) in enumerate(rhythms.items()):
            done = number * len(lake.moments)
            courses[rhythm] = courses_by_day(lake, rules, lambda step, done=done: on_day(done + step, steps))
        flags = [flags_of(lake, courses[_rhythm(rules)], rules) for rules in both]
        return lake.as_of, _result(lake, *flags)


def _rhythm(rules: TrackRules) -> tuple[float, float]:
    """The only numbers of the rules that the question to the lake depends on."""
    return rules.rhythm_from, rules.rhythm_gaps


def courses_by_day(
    lake: ReplayLake, rules: TrackRules, on_day: Callable[[int], None] = lambda step: None
) -> pd.DataFrame:
    """One row per moment (its number), due episode and scale, as known then."""
    begin_anew(lake)
    asked, before = [], LONG_AGO
    for number, moment in enumerate(lake.moments):
        take_to(lake, before, moment)
        asked.append(ask_courses(lake.connection, moment, rules).assign(moment=number))
        before = moment
        on_day(number + 1)
    found = [each for each in asked if len(each)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def flags_of(lake: ReplayLake, courses: pd.DataFrame, rules: TrackRules) -> pd.DataFrame:
    """
    The flags that these rules would have raised after the first moment: episode_id, rule, trigger, moment.

    What held at the first moment had been raised before it and does not count.
    """
    if courses.empty:
        return pd.DataFrame(columns=FLAG)
    courses = with_expected(lake.connection, courses, rules)
    by_day = courses.groupby("moment")
    flags = pd.concat([raised(rows, rules, lake.moments[number]) for number, rows in by_day])
    flags = courses[["episode_id", "moment"]].join(flags).dropna(subset=["rule"])
    # one alert per episode, rule and trigger, ever: as etl/sql/lake/new_flag.sql
    flags = flags.sort_values(["moment", *FLAG[:3]]).drop_duplicates(FLAG[:3])
    return flags.loc[flags["moment"] > 0, FLAG].reset_index(drop=True)


def _result(lake: ReplayLake, standing: pd.DataFrame, changed: pd.DataFrame) -> dict:
    key = FLAG[:3]
    both = standing.merge(changed, on=key, how="outer", suffixes=("_standing", "_changed"))
    outcomes = lake.connection.execute(sql("replay/outcome")).df()
    both = both.merge(outcomes.astype(dict.fromkeys(key, object)), on=key, how="left").sort_values(key)
    start, end = (local_date(lake.moments[place], lake.zone) for place in (0, -1))
    return {
        "from": str(start),
        "to": str(end),
        **_episodes(lake),
        "flags": [
            {
                "episode": row.episode_id,
                "rule": row.rule,
                "standing": _day_before(lake, row.moment_standing),
                "changed": _day_before(lake, row.moment_changed),
                "outcome": row.outcome if isinstance(row.outcome, str) else None,
            }
            for row in both.itertuples()
        ],
    }


def _day_before(lake: ReplayLake, moment: float) -> str | None:
    """The day that had ended at the moment of that number; None where there was no flag."""
    return None if pd.isna(moment) else str(local_date(lake.moments[int(moment)], lake.zone) - timedelta(days=1))


def _episodes(lake: ReplayLake) -> dict[str, int]:
    """How many were replayed, and how many courses ended in these days: today's curve has learnt from them."""
    ended = "SELECT count(*) FROM lake.finished_course WHERE finished_at > ? AND finished_at <= ?"
    (episodes,) = lake.connection.execute("SELECT count(*) FROM known.episode").fetchone()
    (finished,) = lake.connection.execute(ended, [lake.moments[0], lake.moments[-1]]).fetchone()
    return {"episodes": episodes, "finished": finished}


def _write(tenant_id: UUID, replay_id: UUID, **columns: object) -> None:
    with app_session(tenant_id) as session:
        session.execute(update(Replay).where(Replay.id == replay_id).values(**columns))


def _in_words(error: Exception) -> str:
    """Why it failed, without what a library may quote from a row."""
    if isinstance(error, OURS):
        return str(error)
    return f"The replay failed ({type(error).__name__}). Nothing was changed. Start it again."
