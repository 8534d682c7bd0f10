"""Which de-identified data does this study need?"""

import streamlit as st

from care.access import Permission
from dashboard.clock import now
from dashboard.elements import body, note, table, title
from dashboard.research_export import choose, offer_export
from dashboard.resources import data_as_of
from dashboard.session import viewer_who_can
from dashboard.states import data_as_of as as_of_words
from dashboard.states import warn_if_stale
from dashboard.views.research import conditions, count_rows, page_title, read_count, small_cell_note

viewer = viewer_who_can(Permission.EXPORT_RESEARCH)
freshness = data_as_of(viewer)
with body():
    heading = st.container()
    known = conditions(viewer)
    if not known:
        title("There is nothing to export yet", "The first survey that is asked appears here.")
        st.stop()
    choice = choose(viewer, known)
    found = read_count(viewer, choice) if choice else None
    with heading:
        made_up = ", synthetic clinics" if viewer.is_demo else ""
        title(
            page_title(found),
            "De-identified; nothing is written before you export. "
            f"{as_of_words(freshness, now(), viewer.zone)}{made_up}.",
        )
        warn_if_stale(freshness, now(), viewer.zone)
    if found is None:
        st.write("Choose at least one instrument.")
        st.stop()
    if found.is_too_few:
        st.write("Rows of so few could point at somebody, so they are neither counted here nor exported.")
        st.stop()
    table(count_rows(found), width=420, hide_header=True)
    note(small_cell_note(found))
    note(
        "No name, contact, note or message; dates as days from day 0, of which the year is kept; ages in bands; ids "
        "(of clinics, too) as keyed hashes. What may leave is listed in data/export/research.toml."
    )
    offer_export(viewer, choice, found)
