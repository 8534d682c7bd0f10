"""Stored responses -> scores written back to a lake, by the code of a recompute (etl/rescoring.py)."""

import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection

import settings
from care import embedded
from care.migrate import migrate as migrate_store
from care.registry import load_library
from care.tenants import add_tenant
from etl.definitions import Definitions, read_definitions
from etl.frames import make_table
from etl.lakes import close_writer, open_writer, tenant_lock
from etl.rescoring import score_stored
from scoring.bulk import score_columns
from warehouse.migrate import migrate

KOOS = "koos@1"
TRIALS = 3


def seconds_to_score_a_lake(answers: np.ndarray) -> float:
    """The median seconds from n stored KOOS responses to their scores committed in the lake; asserts the scores."""
    with _lake() as (connection, definitions):
        _store(connection, answers)
        seconds = statistics.median(_timed(connection, definitions) for _ in range(TRIALS))
        _check(connection, definitions, answers)
    return seconds


def _timed(connection: DuckDBPyConnection, definitions: Definitions) -> float:
    """Seconds of one turn, committed; every turn begins without a score."""
    connection.execute("DELETE FROM lake.score")
    start = time.perf_counter()
    connection.begin()
    score_stored(connection, definitions, [KOOS])
    connection.commit()
    return time.perf_counter() - start


@contextmanager
def _lake() -> Iterator[tuple[DuckDBPyConnection, Definitions]]:
    """A real tenant's lake in a throw-away installation."""
    folder = Path(tempfile.mkdtemp(prefix="po-"))
    before = {name: getattr(settings, name) for name in ("VAR", "LAKE_ROOT", "DATABASE_URL")}
    settings.VAR, settings.LAKE_ROOT, settings.DATABASE_URL = folder, folder / "lake", None
    try:
        migrate_store()
        load_library()
        tenant_id = add_tenant("Scoring")
        with tenant_lock(tenant_id):
            connection = open_writer(tenant_id)
            connection.begin()
            migrate(connection)
            connection.commit()
            yield connection, read_definitions(tenant_id)
        close_writer(tenant_id)
    finally:
        for name, value in before.items():
            setattr(settings, name, value)
        embedded.stop(folder / "pg")
        shutil.rmtree(folder, ignore_errors=True)


def _store(connection: DuckDBPyConnection, answers: np.ndarray) -> None:
    """Fill ``lake.response``: what an ETL run leaves there."""
    flat = pa.array(np.ascontiguousarray(answers).ravel())
    make_table(connection, "given", pa.table({"answers": pa.FixedSizeListArray.from_arrays(flat, answers.shape[1])}))
    connection.execute(
        """
        INSERT INTO lake.response BY NAME
        SELECT
            uuid() AS response_id, uuid() AS episode_id, ? AS instrument, DATE '2026-01-01' AS local_date,
            rowid::INTEGER AS day, now() AS completed_at, now() AS received_at, 'web' AS entry_mode,
            false AS is_proxy, 'official' AS wording, 'en' AS "language", 'complete' AS completeness,
            answers::DOUBLE[] AS answers, true AS counts, false AS is_baseline
        FROM given
        """,
        [KOOS],
    )


def _check(connection: DuckDBPyConnection, definitions: Definitions, answers: np.ndarray) -> None:
    """What the lake holds are the scores of the columns, response by response; ``day`` is the row's number."""
    for scale, scores in score_columns(definitions.instruments[KOOS], answers).items():
        found = connection.execute(
            "SELECT value, answered FROM lake.score WHERE scale = ? ORDER BY day", [scale]
        ).fetchnumpy()
        np.testing.assert_array_equal(np.ma.filled(found["value"].astype(np.float64), np.nan), scores.value)
        np.testing.assert_array_equal(found["answered"], scores.answered)
