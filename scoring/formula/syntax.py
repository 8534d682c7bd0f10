"""What a formula says, before anybody asked whether its names exist. Every node keeps its place in the text."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Syntax:
    """The characters ``start`` to ``end`` of the formula."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class NumberSyntax(Syntax):
    value: float


@dataclass(frozen=True, slots=True)
class NameSyntax(Syntax):
    """An item, a scale, a table or a model; which one is the checker's question."""

    name: str


@dataclass(frozen=True, slots=True)
class RangeSyntax(Syntax):
    """``p1..p9``: the items from p1 to p9 in the definition's order."""

    first: NameSyntax
    last: NameSyntax


@dataclass(frozen=True, slots=True)
class TableSyntax(Syntax):
    """``{0: 0, 1: 0, 2: 1}``."""

    pairs: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class UnarySyntax(Syntax):
    """``-x`` or ``not x``."""

    operator: str
    operand: Syntax


@dataclass(frozen=True, slots=True)
class BinarySyntax(Syntax):
    """Arithmetic, comparison, ``and``, ``or``."""

    operator: str
    left: Syntax
    right: Syntax


@dataclass(frozen=True, slots=True)
class OptionSyntax(Syntax):
    """``min=5`` or ``model=anxiety``."""

    name: str
    value: NumberSyntax | NameSyntax


@dataclass(frozen=True, slots=True)
class CallSyntax(Syntax):
    """A function with its arguments and options; ``start`` to ``name_end`` is its name."""

    function: str
    name_end: int
    arguments: tuple[Syntax, ...]
    options: tuple[OptionSyntax, ...]
