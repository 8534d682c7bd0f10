"""What the rows of one synthetic patient are made from."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

import settings
from pathways.demo.answers import AnswerSheet
from pathways.demo.content import DemoContent
from pathways.demo.tenant import Places
from pathways.library import load_library as load_pathways
from pathways.pathway import Pathway
from scoring.instrument import Instrument
from scoring.instruments import load_library as load_instruments

SEED = 20261


@dataclass(frozen=True)
class World:
    """All that the rows of one patient are made from."""

    content: DemoContent
    pathways: dict[str, Pathway]  # by key
    sheets: dict[tuple[str, str], AnswerSheet]  # by pathway key and instrument
    warning_signs: dict[str, list[Instrument]]  # by pathway key: what is asked without a course
    places: Places
    as_of: datetime
    seed: int


def make_world(content: DemoContent, places: Places, as_of: datetime, seed: int) -> World:
    """All of it, as of an instant."""
    instruments, pathways = _libraries()
    sheets = {
        (scale.pathway, scale.instrument): AnswerSheet(instruments[scale.instrument], scale.scale)
        for scale in content.scales
    }
    return World(
        content=content,
        pathways=pathways,
        sheets=sheets,
        warning_signs={
            key: [instruments[each] for each in pathway.instruments if (key, each) not in sheets]
            for key, pathway in pathways.items()
        },
        places=places,
        as_of=as_of.replace(microsecond=0),
        seed=seed,
    )


@cache
def _libraries() -> tuple[dict[str, Instrument], dict[str, Pathway]]:
    """Instruments by reference and pathways by key; the worker asks every few minutes."""
    instruments = load_instruments(settings.CONTENT / "instruments")
    return instruments, {pathway.key: pathway for pathway in load_pathways().values()}
