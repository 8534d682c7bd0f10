"""What may leave: data/export/research.toml, and nothing that is not in it. The only reader of that file."""

import hashlib
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import settings
from warehouse.errors import WarehouseError

FILE = settings.CONTENT / "export" / "research.toml"
NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class ExportTable:
    """One table of an export: what a row is, and its columns (name → meaning) in their order."""

    name: str
    grain: str
    columns: dict[str, str]


@dataclass(frozen=True)
class AllowList:
    """The tables and covariates that may leave. ``highest``: covariate → the number above which it is capped."""

    version: int
    sha256: str
    tables: tuple[ExportTable, ...]
    covariates: tuple[str, ...]
    highest: dict[str, float]


@cache
def read_allow_list(path: Path = FILE) -> AllowList:
    """The allow-list of a file; refuses one whose names are not plain."""
    text = path.read_text()
    found = tomllib.loads(text)
    tables = tuple(ExportTable(each["name"], each["grain"], each["columns"]) for each in found["tables"])
    for name in [name for table in tables for name in (table.name, *table.columns)]:
        if not NAME.fullmatch(name):
            raise WarehouseError(f"{path.name}: “{name}” is no name of a table or column (a–z, 0–9 and _).")
    return AllowList(
        found["version"],
        hashlib.sha256(text.encode()).hexdigest(),
        tables,
        tuple(found["covariates"]["names"]),
        found["covariates"]["highest"],
    )
