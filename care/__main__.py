"""The operational store from the command line: python -m care --help"""

import argparse
import secrets
import sys

from care.access import Role
from care.choices import SHARES_STATISTICS, choose
from care.database import app_session
from care.diagrams import PAGE, states_page
from care.errors import CareError
from care.migrate import migrate
from care.registry import load_library
from care.tenants import add_account, add_clinic, add_tenant, tenant_named


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        if options.run is not _write_docs:
            migrate()
            load_library()
        options.run(options)
    except CareError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m care", description="Tenants, clinics and accounts.")
    things = parser.add_subparsers(required=True, metavar="THING")
    migrating = things.add_parser("migrate", help="bring the database to this program's shape")
    migrating.set_defaults(run=lambda options: print("The database is up to date."))
    things.add_parser("docs", help="write docs/states.md anew").set_defaults(run=_write_docs)
    _tenant(things.add_parser("tenant", help="organizations"))
    _clinic(things.add_parser("clinic", help="sites of a tenant"))
    _account(things.add_parser("account", help="people who sign in"))
    return parser


def _write_docs(_options: argparse.Namespace) -> None:
    PAGE.write_text(states_page(), encoding="utf-8")


def _tenant(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    adding = verbs.add_parser("add", help="a new tenant with its lake")
    adding.add_argument("name")
    adding.add_argument("--demo", action="store_true", help="synthetic: labelled so on every screen")
    adding.add_argument("--zone", default="America/New_York", help="IANA time zone (default: %(default)s)")
    adding.set_defaults(run=_run_tenant)
    sharing = verbs.add_parser(
        "share", help="whether sums of its recoveries go to the network, and the network's are used"
    )
    sharing.add_argument("name")
    sharing.add_argument("choice", choices=["yes", "no"])
    sharing.set_defaults(run=_run_share)


def _run_share(options: argparse.Namespace) -> None:
    with app_session(tenant_named(options.name).id) as session:
        choose(session, None, SHARES_STATISTICS, options.choice == "yes")
    says = "shares" if options.choice == "yes" else "does not share"
    print(f"“{options.name}” {says} sums with the network from now on.")


def _run_tenant(options: argparse.Namespace) -> None:
    add_tenant(options.name, options.demo, options.zone)
    print(f"Tenant “{options.name}” added.")


def _clinic(parser: argparse.ArgumentParser) -> None:
    adding = parser.add_subparsers(required=True, metavar="VERB").add_parser("add", help="a new clinic")
    adding.add_argument("name")
    adding.add_argument("--tenant", required=True)
    adding.add_argument("--code", help="short and stable (default: the name)")
    adding.set_defaults(run=_run_clinic)


def _run_clinic(options: argparse.Namespace) -> None:
    add_clinic(options.tenant, options.code or options.name, options.name)
    print(f"Clinic “{options.name}” added to “{options.tenant}”.")


def _account(parser: argparse.ArgumentParser) -> None:
    adding = parser.add_subparsers(required=True, metavar="VERB").add_parser("add", help="a person in one role")
    adding.add_argument("email")
    adding.add_argument("--tenant", required=True)
    adding.add_argument("--role", required=True, type=Role, choices=list(Role), metavar="|".join(Role))
    adding.add_argument("--name", default="", help="as colleagues see it")
    adding.add_argument("--clinic", action="append", metavar="CODE", help="repeat for several (default: every clinic)")
    adding.add_argument("--password-stdin", action="store_true", help="read the password instead of making one")
    adding.set_defaults(run=_run_account)


def _run_account(options: argparse.Namespace) -> None:
    password = sys.stdin.readline().rstrip("\n") if options.password_stdin else secrets.token_urlsafe(12)
    add_account(options.email, options.tenant, options.role, password, options.name, options.clinic)
    print(f"{options.email} can sign in as {options.role} of “{options.tenant}”.")
    if not options.password_stdin:
        print(f"Password for a new account, shown this once: {password}")


if __name__ == "__main__":
    sys.exit(main())
