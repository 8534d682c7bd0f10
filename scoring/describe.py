"""Instruments in a few lines of text."""

from collections.abc import Iterable
from textwrap import fill

from scoring.instrument import Instrument


def listing(instruments: Iterable[Instrument]) -> str:
    """Per instrument: reference, title, its scales, its items in official order."""
    return "\n\n".join(_entry(instrument) for instrument in instruments)


def _entry(instrument: Instrument) -> str:
    scales = " ".join(scale.name for scale in instrument.scales)
    items = " ".join(item.id for item in instrument.items)
    return "\n".join(
        [
            f"{instrument.reference}  {instrument.title}  ({instrument.status})",
            fill(scales, 110, initial_indent="  scales  ", subsequent_indent="          "),
            fill(items, 110, initial_indent="  items   ", subsequent_indent="          "),
        ]
    )
