"""
Tokens -> syntax, by recursive descent.

    or    := and ('or' and)*            and  := not ('and' not)*        not := 'not' not | cmp
    cmp   := sum (('=='|'!='|'<'|'<='|'>'|'>=') sum)?                    -- one comparison, no chains
    sum   := term (('+'|'-') term)*     term := unary (('*'|'/') unary)*  unary := '-' unary | atom
    atom  := NUMBER | NAME | NAME '(' arguments ')' | '(' or ')'
    argument := or | NAME '..' NAME | NAME '=' (NUMBER | NAME) | '{' NUMBER ':' NUMBER (',' ...)* '}'
"""

from scoring.errors import FormulaError
from scoring.formula.limits import MAX_DEPTH, MAX_NODES, MAX_NUMBER, MAX_TABLE
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
from scoring.formula.tokens import Token, tokenize

COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")


def parse(text: str) -> Syntax:
    """
    The syntax of a formula.

    Raises
    ------
    FormulaError
        Where the text stops being a formula, or where it passes a limit (depth 50, 200 nodes, 4 kB).
    """
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str):
        self.text, self.tokens, self.position, self.depth, self.nodes = text, tokenize(text), 0, 0, 0

    def whole(self) -> Syntax:
        if self.next.kind == "end":
            raise FormulaError(self.text, 0, 1, "the formula is empty.")
        expression = self._or()
        if self.next.kind != "end":
            raise self._error(self.next, f"“{self.next.text}” is not expected here.{self._hint()}")
        return expression

    # -- small things -------------------------------------------------------------------------------------------

    @property
    def next(self) -> Token:
        return self.tokens[self.position]

    def _after_next(self) -> Token:
        return self.tokens[min(self.position + 1, len(self.tokens) - 1)]

    def _take(self) -> Token:
        token = self.next
        self.position += 1
        return token

    def _is(self, *texts: str) -> bool:
        return self.next.kind in ("sign", "keyword") and self.next.text in texts

    def _expect(self, text: str, why: str) -> Token:
        if not self._is(text):
            found = f"found “{self.next.text}”" if self.next.kind != "end" else "the formula ends"
            raise self._error(self.next, f"expected “{text}” {why}, but {found}.")
        return self._take()

    def _error(self, token: Token, what: str) -> FormulaError:
        return FormulaError(self.text, token.start, token.end, what)

    def _hint(self) -> str:
        if self._is(*COMPARISONS):
            return " Comparisons do not chain: write a < b and b < c."
        if self._is(".."):
            return " A range belongs inside mean, sum, psum, count and the like."
        if self._is("="):
            return " Equality is written ==."
        return " An operator or comma may be missing before it."

    def _counted(self, node: Syntax) -> Syntax:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            what = f"the formula has more than {MAX_NODES} parts; split it into several scales."
            raise FormulaError(self.text, node.start, node.end, what)
        return node

    def _deeper(self, token: Token) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self._error(token, f"more than {MAX_DEPTH} brackets inside each other.")

    # -- the grammar, loosest first -----------------------------------------------------------------------------

    def _left_to_right(self, operand, operators: tuple[str, ...]) -> Syntax:
        left = operand()
        while self._is(*operators):
            operator = self._take().text
            right = operand()
            left = self._counted(BinarySyntax(left.start, right.end, operator, left, right))
        return left

    def _or(self) -> Syntax:
        return self._left_to_right(self._and, ("or",))

    def _and(self) -> Syntax:
        return self._left_to_right(self._not, ("and",))

    def _not(self) -> Syntax:
        return self._prefixed("not", self._comparison)

    def _comparison(self) -> Syntax:
        left = self._sum()
        if not self._is(*COMPARISONS):
            return left
        operator = self._take().text
        right = self._sum()
        return self._counted(BinarySyntax(left.start, right.end, operator, left, right))

    def _sum(self) -> Syntax:
        return self._left_to_right(self._term, ("+", "-"))

    def _term(self) -> Syntax:
        return self._left_to_right(self._unary, ("*", "/"))

    def _unary(self) -> Syntax:
        return self._prefixed("-", self._atom)

    def _prefixed(self, operator: str, operand) -> Syntax:
        signs = []
        while self._is(operator):
            signs.append(self._take())
            self._deeper(signs[-1])
        node = operand()
        for sign in reversed(signs):
            node = self._counted(UnarySyntax(sign.start, node.end, operator, node))
            self.depth -= 1
        return node

    def _atom(self) -> Syntax:
        token = self.next
        if token.kind == "number":
            return self._counted(self._number())
        if token.kind == "name":
            return self._call() if self._after_next().text == "(" else self._counted(self._name())
        if self._is("("):
            return self._bracket()
        found = f"“{token.text}” cannot stand here" if token.kind != "end" else "the formula ends too early"
        raise self._error(token, f"{found}; a number, an item, a scale, a function or a bracket must follow.")

    def _bracket(self) -> Syntax:
        self._deeper(self._take())
        inner = self._or()
        self._expect(")", "to close the bracket")
        self.depth -= 1
        return inner

    def _name(self) -> NameSyntax:
        if self.next.kind != "name":
            raise self._error(self.next, "a name is expected here.")
        token = self._take()
        return NameSyntax(token.start, token.end, token.text)

    def _number(self, negative: bool = False) -> NumberSyntax:
        token = self._take()
        value = float(token.text) if token.kind == "number" else float("nan")
        if not abs(value) <= MAX_NUMBER:
            what = "a number is expected here." if token.kind != "number" else "the number is too large."
            raise self._error(token, what)
        return NumberSyntax(token.start, token.end, -value if negative else value)

    # -- functions ----------------------------------------------------------------------------------------------

    def _call(self) -> CallSyntax:
        name = self._take()
        self._deeper(self._take())
        arguments, options = [], []
        while not self._is(")"):
            argument = self._argument()
            if isinstance(argument, OptionSyntax):
                options.append(argument)
            elif options:
                raise FormulaError(self.text, argument.start, argument.end, "options like min=5 come last.")
            else:
                arguments.append(argument)
            if not self._is(")"):
                self._expect(",", "between arguments")
        end = self._take().end
        self.depth -= 1
        call = CallSyntax(name.start, end, name.text, name.end, tuple(arguments), tuple(options))
        return self._counted(call)

    def _argument(self) -> Syntax:
        if self._is("{"):
            return self._counted(self._table())
        if self.next.kind == "name" and self._after_next().text == "..":
            return self._counted(self._range())
        if self.next.kind == "name" and self._after_next().text == "=":
            return self._option()
        return self._or()

    def _range(self) -> RangeSyntax:
        first = self._name()
        self._take()
        last = self._name()
        return RangeSyntax(first.start, last.end, first, last)

    def _option(self) -> OptionSyntax:
        name = self._take()
        self._take()
        value = self._name() if self.next.kind == "name" else self._number()
        return OptionSyntax(name.start, value.end, name.text, value)

    def _table(self) -> TableSyntax:
        opening = self._take()
        pairs = []
        while not self._is("}"):
            key = self._signed_number()
            self._expect(":", "between an answer and its value")
            pairs.append((key.value, self._signed_number().value))
            if len(pairs) > MAX_TABLE:
                raise self._error(opening, f"a table has at most {MAX_TABLE:,} entries.")
            if not self._is("}"):
                self._expect(",", "between entries")
        return TableSyntax(opening.start, self._take().end, tuple(pairs))

    def _signed_number(self) -> NumberSyntax:
        negative = self._is("-")
        if negative:
            self._take()
        return self._number(negative)
