"""What becomes of a published row, and that nothing is taken twice, in part, or silently."""

import random
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from care.database import app_session, owner_engine
from care.models import (
    AuditEvent,
    Clinic,
    Episode,
    ImportRejection,
    Patient,
    SurveyAssignment,
    SurveyResponse,
    Tenant,
)
from care.registry import load_library
from care.tenants import add_tenant, tenant_named
from etl.__main__ import main
from etl.errors import EtlError
from etl.imports.nhs_proms import import_nhs_proms
from registry_file import HIP, KNEE, archive, header, row

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def library(store):
    load_library()


@pytest.fixture
def tenant(store, request) -> Tenant:
    add_tenant(request.node.name, demo=True, zone="Europe/London")
    return tenant_named(request.node.name)


def bring(tenant: Tenant, path: Path, as_live: int = 0):
    return import_nhs_proms(path, tenant, as_live, NOW)


def rows_of(tenant: Tenant, model: type, *order) -> list:
    with app_session(tenant.id) as session:
        return list(session.scalars(select(model).order_by(*order)))


def counts(tenant: Tenant) -> dict[str, int]:
    models = (Clinic, Patient, Episode, SurveyResponse, SurveyAssignment, ImportRejection)
    with app_session(tenant.id) as session:
        return {model.__tablename__: session.scalar(select(func.count()).select_from(model)) for model in models}


def test_a_row_becomes_a_closed_episode_with_both_questionnaires(tenant, tmp_path):
    bring(tenant, archive(tmp_path / "hip.zip", [row(before="1", after="3", Pre_Op_Q_Pain="0")]))
    (clinic,), (patient,), (episode,) = (rows_of(tenant, model) for model in (Clinic, Patient, Episode))
    assert (clinic.code, patient.age_band, patient.sex, patient.given_name) == ("RAA", "60 to 69", "female", None)
    assert (episode.condition, episode.stratum, episode.side, episode.index_kind) == (
        "hip_replacement", "primary", "none", "surgery",
    )  # fmt: skip
    assert (episode.index_date, episode.index_precision) == (date(2016, 10, 1), "year")
    assert (episode.state, episode.is_historical, episode.clinic_id) == ("closed", True, clinic.id)
    before, after = rows_of(tenant, SurveyResponse, SurveyResponse.local_date)
    assert (before.instrument, before.wording, before.entry_mode) == ("oxford_hip@1", "official", "import")
    assert (before.local_date, after.local_date) == (date(2016, 10, 1), date(2017, 4, 1))  # day 0 and day 182
    assert before.answers == {item: 1 for item in HIP.items} | {"pain": 0}
    assert (before.claimed_scores, after.claimed_scores) == ({"total": 12}, {"total": 36})
    asked = rows_of(tenant, SurveyAssignment, SurveyAssignment.due_date)
    assert [(each.step, each.state, each.response_id) for each in asked] == [
        ("baseline", "answered", before.id),
        ("follow_up", "answered", after.id),
    ]


def test_covariates_are_our_words_and_what_is_missing_is_not_there(tenant, tmp_path):
    cells = {
        "High_Bp": "1", "Symptom_Period": "2", "Pre_Op_Q_Mobility": "3", "Satisfaction": "1", "Pre_Op_Q_EQ_VAS": "9",
    }  # fmt: skip
    bring(tenant, archive(tmp_path / "hip.zip", [row(Age_Band="*", Gender="*", **cells)]))
    (patient,), (episode,) = rows_of(tenant, Patient), rows_of(tenant, Episode)
    assert (patient.age_band, patient.sex) == (None, "unknown")
    assert episode.covariates == {
        "high_bp": "present",
        "symptom_period": "1_to_5_years",
        "eq5d_mobility": 3,
        "eq5d_index": 0.5,
        "eq_vas": 9,  # of 100: only 999 is missing here
        "after:satisfaction": "excellent",
        "after:eq_vas": 80,
        "predicted:oxford_hip.total": 37.5,
        "predicted:eq5d3l.index": 0.75,
        "predicted:eq_vas": 37.5,
    }


def test_an_answer_that_is_missing_was_skipped_and_a_form_that_is_missing_expired(tenant, tmp_path):
    rows = [row(Post_Op_Q_Limping="9", Post_Op_Q_Score=""), row(after="9")]
    bring(tenant, archive(tmp_path / "hip.zip", rows))
    (incomplete,) = [r for r in rows_of(tenant, SurveyResponse) if r.local_date == date(2017, 4, 1)]
    assert (incomplete.answers["limping"], incomplete.claimed_scores) == ("skipped", None)
    asked = [(a.step, a.state) for a in rows_of(tenant, SurveyAssignment) if a.response_id is None]
    assert asked == [("follow_up", "expired")]


def test_knee_files_and_revisions_are_strata_of_their_own(tenant, tmp_path):
    published = {"EQ VAS Post": "EQ VAS_Post", "EQ5D Index Post": "EQ 5D Index Post"}  # as the knee files write it
    columns = header(KNEE)
    for ours, theirs in published.items():
        columns = [name.replace(ours, theirs) for name in columns]
    bring(tenant, archive(tmp_path / "knee.zip", [row(KNEE), row(KNEE, Revision_Flag="1")], columns))
    episodes = rows_of(tenant, Episode, Episode.stratum)
    assert [(e.condition, e.stratum) for e in episodes] == [
        ("knee_replacement", "primary"),
        ("knee_replacement", "revision"),
    ]
    assert {r.instrument for r in rows_of(tenant, SurveyResponse)} == {"oxford_knee@1"}
    assert episodes[0].covariates["predicted:oxford_knee.total"] == 37.5


def test_the_same_rows_in_any_order_add_nothing(tenant, tmp_path):
    rows = [row(Provider_Code=f"R{n:02}", Pre_Op_Q_Pain=str(n % 5)) for n in range(20)] + [row(), row(), ["x"]]
    first = bring(tenant, archive(tmp_path / "a.zip", rows))
    assert (first.rows, first.added, first.rejected) == (23, 22, 1)
    before = counts(tenant)
    random.Random(7).shuffle(rows)
    again = bring(tenant, archive(tmp_path / "b.zip", rows))
    assert (again.added, again.known, again.rejected, again.clinics) == (0, 22, 0, 0)
    assert counts(tenant) == before


def test_two_patients_with_the_same_row_are_two(tenant, tmp_path):
    bring(tenant, archive(tmp_path / "a.zip", [row(), row()]))
    bring(tenant, archive(tmp_path / "b.zip", [row(), row(), row()]))
    keys = [episode.source_key for episode in rows_of(tenant, Episode, Episode.source_key)]
    assert [key.removeprefix(keys[0]) for key in keys] == ["", ":2", ":3"]
    assert keys[0].startswith("nhs_proms:hip_replacement:2016/17:")


def test_damaged_rows_are_quarantined_with_line_and_reason_and_the_rest_goes_in(tenant, tmp_path):
    short = row()[:-1]
    rows = [
        row(),
        row(Pre_Op_Q_Pain="7"),
        row(Provider_Code="Anna Example of Main Street"),
        row(Year="2016/18"),
        row(Procedure="Varicose Vein"),
        short,
        row(Post_Op_Q_Score="fine"),
    ]
    path = archive(tmp_path / "hip.zip", rows, extra=b'RAA,"Hip\r\nRAA,\xff\r\n')
    outcome = bring(tenant, path)
    assert (outcome.added, outcome.rejected) == (1, 8)
    refused = [(r.line, r.rule, r.field, r.value) for r in rows_of(tenant, ImportRejection, ImportRejection.line)]
    assert refused == [
        (3, "out_of_range", "Hip Replacement Pre-Op Q Pain", "7"),
        (4, "unreadable", "Provider Code", "27 characters"),  # whoever that is, it is not kept
        (5, "unreadable", "Year", "7 characters"),
        (6, "another_procedure", "Procedure", "13 characters"),
        (7, "wrong_number_of_columns", "", f"{len(','.join(short))} bytes"),
        (8, "out_of_range", "Hip Replacement Post-Op Q Score", "4 characters"),
        (9, "broken_quotes", "", "8 bytes"),
        (10, "not_utf8", "", "5 bytes"),
    ]


def test_the_command_says_which_lines_were_refused(tenant, tmp_path, capsys):
    path = archive(tmp_path / "hip.zip", [row(), row(Pre_Op_Q_Pain="7"), ["x"]])
    assert main(["import", "nhs-proms", str(path), "--tenant", tenant.name]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("1 of 3 rows added in") and "2 were refused" in told[0]
    assert told[1:] == [
        "  Provider 1617.csv, line 3: out of range in “Hip Replacement Pre-Op Q Pain” (7)",
        "  Provider 1617.csv, line 4: wrong number of columns (1 bytes)",
    ]


def test_live_copies_are_open_recent_and_made_once(tenant, tmp_path):
    path = archive(tmp_path / "hip.zip", [row(Provider_Code=f"R{n:02}") for n in range(60)])
    assert bring(tenant, path, as_live=40).live_added == 40
    before = counts(tenant)
    assert import_nhs_proms(path, tenant, 40, datetime(2026, 12, 24, tzinfo=UTC)).live_added == 0
    assert counts(tenant) == before
    live = {episode.id: episode for episode in rows_of(tenant, Episode) if episode.state == "open"}
    for episode in live.values():
        assert episode.source_key.endswith(":live")
        assert (episode.is_historical, episode.index_precision) == (False, "day")
    after = [r for r in rows_of(tenant, SurveyResponse) if r.episode_id in live and "follow_up" in r.source_key]
    back = Counter((NOW.date() - response.local_date).days for response in after)
    assert (len(after), min(back), max(back)) == (40, 0, 27)
    assert all((r.local_date - live[r.episode_id].index_date).days == 182 for r in after)
    assert max(response.completed_at for response in after) <= NOW  # nobody answers in the future
    assert bring(tenant, path, as_live=50).live_added == 10  # a larger number: the same and more


def test_live_copies_are_refused_outside_a_demonstration(store, tmp_path):
    add_tenant("A real clinic")
    tenant = tenant_named("A real clinic")
    with pytest.raises(EtlError, match="not marked demonstration"):
        bring(tenant, archive(tmp_path / "hip.zip", [row()]), as_live=5)
    assert counts(tenant)["patient"] == 0


def test_a_file_that_cannot_be_read_to_its_end_leaves_nothing(tenant, tmp_path):
    path = archive(tmp_path / "hip.zip", [row(Provider_Code=f"R{n}") for n in range(3000)])
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(EtlError, match="Download it again"):
        bring(tenant, path)
    assert set(counts(tenant).values()) == {0}


def test_the_import_is_audited(tenant, tmp_path):
    bring(tenant, archive(tmp_path / "hip.zip", [row()]))
    engine = owner_engine()
    with engine.connect() as connection:
        event = connection.execute(
            select(AuditEvent.action, AuditEvent.detail).where(AuditEvent.tenant_id == tenant.id)
        ).one()
    engine.dispose()
    assert event.action == "import"
    assert event.detail == {
        "source": "nhs_proms", "file": "hip.zip", "rows": 1, "added": 1, "known": 0, "rejected": 0, "clinics": 1,
        "live_added": 0,
    }  # fmt: skip
