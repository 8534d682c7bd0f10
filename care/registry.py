"""
The registry of definitions: instruments and pathways, immutable by key and version.

The registry keeps text and its hash. What the text means is known to the one parser of its kind
(``scoring.instruments``, ``pathways.definitions``); a kind is a folder of ``data/``.
"""

import hashlib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

import settings
from care import audit
from care.database import owner_engine
from care.errors import CareError
from care.ids import new_id
from care.models import Definition
from scoring.errors import ScoringError
from scoring.instruments import parse_instrument
from scoring.publish import ensure_publishable

KINDS = {"instrument": "instruments", "pathway": "pathways"}  # a tenant has item_parameters, too
OWN = "own:"


@dataclass(frozen=True)
class PublishedText:
    """One definition's text as published; ``reference`` is ``key@version`` (``own:key@version`` for a tenant's own)."""

    kind: str
    reference: str
    body: str
    sha256: str


def load_library(folder: Path = settings.CONTENT) -> int:
    """
    Publish every TOML of ``data/`` that the registry does not have yet; returns how many were new.

    Raises CareError when a published version's text has changed: responses were scored by it.
    """
    engine = owner_engine()
    try:
        with Session(engine) as session, session.begin():
            return sum(
                _publish(session, kind, path)
                for kind, name in KINDS.items()
                for path in sorted((folder / name).glob("*.toml"))
            )
    finally:
        engine.dispose()


def _publish(session: Session, kind: str, path: Path) -> int:
    body = path.read_text()
    try:
        head = tomllib.loads(body)
        key, version = str(head["key"]), int(head["version"])
    except (tomllib.TOMLDecodeError, KeyError, ValueError) as error:
        raise CareError(f'{path.name}: {error}. A definition starts with key = "…" and version = 1.') from None
    sha256 = hashlib.sha256(body.encode()).hexdigest()
    known = session.scalar(
        select(Definition.sha256).where(
            Definition.tenant_id.is_(None),
            Definition.kind == kind,
            Definition.key == key,
            Definition.version == version,
        )
    )
    if known is None:
        _check(kind, body, path.name)
        session.add(Definition(id=new_id(), kind=kind, key=key, version=version, body=body, sha256=sha256))
        return 1
    if known != sha256:
        raise CareError(f"{path.name} has changed since {key}@{version} was published. Raise the version.")
    return 0


def publish_own(session: Session, kind: str, body: str, reference: str | None = None) -> PublishedText:
    """
    Publish a tenant's own definition under the next version of its key.

    Parameters
    ----------
    body : TOML whose key is ``own:…`` and whose version says 1 (the next one is written instead); what is no TOML
        (item parameters) comes with the ``reference`` of the definition that it belongs to
    """
    if reference is None:
        key = str(tomllib.loads(body)["key"]).removeprefix(OWN)
        version = 1 + (session.scalar(_newest_own(kind, key)) or 0)
        body = re.sub(r"(?m)^version = 1$", f"version = {version}", body, count=1)
        _check(kind, body, f"{OWN}{key}")
    else:
        key, _, number = reference.removeprefix(OWN).partition("@")
        version = int(number)
    row = Definition(
        id=new_id(),
        tenant_id=UUID(session.info["app.tenant_id"]),
        kind=kind,
        key=key,
        version=version,
        body=body,
        sha256=hashlib.sha256(body.encode()).hexdigest(),
    )
    session.add(row)
    session.flush()
    audit.record(session, "publish", kind=kind, reference=_reference(key, version, row.tenant_id), sha256=row.sha256)
    return _text(row)


def _newest_own(kind: str, key: str):
    return select(func.max(Definition.version)).where(
        Definition.kind == kind, Definition.key == key, Definition.tenant_id.is_not(None)
    )


def _check(kind: str, body: str, source: str) -> None:
    """An instrument is published only when its own vectors and the automatic checks hold."""
    if kind != "instrument":
        return
    try:
        ensure_publishable(parse_instrument(body, source))
    except ScoringError as error:
        raise CareError(f"{error}\nNothing was published. Mend the file, then start again.") from None


def definitions(session: Session, kind: str) -> dict[str, PublishedText]:
    """Every definition of a kind that the session's tenant may use (library and own), by reference."""
    rows = session.scalars(
        select(Definition).where(Definition.kind == kind).order_by(Definition.key, Definition.version)
    )
    return {text.reference: text for text in map(_text, rows)}


# What the library has published never changes (a trigger refuses), so that each text is read once per database and
# process: a patient's page asks for four. A tenant's own stay behind the wall and are asked for every time.
_library: WeakKeyDictionary[Engine, dict[tuple[str, str], PublishedText]] = WeakKeyDictionary()


def find_definition(session: Session, kind: str, reference: str) -> PublishedText:
    """One definition by its reference. Raises CareError when the session's tenant has no such definition."""
    if reference.startswith(OWN):
        return _find(session, kind, reference)
    known = _library.setdefault(session.get_bind(), {})
    if (kind, reference) not in known:
        known[kind, reference] = _find(session, kind, reference)
    return known[kind, reference]


def _find(session: Session, kind: str, reference: str) -> PublishedText:
    own, _, name = reference.rpartition(":")
    key, _, version = name.partition("@")
    row = session.scalar(
        select(Definition).where(
            Definition.kind == kind,
            Definition.key == key,
            Definition.version == (int(version) if version.isdecimal() else None),
            Definition.tenant_id.is_not(None) if own else Definition.tenant_id.is_(None),
        )
    )
    if row is None:
        raise CareError(f"There is no {kind} “{reference}”. Publish it first, or name another version.")
    return _text(row)


def _text(row: Definition) -> PublishedText:
    return PublishedText(row.kind, _reference(row.key, row.version, row.tenant_id), row.body, row.sha256)


def _reference(key: str, version: int, tenant_id: UUID | None) -> str:
    return f"{OWN if tenant_id else ''}{key}@{version}"
