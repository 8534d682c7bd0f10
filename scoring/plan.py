"""
How a scale is computed over columns.

Most published rules depend on a response only through how many items are answered and what they sum to ("mean of the
answered, at least five"). Such a scale has a few hundred possible states: it is computed once per state, and a
response is one look-up. Everything else goes through the column engine.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from scoring.formula.columns import Columns
from scoring.formula.lowering import READS
from scoring.formula.reference import evaluate
from scoring.formula.tree import Answer, Node, Tally, children, walk
from scoring.instrument import Instrument, Scale
from scoring.score import METHODS, uses_trait

MAX_STATES = 50_000


@dataclass(frozen=True, eq=False)
class StateTable:
    """
    A scale by (answered, total): entry ``(answered << bits) + total``.

    An answered item adds ``(1 << bits) +`` what its answer counts, a missing one 0. ``rows``: per argument the item's
    position and, unless the answer itself counts, what each answer adds; the last entry, 0, is for a missing one.
    """

    rows: tuple[tuple[int, np.ndarray | None], ...]
    bits: int
    value: np.ndarray  # float64
    answered: np.ndarray  # int16
    method: np.ndarray  # int8
    se: np.ndarray | None

    @property
    def places(self) -> list[int]:
        """The positions of the items, in the order of the arguments."""
        return [place for place, _ in self.rows]


@dataclass(frozen=True, eq=False)
class _NoAnswers:
    """Columns of states: the tallies are given, no single answer is."""

    rows: int

    def number(self, item: str) -> np.ndarray:
        raise AssertionError(f"a state knows no single answer, {item} was asked for")

    code = number


@lru_cache(maxsize=1024)
def state_tables(instrument: Instrument) -> dict[str, StateTable]:
    """The scales of an instrument that are a function of (answered, total), by name; all with the same ``bits``."""
    arguments = {scale.name: _only_arguments(scale) for scale in instrument.scales}
    rows = {name: _rows(instrument, nodes) for name, nodes in arguments.items() if nodes is not None}
    rows = {name: found for name, found in rows.items() if found is not None}
    bits = max((int(_highest(instrument, found)).bit_length() for found in rows.values()), default=0)
    return {
        name: _state_table(instrument.scale(name), arguments[name], found, bits)
        for name, found in rows.items()
        if (len(found) + 1) << bits <= MAX_STATES
    }


def _highest(instrument: Instrument, rows: list[tuple[int, np.ndarray | None]]) -> float:
    return sum(instrument.items[place].high if counts is None else counts.max() for place, counts in rows)


def _state_table(
    scale: Scale, arguments: tuple[Node, ...], rows: list[tuple[int, np.ndarray | None]], bits: int
) -> StateTable:
    answered = np.repeat(np.arange(len(rows) + 1), 1 << bits)
    total = np.tile(np.arange(1 << bits), len(rows) + 1).astype(np.float64)
    columns = Columns(_NoAnswers(len(total)), {}, {arguments: (answered.astype(np.float64), total)})
    value = columns.evaluate(scale.formula.tree)
    se = np.where(np.isnan(value), np.nan, columns.evaluate(scale.se.tree)) if scale.se else None
    adding = tuple((place, None if counts is None else np.append(counts + (1 << bits), 0)) for place, counts in rows)
    return StateTable(adding, bits, value, answered.astype(np.int16), methods(scale, value, answered), se)


def _only_arguments(scale: Scale) -> tuple[Node, ...] | None:
    """The one argument list all of the scale's tallies share, if nothing else reads an answer."""
    found: set[tuple[Node, ...]] = set()
    trees = [scale.formula.tree] + ([scale.se.tree] if scale.se else [])
    while trees:
        node = trees.pop()
        if isinstance(node, Tally) and node.weights is None:
            found.add(node.of)
        elif isinstance(node, (*READS, Tally)):
            return None
        else:
            trees += children(node)
    return found.pop() if len(found) == 1 else None


def _rows(instrument: Instrument, arguments: tuple[Node, ...]) -> list[tuple[int, np.ndarray | None]] | None:
    rows = [_row(instrument, argument) for argument in arguments]
    if None in rows or len({place for place, _ in rows}) < len(rows):
        return None
    return rows


def _row(instrument: Instrument, argument: Node) -> tuple[int, np.ndarray | None] | None:
    """An argument as (item position, what each answer counts), if it is a small whole number for every answer."""
    items = {node.item for node in walk(argument) if isinstance(node, Answer)}
    if len(items) != 1 or any(isinstance(node, READS) and not isinstance(node, Answer) for node in walk(argument)):
        return None
    item = instrument.item(items.pop())
    if not item.whole or item.high > 1000:
        return None
    place = instrument.positions[item.id]
    if isinstance(argument, Answer):
        return place, None
    counts = np.zeros(int(item.high) + 1, dtype=np.int32)
    for answer in range(int(item.low), int(item.high) + 1):
        value = evaluate(argument, {item.id: float(answer)}) if item.allows(answer) else 0.0
        if value is None or value != int(value) or not 0 <= value <= 1000:
            return None
        counts[answer] = int(value)
    return place, counts


def methods(scale: Scale, value: np.ndarray, answered: np.ndarray) -> np.ndarray:
    """int8 codes (places in ``METHODS``) of a column of scores."""
    scored = ~np.isnan(value)
    if uses_trait(scale.formula):
        how = np.full(len(value), METHODS.index("eap"), dtype=np.int8)
    else:
        complete = answered == len(scale.items)
        how = np.where(complete, METHODS.index("complete"), METHODS.index("prorated")).astype(np.int8)
    how[~scored] = METHODS.index("none")
    return how
