"""Whether the installation is ready to be used."""

from sqlalchemy import text

from care.database import app_engine, app_session
from care.migrate import is_current

_first_update_seen = False  # once in a process's life: a tenant added later does not take the site down


def not_ready() -> str | None:
    """One sentence about what is missing, or None."""
    try:
        with app_engine().connect() as connection:
            connection.execute(text("SELECT 1"))
        if not is_current():
            return "The database is being brought up to date."
        if not _first_update_done():
            return "The first update of the warehouse has not finished."
    except Exception:
        return "The database does not answer."
    return None


def _first_update_done() -> bool:
    global _first_update_seen
    if not _first_update_seen:
        with app_session(None) as session:
            waiting = session.scalar(text("SELECT count(*) FROM tenants_due(now()) WHERE why = 'never read'"))
        _first_update_seen = waiting == 0
    return _first_update_seen
