"""
Command line of the pathways.

    python -m pathways check FILE     read a pathway file, refuse it or print its calendar
    python -m pathways tick           write what has fallen due: surveys asked, expired, partly answered
    python -m pathways demo           make the demonstration clinics; done once, run again it changes nothing
"""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from care.errors import CareError
from care.migrate import migrate
from care.registry import load_library
from pathways.calendar import calendar_lines
from pathways.definitions import parse_pathway
from pathways.demo.build import make_demo
from pathways.demo.life import demonstrations, go_on
from pathways.demo.tenant import demo_accounts
from pathways.errors import PathwayError
from pathways.tick import tenants_to_tick


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m pathways", description="Pathways and their demonstration.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="read a pathway file, refuse it or print its calendar")
    check.add_argument("file", type=Path)
    check.set_defaults(run=lambda chosen: _check(chosen.file))
    demo = commands.add_parser("demo", help="make the demonstration clinics; done once, run again it changes nothing")
    demo.add_argument("--tenant", help="another name than “Demonstration clinics”; the tenant must be a demonstration")
    demo.set_defaults(run=lambda chosen: _demo(chosen.tenant))
    ticking = commands.add_parser("tick", help="write what has fallen due: surveys asked, expired, partly answered")
    ticking.set_defaults(run=lambda _chosen: _tick())
    chosen = parser.parse_args(arguments)
    try:
        chosen.run(chosen)
    except (PathwayError, CareError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _check(file: Path) -> None:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PathwayError(f"{file} cannot be read: {error}. Name a text file in TOML.") from None
    pathway = parse_pathway(text, str(file))
    print(f"{pathway.reference} ({pathway.status}): {len(pathway.steps)} steps, {pathway.length_days} days")
    print("\n".join(calendar_lines(pathway)))


def _tick() -> None:
    now = datetime.now(UTC)
    for tenant_id in sorted({*tenants_to_tick(now), *demonstrations()}):
        done = go_on(tenant_id, now)
        print(f"{tenant_id}: {done.asked:,} surveys asked, {done.closed:,} closed")


def _demo(tenant: str | None) -> None:
    migrate()
    load_library()
    written = make_demo(tenant_name=tenant)
    print(f"Demonstration clinics: {written:,} synthetic rows written." if written else "The demonstration is there.")
    for role, email, password in demo_accounts():
        print(f"  {role:<11} {email:<26} {password}")


if __name__ == "__main__":
    sys.exit(main())
