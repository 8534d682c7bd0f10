"""When is an alert raised in our clinics, and what would other settings have raised?"""

import streamlit as st

from care.access import Permission
from care.choices import standing_rules
from care.replays import newest_replay
from dashboard.clock import now
from dashboard.elements import body, title
from dashboard.resources import data_as_of, live
from dashboard.session import viewer_who_can
from dashboard.settings_form import draw_form
from dashboard.settings_replay import draw_replay, is_under_way
from dashboard.settings_standing import draw_sharing, draw_standing
from dashboard.states import data_as_of as as_of_words
from dashboard.states import warn_if_stale
from dashboard.trail import shown
from dashboard.views.rule_choices import page_title

viewer = viewer_who_can(Permission.CHOOSE_SETTINGS)
fresh = data_as_of(viewer)
shown(viewer, "settings", [])
with live(viewer) as session:
    standing, replay = standing_rules(session), newest_replay(session)
with body():
    line = f"Settings hold for every clinic. {as_of_words(fresh, now(), viewer.zone)}"
    title(page_title(standing), f"{line}{', synthetic clinics' if viewer.is_demo else ''}.")
    warn_if_stale(fresh, now(), viewer.zone)
    left, right = st.columns([3, 2], gap="large")
    with left:
        draw_standing(viewer, standing, now())
    if viewer.clinics is not None:
        st.write("You manage some of the clinics. A manager of the whole organization can change these settings.")
        st.stop()
    with right:
        draw_form(viewer, standing, is_under_way(replay))
    if replay:
        draw_replay(viewer, replay)
    draw_sharing(viewer)
