"""What may stand in a lake, column by column: no name, contact, address, birth date, note or message body."""

from datetime import UTC, datetime

import pytest

from care.registry import load_library
from etl.lakes import close_writer
from etl.run import run
from lake_rows import lake_rows

ALLOWED = {
    "alert_event": "alert_id episode_id event_id due_at from_state happened_at membership_id outcome raised_at rule"
    " status to_state trigger",
    "answer": "day episode_id instrument item position response_id value",
    "assignment": "answered_at assignment_id day due_at due_date enrollment_id episode_id expires_at instrument"
    " occurrence overdue_at response_id sent_at state step",
    "clinic": "clinic_id code name",
    "covariate": "episode_id name number text",
    "curve_fit": "answers condition counts fitted_at index_kind instrument n scale shift snapshot spread stratum why",
    "curve_statistic": "band condition curve days fitted_at fold_left_out index_kind instrument n pathway scale"
    " snapshot stratum sums training",
    "enrollment_event": "enrollment_id episode_id event_id from_state happened_at pathway to_state",
    "episode": "clinic_id closed_at condition episode_id index_date index_kind index_precision index_status"
    " is_historical opened_at patient_key side state stratum zone",
    "etl_run": "as_of cluster rejected rows_in rows_out rules seconds snapshot started_at watermark",
    "exercise_day": "day done episode_id exercise local_date pain prescribed reason state",
    "finished_course": "episode_id finished_at",
    "flag": "episode_id evidence flagged_at instrument reason response_id rule scale snapshot status trigger",
    "item": "instrument item position",
    "lake_version": "applied_at version",
    "message_event": "channel delivered_at direction episode_id kind length message_id patient_key read_at replied_at"
    " sent_at",
    "network_cell": "condition index_kind instrument method patients payload publication published_at scale snapshot"
    " stratum",
    "network_heard": "condition index_kind instrument method scale stratum total",
    "network_hearing": "heard_at news",
    "network_source": "cell condition fingerprint index_kind instrument patient_key scale stratum told_from told_until",
    "patient": "age_band birth_year clinic_id patient_key sex",
    "rejected": "field rejected_at rule snapshot source source_key value",
    "response": "answers claimed_scores completed_at completeness counts day entry_mode episode_id instrument"
    " is_baseline is_proxy language local_date received_at replaces_id response_id superseded_by wording",
    "score": "answered day definition episode_id instrument items method not_applicable not_asked response_id scale se"
    " skipped unreadable value",
    "kept_score": "answered day definition episode_id instrument items method not_applicable not_asked response_id"
    " scale se skipped unreadable value",
    "track": "band baseline below day episode_id explanation headline instrument judged_as_of n_similar p10 p25 p50"
    " p75 p90 rank reason reasons response_id rule scale score since snapshot status valid_until"
    " below_next expected_next goal_chance goal_day goal_flagged goal_missed goal_title mix_literature mix_network"
    " mix_own off_share off_tests parts shape equal",
    "track_history": "band baseline below day episode_id explanation headline instrument judged_as_of n_similar p10"
    " p25 p50 p75 p90 rank reason reasons response_id rule scale score since snapshot status valid_until"
    " below_next expected_next goal_chance goal_day goal_flagged goal_missed goal_title mix_literature mix_network"
    " mix_own off_share off_tests parts shape equal",
}


@pytest.fixture(scope="module")
def alpha(two_tenants):
    load_library()
    alpha, _ = two_tenants
    run(alpha.id, datetime(2026, 3, 20, 9, tzinfo=UTC))
    yield alpha
    close_writer(alpha.id)


def test_a_lake_has_the_allowed_columns_and_no_others(alpha):
    found: dict[str, set[str]] = {}
    for table, column in lake_rows(
        alpha.id, "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'lake'"
    ):
        found.setdefault(table, set()).add(column)
    assert found == {table: set(columns.split()) for table, columns in ALLOWED.items()}
