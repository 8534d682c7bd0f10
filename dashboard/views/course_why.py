"""Why this much was expected of a patient, and where that knowledge comes from; in sentences for beneath the chart."""

from functools import cache

import settings
from care.models import Episode
from dashboard.views.course import Course
from dashboard.words import NARROW_SPACE, count, interval, time_on_course
from scoring.reasons_words import share_in_words
from scoring.recovery_priors import parse_priors

SOURCES = (("own", "your clinic"), ("network", "other clinics"), ("literature", "published studies"))
WORDS = {"similar patients on average": "similar patients on average", "own baseline": "own start score", "bmi": "BMI"}


def standing(course: Course) -> str:
    """KOOS JR 41 at week 6. 80 % of 214 similar patients are at 48–66; lower than 96 of 100."""
    expected, track = course.track.expected or {}, course.track
    below = expected.get("below")
    if below is None or track.score is None:
        return ""
    similar = f"{count(int(expected['n']))} similar patients" if expected.get("n") else "similar patients"
    words = ("lower", "higher") if course.higher_is_better else ("better", "worse")
    word, share = (words[0], 1 - below) if below < 0.5 else (words[1], below)
    band = interval(expected["p10"], expected["p90"], course.scale.decimals)
    return (
        f"{course.name} {course.points(track.score)} at {time_on_course(track.day, course.event)}. "
        f"80{NARROW_SPACE}% of {similar} are at {band}; {word} than {share_in_words(share)}."
    )


def made_of(course: Course) -> str:
    """Expected 58 = 54 similar patients on average, +6 own start score, −2 age."""
    expected = course.track.expected or {}
    parts = expected.get("parts")
    if not parts:
        return ""
    decimals = max(course.scale.decimals, 1)
    said = [_part(words, points, place == 0, decimals) for place, (words, points) in enumerate(parts)]
    return f"Expected {expected['p50']:.{decimals}f} = {', '.join(said)}.".replace("-", "−")


def _part(words: str, points: float, is_first: bool, decimals: int) -> str:
    size = f"{points:.{decimals}f}" if is_first else f"{points:+.{decimals}f}"
    return f"{size} {WORDS.get(words, words)}"


def sources(course: Course, episode: Episode) -> str:
    """The expectation rests on 60 % your clinic, 30 % other clinics, 10 % published studies."""
    expected = course.track.expected or {}
    shares = [(round(100 * (expected.get(key) or 0.0)), words) for key, words in SOURCES]
    known = [f"{share}{NARROW_SPACE}% {words}" for share, words in shares if share]
    if not known:
        return ""
    unverified = " (unverified)" if shares[2][0] and _is_unverified(course, episode) else ""
    return f"The expectation rests on {', '.join(known)}{unverified}."


def _is_unverified(course: Course, episode: Episode) -> bool:
    key = episode.condition, str(episode.index_kind), course.track.instrument, course.track.scale
    published = _published().get(key)
    return published is not None and published.status == "background"


@cache
def _published() -> dict:
    return parse_priors((settings.CONTENT / "recovery" / "priors.toml").read_text())
