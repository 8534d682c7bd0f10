"""
The automatic checks of a scale: best and worst answers, one step at a time, no hole on the way, nothing turned round.
"""

from collections.abc import Iterator

import numpy as np

from scoring.bulk import score_columns
from scoring.formula.formula import only_counted
from scoring.instrument import Instrument, Item, Scale

MAX_RUNGS = 12  # of an item with more answers (0 to 100) only so many are tried
CLOSE = 1e-6  # points
TURNED_ROUND = "it is turned round: the best answers give the worst score. Check direction, best and reverse."
HELD_AT_RANDOM = 60  # enough for a step of STarT Back's risk group, which needs totals of exactly 3


def probe_scales(instrument: Instrument) -> Iterator[tuple[int, str]]:
    """(line, what is wrong) for each scale that its items' answers move the wrong way, out of range, or not at all."""
    ladders = [_ladder(item) for item in instrument.items]
    for scale in instrument.scales:
        ends = _ends(instrument, scale, ladders)
        for problem in ends if ends == [TURNED_ROUND] else ends + _steps(instrument, scale, ladders):
            yield scale.line, f"scale {scale.name}: {problem}"
    for item in instrument.items:
        if item.scored and not any(item.id in scale.items for scale in instrument.scales):
            yield item.line, f"item {item.id} enters no scale; declare scored = false, or use it in a formula."


def _ladder(item: Item) -> list[float]:
    """Answers from worst to best."""
    if item.values is not None:
        answers = sorted(item.values)
    else:
        count = int(min(MAX_RUNGS, item.high - item.low + 1)) if item.whole else MAX_RUNGS
        answers = [float(round(x)) if item.whole else x for x in np.linspace(item.low, item.high, count)]
    return answers if item.best != "low" else answers[::-1]


def _scores(instrument: Instrument, scale: Scale, rows: list[list[float]]) -> np.ndarray:
    return score_columns(instrument, np.array(rows, dtype=np.float64))[scale.name].value


def _ends(instrument: Instrument, scale: Scale, ladders: list[list[float]]) -> list[str]:
    if any(instrument.item(item).best == "neither" for item in scale.items):
        return []
    worst, best = _scores(instrument, scale, [[ladder[0] for ladder in ladders], [ladder[-1] for ladder in ladders]])
    low, high = scale.range if scale.direction == "higher" else scale.range[::-1]
    problems = []
    for name, score, expected in (("best", best, high), ("worst", worst, low)):
        exact = scale.not_monotone is None and abs(score - expected) > CLOSE
        if np.isnan(score) or exact:
            problems.append(f"the {name} answers give {_words(score)}; the {name} end of its range is {expected:g}.")
    if problems and abs(best - low) < CLOSE and abs(worst - high) < CLOSE:
        return [TURNED_ROUND]
    return problems


def _steps(instrument: Instrument, scale: Scale, ladders: list[list[float]]) -> list[str]:
    """Climb every item from worst to best, the others held still in many ways."""
    problems, held = [], _held(ladders)
    for item_id in scale.items:
        ladder = ladders[instrument.positions[item_id]]
        rows = np.repeat(held, len(ladder), axis=0)
        rows[:, instrument.positions[item_id]] = np.tile(ladder, len(held))
        climbs = score_columns(instrument, rows)[scale.name].value.reshape(len(held), len(ladder))
        problems += _judge(instrument, scale, item_id, climbs)
    return problems


def _held(ladders: list[list[float]]) -> np.ndarray:
    """Responses to climb from: all worst, all in the middle, all best, and some seeded random ones."""
    draw = np.random.default_rng(HELD_AT_RANDOM)
    levels = [np.zeros(len(ladders)), np.full(len(ladders), 0.5), np.ones(len(ladders))]
    levels += list(draw.random((HELD_AT_RANDOM, len(ladders))))
    return np.array(
        [[ladder[round(x * (len(ladder) - 1))] for ladder, x in zip(ladders, level, strict=True)] for level in levels]
    )


def _judge(instrument: Instrument, scale: Scale, item_id: str, scores: np.ndarray) -> list[str]:
    if np.isnan(scores).any():
        return [f"some complete answers (item {item_id} climbing) give no score; is a table too short?"]
    if (scores < scale.range[0] - CLOSE).any() or (scores > scale.range[1] + CLOSE).any():
        return [f"item {item_id} climbing leaves the range {scale.range[0]:g} to {scale.range[1]:g}."]
    if instrument.item(item_id).best == "neither":
        return []
    sign = 1 if scale.direction == "higher" else -1
    rises = sign * np.diff(scores, axis=1)
    if (rises < -CLOSE).any() and scale.not_monotone is None:
        return [f"a better answer to {item_id} makes the score worse. Check the item's best and reverse."]
    if (np.abs(rises) <= CLOSE).all() and item_id not in only_counted(scale.formula.tree):
        return [f"no answer to {item_id} moves it."]
    return []


def _words(score: float) -> str:
    return "no score" if np.isnan(score) else f"{score:g}"
