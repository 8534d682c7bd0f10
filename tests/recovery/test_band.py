"""The band of one follow-up day: calibrated where it is hard, and honest about what it does not know."""

import json
from time import process_time

import numpy as np
import pandas as pd
import pytest

from bench.recovery_files import hip_year
from scoring.band import BandFit, fit_band
from scoring.band_folds import folds

LEVELS = [0.1, 0.25, 0.5, 0.75, 0.9]


def made_up_patients(n: int, seed: int = 1) -> tuple[np.ndarray, pd.DataFrame, np.ndarray]:
    """Whole-number scores 0–48 with a ceiling that a third of the patients reach."""
    rng = np.random.default_rng(seed)
    baseline = np.clip(rng.normal(18, 8, n).round(), 0, 48)
    sex = rng.choice(["female", "male", None], n, p=[0.5, 0.4, 0.1])
    age = np.where(rng.random(n) < 0.1, np.nan, rng.normal(68, 9, n))
    outcome = 34 + 0.5 * baseline + 2 * (sex == "male") + rng.standard_t(5, n) * 6
    return baseline, pd.DataFrame({"sex": sex, "age": age}), np.clip(outcome.round(), 0, 48)


def test_there_is_no_band_under_fifty_complete_patients():
    baseline, covariates, outcome = made_up_patients(60)
    outcome[:11] = np.nan
    assert fit_band(baseline, covariates, outcome, (0, 48)) is None
    assert fit_band(baseline[10:], covariates[10:], outcome[10:], (0, 48)) is None  # 49 left
    outcome[10] = 40
    assert fit_band(baseline[10:], covariates[10:], outcome[10:], (0, 48)).n == 50


def test_a_band_is_ordered_and_inside_the_scale_even_at_floor_and_ceiling():
    fit = fit_band(*made_up_patients(400), (0, 48))
    corners = pd.DataFrame({"sex": ["female", "male", None, "never seen"], "age": [20.0, 110.0, None, 68.0]})
    band = fit.quantiles(np.array([0.0, 48.0, 18.0, 18.0]), corners, LEVELS)
    assert np.isfinite(band).all()
    assert (np.diff(band, axis=1) >= 0).all()
    assert band.min() >= 0 and band.max() <= 48


def test_without_a_baseline_nothing_is_expected():
    fit = fit_band(*made_up_patients(100), (0, 48))
    covariates = pd.DataFrame({"sex": ["male"], "age": [70.0]})
    assert np.isnan(fit.quantiles(np.array([np.nan]), covariates, LEVELS)).all()
    assert np.isnan(fit.below(np.array([np.nan]), covariates, np.array([40.0]))).all()
    assert np.isnan(fit.below(np.array([18.0]), covariates, np.array([np.nan]))).all()


def test_a_covariate_that_is_not_sent_counts_as_missing():
    fit = fit_band(*made_up_patients(1000), (0, 48))
    unknown = pd.DataFrame({"sex": [None], "age": [np.nan]})
    not_sent = pd.DataFrame(index=[0])
    assert (fit.mean(np.array([18.0]), unknown) == fit.mean(np.array([18.0]), not_sent)).all()


def test_share_below_counts_ties_half():
    baseline = np.full(2000, 20.0)
    outcome = np.repeat([30.0, 40.0, 48.0, 48.0], 500)  # a quarter, a quarter, half at the ceiling
    nothing = pd.DataFrame(index=range(2000))
    fit = fit_band(baseline, nothing, outcome, (0, 48))
    share = fit.below(np.full(3, 20.0), nothing[:3], np.array([30.0, 40.0, 48.0]))
    assert share == pytest.approx([0.125, 0.375, 0.75], abs=0.02)


def test_randomised_pit_is_uniform_on_new_patients_with_a_ceiling():
    fit = fit_band(*made_up_patients(4000, seed=1), (0, 48))
    baseline, covariates, outcome = made_up_patients(4000, seed=2)
    pit = fit.below(baseline, covariates, outcome, np.random.default_rng(3))
    shares, _ = np.histogram(pit, bins=10, range=(0, 1))
    assert shares / 4000 == pytest.approx(np.full(10, 0.1), abs=0.025)


def test_a_band_survives_json_and_its_json_holds_no_patient():
    baseline, covariates, outcome = made_up_patients(300)
    covariates.loc[7, "sex"] = "only one patient says this"
    fit = fit_band(baseline, covariates, outcome, (0, 48))
    text = fit.to_json()
    assert "only one patient" not in text
    assert len(json.loads(text)["quantiles"]) == 3  # one row per hundred patients, none per patient
    again = BandFit.from_json(text)
    assert again.quantiles(baseline, covariates, LEVELS) == pytest.approx(
        fit.quantiles(baseline, covariates, LEVELS), abs=1e-3
    )
    assert again.to_json() == text


def test_the_same_rows_give_the_same_band():
    assert fit_band(*made_up_patients(200), (0, 48)).to_json() == fit_band(*made_up_patients(200), (0, 48)).to_json()


def test_a_key_keeps_its_fold_on_every_machine():
    assert folds(pd.Series(["RTH", "ADP02", "RTH", "NT401"])).tolist() == [3, 2, 3, 3]
    many = folds([f"clinic {number}" for number in range(5000)])
    assert np.bincount(many) / 5000 == pytest.approx(np.full(5, 0.2), abs=0.02)


def test_nhs_hip_band_of_one_year_covers_the_next_in_every_baseline_decile(shared_folder):
    seen, new = hip_year(shared_folder / "data", "2016/17"), hip_year(shared_folder / "data", "2017/18")
    start = process_time()
    fit = fit_band(seen.baseline, seen.covariates, seen.outcome, (0, 48))
    seconds = process_time() - start
    pit = fit.below(new.baseline, new.covariates, new.outcome, np.random.default_rng(1))
    inside = pd.Series((pit >= 0.1) & (pit <= 0.9))
    by_decile = inside.groupby(pd.qcut(new.baseline, 10)).mean()
    print(f"n {fit.n}, fit {seconds:.2f} s, 80 % band covers {inside.mean():.4f}; {by_decile.round(3).tolist()}")
    assert 0.78 <= inside.mean() <= 0.82
    assert by_decile.between(0.74, 0.86).all()
