"""What people and registries write is shown as they wrote it: no markup, no link, no picture from another host."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.charts.frame import as_label

NASTY = "![x](http://evil.example/p.png) :red[R] <b>$a$</b>"


def test_a_table_shows_its_cells_and_headings_as_they_are():
    def page():
        import pandas as pd

        from dashboard.elements import table

        nasty = "![x](http://evil.example/p.png) :red[R] <b>$a$</b>"
        table(pd.DataFrame({nasty: [nasty], "n": [3]}), hide_index=True)

    shown = AppTest.from_function(page).run().table[0].value
    cell, heading = shown.iloc[0, 0], shown.columns[0]
    for text in (cell, heading):
        assert r"\!\[x\]\(" in text and r"\:red\[R\]" in text and r"\<b\>\$a\$" in text
    assert shown["n"].tolist() == [3]


@pytest.mark.parametrize(
    ("name", "drawn"),
    [("Harbor & Sons", "Harbor &amp; Sons"), ('<a href="x">Y</a>', "&lt;a href=&quot;x&quot;&gt;Y&lt;/a&gt;")],
)
def test_a_chart_draws_a_name_as_text(name, drawn):
    assert as_label(name) == drawn
    assert "$" not in as_label(NASTY)
