"""Synthetic patients: name, age, how to reach them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from care.models import CareTeamMember, Patient
from care.models.patient import Sex
from pathways.demo.chance import Chance
from pathways.demo.cohort import Planned
from pathways.demo.content import DemoContent
from pathways.demo.rows import Rows

AGES = {"total_knee": (52, 84), "low_back_pain": (24, 72)}


@dataclass(frozen=True)
class Drawn:
    """A person as drawn: what a clinic writes down about a patient."""

    given_name: str
    family_name: str
    sex: Sex
    language: str
    zone: str
    age: int
    birth_date: date
    mrn: str
    phone: str


@dataclass(frozen=True)
class Person:
    """What the rest of the demonstration needs to know of a patient."""

    id: UUID
    given_name: str
    language: str
    zone: str
    age: int


def draw_person(planned: Planned, content: DemoContent, chance: Chance) -> Drawn:
    """Somebody of the age that the pathway's patients have."""
    sex = Sex.FEMALE if chance.yes(0.56) else Sex.MALE
    given_name = chance.pick(content.names.female if sex is Sex.FEMALE else content.names.male)
    family_name = chance.pick(content.names.family)
    age = chance.whole(*AGES[planned.pathway])
    return Drawn(
        given_name=given_name,
        family_name=family_name,
        sex=sex,
        language="es" if family_name in content.names.spanish and chance.yes(0.7) else "en",
        zone=planned.clinic.zone or content.zone,
        age=age,
        birth_date=_birth_date(planned.index_date, age, chance),
        mrn=f"D{planned.number:05d}",
        phone=f"{planned.clinic.phone[:5]} 555-01{planned.number % 100:02d}",
    )


def add_person(
    rows: Rows, planned: Planned, content: DemoContent, clinic_id: UUID, created_at: datetime, chance: Chance
) -> Person:
    """One ``patient`` row."""
    drawn = draw_person(planned, content, chance)
    person = Person(chance.id_at(created_at), drawn.given_name, drawn.language, drawn.zone, drawn.age)
    rows.add(
        Patient,
        id=person.id,
        clinic_id=clinic_id,
        lake_key=chance.key(),
        given_name=drawn.given_name,
        family_name=drawn.family_name,
        mrn=drawn.mrn,
        birth_date=drawn.birth_date,
        sex=drawn.sex,
        phone=drawn.phone,
        email=f"patient{planned.number}@demo.example",
        zone=planned.clinic.zone,
        language=drawn.language,
        source_key=f"demo:{planned.number}",
        created_at=created_at,
    )
    return person


def _birth_date(index_date: date, age: int, chance: Chance) -> date:
    """A birth date at which the patient is this old on the index date."""
    return index_date - timedelta(days=round(age * 365.25) + chance.whole(1, 364))


def add_care_team(rows: Rows, person: Person, lead: UUID, colleagues: list[UUID], at: datetime, chance: Chance) -> None:
    """The lead, and for one patient in six a colleague of the same clinic."""
    members = [(lead, True)]
    if colleagues and chance.yes(1 / 6):
        members.append((chance.pick(colleagues), False))
    for membership_id, is_lead in members:
        rows.add(
            CareTeamMember, id=chance.id_at(at), patient_id=person.id, membership_id=membership_id, is_lead=is_lead
        )
