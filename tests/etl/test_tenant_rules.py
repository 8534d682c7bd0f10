"""A clinic's own numbers in the run: whom they hold for, who is judged anew, and what is written down of it."""

import json
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import select

from busy_clinic import INDEX, NOW, pain
from care.choices import choose
from care.database import app_session
from care.models import Alert, Track
from care.status import AssignmentState, EpisodeState
from etl.due import tenants_due
from etl.run import run
from factories import make_assignment, make_episode, make_patient, make_response
from lake_rows import lake_rows

RATE, ROW = "off_expected.episodes_flagged", "silent.expired_in_row"


@pytest.fixture(scope="module")
def clinics(tenants):
    """Alpha and Beta, alike: a noisy curve, a patient at each score, and one whose one survey ran out."""
    waiting = {}
    for tenant in tenants:
        rng = np.random.default_rng(3)
        with app_session(tenant.id) as session:
            for number in range(90):
                before, index = int(rng.integers(5, 9)), INDEX - timedelta(days=200)
                state = EpisodeState.CLOSED if number < 80 else EpisodeState.OPEN
                episode = make_episode(session, make_patient(session, tenant.north), index_date=index, state=state)
                pain(session, episode, -3, 7 if number >= 80 else before)
                pain(
                    session, episode, 42, number - 80 if number >= 80 else max(0, before - 5 + int(rng.integers(-3, 4)))
                )
                make_assignment(session, episode, instrument="nprs@1", due_date=index + timedelta(days=42),
                                state=AssignmentState.ANSWERED)  # fmt: skip
            episode = make_episode(session, make_patient(session, tenant.north), index_date=INDEX)
            pain(session, episode, -3, 7)
            make_assignment(session, episode, instrument="nprs@1", expires_at=NOW - timedelta(days=1))
            waiting[tenant.id] = episode.id
        run(tenant.id, NOW)
    return *tenants, waiting


def status(tenant, episode_id) -> str:
    with app_session(tenant.id) as session:
        return session.scalars(select(Track.status).where(Track.episode_id == episode_id)).one()


def off_track(tenant) -> int:
    open_ones = "SELECT episode_id FROM lake.episode WHERE state = 'open'"
    return lake_rows(
        tenant.id,
        f"SELECT count(*) FROM lake.track WHERE list_contains(reasons, 'off_expected') AND episode_id IN ({open_ones})",
    )[0][0]


def rules_of_last_run(tenant) -> dict:
    return json.loads(lake_rows(tenant.id, "SELECT rules FROM lake.etl_run ORDER BY snapshot DESC LIMIT 1")[0][0])


def test_a_choice_is_news_and_judges_every_open_episode_of_its_tenant_anew(clinics):
    alpha, beta, waiting = clinics
    assert status(alpha, waiting[alpha.id]) == status(beta, waiting[beta.id]) == "few_data"
    assert tenants_due(NOW) == []
    with app_session(alpha.id) as session:
        choose(session, None, ROW, 1)
    assert [(due.tenant_id, due.why) for due in tenants_due(NOW)] == [(alpha.id, "changed rows")]
    for tenant in (alpha, beta):
        run(tenant.id, NOW)
    assert status(alpha, waiting[alpha.id]) == "silent"
    assert status(beta, waiting[beta.id]) == "few_data"
    with app_session(alpha.id) as session:
        assert session.scalars(select(Alert.rule).where(Alert.episode_id == waiting[alpha.id])).all() == ["silent"]
    assert (rules_of_last_run(alpha)["silent_after"], rules_of_last_run(beta)["silent_after"]) == (1, 2)
    assert tenants_due(NOW) == []


def test_a_rate_of_five_flags_fewer_than_a_rate_of_twenty(clinics):
    alpha, beta, _ = clinics
    standing, found = off_track(alpha), {}
    for rate in (5, 20, 10):
        with app_session(alpha.id) as session:
            choose(session, None, RATE, rate)
        run(alpha.id, NOW)
        found[rate] = off_track(alpha)
    assert 0 < found[5] <= found[10] <= found[20] and found[5] < found[20]
    assert found[10] == standing == off_track(beta)


def test_the_same_rules_chosen_again_write_no_track(clinics):
    alpha, _, _ = clinics
    before = lake_rows(alpha.id, "SELECT count(*) FROM lake.track_history")
    with app_session(alpha.id) as session:
        choose(session, None, RATE, 10)
    run(alpha.id, NOW)
    assert lake_rows(alpha.id, "SELECT count(*) FROM lake.track_history") == before


def test_a_silence_is_one_alert_though_several_questionnaires_were_sent_together(clinics):
    """Two answers of one instant: whichever is called the last one, it is the same one in every run."""
    alpha, _, _ = clinics
    with app_session(alpha.id) as session:
        episode = make_episode(session, make_patient(session, alpha.north), index_date=INDEX)
        for instrument, answers in (
            ("nprs@1", {"intensity": 7}),
            ("odi@1", {"pain": 2}),
            ("koos_jr@1", {"stiffness": 2}),
        ):
            make_response(
                session,
                episode,
                answers,
                instrument=instrument,
                local_date=INDEX,
                completed_at=NOW - timedelta(days=60),
            )
        make_assignment(session, episode, instrument="nprs@1", expires_at=NOW - timedelta(days=1))
    for day in range(4):
        with app_session(alpha.id) as session:
            choose(session, None, RATE, (5, 10)[day % 2])
        run(alpha.id, NOW)
    with app_session(alpha.id) as session:
        assert len(session.scalars(select(Alert).where(Alert.episode_id == episode.id)).all()) == 1
