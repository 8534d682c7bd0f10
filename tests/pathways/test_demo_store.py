"""The demonstration clinics in a store of their own: complete, made once, judged as the story says."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from care.access import Role
from care.database import app_session, owner_engine
from care.models import (
    Alert,
    AlertEvent,
    AuditEvent,
    CareTeamMember,
    Clinic,
    Episode,
    Membership,
    Message,
    Patient,
    SurveyResponse,
    Tenant,
    Track,
)
from care.registry import load_library as load_definitions
from care.sign_in import authenticate
from care.status import AlertOutcome, AlertState, EpisodeState
from care.tenants import add_tenant, tenant_named
from etl.run import run
from pathways.__main__ import main
from pathways.demo.build import make_demo
from pathways.demo.cohort import cohort
from pathways.demo.content import demo_content
from pathways.demo.tenant import demo_accounts, make_places
from pathways.errors import PathwayError
from pathways.library import load_library
from scoring.track import RANK, STATUS_OF_RULE, TrackStatus

AS_OF = datetime(2026, 3, 20, 15, 0, tzinfo=UTC)
SEED = 5
CONTENT = demo_content()


@pytest.fixture(scope="module")
def demo(store):
    """The demonstration as `python -m pathways demo` makes it, at AS_OF; an earlier try was killed half-way."""
    make_places(CONTENT, CONTENT.tenant)
    written = make_demo(AS_OF, SEED)
    return tenant_named(CONTENT.tenant).id, written


@pytest.fixture
def session(demo):
    with app_session(demo[0]) as session:
        yield session


def test_the_tenant_is_marked_and_has_its_clinics_and_roles(session):
    tenant = session.scalars(select(Tenant)).one()
    assert (tenant.name, tenant.is_demo) == ("Demonstration clinics", True)
    assert session.scalar(select(func.count()).select_from(Clinic)) == 3
    roles = Counter(session.scalars(select(Membership.role)))
    assert roles == {Role.PROVIDER: 4, Role.MANAGER: 1, Role.RESEARCHER: 1}


def test_each_account_can_sign_in(demo):
    for role, email, password in demo_accounts():
        memberships = authenticate(email, password, datetime.now(UTC))
        assert [membership.role for membership in memberships] == [role]


def test_every_shape_is_there_as_often_as_the_file_says(session):
    keys = session.scalars(select(Patient.source_key))
    planned = {plan.number: plan for plan in cohort(CONTENT, AS_OF.date(), SEED)}
    counted = Counter()
    for key in keys:
        plan = planned[int(key.removeprefix("demo:"))]
        counted[plan.shape.key, plan.is_open, plan.pathway] += 1
    expected = Counter()
    for shape in CONTENT.shapes:
        for is_open, counts in ((True, shape.open), (False, shape.closed)):
            expected.update({(shape.key, is_open, pathway): count for pathway, count in counts.items()})
    assert counted == expected


def test_each_scheduled_day_has_enough_finished_patients_for_a_band(session):
    for pathway in load_library().values():
        rows = session.execute(
            select(Episode.id, SurveyResponse.local_date - Episode.index_date)
            .join(SurveyResponse, SurveyResponse.episode_id == Episode.id)
            .where(Episode.condition == pathway.condition, Episode.state == EpisodeState.CLOSED)
            .where(SurveyResponse.instrument == pathway.instruments[0])
        ).all()
        for day in pathway.survey_days(pathway.instruments[0])[1:]:
            assert len({episode for episode, on in rows if abs(on - day) <= 14}) >= 100


def test_each_provider_has_a_panel_of_their_own(session):
    panels = Counter(
        session.scalars(
            select(CareTeamMember.membership_id)
            .join(Episode, Episode.patient_id == CareTeamMember.patient_id)
            .where(Episode.state == EpisodeState.OPEN, CareTeamMember.is_lead)
        )
    )
    assert len(panels) == 4
    assert min(panels.values()) >= 40


def test_run_again_it_adds_nothing(demo, session):
    before = session.scalar(select(func.count()).select_from(Message))
    assert demo[1] > 80_000
    assert make_demo(AS_OF + timedelta(days=3), SEED + 1) == 0
    assert session.scalar(select(func.count()).select_from(Message)) == before


def test_a_tenant_that_is_not_a_demonstration_is_refused(store):
    add_tenant("Real clinics")
    with pytest.raises(PathwayError, match="“Real clinics” is not marked as a demonstration"):
        make_demo(AS_OF, tenant_name="Real clinics")
    with app_session(tenant_named("Real clinics").id) as session:
        assert session.scalar(select(func.count()).select_from(Patient)) == 0


def test_the_command_says_what_it_did_and_refuses_in_one_sentence(demo, capsys):
    assert main(["demo"]) == 0
    said = capsys.readouterr().out
    assert "The demonstration is there." in said
    assert "provider@demo.example" in said and CONTENT.password in said
    assert main(["demo", "--tenant", "Real clinics"]) == 1
    assert capsys.readouterr().err.startswith("“Real clinics” is not marked as a demonstration")


def test_making_it_leaves_a_trace(demo):
    engine = owner_engine()
    with engine.connect() as connection:
        actions = connection.execute(select(AuditEvent.action, AuditEvent.detail)).all()
    engine.dispose()
    assert ("import", {"source": "demo", "seed": SEED, "rows": demo[1]}) in [tuple(row) for row in actions]


# ---- what was flagged before, and what came of it


def test_the_past_ninety_days_show_every_outcome_and_every_state(demo, session):
    counted = session.execute(select(Alert.state, Alert.outcome, func.count()).group_by(Alert.state, Alert.outcome))
    seen = {(state, outcome) for state, outcome, _ in counted}
    assert {outcome for _, outcome in seen} == {None, *AlertOutcome}
    assert {state for state, _ in seen} == set(AlertState)


def test_alerts_were_given_away_put_off_escalated_and_closed_by_people_of_the_clinic(session):
    events = session.execute(
        select(AlertEvent.from_state, AlertEvent.to_state, AlertEvent.assigned_to, AlertEvent.membership_id)
    ).all()
    assert sum(event.membership_id is None and event.from_state == event.to_state for event in events) >= 10
    assert sum(bool(event.membership_id and event.assigned_to) for event in events) >= 5
    assert sum(event.to_state is AlertState.SNOOZED for event in events) >= 10
    providers = set(session.scalars(select(Membership.id).where(Membership.role == Role.PROVIDER)))
    assert {event.membership_id for event in events} == {None, *providers}


def test_nothing_was_done_before_it_was_raised_out_of_order_or_after_the_instant_of_the_story(session):
    rows = session.execute(
        select(Alert.raised_at, AlertEvent.alert_id, AlertEvent.from_state, AlertEvent.to_state, AlertEvent.at)
        .join(AlertEvent, AlertEvent.alert_id == Alert.id)
        .where(Alert.raised_at < AS_OF)
        .order_by(AlertEvent.alert_id, AlertEvent.at)
    ).all()
    standing = {}
    for row in rows:
        assert row.raised_at <= row.at < AS_OF and AS_OF - row.raised_at <= timedelta(days=90)
        assert standing.get(row.alert_id) == row.from_state
        standing[row.alert_id] = row.to_state
    assert len(standing) > 200


def test_most_weeks_had_enough_patients_with_an_alert_to_be_shown(session):
    rows = session.execute(select(Alert.raised_at, Alert.episode_id).where(Alert.raised_at < AS_OF)).all()
    weeks = Counter((AS_OF - at).days // 7 for at, _ in {(at, episode) for at, episode in rows})
    assert sum(count >= 10 for count in weeks.values()) >= 10
    assert max(weeks.values()) <= 70


# ---- as the ETL judges it

OFF = {"slow_start", "plateau", "late_dip", "relapse", "off_from_the_start"}


@pytest.fixture(scope="module")
def judged(demo):
    """(shape, provider's e-mail, status of the headline track) of every open episode."""
    load_definitions()
    run(demo[0], AS_OF)
    planned = {f"demo:{plan.number}": plan for plan in cohort(CONTENT, AS_OF.date(), SEED)}
    with app_session(demo[0]) as session:
        rows = session.execute(
            select(Patient.source_key, Track.status)
            .join(Episode, Episode.patient_id == Patient.id)
            .join(Track, (Track.episode_id == Episode.id) & Track.headline)
            .where(Episode.state == EpisodeState.OPEN)
        ).all()
    return [(planned[key].shape.key, planned[key].provider.email, status) for key, status in rows]


def statuses(judged, *shapes):
    return Counter(status for shape, _, status in judged if shape in shapes)


def test_every_status_is_seen(judged):
    assert set(statuses(judged, *(shape for shape, _, _ in judged))) == set(TrackStatus)


def test_every_rule_leads_somebody_and_off_track_comes_suddenly_and_slowly(demo, judged):
    with app_session(demo[0]) as session:
        tracks = session.scalars(
            select(Track).join(Episode, Episode.id == Track.episode_id).where(Episode.state == EpisodeState.OPEN)
        ).all()
    assert {track.reasons[0] for track in tracks if track.headline} == set(STATUS_OF_RULE)
    off = {track.expected["off_tests"] for track in tracks if track.status == TrackStatus.OFF_TRACK}
    assert any(tests.startswith("sudden") for tests in off) and any(tests.endswith("slow") for tests in off)


def test_every_rule_raises_an_alert_and_silence_comes_both_ways(judged, session):
    raised = session.execute(select(Alert.rule, Alert.reason).where(Alert.state != AlertState.RESOLVED)).all()
    urgent = {rule for rule, status in STATUS_OF_RULE.items() if RANK[status] < RANK[TrackStatus.FEW_DATA]}
    assert {rule for rule, _ in raised} == urgent | {"patient_wrote"}
    silent = [reason for rule, reason in raised if rule == "silent"]
    assert any("2 surveys unanswered" in reason for reason in silent)
    assert any("1 survey unanswered, usually one every" in reason for reason in silent)


def test_a_goal_out_of_reach_says_how_often_that_came_true(judged, session):
    reasons = session.scalars(select(Alert.reason).where(Alert.rule == "unlikely_goal", Alert.raised_at >= AS_OF)).all()
    assert reasons and any("like this before" in reason for reason in reasons)


def test_no_silence_is_raised_twice(judged, session):
    silent = session.scalars(select(Alert.episode_id).where(Alert.rule == "silent", Alert.state != AlertState.RESOLVED))
    assert max(Counter(silent).values()) == 1


def test_the_story_of_a_patient_is_what_the_panel_says(judged):
    assert statuses(judged, "pain_alarm", "pain_alarm_early") == {TrackStatus.CALL_TODAY: 4}
    assert statuses(judged, "warning_sign") == {TrackStatus.CALL_TODAY: 2}
    assert statuses(judged, "silent_week_2", "silent_week_4", "never_answered")[TrackStatus.SILENT] >= 9
    assert statuses(judged, "baseline_only", "surgery_ahead", "surgery_unconfirmed") == {TrackStatus.FEW_DATA: 18}
    behind = statuses(judged, *OFF)
    assert behind[TrackStatus.OFF_TRACK] + behind[TrackStatus.CALL_TODAY] >= 0.75 * behind.total()
    assert statuses(judged, "slow_start_caught_up", "floor", "index_moved")[TrackStatus.ON_TRACK] >= 6
    assert statuses(judged, "adherence_falling")[TrackStatus.WATCH] >= 4


def test_most_patients_on_course_are_left_in_peace(judged):
    on_course = statuses(judged, "on_course")
    assert on_course[TrackStatus.ON_TRACK] >= 0.75 * on_course.total()
    assert on_course[TrackStatus.ON_TRACK] + on_course[TrackStatus.AHEAD] >= 0.8 * on_course.total()
    assert on_course[TrackStatus.OFF_TRACK] <= 0.1 * on_course.total()


def test_each_provider_has_a_few_patients_to_act_on_today(judged):
    today = Counter(email for _, email, status in judged if status in (TrackStatus.CALL_TODAY, TrackStatus.OFF_TRACK))
    assert len(today) == 4
    assert all(3 <= count <= 10 for count in today.values())
