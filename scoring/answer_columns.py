"""Whole columns of answers: which are allowed, and what the column engine sees of them."""

from functools import lru_cache

import numpy as np

from scoring.absence import Absence
from scoring.errors import ScoringError
from scoring.instrument import Instrument, Item


def out_of_range(instrument: Instrument, answers: np.ndarray) -> np.ndarray:
    """
    Which answers are not answers of their item (to be quarantined; they are never scored).

    Parameters
    ----------
    answers : n × items, in the instrument's order; negative = code of absence; NaN = skipped

    Returns
    -------
    bool array, n × items. Codes of absence (-1 to -4), NaN and the item's own "not applicable" number are in range.
    """
    check_shape(instrument, answers)
    mask = np.zeros(answers.shape, dtype=bool)
    for place, item in enumerate(instrument.items):
        column = answers[:, place]
        with np.errstate(invalid="ignore"):
            known = (column < 0) & (column >= min(Absence)) & (column == np.floor(column)) | ~(column == column)
        known |= _allowed(item, column)
        mask[:, place] = ~known
    return mask


def check_shape(instrument: Instrument, answers: np.ndarray) -> None:
    """Refuse a matrix that is not n × items."""
    if answers.ndim != 2 or answers.shape[1] != len(instrument.items):
        raise ScoringError(
            f"{instrument.reference} has {len(instrument.items)} items; the answers have the shape {answers.shape}. "
            "One column per item is needed, in the instrument's order."
        )


def _allowed(item: Item, column: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        fits = (column >= item.low) & (column <= item.high)
    if item.values is not None:
        fits &= np.isin(column, item.values)
    elif item.whole and column.dtype.kind == "f":
        fits &= column == np.floor(column)
    if item.not_applicable is not None:
        fits |= column == item.not_applicable
    return fits


class Block:
    """
    Some rows of answers, one contiguous array per item.

    ``codes`` : int16, items × n, for whole-number items; absent and out-of-range answers negative.
    """

    def __init__(self, instrument: Instrument, answers: np.ndarray):
        self.rows = len(answers)
        self._positions = instrument.positions
        self._columns = answers.T
        self._numbers: dict[str, np.ndarray] = {}
        self.codes = _codes(instrument, self._columns)
        self._fractions = {item.id: item for item in instrument.items if not item.whole}

    def code(self, item: str) -> np.ndarray:
        """int16, n: the answer, or a negative code of absence."""
        return self.codes[self._positions[item]]

    def number(self, item: str) -> np.ndarray:
        """float64, n: the answer, NaN where there is none."""
        if item not in self._numbers:
            there = self.code(item) >= 0
            column = self._columns if item in self._fractions else self.codes
            self._numbers[item] = np.where(there, column[self._positions[item]], np.nan).astype(np.float64)
        return self._numbers[item]


def _codes(instrument: Instrument, columns: np.ndarray) -> np.ndarray:
    """Answers as int16; of an item with fractions only whether there is one (0) or not (negative)."""
    if columns.dtype.kind == "f":
        columns = np.where(columns == columns, columns, float(Absence.SKIPPED))
    if columns.dtype not in (np.int8, np.int16):
        columns = np.clip(columns, np.iinfo(np.int16).min, np.iinfo(np.int16).max)
    codes = columns.astype(np.int16, order="C")
    for place in _suspects(instrument, columns, codes):
        _clean(instrument.items[place], columns[place], codes[place])
    return codes


def _suspects(instrument: Instrument, columns: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """
    The items whose column needs a look at each answer.

    The usual one does not: whole numbers, none above ``high``, none of those that are not negative below ``low``.
    """
    low, high, plain = _limits(instrument)
    if columns.dtype.kind == "f" or codes.shape[1] == 0:
        return np.arange(len(codes))
    smallest = codes.view(np.uint16).min(axis=1)  # as unsigned, the negative codes of absence are the largest
    absent = smallest > np.iinfo(np.int16).max
    return np.flatnonzero(~plain | (codes.max(axis=1) > high) | (~absent & (smallest < low)))


@lru_cache(maxsize=1024)
def _limits(instrument: Instrument) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per item: lowest, highest, and whether every whole number between is an answer."""
    plain = [item.whole and item.values is None and item.not_applicable is None for item in instrument.items]
    low, high = zip(*((item.low, item.high) for item in instrument.items), strict=True)
    return np.array(low), np.array(high), np.array(plain)


def _clean(item: Item, column: np.ndarray, codes: np.ndarray) -> None:
    """Turn what the item does not allow into UNREADABLE, its own "not applicable" number into NOT_APPLICABLE."""
    if not item.whole:
        codes[:] = np.where(_allowed(item, column), 0, np.minimum(codes, -1))
    if item.not_applicable is not None:
        codes[column == item.not_applicable] = Absence.NOT_APPLICABLE
    codes[(column >= 0) & ~_allowed(item, column)] = Absence.UNREADABLE
    codes[(column < 0) & (column != np.floor(column))] = Absence.UNREADABLE
