"""Which of an instrument's cited thresholds stand on a patient's chart: one acceptable state, one important gain."""

from dataclasses import dataclass

from dashboard.words import number
from scoring.instrument import Instrument, Scale, Threshold
from scoring.thresholds import thresholds_for

GAINS = ("MIC", "MCID")  # within one person first, between groups where nothing better is cited


@dataclass(frozen=True)
class DrawnThreshold:
    """``value``: where the line lies, points; ``label``: short, on the line; ``note``: source, beneath the chart."""

    value: float
    label: str
    note: str


def drawn_thresholds(
    instrument: Instrument, scale: Scale, baseline: float | None, condition: str
) -> list[DrawnThreshold]:
    """At most two lines inside the scale, cited for such patients; a gain is drawn from this patient's baseline."""
    sign = 1 if scale.direction == "higher" else -1
    drawn = []
    state = _newest(instrument, scale, ("PASS",), condition)
    if state is not None:
        words = f"acceptable state {number(state.value, scale.decimals)}"
        drawn.append(DrawnThreshold(state.value, words, f"Acceptable state: PASS, {_source(state)}."))
    gain = _newest(instrument, scale, GAINS, condition)
    if gain is not None and baseline is not None:
        value = baseline + sign * gain.value
        label = f"important gain {number(value, scale.decimals)}"
        size = f"{'+' if sign > 0 else '−'}{number(gain.value, _decimals(gain.value))}"
        drawn.append(DrawnThreshold(value, label, f"Important gain: {gain.kind} {size}, {_source(gain)}."))
    low, high = scale.range
    return [threshold for threshold in drawn if low <= threshold.value <= high]


def _newest(instrument: Instrument, scale: Scale, kinds: tuple[str, ...], condition: str | None) -> Threshold | None:
    """The newest of the first kind that is cited, one whose source was read before one that was not."""
    for kind in kinds:
        cited = thresholds_for(instrument, scale.name, kind, condition)
        if cited:
            return max(cited, key=lambda threshold: (threshold.status == "seen", threshold.year or 0, threshold.value))
    return None


def _source(threshold: Threshold) -> str:
    return f"{threshold.population} ({threshold.source.split(', doi')[0]})"


def _decimals(value: float) -> int:
    return 0 if value == int(value) else 1
