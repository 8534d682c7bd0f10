"""Writing tables so that the same rows give the same bytes."""

import hashlib
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

# A spreadsheet takes a cell that begins with one of these for a formula.
FORMULA = r"^[=+\-@\t\r]"
# Zip archives carry a time; this is the earliest they can.
NO_TIME = (1980, 1, 1, 0, 0, 0)


def write_csv(table: pa.Table, path: Path) -> None:
    """UTF-8, comma, header; text that a spreadsheet would run begins with an apostrophe; absent = empty."""
    safe = [_without_formulas(column) for column in table.columns]
    pa_csv.write_csv(
        pa.table(safe, names=table.column_names), path, pa_csv.WriteOptions(quoting_style="needed", batch_size=65_536)
    )


def _without_formulas(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if not pa.types.is_string(column.type):
        return column
    risky = pc.fill_null(pc.match_substring_regex(column, FORMULA), False)
    return pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column)


def write_parquet(table: pa.Table, path: Path) -> None:
    """As it is: Parquet has types, and no program runs its text."""
    pq.write_table(table.replace_schema_metadata(None), path, compression="zstd")


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_zip(folder: Path, path: Path) -> None:
    """Every file of a folder, by name."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for file in sorted(folder.iterdir()):
            entry = zipfile.ZipInfo(f"{folder.name}/{file.name}", NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with file.open("rb") as content, archive.open(entry, "w") as packed:
                while piece := content.read(1 << 20):
                    packed.write(piece)
