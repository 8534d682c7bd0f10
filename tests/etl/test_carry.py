"""What care knows reaches the tenant's own lake, once, and moves when care moves."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

import settings
from care.database import app_session
from care.ids import new_id
from care.models import Enrollment, EnrollmentEvent, Episode, ExercisePrescription, ExerciseSession, Message, Patient
from care.models.event import Channel, Direction, ExerciseState, MessageKind, Wording
from care.models.patient import IndexKind
from care.status import EnrollmentState
from etl.run import run
from factories import make_assignment, make_episode, make_patient, make_response
from lake_rows import lake_rows
from scoring.instruments import parse_instrument

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
INDEX = date(2026, 1, 12)


@pytest.fixture(scope="module")
def koos_jr() -> list[str]:
    """The items of KOOS JR in the definition's order; no problem at all scores 100, the worst of everything 0."""
    text = (settings.CONTENT / "instruments" / "koos_jr.toml").read_text()
    return [item.id for item in parse_instrument(text, "koos_jr.toml").items]


def answers(items: list[str], value: int) -> dict[str, int]:
    return dict.fromkeys(items, value)


def on(day: int) -> dict:
    """When a response of that day was given."""
    return {
        "local_date": INDEX + timedelta(days=day),
        "completed_at": datetime(2026, 1, 12, 15, tzinfo=UTC) + timedelta(days=day),
    }


def knee(session, clinic_id: UUID, **columns) -> Episode:
    return make_episode(session, make_patient(session, clinic_id, birth_date=date(1957, 5, 4)), **columns)


def test_a_tenants_rows_go_to_its_own_lake_only(tenants, koos_jr):
    alpha, beta = tenants
    for tenant, value in ((alpha, 0), (beta, 4)):
        with app_session(tenant.id) as session:
            make_response(session, knee(session, tenant.north), answers(koos_jr, value), **on(0))
        run(tenant.id, NOW)
    scored = "SELECT s.value FROM lake.score AS s JOIN lake.response AS r USING (response_id)"
    assert lake_rows(alpha.id, scored) == [(100.0,)]
    assert lake_rows(beta.id, scored) == [(0.0,)]


def test_of_a_birth_date_only_the_year_is_carried(tenants):
    assert lake_rows(tenants[0].id, "SELECT birth_year, sex FROM lake.patient") == [(1957, "unknown")]


def test_without_news_nothing_is_written(tenants):
    alpha, _ = tenants
    last = lake_rows(alpha.id, "SELECT id FROM lake.current_snapshot()")
    assert run(alpha.id, NOW).rows_in == 0
    assert lake_rows(alpha.id, "SELECT id FROM lake.current_snapshot()") == last


def test_an_absent_answer_keeps_its_reason(tenants, koos_jr):
    alpha, _ = tenants
    document = {koos_jr[0]: "not_asked", koos_jr[1]: 3, koos_jr[2]: "not_applicable", koos_jr[3]: "unreadable"}
    with app_session(alpha.id) as session:
        given = make_response(session, knee(session, alpha.north), document, **on(0))
    run(alpha.id, NOW)
    assert lake_rows(alpha.id, "SELECT answers FROM lake.response WHERE response_id = ?", given.id) == [
        ([-2, 3, -3, -4, -1, -1, -1],)
    ]
    assert lake_rows(
        alpha.id, "SELECT item, value FROM lake.answer WHERE response_id = ? AND value >= 0", given.id
    ) == [(koos_jr[1], 3)]
    assert lake_rows(alpha.id, "SELECT value, answered, items FROM lake.score WHERE response_id = ?", given.id) == [
        (None, 1, 7)
    ]


def test_the_baseline_is_the_answer_nearest_to_day_0_inside_the_window(tenants, koos_jr):
    alpha, _ = tenants
    with app_session(alpha.id) as session:
        episode = knee(session, alpha.north)
        for day in (-100, -60, -3, 5, 42):
            make_response(session, episode, answers(koos_jr, 2), **on(day))
    run(alpha.id, NOW)
    assert baselines(alpha.id, episode) == [(-100, False), (-60, False), (-3, True), (5, False), (42, False)]


def test_a_baseline_is_kept_when_a_nearer_answer_comes_later(tenants, koos_jr):
    alpha, _ = tenants
    with app_session(alpha.id) as session:
        episode = knee(session, alpha.north)
        make_response(session, episode, answers(koos_jr, 2), **on(-20))
    run(alpha.id, NOW)
    with app_session(alpha.id) as session:
        make_response(session, episode, answers(koos_jr, 3), **on(-1))
    run(alpha.id, NOW)
    assert baselines(alpha.id, episode) == [(-20, True), (-1, False)]


def test_conservative_care_takes_a_baseline_of_its_first_week(tenants, koos_jr):
    alpha, _ = tenants
    with app_session(alpha.id) as session:
        episode = knee(session, alpha.north, index_kind=IndexKind.FIRST_VISIT)
        for day in (-20, 6, 30):
            make_response(session, episode, answers(koos_jr, 2), **on(day))
    run(alpha.id, NOW)
    assert baselines(alpha.id, episode) == [(-20, False), (6, True), (30, False)]


def baselines(tenant_id: UUID, episode: Episode) -> list[tuple]:
    return lake_rows(
        tenant_id, "SELECT day, is_baseline FROM lake.response WHERE episode_id = ? ORDER BY day", episode.id
    )


def test_a_correction_stands_instead_of_what_it_replaces(tenants, koos_jr):
    alpha, _ = tenants
    with app_session(alpha.id) as session:
        episode = knee(session, alpha.north)
        wrong = make_response(session, episode, answers(koos_jr, 4), **on(0))
    run(alpha.id, NOW)
    with app_session(alpha.id) as session:
        right = make_response(session, episode, answers(koos_jr, 0), replaces_id=wrong.id, **on(0))
    run(alpha.id, NOW)
    question = "SELECT superseded_by, counts, is_baseline FROM lake.response WHERE response_id = ?"
    assert lake_rows(alpha.id, question, wrong.id) == [(right.id, False, False)]
    assert lake_rows(alpha.id, question, right.id) == [(None, True, True)]


def test_of_two_answers_on_one_day_the_later_counts(tenants, koos_jr):
    alpha, _ = tenants
    with app_session(alpha.id) as session:
        episode = knee(session, alpha.north)
        morning = make_response(session, episode, answers(koos_jr, 4), **on(42))
        evening = on(42) | {"completed_at": on(42)["completed_at"] + timedelta(hours=4)}
        make_response(session, episode, answers(koos_jr, 1), **evening)
    run(alpha.id, NOW)
    assert lake_rows(
        alpha.id, "SELECT response_id = ?, counts FROM lake.response WHERE episode_id = ? ORDER BY 1",
        morning.id, episode.id,
    ) == [(False, True), (True, False)]  # fmt: skip


def test_demonstration_wording_does_not_count_among_real_patients(tenants, koos_jr):
    alpha, _ = tenants
    with app_session(alpha.id) as session:
        given = make_response(session, knee(session, alpha.north), answers(koos_jr, 1), wording=Wording.DEMO, **on(0))
    run(alpha.id, NOW)
    assert lake_rows(alpha.id, "SELECT counts FROM lake.response WHERE response_id = ?", given.id) == [(False,)]


def test_days_move_with_the_index_date(tenants, koos_jr):
    alpha, _ = tenants
    with app_session(alpha.id) as session:
        episode = knee(session, alpha.north)
        make_response(session, episode, answers(koos_jr, 2), **on(-4))
        make_response(session, episode, answers(koos_jr, 1), **on(42))
        make_assignment(session, episode, due_date=INDEX + timedelta(days=42))
    run(alpha.id, NOW)
    with app_session(alpha.id) as session:
        session.execute(update(Episode).where(Episode.id == episode.id).values(index_date=INDEX + timedelta(days=10)))
    run(alpha.id, NOW)
    for table in ("response", "score"):
        days = f"SELECT day FROM lake.{table} WHERE episode_id = ? ORDER BY day"
        assert lake_rows(alpha.id, days, episode.id) == [(-14,), (32,)]
    assert lake_rows(alpha.id, "SELECT day FROM lake.assignment WHERE episode_id = ?", episode.id) == [(32,)]


def test_a_reply_marks_the_message_it_answers(tenants):
    alpha, _ = tenants
    with app_session(alpha.id) as session:
        patient = make_patient(session, alpha.north)
        asked = message(session, patient, Direction.TO_PATIENT, "How is your knee today?", NOW)
    run(alpha.id, NOW)
    with app_session(alpha.id) as session:
        later = NOW + timedelta(hours=2)
        message(session, patient, Direction.FROM_PATIENT, "Better", later, replies_to_id=asked.id)
    run(alpha.id, NOW)
    assert lake_rows(
        alpha.id,
        "SELECT direction, length, replied_at FROM lake.message_event WHERE patient_key = ? ORDER BY sent_at",
        patient.lake_key,
    ) == [("to_patient", 23, later), ("from_patient", 6, None)]


def message(session, patient: Patient, direction: Direction, body: str, sent_at: datetime, **columns) -> Message:
    sent = Message(
        id=new_id(), tenant_id=patient.tenant_id, patient_id=patient.id, direction=direction, kind=MessageKind.TEXT,
        channel=Channel.PORTAL, body=body, sent_at=sent_at, **columns,
    )  # fmt: skip
    session.add(sent)
    session.flush()
    return sent


def test_no_report_of_an_exercise_is_not_a_report_of_none(tenants):
    alpha, _ = tenants
    monday = date(2026, 3, 2)
    with app_session(alpha.id) as session:
        episode = knee(session, alpha.north)
        of_episode = {"tenant_id": alpha.id, "patient_id": episode.patient_id, "episode_id": episode.id}
        session.add(
            ExercisePrescription(
                **of_episode,
                exercise="bridge",
                weekdays=0b0010101,
                start_date=monday,
                end_date=monday + timedelta(days=6),
            )  # fmt: skip
        )
        for day, state in ((0, ExerciseState.DONE), (2, ExerciseState.NOT_TODAY), (3, ExerciseState.PARTLY)):
            session.add(
                ExerciseSession(
                    **of_episode,
                    exercise="bridge",
                    local_date=monday + timedelta(days=day),
                    zone="UTC",
                    state=state,
                    reported_at=NOW,
                )  # fmt: skip
            )
    run(alpha.id, NOW)
    assert lake_rows(
        alpha.id,
        "SELECT dayname(local_date), prescribed, done, state FROM lake.exercise_day WHERE episode_id = ? "
        "ORDER BY local_date",
        episode.id,
    ) == [
        ("Monday", True, True, "done"),
        ("Wednesday", True, False, "not_today"),
        ("Thursday", False, True, "partly"),
        ("Friday", True, False, None),
    ]


def test_a_shortened_prescription_takes_its_days_back(tenants):
    alpha, _ = tenants
    monday = date(2026, 3, 2)
    with app_session(alpha.id) as session:
        episode = knee(session, alpha.north)
        asked = ExercisePrescription(
            id=new_id(), tenant_id=alpha.id, patient_id=episode.patient_id, episode_id=episode.id, exercise="walk",
            weekdays=0b1111111, start_date=monday, end_date=monday + timedelta(days=9),
        )  # fmt: skip
        session.add(asked)
    run(alpha.id, NOW)
    with app_session(alpha.id) as session:
        session.get_one(ExercisePrescription, asked.id).end_date = monday + timedelta(days=1)
    run(alpha.id, NOW)
    days = "SELECT count(*) FROM lake.exercise_day WHERE episode_id = ?"
    assert lake_rows(alpha.id, days, episode.id) == [(2,)]


def test_a_covariate_that_is_taken_back_leaves_the_lake(tenants):
    alpha, _ = tenants
    with app_session(alpha.id) as session:
        episode = knee(session, alpha.north, covariates={"bmi": 31.5, "smoker": "no"})
    run(alpha.id, NOW)
    assert covariates(alpha.id, episode) == [("bmi", 31.5, None), ("smoker", None, "no")]
    with app_session(alpha.id) as session:
        session.get_one(Episode, episode.id).covariates = {}
    run(alpha.id, NOW)
    assert covariates(alpha.id, episode) == []


def covariates(tenant_id: UUID, episode: Episode) -> list[tuple]:
    question = "SELECT name, number, text FROM lake.covariate WHERE episode_id = ? ORDER BY name"
    return lake_rows(tenant_id, question, episode.id)


def test_the_pathway_of_an_enrollment_is_carried_with_its_state(tenants):
    alpha, _ = tenants
    with app_session(alpha.id) as session:
        episode = knee(session, alpha.north)
        enrollment = Enrollment(
            id=new_id(), tenant_id=alpha.id, patient_id=episode.patient_id, episode_id=episode.id,
            pathway="total_knee@1",
        )  # fmt: skip
        session.add(enrollment)
        session.flush()
        session.add(
            EnrollmentEvent(
                tenant_id=alpha.id,
                patient_id=episode.patient_id,
                enrollment_id=enrollment.id,
                to_state=EnrollmentState.ACTIVE,
                at=NOW,
                reason="asked by her daughter",
            )  # fmt: skip
        )
    run(alpha.id, NOW)
    question = "SELECT pathway, from_state, to_state FROM lake.enrollment_event WHERE episode_id = ?"
    assert lake_rows(alpha.id, question, episode.id) == [("total_knee@1", None, "active")]
