"""The scores of one response, by the plain evaluator: what care computes where it needs a score at once."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from scoring.absence import Absence
from scoring.answers import Given, read_answers
from scoring.formula import Formula
from scoring.formula.reference import evaluate
from scoring.formula.tree import Trait, walk
from scoring.instrument import Instrument, Scale

METHODS = ("none", "complete", "prorated", "eap")  # their places are the codes of the column form


@dataclass(frozen=True, slots=True)
class Score:
    """
    One scale of one response.

    ``value``: points, ``None`` = not scorable, with the ``reason``. ``answered`` of ``items`` items; ``absent``
    counts the others by reason. ``method``: complete, prorated (some items stood in by the rest), eap, or none.
    ``se``: standard error, points.
    """

    instrument: str  # key@version
    scale: str
    value: float | None
    answered: int
    items: int
    method: str
    se: float | None = None
    reason: str = ""
    absent: Mapping[str, int] = field(default_factory=dict)


def score_response(instrument: Instrument, answers: Mapping[str, Given]) -> list[Score]:
    """
    All scales of one response, in the definition's order.

    Parameters
    ----------
    answers : item id -> number, or the name of an absence; an item left out is skipped

    Raises
    ------
    ScoringError
        For an unknown item or an answer outside its item's range.
    """
    read = read_answers(instrument, answers)
    values: dict[str, float | None] = {}
    scores = []
    for scale in instrument.scales:
        values[scale.name] = evaluate(scale.formula.tree, read, values)
        scores.append(_score(instrument, scale, read, values))
    return scores


def _score(
    instrument: Instrument, scale: Scale, answers: Mapping[str, float | Absence], values: Mapping[str, float | None]
) -> Score:
    value = values[scale.name]
    absent = Counter(answers[item].name.lower() for item in scale.items if isinstance(answers[item], Absence))
    answered = len(scale.items) - absent.total()
    scored = value is not None
    return Score(
        instrument=instrument.reference,
        scale=scale.name,
        value=value,
        answered=answered,
        items=len(scale.items),
        method=method(scale.formula, scored, answered, len(scale.items)),
        se=evaluate(scale.se.tree, answers, values) if scored and scale.se else None,
        reason="" if scored else _reason(answered, len(scale.items)),
        absent=dict(absent),
    )


def uses_trait(formula: Formula) -> bool:
    """Whether the score is an expectation under a graded-response model."""
    return any(isinstance(node, Trait) for node in walk(formula.tree))


def method(formula: Formula, scored: bool, answered: int, items: int) -> str:
    """How a score came about: complete, prorated, eap or none."""
    if not scored:
        return "none"
    if uses_trait(formula):
        return "eap"
    return "complete" if answered == items else "prorated"


def _reason(answered: int, items: int) -> str:
    if answered < items:
        return f"{answered} of {items} items answered, too few for this score"
    return "the answers given have no score in the published rule"
