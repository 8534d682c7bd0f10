"""Dispatches ``python -m bench NAME …`` to ``bench/NAME.py``'s ``main(argv)``."""

import importlib
import sys

NAMES = ("etl", "live", "scoring", "recovery", "pathways")


def main(argv: list[str]) -> int:
    """Run one benchmark; its exit code says whether every bar was met."""
    if not argv or argv[0] not in NAMES:
        print(f"usage: python -m bench {'|'.join(NAMES)} [options]", file=sys.stderr)
        return 2
    return importlib.import_module(f"bench.{argv[0]}").main(argv[1:]) or 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
