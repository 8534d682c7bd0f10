"""What the ETL delivers back: tracks; and what people do about it: alerts."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from care.ids import new_id
from care.models.base import Base, TenantOwned, choice, now_by_default, tenant_foreign_key
from care.status import AlertOutcome, AlertState


class Track(TenantOwned, Base):
    """Where an episode stands on one scale, as of the last delivered run; written by the ETL only."""

    __tablename__ = "track"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "episode_id", "instrument", "scale"),
        Index("ix_track_headline", "tenant_id", "episode_id", unique=True, postgresql_where=text("headline")),
        # The panel ranks every open episode by these columns and the wall's: read from the index alone.
        Index(
            "ix_track_panel",
            "tenant_id",
            "episode_id",
            postgresql_include=["patient_id", "rank", "since", "status", "id"],
            postgresql_where=text("headline"),
        ),
        tenant_foreign_key("episode_id", "episode", "patient_id"),
        tenant_foreign_key("response_id", "survey_response"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID]
    episode_id: Mapped[UUID]
    instrument: Mapped[str]  # key@version
    scale: Mapped[str]
    headline: Mapped[bool]  # the scale the panel shows: the episode's worst, then its pathway's first
    status: Mapped[str]  # scoring.track.TrackStatus
    rank: Mapped[int]  # the design's one order; 0 is the most urgent
    reasons: Mapped[list]  # every rule that holds
    reason: Mapped[str]  # one sentence
    since: Mapped[date]  # local date of what the status rests on
    response_id: Mapped[UUID | None]  # the judged response; null: none yet
    score: Mapped[float | None]
    day: Mapped[int | None]  # day of that response after the index date
    expected: Mapped[dict | None]  # {"p10","p25","p50","p75","p90","n","below"} at that day, from baseline
    band: Mapped[list | None]  # [[day, p10, p25, p50, p75, p90], …] for the course; null: no curve yet
    judged_as_of: Mapped[datetime]
    valid_until: Mapped[datetime | None]  # when the same function would say otherwise with no new row; null: never


class Alert(TenantOwned, Base):
    """Something a person must act on; raised once per episode, rule and trigger."""

    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "episode_id", "rule", "trigger"),
        Index("ix_alert_open", "tenant_id", "episode_id", postgresql_where=text("state <> 'resolved'")),
        tenant_foreign_key("episode_id", "episode", "patient_id"),
        tenant_foreign_key("response_id", "survey_response"),
        tenant_foreign_key("owner_id", "membership"),
        tenant_foreign_key("escalated_to", "membership"),
        Index(
            "ix_alert_escalate",
            "tenant_id",
            "due_at",
            postgresql_where=text("state IN ('open', 'acknowledged') AND escalated_at IS NULL"),
        ),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID]
    episode_id: Mapped[UUID]
    rule: Mapped[str]  # key in data/recovery/rules.toml
    trigger: Mapped[str]  # response:<id>, assignment:<id> or since:<id>
    status: Mapped[str]  # the track status it stands for when raised
    instrument: Mapped[str | None]
    scale: Mapped[str | None]
    reason: Mapped[str]  # one sentence, as of when it was raised
    evidence: Mapped[dict]  # the numbers behind the sentence
    response_id: Mapped[UUID | None]
    owner_id: Mapped[UUID | None]  # membership; null: the patient's care team
    raised_at: Mapped[datetime] = now_by_default()
    due_at: Mapped[datetime]
    state: Mapped[AlertState] = mapped_column(choice(AlertState), default=AlertState.OPEN)
    state_changed_at: Mapped[datetime] = now_by_default()
    version: Mapped[int] = mapped_column(default=1, server_default="1")  # counts changes; what was seen must still hold
    escalated_at: Mapped[datetime | None]  # when its due time was found to have passed; null: not
    escalated_to: Mapped[UUID | None]  # the clinic's manager then; null: it had none
    snoozed_until: Mapped[datetime | None]  # with state snoozed; null: until the next answer
    outcome: Mapped[AlertOutcome | None] = mapped_column(choice(AlertOutcome))


class AlertEvent(TenantOwned, Base):
    """
    One thing that happened to an alert: raised, acknowledged, assigned, snoozed, resolved, reopened, escalated.

    With the same state before and after: assigned when a person did it, escalated when the program did.
    """

    __tablename__ = "alert_event"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        Index(None, "tenant_id", "alert_id"),
        tenant_foreign_key("alert_id", "alert"),
        tenant_foreign_key("patient_id", "patient"),
        tenant_foreign_key("membership_id", "membership"),
        tenant_foreign_key("assigned_to", "membership"),
        tenant_foreign_key("owner_before", "membership"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID]
    alert_id: Mapped[UUID]
    from_state: Mapped[AlertState | None] = mapped_column(choice(AlertState, "from_state"))
    to_state: Mapped[AlertState] = mapped_column(choice(AlertState, "to_state"))
    at: Mapped[datetime] = now_by_default()
    membership_id: Mapped[UUID | None]  # null: the system
    outcome: Mapped[AlertOutcome | None] = mapped_column(choice(AlertOutcome))
    assigned_to: Mapped[UUID | None]  # the new owner, of an assignment; null: the care team
    owner_before: Mapped[UUID | None]  # of an assignment or acknowledgement, for its undo; null: the care team
    note: Mapped[str | None]

    @property
    def is_assignment(self) -> bool:
        """A person changed the owner and nothing else; a snooze that is prolonged changes no owner."""
        given = self.to_state is not AlertState.SNOOZED or (self.assigned_to or self.owner_before) is not None
        return self.membership_id is not None and self.from_state is self.to_state and given
