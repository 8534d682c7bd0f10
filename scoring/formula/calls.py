"""What each function becomes in the checked tree. A function that is not in ``CALLS`` does not exist."""

from scoring.formula.checking import Calls, Checker
from scoring.formula.syntax import CallSyntax, NameSyntax, NumberSyntax
from scoring.formula.tree import (
    Absences,
    Choose,
    Coalesce,
    Extreme,
    Graded,
    Looked,
    Node,
    Nothing,
    Rounded,
    Tally,
    Trait,
)

MAX_DECIMALS = 6


def _at_least(checker: Checker, call: CallSyntax, of: int, default: int) -> int:
    option = checker.option(call, "min")
    if option is None:
        return default
    given = option.value.value if isinstance(option.value, NumberSyntax) else None
    if given is None or given != int(given) or not 1 <= given <= of:
        what = f"min is the fewest answered, a whole number from 1 to {of} here."
        raise checker.error(option.value, what)
    return int(given)


def _tally(checker: Checker, call: CallSyntax) -> Node:
    of = checker.many(call.arguments)
    return Tally(call.function, of, _at_least(checker, call, len(of), default=len(of)))


def _counted(checker: Checker, call: CallSyntax) -> Node:
    return Tally(call.function, checker.many(call.arguments), at_least=0)


def _weighted(checker: Checker, call: CallSyntax) -> Node:
    of = checker.many(call.arguments)
    option = checker.option(call, "w")
    if option is None:
        raise checker.error(call, "the weights are missing; write wsum(items, w=table).")
    table = checker.table(option.value)
    if table.keys != tuple(float(place) for place in range(1, len(of) + 1)):
        raise checker.error(option.value, f"{len(of)} items need weights under the keys 1 to {len(of)}.")
    return Tally("wsum", of, _at_least(checker, call, len(of), default=len(of)), table.values)


def _not_applicable(checker: Checker, call: CallSyntax) -> Node:
    return Absences(checker.items(call))


def _reversed(checker: Checker, call: CallSyntax) -> Node:
    (argument,) = call.arguments
    if not isinstance(argument, NameSyntax) or argument.name not in checker.vocabulary.items:
        raise checker.error(argument, "rev takes one item; of a scale write lowest + highest - scale.")
    if checker.vocabulary.items[argument.name].reverse:
        raise checker.error(argument, f"{argument.name} is declared reversed already; use it as it is.")
    return checker.turned(argument.name)


def _looked(checker: Checker, call: CallSyntax) -> Node:
    x, table = call.arguments
    kind = "band" if call.function == "band" else "lookup"
    return Looked(kind, checker.number(x), checker.table(table))


def _if(checker: Checker, call: CallSyntax) -> Node:
    condition, yes, *no = call.arguments
    return Choose(checker.yes_or_no(condition), checker.number(yes), checker.number(no[0]) if no else Nothing())


def _coalesce(checker: Checker, call: CallSyntax) -> Node:
    return Coalesce(checker.many(call.arguments))


def _extreme(checker: Checker, call: CallSyntax) -> Node:
    return Extreme(call.function, checker.many(call.arguments))


def _clamp(checker: Checker, call: CallSyntax) -> Node:
    x, lowest, highest = (checker.number(argument) for argument in call.arguments)
    return Extreme("min", (Extreme("max", (x, lowest)), highest))


def _single(checker: Checker, call: CallSyntax) -> Node:
    return Rounded(call.function, checker.number(call.arguments[0]))


def _round(checker: Checker, call: CallSyntax) -> Node:
    digits = call.arguments[1] if len(call.arguments) == 2 else None
    if digits is None:
        return Rounded("round", checker.number(call.arguments[0]))
    if not isinstance(digits, NumberSyntax) or digits.value not in range(MAX_DECIMALS + 1):
        raise checker.error(digits, f"the decimals are a whole number from 0 to {MAX_DECIMALS}.")
    return Rounded("round", checker.number(call.arguments[0]), int(digits.value))


def _trait(checker: Checker, call: CallSyntax) -> Node:
    option = checker.option(call, "model")
    models = checker.vocabulary.models
    if option is None or not isinstance(option.value, NameSyntax) or option.value.name not in models:
        known = ", ".join(models) or "none; item parameters must be imported first"
        raise checker.error(option.value if option else call, f"model= names a model. Models: {known}.")
    model = models[option.value.name]
    names = checker.items(call)
    ranges = checker.vocabulary.items
    for name in names:
        if name not in model.items:
            raise checker.error(call.arguments[0], f"the model {model.name} has no parameters for {name}.")
        categories = len(model.difficulty[model.items.index(name)]) + 1
        if categories != ranges[name].high - ranges[name].low + 1:
            what = f"the model {model.name} knows {categories} answers of {name}, the item has others."
            raise checker.error(call.arguments[0], what)
    of = tuple(Graded(name, ranges[name].low, ranges[name].high, ranges[name].reverse) for name in names)
    return Trait(call.function, of, model, _at_least(checker, call, len(of), default=1))


CALLS: Calls = {
    "mean": _tally,
    "sum": _tally,
    "psum": _tally,
    "wsum": _weighted,
    "count": _counted,
    "missing": _counted,
    "not_applicable": _not_applicable,
    "rev": _reversed,
    "recode": _looked,
    "lookup": _looked,
    "band": _looked,
    "if": _if,
    "coalesce": _coalesce,
    "clamp": _clamp,
    "min": _extreme,
    "max": _extreme,
    "abs": _single,
    "floor": _single,
    "ceil": _single,
    "round": _round,
    "eap": _trait,
    "eap_se": _trait,
}
