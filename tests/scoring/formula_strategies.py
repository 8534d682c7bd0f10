"""Random formulas that the language accepts, and random answers to the instrument they are about."""

from hypothesis import strategies as st

from scoring.absence import Absence
from scoring.instruments import parse_instrument

ANYTHING = parse_instrument(
    """
key = "anything"
version = 1
title = "One item of every kind"
about = "person"
status = "draft"
citation = "none"
verified = "none"
items = [
  { id = "q1", label = "one" },
  { id = "q2", label = "two" },
  { id = "q3", label = "three" },
  { id = "q4", label = "four" },
  { id = "turned", label = "enters reversed", reverse = true },
  { id = "from_one", label = "one to five", low = 1, high = 5 },
  { id = "points", label = "points", high = 25, values = [0, 2, 6, 10, 25] },
  { id = "line", label = "with decimals", high = 10, whole = false },
]
[item_defaults]
low = 0
high = 4
best = "low"
[[scales]]
name = "first"
label = "First"
formula = "mean(q1..q4, min=2)"
direction = "lower"
range = [0, 4]
[[scales]]
name = "second"
label = "Second"
formula = "line / 10"
direction = "lower"
range = [0, 1]
[tables.steps]
keys = [0, 1, 2, 3, 4, 8, 12, 16]
values = [100, 91.975, 84.6, 79.9, 70, 60.25, 50, 0]
order = "falling"
sha256 = "not checked here"
source = "none"
[models.trait]
low = -4
high = 4
step = 0.5
items.q1 = [2.1, -1, 0, 1, 2]
items.q2 = [1.5, -2, -1, 0.5, 1.5]
items.turned = [3.2, -0.5, 0.2, 1.1, 2.6]
items.from_one = [0.8, -3, -1, 1, 3]
[licence]
status = "free"
holder = "none"
scoring = true
wording = true
""",
    "tests/anything.toml",
)

ITEMS = tuple(ANYTHING.positions)
NUMBERS = st.one_of(
    st.integers(0, 12).map(str),
    st.sampled_from(["0.5", "2.5", "1e3", "1e15", "0.1", "1e-9", "3.999999999"]),
)
ARGUMENTS = st.lists(st.sampled_from((*ITEMS, "q1..q4", "q2..from_one", "first")), min_size=1, max_size=4)
PLAIN = st.one_of(NUMBERS, st.sampled_from((*ITEMS, "first", "second", "rev(q1)", "rev(line)")))


def tally(kind: str, arguments: list[str], fewest: int | None) -> str:
    option = f", min={fewest}" if fewest and kind in ("mean", "sum", "psum") else ""
    return f"{kind}({', '.join(arguments)}{option})"


TALLIES = st.one_of(
    st.builds(
        tally,
        st.sampled_from(["mean", "sum", "psum", "count", "missing"]),
        ARGUMENTS,
        st.one_of(st.none(), st.just(1)),
    ),
    st.sampled_from(
        [
            "mean(q1..q4, min=3)",
            "psum(q1..q4, turned, min=2)",
            "sum(q1, recode(q2, {0: 0, 1: 5, 2: 7}), rev(q3), min=2)",
            "sum(line, q1, min=1)",
            "not_applicable(q1..line)",
            "eap(q1..q2, turned, from_one, model=trait)",
            "eap_se(q1, from_one, model=trait, min=2)",
        ]
    ),
)


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Formulas around formulas."""
    pair = st.tuples(inner, inner)
    yes_or_no = st.builds("({0[0]} {1} {0[1]})".format, pair, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]))
    joined = st.builds("({0} {2} not {1})".format, yes_or_no, yes_or_no, st.sampled_from(["and", "or"]))
    condition = st.one_of(yes_or_no, joined)
    return st.one_of(
        st.builds("({0[0]} {1} {0[1]})".format, pair, st.sampled_from("+-*/")),
        st.builds("-{}".format, inner),
        st.builds("if({}, {}, {})".format, condition, inner, inner),
        st.builds("if({}, {})".format, condition, inner),
        st.builds("{1}({0[0]}, {0[1]})".format, pair, st.sampled_from(["min", "max", "coalesce", "sum", "mean"])),
        st.builds("{1}({0})".format, inner, st.sampled_from(["abs", "floor", "ceil", "round"])),
        st.builds("round({}, {})".format, inner, st.integers(0, 3)),
        st.builds("clamp({0}, {1[0]}, {1[1]})".format, inner, pair),
        st.builds("{1}({0}, steps)".format, inner, st.sampled_from(["lookup", "recode", "band"])),
        st.builds("mean({0[0]}, {0[1]}, q1..q4, min=2)".format, pair),
    )


FORMULAS = st.recursive(st.one_of(PLAIN, TALLIES), larger, max_leaves=12)


def answer_of(item) -> st.SearchStrategy:
    """An answer within the item's range, or a reason of absence."""
    if not item.whole:
        there = st.floats(item.low, item.high, allow_nan=False).map(lambda value: round(value, 2))
    elif item.values:
        there = st.sampled_from(item.values)
    else:
        there = st.integers(int(item.low), int(item.high)).map(float)
    return st.one_of(there, there, there, st.sampled_from(list(Absence)))


RESPONSES = st.tuples(*(answer_of(item) for item in ANYTHING.items))
