"""Archives in the shape of the published registry files, with made-up rows; a test names only the cells it is about."""

import csv
import io
import zipfile
from pathlib import Path

from etl.imports.layout import Procedure, read_layout

LAYOUT = read_layout()
HIP, KNEE = LAYOUT.procedures


def header(procedure: Procedure = HIP) -> list[str]:
    return LAYOUT.columns_needed(procedure)


def row(procedure: Procedure = HIP, before: str = "1", after: str = "3", **cells: str) -> list[str]:
    """
    A row whose twelve answers are all ``before`` and then all ``after``, with the totals that belong to them.

    ``cells`` overrides by the last words of a column, "_" for a blank: ``Pre_Op_Q_Pain="9"``.
    """
    filled = dict.fromkeys(header(procedure), "9")
    filled |= {"Provider Code": "RAA", "Procedure": procedure.name, "Revision Flag": "0", "Year": "2016/17"}
    filled |= {"Age Band": "60 to 69", "Gender": "2", "Pre-Op Q EQ5D Index": "0.5", "Post-Op Q EQ5D Index": ""}
    filled |= {"Pre-Op Q EQ VAS": "999", "Post-Op Q EQ VAS": "80"}
    for step, answer in ((LAYOUT.baseline, before), (LAYOUT.follow_up, after)):
        filled |= {procedure.item_column(step, item): answer for item in procedure.items}
        filled[procedure.score_column(step)] = str(12 * int(answer)) if answer != "9" else ""
    filled |= {f"{procedure.name} {column}": "37.5" for column in procedure.predicted.values()}
    filled[f"{procedure.name} EQ5D Index Post-Op Q Predicted"] = "0.75"
    for name, value in cells.items():
        filled[_column(filled, name)] = value
    return list(filled.values())


def _column(filled: dict[str, str], name: str) -> str:
    wanted = name.replace("_", " ").lower()
    found = [column for column in filled if column.replace("-", " ").lower().endswith(wanted)]
    return min(found, key=len)


def text(rows: list[list[str]], columns: list[str]) -> str:
    lines = io.StringIO()
    csv.writer(lines, lineterminator="\r\n").writerows([columns, *rows])
    return lines.getvalue()


def archive(path: Path, rows: list[list[str]], columns: list[str] | None = None, extra: bytes = b"") -> Path:
    """A zip with the rows under a header, and the entries a Mac adds; ``extra`` follows the last row."""
    content = text(rows, columns or header()).encode() + extra
    return packed(path, {"Provider 1617.csv": content, "__MACOSX/._Provider 1617.csv": b"\x00\xb0\xff"})


def packed(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return path
