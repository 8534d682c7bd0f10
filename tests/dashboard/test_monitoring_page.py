"""The check of the expectation as each role meets it: what holds, who is off, what has drifted, and the good news."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import UUID

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from sqlalchemy import select

from care.access import Permission, Role, Viewer, may
from care.database import app_session, owner_engine
from care.errors import NotPermitted
from care.fitting import ask_to_fit_again, fitting
from care.models import AuditEvent, Patient
from care.registry import load_library
from care.status import AssignmentState, EpisodeState
from dashboard import monitoring_fit
from dashboard.views import monitoring_words as words
from dashboard.views.monitoring import Monitoring, monitoring
from dashboard.views.monitoring_drift import WatchedCurve, curve_rows, drift_finding, refit_lines, what_happens
from etl.lakes import close_writer
from etl.run import run
from etl.watch import Why
from factories import make_assignment, make_episode, make_patient, make_response
from scoring.monitoring import tenths_of
from scoring.monitoring_drift import drift
from warehouse.watch_rules import monitoring_rules

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
INDEX = date(2026, 1, 12)
DAY = 42
_numbers = count(1)


def numbered() -> UUID:
    """Folds go by the ids of episodes, ties by those of responses: random ones were another clinic every time."""
    return UUID(int=next(_numbers))


def pain_course(session, patient, before: int, after: int, index_date: date, **columns) -> None:
    episode = make_episode(session, patient, id=numbered(), index_date=index_date, **columns)
    for day, value in ((-3, before), (DAY, after)):
        make_response(
            session, episode, {"intensity": value}, id=numbered(), instrument="nprs@1",
            local_date=index_date + timedelta(days=day),
            completed_at=datetime.combine(index_date, NOW.time(), UTC) + timedelta(days=day),
        )  # fmt: skip
    make_assignment(
        session, episode, step="follow_up", instrument="nprs@1", state=AssignmentState.ANSWERED,
        due_date=index_date + timedelta(days=DAY),
    )  # fmt: skip


@pytest.fixture(scope="module")
def alpha(two_tenants, members):
    """A curve of eighty closed episodes; under care forty like them, and two who have no pain left at all."""
    load_library()
    alpha, _ = two_tenants
    rng = np.random.default_rng(5)
    with app_session(alpha.id) as session:
        for number in range(120):
            before = int(rng.integers(6, 9))
            patient = make_patient(
                session, alpha.south if number % 4 else alpha.north, sex=["female", "male"][number % 2]
            )
            closed = {"state": EpisodeState.CLOSED, "index_date": INDEX - timedelta(days=200)} if number < 80 else {}
            pain_course(
                session, patient, before, before - 3 + int(rng.integers(-2, 3)), **({"index_date": INDEX} | closed)
            )
        for name in ("Goodnews", "Gladd"):
            patient = make_patient(session, alpha.north)
            patient.family_name = name
            pain_course(session, patient, 8, 0, INDEX)
    run(alpha.id, NOW)
    yield alpha
    close_writer(alpha.id)


def text(app) -> str:
    said = [each.value for each in [*app.title, *app.header, *app.markdown, *app.info, *app.success]]
    cells = [str(cell) for each in app.table for cell in [*each.value.to_numpy().ravel(), *each.value.columns]]
    drawn = [str(each.proto) for each in app.get("bidi_component")]  # the tables that a phone shows as blocks
    return " ".join([*said, *cells, *drawn]).replace("\\", "")


def test_a_manager_sees_what_holds_who_is_off_and_the_good_news_by_name(open_as, alpha, trail):
    app = open_as("manager", "monitoring.py")
    assert not app.exception
    assert app.title[0].value.startswith("The expected range held ") and "of 42 answers" in app.title[0].value
    said = text(app)
    assert "Nobody is off" in said and "Data as of" in said
    assert "Good news: " in said and "patients are ahead of the expected course" in said
    assert "Gladd, Rosa" in said and "Goodnews, Rosa" in said and "Pain 0, expected" in said
    with app_session(alpha.id) as session:
        named = set(session.scalars(select(Patient.id).where(Patient.family_name.in_(["Goodnews", "Gladd"]))))
    seen = trail("monitoring", alpha.id)[-1]
    assert named <= set(seen) and f"Good news: {len(seen)} patients" in said


def test_a_researcher_sees_the_same_numbers_and_no_name(open_as, alpha, trail):
    app = open_as("researcher", "monitoring.py")
    assert not app.exception
    said = text(app)
    assert "of 42 answers" in app.title[0].value
    assert "Rosa" not in said and "Gladd" not in said
    assert "Too few patients are ahead of the expected course to be counted" in said  # under ten
    assert trail("monitoring", alpha.id)[-1] == []
    assert "fit_again" not in [each.key for each in app.button]


def test_a_provider_does_not_have_the_page(open_as, alpha):
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        open_as("north", "monitoring.py")


def test_each_right_is_the_manager_s(members):
    for permission in (Permission.NAME_AHEAD, Permission.FIT_CURVES):
        assert [role for role in Role if may(role, permission)] == [Role.MANAGER]


def test_a_manager_has_the_curves_fitted_again_and_sees_how_far_that_is(open_as, alpha, monkeypatch):
    app = open_as("manager", "monitoring.py")
    app.button(key="fit_again").click().run()
    assert not app.exception
    assert "It begins when the update before it has ended" in text(app)
    waiting = fitting(alpha.id)
    assert waiting is not None and not waiting.has_begun
    assert audited(alpha, "fit curves again") == 1
    run(alpha.id, NOW + timedelta(hours=1), Why.ASKED)
    monkeypatch.setattr(monitoring_fit, "fitting", lambda _: None)  # what the worker's finished job leaves
    app.run()
    said = text(app)
    assert "Fitted again. This page shows the new curves." in said
    assert "because a manager asked for it" in said


def audited(tenant, action: str) -> int:
    engine = owner_engine()
    try:
        with engine.connect() as connection:
            asked = select(AuditEvent.id).where(AuditEvent.tenant_id == tenant.id, AuditEvent.action == action)
            return len(connection.execute(asked).all())
    finally:
        engine.dispose()


def test_nobody_else_has_them_fitted_again(alpha):
    viewer = Viewer(
        session_id=alpha.id, tenant_id=alpha.id, tenant_name="", is_demo=False, zone="UTC", account_id=alpha.id,
        membership_id=alpha.id, name="", role=Role.RESEARCHER, clinics=None, expires_at=NOW,
    )  # fmt: skip
    with pytest.raises(NotPermitted, match="A researcher may not have the expected courses fitted again"):
        ask_to_fit_again(viewer)


# ---- the words, on made-up answers


def answers(pit: np.ndarray, **columns) -> pd.DataFrame:
    """One answer per patient on a scale where higher is better, with ties of no width."""
    n = len(pit)
    usual = {
        "condition": "knee_replacement", "stratum": "primary", "index_kind": "surgery", "instrument": "koos_jr@1",
        "scale": "interval", "episode_id": [f"e{number}" for number in range(n)], "clinic": "North", "pathway": "",
        "sex": "female", "age_band": "", "comorbidities": None, "below": pit, "equal": 0.0, "chance": 0.5,
        "start": (np.arange(n) + 0.5) / n, "flagged": False, "counts": True,
    }  # fmt: skip
    return pd.DataFrame(usual | columns)


@pytest.fixture
def somebody(alpha) -> Viewer:
    return Viewer(
        session_id=alpha.id, tenant_id=alpha.id, tenant_name="", is_demo=False, zone="UTC", account_id=alpha.id,
        membership_id=alpha.id, name="", role=Role.MANAGER, clinics=None, expires_at=NOW,
    )  # fmt: skip


def test_the_group_that_is_off_leads_and_is_named_on_top(somebody):
    rng = np.random.default_rng(1)
    pit = np.concatenate([rng.random(560), np.tile([0.01, 0.5], 20)])
    seen = monitoring(somebody, answers(pit, clinic=np.repeat(["North", "South"], [560, 40]), start=rng.random(600)))
    assert seen.groups.iloc[0]["name"] == "South" and seen.groups.iloc[0]["off"]
    assert words.who_is_off(seen) == "Off: South, 50\u202f% of 40 answers inside."
    assert words.groups_finding(seen) == "The range does not hold for South"
    assert words.group_rows(seen)[1]["Verdict"] == "off by −30 points"


def test_a_small_group_is_held_back_in_words_and_never_worked_out(somebody):
    sex = ["female"] * 60 + ["male"] * 4
    seen = monitoring(somebody, answers(np.random.default_rng(2).random(64), sex=sex))
    assert {"Men", "Women"} <= set(seen.held_back) and not {"Men", "Women"} & set(seen.groups["name"])
    assert "Held back, fewer than 10 patients: Men, Women." in words.groups_note(seen)


def test_comorbidities_overlap_and_are_held_back_by_both_sides(somebody):
    has = [["diabetes", "cancer"] if number < 5 else ["diabetes"] if number < 30 else None for number in range(64)]
    seen = monitoring(somebody, answers(np.random.default_rng(2).random(64), comorbidities=has))
    assert "With diabetes" in set(seen.groups["name"]) and "With cancer" in seen.held_back


def test_patients_flagged_are_counted_once_each_and_history_not_at_all(somebody):
    frame = answers(np.full(40, 0.5), flagged=[True] * 4 + [False] * 36)
    twice = pd.concat([frame, frame], ignore_index=True)
    assert words.group_rows(monitoring(somebody, twice))[0]["Patients flagged"] == "10\u202f% of 40 (4–23)"
    history = monitoring(somebody, answers(np.full(40, 0.5), flagged=None))
    assert words.group_rows(history)[0]["Patients flagged"] == "–"


@pytest.mark.parametrize(
    ("pit", "finding"),
    [
        (np.linspace(0.001, 0.999, 300), "Answers fall evenly over what was expected"),
        (np.linspace(0.001, 0.999, 300) ** 0.6, "Patients do better than was expected"),
        (np.linspace(0.001, 0.999, 300) ** 1.7, "Patients do worse than was expected"),
        (norm.cdf(norm.ppf(np.linspace(0.001, 0.999, 300)) * 0.6), "in the middle: the range is too wide"),
        (norm.cdf(norm.ppf(np.linspace(0.001, 0.999, 300)) * 1.7), "at both ends: the range is too narrow"),
        (np.repeat([0.05, 0.55], 150), "Answers do not fall evenly over what was expected"),
    ],
)
def test_uneven_tenths_say_what_is_wrong(pit, finding):
    tenths = tenths_of(pit, np.arange(300))
    if pit[0] == 0.05:
        tenths = type(tenths)(tenths.shares, tenths.low, tenths.high, True, 0.4, -0.3)  # neither level nor width
    assert words.tenths_finding(tenths).endswith(finding)


def watched(pit: np.ndarray | None, name: str = "Knee replacement, primary: KOOS JR") -> WatchedCurve:
    found = None if pit is None else drift(pit, np.arange(len(pit)), monitoring_rules())
    return WatchedCurve(name, True, 140, NOW, NOW, "learned", False, found)


def test_a_drift_says_which_way_and_what_happens_next(somebody):
    rng = np.random.default_rng(3)
    better = watched(norm.cdf(0.7 + rng.standard_normal(150)))
    narrow = watched(norm.cdf(2.0 * rng.standard_normal(250)), "Low back pain: ODI")
    assert drift_finding([better]) == "Knee replacement, primary: KOOS JR has drifted: patients do better than expected"
    assert drift_finding([narrow]) == "Low back pain: ODI has drifted: the range has become too narrow"
    assert "coming night, at most once in 7 days" in what_happens([better])
    assert curve_rows(somebody, [better], NOW)[0]["Verdict"] == "drifted"


def test_calm_and_too_few_are_not_the_same(somebody):
    calm, few = watched(np.random.default_rng(4).random(200)), watched(None)
    assert drift_finding([calm, few]) == "The expectation is steady"
    assert drift_finding([few]) == "Too few answers since the last fit to see a drift"
    assert [row["Verdict"][:6] for row in curve_rows(somebody, [calm, few], NOW)] == ["steady", "too fe"]


def test_why_it_was_fitted_again_stands_on_the_page(somebody):
    refits = pd.DataFrame(
        {
            "fitted_at": [pd.Timestamp(NOW), pd.Timestamp(NOW - timedelta(days=9))],
            "why": ["drift", "learned"], "curves": [1, 4], "corrected": [1, 0],
        }
    )  # fmt: skip
    assert refit_lines(somebody, refits, NOW) == [
        "Fitted again 20 Mar because it had drifted: 1 course, 1 corrected.",
        "Fitted again 11 Mar because closed episodes had come or changed: 4 courses.",
    ]


def test_too_few_answers_say_what_is_missing():
    nobody = Monitoring(3, 3, None, None, pd.DataFrame(), ())
    assert words.page_title(nobody) == "Too few judged answers to check the expectation"
    assert words.who_is_off(nobody) == ""
