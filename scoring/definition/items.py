"""Items: ranges, labels and what an answer to them may mean."""

from scoring.definition.names import name_from
from scoring.definition.reading import Section
from scoring.formula.limits import MAX_ITEMS, MAX_NUMBER
from scoring.instrument import Item, Safety


def read_items(document: Section) -> tuple[Item, ...]:
    """The ``items`` in official order, with what ``[item_defaults]`` and ``[answers]`` say for all of them."""
    defaults = document.section("item_defaults")
    usual = {key: defaults.take(key) for key in ("low", "high", "best", "whole", "answers") if defaults.has(key)}
    defaults.finish()
    answer_sets = document.section("answers")
    items = []
    for section in document.sections("items", mark=lambda values: str(values.get("id", ""))):
        item = _item(section, usual, answer_sets)
        if item.id in [earlier.id for earlier in items]:
            raise section.error("id", f"“{item.id}” stands twice.")
        items.append(item)
    if not 1 <= len(items) <= MAX_ITEMS:
        raise document.error("items", f"must be 1 to {MAX_ITEMS} tables.")
    return tuple(items)


def _item(section: Section, usual: dict, answer_sets: Section) -> Item:
    low = section.number("low", usual.get("low", ...))
    high = section.number("high", usual.get("high", ...))
    if not 0 <= low < high <= MAX_NUMBER:
        raise section.error("low", "must be 0 or more and below high: negative numbers are the codes of absence.")
    item = Item(
        id=name_from(section, "id"),
        label=section.text("label"),
        low=float(low),
        high=float(high),
        best=section.one_of("best", ("low", "high", "neither"), usual.get("best", ...)),
        question=section.text("question", ""),
        answers=_answers(section, section.text("answers", usual.get("answers")), answer_sets, low),
        values=section.numbers("values", None),
        whole=section.yes_or_no("whole", usual.get("whole", True)),
        reverse=section.yes_or_no("reverse", False),
        not_applicable=section.number("not_applicable", None),
        scored=section.yes_or_no("scored", True),
        line=section.line,
        safety=_safety(section.take("safety", None), section),
    )
    if item.not_applicable is not None and item.allows(item.not_applicable):
        raise section.error("not_applicable", "must lie outside the item's range.")
    section.finish()
    return item


def _answers(section: Section, name: str | None, sets: Section, low: float) -> tuple[tuple[float, str], ...]:
    if name is None:
        return ()
    if not sets.has(name):
        raise section.error("answers", f"names “{name}”, which [answers] does not hold.")
    return tuple((float(low + place), str(phrase)) for place, phrase in enumerate(sets.peek(name)))


def _safety(values: dict | None, section: Section) -> Safety | None:
    if values is None:
        return None
    at_least, at_most, says = values.get("at_least"), values.get("at_most"), values.get("says")
    if not isinstance(says, str) or (at_least is None) == (at_most is None) or len(values) != 2:
        raise section.error("safety", 'must be { at_least = 1, says = "why someone must look today" }.')
    return Safety(says, at_least, at_most)
