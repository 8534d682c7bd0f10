"""Managers' numbers about alerts, from rows in sight."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from care.access import Role, Scope
from care.database import app_session
from care.lakes import lake_address
from care.models import AlertEvent
from care.registry import load_library
from care.tenants import add_account
from care.verbs.escalation import escalate
from etl.lakes import close_writer
from etl.run import run
from factories import make_alert, make_episode, make_patient
from warehouse.connection import Lake, reader
from warehouse.questions.alert_handling import get_alerts
from warehouse.questions.alert_handling_shown import handling, hours_at, rate, shown_handling

NOW = datetime.now(UTC).replace(microsecond=0)
RAISED = NOW - timedelta(days=3)


@pytest.fixture(scope="module")
def lake(two_tenants):
    """North: called after 2 h; untouched and past due, escalated. South: snoozed after 5 h."""
    load_library()
    alpha, beta = two_tenants
    add_account("a@example.org", alpha.name, Role.PROVIDER, "correct horse battery", "A", ["N"])
    with app_session(alpha.id) as session:
        add_alert(session, alpha.north, [("open", None, 0), ("resolved", "called", 2)])
        add_alert(session, alpha.north, [("open", None, 0)])
        add_alert(session, alpha.south, [("open", None, 0), ("snoozed", None, 5)])
    with app_session(beta.id) as session:
        add_alert(session, beta.north, [("open", None, 0), ("resolved", "wrong_flag", 1)])
    escalate(alpha.id, NOW)
    run(alpha.id, NOW)
    yield reader(Lake(**lake_address(alpha.id)))
    close_writer(alpha.id)


def add_alert(session, clinic, steps):
    from sqlalchemy import select

    from care.models import Membership

    person = session.scalars(select(Membership.id)).first()
    episode = make_episode(session, make_patient(session, clinic))
    last = steps[-1]
    alert = make_alert(
        session,
        episode,
        rule="silent",
        state=last[0],
        outcome=last[1],
        raised_at=RAISED,
        due_at=NOW - timedelta(days=1),
    )
    before = None
    for state, outcome, hours in steps:
        event = AlertEvent(
            tenant_id=alert.tenant_id, patient_id=alert.patient_id, alert_id=alert.id, from_state=before,
            to_state=state, at=RAISED + timedelta(hours=hours), outcome=outcome,
            membership_id=person if hours else None,
        )  # fmt: skip
        session.add(event)
        before = state
    session.flush()


def test_each_alert_stands_as_it_did_at_the_instant_asked_for(lake, two_tenants):
    rows = get_alerts(lake, Scope(two_tenants[0].id, None), NOW - timedelta(days=90), NOW)
    told = rows.sort_values("hours")[["clinic", "state", "outcome", "hours", "is_past_due", "is_escalated"]]
    assert told.astype({"outcome": object}).where(told.notna(), None).to_numpy().tolist() == [
        ["North", "resolved", "called", 2.0, False, False],
        ["South", "snoozed", None, 5.0, False, False],
        ["North", "open", None, np.inf, True, True],
    ]


def test_who_did_something_is_counted_and_nobody_where_nobody_did(lake, two_tenants):
    rows = get_alerts(lake, Scope(two_tenants[0].id, None), NOW - timedelta(days=90), NOW)
    assert sorted(len(people) for people in rows["people"]) == [0, 1, 1]


def test_an_earlier_instant_knows_nothing_of_what_came_later(lake, two_tenants):
    rows = get_alerts(lake, Scope(two_tenants[0].id, None), NOW - timedelta(days=90), RAISED + timedelta(hours=3))
    assert sorted(rows["state"]) == ["open", "open", "resolved"]
    assert np.isinf(rows["hours"]).sum() == 2


def test_a_manager_of_one_clinic_counts_that_clinic(lake, two_tenants):
    scope = Scope(two_tenants[0].id, frozenset({two_tenants[0].south}))
    assert get_alerts(lake, scope, NOW - timedelta(days=90), NOW)["clinic"].tolist() == ["South"]


def alerts(*groups) -> pd.DataFrame:
    """Rows of ``(clinic, rule, number, state, outcome, hours)``; each alert its own patient."""
    rows = [
        (clinic, rule, f"{clinic} {rule} {place} {state}", pd.Timestamp("2026-11-02"), state, outcome, hours, False,
         False, ["p1", "p2"] if hours < np.inf else [])
        for clinic, rule, number, state, outcome, hours in groups
        for place in range(number)
    ]  # fmt: skip
    names = [
        "clinic",
        "rule",
        "episode_id",
        "week",
        "state",
        "outcome",
        "hours",
        "is_past_due",
        "is_escalated",
        "people",
    ]
    return pd.DataFrame(rows, columns=names)


def test_the_action_rate_is_of_the_closed_and_an_untouched_alert_counts_as_longer():
    told = handling(
        alerts(
            ("N", "silent", 9, "resolved", "called", 2.0),
            ("N", "silent", 3, "resolved", "wrong_flag", 4.0),
            ("N", "silent", 4, "open", None, np.inf),
        )
    )
    assert (told.alerts, told.closed, told.acted.part, told.acted.whole, told.wrong.part) == (16, 12, 9, 12, 3)
    assert (told.median.value, told.ninety.value) == (2.0, np.inf)


def test_of_fewer_than_ten_closed_alerts_no_share_is_told():
    told = handling(alerts(("N", "silent", 9, "resolved", "called", 2.0), ("N", "silent", 9, "open", None, np.inf)))
    assert (told.closed, told.acted, told.wrong) == (9, None, None)


def test_the_interval_of_a_median_is_of_order_statistics():
    # of 1 … 100 the 40th and the 61st: binomial 2.5 and 97.5 % of 100 halves are 40 and 60
    told = hours_at(np.arange(1.0, 101.0), 0.5)
    assert (told.value, told.low, told.high) == (50.0, 40.0, 61.0)


def test_a_rate_has_the_exact_poisson_interval():
    told = rate(10, 5.0)  # Garwood's table: 10 events, 4.80 to 18.39
    assert (told.value, round(told.low * 5, 2), round(told.high * 5, 2)) == (2.0, 4.8, 18.39)


def test_few_patients_are_hidden_with_what_would_give_them_away():
    sizes = {"N": 40, "S": 12, "E": 3}
    told = shown_handling(alerts(*((name, "silent", n, "open", None, 1.0) for name, n in sizes.items())), 4)
    assert {name: group is None for name, group in told.clinics.items()} == {"E": True, "N": False, "S": True}
    assert told.per_provider_week.value == 55 / (2 * 4)


def test_under_ten_patients_nothing_is_said():
    assert shown_handling(alerts(("N", "silent", 9, "open", None, 1.0)), 4).whole is None
    assert shown_handling(alerts(), 4).whole is None


def test_a_hidden_clinic_cannot_be_chosen():
    rows = alerts(("N", "silent", 40, "open", None, 1.0), ("E", "silent", 3, "open", None, 1.0))
    assert shown_handling(rows, 4, "E").whole is None


def test_one_clinics_rules_do_not_give_another_clinics_away():
    rows = alerts(("N", "silent", 20, "open", None, 1.0), ("N", "pain_alarm", 20, "open", None, 1.0),
                  ("S", "silent", 20, "open", None, 1.0), ("S", "pain_alarm", 3, "open", None, 1.0))  # fmt: skip
    # all pain alarms (23) less North's (20) would be South's 3
    assert shown_handling(rows, 4, "N").rules["pain_alarm"] is None
