"""Synthetic patients report what they did today: through the report that the portal takes."""

from collections.abc import Mapping
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from care.database import app_session
from care.links import Visitor
from care.models import ExercisePrescription, ExerciseSession, Patient, Tenant
from care.models.event import ExerciseState
from care.verbs.thread import exercises_of, report_exercise
from pathways.demo.chance import Chance
from pathways.demo.cohort import Planned
from pathways.demo.exercise import STATES, WEEK
from pathways.demo.world import World
from pathways.local_time import instant, local_date

NO_BROWSER = UUID(int=0)  # nobody has opened a link
CYCLE, ONLY_DAY = 3, 3  # who falls off: after two full weeks one with a Thursday only


def patients_to_exercise(
    session: Session, people: Mapping[UUID, Planned], as_of: datetime, usual_zone: str
) -> list[UUID]:
    """Those who have something prescribed today and have reported nothing yet."""
    zones = dict(session.execute(select(Patient.id, Patient.zone).where(Patient.id.in_(people))).all())
    todays = {patient_id: local_date(as_of, zone or usual_zone) for patient_id, zone in zones.items()}
    if not todays:
        return []
    running = session.execute(
        select(ExercisePrescription.patient_id).where(
            ExercisePrescription.patient_id.in_(people),
            ExercisePrescription.start_date <= max(todays.values()),
            ExercisePrescription.end_date >= min(todays.values()),
        )
    )
    reported = set(
        session.execute(
            select(ExerciseSession.patient_id, ExerciseSession.local_date).where(
                ExerciseSession.patient_id.in_(people), ExerciseSession.local_date >= min(todays.values())
            )
        ).all()
    )
    return sorted(each for each in {row.patient_id for row in running} if (each, todays[each]) not in reported)


def report_exercises(world: World, patient_id: UUID, planned: Planned, as_of: datetime) -> int:
    """Report today's exercises, once the patient's own hour has come; returns the number of reports."""
    with app_session(world.places.tenant_id, patient_id) as session:
        visitor = _visitor(session, patient_id)
        today = local_date(as_of, visitor.zone)
        chance = Chance(world.seed, f"exercise {planned.number} {today}")
        at = instant(today, time(chance.whole(9, 19), chance.whole(0, 59)), visitor.zone)
        if at > as_of or not _is_active(planned, today, world.seed):
            return 0
        asked = exercises_of(session, visitor, today)
        for prescription in asked:
            state = chance.pick(STATES)
            reasons = sorted(world.pathways[planned.pathway].not_today_reasons)
            reason = chance.pick(reasons) if state is ExerciseState.NOT_TODAY else None
            report_exercise(session, visitor, prescription, today, state, reason, None, as_of)
        return len(asked)


def _is_active(planned: Planned, today: date, seed: int) -> bool:
    """A week is like the week before; who falls off does so every third one."""
    kind = planned.shape.exercise
    if kind == "falling":
        return today.isocalendar().week % CYCLE != 0 or today.weekday() == ONLY_DAY
    chance = Chance(seed, f"week of {planned.number}")
    resting = chance.some(WEEK, {"steady": chance.whole(0, 2), "low": 6, "none": 7}[kind])
    return today.weekday() not in resting


def _visitor(session: Session, patient_id: UUID) -> Visitor:
    patient, tenant = session.get_one(Patient, patient_id), session.scalars(select(Tenant)).one()
    return Visitor(
        link_id=NO_BROWSER,
        tenant_id=tenant.id,
        patient_id=patient_id,
        episode_id=NO_BROWSER,
        tenant_name=tenant.name,
        is_demo=tenant.is_demo,
        given_name=patient.given_name,
        language=patient.language,
        zone=patient.zone or tenant.zone,
        thread_open=False,
    )
