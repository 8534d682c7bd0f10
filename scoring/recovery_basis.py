"""Straight lines between a few days: the broken stick all expected courses are made of."""

from dataclasses import dataclass

import numpy as np

from scoring.errors import ScoringError

SURGERY_KNOTS = (0, 14, 42, 90, 180, 365)
CONSERVATIVE_KNOTS = (0, 7, 21, 42, 84, 182)


@dataclass(frozen=True)
class Scale:
    """
    What a curve must know of its instrument scale; the same for every tenant, so that statistics can be added.

    Parameters
    ----------
    lowest, highest : possible scores
    higher_is_better : direction
    centre, spread : mean and SD by which baseline scores are standardised
    knots : days at which the broken stick may bend
    """

    lowest: float
    highest: float
    higher_is_better: bool
    centre: float
    spread: float
    knots: tuple[int, ...] = SURGERY_KNOTS

    def __post_init__(self):
        if not (self.highest > self.lowest and self.spread > 0 and len(self.knots) > 1):
            raise ScoringError(
                "A recovery curve needs a scale with highest > lowest, spread > 0 and two knots or more."
            )
        if list(self.knots) != sorted(set(self.knots)):
            raise ScoringError(f"The knots {self.knots} of a recovery curve must rise.")

    def standardised(self, baseline: np.ndarray) -> np.ndarray:
        return (np.asarray(baseline, float) - self.centre) / self.spread

    def clip(self, score: np.ndarray) -> np.ndarray:
        return np.clip(score, self.lowest, self.highest)


def segment_of(day: np.ndarray, knots: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Length-n segment (0 … len(knots) − 2) of each day and how far it is through it (0–1); flat outside the knots."""
    edges = np.asarray(knots, float)
    segment = np.clip(np.searchsorted(edges, day, side="right") - 1, 0, len(edges) - 2)
    through = (np.asarray(day, float) - edges[segment]) / (edges[segment + 1] - edges[segment])
    return segment, np.clip(through, 0.0, 1.0)


def hats(day: np.ndarray, knots: tuple[int, ...]) -> np.ndarray:
    """n × len(knots) weights from values at the knots to a value at each day; rows sum to 1, two entries at most."""
    segment, through = segment_of(day, knots)
    weights = np.zeros((len(segment), len(knots)))
    rows = np.arange(len(segment))
    weights[rows, segment] = 1 - through
    weights[rows, segment + 1] += through
    return weights


def lateness(knots: tuple[int, ...]) -> np.ndarray:
    """−1 … 1 at the knots, evenly: along it the effect of a covariate may grow or fade."""
    return np.linspace(-1.0, 1.0, len(knots))
