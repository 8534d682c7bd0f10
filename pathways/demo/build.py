"""Fill the demonstration tenant: one seeded cohort, written in one transaction, once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select, text

from care import audit
from care.database import app_session
from care.models import Patient
from care.models.patient import Side
from care.queue import news
from pathways.demo.chance import Chance
from pathways.demo.cohort import Planned, cohort
from pathways.demo.content import DemoContent, Shape, demo_content
from pathways.demo.course import draw_courses
from pathways.demo.episode import add_episode, enrolled_at, first_index_date
from pathways.demo.exercise import add_exercise
from pathways.demo.flags import Flag, answer_flags, exercise_flag, message_flags, silence_flags
from pathways.demo.messages import add_pathway_messages, add_thread
from pathways.demo.past import handle_past
from pathways.demo.people import Person, add_care_team, add_person
from pathways.demo.rows import Rows
from pathways.demo.surveys import add_surveys, asked_surveys
from pathways.demo.tenant import make_places
from pathways.demo.warnings import add_warning_signs
from pathways.demo.world import SEED, World, make_world
from pathways.local_time import local_date

SECOND_KNEE_AFTER_DAYS = 56


def make_demo(as_of: datetime | None = None, seed: int = SEED, tenant_name: str | None = None) -> int:
    """
    Make the demonstration tenant, or leave it as it is.

    Parameters
    ----------
    as_of : aware instant at which the story stands; nothing later has happened (None = now)
    seed : the same seed and instant give the same rows
    tenant_name : None = the one of ``data/demo/clinics.toml``

    Returns
    -------
    Number of rows written; 0 when the tenant has its patients already.

    Raises
    ------
    PathwayError
        When the tenant is not marked as a demonstration.
    """
    content = demo_content()
    places = make_places(content, tenant_name or content.tenant)
    world = make_world(content, places, as_of or datetime.now(UTC), seed)
    with app_session(places.tenant_id) as session:
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": f"demo:{places.tenant_id}"})
        if session.scalar(select(exists().where(Patient.source_key.startswith("demo:")))):
            return 0
        rows, flags = demo_rows(world)
        written = rows.store(session) + handle_past(session, world, flags)
        audit.record(session, "import", source="demo", seed=seed, rows=written)
        news(session)
    return written


def demo_rows(world: World) -> tuple[Rows, list[Flag]]:
    """Every row of the demonstration, and what was flagged on the way; a function of the world alone."""
    rows, flags = Rows(world.places.tenant_id), []
    for planned in cohort(world.content, local_date(world.as_of, world.content.zone), world.seed):
        flags += _add_patient(rows, world, planned)
    return rows, flags


def _add_patient(rows: Rows, world: World, planned: Planned) -> list[Flag]:
    chance = Chance(world.seed, f"patient {planned.number}")
    zone = planned.clinic.zone or world.content.zone
    created = min(enrolled_at(planned, first_index_date(planned), zone, chance), world.as_of) - timedelta(hours=3)
    clinic_id = world.places.clinics[planned.clinic.code]
    person = add_person(rows, planned, world.content, clinic_id, created, chance)
    lead = world.places.memberships[planned.provider.email]
    add_care_team(rows, person, lead, _colleagues(world, planned), created, chance)
    return [
        flag
        for part, side in _episodes(world.content, planned, chance)
        for flag in _add_course(rows, world, part, person, side, chance)
    ]


def _colleagues(world: World, planned: Planned) -> list[UUID]:
    return [
        world.places.memberships[member.email]
        for member in world.content.staff
        if member.role == "provider" and member != planned.provider and planned.clinic.code in (member.clinics or [])
    ]


def _episodes(content: DemoContent, planned: Planned, chance: Chance) -> list[tuple[Planned, Side]]:
    """One episode; of a patient whose other knee was operated later, two."""
    if planned.pathway != "total_knee":
        return [(planned, Side.NONE)]
    first, second = chance.shuffled([Side.LEFT, Side.RIGHT])
    if planned.shape.event != "second_knee":
        return [(planned, first)]
    later = planned.index_date + timedelta(days=SECOND_KNEE_AFTER_DAYS)
    return [(planned, first), (replace(planned, index_date=later, shape=_usual(content)), second)]


def _usual(content: DemoContent) -> Shape:
    return next(shape for shape in content.shapes if shape.key == "on_course")


def _add_course(rows: Rows, world: World, planned: Planned, person: Person, side: Side, chance: Chance) -> list[Flag]:
    """All of one episode; returns what was flagged on its way."""
    pathway = world.pathways[planned.pathway]
    lead = world.places.memberships[planned.provider.email]
    clinic_id = world.places.clinics[planned.clinic.code]
    frame = add_episode(rows, planned, pathway, person, clinic_id, lead, side, world.as_of, chance)
    scales = [scale for scale in world.content.scales if scale.pathway == planned.pathway]
    sheets = {scale.instrument: world.sheets[planned.pathway, scale.instrument] for scale in scales}
    courses = draw_courses([(scale, sheets[scale.instrument].better) for scale in scales], planned.shape, chance)
    surveys = asked_surveys(frame, chance)
    answered = add_surveys(rows, frame, surveys, courses, sheets, chance)
    signs, luck = (Chance(world.seed, f"{what} of {planned.number}, {side}") for what in ("warning signs", "bad week"))
    last_ids = add_warning_signs(rows, frame, surveys, world.warning_signs[planned.pathway], signs)
    bad_week = add_exercise(rows, frame, courses["nprs@1"], chance, luck)
    add_pathway_messages(rows, frame, surveys, chance)
    thread = add_thread(rows, frame, world.content, chance)
    return [
        *answer_flags(frame, answered, sheets),
        *silence_flags(frame, surveys, answered, last_ids, sheets[scales[0].instrument]),
        *exercise_flag(frame, bad_week, last_ids),
        *message_flags(frame, thread),
    ]
