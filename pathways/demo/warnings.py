"""What the patients say about warning signs: no, but where a shape's story is such a sign."""

from datetime import datetime, timedelta
from uuid import UUID

from pathways.demo.chance import Chance
from pathways.demo.episode import Frame
from pathways.demo.rows import Rows
from pathways.demo.surveys import Asked, add_assignment, add_response
from scoring.instrument import Instrument

# Asked last: of one time of answering it is the latest response, so that "since the last answer" names one.
AFTER_THE_OTHERS = timedelta(seconds=40)


def add_warning_signs(
    rows: Rows, frame: Frame, surveys: list[Asked], instruments: list[Instrument], chance: Chance
) -> dict[datetime, UUID]:
    """
    The instruments of the pathway that no course is drawn for, answered together with the others.

    Returns the last response of each time of answering.
    """
    last = {}
    answered = [asked for asked in surveys if asked.answered_at]
    for asked in surveys:
        for instrument in instruments:
            if instrument.reference not in asked.entry.step.surveys:
                continue
            response_id = None
            if asked.answered_at:
                answers = _answers(frame, instrument, is_latest=asked is answered[-1])
                at = min(asked.answered_at + AFTER_THE_OTHERS, frame.as_of)
                response_id = last[asked.answered_at] = add_response(
                    rows, frame, instrument.reference, answers, at, chance
                )
            add_assignment(rows, frame, asked, instrument.reference, response_id, chance)
    return last


def _answers(frame: Frame, instrument: Instrument, is_latest: bool) -> dict[str, int]:
    """Item id -> answer; the sign of the story shows itself in the latest response."""
    sign = frame.planned.shape.warning.get(frame.planned.pathway) if is_latest else None
    return {item.id: int(item.high if item.id == sign else item.low) for item in instrument.items}
