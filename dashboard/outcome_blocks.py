"""The blocks of the outcomes page; each a finding, its picture, and the numbers beneath."""

import streamlit as st

from dashboard.charts.frame import CONFIG
from dashboard.charts.funnel import funnel_figure
from dashboard.charts.small_multiples import multiples_figure
from dashboard.charts.staircase import staircase_figure
from dashboard.elements import note, section, table
from dashboard.outcome_filters import OutcomeChoice
from dashboard.palette import palette
from dashboard.views.outcome_tables import clinic_rows, course_rows
from dashboard.views.outcome_words import (
    axis_words,
    counted_words,
    courses_finding,
    denominator,
    funnel_finding,
    funnel_note,
    stairs_finding,
    thresholds_finding,
)
from dashboard.views.outcomes import OutcomesView
from dashboard.words import literal

# Longer tables are scrolled inside their own element.
LONGEST_TABLE = 30
THE_SAME = "The same numbers as a table"


def draw_courses(view: OutcomesView, choice: OutcomeChoice) -> None:
    """Small multiples: all clinics, then the largest or the chosen one."""
    finding = courses_finding(view.courses, view.scale.decimals)
    section(literal(finding))
    if not view.courses:
        st.write("No day has ten patients with a score before it and on it.")
        return
    drawn = multiples_figure(view.courses, view.scale.decimals, palette())
    st.plotly_chart(drawn, theme=None, config=CONFIG, alt=finding, key="courses")
    which = "The largest clinics" if len(view.courses) > 2 else "All clinics and the one chosen"
    note(f"{which}. Mean {axis_words(choice, view.scale)}; band 95\u202f% interval, dashed all clinics, "
         "n patients with a baseline.")  # fmt: skip
    with st.expander(THE_SAME):
        table(course_rows(view.courses, view.scale.decimals), hide_index=True)


def draw_funnel(view: OutcomesView, choice: OutcomeChoice) -> None:
    """Every clinic against the limits of chance."""
    finding = funnel_finding(view.outside, len(view.points))
    section(literal(finding))
    if view.points and view.outcomes.spread:
        better = "↑" if choice.score.higher_is_better else "↓"
        words = f"{'adjusted ' if view.is_adjusted else ''}mean change, better {better}"
        centre = view.outcomes.whole.result.gain
        drawn = funnel_figure(
            view.points, centre, view.outcomes.spread, words, choice.score.higher_is_better, palette()
        )
        st.plotly_chart(drawn, theme=None, config=CONFIG, alt=finding, key="funnel")
    note(funnel_note(view.is_adjusted, len(view.outcomes.clinics) - len(view.points)))


def draw_stairs(view: OutcomesView, choice: OutcomeChoice) -> None:
    """Whom the numbers are about; the bars carry their numbers themselves."""
    finding = stairs_finding(view.group)
    section(literal(finding))
    st.plotly_chart(
        staircase_figure(view.stairs, palette()), theme=None, config=CONFIG, key="stairs",
        alt="; ".join(f"{stair.name} {stair.count}" for stair in view.stairs),
    )  # fmt: skip
    note(denominator(view.group, choice))


def draw_thresholds(view: OutcomesView) -> None:
    """Every cited threshold side by side: there is no one number of "improved"."""
    result = view.group.result
    section(thresholds_finding([share.part / share.whole for share in result.reached if share] if result else []))
    if len(view.thresholds):
        table(view.thresholds, hide_index=True)
        note("In brackets the 95\u202f% interval (Wilson). None of them fits everybody: read them side by side.")
    else:
        st.write("No threshold is cited for this score.")


def draw_clinics(view: OutcomesView, choice: OutcomeChoice) -> None:
    """The numbers behind the page, clinic by clinic, in the order of their names: no league table."""
    section("The numbers, clinic by clinic")
    rows = clinic_rows([view.outcomes.whole, *view.outcomes.clinics])
    if len(rows) <= LONGEST_TABLE:
        table(rows, hide_index=True)
    else:
        right = {name: st.column_config.TextColumn(alignment="right") for name in rows.columns[1:]}
        st.dataframe(rows, hide_index=True, height=480, column_config=right)
    note(f"Counted: {counted_words(choice)}. Better, same, worse: any change at all. A dash: {_HIDDEN}")


_HIDDEN = (
    "fewer than 10 patients, or hidden with them so that a total does not give them away, or not known from the source."
)
