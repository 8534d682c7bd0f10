"""The plain evaluator and the column engine give the same number for every formula and every response."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.absence import Absence
from scoring.answer_columns import Block
from scoring.errors import FormulaError
from scoring.formula import ItemRange, Vocabulary, parse_formula
from scoring.formula.columns import Columns
from scoring.formula.reference import evaluate
from tests.scoring.formula_strategies import ANYTHING, FORMULAS, RESPONSES

VOCABULARY = Vocabulary(
    items={item.id: ItemRange(item.low, item.high, item.whole, item.reverse) for item in ANYTHING.items},
    scales=("first", "second"),
    tables={table.name: table for table in ANYTHING.tables},
    models={model.name: model for model in ANYTHING.models},
)


@settings(max_examples=600, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(FORMULAS, st.lists(RESPONSES, min_size=1, max_size=6))
def test_both_formula_engines_agree(text, responses):
    try:
        tree = parse_formula(text, VOCABULARY).tree
    except FormulaError as error:
        assert "more than" in str(error), error  # only a limit may refuse what the strategy writes
        return
    plain = [_plain(tree, response) for response in responses]
    np.testing.assert_allclose(_columns(tree, responses), plain, rtol=1e-9, atol=1e-9)


def _plain(tree, response) -> float:
    answers = dict(zip(ANYTHING.positions, response, strict=True))
    scales: dict[str, float | None] = {}
    for scale in ANYTHING.scales:
        scales[scale.name] = evaluate(scale.formula.tree, answers, scales)
    value = evaluate(tree, answers, scales)
    return np.nan if value is None else value


def _columns(tree, responses) -> np.ndarray:
    matrix = np.array([[float(answer) for answer in response] for response in responses])
    block, scales = Block(ANYTHING, matrix), {}
    for scale in ANYTHING.scales:
        scales[scale.name] = Columns(block, scales).evaluate(scale.formula.tree)
    return Columns(block, scales).evaluate(tree)


def test_an_expression_of_more_than_63_answers_is_split_not_refused():
    items = {f"q{number}": ItemRange(0, 4) for number in range(1, 121)}
    text = " + ".join(f"q{number}" for number in range(1, 91))
    tree = parse_formula(text, Vocabulary(items=items)).tree

    class Answers:
        rows = 3

        def number(self, item: str) -> np.ndarray:
            return np.array([1.0, 2.0, np.nan if item == "q90" else 3.0])

        code = number

    np.testing.assert_array_equal(Columns(Answers(), {}).evaluate(tree), [90.0, 180.0, np.nan])


def test_missing_goes_through_comparisons():
    tree = parse_formula("if(q1 > 2, 1, 0)", VOCABULARY).tree
    assert evaluate(tree, {"q1": Absence.SKIPPED}) is None
    np.testing.assert_array_equal(_columns(tree, [(Absence.SKIPPED, 0, 0, 0, 0, 1, 0, 0.0)]), [np.nan])
