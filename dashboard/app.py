"""The staff site: the gate, then the page."""

import streamlit as st

from care.sign_in import SessionEnded
from dashboard.gate import signed_out
from dashboard.navigation import navigate
from dashboard.session import viewer_who_acts, watch
from warehouse.errors import WarehouseError

st.set_page_config(page_title="PhysioOutcomes", page_icon="dashboard/static/icon.svg", layout="wide")

try:
    viewer = viewer_who_acts()
except SessionEnded as ended:
    signed_out(str(ended))
    st.stop()

page = navigate(viewer)
watch()
try:
    page.run()
except WarehouseError as error:
    st.warning(str(error), icon=":material/history:")
