"""What somebody without a live session sees."""

import streamlit as st


def signed_out(reason: str) -> None:
    """The whole screen of somebody who is not signed in: why, and the way back. No data, no page names."""
    st.navigation([st.Page(lambda: None, title="Signed out", default=True)], position="hidden")
    with st.container(width=480):
        st.title("Signed out", anchor=False)
        st.write(reason)
        st.html('<a href="/sign-in" target="_self">Sign in</a>')
