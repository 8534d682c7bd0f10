"""The staff site: the gate, then the page."""

import streamlit as st

from care.sign_in import SessionEnded, sign_out
from dashboard.clock import now
from dashboard.gate import account_menu, signed_out
from dashboard.navigation import navigate
from dashboard.session import viewer_who_acts, watch

st.set_page_config(page_title="PhysioOutcomes", page_icon="dashboard/static/icon.svg", layout="wide")

try:
    viewer = viewer_who_acts()
except SessionEnded as ended:
    signed_out(str(ended))
    st.stop()

page = navigate(viewer.role)
if account_menu(viewer):
    sign_out(viewer, now())
    st.rerun()
watch()
page.run()
