"""Every response that a published scorer has scored gives our score, by both paths."""

import csv
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

import settings
from scoring.bulk import score_columns
from scoring.instrument import Instrument
from scoring.instruments import load_library
from scoring.score import score_response


@dataclass(frozen=True)
class Published:
    """
    One file of vectors.

    ``answers`` : its columns in our item order. ``scores`` : its column -> our scale. ``tolerance`` : half of the
    last digit the peer prints. ``words`` : a peer's words -> our number. ``unscored`` : its value columns that we do
    not ship, with the reason. ``differs`` : (our scale, row number from 1) -> why that row is the peer's error or
    another published rule.
    """

    file: str
    instrument: str
    answers: tuple[str, ...]
    scores: dict[str, str]
    tolerance: float = 1e-9
    words: dict[str, float] = field(default_factory=dict)
    unscored: dict[str, str] = field(default_factory=dict)


def numbered(form: str, last: int) -> tuple[str, ...]:
    return tuple(form.format(number) for number in range(1, last + 1))


KOOS = (
    *numbered("SY{}", 7),
    *numbered("P{}", 9),
    *numbered("A{}", 17),
    *numbered("SP{}", 5),
    *numbered("Q{}", 4),
)
RAND = {
    "PHYSICAL_FUNCTIONING": "physical_function",
    "ROLE_LIMITATIONS_PHYSICAL_HEALTH": "role_physical",
    "ROLE_LIMITATIONS_EMOTIONAL_PROBLEMS": "role_emotional",
    "ENERGY_FATIGUE": "energy",
    "EMOTIONAL_WELLBEING": "well_being",
    "SOCIAL_FUNCTIONING": "social",
    "PAIN": "pain",
    "GENERAL_HEALTH": "general_health",
}
T_SCORES = {"raw_complete": "raw", "T_complete": "t_score"}
NO_VALUE_SET = "needs a national value set that is not shipped"

PUBLISHED = (
    Published(
        "eq5d5l__awell.csv",
        "eq5d_5l_us@1",
        ("mobility", "selfcare", "usual", "pain", "anxiety", "vas"),
        {"EQ_HEALTH_STATE": "profile", "EQ_VAS": "vas_score"},
        unscored={
            "UTILITY_VALUE_HEALTH_STATE_BELGIUM": NO_VALUE_SET,
            "UTILITY_VALUE_HEALTH_STATE_POLAND": NO_VALUE_SET,
        },
    ),
    Published("faam__proscorertools.csv", "faam@1", numbered("q{:02}", 29), {"ADL": "adl", "SPORT": "sport"}),
    Published(
        "koos__proscorertools.csv",
        "koos@1",
        KOOS,
        {
            "PAIN": "pain",
            "SYMPTOMS": "symptoms",
            "ADL_FUNCTION": "adl",
            "SPORT_AND_RECREATION_FUNCTION": "sport",
            "QUALITY_OF_LIFE": "qol",
        },
    ),
    Published(
        "koos_jr__table.csv",
        "koos_jr@1",
        numbered("q{}", 7),
        {"interval": "interval"},
        unscored={"raw": "the raw sum is no score of ours"},
    ),
    Published("lysholm__awell.csv", "lysholm@1", numbered("q{}", 8), {"MLKS_TOTAL_SCORE": "total"}),
    Published("ndi__proscorertools.csv", "ndi@1", numbered("q{:02}", 10), {"SCORE": "percent"}),
    Published("odi__awell.csv", "odi@1", numbered("q{:02}", 10), {"OSWESTRY": "disability"}),
    Published(
        "pcs__proscorertools.csv",
        "pcs@1",
        numbered("q{:02}", 13),
        {
            "TOTAL": "total",
            "RUMINATION": "rumination",
            "MAGNIFICATION": "magnification",
            "HELPLESSNESS": "helplessness",
        },
    ),
    Published(
        "phq9__awell.csv",
        "phq_9@1",
        numbered("q{}", 9),
        {"PHQ9_SCORE": "total"},
        unscored={"PHQ9_INTERPRETATION": "words; the bands are tested in test_bands_in_words"},
    ),
    Published(
        "promis_depression_4a__rsss.csv",
        "promis_depression_4a_v1_0@1",
        numbered("q{:02}", 4),
        {**T_SCORES, "T_prorated": "t_score"},
        unscored={"raw_prorated": "the prorated sum is no score of ours"},
    ),
    Published(
        "promis_pf_4a__rsss.csv",
        "promis_pf_4a_v2_0@1",
        numbered("q{:02}", 4),
        {**T_SCORES, "T_prorated": "t_score"},
        unscored={"raw_prorated": "the prorated sum is no score of ours"},
    ),
    Published(
        "promis_pi_8a__rsss.csv",
        "promis_pi_8a_v1_0@1",
        numbered("q{:02}", 8),
        {**T_SCORES, "T_prorated": "t_prorated"},
        unscored={"raw_prorated": "the prorated sum is no score of ours"},
    ),
    Published(
        "quickdash__awell.csv",
        "quickdash@1",
        (*numbered("q{:02}", 11), *numbered("work_q{:02}", 4), *numbered("sport_q{:02}", 4)),
        {"QUICKDASH_SCORE": "disability", "WORK_MODULE": "work", "SPORTS_PERFORMING_ARTS_MODULE": "sport"},
        tolerance=0.005,
    ),
    Published("rmdq24__proscorertools.csv", "rmdq_24@1", numbered("q{:02}", 24), {"SCORE": "total"}),
    Published("sf36_rand__awell.csv", "rand_36@1", numbered("q{:02}", 36), RAND, tolerance=0.005),
    Published(
        "spadi_sub__proscorertools.csv", "spadi@1", numbered("q{:02}", 13), {"PAIN": "pain", "DISABILITY": "disability"}
    ),
    Published(
        "startback__awell.csv",
        "start_back@1",
        numbered("q{:02}", 9),
        {
            "START_BACK_TOTAL": "total",
            "START_BACK_SUBSCALE": "psychosocial",
            "START_BACK_RISK_CLASSIFICATION": "risk",
        },
        words={"Low risk": 0.0, "Medium risk": 1.0, "High risk": 2.0},
    ),
)


@pytest.fixture(scope="module")
def library():
    return load_library(settings.CONTENT / "instruments")


@pytest.mark.parametrize("published", PUBLISHED, ids=lambda published: published.file)
def test_every_published_score_is_ours(library, shared_folder, published):
    instrument = library[published.instrument]
    rows = _rows(shared_folder / "vectors" / published.file)
    assert set(rows[0]) - set(published.answers) - set(published.scores) <= {
        *published.unscored,
        "n_answered",
        "SE_complete",
    }
    answers = np.array([[_number(row[column], published) for column in published.answers] for row in rows])
    columns = score_columns(instrument, answers)
    for their_column, scale in published.scores.items():
        theirs = np.array([_number(row[their_column], published) for row in rows])
        np.testing.assert_allclose(columns[scale].value, theirs, atol=published.tolerance + 1e-9, rtol=0)
    _single_responses_agree(instrument, answers, columns)


def _single_responses_agree(instrument: Instrument, answers: np.ndarray, columns: dict) -> None:
    for place, row in enumerate(answers):
        given = {item: float(value) for item, value in zip(instrument.positions, row, strict=True) if value == value}
        for score in score_response(instrument, given):
            value = np.nan if score.value is None else score.value
            np.testing.assert_allclose(columns[score.scale].value[place], value, rtol=1e-12)
            assert columns[score.scale].answered[place] == score.answered


def test_standard_errors_of_promis_tables_are_the_published_ones(library, shared_folder):
    for file, reference, items in (
        ("promis_depression_4a__rsss.csv", "promis_depression_4a_v1_0@1", 4),
        ("promis_pf_4a__rsss.csv", "promis_pf_4a_v2_0@1", 4),
        ("promis_pi_8a__rsss.csv", "promis_pi_8a_v1_0@1", 8),
    ):
        rows = _rows(shared_folder / "vectors" / file)
        answers = np.array([[_number(row[f"q{place:02}"]) for place in range(1, items + 1)] for row in rows])
        theirs = np.array([_number(row["SE_complete"]) for row in rows])
        np.testing.assert_allclose(score_columns(library[reference], answers)["t_score"].se, theirs)


def test_bands_in_words(library, shared_folder):
    theirs = {
        "None/minimal depression": "none or minimal",
        "Mild depression": "mild",
        "Moderate depression": "moderate",
    }
    theirs |= {"Moderately severe depression": "moderately severe", "Severe depression": "severe"}
    bands = library["phq_9@1"].scale("total").bands
    for row in _rows(shared_folder / "vectors" / "phq9__awell.csv"):
        if row["PHQ9_SCORE"]:
            words = [words for low, words in bands if low <= float(row["PHQ9_SCORE"])][-1]
            assert words == theirs[row["PHQ9_INTERPRETATION"]]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _number(text: str, published: Published | None = None) -> float:
    if published and text in published.words:
        return published.words[text]
    return float(text) if text not in ("", "NA") else np.nan
