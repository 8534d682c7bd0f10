"""
What a formula means, after every name was found and every type agreed.

A node's value is a number, a yes/no, or nothing (missing). Missing goes through every operator; only ``Tally``,
``Coalesce`` and ``Absences`` look at what is there.
"""

from dataclasses import dataclass

from scoring.formula.vocabulary import Model, Table


@dataclass(frozen=True, slots=True)
class Node:
    """A checked part of a formula."""


@dataclass(frozen=True, slots=True)
class Number(Node):
    value: float


@dataclass(frozen=True, slots=True)
class Nothing(Node):
    """No value: the "else" that an ``if`` does not have."""


@dataclass(frozen=True, slots=True)
class Answer(Node):
    """The answer to one item as given, not reversed."""

    item: str


@dataclass(frozen=True, slots=True)
class ScaleValue(Node):
    """Another scale of the same response."""

    scale: str


@dataclass(frozen=True, slots=True)
class Negative(Node):
    of: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """``+ - * /``; a division by zero has no value."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """``== != < <= > >=``: yes or no."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """``and``, ``or``: missing as soon as one side is missing."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Not(Node):
    of: Node


@dataclass(frozen=True, slots=True)
class Tally(Node):
    """
    ``mean``, ``sum``, ``psum``, ``wsum``, ``count``, ``missing`` of ``of``; no value under ``at_least`` answered.

    ``weights`` has one number per argument (``wsum`` only).
    """

    kind: str
    of: tuple[Node, ...]
    at_least: int
    weights: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Absences(Node):
    """How many of ``items`` were answered "not applicable"."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choose(Node):
    """``if(condition, yes, no)``; missing when the condition is."""

    condition: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class Coalesce(Node):
    """The first of ``of`` that is there."""

    of: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Extreme(Node):
    """``min``, ``max``: missing when one of them is."""

    kind: str
    of: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Rounded(Node):
    """``abs``, ``floor``, ``ceil``, ``round`` (half up, to ``digits`` decimals)."""

    kind: str
    of: Node
    digits: int = 0


@dataclass(frozen=True, slots=True)
class Looked(Node):
    """``lookup`` (exact key) or ``band`` (greatest key at or below); no value outside the table."""

    kind: str
    of: Node
    table: Table


@dataclass(frozen=True, slots=True)
class Graded(Node):
    """One item of a graded-response model: answer ``low`` is its category 0 (``high`` when reversed)."""

    item: str
    low: float
    high: float
    reverse: bool


@dataclass(frozen=True, slots=True)
class Trait(Node):
    """``eap`` or ``eap_se`` of the answered items; no value under ``at_least`` answered."""

    kind: str
    of: tuple[Graded, ...]
    model: Model
    at_least: int


YES_OR_NO = (Compare, Logic, Not)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly inside ``node``, left to right."""
    match node:
        case Negative() | Not() | Rounded() | Looked():
            return (node.of,)
        case Arithmetic() | Compare() | Logic():
            return (node.left, node.right)
        case Tally() | Coalesce() | Extreme() | Trait():
            return node.of
        case Choose():
            return (node.condition, node.yes, node.no)
    return ()


def walk(node: Node):
    """``node`` and everything inside it, left to right."""
    yield node
    for child in children(node):
        yield from walk(child)
