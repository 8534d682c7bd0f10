"""One planned patient's episode and enrollment: the frame that surveys, messages and exercise hang on."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from care.models import Enrollment, EnrollmentEvent, Episode
from care.models.patient import IndexKind, IndexStatus, Side
from care.status import EnrollmentState, EpisodeState
from pathways.demo.chance import Chance
from pathways.demo.cohort import Planned
from pathways.demo.people import Person
from pathways.demo.rows import Rows
from pathways.local_time import day_instant
from pathways.pathway import Pathway

# First and last day on which the clinic enrolls, before the index date.
ENROLLED = {"total_knee": (-21, -9), "low_back_pain": (-9, -1)}
PUT_OFF_DAYS = 21  # of a surgery that was moved
LAST_WINDOW_CLOSES = 106  # an episode whose twelve weeks are over is closed on this day


@dataclass(frozen=True)
class Frame:
    """
    One enrollment, with all that the rows beneath it share.

    ``asked_until`` is the instant from which the pathway sends nothing more: now, or when it was paused or ended.
    ``first_index_date`` differs from ``index_date`` where the surgery was put off.
    """

    planned: Planned
    pathway: Pathway
    person: Person
    episode_id: UUID
    enrollment_id: UUID
    index_date: date
    first_index_date: date
    enrolled_at: datetime
    asked_until: datetime
    as_of: datetime
    lead: UUID
    ended_early: bool

    def at(self, day: int, clock: time) -> datetime:
        """The instant of a pathway day; what lies before the index date was planned by the date known then."""
        index_date = self.first_index_date if day < 0 else self.index_date
        return day_instant(index_date, day, clock, self.person.zone)

    def midnight_after(self, day: date) -> datetime:
        """The instant at which a local day is over."""
        return day_instant(day, 1, time(), self.person.zone)

    def is_held(self, day: int) -> bool:
        """Nothing that counts from a surgery happens before somebody says that it took place."""
        return day >= 0 and self.planned.shape.ends in ("planned", "unconfirmed")


def enrolled_at(planned: Planned, index_date: date, zone: str, chance: Chance) -> datetime:
    """When the clinic enrolled the patient: a working hour some days before day 0."""
    day = chance.whole(*ENROLLED[planned.pathway])
    return day_instant(index_date, day, time(chance.whole(9, 16), chance.whole(0, 59)), zone)


def first_index_date(planned: Planned) -> date:
    """Day 0 as it was planned at enrollment."""
    put_off = PUT_OFF_DAYS if planned.shape.event == "index_moved" else 0
    return planned.index_date - timedelta(days=put_off)


@dataclass(frozen=True)
class Change:
    """One change of the enrollment's state after it began; ``by_staff``: else the pathway itself."""

    state: EnrollmentState
    at: datetime
    by_staff: bool
    reason: str | None = None


def add_episode(
    rows: Rows,
    planned: Planned,
    pathway: Pathway,
    person: Person,
    clinic_id: UUID,
    lead: UUID,
    side: Side,
    as_of: datetime,
    chance: Chance,
) -> Frame:
    """``episode``, ``enrollment`` and the enrollment's events; all of them lie before ``as_of``."""
    first_date = first_index_date(planned)
    opened = min(enrolled_at(planned, first_date, person.zone, chance), as_of - timedelta(hours=2))
    changes = _changes(planned, first_date, person.zone, as_of, chance)
    state = changes[-1].state if changes else EnrollmentState.ACTIVE
    frame = Frame(
        planned=planned,
        pathway=pathway,
        person=person,
        episode_id=chance.id_at(opened),
        enrollment_id=chance.id_at(opened),
        index_date=planned.index_date,
        first_index_date=first_date,
        enrolled_at=opened,
        asked_until=as_of if state is EnrollmentState.ACTIVE else changes[-1].at,
        as_of=as_of,
        lead=lead,
        ended_early=state is EnrollmentState.WITHDRAWN,
    )
    _episode(rows, frame, clinic_id, side, chance)
    _enrollment(rows, frame, changes, chance)
    return frame


def _changes(planned: Planned, first_date: date, zone: str, as_of: datetime, chance: Chance) -> list[Change]:
    lately = chance.after(as_of, -12 * 24, -9 * 24)
    if planned.shape.ends == "paused":
        return [Change(EnrollmentState.PAUSED, lately, True, "In hospital for something else.")]
    if planned.shape.ends == "withdrawn":
        return [Change(EnrollmentState.WITHDRAWN, lately, True, "Ended by agreement, doing well.")]
    if first_date != planned.index_date:
        put_off = day_instant(first_date, -2, time(14, 10), zone)
        resumed = day_instant(planned.index_date, -8, time(11, 30), zone)
        return [
            Change(EnrollmentState.PAUSED, put_off, True, "Surgery put off."),
            Change(EnrollmentState.ACTIVE, resumed, True, "New day of surgery is fixed."),
        ]
    if planned.is_open:
        return []
    return [
        Change(EnrollmentState.COMPLETED, day_instant(planned.index_date, LAST_WINDOW_CLOSES, time(10), zone), False)
    ]


def _episode(rows: Rows, frame: Frame, clinic_id: UUID, side: Side, chance: Chance) -> None:
    planned, pathway = frame.planned, frame.pathway
    is_planned = planned.shape.ends in ("planned", "unconfirmed")
    rows.add(
        Episode,
        id=frame.episode_id,
        patient_id=frame.person.id,
        clinic_id=clinic_id,
        condition=pathway.condition,
        stratum="primary" if pathway.condition == "knee_replacement" else "",
        side=side,
        index_kind=IndexKind(pathway.index_kind),
        index_date=planned.index_date,
        index_status=IndexStatus.PLANNED if is_planned else IndexStatus.ACTUAL,
        state=EpisodeState.OPEN if planned.is_open else EpisodeState.CLOSED,
        covariates={"age": frame.person.age, "bmi": round(27 + 4.5 * chance.normal(), 1)},
        source_key=f"demo:{planned.number}:{side}",
        opened_at=frame.enrolled_at,
        closed_at=None if planned.is_open else frame.asked_until,
    )


def _enrollment(rows: Rows, frame: Frame, changes: list[Change], chance: Chance) -> None:
    history = [Change(EnrollmentState.ACTIVE, frame.enrolled_at, by_staff=True), *changes]
    rows.add(
        Enrollment,
        id=frame.enrollment_id,
        patient_id=frame.person.id,
        episode_id=frame.episode_id,
        pathway=frame.pathway.reference,
        state=history[-1].state,
        enrolled_at=frame.enrolled_at,
        state_changed_at=history[-1].at,
    )
    for before, change in zip([None, *history], history, strict=False):
        rows.add(
            EnrollmentEvent,
            id=chance.id_at(change.at),
            patient_id=frame.person.id,
            enrollment_id=frame.enrollment_id,
            from_state=before.state if before else None,
            to_state=change.state,
            at=change.at,
            membership_id=frame.lead if change.by_staff else None,
            reason=change.reason,
        )
