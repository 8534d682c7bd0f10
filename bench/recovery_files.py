"""NHS England PROMs provider files beside the project, read for benchmarks and tests; never copied."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from etl.errors import EtlError
from etl.imports.layout import Procedure, column_key, procedure_of, read_layout

COMORBIDITIES = (
    "Heart Disease", "High Bp", "Stroke", "Circulation", "Lung Disease", "Diabetes",
    "Kidney Disease", "Nervous System", "Liver Disease", "Cancer", "Depression", "Arthritis",
)  # fmt: skip
ASKED = ("Symptom Period", "Previous Surgery", "Living Arrangements", "Disability")
EQ5D = ("Mobility", "Self-Care", "Activity", "Discomfort", "Anxiety")
JOINTS = {"hip": "hip_replacement", "knee": "knee_replacement"}


@dataclass(frozen=True)
class Registry:
    """Which published years are fitted and predicted: a folder with one file each of a joint's two years."""

    folder: Path
    joint: str = "hip"
    fitted: str = "2016/17"
    predicted: str = "2017/18"

    def years(self) -> tuple["RegistryYear", "RegistryYear"]:
        return tuple(registry_year(self.folder, self.joint, year) for year in (self.fitted, self.predicted))


@dataclass(frozen=True)
class RegistryYear:
    """Primary replacements of one year, complete before and after: n patients."""

    baseline: np.ndarray
    covariates: pd.DataFrame
    outcome: np.ndarray
    published: np.ndarray  # the registry's own predicted score; NaN where it has none
    provider: np.ndarray

    def __len__(self) -> int:
        return len(self.outcome)


def hip_year(folder: Path, year: str) -> RegistryYear:
    """One year of NHS hip replacements."""
    return registry_year(folder, "hip", year)


def registry_year(folder: Path, joint: str, year: str) -> RegistryYear:
    """
    One year ("2017/18") of NHS replacements of a joint (hip, knee); Oxford totals are sums of the twelve items, 0–48.

    Raises EtlError where the folder has no such file, and for one whose columns are not the registry's.
    """
    path = file_of(folder, joint, year)
    rows = published_rows(path)
    procedure = procedure_of(read_layout(), list(rows.columns), path.name)
    if procedure.condition != JOINTS[joint]:
        raise EtlError(f"{path.name} is a file of {procedure.name}, and {joint} was asked for. Rename or remove it.")
    rows.columns = [column_key(name) for name in rows.columns]
    rows = rows[column(rows, "Revision Flag") == "0"].reset_index(drop=True)
    before, after = (oxford_total(rows, procedure, when) for when in ("Pre-Op Q", "Post-Op Q"))
    complete = (before.notna() & after.notna()).to_numpy()
    own = f"predicted:{procedure.instrument.split('@')[0]}.{procedure.scale}"
    published = pd.to_numeric(column(rows, f"{procedure.name} {procedure.predicted[own]}"), errors="coerce")
    return RegistryYear(
        before.to_numpy()[complete],
        covariates_before(rows)[complete].reset_index(drop=True),
        after.to_numpy()[complete],
        published.to_numpy()[complete],
        column(rows, "Provider Code").to_numpy()[complete],
    )


def file_of(folder: Path, joint: str, year: str) -> Path:
    """The .zip or .csv whose name has the joint and the year, written 2017-18, 201718 or 1718."""
    first, second = year[2:4], year[-2:]
    forms = (f"20{first}-{second}", f"20{first}{second}", f"{first}{second}")
    files = sorted(path for path in folder.iterdir() if path.suffix in (".zip", ".csv")) if folder.is_dir() else []
    found = [path for path in files if joint in path.name.lower() and any(form in path.name for form in forms)]
    if not found:
        raise EtlError(
            f"{folder} has no file of {joint} replacements of {year}. Put the NHS provider file there as published: a "
            f".zip or .csv whose name has “{joint}” and {' or '.join(forms)}."
        )
    return found[0]


def published_rows(path: Path) -> pd.DataFrame:
    if path.suffix == ".csv":
        return pd.read_csv(path, dtype=str)
    with zipfile.ZipFile(path) as archive:
        name = next(name for name in archive.namelist() if not name.startswith("__MACOSX/") and name.endswith(".csv"))
        with archive.open(name) as lines:
            return pd.read_csv(lines, dtype=str)


def column(rows: pd.DataFrame, name: str) -> pd.Series:
    return rows[column_key(name)]


def oxford_total(rows: pd.DataFrame, procedure: Procedure, when: str) -> pd.Series:
    asked = [column(rows, f"{procedure.name} {when} {item}") for item in procedure.items.values()]
    items = [pd.to_numeric(item, errors="coerce") for item in asked]
    return sum(item.where(item.between(0, 4)) for item in items)


def covariates_before(rows: pd.DataFrame) -> pd.DataFrame:
    """What is known before surgery; '*', 9 and 999 are missing."""
    names = ["Age Band", "Gender", *COMORBIDITIES, *(f"Pre-Op Q {name}" for name in (*ASKED, *EQ5D))]
    known = pd.DataFrame({name: column(rows, name) for name in names})
    return known.where(~known.isin(["*", "9", "999"]))
