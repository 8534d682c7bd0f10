"""What the bands may know of a patient besides the baseline: an allow-list, as one frame in the order asked for."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection

import settings
from etl.errors import EtlError
from etl.frames import make_table

NAME = re.compile(r"[a-z][a-z0-9_]*")
AGES = re.compile(r"(\d+)\D+(\d+)")  # "70 to 79"


@dataclass(frozen=True)
class CovariateNames:
    """The covariates of data/recovery/covariates.toml."""

    numbers: tuple[str, ...]
    levels: tuple[str, ...]

    @property
    def all(self) -> list[str]:
        return [*self.numbers, *self.levels]


@cache
def covariate_names() -> CovariateNames:
    listed = tomllib.loads((settings.CONTENT / "recovery" / "covariates.toml").read_text())
    names = CovariateNames(tuple(listed["numbers"]), tuple(listed["levels"]))
    for name in names.all:
        if not NAME.fullmatch(name):
            raise EtlError(f"data/recovery/covariates.toml: “{name}” is no name of a covariate (a–z, 0–9 and _).")
    return names


def covariates_of(connection: DuckDBPyConnection, episode_ids: pd.Series) -> pd.DataFrame:
    """
    One row per episode id given, in that order; one column per name of the allow-list.

    Numbers are float with NaN, levels text with None. Sex, age band and age come from the patient where the episode
    does not say.
    """
    names = covariate_names()
    wanted = pd.DataFrame({"place": range(len(episode_ids)), "episode_id": episode_ids.to_numpy()})
    make_table(connection, "wanted", wanted.astype({"episode_id": str}))
    numbers = "".join(f", any_value(number) FILTER (name = '{name}') AS {name}" for name in names.numbers)
    # a code that the source gives as a number is still a code: 2 is not twice 1
    levels = "".join(
        f", any_value(coalesce(text, CAST(number AS VARCHAR))) FILTER (name = '{name}') AS {name}"
        for name in names.levels
    )
    found = connection.execute(
        f"""
        WITH wanted_episode AS (SELECT place, CAST(episode_id AS UUID) AS episode_id FROM wanted),
        described AS (
            SELECT episode_id{numbers}{levels}
            FROM lake.covariate
            WHERE episode_id IN (SELECT episode_id FROM wanted_episode)
            GROUP BY episode_id
        )
        SELECT d.* EXCLUDE (episode_id) REPLACE (
            coalesce(d.sex, p.sex) AS sex,
            coalesce(d.age_band, p.age_band) AS age_band,
            coalesce(d.age, year(e.index_date) - p.birth_year) AS age
        )
        FROM wanted_episode AS w
        JOIN lake.episode AS e USING (episode_id)
        JOIN lake.patient AS p USING (patient_key)
        LEFT JOIN described AS d USING (episode_id)
        ORDER BY w.place
        """
    ).df()
    return found.astype(dict.fromkeys(names.numbers, float) | dict.fromkeys(names.levels, object))


@cache
def curve_covariates() -> dict[str, dict[str, float]]:
    """How the curve reads its covariates: by name, centre and spread of a number or the worth of each level."""
    return tomllib.loads((settings.CONTENT / "recovery" / "covariates.toml").read_text())["curve"]


def as_numbers(covariates: pd.DataFrame) -> np.ndarray:
    """n × p covariates of the curve, the same numbers in every tenant; unknown is 0, the centre."""
    columns = [_coded(covariates, name, code) for name, code in curve_covariates().items()]
    return np.nan_to_num(np.column_stack(columns)) if columns else np.zeros((len(covariates), 0))


def _coded(covariates: pd.DataFrame, name: str, code: dict[str, float]) -> np.ndarray:
    if "centre" not in code:
        return covariates[name].map(code).to_numpy(float)
    values = covariates[name].to_numpy(float)
    if name == "age":
        values = np.where(np.isnan(values), _middle_of_band(covariates["age_band"]), values)
    return (values - code["centre"]) / code["spread"]


def _middle_of_band(bands: pd.Series) -> np.ndarray:
    """Length-n middle of an age band such as "70 to 79", NaN of any other text."""
    found = {band: AGES.search(str(band)) for band in bands.dropna().unique()}
    middles = {band: (int(ages[1]) + int(ages[2]) + 1) / 2 for band, ages in found.items() if ages}
    return bands.map(middles).to_numpy(float)
