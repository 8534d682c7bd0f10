"""Three published trials with repeated visits, as courses; read beside the project, never copied."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from scoring.recovery_basis import Scale
from scoring.recovery_courses import Courses, from_visits

PANSS_WEEKS = (1, 2, 4, 6, 8)
CYCLE_DAYS = 21


@dataclass(frozen=True)
class Trial:
    """
    Parameters
    ----------
    name : of the data set and the score
    courses, scale : the patients and their scale
    has_baseline : false where the published score is a change already: then the arm is all that is known at first
    """

    name: str
    courses: Courses
    scale: Scale
    has_baseline: bool


def samon_vas(folder: Path) -> Trial:
    """511 patients, weekly symptom VAS, two arms, dropout; visit k is week k."""
    rows = pd.read_csv(folder / "samon_vas.csv").dropna()
    first = rows[rows["visit"] == 0].set_index("id")
    courses = courses_of(first, rows[rows["visit"] > 0], "visit", 7, "vas", first[["arm"]].to_numpy(float))
    scale = Scale(0, 101, False, first["vas"].mean(), first["vas"].std(), knots=(0, 7, 14, 21, 28, 42, 56))
    return Trial("VAS", courses, scale, True)


def panss(folder: Path) -> Trial:
    """2,151 patients, change of the symptom scale at five visits, three arms."""
    rows = pd.read_csv(folder / "schizo_panss_change.csv")
    arms = np.unique(rows["Treat"])[1:]
    x = (rows["Treat"].to_numpy()[:, None] == arms).astype(float)
    change = rows[[f"Week{week}" for week in PANSS_WEEKS]].to_numpy(float)
    day = np.tile(7.0 * np.array(PANSS_WEEKS), (len(rows), 1))
    scale = Scale(-120, 90, False, 0.0, 1.0, knots=(0, 7, 14, 28, 42, 56))
    return Trial("PANSS change", Courses(np.zeros(len(rows)), x, day, change), scale, False)


def lasa(folder: Path, score: str) -> Trial:
    """Up to 292 patients, irregular cycles of three weeks, one self-rated score 0–100, three arms; cycles 1–12."""
    rows = pd.read_csv(folder / "anz0001_lasa.csv").dropna(subset=[score])
    first = rows[rows["cycleno"] == 0].drop_duplicates("id").set_index("id")
    later = rows[rows["cycleno"].between(1, 12) & rows["id"].isin(first.index)]
    x = np.column_stack([first["treatment"] == 2, first["treatment"] == 3, (first["age"] - 62) / 10]).astype(float)
    courses = courses_of(first, later, "cycleno", CYCLE_DAYS, score, x)
    scale = Scale(0, 100, False, first[score].mean(), first[score].std(), knots=(0, 21, 42, 84, 126, 252))
    return Trial(f"LASA {score}", courses, scale, True)


def courses_of(first: pd.DataFrame, later: pd.DataFrame, visit: str, days: int, score: str, x: np.ndarray) -> Courses:
    """Courses of the patients of `first` (indexed by id), with the visits of `later`."""
    patient = first.index.get_indexer(later["id"])
    known = patient >= 0
    day, value = days * later[visit].to_numpy(float), later[score].to_numpy(float)
    return from_visits(patient[known], day[known], value[known], first[score].to_numpy(float), x)
