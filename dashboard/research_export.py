"""Choosing, making and handing out a research export; the trail is written before a file is offered."""

from typing import BinaryIO

import streamlit as st

from care.access import Viewer
from care.audit import record
from care.registry import definitions
from dashboard.elements import note, section, table
from dashboard.resources import ask_once, live
from dashboard.views.research import audit_detail, freeze_rows, index_years, instruments, patients
from warehouse.errors import WarehouseError
from warehouse.research.cohort import CohortCount, ExportChoice
from warehouse.research.freeze import Freeze, make_freeze

MADE = "research freeze"  # (choice, freeze) of this browser session


def choose(viewer: Viewer, known: dict[str, str]) -> ExportChoice | None:
    """Draw the choices in one row; None while no instrument is chosen."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="export_choice"):
        condition = known[
            st.selectbox("Condition", list(known), key="export_condition", bind="query-params", width=220)
        ]
        offered = instruments(viewer, condition)
        chosen = st.multiselect(
            "Instruments", list(offered), default=list(offered), key=f"export_{condition}", width=460
        )
        years = index_years(viewer, condition)
        first = st.selectbox("Index years from", years, key=f"export_first_{condition}", width=140)
        last = st.selectbox("to", years, index=len(years) - 1, key=f"export_last_{condition}", width=140)
    if not chosen:
        return None
    return ExportChoice(condition, tuple(sorted(offered[words] for words in chosen)), first, last)


def offer_export(viewer: Viewer, choice: ExportChoice, found: CohortCount) -> None:
    """The button that writes, then what was written with its download."""
    if st.button(f"Export {patients(found.patients)}", type="primary", key="export"):
        freeze = _make(viewer, choice)
        if freeze:
            st.session_state[MADE] = (choice, freeze)
    made_for, freeze = st.session_state.get(MADE, (None, None))
    if made_for == choice:
        _hand_out(viewer, freeze)


def _make(viewer: Viewer, choice: ExportChoice) -> Freeze | None:
    """Write the freeze, showing how far it is, and the trail; an error of either offers nothing."""
    bar = st.progress(0.0, "Counting")
    with live(viewer) as session:
        published = definitions(session, "instrument")
    used = tuple(published[reference] for reference in choice.instruments)
    try:
        freeze = ask_once(make_freeze, viewer.scope, choice, used, lambda what, share: bar.progress(share, what))
    except WarehouseError as error:
        st.error(f"Nothing was exported: {error}", icon=":material/error:")
        return None
    finally:
        bar.empty()
    with live(viewer) as session:
        record(session, "export", viewer=viewer, screen="research", **audit_detail(freeze))
    return freeze


def _hand_out(viewer: Viewer, freeze: Freeze) -> None:
    section(f"Frozen as {freeze.name}")
    table(freeze_rows(freeze), hide_index=True)
    st.download_button(
        f"Download {freeze.archive.stat().st_size / 1e6:,.1f} MB",
        lambda: _opened(viewer, freeze),
        freeze.archive.name,
        "application/zip",
        key="download",
        on_click="ignore",
    )
    note(
        "CSV and Parquet of each table, the codebook, and a manifest with the choice, definition versions and hashes. "
        "The same choice on unchanged data gives the same bytes. Each export and download is in the audit trail."
    )


def _opened(viewer: Viewer, freeze: Freeze) -> BinaryIO:
    """The archive, once the trail says that it was taken."""
    with live(viewer) as session:
        record(session, "download", viewer=viewer, screen="research", freeze=freeze.name)
    return freeze.archive.open("rb")
