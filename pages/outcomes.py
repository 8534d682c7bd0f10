"""How do our patients do, whom does that count, and does a clinic stand out?"""

import streamlit as st

from care.access import Permission
from dashboard.clock import now
from dashboard.elements import body, title
from dashboard.outcome_blocks import draw_clinics, draw_courses, draw_funnel, draw_stairs, draw_thresholds
from dashboard.outcome_filters import clinic_filter, outcome_filters
from dashboard.session import viewer_who_can
from dashboard.states import warn_if_stale
from dashboard.views.outcome_choices import OutcomeChoices
from dashboard.views.outcome_words import page_line
from dashboard.views.outcomes import read_groups, read_outcomes
from dashboard.words import literal

viewer = viewer_who_can(Permission.VIEW_OUTCOMES)
with body():
    heading = st.container()
    choices = OutcomeChoices(viewer)
    if not choices:
        title("Nobody has been asked for a follow-up yet", "Outcomes appear here with the first survey that falls due.")
        st.stop()
    with st.container(horizontal=True, vertical_alignment="bottom", key="outcome_filters"):
        choice = outcome_filters(choices)
        outcomes = read_groups(viewer, choice)
        clinic = clinic_filter(group.name for group in outcomes.clinics)
    view = read_outcomes(viewer, choice, outcomes, clinic)
    coarse = choices.known_to_the_year(choice.topic, choice.period)
    with heading:
        title(literal(view.title), page_line(viewer, choice, len(view.outcomes.clinics), coarse, view.freshness, now()))
        warn_if_stale(view.freshness, now(), viewer.zone)
    left, right = st.columns(2, gap="large")
    with left:
        draw_courses(view, choice)
    with right:
        draw_funnel(view, choice)
    left, right = st.columns(2, gap="large")
    with left:
        draw_stairs(view, choice)
    with right:
        draw_thresholds(view)
    draw_clinics(view, choice)
