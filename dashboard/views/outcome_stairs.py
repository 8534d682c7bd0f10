"""From everybody eligible to those who can be compared."""

from dashboard.charts.staircase import Stair
from dashboard.outcome_filters import OutcomeChoice
from dashboard.words import count
from warehouse.questions.outcomes_shown import Group


def stairs(group: Group, choice: OutcomeChoice) -> list[Stair]:
    """Eligible → due → answered → compared; the last is left out where it is hidden."""
    steps = [
        Stair("Eligible", group.eligible, ""),
        Stair("Due", group.due, _lost(group.eligible - group.due, f"not yet at {choice.follow_up}")),
        Stair("Answered", group.answered, _lost(group.due - group.answered, "no answer")),
    ]
    if group.matched is None:
        return steps
    lost = _lost(group.answered - group.matched, "without a score before or after")
    return [*steps, Stair("Compared", group.matched, lost)]


def _lost(patients: int, why: str) -> str:
    return f"{count(patients)} {why}" if patients else "nobody lost"
