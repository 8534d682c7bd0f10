"""
The one reader of pathway texts: TOML in, a checked ``Pathway`` out.

It takes the text and not a path, so that a file of ``data/pathways`` and a definition that a tenant published
pass through the same door. The format is explained in ``docs/pathways.md``.
"""

import re
import tomllib

from pathways.checks import check_pathway
from pathways.errors import PathwayFileError
from pathways.pathway import (
    Exercise,
    Pathway,
    Plan,
    Reminders,
    Repeat,
    Sending,
    Source,
    Step,
    StepKind,
    Video,
    Window,
)
from pathways.table import INSTRUMENT, LANGUAGES, Table
from pathways.toml_lines import lines_of

INDEX_KINDS = ("surgery", "first_visit", "injury")
CONDITIONS = ("knee_replacement", "hip_replacement", "low_back_pain")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EARLIEST_DAY, LATEST_DAY = -365, 730


def parse_pathway(text: str, name: str = "pathway") -> Pathway:
    """
    Read and check one pathway.

    Parameters
    ----------
    text : the TOML text
    name : what messages call it, usually the file's name

    Raises
    ------
    PathwayFileError
        Naming the place, the thing and the cure; nothing of a wrong pathway is returned.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PathwayFileError(name, _line_in(error), f"this is not TOML: {error}.") from None
    top = Table(values, name, lines_of(text))
    pathway = _pathway(top)
    top.finish()
    check_pathway(pathway, top)
    return pathway


def _line_in(error: tomllib.TOMLDecodeError) -> int | None:
    found = re.search(r"at line (\d+)", str(error))
    return int(found[1]) if found else None


def _pathway(top: Table) -> Pathway:
    return Pathway(
        key=top.key(),
        version=top.whole("version", 1, 9999),
        status=top.one_of("status", ("draft", "reviewed")),
        title=top.in_languages("title"),
        condition=top.one_of("condition", CONDITIONS),
        index_kind=top.one_of("index_kind", INDEX_KINDS),
        length_days=top.whole("length_days", 1, LATEST_DAY),
        baseline_days=_baseline_days(top),
        sending=_sending(top),
        steps=tuple(_step(table) for table in top.tables("step")),
        exercises=tuple(_exercise(table) for table in top.tables("exercise")),
        videos=tuple(_video(table) for table in top.tables("video")),
        not_today_reasons=_reasons(top),
        texts=_texts(top),
        sources=tuple(_source(table) for table in top.tables("source")),
    )


def _required(top: Table, field: str) -> Table:
    table = top.table(field)
    if table is None:
        top.refuse(None, f"the table [{field}] is missing; see docs/pathways.md.")
    return table


def _baseline_days(top: Table) -> tuple[int, int]:
    table = _required(top, "baseline")
    first, last = table.whole("from_day", EARLIEST_DAY, 0), table.whole("to_day", EARLIEST_DAY, 30)
    table.finish()
    if first > last:
        table.refuse("from_day", f"the window runs from day {first} to day {last}; turn the two around.")
    return first, last


def _sending(top: Table) -> Sending:
    table = _required(top, "sending")
    sending = Sending(
        quiet_from=table.clock("quiet_from"),
        quiet_until=table.clock("quiet_until"),
        stale_after_days=table.whole("stale_after_days", 0, 30),
        most_per_day=table.whole("most_per_day", 1, 10),
    )
    table.finish()
    if sending.quiet_from <= sending.quiet_until:
        table.refuse("quiet_from", "quiet hours run over midnight: from the evening until the next morning.")
    return sending


def _step(table: Table) -> Step:
    step = Step(
        key=table.key(),
        kind=StepKind(table.one_of("kind", tuple(StepKind))),
        day=table.whole("day", EARLIEST_DAY, LATEST_DAY),
        time=table.clock("time"),
        text=table.key("text"),
        surveys=table.several("surveys", _is_instrument, 'instruments such as "koos_jr@1"'),
        exercises=table.several("exercises", _is_words, "exercise keys"),
        video=table.key("video", default=None),
        window=_window(table),
        repeat=_repeat(table),
        reminders=_reminders(table),
    )
    table.finish()
    return step


def _is_instrument(value: object) -> bool:
    return isinstance(value, str) and INSTRUMENT.fullmatch(value) is not None


def _is_words(value: object) -> bool:
    return isinstance(value, str)


def _window(step: Table) -> Window | None:
    table = step.table("window")
    if table is None:
        return None
    window = Window(*(table.whole(field, 0, 365) for field in ("due", "overdue", "expires")))
    table.finish()
    if not window.due < window.overdue <= window.expires:
        days = f"due {window.due}, overdue {window.overdue}, expires {window.expires}"
        table.refuse(None, f"{days}: they must follow each other in this order.")
    return window


def _repeat(step: Table) -> Repeat:
    table = step.table("repeat")
    if table is None:
        return Repeat(every=1, times=1)
    repeat = Repeat(every=table.whole("every", 1, 365), times=table.whole("times", 2, 365))
    table.finish()
    return repeat


def _reminders(step: Table) -> Reminders | None:
    table = step.table("reminders")
    if table is None:
        return None
    after = table.several("after", lambda day: type(day) is int and 0 < day <= 365, "days after it fell due")
    reminders = Reminders(after=tuple(sorted(after)), text=table.key("text"))
    table.finish()
    return reminders


def _exercise(table: Table) -> Exercise:
    plans = tuple(_plan(row) for row in table.tables("plan"))
    exercise = Exercise(table.key(), table.in_languages("label"), table.in_languages("dose"), plans)
    table.finish()
    return exercise


def _plan(table: Table) -> Plan:
    first, last = (table.whole(field, EARLIEST_DAY, LATEST_DAY) for field in ("from_day", "to_day"))
    if first > last:
        table.refuse("from_day", f"it runs from day {first} to day {last}; turn the two around.")
    weekdays = table.several("weekdays", WEEKDAYS.__contains__, "weekdays: " + ", ".join(WEEKDAYS))
    if not weekdays:
        table.refuse("weekdays", "no weekday is named; name at least one of " + ", ".join(WEEKDAYS) + ".")
    table.finish()
    return Plan(first, last, frozenset(map(WEEKDAYS.index, weekdays)))


def _video(table: Table) -> Video:
    video = Video(table.key(), table.in_languages("label"), table.whole("minutes", 1, 120))
    table.finish()
    return video


def _reasons(top: Table) -> dict[str, dict[str, str]]:
    table = _required(top, "not_today")
    reasons = {code: table.in_languages(code) for code in table.values}
    table.finish()
    return reasons


def _texts(top: Table) -> dict[str, dict[str, str]]:
    """The pathway's own messages, by language."""
    texts = _required(top, "texts")
    by_language = {}
    for language in LANGUAGES:
        table = _required(texts, language)
        by_language[language] = {key: table.words(key) for key in table.values}
    texts.finish()
    return by_language


def _source(table: Table) -> Source:
    source = Source(table.words("cites"), table.words("supports"))
    table.finish()
    return source
