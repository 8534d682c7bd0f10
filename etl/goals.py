"""What a patient is hoped to reach on a scale, from the instrument's cited thresholds."""

from math import isnan

from etl.definitions import smallest_detectable_change
from scoring.instrument import Instrument, Scale, Threshold
from scoring.recovery_goal import Goal
from scoring.thresholds import thresholds_for

GAINS = ("MIC", "MCID")


def goal_of(instrument: Instrument, scale: Scale, day: int | None, condition: str) -> Goal | None:
    """
    The newest important gain that one person's measurement error cannot make up, else the acceptable state, else None.

    A gain smaller than the MDC says nothing about one person, however important it is to a group.
    """
    if day is None:
        return None
    error = smallest_detectable_change(instrument, scale, condition)
    gains = [each for each in _cited(instrument, scale, GAINS, condition) if isnan(error) or each.value >= error]
    states = _cited(instrument, scale, ("PASS",), condition)
    for cited, title in ((gains, "an important gain"), (states, "an acceptable state")):
        if cited:
            newest = max(cited, key=lambda each: (each.status == "seen", each.year or 0, each.value))
            return Goal(newest.kind, newest.value, day, title)
    return None


def _cited(instrument: Instrument, scale: Scale, kinds: tuple[str, ...], condition: str) -> list[Threshold]:
    return [each for kind in kinds for each in thresholds_for(instrument, scale.name, kind, condition)]
