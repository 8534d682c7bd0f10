"""Managers' numbers, from rows in sight."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from duckdb import DuckDBPyConnection
from scipy import stats

from care.access import Scope
from care.lakes import lake_address
from care.registry import load_library
from care.tenants import add_tenant, tenant_named
from etl.imports.nhs_proms import import_nhs_proms
from etl.run import run
from registry_file import archive, row
from warehouse.connection import Lake, reader
from warehouse.questions.outcomes import Cut, Selection, get_choices, get_mean_courses, get_outcomes_by_clinic
from warehouse.questions.outcomes_shown import get_shown_outcomes, share, shown

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
HIPS = Selection("hip_replacement", "primary", "surgery", "oxford_hip@1", "total", True, 182)
CUTS = (Cut("MIC", 12), Cut("PASS", 42), Cut("MIC", 100, "percent"))


@dataclass(frozen=True)
class Registry:
    cursor: DuckDBPyConnection
    scope: Scope


# North: 12 better by 24 points (12 → 36), 2 without a prediction; one form not sent back. South: 10 worse (24 → 12).
# East: 3 the same. West has a revision only.
NORTH = [row(Provider_Code="NORTH")] * 10 + [row(Provider_Code="NORTH", OHS_Post_Op_Q_Predicted="")] * 2
LATE = [row(Provider_Code="NORTH", after="9")]
SOUTH = [row(Provider_Code="SOUTH", before="2", after="1", Year="2017/18")] * 10
EAST = [row(Provider_Code="EAST", before="3", after="3")] * 3
WEST = [row(Provider_Code="WEST", Revision_Flag="1")]


@pytest.fixture(scope="module")
def registry(store, tmp_path_factory) -> Registry:
    load_library()
    add_tenant("Registry")
    tenant = tenant_named("Registry")
    path = archive(tmp_path_factory.mktemp("in") / "hip.zip", NORTH + LATE + SOUTH + EAST + WEST)
    import_nhs_proms(path, tenant, as_of=NOW)
    run(tenant.id, NOW)
    connection = reader(Lake(**lake_address(tenant.id)))
    yield Registry(connection.cursor(), Scope(tenant.id, None))
    connection.close()


def by_code(registry: Registry, selection: Selection = HIPS, scope: Scope | None = None) -> dict[str, dict]:
    rows = get_outcomes_by_clinic(registry.cursor, scope or registry.scope, selection, CUTS).to_dict("records")
    return {each.pop("code"): each for each in rows}


def test_each_step_from_eligible_to_counted(registry):
    steps = ("eligible", "due", "answered", "matched", "predicted", "n")
    assert {code: tuple(each[step] for step in steps) for code, each in by_code(registry).items()} == {
        "EAST": (3, 3, 3, 3, 3, 3),
        "NORTH": (13, 13, 12, 12, 10, 12),
        "SOUTH": (10, 10, 10, 10, 10, 10),
    }


def test_sums_directions_and_thresholds(registry):
    north, south = by_code(registry)["NORTH"], by_code(registry)["SOUTH"]
    assert (north["before"], north["after"], north["gain"], north["gain_squared"]) == (144, 432, 288, 12 * 24**2)
    assert north["residual"] == pytest.approx(10 * (36 - 37.5))  # of those with a prediction
    assert [(each["improved"], each["same"], each["worse"]) for each in (north, south)] == [(12, 0, 0), (0, 0, 10)]
    # 24 points are more than 12, 36 is no acceptable state of 42, and 24 is twice the baseline of 12
    assert [north[f"reached_{cut}"] for cut in range(3)] == [12, 0, 12]
    assert [south[f"reached_{cut}"] for cut in range(3)] == [0, 0, 0]


def test_where_lower_is_better_the_directions_turn(registry):
    south = by_code(registry, Selection(**{**vars(HIPS), "higher_is_better": False}))["SOUTH"]
    assert (south["improved"], south["worse"], south["reached_0"], south["reached_1"]) == (10, 0, 10, 10)


def test_as_a_registry_does_only_rows_with_a_prediction_count(registry):
    north = by_code(registry, Selection(**{**vars(HIPS), "only_predicted": True}))["NORTH"]
    assert (north["matched"], north["n"], north["gain"]) == (12, 10, 240)


def test_period_stratum_and_scope_narrow(registry):
    year = Selection(**{**vars(HIPS), "first": date(2017, 1, 1), "last": date(2017, 12, 31)})
    assert set(by_code(registry, year)) == {"SOUTH"}
    assert set(by_code(registry, Selection(**{**vars(HIPS), "stratum": "revision"}))) == {"WEST"}
    east = by_code(registry)["EAST"]["clinic_id"]
    own = Scope(registry.scope.tenant_id, frozenset({UUID(str(east))}))
    assert set(by_code(registry, scope=own)) == {"EAST"}
    assert by_code(registry, scope=Scope(registry.scope.tenant_id, frozenset())) == {}
    assert get_choices(registry.cursor, Scope(registry.scope.tenant_id, frozenset())).empty


def test_what_is_shown_has_means_intervals_and_an_adjusted_gain(registry):
    found = get_shown_outcomes(registry.cursor, registry.scope, HIPS, CUTS)
    whole = found.whole.result
    gains = [24] * 12 + [-12] * 10 + [0] * 3
    expected = stats.t.interval(0.95, len(gains) - 1, sum(gains) / len(gains), stats.sem(gains))
    assert (whole.n, whole.gain) == (25, pytest.approx(6.72))
    assert (whole.gain_low, whole.gain_high) == pytest.approx(expected)
    south = next(group for group in found.clinics if group.code == "SOUTH")
    assert south.result is None  # ten patients, but with them the three of East could be worked out
    assert not south.is_small
    north = next(group for group in found.clinics if group.code == "NORTH")
    # observed − predicted: North −1.5, everybody (10 · −1.5 + 10 · −25.5 + 3 · −1.5) / 23
    assert north.result.adjusted == pytest.approx(-1.5 - (10 * -1.5 + 10 * -25.5 + 3 * -1.5) / 23 + 6.72)


def test_where_only_a_few_were_not_better_that_is_all_that_is_said(registry):
    revisions = get_outcomes_by_clinic(registry.cursor, registry.scope, HIPS)
    clinic = revisions.iloc[[0]].assign(n=100, predicted=0, matched=100, gain=900.0, gain_squared=9000.0)
    result = shown(clinic.assign(improved=97, same=0, worse=3), cuts=0).clinics[0].result
    assert (result.improved, result.same, result.worse, result.improved_at_least) == (None, 0, None, 91)
    result = shown(clinic.assign(improved=80, same=12, worse=8), cuts=0).clinics[0].result
    assert (result.improved, result.same, result.worse, result.improved_at_least) == (80, None, None, None)


def test_where_all_are_few_nothing_is_shown(registry):
    revisions = Selection(**{**vars(HIPS), "stratum": "revision"})
    found = get_shown_outcomes(registry.cursor, registry.scope, revisions, CUTS)
    assert (found.whole.eligible, found.whole.is_small, found.whole.result) == (1, True, None)


def test_mean_courses_are_of_patients_with_a_baseline(registry):
    north = by_code(registry)["NORTH"]["clinic_id"]
    courses = get_mean_courses(registry.cursor, registry.scope, HIPS, (182,), (UUID(str(north)),))
    found = [(str(c) == str(north), day, n, mean) for c, day, n, mean, _ in courses.itertuples(index=False)]
    assert found == [
        (False, 0, 26, pytest.approx((13 * 12 + 10 * 24 + 3 * 36) / 26)),
        (False, 182, 25, pytest.approx((12 * 36 + 10 * 12 + 3 * 36) / 25)),
        (True, 0, 13, 12),
        (True, 182, 12, 36),
    ]


@pytest.mark.parametrize(("part", "whole"), [(0, 12), (7, 12), (37_350, 40_706)])
def test_the_interval_of_a_share_is_wilsons(part, whole):
    expected = stats.binomtest(part, whole).proportion_ci(method="wilson")
    found = share(part, whole)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
