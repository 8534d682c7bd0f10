"""A formula is text from a user: whatever it says, it is refused in our words or it is only arithmetic."""

import random
import re
import sys

import numexpr
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.answer_columns import Block
from scoring.errors import FormulaError
from scoring.formula import ItemRange, Vocabulary, parse_formula
from scoring.formula.columns import Columns
from scoring.formula.reference import evaluate
from tests.scoring.formula_strategies import ANYTHING

VOCABULARY = Vocabulary(
    items={item.id: ItemRange(item.low, item.high, item.whole, item.reverse) for item in ANYTHING.items},
    scales=("first",),
    tables={table.name: table for table in ANYTHING.tables},
    models={model.name: model for model in ANYTHING.models},
)

ESCAPES = (
    "__import__('os').system('id')",
    "().__class__.__bases__[0].__subclasses__()",
    "q1.__class__",
    "(1).real",
    "q1.real.__class__.mro()",
    "eval('1')",
    "exec(q1)",
    "open(q1)",
    "lambda: q1",
    "[x for x in (1, 2)]",
    "{q1: 1}",
    "f'{q1}'",
    "q1 if q2 else q3",
    "q1 ** 9999 ** 9999",
    "9" * 400,
    "1e999",
    "-1e999",
    "nan",
    "inf",
    "1_000",
    "0x10",
    "1j",
    "mean(q1..q999999)",
    "mean(q4..q1)",
    "mean(*q1)",
    "sum(q1..q4, min=1e15)",
    "sum(q1..q4, min=-1)",
    "sum(q1..q4, min=0.5)",
    "sum(q1..q4, min=q1)",
    "eap(q1..q4, model=__builtins__)",
    "lookup(q1, __builtins__)",
    "wsum(q1..q2, w=3)",
    "if(q1, __import__, 2)",
    "q1; import os",
    "q1\nimport os",
    "q1 # comment",
    "q1 == q2 == q3",
    "sanitize=False",
    "where(q1, 1, 2)",
    "first.first",
    "secret",
    "(" * 4000,
    "-" * 4000 + "1",
    "not " * 1000 + "q1",
    "abs(" * 60 + "q1" + ")" * 60,
    "q1" + " + q1" * 150,
    "min(" + ", ".join(["q1..line"] * 150) + ")",
    "recode(q1, {" + ", ".join(f"{n}: {n}" for n in range(900)) + "})",
    "\x00",
    "\ud800",
    "q１",
    "ｍean(q1)",
    "q1\u200b",
    "𝟙 + 𝟙",
    "",
    "   ",
)
SOUND = (
    "100 - 25*mean(q1..q4, min=2)",
    "round(20*mean(q1..q4, min=3), 0)",
    "lookup(sum(q1..q4), steps)",
    "if(first <= 3 and not (q1 > 2 or q2 == 0), -line / (points - 2), coalesce(q3, rev(q4)))",
    "clamp(min(q1, 2.5), 0, max(q2, abs(-1e3))) + ceil(psum(q1..q4, min=1))",
    "50 + 10 * eap(q1..q2, turned, model=trait) + band(points, steps) + recode(q2, {0: 1, -1: 2})",
)
PIECES = re.findall(r"[A-Za-z_0-9.]+|\s+|.", " ".join((*SOUND, *ESCAPES[:40]))) + [
    "..",
    "<=",
    "\n",
    "é",
    "🙂",
    "1e308",
    "0.0",
]
NUMEXPR_TEXT = re.compile(r"(?:x\d+|na|where|\d+(?:\.\d+)?(?:e[+-]?\d+)?|[-+*/()&,<>=! ])+")
FORBIDDEN = ("compile", "exec", "import", "open", "os.", "subprocess.", "socket.", "ctypes.")


@pytest.fixture(scope="module")
def watch():
    """Notes the interpreter's audit events while ``watch.on``; hooks cannot be removed, only silenced."""

    class Watch:
        on, seen = False, []

    def hook(event: str, _):
        if Watch.on and event.startswith(FORBIDDEN):
            Watch.seen.append(event)

    sys.addaudithook(hook)
    return Watch


@pytest.fixture
def numexpr_texts(monkeypatch):
    """Every text that reaches numexpr."""
    texts, real = [], numexpr.evaluate
    monkeypatch.setattr(numexpr, "evaluate", lambda text, **options: texts.append(text) or real(text, **options))
    return texts


def try_formula(text: str) -> bool:
    """Parse and, if accepted, run by both engines; whether it was accepted. Any error but FormulaError is a failure."""
    try:
        tree = parse_formula(text, VOCABULARY).tree
    except FormulaError as error:
        assert str(error).count("\n") == 1
        return False
    row = np.array([[1.0, 2.0, 3.0, -1.0, 4.0, 5.0, 10.0, 2.5]])
    answers = {item.id: value for item, value in zip(ANYTHING.items, row[0], strict=True) if value >= 0}
    plain = evaluate(tree, answers, {"first": 2.0})
    column = Columns(Block(ANYTHING, row), {"first": np.array([2.0])}).evaluate(tree)[0]
    np.testing.assert_allclose(column, np.nan if plain is None else plain, rtol=1e-9, atol=1e-9)
    return True


@pytest.mark.parametrize("text", ESCAPES, ids=lambda text: ascii(text[:30]))
def test_an_attempt_to_escape_is_refused_or_harmless(text, watch, numexpr_texts):
    watch.seen.clear()
    watch.on = True
    try:
        tree = parse_formula(text, VOCABULARY).tree
        evaluate(tree, {"q1": 1.0}, {"first": 2.0})
    except FormulaError:
        pass
    finally:
        watch.on = False
    assert watch.seen == []
    try_formula(text)
    assert all(NUMEXPR_TEXT.fullmatch(text) for text in numexpr_texts)


def mangled(draw: random.Random) -> str:
    """A sound formula or an escape with pieces cut out, doubled, swapped and strewn in; or pieces alone."""
    pieces = re.findall(r"[A-Za-z_0-9.]+|\s+|.", draw.choice((*SOUND, *SOUND, *ESCAPES))[:300])
    if draw.random() < 0.2:
        pieces = []
    for _ in range(draw.randint(1, 6)):
        place = draw.randint(0, len(pieces))
        action = draw.random()
        if action < 0.4 or not pieces:
            pieces.insert(place, draw.choice(PIECES))
        elif action < 0.7:
            del pieces[place - 1]
        else:
            pieces[place - 1] = draw.choice(PIECES)
    return "".join(pieces)


@pytest.mark.parametrize(
    ("inputs", "seed"), [(8_000, 1), pytest.param(200_000, 2, marks=pytest.mark.slow)], ids=["some", "200,000"]
)
def test_mangled_formulas_raise_nothing_but_the_languages_own_error(inputs, seed, numexpr_texts):
    draw = random.Random(seed)
    accepted = sum(try_formula(mangled(draw)) for _ in range(inputs))
    assert inputs * 0.03 < accepted < inputs * 0.9  # both sides of the door were tried
    assert all(NUMEXPR_TEXT.fullmatch(text) for text in set(numexpr_texts))


@settings(max_examples=1500, deadline=None, derandomize=True)
@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=40).map("".join)))
def test_any_text_raises_nothing_but_the_languages_own_error(text):
    try_formula(text)


def test_a_formula_cannot_read_what_its_vocabulary_does_not_hold():
    secret = 42  # numexpr without local_dict reads its caller's frame
    with pytest.raises(FormulaError, match="no such item"):
        parse_formula("secret", VOCABULARY)
    assert secret == 42


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1" + " " * 4096, "the formula is 4,097 bytes long; at most 4,096 are allowed."),
        ("(" * 51 + "1" + ")" * 51, "more than 50 brackets inside each other."),
        ("1" + "+1" * 120, "the formula has more than 200 parts; split it into several scales."),
        (
            "mean(q1..line" + ", q1..line" * 30 + ")",
            "the formula reads 248 answers; at most 200 are allowed. Split it.",
        ),
    ],
)
def test_limits(text, says):
    with pytest.raises(FormulaError, match=re.escape(says)):
        parse_formula(text, VOCABULARY)
