"""Whole columns of responses -> whole columns of scores; no Python loop touches a row."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from scoring.absence import ABSENCE_NAMES, Absence, absence_name
from scoring.answer_columns import Block, check_shape, out_of_range
from scoring.formula.columns import Columns
from scoring.instrument import Instrument, Scale
from scoring.plan import StateTable, methods, state_tables

__all__ = ["ScaleScores", "out_of_range", "score_columns"]

# 16,384 rows × 42 items of int16 are 1.4 MB: a block stays in the processor's cache through all scales
BLOCK_ROWS = 16_384
BLOCKS_WORTH_THREADS = 8
THREADS = min(4, os.cpu_count() or 1)


@dataclass(frozen=True, eq=False)
class ScaleScores:
    """
    One scale of n responses.

    ``value``: float64, points, NaN = not scorable. ``answered``: int16, of ``items``. ``method``: int8, place in
    ``scoring.score.METHODS`` (0 none, 1 complete, 2 prorated, 3 eap). ``se``: float64, points, NaN = none (read-only
    where the scale has none at all). ``absent``: reason -> int16, how many of the scale's items are absent for it.
    """

    value: np.ndarray
    answered: np.ndarray
    method: np.ndarray
    se: np.ndarray
    items: int
    absent: dict[str, np.ndarray]


def score_columns(instrument: Instrument, answers: np.ndarray) -> dict[str, ScaleScores]:
    """
    All scales of n responses; each row as ``score_response`` scores it.

    Parameters
    ----------
    answers : array, n × items, whole or float, columns in the instrument's order
        negative = code of absence (``scoring.absence``), NaN = skipped. What ``out_of_range`` marks counts as
        unreadable.

    Returns
    -------
    scale name -> ScaleScores, in the definition's order

    Raises
    ------
    ScoringError
        If there is not one column per item.
    """
    check_shape(instrument, answers)
    rows = len(answers)
    scores = {
        scale.name: ScaleScores(
            value=np.empty(rows),
            answered=np.empty(rows, dtype=np.int16),
            method=np.empty(rows, dtype=np.int8),
            se=np.empty(rows) if scale.se else np.broadcast_to(np.nan, rows),
            items=len(scale.items),
            absent={reason: np.zeros(rows, dtype=np.int16) for reason in ABSENCE_NAMES},
        )
        for scale in instrument.scales
    }
    parts = [slice(start, min(start + BLOCK_ROWS, rows)) for start in range(0, rows, BLOCK_ROWS)]
    state_tables(instrument)  # made once, before the threads need it
    _each(parts, lambda part: _score_block(instrument, Block(instrument, answers[part]), scores, part))
    return scores


def _each(parts: list[slice], score: Callable[[slice], None]) -> None:
    """Blocks are independent, and numpy computes outside the interpreter's lock: many of them share the processors."""
    if len(parts) < BLOCKS_WORTH_THREADS:
        for part in parts:
            score(part)
        return
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(score, parts))  # list: an error in a thread is raised here


def _score_block(instrument: Instrument, block: Block, scores: dict[str, ScaleScores], part: slice) -> None:
    tables = state_tables(instrument)
    bits = next((table.bits for table in tables.values()), 0)
    adding = (block.codes + np.int16(1 << bits)) & ~(block.codes >> 15)  # 0 where the code is negative: absent
    values: dict[str, np.ndarray] = {}
    columns = Columns(block, values)
    for scale in instrument.scales:
        out = scores[scale.name]
        if scale.name in tables:
            _by_state(tables[scale.name], adding, block.codes, out, part)
        else:
            _by_engine(instrument, scale, columns, block.codes, out, part)
        values[scale.name] = out.value[part]
    _count_absent(instrument, block.codes, scores, part)


def _count_absent(instrument: Instrument, codes: np.ndarray, scores: dict[str, ScaleScores], part: slice) -> None:
    """Most answers that are absent were skipped; only a column that holds another code is looked at code by code."""
    lowest = codes.min(axis=1) if codes.shape[1] else np.zeros(len(codes))
    for scale in instrument.scales:
        out = scores[scale.name]
        skipped = out.absent["skipped"][part]
        np.subtract(out.items, out.answered[part], out=skipped)
        rare = [place for place in map(instrument.positions.get, scale.items) if lowest[place] < Absence.SKIPPED]
        for reason in (Absence.NOT_ASKED, Absence.NOT_APPLICABLE, Absence.UNREADABLE) if rare else ():
            of_reason = codes[rare] == reason if reason != Absence.UNREADABLE else codes[rare] <= reason
            out.absent[absence_name(reason)][part] = of_reason.sum(axis=0)
            skipped -= out.absent[absence_name(reason)][part]


def _by_state(table: StateTable, adding: np.ndarray, codes: np.ndarray, out: ScaleScores, part: slice) -> None:
    kind = np.int16 if len(table.value) <= np.iinfo(np.int16).max else np.int32
    if all(counts is None for _, counts in table.rows):
        state = _rows(adding, table.places).sum(axis=0, dtype=kind)
    else:
        state = np.zeros(adding.shape[1], dtype=kind)
        for place, counts in table.rows:
            state += adding[place] if counts is None else counts[np.maximum(codes[place], -1)].astype(kind)
    np.right_shift(state, table.bits, out=out.answered[part], casting="same_kind")
    state = state.astype(np.intp)
    # every state is in the table; "clip" only spares take() the copy it makes to be able to raise
    np.take(table.value, state, out=out.value[part], mode="clip")
    np.take(table.method, state, out=out.method[part], mode="clip")
    if table.se is not None:
        np.take(table.se, state, out=out.se[part], mode="clip")


def _rows(matrix: np.ndarray, places: list[int]) -> np.ndarray:
    """These rows; neighbouring ones without a copy."""
    if places == list(range(places[0], places[0] + len(places))):
        return matrix[places[0] : places[0] + len(places)]
    return matrix[places]


def _by_engine(
    instrument: Instrument, scale: Scale, columns: Columns, codes: np.ndarray, out: ScaleScores, part: slice
) -> None:
    there = _rows(codes, [instrument.positions[item] for item in scale.items]) >= 0
    out.value[part] = columns.evaluate(scale.formula.tree)
    out.answered[part] = there.sum(axis=0)
    out.method[part] = methods(scale, out.value[part], out.answered[part])
    if scale.se:
        out.se[part] = np.where(np.isnan(out.value[part]), np.nan, columns.evaluate(scale.se.tree))
