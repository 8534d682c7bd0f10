"""The published recovery files beside the project, read for benchmarks and tests; never copied."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

HIP_ITEMS = (
    "Pain", "Sudden Pain", "Night Pain", "Washing", "Transport", "Dressing",
    "Shopping", "Walking", "Limping", "Stairs", "Standing", "Work",
)  # fmt: skip
COMORBIDITIES = (
    "Heart Disease", "High Bp", "Stroke", "Circulation", "Lung Disease", "Diabetes",
    "Kidney Disease", "Nervous System", "Liver Disease", "Cancer", "Depression", "Arthritis",
)  # fmt: skip
ASKED = ("Symptom Period", "Previous Surgery", "Living Arrangements", "Disability")
EQ5D = ("Mobility", "Self-Care", "Activity", "Discomfort", "Anxiety")
HIP_YEARS = {
    "2016/17": "2016-17_Hip_Replacement_Provider_1617.csv.zip",
    "2017/18": "2017-18_Hip_Replacements_Provider_1718.csv.zip",
}


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
    """One year of NHS hip replacements; Oxford totals are sums of the twelve items, 0–48."""
    rows = published_rows(folder / HIP_YEARS[year])
    rows = rows[rows["Revision Flag"] == "0"].reset_index(drop=True)
    before, after = oxford_total(rows, "Pre-Op Q"), oxford_total(rows, "Post-Op Q")
    complete = (before.notna() & after.notna()).to_numpy()
    published = pd.to_numeric(rows["Hip Replacement OHS Post-Op Q Predicted"], errors="coerce")
    return RegistryYear(
        before.to_numpy()[complete],
        covariates_before(rows)[complete].reset_index(drop=True),
        after.to_numpy()[complete],
        published.to_numpy()[complete],
        rows["Provider Code"].to_numpy()[complete],
    )


def published_rows(path: Path) -> pd.DataFrame:
    with zipfile.ZipFile(path) as archive:
        name = next(name for name in archive.namelist() if not name.startswith("__MACOSX/"))
        with archive.open(name) as lines:
            return pd.read_csv(lines, dtype=str)


def oxford_total(rows: pd.DataFrame, when: str) -> pd.Series:
    items = [pd.to_numeric(rows[f"Hip Replacement {when} {item}"], errors="coerce") for item in HIP_ITEMS]
    return sum(item.where(item.between(0, 4)) for item in items)


def covariates_before(rows: pd.DataFrame) -> pd.DataFrame:
    """What is known before surgery; '*', 9 and 999 are missing."""
    names = ["Age Band", "Gender", *COMORBIDITIES, *(f"Pre-Op Q {name}" for name in (*ASKED, *EQ5D))]
    known = rows[names]
    return known.where(~known.isin(["*", "9", "999"]))
