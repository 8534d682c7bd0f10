"""The columns of the band's linear model: a flexible baseline, and covariates with 'missing' as a level of its own."""

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

# Hinges in SDs of the baseline around its mean: fixed by two aggregates, so that no patient's score is stored.
HINGES = (-1.5, -0.75, 0.0, 0.75, 1.5)
# A level seen in fewer patients gets no column of its own and no mention in what is stored.
SMALLEST_LEVEL = 20
MISSING = "(missing)"


@dataclass(frozen=True)
class Terms:
    """
    How baseline and covariates become model columns; learnt once, then the same for every patient.

    Parameters
    ----------
    baseline : (mean, sd) of the baseline score
    numeric : {name: (mean, sd)} of the numeric covariates
    levels : {name: levels} of the categorical ones, each level seen in 20 patients or more
    """

    baseline: tuple[float, float]
    numeric: dict[str, tuple[float, float]]
    levels: dict[str, list[str]]

    @classmethod
    def learn(cls, baseline: np.ndarray, covariates: pd.DataFrame) -> "Terms":
        """Learn the terms from n finite baselines and an n-row frame of covariates."""
        numeric, levels = {}, {}
        for name in sorted(covariates.columns):
            column = covariates[name]
            if is_numeric(column):
                numeric[name] = centre_and_spread(column.to_numpy(float, na_value=np.nan))
            else:
                codes, names = as_levels(column)
                counts = np.bincount(codes, minlength=len(names))
                levels[name] = sorted(np.array(names, dtype=object)[counts >= SMALLEST_LEVEL])
        return cls(centre_and_spread(baseline), numeric, levels)

    def matrix(self, baseline: np.ndarray, covariates: pd.DataFrame) -> np.ndarray:
        """The n × p model matrix, intercept first; a covariate the frame lacks counts as missing for everybody."""
        z = standardised(baseline, self.baseline)
        columns = [np.ones(len(z)), z, *(np.maximum(z - hinge, 0.0) for hinge in HINGES)]
        for name, spread in self.numeric.items():
            values = column_or_missing(covariates, name, len(z)).to_numpy(float, na_value=np.nan)
            unknown = np.isnan(values)
            columns += [np.where(unknown, 0.0, standardised(values, spread)), unknown.astype(float)]
        blocks = [np.column_stack(columns)]
        for name, levels in self.levels.items():
            blocks.append(one_hot(column_or_missing(covariates, name, len(z)), levels))
        return np.hstack(blocks)

    def as_dict(self) -> dict:
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: dict) -> "Terms":
        numeric = {name: tuple(spread) for name, spread in stored["numeric"].items()}
        return cls(tuple(stored["baseline"]), numeric, stored["levels"])


def is_numeric(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def as_levels(column: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Length-n places in the list of level names; a missing value is the level '(missing)', the last."""
    codes, names = pd.factorize(column)
    return np.where(codes < 0, len(names), codes), [*map(str, names), MISSING]


def column_or_missing(covariates: pd.DataFrame, name: str, n: int) -> pd.Series:
    return covariates[name] if name in covariates else pd.Series([np.nan] * n)


def centre_and_spread(values: np.ndarray) -> tuple[float, float]:
    """Mean and SD of the known values; (0, 1) where there is nothing to scale by."""
    known = values[~np.isnan(values)]
    if not len(known):
        return 0.0, 1.0
    return float(known.mean()), float(known.std()) or 1.0


def standardised(values: np.ndarray, spread: tuple[float, float]) -> np.ndarray:
    return (values - spread[0]) / spread[1]


def one_hot(column: pd.Series, levels: list[str]) -> np.ndarray:
    """n × len(levels) indicator columns; a level not in the list has none set."""
    codes, names = as_levels(column)
    places = {level: place for place, level in enumerate(levels)}
    column_of = np.array([places.get(name, len(levels)) for name in names])
    return np.eye(len(levels) + 1, len(levels))[column_of[codes]]
