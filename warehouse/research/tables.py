"""The rows of an export, de-identified inside the query: ids as keyed hashes, dates as days from the index date."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from uuid import UUID

import pyarrow as pa
from duckdb import DuckDBPyConnection

import settings
from scoring.absence import ABSENCE_NAMES
from warehouse.errors import WarehouseError
from warehouse.research.allow_list import AllowList, ExportTable
from warehouse.research.cohort import AGE_BAND, ANSWERED, CHOSEN, ExportChoice, cohort_parameters
from warehouse.scope import ClinicScope


def research_id(column: str, letter: str) -> str:
    """
    SQL: the id that stands for a store's id.

    64 bits: among a million rows two are the same once in 10⁷ exports. The letter keeps a spreadsheet from reading
    "12e34567…" as a number.
    """
    return f"'{letter}' || left(sha256($key || CAST({column} AS VARCHAR)), 16)"


_ABSENT = " ".join(f"WHEN {code:d} THEN '{name}'" for name, code in ABSENCE_NAMES.items())

# Each query yields the columns of its table in data/export/research.toml, in a total order.
QUERIES = {
    "episodes": f"""
        WITH {CHOSEN}
        SELECT
            {research_id("c.episode_id", "e")} AS episode,
            {research_id("c.patient_key", "p")} AS person,
            {research_id("c.clinic_id", "c")} AS site,
            c.condition, c.stratum, c.index_kind, year(c.index_date) AS index_year, c.index_precision, c.state,
            c.is_historical, p.sex, {AGE_BAND} AS age_band
        FROM chosen AS c
        JOIN lake.patient AS p USING (patient_key)
        ORDER BY episode
    """,
    "covariates": f"""
        WITH {CHOSEN}, allowed AS (SELECT unnest($names) AS name, unnest($highest) AS highest)
        SELECT
            {research_id("v.episode_id", "e")} AS episode,
            v.name,
            CASE WHEN v.number > a.highest THEN a.highest ELSE v.number END AS number,
            -- what is no plain code could be anything
            CASE
                WHEN regexp_full_match(v.text, '[a-z0-9_.+-]*') THEN v.text
                WHEN v.text IS NOT NULL THEN 'withheld'
            END AS code
        FROM lake.covariate AS v
        JOIN allowed AS a USING (name)
        WHERE v.episode_id IN (SELECT episode_id FROM chosen)
        ORDER BY episode, name
    """,
    "surveys": f"""
        WITH {CHOSEN}, {ANSWERED}
        SELECT
            {research_id("a.assignment_id", "a")} AS survey,
            {research_id("a.episode_id", "e")} AS episode,
            a.instrument, a.step, a.occurrence, a.day, a.state,
            CASE WHEN r.response_id IS NOT NULL THEN {research_id("r.response_id", "r")} END AS response
        FROM lake.assignment AS a
        LEFT JOIN answered AS r USING (response_id)
        WHERE
            a.state <> 'cancelled' AND list_contains($instruments, a.instrument)
            AND a.episode_id IN (SELECT episode_id FROM chosen)
        ORDER BY survey
    """,
    "responses": f"""
        WITH {CHOSEN}, {ANSWERED}
        SELECT
            {research_id("response_id", "r")} AS response,
            {research_id("episode_id", "e")} AS episode,
            instrument, day, entry_mode, is_proxy, wording, language, completeness, is_baseline
        FROM answered
        ORDER BY response
    """,
    "answers": f"""
        WITH {CHOSEN}, {ANSWERED},
        placed AS (
            SELECT
                {research_id("response_id", "r")} AS response,
                instrument,
                unnest(answers) AS value,
                generate_subscripts(answers, 1) AS position
            FROM answered
        )
        SELECT
            p.response,
            i.item,
            CASE WHEN p.value >= 0 THEN p.value END AS value,
            CASE p.value {_ABSENT} END AS absent
        FROM placed AS p
        JOIN lake.item AS i USING (instrument, position)
        ORDER BY p.response, p.position
    """,
    "scores": f"""
        WITH {CHOSEN}, {ANSWERED}
        SELECT
            {research_id("s.response_id", "r")} AS response,
            s.scale, s.value, s.answered, s.items, s.method, s.se AS standard_error
        FROM lake.score AS s
        WHERE s.response_id IN (SELECT response_id FROM answered)
        ORDER BY response, s.scale
    """,
}


def read_tables(
    cursor: DuckDBPyConnection, scope: ClinicScope, choice: ExportChoice, allowed: AllowList
) -> Iterator[tuple[ExportTable, Callable[[], pa.Table]]]:
    """Each table of the allow-list with what reads it; they read one snapshot if the caller began a transaction."""
    values = {
        **cohort_parameters(scope, choice),
        "key": research_key(scope.tenant_id),
        "names": list(allowed.covariates),
        "highest": [float(allowed.highest.get(name, "inf")) for name in allowed.covariates],
    }
    for table in allowed.tables:
        yield table, lambda table=table: _read(cursor, table, values)


def _read(cursor: DuckDBPyConnection, table: ExportTable, values: dict) -> pa.Table:
    query = QUERIES[table.name]
    found = cursor.execute(
        query, {name: value for name, value in values.items() if f"${name}" in query}
    ).to_arrow_table()
    if missing := [name for name in table.columns if name not in found.column_names]:
        raise WarehouseError(f"research.toml allows {table.name}.{missing[0]}, which no query reads. Take it out.")
    return found.select(list(table.columns))


def research_key(tenant_id: UUID) -> str:
    """What the ids of one tenant's exports are hashed with; the same in every export of this installation."""
    return hmac.new(settings.secret(), f"research {tenant_id}".encode(), hashlib.sha256).hexdigest()
