"""NHS replacements of a joint: fit one year, predict another; against the registry's own prediction and boosting."""

from dataclasses import dataclass
from time import perf_counter

import numpy as np
import pandas as pd
from scipy.stats import norm
from sklearn.ensemble import HistGradientBoostingRegressor

from bench.recovery_files import COMORBIDITIES, Registry, RegistryYear
from bench.recovery_scores import LEVELS, Result, crps, inside
from scoring.band_terms import Terms
from scoring.recovery import RecoveryCurve
from scoring.recovery_basis import Scale
from scoring.recovery_courses import Courses
from scoring.recovery_fit import fit_curve

DAY = 182
SMALLEST_SUBGROUP = 1000


@dataclass(frozen=True)
class NextYear:
    """A curve fitted on one year, and the next year's patients as courses, with their randomised PIT."""

    curve: RecoveryCurve
    courses: Courses
    pit: np.ndarray
    seconds: float


def fitted_on_one_year(seen: RegistryYear, new: RegistryYear) -> NextYear:
    terms = Terms.learn(seen.baseline, seen.covariates)
    scale = Scale(0, 48, True, *terms.baseline, knots=(0, 14, 42, 90, DAY, 365))
    start = perf_counter()
    curve = fit_curve(courses_of(seen, terms), scale)
    seconds = perf_counter() - start
    courses = courses_of(new, terms)
    return NextYear(curve, courses, curve.share_below(courses, np.random.default_rng(1))[:, 0], seconds)


def courses_of(year: RegistryYear, terms: Terms) -> Courses:
    """Everybody asked at six months; covariates are the band's own terms without intercept and baseline."""
    x = terms.matrix(year.baseline, year.covariates)[:, 2:]
    return Courses(year.baseline, x, np.full((len(year), 1), float(DAY)), year.outcome[:, None])


def results(registry: Registry) -> list[Result]:
    seen, new = registry.years()
    ours = fitted_on_one_year(seen, new)
    name = f"NHS {registry.joint}"
    return [*accuracy(name, seen, new, ours), *calibration(name, new, ours)]


def accuracy(name: str, seen: RegistryYear, new: RegistryYear, ours: NextYear) -> list[Result]:
    """CRPS on the patients the registry made a prediction for."""
    rows = ~np.isnan(new.published)
    one, score = ours.courses[rows], new.outcome[rows]
    mine = crps(ours.curve.expected(one.day[:, 0], one.baseline, one.x, LEVELS), score)
    registry = crps(registry_band(new)[rows], score)
    boosted, seconds = boosting(seen, new)
    boosting_crps = crps(boosted[rows], score)
    beside = f"ours {mine:.3f}, registry + Gaussian {registry:.3f}, n = {rows.sum():,}"
    timed = f"ours {mine:.3f} ({ours.seconds:.1f} s), boosting {boosting_crps:.3f} ({seconds:.0f} s)"
    return [
        Result(f"{name}, CRPS ÷ registry's own prediction + Gaussian band", mine / registry, (None, 0.96), beside),
        Result(f"{name}, CRPS ÷ quantile gradient boosting", mine / boosting_crps, (None, 1.015), timed),
    ]


def registry_band(year: RegistryYear) -> np.ndarray:
    """n × 19: the published prediction and the SD of its own errors, which flatters it."""
    sd = np.nanstd(year.outcome - year.published)
    return np.clip(year.published[:, None] + sd * norm.ppf(LEVELS), 0, 48)


def boosting(seen: RegistryYear, new: RegistryYear) -> tuple[np.ndarray, float]:
    """n × 19 quantiles by one gradient boosting per level, and the seconds to fit them."""
    start = perf_counter()
    x, x_new = as_numbers(seen), as_numbers(new)
    bands = []
    for level in LEVELS:
        model = HistGradientBoostingRegressor(
            loss="quantile", quantile=level, learning_rate=0.06, max_iter=150, max_leaf_nodes=12, min_samples_leaf=100,
            random_state=1,
        )  # fmt: skip
        bands.append(model.fit(x, seen.outcome).predict(x_new))
    return np.clip(np.sort(np.column_stack(bands), axis=1), 0, 48), perf_counter() - start


def as_numbers(year: RegistryYear) -> np.ndarray:
    """Baseline and ordered codes of the covariates; missing stays NaN, which boosting splits on."""
    codes = [
        pd.to_numeric(column.str.extract(r"(\d+)", expand=False), errors="coerce")
        for _, column in year.covariates.items()
    ]
    return np.column_stack([year.baseline, *codes])


def calibration(name: str, new: RegistryYear, ours: NextYear) -> list[Result]:
    pit = ours.pit
    low = pd.Series(pit < 0.1)
    decile = pd.Series(pd.qcut(new.baseline, 10).codes)
    by_decile = pd.Series((pit >= 0.1) & (pit <= 0.9)).groupby(decile).mean()
    flagged = subgroup_flags(new, low, decile)
    worst, best = flagged.idxmin(), flagged.idxmax()
    return [
        Result(f"{name}, 80 % band covers", inside(pit, 0.8), (0.79, 0.81), f"n = {len(pit):,}, randomised PIT"),
        Result(f"{name}, 50 % band covers", inside(pit, 0.5), (0.485, 0.515)),
        Result(f"{name}, 90 % band covers", inside(pit, 0.9), (0.885, 0.915)),
        Result(f"{name}, 80 % band, worst covered baseline decile", by_decile.min(), (0.76, 0.84)),
        Result(f"{name}, 80 % band, best covered baseline decile", by_decile.max(), (0.76, 0.84)),
        Result(f"{name}, 10 % low flag", low.mean(), (0.085, 0.11)),
        Result(f"{name}, 10 % low flag, least flagged subgroup", flagged.min(), (0.07, 0.13), str(worst)),
        Result(f"{name}, 10 % low flag, most flagged subgroup", flagged.max(), (0.07, 0.13), str(best)),
    ]


def subgroup_flags(new: RegistryYear, low: pd.Series, decile: pd.Series) -> pd.Series:
    """Share flagged of every subgroup of 1,000 or more: age band, sex, each comorbidity, baseline decile."""
    groups = {f"baseline decile {number + 1}": decile == number for number in range(10)}
    for name in ("Age Band", "Gender", *COMORBIDITIES):
        column = new.covariates[name]
        groups |= {f"{name} {value}": column == value for value in column.dropna().unique()}
    return pd.Series({name: low[rows].mean() for name, rows in groups.items() if rows.sum() >= SMALLEST_SUBGROUP})
