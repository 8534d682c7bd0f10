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
from scoring.recovery_answers_told import FEWEST
from scoring.recovery_basis import Scale
from scoring.recovery_cells import CellRows, Told
from scoring.recovery_courses import Courses
from scoring.recovery_fit import Prior
from scoring.recovery_ledger import Sources, may_follow, next_batches
from scoring.recovery_publish import Cells, told

OF_STRATUM = "(condition, stratum, index_kind, instrument, scale) = (?, ?, ?, ?, ?)"
EVERYONE = "patients"  # the cell that counts them
AT_MOST_EVERY = timedelta(days=7)
# Fewer patients than ENOUGH wait for others while less than MOSTLY of their answers could be told.
ENOUGH, MOSTLY = 60, 0.8
log = logging.getLogger(__name__)


class Telling(NamedTuple):
    """The rows behind each cell, by cell and patient what was read of them; `anew`: in place of all told before."""

    rows: dict[str, CellRows]
    sources: dict[str, Sources]
    anew: bool


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

    A week after the last time at the earliest, every cell of 20 patients or more, and 20 or more (or nobody) apart
    from every version of it that has left before; see ``recovery_ledger`` and ``recovery_answers_told``.

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
    standing_cells = last.cells if last and last.method == method else {}
    seen = Told.by(courses, patient, scale, prior)
    telling = _next_telling(connection, stratum, seen, patients, may_add=bool(standing_cells) or not last)
    if telling is None:
        return False
    told_now = {cell: told(cell, rows) for cell, rows in telling.rows.items()}
    cells = _added({} if telling.anew else standing_cells, told_now)
    if not _is_sound(cells, stratum):
        return False
    number = last.number + 1 if last else 1
    _write_sources(connection, stratum, telling, number)
    everyone = int(cells[EVERYONE][0]) if cells else 0
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


def _next_telling(
    connection: DuckDBPyConnection, stratum: Stratum, seen: Told | None, patients: np.ndarray, may_add: bool
) -> Telling | None:
    """What is told next; None: nothing for now."""
    now = _by_key(seen.whole_courses(), patients) if seen else {}
    versions = _versions(connection, stratum)
    standing_now = {cell: made_of[-1] for cell, made_of in versions.items()}
    for batch in next_batches(now, standing_now.get(EVERYONE, {}), may_add):
        mine = np.flatnonzero(np.isin(patients, sorted(batch.patients)))
        rows = seen.cells(mine) if seen else {}
        sources = {cell: _by_key(rows[cell].fingerprints(), patients) for cell in rows if _is_counted(cell)}
        if rows:
            sources[EVERYONE] = {who: now[who] for who in sources[EVERYONE]}
        before = {} if batch.anew else standing_now
        after = {cell: before.get(cell, {}) | sources.get(cell, {}) for cell in before.keys() | sources.keys()}
        few_left_out = batch.anew or (rows and _is_worth_it(seen, mine, rows))
        if few_left_out and may_follow(after, versions):
            return Telling(rows, sources, batch.anew)
    return None


def _is_worth_it(seen: Told, patients: np.ndarray, rows: dict[str, CellRows]) -> bool:
    """What is left out now is never told: with a few patients more it may not have to be left out."""
    return len(patients) >= ENOUGH or len(rows["together"].patient) >= MOSTLY * seen.answers(patients)


def _is_counted(cell: str) -> bool:
    """A pair's or a residual's share is another only where an answer's is: the stretches stand for them."""
    return cell == EVERYONE or cell.startswith("stretch")


def _by_key(by_number: dict[int, str], patients: np.ndarray) -> Sources:
    return {str(patients[who]): source for who, source in by_number.items()}


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


def _added(standing_cells: Cells, told_now: Cells) -> Cells:
    """The standing numbers and a batch's; without cells of nobody."""
    cells = {cell: told_now.get(cell, 0) + standing_cells.get(cell, 0) for cell in told_now.keys() | standing_cells}
    return {cell: numbers for cell, numbers in cells.items() if numbers[0] > 0}


def _is_sound(cells: Cells, stratum: Stratum) -> bool:
    """No number that is none leaves: added to the others' it would spoil everybody's."""
    sound = all(np.isfinite(numbers).all() for numbers in cells.values())
    if not sound:
        log.warning("The sums of %s are not all finite; nothing of them is told to the network.", " ".join(stratum))
    return sound


def _write_sources(connection: DuckDBPyConnection, stratum: Stratum, telling: Telling, number: int) -> None:
    if telling.anew:
        connection.execute(
            f"UPDATE lake.network_source SET told_until = ? WHERE {OF_STRATUM} AND told_until IS NULL",
            [number, *stratum],
        )
    added = [(cell, who, source) for cell, sources in telling.sources.items() for who, source in sources.items()]
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
