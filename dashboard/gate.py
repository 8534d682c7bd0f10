"""What stands around every page: nothing without a session, and the account menu with one."""

import streamlit as st

from care.access import Viewer


def signed_out(reason: str) -> None:
    """The whole screen of somebody who is not signed in: why, and the way back. No data, no page names."""
    st.navigation([st.Page(lambda: None, title="Signed out", default=True)], position="hidden")
    with st.container(width=480):
        st.title("Signed out")
        st.write(reason)
        st.link_button("Sign in", "/sign-in", type="primary")


def account_menu(viewer: Viewer) -> bool:
    """Who is signed in, where and as what; true when they ask to sign out."""
    place = f"{viewer.tenant_name} · synthetic" if viewer.is_demo else viewer.tenant_name
    with st.container(horizontal=True, horizontal_alignment="right"):
        with st.popover(f"{viewer.name} · {place}", type="tertiary"):
            st.write(f"{viewer.name}, {viewer.role} of {viewer.tenant_name}")
            st.link_button("Change role", "/roles", width="stretch")
            return st.button("Sign out", key="sign_out", width="stretch")
