"""Whose rows an export holds, and how many they are: asked before anything is written."""

from dataclasses import dataclass

import pandas as pd
from duckdb import DuckDBPyConnection

from warehouse.one_row import one_row
from warehouse.scope import ClinicScope, clinic_list
from warehouse.suppression import LEAST


@dataclass(frozen=True)
class ExportChoice:
    """
    What a researcher has chosen.

    Parameters
    ----------
    instruments : ``key@version``, ascending
    first_year, last_year : calendar years of day 0, both included; None = open. No finer: stepping through the days
        would date everybody whose id stays the same from export to export.
    """

    condition: str
    instruments: tuple[str, ...]
    first_year: int | None = None
    last_year: int | None = None


@dataclass(frozen=True)
class CohortCount:
    """
    What the choice comes to.

    ``small_groups``: combinations of clinic, stratum, sex and age band with fewer than ten patients, and how many
    patients are in them.
    """

    patients: int
    episodes: int
    sites: int
    surveys: int
    responses: int
    answers: int
    small_groups: int
    in_small_groups: int

    @property
    def is_too_few(self) -> bool:
        """So few patients that the rows could point at somebody; also none."""
        return self.patients < LEAST


# One row per episode of the choice; `$clinics` is filled by ``warehouse.scope.clinic_list``.
# Planned operations that have not happened have no day 0 to count from.
CHOSEN = """
chosen AS (
    SELECT e.*
    FROM lake.episode AS e
    WHERE
        e.condition = $condition AND e.index_status = 'actual'
        AND ($first_year IS NULL OR year(e.index_date) >= $first_year)
        AND ($last_year IS NULL OR year(e.index_date) <= $last_year)
        AND ($clinics IS NULL OR list_contains($clinics, e.clinic_id))
        AND EXISTS (
            SELECT 1 FROM lake.assignment AS a
            WHERE a.episode_id = e.episode_id AND list_contains($instruments, a.instrument)
        )
)
"""

# Age at day 0 in bands of ten years, one band from 90 on; a registry's own band as it is.
_DECADE = "10 * ((year(c.index_date) - p.birth_year) // 10)"
AGE_BAND = f"""
CASE
    WHEN p.birth_year IS NULL THEN p.age_band
    WHEN year(c.index_date) - p.birth_year >= 90 THEN '90 or over'
    ELSE concat({_DECADE}, ' to ', {_DECADE} + 9)
END
"""

# One row per response that may count: not superseded, official wording unless in a demonstration.
ANSWERED = """
answered AS (
    SELECT r.*
    FROM lake.response AS r
    JOIN chosen AS c USING (episode_id)
    WHERE r.counts AND list_contains($instruments, r.instrument)
)
"""


def cohort_parameters(scope: ClinicScope, choice: ExportChoice) -> dict:
    """What ``CHOSEN`` and ``ANSWERED`` bind."""
    return {
        "condition": choice.condition,
        "instruments": sorted(choice.instruments),
        "first_year": choice.first_year,
        "last_year": choice.last_year,
        "clinics": clinic_list(scope),
    }


def count_cohort(cursor: DuckDBPyConnection, scope: ClinicScope, choice: ExportChoice) -> CohortCount:
    """One row: what an export of this choice would hold."""
    found = one_row(
        cursor,
        f"""
        WITH {CHOSEN}, {ANSWERED},
        groups AS (
            SELECT count(DISTINCT c.patient_key) AS patients
            FROM chosen AS c
            JOIN lake.patient AS p USING (patient_key)
            GROUP BY c.clinic_id, c.stratum, p.sex, {AGE_BAND}
        )
        SELECT
            (SELECT count(DISTINCT patient_key) FROM chosen),
            (SELECT count(*) FROM chosen),
            (SELECT count(DISTINCT clinic_id) FROM chosen),
            (
                SELECT count(*) FROM lake.assignment
                WHERE state <> 'cancelled' AND list_contains($instruments, instrument)
                AND episode_id IN (SELECT episode_id FROM chosen)
            ),
            (SELECT count(*) FROM answered),
            (SELECT coalesce(sum(len(answers)), 0) FROM answered),
            (SELECT count(*) FROM groups WHERE patients < $least),
            (SELECT coalesce(sum(patients), 0) FROM groups WHERE patients < $least)
        """,
        {**cohort_parameters(scope, choice), "least": LEAST},
    )
    return CohortCount(*map(int, found))


def get_export_choices(cursor: DuckDBPyConnection, scope: ClinicScope) -> pd.DataFrame:
    """One row per condition, instrument and year of index with something asked: condition, instrument, year, asked."""
    return cursor.execute(
        """
        SELECT e.condition, a.instrument, year(e.index_date) AS year, count(*) AS asked
        FROM lake.assignment AS a
        JOIN lake.episode AS e USING (episode_id)
        WHERE a.state <> 'cancelled' AND ($clinics IS NULL OR list_contains($clinics, e.clinic_id))
        GROUP BY ALL
        ORDER BY ALL
        """,
        {"clinics": clinic_list(scope)},
    ).df()
