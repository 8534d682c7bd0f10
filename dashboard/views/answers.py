"""One answered questionnaire, item by item, in our own labels."""

from datetime import date

from care.access import Viewer
from care.models import SurveyResponse
from care.models.event import EntryMode, Wording
from dashboard.definitions import instrument
from dashboard.words import joined, short_date
from scoring.absence import Absence

ABSENCES = {
    Absence.SKIPPED: "skipped",
    Absence.NOT_ASKED: "not asked",
    Absence.NOT_APPLICABLE: "does not apply",
    Absence.UNREADABLE: "unreadable",
}
ENTRY_MODES = {
    EntryMode.WEB: "answered online",
    EntryMode.STAFF: "entered by staff",
    EntryMode.PHONE: "by phone",
    EntryMode.PAPER: "on paper",
    EntryMode.IMPORT: "from a registry",
}


def choice_label(viewer: Viewer, response: SurveyResponse, today: date) -> str:
    """23 Nov, KOOS, JR"""
    return f"{short_date(response.local_date, today)}, {instrument(viewer, response.instrument).title}"


def answer_table(viewer: Viewer, response: SurveyResponse) -> dict[str, list[str]]:
    """Question and answer, in the instrument's order; an absent answer says why it is absent."""
    definition = instrument(viewer, response.instrument)
    asked = [item.label for item in definition.items]
    answered = [_words(item, response.answers.get(item.id, Absence.SKIPPED.value)) for item in definition.items]
    return {"Question, in short": asked, "Answer": answered}


def how_answered(response: SurveyResponse) -> str:
    """answered online · demonstration wording · partly answered"""
    return joined(
        ENTRY_MODES[response.entry_mode],
        "by somebody for the patient" if response.is_proxy else "",
        "demonstration wording" if response.wording is Wording.DEMO else "official wording",
        "partly answered" if response.completeness.value == "partial" else "",
        "corrects an earlier answer" if response.replaces_id else "",
    )


def _words(item, given: float | str) -> str:
    if isinstance(given, str):
        return ABSENCES.get(given, given)
    words = dict(item.answers).get(given)
    shown = f"{given:g} of {item.low:g}–{item.high:g}"
    return f"{words} ({given:g})" if words else shown
