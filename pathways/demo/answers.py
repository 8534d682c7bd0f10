"""Item answers that score what was intended: the instrument's own definition is asked, nothing is assumed."""

import numpy as np

from pathways.demo.chance import Chance
from scoring.bulk import score_columns
from scoring.instrument import Instrument, Item


class AnswerSheet:
    """Draws whole response documents of one instrument whose score on one scale comes as near as it can to a wish."""

    def __init__(self, instrument: Instrument, scale: str):
        self.instrument, self.scale = instrument, scale

    @property
    def better(self) -> int:
        """+1 where a higher score is better, else -1."""
        return 1 if self.instrument.scale(self.scale).direction == "higher" else -1

    def fill_in(self, wished: float, chance: Chance) -> dict[str, int]:
        """
        Item id -> answer, for one response.

        From the best answer of every item the sheet climbs to the worst, one step of one item at a time in a
        drawn order; the rung whose score is nearest to the wish is taken.
        """
        rungs = self._ladder(chance)
        scores = score_columns(self.instrument, rungs)[self.scale].value
        chosen = rungs[np.nanargmin(np.abs(scores - wished))]
        return {item.id: int(answer) for item, answer in zip(self.instrument.items, chosen, strict=True)}

    def _ladder(self, chance: Chance) -> np.ndarray:
        """(number of steps + 1) × items."""
        rung = [_worsening(item)[0] for item in self.instrument.items]
        rungs = [list(rung)]
        for _, place, answer in sorted(self._steps(chance)):
            rung[place] = answer
            rungs.append(list(rung))
        return np.array(rungs)

    def _steps(self, chance: Chance) -> list[tuple[float, int, float]]:
        """
        (when, item's place, its next answer): items get worse together, one earlier than another.

        Two steps' worth of luck makes two patients of one score differ, and leaves no item at its best beside one
        at its worst.
        """
        steps = []
        for place, item in enumerate(self.instrument.items):
            _, *worse = _worsening(item)
            moments = sorted(step / len(worse) + chance.between(-0.3, 0.3) for step in range(len(worse)))
            steps += [(moment, place, answer) for moment, answer in zip(moments, worse, strict=True)]
        return steps


def _worsening(item: Item) -> list[float]:
    """The item's possible answers from the best to the worst."""
    answers = item.values or tuple(float(answer) for answer in range(int(item.low), int(item.high) + 1))
    return sorted(answers, reverse=item.best == "high")
