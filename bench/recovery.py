"""``python -m bench recovery [PART …] [--write]``: every bar of expected recovery, or those of the parts named."""

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd

import settings
from bench import (
    recovery_alarms,
    recovery_clinic,
    recovery_courses,
    recovery_pathways,
    recovery_pooling,
    recovery_registry,
    recovery_speed,
    recovery_trials,
)
from bench.recovery_courses import CoursesFile
from bench.recovery_figure import calibration_svg
from bench.recovery_files import JOINTS, Registry
from bench.recovery_scores import HEADER, Result
from etl.errors import EtlError

PARTS = {
    "registry": recovery_registry,
    "trials": recovery_trials,
    "alarms": recovery_alarms,
    "clinic": recovery_clinic,
    "pooling": recovery_pooling,
    "pathways": recovery_pathways,
    "speed": recovery_speed,
}
OF_A_REGISTRY = ("registry", "pooling")
PUBLISHED = settings.ROOT.parent / "shared" / "data"
DOCUMENT = settings.ROOT / "docs" / "recovery.md"
FIGURE = settings.ROOT / "docs" / "recovery_calibration.svg"
START, END = "<!-- figures: python -m bench recovery --write -->", "<!-- end of figures -->"


def main(argv: list[str]) -> int:
    """Print the table; 1 when a bar is missed, 2 when what was asked for cannot be read."""
    options = arguments(argv)
    registry = Registry(options.data, options.joint, *options.years)
    if not options.courses and not options.data.is_dir():
        print(
            f"{options.data} is not there: put the published files into it, or name a folder with --data.",
            file=sys.stderr,
        )
        return 2
    try:
        results = table(options.parts or list(PARTS), registry, courses_of(options))
    except (EtlError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 2
    if options.write:
        write(results, registry)
    return int(any(result.reached is False for result in results))


def arguments(argv: list[str]) -> argparse.Namespace:
    asked = argparse.ArgumentParser(prog="python -m bench recovery")
    asked.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all when none is named")
    asked.add_argument("--write", action="store_true", help="also write the table and the figure into docs/")
    asked.add_argument("--data", type=Path, default=PUBLISHED, metavar="FOLDER", help="the published files")
    asked.add_argument("--joint", choices=JOINTS, default="hip", help="of the registry's files")
    asked.add_argument("--years", nargs=2, default=("2016/17", "2017/18"), help="to fit, to predict")
    asked.add_argument(
        "--courses", type=Path, metavar="CSV", help="judge these courses instead: patient, day, score, …"
    )
    asked.add_argument("--range", nargs=2, type=float, default=(0.0, 100.0), help="of their scale")
    asked.add_argument("--lower-is-better", action="store_true", help="on their scale")
    asked.add_argument("--surgery", action="store_true", help="their day 0 is an operation, not a first visit")
    options = asked.parse_args(argv)
    unknown = sorted(set(options.parts) - set(PARTS))
    if unknown:
        asked.error(f"there is no part {unknown[0]!r}; choose of {', '.join(PARTS)}")
    if options.write and (options.courses or options.joint != "hip" or options.data != PUBLISHED):
        asked.error("--write is for the published files: docs/recovery.md says what they gave")
    return options


def courses_of(options: argparse.Namespace) -> CoursesFile | None:
    if options.courses is None:
        return None
    return CoursesFile(options.courses, *options.range, not options.lower_is_better, options.surgery)


def table(parts: list[str], registry: Registry, courses: CoursesFile | None = None) -> list[Result]:
    """Run the parts, or the courses where a file of them is given, printing each line as it is known."""
    print(HEADER, flush=True)
    results = []
    for found in [recovery_courses.results(courses)] if courses else (run(part, registry) for part in parts):
        for result in found:
            print(result.line(), flush=True)
            results.append(result)
    return results


def run(part: str, registry: Registry) -> list[Result]:
    return PARTS[part].results(registry if part in OF_A_REGISTRY else registry.folder)


def write(results: list[Result], registry: Registry) -> None:
    """Put the table between the marks of docs/recovery.md, and the calibration figure beside it."""
    before, rest = DOCUMENT.read_text().split(START)
    after = rest.split(END)[1]
    lines = "\n".join([HEADER, *(result.line() for result in results)])
    DOCUMENT.write_text(f"{before}{START}\n{lines}\n{END}{after}")
    seen, new = registry.years()
    pit = recovery_registry.fitted_on_one_year(seen, new).pit
    FIGURE.write_text(calibration_svg(pit, np.asarray(pd.qcut(new.baseline, 10).codes)))
