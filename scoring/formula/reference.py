"""
The plain evaluator: one response, no arrays, no cleverness. It defines what a formula means.

The column engine must agree with it on every formula and every answer (tests/scoring). Missing is ``None`` throughout.
"""

import math
import operator
from bisect import bisect_right
from collections.abc import Mapping

from scoring.absence import Absence
from scoring.formula import rounding
from scoring.formula.tree import (
    Absences,
    Answer,
    Arithmetic,
    Choose,
    Coalesce,
    Compare,
    Extreme,
    Graded,
    Logic,
    Looked,
    Negative,
    Node,
    Not,
    Nothing,
    Number,
    Rounded,
    ScaleValue,
    Tally,
    Trait,
)
from scoring.formula.vocabulary import Table

ARITHMETIC = {"+": operator.add, "-": operator.sub, "*": operator.mul}
COMPARISON = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
ROUNDING = {"abs": abs, "floor": rounding.floor, "ceil": rounding.ceil}


def evaluate(
    tree: Node, answers: Mapping[str, float | Absence], scales: Mapping[str, float | None] | None = None
) -> float | None:
    """
    The number a checked formula gives for one response.

    Parameters
    ----------
    tree : a checked tree (``Formula.tree``)
    answers : item id -> answer within the item's range, or the reason of its absence; an item left out is skipped
    scales : the response's other scales, ``None`` = not scorable

    Returns
    -------
    float or None
        ``None`` where the answers do not suffice, or where the result is not a finite number.
    """
    value = _Response(answers, scales or {}).value(tree)
    return float(value) if value is not None and math.isfinite(value) else None


def constant(tree: Node) -> float | bool | None:
    """The value of a part that reads no answer; unlike ``evaluate`` it may be infinite or yes/no."""
    return _Response({}, {}).value(tree)


class _Response:
    def __init__(self, answers: Mapping[str, float | Absence], scales: Mapping[str, float | None]):
        self.answers, self.scales = answers, scales

    def value(self, node: Node) -> float | bool | None:
        match node:
            case Number():
                return node.value
            case Answer():
                answer = self.answers.get(node.item, Absence.SKIPPED)
                return None if isinstance(answer, Absence) else answer
            case Nothing():
                return None
            case ScaleValue():
                return self.scales.get(node.scale)
            case Tally():
                return self._tally(node)
            case Choose():
                return self._choose(node)
            case Coalesce():
                return next((value for value in map(self.value, node.of) if value is not None), None)
            case Absences():
                return sum(self.answers.get(item) is Absence.NOT_APPLICABLE for item in node.items)
            case Trait():
                return self._trait(node)
        return self._strict(node)

    def _strict(self, node: Node) -> float | bool | None:
        """Everything that is missing as soon as one of its parts is."""
        match node:
            case Arithmetic() | Compare() | Logic():
                parts = (self.value(node.left), self.value(node.right))
            case Extreme():
                parts = tuple(map(self.value, node.of))
            case Negative() | Not() | Rounded() | Looked():
                parts = (self.value(node.of),)
            case _:
                raise AssertionError(f"no meaning for {type(node).__name__}")
        if None in parts:
            return None
        value = _combine(node, parts)
        return None if value != value else value  # infinity - infinity is not a number: missing

    def _choose(self, node: Choose) -> float | None:
        condition = self.value(node.condition)
        if condition is None:
            return None
        return self.value(node.yes if condition else node.no)

    def _tally(self, node: Tally) -> float | None:
        weights = node.weights or (1.0,) * len(node.of)
        values = list(map(self.value, node.of))
        answered = [value * weight for value, weight in zip(values, weights, strict=True) if value is not None]
        if node.kind == "count":
            return len(answered)
        if node.kind == "missing":
            return len(node.of) - len(answered)
        if len(answered) < node.at_least:
            return None
        total = 0.0
        for value in answered:  # left to right, as the columns do: sums of fractions depend on the order
            total += value
        if node.kind == "mean":
            return total / len(answered)
        return total * len(node.of) / len(answered) if node.kind == "psum" else total

    def _trait(self, node: Trait) -> float | None:
        answered = [graded for graded in node.of if self.value(Answer(graded.item)) is not None]
        if len(answered) < node.at_least:
            return None
        points = node.model.grid.points()
        weights = [math.exp(-theta * theta / 2) for theta in points]
        for graded in answered:
            category = _category(graded, self.value(Answer(graded.item)))
            place = node.model.items.index(graded.item)
            a, b = node.model.discrimination[place], node.model.difficulty[place]
            weights = [w * _probability(theta, a, b, category) for w, theta in zip(weights, points, strict=True)]
        whole = sum(weights)
        if whole == 0:
            return None
        mean = sum(w * theta for w, theta in zip(weights, points, strict=True)) / whole
        if node.kind == "eap":
            return mean
        variance = sum(w * (theta - mean) ** 2 for w, theta in zip(weights, points, strict=True)) / whole
        return math.sqrt(variance)


def _combine(node: Node, parts: tuple) -> float | bool | None:
    match node:
        case Arithmetic(operator="/"):
            return parts[0] / parts[1] if parts[1] != 0 else None
        case Arithmetic():
            return ARITHMETIC[node.operator](*parts)
        case Compare():
            return COMPARISON[node.operator](*parts)
        case Logic():
            return all(parts) if node.operator == "and" else any(parts)
        case Extreme():
            return min(parts) if node.kind == "min" else max(parts)
        case Negative():
            return -parts[0]
        case Not():
            return not parts[0]
        case Rounded(kind="round"):
            return rounding.round_half_up(parts[0], node.digits)
        case Rounded():
            return ROUNDING[node.kind](parts[0])
        case Looked():
            return _look(node.kind, parts[0], node.table)


def _look(kind: str, x: float, table: Table) -> float | None:
    below = bisect_right(table.keys, x + rounding.HAIR) - 1
    if below < 0:
        return None
    exact = abs(table.keys[below] - x) <= rounding.HAIR
    return table.values[below] if exact or kind == "band" else None


def _category(graded: Graded, answer: float) -> int:
    return round(graded.high - answer if graded.reverse else answer - graded.low)


def _probability(theta: float, a: float, b: tuple[float, ...], category: int) -> float:
    def at_or_above(k: int) -> float:
        if k == 0 or k > len(b):
            return 1.0 if k == 0 else 0.0
        return 1 / (1 + math.exp(-a * (theta - b[k - 1])))

    return at_or_above(category) - at_or_above(category + 1)
