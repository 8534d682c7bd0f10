"""The record's parts as they are drawn: chart and its table, answers, messages, exercise, what happened."""

import streamlit as st

from care.access import Viewer
from dashboard.charts.frame import CONFIG
from dashboard.charts.recovery_chart import recovery_figure
from dashboard.components.exercise_weeks import exercise_weeks
from dashboard.elements import note, section, table
from dashboard.palette import palette
from dashboard.views.answers import answer_table, choice_label, how_answered
from dashboard.views.course import Course, finding, table_of
from dashboard.views.course_chart import chart_of, in_one_sentence, note_of
from dashboard.views.record import RecordView, similar_courses
from dashboard.views.thresholds import drawn_thresholds
from dashboard.views.timeline import table_of as happened_table
from dashboard.views.timeline import timeline
from dashboard.words import literal, short_date

LINES_SHOWN = 8


def course_part(viewer: Viewer, view: RecordView) -> None:
    """The chosen scale's chart, its note, and the same numbers as a table."""
    if not view.courses:
        section("No survey answered yet")
        st.write("The chart appears with the first answer and the next update.")
        return
    course = _chosen(view.courses)
    episode = view.record.episode
    section(literal(finding(course)))
    similar = similar_courses(viewer, view, course)
    thresholds = drawn_thresholds(
        course.instrument, course.scale, course.baseline and course.baseline.value, episode.condition
    )
    chart = chart_of(course, episode, view.assignments, similar, thresholds, view.today)
    st.plotly_chart(
        recovery_figure(chart, palette()), theme=None, config=CONFIG, alt=in_one_sentence(course), key="recovery_chart"
    )
    note(literal(note_of(course, episode, len(chart.courses), thresholds)))
    with st.expander("The same numbers as a table"):
        table(table_of(course, episode, view.today), hide_index=True)


def _chosen(courses: list[Course]) -> Course:
    if len(courses) == 1:
        return courses[0]
    names = [course.name for course in courses]
    chosen = st.segmented_control(
        "Score", names, default=names[0], required=True, key="score", label_visibility="collapsed"
    )
    return next((course for course in courses if course.name == chosen), courses[0])


def exercise_part(view: RecordView) -> None:
    """Weeks × weekdays, where exercise was ever prescribed."""
    if view.exercise is not None:
        section(view.exercise.finding)
        exercise_weeks(view.exercise.weeks, view.exercise.finding, key="exercise")


def happened_part(viewer: Viewer, view: RecordView) -> None:
    """The last few events; all of them on request."""
    lines = timeline(viewer, view)
    section("What happened")
    if not lines:
        st.write("Nothing yet.")
        return
    shown = lines if st.session_state.get("all events") else lines[:LINES_SHOWN]
    table(happened_table(shown, view.today), hide_index=True, hide_header=True)
    if len(lines) > LINES_SHOWN:
        st.toggle(f"All {len(lines)} events", key="all events")


def answers_part(viewer: Viewer, view: RecordView) -> None:
    """One response at a time, item by item."""
    section(f"Answers: {len(view.responses)} surveys" if len(view.responses) != 1 else "Answers: 1 survey")
    if not view.responses:
        st.write("No survey was answered yet.")
        return
    labels = {response.id: choice_label(viewer, response, view.today) for response in view.responses}
    chosen = st.selectbox("Survey", list(labels), format_func=labels.get, key="survey", width=420)
    response = next((each for each in view.responses if each.id == chosen), view.responses[0])
    note(literal(how_answered(response)))
    table(answer_table(viewer, response), hide_index=True)


def other_episodes_part(view: RecordView) -> None:
    """The same patient's other episodes, each a way to its record."""
    for episode in view.record.other_episodes:
        label = f"Also: {episode.condition.replace('_', ' ')}, {short_date(episode.index_date, view.today)}"
        st.page_link("../pages/record.py", label=label, query_params={"episode": str(episode.id)})
