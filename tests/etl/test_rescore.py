"""Stored responses count by another version only after an explicit act, which keeps the scores that were."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from care.database import app_session, owner_engine
from care.models import AuditEvent
from care.registry import load_library
from care.rescoring import standing
from etl.__main__ import main
from etl.due import tenants_due
from etl.rebuild import rebuild
from etl.run import run
from factories import make_episode, make_patient, make_response
from lake_rows import forget_readers, lake_rows

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)

TWO = """
key = "two"
version = 1
title = "Two questions"
about = "side"
status = "draft"
citation = "none"
verified = "none"
items = [
  { id = "q1", label = "First" },
  { id = "q2", label = "Second" },
]
[item_defaults]
low = 0
high = 4
best = "low"
[[scales]]
name = "total"
label = "Two"
formula = "sum(q1..q2)"
direction = "lower"
range = [0, 8]
[licence]
status = "free"
holder = "none"
scoring = true
wording = true
[[vectors]]
answers = "1 2"
scores = { total = 3 }
"""
BETTER = TWO.replace("version = 1", "version = 2").replace("sum(q1..q2)", "psum(q1..q2, min=1)")


@pytest.fixture(scope="module")
def publish(tmp_path_factory):
    content = tmp_path_factory.mktemp("content")
    (content / "instruments").mkdir()
    (content / "pathways").mkdir()

    def published(text: str) -> None:
        (content / "instruments" / "two.toml").write_text(text)
        load_library(content)

    return published


@pytest.fixture(scope="module")
def answered(tenants, publish):
    """Alpha's complete and half-answered responses to version 1, stored before anybody published it."""
    alpha, _ = tenants
    with app_session(alpha.id) as session:
        ids = [
            make_response(
                session,
                make_episode(session, make_patient(session, alpha.north)),
                document,
                instrument="two@1",
                local_date=date(2026, 1, 10),
            ).id
            for document in ({"q1": 1, "q2": 2}, {"q1": 3})
        ]
    assert run(alpha.id, NOW).rejected == 2
    return alpha, ids


SCORES = "SELECT value, definition FROM lake.score WHERE instrument = 'two@1' ORDER BY value"
KEPT = "SELECT value, definition FROM lake.kept_score WHERE instrument = 'two@1' ORDER BY value"


def test_a_response_that_waited_for_its_instrument_is_taken_up_when_it_is_published(answered, publish):
    alpha, _ = answered
    assert lake_rows(alpha.id, SCORES) == []
    publish(TWO)
    assert alpha.id in {due.tenant_id for due in tenants_due(NOW)}
    run(alpha.id, NOW)
    assert lake_rows(alpha.id, SCORES) == [(3, "two@1"), (None, "two@1")]


def test_a_preview_says_what_would_change_and_changes_nothing(answered, publish, capsys):
    alpha, _ = answered
    publish(BETTER)
    run(alpha.id, NOW)
    assert main(["rescore", "--tenant", alpha.name, "--from", "two@1", "--to", "two@2", "--preview"]) == 0
    said = capsys.readouterr().out
    assert "total: of 2 responses 0 change" in said and "1 gain a score, 0 lose it" in said
    assert "Nothing was changed." in said
    assert lake_rows(alpha.id, SCORES) == [(3, "two@1"), (None, "two@1")]


def test_an_adopted_version_counts_and_the_old_scores_are_kept(answered):
    alpha, _ = answered
    assert main(["rescore", "--tenant", alpha.name, "--from", "two@1", "--to", "two@2"]) == 0
    assert lake_rows(alpha.id, SCORES) == [(3, "two@2"), (6, "two@2")]
    assert lake_rows(alpha.id, KEPT) == [(3, "two@1"), (None, "two@1")]
    assert lake_rows(alpha.id, "SELECT bool_and(is_baseline) FROM lake.response WHERE instrument = 'two@1'") == [
        (True,)
    ]
    engine = owner_engine()  # the trail cannot be read by the program
    with Session(engine) as session:
        (trace,) = session.scalars(select(AuditEvent).where(AuditEvent.action == "rescore"))
        assert trace.detail == {"asked": "two@1", "definition": "two@2", "changed": {"total": 1}}
    engine.dispose()


def test_a_later_answer_counts_by_the_adopted_version_too(answered):
    alpha, _ = answered
    with app_session(alpha.id) as session:
        make_response(session, make_episode(session, make_patient(session, alpha.north)), {"q2": 4}, instrument="two@1")
    run(alpha.id, NOW)
    assert lake_rows(alpha.id, SCORES) == [(3, "two@2"), (6, "two@2"), (8, "two@2")]
    assert lake_rows(alpha.id, KEPT) == [(3, "two@1"), (None, "two@1"), (None, "two@1")]


def test_a_rebuilt_lake_holds_the_same(answered):
    alpha, _ = answered
    before = [lake_rows(alpha.id, query) for query in (SCORES, KEPT)]
    forget_readers()
    rebuild(alpha.id, NOW)
    assert [lake_rows(alpha.id, query) for query in (SCORES, KEPT)] == before


def test_the_way_back_is_an_act_of_its_own(answered, capsys):
    alpha, _ = answered
    for code in (0, 1):
        assert main(["rescore", "--tenant", alpha.name, "--from", "two@1", "--to", "two@1"]) == code
    assert "scored by two@1 already" in capsys.readouterr().err
    assert lake_rows(alpha.id, SCORES) == [(3, "two@1"), (None, "two@1"), (None, "two@1")]
    assert lake_rows(alpha.id, KEPT) == [(3, "two@2"), (6, "two@2"), (8, "two@2")]
    with app_session(alpha.id) as session:
        assert standing(session, "two@1") == "two@1"


def test_another_questionnaire_is_refused(answered, capsys):
    alpha, _ = answered
    assert main(["rescore", "--tenant", alpha.name, "--from", "two@1", "--to", "nprs@1"]) == 1
    assert "nprs@1 has no item q1 with the answers of two@1." in capsys.readouterr().err


def test_nobody_elses_responses_are_touched(answered, tenants):
    _, beta = tenants
    with app_session(beta.id) as session:
        make_response(session, make_episode(session, make_patient(session, beta.north)), {"q1": 1}, instrument="two@1")
    run(beta.id, NOW)
    assert lake_rows(beta.id, SCORES) == [(None, "two@1")]
    assert lake_rows(beta.id, KEPT) == []
