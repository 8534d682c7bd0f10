"""``python -m bench etl [ARCHIVE.zip]``: import, ETL, panel, outcomes and export of one year, each with its bar."""

import argparse
import sys
from pathlib import Path

import settings
from bench import etl_registry, etl_runs

ARCHIVE = settings.ROOT.parent / "shared" / "data" / "2016-17_Hip_Replacement_Provider_1617.csv.zip"


def main(argv: list[str]) -> int:
    """Print every number; 1 when a bar was missed, 2 when the published file is not there."""
    asked = argparse.ArgumentParser(prog="python -m bench etl")
    asked.add_argument("archive", nargs="?", type=Path, default=ARCHIVE, help="one published NHS PROMs year")
    archive = asked.parse_args(argv).archive
    if not archive.is_file():
        print(f"{archive} is not there. Give a published NHS PROMs provider archive.", file=sys.stderr)
        return 2
    missed = 0
    for part in (etl_runs, etl_registry):
        for each in part.measure(archive):
            print(each, flush=True)
            missed += not each.is_met
    return int(missed > 0)
