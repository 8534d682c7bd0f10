"""Ends the session on every tab that carries it; the gate then shows the way back."""

import streamlit as st

from care.sign_in import sign_out
from dashboard.clock import now
from dashboard.session import current_viewer

sign_out(current_viewer(), now())
st.rerun()
