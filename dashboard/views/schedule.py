"""A pathway's occurrences as rows, from the one function that the tick and the portal ask, too."""

from collections.abc import Sequence
from datetime import date, datetime

import pandas as pd

from care.access import Viewer
from dashboard.definitions import instrument
from dashboard.words import number, plural, short_date
from pathways.local_time import local_date
from pathways.pathway import Pathway, Step, StepKind
from pathways.schedule import History, Index, Occurrence, Standing, timeline

STANDINGS = {
    Standing.HAPPENED: "done",
    Standing.DUE: "now",
    Standing.AHEAD: "",
    Standing.HELD: "on hold",
    Standing.DROPPED: "too late",
}


def planned_course(pathway: Pathway, day_zero: date, is_actual: bool, zone: str, as_of: datetime) -> list[Occurrence]:
    """What a patient would meet who is enrolled at this instant."""
    return timeline(pathway, Index(day_zero, is_actual), History(as_of), zone, as_of)


def schedule_rows(viewer: Viewer, pathway: Pathway, occurrences: Sequence[Occurrence], zone: str, today: date):
    """One row per planned contact: when, day, what, open until, and where it stands."""
    return pd.DataFrame(
        [
            {
                "When": short_date(each.due_date, today),
                "Day": number(each.day, 0),
                "What": what(viewer, pathway, each.step),
                "Open until": _open_until(each, zone, today),
                "Now": STANDINGS[each.standing],
            }
            for each in occurrences
        ],
        columns=["When", "Day", "What", "Open until", "Now"],
    )


def in_short(occurrences: Sequence[Occurrence], today: date) -> str:
    """ "9 surveys, the first today." for the line above a calendar."""
    surveys = [
        each
        for each in occurrences
        if each.step.kind is StepKind.SURVEY and each.standing in (Standing.DUE, Standing.AHEAD, Standing.HELD)
    ]
    if not surveys:
        return "No survey is left to ask: every window has closed."
    if any(each.standing is Standing.DUE for each in surveys):
        return f"{plural(len(surveys), 'survey')}, the first can be answered at once."
    return f"{plural(len(surveys), 'survey')}, the first on {short_date(surveys[0].due_date, today)}."


def what(viewer: Viewer, pathway: Pathway, step: Step) -> str:
    """Questions: KOOS JR, Pain · Exercises · Film: First steps · Message"""
    if step.kind is StepKind.SURVEY:
        return f"Questions: {', '.join(instrument(viewer, each).title for each in step.surveys)}"
    if step.kind is StepKind.VIDEO:
        film = next((each.label for each in pathway.videos if each.key == step.video), {})
        return f"Film: {film['en']}" if "en" in film else "Film"
    return "Exercises" if step.kind is StepKind.EXERCISE else "Message"


def _open_until(occurrence: Occurrence, zone: str, today: date) -> str:
    if occurrence.step.kind is not StepKind.SURVEY:
        return ""
    return short_date(local_date(occurrence.expires_at, zone), today)
