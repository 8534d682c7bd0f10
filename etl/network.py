"""What leaves for the network, and what comes from it: sums of a stratum, in numbers that name nobody."""

import json
from datetime import datetime, timedelta

import numpy as np
from duckdb import DuckDBPyConnection

from etl.strata import Stratum
from etl.watermark import read_care
from scoring.recovery_basis import Scale
from scoring.recovery_courses import Courses
from scoring.recovery_publish import FEWEST, published, received
from scoring.recovery_sums import CurveSums

OF_STRATUM = "(condition, stratum, index_kind, instrument, scale) = (?, ?, ?, ?, ?)"
AT_MOST_EVERY = timedelta(days=7)


def network_totals(connection: DuckDBPyConnection, method: str) -> dict[Stratum, np.ndarray]:
    """The sums of the other tenants, by stratum; only those that the definer function may serve."""
    rows = read_care(
        connection,
        "SELECT condition, stratum, index_kind, instrument, scale, method, total::text AS total "
        "FROM network_statistic()",
    ).fetchall()
    return {Stratum(*key): np.array(json.loads(total)) for *key, of, total in rows if of == method}


def network_sums(numbers: np.ndarray | None, scale: Scale, covariates: int) -> CurveSums | None:
    return None if numbers is None else received(numbers, scale, covariates)


def shares(connection: DuckDBPyConnection) -> bool:
    """Whether the tenant gives its sums: unless it has chosen not to, or is a demonstration."""
    return read_care(
        connection,
        """
        SELECT NOT t.is_demo AND coalesce((
            SELECT s.value <> 'false'::jsonb FROM tenant_setting AS s
            WHERE s.name = 'shares_statistics' ORDER BY s.chosen_at DESC LIMIT 1
        ), true) AS gives
        FROM tenant AS t
        """,
    ).fetchone()[0]


def publish(
    connection: DuckDBPyConnection,
    stratum: Stratum,
    sums: CurveSums,
    courses: Courses,
    scale: Scale,
    stamp: tuple[str, datetime, int],
) -> bool:
    """
    Keep the stratum's sums for delivery, if they may leave now; returns whether they do.

    20 patients or more; a week after the last time at the earliest; and whatever earlier publication they are
    compared with, 20 patients or more must have come or changed, so that no difference of two is about a few.
    ``stamp``: method, instant, snapshot.
    """
    method, as_of, snapshot = stamp
    _make_source(connection, stratum)
    (patients,) = connection.execute("SELECT count(*) FROM current_source").fetchone()
    earlier = connection.execute(
        f"SELECT publication, published_at FROM lake.network_cell WHERE {OF_STRATUM} ORDER BY publication", stratum
    ).fetchall()
    too_soon = bool(earlier) and earlier[-1][1] > as_of - AT_MOST_EVERY
    if patients < FEWEST or too_soon or any(_changed(connection, stratum, number) < FEWEST for number, _ in earlier):
        return False
    publication = earlier[-1][0] + 1 if earlier else 1
    connection.execute(
        "INSERT INTO lake.network_cell VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [*stratum, publication, method, patients, _text(published(sums, courses, scale)), as_of, snapshot],
    )
    connection.execute(
        "INSERT INTO lake.network_source SELECT ?, ?, ?, ?, ?, ?, patient_key, fingerprint FROM current_source",
        [*stratum, publication],
    )
    return True


def _make_source(connection: DuckDBPyConnection, stratum: Stratum) -> None:
    """``current_source``: one row per patient behind the stratum's sums, with a hash of the rows."""
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE current_source AS
        SELECT e.patient_key, CAST(bit_xor(hash(t.episode_id, t.day, t.baseline, t.score)) AS VARCHAR) AS fingerprint
        FROM (SELECT * FROM training WHERE {OF_STRATUM}) AS t
        JOIN lake.episode AS e USING (episode_id)
        GROUP BY e.patient_key
        """,
        stratum,
    )


def _changed(connection: DuckDBPyConnection, stratum: Stratum, publication: int) -> int:
    """How many patients have come, gone or changed since a publication."""
    return connection.execute(
        f"""
        SELECT count(*) FROM current_source AS now
        FULL JOIN (SELECT * FROM lake.network_source WHERE {OF_STRATUM} AND publication = ?) AS earlier
            USING (patient_key)
        WHERE now.fingerprint IS DISTINCT FROM earlier.fingerprint
        """,
        [*stratum, publication],
    ).fetchone()[0]


def _text(numbers: np.ndarray) -> str:
    """Twelve digits: more would be noise of the machine."""
    return json.dumps([float(f"{number:.12g}") for number in numbers])
