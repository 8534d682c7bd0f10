"""What a score in the lake says of itself: decimals kept, absences counted by reason, the definition it was made by."""

from datetime import UTC, datetime

import pytest

from care.database import app_session
from etl.run import run
from factories import make_episode, make_patient, make_response
from lake_rows import lake_rows

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)


@pytest.fixture
def answered(tenants):
    """Stores one response of Alpha's and carries it; returns its id."""
    alpha, _ = tenants

    def answer(instrument: str, document: dict):
        with app_session(alpha.id) as session:
            episode = make_episode(session, make_patient(session, alpha.north))
            response = make_response(session, episode, document, instrument=instrument)
        assert run(alpha.id, NOW).rejected == 0
        return lambda query: lake_rows(alpha.id, query, response.id)

    return answer


def test_a_tenth_of_a_millimetre_reaches_the_lake(answered):
    rows = answered("vas_pain@1", {"intensity": 47.5})
    assert rows("SELECT answers FROM lake.response WHERE response_id = ?") == [([47.5],)]
    scores = "SELECT scale, value FROM lake.score WHERE response_id = ? ORDER BY scale"
    assert rows(scores) == [("centimetres", 4.75), ("pain", 47.5)]
    assert rows("SELECT item, value FROM lake.answer WHERE response_id = ?") == [("intensity", 47.5)]


def test_a_decimal_in_one_of_twenty_one_items_spoils_no_other(answered):
    document = {f"q{place}": 10 for place in range(1, 22)} | {"q7": 12.5}
    rows = answered("worc@1", document)
    assert rows("SELECT value FROM lake.score WHERE response_id = ? AND scale = 'total'") == [(212.5,)]


def test_absent_answers_are_counted_by_their_reason(answered):
    document = {f"p{place}": 1 for place in range(1, 6)}
    document |= {"p6": "skipped", "p7": "not_asked", "p8": "not_applicable", "p9": "unreadable"}
    rows = answered("koos@1", document)
    question = """
        SELECT value, answered, items, skipped, not_asked, not_applicable, unreadable, method, definition
        FROM lake.score WHERE response_id = ? AND scale = ?
    """
    assert rows(question.replace("scale = ?", "scale = 'pain'")) == [(75, 5, 9, 1, 1, 1, 1, "prorated", "koos@1")]
    assert rows(question.replace("scale = ?", "scale = 'qol'")) == [(None, 0, 4, 4, 0, 0, 0, "none", "koos@1")]
