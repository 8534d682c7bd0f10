"""The same survey as a Streamlit page, for comparison only: ``streamlit run bench/live_streamlit_page.py``."""

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[1]))

import settings  # noqa: E402 (Streamlit puts this file's folder first)
from scoring.instruments import load_library  # noqa: E402

instrument = load_library(settings.CONTENT / "instruments")["koos_jr@1"]
place = st.session_state.setdefault("place", 0)
item = instrument.items[place]
st.progress((place + 1) / len(instrument.items), f"{place + 1} of {len(instrument.items)}")
words = {value: text for value, text in item.answers}
answer = st.radio(item.question or item.label, list(words), format_func=words.get, index=None)
if st.button("Next") and answer is not None and place + 1 < len(instrument.items):
    st.session_state["place"] += 1
    st.rerun()
