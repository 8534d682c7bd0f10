"""What has been told to the network and of whom: kept in the tenant's lake, and never leaving it."""

import json
from datetime import datetime
from typing import NamedTuple

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection

from etl.frames import make_table
from etl.strata import Stratum
from etl.watermark import read_care
from scoring.recovery_answers_told import FEWEST
from scoring.recovery_cells import CellRows, Told
from scoring.recovery_ledger import Sources
from scoring.recovery_publish import HISTOGRAMS, Cells

OF_STRATUM = "(condition, stratum, index_kind, instrument, scale) = (?, ?, ?, ?, ?)"
EVERYONE = "patients"  # the cell that counts them
STANDS = 2_147_483_647  # later than any publication


class Publication(NamedTuple):
    """What a publication of a stratum says."""

    number: int
    method: str
    cells: Cells
    published_at: datetime


class Patients(NamedTuple):
    """The patients' keys, sorted; of each closed course its patient's place in them, and when it was closed."""

    keys: np.ndarray
    of_course: np.ndarray
    closed_at: list[datetime | None]

    def closed_until(self, instant: datetime) -> np.ndarray:
        """Places of the patients with a course that was closed by then; of an unknown day: long ago."""
        closed = [at is None or at <= instant for at in self.closed_at]
        return np.unique(self.of_course[closed])


def standing(connection: DuckDBPyConnection, stratum: Stratum) -> Publication | None:
    """The stratum's newest publication."""
    row = connection.execute(
        f"SELECT publication, method, payload, published_at FROM lake.network_cell WHERE {OF_STRATUM} "
        "ORDER BY publication DESC LIMIT 1",
        stratum,
    ).fetchone()
    return row and Publication(row[0], row[1], cells_from(row[2]), row[3])


def told_to_care(connection: DuckDBPyConnection, stratum: Stratum) -> Publication | None:
    """What a lake that is no more has told of the stratum: care still has it."""
    rows = read_care(
        connection,
        "SELECT condition, stratum, index_kind, instrument, scale, method, payload::text AS payload, published_at "
        "FROM network_statistic",
    ).fetchall()
    of_stratum = [row[5:] for row in rows if row[:5] == stratum]
    for method, payload, published_at in of_stratum:
        return Publication(1, method, cells_from(payload), published_at)
    return None


def cells_from(text: str) -> Cells:
    """Cells that came as JSON."""
    return {cell: np.array(numbers, float) for cell, numbers in json.loads(text).items()}


def write_publication(connection: DuckDBPyConnection, stratum: Stratum, said: Publication, snapshot: int) -> None:
    # twelve digits: more would be noise of the machine
    cells = {cell: [float(f"{n:.12g}") for n in numbers] for cell, numbers in sorted(said.cells.items())}
    everyone = int(said.cells[EVERYONE][0]) if EVERYONE in said.cells else 0
    connection.execute(
        "INSERT INTO lake.network_cell VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [*stratum, said.number, said.method, everyone, json.dumps(cells), said.published_at, snapshot],
    )


def patients_of(connection: DuckDBPyConnection, stratum: Stratum) -> Patients:
    """The patients of ``training``, its courses by episode id as text."""
    found = connection.execute(
        f"""
        SELECT CAST(e.patient_key AS VARCHAR) AS patient, e.closed_at
        FROM (SELECT DISTINCT episode_id FROM training WHERE {OF_STRATUM}) AS t
        JOIN lake.episode AS e USING (episode_id)
        ORDER BY CAST(t.episode_id AS VARCHAR)
        """,
        stratum,
    ).fetchall()
    keys, of_course = np.unique(np.array([key for key, _ in found], str), return_inverse=True)
    return Patients(keys, of_course, [closed_at for _, closed_at in found])


def sources_of(seen: Told, keys: np.ndarray, patients: np.ndarray) -> tuple[dict[str, CellRows], dict[str, Sources]]:
    """The rows of each cell when those patients (places in `keys`) are told of, and by patient what is read of them."""
    rows = {cell: behind for cell, behind in seen.cells(patients).items() if len(set(behind.patient)) >= FEWEST}
    # a histogram's share is another only where an answer's is: the stretches stand for it
    sources = {cell: by_key(rows[cell].fingerprints(), keys) for cell in rows if cell not in HISTOGRAMS}
    if rows:
        whole = by_key(seen.whole_courses(), keys)
        sources[EVERYONE] = {who: whole[who] for who in sources[EVERYONE]}
    return rows, sources


def by_key(by_place: dict[int, str], keys: np.ndarray) -> Sources:
    return {str(keys[place]): source for place, source in by_place.items()}


def versions_of(connection: DuckDBPyConnection, stratum: Stratum) -> dict[str, list[Sources]]:
    """By cell what each of its versions was made of, the standing one last."""
    sources = connection.execute(
        "SELECT cell, CAST(patient_key AS VARCHAR) AS patient, fingerprint, told_from, "
        f"coalesce(told_until, {STANDS}) AS told_until FROM lake.network_source WHERE {OF_STRATUM} ORDER BY ALL",
        stratum,
    ).df()
    return {cell: _versions(rows) for cell, rows in sources.groupby("cell")}


def _versions(rows: pd.DataFrame) -> list[Sources]:
    changes = sorted({*rows["told_from"], *rows["told_until"]} - {STANDS})
    parts = [rows[(rows["told_from"] <= number) & (rows["told_until"] > number)] for number in changes]
    return [dict(zip(part["patient"], part["fingerprint"], strict=True)) for part in parts]


def write_sources(connection: DuckDBPyConnection, stratum: Stratum, sources: dict[str, Sources], number: int) -> None:
    """Of whom a publication tells on top of what stands."""
    added = [(cell, who, source) for cell, of_cell in sources.items() for who, source in of_cell.items()]
    frame = pd.DataFrame(added, columns=["cell", "patient", "fingerprint"]).astype("string")
    make_table(connection, "told_now", frame)
    connection.execute(
        "INSERT INTO lake.network_source "
        "SELECT ?, ?, ?, ?, ?, cell, CAST(patient AS UUID), fingerprint, ?, NULL FROM told_now",
        [*stratum, number],
    )


def end_sources(connection: DuckDBPyConnection, stratum: Stratum, number: int) -> None:
    """From this publication on nothing stands of what was told before."""
    connection.execute(
        f"UPDATE lake.network_source SET told_until = ? WHERE {OF_STRATUM} AND told_until IS NULL", [number, *stratum]
    )
