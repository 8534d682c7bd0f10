"""The research page: a count before anything is written, one export, and the trail before the file is offered."""

import zipfile
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

import settings
from care.audit import record
from care.database import owner_engine
from care.models import AuditEvent
from care.registry import load_library
from care.tenants import tenant_named
from dashboard import research_export
from etl.imports.nhs_proms import import_nhs_proms
from etl.run import run
from registry_file import archive, row

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def registry(members, two_tenants, tmp_path_factory):
    load_library()
    tenant = tenant_named(two_tenants[0].name)
    import_nhs_proms(archive(tmp_path_factory.mktemp("in") / "hip.zip", [row()] * 12), tenant, as_of=NOW)
    run(tenant.id, NOW)


def trail() -> list[AuditEvent]:
    engine = owner_engine()
    with engine.connect() as connection:
        found = connection.execute(
            select(AuditEvent.action, AuditEvent.screen, AuditEvent.patient_ids, AuditEvent.detail)
            .where(AuditEvent.screen == "research")
            .order_by(AuditEvent.at)
        ).all()
    engine.dispose()
    return found


def archives():
    return sorted(settings.EXPORT_ROOT.rglob("*.zip"))


def test_the_count_comes_before_anything_is_written(open_as):
    app = open_as("researcher", "research.py")
    assert not app.exception
    assert app.title[0].value == "12 patients match"
    assert app.button(key="export").label == "Export 12 patients"
    assert archives() == [] and trail() == []


def test_without_an_audit_trail_no_file_is_offered(open_as, monkeypatch):
    def fails(*_arguments, **_details):
        raise OSError("the trail cannot be written")

    monkeypatch.setattr(research_export, "record", fails)
    app = open_as("researcher", "research.py")
    app.button(key="export").click().run()
    assert app.exception
    assert not [each for each in app.main if each.type == "download_button"]
    monkeypatch.setattr(research_export, "record", record)
    assert not app.run().get("download_button")


def test_an_export_is_frozen_audited_and_offered(open_as):
    app = open_as("researcher", "research.py")
    app.button(key="export").click().run()
    assert not app.exception
    (event,) = trail()
    assert (event.action, event.patient_ids) == ("export", [])
    assert event.detail["choice"]["instruments"] == ["oxford_hip@1"]
    assert event.detail["counts"]["patients"] == 12
    (frozen,) = archives()
    assert event.detail["freeze"] == frozen.stem
    assert app.header[-1].value == f"Frozen as {frozen.stem}"
    assert app.get("download_button")
    with zipfile.ZipFile(frozen) as packed:
        assert f"{frozen.stem}/manifest.json" in packed.namelist()


def test_without_an_instrument_nothing_can_be_exported(open_as):
    app = open_as("researcher", "research.py")
    app.multiselect[0].set_value([]).run()
    assert app.title[0].value == "Choose what to export"
    assert not app.button


def test_the_page_is_the_researchers_alone(open_as):
    for name in ("north", "manager"):
        with pytest.raises(ValueError, match="Could not find a navigation page"):
            open_as(name, "research.py")
