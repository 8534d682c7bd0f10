"""The patient's own recovery as a picture and a sentence, from care alone: the delivered band and the own answers."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from care.instruments import find_instrument
from care.models import Episode, SurveyResponse, Track
from scoring.errors import ScoringError
from scoring.score import score_response

WIDTH, HEIGHT, BOTTOM = 340, 190, 24


@dataclass(frozen=True)
class Chart:
    """Points of an inline SVG, ``WIDTH`` × ``HEIGHT``; ``says``: worse, usual, better, or "" where it is not known."""

    says: str
    band_80: str
    band_50: str
    line: str
    points: list[tuple[float, float]]
    ticks: list[tuple[float, int]]  # place, week
    people: int | None
    width: int = WIDTH
    height: int = HEIGHT


def own_chart(session: Session, episode_id) -> Chart | None:
    """None until somebody is known to compare with, or nothing was answered."""
    track = session.scalar(
        select(Track)
        .where(Track.episode_id == episode_id, Track.band.is_not(None))
        .order_by(Track.headline.desc(), Track.instrument, Track.scale)
        .limit(1)
    )
    if track is None:
        return None
    higher = find_instrument(session, track.instrument).scale(track.scale).direction == "higher"
    own = _own_points(session, session.get_one(Episode, episode_id), track)
    band = sorted(track.band)
    return _drawn(band, own, higher, (track.expected or {}).get("n")) if own and len(band) > 1 else None


def _own_points(session: Session, episode: Episode, track: Track) -> list[tuple[int, float]]:
    """(day, score) of every answer on the scale, the one just given included."""
    instrument = find_instrument(session, track.instrument)
    rows = session.scalars(
        select(SurveyResponse)
        .where(SurveyResponse.episode_id == episode.id, SurveyResponse.instrument == track.instrument)
        .order_by(SurveyResponse.completed_at)
    )
    points = []
    for row in rows:
        try:
            score = next(each for each in score_response(instrument, row.answers) if each.scale == track.scale)
        except ScoringError:
            continue
        if score.value is not None:
            points.append(((row.local_date - episode.index_date).days, score.value))
    return points


def _drawn(band: list[list[float]], own: list[tuple[int, float]], higher: bool, people: int | None) -> Chart:
    last_day = max(band[-1][0], own[-1][0], 7)
    values = [value for row in band for value in row[1:]] + [score for _, score in own]
    low, high = min(values), max(values)
    span = (high - low) or 1.0

    def at(day: float, value: float) -> tuple[float, float]:
        share = (value - low) / span if higher else (high - value) / span  # better is always up
        return round(8 + max(day, 0) / last_day * (WIDTH - 16), 1), round((1 - share) * (HEIGHT - BOTTOM - 16) + 8, 1)

    def area(lower: int, upper: int) -> str:
        edge = [at(row[0], row[upper]) for row in band] + [at(row[0], row[lower]) for row in reversed(band)]
        return _joined(edge)

    points = [at(day, score) for day, score in own]
    weeks = range(0, int(last_day / 7) + 1, max(1, int(last_day / 21)))
    ticks = [(at(week * 7, low)[0], week) for week in weeks]
    return Chart(_says(band, own[-1], higher), area(1, 5), area(2, 4), _joined(points), points, ticks, people)


def _says(band: list[list[float]], latest: tuple[int, float], higher: bool) -> str:
    day, score = latest
    around = [row for row in band if row[0] <= day]
    if not around or day > band[-1][0] + 14:
        return ""
    row = around[-1]
    if row[1] <= score <= row[5]:
        return "usual"
    return "better" if (score > row[5]) == higher else "worse"


def _joined(points: list[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)
