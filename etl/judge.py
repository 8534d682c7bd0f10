"""Judging: which courses have news, what the one rule says about them, and what of that is new."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection

from etl.carry import sql
from etl.curves import curves_of
from etl.expected import add_expected
from etl.frames import make_table
from etl.registry_bands import registry_bands
from etl.strata import Stratum
from scoring.track import judge
from scoring.track_rules import TrackRules

# What a track says; when all of it is as before, no new row is written.
SAYS = (
    "headline", "status", "rank", "rule", "reasons", "reason", "explanation", "since", "response_id", "score", "day",
    "baseline", "p10", "p25", "p50", "p75", "p90", "n_similar", "below", "equal", "band", "valid_until", "below_next",
    "expected_next", "off_share", "off_tests", "shape", "goal_title", "goal_day", "goal_chance", "goal_missed",
    "goal_flagged", "mix_own", "mix_network", "mix_literature", "parts",
)  # fmt: skip

# A column without any text would reach DuckDB as a column of numbers.
TEXTS = ("rule", "trigger", "response_id", "safety_item", "off_tests", "shape", "goal_title", "parts")
# Lists that only the curve needs.
VISITS = ["visit_days", "visit_scores"]


def choose_episodes(
    connection: DuckDBPyConnection, due_at: datetime | None, fitted: list[Stratum], every_open: bool = False
) -> int:
    """
    Make ``judged_episode``: touched by news, of a stratum fitted anew, or due by time alone; returns how many.

    ``due_at`` None = time has changed nothing. Else the judgements are due whose ``valid_until`` has passed then:
    a survey has run out, a week of exercise has moved on. ``every_open``: the rules have changed.
    """
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE judged_episode AS
        SELECT DISTINCT episode_id FROM touched_episode
        """
    )
    if due_at:
        _add_judged(connection, "SELECT DISTINCT episode_id FROM lake.track WHERE valid_until <= ?", [due_at])
    if every_open:
        _add_judged(connection, "SELECT episode_id FROM lake.episode WHERE state = 'open' AND NOT is_historical", [])
    for stratum in sorted({(each.condition, each.stratum, each.index_kind) for each in fitted}):
        of_stratum = "SELECT episode_id FROM lake.episode WHERE (condition, stratum, index_kind) = (?, ?, ?)"
        _add_judged(connection, of_stratum, list(stratum))
    return connection.execute("SELECT count(*) FROM judged_episode").fetchone()[0]


def _add_judged(connection: DuckDBPyConnection, episodes: str, parameters: list) -> None:
    connection.execute(
        f"INSERT INTO judged_episode SELECT episode_id FROM ({episodes}) "
        "WHERE episode_id NOT IN (SELECT episode_id FROM judged_episode)",
        parameters,
    )


def judge_episodes(connection: DuckDBPyConnection, as_of: datetime, snapshot: int, rules: TrackRules) -> int:
    """Judge every scale of ``judged_episode`` and write what is new; returns the number of tracks and flags written."""
    courses = ask_courses(connection, as_of, rules)
    if courses.empty:
        return 0
    courses = with_expected(connection, courses, rules)
    judged = judge(courses, rules, as_of)
    rows = courses.join(judged).assign(place=np.arange(len(courses)), headline=headlines(courses, judged))
    make_table(connection, "judged_course", rows.astype(dict.fromkeys(TEXTS, "string")))
    return _write(connection, as_of, snapshot)


def ask_courses(connection: DuckDBPyConnection, as_of: datetime, rules: TrackRules) -> pd.DataFrame:
    """One row per scale of ``judged_episode``: what the lake knows of its course."""
    _make_zone_now(connection, as_of)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE standing_track AS {sql('lake/standing_track')}")
    rhythm = {"rhythm_from": rules.rhythm_from, "rhythm_gaps": rules.rhythm_gaps}
    courses = connection.execute(sql("lake/course"), {"as_of": as_of, **rhythm}).df()
    # the sentences are written row by row, and pandas' own strings are slow to hand out (2 of 9 s for 44,000 courses)
    return courses.astype(dict.fromkeys(courses.select_dtypes("str"), object))


def with_expected(connection: DuckDBPyConnection, courses: pd.DataFrame, rules: TrackRules) -> pd.DataFrame:
    """The courses with what was expected of each and the pain alarm's columns: what ``scoring.track`` asks."""
    courses = add_expected(connection, courses, curves_of(connection), registry_bands(connection), rules)
    return _with_pain(courses.drop(columns=VISITS), rules)


def _make_zone_now(connection: DuckDBPyConnection, as_of: datetime) -> None:
    """``zone_now`` (zone, today, next_midnight): local dates come from Python's pinned tzdata, never from SQL."""
    zones = connection.execute(
        "SELECT DISTINCT zone FROM lake.episode WHERE episode_id IN (SELECT episode_id FROM judged_episode)"
    ).fetchall()
    rows = [(zone, as_of.astimezone(ZoneInfo(zone)).date(), _next_midnight(as_of, zone)) for (zone,) in zones]
    frame = pd.DataFrame(rows, columns=["zone", "today", "next_midnight"]).astype({"today": "datetime64[s]"})
    make_table(connection, "zone_now", frame)


def _next_midnight(as_of: datetime, zone: str) -> datetime:
    tomorrow = as_of.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), ZoneInfo(zone)).astimezone(UTC)


def _with_pain(courses: pd.DataFrame, rules: TrackRules) -> pd.DataFrame:
    """The pain alarm's columns, on the rows of the instruments that have one."""
    has_alarm = courses["instrument_key"].isin(rules.pain_instruments)
    return courses.assign(
        pain=courses["score"].where(has_alarm),
        pain_before=courses["previous"].where(has_alarm),
        pain_baseline=courses["baseline"].where(has_alarm),
        pain_response_id=courses["response_id"].where(has_alarm),
    )


def headlines(courses: pd.DataFrame, judged: pd.DataFrame) -> pd.Series:
    """The scale an episode is shown by: the worst status; of equals the pathway's first instrument."""
    order = courses[["episode_id", "instrument_place", "instrument", "scale_place"]].assign(rank=judged["rank"])
    order = order.sort_values(["episode_id", "rank", "instrument_place", "instrument", "scale_place"])
    return (~order["episode_id"].duplicated()).reindex(courses.index)


def _write(connection: DuckDBPyConnection, as_of: datetime, snapshot: int) -> int:
    differs = " OR ".join(f"n.{column} IS DISTINCT FROM s.{column}" for column in SAYS)
    stamp = {"as_of": as_of, "snapshot": snapshot}
    connection.execute(f"CREATE OR REPLACE TEMP TABLE new_track AS {sql('lake/new_track')}")
    tracks = connection.execute(
        f"""
        INSERT INTO lake.track_history BY NAME
        SELECT n.*, $as_of AS judged_as_of, $snapshot AS snapshot
        FROM new_track AS n
        LEFT JOIN standing_track AS s USING (episode_id, instrument, scale)
        WHERE s.episode_id IS NULL OR {differs}
        """,
        stamp,
    ).fetchone()[0]
    if not connection.execute("SELECT count(rule) FROM judged_course").fetchone()[0]:
        return tracks
    return tracks + connection.execute(f"INSERT INTO lake.flag BY NAME {sql('lake/new_flag')}", stamp).fetchone()[0]
