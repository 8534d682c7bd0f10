"""``python -m scoring list | score | check | docs``."""

import argparse
import os
import sys
from pathlib import Path

from scoring.describe import listing
from scoring.errors import ScoringError
from scoring.instrument import Instrument
from scoring.instruments import load_library, parse_instrument
from scoring.publish import problems
from scoring.reference_pages import write_pages
from scoring.scored_file import score_file

ROOT = Path(__file__).resolve().parents[1]
LIBRARY = ROOT / "data" / "instruments"


def main(argv: list[str]) -> int:
    """Run one command; 0 = done, 1 = the library has problems, 2 = refused."""
    arguments = _parser().parse_args(argv)
    try:
        return arguments.command(arguments)
    except ScoringError as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scoring", description="Questionnaire scoring.")
    parser.add_argument("--library", type=Path, default=LIBRARY, help="folder of instrument definitions")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    listed = commands.add_parser("list", help="instruments, their scales and items in order")
    listed.add_argument("instrument", nargs="?", help="only this one")
    listed.set_defaults(command=_list)
    score = commands.add_parser("score", help="score a CSV file of answers")
    score.add_argument("instrument", help="key, key@version, or a definition of your own: FILE.toml")
    score.add_argument("file", type=Path, help="CSV file; columns by item id")
    score.add_argument("--by-position", action="store_true", help="the first columns are the items in official order")
    score.add_argument("--out", type=Path, help="file to write; without it standard output")
    score.set_defaults(command=_score)
    check = commands.add_parser("check", help="verify the whole library, or definitions of your own")
    check.add_argument("definitions", nargs="*", metavar="FILE.toml")
    check.set_defaults(command=_check)
    docs = commands.add_parser("docs", help="write docs/instruments.md and docs/formula-language.md")
    docs.set_defaults(command=_docs)
    return parser


def _list(arguments: argparse.Namespace) -> int:
    library = load_library(arguments.library)
    chosen = [find(library, arguments.instrument)] if arguments.instrument else library.values()
    print(listing(chosen))
    return 0


def _score(arguments: argparse.Namespace) -> int:
    instrument = find(load_library(arguments.library), arguments.instrument)
    counted = score_file(instrument, arguments.file, arguments.out, arguments.by_position, report=_tell)
    _tell(f"{counted.rows:,} rows scored, {counted.rejected:,} answers rejected ({instrument.reference})")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    if arguments.definitions:
        instruments = [find({}, name) for name in arguments.definitions]
    else:
        instruments = list(load_library(arguments.library).values())
    found = [problem for instrument in instruments for problem in problems(instrument)]
    for problem in found:
        print(problem)
    scales = sum(len(instrument.scales) for instrument in instruments)
    vectors = sum(len(instrument.vectors) for instrument in instruments)
    print(f"{len(instruments)} instruments, {scales} scales, {vectors} vectors: {len(found) or 'no'} problems")
    return 1 if found else 0


def _docs(arguments: argparse.Namespace) -> int:
    for path in write_pages(load_library(arguments.library), ROOT / "docs"):
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


def find(library: dict[str, Instrument], name: str) -> Instrument:
    """The instrument called ``key@version``, the newest version of ``key``, or the one a file ``name.toml`` defines."""
    if name.endswith(".toml"):
        return parse_instrument(_text(Path(name)), name)
    versions = [instrument for instrument in library.values() if name in (instrument.key, instrument.reference)]
    if not versions:
        keys = ", ".join(sorted({instrument.key for instrument in library.values()}))
        raise ScoringError(f"There is no instrument “{name}”. Instruments: {keys}.")
    return max(versions, key=lambda instrument: instrument.version)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ScoringError(f"{path}: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ScoringError(f"{path} is not a text in UTF-8.") from None


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
