"""The provider's panel: who is on it, in which order, and how many stand where. Live after every click."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, Text, and_, cast, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from care.access import Scope
from care.models import Alert, Enrollment, Episode, Patient, Track
from care.queries.contact import last_heard
from care.queries.urgency import WITHOUT_ALERT, ranked_episodes
from care.scoping import check_session, episodes_within
from care.status import EpisodeState

PAGE = 50


class Show(StrEnum):
    """The panel's first filter."""

    NEEDS_ACTION = "needs action"
    EVERYONE = "everyone"
    CLOSED = "closed"


@dataclass(frozen=True)
class Position:
    """Where a page begins: after the row that stands here in the panel's order."""

    urgency: int
    since: date
    episode_id: UUID


@dataclass(frozen=True)
class PanelRow:
    """One episode on the panel, with what care knows of it; the course behind it comes from the lake."""

    episode: Episode
    patient: Patient
    status: str
    urgency: int
    since: date
    track: Track | None
    alert: Alert | None
    pathway: str | None  # key@version of the newest enrollment
    last_heard_at: datetime | None  # latest answer, message or exercise report of the patient


@dataclass(frozen=True)
class PanelPage:
    """At most ``PAGE`` rows, worst first, and where the next page begins (None: this was the last)."""

    rows: list[PanelRow]
    next: Position | None


def panel_counts(session: Session, scope: Scope, show: Show, as_of: datetime, search: str = "") -> dict[str, int]:
    """Status → number of episodes that match; the statuses that need action are counted by their alert."""
    check_session(session, scope)
    ranked = _matching(scope, show, as_of, search).subquery()
    found = session.execute(select(ranked.c.status, func.count()).group_by(ranked.c.status)).all()
    return {status: count for status, count in sorted(found)}


def panel_page(
    session: Session,
    scope: Scope,
    show: Show,
    as_of: datetime,
    search: str = "",
    after: Position | None = None,
    statuses: frozenset[str] = frozenset(),
) -> PanelPage:
    """One page of the panel. ``statuses`` empty = every status; ``search`` holds words of a name, or an MRN."""
    check_session(session, scope)
    ranked = _matching(scope, show, as_of, search).subquery("ranked")
    place = tuple_(ranked.c.urgency, ranked.c.since, ranked.c.episode_id)
    page = select(ranked).order_by(ranked.c.urgency, ranked.c.since, ranked.c.episode_id).limit(PAGE + 1)
    if statuses:
        page = page.where(ranked.c.status.in_(sorted(statuses)))
    if after is not None:
        page = page.where(place > tuple_(after.urgency, after.since, after.episode_id))
    found = session.execute(page).all()
    rows = _rows(session, found[:PAGE])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return PanelPage(rows, last and Position(last.urgency, last.since, last.episode_id))


def _matching(scope: Scope, show: Show, as_of: datetime, search: str) -> Select:
    state = EpisodeState.CLOSED if show is Show.CLOSED else EpisodeState.OPEN
    ranked = ranked_episodes(as_of).where(episodes_within(scope), Episode.state == state)
    if search.strip():
        ranked = ranked.join(
            Patient, and_(Patient.tenant_id == Episode.tenant_id, Patient.id == Episode.patient_id)
        ).where(_named(search))
    if show is not Show.NEEDS_ACTION:
        return ranked
    candidates = ranked.subquery("candidates")
    return select(candidates).where(candidates.c.urgency < WITHOUT_ALERT)


def _named(search: str):
    """Every word begins a name, the MRN, or (for a pseudonymous patient) the code shown instead of a name."""
    words = search.replace(",", " ").split()
    return and_(*(_word(word.replace("\\", "").replace("%", "").replace("_", "")) for word in words))


def _word(word: str):
    starts = f"{word}%"
    return or_(
        Patient.family_name.ilike(starts),
        Patient.given_name.ilike(starts),
        Patient.family_name.ilike(f"% {starts}"),
        Patient.mrn.ilike(starts),
        and_(Patient.family_name.is_(None), cast(Patient.lake_key, Text).ilike(starts)),
    )


def _rows(session: Session, found: list) -> list[PanelRow]:
    """The rows behind one page's keys, in the page's order."""
    episodes = _by_id(session, Episode, [row.episode_id for row in found])
    patients = _by_id(session, Patient, [row.patient_id for row in found])
    tracks = _by_id(session, Track, [row.track_id for row in found])
    alerts = _by_id(session, Alert, [row.alert_id for row in found])
    pathways = _pathways(session, list(episodes))
    heard = last_heard(session, list(patients))
    return [
        PanelRow(
            episode=episodes[row.episode_id],
            patient=patients[row.patient_id],
            status=row.status,
            urgency=row.urgency,
            since=row.since,
            track=tracks.get(row.track_id),
            alert=alerts.get(row.alert_id),
            pathway=pathways.get(row.episode_id),
            last_heard_at=heard.get(row.patient_id),
        )
        for row in found
    ]


def _by_id(session: Session, model: type, ids: list[UUID | None]) -> dict:
    wanted = sorted({each for each in ids if each is not None})
    return {row.id: row for row in session.scalars(select(model).where(model.id.in_(wanted)))}


def _pathways(session: Session, episode_ids: list[UUID]) -> dict[UUID, str]:
    newest = (
        select(Enrollment.episode_id, Enrollment.pathway)
        .where(Enrollment.episode_id.in_(sorted(episode_ids)))
        .ext(distinct_on(Enrollment.episode_id))
        .order_by(Enrollment.episode_id, Enrollment.enrolled_at.desc(), Enrollment.id.desc())
    )
    return dict(session.execute(newest).all())
