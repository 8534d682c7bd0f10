"""The managers' page about alerts and the page that checks the expectation: who may see them, and their words."""

from datetime import UTC, datetime

import pytest

from care.registry import load_library
from dashboard.views.workload import hours_words, page_title
from etl.run import run
from warehouse.questions.alert_handling_shown import ShownHandling

NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    ("page", "who"), [("workload.py", "north"), ("workload.py", "researcher"), ("monitoring.py", "north")]
)
def test_the_wrong_role_does_not_have_the_page(open_as, page, who):
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        open_as(who, page)


@pytest.mark.parametrize(
    ("page", "title"),
    [("workload.py", "No alert has been raised yet"), ("monitoring.py", "No answer has been judged yet")],
)
def test_before_the_first_update_both_pages_say_so(open_as, page, title):
    app = open_as("manager", page)
    assert not app.exception
    assert app.title[0].value == title


def test_with_an_empty_lake_both_pages_say_what_is_missing(open_as, two_tenants):
    load_library()
    run(two_tenants[0].id, NOW)
    alerts, check = open_as("manager", "workload.py"), open_as("researcher", "monitoring.py")
    assert not alerts.exception and not check.exception
    assert alerts.title[0].value == "Too few alerts to say how they are handled"
    assert check.title[0].value == "Too few judged answers to check the expectation"


@pytest.mark.parametrize(
    ("hours", "words"), [(0.4, "24 min"), (5.2, "5 h"), (72.0, "3 days"), (float("inf"), "not yet")]
)
def test_a_time_is_said_in_the_unit_one_would_say(hours, words):
    assert hours_words(hours) == words


def test_no_alerts_have_a_title_too():
    assert page_title(ShownHandling(None, {}, {}, {}, 0, None)) == "Too few alerts to say how they are handled"
