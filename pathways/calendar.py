"""A pathway as the list of what a patient will meet, day by day."""

from dataclasses import dataclass
from datetime import time

from pathways.pathway import Pathway, Step


@dataclass(frozen=True)
class Entry:
    """One occurrence of one step; ``closes_day`` is the last day of its window, None for what has none."""

    day: int
    time: time
    step: Step
    occurrence: int
    closes_day: int | None


def calendar(pathway: Pathway) -> list[Entry]:
    """Every occurrence of every step, in the order of time."""
    entries = [
        Entry(day, step.time, step, occurrence, day + step.window.expires if step.window else None)
        for step in pathway.steps
        for occurrence, day in enumerate(step.occurrence_days, start=1)
    ]
    return sorted(entries, key=lambda entry: (entry.day, entry.time, entry.step.key))


def calendar_lines(pathway: Pathway) -> list[str]:
    """
    The calendar for a person to read.

    >>> import settings
    >>> from pathways.definitions import parse_pathway
    >>> text = (settings.CONTENT / "pathways" / "total_knee.toml").read_text(encoding="utf-8")
    >>> calendar_lines(parse_pathway(text))[0]
    'day -14  09:00  survey    baseline       koos_jr@1, nprs@1, red_flags@1; open to day 0'
    """
    return [_line(entry) for entry in calendar(pathway)]


def _line(entry: Entry) -> str:
    step = entry.step
    what = ", ".join(step.surveys or step.exercises) or step.video or f'"{step.text}"'
    closes = "" if entry.closes_day is None else f"; open to day {entry.closes_day}"
    return f"day {entry.day:>3}  {entry.time:%H:%M}  {step.kind:<8}  {step.key:<13}  {what}{closes}"
