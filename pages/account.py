"""Who am I here, and in what other role could I be?"""

import streamlit as st

from dashboard.session import current_viewer

viewer = current_viewer()
st.title("Account", anchor=False)
st.write(f"{viewer.name}, {viewer.role} of {viewer.tenant_name}")
if viewer.is_demo:
    st.write("These clinics are synthetic: nobody in them is real.")
st.html('<a href="/roles" target="_self">Change role</a>')
