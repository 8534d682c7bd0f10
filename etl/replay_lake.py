"""A tenant's lake in memory that can be taken to any day: the run's own steps judge in it and write into it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
from duckdb import DuckDBPyConnection

import settings
from care.database import app_session
from care.lakes import lake_address
from care.models import Tenant
from etl.carry import merge, sql
from etl.definitions import Definitions, make_definition_tables, read_definitions
from etl.deliver import last_run
from etl.errors import EtlError
from etl.frames import make_table
from warehouse.connection import Lake, reader
from warehouse.migrate import migrate

REPLAYED = "SELECT episode_id FROM lake.episode WHERE NOT is_historical AND (state = 'open' OR closed_at > $since)"
OF_EPISODES = (
    "episode", "covariate", "enrollment_event", "assignment", "response", "score", "exercise_day", "alert_event",
)  # fmt: skip
# What is shown as of a day; what the other tables hold is taken as it stands now.
AS_OF = ("episode", "enrollment_event", "assignment", "response", "exercise_day")
LONG_AGO = datetime(1900, 1, 1, tzinfo=ZoneInfo("UTC"))


@dataclass(frozen=True)
class ReplayLake:
    """
    Parameters
    ----------
    connection : to a DuckDB in memory with the schemas ``lake`` (as of the day it was taken to) and ``known``
    definitions : as they are published now
    as_of : the instant the lake's newest run judged as of
    moments : the tenant's midnights, the start first
    zone, zones : the tenant's, and those of the replayed episodes
    """

    connection: DuckDBPyConnection
    definitions: Definitions
    as_of: datetime
    moments: tuple[datetime, ...]
    zone: str
    zones: tuple[str, ...]


@contextmanager
def replay_lake(tenant_id: UUID, days: int) -> Iterator[ReplayLake]:
    """The lake of the last whole ``days``, at no day yet; gone with the block. Raises EtlError before the first run."""
    with app_session(tenant_id) as session:
        zone = session.get_one(Tenant, tenant_id).zone
    source = reader(Lake(**lake_address(tenant_id)))
    # one thread: of tables as small as a day's a second one costs more than it gives (28 s against 21), and another
    # tenant's answer may want it
    memory = duckdb.connect(
        config={"threads": 1, "memory_limit": settings.DUCKDB_MEMORY, "python_enable_replacements": False}
    )
    try:
        source.begin()  # one snapshot for all tables
        last = last_run(source)
        if last is None:
            raise EtlError("There is nothing to replay yet: the first update has not finished.")
        moments = midnights(last.as_of, zone, days)
        _fill(memory, source, moments[0])
        definitions = read_definitions(tenant_id)
        make_definition_tables(memory, definitions)
        zones = [row[0] for row in memory.execute("SELECT DISTINCT zone FROM known.episode ORDER BY zone").fetchall()]
        yield ReplayLake(memory, definitions, last.as_of, moments, zone, tuple(zones) or (zone,))
    finally:
        source.close()
        memory.close()


def midnights(as_of: datetime, zone: str, days: int) -> tuple[datetime, ...]:
    """``days`` + 1 local midnights, the last one not after ``as_of``."""
    today = as_of.astimezone(ZoneInfo(zone)).date()
    return tuple(_midnight(today - timedelta(days=back), zone) for back in range(days, -1, -1))


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))


def _fill(memory: DuckDBPyConnection, source: DuckDBPyConnection, since: datetime) -> None:
    """An empty lake of this program's version, then the rows of every episode that was open since."""
    memory.execute("SET TimeZone = 'UTC'")
    memory.execute("CREATE SCHEMA lake; CREATE SCHEMA known")
    migrate(memory)
    queries = {name: f"SELECT * FROM lake.{name} WHERE episode_id IN ({REPLAYED})" for name in OF_EPISODES}
    queries["clinic"] = "SELECT * FROM lake.clinic"
    queries["patient"] = (
        f"SELECT * FROM lake.patient WHERE patient_key IN (SELECT patient_key FROM lake.episode "
        f"WHERE episode_id IN ({REPLAYED}))"
    )
    queries["curve_statistic"] = "SELECT * FROM lake.curve_statistic WHERE curve IS NOT NULL"
    for name, query in queries.items():
        parameters = {"since": since} if "$since" in query else None
        _copy(memory, name, source.execute(query, parameters).to_arrow_table())
    for name in AS_OF:
        memory.execute(f"CREATE TABLE known.{name} AS FROM lake.{name}")
    for statement in memory.extract_statements(sql("replay/as_of")):
        memory.execute(statement)
    # nothing is news in a replay: a response comes from the lake, with its answers and scores
    memory.execute("CREATE TEMP TABLE news_response (response_id UUID, document VARCHAR, kind VARCHAR)")
    memory.execute("CREATE TEMP TABLE valid_answers (response_id UUID, answers DOUBLE[])")
    memory.execute("CREATE TEMP VIEW staged_score AS FROM lake.score")


def _copy(memory: DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    make_table(memory, "copied", rows)
    memory.execute(f"INSERT INTO lake.{name} BY NAME FROM copied")


def begin_anew(lake: ReplayLake) -> None:
    """Before the first day: nothing answered, nothing judged."""
    for table in ("response", "track_history", "flag"):
        lake.connection.execute(f"DELETE FROM lake.{table}")


def take_to(lake: ReplayLake, before: datetime, moment: datetime) -> None:
    """
    Bring the lake from one moment to the next, and leave ``judged_episode`` as a run does: who is to be judged.

    Which answer stands for its day and which is the baseline is chosen among those known, by the run's own queries.
    """
    connection = lake.connection
    connection.execute("SET VARIABLE as_of = $as_of", {"as_of": moment})
    # the date everywhere: where it is still yesterday, yesterday's exercise may not have been reported
    connection.execute("SET VARIABLE today = $today", {"today": min(local_date(moment, zone) for zone in lake.zones)})
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE touched_episode AS {sql('replay/touched')}", {"before": before, "as_of": moment}
    )
    connection.execute("DELETE FROM lake.response WHERE episode_id IN (SELECT episode_id FROM touched_episode)")
    connection.execute(
        "INSERT INTO lake.response SELECT * FROM known.response "
        "WHERE completed_at <= getvariable('as_of') AND episode_id IN (SELECT episode_id FROM touched_episode)"
    )
    staging = {"full_reading": False, "is_demo": lake.definitions.is_demo}
    connection.execute(f"CREATE OR REPLACE TEMP TABLE staged_response AS {sql('lake/staged_response')}", staging)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE new_response AS {sql('lake/response')}")
    merge(connection, "response", ("response_id",))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE judged_episode AS {sql('replay/due')}")


def local_date(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()
