"""python -m care: what an administrator types, and the one sentence that says what went wrong."""

import io
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from care.__main__ import main
from care.access import Role
from care.choices import SHARES_STATISTICS, choose, chosen
from care.database import app_session
from care.errors import NotPermitted
from care.sign_in import authenticate
from care.tenants import tenant_named

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def clinic(store):
    assert main(["tenant", "add", "Gamma Physio", "--demo"]) == 0
    assert main(["clinic", "add", "Harbour", "--tenant", "Gamma Physio", "--code", "H"]) == 0


def test_an_account_signs_in_with_the_password_that_was_shown_once(clinic, capsys):
    assert main(["account", "add", "ida@example.org", "--tenant", "Gamma Physio", "--role", "provider"]) == 0
    password = capsys.readouterr().out.split()[-1]
    assert authenticate("ida@example.org", password, NOW)[0].tenant_name == "Gamma Physio"


def test_a_password_can_be_handed_over_on_standard_input(clinic, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("a pass phrase of my own\n"))
    words = ["account", "add", "jo@example.org", "--tenant", "Gamma Physio", "--role", "manager", "--clinic", "H"]
    assert main([*words, "--password-stdin"]) == 0
    assert "a pass phrase" not in capsys.readouterr().out
    assert authenticate("jo@example.org", "a pass phrase of my own", NOW)[0].role == "manager"


def test_a_tenant_stays_out_of_the_network_and_comes_back(clinic, capsys):
    for choice, shares in (("no", False), ("yes", True)):
        assert main(["tenant", "share", "Gamma Physio", choice]) == 0
        with app_session(tenant_named("Gamma Physio").id) as session:
            assert chosen(session, SHARES_STATISTICS, None) is shares
    assert "shares sums with the network" in capsys.readouterr().out


@pytest.mark.parametrize("role", [Role.PROVIDER, Role.RESEARCHER])
def test_only_a_manager_may_choose_for_the_tenant(clinic, role):
    tenant_id = tenant_named("Gamma Physio").id
    viewer = SimpleNamespace(role=role, membership_id=None)
    with app_session(tenant_id) as session, pytest.raises(NotPermitted, match=f"A {role} may not change"):
        choose(session, viewer, SHARES_STATISTICS, False)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["tenant", "add", "Gamma Physio"], "There is a tenant named “Gamma Physio” already. Choose another name."),
        (["clinic", "add", "X", "--tenant", "Delta"], "There is no tenant “Delta”. Tenants: “Gamma Physio”."),
        (
            ["account", "add", "k@example.org", "--tenant", "Gamma Physio", "--role", "provider", "--clinic", "Z"],
            "“Gamma Physio” has no clinic Z. Clinics: H.",
        ),
    ],
)
def test_what_cannot_be_done_is_one_sentence_with_the_cure(clinic, capsys, words, sentence):
    assert main(words) == 1
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.startswith(sentence) and captured.err.count("\n") == 1


def test_an_unknown_role_is_refused_with_the_roles_there_are(clinic, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["account", "add", "k@example.org", "--tenant", "Gamma Physio", "--role", "surgeon"])
    assert "provider" in capsys.readouterr().err
