"""Trying other settings on the last days, and using them from now on."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from care.access import Viewer
from care.audit import record
from care.choices import check_may_choose, check_offered, choose, rule_choices, standing_rules
from care.errors import CareError
from care.ids import new_id
from care.models import Replay
from care.queue import defer_replay, replay_after_commit
from care.status import ReplayState

UNDER_WAY = (ReplayState.WAITING, ReplayState.RUNNING)
PICKED_UP_WITHIN = timedelta(seconds=20)  # a replay still waiting then was committed and never handed to the worker


def ask_replay(session: Session, viewer: Viewer | None, values: Mapping[str, object]) -> Replay:
    """
    Ask the worker to judge the last days under the standing settings and under these; ``viewer`` None = command line.

    Raises CareError for a value that is not offered, NotPermitted for anyone but a manager of all clinics.
    """
    if viewer is not None:
        check_may_choose(viewer)
    standing = standing_rules(session)
    row = Replay(
        id=new_id(),
        tenant_id=session.info["app.tenant_id"],
        membership_id=viewer.membership_id if viewer else None,
        standing=standing,
        changed=_checked(standing, values),
    )
    session.add(row)
    record(session, "replay", viewer=viewer, replay=str(row.id), changed=_differing(standing, row.changed))
    replay_after_commit(session, row.id)
    return row


def newest_replay(session: Session) -> Replay | None:
    """The one that was asked for last, whatever became of it."""
    return session.scalar(select(Replay).order_by(Replay.asked_at.desc(), Replay.id.desc()).limit(1))


def hand_over_again(replay: Replay, now: datetime) -> None:
    """A crash between the commit and the worker's queue must leave nobody waiting; a second request is ignored."""
    if replay.state is ReplayState.WAITING and now - replay.asked_at > PICKED_UP_WITHIN:
        defer_replay(replay.tenant_id, replay.id)


def has_been_replayed(session: Session, values: Mapping[str, object]) -> bool:
    """Whether exactly these settings were replayed against exactly those that stand now."""
    standing = standing_rules(session)
    done = select(Replay.id).where(
        Replay.state == ReplayState.DONE, Replay.standing == standing, Replay.changed == {**standing, **values}
    )
    return session.scalar(done.limit(1)) is not None


def use_from_now_on(
    session: Session, viewer: Viewer | None, values: Mapping[str, object], without_replay: bool = False
) -> list[str]:
    """
    Choose these settings for the session's tenant; returns the names of those that change.

    Raises CareError when they stand already, or were not replayed and ``without_replay`` does not say so.
    """
    standing = standing_rules(session)
    differing = _differing(standing, _checked(standing, values))
    if not differing:
        raise CareError("These settings are in use already.")
    replayed = has_been_replayed(session, values)
    if not (replayed or without_replay):
        raise CareError("These settings have not been replayed. Replay them first, or use them without a replay.")
    for name, value in differing.items():
        choose(session, viewer, name, value, replayed=replayed)
    return sorted(differing)


def _checked(standing: Mapping[str, float], values: Mapping[str, object]) -> dict[str, float]:
    """The whole set, with the values in it; only rules can be replayed."""
    for name, value in values.items():
        if name not in rule_choices():
            raise CareError(
                f"“{name}” is no setting of a rule and cannot be replayed. Choose one of those on the settings page."
            )
        check_offered(name, value)
    return {**standing, **values}


def _differing(standing: Mapping[str, float], values: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in values.items() if value != standing[name]}
