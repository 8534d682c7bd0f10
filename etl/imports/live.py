"""Open copies of imported episodes, so that a demonstration has patients of today with real answers."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from psycopg import Cursor

from etl.imports.layout import Step
from etl.imports.staging import CONTENT, DATES, IDS, new_ids, noon

# The follow-ups lie in the last four weeks, each where its row's hash puts it.
WEEKS_OF_FOLLOW_UPS = 28


def stage_live_copies(cursor: Cursor, count: int, zone: str, follow_up: Step, as_of: datetime) -> None:
    """
    Add to ``import_row`` open copies of ``count`` of its rows.

    Which ones depends on their hashes only: the same file and number choose the same rows, a larger number the same
    and more.
    """
    cursor.execute("SELECT key, sha256 FROM import_row ORDER BY sha256, key LIMIT %s", [count])
    chosen = cursor.fetchall()
    today = as_of.astimezone(ZoneInfo(zone)).date()
    with cursor.copy(f"COPY live_row (key, {', '.join((*DATES, *IDS))}) FROM STDIN") as copy:
        for key, sha256 in chosen:
            after = today - timedelta(days=int(sha256[:8], 16) % WEEKS_OF_FOLLOW_UPS)
            before = after - timedelta(days=follow_up.day)
            copy.write_row((key, True, before, noon(before, zone), after, min(noon(after, zone), as_of), *new_ids()))
    kept = [f"r.{column}" for column in CONTENT if column != "key"]
    cursor.execute(
        f"INSERT INTO import_row ({', '.join((*CONTENT, *DATES, *IDS))}) "
        f"SELECT r.key || ':live', {', '.join(kept)}, {', '.join(f'l.{column}' for column in (*DATES, *IDS))} "
        "FROM live_row AS l JOIN import_row AS r USING (key) ORDER BY r.sha256, r.key"
    )
