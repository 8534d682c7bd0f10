"""The shipped library: proven, documented, licensed, and in official order."""

import pytest

import settings
from scoring.__main__ import find
from scoring.errors import ScoringError
from scoring.instruments import load_library
from scoring.publish import problems
from scoring.reference_pages import instruments_page


@pytest.fixture(scope="module")
def library():
    return load_library(settings.CONTENT / "instruments")


def test_every_definition_may_be_published(library):
    assert [problem for instrument in library.values() for problem in problems(instrument)] == []


def test_the_generated_page_is_fresh(library):
    page = (settings.ROOT / "docs" / "instruments.md").read_text(encoding="utf-8")
    assert page == instruments_page(library), "run: python -m scoring docs"


def test_the_koos_stands_in_its_official_order(library):
    groups = (("s", 7), ("p", 9), ("a", 17), ("sp", 5), ("q", 4))
    assert list(library["koos@1"].positions) == [f"{group}{n}" for group, last in groups for n in range(1, last + 1)]


def test_all_thirty_promis_short_forms_are_there(library):
    forms = [key for key in library if key.startswith("promis_") and "global" not in key and "29" not in key]
    assert len(forms) == 30 + 2  # and the older tables of Physical Function 4a and 8b


def test_nobodys_wording_is_shipped_under_a_licence_that_forbids_it(library):
    for instrument in library.values():
        assert instrument.licence.scoring
        assert instrument.licence.wording is (instrument.licence.holder == "none" and instrument.key != "pgic")


def test_the_nine_measures_of_the_medicare_track_are_there(library):
    track = "promis_pf_6b_v2_0 promis_pi_6a_v1_0 odi ndi quickdash pgic koos_jr hoos_jr nprs"
    assert {instrument.key for instrument in library.values()} >= set(track.split())


def test_a_thought_of_death_is_a_safety_answer(library):
    safety = library["phq_9@1"].item("q9").safety
    assert [safety.holds(answer) for answer in range(4)] == [False, True, True, True]


def test_an_unknown_instrument_is_refused_with_the_list(library):
    with pytest.raises(ScoringError, match="There is no instrument “kos”. Instruments: ases,"):
        find(library, "kos")
