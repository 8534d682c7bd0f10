"""What must hold between the parts of a pathway; each rule refuses with the place and the cure."""

import re
from datetime import time
from itertools import pairwise

from pathways.pathway import Pathway, Step, StepKind
from pathways.table import LANGUAGES, Table

PLACEHOLDERS = frozenset({"given_name", "clinic", "link"})

# What a step must carry by its kind, and what it may; every step may repeat.
NEEDS = {
    StepKind.SURVEY: {"surveys", "window"},
    StepKind.MESSAGE: set(),
    StepKind.EXERCISE: {"exercises"},
    StepKind.VIDEO: {"video"},
}
MAY_HAVE = {StepKind.SURVEY: {"reminders"}}
PARTS = ("surveys", "window", "reminders", "exercises", "video")


def check_pathway(pathway: Pathway, top: Table) -> None:
    """Refuse a pathway whose parts contradict each other."""
    tables = top.tables("step")
    if not pathway.steps:
        top.refuse("step", "there is no step; add at least one [[step]].")
    _keys_are_unique(top, "step", "exercise", "video")
    _plans_do_not_overlap(pathway, top.tables("exercise"))
    for step, table in zip(pathway.steps, tables, strict=True):
        _carries_what_its_kind_needs(step, table)
        _names_what_exists(step, pathway, table)
        _starts_within_the_pathway(step, pathway, table)
        _is_sent_outside_quiet_hours(step, pathway, table)
        _reminds_before_it_expires(step, table)
    _asks_an_instrument_once_at_a_time(pathway, tables)
    _texts_agree(pathway, top)


def _keys_are_unique(top: Table, *kinds: str) -> None:
    for kind in kinds:
        seen: set[str] = set()
        for table in top.tables(kind):
            key = table.values["key"]
            if key in seen:
                table.refuse("key", f'there is another {kind} "{key}" above; give this one another key.')
            seen.add(key)


def _carries_what_its_kind_needs(step: Step, table: Table) -> None:
    present = {part for part in PARTS if getattr(step, part)}
    for part in sorted(NEEDS[step.kind] - present):
        table.refuse(part, f'a step of kind {step.kind} needs "{part}"; add it or change the kind.')
    for part in sorted(present - NEEDS[step.kind] - MAY_HAVE.get(step.kind, set())):
        table.refuse(part, f'a step of kind {step.kind} has no "{part}"; remove it or change the kind.')


def _names_what_exists(step: Step, pathway: Pathway, table: Table) -> None:
    plans = {exercise.key: exercise.plans for exercise in pathway.exercises}
    for key in step.exercises:
        _exists(key, set(plans), "exercises", table)
        if not any(plan.from_day <= step.day <= plan.to_day for plan in plans[key]):
            table.refuse("exercises", f'"{key}" has no plan on day {step.day}, when this step opens it; add one.')
    if step.video:
        _exists(step.video, {video.key for video in pathway.videos}, "video", table)


def _exists(key: str, known: set[str], field: str, table: Table) -> None:
    if key not in known:
        table.refuse(field, f'there is no "{key}". Defined: {", ".join(sorted(known)) or "none"}.')


def _starts_within_the_pathway(step: Step, pathway: Pathway, table: Table) -> None:
    last = step.occurrence_days[-1]
    if last > pathway.length_days:
        field = "repeat" if step.repeat.times > 1 else "day"
        table.refuse(field, f"it starts on day {last}; the pathway ends on day {pathway.length_days}. Make it longer.")


def _is_sent_outside_quiet_hours(step: Step, pathway: Pathway, table: Table) -> None:
    sending = pathway.sending
    if step.time >= sending.quiet_from or step.time < sending.quiet_until:
        quiet = f"{sending.quiet_from:%H:%M}–{sending.quiet_until:%H:%M}"
        table.refuse("time", f"{step.time:%H:%M} lies in the quiet hours {quiet}; choose a time of day outside them.")


def _reminds_before_it_expires(step: Step, table: Table) -> None:
    if not step.reminders:
        return
    if not step.reminders.after:
        table.refuse("reminders", "no day is named; write after = [2, 4] or leave the reminders out.")
    last, open_days = step.reminders.after[-1], step.window.expires - step.window.due
    if last >= open_days:
        table.refuse(
            "reminders", f"a reminder after {last} days comes too late: the survey is open for {open_days} days."
        )


def _asks_an_instrument_once_at_a_time(pathway: Pathway, tables: list[Table]) -> None:
    """With two open copies of one questionnaire nobody knows which answer counts for which day."""
    asked: dict[str, list[tuple[tuple[int, time], tuple[int, time], int]]] = {}
    for position, step in enumerate(pathway.steps):
        for instrument in step.surveys:
            asked.setdefault(instrument, []).extend((*span, position) for span in _open_spans(step))
    for instrument, spans in asked.items():
        for (_, closes, earlier), (opens, _, later) in pairwise(sorted(spans)):
            if opens < closes:
                tables[later].refuse(
                    "window",
                    f'it asks {instrument} from {_moment(opens)}, while step "{pathway.steps[earlier].key}" asks it '
                    f"until {_moment(closes)}. Let the earlier one expire first.",
                )


def _open_spans(step: Step) -> list[tuple[tuple[int, time], tuple[int, time]]]:
    """(day, time) of opening and closing, for each occurrence of a survey step."""
    window = step.window
    return [((day + window.due, step.time), (day + window.expires, step.time)) for day in step.occurrence_days]


def _moment(moment: tuple[int, time]) -> str:
    return f"day {moment[0]}, {moment[1]:%H:%M}"


def _plans_do_not_overlap(pathway: Pathway, tables: list[Table]) -> None:
    """One report per exercise and day: a day asked twice could never be fully reported."""
    for exercise, table in zip(pathway.exercises, tables, strict=True):
        if not exercise.plans:
            table.refuse("plan", "nobody is asked to do it; add a [[exercise.plan]].")
        for earlier, later in pairwise(sorted(exercise.plans, key=lambda plan: plan.from_day)):
            if later.from_day <= earlier.to_day:
                table.refuse(
                    "plan",
                    f"day {later.from_day} lies in two plans, {earlier.from_day}–{earlier.to_day} and "
                    f"{later.from_day}–{later.to_day}; let one end before the next begins.",
                )


def _texts_agree(pathway: Pathway, top: Table) -> None:
    used = {step.text for step in pathway.steps} | {step.reminders.text for step in pathway.steps if step.reminders}
    texts = Table(top.values["texts"], top.name, top.lines, ("texts",))
    for language in LANGUAGES:
        table = Table(texts.values[language], top.name, top.lines, ("texts", language), f'texts in "{language}"')
        for key in sorted(used - set(table.values)):
            table.refuse(key, f'"{key}" is said by a step and has no words here; add {key} = "…".')
        for key in sorted(set(table.values) - used):
            table.refuse(key, f'no step says "{key}"; remove it or use it.')
        for key, words in table.values.items():
            _placeholders_are_known(table, key, words)


def _placeholders_are_known(table: Table, key: str, words: str) -> None:
    for name in re.findall(r"\{(.*?)\}", words):
        if name not in PLACEHOLDERS:
            known = ", ".join("{" + known + "}" for known in sorted(PLACEHOLDERS))
            table.refuse(key, f'"{{{name}}}" cannot be filled in. These can: {known}.')
