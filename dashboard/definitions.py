"""Published instruments and pathways as objects; a definition never changes, so it is read and parsed once."""

from uuid import UUID

import streamlit as st

from care.access import Viewer
from care.database import app_session
from care.registry import definitions
from care.rescoring import standing
from pathways.definitions import parse_pathway
from pathways.pathway import Pathway
from scoring.instrument import Instrument, Scale
from scoring.instruments import parse_instrument

PARSERS = {"instrument": parse_instrument, "pathway": parse_pathway}


def instrument(viewer: Viewer, reference: str) -> Instrument:
    """``key@version`` as the viewer's tenant knows it."""
    return _definition(viewer.tenant_id, "instrument", reference)


def scored_by(viewer: Viewer, reference: str) -> Instrument:
    """The definition that responses to ``reference`` count by: its own, unless a recompute was adopted."""
    with app_session(viewer.tenant_id) as session:
        return instrument(viewer, standing(session, reference))


def pathway(viewer: Viewer, reference: str) -> Pathway:
    """``key@version`` as the viewer's tenant knows it."""
    return _definition(viewer.tenant_id, "pathway", reference)


def scale_name(instrument: Instrument, scale: Scale) -> str:
    """KOOS JR; of an instrument with several scales "KOOS Pain"."""
    return scale.label if len(instrument.scales) == 1 else f"{instrument.title} {scale.label}"


@st.cache_resource(max_entries=1000, show_spinner=False)
def _definition(tenant_id: UUID, kind: str, reference: str):
    with app_session(tenant_id) as session:
        published = definitions(session, kind)[reference]
    return PARSERS[kind](published.body, reference)
