"""Why an answer is not there. Missing is not zero, and "not asked" is not "skipped"."""

from enum import IntEnum

from scoring.errors import ScoringError


class Absence(IntEnum):
    """The reason, with its code in answer lists and columns (always negative); its name in documents is lower case."""

    SKIPPED = -1
    NOT_ASKED = -2  # because of branching
    NOT_APPLICABLE = -3
    UNREADABLE = -4


ABSENCE_NAMES = {absence.name.lower(): absence for absence in Absence}


def absence_code(name: str) -> Absence:
    """The reason called ``name`` in a response document (``"skipped"`` -> -1)."""
    try:
        return ABSENCE_NAMES[name]
    except KeyError:
        known = ", ".join(ABSENCE_NAMES)
        raise ScoringError(f"“{name}” is neither an answer nor a reason of absence. Reasons: {known}.") from None


def absence_name(code: int) -> str:
    """The name of a code (-1 -> ``"skipped"``)."""
    try:
        return Absence(code).name.lower()
    except ValueError:
        raise ScoringError(f"{code} is not a code of absence. Codes: -1 to -4.") from None
