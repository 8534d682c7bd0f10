"""What a researcher takes away: only what is allowed, no date, no id of ours, and the same bytes every time."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

import settings
from care.access import Scope
from care.database import app_session
from care.lakes import lake_address
from care.models import Clinic
from care.models.event import Wording
from care.registry import definitions, load_library
from care.tenants import add_clinic, add_tenant, tenant_named
from etl.imports.nhs_proms import import_nhs_proms
from etl.lakes import open_writer, tenant_lock
from etl.run import run
from factories import make_assignment, make_episode, make_patient, make_response
from registry_file import archive, row
from warehouse.connection import Lake, reader
from warehouse.errors import WarehouseError
from warehouse.research.allow_list import read_allow_list
from warehouse.research.cohort import ExportChoice, count_cohort, get_export_choices
from warehouse.research.files import sha256_of, write_csv
from warehouse.research.freeze import Freeze, make_freeze
from warehouse.research.tables import QUERIES

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
HIPS = ExportChoice("hip_replacement", ("oxford_hip@1",))
ROWS = [row(Provider_Code=f"R{n % 3}", Pre_Op_Q_Pain=str(n % 5), High_Bp="1") for n in range(24)]
LATE = [row(Provider_Code="R1", Year="2017/18", Post_Op_Q_Limping="9", Post_Op_Q_Score="")]


@dataclass(frozen=True)
class Registry:
    tenant_id: object
    scope: Scope
    published: tuple


@pytest.fixture(scope="module")
def registry(store, tmp_path_factory) -> Registry:
    load_library()
    add_tenant("Registry")
    tenant = tenant_named("Registry")
    import_nhs_proms(archive(tmp_path_factory.mktemp("in") / "hip.zip", ROWS + LATE), tenant, as_of=NOW)
    run(tenant.id, NOW)
    with app_session(tenant.id) as session:
        published = definitions(session, "instrument")["oxford_hip@1"]
    return Registry(tenant.id, Scope(tenant.id, None), (published,))


def frozen(registry: Registry, choice: ExportChoice = HIPS, **scope: object) -> Freeze:
    connection = reader(Lake(**lake_address(registry.tenant_id)))
    try:
        return make_freeze(connection.cursor(), replace(registry.scope, **scope), choice, registry.published)
    finally:
        connection.close()


def table(freeze: Freeze, name: str) -> list[dict]:
    return pq.read_table(freeze.folder / f"{name}.parquet").to_pylist()


def test_the_count_comes_first_and_is_what_the_freeze_holds(registry):
    connection = reader(Lake(**lake_address(registry.tenant_id)))
    found = count_cohort(connection.cursor(), registry.scope, HIPS)
    offered = get_export_choices(connection.cursor(), registry.scope)
    connection.close()
    assert (found.patients, found.sites, found.surveys, found.responses, found.answers) == (25, 3, 50, 50, 600)
    assert (found.small_groups, found.in_small_groups) == (3, 25)  # 8, 9 and 8 patients of one sex and age
    assert offered.to_dict("records")[0] == {
        "condition": "hip_replacement", "instrument": "oxford_hip@1", "year": 2016, "asked": 48,
    }  # fmt: skip
    rows = {name: each["rows"] for name, each in frozen(registry).manifest["tables"].items()}
    assert (rows["episodes"], rows["surveys"], rows["responses"], rows["answers"]) == (25, 50, 50, 600)


def test_the_tables_are_joined_by_their_ids(registry):
    freeze = frozen(registry)
    episodes = {each["episode"]: each for each in table(freeze, "episodes")}
    responses = {each["response"]: each for each in table(freeze, "responses")}
    assert {each["episode"] for each in responses.values()} == set(episodes)
    assert {each["response"] for each in table(freeze, "answers")} == set(responses)
    assert {each["response"] for each in table(freeze, "surveys")} == set(responses)
    (unscored,) = [each for each in table(freeze, "scores") if each["answered"] == 11]
    assert (unscored["value"], responses[unscored["response"]]["day"]) == (36, 182)  # 33 and the mean of the answered
    (limping,) = [each for each in table(freeze, "answers") if each["absent"]]
    assert (limping["item"], limping["value"], limping["absent"]) == ("limping", None, "skipped")
    assert {(each["index_year"], each["index_precision"]) for each in episodes.values()} == {
        (2016, "year"),
        (2017, "year"),
    }


def test_no_date_and_no_id_of_the_stores_leaves(registry):
    freeze = frozen(registry)
    with app_session(registry.tenant_id) as session:
        connection = session.connection()
        ours = {
            str(value)
            for statement in (
                "SELECT id FROM patient", "SELECT lake_key FROM patient", "SELECT id FROM episode",
                "SELECT id FROM survey_response", "SELECT id FROM clinic", "SELECT source_key FROM episode",
            )
            for (value,) in connection.exec_driver_sql(statement)
        }  # fmt: skip
    for file in freeze.folder.glob("*.parquet"):
        written = pq.read_table(file)
        assert not [field.name for field in written.schema if pa.types.is_temporal(field.type)]
        for column in written.columns:
            assert not ours & {str(value) for value in column.unique().to_pylist()}


def test_only_the_allow_list_leaves(registry):
    freeze = frozen(registry)
    allowed = read_allow_list()
    for each in allowed.tables:
        assert pq.read_schema(freeze.folder / f"{each.name}.parquet").names == list(each.columns)
    assert set(QUERIES) == {each.name for each in allowed.tables}
    assert {each["name"] for each in table(freeze, "covariates")} <= set(allowed.covariates)


def test_a_covariate_that_is_not_allowed_or_no_code_stays(registry):
    with app_session(registry.tenant_id) as session:
        clinic = session.query(Clinic).order_by(Clinic.code).first()
        patient = make_patient(session, clinic.id, birth_date=date(1930, 5, 1))
        covariates = {"employer": "bakery", "age": 96, "disability": "ask his sister Anna"}
        episode = make_episode(
            session, patient, condition="hip_replacement", covariates=covariates, index_date=date(2026, 1, 12)
        )
        make_assignment(session, episode, instrument="oxford_hip@1")
    run(registry.tenant_id, NOW)
    freeze = frozen(registry)
    (exported,) = [each for each in table(freeze, "episodes") if each["index_year"] == 2026]
    assert exported["age_band"] == "90 or over"
    of_that_patient = [each for each in table(freeze, "covariates") if each["episode"] == exported["episode"]]
    assert {each["name"]: (each["number"], each["code"]) for each in of_that_patient} == {
        "age": (90, None),
        "disability": (None, "withheld"),
    }


def test_the_same_choice_gives_the_same_bytes_also_after_compaction(registry):
    freeze = frozen(registry, replace(HIPS, last_year=2017))
    before = {file.name: file.read_bytes() for file in freeze.folder.iterdir()} | {"zip": freeze.archive.read_bytes()}
    for file in [*freeze.folder.iterdir(), freeze.archive]:
        file.unlink()
    freeze.folder.rmdir()
    with tenant_lock(registry.tenant_id):
        writer = open_writer(registry.tenant_id)
        for call in (
            "ducklake_flush_inlined_data('lake')",
            "ducklake_merge_adjacent_files('lake')",
            "ducklake_rewrite_data_files('lake')",
            "ducklake_expire_snapshots('lake', older_than => now())",
            "ducklake_cleanup_old_files('lake', cleanup_all => true)",
        ):
            writer.execute(f"CALL {call}").fetchall()
    again = frozen(registry, replace(HIPS, last_year=2017))
    assert again.name == freeze.name
    after = {file.name: file.read_bytes() for file in again.folder.iterdir()} | {"zip": again.archive.read_bytes()}
    assert after == before


def test_the_manifest_says_what_is_in_the_folder(registry):
    freeze = frozen(registry)
    manifest = json.loads((freeze.folder / "manifest.json").read_text())
    assert manifest["choice"] == {
        "condition": "hip_replacement", "instruments": ["oxford_hip@1"], "first_index_year": None,
        "last_index_year": None,
    }  # fmt: skip
    assert manifest["definitions"] == {"oxford_hip@1": registry.published[0].sha256}
    assert manifest["allow_list"]["version"] == read_allow_list().version
    for each in manifest["tables"].values():
        assert len(pa_csv.read_csv(freeze.folder / each["csv"]["file"])) == each["rows"]
        assert sha256_of(freeze.folder / each["parquet"]["file"]) == each["parquet"]["sha256"]
    assert {"person", "limping", "total", "eq_vas"} <= {each["name"] for each in table(freeze, "codebook")}


def test_a_freeze_that_was_touched_is_refused(registry):
    freeze = frozen(registry, replace(HIPS, first_year=2016, last_year=2016))
    (freeze.folder / "scores.csv").write_text("changed")
    with pytest.raises(WarehouseError, match="was changed after it was frozen"):
        frozen(registry, replace(HIPS, first_year=2016, last_year=2016))


def test_a_choice_of_nobody_writes_nothing(registry):
    root = settings.EXPORT_ROOT / registry.tenant_id.hex
    before = sorted(root.iterdir())
    with pytest.raises(WarehouseError, match="Nobody matches"):
        frozen(registry, replace(HIPS, first_year=2030))
    with pytest.raises(WarehouseError, match="Fewer than 10 patients match"):
        frozen(registry, replace(HIPS, first_year=2017, last_year=2017))
    with pytest.raises(WarehouseError, match="Nobody matches"):
        frozen(registry, clinics=frozenset())
    assert sorted(root.iterdir()) == before


@pytest.mark.parametrize(("is_demo", "exported"), [(False, 0), (True, 1)])
def test_our_own_wording_leaves_demonstrations_only(store, is_demo, exported):
    load_library()
    name = f"Clinics {is_demo}"
    tenant_id = add_tenant(name, demo=is_demo)
    clinic = add_clinic(name, "N", "North")
    with app_session(tenant_id) as session:
        for _ in range(9):
            make_assignment(session, make_episode(session, make_patient(session, clinic)))
        episode = make_episode(session, make_patient(session, clinic))
        items = ("stiffness", "twisting", "straightening", "stairs", "standing", "rising", "bending")
        response = make_response(
            session, episode, dict.fromkeys(items, 1), wording=Wording.DEMO, completed_at=NOW - timedelta(days=1)
        )
        make_assignment(session, episode, response_id=response.id, state="answered")
        published = (definitions(session, "instrument")["koos_jr@1"],)
    run(tenant_id, NOW)
    registry = Registry(tenant_id, Scope(tenant_id, None), published)
    freeze = frozen(registry, ExportChoice("knee_replacement", ("koos_jr@1",)))
    assert len(table(freeze, "responses")) == exported
    assert sum(each["response"] is not None for each in table(freeze, "surveys")) == exported


def test_a_spreadsheet_runs_nothing(tmp_path):
    risky = ["=1+1", "+1", "-1", "@SUM(A1)", "plain", 'with "quotes", and comma', None]
    write_csv(pa.table({"text": risky, "number": [-1.5, None, 0.1, 2.0, 3.0, 4.0, 5.0]}), tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text().splitlines() == [
        '"text","number"',
        '"\'=1+1",-1.5',
        '"\'+1",',
        '"\'-1",0.1',
        '"\'@SUM(A1)",2',
        '"plain",3',
        '"with ""quotes"", and comma",4',
        ",5",
    ]
