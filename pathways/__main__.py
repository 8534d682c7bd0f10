"""
Command line of the pathways.

    python -m pathways check FILE     read a pathway file, refuse it or print its calendar
"""

import argparse
import sys
from pathlib import Path

from pathways.calendar import calendar_lines
from pathways.definitions import parse_pathway
from pathways.errors import PathwayError


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m pathways", description="Pathways: check a file.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="read a pathway file, refuse it or print its calendar")
    check.add_argument("file", type=Path)
    check.set_defaults(run=lambda chosen: _check(chosen.file))
    chosen = parser.parse_args(arguments)
    try:
        chosen.run(chosen)
    except PathwayError as error:
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


if __name__ == "__main__":
    sys.exit(main())
