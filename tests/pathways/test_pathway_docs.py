"""docs/pathways.md is true: its example is read, its calendar is the one printed, its refusals are word for word."""

import re

import pytest

import settings
from pathways.calendar import calendar_lines
from pathways.definitions import parse_pathway
from pathways.errors import PathwayFileError

PAGE = (settings.ROOT / "docs" / "pathways.md").read_text(encoding="utf-8")
EXAMPLE = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)[1]
CALENDAR = re.search(r"as `check` prints it:\n\n```text\n(.*?)```", PAGE, re.DOTALL)[1]
REFUSALS = re.findall(r"Replace `(.+?)` by `(.+?)`:\n\n```text\n(.+?)\n```", PAGE)


def test_the_example_reads_and_its_calendar_is_the_printed_one():
    assert calendar_lines(parse_pathway(EXAMPLE)) == CALENDAR.splitlines()


@pytest.mark.parametrize(("found", "instead", "message"), REFUSALS)
def test_each_mistake_is_refused_in_the_words_of_the_page(found, instead, message):
    assert found in EXAMPLE
    with pytest.raises(PathwayFileError) as refusal:
        parse_pathway(EXAMPLE.replace(found, instead, 1), "small_knee.toml")
    assert str(refusal.value) == message


def test_the_page_shows_at_least_ten_mistakes():
    assert len(REFUSALS) >= 10


@pytest.mark.parametrize("target", re.findall(r"\]\(\.\./(data/[^)]+)\)", PAGE))
def test_every_link_of_the_page_leads_somewhere(target):
    assert (settings.ROOT / target).exists()
