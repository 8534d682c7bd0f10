"""Every Oxford Hip total that the registry has published equals ours."""

from collections import Counter

import numpy as np
import pytest

import settings
from etl.imports.archive import open_archive
from etl.imports.layout import procedure_of
from etl.imports.rows import RowReader
from registry_file import HIP, LAYOUT
from scoring.absence import Absence
from scoring.bulk import score_columns
from scoring.instruments import parse_instrument


def questionnaires(path):
    """Every filled-in questionnaire of a published archive, both steps."""
    with open_archive(path) as (file,):
        lines = file.lines()
        header = next(lines).content.decode().split(",")
        reader = RowReader(LAYOUT, procedure_of(LAYOUT, header, file.name), header, Counter())
        rows = [reader.read(line) for line in lines]
    return len(rows), [each for row in rows for each in (row.before, row.after) if each]


@pytest.mark.parametrize(
    ("year", "rows", "filled_in"), [("2016-17_Hip*", 44_241, 88_435), ("2017-18_Hip*", 39_323, 78_607)]
)
def test_no_published_total_differs_from_ours(shared_folder, year, rows, filled_in):
    oxford_hip = parse_instrument((settings.CONTENT / "instruments" / "oxford_hip.toml").read_text(), HIP.instrument)
    (path,) = shared_folder.glob(f"data/{year}.zip")
    read, questionnaires_read = questionnaires(path)
    assert (read, len(questionnaires_read)) == (rows, filled_in)
    answers = np.array(
        [[_code(each.answers[item.id]) for item in oxford_hip.items] for each in questionnaires_read], dtype=np.int8
    )
    claimed = np.array([np.nan if each.claimed is None else each.claimed for each in questionnaires_read])
    np.testing.assert_array_equal(score_columns(oxford_hip, answers)[HIP.scale].value, claimed)  # NaN where it is NaN


def _code(answer: int | str) -> int:
    return Absence.SKIPPED if answer == "skipped" else answer
