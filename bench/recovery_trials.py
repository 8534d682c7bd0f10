"""Three published trials: predict a later visit from baseline, and with early visits, by five-fold cross-validation."""

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import norm

from bench.recovery_comparators import ancova, mixed_model, quantile_regression
from bench.recovery_scores import LEVELS, Result, covered, crps
from bench.recovery_trials_files import Trial, lasa, panss, samon_vas
from scoring.recovery_courses import Courses
from scoring.recovery_fit import fit_curve

FOLDS = 5


@dataclass(frozen=True)
class Task:
    """Predict the first answer on days `first` … `last`; with the answers up to day `known` where that is above 0."""

    trial: Trial
    first: int
    last: int
    known: int

    @property
    def name(self) -> str:
        given = f"given answers to day {self.known}" if self.known else "from baseline"
        when = f"day {self.first}" if self.first == self.last else f"days {self.first}–{self.last}"
        return f"{self.trial.name}, {when} {given}"

    def target(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Length-n: has one to predict (and an early answer where those are used), its day, its score."""
        courses = self.trial.courses
        usable = courses.answered & (courses.day >= self.first) & (courses.day <= self.last)
        rows, visit = np.arange(len(courses)), usable.argmax(axis=1)
        has = usable.any(axis=1) & (self.history().answered.any(axis=1) | (self.known == 0))
        return has, courses.day[rows, visit], courses.score[rows, visit]

    def history(self) -> Courses:
        courses = self.trial.courses
        return Courses(
            courses.baseline, courses.x, courses.day, np.where(courses.day <= self.known, courses.score, np.nan)
        )


def tasks(folder: Path) -> list[Task]:
    vas, change = samon_vas(folder), panss(folder)
    ask = [Task(vas, day, day, known) for day, known in ((28, 0), (56, 0), (28, 14), (56, 28))]
    ask += [Task(change, day, day, known) for day, known in ((28, 0), (56, 0), (56, 14), (56, 28))]
    for score in ("pain", "mood", "phys"):
        ask += [Task(lasa(folder, score), 100, 150, known) for known in (0, 63)]
    return ask


def results(folder: Path) -> list[Result]:
    """One line per task and one per data set's coverage."""
    lines, ratios, inside = task_lines(tasks(folder))
    lines.append(Result("Trials, CRPS ÷ best of three, mean of tasks", float(np.mean(ratios)), (None, 1.015)))
    together = {}
    for name, parts in inside.items():
        together.setdefault(name.split()[0], []).extend(parts)
    for name, parts in together.items():
        both = np.concatenate(parts)
        lines.append(Result(f"{name}, 80 % band covers", both.mean(), (0.78, 0.84), f"{len(both):,} predictions"))
    return lines


def task_lines(asked: list[Task]) -> tuple[list[Result], list[float], dict[str, list[np.ndarray]]]:
    """One line per task, the ratios to the best comparator, and by trial what of the predictions our band covered."""
    lines, ratios, inside = [], [], {}
    for task in asked:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the comparators' convergence warnings are not ours to mend
            bands, score = cross_validated(task)
        scores = {name: crps(band, score) for name, band in bands.items()}
        mine = scores.pop("ours")
        ratios.append(mine / min(scores.values()))
        beside = ", ".join(f"{name} {value:.2f}" for name, value in scores.items())
        beside = f"ours {mine:.2f}, {beside}, n = {len(score):,}"
        lines.append(Result(f"{task.name}: CRPS ÷ best of three", ratios[-1], (None, 1.04), beside))
        inside.setdefault(task.trial.name, []).append(covered(bands["ours"], score))
    return lines, ratios, inside


def cross_validated(task: Task) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """{method: m × 19 quantiles} and the m scores; every patient predicted by fits without the own fold."""
    courses, scale = task.trial.courses, task.trial.scale
    has, day, score = task.target()
    history, features = task.history(), linear_features(task)
    fold = np.random.default_rng(0).permutation(len(courses)) % FOLDS
    bands = {name: np.full((len(courses), len(LEVELS)), np.nan) for name in ("ours", "ANCOVA", "quantile", "mixed")}
    for number in range(FOLDS):
        test, train = has & (fold == number), has & (fold != number)
        curve = fit_curve(courses[fold != number], scale)
        bands["ours"][test] = curve.expected_after(history[test], day[test], LEVELS)
        bands["ANCOVA"][test] = ancova(features[train], score[train], features[test])
        bands["quantile"][test] = quantile_regression(features[train], score[train], features[test])
        mean, sd = mixed_model(task.trial, courses[fold != number], history[test], day[test])
        bands["mixed"][test] = mean[:, None] + sd[:, None] * norm.ppf(LEVELS)
    clipped = {name: scale.clip(band[has]) for name, band in bands.items()}
    return clipped, score[has]


def linear_features(task: Task) -> np.ndarray:
    """What a regression gets: baseline, arm and covariates, and with early visits their last and mean answer."""
    courses, history = task.trial.courses, task.history()
    columns = [courses.baseline] * task.trial.has_baseline + [*courses.x.T]
    if task.known:
        answered = history.answered
        last = answered.shape[1] - 1 - answered[:, ::-1].argmax(axis=1)
        columns += [history.score[np.arange(len(history)), last]]
        columns += [np.where(answered, history.score, 0).sum(axis=1) / np.maximum(answered.sum(axis=1), 1)]
    return np.column_stack(columns)
