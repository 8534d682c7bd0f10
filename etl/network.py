"""What leaves for the network: sums of a stratum, cell by cell, in numbers that name nobody."""

import json
import logging
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection

from etl.frames import make_table
from etl.strata import Stratum
from etl.watermark import read_care
from scoring.recovery_basis import Scale
from scoring.recovery_cells import FEWEST, CellRows, cells_of
from scoring.recovery_courses import Courses
from scoring.recovery_fit import Prior
from scoring.recovery_ledger import Sources, Telling, next_telling
from scoring.recovery_publish import Cells, told

OF_STRATUM = "(condition, stratum, index_kind, instrument, scale) = (?, ?, ?, ?, ?)"
AT_MOST_EVERY = timedelta(days=7)
log = logging.getLogger(__name__)


class Publication(NamedTuple):
    """What a stratum's newest publication says."""

    number: int
    method: str
    cells: Cells
    published_at: datetime


def shares(connection: DuckDBPyConnection) -> bool:
    """Whether the tenant gives its sums: unless it has chosen not to, or is a demonstration."""
    return read_care(connection, "SELECT shares_statistics(id) AS gives FROM tenant").fetchone()[0]


def publish(
    connection: DuckDBPyConnection,
    stratum: Stratum,
    courses: Courses,
    scale: Scale,
    prior: Prior | None,
    stamp: tuple[str, datetime, int],
) -> bool:
    """
    Keep for delivery what of the stratum's cells may leave now; returns whether anything may.

    A week after the last time at the earliest; each cell by itself, as ``recovery_ledger`` says: of 20 patients or
    more, and 20 or more apart from every version of it that has left before.

    Parameters
    ----------
    courses : of ``training``, in the order of their episodes' ids
    prior : what the fits start from that judge them; nothing of the network's, which would come back as news
    stamp : method, instant, snapshot
    """
    method, as_of, snapshot = stamp
    last = standing(connection, stratum)
    patients, patient = np.unique(_patients(connection, stratum), return_inverse=True)
    if (last and last.published_at > as_of - AT_MOST_EVERY) or (not last and len(patients) < FEWEST):
        return False
    rows = cells_of(courses, patient, scale, prior)
    cells = dict(last.cells) if last and last.method == method else {}
    tellings = _tellings(connection, stratum, rows, patients, cells)
    for cell, (telling, _) in tellings.items():
        _tell(cells, cell, telling, rows, patients)
    if not tellings or not _is_sound(cells, stratum):
        return False
    number = last.number + 1 if last else 1
    _write_sources(connection, stratum, tellings, number)
    everyone = int(cells["patients"][0]) if "patients" in cells else 0
    connection.execute(
        "INSERT INTO lake.network_cell VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [*stratum, number, method, everyone, _text(cells), as_of, snapshot],
    )
    return True


def standing(connection: DuckDBPyConnection, stratum: Stratum) -> Publication | None:
    """The stratum's newest publication."""
    row = connection.execute(
        f"SELECT publication, method, payload, published_at FROM lake.network_cell WHERE {OF_STRATUM} "
        "ORDER BY publication DESC LIMIT 1",
        stratum,
    ).fetchone()
    return row and Publication(row[0], row[1], cells_from(row[2]), row[3])


def cells_from(text: str) -> Cells:
    """Cells that came as JSON."""
    return {cell: np.array(numbers, float) for cell, numbers in json.loads(text).items()}


def _patients(connection: DuckDBPyConnection, stratum: Stratum) -> np.ndarray:
    """The patient of each closed course of the stratum, by episode id as text."""
    found = connection.execute(
        f"""
        SELECT CAST(e.patient_key AS VARCHAR) AS patient
        FROM (SELECT DISTINCT episode_id FROM training WHERE {OF_STRATUM}) AS t
        JOIN lake.episode AS e USING (episode_id)
        ORDER BY CAST(t.episode_id AS VARCHAR)
        """,
        stratum,
    ).fetchall()
    return np.array([patient for (patient,) in found], str)


def _tellings(
    connection: DuckDBPyConnection, stratum: Stratum, rows: dict[str, CellRows], patients: np.ndarray, cells: Cells
) -> dict[str, tuple[Telling, Sources]]:
    """By cell what is told next, with what that is made of."""
    versions = _versions(connection, stratum)
    found = {}
    for cell in sorted(rows.keys() | versions.keys()):
        prints = rows[cell].fingerprints() if cell in rows else {}
        now = {str(patients[who]): source for who, source in prints.items()}
        *earlier, before = versions.get(cell, [{}])
        telling = next_telling(now, before, earlier, may_add=cell in cells or not before)
        if telling:
            found[cell] = telling, {who: now[who] for who in telling.patients}
    return found


def _versions(connection: DuckDBPyConnection, stratum: Stratum) -> dict[str, list[Sources]]:
    """By cell what each of its versions was made of, the standing one last."""
    sources = connection.execute(
        "SELECT cell, CAST(patient_key AS VARCHAR) AS patient, fingerprint, told_from, "
        f"coalesce(told_until, 2147483647) AS told_until FROM lake.network_source WHERE {OF_STRATUM} ORDER BY ALL",
        stratum,
    ).df()
    return {cell: _versions_of(rows) for cell, rows in sources.groupby("cell")}


def _versions_of(rows: pd.DataFrame) -> list[Sources]:
    changes = sorted({*rows["told_from"], *rows["told_until"]})[:-1]
    if (rows["told_until"] < 2147483647).all():  # withdrawn: nothing stands
        changes.append(2147483646)
    parts = [rows[(rows["told_from"] <= number) & (rows["told_until"] > number)] for number in changes]
    return [dict(zip(part["patient"], part["fingerprint"], strict=True)) for part in parts]


def _tell(cells: Cells, cell: str, telling: Telling, rows: dict[str, CellRows], patients: np.ndarray) -> None:
    """Change the cell's numbers."""
    if not telling.patients:
        cells.pop(cell, None)
        return
    numbers = told(cell, rows[cell].of(np.flatnonzero(np.isin(patients, sorted(telling.patients)))))
    cells[cell] = numbers if telling.anew or cell not in cells else cells[cell] + numbers


def _is_sound(cells: Cells, stratum: Stratum) -> bool:
    """No number that is none leaves: added to the others' it would spoil everybody's."""
    sound = all(np.isfinite(numbers).all() for numbers in cells.values())
    if not sound:
        log.warning("The sums of %s are not all finite; nothing of them is told to the network.", " ".join(stratum))
    return sound


def _write_sources(
    connection: DuckDBPyConnection, stratum: Stratum, tellings: dict[str, tuple[Telling, Sources]], number: int
) -> None:
    anew = [cell for cell, (telling, _) in tellings.items() if telling.anew]
    connection.execute(
        f"UPDATE lake.network_source SET told_until = ? "
        f"WHERE {OF_STRATUM} AND list_contains(?, cell) AND told_until IS NULL",
        [number, *stratum, anew],
    )
    added = [(cell, who, source) for cell, (_, sources) in tellings.items() for who, source in sources.items()]
    frame = pd.DataFrame(added, columns=["cell", "patient", "fingerprint"]).astype("string")
    make_table(connection, "told_now", frame)
    connection.execute(
        "INSERT INTO lake.network_source "
        "SELECT ?, ?, ?, ?, ?, cell, CAST(patient AS UUID), fingerprint, ?, NULL FROM told_now",
        [*stratum, number],
    )


def _text(cells: Cells) -> str:
    """Twelve digits: more would be noise of the machine."""
    return json.dumps({cell: [float(f"{n:.12g}") for n in numbers] for cell, numbers in sorted(cells.items())})
