"""A pathway text is read whole, or refused by name, line and cure."""

import pytest

from pathways.definitions import parse_pathway
from pathways.errors import PathwayFileError
from pathways.pathway import Plan, Reminders, Repeat, StepKind, Window

SMALL = """
key = "small_knee"
version = 2
status = "draft"
title = { en = "Small", es = "Pequeño" }
condition = "knee_replacement"
index_kind = "surgery"
length_days = 30
[baseline]
from_day = -90
to_day = 0
[sending]
quiet_from = "20:00"
quiet_until = "08:00"
stale_after_days = 2
most_per_day = 2
[not_today]
pain = { en = "Pain", es = "Dolor" }
[[exercise]]
key = "walk"
label = { en = "Walk", es = "Caminar" }
dose = { en = "A little", es = "Un poco" }
[[exercise.plan]]
from_day = 1
to_day = 30
weekdays = ["mon", "sun"]
[[video]]
key = "film"
label = { en = "Film", es = "Video" }
minutes = 3
[[step]]
key = "before"
kind = "survey"
day = -14
time = "09:00"
surveys = ["koos_jr@1", "own:knee_diary@3"]
window = { due = 0, overdue = 7, expires = 14 }
reminders = { after = [8, 4], text = "again" }
text = "ask"
[[step]]
key = "weekly"
kind = "survey"
day = 7
time = "09:00"
surveys = ["koos_jr@1"]
window = { due = 0, overdue = 2, expires = 7 }
repeat = { every = 7, times = 3 }
text = "ask"
[[step]]
key = "start"
kind = "exercise"
day = 1
time = "10:00"
exercises = ["walk"]
text = "go"
[[step]]
key = "watch"
kind = "video"
day = 2
time = "10:00"
video = "film"
text = "go"
[texts.en]
ask = "Hello {given_name}"
again = "Still open: {link}"
go = "Off you go"
[texts.es]
ask = "Hola, {given_name}"
again = "Sigue abierto: {link}"
go = "Adelante"
"""


def test_every_part_of_a_pathway_is_read():
    pathway = parse_pathway(SMALL)
    before, weekly, start, watch = pathway.steps
    assert (pathway.reference, pathway.condition, pathway.index_kind) == ("small_knee@2", "knee_replacement", "surgery")
    assert (pathway.length_days, pathway.baseline_days) == (30, (-90, 0))
    assert before.surveys == ("koos_jr@1", "own:knee_diary@3")
    assert before.window == Window(due=0, overdue=7, expires=14)
    assert before.reminders == Reminders(after=(4, 8), text="again")
    assert (weekly.repeat, weekly.occurrence_days) == (Repeat(every=7, times=3), (7, 14, 21))
    assert (start.kind, start.exercises, watch.video) == (StepKind.EXERCISE, ("walk",), "film")
    assert pathway.exercises[0].plans == (Plan(1, 30, frozenset({0, 6})),)
    assert pathway.exercises[0].plans[0].weekday_bits == 0b1000001
    assert pathway.not_today_reasons["pain"]["es"] == "Dolor"
    assert pathway.texts["en"]["again"] == "Still open: {link}"


def test_instruments_come_in_the_order_of_first_asking_and_know_their_days():
    pathway = parse_pathway(SMALL)
    assert pathway.instruments == ("koos_jr@1", "own:knee_diary@3")
    assert pathway.survey_days("koos_jr@1") == (-14, 7, 14, 21)
    assert pathway.survey_days("nprs@1") == ()


SECOND_PLAN = """[[exercise.plan]]
from_day = 30
to_day = 30
weekdays = ["mon"]
"""

REFUSALS = [
    # (text in SMALL, what it becomes, what the message says)
    ("version = 2\n", "version = 0\n", '"version" is 0; it must lie between 1 and 9999.'),
    ("version = 2\n", "version = true\n", '"version" must be a whole number from 1 to 9999, not True.'),
    ("version = 2\n", "", '"version" is missing; it is a whole number from 1 to 9999.'),
    ("version = 2\n", "version = 2\ncolour = 1\n", '"colour" is not known here. Known: baseline, condition, exercise,'),
    ('"small_knee"', '"Small Knee"', '"Small Knee" is no key; use small letters, digits and _, a letter first.'),
    ('index_kind = "surgery"', 'index_kind = "op"', '"op" is no index_kind. Choose one of: surgery, first_visit'),
    ('title = { en = "Small", es = "Pequeño" }', 'title = { en = "Small" }', '"title" has no words in "es"'),
    ('es = "Pequeño" }', 'es = "P", fr = "Petit" }', '"title" has the language "fr"; the portal speaks en and es.'),
    ("from_day = -90", "from_day = -100\nto_dya = 1", 'baseline: "to_dya" is not known here. Known: from_day, to_day.'),
    ("to_day = 0", "to_day = -95", "the window runs from day -90 to day -95; turn the two around."),
    ('quiet_from = "20:00"', 'quiet_from = "07:00"', "quiet hours run over midnight"),
    ('"koos_jr@1", "own', '"koos_jr", "own', "\"surveys\" holds 'koos_jr'; it is a list of instruments such as"),
    ('"koos_jr@1", "own:knee_diary@3"', '"koos_jr@1", "koos_jr@1"', "holds 'koos_jr@1' twice; name it once."),
    ("overdue = 7, expires = 14", "overdue = 7, expires = 5", "due 0, overdue 7, expires 5: they must follow"),
    ("due = 0, overdue = 7, expires = 14", "due = 0, overdue = 7", 'step "before": "expires" is missing'),
    ("after = [8, 4]", "after = [14]", "a reminder after 14 days comes too late: the survey is open for 14 days."),
    ("after = [8, 4]", "after = []", "no day is named; write after = [2, 4] or leave the reminders out."),
    ("after = [8, 4]", "after = [true]", "holds True; it is a list of days after it fell due."),
    ("every = 7, times = 3", "every = 6, times = 3", 'it asks koos_jr@1 from day 13, 09:00, while step "weekly"'),
    ("every = 7, times = 3", "every = 7, times = 5", "it starts on day 35; the pathway ends on day 30."),
    ('time = "10:00"\nexercises', 'time = "07:59"\nexercises', "07:59 lies in the quiet hours 20:00–08:00"),
    ('time = "10:00"\nexercises', 'time = "9:00"\nexercises', '"9:00" is no time of day; write hours and minutes'),
    ('key = "weekly"', 'key = "before"', 'there is another step "before" above; give this one another key.'),
    ('exercises = ["walk"]', 'exercises = ["swim"]', 'there is no "swim". Defined: walk.'),
    ('exercises = ["walk"]\n', "", 'a step of kind exercise needs "exercises"; add it or'),
    ('exercises = ["walk"]', 'exercises = ["walk"]\nvideo = "film"', 'of kind exercise has no "video"; remove it'),
    ("from_day = 1\nto_day = 30", "from_day = 5\nto_day = 30", '"walk" has no plan on day 1, when this step opens it'),
    ('weekdays = ["mon", "sun"]', "weekdays = []", "no weekday is named; name at least one of mon, tue"),
    ('weekdays = ["mon", "sun"]', 'weekdays = ["monday"]', "holds 'monday'; it is a list of weekdays: mon, tue"),
    ('[[exercise.plan]]\nfrom_day = 1\nto_day = 30\nweekdays = ["mon", "sun"]', "", "nobody is asked to do it; add a"),
    ("[[video]]", SECOND_PLAN + "[[video]]", "day 30 lies in two plans, 1–30 and 30–30; let one end before"),
    ('video = "film"', 'video = "movie"', 'there is no "movie". Defined: film.'),
    ('go = "Adelante"', "", 'texts in "es": "go" is said by a step and has no words here; add go = "…".'),
    ('go = "Adelante"', 'go = "Adelante"\nold = "x"', 'no step says "old"; remove it or use it.'),
    ("Hola, {given_name}", "Hola, {name}", '"{name}" cannot be filled in. These can: {clinic}, {given_name}, {link}.'),
    ('go = "Adelante"', 'go = " "', '"go" is empty; write something or leave the line out.'),
    ("[sending]", "[sendings]", "the table [sending] is missing; see docs/pathways.md."),
    ('key = "small_knee"', "key = ", "this is not TOML"),
]  # fmt: skip


@pytest.mark.parametrize(("found", "instead", "message"), REFUSALS)
def test_a_wrong_pathway_is_refused_with_the_thing_and_the_cure(found, instead, message):
    assert found in SMALL
    with pytest.raises(PathwayFileError) as refusal:
        parse_pathway(SMALL.replace(found, instead, 1), "small.toml")
    assert message in str(refusal.value)
    assert str(refusal.value).startswith("small.toml")


@pytest.mark.parametrize(
    ("found", "instead", "wrong_line"),
    [
        ('key = "small_knee"', "key = ", "key = "),
        ("overdue = 2, expires = 7", "overdue = 2, expires = 1", "window = { due = 0, overdue = 2, expires = 1 }"),
        ('go = "Adelante"', 'go = "{oops}"', 'go = "{oops}"'),
        ('exercises = ["walk"]', 'exercises = ["swim"]', 'exercises = ["swim"]'),
        ('weekdays = ["mon", "sun"]', 'weekdays = ["monday"]', 'weekdays = ["monday"]'),
        ("minutes = 3", "minutes = 0", "minutes = 0"),
    ],
)
def test_a_refusal_names_the_line_the_mistake_is_on(found, instead, wrong_line):
    text = SMALL.replace(found, instead, 1)
    with pytest.raises(PathwayFileError) as refusal:
        parse_pathway(text)
    assert text.splitlines()[refusal.value.line - 1] == wrong_line


def test_what_is_missing_is_refused_at_the_head_of_its_table():
    text = SMALL.replace('kind = "video"\n', "")
    with pytest.raises(PathwayFileError, match='step "watch": "kind" is missing') as refusal:
        parse_pathway(text)
    assert text.splitlines()[refusal.value.line : refusal.value.line + 1] == ['key = "watch"']


def test_a_pathway_without_a_step_is_refused():
    without = SMALL[: SMALL.index("[[step]]")] + "[texts.en]\n[texts.es]\n"
    with pytest.raises(PathwayFileError, match=r"there is no step; add at least one \[\[step\]\]"):
        parse_pathway(without)
