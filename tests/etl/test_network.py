"""What leaves a tenant for the network: sums of twenty patients or more, served as a sum of three tenants or more."""

import json
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import select, text

from care.choices import SHARES_STATISTICS, choose
from care.database import app_session
from care.models import NetworkStatistic
from care.registry import load_library
from care.status import AssignmentState, EpisodeState
from care.tenants import add_clinic, add_tenant
from etl.carry import sql
from etl.lakes import close_writer
from etl.run import run
from factories import make_assignment, make_episode, make_patient, make_response
from lake_rows import lake_rows

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
INDEX = date(2025, 6, 2)
DAYS = (14, 42)
PATIENTS = (24, 25, 26, 23)


def finish(session, clinic, count: int, seed: int) -> None:
    """So many closed courses of pain: a start, two follow-ups."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        past = make_episode(session, make_patient(session, clinic), index_date=INDEX, state=EpisodeState.CLOSED)
        start = int(rng.integers(5, 10))
        for day, score in zip((-3, *DAYS), (start, start - 2, start - 4), strict=True):
            make_response(
                session, past, {"intensity": int(np.clip(score + rng.integers(-1, 2), 0, 10))}, instrument="nprs@1",
                local_date=INDEX + timedelta(days=day),
                completed_at=datetime.combine(INDEX, NOW.time(), UTC) + timedelta(days=day),
            )  # fmt: skip
        for day in DAYS:
            make_assignment(
                session, past, step=f"day {day}", instrument="nprs@1", due_date=INDEX + timedelta(days=day),
                state=AssignmentState.ANSWERED,
            )  # fmt: skip


@pytest.fixture(scope="module")
def clinics(store):
    """Four tenants with about 25 finished patients each, as (tenant, clinic)."""
    load_library()
    made = []
    for number, count in enumerate(PATIENTS):
        tenant = add_tenant(f"Tenant {number}")
        clinic = add_clinic(f"Tenant {number}", "N", "North")
        with app_session(tenant) as session:
            finish(session, clinic, count, number)
        run(tenant, NOW)
        made.append((tenant, clinic))
    yield made
    for tenant, _ in made:
        close_writer(tenant)


def told(tenant) -> NetworkStatistic | None:
    with app_session(tenant) as session:
        return session.scalars(select(NetworkStatistic).where(NetworkStatistic.instrument == "nprs@1")).one_or_none()


def served(tenant) -> list:
    with app_session(tenant) as session:
        return session.execute(text("SELECT tenants, patients, total FROM network_statistic()")).all()


def test_a_tenant_tells_sums_and_no_row(clinics):
    for (tenant, _), count in zip(clinics, PATIENTS, strict=True):
        cell = told(tenant)
        assert (cell.patients, cell.scale) == (count, "pain")
        # one answer on day 14 and one on day 42: two stretches, one lag, one pair of knots
        assert set(cell.payload) == {
            "patients", "stretch 1", "stretch 2", "lag 5", "knots 1 2", "together", "following", "after",
        }  # fmt: skip
        assert {numbers[0] for numbers in cell.payload.values()} == {count}
        (total,) = lake_rows(tenant, "SELECT sum(value) FROM lake.score WHERE value IS NOT NULL AND day = 14")[0]
        sums = np.array(cell.payload["stretch 1"][1:109]).reshape(3, 6, 6)
        assert sums[0, 0, 0] == count and sums[0, 0, -1] == total


def test_what_is_told_is_behind_the_wall(clinics):
    (first, _), (second, _) = clinics[:2]
    with app_session(first) as session:
        assert set(session.scalars(select(NetworkStatistic.tenant_id))) == {first}
    assert told(first).id != told(second).id


def test_a_tenant_gets_the_sum_of_the_others(clinics):
    for tenant, _ in clinics:
        others = [told(other).payload for other, _ in clinics if other != tenant]
        ((tenants, patients, total),) = served(tenant)
        assert (tenants, patients) == (3, sum(PATIENTS) - told(tenant).patients)
        for cell, numbers in total.items():
            assert numbers == pytest.approx(np.sum([other[cell] for other in others], axis=0).tolist())


def test_a_curve_rests_on_the_network_too(clinics):
    """A tenant of five patients: no curve without the others, one with them, and it says so."""
    small = add_tenant("Small")
    clinic = add_clinic("Small", "N", "North")
    with app_session(small) as session:
        finish(session, clinic, 5, 9)
        patient = make_patient(session, clinic)
        episode = make_episode(session, patient, index_date=INDEX)
        for day, score in ((-3, 7), (14, 6)):
            make_response(
                session, episode, {"intensity": score}, instrument="nprs@1", local_date=INDEX + timedelta(days=day),
                completed_at=datetime.combine(INDEX, NOW.time(), UTC) + timedelta(days=day),
            )  # fmt: skip
    run(small, NOW)
    own, network, literature, n = lake_rows(
        small, "SELECT mix_own, mix_network, mix_literature, n_similar FROM lake.track WHERE p50 IS NOT NULL"
        " AND score = 6 AND instrument = 'nprs@1'",
    )[0]  # fmt: skip
    assert own + network + literature == pytest.approx(1) and network > own > 0
    assert n > 90
    assert told(small) is None  # five are too few to tell of
    close_writer(small)


def test_again_only_after_a_week_and_twenty_more(clinics):
    tenant, clinic = clinics[0]
    first = told(tenant)
    with app_session(tenant) as session:
        finish(session, clinic, 19, 50)
    run(tenant, NOW + timedelta(days=8))
    assert told(tenant).patients == first.patients  # nineteen could be told from the difference
    with app_session(tenant) as session:
        finish(session, clinic, 1, 51)
    run(tenant, NOW + timedelta(days=9))
    assert told(tenant).patients == first.patients + 20
    with app_session(tenant) as session:
        finish(session, clinic, 25, 52)
    run(tenant, NOW + timedelta(days=10))
    assert told(tenant).patients == first.patients + 20  # the week is not over
    # attacker's subtraction, cell by cell: what has changed is of twenty patients or more
    first, second = (
        json.loads(payload)
        for (payload,) in lake_rows(tenant, "SELECT payload FROM lake.network_cell ORDER BY publication")
    )
    told_of = lake_rows(tenant, "SELECT cell, patient_key, told_from, told_until FROM lake.network_source")
    for cell, numbers in second.items():
        assert numbers[0] - first[cell][0] == 20
        new = {who for name, who, told_from, _ in told_of if name == cell and told_from == 2}
        assert len(new) == 20 or not cell.startswith(("patients", "stretch"))
    assert {told_until for *_, told_until in told_of} == {None}


def listen(tenant, clinic, as_of: datetime) -> tuple[datetime | None, float]:
    """When the network was last asked, and what it said of the answers' number, after a run that has little to do."""
    with app_session(tenant) as session:
        make_episode(session, make_patient(session, clinic), condition="low_back_pain", index_date=INDEX)
    run(tenant, as_of)
    ((heard_at, total),) = lake_rows(
        tenant, "SELECT heard_at, total FROM lake.network_hearing LEFT JOIN lake.network_heard ON true"
    )
    return heard_at, json.loads(total)["patients"][0]


def test_a_newer_sum_of_the_others_is_a_reason_to_fit_once_a_week_at_most(clinics):
    (tenant, clinic), (other, _) = clinics[2], clinics[3]
    first = listen(tenant, clinic, NOW + timedelta(days=11))
    assert first[0] == NOW + timedelta(days=11)  # nothing was served before: at once
    with app_session(other) as session:
        session.execute(
            text(
                "UPDATE network_statistic SET published_at = published_at + interval '1 day', "
                "payload = jsonb_set(payload, '{patients,0}', '33')"
            )
        )
    assert listen(tenant, clinic, NOW + timedelta(days=17)) == first
    heard_at, patients = listen(tenant, clinic, NOW + timedelta(days=18))
    assert (heard_at, patients) == (NOW + timedelta(days=18), first[1] + 33 - PATIENTS[3])
    ((fitted_at,),) = lake_rows(
        tenant, "SELECT DISTINCT fitted_at FROM lake.curve_statistic WHERE instrument = 'nprs@1' AND fold_left_out = -1"
    )
    assert fitted_at == heard_at
    assert listen(tenant, clinic, NOW + timedelta(days=40)) == (heard_at, patients)  # no news


def test_who_opts_out_forgets_what_the_network_said(clinics):
    tenant, clinic = clinics[2]
    with app_session(tenant) as session:
        choose(session, None, SHARES_STATISTICS, False)
    run(tenant, NOW + timedelta(days=41))
    assert lake_rows(tenant, "SELECT * FROM lake.network_heard") == []
    assert lake_rows(tenant, "SELECT DISTINCT mix_network FROM lake.track WHERE mix_network > 0") == []
    with app_session(tenant) as session:
        choose(session, None, SHARES_STATISTICS, True)


def test_numbers_that_cannot_be_sums_are_not_delivered(clinics):
    """A run whose sums are refused still delivers its tracks."""
    tenant, _ = clinics[1]
    with app_session(tenant) as session:
        session.execute(text(sql("deliver/tables")))
        session.execute(
            text(
                "INSERT INTO new_network SELECT condition, stratum, index_kind, instrument, scale, method, patients, "
                "jsonb_set(payload, '{patients,0}', '3'), published_at FROM network_statistic"
            )
        )
        assert session.execute(text(sql("deliver/network"))).rowcount == 0


def test_who_does_not_share_gives_nothing_and_gets_nothing(clinics):
    tenant, _ = clinics[3]
    with app_session(tenant) as session:
        choose(session, None, SHARES_STATISTICS, False)
    assert served(tenant) == []
    assert served(clinics[0][0]) == []  # two others are too few
    with app_session(tenant) as session:
        choose(session, None, SHARES_STATISTICS, True)
    assert len(served(tenant)) == 1


def test_a_sum_that_is_mostly_one_tenants_is_not_served(clinics):
    big, clinic = clinics[1]
    with app_session(big) as session:
        session.execute(text("UPDATE network_statistic SET payload = jsonb_set(payload, '{stretch 1,0}', '1000')"))
    (_, _, total), (_, _, of_the_big) = served(clinics[2][0])[0], served(big)[0]
    assert "stretch 1" not in total and "stretch 2" in total and "stretch 1" in of_the_big
