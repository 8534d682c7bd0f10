"""The blocks of the page that checks the expectation; each a finding, its picture, and the numbers beneath."""

import streamlit as st

from dashboard.charts.bars import bars_figure
from dashboard.charts.dots import dots_figure
from dashboard.charts.frame import CONFIG
from dashboard.elements import note, section, table
from dashboard.palette import palette
from dashboard.views import monitoring as words
from dashboard.views.monitoring import Monitoring
from dashboard.words import literal, share_of
from warehouse.questions.monitoring import AheadCount, Fits


def draw_tenths(seen: Monitoring) -> None:
    """The histogram of where answers fell."""
    finding = words.tenths_finding(seen)
    section(finding)
    axes = ("tenth of the expectation", "share of answers, %")
    heights = [round(share * 100, 1) for share in seen.tenths]
    drawn = bars_figure(words.tenth_names(), heights, axes, palette(), promised=10, promised_words="promised 10\u202f%")
    st.plotly_chart(drawn, theme=None, config=CONFIG, alt=finding, key="tenths")
    with st.expander("The same numbers as a table"):
        table(words.tenth_rows(seen), hide_index=True)


def draw_groups(seen: Monitoring) -> None:
    """Coverage of everybody, by clinic, sex, age and start."""
    finding = words.groups_finding(seen)
    section(literal(finding))
    drawn = dots_figure(words.group_dots(seen), "inside the 80\u202f% range", palette(), 0.8, "promised 80\u202f%")
    st.plotly_chart(drawn, theme=None, config=CONFIG, alt=finding, key="groups")
    with st.expander("The same numbers as a table"):
        table(words.group_rows(seen), hide_index=True)


def draw_drift(seen: Monitoring, fits: Fits) -> None:
    """Whether coverage has moved over time."""
    moved = seen.drift is not None and seen.drift.alarm
    section("The expectation has drifted" if moved else "The expectation is steady")
    st.write(words.drift_words(seen, fits))


def draw_ahead(ahead: AheadCount) -> None:
    """The good news: how many patients are ahead of their curve."""
    if ahead.ahead is None:
        section("Too few patients are ahead of their curve to be counted")
        note("A number under ten, or of all but under ten, is not shown.")
        return
    section(f"Good news: {share_of(ahead.ahead, ahead.judged)} patients are ahead of their curve")
    st.write("Their last score is better than 9 of 10 similar patients. Their providers find them on the panel: "
             "choose Everyone, then Ahead.")  # fmt: skip
