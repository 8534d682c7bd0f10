"""The door to the language: text in, checked formula out."""

from dataclasses import dataclass

from scoring.formula.calls import CALLS
from scoring.formula.checking import check
from scoring.formula.parser import parse
from scoring.formula.tree import Absences, Answer, Graded, Node, ScaleValue, Tally, children, walk
from scoring.formula.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Formula:
    """A checked formula: its text, its tree, and the items and scales it reads (in order of first use)."""

    text: str
    tree: Node
    items: tuple[str, ...]
    scales: tuple[str, ...]


def parse_formula(text: str, vocabulary: Vocabulary) -> Formula:
    """
    Read and check a formula.

    Raises
    ------
    FormulaError
        With the character, what is wrong there and what to write instead. Never anything else, whatever the text.

    Examples
    --------
    >>> from scoring.formula import ItemRange, Vocabulary
    >>> knee = Vocabulary(items={f"q{n}": ItemRange(0, 4) for n in range(1, 8)})
    >>> parse_formula("100 - 25 * mean(q1..q7, min=4)", knee).items
    ('q1', 'q2', 'q3', 'q4', 'q5', 'q6', 'q7')
    """
    tree = check(text, parse(text), vocabulary, CALLS)
    items, scales = {}, {}
    for node in walk(tree):
        match node:
            case Answer() | Graded():
                items[node.item] = True
            case Absences():
                items |= dict.fromkeys(node.items, True)
            case ScaleValue():
                scales[node.scale] = True
    return Formula(text, tree, tuple(items), tuple(scales))


def only_counted(tree: Node) -> frozenset[str]:
    """Items whose answers do not matter to the formula, only whether they are there."""
    counted = {node.item for node in walk(tree) if isinstance(node, Answer)}
    return frozenset(counted - {node.item for node in _valued(tree) if isinstance(node, Answer)})


def _valued(node: Node):
    """The nodes of a tree but for what stands inside ``count`` and ``missing``."""
    yield node
    if not (isinstance(node, Tally) and node.kind in ("count", "missing")):
        for child in children(node):
            yield from _valued(child)
