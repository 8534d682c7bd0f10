"""Every status and code has its word; a status has a shape of its own."""

import json
import re

import pytest

import settings
from care.access import Role
from care.models.event import Channel, EntryMode, ExerciseState
from care.models.patient import IndexKind, Sex, Side
from care.status import AlertOutcome, AlertState, EnrollmentState
from dashboard import labels
from dashboard.labels import NOT_YET_KNOWN, STATUS_LABELS, condition_label, status_label
from dashboard.navigation import screens_for
from dashboard.palette import SHAPE_COLOURS
from dashboard.views.answers import ABSENCES, ENTRY_MODES
from scoring.absence import Absence
from scoring.track import TrackStatus


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (STATUS_LABELS, TrackStatus), (labels.ALERT_OUTCOMES, AlertOutcome), (labels.ALERT_STATES, AlertState),
        (labels.ENROLLMENT_STATES, EnrollmentState), (labels.SIDES, Side), (labels.INDEX_EVENTS, IndexKind),
        (labels.SEXES, Sex), (labels.CHANNELS, Channel), (ENTRY_MODES, EntryMode), (ABSENCES, Absence),
    ],
)  # fmt: skip
def test_every_code_has_its_word_and_no_word_is_left_over(words, codes):
    assert set(words) == set(codes)


def test_exercise_without_a_report_has_a_word_of_its_own():
    assert set(labels.EXERCISE_STATES) == {*ExerciseState, None}
    assert labels.EXERCISE_STATES[None] == "no report"


def test_no_two_statuses_share_word_or_shape():
    assert len({label.word for label in STATUS_LABELS.values()}) == len(TrackStatus)
    assert len({label.glyph for label in STATUS_LABELS.values()}) == len(TrackStatus)


def test_hollow_means_that_data_is_absent():
    hollow = {status for status, label in STATUS_LABELS.items() if label.glyph in "□○"}
    assert hollow == {TrackStatus.SILENT, TrackStatus.FEW_DATA}


def test_an_episode_nobody_judged_is_not_called_on_track():
    assert status_label(None) is NOT_YET_KNOWN


def test_colours_are_names_the_palette_knows():
    assert {label.colour for label in STATUS_LABELS.values()} <= set(SHAPE_COLOURS)


def test_the_browser_draws_every_shape():
    script = (settings.ROOT / "dashboard" / "components" / "panel_table.js").read_text()
    drawn = set(re.findall(r'^  ("[^"]+"): \[', script, re.MULTILINE))
    assert {json.loads(shape) for shape in drawn} == {label.glyph for label in STATUS_LABELS.values()}


def test_a_condition_of_the_tenants_own_is_written_in_words():
    assert condition_label("frozen_shoulder") == "Frozen shoulder"


def test_every_role_has_a_first_screen():
    assert all(screens_for(role) for role in Role)
