"""The pathways that are shipped: every one is readable, and says what it is meant to say."""

import doctest

import pytest

import pathways.calendar
import settings
from pathways.__main__ import main
from pathways.calendar import calendar, calendar_lines
from pathways.definitions import parse_pathway

FILES = sorted((settings.CONTENT / "pathways").glob("*.toml"))


def shipped(key):
    return parse_pathway((settings.CONTENT / "pathways" / f"{key}.toml").read_text(encoding="utf-8"), key)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_shipped_pathway_is_readable_and_called_like_its_file(file):
    assert shipped(file.stem).key == file.stem


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_instrument_a_shipped_pathway_asks_is_shipped_too(file):
    for instrument in shipped(file.stem).instruments:
        key, _, version = instrument.partition("@")
        text = (settings.CONTENT / "instruments" / f"{key}.toml").read_text(encoding="utf-8")
        assert f"version = {version}" in text


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_messages_that_may_show_on_a_locked_phone_name_no_health_matter(file):
    telling = ("knee", "rodilla", "back ", "espalda", "pain", "dolor", "surger", "operaci", "score", "resultado")
    texts = shipped(file.stem).texts
    said = {words.lower() for language in texts.values() for words in language.values()}
    assert not [words for words in said for word in telling if word in words]


def test_the_total_knee_pathway_asks_seven_times_in_twelve_weeks():
    pathway = shipped("total_knee")
    assert pathway.survey_days("koos_jr@1") == pathway.survey_days("nprs@1") == (-14, 7, 14, 28, 42, 63, 84)
    assert (pathway.index_kind, pathway.length_days, pathway.baseline_days) == ("surgery", 90, (-90, 0))


def test_the_back_pain_pathway_asks_seven_times_in_twelve_weeks():
    pathway = shipped("low_back_pain")
    assert pathway.survey_days("odi@1") == pathway.survey_days("nprs@1") == (-6, 7, 14, 21, 42, 63, 84)
    assert (pathway.index_kind, pathway.length_days, pathway.baseline_days) == ("first_visit", 90, (-14, 7))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_survey_before_care_is_nearer_to_day_0_than_any_other_in_the_baseline_window(file):
    """The answer nearest to day 0 is the baseline: a follow-up that may be nearer would be taken for "before"."""
    pathway = shipped(file.stem)
    first, *others = pathway.survey_days(pathway.instruments[0])
    assert pathway.baseline_days[0] <= first < 0
    assert all(abs(day) > abs(first) for day in others if day <= pathway.baseline_days[1])


def test_the_calendar_holds_every_occurrence_in_the_order_of_time():
    pathway = shipped("total_knee")
    entries = calendar(pathway)
    assert len(entries) == sum(step.repeat.times for step in pathway.steps) == 25
    assert [(entry.day, entry.time) for entry in entries] == sorted((entry.day, entry.time) for entry in entries)
    assert [entry.occurrence for entry in entries if entry.step.key == "keep_going"] == list(range(1, 11))


def test_the_calendar_reads_as_its_docstring_says():
    assert doctest.testmod(pathways.calendar, raise_on_error=True).attempted > 0


def test_check_prints_the_calendar_of_a_good_file(capsys):
    file = settings.CONTENT / "pathways" / "low_back_pain.toml"
    assert main(["check", str(file)]) == 0
    first, *lines = capsys.readouterr().out.splitlines()
    assert first == "low_back_pain@1 (draft): 15 steps, 90 days"
    assert lines == calendar_lines(shipped("low_back_pain"))


def test_check_refuses_a_bad_file_in_one_sentence(tmp_path, capsys):
    file = tmp_path / "bad.toml"
    file.write_text('key = "bad"\nversion = "one"\n', encoding="utf-8")
    assert main(["check", str(file)]) == 1
    assert capsys.readouterr().err == (
        f"{file}, line 2: \"version\" must be a whole number from 1 to 9999, not 'one'.\n"
    )


def test_check_refuses_a_file_that_is_not_there(tmp_path, capsys):
    assert main(["check", str(tmp_path / "none.toml")]) == 1
    assert "Name a text file in TOML" in capsys.readouterr().err
