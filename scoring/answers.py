"""One response's answers, read as the instrument means them."""

from collections.abc import Mapping, Sequence

from scoring.absence import Absence, absence_code
from scoring.errors import ScoringError
from scoring.instrument import Instrument, Item

# a number, the name of an absence ("skipped"), None = skipped, or several marks in one item
Given = float | int | str | None | Sequence[float]


def read_answers(instrument: Instrument, answers: Mapping[str, Given]) -> dict[str, float | Absence]:
    """
    Every item's answer or the reason of its absence, in the instrument's order; an item left out is skipped.

    Raises
    ------
    ScoringError
        For an item the instrument does not have, and for an answer outside its item's range: such an answer is
        reported, never scored.
    """
    for item_id in answers:
        instrument.item(item_id)
    return {item.id: read_answer(instrument, item, answers.get(item.id)) for item in instrument.items}


def read_answer(instrument: Instrument, item: Item, given: Given) -> float | Absence:
    """
    One answer. Two marks follow the instrument's rule (``two_marks``); without one they cannot be read.
    """
    if given is None:
        return Absence.SKIPPED
    if isinstance(given, str):
        return absence_code(given)
    if isinstance(given, Sequence):
        return _one_of_several(instrument, item, given)
    if given == item.not_applicable:
        return Absence.NOT_APPLICABLE
    if isinstance(given, bool) or not item.allows(given):
        raise ScoringError(f"{instrument.reference}, item {item.id}: {given} is not an answer. {allowed(item)}")
    return float(given)


def _one_of_several(instrument: Instrument, item: Item, marks: Sequence[float]) -> float | Absence:
    readings = [read_answer(instrument, item, mark) for mark in marks]
    if len(set(readings)) == 1:
        return readings[0]
    if instrument.two_marks is None or not readings:
        return Absence.UNREADABLE
    return max(readings) if instrument.two_marks == "highest" else min(readings)


def allowed(item: Item, shift: float = 0.0) -> str:
    """The item's answers in words: "Allowed: whole numbers 0 to 4." ``shift``: as printed, where that differs."""
    if item.values is not None:
        return f"Allowed: {', '.join(f'{value + shift:g}' for value in sorted(item.values))}."
    return f"Allowed: {'whole ' if item.whole else ''}numbers {item.low + shift:g} to {item.high + shift:g}."
