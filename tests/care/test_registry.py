"""Definitions are published once and never changed under the answers that they scored."""

import pytest

import settings
from care.database import app_session
from care.errors import CareError
from care.registry import definitions, load_library

KNEE = 'key = "knee"\nversion = 1\ntitle = "Knee"\n'


@pytest.fixture
def content(tmp_path):
    (tmp_path / "instruments").mkdir()
    (tmp_path / "pathways").mkdir()
    return tmp_path


def test_a_file_is_published_once(two_tenants, content):
    (content / "pathways" / "knee.toml").write_text(KNEE)
    assert (load_library(content), load_library(content)) == (1, 0)
    for tenant in two_tenants:
        with app_session(tenant.id) as session:
            assert definitions(session, "pathway")["knee@1"].body == KNEE


def test_a_published_version_cannot_change_its_text(two_tenants, content):
    (content / "pathways" / "knee.toml").write_text(KNEE)
    load_library(content)
    (content / "pathways" / "knee.toml").write_text(KNEE + "# a word more\n")
    with pytest.raises(CareError, match="knee.toml has changed since knee@1 was published. Raise the version"):
        load_library(content)
    (content / "pathways" / "knee.toml").write_text(KNEE.replace("= 1", "= 2"))
    assert load_library(content) == 1


@pytest.mark.parametrize("body", ["version = 1\n", 'key = "x"\n', "key = \n", 'key = "x"\nversion = "one"\n'])
def test_a_file_that_is_no_definition_is_named_with_the_cure(two_tenants, content, body):
    (content / "pathways" / "broken.toml").write_text(body)
    with pytest.raises(CareError, match="broken.toml: .*starts with key"):
        load_library(content)


def test_an_instrument_that_fails_its_own_vectors_is_not_published(two_tenants, content):
    text = (settings.CONTENT / "instruments" / "oxford_hip.toml").read_text()
    assert "psum(" in text
    wrong = text.replace("psum(", "1 + psum(").replace("version = 1", "version = 99")
    (content / "instruments" / "oxford_hip.toml").write_text(wrong)
    with pytest.raises(CareError, match=r"oxford_hip@99 cannot be published:\n.*oxford_hip.toml, line \d+"):
        load_library(content)
