"""A definition is text from a user too: whatever it says, it is refused in our words or it can be checked."""

import random
import re

import pytest

import settings
from scoring.errors import ScoringError
from scoring.instruments import parse_instrument
from scoring.publish import problems

TEXTS = [path.read_text(encoding="utf-8") for path in sorted((settings.CONTENT / "instruments").glob("*.toml"))]
JUNK = (
    "3", "-1", "0", "0.5", "1e400", "nan", "-inf", "99999999999999999999999999", '"x"', '""', "[]", "{}", "true",
    "[1, 2]", "[[1, 2]]", "[nan, 1]", '["a"]', "{a = 1}", "1979-05-27",
)  # fmt: skip


def mangled(draw: random.Random) -> str:
    """A shipped definition with one or two lines deleted, doubled elsewhere, or their values replaced."""
    lines = draw.choice(TEXTS).split("\n")
    for _ in range(draw.randint(1, 2)):
        place, action = draw.randrange(len(lines)), draw.random()
        if action < 0.25:
            del lines[place]
        elif action < 0.4:
            lines.insert(place, draw.choice(lines))
        else:
            lines[place] = re.sub(r"= [^,}\]]+(?=[,}\]]|$)", lambda _: f"= {draw.choice(JUNK)}", lines[place], count=1)
    return "\n".join(lines)


def test_mangled_definitions_raise_nothing_but_our_own_error():
    draw, accepted = random.Random(5), 0
    for _ in range(800):
        try:
            instrument = parse_instrument(mangled(draw), "mangled.toml")
        except ScoringError as error:
            assert str(error).startswith("mangled.toml")
            continue
        accepted += 1
        assert all(problem.startswith("mangled.toml, line ") for problem in problems(instrument))
    assert 100 < accepted < 700


def test_a_definition_nested_too_deeply_is_refused():
    deep = "x = " + "[" * 100_000 + "]" * 100_000
    with pytest.raises(ScoringError, match="deep.toml: not valid TOML"):
        parse_instrument(deep, "deep.toml")
