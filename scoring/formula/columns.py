"""
The column engine: a checked tree over whole columns, missing = NaN.

Tallies, tables, rounding and traits are numpy; what lies between them goes through numexpr
(``scoring.formula.lowering``).
"""

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from scoring.absence import Absence
from scoring.formula import reference
from scoring.formula.grading import expected_traits
from scoring.formula.lowering import Lowering, reads_answers
from scoring.formula.rounding import HAIR, rounded_columns
from scoring.formula.tree import Absences, Answer, Looked, Node, Rounded, ScaleValue, Tally, Trait
from scoring.formula.vocabulary import Table


class AnswerColumns(Protocol):
    """Where the engine finds answers."""

    rows: int

    def number(self, item: str) -> np.ndarray:
        """float64, n; NaN where the item was not answered."""

    def code(self, item: str) -> np.ndarray:
        """Whole numbers, n; negative = the code of absence."""


class Columns:
    """
    Evaluates trees over one set of columns; what was computed once is kept.

    Parameters
    ----------
    answers : the answers, by item
    scales : name -> float64 column, NaN = not scorable; scales the trees may use
    tallies : ready (answered, total) columns for a tuple of nodes
    """

    def __init__(
        self,
        answers: AnswerColumns,
        scales: Mapping[str, np.ndarray],
        tallies: Mapping[tuple[Node, ...], tuple[np.ndarray, np.ndarray]] | None = None,
    ):
        self.answers, self.scales = answers, scales
        self._values: dict[Node, np.ndarray] = {}
        self._tallies = {(of, None): columns for of, columns in (tallies or {}).items()}
        self._lowering = Lowering(self._value)

    def evaluate(self, tree: Node) -> np.ndarray:
        """float64, n: the tree's value per row; NaN where it has none or is not finite."""
        with np.errstate(all="ignore"):
            value = np.array(np.broadcast_to(self._value(tree), self.answers.rows), dtype=np.float64)
        value[~np.isfinite(value)] = np.nan
        return value

    # -- values -------------------------------------------------------------------------------------------------

    def _value(self, node: Node) -> np.ndarray:
        if node not in self._values:
            self._values[node] = self._compute(node)
        return self._values[node]

    def _compute(self, node: Node) -> np.ndarray:
        if not reads_answers(node):
            value = reference.constant(node)
            return np.array(np.nan if value is None else float(value))
        match node:
            case Answer():
                return self.answers.number(node.item)
            case ScaleValue():
                return self.scales[node.scale]
            case Tally():
                return self._tally(node)
            case Absences():
                return sum(
                    (self.answers.code(item) == Absence.NOT_APPLICABLE).astype(np.float64) for item in node.items
                )
            case Rounded():
                return rounded_columns(node.kind, self._value(node.of), node.digits)
            case Looked():
                return looked_columns(node.kind, self._value(node.of), node.table)
            case Trait():
                return expected_traits(node, self._categories(node))
        return self._lowering.run(node)

    def _tally(self, node: Tally) -> np.ndarray:
        answered, total = self._tallied(node)
        if node.kind == "count":
            return answered
        if node.kind == "missing":
            return len(node.of) - answered
        enough = answered >= node.at_least
        if node.kind == "mean":
            total = total / np.maximum(answered, 1)
        if node.kind == "psum":
            total = total * len(node.of) / np.maximum(answered, 1)
        return np.where(enough, total, np.nan)

    def _tallied(self, node: Tally) -> tuple[np.ndarray, np.ndarray]:
        key = (node.of, node.weights)
        if key not in self._tallies:
            weights = node.weights or (1.0,) * len(node.of)
            answered, total = np.zeros(self.answers.rows), np.zeros(self.answers.rows)
            for argument, weight in zip(node.of, weights, strict=True):
                value = self._value(argument)
                there = value == value
                answered += there
                total += np.where(there, value * weight, 0.0)
            self._tallies[key] = answered, total
        return self._tallies[key]

    def _categories(self, node: Trait) -> np.ndarray:
        rows = []
        for graded in node.of:
            code = self.answers.code(graded.item)
            category = graded.high - code if graded.reverse else code - graded.low
            rows.append(np.where(code >= 0, category, -1).astype(np.int64))
        return np.stack(rows)


def looked_columns(kind: str, x: np.ndarray, table: Table) -> np.ndarray:
    """``lookup`` or ``band`` of a float64 column; NaN outside the table."""
    keys, values = np.array(table.keys), np.array(table.values)
    below = np.searchsorted(keys, x + HAIR, side="right") - 1
    place = np.maximum(below, 0)
    found = (below >= 0) & (x == x)
    if kind == "lookup":
        found &= np.abs(keys[place] - x) <= HAIR
    return np.where(found, values[place], np.nan)
