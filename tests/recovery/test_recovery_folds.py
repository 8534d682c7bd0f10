"""History is judged by a band that has not seen the provider's own fold."""

from time import process_time

import numpy as np
import pandas as pd
import pytest

from bench.recovery_files import hip_year
from scoring.band_folds import folds
from scoring.recovery_folds import WHOLE, FoldedBand, fit_folded_band


def two_clinics(n_north: int, n_south: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Everybody starts at 40; six weeks later the north is at 90 and the south at 60."""
    score = np.repeat([90.0, 60.0], [n_north, n_south]) + np.random.default_rng(1).normal(0, 3, n_north + n_south)
    visits = pd.DataFrame({"episode_id": range(len(score)), "day": 42, "baseline": 40.0, "score": score})
    return visits, folds(np.repeat(["north", "south"], [n_north, n_south]))


def test_each_clinic_is_expected_to_do_as_the_other():
    visits, fold = two_clinics(200, 300)
    nobody = pd.DataFrame(index=visits.index)
    band = fit_folded_band(visits, nobody, fold, [42], (0, 100))
    day, baseline = visits["day"].to_numpy(), visits["baseline"].to_numpy()
    median = band.at(fold, day, baseline, nobody, [0.5])[:, 0]
    assert median[0] == pytest.approx(60, abs=1) and median[-1] == pytest.approx(90, abs=1)
    assert band.n(fold, day)[[0, -1]].tolist() == [300, 200]
    everybody = band.at(np.full(500, WHOLE), day, baseline, nobody, [0.1])[0, 0]
    assert everybody == band.whole.at([42.0], [40.0], nobody[:1], [0.1])[0, 0]


def test_a_clinic_without_enough_others_has_no_curve_yet():
    visits, fold = two_clinics(49, 300)
    nobody = pd.DataFrame(index=visits.index)
    band = fit_folded_band(visits, nobody, fold, [42], (0, 100))
    share = band.below(
        fold, visits["day"].to_numpy(), visits["baseline"].to_numpy(), nobody, visits["score"].to_numpy()
    )
    assert np.isnan(share[-1]) and share[0] > 0.99


def test_folded_bands_survive_json():
    visits, fold = two_clinics(200, 300)
    band = fit_folded_band(visits, pd.DataFrame(index=visits.index), fold, [42], (0, 100))
    assert FoldedBand.from_json(band.to_json()).to_json() == band.to_json()


def test_one_nhs_year_is_fitted_out_of_fold_in_three_seconds(shared_folder):
    year = hip_year(shared_folder / "data", "2016/17")
    visits = pd.DataFrame(
        {"episode_id": range(len(year)), "day": 182, "baseline": year.baseline, "score": year.outcome}
    )
    fold = folds(year.provider)
    start = process_time()
    band = fit_folded_band(visits, year.covariates, fold, [182], (0, 48))
    seconds = process_time() - start
    day = visits["day"].to_numpy()
    p10, p90 = band.at(fold, day, year.baseline, year.covariates, [0.1, 0.9]).T
    low = (year.outcome < p10).mean()
    print(f"six fits of {len(year):,} in {seconds:.2f} s; {low:.3f} below, {(year.outcome > p90).mean():.3f} above")
    assert 0.085 < low < 0.11
    assert seconds < 6  # 1.9 s on an idle reference machine
