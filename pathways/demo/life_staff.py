"""The synthetic staff go on working: they handle what waits, confirm what took place, enroll and discharge."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, select

from care.access import Viewer
from care.database import app_session
from care.errors import CareError
from care.models import Alert, Enrollment, Episode, Patient
from care.models.patient import IndexKind, IndexStatus, Side
from care.queries.cases import Seen
from care.status import AlertState, EnrollmentState, EpisodeState
from care.verbs.enrollment import NewPatient, add_episode, add_patient, close_episode
from care.verbs.handling import Handling
from pathways.demo.chance import Chance
from pathways.demo.cohort import Planned
from pathways.demo.handling import Deed, Task, What, deeds
from pathways.demo.newcomers import newcomers
from pathways.demo.people import draw_person
from pathways.demo.staff import colleagues_of, staff_viewers
from pathways.demo.world import World
from pathways.enrolling import enroll, move_index
from pathways.local_time import instant, local_date

LEFT_TO_A_VISITOR = timedelta(days=3)  # what lies on the panel of the account that visitors sign in with
CONFIRMED_AT = time(15)
CLOSED_AFTER = timedelta(days=14)  # of a pathway that has ended


def staff_of(world: World) -> dict[UUID, Viewer]:
    with app_session(world.places.tenant_id) as session:
        return staff_viewers(session, world.places, world.content, world.as_of)


def handle_waiting(world: World, people: Mapping[UUID, Planned], staff: Mapping[UUID, Viewer]) -> int:
    """Do what would have been done by now about each alert that waits; returns how many were moved on."""
    with app_session(world.places.tenant_id) as session:
        waiting = session.scalars(
            select(Alert)
            .where(Alert.state != AlertState.RESOLVED, Alert.raised_at < world.as_of, Alert.patient_id.in_(people))
            .order_by(Alert.raised_at, Alert.id)
        ).all()
    return sum(_handle(world, alert, people[alert.patient_id], staff) for alert in waiting)


def _handle(world: World, alert: Alert, planned: Planned, staff: Mapping[UUID, Viewer]) -> bool:
    if alert.rule not in world.content.outcomes or (alert.rule == "silent" and alert.state is not AlertState.OPEN):
        return False  # who is silent is waited for
    lead = world.places.memberships[planned.provider.email]
    visited = planned.provider == world.content.staff[0]
    task = Task(
        rule=alert.rule,
        raised_at=alert.raised_at + LEFT_TO_A_VISITOR * visited,
        clinic=planned.clinic.code,
        zone=planned.clinic.zone or world.content.zone,
        owner=lead,
        colleagues=colleagues_of(world.content, world.places, planned),
        still=alert.rule == "silent",
    )
    chance = Chance(world.seed, f"living alert {planned.number} {alert.rule} {alert.trigger}")
    done = [deed for deed in deeds(task, world.content, chance) if deed.at <= world.as_of]
    return bool(done) and _is_ahead(done[-1], alert, world.as_of) and _do(world, done[-1], alert, staff)


def _is_ahead(deed: Deed, alert: Alert, as_of: datetime) -> bool:
    """Whether the alert does not stand there already."""
    return {
        What.RESOLVE: True,
        What.ACKNOWLEDGE: alert.state is AlertState.OPEN,
        What.ASSIGN: alert.state is AlertState.OPEN and alert.owner_id != deed.to,
        What.SNOOZE: alert.state is AlertState.OPEN and (deed.until is None or deed.until > as_of),
    }[deed.what]


def _do(world: World, deed: Deed, alert: Alert, staff: Mapping[UUID, Viewer]) -> bool:
    try:
        with app_session(world.places.tenant_id) as session:
            deed.do(Handling(session, staff[deed.who], world.as_of), [Seen(alert.id, alert.version)])
    except CareError:  # a visitor of the demonstration was faster
        return False
    return True


def confirm_and_close(world: World, people: Mapping[UUID, Planned], staff: Mapping[UUID, Viewer]) -> int:
    """Planned days that came to pass are confirmed on their afternoon; long ended care is closed."""
    with app_session(world.places.tenant_id) as session:
        planned_days = session.scalars(
            select(Episode).where(
                Episode.state == EpisodeState.OPEN,
                Episode.index_status == IndexStatus.PLANNED,
                Episode.patient_id.in_(people),
            )
        ).all()
        ended = session.execute(
            select(Episode.id, Episode.patient_id)
            .join(Enrollment, (Enrollment.tenant_id == Episode.tenant_id) & (Enrollment.episode_id == Episode.id))
            .where(
                Episode.state == EpisodeState.OPEN,
                Episode.patient_id.in_(people),
                Enrollment.state == EnrollmentState.COMPLETED,
                Enrollment.state_changed_at <= world.as_of - CLOSED_AFTER,
            )
        ).all()
        done = sum(_confirm(session, world, each, people[each.patient_id], staff) for each in planned_days)
        for episode_id, patient_id in ended:
            lead = world.places.memberships[people[patient_id].provider.email]
            close_episode(session, staff[lead], episode_id, world.as_of)
        return done + len(ended)


def _confirm(session, world: World, episode: Episode, planned: Planned, staff: Mapping[UUID, Viewer]) -> bool:
    zone = planned.clinic.zone or world.content.zone
    if planned.shape.ends == "unconfirmed" or instant(episode.index_date, CONFIRMED_AT, zone) > world.as_of:
        return False
    viewer = staff[world.places.memberships[planned.provider.email]]
    move_index(session, viewer, episode.id, episode.index_date, IndexStatus.ACTUAL, world.as_of)
    return True


def enroll_newcomers(world: World, staff: Mapping[UUID, Viewer]) -> int:
    """Enroll who came in the last day and is not known yet; nobody while the clinics are full."""
    came = newcomers(world.content, world.as_of, world.seed)
    if not came:
        return 0
    with app_session(world.places.tenant_id) as session:
        keys = [f"demo:{planned.number}" for planned, _ in came]
        known = set(session.scalars(select(Patient.source_key).where(Patient.source_key.in_(keys))))
        is_open = select(func.count()).select_from(Episode).where(Episode.state == EpisodeState.OPEN)
        room = world.content.newcomers.most - session.scalar(is_open)
        new = [planned for planned, _ in came if f"demo:{planned.number}" not in known][: max(room, 0)]
        for planned in new:
            _enroll(session, world, planned, staff[world.places.memberships[planned.provider.email]])
        return len(new)


def _enroll(session, world: World, planned: Planned, viewer: Viewer) -> None:
    chance = Chance(world.seed, f"person {planned.number}")
    person = draw_person(planned, world.content, chance)
    patient = add_patient(
        session,
        viewer,
        NewPatient(
            clinic_id=world.places.clinics[planned.clinic.code],
            given_name=person.given_name,
            family_name=person.family_name,
            birth_date=person.birth_date,
            sex=person.sex,
            language=person.language,
            mrn=person.mrn,
            phone=person.phone,
        ),
        world.as_of,
    )
    patient.source_key, patient.zone = f"demo:{planned.number}", planned.clinic.zone
    pathway = world.pathways[planned.pathway]
    side = chance.pick([Side.LEFT, Side.RIGHT]) if pathway.condition == "knee_replacement" else Side.NONE
    day_zero = max(planned.index_date, local_date(world.as_of, person.zone))
    kind = IndexKind(pathway.index_kind)
    episode = add_episode(
        session, viewer, patient, pathway.condition, side, kind, day_zero, IndexStatus.PLANNED, world.as_of
    )
    episode.covariates = {"age": person.age, "bmi": round(27 + 4.5 * chance.normal(), 1)}
    enroll(session, viewer, episode, pathway.reference, world.as_of)
