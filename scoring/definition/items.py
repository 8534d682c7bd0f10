"""Items: ranges, labels and what an answer to them may mean."""

from scoring.definition.names import name_from
from scoring.definition.reading import Section
from scoring.formula.limits import MAX_ITEMS
from scoring.instrument import Item, Safety

USUAL = ("low", "high", "best", "whole", "answers")
MAX_ANSWER = 30_000  # columns of answers are 16-bit


def read_items(document: Section) -> tuple[Item, ...]:
    """The ``items`` in official order, with what ``[item_defaults]`` and ``[answers]`` say for all of them."""
    defaults, answer_sets = document.section("item_defaults"), document.section("answers")
    usual = {key: defaults.take(key) for key in USUAL if defaults.has(key)}
    defaults.finish()
    items: list[Item] = []
    for section in document.sections("items", mark=lambda values: str(values.get("id", ""))):
        section.fill(usual)
        item = _item(section, answer_sets)
        if item.id in [earlier.id for earlier in items]:
            raise section.error("id", f"“{item.id}” stands twice.")
        items.append(item)
    if not 1 <= len(items) <= MAX_ITEMS:
        raise document.error("items", f"must be 1 to {MAX_ITEMS} tables.")
    return tuple(items)


def _item(section: Section, answer_sets: Section) -> Item:
    low, high = section.number("low"), section.number("high")
    if not 0 <= low < high <= MAX_ANSWER:
        what = f"must be 0 or more and below high, high at most {MAX_ANSWER:,}: negative numbers are codes of absence."
        raise section.error("low", what)
    values = section.numbers("values", None)
    item = Item(
        id=name_from(section, "id"),
        label=section.text("label"),
        low=low,
        high=high,
        best=section.one_of("best", ("low", "high", "neither")),
        question=section.text("question", ""),
        values=values,
        whole=section.yes_or_no("whole", True),
        answers=_answers(section, answer_sets, low, high, values),
        reverse=section.yes_or_no("reverse", False),
        not_applicable=section.number("not_applicable", None),
        printed_from=section.number("printed_from", None),
        scored=section.yes_or_no("scored", True),
        safety=_safety(section),
        line=section.line,
    )
    _consistent(section, item)
    section.finish()
    return item


def _consistent(section: Section, item: Item) -> None:
    if item.whole and (item.low != int(item.low) or item.high != int(item.high)):
        raise section.error("low", "and high must be whole numbers, or whole = false.")
    if item.values is not None and not (item.values and all(item.low <= value <= item.high for value in item.values)):
        raise section.error("values", "must lie between low and high.")
    if item.not_applicable is not None and item.allows(item.not_applicable):
        raise section.error("not_applicable", "must lie outside the item's range.")


def _answers(
    section: Section, sets: Section, low: float, high: float, values: tuple[float, ...] | None
) -> tuple[tuple[float, str], ...]:
    """The phrases of the answer set the item names, from its lowest answer upward."""
    name = section.text("answers", None)
    if name is None:
        return ()
    phrases = sets.peek(name) if sets.has(name) else None
    if not isinstance(phrases, list):
        raise section.error("answers", f"names “{name}”, which is no list under [answers].")
    numbers = sorted(values) if values is not None else [low + place for place in range(int(high - low) + 1)]
    if len(numbers) != len(phrases):
        raise section.error("answers", f"names “{name}” with {len(phrases)} phrases for {len(numbers)} answers.")
    return tuple((number, str(phrase)) for number, phrase in zip(numbers, phrases, strict=True))


def _safety(section: Section) -> Safety | None:
    given = section.take("safety", None)
    if given is None:
        return None
    form = 'must be { at_least = 1, says = "why someone must look today" }, or with at_most.'
    if not isinstance(given, dict):
        raise section.error("safety", form)
    inner = section.inside("safety", given)
    safety = Safety(inner.text("says"), inner.number("at_least", None), inner.number("at_most", None))
    inner.finish()
    if (safety.at_least is None) == (safety.at_most is None):
        raise section.error("safety", form)
    return safety
