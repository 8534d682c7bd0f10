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
ENROLLED = {"total_knee": (-21, -9), "low_back_pain": (-12, -2)}
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
    state, changed = _enrollment_state(planned, person.zone, as_of, chance)
    frame = Frame(
        planned=planned,
        pathway=pathway,
        person=person,
        episode_id=chance.id_at(opened),
        enrollment_id=chance.id_at(opened),
        index_date=planned.index_date,
        first_index_date=first_date,
        enrolled_at=opened,
        asked_until=changed or as_of,
        as_of=as_of,
        lead=lead,
        ended_early=state is EnrollmentState.WITHDRAWN,
    )
    _episode(rows, frame, clinic_id, side, chance)
    _enrollment(rows, frame, state, changed, chance)
    return frame


def _enrollment_state(
    planned: Planned, zone: str, as_of: datetime, chance: Chance
) -> tuple[EnrollmentState, datetime | None]:
    """The state now, and when it changed last (None: it never did)."""
    if planned.shape.ends == "paused":
        return EnrollmentState.PAUSED, chance.after(as_of, -12 * 24, -9 * 24)
    if planned.shape.ends == "withdrawn":
        return EnrollmentState.WITHDRAWN, chance.after(as_of, -12 * 24, -9 * 24)
    if planned.is_open:
        return EnrollmentState.ACTIVE, None
    return EnrollmentState.COMPLETED, day_instant(planned.index_date, LAST_WINDOW_CLOSES, time(10), zone)


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


def _enrollment(rows: Rows, frame: Frame, state: EnrollmentState, changed: datetime | None, chance: Chance) -> None:
    rows.add(
        Enrollment,
        id=frame.enrollment_id,
        patient_id=frame.person.id,
        episode_id=frame.episode_id,
        pathway=frame.pathway.reference,
        state=state,
        enrolled_at=frame.enrolled_at,
        state_changed_at=changed or frame.enrolled_at,
    )
    _event(rows, frame, None, EnrollmentState.ACTIVE, frame.enrolled_at, chance)
    if changed:
        _event(rows, frame, EnrollmentState.ACTIVE, state, changed, chance)


REASONS = {
    EnrollmentState.PAUSED: "In hospital for something else.",
    EnrollmentState.WITHDRAWN: "Ended by agreement, doing well.",
}


def _event(
    rows: Rows,
    frame: Frame,
    from_state: EnrollmentState | None,
    to_state: EnrollmentState,
    at: datetime,
    chance: Chance,
) -> None:
    rows.add(
        EnrollmentEvent,
        id=chance.id_at(at),
        patient_id=frame.person.id,
        enrollment_id=frame.enrollment_id,
        from_state=from_state,
        to_state=to_state,
        at=at,
        membership_id=None if to_state is EnrollmentState.COMPLETED else frame.lead,
        reason=REASONS.get(to_state),
    )
