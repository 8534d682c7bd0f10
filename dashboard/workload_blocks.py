"""The blocks of the managers' page about alerts; each a finding, its picture, and the numbers beneath."""

from datetime import datetime

import streamlit as st

from care.access import Viewer
from care.queries.overdue import Overdue
from dashboard.charts.bars import bars_figure
from dashboard.charts.dots import Dot, dots_figure
from dashboard.charts.frame import CONFIG
from dashboard.elements import note, section, table
from dashboard.palette import palette
from dashboard.views import workload
from dashboard.views.workload import handling_rows, overdue_rows, rule_words, share_dots, week_rows
from dashboard.words import literal, short_date
from warehouse.questions.alert_handling_shown import ShownHandling

ACTED = "Share of closed alerts with a call, a message or a changed plan; line: 95\u202f% interval."


def draw_overdue(viewer: Viewer, rows: list[Overdue], as_of: datetime) -> None:
    """What waits too long, live."""
    section(workload.overdue_finding(rows))
    if rows:
        table(overdue_rows(viewer, rows, as_of), hide_index=True)
        note("Live. Counted by who has them; the names of patients are on the providers' panels.")
    else:
        st.write("Every alert is handled, put off or not due yet. What passes its due time is told to you here.")


def draw_clinics(shown: ShownHandling) -> None:
    """Action rate by clinic."""
    _dots(workload.action_finding(shown), share_dots(shown.clinics, "acted"), "led to action, share of closed", "acted")
    note(ACTED)
    table(handling_rows(shown.clinics, "Clinic"), hide_index=True)


def draw_rules(shown: ShownHandling) -> None:
    """Wrong flags by rule."""
    rules = {rule_words(rule): group for rule, group in shown.rules.items()}
    _dots(workload.wrong_finding(shown), share_dots(rules, "wrong"), "called a wrong flag, share of closed", "wrong")
    table(handling_rows(rules, "Rule"), hide_index=True)


def draw_weeks(shown: ShownHandling, as_of: datetime) -> None:
    """Alerts raised per week."""
    finding = workload.weeks_finding(shown)
    section(finding)
    names = [short_date(week, as_of.date()) for week in shown.weeks]
    drawn = bars_figure(names, list(shown.weeks.values()), ("week from", "alerts raised"), palette())
    st.plotly_chart(drawn, theme=None, config=CONFIG, alt=finding, key="weeks")
    with st.expander("The same numbers as a table"):
        table(week_rows(shown, as_of), hide_index=True)


def _dots(finding: str, dots: list[Dot], axis_title: str, key: str) -> None:
    section(literal(finding))
    if dots:
        drawn = dots_figure(dots, axis_title, palette())
        st.plotly_chart(drawn, theme=None, config=CONFIG, alt=finding, key=key)
