"""The sums of the network as seen from outside: what another tenant, a demonstration or a wrong number can do."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from care.choices import SHARES_STATISTICS, choose
from care.database import app_session, owner_engine
from care.ids import new_id
from care.models import NetworkStatistic
from care.tenants import add_clinic, add_tenant, all_tenants
from factories import make_patient

STRATUM = {
    "condition": "knee_replacement", "stratum": "primary", "index_kind": "surgery", "instrument": "koos_jr@1",
    "scale": "interval", "method": "1",
}  # fmt: skip
NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)


def tell(tenant: UUID, payload: object) -> None:
    """What the tenant's run delivers."""
    with app_session(tenant) as session:
        row = session.scalars(select(NetworkStatistic)).one_or_none()
        if row is None:
            row = NetworkStatistic(id=new_id(), tenant_id=tenant, patients=30, published_at=NOW, **STRATUM)
            session.add(row)
        row.payload = payload


def heard(tenant: UUID) -> dict | None:
    with app_session(tenant) as session:
        return session.scalar(text("SELECT total FROM network_statistic()"))


def news(tenant: UUID) -> str | None:
    with app_session(tenant) as session:
        return session.scalar(text("SELECT network_news()"))


@pytest.fixture
def five(store):
    """Five tenants with 30 patients each, who have told 1, 2, 3, 4 and 5."""
    made = [add_tenant(f"Tenant {new_id()}") for _ in range(5)]
    for number, tenant in enumerate(made, start=1):
        tell(tenant, {"patients": [30], "lag 1": [30, number, 30]})
    yield made
    with owner_engine().begin() as connection:
        connection.execute(text("DELETE FROM network_statistic"))


def test_each_hears_the_sum_of_the_others(five):
    assert [heard(tenant)["lag 1"][1] for tenant in five] == [14, 13, 12, 11, 10]
    assert heard(five[0])["patients"] == [120]


@pytest.mark.parametrize(
    "payload",
    [
        {"patients": [30], "lag 1": [30, "NaN", 30]},
        {"patients": [30], "lag 1": [30, 1e13, 30]},
        {"patients": [30], "lag 1": [30, None, 30]},
        {"patients": [19]},
        {"patients": []},
        {"patients": 30},
        [30, 1.0, 30],
        "30",
    ],
)
def test_what_cannot_be_sums_of_twenty_patients_is_refused(five, payload):
    with pytest.raises(IntegrityError, match="ck_network_statistic_payload"):
        tell(five[0], payload)
    assert heard(five[1])["lag 1"][1] == 13


def test_a_cell_is_served_from_three_tenants_on_cell_by_cell(five):
    for tenant in five[:2]:
        tell(tenant, {"patients": [30], "lag 1": [30, 1, 30], "lag 2": [30, 7, 30]})
    assert "lag 2" not in heard(five[4])  # two have it: one would read off the other's
    tell(five[2], {"patients": [30], "lag 1": [30, 1, 30], "lag 2": [30, 7, 30]})
    assert heard(five[4])["lag 2"] == [90, 21, 90]
    assert "lag 2" not in heard(five[0])  # of the others only two


def test_a_cell_that_is_mostly_one_tenants_is_not_served(five):
    tell(five[0], {"patients": [30], "lag 1": [135, 1, 135]})
    assert heard(five[4])["lag 1"][0] == 225  # 60 % of them
    tell(five[0], {"patients": [30], "lag 1": [136, 1, 136]})
    assert "lag 1" not in heard(five[4]) and heard(five[4])["patients"] == [120]


def test_cells_of_different_sizes_are_not_added(five):
    tell(five[0], {"patients": [30], "lag 1": [30, 1, 30, 30]})
    assert "lag 1" not in heard(five[4])
    assert heard(five[0])["lag 1"][1] == 14


def test_sums_of_another_method_are_not_added(five):
    with app_session(five[0]) as session:
        session.execute(text("UPDATE network_statistic SET method = '2'"))
    assert heard(five[4])["lag 1"] == [90, 2 + 3 + 4, 90]


def test_who_opts_out_is_out_of_the_sum_at_once_and_hears_nothing(five):
    before = news(five[0])
    with app_session(five[4]) as session:
        choose(session, None, SHARES_STATISTICS, False)
    assert heard(five[0])["lag 1"] == [90, 2 + 3 + 4, 90]
    assert news(five[0]) != before
    assert heard(five[4]) is None and news(five[4]) is None
    with app_session(five[4]) as session:
        choose(session, None, SHARES_STATISTICS, True)
    assert heard(five[0])["lag 1"][1] == 14 and news(five[0]) == before


def test_a_demonstration_neither_gives_nor_gets(five):
    """Its password is public, and its patients are made up."""
    demo = add_tenant(f"Demo {new_id()}", demo=True)
    tell(demo, {"patients": [30], "lag 1": [30, 1000, 30]})
    assert heard(five[0])["lag 1"][1] == 14
    assert heard(demo) is None and news(demo) is None


def test_a_tenant_whose_rows_are_deleted_is_out_of_the_sum(five):
    with owner_engine().begin() as connection:
        connection.execute(text("DELETE FROM network_statistic WHERE tenant_id = :gone"), {"gone": five[1]})
    assert heard(five[0])["lag 1"] == [90, 3 + 4 + 5, 90]


def test_a_tenant_reads_and_writes_its_own_row_only(five):
    mine, other = five[:2]
    with app_session(mine) as session:
        assert session.scalars(text("SELECT tenant_id FROM network_statistic")).all() == [mine]
        of_others = text("UPDATE network_statistic SET patients = 40 WHERE tenant_id <> :me")
        assert session.execute(of_others, {"me": mine}).rowcount == 0
    with pytest.raises(DBAPIError, match="row-level security"), app_session(mine) as session:
        session.add(NetworkStatistic(id=new_id(), tenant_id=other, payload={}, patients=0, published_at=NOW, **STRATUM))
    with pytest.raises(DBAPIError, match="permission denied"), app_session(mine) as session:
        session.execute(text("DELETE FROM network_statistic"))


def test_a_patients_session_hears_nothing(five):
    name = next(tenant.name for tenant in all_tenants() if tenant.id == five[0])
    clinic = add_clinic(name, "N", "North")
    with app_session(five[0]) as session:
        patient = make_patient(session, clinic).id
    with app_session(five[0], patient) as session:
        assert session.execute(text("SELECT * FROM network_statistic()")).all() == []
        assert session.execute(text("SELECT * FROM network_statistic")).all() == []


def test_nobody_hears_what_is_news_before_others_have_told(store):
    alone = add_tenant(f"Alone {new_id()}")
    assert news(alone) is None and heard(alone) is None


def test_news_is_another_text_when_somebody_tells_again(five):
    before = news(five[0])
    assert before == news(five[0])
    with app_session(five[1]) as session:
        session.execute(text("UPDATE network_statistic SET published_at = published_at + interval '1 week'"))
    assert news(five[0]) != before
