"""Temporary tables of one import: COPY into tables under row-level security is refused, so rows land here first."""

import json
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from psycopg import Cursor

from care.ids import new_id
from etl.imports.layout import Procedure, Step
from etl.imports.rows import Questionnaire, RegistryRow, Rejection

SQL = Path(__file__).parent / "sql"
IDS = ("patient_id", "episode_id", "before_id", "after_id", "before_asked_id", "after_asked_id")
CONTENT = (
    "key", "sha256", "provider", "condition", "instrument", "stratum", "age_band", "sex", "covariates",
    "before_answers", "before_claimed", "after_answers", "after_claimed",
)  # fmt: skip
DATES = ("is_live", "index_date", "before_at", "after_date", "after_at")
COLUMNS = (*CONTENT, *DATES, *IDS)


def make_tables(cursor: Cursor) -> None:
    """import_row, import_refused and live_row; gone with the transaction."""
    cursor.execute((SQL / "stage.sql").read_text())


def copy_rows(cursor: Cursor, procedure: Procedure, rows: Iterable[RegistryRow], zone: str, follow_up: Step) -> None:
    """Put rows as the registry has them: closed long ago, dated to the year."""
    with cursor.copy(f"COPY import_row ({', '.join(COLUMNS)}) FROM STDIN") as copy:
        for row in rows:
            after = row.index_date + timedelta(days=follow_up.day)
            dates = (False, row.index_date, noon(row.index_date, zone), after, noon(after, zone))
            copy.write_row((*_content(procedure, row), *dates, *new_ids()))


def _content(procedure: Procedure, row: RegistryRow) -> tuple:
    return (
        row.key, row.sha256, row.provider, procedure.condition, procedure.instrument, row.stratum, row.age_band,
        row.sex, json.dumps(row.covariates), *_questionnaire(procedure, row.before),
        *_questionnaire(procedure, row.after),
    )  # fmt: skip


def _questionnaire(procedure: Procedure, filled_in: Questionnaire | None) -> tuple[str | None, str | None]:
    if filled_in is None:
        return None, None
    claimed = None if filled_in.claimed is None else json.dumps({procedure.scale: filled_in.claimed})
    return json.dumps(filled_in.answers), claimed


def copy_rejections(cursor: Cursor, file_name: str, rejections: Iterable[Rejection]) -> None:
    with cursor.copy("COPY import_refused FROM STDIN") as copy:
        for each in rejections:
            copy.write_row((new_id(), each.key, file_name, each.line, each.rule, each.field, each.value))


def new_ids() -> tuple:
    return tuple(new_id() for _ in IDS)


@lru_cache(maxsize=1000)
def noon(day: date, zone: str) -> datetime:
    """The files give no time of day."""
    return datetime.combine(day, time(12), ZoneInfo(zone))
