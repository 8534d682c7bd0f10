"""What leaves for the network: sums of a stratum, cell by cell, in numbers that name nobody."""

import logging
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
from duckdb import DuckDBPyConnection

from etl.network_sources import (
    EVERYONE,
    Patients,
    Publication,
    by_key,
    end_sources,
    patients_of,
    sources_of,
    standing,
    told_to_care,
    versions_of,
    write_publication,
    write_sources,
)
from etl.strata import Stratum
from etl.watermark import read_care
from scoring.recovery_answers_told import FEWEST
from scoring.recovery_basis import Scale
from scoring.recovery_cells import CellRows, Told
from scoring.recovery_courses import Courses
from scoring.recovery_fit import Prior
from scoring.recovery_ledger import Sources, may_follow, next_batches
from scoring.recovery_publish import Cells, told

AT_MOST_EVERY = timedelta(days=7)
# Fewer patients than ENOUGH wait for others while less than MOSTLY of their answers could be told.
ENOUGH, MOSTLY = 60, 0.8
log = logging.getLogger(__name__)


class Telling(NamedTuple):
    """The rows behind each cell, by cell and patient what was read of them; `anew`: in place of all told before."""

    rows: dict[str, CellRows]
    sources: dict[str, Sources]
    anew: bool


def shares(connection: DuckDBPyConnection) -> bool:
    """Whether the tenant gives its sums: unless it has chosen not to, or is a demonstration."""
    return read_care(connection, "SELECT EXISTS (SELECT FROM sharing_tenants()) AS gives").fetchone()[0]


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
    patients = patients_of(connection, stratum)
    last = standing(connection, stratum)
    if _is_too_soon(last, as_of) or (not last and len(patients.keys) < FEWEST):
        return False
    seen = Told.by(courses, patients.of_course, scale, prior)
    last = last or _recalled(connection, stratum, seen, patients, snapshot)
    if _is_too_soon(last, as_of):
        return False
    standing_cells = last.cells if last and last.method == method else {}
    telling = _next_telling(connection, stratum, seen, patients.keys, may_add=bool(standing_cells) or not last)
    if telling is None:
        return False
    told_now = {cell: told(cell, rows) for cell, rows in telling.rows.items()}
    cells = _added({} if telling.anew else standing_cells, told_now)
    if not _is_sound(cells, stratum):
        return False
    news = Publication(last.number + 1 if last else 1, method, cells, as_of)
    if telling.anew:
        end_sources(connection, stratum, news.number)
    write_sources(connection, stratum, telling.sources, news.number)
    write_publication(connection, stratum, news, snapshot)
    return True


def _is_too_soon(last: Publication | None, as_of: datetime) -> bool:
    return last is not None and last.published_at > as_of - AT_MOST_EVERY


def _recalled(
    connection: DuckDBPyConnection, stratum: Stratum, seen: Told | None, patients: Patients, snapshot: int
) -> Publication | None:
    """
    What a lake that was made anew does not know any more: care has the numbers, but not of whom they are.

    They may be of every patient whose course was closed by then, who therefore is told of no more.
    """
    last = told_to_care(connection, stratum)
    if last is None:
        return None
    write_publication(connection, stratum, last, snapshot)
    if seen:
        before = patients.closed_until(last.published_at)
        _, sources = sources_of(seen, patients.keys, before)
        whole = by_key(seen.whole_courses(), patients.keys)
        sources[EVERYONE] = {who: whole[who] for who in map(str, patients.keys[before])}
        write_sources(connection, stratum, sources, last.number)
    return last


def _next_telling(
    connection: DuckDBPyConnection, stratum: Stratum, seen: Told | None, keys: np.ndarray, may_add: bool
) -> Telling | None:
    """What is told next; None: nothing for now."""
    now = by_key(seen.whole_courses(), keys) if seen else {}
    versions = versions_of(connection, stratum)
    standing_now = {cell: made_of[-1] for cell, made_of in versions.items()}
    for batch in next_batches(now, standing_now.get(EVERYONE, {}), may_add):
        mine = np.flatnonzero(np.isin(keys, sorted(batch.patients)))
        rows, sources = sources_of(seen, keys, mine) if seen else ({}, {})
        before = {} if batch.anew else standing_now
        after = {cell: before.get(cell, {}) | sources.get(cell, {}) for cell in before.keys() | sources.keys()}
        few_left_out = batch.anew or (rows and _is_worth_it(seen, mine, rows))
        if few_left_out and may_follow(after, versions):
            return Telling(rows, sources, batch.anew)
    return None


def _is_worth_it(seen: Told, patients: np.ndarray, rows: dict[str, CellRows]) -> bool:
    """What is left out now is never told: with a few patients more it may not have to be left out."""
    return len(patients) >= ENOUGH or len(rows["together"].patient) >= MOSTLY * seen.answers(patients)


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
