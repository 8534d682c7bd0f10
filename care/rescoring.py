"""Recomputing stored responses under another version of their definition: an explicit act, kept with its trace."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import audit
from care.access import Viewer
from care.errors import CareError
from care.ids import new_id
from care.models import Rescoring
from care.queue import news
from care.registry import find_definition
from scoring.instrument import Instrument
from scoring.instruments import parse_instrument


def adopt(session: Session, asked: str, definition: str, viewer: Viewer | None = None, **counts: object) -> Rescoring:
    """
    From now on every response to ``asked`` counts as ``definition`` scores it; the scores so far are kept.

    ``definition`` = ``asked`` goes back to the response's own. ``counts`` go into the audit trail.

    Raises
    ------
    CareError
        When the two are no versions of one questionnaire, or this is how the responses are scored already.
    """
    if standing(session, asked) == definition:
        raise CareError(f"Responses to {asked} are scored by {definition} already. Name another version.")
    check_versions(*(_instrument(session, reference) for reference in (asked, definition)))
    row = Rescoring(id=new_id(), tenant_id=session.info["app.tenant_id"], asked=asked, definition=definition)
    row.membership_id = viewer.membership_id if viewer else None
    session.add(row)
    audit.record(session, "rescore", viewer=viewer, asked=asked, definition=definition, **counts)
    news(session)
    return row


def check_versions(asked: Instrument, definition: Instrument) -> None:
    """Refuse two definitions whose scores could not stand in one course."""
    ranges = {item.id: (item.low, item.high) for item in definition.items}
    for item in asked.items:
        if ranges.get(item.id) != (item.low, item.high):
            raise CareError(f"{definition.reference} has no item {item.id} with the answers of {asked.reference}.")
    scales = {scale.name: (scale.direction, scale.range) for scale in definition.scales}
    for scale in asked.scales:
        if scales.get(scale.name) != (scale.direction, scale.range):
            raise CareError(
                f"{definition.reference} has no scale {scale.name} with the direction and range of {asked.reference}: "
                "old and new scores would stand in one course. Ask the new version as an instrument of its own."
            )


def history(session: Session) -> dict[str, tuple[str, ...]]:
    """Reference -> every definition its responses have counted by, their own first; the last one counts."""
    found: dict[str, list[str]] = {}
    for row in session.scalars(select(Rescoring).order_by(Rescoring.id)):
        before = found.setdefault(row.asked, [row.asked])
        found[row.asked] = [each for each in before if each != row.definition] + [row.definition]
    return {asked: tuple(definitions) for asked, definitions in found.items()}


def standing(session: Session, asked: str) -> str:
    """The definition that responses to ``asked`` count by."""
    newest = select(Rescoring.definition).where(Rescoring.asked == asked).order_by(Rescoring.id.desc()).limit(1)
    return session.scalar(newest) or asked


def _instrument(session: Session, reference: str) -> Instrument:
    return parse_instrument(find_definition(session, "instrument", reference).body, reference)
