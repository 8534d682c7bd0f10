"""The courses behind a page: one's own clinics, one's own tenant, and nobody's name."""

from datetime import UTC, date, datetime, timedelta

import pytest

from care.access import Scope
from care.database import app_session
from care.lakes import lake_address
from care.registry import load_library
from care.status import EpisodeState
from etl.lakes import close_writer
from etl.run import run
from factories import make_episode, make_patient, make_response
from warehouse.connection import Lake, reader
from warehouse.questions.course import get_courses, get_similar_courses

INDEX = date(2026, 1, 12)
KNEE = ("stiffness", "twisting", "straightening", "stairs", "standing", "rising", "bending")
# KOOS JR of seven equal answers, from the published table: raw 0, 7, 14, 21, 28
SCORE = {0: 100.0, 1: 68.284, 2: 52.465, 3: 34.174, 4: 0.0}


def answer(session, episode, day, each):
    at = datetime(2026, 1, 12, 12, tzinfo=UTC) + timedelta(days=day)
    make_response(session, episode, dict.fromkeys(KNEE, each), completed_at=at, local_date=INDEX + timedelta(days=day))


def course(session, clinic, *answers, **columns):
    """An episode of its own patient with (day, seven equal answers) …"""
    episode = make_episode(session, make_patient(session, clinic), **columns)
    for day, each in answers:
        answer(session, episode, day, each)
    return episode.id


@pytest.fixture(scope="module")
def lake(two_tenants):
    """
    Alpha: an open course in each clinic; closed ones that began at the same score (near, twice followed up), at
    another (far), and one with a single follow-up (short). Beta has a closed course that began at the same score.
    """
    load_library()
    alpha, beta = two_tenants
    closed = {"state": EpisodeState.CLOSED}
    with app_session(alpha.id) as session:
        ids = {
            "north": course(session, alpha.north, (-5, 2), (14, 3), (42, 1)),
            "south": course(session, alpha.south, (-5, 2), (42, 2)),
            "near": course(session, alpha.south, (-3, 2), (14, 2), (42, 1), **closed),
            "far": course(session, alpha.north, (-3, 4), (14, 2), (42, 0), **closed),
            "short": course(session, alpha.north, (-3, 2), (42, 1), **closed),
            "revision": course(session, alpha.north, (-3, 2), (14, 2), (42, 1), stratum="revision", **closed),
        }
    with app_session(beta.id) as session:
        ids["beta"] = course(session, beta.north, (-3, 2), (14, 2), (42, 1), **closed)
    for tenant in two_tenants:
        run(tenant.id, datetime(2026, 3, 2, 12, tzinfo=UTC))
        close_writer(tenant.id)
    with reader(Lake(**lake_address(alpha.id))) as connection:
        yield connection.cursor(), ids


def scope(tenant, *clinics):
    return Scope(tenant.id, frozenset(clinics))


def test_a_course_is_every_scored_answer_oldest_first(lake, two_tenants):
    cursor, ids = lake
    found = get_courses(cursor, scope(two_tenants[0], two_tenants[0].north), (ids["north"],))
    assert found["day"].tolist() == [-5, 14, 42]
    assert found["value"].tolist() == [SCORE[2], SCORE[3], SCORE[1]]
    assert found["is_baseline"].tolist() == [True, False, False]


def test_an_episode_of_another_clinic_or_tenant_is_not_answered(lake, two_tenants):
    cursor, ids = lake
    alpha = two_tenants[0]
    everybody = tuple(ids.values())
    seen = get_courses(cursor, scope(alpha, alpha.south), everybody)["episode_id"].unique().tolist()
    assert sorted(seen) == sorted([ids["south"], ids["near"]])
    assert ids["beta"] not in get_courses(cursor, Scope(alpha.id, None), everybody)["episode_id"].tolist()


def test_no_clinic_is_no_course_and_no_episode_is_no_course(lake, two_tenants):
    cursor, ids = lake
    assert get_courses(cursor, scope(two_tenants[0]), tuple(ids.values())).empty
    assert get_courses(cursor, Scope(two_tenants[0].id, None), ()).empty


def test_similar_courses_are_closed_of_the_same_kind_nearest_by_start(lake, two_tenants):
    cursor, ids = lake
    alpha = two_tenants[0]
    found = get_similar_courses(cursor, scope(alpha, alpha.north), ids["north"], "koos_jr@1", "interval")
    assert found["course"].unique().tolist() == [1, 2]
    assert found[found["course"] == 1]["value"].tolist() == [SCORE[2], SCORE[2], SCORE[1]]
    assert found[found["course"] == 2]["value"].tolist() == [SCORE[4], SCORE[2], SCORE[0]]
    assert list(found.columns) == ["course", "day", "value"]


def test_similar_courses_of_somebody_elses_patient_are_not_answered(lake, two_tenants):
    cursor, ids = lake
    alpha = two_tenants[0]
    assert get_similar_courses(cursor, scope(alpha, alpha.south), ids["north"], "koos_jr@1", "interval").empty
