"""Elements Streamlit does not have: our own small tables, drawn in the browser from rows sent as text and numbers."""
