"""The instruments that responses refer to, read from the registry and parsed once per text."""

from functools import cache

from sqlalchemy.orm import Session

from care.registry import find_definition
from scoring.instrument import Instrument
from scoring.instruments import parse_instrument


def find_instrument(session: Session, reference: str) -> Instrument:
    """The instrument ``key@version`` of the library or (``own:``) of the session's tenant."""
    return _parsed(find_definition(session, "instrument", reference).body, reference)


@cache
def _parsed(text: str, reference: str) -> Instrument:
    return parse_instrument(text, reference)
