"""``python -m etl rescore``: what another version would change, and the act of adopting it."""

import argparse
from uuid import UUID

from care.database import app_session
from care.rescoring import adopt, check_versions
from care.tenants import tenant_named
from etl.definitions import Definitions, read_definitions
from etl.errors import EtlError
from etl.lakes import open_writer, tenant_lock
from etl.rescoring import STORED
from etl.run import run
from etl.scores import stored_answers
from scoring.difference import ScaleDifference, preview
from scoring.instrument import Instrument


def add_arguments(commands) -> None:
    """Add ``rescore`` to the command line of ``python -m etl``."""
    rescoring = commands.add_parser(
        "rescore", help="score stored responses by another version; the old scores are kept"
    )
    rescoring.add_argument("--tenant", required=True, help="name or id")
    rescoring.add_argument("--from", dest="asked", required=True, metavar="KEY@VERSION", help="what was asked")
    rescoring.add_argument("--to", dest="definition", required=True, metavar="KEY@VERSION", help="what is to count")
    rescoring.add_argument("--preview", action="store_true", help="only say how many scores would change, by how much")
    rescoring.set_defaults(run=run_rescore)


def run_rescore(options: argparse.Namespace) -> None:
    tenant_id = tenant_named(options.tenant).id
    rows = differences(tenant_id, options.asked, options.definition)
    print(*map(in_words, rows), sep="\n")
    if options.preview:
        print("Nothing was changed.")
        return
    rescore(tenant_id, options.asked, options.definition, rows)
    print(f"Responses to {options.asked} count as {options.definition} scores them; the scores so far are kept.")


def rescore(tenant_id: UUID, asked: str, definition: str, rows: list[ScaleDifference]) -> None:
    """Adopt ``definition`` for the responses to ``asked``, with its trace, and bring the lake up to date."""
    with app_session(tenant_id) as session:
        adopt(session, asked, definition, changed={row.scale: row.changed + row.gained + row.lost for row in rows})
    run(tenant_id)


def differences(tenant_id: UUID, asked: str, definition: str) -> list[ScaleDifference]:
    """How the scores of the stored responses to ``asked`` differ between what counts now and ``definition``."""
    definitions = read_definitions(tenant_id)
    old = _find(definitions, asked)
    new = _find(definitions, definition)
    check_versions(old, new)
    with tenant_lock(tenant_id):
        answers = stored_answers(open_writer(tenant_id), old, STORED)
    return preview(old, new, answers, now=definitions.instruments[definitions.scored_by(asked)[-1]])


def _find(definitions: Definitions, reference: str) -> Instrument:
    if reference not in definitions.instruments:
        raise EtlError(f"There is no instrument “{reference}”. Publish it first, or name another version.")
    return definitions.instruments[reference]


def in_words(row: ScaleDifference) -> str:
    """One line of the preview."""
    return (
        f"{row.scale}: of {row.responses:,} responses {row.changed:,} change (mean {row.mean:+.2f}, largest "
        f"{row.largest:+.2f} points), {row.gained:,} gain a score, {row.lost:,} lose it"
    )
