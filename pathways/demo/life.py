"""
The demonstration goes on by itself: its synthetic patients keep answering surveys and reporting exercise.

They use the verbs that the portal uses, inside the patient's own wall; who is silent stays silent. When an answer comes
is a function of the seed and the survey, so a second look at the same instant finds it there already.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from care.database import app_session
from care.models import Enrollment, Patient, SurveyResponse, Tenant
from care.status import EnrollmentState
from pathways.demo.cohort import Planned, cohort
from pathways.demo.content import DemoContent, demo_content
from pathways.demo.life_answers import answer_surveys, patients_to_answer
from pathways.demo.life_exercise import patients_to_exercise, report_exercises
from pathways.demo.life_staff import confirm_and_close, enroll_newcomers, handle_waiting, staff_of
from pathways.demo.newcomers import FIRST, newcomer
from pathways.demo.tenant import known_places
from pathways.demo.world import SEED, World, make_world
from pathways.errors import PathwayError
from pathways.local_time import local_date
from pathways.tick import Ticked, tenants_to_tick, tick

HALF_DAY, LONGEST_GAP = timedelta(hours=12), timedelta(days=60)
NO_END = datetime.max.replace(tzinfo=UTC)  # every enrollment that runs wakes before it


@dataclass(frozen=True)
class Lived:
    """How many surveys the synthetic patients sent, and how many exercises they reported."""

    sent: int
    reported: int


def demonstrations() -> list[UUID]:
    """The tenants marked as a demonstration in which a pathway runs."""
    return [tenant_id for tenant_id in tenants_to_tick(NO_END) if _is_demo(tenant_id)]


def go_on(tenant_id: UUID, as_of: datetime) -> Ticked:
    """
    Tick a tenant; in a demonstration, let its patients live as well, from their last answer on.

    Days on which nothing ran are lived afterwards, half a day at a time: a demonstration that was switched off for
    weeks has not gone silent.
    """
    if not _is_demo(tenant_id):
        return tick(tenant_id, as_of)
    asked = closed = 0
    for at in _moments(_last_answer(tenant_id) or as_of, as_of):
        ticked = tick(tenant_id, at)
        live(tenant_id, at)
        asked, closed = asked + ticked.asked, closed + ticked.closed
    return Ticked(asked, closed)


def _moments(since: datetime, as_of: datetime) -> list[datetime]:
    missed = (as_of - max(since, as_of - LONGEST_GAP)) // HALF_DAY
    return [as_of - HALF_DAY * back for back in range(missed, -1, -1)]


def _last_answer(tenant_id: UUID) -> datetime | None:
    with app_session(tenant_id) as session:
        return session.scalar(select(func.max(SurveyResponse.completed_at)))


def live(tenant_id: UUID, as_of: datetime, seed: int = SEED) -> Lived:
    """
    Let the synthetic patients of a demonstration do what they would have done by an instant; again changes nothing.

    Raises
    ------
    PathwayError
        When the tenant is not marked as a demonstration; then nothing at all is written.
    """
    if not _is_demo(tenant_id):
        raise PathwayError("This tenant is not marked as a demonstration: nobody answers for its patients.")
    with app_session(tenant_id) as session:
        zone = session.scalar(select(Tenant.zone))
        people = people_of(session, as_of, seed)
        answering = patients_to_answer(session, people, as_of, seed)
        exercising = patients_to_exercise(session, people, as_of, zone)
    world = make_world(demo_content(), known_places(tenant_id), as_of, seed)
    _work(world)
    sent = sum(answer_surveys(world, patient_id, people[patient_id], as_of) for patient_id in answering)
    reported = sum(report_exercises(world, patient_id, people[patient_id], as_of) for patient_id in exercising)
    return Lived(sent, reported)


def _work(world: World) -> None:
    """The staff's part; a demonstration under another set of accounts has none of ours."""
    if not all(member.email in world.places.memberships for member in world.content.staff):
        return
    with app_session(world.places.tenant_id) as session:
        everybody = people_of(session, world.as_of, world.seed, tuple(EnrollmentState))
    staff = staff_of(world)
    handle_waiting(world, everybody, staff)
    confirm_and_close(world, everybody, staff)
    enroll_newcomers(world, staff)


def _is_demo(tenant_id: UUID) -> bool:
    with app_session(tenant_id) as session:
        return bool(session.scalar(select(Tenant.is_demo)))


def people_of(
    session: Session, as_of: datetime, seed: int, states: tuple[EnrollmentState, ...] = (EnrollmentState.ACTIVE,)
) -> dict[UUID, Planned]:
    """The synthetic patients whose pathway stands there, each with the recovery they were made for."""
    content = demo_content()
    planned = {f"demo:{each.number}": each for each in cohort(content, local_date(as_of, content.zone), seed)}
    rows = session.execute(
        select(Patient.id, Patient.source_key)
        .join(Enrollment, (Enrollment.tenant_id == Patient.tenant_id) & (Enrollment.patient_id == Patient.id))
        .where(Enrollment.state.in_(states), Patient.source_key.startswith("demo:"))
        .order_by(Patient.id)
    )
    return {patient_id: found for patient_id, key in rows if (found := planned.get(key) or _later(content, key, seed))}


def _later(content: DemoContent, key: str, seed: int) -> Planned | None:
    """Who came after the demonstration was made; None: nobody of ours."""
    number = int(key.removeprefix("demo:")) if key.removeprefix("demo:").isdecimal() else 0
    return newcomer(content, number, seed) if number >= FIRST else None
