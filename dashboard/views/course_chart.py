"""A course as the recovery chart draws it, and the note beneath."""

from collections.abc import Iterable
from datetime import date

import pandas as pd

from care.models import Episode, SurveyAssignment
from care.models.patient import IndexPrecision
from care.status import AssignmentState, EpisodeState
from dashboard.charts.recovery_chart import Answered, RecoveryChart
from dashboard.labels import status_label
from dashboard.views.course import Course
from dashboard.views.course_why import made_of, sources, standing
from dashboard.views.people import index_in_words
from dashboard.views.thresholds import DrawnThreshold
from dashboard.words import NARROW_SPACE, count, interval, number, time_on_course

HORIZON = 91  # days: a younger course is drawn on at least a quarter of a year


def chart_of(
    course: Course,
    episode: Episode,
    assignments: Iterable[SurveyAssignment],
    similar: pd.DataFrame | None,
    thresholds: list[DrawnThreshold],
    today: date,
) -> RecoveryChart:
    """What the chart shows of a course on a day."""
    is_open = episode.state is EpisodeState.OPEN
    now = (today - episode.index_date).days
    label = status_label(course.track.status)
    last_day = _last_day(course, now if is_open else None)
    return RecoveryChart(
        title=course.name,
        unit=f"{course.name}, {interval(*course.scale.range)}",
        better="↑" if course.higher_is_better else "↓",
        score_range=course.scale.range,
        display_range=course.scale.display_range,
        answers=[_answered(course, answer) for answer in course.answers],
        band=_band_until(course.band, last_day),
        courses=_similar(similar),
        missed=_missed(course, episode, assignments),
        thresholds=[(threshold.value, threshold.label) for threshold in thresholds],
        events=_events(episode, now, is_open, today),
        last_day=last_day,
        outside=label.colour if _is_outside(course) else "",
        glyph=label.glyph,
    )


def _answered(course: Course, answer) -> Answered:
    expected = course.expected(answer.day) if answer.day > 0 else None
    week = time_on_course(answer.day, course.event)
    lines = [
        f"<b>{course.name} {course.points(answer.value)}</b>",
        f"{week} (day {answer.day})" if week.startswith("week") else week,
        f"expected {interval(*expected, course.scale.decimals)}" if expected else "",
    ]
    return Answered(answer.day, answer.value, course.points(answer.value), "<br>".join(filter(None, lines)))


def _is_outside(course: Course) -> bool:
    last = course.answers[-1] if course.answers else None
    expected = course.expected(last.day) if last and last.day > 0 else None
    return expected is not None and not expected[0] <= last.value <= expected[1]


def _last_day(course: Course, now: int | None) -> int:
    days = [answer.day for answer in course.answers] + ([now] if now is not None else [])
    latest = max(days, default=0)
    end = course.band[-1][0] if course.band else latest
    return int(max(latest, min(end, max(HORIZON, 1.15 * latest))))


def _band_until(band: list[tuple[float, ...]], last_day: int) -> list[tuple[float, ...]]:
    """The curve's days up to the axis' end, with one on the end itself."""
    inside = [point for point in band if point[0] <= last_day]
    beyond = next((point for point in band if point[0] > last_day), None)
    if not inside or beyond is None:
        return inside
    share = (last_day - inside[-1][0]) / (beyond[0] - inside[-1][0])
    return [*inside, tuple(a + share * (b - a) for a, b in zip(inside[-1], beyond, strict=True))]


def _similar(similar: pd.DataFrame | None) -> list[list[tuple[int, float]]]:
    if similar is None or similar.empty:
        return []
    return [list(zip(course["day"], course["value"], strict=True)) for _, course in similar.groupby("course")]


def _missed(course: Course, episode: Episode, assignments: Iterable[SurveyAssignment]) -> list[int]:
    return [
        (assignment.due_date - episode.index_date).days
        for assignment in assignments
        if assignment.instrument == course.track.instrument and assignment.state is AssignmentState.EXPIRED
    ]


def _events(episode: Episode, now: int, is_open: bool, today: date) -> list[tuple[int, str]]:
    events = [(0, index_in_words(episode, today))]
    if is_open and episode.index_precision is IndexPrecision.DAY and now > 0:
        events.append((now, "today"))
    return events


def note_of(course: Course, episode: Episode, similar: int, thresholds: list[DrawnThreshold]) -> str:
    """What the bands are, how many patients, who is similar, and the thresholds' sources."""
    said = []
    expected = course.track.expected or {}
    if course.band:
        of = f" of {count(int(expected['n']))} similar patients" if expected.get("n") else " of similar patients"
        said.append(standing(course))
        said.append(f"Light band: 80{NARROW_SPACE}%{of}; dark band: 50{NARROW_SPACE}%; line: their median.")
        if similar:
            said.append(f"Grey: {similar} of their courses, the nearest by start score.")
        said.append(
            "Similar = same condition, kind of operation and start score; age, sex and other known factors adjusted."
            if episode.stratum
            else "Similar = same condition and start score; age, sex and other known factors adjusted."
        )
        said += [made_of(course), sources(course, episode)]
    else:
        said.append("No curve yet: too few patients like this one have answered, here or elsewhere.")
    return " ".join([*filter(None, said), *(threshold.note for threshold in thresholds)])


def in_one_sentence(course: Course) -> str:
    """The chart's text alternative."""
    answers = ", ".join(
        f"{number(answer.value, course.scale.decimals)} at {time_on_course(answer.day, course.event)}"
        for answer in course.answers
    )
    return f"{course.name}: {answers or 'no answer yet'}"
