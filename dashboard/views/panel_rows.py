"""A row of the panel: the store's patient, track and alert in words, and the lake's course as a small picture."""

from datetime import date, datetime
from uuid import UUID

import pandas as pd

from care.access import Viewer
from care.models import Alert, Track
from care.models.patient import IndexStatus
from care.queries.panel import PanelRow as StoredRow
from care.status import AlertState, EpisodeState
from dashboard.charts.sparkline import Sparkline, sparkline
from dashboard.components.panel_table import PanelRow
from dashboard.definitions import instrument, scale_name
from dashboard.labels import INDEX_EVENTS, NOTHING, status_label
from dashboard.views.people import in_a_list, in_a_quiet_line, local_today, name_of
from dashboard.words import DASH, NARROW_SPACE, ago, interval, joined, number, short_date
from scoring.reasons import as_read
from scoring.track import TrackStatus

CLOSED = "Closed"
NO_COURSE = Sparkline(band="", line="", last=None, outside=False, words="no answer yet")
CALL, MESSAGE, NEW_LINK = "Call", "Message", "New link"
LINK_RULES = ("link_wanted", "link_killed")
BY_PHONE = (TrackStatus.CALL_TODAY, TrackStatus.OFF_TRACK, TrackStatus.SILENT)

Course = list[tuple[int, float]]


def panel_rows(
    viewer: Viewer, stored: list[StoredRow], courses: pd.DataFrame | None, as_of: datetime
) -> list[PanelRow]:
    """The page's rows in the store's order."""
    by_episode = _by_episode(courses)
    return [_row(viewer, row, by_episode.get(row.episode.id, {}), as_of) for row in stored]


def _by_episode(courses: pd.DataFrame | None) -> dict[UUID, dict[tuple[str, str], Course]]:
    found: dict[UUID, dict[tuple[str, str], Course]] = {}
    for row in [] if courses is None else courses.itertuples():
        scales = found.setdefault(row.episode_id, {})
        scales.setdefault((row.instrument, row.scale), []).append((int(row.day), float(row.value)))
    return found


def _row(viewer: Viewer, row: StoredRow, scales: dict[tuple[str, str], Course], as_of: datetime) -> PanelRow:
    today = local_today(viewer, row.patient, as_of)
    asks = row.alert is not None
    label = status_label(row.status if row.track or row.alert else None)
    course = scales.get((row.track.instrument, row.track.scale), []) if row.track else []
    score, expected = _score(viewer, row.track, course, asks)
    mark = _mark(viewer, row.alert, row.unread)
    return PanelRow(
        id=str(row.episode.id),
        href=f"record?episode={row.episode.id}",
        group=_group(row, label.group),
        asks=asks,
        filled=asks and row.status == TrackStatus.CALL_TODAY,
        word=label.word,
        glyph=label.glyph,
        colour=label.colour,
        name=name_of(row.patient),
        mark=mark,
        is_new=mark.startswith("new") or row.unread > 0,
        sub=(in_a_list(row.patient, row.episode, today) if asks else in_a_quiet_line(row.episode, today)),
        reason=_day_to_confirm(row, today) or reason_of(row.track, row.alert, today),
        course=_picture(viewer, row, course, today),
        score=score,
        expected=expected,
        contact=ago(row.last_heard_at and row.last_heard_at.date(), today),
        action=_action(row),
    )


def reason_of(track: Track | None, alert: Alert | None, today: date) -> str:
    """The alert's own sentence while it waits, else where the course stands."""
    if alert is not None:
        return as_read(alert.reason, today)
    return as_read(track.reason, today) if track else "Not judged yet. The next update comes within the hour."


def _day_to_confirm(row: StoredRow, today: date) -> str:
    """Of a quiet row: a planned day has passed, and what counts from it waits."""
    episode = row.episode
    waits = row.alert is None and episode.state is EpisodeState.OPEN and episode.index_status is IndexStatus.PLANNED
    if not waits or episode.index_date >= today:
        return ""
    event = INDEX_EVENTS[episode.index_kind].capitalize()
    return f"{event} planned for {short_date(episode.index_date, today)}: did it take place? Confirm it on the record."


def _group(row: StoredRow, group: str) -> str:
    if row.episode.state is EpisodeState.CLOSED:
        return CLOSED
    return group if row.alert else NOTHING


def _mark(viewer: Viewer, alert: Alert | None, unread: int) -> str:
    """new · 2 unread"""
    return joined(_standing(viewer, alert), f"{unread} unread" if unread else None)


def _standing(viewer: Viewer, alert: Alert | None) -> str:
    if alert is None or alert.state is AlertState.SNOOZED:
        return ""
    if alert.state is AlertState.OPEN:
        return "new"
    return "yours" if alert.owner_id == viewer.membership_id else "taken"


def _action(row: StoredRow) -> str:
    """A new link is made on the record; who is badly off is called, everybody else is written to."""
    if row.alert is None:
        return ""
    if row.alert.rule in LINK_RULES:
        return NEW_LINK
    if row.status == TrackStatus.CALL_TODAY:  # a message may lie unread: call, even if the number must be looked up
        return CALL
    return CALL if row.status in BY_PHONE and row.patient.phone else MESSAGE


def _score(viewer: Viewer, track: Track | None, course: Course, asks: bool) -> tuple[str, str]:
    """41, "expected 48–70"; on a quiet line "/ 48–70". Before the first follow-up the baseline stands there."""
    if track is None:
        return DASH, ""
    decimals = instrument(viewer, track.instrument).scale(track.scale).decimals
    value = track.score if track.score is not None else (course[-1][1] if course else None)
    if value is None:
        return DASH, ""
    if not track.expected or track.score is None:
        return number(value, decimals), "baseline" if track.score is None and asks else ""
    expected = interval(track.expected["p10"], track.expected["p90"], decimals)
    return number(value, decimals), f"expected {expected}" if asks else f"{NARROW_SPACE}/ {expected}"


def _picture(viewer: Viewer, row: StoredRow, course: Course, today: date) -> Sparkline:
    if row.track is None or not course:
        return NO_COURSE
    definition = instrument(viewer, row.track.instrument)
    scale = definition.scale(row.track.scale)
    expected = row.track.expected
    answers = ", ".join(number(value, scale.decimals) for _, value in course)
    now = f"; expected {interval(expected['p10'], expected['p90'], scale.decimals)}" if expected else ""
    last_day = course[-1][0] if row.episode.state is EpisodeState.CLOSED else (today - row.episode.index_date).days
    return sparkline(
        course,
        [(point[0], point[1], point[5]) for point in row.track.band or []],
        last_day,
        scale.display_range,
        f"{scale_name(definition, scale)} {answers}{now}",
        outside=bool(expected) and row.track.score is not None and _outside(row.track),
    )


def _outside(track: Track) -> bool:
    return not track.expected["p10"] <= track.score <= track.expected["p90"]
