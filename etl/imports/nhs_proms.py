"""
The NHS England PROMs provider files: each provider a clinic, each row a patient with one closed episode.

One transaction: a file goes in as a whole (its damaged rows quarantined) or not at all.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from psycopg import Cursor
from sqlalchemy import text
from sqlalchemy.orm import Session

from care import audit, queue
from care.database import app_session
from care.ids import new_id
from care.models import Tenant
from etl.errors import EtlError
from etl.imports.archive import CsvFile, Line, open_archive
from etl.imports.layout import Layout, Procedure, procedure_of, read_layout
from etl.imports.live import stage_live_copies
from etl.imports.progress import Progress, silent
from etl.imports.rows import RegistryRow, Rejection, RowReader
from etl.imports.staging import SQL, copy_rejections, copy_rows, make_tables

# Rows stored between two looks at the progress.
BATCH = 4_000
STORED = ("patient", "episode", "response", "assignment")


@dataclass(frozen=True)
class ImportOutcome:
    """What an import has done, in rows of the file; a row is ``known`` when an earlier import brought it."""

    rows: int
    added: int
    known: int
    rejected: int
    clinics: int
    live_added: int


def import_nhs_proms(
    path: Path, tenant: Tenant, as_live: int = 0, as_of: datetime | None = None, progress: Progress = silent
) -> ImportOutcome:
    """
    Bring in one published archive.

    Parameters
    ----------
    as_live : how many rows also become open episodes with a follow-up in the last four weeks; demonstrations only
    as_of : aware instant that counts as now (None = the clock's)

    Raises
    ------
    EtlError
        For an archive or layout that is not the registry's, and for ``as_live`` outside a demonstration. Nothing is
        written then.
    """
    if as_live and not tenant.is_demo:
        raise EtlError(
            f"“{tenant.name}” is not marked demonstration: --as-live would put made-up courses among real patients. "
            "Leave it out, or make a tenant with: python -m care tenant add NAME --demo"
        )
    layout = read_layout()
    with open_archive(path) as files, app_session(tenant.id) as session:
        cursor = session.connection().connection.cursor()
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"import {tenant.id}"])
        make_tables(cursor)
        reader = _Reading(layout, cursor, tenant.zone, progress)
        for file in files:
            reader.stage(file)
        as_of = as_of or datetime.now(UTC)
        stage_live_copies(cursor, as_live, tenant.zone, layout.follow_up, as_of)
        cursor.execute((SQL / "plans.sql").read_text())
        outcome = _store(cursor, layout, tenant, as_of, progress)
        _leave_trace(session, layout, path, outcome)
    if outcome.added:
        with app_session(tenant.id) as session:
            session.execute(text("SELECT refresh_statistics()"))
    return outcome


class _Reading:
    """Stages the rows of several files; identical rows are counted through all of them."""

    def __init__(self, layout: Layout, cursor: Cursor, zone: str, progress: Progress):
        self._layout, self._cursor, self._zone, self._progress = layout, cursor, zone, progress
        self._seen: Counter[str] = Counter()
        self._rejections: list[Rejection] = []

    def stage(self, file: CsvFile) -> None:
        lines = file.lines()
        header = _header(file, next(lines, None))
        procedure = procedure_of(self._layout, header, file.name)
        self._rejections.clear()
        rows = self._rows(file, procedure, RowReader(self._layout, procedure, header, self._seen), lines)
        copy_rows(self._cursor, procedure, rows, self._zone, self._layout.follow_up)
        copy_rejections(self._cursor, file.name, self._rejections)

    def _rows(
        self, file: CsvFile, procedure: Procedure, reader: RowReader, lines: Iterator[Line]
    ) -> Iterator[RegistryRow]:
        what, done = f"Reading {file.name}", 0
        for rows, line in enumerate(lines, start=1):
            row = reader.read(line)
            if isinstance(row, RegistryRow):
                yield row
            else:
                self._rejections += row
            done += len(line.content) + 2  # and the line's end
            self._progress(what, rows, min(done / file.size, 1.0))


def _header(file: CsvFile, line: Line | None) -> list[str]:
    try:
        return next(csv.reader([line.content.decode("utf-8-sig")], strict=True))
    except (AttributeError, UnicodeDecodeError, csv.Error):
        raise EtlError(
            f"{file.name} has no header that can be read. Give the registry's file as it was published."
        ) from None


def _store(cursor: Cursor, layout: Layout, tenant: Tenant, as_of: datetime, progress: Progress) -> ImportOutcome:
    """Move what is new from the temporary tables into the store."""
    staged = _count(cursor, "import_row WHERE NOT is_live")
    refused = _count(cursor, "(SELECT DISTINCT source_key FROM import_refused)")
    if not staged:
        raise EtlError(f"Not one of the {refused:,} rows can be read. Give the file as it was published.")
    cursor.execute("DELETE FROM import_row AS r USING patient AS p WHERE p.source_key = r.key")
    added = _count(cursor, "import_row WHERE NOT is_live")
    clinics = _store_clinics(cursor, tenant)
    _store_rows(cursor, layout, tenant, as_of, progress)
    rejected = _store_rejections(cursor, layout, tenant)
    live = _count(cursor, "import_row WHERE is_live")
    return ImportOutcome(staged + refused, added, staged - added, rejected, clinics, live)


def _store_clinics(cursor: Cursor, tenant: Tenant) -> int:
    cursor.execute(
        "SELECT DISTINCT r.provider FROM import_row AS r LEFT JOIN clinic AS c ON c.code = r.provider "
        "WHERE c.id IS NULL ORDER BY r.provider"
    )
    codes = [code for (code,) in cursor.fetchall()]
    # the files have no names: the code is the name until somebody gives a better one
    cursor.executemany(
        "INSERT INTO clinic (id, tenant_id, code, name) VALUES (%s, %s, %s, %s)",
        [(new_id(), tenant.id, code, code) for code in codes],
    )
    return len(codes)


def _store_rows(cursor: Cursor, layout: Layout, tenant: Tenant, as_of: datetime, progress: Progress) -> None:
    cursor.execute("SELECT count(*), min(place), max(place) FROM import_row")
    total, first, last = cursor.fetchone()
    if not total:
        return
    parameters = {"tenant_id": tenant.id, "zone": tenant.zone, "as_of": as_of}
    for step in (layout.baseline, layout.follow_up):
        parameters[step.name] = step.name
        parameters[f"{step.name}_overdue"] = step.overdue_after_days
        parameters[f"{step.name}_expires"] = step.expires_after_days
    for start in range(first, last + 1, BATCH):
        span = {"first": start, "last": start + BATCH - 1}
        for table in STORED:
            cursor.execute((SQL / f"{table}.sql").read_text(), parameters | span)
        stored = min(start + BATCH, last + 1) - first
        progress("Storing patients with their answers", stored, stored / (last + 1 - first))


def _store_rejections(cursor: Cursor, layout: Layout, tenant: Tenant) -> int:
    """Returns how many lines were refused that had not been refused before."""
    cursor.execute(
        "WITH kept AS ("
        " INSERT INTO import_rejection (id, tenant_id, source, source_key, file_name, line, rule, field, value)"
        " SELECT id, %s, %s, source_key, file_name, line, rule, field, value FROM import_refused"
        " ON CONFLICT DO NOTHING RETURNING source_key) "
        "SELECT count(DISTINCT source_key) FROM kept",
        [tenant.id, layout.programme],
    )
    return cursor.fetchone()[0]


def _count(cursor: Cursor, rows: str) -> int:
    cursor.execute(f"SELECT count(*) FROM {rows}")
    return cursor.fetchone()[0]


def _leave_trace(session: Session, layout: Layout, path: Path, outcome: ImportOutcome) -> None:
    audit.record(session, "import", source=layout.programme, file=path.name, **vars(outcome))
    if outcome.added or outcome.rejected or outcome.live_added:
        queue.news(session)
