"""The instruments of the first pathways, by the single-response path and in columns."""

import csv
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

import settings
from scoring.absence import absence_code
from scoring.bulk import out_of_range, score_columns
from scoring.errors import ScoringError
from scoring.instruments import load_library
from scoring.score import METHODS, score_response

FIRST_SIX = ("oxford_knee@1", "oxford_hip@1", "koos_jr@1", "hoos_jr@1", "odi@1", "nprs@1")


@pytest.fixture(scope="module")
def library():
    return load_library(settings.CONTENT / "instruments")


@pytest.mark.parametrize("reference", FIRST_SIX)
def test_both_paths_give_the_published_scores(library, reference):
    instrument = library[reference]
    for vector in instrument.vectors:
        answers = dict(zip(instrument.positions, vector.answers, strict=True))
        row = [absence_code(answer) if isinstance(answer, str) else answer for answer in vector.answers]
        columns = score_columns(instrument, np.array([row], dtype=np.int16))
        for score in score_response(instrument, answers):
            assert score.value == pytest.approx(dict(vector.scores)[score.scale])
            assert METHODS[columns[score.scale].method[0]] == score.method
            assert columns[score.scale].answered[0] == score.answered
            expected = np.nan if score.value is None else score.value
            assert columns[score.scale].value[0] == pytest.approx(expected, nan_ok=True)


def test_a_score_says_how_complete_it_is_and_why_answers_are_absent(library):
    answers = dict.fromkeys(library["oxford_hip@1"].positions, 3) | {"night_pain": "skipped", "shopping": "unreadable"}
    (score,) = score_response(library["oxford_hip@1"], answers)
    assert (score.value, score.method, score.answered, score.items) == (36.0, "prorated", 10, 12)
    assert score.absent == {"skipped": 1, "unreadable": 1}


def test_a_score_that_cannot_be_given_says_why(library):
    (score,) = score_response(library["koos_jr@1"], {"stairs": 2})
    assert (score.value, score.method) == (None, "none")
    assert score.reason == "1 of 7 items answered, too few for this score"


def test_an_answer_out_of_range_is_named_and_never_scored(library):
    with pytest.raises(
        ScoringError, match="oxford_hip@1, item pain: 5 is not an answer. Allowed: whole numbers 0 to 4."
    ):
        score_response(library["oxford_hip@1"], {"pain": 5})
    answers = np.full((1, 12), 4, dtype=np.int16)
    answers[0, 0] = 5
    assert out_of_range(library["oxford_hip@1"], answers).tolist() == [[True] + [False] * 11]
    total = score_columns(library["oxford_hip@1"], answers)["total"]
    assert (total.value[0], total.answered[0], METHODS[total.method[0]]) == (48.0, 11, "prorated")


def test_two_marks_in_one_section_of_the_odi_count_as_the_higher(library):
    answers = dict.fromkeys(library["odi@1"].positions, 0) | {"walking": [1, 4]}
    (score,) = score_response(library["odi@1"], answers)
    assert score.value == 8.0  # 4 of 50


HIP_ITEMS = (
    "Pain", "Sudden Pain", "Night Pain", "Washing", "Transport", "Dressing",
    "Shopping", "Walking", "Limping", "Stairs", "Standing", "Work",
)  # fmt: skip


@pytest.mark.parametrize("moment", ["Pre", "Post"])
def test_every_published_oxford_hip_total_is_ours(library, shared_folder, moment):
    rows = _registry(shared_folder / "data" / "2016-17_Hip_Replacement_Provider_1617.csv.zip")
    prefix = f"Hip Replacement {moment}-Op Q"
    answers = np.array([[_number(row[f"{prefix} {item}"], "9") for item in HIP_ITEMS] for row in rows])
    published = np.array([_number(row[f"{prefix} Score"], "999") for row in rows])
    ours = score_columns(library["oxford_hip@1"], answers)["total"].value
    np.testing.assert_array_equal(ours, published)


def _registry(path: Path) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as archive:
        name = next(name for name in archive.namelist() if not name.startswith("__MACOSX"))
        return list(csv.DictReader(io.TextIOWrapper(archive.open(name), encoding="utf-8")))


def _number(text: str, missing: str) -> float:
    return np.nan if text in ("", "*", missing) else float(text)


EQ_ITEMS = ("Mobility", "Self-Care", "Activity", "Discomfort", "Anxiety")


def test_every_published_eq_5d_index_is_ours(library, shared_folder):
    rows = _registry(shared_folder / "data" / "2016-17_Hip_Replacement_Provider_1617.csv.zip")
    answers = np.array([[_number(row[f"Post-Op Q {item}"], "9") for item in EQ_ITEMS] + [np.nan] for row in rows])
    published = np.array([_number(row["Post-Op Q EQ5D Index"], "none") for row in rows])
    ours = score_columns(library["eq5d_3l_uk@1"], answers)["index"].value
    np.testing.assert_allclose(ours, published, rtol=0, atol=5e-7)
