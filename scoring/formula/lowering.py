"""
A checked tree -> numexpr: arithmetic, comparisons and choices as one expression over whole columns.

The expression is written from our tree, with names (``x0``, ``x1``, …) and numbers of our own making; no text of a
user reaches numexpr. It takes at most 63 inputs: an expression that would need more, or would need a part twice, has
that part computed first and handed in as an input. Missing is NaN.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numexpr
import numpy as np

from scoring.formula import reference
from scoring.formula.tree import (
    Absences,
    Answer,
    Arithmetic,
    Choose,
    Coalesce,
    Compare,
    Extreme,
    Logic,
    Negative,
    Node,
    Not,
    Number,
    ScaleValue,
    Trait,
    walk,
)

# numexpr takes 63 inputs and about 250 operations; half of that leaves room for one more operand of the same size.
MAX_INPUTS = 30
MAX_OPERATIONS = 60
READS = (Answer, ScaleValue, Absences, Trait)


def reads_answers(node: Node) -> bool:
    """Whether the value of ``node`` can differ between responses."""
    return any(isinstance(part, READS) for part in walk(node))


@dataclass(frozen=True, slots=True)
class _Fragment:
    """A piece of an expression, the inputs it names and the operations in it."""

    text: str
    inputs: frozenset[str]
    operations: int


class Lowering:
    """
    Runs trees through numexpr.

    ``value_of`` computes the column of a node that has no numexpr form (answers, tallies, tables, rounding), or whose
    column is needed as an input.
    """

    def __init__(self, value_of: Callable[[Node], np.ndarray]):
        self._value_of = value_of
        self._inputs: dict[str, np.ndarray] = {"na": np.array(np.nan)}
        self._names: dict[Node, str] = {}

    def run(self, node: Node) -> np.ndarray:
        """The column of an arithmetic, comparing or choosing node; float64, yes = 1, no = 0."""
        fragment = self._fragment(node)
        inputs = {name: self._inputs[name] for name in fragment.inputs}
        # optimization "none": the others turn x / 3 into x * (1 / 3), off by the last bit from the reference
        return numexpr.evaluate(fragment.text, local_dict=inputs, global_dict={}, optimization="none")

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
            self._names[node] = self._named(self._value_of(node))
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
