"""Who stands on the panel, in which order, and who does not."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import select, text

from care.access import Role, Scope
from care.database import app_session
from care.errors import CareError
from care.ids import new_id
from care.models import Track
from care.queries.panel import PAGE, Position, Show, count_matches, panel_page
from care.status import AlertState, EpisodeState
from care.tenants import add_account
from factories import make_alert, make_care_team_member, make_episode, make_patient, make_response
from scoring.track import RANK, TrackStatus

AS_OF = datetime(2026, 3, 2, 12, tzinfo=UTC)


def judge(session, episode, status, since=date(2026, 3, 1)):
    session.add(
        Track(
            id=new_id(), tenant_id=episode.tenant_id, patient_id=episode.patient_id, episode_id=episode.id,
            instrument="koos_jr@1", scale="interval", headline=True, status=status, rank=RANK[TrackStatus(status)],
            reasons=[], reason="", since=since, judged_as_of=AS_OF,
        )
    )  # fmt: skip
    session.flush()


@pytest.fixture(scope="module")
def world(two_tenants):
    """
    Alpha North, worst first:  Ada (call today) · Ben (off track, raised first) · Cyd (off track) · Dov (silent, no
    alert) · Eve (never judged) · Fay (on track). Gus's alert is snoozed, Hal's resolved; Ida is closed. Jan is South's,
    Kim is Beta's.
    """
    alpha, beta = two_tenants
    membership = add_account("nora@example.org", alpha.name, Role.PROVIDER, "correct horse battery", "Nora", ["N"])
    with app_session(alpha.id) as session:

        def add(name, status=None, alert=None, clinic=alpha.north, mine=True, **columns):
            patient = make_patient(session, clinic)
            patient.given_name, patient.family_name, patient.mrn = name, f"{name}son", f"5{ord(name[0])}"
            episode = make_episode(session, patient, **columns)
            if mine:
                make_care_team_member(session, patient, membership)
            if status:
                judge(session, episode, status)
            if alert:
                make_alert(session, episode, **alert)

        day = timedelta(days=1)
        add("Fay", "on_track")
        add("Eve")
        add("Dov", "silent")
        add("Cyd", "off_track", {"status": "off_track", "raised_at": AS_OF - day})
        add("Ben", "on_track", {"status": "off_track", "raised_at": AS_OF - 2 * day}, mine=False)
        add("Ada", "call_today", {"status": "call_today", "raised_at": AS_OF})
        add("Gus", "on_track", {"status": "off_track", "state": AlertState.SNOOZED, "snoozed_until": AS_OF + day})
        add("Hal", "on_track", {"status": "off_track", "state": AlertState.RESOLVED})
        add("Ida", "on_track", state=EpisodeState.CLOSED)
        add("Jan", "off_track", {"status": "off_track"}, clinic=alpha.south, mine=False)
    with app_session(beta.id) as session:
        kim = make_episode(session, make_patient(session, beta.north))
        make_alert(session, kim)
    return Scope(alpha.id, frozenset({alpha.north}), membership)


def names(scope, show=Show.EVERYONE, **choices):
    with app_session(scope.tenant_id) as session:
        return [row.patient.given_name for row in panel_page(session, scope, show, AS_OF, **choices).rows]


def test_worst_first_and_an_alert_ranks_before_any_track(world):
    assert names(world.widened()) == ["Ada", "Ben", "Cyd", "Dov", "Eve", "Fay", "Gus", "Hal"]


def test_needs_action_shows_active_alerts_only(world):
    assert names(world.widened(), Show.NEEDS_ACTION) == ["Ada", "Ben", "Cyd"]


def test_a_snoozed_alert_comes_back_when_its_moment_has_come(world):
    with app_session(world.tenant_id) as session:
        later = panel_page(session, world.widened(), Show.NEEDS_ACTION, AS_OF + timedelta(days=1))
    assert "Gus" in [row.patient.given_name for row in later.rows]


def test_a_provider_starts_with_their_own_patients(world):
    assert names(world) == ["Ada", "Cyd", "Dov", "Eve", "Fay", "Gus", "Hal"]


def test_closed_episodes_stand_under_closed_only(world):
    assert names(world, Show.CLOSED) == ["Ida"]


def test_a_clinic_that_is_not_covered_is_not_shown_and_no_clinic_is_no_patient(world):
    assert "Jan" not in names(world.widened())
    assert names(Scope(world.tenant_id, frozenset())) == []


def test_every_clinic_means_of_this_tenant(world):
    assert {"Jan", "Ada"} <= set(names(Scope(world.tenant_id, None)))
    assert "Rosa" not in names(Scope(world.tenant_id, None))


@pytest.mark.parametrize(
    ("search", "found"),
    [("ada", ["Ada"]), ("adason, a", ["Ada"]), ("565", ["Ada"]), ("son", []), ("_da", []), ("' OR 1=1", [])],
)
def test_search_takes_the_beginning_of_names_and_of_the_record_number(world, search, found):
    assert names(world.widened(), search=search) == found


def test_a_status_filter_keeps_the_order(world):
    assert names(world.widened(), statuses=frozenset({"off_track", "silent"})) == ["Ben", "Cyd", "Dov"]


def test_counts_are_of_the_whole_open_panel_whatever_is_listed(world):
    everyone = {"call_today": 1, "few_data": 1, "off_track": 2, "on_track": 3, "silent": 1}
    with app_session(world.tenant_id) as session:
        for show, search in product(Show, ("", "ada", "nobody")):
            page = panel_page(session, world.widened(), show, AS_OF, search)
            assert page.counts.everyone == everyone
            assert page.counts.waiting == {"call_today": 1, "off_track": 2}


def test_a_search_says_how_many_it_would_find(world):
    with app_session(world.tenant_id) as session:
        assert count_matches(session, world.widened(), Show.EVERYONE, AS_OF, "ida") == 0
        assert count_matches(session, world.widened(), Show.CLOSED, AS_OF, "ida") == 1


def test_pages_follow_each_other_without_gap_or_repeat(world, two_tenants):
    alpha = two_tenants[0]
    with app_session(alpha.id) as session:
        for _ in range(PAGE + 30):
            make_episode(session, make_patient(session, alpha.south))
        scope, place, seen = Scope(alpha.id, frozenset({alpha.south})), None, []
        while True:
            page = panel_page(session, scope, Show.EVERYONE, AS_OF, after=place)
            seen += [row.episode.id for row in page.rows]
            if page.next is None:
                break
            place = page.next
    assert len(seen) == len(set(seen)) == PAGE + 31


def test_a_position_of_somewhere_else_shows_nothing_of_there(world):
    assert names(world, after=Position(99, date(2026, 1, 1), new_id())) == []


def test_a_scope_is_not_answered_in_another_tenants_session(world, two_tenants):
    with app_session(two_tenants[1].id) as session, pytest.raises(CareError, match="different tenants"):
        panel_page(session, world, Show.EVERYONE, AS_OF)


def test_the_number_of_queries_does_not_grow_with_the_rows(world):
    from sqlalchemy import event

    from care.database import app_engine

    asked = []
    event.listen(app_engine(), "before_cursor_execute", lambda *call: asked.append(call[2]))
    names(world, search="ada")
    few = len(asked)
    asked.clear()
    names(world.widened())
    assert len(asked) == few


def test_the_patient_was_last_heard_of_by_answer_message_or_exercise(world):
    with app_session(world.tenant_id) as session:
        ada = panel_page(session, world, Show.EVERYONE, AS_OF, search="ada").rows[0]
        assert ada.last_heard_at is None
        session.execute(
            text(
                "INSERT INTO message (id, tenant_id, patient_id, direction, kind, channel, body, sent_at) "
                "VALUES (:id, :tenant, :patient, 'from_patient', 'text', 'portal', 'hello', :at)"
            ),
            {"id": new_id(), "tenant": world.tenant_id, "patient": ada.patient.id, "at": AS_OF},
        )
        assert panel_page(session, world, Show.EVERYONE, AS_OF, search="ada").rows[0].last_heard_at == AS_OF


def test_of_equally_urgent_alerts_the_one_about_the_answer_shown_speaks(two_tenants):
    beta = two_tenants[1]
    with app_session(beta.id) as session:
        episode = make_episode(session, make_patient(session, beta.north))
        pain, function = (make_response(session, episode, {}) for _ in range(2))
        judge(session, episode, "off_track")
        session.scalars(select(Track).where(Track.episode_id == episode.id)).one().response_id = function.id
        make_alert(session, episode, status="off_track", trigger=f"response:{pain.id}", raised_at=AS_OF, reason="pain")
        about_it = {"trigger": f"response:{function.id}", "raised_at": AS_OF + timedelta(seconds=1)}
        make_alert(session, episode, status="off_track", reason="function", **about_it)
        make_alert(session, episode, status="watch", rule="unlikely_goal", reason="goal", **about_it)
        found = panel_page(session, Scope(beta.id, None), Show.EVERYONE, AS_OF).rows
        assert [row.alert.reason for row in found if row.episode.id == episode.id] == ["function"]
