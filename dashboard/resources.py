"""The one door to data: live rows from care, figures from the viewer's lake."""

from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager
from typing import TypeVar
from uuid import UUID

import duckdb
import streamlit as st
from duckdb import DuckDBPyConnection
from sqlalchemy.orm import Session

import settings
from care.access import Scope, Viewer
from care.database import app_session
from care.lakes import Freshness, freshness, lake_address
from warehouse.connection import Lake, reader, snapshot_id
from warehouse.errors import WarehouseError

Answer = TypeVar("Answer")
ANSWERS_KEPT = 500


def live(viewer: Viewer) -> AbstractContextManager[Session]:
    """A session of the operational store inside the viewer's tenant; nothing read through it is cached."""
    return app_session(viewer.tenant_id)


def data_as_of(viewer: Viewer) -> Freshness:
    """How fresh the judgements and figures of the viewer's tenant are."""
    with live(viewer) as session:
        return freshness(session)


def ask(question: Callable[..., Answer], scope: Scope, *parameters: Hashable) -> Answer:
    """
    The answer of ``question(cursor, scope, *parameters)`` from the scope's own lake.

    Kept until the lake changes: the key is (question, scope with its tenant, parameters, snapshot). A page whose
    lake is being rebuilt says so and stops.
    """
    try:
        cursor, snapshot = _cursor(scope.tenant_id)
        name = f"{question.__module__}.{question.__qualname__}"
        return _answer(name, scope, parameters, snapshot, question, cursor)
    except WarehouseError as error:
        st.warning(str(error), icon=":material/history:")
        st.stop()


def ask_once(question: Callable[..., Answer], scope: Scope, *parameters: object) -> Answer:
    """The same without keeping it, for an answer that is files. Raises WarehouseError with the reason."""
    cursor, _ = _cursor(scope.tenant_id)
    return question(cursor, scope, *parameters)


def _cursor(tenant_id: UUID) -> tuple[DuckDBPyConnection, int]:
    """A cursor of the tenant's open lake and the newest snapshot; an instance whose server went away is opened anew."""
    cursor = _open_lake(tenant_id).cursor()
    try:
        return cursor, snapshot_id(cursor)
    except duckdb.Error:
        _open_lake.clear(tenant_id)
        cursor = _open_lake(tenant_id).cursor()
        return cursor, snapshot_id(cursor)


@st.cache_resource(max_entries=settings.OPEN_LAKES, show_spinner=False)
def _open_lake(tenant_id: UUID) -> DuckDBPyConnection:
    return reader(Lake(**lake_address(tenant_id)))


@st.cache_data(max_entries=ANSWERS_KEPT, show_spinner=False)
def _answer(
    name: str, scope: Scope, parameters: tuple, snapshot: int, _question: Callable, _cursor: DuckDBPyConnection
):
    return _question(_cursor, scope, *parameters)
