"""The blocks of the page that checks the expectation; each a finding, its picture, and the numbers beneath."""

from collections.abc import Sequence

import streamlit as st

from dashboard.charts.bars import bars_figure
from dashboard.charts.dots import Dot, dots_figure
from dashboard.charts.frame import CONFIG
from dashboard.components.groups_table import groups_table
from dashboard.elements import note, section, table
from dashboard.palette import palette
from dashboard.views import monitoring_words as words
from dashboard.views.monitoring import Monitoring
from dashboard.words import literal

AS_TABLE = "The same numbers as a table"
STATISTICS = """
* **Tenths**: the randomised probability integral transform (PIT) in ten bins. Scores that tie are spread by a number
  that belongs to the answer, so that whole-number scales fall evenly too (Czado, Gneiting, Held 2009). Even or not:
  chi-squared over the mean design effect (Rao, Scott 1981), 5\u202f%. Level and width: the first two components of
  Neyman's smooth test.
* **Ranges**: share of answers between the 10th and 90th percentile from baseline (80\u202f%), likewise 50\u202f% and
  90\u202f%. Intervals: Wilson 1927, 95\u202f%, with the number of answers divided by the design effect of a patient's
  several answers. Off: two points or more, outside an interval that errs in 5 of 100 looks at all groups together
  (Bonferroni).
* **Drift**: two-sided CUSUM (Page 1954) of being inside the 80\u202f% range and of the PIT less one half, since the
  fit from which it is counted. Slack and limits: data/recovery/monitoring.toml.
* **Correction**: the mean and standard deviation of the normal scores of the PIT move the middle and the width, drawn
  towards no correction as by 30 answers.
* **Out of sample**: curves learn from finished courses; an answer counts as it was judged first, before its own
  course was finished.
"""


def draw_groups(seen: Monitoring) -> None:
    """Coverage of everybody and of the groups furthest off."""
    finding = words.groups_finding(seen)
    section(literal(finding))
    dots = words.group_dots(seen)
    drawn = dots_figure(dots, "answers inside the 80\u202f% range", palette(), 0.8, "promised 80\u202f%", _begins(dots))
    st.plotly_chart(drawn, theme=None, config=CONFIG, alt=finding, key="groups")
    note(literal(words.groups_note(seen)))
    with st.expander(AS_TABLE):
        groups_table(words.group_rows(seen), "Coverage and flags by group", key="groups_table")


def _begins(dots: Sequence[Dot]) -> int:
    """The shares lie near 80 %: the axis begins where no interval reaches below it."""
    return next(begin for begin in (50, 25, 0) if min(dot.low for dot in dots) * 100 >= begin)


def draw_tenths(seen: Monitoring) -> None:
    """The histogram of where answers fell."""
    finding = words.tenths_finding(seen.tenths)
    section(finding)
    axes = ("tenth of what was expected", "share of answers, %")
    heights = [round(share * 100, 1) for share in seen.tenths.shares]
    by_chance = seen.tenths.low * 100, seen.tenths.high * 100
    drawn = bars_figure(
        words.tenth_names(), heights, axes, palette(), 10, "promised 10\u202f%; shaded: by chance", by_chance
    )
    st.plotly_chart(drawn, theme=None, config=CONFIG, alt=finding, key="tenths")
    note(words.tenths_note(seen.tenths))
    with st.expander(AS_TABLE):
        table(words.tenth_rows(seen.tenths), hide_index=True)


def explain_statistics() -> None:
    """What each number is called, for whoever wants to compute it again."""
    with st.expander("For statisticians: what these numbers are"):
        st.markdown(STATISTICS)
