"""Leads to the role's first screen: the default page of the navigation answers at "/" only."""

import streamlit as st

from dashboard.navigation import first_screen
from dashboard.session import current_viewer

st.switch_page(first_screen(current_viewer().role))
