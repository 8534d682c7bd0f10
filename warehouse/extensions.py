"""DuckDB's extensions, loaded by file path from site-packages: no network at run time, no other version."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.errors import WarehouseError

# httpfs brings the cipher: without it DuckDB refuses to write encrypted files.
EXTENSIONS = ("icu", "postgres_scanner", "httpfs", "ducklake")


@cache
def check_signatures() -> None:
    """
    Load every extension once in this process with DuckDB's own check of its signature.

    The check reads 112 MB and takes 0.4 s of a processor. Whoever loads the same file later in this process is given
    the code that was checked here, so that a second check would prove nothing.
    """
    with duckdb.connect(config={"autoinstall_known_extensions": False}) as connection:
        load_extensions(connection)


def load_extensions(connection: DuckDBPyConnection) -> None:
    for name in EXTENSIONS:
        connection.execute(f"LOAD '{extension_file(name)}'")


@cache
def extension_file(name: str) -> Path:
    """The one file of the package ``duckdb-extension-<name>``."""
    spec = find_spec(f"duckdb_extension_{name}")
    found = next(Path(spec.submodule_search_locations[0]).rglob("*.duckdb_extension"), None) if spec else None
    if found is None:
        package = f"duckdb-extension-{name.replace('_', '-')}"
        raise WarehouseError(f"The package {package} is not installed. Run: pip install -r requirements.txt")
    return found
