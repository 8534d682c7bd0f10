"""A tenant's own item parameters -> a version of its own of the questionnaire, scored by response pattern (EAP)."""

import argparse
from pathlib import Path
from uuid import UUID

from care.database import app_session
from care.registry import PublishedText, find_definition, publish_own
from care.tenants import tenant_named
from etl.errors import EtlError
from scoring.formula import Grid
from scoring.parameters import with_parameters

USUAL_GRID = (
    -4.0,
    4.0,
    0.01,
)  # the PROMIS default; T moves by up to 1.15 with the grid's end, so it is published with it


def add_arguments(sources) -> None:
    """Add ``import parameters`` to the command line of ``python -m etl``."""
    adding = sources.add_parser("parameters", help="item parameters of your own, for scores by response pattern")
    adding.add_argument("file", type=Path, metavar="FILE.csv", help="columns item_id, a, cb1, cb2, …")
    adding.add_argument("--tenant", required=True, help="name or id")
    adding.add_argument("--instrument", required=True, metavar="KEY@VERSION", help="of the library")
    adding.add_argument("--grid", type=float, nargs=3, default=USUAL_GRID, metavar=("LOW", "HIGH", "STEP"))
    adding.set_defaults(run=run_parameters)


def run_parameters(options: argparse.Namespace) -> None:
    text = _read(options.file)
    published = import_parameters(tenant_named(options.tenant).id, options.instrument, text, Grid(*options.grid))
    print(f"Published {published.reference}: it scores {options.instrument} with your parameters, as t_eap.")


def import_parameters(tenant_id: UUID, instrument: str, parameters: str, grid: Grid) -> PublishedText:
    """
    Publish ``own:key`` = the library's instrument with these parameters, under its next version.

    The parameters as they came are kept beside it (kind ``item_parameters``), both bound to the tenant and immutable.

    Raises
    ------
    CareError, ScoringError
        When the instrument is not there, an item has no parameters, or the result fails its checks; nothing is kept.
    """
    with app_session(tenant_id) as session:
        library = find_definition(session, "instrument", instrument)
        key = instrument.rpartition(":")[2].partition("@")[0]
        body = with_parameters(library.body, f"own:{key}", parameters, grid)
        published = publish_own(session, "instrument", body)
        publish_own(session, "item_parameters", parameters, published.reference)
    return published


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise EtlError(f"{path} cannot be read: {error}.") from None
