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
    recovery_pathways,
    recovery_pooling,
    recovery_registry,
    recovery_speed,
    recovery_trials,
)
from bench.recovery_figure import calibration_svg
from bench.recovery_files import hip_year
from bench.recovery_scores import HEADER, Result

PARTS = {
    "registry": recovery_registry,
    "trials": recovery_trials,
    "alarms": recovery_alarms,
    "clinic": recovery_clinic,
    "pooling": recovery_pooling,
    "pathways": recovery_pathways,
    "speed": recovery_speed,
}
DOCUMENT = settings.ROOT / "docs" / "recovery.md"
FIGURE = settings.ROOT / "docs" / "recovery_calibration.svg"
START, END = "<!-- figures: python -m bench recovery --write -->", "<!-- end of figures -->"


def main(argv: list[str]) -> int:
    """Print the table; 1 when a bar is missed, 2 when the published files are not there."""
    asked = argparse.ArgumentParser(prog="python -m bench recovery")
    asked.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all when none is named")
    asked.add_argument("--write", action="store_true", help="also write the table and the figure into docs/")
    options = asked.parse_args(argv)
    unknown = sorted(set(options.parts) - set(PARTS))
    if unknown:
        asked.error(f"there is no part {unknown[0]!r}; choose of {', '.join(PARTS)}")
    folder = settings.ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        print(
            "The published files beside the project are missing: put the folder `shared` next to it.", file=sys.stderr
        )
        return 2
    results = table(options.parts or list(PARTS), folder)
    if options.write:
        write(results, folder)
    return int(any(result.reached is False for result in results))


def table(parts: list[str], folder: Path) -> list[Result]:
    """Run the parts, printing each line as it is known."""
    print(HEADER, flush=True)
    results = []
    for part in parts:
        for result in PARTS[part].results(folder):
            print(result.line(), flush=True)
            results.append(result)
    return results


def write(results: list[Result], folder: Path) -> None:
    """Put the table between the marks of docs/recovery.md, and the calibration figure beside it."""
    before, rest = DOCUMENT.read_text().split(START)
    after = rest.split(END)[1]
    lines = "\n".join([HEADER, *(result.line() for result in results)])
    DOCUMENT.write_text(f"{before}{START}\n{lines}\n{END}{after}")
    seen, new = (hip_year(folder, year) for year in ("2016/17", "2017/18"))
    pit = recovery_registry.fitted_on_one_year(seen, new).pit
    FIGURE.write_text(calibration_svg(pit, np.asarray(pd.qcut(new.baseline, 10).codes)))
