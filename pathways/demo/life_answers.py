"""Synthetic patients answer what is open: through the draft and the sending that the portal uses."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from care.database import app_session
from care.models import Episode, Patient, SurveyAssignment, SurveyResponse
from care.status import AssignmentState
from care.verbs.answer import submit
from care.verbs.draft import AnswerRefused, save_answer
from pathways.asking import OpenSurvey, episode_of, open_surveys
from pathways.demo.chance import Chance
from pathways.demo.cohort import Planned
from pathways.demo.course import ALARM_BEFORE, continued
from pathways.demo.course import Course as Latent
from pathways.demo.world import World
from scoring.score import score_response


def patients_to_answer(session: Session, people: Mapping[UUID, Planned], as_of: datetime, seed: int) -> list[UUID]:
    """Those who would have answered an open survey by now."""
    rows = session.execute(
        select(SurveyAssignment, Episode.index_date)
        .join(Episode, (Episode.tenant_id == SurveyAssignment.tenant_id) & (Episode.id == SurveyAssignment.episode_id))
        .where(
            SurveyAssignment.state == AssignmentState.OPEN,
            SurveyAssignment.due_at <= as_of,
            SurveyAssignment.expires_at > as_of,
            SurveyAssignment.patient_id.in_(people),
        )
    )
    return sorted(
        {
            row.patient_id
            for row, day_zero in rows
            if _has_answered_by(people[row.patient_id], row, (row.due_date - day_zero).days, as_of, seed)
        }
    )


def answer_surveys(world: World, patient_id: UUID, planned: Planned, as_of: datetime) -> int:
    """Answer and send whatever this patient has to answer, in one transaction; returns the number sent."""
    try:
        with app_session(world.places.tenant_id, patient_id) as session:
            language = session.get_one(Patient, patient_id).language
            surveys = open_surveys(session, patient_id, as_of)
            if any(survey.answers for survey in surveys):
                return 0  # a visitor of the demonstration is answering for this patient
            for survey in surveys:
                for item_id, answer in _answers(session, world, survey, planned, as_of).items():
                    save_answer(session, survey.id, item_id, answer, f"{survey.id}:{item_id}"[-64:], language, as_of)
            return len(submit(session, [survey.sending for survey in surveys], as_of))
    except AnswerRefused:  # another worker was faster
        return 0


def _has_answered_by(planned: Planned, row: SurveyAssignment, day: int, as_of: datetime, seed: int) -> bool:
    """All instruments of one survey share their luck: they are answered at one sitting."""
    chance = Chance(seed, f"answers {planned.number} {row.step} {row.occurrence}")
    last = planned.shape.last_answered_day
    if (last is not None and day > last) or chance.yes(planned.shape.misses):
        return False
    answered_at = chance.after(row.due_at, 0.2, 9.0) if chance.yes(0.7) else chance.after(row.due_at, 26.0, 110.0)
    return min(answered_at, chance.after(row.expires_at, -8.0, -1.0)) <= as_of


def _answers(session: Session, world: World, survey: OpenSurvey, planned: Planned, as_of: datetime) -> dict[str, int]:
    """Item id -> answer: the course goes on from the latest ones; without a course, no warning sign."""
    sheet = world.sheets.get((planned.pathway, survey.instrument.reference))
    if sheet is None:
        return {item.id: int(item.low) for item in survey.instrument.items}
    episode = episode_of(session, survey)
    chance = Chance(world.seed, f"answers {planned.number} {survey.instrument.reference} {survey.id.hex[-12:]}")
    day = max((survey.assignments[0].due_date - episode.index_date).days, 0)
    wished = _course(session, world, survey, episode, planned, chance).score(day, chance)
    if planned.shape.event == "pain_alarm" and survey.instrument.key == "nprs":
        wished = min(wished, ALARM_BEFORE)  # the story has been told
    return sheet.fill_in(wished, chance)


def _course(
    session: Session, world: World, survey: OpenSurvey, episode: Episode, planned: Planned, chance: Chance
) -> Latent:
    reference = survey.instrument.reference
    content = next(
        each for each in world.content.scales if (each.pathway, each.instrument) == (planned.pathway, reference)
    )
    rows = session.scalars(
        select(SurveyResponse)
        .where(SurveyResponse.episode_id == episode.id, SurveyResponse.instrument == reference)
        .order_by(SurveyResponse.completed_at)
    )
    scored = [((row.local_date - episode.index_date).days, _score(survey, row, content.scale)) for row in rows]
    known = [(day, score) for day, score in scored if score is not None]
    return continued(content, planned.shape, world.sheets[planned.pathway, reference].better, known, chance)


def _score(survey: OpenSurvey, row: SurveyResponse, scale: str) -> float | None:
    return next(each.value for each in score_response(survey.instrument, row.answers) if each.scale == scale)
