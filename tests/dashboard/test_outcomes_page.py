"""The outcomes page as a manager meets it: the answer with its numbers, its denominators, nobody's small numbers."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from care.registry import load_library
from care.tenants import tenant_named
from etl.imports.nhs_proms import import_nhs_proms
from etl.run import run
from registry_file import archive, row

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
# North: 40 patients, each 24 points better (12 → 36); South: 30 the same; East: 4.
ROWS = (
    [row(Provider_Code="NORTH")] * 40
    + [row(Provider_Code="NORTH", after="9")] * 5
    + [row(Provider_Code="SOUTH", before="2", after="2")] * 30
    + [row(Provider_Code="EAST")] * 4
    + [row(Provider_Code="WEST", Year="2017/18", OHS_Post_Op_Q_Predicted="")] * 20
)


@pytest.fixture(scope="module", autouse=True)
def registry(members, two_tenants, tmp_path_factory):
    load_library()
    tenant = tenant_named(two_tenants[0].name)
    import_nhs_proms(archive(tmp_path_factory.mktemp("in") / "hip.zip", ROWS), tenant, as_of=NOW)
    run(tenant.id, NOW)


def select(app, key, value):
    app.selectbox(key=f"outcome_{key}").set_value(value).run()
    return app


def words(app) -> str:
    return " ".join(plain(element.value) for element in [*app.title, *app.header, *app.markdown])


def plain(text: str) -> str:
    """As a person reads it: without the marks that keep it from being taken for markdown."""
    return text.replace("\\", "")


def tables(app) -> list[pd.DataFrame]:
    return [each.value.map(plain).rename(columns=plain) for each in app.table]


def test_the_answer_is_the_title_with_its_number(open_as):
    app = open_as("manager", "outcomes.py")
    assert not app.exception
    # of those the registry predicts: 44 by 24 points, 30 by none
    assert plain(app.title[0].value).startswith("Hip replacement: 14.3 points better by week 26")
    assert app.selectbox(key="outcome_counted").value == "Those the registry predicts"


def test_who_is_counted_is_said_and_can_be_changed(open_as):
    app = select(open_as("manager", "outcomes.py"), "counted", "Everyone compared")
    assert plain(app.title[0].value).startswith("Hip replacement: 16.3 points better")  # 64 by 24, 30 by none
    assert "count all 94 compared" in words(app)
    assert "95\u202f% of eligible patients can be compared" in words(app)  # 94 of 99


def test_a_clinic_of_few_and_the_one_that_would_give_it_away_are_dashes(open_as):
    app = select(open_as("manager", "outcomes.py"), "period", "2016")
    table = tables(app)[-1].set_index("Clinic")
    assert table.loc["EAST", "Counted"] == "fewer than 10"
    assert set(table.loc["EAST", "Before":]) == {"–"}
    assert set(table.loc["SOUTH", "Before":]) == {"–"}
    assert table.loc["NORTH", ["Eligible", "Answered", "Counted", "Before", "After"]].tolist() == [
        "45", "40", "40", "12.0", "36.0",
    ]  # fmt: skip


def test_one_clinic_can_be_looked_at(open_as):
    app = select(open_as("manager", "outcomes.py"), "clinic", "NORTH")
    assert plain(app.title[0].value) == "NORTH, hip replacement: 24.0 points better by week 26"
    few = select(open_as("manager", "outcomes.py"), "clinic", "EAST")
    assert plain(few.title[0].value) == "EAST, hip replacement: too few patients to compare by week 26"


def test_every_cited_threshold_stands_with_its_share_and_source(open_as):
    app = select(open_as("manager", "outcomes.py"), "counted", "Everyone compared")
    rows = next(each for each in tables(app) if "Threshold" in each).to_dict("records")
    by_name = {(each["Threshold"], each["Source"].split(",")[0]): each["Reached it, of 94"] for each in rows}
    assert by_name["+8, important change (MIC)", "Beard"] == "68\u202f% (58–77)"  # 64 of 94


def test_the_page_is_the_managers_alone(open_as):
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        open_as("north", "outcomes.py")
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        open_as("researcher", "outcomes.py")
