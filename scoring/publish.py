"""May this definition be published? Its vectors, its tables and the automatic checks decide."""

from collections.abc import Iterator

import numpy as np

from scoring.absence import absence_code
from scoring.bulk import score_columns
from scoring.checksum import table_sha256
from scoring.errors import ScoringError
from scoring.formula import Table
from scoring.instrument import Instrument, TableCheck, Vector
from scoring.probes import probe_scales
from scoring.score import score_response

CLOSE = 5e-7  # points; vectors are written with six decimals


def problems(instrument: Instrument) -> list[str]:
    """What stands against publishing, one sentence each with file and line; empty = nothing."""
    found = [*_vectors(instrument), *_unproven(instrument), *_tables(instrument), *probe_scales(instrument)]
    return [f"{instrument.source}, line {line}: {says}" for line, says in found]


def ensure_publishable(instrument: Instrument) -> None:
    """
    Refuse a definition that fails its own vectors or the automatic checks.

    Raises
    ------
    ScoringError
        With every problem, a line each.
    """
    found = problems(instrument)
    if found:
        raise ScoringError(f"{instrument.reference} cannot be published:\n" + "\n".join(found))


def _vectors(instrument: Instrument) -> Iterator[tuple[int, str]]:
    for vector in instrument.vectors:
        try:
            ours = _both_paths(instrument, vector)
        except ScoringError as error:
            yield vector.line, str(error)
            continue
        for name, expected in vector.scores:
            for path, values in ours.items():
                if not _equal(values[name], expected):
                    yield vector.line, f"{name}: {_words(expected)} expected, the {path} gives {_words(values[name])}."


def _both_paths(instrument: Instrument, vector: Vector) -> dict[str, dict[str, float | None]]:
    answers = dict(zip(instrument.positions, vector.answers, strict=True))
    single = {score.scale: score.value for score in score_response(instrument, answers)}
    row = [absence_code(answer) if isinstance(answer, str) else answer for answer in vector.answers]
    columns = score_columns(instrument, np.array([row], dtype=np.float64))
    bulk = {name: None if np.isnan(scores.value[0]) else scores.value[0] for name, scores in columns.items()}
    return {"formula": single, "column engine": bulk}


def _equal(ours: float | None, expected: float | None) -> bool:
    return ours == expected if ours is None or expected is None else abs(ours - expected) <= CLOSE


def _unproven(instrument: Instrument) -> Iterator[tuple[int, str]]:
    for scale in instrument.scales:
        proven = [vector for vector in instrument.vectors if dict(vector.scores).get(scale.name) is not None]
        if not proven:
            yield scale.line, f"no vector gives a number for the scale {scale.name}; add one from a published source."


def _tables(instrument: Instrument) -> Iterator[tuple[int, str]]:
    for table, check in zip(instrument.tables, instrument.table_checks, strict=True):
        if table_sha256(table) != check.sha256:
            yield check.line, f"table {table.name} is not the one its sha256 was taken of (now {table_sha256(table)})."
        elif not _ordered(table, check):
            yield check.line, f"table {table.name} must be {check.order}; two of its values stand the other way."


def _ordered(table: Table, check: TableCheck) -> bool:
    steps = np.diff(table.values)
    return {"rising": (steps >= 0).all(), "falling": (steps <= 0).all(), "none": True}[check.order]


def _words(value: float | None) -> str:
    return "no score" if value is None else f"{value:.6g}"
