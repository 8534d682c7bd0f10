"""python -m etl: what it prints, and how it refuses."""

from datetime import UTC, datetime

import pytest

import settings
from care import database
from care.database import app_session
from care.models import TenantLake
from etl.__main__ import main
from factories import make_episode, make_patient, make_response

EARLY = datetime(2026, 1, 12, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def alpha(tenants):
    alpha, _ = tenants
    with app_session(alpha.id) as session:
        episode = make_episode(session, make_patient(session, alpha.north))
        make_response(session, episode, {"intensity": 11}, instrument="nprs@1", completed_at=EARLY)
        make_response(session, episode, {"intensity": 6}, instrument="nprs@1", completed_at=EARLY)
    return alpha


def test_run_says_per_tenant_what_was_done_and_then_that_nothing_is_due(alpha, capsys):
    assert main(["run"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("Alpha Orthopedics (never read): read 7 rows")
    assert "rejected 1" in told[0]
    assert told[1].startswith("Beta Physio (never read)")
    assert main(["run"]) == 0
    assert capsys.readouterr().out == "Nothing is due.\n"
    assert main(["run", "--tenant", "Alpha Orthopedics"]) == 0
    assert capsys.readouterr().out == "Nothing is due.\n"


def test_status_has_one_line_per_tenant(alpha, capsys):
    with app_session(alpha.id) as session:
        session.get_one(TenantLake, alpha.id).last_error = "The database went away during the run."
    assert main(["status"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("Alpha Orthopedics: data as of ")
    assert "nothing due; 1 episodes, 1 responses, 1 scores, 1 rejected; last error: The database went away" in first
    assert second.startswith("Beta Physio: data as of ")


@pytest.mark.parametrize("command", [["run", "--tenant"], ["rebuild", "--tenant"]])
def test_an_unknown_tenant_is_refused_with_the_ones_there_are(alpha, capsys, command):
    assert main([*command, "Gamma"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("There is no tenant “Gamma”. Tenants: “Alpha Orthopedics”, “Beta Physio”.")


@pytest.mark.parametrize("command", [["run"], ["work"], ["status"], ["rebuild", "--tenant", "Alpha Orthopedics"]])
def test_a_database_that_does_not_answer_is_refused_in_one_sentence(alpha, capsys, monkeypatch, command):
    with monkeypatch.context() as patch:
        patch.setattr(settings, "DATABASE_URL", "postgresql://somebody:secret@127.0.0.1:1/physio")
        database.given_url.cache_clear()
        assert main(command) == 1
    database.given_url.cache_clear()
    told = capsys.readouterr().err
    assert told.startswith("The database at postgresql://somebody:***@127.0.0.1:1/physio does not answer")
    assert "Check DATABASE_URL" in told and "Traceback" not in told


def test_rebuild_reads_everything_again(alpha, capsys):
    assert main(["rebuild", "--tenant", str(alpha.id)]) == 0
    assert capsys.readouterr().out == "The lake was made anew: 7 rows read, 1 rejected.\n"
