"""Is the expectation right: does the expected range hold what it promises, for everybody?"""

import streamlit as st

from care.access import Permission
from dashboard.clock import now
from dashboard.elements import body, title
from dashboard.monitoring_ahead import ahead_part, read_ahead
from dashboard.monitoring_blocks import draw_groups, draw_tenths, explain_statistics
from dashboard.monitoring_drift import drift_part
from dashboard.resources import ask, data_as_of
from dashboard.session import viewer_who_can
from dashboard.states import data_as_of as as_of_words
from dashboard.states import warn_if_stale
from dashboard.trail import shown
from dashboard.views.monitoring import monitoring
from dashboard.views.monitoring_words import page_title, who_is_off
from dashboard.words import literal
from warehouse.questions.judged_answers import get_judged_answers

viewer = viewer_who_can(Permission.VIEW_MONITORING)
fresh = data_as_of(viewer)
ahead = read_ahead(viewer)
shown(viewer, "monitoring", [each.patient.id for each in ahead or []])
with body():
    if fresh.as_of is None:
        title("No answer has been judged yet", "The check begins with the first update.")
        warn_if_stale(fresh, now(), viewer.zone)
        st.stop()
    seen = monitoring(viewer, ask(get_judged_answers, viewer.scope))
    line = f"{as_of_words(fresh, now(), viewer.zone)}{', synthetic clinics' if viewer.is_demo else ''}."
    title(page_title(seen), f"{literal(who_is_off(seen))} {line}".strip())
    warn_if_stale(fresh, now(), viewer.zone)
    if seen.whole is None:
        st.write(
            "Ten patients with an answer after their baseline, and a curve to compare with, are needed. Enroll "
            "patients, or import a registry, and look again after the next update."
        )
    else:
        left, right = st.columns(2, gap="large")
        with left:
            draw_groups(seen)
        with right:
            draw_tenths(seen)
            drift_part(viewer, now())
    ahead_part(viewer, ahead, now())
    explain_statistics()
