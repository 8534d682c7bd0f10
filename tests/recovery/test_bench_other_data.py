"""Acceptance repeats the benchmark on data kept aside: another joint, other years, other instruments."""

import numpy as np
import pandas as pd
import pytest

from bench.cohorts import simulate
from bench.recovery import main
from bench.recovery_courses import CoursesFile, late_tasks, read_courses
from bench.recovery_files import Registry
from bench.recovery_registry import fitted_on_one_year
from bench.recovery_scores import Result
from etl.errors import EtlError
from etl.imports.layout import read_layout

KNEE = next(each for each in read_layout().procedures if each.condition == "knee_replacement")


def knee_file(folder, year: str, n: int = 400, lacks: str = "") -> None:
    """A made-up file of the registry's shape: everybody's answers rise from about 1.5 to about 3 of 4."""
    rng = np.random.default_rng(len(year))
    rows = pd.DataFrame("*", index=range(n), columns=read_layout().columns_needed(KNEE))
    rows["Revision Flag"], rows["Provider Code"] = rng.choice(["0", "0", "1"], n), rng.choice(["RTH", "NT4"], n)
    level = rng.normal(0, 0.5, n)
    for step, mean in zip((read_layout().baseline, read_layout().follow_up), (1.5, 3.0), strict=True):
        for item in KNEE.items:
            answers = np.clip(np.round(mean + level + rng.normal(0, 0.7, n)), 0, 4).astype(int)
            rows[KNEE.item_column(step, item)] = answers.astype(str)
    rows.drop(columns=[lacks] if lacks else []).to_csv(folder / f"Knee Replacements Provider {year}.csv", index=False)


def test_another_joint_and_other_years_are_read_by_name(tmp_path):
    knee_file(tmp_path, "1819"), knee_file(tmp_path, "1920")
    seen, new = Registry(tmp_path, "knee", "2018/19", "2019/20").years()
    assert 200 < len(seen) < 400 and 0 <= seen.baseline.min() <= seen.baseline.max() <= 48
    assert 15 < seen.baseline.mean() < 21 < 32 < seen.outcome.mean() < 40
    pit = fitted_on_one_year(seen, new).pit
    assert 0.70 < np.mean((pit >= 0.1) & (pit <= 0.9)) < 0.90


def test_a_year_that_is_not_there_is_named(tmp_path, capsys):
    asked = ["registry", "--data", str(tmp_path), "--joint", "knee", "--years", "2018/19", "2019/20"]
    assert main(asked) == 2
    assert "no file of knee replacements of 2018/19" in capsys.readouterr().err


def test_a_file_without_a_column_is_refused_by_the_columns_name(tmp_path):
    knee_file(tmp_path, "1819", lacks="Knee Replacement Pre-Op Q Kneeling")
    with pytest.raises(EtlError, match=r"lacks 1 of the .* “Knee Replacement Pre-Op Q Kneeling”"):
        Registry(tmp_path, "knee", "2018/19", "2018/19").years()


def visits(tmp_path, **columns) -> CoursesFile:
    cohort = simulate(120, 5, seed=1)
    patient, visit = np.nonzero(~np.isnan(cohort.score))
    later = pd.DataFrame({"patient": patient, "day": cohort.day[patient, visit], "score": cohort.score[patient, visit]})
    first = pd.DataFrame({"patient": range(120), "day": 0, "score": cohort.baseline})
    rows = pd.concat([later, first]).assign(age=lambda frame: cohort.age[frame["patient"]], **columns)
    rows.to_csv(tmp_path / "kept.csv", index=False)
    return CoursesFile(tmp_path / "kept.csv", 0, 100, True, True)


def test_any_courses_are_read_from_one_row_per_visit(tmp_path):
    trial = read_courses(visits(tmp_path))
    assert len(trial.courses) == 120 and trial.courses.x.shape == (120, 1)
    assert trial.courses.answered.sum() == (~np.isnan(simulate(120, 5, seed=1).score)).sum()
    first, second = late_tasks(trial)
    assert (first.known, second.known > 0) == (0, True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows.drop(columns="day"), "lacks the column “day”"),
        (lambda rows: rows.assign(arm="A"), "column “arm”: 'A' is not a number"),
        (lambda rows: rows.assign(score=rows["score"] + 90), "lies outside 0–100"),
        (lambda rows: rows[rows["patient"] < 40], "50 are needed for a curve"),
        (lambda rows: rows[rows["day"] > 0], "has 0 patients with a score on day 0 or before"),
    ],
)
def test_a_file_that_is_no_courses_is_refused_with_the_cure(tmp_path, change, message):
    file = visits(tmp_path)
    change(pd.read_csv(file.path)).to_csv(file.path, index=False)
    with pytest.raises(EtlError, match=message):
        read_courses(file)


@pytest.mark.parametrize(("value", "reached"), [(1.0, True), (1.1, False)])
def test_a_missed_bar_is_told_apart_whatever_kind_of_number_was_seen(value, reached):
    assert Result("a ratio", np.float64(value), (None, 1.005)).reached is reached
