"""A table of groups that stays readable on a phone: there each row becomes a block of labels and values."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

FOLDER = Path(__file__).parent

_mount = st.components.v2.component(
    "groups_table",
    html='<div class="groups"></div>',
    css=(FOLDER / "groups_table.css").read_text(),
    js=(FOLDER / "groups_table.js").read_text(),
)


def groups_table(rows: Sequence[dict[str, str]], label: str, key: str) -> None:
    """Draw rows of text with the same keys; the first column names the row. ``label`` is for screen readers."""
    columns = list(rows[0]) if rows else []
    cells = [[row[column] for column in columns] for row in rows]
    _mount(key=key, data={"columns": columns, "rows": cells, "label": label})
