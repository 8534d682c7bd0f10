"""What comes from the network: the others' sums, asked for once a week at most."""

import json
import logging
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from duckdb import DuckDBPyConnection

from etl.network import AT_MOST_EVERY
from etl.network_sources import cells_from
from etl.strata import Stratum
from etl.watermark import read_care
from scoring.errors import ScoringError
from scoring.recovery_basis import Scale
from scoring.recovery_publish import Cells
from scoring.recovery_received import received
from scoring.recovery_sums import CurveSums

log = logging.getLogger(__name__)


class Heard(NamedTuple):
    """The sums of the other tenants by stratum, and a text that is another when they are; '' without any."""

    totals: dict[Stratum, Cells]
    version: str


def network_is_news(connection: DuckDBPyConnection, as_of: datetime) -> bool:
    """
    Whether the others' sums should be asked for: they have changed, and a week has passed since the last time.

    At once where nothing has been heard so far, and when the tenant may hear nothing any more.
    """
    (news,) = read_care(connection, "SELECT network_news() AS news").fetchone()
    last = connection.execute("SELECT news, heard_at FROM lake.network_hearing").fetchone()
    if last is None or news is None:
        return (news is None) != (last is None)
    (strata,) = connection.execute("SELECT count(*) FROM lake.network_heard").fetchone()
    return news != last[0] and (not strata or last[1] <= as_of - AT_MOST_EVERY)


def hear_network(connection: DuckDBPyConnection, method: str, as_of: datetime) -> Heard:
    """What the network says, or said within the last week."""
    if network_is_news(connection, as_of):
        _ask(connection, as_of)
    rows = connection.execute(
        "SELECT condition, stratum, index_kind, instrument, scale, total FROM lake.network_heard "
        "WHERE method = ? ORDER BY ALL",
        [method],
    ).fetchall()
    version = sha256(json.dumps(rows).encode()).hexdigest() if rows else ""
    return Heard({Stratum(*key): cells_from(total) for *key, total in rows}, version)


def network_sums(cells: Cells | None, scale: Scale, covariates: int) -> CurveSums | None:
    """The sums that the cells are of; None without any, and where they cannot be patients' sums (another's error)."""
    if cells is None:
        return None
    try:
        return received(cells, scale, covariates)
    except ScoringError as error:
        log.warning("%s", error)
        return None


def _ask(connection: DuckDBPyConnection, as_of: datetime) -> None:
    """Keep what the others' sums are now; only those that the definer function may serve."""
    connection.execute("DELETE FROM lake.network_hearing")
    connection.execute("DELETE FROM lake.network_heard")
    (news,) = read_care(connection, "SELECT network_news() AS news").fetchone()
    if news is None:
        return
    connection.execute("INSERT INTO lake.network_hearing VALUES (?, ?)", [news, as_of])
    rows = read_care(
        connection,
        "SELECT condition, stratum, index_kind, instrument, scale, method, total::text AS total "
        "FROM network_statistic()",
    ).fetchall()
    if rows:
        connection.executemany("INSERT INTO lake.network_heard VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
