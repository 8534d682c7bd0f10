"""``python -m etl import SOURCE FILE --tenant T``"""

import argparse
import time
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from care.database import app_session
from care.models import ImportRejection
from care.tenants import tenant_named
from etl.imports import parameters
from etl.imports.nhs_proms import ImportOutcome, import_nhs_proms
from etl.imports.progress import ShownProgress

SHOWN = 10  # refusals


def add_arguments(subparsers) -> None:
    """Add ``import`` and its sources to the command line of ``python -m etl``; each sets ``run(options)``."""
    importing = subparsers.add_parser("import", help="bring in a published registry, or item parameters")
    sources = importing.add_subparsers(required=True, metavar="SOURCE")
    nhs_proms = sources.add_parser("nhs-proms", help="NHS England PROMs, provider files (hip or knee), as published")
    nhs_proms.add_argument("file", type=Path, metavar="FILE.zip")
    nhs_proms.add_argument("--tenant", required=True, help="name or id")
    nhs_proms.add_argument(
        "--as-live",
        type=_positive,
        default=0,
        metavar="N",
        help="demonstrations only: N of the rows also as open episodes with a follow-up in the last four weeks",
    )
    nhs_proms.set_defaults(run=run_nhs_proms)
    parameters.add_arguments(sources)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"“{text}” is not a whole number from 1 on")
    return int(text)


def run_nhs_proms(options: argparse.Namespace) -> None:
    started = time.monotonic()
    tenant = tenant_named(options.tenant)
    outcome = import_nhs_proms(options.file, tenant, options.as_live, progress=ShownProgress())
    print(in_words(outcome, time.monotonic() - started))
    if outcome.rejected:
        print(*newest_refusals(tenant.id), sep="\n")


def newest_refusals(tenant_id: UUID) -> list[str]:
    """One line per refusal of the last import, the first few; all of them are in the table import_rejection."""
    newest = select(ImportRejection).order_by(ImportRejection.rejected_at.desc(), ImportRejection.line)
    with app_session(tenant_id) as session:
        found = list(session.scalars(newest.limit(SHOWN + 1)))
    lines = [f"  {each.file_name}, line {each.line}: {_reason(each)}" for each in found[:SHOWN]]
    return lines + ["  …"] * (len(found) > SHOWN)


def _reason(refused: ImportRejection) -> str:
    rule = refused.rule.replace("_", " ")
    return f"{rule} in “{refused.field}” ({refused.value})" if refused.field else f"{rule} ({refused.value})"


def in_words(outcome: ImportOutcome, seconds: float) -> str:
    """The last line of the command, in which somebody looks for what is missing."""
    parts = [f"{outcome.added:,} of {outcome.rows:,} rows added in {seconds:.0f} s"]
    if outcome.known:
        parts.append(f"{outcome.known:,} were there already")
    if outcome.rejected:
        parts.append(f"{outcome.rejected:,} were refused")
    if outcome.clinics:
        parts.append(f"{outcome.clinics:,} new clinics")
    if outcome.live_added:
        parts.append(f"{outcome.live_added:,} open copies")
    return "; ".join(parts) + "."
