"""Every cell of the published tables, at every raw sum, with and without missing answers; by loops and dictionaries."""

import csv
import math
from collections import defaultdict

import numpy as np
import pytest

import settings
from scoring.bulk import score_columns
from scoring.instrument import Instrument
from scoring.instruments import load_library

DOMAINS = {
    "Physical_Function": ("pf", "v2_0"),
    "Pain_Interference": ("pi", "v1_0"),
    "Fatigue": ("fatigue", "v1_0"),
    "Ability": ("social", "v2_0"),
    "Anxiety": ("anxiety", "v1_0"),
    "Depression": ("depression", "v1_0"),
    "Sleep_Disturbance": ("sleep", "v1_0"),
}


@pytest.fixture(scope="module")
def library():
    return load_library(settings.CONTENT / "instruments")


@pytest.fixture(scope="module")
def tables(shared_folder):
    return shared_folder / "facts" / "tables"


def rows_of(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def climb(instrument: Instrument) -> list[list[float]]:
    """Answers whose sum, as they enter the formula, takes every value there is; one step at a time."""
    entering = [item.low for item in instrument.items]
    steps = [entering[:]]
    for place, item in enumerate(instrument.items):
        for _ in range(int(item.high - item.low)):
            entering[place] += 1
            steps.append(entering[:])
    return [[turned(item, answer) for item, answer in zip(instrument.items, step, strict=True)] for step in steps]


def turned(item, answer: float) -> float:
    return item.low + item.high - answer if item.reverse else answer


def test_every_promis_form_gives_every_cell_of_its_table(library, tables):
    cells = defaultdict(dict)
    for row in rows_of(tables / "promis_raw_to_T.csv"):
        cells[row["domain"], row["form"]][int(row["raw"])] = (float(row["T"]), float(row["SE"]))
    forms = {(row["domain"], row["form"]): row for row in rows_of(tables / "promis_form_items.csv")}
    assert len(cells) == len(forms) == 30
    for (domain, form), table in cells.items():
        key, version = DOMAINS[domain]
        instrument = library[f"promis_{key}_{form}_{version}@1"]
        assert list(instrument.positions) == forms[domain, form]["items"].lower().split()
        assert [item.high for item in instrument.items] == list(map(float, forms[domain, form]["ncat"].split()))
        scores = score_columns(instrument, np.array(climb(instrument)))
        assert scores["raw"].value.tolist() == sorted(table), form
        t_score = scores["t_score"]
        assert list(zip(t_score.value, t_score.se, strict=True)) == [table[raw] for raw in sorted(table)], form
        if "t_prorated" in scores:
            _check_prorating(instrument, {raw: t for raw, (t, _) in table.items()})


def _check_prorating(instrument: Instrument, table: dict[int, float]) -> None:
    """Four answers and half of them; the prorated sum is rounded up; fewer give nothing."""
    draw, items = np.random.default_rng(7), len(instrument.items)
    answers = np.array([[float(draw.integers(1, int(item.high) + 1)) for item in instrument.items] for _ in range(500)])
    answers[draw.random(answers.shape) < 0.35] = np.nan
    for row, ours in zip(answers, score_columns(instrument, answers)["t_prorated"].value, strict=True):
        given = [turned(item, answer) for item, answer in zip(instrument.items, row, strict=True) if answer == answer]
        if len(given) < max(4, math.ceil(items / 2)):
            assert math.isnan(ours)
        else:
            assert ours == table[math.ceil(sum(given) * items / len(given) - 1e-9)]


@pytest.mark.parametrize("key", ["koos_jr", "hoos_jr", "koos_ps", "hoos_ps"])
def test_every_sum_of_a_short_joint_form_gives_its_cell(library, tables, key):
    published = [float(list(row.values())[1]) for row in rows_of(tables / f"{key}_table.csv")]
    (scores,) = score_columns(library[f"{key}@1"], np.array(climb(library[f"{key}@1"]))).values()
    assert scores.value.tolist() == published


def test_every_global_health_sum_gives_its_cell(library, tables):
    instrument = library["promis_global_10@1"]
    answers = np.full((17, 10), 3.0)
    for raw, row in enumerate(answers):
        parts = [1 + (raw + place) // 4 for place in range(4)]  # four answers from 1 to 5 with the sum 4 + raw
        pain = {5: 0, 4: 2, 3: 5, 2: 9, 1: 10}[parts[2]]
        for item, value in {
            "global03": parts[0], "global06": parts[1], "global07": pain, "global08": 6 - parts[3],
            "global02": parts[0], "global04": parts[1], "global05": parts[2], "global10": 6 - parts[3],
        }.items():  # fmt: skip
            row[instrument.positions[item]] = value
    scores = score_columns(instrument, answers)
    rows = rows_of(tables / "promis_global_T.csv")
    assert scores["physical_raw"].value.tolist() == list(range(4, 21))
    for scale, column in (("physical_t", "GPH"), ("mental_t", "GMH")):
        name = next(name for name in rows[0] if column in name and "SE" not in name)
        assert scores[scale].value.tolist() == [float(row[name]) for row in rows]


def test_every_answer_of_the_lysholm_score_is_a_published_one(library, tables):
    for item, row in zip(library["lysholm@1"].items, rows_of(tables / "lysholm_points.csv"), strict=True):
        published = sorted(float(points) for points in list(row.values())[1].split())
        assert sorted(item.values) == published, item.id


def test_every_us_state_of_health_has_its_value(library, tables):
    decrements = {
        (r["dimension"], int(r["level"])): float(r["decrement"]) for r in rows_of(tables / "eq5d5l_us_2019.csv")
    }
    states = np.array(np.meshgrid(*[range(1, 6)] * 5)).reshape(5, -1).T
    answers = np.column_stack([states, np.full(len(states), 50)])
    ours = score_columns(library["eq5d_5l_us@1"], answers)["index"].value
    expected = [
        1 + sum(decrements[pair] for pair in zip(("MO", "SC", "UA", "PD", "AD"), s, strict=True)) for s in states
    ]
    np.testing.assert_allclose(ours, expected, atol=1e-12)


def test_the_summaries_of_promis_29_follow_their_weights(library, tables):
    weights = {row["domain_z"].split("=")[0]: row for row in rows_of(tables / "promis29_summary_weights.csv")}
    draw, instrument = np.random.default_rng(29), library["promis_29_v2_1@1"]
    answers = np.column_stack([draw.integers(item.low, item.high + 1, 300) for item in instrument.items])
    scores = {name: scale.value for name, scale in score_columns(instrument, answers).items()}
    z = {name: (scores[name] - 50) / 10 for name in ("physical_function", "fatigue", "sleep", "social", "anxiety")}
    pain = ((scores["pain_intensity"] - 2.31) / 2.34 + (scores["pain_interference"] - 50) / 10) / 2
    parts = {
        "physical_function": z["physical_function"],
        "pain_composite": pain,
        "social_roles": z["social"],
        "fatigue": z["fatigue"],
        "emotional_distress_composite": ((scores["depression"] - 50) / 10 + z["anxiety"]) / 2,
        "sleep_disturbance": z["sleep"],
    }
    for scale, column in (("physical_summary", "weight_PHS"), ("mental_summary", "weight_MHS")):
        expected = 50 + 10 * sum(float(weights[name][column]) * part for name, part in parts.items())
        np.testing.assert_allclose(scores[scale], expected, atol=1e-9)
