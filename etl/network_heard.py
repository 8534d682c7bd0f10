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

    At once where nothing has been heard so far. Every run asks this, so the lake (some 10 ms) is looked into only where
    others share.
    """
    news = _news(connection)
    return news is not None and _is_due(connection, news, as_of)


def hear_network(connection: DuckDBPyConnection, method: str, as_of: datetime) -> Heard:
    """What the network says, or said within the last week; nothing to a tenant that may hear nothing any more."""
    news = _news(connection)
    if news is None or _is_due(connection, news, as_of):
        _ask(connection, news, as_of)
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


def _news(connection: DuckDBPyConnection) -> str | None:
    return read_care(connection, "SELECT network_news() AS news").fetchone()[0]


def _is_due(connection: DuckDBPyConnection, news: str, as_of: datetime) -> bool:
    last = connection.execute(
        "SELECT news, heard_at, (SELECT count(*) FROM lake.network_heard) FROM lake.network_hearing"
    ).fetchone()
    if last is None:
        return True
    heard, heard_at, strata = last
    return news != heard and (not strata or heard_at <= as_of - AT_MOST_EVERY)


def _ask(connection: DuckDBPyConnection, news: str | None, as_of: datetime) -> None:
    """Keep what the others' sums are now; only those that the definer function may serve."""
    connection.execute("DELETE FROM lake.network_hearing")
    connection.execute("DELETE FROM lake.network_heard")
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
