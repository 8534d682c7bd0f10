"""
Rounding as questionnaires mean it: half up (2.5 -> 3), where Python, numpy and numexpr round half to even.

A hair of 1e-9 keeps what binary fractions lose: 1.005 * 100 is 100.49999999999999, and a prorated sum of exactly 12 may
arrive as 12.000000000000002.
"""

import math

import numpy as np

HAIR = 1e-9


def round_half_up(x: float, digits: int = 0) -> float:
    """``x`` to ``digits`` decimals, half up (towards plus infinity). Infinite or not-a-number comes back as it is."""
    scale = 10.0**digits
    return math.floor(x * scale + 0.5 + HAIR) / scale if math.isfinite(x * scale) else x


def floor(x: float) -> float:
    """The whole number at or below ``x``; 2.9999999999 counts as 3."""
    return float(math.floor(x + HAIR)) if math.isfinite(x) else x


def ceil(x: float) -> float:
    """The whole number at or above ``x``; 3.0000000001 counts as 3."""
    return float(math.ceil(x - HAIR)) if math.isfinite(x) else x


def rounded_columns(kind: str, x: np.ndarray, digits: int = 0) -> np.ndarray:
    """The same for a float64 column of any length; ``kind`` is abs, floor, ceil or round."""
    if kind == "abs":
        return np.abs(x)
    if kind == "floor":
        return np.floor(x + HAIR)
    if kind == "ceil":
        return np.ceil(x - HAIR)
    scale = 10.0**digits
    scaled = x * scale
    return np.where(np.isfinite(scaled), np.floor(scaled + 0.5 + HAIR) / scale, x)
