"""The own course: the sentence, the table, the picture, with the answer just given."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.database import app_session
from care.registry import load_library
from care.verbs.answer import Sending, submit
from care.verbs.draft import save_answer
from portal.chart import own_chart
from portal.drawing import EDGE, FOOT, HEIGHT, WIDTH, draw
from portal_patients import BAND, ITEMS, asked_patient, give_course, surveys_of


@pytest.fixture(scope="module", autouse=True)
def library(store):
    load_library()


@pytest.fixture
def episode(two_tenants):
    alpha = two_tenants[0]
    episode = asked_patient(alpha.id, alpha.north, ("koos_jr@1",))
    give_course(episode)
    return episode


def chart_of(episode, level=None):
    """The chart, after an answer of today that says the same ``level`` to every question."""
    now = datetime.now(UTC)
    with app_session(episode.tenant_id, episode.patient_id) as session:
        if level is not None:
            survey = surveys_of(episode)["koos_jr@1"]
            for item in ITEMS:
                save_answer(session, survey, item, level, f"{item}:{level}", "en", now)
            submit(session, [Sending((survey,), (-90, 0))], now)
            session.flush()
        return own_chart(session, episode.id)


# KOOS JR of seven equal answers: sums 0, 7, 14, 21 score 100, 68.3, 52.5, 34.2; day 42 expects 52 to 75
@pytest.mark.parametrize(("level", "says"), [(0, "better"), (1, "usual"), (2, "usual"), (3, "worse")])
def test_the_answer_just_given_is_on_the_chart_before_any_worker_has_seen_it(episode, level, says):
    before, after = chart_of(episode), chart_of(episode, level)
    assert (before.says, after.says) == ("usual", says)
    assert len(after.drawing.points) == len(before.drawing.points) + 1
    assert after.rows[-1].week == 6


def test_the_table_holds_every_point_of_the_picture_with_what_is_usual(episode):
    rows = [(row.week, round(row.score, 1), row.usual) for row in chart_of(episode, 3).rows]
    assert rows == [
        (-1, 39.6, None),
        (2, 54.8, (42.0, pytest.approx(66.33, abs=0.01))),
        (4, 54.8, (pytest.approx(46.67, abs=0.01), pytest.approx(70.33, abs=0.01))),
        (6, 34.2, (52.0, 75.0)),
    ]


def test_without_a_band_or_without_an_answer_there_is_no_chart(two_tenants):
    alpha = two_tenants[0]
    episode = asked_patient(alpha.id, alpha.north, ("koos_jr@1",))
    assert chart_of(episode) is None
    assert chart_of(episode, 2) is None


def test_nobody_is_compared_long_after_the_last_day_that_is_known(episode, two_tenants):
    with app_session(episode.tenant_id) as session:
        session.get_one(type(episode), episode.id).index_date = datetime.now(UTC).date() - timedelta(days=99)
    assert chart_of(episode, 2).says == ""


@given(
    st.lists(st.tuples(st.integers(-90, 400), st.floats(0, 100)), min_size=1, max_size=12, unique_by=lambda p: p[0]),
    st.booleans(),
)
def test_nothing_is_drawn_outside_the_picture_and_better_is_up(own, higher):
    own = sorted(own)
    drawing = draw(BAND, own, higher)
    every = [tuple(map(float, pair.split(","))) for pair in f"{drawing.band_80} {drawing.line}".split()]
    assert all(EDGE <= x <= WIDTH - EDGE and 0 < y < HEIGHT - FOOT for x, y in every)
    assert len(drawing.ticks) <= 6 and all(0 <= x <= WIDTH for x, _ in drawing.ticks)
    for (_, one), (_, y_one), (_, two), (_, y_two) in zip(
        own, drawing.points, own[1:], drawing.points[1:], strict=False
    ):
        if abs(one - two) > 1:
            assert (y_one > y_two) == ((one < two) == higher)


def test_the_picture_is_one_image_with_words(episode):
    from portal.rendering import _templates
    from portal.words import catalogue

    template = _templates.from_string('{% import "chart.html" as it with context %}{{ it.own(chart) }}')
    words = catalogue("es")
    html = template.render(chart=chart_of(episode, 3), _=words.gettext, short_date=lambda day: day.isoformat())
    assert "Usted está menos bien que la mayoría de personas como usted." in html
    assert re.search(r'role="img" aria-label="Usted está menos bien', html)
    assert html.count("<circle") == 4 and html.count('<th scope="row">') == 4
