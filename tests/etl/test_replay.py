"""Other settings on the last days: the flags worked out by hand, nothing of the future, the same as really raised."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

import etl.replay
from busy_clinic import fill
from care.choices import standing_rules
from care.database import app_session
from care.models import Alert, AlertEvent, Episode, ExercisePrescription, ExerciseSession, Replay
from care.models.event import ExerciseState
from care.replays import ask_replay
from care.status import AlertOutcome, AlertState, AssignmentState, ReplayState
from care.tenants import add_tenant
from etl.replay import replay, replayed
from etl.run import run
from factories import make_assignment, make_episode, make_patient, make_response

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
INDEX = date(2026, 1, 12)
ROW, RATE = "silent.expired_in_row", "off_expected.episodes_flagged"
SHARE = "adherence_falling.share_left_at_most"


def at(month: int, day: int) -> datetime:
    """Noon in Greenwich, morning in the clinic."""
    return datetime(2026, month, day, 12, tzinfo=UTC)


def answer(session, episode, moment: datetime, value: int):
    return make_response(
        session, episode, {"intensity": value}, instrument="nprs@1", completed_at=moment, received_at=moment,
        local_date=moment.date(),
    )  # fmt: skip


def survey(session, episode, due: datetime, answered: datetime | None = None, value: int = 5):
    given = answer(session, episode, answered, value) if answered else None
    return make_assignment(
        session, episode, step=f"on {due:%j}", instrument="nprs@1", due_date=due.date(), due_at=due, sent_at=due,
        overdue_at=due + timedelta(days=1), expires_at=due + timedelta(days=3),
        state=AssignmentState.ANSWERED if given else AssignmentState.EXPIRED, response_id=given.id if given else None,
    )  # fmt: skip


def exercise(session, episode, days: list[date]) -> None:
    whose = {"tenant_id": UUID(session.info["app.tenant_id"]), "patient_id": episode.patient_id, "exercise": "squat"}
    session.add(
        ExercisePrescription(
            **whose, episode_id=episode.id, weekdays=0b1111111, start_date=INDEX, end_date=INDEX + timedelta(days=90)
        )
    )
    for day in days:
        session.add(
            ExerciseSession(
                **whose, episode_id=episode.id, local_date=day, zone="UTC", state=ExerciseState.DONE,
                reported_at=datetime.combine(day, time(18), UTC),
            )
        )  # fmt: skip


@pytest.fixture(scope="module")
def alpha(tenants):
    """Four patients, each of whom one rule is about; nobody has a curve."""
    alpha = tenants[0]
    with app_session(alpha.id) as session:
        names = {}
        for name in ("twice missed", "missed and answered", "in pain", "tired"):
            names[name] = make_episode(session, make_patient(session, alpha.north), index_date=INDEX)
            answer(session, names[name], at(1, 9), 5)
        for day in (7, 17):  # they run out on 10 and 20 February
            survey(session, names["twice missed"], at(2, day))
        survey(session, names["missed and answered"], at(2, 7))
        survey(session, names["missed and answered"], at(2, 14), answered=at(2, 15))
        survey(session, names["missed and answered"], at(2, 26))  # runs out on 1 March
        answer(session, names["in pain"], at(2, 5), 9)
        exercise(session, names["tired"], [date(2026, 2, day) for day in (1, 2, 3, 4, 8, 9)])
    run(alpha.id, NOW)
    return alpha, {episode.id: name for name, episode in names.items()}


DAYS = 45  # from 3 February on
ALWAYS = {("in pain", "pain_alarm", "2026-02-05")}


def replay_of(alpha, changed: dict[str, float]) -> list[dict]:
    """The flags of a replay against the standing settings, with the patient in words."""
    tenant, names = alpha
    with app_session(tenant.id) as session:
        standing = standing_rules(session)
    _, result = replayed(tenant.id, standing, {**standing, **changed}, DAYS)
    return [{**flag, "patient": names[UUID(flag["episode"])]} for flag in result["flags"]]


def days(flags: list[dict], by: str) -> set[tuple[str, str, str]]:
    """(patient, rule, day) under the standing or the changed settings."""
    return {(flag["patient"], flag["rule"], flag[by]) for flag in flags if flag[by]}


def test_the_flags_are_those_worked_out_by_hand(alpha):
    flags = replay_of(alpha, {ROW: 1, SHARE: 0.25})
    assert days(flags, "standing") == ALWAYS | {
        # on the day the second survey in a row runs out
        ("twice missed", "silent", "2026-02-20"),
        # done on 2 of 7 days after 4 of 7: half
        ("tired", "adherence_falling", "2026-02-10"),
    }
    assert days(flags, "changed") == ALWAYS | {
        ("twice missed", "silent", "2026-02-10"),
        # who answered in between is silent twice
        ("missed and answered", "silent", "2026-02-10"),
        ("missed and answered", "silent", "2026-03-01"),
        # a quarter: only when the week holds one day of the four
        ("tired", "adherence_falling", "2026-02-14"),
    }


def test_unchanged_settings_give_identical_columns(alpha):
    flags = replay_of(alpha, {})
    assert flags and days(flags, "standing") == days(flags, "changed")


def test_another_tenant_has_no_part_in_it(alpha, tenants):
    beta = tenants[1]
    run(beta.id, NOW)
    with app_session(beta.id) as session:
        standing = standing_rules(session)
    _, result = replayed(beta.id, standing, {**standing, ROW: 1}, DAYS)
    assert (result["episodes"], result["flags"]) == (0, [])


def test_a_tenant_without_a_first_update_says_so(store):
    with pytest.raises(Exception, match="being updated|nothing to replay"):
        replayed(add_tenant("Delta"), {}, {})


def test_what_happens_later_changes_no_earlier_day(alpha):
    tenant, names = alpha
    before = days(replay_of(alpha, {ROW: 1}), "changed")
    episode_id = next(key for key, name in names.items() if name == "twice missed")
    with app_session(tenant.id) as session:
        episode = session.get_one(Episode, episode_id)
        answer(session, episode, at(3, 10), 9)  # corrects nothing before, and alarms
        answer(session, episode, at(1, 12).replace(month=3, day=11), 5)
    run(tenant.id, NOW)
    after = days(replay_of(alpha, {ROW: 1}), "changed")
    assert after - before == {("twice missed", "pain_alarm", "2026-03-10")} and before <= after


def test_the_outcome_of_the_alert_that_was_really_raised_is_told(alpha):
    tenant, names = alpha
    with app_session(tenant.id) as session:
        mine = select(Alert.id).where(Alert.rule == "pain_alarm", Alert.trigger.like("response:%"))
        first = session.scalars(mine.order_by(Alert.raised_at)).first()
        values = {"state": AlertState.RESOLVED, "outcome": AlertOutcome.NO_ACTION_NEEDED}
        session.execute(update(Alert).where(Alert.id == first).values(values))
        alert = session.get_one(Alert, first)
        session.add(
            AlertEvent(
                tenant_id=tenant.id, patient_id=alert.patient_id, alert_id=first, from_state=AlertState.OPEN,
                to_state=AlertState.RESOLVED, outcome=AlertOutcome.NO_ACTION_NEEDED,
                at=NOW + timedelta(hours=1),
            )
        )  # fmt: skip
    run(tenant.id, NOW)
    flags = replay_of(alpha, {})
    assert {flag["outcome"] for flag in flags if flag["rule"] == "pain_alarm"} >= {"no_action_needed"}
    assert {flag["outcome"] for flag in flags if flag["rule"] == "silent"} == {None}


def test_a_replay_writes_its_progress_and_its_result_and_one_interrupted_begins_anew(alpha, monkeypatch):
    tenant, _ = alpha
    with app_session(tenant.id) as session:
        row = ask_replay(session, None, {ROW: 1})
        session.info.pop("replay")  # no worker in this test
    seen = []

    def stop() -> bool:
        with app_session(tenant.id) as session:
            seen.append((session.get_one(Replay, row.id).state, session.get_one(Replay, row.id).step))
        return len(seen) > 5

    replay(tenant.id, row.id, days=20, must_stop=stop)
    assert seen[0] == (ReplayState.RUNNING, 0) and seen[5] == (ReplayState.RUNNING, 5)
    with app_session(tenant.id) as session:
        assert session.get_one(Replay, row.id).result is None
    replay(tenant.id, row.id, days=20)
    with app_session(tenant.id) as session:
        done = session.get_one(Replay, row.id)
    assert (done.state, done.step, done.steps, done.as_of, done.error) == (ReplayState.DONE, 21, 21, NOW, None)
    assert (done.result["from"], done.result["to"]) == ("2026-02-28", "2026-03-20")
    text = str(done.result)
    assert "Rosa" not in text and "Example" not in text
    monkeypatch.setattr(etl.replay, "replayed", None)  # a finished one is not done again
    replay(tenant.id, row.id)


def test_a_failed_replay_says_why_and_quotes_no_row(alpha, monkeypatch):
    tenant, _ = alpha
    with app_session(tenant.id) as session:
        row = ask_replay(session, None, {ROW: 1})
        session.info.pop("replay")

    def fail(*_arguments):
        raise ValueError("Rosa Example")

    monkeypatch.setattr(etl.replay, "replay_lake", fail)
    replay(tenant.id, row.id)
    replay(tenant.id, uuid4())  # of no row: nothing
    with app_session(tenant.id) as session:
        failed = session.get_one(Replay, row.id)
    assert failed.state is ReplayState.FAILED and "ValueError" in failed.error and "Rosa" not in failed.error


def test_replayed_with_the_standing_settings_it_is_what_was_really_raised(tenants):
    """Nine days lived day by day, each closed by a run at midnight, then replayed."""
    beta = tenants[1]
    fill(beta)
    zone = ZoneInfo("America/New_York")
    start = date(2026, 2, 20)
    midnights = [datetime.combine(start + timedelta(days=day), time(), zone).astimezone(UTC) for day in range(10)]
    with app_session(beta.id) as session:
        lived = [make_episode(session, make_patient(session, beta.north), index_date=INDEX) for _ in range(6)]
        for number, episode in enumerate(lived):
            answer(session, episode, at(1, 9), 7)
            exercise(session, episode, [start - timedelta(days=number), start - timedelta(days=number + 2)])
    run(beta.id, midnights[0])
    with app_session(beta.id) as session:
        known = set(session.execute(select(Alert.episode_id, Alert.rule, Alert.trigger)).all())
    for day, midnight in enumerate(midnights[1:]):
        noon = midnights[day] + timedelta(hours=12)
        with app_session(beta.id) as session:
            for number, episode in enumerate(lived):
                if (day + number) % 4 == 0:
                    answered = noon + timedelta(hours=1) if number % 3 else None
                    survey(session, episode, noon, answered, value=(day * 3 + number * 5) % 11)
                if number % 2 and day % (number + 1) == 0:
                    session.add(
                        ExerciseSession(
                            tenant_id=beta.id, patient_id=episode.patient_id, episode_id=episode.id, exercise="squat",
                            local_date=noon.date(), zone="UTC", state=ExerciseState.DONE, reported_at=noon,
                        )
                    )  # fmt: skip
        run(beta.id, midnight)
    ours = {episode.id for episode in lived}  # the others' answers were known before their day
    with app_session(beta.id) as session:
        found = session.execute(select(Alert.episode_id, Alert.rule, Alert.trigger)).all()
        raised = sorted((str(row[0]), row[1]) for row in set(found) - known if row[0] in ours)
        standing = standing_rules(session)
    _, result = replayed(beta.id, standing, {**standing, RATE: 20}, days=9)
    flags = [flag for flag in result["flags"] if UUID(flag["episode"]) in ours]
    assert sorted((flag["episode"], flag["rule"]) for flag in flags if flag["standing"]) == raised
    assert len({rule for _, rule in raised}) >= 3
    off = {by: sum(flag["rule"] == "off_expected" for flag in flags if flag[by]) for by in ("standing", "changed")}
    assert off["changed"] >= off["standing"] > 0
