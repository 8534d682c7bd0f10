"""The only reader of the environment. Every variable is listed in docs/operations.md under "Settings"."""

import os
import secrets
from pathlib import Path


def _port() -> int:
    given = os.environ.get("PORT") or "8501"
    if not given.isdecimal() or not 1 <= int(given) <= 65535:
        raise SystemExit(f"PORT is “{given}”: give it a whole number from 1 to 65535, or leave it out for 8501.")
    return int(given)


ROOT = Path(__file__).resolve().parent
VAR = Path(os.environ.get("PO_VAR") or ROOT / "var").resolve()
CONTENT = ROOT / "data"

# Unset: a PostgreSQL server of our own under VAR/pg (one machine, synthetic or own data).
DATABASE_URL = os.environ.get("DATABASE_URL") or None

# This machine only; 0.0.0.0 opens the staff site to the network (the demonstration's password is public).
HOST = os.environ.get("PO_HOST") or "127.0.0.1"
PORT = _port()
STAFF_URL = os.environ.get("STAFF_URL") or f"http://localhost:{PORT}"
PORTAL_URL = os.environ.get("PORTAL_URL") or f"http://localhost:{PORT + 1}"

LAKE_ROOT = os.environ.get("PO_LAKE_ROOT") or str(VAR / "lake")
EXPORT_ROOT = Path(os.environ.get("PO_EXPORT_ROOT") or VAR / "exports")

# DuckDB's own defaults are 80 % of RAM and all cores *per instance*; a web process keeps many instances.
DUCKDB_MEMORY = os.environ.get("PO_DUCKDB_MEMORY") or "1GB"
DUCKDB_THREADS = int(os.environ.get("PO_DUCKDB_THREADS") or 2)
OPEN_LAKES = int(os.environ.get("PO_OPEN_LAKES") or 64)


def secret() -> bytes:
    """
    The installation's secret: database role passwords are derived from it.

    From ``PO_SECRET``, else from ``VAR/secret``, which is made (mode 600) on first use.
    """
    given = os.environ.get("PO_SECRET")
    if given:
        return given.encode()
    kept = VAR / "secret"
    if not kept.exists():
        VAR.mkdir(parents=True, exist_ok=True)
        try:
            with open(os.open(kept, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as made:
                made.write(secrets.token_hex(32))
        except FileExistsError:
            pass  # another process made it between the look and the open
    return kept.read_text().strip().encode()
