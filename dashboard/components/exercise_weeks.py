"""A patient's exercise by week and weekday."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

FOLDER = Path(__file__).parent
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
KEY = (("done", "done"), ("partly", "partly"), ("not_today", "not done"), ("no_report", "no report"))

_mount = st.components.v2.component(
    "exercise_weeks",
    html='<div class="exercise">\n</div>',
    css=(FOLDER / "exercise_weeks.css").read_text(),
    js=(FOLDER / "exercise_weeks.js").read_text(),
)


@dataclass(frozen=True)
class ExerciseDay:
    """``state``: done, partly, not_today, no_report, or "" where nothing was prescribed; ``words``: "12 Oct: done"."""

    state: str
    words: str


@dataclass(frozen=True)
class ExerciseWeek:
    """A week of the course and its seven days, Monday first."""

    name: str
    days: Sequence[ExerciseDay]


def exercise_weeks(weeks: Sequence[ExerciseWeek], label: str, key: str) -> None:
    """Draw the weeks, oldest first; ``label`` says for a screen reader what the table shows."""
    _mount(
        key=key,
        data={"label": label, "weekdays": WEEKDAYS, "weeks": [asdict(week) for week in weeks], "key": KEY},
    )
