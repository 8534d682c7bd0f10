"""Which of my patients would other settings have flagged, or no longer flagged?"""

import streamlit as st

from care.access import Permission
from care.replays import newest_replay
from dashboard.clock import now
from dashboard.elements import body, note, title
from dashboard.replayed_patients import draw_patients, read_patients
from dashboard.resources import live
from dashboard.session import viewer_who_can
from dashboard.trail import shown
from dashboard.views.rule_choices import change_words
from dashboard.words import literal, moment

viewer = viewer_who_can(Permission.VIEW_RECORD)
with live(viewer) as session:
    replay = newest_replay(session)
with body():
    if replay is None or replay.result is None:
        title("No replay to look at", "A manager can replay other settings on the last 90 days.")
        st.stop()
    found = read_patients(viewer, replay)
    shown(viewer, "replayed", [each.patient_id for each in found.everybody])
    line = f"Replayed {moment(replay.finished_at, now(), viewer.zone)}. Data as of "
    title(
        found.finding,
        f"{line}{moment(replay.as_of, now(), viewer.zone)}{', synthetic clinics' if viewer.is_demo else ''}.",
    )
    st.markdown("  \n".join(literal(each) for each in change_words(replay.standing, replay.changed)))
    left, right = st.columns(2, gap="large")
    with left:
        draw_patients("Alerts that come", found.more)
    with right:
        draw_patients("Alerts that go", found.fewer)
    note("Your own patients; nothing has been changed. An alert may go because another, more urgent one comes instead.")
