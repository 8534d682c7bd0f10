"""docs/formula-language.md says nothing that is not so."""

import doctest
import re

import pytest

import settings
from scoring.absence import Absence
from scoring.errors import FormulaError
from scoring.formula import Grid, ItemRange, Model, Table, Vocabulary, formula, parse_formula
from scoring.formula.functions import FUNCTIONS
from scoring.formula.reference import evaluate

PAGE = (settings.ROOT / "docs" / "formula-language.md").read_text(encoding="utf-8")
ITEMS = ("q1", "q2", "q3", "q4")
VOCABULARY = Vocabulary(
    items={item: ItemRange(0, 4) for item in ITEMS},
    tables={
        "steps": Table("steps", (0.0, 1.0, 2.0), (100.0, 80.0, 60.0)),
        "weights": Table("weights", (1.0, 2.0), (0.5, 1.0)),
    },
    models={"trait": Model("trait", Grid(), ITEMS, (2.0,) * 4, ((-1.5, -0.5, 0.5, 1.5),) * 4)},
)


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("example", blocks("example"), ids=lambda example: example.splitlines()[0])
def test_every_example_gives_the_score_beside_it(example):
    formula, _, *rows = example.splitlines()
    tree = parse_formula(formula, VOCABULARY).tree
    for row in rows:
        answers, score = row.split("|")
        given = [Absence.SKIPPED if word == "." else float(word) for word in answers.split()]
        expected = None if score.strip() == "none" else pytest.approx(float(score))
        assert evaluate(tree, dict(zip(ITEMS, given, strict=True))) == expected, row


@pytest.mark.parametrize("example", blocks("error"), ids=lambda example: example.splitlines()[0])
def test_every_refusal_reads_as_shown(example):
    formula = example.splitlines()[0]
    with pytest.raises(FormulaError) as refused:
        parse_formula(formula, VOCABULARY)
    shown = [line.removeprefix("    ") for line in str(refused.value).splitlines()]
    assert shown == example.splitlines()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_is_explained(function):
    assert f"{function}(" in PAGE or f"`{function}`" in PAGE


def test_the_example_in_the_code_runs():
    assert doctest.testmod(formula) == doctest.TestResults(failed=0, attempted=3)
