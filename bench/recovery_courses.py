"""Any other courses: a CSV of visits, predicted and judged like the published trials, with the product's settings."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from bench.recovery_alarms import rates_by_folds
from bench.recovery_scores import Result
from bench.recovery_trials import Task, task_lines
from bench.recovery_trials_files import Trial
from etl.errors import EtlError
from scoring.recovery_basis import CONSERVATIVE_KNOTS, SURGERY_KNOTS, Scale
from scoring.recovery_courses import from_visits
from scoring.recovery_fit import FEWEST_PATIENTS

NEEDED = ("patient", "day", "score")
FEWEST_PREDICTED = 60


@dataclass(frozen=True)
class CoursesFile:
    """
    Parameters
    ----------
    path : CSV with one row per visit: patient, day (from the index date), score; every other column is a number known
        at the start. The last score on day 0 or before is the baseline; a patient without one is left out.
    lowest, highest, higher_is_better : of the scale
    surgery : whether day 0 is an operation, else a first visit
    """

    path: Path
    lowest: float
    highest: float
    higher_is_better: bool
    surgery: bool


def results(file: CoursesFile) -> list[Result]:
    """CRPS against three comparators at a late visit, coverage, and episodes ever flagged."""
    trial = read_courses(file)
    lines, ratios, inside = task_lines(late_tasks(trial))
    lines.append(Result(f"{trial.name}, CRPS ÷ best of three, mean of tasks", float(np.mean(ratios)), (None, 1.015)))
    covered = np.concatenate(inside[trial.name])
    lines.append(
        Result(f"{trial.name}, 80 % band covers", covered.mean(), (0.78, 0.84), f"{len(covered):,} predictions")
    )
    return [*lines, *rates_by_folds(trial)]


def late_tasks(trial: Trial) -> list[Task]:
    """Predict the first answer around the day that three in four patients stay to, from baseline and halfway there."""
    courses = trial.courses
    last = np.where(courses.answered, courses.day, 0).max(axis=1)
    end = float(np.quantile(last[last > 0], 0.25))
    tasks = [Task(trial, round(0.75 * end), round(1.25 * end), known) for known in (0, round(0.5 * end))]
    kept = [task for task in tasks if task.target()[0].sum() >= FEWEST_PREDICTED]
    if not kept:
        raise EtlError(
            f"Fewer than {FEWEST_PREDICTED} patients of {trial.name} have an answer on days {round(0.75 * end)}–"
            f"{round(1.25 * end)}: too few to compare predictions. Give a file with more patients."
        )
    return kept


def read_courses(file: CoursesFile) -> Trial:
    """The file as courses; an EtlError says which column or value is wrong."""
    rows = pd.read_csv(file.path)
    lacking = [name for name in NEEDED if name not in rows]
    if lacking:
        raise EtlError(
            f"{file.path.name} lacks the column “{lacking[0]}”. One row per visit is needed: patient, day, score; "
            "further columns are numbers known at the start."
        )
    known = [name for name in rows.columns if name not in NEEDED]
    for name in ("day", "score", *known):
        numbers = pd.to_numeric(rows[name], errors="coerce")
        wrong = numbers.isna() & rows[name].notna()
        if wrong.any():
            raise EtlError(f"{file.path.name}, column “{name}”: {rows.loc[wrong, name].iloc[0]!r} is not a number.")
        rows[name] = numbers
    rows = rows.dropna(subset=["day", "score"])
    outside = ~rows["score"].between(file.lowest, file.highest)
    if outside.any():
        raise EtlError(
            f"{file.path.name}: a score of {rows.loc[outside, 'score'].iloc[0]:g} lies outside {file.lowest:g}–"
            f"{file.highest:g}. Correct the file or give the scale's range."
        )
    return _trial(file, rows.sort_values(["patient", "day"], kind="stable"), known)


def _trial(file: CoursesFile, rows: pd.DataFrame, known: list[str]) -> Trial:
    first = rows[rows["day"] <= 0].drop_duplicates("patient", keep="last").set_index("patient")
    later = rows[(rows["day"] > 0) & rows["patient"].isin(first.index)]
    if later["patient"].nunique() < FEWEST_PATIENTS:
        raise EtlError(
            f"{file.path.name} has {later['patient'].nunique()} patients with a score on day 0 or before and one "
            f"after; {FEWEST_PATIENTS} are needed for a curve."
        )
    x = first[known].to_numpy(float)
    x = np.nan_to_num((x - np.nanmean(x, axis=0)) / np.maximum(np.nanstd(x, axis=0), 1e-9)) if known else x
    patient = first.index.get_indexer(later["patient"])
    day, score = later["day"].to_numpy(float), later["score"].to_numpy(float)
    knots = SURGERY_KNOTS if file.surgery else CONSERVATIVE_KNOTS
    baseline = first["score"].to_numpy(float)
    scale = Scale(file.lowest, file.highest, file.higher_is_better, baseline.mean(), baseline.std(), knots)
    return Trial(file.path.stem, from_visits(patient, day, score, baseline, x), scale, True)
