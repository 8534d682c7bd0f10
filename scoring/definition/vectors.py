"""Test vectors in a definition: answers with the scores they must give."""

from scoring.absence import ABSENCE_NAMES
from scoring.definition.reading import Section, is_number
from scoring.instrument import Item, Scale, Vector

NOT_SCORABLE = "none"


def read_vectors(document: Section, items: tuple[Item, ...], scales: tuple[Scale, ...]) -> tuple[Vector, ...]:
    """
    The ``[[vectors]]`` of a definition.

    ``answers`` is one text, in item order: numbers, ``.`` for skipped, or the name of an absence. ``scores`` gives
    one number or "none" (not scorable) per scale; scales left out are not looked at.
    """
    vectors = []
    for section in document.sections("vectors", mark=lambda values: str(values.get("answers", ""))):
        answers = tuple(_answer(section, word) for word in section.text("answers").split())
        if len(answers) != len(items):
            raise section.error("answers", f"holds {len(answers)} answers; the instrument has {len(items)} items.")
        vectors.append(Vector(answers, _scores(section, scales), section.line))
        section.finish()
    return tuple(vectors)


def _answer(section: Section, word: str) -> float | str:
    if word == ".":
        return "skipped"
    if word in ABSENCE_NAMES:
        return word
    try:
        return float(word)
    except ValueError:
        raise section.error("answers", f"“{word}” is neither a number, “.” nor a reason of absence.") from None


def _scores(section: Section, scales: tuple[Scale, ...]) -> tuple[tuple[str, float | None], ...]:
    known = [scale.name for scale in scales]
    scores = []
    given = section.take("scores")
    if not isinstance(given, dict):
        raise section.error("scores", "must be like { total = 12 }.")
    for name, value in given.items():
        if name not in known:
            raise section.error("scores", f"names “{name}”, which is no scale. Scales: {', '.join(known)}.")
        if not is_number(value) and value != NOT_SCORABLE:
            raise section.error("scores", f"“{name}” must be a number or “{NOT_SCORABLE}”.")
        scores.append((name, float(value) if is_number(value) else None))
    return tuple(scores)
