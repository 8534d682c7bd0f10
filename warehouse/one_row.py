"""Asking a lake for one row."""

from duckdb import DuckDBPyConnection


def one_row(cursor: DuckDBPyConnection, question: str, parameters: dict | list | None = None) -> tuple | None:
    """
    The first row of an answer; None if there is none.

    The answer is read to its end: after ``fetchone`` it stays open, and with it a transaction in the catalog's
    database that holds up vacuum and a rebuild of the lake for as long as the process keeps the lake open (seen).
    """
    rows = cursor.execute(question, parameters).fetchall()
    return rows[0] if rows else None
