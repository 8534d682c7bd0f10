"""The lake's scores, in bulk, are those that care computes one by one from the same documents."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from care.database import app_session
from care.registry import definitions
from etl.run import run
from factories import make_episode, make_patient, make_response
from lake_rows import lake_rows
from scoring.absence import ABSENCE_NAMES
from scoring.instrument import Instrument
from scoring.instruments import parse_instrument
from scoring.score import score_response

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
INSTRUMENTS = ("oxford_knee@1", "oxford_hip@1", "koos_jr@1", "hoos_jr@1", "odi@1", "nprs@1")
DOCUMENTS = 40


@pytest.mark.parametrize("reference", INSTRUMENTS)
def test_bulk_and_single_scores_agree(tenants, reference):
    alpha, _ = tenants
    chance = random.Random(reference)
    expected = {}
    with app_session(alpha.id) as session:
        instrument = parse_instrument(definitions(session, "instrument")[reference].body, reference)
        episode = make_episode(session, make_patient(session, alpha.north))
        for number in range(DOCUMENTS):
            document = some_answers(instrument, chance, absent=number % 4 * 0.1)
            day = {"local_date": episode.index_date + timedelta(days=number)}
            response = make_response(session, episode, document, instrument=reference, **day)
            for score in score_response(instrument, document):
                expected[response.id, score.scale] = (score.value, score.answered, score.items, score.method)
    run(alpha.id, NOW)
    stored = lake_rows(
        alpha.id,
        "SELECT response_id, scale, value, answered, items, method FROM lake.score WHERE instrument = ?",
        reference,
    )
    assert {(response, scale): tuple(rest) for response, scale, *rest in stored} == expected
    assert any(value is None for value, *_ in expected.values()) or len(instrument.items) == 1


def some_answers(instrument: Instrument, chance: random.Random, absent: float) -> dict[str, float | str]:
    """A document with this share of absent answers, for any of the reasons; some are just not in it."""
    document = {}
    for item in instrument.items:
        if chance.random() >= absent:
            document[item.id] = chance.randint(int(item.low), int(item.high))
        elif chance.random() < 0.8:
            document[item.id] = chance.choice(sorted(ABSENCE_NAMES))
    return document
