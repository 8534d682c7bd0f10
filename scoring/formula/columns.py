"""
The column engine: a checked tree over whole columns, missing = NaN.

Arithmetic, comparisons and choices become one numexpr expression with names and numbers of our own making (``x0``,
``x1``, …); tallies, tables, rounding and traits are numpy. An expression that would need more than numexpr's 63
inputs, or a part twice, has that part computed first and handed in as an input.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numexpr
import numpy as np

from scoring.formula import reference
from scoring.formula.grading import expected_traits
from scoring.formula.rounding import HAIR, rounded_columns
from scoring.formula.tree import (
    Absences,
    Answer,
    Arithmetic,
    Choose,
    Coalesce,
    Compare,
    Extreme,
    Logic,
    Looked,
    Negative,
    Node,
    Not,
    Number,
    Rounded,
    ScaleValue,
    Tally,
    Trait,
    walk,
)
from scoring.formula.vocabulary import Table

# numexpr takes 63 inputs and about 250 operations; half of that leaves room for one more operand of the same size.
MAX_INPUTS = 30
MAX_OPERATIONS = 60
READS = (Answer, ScaleValue, Absences, Trait)


class AnswerColumns(Protocol):
    """Where the engine finds answers."""

    rows: int

    def number(self, item: str) -> np.ndarray:
        """float64, n; NaN where the item was not answered."""

    def code(self, item: str) -> np.ndarray:
        """Whole numbers, n; negative = the code of absence."""


@dataclass(frozen=True, slots=True)
class _Fragment:
    """A piece of a numexpr expression, the inputs it names and the operations in it."""

    text: str
    inputs: frozenset[str]
    operations: int


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
        self._inputs: dict[str, np.ndarray] = {"na": np.array(np.nan)}
        self._names: dict[Node, str] = {}

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
                return sum((self.answers.code(item) == -3).astype(np.float64) for item in node.items)
            case Rounded():
                return rounded_columns(node.kind, self._value(node.of), node.digits)
            case Looked():
                return looked_columns(node.kind, self._value(node.of), node.table)
            case Trait():
                return expected_traits(node, self._categories(node))
        return self._run(self._fragment(node))

    def _run(self, fragment: _Fragment) -> np.ndarray:
        inputs = {name: self._inputs[name] for name in fragment.inputs}
        # optimization "none": the others turn x / 3 into x * (1 / 3), off by the last bit from the reference
        return numexpr.evaluate(fragment.text, local_dict=inputs, global_dict={}, optimization="none")

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

    # -- numexpr text -------------------------------------------------------------------------------------------

    def _fragment(self, node: Node) -> _Fragment:
        if not reads_answers(node):
            return self._constant(node)
        match node:
            case Arithmetic(operator="/"):
                return self._divided(node)
            case Arithmetic():
                return self._joined(f"({{}} {node.operator} {{}})", node.left, node.right)
            case Logic(operator="and"):
                return self._joined("({} * {})", node.left, node.right)
            case Logic():
                left, right = self._atom(node.left), self._atom(node.right)
                return _merged(f"({left.text} + {right.text} - {left.text} * {right.text})", left, right)
            case Negative():
                return self._joined("(-{})", node.of)
            case Not():
                return self._joined("(1.0 - {})", node.of)
            case Compare():
                return self._compared(node)
            case Choose():
                return self._chosen(node)
            case Coalesce():
                return self._coalesced(node.of)
            case Extreme():
                return self._extreme(node)
        return self._input(node)

    def _joined(self, form: str, *nodes: Node) -> _Fragment:
        parts = [self._fragment(node) for node in nodes]
        inputs = frozenset().union(*(part.inputs for part in parts))
        if len(inputs) > MAX_INPUTS or sum(part.operations for part in parts) > MAX_OPERATIONS:
            parts = [self._atom(node) for node in nodes]
        return _merged(form.format(*(part.text for part in parts)), *parts)

    def _atom(self, node: Node) -> _Fragment:
        """A number or an input: a text short enough to be written twice."""
        return self._input(node) if reads_answers(node) else self._constant(node)

    def _input(self, node: Node) -> _Fragment:
        if node not in self._names:
            self._names[node] = self._named(self._value(node))
        return _Fragment(self._names[node], frozenset({self._names[node]}), 0)

    def _named(self, value: np.ndarray) -> str:
        name = f"x{len(self._inputs) - 1}"
        self._inputs[name] = value
        return name

    def _constant(self, node: Node) -> _Fragment:
        value = node.value if isinstance(node, Number) else reference.constant(node)
        if value is None:
            return self._missing()
        if math.isfinite(value):
            return _Fragment(f"({float(value)!r})", frozenset(), 0)
        name = self._named(np.array(float(value)))
        return _Fragment(name, frozenset({name}), 0)

    def _divided(self, node: Arithmetic) -> _Fragment:
        left, right = self._atom(node.left), self._atom(node.right)
        if not reads_answers(node.right):
            divides = reference.constant(node.right) != 0
            return _merged(f"({left.text} / {right.text})", left, right) if divides else self._missing()
        return _merged(f"where({right.text} != 0, {left.text} / {right.text}, na)", left, right, na=True)

    def _missing(self) -> _Fragment:
        return _Fragment("na", frozenset({"na"}), 0)

    def _compared(self, node: Compare) -> _Fragment:
        left, right = self._atom(node.left), self._atom(node.right)
        # in numexpr nan > 2 is False: without the guard, missing would turn into "no"
        there = " & ".join(f"({side.text} == {side.text})" for side in (left, right) if side.inputs)
        answer = f"where({left.text} {node.operator} {right.text}, 1.0, 0.0)"
        return _merged(f"where({there}, {answer}, na)", left, right, na=True)

    def _chosen(self, node: Choose) -> _Fragment:
        parts = [self._atom(part) for part in (node.condition, node.yes, node.no)]
        if not reads_answers(node.condition):
            return {True: parts[1], False: parts[2], None: self._missing()}[reference.constant(node.condition)]
        condition, yes, no = (part.text for part in parts)
        return _merged(f"where({condition} > 0.5, {yes}, where({condition} < 0.5, {no}, na))", *parts, na=True)

    def _coalesced(self, of: tuple[Node, ...]) -> _Fragment:
        parts = [self._atom(node) for node in of]
        value = self._run_or_broadcast(parts[-1])
        for part in reversed(parts[:-1]):
            first = self._run_or_broadcast(part)
            value = np.where(first == first, first, value)
        name = self._named(value)
        return _Fragment(name, frozenset({name}), 0)

    def _run_or_broadcast(self, atom: _Fragment) -> np.ndarray:
        return self._inputs[atom.text] if atom.inputs else np.array(float(atom.text.strip("()")))

    def _extreme(self, node: Extreme) -> _Fragment:
        pick = np.minimum if node.kind == "min" else np.maximum  # both carry NaN through
        value = self._run_or_broadcast(self._atom(node.of[0]))
        for part in node.of[1:]:
            value = pick(value, self._run_or_broadcast(self._atom(part)))
        name = self._named(value)
        return _Fragment(name, frozenset({name}), 0)


def _merged(text: str, *parts: _Fragment, na: bool = False) -> _Fragment:
    inputs = frozenset().union(*(part.inputs for part in parts), {"na"} if na else set())
    return _Fragment(text, inputs, 1 + 2 * na + sum(part.operations for part in parts))


def reads_answers(node: Node) -> bool:
    """Whether the value of ``node`` can differ between responses."""
    return any(isinstance(part, READS) for part in walk(node))


def looked_columns(kind: str, x: np.ndarray, table: Table) -> np.ndarray:
    """``lookup`` or ``band`` of a float64 column; NaN outside the table."""
    keys, values = np.array(table.keys), np.array(table.values)
    below = np.searchsorted(keys, x + HAIR, side="right") - 1
    place = np.maximum(below, 0)
    found = (below >= 0) & (x == x)
    if kind == "lookup":
        found &= np.abs(keys[place] - x) <= HAIR
    return np.where(found, values[place], np.nan)
