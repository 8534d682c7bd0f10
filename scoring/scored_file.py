"""A CSV file of answers -> the same file with the scores beside them."""

import csv
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

import numpy as np

from scoring.absence import Absence
from scoring.answers import allowed, read_answer
from scoring.bulk import score_columns
from scoring.errors import ScoringError
from scoring.instrument import Instrument, Item

ROWS_AT_ONCE = 50_000
MISSING = frozenset({"", "NA", "NaN", "nan", "."})
REJECTED = -99.0  # in a matrix of answers, until it is reported; never reaches a score

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows were scored and how many answers rejected."""

    rows: int
    rejected: int


def score_file(instrument: Instrument, source: Path, out: Path | None, by_position: bool, report: Report) -> Counted:
    """
    Score every row of ``source``, whose first line names the columns.

    Columns are found by item id, or (``by_position``) are the first ones, in the instrument's order. A module that was
    not asked (whole scales, such as the work module of the DASH) may be left out. An empty cell is missing; a reason
    of absence may stand for an answer; two marks are written ``3;4``. An answer that is none is reported with line,
    item and value and counts as unreadable; the rest is scored.

    Parameters
    ----------
    out : where to write; ``None`` = standard output. A file appears only when it is whole.
    report : receives a sentence per rejected answer, and one of progress every 50,000 rows

    Raises
    ------
    ScoringError
        If the file cannot be read or lacks the instrument's columns.
    """
    try:
        with source.open(encoding="utf-8-sig", newline="") as file, _writing(out) as target:
            return _score_lines(instrument, file, target, by_position, report)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise ScoringError(f"{error.filename or source}: {error.strerror}.") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise ScoringError(f"{source} is not a CSV file in UTF-8: {error}.") from None


def _score_lines(instrument: Instrument, file: TextIO, target: TextIO, by_position: bool, report: Report) -> Counted:
    reader = csv.reader(file)
    header = next(reader, None)
    if not header:
        raise ScoringError("The file is empty; its first line must name the columns.")
    places = _positions(instrument, header, by_position)
    _report_left_out(instrument, places, report)
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow([*header, *(scale.name for scale in instrument.scales)])
    cells = [_Cells(instrument, item) for item in instrument.items]
    rows = rejected = 0
    for lines, block in _blocks(reader):
        answers = _matrix(block, places, cells)
        rejected += _report_rejected(instrument, lines, block, places, answers, report)
        writer.writerows(_beside(block, len(header), instrument, answers))
        rows += len(block)
        if len(block) == ROWS_AT_ONCE:
            report(f"{rows:,} rows scored")
    return Counted(rows, rejected)


def _positions(instrument: Instrument, header: list[str], by_position: bool) -> list[int | None]:
    """Each item's column; None for the items of a module that was not asked."""
    if by_position:
        places = {item.id: place for place, item in enumerate(instrument.items) if place < len(header)}
        if not _whole_scales(instrument, places):
            raise ScoringError(
                f"{instrument.reference} has {len(instrument.items)} items, the file {len(header)} columns."
            )
        return [places.get(item.id) for item in instrument.items]
    columns = {name.strip().casefold(): place for place, name in enumerate(header)}
    absent = [item.id for item in instrument.items if item.id not in columns]
    if absent and not _whole_scales(instrument, columns):
        named = ", ".join(absent[:8]) + (", …" if len(absent) > 8 else "")
        raise ScoringError(
            f"The file has no column for {named}. Name the columns by item id "
            f"(python -m scoring list {instrument.key}), or give them in official order with --by-position."
        )
    return [columns.get(item.id) for item in instrument.items]


def _whole_scales(instrument: Instrument, columns: dict[str, int]) -> bool:
    """Whether the columns are those of one scale or more, each whole, and nothing of the others."""
    there = [sum(item in columns for item in scale.items) / len(scale.items) for scale in instrument.scales]
    return 1 in there and all(share in (0, 1) for share in there)


def _report_left_out(instrument: Instrument, places: list[int | None], report: Report) -> None:
    absent = [item.id for item, place in zip(instrument.items, places, strict=True) if place is None]
    if absent:
        report(f"no column for {absent[0]} to {absent[-1]}: counted as not asked")


def _blocks(reader) -> Iterator[tuple[list[int], list[list[str]]]]:
    """Rows with the file's line each ends on; wholly empty lines are passed over."""
    numbered = ((reader.line_num, row) for row in reader if row)
    while block := list(islice(numbered, ROWS_AT_ONCE)):
        yield [line for line, _ in block], [row for _, row in block]


class _Cells(dict):
    """What each text in an item's column means, worked out once: the answer, a code of absence, or REJECTED."""

    def __init__(self, instrument: Instrument, item: Item):
        super().__init__()
        self._instrument, self._item = instrument, item

    def __missing__(self, text: str) -> float:
        self[text] = self._read(text.strip())
        return self[text]

    def _read(self, text: str) -> float:
        if text in MISSING:
            return float(Absence.SKIPPED)
        try:
            return float(read_answer(self._instrument, self._item, _given(text, self._item.shift)))
        except ScoringError:
            return REJECTED


def _given(text: str, shift: float) -> float | str | list[float]:
    """A number as stored (a file holds it as printed), several marks, or a word that must be a reason of absence."""
    try:
        marks = [float(mark) - shift for mark in text.split(";")]
    except ValueError:
        return text
    return marks if len(marks) > 1 else marks[0]


def _matrix(block: list[list[str]], places: list[int | None], cells: list[_Cells]) -> np.ndarray:
    pairs = [(column, *pair) for column, pair in enumerate(zip(cells, places, strict=True)) if pair[1] is not None]
    width = max(place for _, _, place in pairs) + 1
    padded = (row if len(row) >= width else row + [""] * (width - len(row)) for row in block)
    answers = np.full((len(block), len(places)), float(Absence.NOT_ASKED))
    answers[:, [column for column, _, _ in pairs]] = [[known[row[at]] for _, known, at in pairs] for row in padded]
    return answers


def _report_rejected(
    instrument: Instrument,
    lines: list[int],
    block: list[list[str]],
    places: list[int | None],
    answers: np.ndarray,
    report: Report,
) -> int:
    found = np.argwhere(answers == REJECTED)
    for row, column in found:
        item = instrument.items[column]
        text = block[row][places[column]]
        report(f"line {lines[row]}, item {item.id}: “{text}” rejected. {allowed(item, item.shift)}")
    answers[answers == REJECTED] = Absence.UNREADABLE
    return len(found)


def _beside(block: list[list[str]], width: int, instrument: Instrument, answers: np.ndarray) -> Iterator[list[str]]:
    values = [scores.value for scores in score_columns(instrument, answers).values()]
    for row, scores in zip(block, zip(*values, strict=True), strict=True):
        yield [*(row + [""] * (width - len(row)))[:width], *("" if x != x else f"{x:.12g}" for x in scores)]


@contextmanager
def _writing(out: Path | None) -> Iterator[TextIO]:
    if out is None:
        yield sys.stdout
        return
    handle, name = tempfile.mkstemp(dir=out.resolve().parent, prefix=f".{out.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file
        os.chmod(name, 0o644)
        os.replace(name, out)
    except BaseException:
        os.unlink(name)
        raise
