"""What stands around the scores: thresholds, licence, LOINC codes."""

import re

from scoring.definition.names import KEY
from scoring.definition.reading import Section
from scoring.instrument import Licence, Scale, Threshold

THRESHOLD_KINDS = ("MCID", "MIC", "MDC", "SCB", "PASS")


def read_thresholds(document: Section, scales: tuple[Scale, ...]) -> tuple[Threshold, ...]:
    """The ``[[thresholds]]``: cited values, several per scale."""
    names = tuple(scale.name for scale in scales)
    thresholds = []
    for section in document.sections("thresholds", mark=lambda values: str(values.get("population", ""))):
        thresholds.append(
            Threshold(
                scale=section.one_of("scale", names),
                population=section.text("population"),
                kind=section.one_of("kind", THRESHOLD_KINDS),
                value=section.number("value"),
                unit=section.one_of("unit", ("points", "percent"), "points"),
                source=section.text("source"),
                status=section.one_of("status", ("seen", "background")),
                year=section.whole("year", None),
                upper=section.number("upper", None),
                conditions=_conditions(section),
            )
        )
        section.finish()
    return tuple(thresholds)


def _conditions(section: Section) -> tuple[str, ...]:
    conditions = section.take("conditions", [])
    if not (isinstance(conditions, list) and all(isinstance(each, str) and KEY.fullmatch(each) for each in conditions)):
        raise section.error("conditions", 'must be a list like ["knee_replacement", "any"].')
    return tuple(conditions)


def read_licence(section: Section) -> Licence:
    """The ``[licence]``: who owns the instrument, what may be shipped."""
    licence = Licence(
        status=section.one_of("status", ("free", "permission", "licensed")),
        holder=section.text("holder"),
        scoring=section.yes_or_no("scoring"),
        wording=section.yes_or_no("wording"),
        note=section.text("note", ""),
    )
    section.finish()
    return licence


def read_loinc(section: Section) -> tuple[tuple[str, str], ...]:
    """The ``[loinc]`` codes of the whole instrument, by what they name."""
    return tuple((what, loinc_code(section, what)) for what in section.keys())


def loinc_code(section: Section, key: str) -> str:
    """A LOINC code with the right check digit: made-up codes rarely have it."""
    code = section.text(key)
    if not is_loinc(code):
        raise section.error(key, f"“{code}” is not a LOINC code: its check digit does not fit.")
    return code


def is_loinc(code: str) -> bool:
    """Whether ``code`` is digits, a dash and the right check digit (modulus 10, doubled from the right)."""
    match = re.fullmatch(r"([0-9]{1,7})-([0-9])", code)
    if not match:
        return False
    doubled = "".join(str(int(digit) * (2 if place % 2 == 0 else 1)) for place, digit in enumerate(match[1][::-1]))
    return (10 - sum(map(int, doubled)) % 10) % 10 == int(match[2])
