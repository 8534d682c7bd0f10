"""The blocks of the managers' page about alerts; each a finding, its picture, and the numbers beneath."""

from datetime import datetime

import streamlit as st

from care.access import Viewer
from care.queries.overdue import Overdue
from dashboard.charts.bars import bars_figure
from dashboard.charts.dots import Dot, dots_figure
from dashboard.charts.frame import CONFIG
from dashboard.components.groups_table import groups_table
from dashboard.elements import note, section, table
from dashboard.palette import palette
from dashboard.views import workload
from dashboard.views.workload import handling_rows, overdue_rows, rule_words, share_dots, week_rows
from dashboard.words import literal
from warehouse.questions.alert_handling_shown import ShownHandling

ACTED = "led to action, of closed"
WRONG = "wrong flag, of closed"


def draw_overdue(viewer: Viewer, rows: list[Overdue], as_of: datetime) -> None:
    """What waits too long, live."""
    section(workload.overdue_finding(rows))
    if rows:
        groups_table(overdue_rows(viewer, rows, as_of), "Past due, by clinic and person", key="overdue_table")
        note("Live. Counted by who has them; the names of patients are on the providers' panels.")
    else:
        st.write("Every alert is handled, put off or not due yet. What passes its due time is told to you here.")


def draw_clinics(shown: ShownHandling) -> None:
    """Action rate by clinic."""
    _dots(workload.action_finding(shown), share_dots(shown.clinics, "acted"), ACTED, "acted")
    groups_table(handling_rows(shown.clinics, "Clinic"), "Handling by clinic", key="clinics_table")


def draw_rules(shown: ShownHandling) -> None:
    """Wrong flags by rule."""
    rules = {rule_words(rule): group for rule, group in shown.rules.items()}
    _dots(workload.wrong_finding(shown), share_dots(rules, "wrong"), WRONG, "wrong")
    groups_table(handling_rows(rules, "Rule"), "Handling by rule", key="rules_table")


def draw_weeks(shown: ShownHandling, as_of: datetime) -> None:
    """Alerts raised per week."""
    finding = workload.weeks_finding(shown)
    section(finding)
    if all(alerts is None for alerts in shown.weeks.values()):
        st.write("No week had ten patients with an alert; fewer are not shown one by one.")
        return
    axes = ("week from", "alerts raised")
    drawn = bars_figure(workload.week_names(shown, as_of), list(shown.weeks.values()), axes, palette())
    st.plotly_chart(drawn, theme=None, config=CONFIG, alt=finding, key="weeks")
    with st.expander("The same numbers as a table"):
        table(week_rows(shown, as_of), hide_index=True)


def _dots(finding: str, dots: list[Dot], axis_title: str, key: str) -> None:
    section(literal(finding))
    if dots:
        drawn = dots_figure(dots, axis_title, palette())
        st.plotly_chart(drawn, theme=None, config=CONFIG, alt=finding, key=key)
