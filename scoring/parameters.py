"""A tenant's imported item parameters -> the text of a definition of its own, with a response-pattern (EAP) T-score."""

import csv
import io
import re

from scoring.errors import ScoringError
from scoring.formula import Grid
from scoring.formula.reference import evaluate
from scoring.instrument import Instrument
from scoring.instruments import parse_instrument

SCALE = "t_eap"


def with_parameters(text: str, key: str, parameters: str, grid: Grid) -> str:
    """
    The definition ``text`` under another key, with the scale ``t_eap`` = 50 + 10 × expected trait.

    No item parameters are shipped (their licence is unclear); a tenant that has them imports them. The result is the
    text of an ordinary definition: parse it, check it, publish it.

    Parameters
    ----------
    text : a library definition (TOML)
    key : of the new definition, for example ``own:promis_anxiety_4a``
    parameters : CSV text with the columns item_id, a, cb1, cb2, …
    grid : trait values to sum over; part of the definition, because T-scores move with its end

    Raises
    ------
    ScoringError
        If an item of the definition has no parameters, or they are not numbers.
    """
    plain = parse_instrument(text, "the library definition")
    own = re.sub(r'(?m)^key = ".*"$', f'key = "{key}"', re.sub(r"(?m)^version = .*$", "version = 1", text), count=1)
    own += _model(plain, _read(parameters), grid)
    rough = parse_instrument(own + _scale(plain, 0.0, 100.0), key)
    low, high = _ends(rough)
    return own + _scale(plain, low, high) + _vector(rough)


def _read(parameters: str) -> dict[str, list[float]]:
    try:
        rows = list(csv.DictReader(io.StringIO(parameters)))
        return {
            row["item_id"].casefold(): [float(row["a"])] + [float(row[name]) for name in row if name.startswith("cb")]
            for row in rows
        }
    except (KeyError, TypeError, ValueError) as error:
        raise ScoringError(f"Item parameters need the columns item_id, a, cb1, cb2, …, all numbers: {error}.") from None


def _model(instrument: Instrument, parameters: dict[str, list[float]], grid: Grid) -> str:
    absent = [item.id for item in instrument.items if item.id not in parameters]
    if absent:
        raise ScoringError(f"The item parameters lack {', '.join(absent)} of {instrument.reference}.")
    head = f"\n[models.trait]\nlow = {grid.low!r}\nhigh = {grid.high!r}\nstep = {grid.step!r}\n\n[models.trait.items]\n"
    return head + "".join(f"{item.id} = {parameters[item.id]!r}\n" for item in instrument.items)


def _scale(instrument: Instrument, low: float, high: float) -> str:
    items = f"{instrument.items[0].id}..{instrument.items[-1].id}"
    t_score = instrument.scale("t_score")
    return f"""
[[scales]]
name = "{SCALE}"
label = "{t_score.label}, response pattern"
formula = "50 + 10 * eap({items}, model=trait)"
se = "10 * eap_se({items}, model=trait)"
direction = "{t_score.direction}"
range = [{low!r}, {high!r}]
display_range = [{t_score.display_range[0]!r}, {t_score.display_range[1]!r}]
decimals = 1
"""


def _vector(instrument: Instrument) -> str:
    """One response with its T-score by the plain evaluator: publishing asks the column engine for the same."""
    answers = {item.id: (item.low + item.high) // 2 for item in instrument.items}
    value = evaluate(instrument.scale(SCALE).formula.tree, answers)
    given = " ".join(f"{answer:g}" for answer in answers.values())
    return f'\n[[vectors]]\nanswers = "{given}"\nscores = {{ {SCALE} = {value:.9f} }}\n'


def _ends(instrument: Instrument) -> tuple[float, float]:
    """The T-scores of the lowest and the highest answers."""
    tree = instrument.scale(SCALE).formula.tree
    turned = {item.id: item for item in instrument.items}
    answers = [
        {name: item.low if item.reverse is high else item.high for name, item in turned.items()}
        for high in (False, True)
    ]
    low, high = sorted(evaluate(tree, given) for given in answers)
    return low, high
