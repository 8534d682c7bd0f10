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
    A scale by (answered, total): entry ``answered * stride + total``.

    ``rows``: per argument the item's position and, unless the answer itself counts, what each answer counts.
    """

    rows: tuple[tuple[int, np.ndarray | None], ...]
    stride: int
    value: np.ndarray  # float64
    answered: np.ndarray  # int16
    method: np.ndarray  # int8
    se: np.ndarray | None


@dataclass(frozen=True, eq=False)
class _NoAnswers:
    """Columns of states: the tallies are given, no single answer is."""

    rows: int

    def number(self, item: str) -> np.ndarray:
        raise AssertionError(f"a state knows no single answer, {item} was asked for")

    code = number


@lru_cache(maxsize=1024)
def state_tables(instrument: Instrument) -> dict[str, StateTable]:
    """The scales of an instrument that are a function of (answered, total), by name."""
    tables = {scale.name: _state_table(instrument, scale) for scale in instrument.scales}
    return {name: table for name, table in tables.items() if table is not None}


def _state_table(instrument: Instrument, scale: Scale) -> StateTable | None:
    arguments = _only_arguments(scale)
    if arguments is None:
        return None
    rows = [_row(instrument, argument) for argument in arguments]
    if None in rows:
        return None
    highest = [item.high if lut is None else lut.max() for item, lut in ((instrument.items[p], lut) for p, lut in rows)]
    stride = int(sum(highest)) + 1
    states = (len(rows) + 1) * stride
    if states > MAX_STATES or len({place for place, _ in rows}) < len(rows):
        return None
    answered = np.repeat(np.arange(len(rows) + 1), stride)
    total = np.tile(np.arange(stride), len(rows) + 1).astype(np.float64)
    columns = Columns(_NoAnswers(states), {}, {arguments: (answered.astype(np.float64), total)})
    value = columns.evaluate(scale.formula.tree)
    se = np.where(np.isnan(value), np.nan, columns.evaluate(scale.se.tree)) if scale.se else None
    return StateTable(tuple(rows), stride, value, answered.astype(np.int16), methods(scale, value, answered), se)


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
    counts = np.zeros(int(item.high) + 1, dtype=np.int64)
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
