"""Syntax -> checked tree: every name exists, every type fits, every limit holds."""

import difflib
from collections.abc import Callable, Iterable, Mapping

from scoring.errors import FormulaError
from scoring.formula.functions import FUNCTIONS
from scoring.formula.limits import MAX_ITEMS, MAX_TABLE
from scoring.formula.syntax import (
    BinarySyntax,
    CallSyntax,
    NameSyntax,
    NumberSyntax,
    OptionSyntax,
    RangeSyntax,
    Syntax,
    TableSyntax,
    UnarySyntax,
)
from scoring.formula.tree import (
    YES_OR_NO,
    Answer,
    Arithmetic,
    Compare,
    Logic,
    Negative,
    Node,
    Not,
    Number,
    ScaleValue,
    walk,
)
from scoring.formula.vocabulary import Table, Vocabulary


def check(text: str, syntax: Syntax, vocabulary: Vocabulary, calls: "Calls") -> Node:
    """
    The checked tree of a whole formula; its value is a number. ``calls`` says what each function becomes.

    Raises
    ------
    FormulaError
        A name that does not exist, a yes/no where a number belongs (or the other way round), a wrong number of
        arguments, more than 200 answers read.
    """
    checker = Checker(text, vocabulary, calls)
    tree = checker.number(syntax)
    read = sum(isinstance(node, Answer) for node in walk(tree))
    if read > MAX_ITEMS:
        raise checker.error(syntax, f"the formula reads {read} answers; at most {MAX_ITEMS} are allowed. Split it.")
    return tree


class Checker:
    """Asks the vocabulary about each node of one formula."""

    def __init__(self, text: str, vocabulary: Vocabulary, calls: "Calls"):
        self.text, self.vocabulary, self.calls = text, vocabulary, calls

    def error(self, syntax: Syntax, what: str) -> FormulaError:
        """The error that points at ``syntax``."""
        return FormulaError(self.text, syntax.start, syntax.end, what)

    def number(self, syntax: Syntax) -> Node:
        """The node of something that must be a number."""
        node = self._node(syntax)
        if isinstance(node, YES_OR_NO):
            raise self.error(syntax, "this is yes or no, not a number; use if(condition, 1, 0).")
        return node

    def yes_or_no(self, syntax: Syntax) -> Node:
        """The node of something that must be yes or no."""
        node = self._node(syntax)
        if not isinstance(node, YES_OR_NO):
            raise self.error(syntax, "this is a number, not yes or no; compare it, for example x > 0.")
        return node

    def many(self, arguments: Iterable[Syntax]) -> tuple[Node, ...]:
        """The numbers of an argument list, ranges written out."""
        nodes = []
        for argument in arguments:
            if isinstance(argument, RangeSyntax):
                nodes += [self.item(name) for name in self.range(argument)]
            else:
                nodes.append(self.number(argument))
        return tuple(nodes)

    def items(self, call: CallSyntax) -> tuple[str, ...]:
        """The item ids of an argument list that may hold nothing but items."""
        names = []
        for argument in call.arguments:
            if isinstance(argument, RangeSyntax):
                names += self.range(argument)
            elif isinstance(argument, NameSyntax) and argument.name in self.vocabulary.items:
                names.append(argument.name)
            else:
                raise self.error(argument, f"{call.function} takes items and ranges of items only.")
        return tuple(names)

    def range(self, syntax: RangeSyntax) -> list[str]:
        """The item ids of ``first..last``."""
        order = list(self.vocabulary.items)
        for end in (syntax.first, syntax.last):
            if end.name not in self.vocabulary.items:
                raise self.error(end, f"no such item. {self._offer(end.name, order, 'Items')}")
        start, stop = order.index(syntax.first.name), order.index(syntax.last.name)
        if stop < start:
            raise self.error(syntax, f"{syntax.last.name} stands before {syntax.first.name} in the instrument's order.")
        return order[start : stop + 1]

    def item(self, name: str) -> Node:
        """The answer to an item; a reversed item enters every formula turned round."""
        item_range = self.vocabulary.items[name]
        return self.turned(name) if item_range.reverse else Answer(name)

    def turned(self, name: str) -> Node:
        """lowest + highest - answer."""
        item_range = self.vocabulary.items[name]
        return Arithmetic("-", Number(item_range.low + item_range.high), Answer(name))

    def table(self, syntax: Syntax) -> Table:
        """A table of the definition, or one written out."""
        if isinstance(syntax, TableSyntax):
            return self._written_table(syntax)
        if isinstance(syntax, NameSyntax) and syntax.name in self.vocabulary.tables:
            return self.vocabulary.tables[syntax.name]
        if isinstance(syntax, NameSyntax):
            offer = self._offer(syntax.name, self.vocabulary.tables, "Tables")
            raise self.error(syntax, f"no such table. {offer}")
        raise self.error(syntax, "a table belongs here: its name, or {0: 0, 1: 10}.")

    def option(self, call: CallSyntax, name: str) -> OptionSyntax | None:
        """The option ``name=…`` of a call."""
        return next((option for option in call.options if option.name == name), None)

    # -- one kind of node each ----------------------------------------------------------------------------------

    def _node(self, syntax: Syntax) -> Node:
        match syntax:
            case NumberSyntax():
                return Number(syntax.value)
            case NameSyntax():
                return self._named(syntax)
            case UnarySyntax(operator="not"):
                return Not(self.yes_or_no(syntax.operand))
            case UnarySyntax():
                return Negative(self.number(syntax.operand))
            case BinarySyntax():
                return self._binary(syntax)
            case CallSyntax():
                return self._call(syntax)
            case RangeSyntax():
                raise self.error(syntax, "a range belongs inside mean, sum, psum, count and the like.")
        raise self.error(syntax, "a table belongs inside recode, lookup or band.")

    def _named(self, syntax: NameSyntax) -> Node:
        name, vocabulary = syntax.name, self.vocabulary
        if name in vocabulary.items:
            return self.item(name)
        if name in vocabulary.scales:
            return ScaleValue(name)
        if name in vocabulary.later:
            raise self.error(syntax, f"the scale {name} stands below this one; move it above.")
        if name in vocabulary.tables:
            raise self.error(syntax, f"{name} is a table; write lookup(x, {name}).")
        if name in FUNCTIONS:
            raise self.error(syntax, f"{name} is a function; write {FUNCTIONS[name].form}.")
        raise self.error(syntax, f"no such item. {self._offer(name, [*vocabulary.items, *vocabulary.scales], 'Items')}")

    def _binary(self, syntax: BinarySyntax) -> Node:
        if syntax.operator in ("and", "or"):
            return Logic(syntax.operator, self.yes_or_no(syntax.left), self.yes_or_no(syntax.right))
        kind = Arithmetic if syntax.operator in "+-*/" else Compare
        return kind(syntax.operator, self.number(syntax.left), self.number(syntax.right))

    def _call(self, call: CallSyntax) -> Node:
        function = FUNCTIONS.get(call.function)
        name = NameSyntax(call.start, call.name_end, call.function)
        if function is None:
            raise self.error(name, f"no such function. {self._offer(call.function, FUNCTIONS, 'Functions')}")
        fewest, most = function.arguments
        if not fewest <= len(call.arguments) <= most:
            raise self.error(name, f"wrong number of arguments; write {function.form}.")
        for index, option in enumerate(call.options):
            if option.name not in function.options:
                raise self.error(option, f"{call.function} has no option “{option.name}”; write {function.form}.")
            if option.name in (earlier.name for earlier in call.options[:index]):
                raise self.error(option, f"the option “{option.name}” is given twice.")
        return self.calls[call.function](self, call)

    def _written_table(self, syntax: TableSyntax) -> Table:
        pairs = sorted(syntax.pairs)
        keys = tuple(key for key, _ in pairs)
        if not keys:
            raise self.error(syntax, "the table is empty.")
        if len(set(keys)) < len(keys) or len(keys) > MAX_TABLE:
            raise self.error(syntax, "an answer stands twice in this table.")
        return Table("", keys, tuple(value for _, value in pairs))

    def _offer(self, name: str, known: Iterable[str], kind: str) -> str:
        known = list(known)
        close = difflib.get_close_matches(name, known, 1)
        meant = f"Did you mean {close[0]}? " if close else ""
        listed = ", ".join(known[:60]) if known else "none"
        return f"{meant}{kind}: {listed}{', …' if len(known) > 60 else ''}."


Calls = Mapping[str, Callable[[Checker, CallSyntax], Node]]
