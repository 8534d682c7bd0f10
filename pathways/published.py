"""The pathways that enrollments refer to, read from the registry and parsed once per text."""

from functools import cache

from sqlalchemy.orm import Session

from care.registry import definitions, find_definition
from pathways.definitions import parse_pathway
from pathways.pathway import Pathway


def find_pathway(session: Session, reference: str) -> Pathway:
    """The pathway ``key@version`` of the library or (``own:``) of the session's tenant."""
    return _parsed(find_definition(session, "pathway", reference).body, reference)


def newest_pathways(session: Session) -> dict[str, Pathway]:
    """What a patient can be enrolled on: the newest version of each pathway, by reference."""
    newest: dict[str, tuple[int, str, Pathway]] = {}
    for reference, published in definitions(session, "pathway").items():
        pathway = _parsed(published.body, reference)
        name = reference.partition("@")[0]
        if name not in newest or pathway.version > newest[name][0]:
            newest[name] = (pathway.version, reference, pathway)
    return {reference: pathway for _, reference, pathway in newest.values()}


@cache
def _parsed(text: str, reference: str) -> Pathway:
    return parse_pathway(text, reference)
