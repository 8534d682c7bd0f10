"""The warehouse from the command line: python -m etl --help"""

import argparse
import logging
import sys
from datetime import UTC, datetime
from uuid import UUID

from care.errors import CareError
from etl.due import tenants_due
from etl.errors import EtlError
from pathways.errors import PathwayError
from scoring.errors import ScoringError
from warehouse.errors import WarehouseError


def main(arguments: list[str] | None = None) -> int:
    arguments = sys.argv[1:] if arguments is None else arguments
    options = _parser(arguments).parse_args(arguments)
    instant = "%(asctime)s " if options.run is _work else ""  # a worker writes to a file, the others to a terminal
    logging.basicConfig(format=instant + "%(message)s", stream=sys.stderr)
    logging.getLogger("etl").setLevel(logging.DEBUG if options.verbose else logging.INFO)
    try:
        return options.run(options) or 0
    except (EtlError, WarehouseError, CareError, ScoringError, PathwayError) as error:
        print(error, file=sys.stderr)
        return 1


def _parser(arguments: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m etl", description="Carry, score, judge and deliver.")
    parser.add_argument("--verbose", action="store_true", help="also show what failed inside, with its traceback")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    running = commands.add_parser("run", help="bring every tenant that is due up to date")
    running.add_argument("--tenant", help="only this one; name or id")
    running.set_defaults(run=_run)
    commands.add_parser("work", help="do what is deferred, until stopped").set_defaults(run=_work)
    commands.add_parser("status", help="one line per tenant").set_defaults(run=_status)
    rebuilding = commands.add_parser("rebuild", help="make a tenant's lake anew")
    rebuilding.add_argument("--tenant", required=True, help="name or id")
    rebuilding.set_defaults(run=_rebuild)
    if LIGHT.isdisjoint(arguments):
        _add_imports(commands)
    return parser


# The commands below import what they need when they run: numpy, pandas and DuckDB cost more than a second, and a
# run that finds nothing due needs none of them.
LIGHT = {"run", "work", "status", "rebuild"}


def _add_imports(commands: argparse._SubParsersAction) -> None:
    from etl import rescore
    from etl.imports import command

    command.add_arguments(commands)
    rescore.add_arguments(commands)


def _run(options: argparse.Namespace) -> int:
    due = {each.tenant_id: each.why for each in tenants_due(datetime.now(UTC))}
    if options.tenant:
        chosen = _tenant_id(options.tenant)
        due = {chosen: due[chosen]} if chosen in due else {}
    if not due:
        print("Nothing is due.")
        return 0
    _check_store()
    return max([_run_one(tenant_id, why) for tenant_id, why in due.items()])


def _run_one(tenant_id: UUID, why: str) -> int:
    """One tenant; what goes wrong with it must not keep the next from being run."""
    from etl.run import run

    try:
        outcome = run(tenant_id)
    except (EtlError, WarehouseError, CareError, ScoringError, PathwayError) as error:
        print(f"{_name(tenant_id)}: {error}", file=sys.stderr)
        return 1
    print(
        f"{_name(tenant_id)} ({why}): read {outcome.rows_in:,} rows, wrote {outcome.rows_out:,} tracks and flags, "
        f"rejected {outcome.rejected:,}, raised {outcome.alerts:,} alerts"
    )
    return 0


def _check_store() -> None:
    from care.migrate import is_current

    if not is_current():
        raise EtlError("The database is not at this program's version. Run: python -m care migrate")


def _name(tenant_id: UUID) -> str:
    from care.database import app_session
    from care.models import Tenant

    with app_session(tenant_id) as session:
        return session.get_one(Tenant, tenant_id).name


def _tenant_id(name: str) -> UUID:
    from care.tenants import tenant_named

    return tenant_named(name).id


def _work(_options: argparse.Namespace) -> None:
    from etl.worker import work

    work()


def _status(_options: argparse.Namespace) -> None:
    from etl.status import status_lines

    print("\n".join(status_lines()) or "There is no tenant yet. Add one with: python -m care tenant add NAME")


def _rebuild(options: argparse.Namespace) -> None:
    from etl.rebuild import rebuild

    tenants_due(datetime.now(UTC))  # refuses in a sentence a database that does not answer
    _check_store()
    outcome = rebuild(_tenant_id(options.tenant))
    print(f"The lake was made anew: {outcome.rows_in:,} rows read, {outcome.rejected:,} rejected.")


if __name__ == "__main__":
    sys.exit(main())
