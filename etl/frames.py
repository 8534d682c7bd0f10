"""Handing whole columns from Python to DuckDB."""

import pandas as pd
import pyarrow as pa
from duckdb import DuckDBPyConnection


def make_table(connection: DuckDBPyConnection, name: str, frame: pd.DataFrame | pa.Table) -> None:
    """A temporary table with the frame's rows; an older one of that name is replaced."""
    connection.register("handed_over", frame)
    try:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM handed_over")
    finally:
        connection.unregister("handed_over")
