"""The pathways that are shipped with the program."""

from pathlib import Path

import settings
from pathways.definitions import parse_pathway
from pathways.pathway import Pathway


def load_library(folder: Path = settings.CONTENT / "pathways") -> dict[str, Pathway]:
    """Every pathway of a folder by its reference (``total_knee@1``), in the order of the files' names."""
    pathways = (parse_pathway(path.read_text(encoding="utf-8"), path.name) for path in sorted(folder.glob("*.toml")))
    return {pathway.reference: pathway for pathway in pathways}
