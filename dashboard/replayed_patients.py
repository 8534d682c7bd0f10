"""The patients of a replay in the viewer's scope, each with a way to the record."""

from dataclasses import dataclass
from uuid import UUID

import streamlit as st

from care.access import Viewer
from care.models import Replay
from care.queries.replayed import find_replayed
from dashboard.elements import note, section
from dashboard.navigation import FOLDER
from dashboard.resources import live
from dashboard.views.people import name_of
from dashboard.views.workload import rule_words
from dashboard.words import literal, plural


@dataclass(frozen=True)
class ReplayedPatient:
    """``rules``: in words, those whose alerts come or go."""

    patient_id: UUID
    episode_id: UUID
    name: str
    rules: str


@dataclass(frozen=True)
class ReplayedPatients:
    """Whose alerts come (``more``) and whose go (``fewer``) with the changed settings."""

    more: list[ReplayedPatient]
    fewer: list[ReplayedPatient]

    @property
    def everybody(self) -> list[ReplayedPatient]:
        return [*self.more, *self.fewer]

    @property
    def finding(self) -> str:
        whole = len({each.patient_id for each in self.everybody})
        return (
            f"{plural(whole, 'patient')} of yours would be flagged differently"
            if whole
            else ("None of your patients would be flagged differently")
        )


def read_patients(viewer: Viewer, replay: Replay) -> ReplayedPatients:
    """Within the viewer's own scope; the replay itself holds no name."""
    flags = replay.result["flags"]
    more = _rules([flag for flag in flags if flag["changed"] and not flag["standing"]])
    fewer = _rules([flag for flag in flags if flag["standing"] and not flag["changed"]])
    with live(viewer) as session:
        known = find_replayed(session, viewer.scope, {*more, *fewer})
    return ReplayedPatients(*(
        [
            ReplayedPatient(patient.id, episode.id, name_of(patient), rules[episode.id])
            for episode, patient in known
            if episode.id in rules
        ]
        for rules in (more, fewer)
    ))  # fmt: skip


def _rules(flags: list[dict]) -> dict[UUID, str]:
    found: dict[UUID, list[str]] = {}
    for flag in flags:
        words = found.setdefault(UUID(flag["episode"]), [])
        if rule_words(flag["rule"]) not in words:
            words.append(rule_words(flag["rule"]))
    return {episode: ", ".join(words) for episode, words in found.items()}


def draw_patients(heading: str, patients: list[ReplayedPatient]) -> None:
    section(f"{heading}: {plural(len(patients), 'patient')}")
    if not patients:
        note("Nobody of yours.")
    for each in patients:
        label = f"{literal(each.name)} · {literal(each.rules)}"
        st.page_link(FOLDER + "record.py", label=label, query_params={"episode": str(each.episode_id)})
