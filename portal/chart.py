"""The patient's own recovery in a sentence, a picture and a table, from care alone: the delivered band, own answers."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from care.instruments import find_instrument
from care.models import Episode, SurveyResponse, Track
from portal.drawing import Drawing, draw
from scoring.errors import ScoringError
from scoring.instrument import Instrument
from scoring.score import score_response

AFTER_THE_BAND = 14  # days for which its last point still stands for "people like you"

Band = list[list[float]]  # [day, p10, p25, p50, p75, p90], by day


@dataclass(frozen=True)
class Row:
    """One own answer as the table says it; ``usual``: where 8 in 10 people like the patient are, if known."""

    day: date
    week: int
    score: float
    usual: tuple[float, float] | None


@dataclass(frozen=True)
class Chart:
    """``says``: worse, usual, better, or "" where nobody is known to compare with at that day."""

    says: str
    label: str
    higher: bool
    decimals: int
    people: int | None
    rows: list[Row]
    drawing: Drawing


def own_chart(session: Session, episode_id: UUID) -> Chart | None:
    """The course on the scale that the care team looks at first; None until a band is known and something was sent."""
    track = session.scalar(
        select(Track)
        .where(Track.episode_id == episode_id, Track.band.is_not(None))
        .order_by(Track.headline.desc(), Track.instrument, Track.scale)
        .limit(1)
    )
    if track is None:
        return None
    instrument = find_instrument(session, track.instrument)
    scale, episode = instrument.scale(track.scale), session.get_one(Episode, episode_id)
    own = _own_scores(session, episode, instrument, scale.name)
    band = sorted(track.band)
    if not own or len(band) < 2:
        return None
    points = [((day - episode.index_date).days, score) for day, score in own.items()]
    higher = scale.direction == "higher"
    return Chart(
        says=_says(band, *points[-1], higher),
        label=scale.label,
        higher=higher,
        decimals=scale.decimals,
        people=(track.expected or {}).get("n"),
        rows=[_row(band, day, (day - episode.index_date).days, score) for day, score in own.items()],
        drawing=draw(band, points, higher),
    )


def _own_scores(session: Session, episode: Episode, instrument: Instrument, scale: str) -> dict[date, float]:
    """Local date → score, the answer just given included; of one day the last answer stands, a corrected one goes."""
    rows = session.scalars(
        select(SurveyResponse)
        .where(SurveyResponse.episode_id == episode.id, SurveyResponse.instrument == instrument.reference)
        .order_by(SurveyResponse.local_date, SurveyResponse.completed_at)
    ).all()
    replaced = {row.replaces_id for row in rows}
    scored = ((row.local_date, _score(instrument, row, scale)) for row in rows if row.id not in replaced)
    return {day: score for day, score in scored if score is not None}


def _score(instrument: Instrument, row: SurveyResponse, scale: str) -> float | None:
    try:
        return next(each for each in score_response(instrument, row.answers) if each.scale == scale).value
    except ScoringError:  # an imported answer outside the range is no reason to show no page
        return None


def _row(band: Band, local_date: date, day: int, score: float) -> Row:
    around = _expected_at(band, day)
    return Row(local_date, day // 7, score, (around[0], around[4]) if around else None)


def _says(band: Band, day: int, score: float, higher: bool) -> str:
    around = _expected_at(band, day)
    if around is None:
        return ""
    if around[0] <= score <= around[4]:
        return "usual"
    return "better" if (score > around[4]) == higher else "worse"


def _expected_at(band: Band, day: int) -> list[float] | None:
    """[p10, …, p90] at a day, straight between the band's points."""
    first, last = band[0], band[-1]
    if day < first[0] or day > last[0] + AFTER_THE_BAND:
        return None
    for left, right in zip(band, band[1:], strict=False):
        if day <= right[0]:
            share = (day - left[0]) / (right[0] - left[0])
            return [a + share * (b - a) for a, b in zip(left[1:], right[1:], strict=True)]
    return last[1:]
