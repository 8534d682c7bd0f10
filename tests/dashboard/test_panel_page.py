"""The panel as a provider meets it: the answer in the title, worst first, filters that stay, and the trail."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from care.database import app_session, owner_engine
from care.ids import new_id
from care.lakes import Freshness
from care.models import Alert, Episode, Message, Patient, SignInSession, Track
from care.models.patient import IndexStatus
from care.queries.news import mark_of_now
from care.queries.panel import Show
from care.raising import raise_alert
from care.registry import load_library
from care.sign_in import authenticate, start_session, viewer_behind
from care.status import AlertState
from care.verbs import alerts
from dashboard import resources
from dashboard.views import panel as panel_view
from dashboard.views.panel import PanelChoice, count_wider, read_panel
from factories import make_alert, make_care_team_member, make_episode, make_patient
from scoring.track import RANK, TrackStatus
from warehouse.errors import LakeBeingUpdated

NOW = datetime.now(UTC)
PASSWORD = "correct horse battery"


def judge(session, episode, status):
    session.add(
        Track(
            id=new_id(), tenant_id=episode.tenant_id, patient_id=episode.patient_id, episode_id=episode.id,
            instrument="koos_jr@1", scale="interval", headline=True, status=status, rank=RANK[TrackStatus(status)],
            reasons=[status], reason="Lower than 96 of 100 similar patients.", since=date(2026, 3, 1), score=41.0,
            day=42, expected={"p10": 48.2, "p25": 52, "p50": 60, "p75": 66, "p90": 69.7, "n": 214, "below": 0.04},
            band=[[0, 40, 44, 48, 52, 56], [42, 48.2, 52, 60, 66, 69.7]], judged_as_of=NOW,
        )
    )  # fmt: skip
    session.flush()


@pytest.fixture(scope="module")
def panel(members, two_tenants):
    """North's own: Ada (call today), Ben (off track), Cyd (on track). Dee is a colleague's. Kim is Beta's."""
    load_library()
    alpha, beta = two_tenants
    north = viewer_named(members["north"]).membership_id
    with app_session(alpha.id) as session:

        def add(given, family, status, alert=False, mine=True):
            patient = make_patient(session, alpha.north, phone="555 0142", birth_date=date(1950, 1, 1))
            patient.given_name, patient.family_name = given, family
            episode = make_episode(session, patient)
            judge(session, episode, status)
            if mine:
                make_care_team_member(session, patient, north)
            if alert:
                make_alert(session, episode, status=status, raised_at=NOW - timedelta(hours=1))
            return episode.id

        episodes = {
            "Ada": add("Ada", "Adams", "call_today", alert=True),
            "Ben": add("Ben", "Bell", "off_track", alert=True),
            "Cyd": add("Cyd", "Cole", "on_track"),
            "Dee": add("Dee", "Dunn", "off_track", alert=True, mine=False),
        }
    with app_session(beta.id) as session:
        make_alert(session, make_episode(session, make_patient(session, beta.north)))
    return episodes


def viewer_named(email: str):
    return viewer_behind(start_session(authenticate(email, PASSWORD, NOW)[0], NOW), NOW)


@pytest.fixture
def last_seen():
    """``last_seen()``: when each session was last used by its person."""

    def read() -> list[datetime]:
        engine = owner_engine()
        try:
            with engine.connect() as connection:
                return list(connection.scalars(select(SignInSession.last_seen_at).order_by(SignInSession.id)))
        finally:
            engine.dispose()

    return read


@pytest.fixture
def viewer(panel, members):
    return viewer_named(members["north"])


def choice(**choices):
    defaults = {"show": Show.NEEDS_ACTION, "whole_clinic": False, "search": "", "statuses": frozenset(), "after": None}
    return PanelChoice(**(defaults | choices))


def test_the_title_is_the_answer_and_the_line_counts_the_list(panel, open_as):
    app = open_as("north", "panel.py")
    assert [title.value for title in app.title] == ["2 patients need you today"]
    line = app.markdown[0].value
    assert "3 on your panel · 1 to call today · 1 off track · 1 on track or ahead" in line


def test_a_row_says_who_why_and_what_to_do(viewer):
    ada, ben = read_panel(viewer, choice(), NOW).rows
    assert (ada.name, ada.word, ada.group, ada.filled, ada.action) == (
        "Adams, Ada",
        "Call today",
        "Today",
        True,
        "Call",
    )
    assert (ben.name, ben.filled, ben.mark) == ("Bell, Ben", False, "new")
    assert (ben.score, ben.expected) == ("41", "expected 48–70")
    assert ben.reason == "Lower than 96 of 100 similar patients."


def test_who_needs_nothing_is_a_quiet_line_without_a_button(viewer):
    cyd = read_panel(viewer, choice(show=Show.EVERYONE), NOW).rows[-1]
    assert (cyd.name, cyd.group, cyd.asks, cyd.action) == ("Cole, Cyd", "Nothing to do", False, "")


def test_the_switch_to_the_clinic_adds_the_colleagues_patients(viewer):
    names = [row.name for row in read_panel(viewer, choice(whole_clinic=True), NOW).rows]
    assert names == ["Adams, Ada", "Bell, Ben", "Dunn, Dee"]


def test_another_tenants_provider_sees_none_of_it(panel, open_as):
    app = open_as("beta", "panel.py")
    app.session_state["whose"] = "Clinic"
    assert app.run().title[0].value == "1 patient needs you today"


def test_filters_survive_a_visit_elsewhere(panel, open_as):
    app = open_as("north", "panel.py")
    app.text_input(key="find").set_value("bell").run()
    app.switch_page("../pages/account.py").run()
    app.switch_page("../pages/panel.py").run()
    assert app.text_input(key="find").value == "bell"


def test_a_search_that_finds_nobody_offers_the_wider_one(panel, open_as):
    app = open_as("north", "panel.py")
    app.text_input(key="find").set_value("dunn").run()
    assert app.header[0].value == "No patient matches “dunn, needs action”"
    app.button(key="widen").click().run()
    assert app.session_state["whose"] == "Clinic"
    assert not app.header


def test_nobody_is_found_in_another_tenant(viewer):
    assert count_wider(viewer, "Example", NOW) == (0, 0)


def test_a_list_of_ones_own_without_anybody_points_to_the_clinic(panel, open_as):
    app = open_as("beta", "panel.py")
    assert app.header[0].value == "No patient is on your own list"


def test_a_made_up_filter_value_falls_back_to_the_first(panel, open_as):
    app = open_as("north", "panel.py", show="everything", whose="everybody")
    assert app.title[0].value == "2 patients need you today"


def test_the_trail_has_one_event_per_set_of_patients_shown(panel, open_as, two_tenants, trail):
    before = len(trail("panel", two_tenants[0].id))
    app = open_as("north", "panel.py")
    app.run()
    assert [len(patients) for patients in trail("panel", two_tenants[0].id)[before:]] == [2]
    app.session_state["show"] = "Everyone"
    app.run()
    assert [len(patients) for patients in trail("panel", two_tenants[0].id)[before:]] == [2, 3]


def test_no_audit_no_data(panel, open_as, monkeypatch):
    def refuse(*_):
        raise RuntimeError("the trail cannot be written")

    monkeypatch.setattr("dashboard.trail.record_view", refuse)
    app = open_as("north", "panel.py")
    assert app.exception
    assert not app.get("bidi_component")


def test_a_snoozed_alert_leaves_the_list_and_an_acknowledged_one_stays_as_mine(viewer, panel, two_tenants):
    with app_session(two_tenants[0].id) as session:
        ben = session.scalar(select(Alert.id).where(Alert.episode_id == panel["Ben"]))
    alerts.acknowledge(viewer, ben)
    assert [row.mark for row in read_panel(viewer, choice(), NOW).rows] == ["new", "yours"]
    alerts.snooze(viewer, ben, NOW + timedelta(days=2))
    assert [row.name for row in read_panel(viewer, choice(), NOW).rows] == ["Adams, Ada"]
    alerts.undo(viewer, ben)
    with app_session(two_tenants[0].id) as session:
        assert session.get_one(Alert, ben).state is AlertState.OPEN


def announcement(mark):
    from dashboard.announcement import announce_new

    announce_new(False, mark)


def test_a_new_alert_is_announced_and_shown_on_a_click_and_asking_keeps_nobody_signed_in(
    panel, open_as, two_tenants, last_seen
):
    app = open_as("north", "panel.py")
    before, seen = app.title[0].value, last_seen()
    with app_session(two_tenants[0].id) as session:
        mark = mark_of_now(session)
    with app_session(two_tenants[0].id) as session:
        cyd = session.get_one(Episode, panel["Cyd"])
        raise_alert(session, cyd, "off_expected", f"response:{cyd.id}", "off_track", "41, expected 48–70.", NOW)
    asked = AppTest.from_function(announcement, kwargs={"mark": mark}).run()
    assert [button.label for button in asked.button] == ["1 new, show"]
    assert last_seen() == seen
    assert (before, app.run().title[0].value) == ("2 patients need you today", "3 patients need you today")
    assert not [button for button in app.button if button.label.endswith("show")]


def test_a_lake_that_is_being_updated_hides_pictures_and_no_patient(viewer, monkeypatch):
    def updated(*_):
        raise LakeBeingUpdated

    before = read_panel(viewer, choice(), NOW)
    monkeypatch.setattr(resources, "_cursor", updated)
    monkeypatch.setattr(panel_view, "data_as_of", lambda _: Freshness(NOW, None))
    assert [row.name for row in read_panel(viewer, choice(), NOW).rows] == [row.name for row in before.rows] != []


def drawer(episode_id, alert_id):
    from dashboard.message_drawer import ToWrite, open_message

    open_message(ToWrite(episode_id, alert_id, "Dunn, Dee · day 43", "Dee Dunn", "Falling for two surveys."))


def test_a_message_from_the_panel_is_sent_and_closes_what_it_is_about(panel, open_as, two_tenants):
    open_as("north", "panel.py")  # signs in
    with app_session(two_tenants[0].id) as session:
        dee = session.scalars(select(Alert.id).where(Alert.episode_id == panel["Dee"])).one()
    app = AppTest.from_function(drawer, kwargs={"episode_id": panel["Dee"], "alert_id": dee}).run()
    app.button(key="send_and_resolve").click().run()
    assert "1 to 4000 characters" in app.error[0].value
    app.text_area(key="message").input("Please come in on Monday.")
    app.button(key="send_and_resolve").click().run()
    with app_session(two_tenants[0].id) as session:
        assert session.get_one(Alert, dee).outcome == "messaged"
        sent = session.scalars(select(Message.body).where(Message.episode_id == panel["Dee"])).all()
    assert sent == ["Please come in on Monday."]


def test_a_planned_day_that_has_passed_is_asked_about_on_the_panel(viewer, two_tenants):
    with app_session(two_tenants[0].id) as session:
        patient = make_patient(session, two_tenants[0].north)
        patient.family_name = "Planned"
        make_care_team_member(session, patient, viewer.membership_id)
        make_episode(session, patient, index_date=date(2026, 1, 12), index_status=IndexStatus.PLANNED)
    (row,) = read_panel(viewer, choice(show=Show.EVERYONE, search="planned"), NOW).rows
    assert row.reason.startswith("Surgery planned for 12 Jan") and "did it take place?" in row.reason


def test_who_has_no_phone_or_is_only_watched_is_written_to(viewer, panel, two_tenants):
    with app_session(two_tenants[0].id) as session:
        ben = session.get_one(Episode, panel["Ben"])
        session.get_one(Patient, ben.patient_id).phone = None
    assert [row.action for row in read_panel(viewer, choice(search="bell"), NOW).rows] == ["Message"]
