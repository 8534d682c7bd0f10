"""Is the expectation right: does the expected range hold what it promises, for everybody?"""

import streamlit as st

from care.access import Permission
from dashboard.clock import now
from dashboard.elements import body, note, title
from dashboard.monitoring_blocks import draw_ahead, draw_drift, draw_groups, draw_tenths
from dashboard.resources import ask, data_as_of
from dashboard.session import viewer_who_can
from dashboard.states import data_as_of as as_of_words
from dashboard.states import warn_if_stale
from dashboard.trail import shown
from dashboard.views.monitoring import monitoring, page_title
from warehouse.questions.monitoring import count_ahead, get_fits, get_judged_answers

viewer = viewer_who_can(Permission.VIEW_MONITORING)
fresh = data_as_of(viewer)
shown(viewer, "monitoring", [])
with body():
    if fresh.as_of is None:
        title("No answer has been judged yet", "The check begins with the first update.")
        warn_if_stale(fresh, now(), viewer.zone)
        st.stop()
    seen = monitoring(viewer, ask(get_judged_answers, viewer.scope))
    line = f"Every answer against the range that was drawn before it came. {as_of_words(fresh, now(), viewer.zone)}"
    title(page_title(seen), f"{line}{', synthetic clinics' if viewer.is_demo else ''}.")
    warn_if_stale(fresh, now(), viewer.zone)
    if seen.groups.empty:
        st.write("Ten patients with an answer after their baseline, and a curve to compare with, are needed.")
    else:
        left, right = st.columns(2, gap="large")
        with left:
            draw_groups(seen)
        with right:
            draw_tenths(seen)
            draw_drift(seen, ask(get_fits, viewer.scope))
    draw_ahead(ask(count_ahead, viewer.scope))
    note(
        "An answer is judged by a curve that has not seen it: curves learn from closed episodes only. Intervals are "
        "95\u202f%. A group is off when it is two points or more from 80\u202f% on 400 answers or more."
    )
