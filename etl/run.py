"""
One run of one tenant: deliver what waits, carry and judge what is new, deliver it.

Two commits in this order, each repeatable: the lake's (facts, scores, curves, tracks, flags and the watermark, all
or nothing) and the operational store's (etl/deliver.py). A run killed anywhere is simply run again.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

import duckdb
import psycopg
from duckdb import DuckDBPyConnection

import settings
from care.errors import CareError
from etl.carry import sql
from etl.curves import curves_may_change, refit_curves
from etl.definitions import make_definition_tables, read_definitions
from etl.deliver import deliver, deliver_what_waits, mark_dirty
from etl.errors import EtlError
from etl.facts import carry_facts
from etl.judge import choose_episodes, judge_episodes
from etl.lakes import close_writer, open_writer, tenant_lock, use_threads
from etl.rules import rules_have_changed, rules_stamp, tenant_rules
from etl.watch import Why
from etl.watermark import ENOUGH, Watermark, count_news, read_watermark
from pathways.errors import PathwayError
from scoring.errors import ScoringError
from scoring.track_rules import TrackRules
from warehouse.connection import snapshot_id
from warehouse.errors import WarehouseError
from warehouse.migrate import migrate

OURS = (EtlError, WarehouseError, ScoringError, PathwayError, CareError)
# Rows of news up to which one thread is faster than several: a statement on few rows waits for the others to wake.
FEW = 1000
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """Rows read from care, rows computed (scores, tracks, flags), rows quarantined, alerts raised."""

    rows_in: int = 0
    rows_out: int = 0
    rejected: int = 0
    alerts: int = 0


def run(tenant_id: UUID, as_of: datetime | None = None, why: Why | None = None, settle: bool = True) -> Outcome:
    """
    Bring a tenant's lake and tracks up to date.

    Parameters
    ----------
    as_of : aware instant of every judgement (None = now)
    why : curves are fitted again although no closed episode has changed (None = they are not)
    settle : raising alerts is news, too, since the lake keeps their history: run again at once. A worker leaves it
        to the tenant's next run, ten seconds later at most, so that the next answer need not wait for it

    Raises
    ------
    EtlError
        When another run of the tenant does not end. Whatever fails leaves both stores as they were, and the reason
        in ``tenant_lake.last_error``.
    """
    with tenant_lock(tenant_id) as store:
        try:
            return _run_locked(tenant_id, store, as_of, why, settle)
        except Exception as error:
            close_writer(tenant_id)
            sentence = _in_words(error)
            if not store.closed:
                store.execute("UPDATE tenant_lake SET last_error = %s", [sentence])
            if isinstance(error, OURS):
                raise
            log.debug("The run of tenant %s failed", tenant_id, exc_info=True)
            raise EtlError(sentence) from None  # a library's message may quote a row, and a worker logs what is raised


def _run_locked(
    tenant_id: UUID, store: psycopg.Connection, as_of: datetime | None, why: Why | None, settle: bool
) -> Outcome:
    connection = open_writer(tenant_id)
    store.execute("SELECT restamp_rows_of_another_server()")  # in its own commit, before the run takes its snapshot
    if store.execute("SELECT read_snapshot IS NULL FROM tenant_lake").fetchone()[0]:
        store.execute("SELECT refresh_statistics()")  # a first run reads whole tables that the planner may not know
    outcome = _one_run(connection, store, tenant_id, as_of or datetime.now(UTC), why)
    if outcome.alerts and settle:
        _one_run(connection, store, tenant_id, as_of or datetime.now(UTC))
    return outcome


def _one_run(
    connection: DuckDBPyConnection,
    store: psycopg.Connection,
    tenant_id: UUID,
    as_of: datetime,
    why: Why | None = None,
) -> Outcome:
    with _transaction(connection) as lake:
        migrated = migrate(connection)
        deliver_what_waits(connection, store)
        time_has_passed = store.execute("SELECT next_due_at <= %s FROM tenant_lake", [as_of]).fetchone()[0]
        outcome = _fill_lake(connection, tenant_id, as_of, bool(time_has_passed), migrated, why)
        if outcome is None:
            return Outcome()
        mark_dirty(store)
        lake.commit()
    with _transaction(connection):
        return replace(outcome, alerts=deliver(connection, store, as_of))


@contextmanager
def _transaction(connection: DuckDBPyConnection) -> Iterator[DuckDBPyConnection]:
    """One snapshot of the lake and the store; what is not committed inside is rolled back."""
    connection.begin()
    try:
        yield connection
    finally:
        with suppress(duckdb.TransactionException):  # committed inside
            connection.rollback()


def _fill_lake(
    connection: DuckDBPyConnection,
    tenant_id: UUID,
    as_of: datetime,
    time_has_passed: bool,
    migrated: bool,
    why: Why | None = None,
) -> Outcome | None:
    """Everything the lake's one commit holds; None, and nothing written, when there is nothing to do."""
    started = time.monotonic()
    watermark = read_watermark(connection)
    # scores of an older lake may lack what a migration has added: they are looked through as after a recompute
    news = count_news(connection, watermark) | ({"rescoring": ENOUGH} if migrated else {})
    if not (news or time_has_passed or why):
        return None
    few = watermark.since is not None and sum(news.values()) <= FEW and not why
    use_threads(connection, 1 if few else settings.DUCKDB_THREADS)
    snapshot = snapshot_id(connection) + 1  # of this run's commit: nobody else writes while we hold the lock
    definitions = read_definitions(tenant_id)
    make_definition_tables(connection, definitions)
    read = carry_facts(connection, definitions, watermark, frozenset(news))
    rules = tenant_rules(connection)
    # a choice may have changed what the curves rest on: the network, the chance that counts as low
    may_change = why is not None or curves_may_change(connection, as_of) or "tenant_setting" in news
    fitted = refit_curves(connection, definitions, as_of, snapshot, rules, why) if may_change else []
    other_rules = rules_have_changed(connection, rules)
    chosen = choose_episodes(connection, as_of if time_has_passed else None, fitted, other_rules)
    computed = judge_episodes(connection, as_of, snapshot, rules) if chosen else 0
    rejected = _quarantine(connection, as_of, snapshot)
    outcome = Outcome(read, computed, rejected)
    _write_run(connection, snapshot, watermark, as_of, time.monotonic() - started, outcome, rules)
    log.info("Read %s rows, wrote %s, rejected %s (tenant %s)", read, computed, rejected, tenant_id)
    return outcome


def _quarantine(connection: DuckDBPyConnection, as_of: datetime, snapshot: int) -> int:
    if not connection.execute("SELECT count(*) FROM new_rejected").fetchone()[0]:
        return 0
    return connection.execute(sql("lake/rejected"), {"as_of": as_of, "snapshot": snapshot}).fetchone()[0]


def _write_run(
    connection: DuckDBPyConnection,
    snapshot: int,
    watermark: Watermark,
    as_of: datetime,
    seconds: float,
    outcome: Outcome,
    rules: TrackRules,
) -> None:
    counts = [outcome.rows_in, outcome.rows_out, outcome.rejected]
    connection.execute(
        "INSERT INTO lake.etl_run VALUES (?, now(), ?, ?, ?, ?, ?, ?, ?, ?)",
        [snapshot, as_of, round(seconds, 3), *counts, watermark.now, watermark.cluster, rules_stamp(rules)],
    )


def _in_words(error: Exception) -> str:
    """Why the run failed, without what a library may quote from a row."""
    if isinstance(error, OURS):
        return str(error)
    if isinstance(error, psycopg.OperationalError | duckdb.IOException):
        return "The database went away during the run; nothing of it was kept. The next run goes on from here."
    return (
        f"The run failed ({type(error).__name__}) and nothing of it was kept. "
        "Run it again with: python -m etl --verbose run"
    )
