"""
A freeze: the rows of one choice, copied into a folder of its own that nothing changes afterwards.

Its name is the hash of its manifest: the same choice on the same data is the same freeze, byte for byte, whatever has
happened to the lake's files and snapshots in between.
"""

import hashlib
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa
from duckdb import DuckDBPyConnection

import settings
from scoring.instruments import parse_instrument
from warehouse.errors import WarehouseError
from warehouse.research.allow_list import AllowList, read_allow_list
from warehouse.research.codebook import codebook
from warehouse.research.cohort import CohortCount, ExportChoice, count_cohort
from warehouse.research.files import sha256_of, write_csv, write_parquet, write_zip
from warehouse.research.tables import read_tables
from warehouse.scope import ClinicScope
from warehouse.suppression import LEAST

FORMAT = 1
# (what is being done, share done from 0 to 1)
Progress = Callable[[str, float], None]


class UsedDefinition(Protocol):
    """An instrument's published text, as the registry keeps it (``care.registry.PublishedText``)."""

    reference: str
    sha256: str
    body: str


@dataclass(frozen=True)
class Freeze:
    """A finished export: its folder, the same as one archive, and what its manifest says."""

    name: str
    folder: Path
    archive: Path
    manifest: dict


def make_freeze(
    cursor: DuckDBPyConnection,
    scope: ClinicScope,
    choice: ExportChoice,
    definitions: tuple[UsedDefinition, ...],
    progress: Progress = lambda what, share: None,
) -> Freeze:
    """
    Write CSV, Parquet, codebook and manifest of a choice under ``settings.EXPORT_ROOT/<tenant>``.

    Raises WarehouseError when the choice has fewer than ten patients, or the folder cannot be written. A freeze that
    is not finished leaves nothing.
    """
    root = Path(settings.EXPORT_ROOT) / scope.tenant_id.hex
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(prefix=".making-", dir=root) as making:
            manifest = _write(cursor, scope, choice, definitions, Path(making), progress)
            return _keep(Path(making), root, manifest, progress)
    except OSError as error:
        raise WarehouseError(
            f"The export cannot be written to {root}: {error.strerror}. Free some room or set PO_EXPORT_ROOT."
        ) from None


def _write(
    cursor: DuckDBPyConnection,
    scope: ClinicScope,
    choice: ExportChoice,
    definitions: tuple[UsedDefinition, ...],
    folder: Path,
    progress: Progress,
) -> dict:
    allowed = read_allow_list()
    cursor.begin()  # one snapshot for all tables
    try:
        count = count_cohort(cursor, scope, choice)
        if count.is_too_few:
            who = f"Fewer than {LEAST} patients match" if count.patients else "Nobody matches"
            raise WarehouseError(f"{who} this choice. Choose a longer period or another instrument.")
        tables = {}
        for place, (table, read) in enumerate(read_tables(cursor, scope, choice, allowed)):
            progress(f"Writing {table.name}", place / (len(allowed.tables) + 1))
            tables[table.name] = _write_table(read(), folder, table.name)
    finally:
        cursor.rollback()
    instruments = [parse_instrument(each.body, each.reference) for each in definitions]
    tables["codebook"] = _write_table(codebook(allowed, instruments), folder, "codebook")
    manifest = _manifest(choice, count, allowed, definitions, tables)
    (folder / "manifest.json").write_text(_text(manifest))
    return manifest


def _write_table(rows: pa.Table, folder: Path, name: str) -> dict:
    written = {"rows": rows.num_rows}
    for kind, write in (("csv", write_csv), ("parquet", write_parquet)):
        path = folder / f"{name}.{kind}"
        write(rows, path)
        written[kind] = {"file": path.name, "bytes": path.stat().st_size, "sha256": sha256_of(path)}
    return written


def _manifest(
    choice: ExportChoice,
    count: CohortCount,
    allowed: AllowList,
    definitions: tuple[UsedDefinition, ...],
    tables: dict[str, dict],
) -> dict:
    return {
        "format": FORMAT,
        "choice": {
            "condition": choice.condition,
            "instruments": sorted(choice.instruments),
            "first_index_year": choice.first_year,
            "last_index_year": choice.last_year,
        },
        "counts": vars(count),
        "small_cells": (
            f"{count.small_groups} combinations of site, stratum, sex and age band have fewer than ten patients "
            f"({count.in_small_groups} in all). Do not publish counts or means of fewer than ten patients."
        ),
        "allow_list": {"version": allowed.version, "sha256": allowed.sha256},
        "definitions": {each.reference: each.sha256 for each in definitions},
        "tables": tables,
        "written_with": {"pyarrow": pa.__version__},
    }


def _text(manifest: dict) -> str:
    return json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _keep(making: Path, root: Path, manifest: dict, progress: Progress) -> Freeze:
    """Give the finished folder its name; where the same freeze is there already, unchanged, that one stands."""
    progress("Packing", len(manifest["tables"]) / (len(manifest["tables"]) + 1))
    name = f"{manifest['choice']['condition']}-{hashlib.sha256(_text(manifest).encode()).hexdigest()[:16]}"
    folder, archive = root / name, root / f"{name}.zip"
    if folder.exists():
        _check_unchanged(folder, manifest)
    else:
        complete = making / name
        complete.mkdir()
        for file in [file for file in making.iterdir() if file.is_file()]:
            file.rename(complete / file.name)
        complete.rename(folder)
    if not archive.exists():
        packed = making / archive.name
        write_zip(folder, packed)
        packed.rename(archive)
    progress("Done", 1.0)
    return Freeze(name, folder, archive, manifest)


def _check_unchanged(folder: Path, manifest: dict) -> None:
    """Refuse a freeze whose files somebody has touched: what was published from it could not be checked."""
    for table in manifest["tables"].values():
        for kind in ("csv", "parquet"):
            path = folder / table[kind]["file"]
            if not path.exists() or sha256_of(path) != table[kind]["sha256"]:
                raise WarehouseError(f"{path} was changed after it was frozen. Move {folder} away, then export again.")
