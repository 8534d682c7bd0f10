"""Does the expectation hold? The judged answers as shares, for everybody and by group; worse is always to the left."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from care.access import Viewer
from dashboard.definitions import instrument, pathway, scale_name
from dashboard.labels import stratum_label
from scoring.monitoring import Tenths, coverage_by, randomised_pit, tenths_of, wilson
from scoring.recovery_flags import worse_shares
from warehouse.questions.judged_answers import COMORBIDITIES
from warehouse.suppression import hidden_groups, is_small
from warehouse.watch_rules import monitoring_rules

EVERYBODY = "Everybody"
SEXES = {"female": "Women", "male": "Men"}
ENOUGH_FOR_TENTHS = 200  # patients; of fewer, a tenth of the starting scores would be under twenty
ORDINALS = ("worst", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th", "9th", "best")
THIRDS = ("worst third", "middle third", "best third")


@dataclass(frozen=True)
class Monitoring:
    """
    Parameters
    ----------
    n, patients : judged answers, and of how many patients
    tenths : where they fell; None under ten patients: then nothing else is known
    whole : the row of everybody, None under ten patients
    groups : as ``scoring.monitoring.coverage_by`` and kind, name, flagged (share of patients ever), flagged_low,
        flagged_high, in_care (patients who could be); the furthest off first
    held_back : names of the groups that are too small to be shown, or would give such a one away
    """

    n: int
    patients: int
    tenths: Tenths | None
    whole: pd.Series | None
    groups: pd.DataFrame
    held_back: tuple[str, ...]


def monitoring(viewer: Viewer, answers: pd.DataFrame) -> Monitoring:
    """From the rows of ``get_judged_answers``."""
    patients = answers["episode_id"].nunique()
    if not patients or is_small(patients):
        return Monitoring(len(answers), patients, None, None, pd.DataFrame(), ())
    seen = oriented(viewer, answers)
    shown, held_back = _groups(viewer, seen, patients)
    number = sum(len(set(mine["name"])) for mine in shown) or 1
    table = [_table(mine, number) for mine in shown]
    groups = pd.concat(table, ignore_index=True) if table else pd.DataFrame()
    if not groups.empty:
        distance = groups["beyond"].abs(), (groups["inside_80"] - 0.8).abs()
        order = np.lexsort((groups["name"], -distance[1], -distance[0]))
        groups = groups.iloc[order].reset_index(drop=True)
    whole = _table(seen.assign(kind="", name=EVERYBODY), 1).iloc[0]
    tenths = tenths_of(seen["worse"].to_numpy(float), seen["episode_id"].to_numpy())
    return Monitoring(len(seen), patients, tenths, whole, groups, tuple(held_back))


def oriented(viewer: Viewer, answers: pd.DataFrame) -> pd.DataFrame:
    """With ``worse``, the place of each answer among similar patients from the worst, and ``start`` from the worst."""
    parts = []
    for (reference, scale), rows in answers.groupby(["instrument", "scale"], sort=True):
        higher = instrument(viewer, reference).scale(scale).direction == "higher"
        pit = randomised_pit(*(rows[name].to_numpy(float) for name in ("below", "equal", "chance")))
        start = rows["start"] if higher else 1 - rows["start"]
        parts.append(rows.assign(worse=worse_shares(pit, higher), start=start))
    return pd.concat(parts).sort_index()


def _groups(viewer: Viewer, seen: pd.DataFrame, patients: int) -> tuple[list[pd.DataFrame], list[str]]:
    """The rows of each kind's groups that may be shown, and the names of those that may not."""
    shown, held_back = [], []
    for kind, names in _kinds(viewer, seen, patients).items():
        rows = seen.assign(kind=kind, name=names)
        sizes = rows.groupby("name", sort=True)["episode_id"].nunique()
        if len(sizes) < 2:
            continue  # everybody once more
        hidden = set(sizes.index[hidden_groups(sizes.to_numpy())])
        held_back.extend(sorted(hidden))
        shown.append(rows[~rows["name"].isin(hidden)])
    also, small = _comorbid(seen, patients)
    return [mine for mine in [*shown, *also] if len(mine)], [*held_back, *small]


def _kinds(viewer: Viewer, seen: pd.DataFrame, patients: int) -> dict[str, pd.Series]:
    words = THIRDS if patients < ENOUGH_FOR_TENTHS else tuple(f"{each} tenth" for each in ORDINALS)
    part = np.minimum((seen["start"].to_numpy(float) * len(words)).astype(int), len(words) - 1)
    treated = _in_words(seen, ["condition", "stratum"], stratum_label)
    kinds = {
        "Clinic": seen["clinic"],
        "Sex": seen["sex"].map(SEXES).fillna("Sex other or unknown"),
        "Age": ("Aged " + seen["age_band"].str.replace(" to ", "–")).where(seen["age_band"] != "", "Age unknown"),
        "Start": pd.Series([f"Start: {words[each]}" for each in part], seen.index),
        "Condition": treated,
        "Questionnaire": _in_words(seen, ["instrument", "scale"], lambda *which: _scale(viewer, *which)),
    }
    on = _in_words(seen, ["pathway"], lambda key: pathway(viewer, key).title["en"] if key else "No pathway")
    if len(set(zip(on, treated, strict=True))) > max(on.nunique(), treated.nunique()):
        kinds["Pathway"] = on  # else it is the condition under another name
    return kinds


def _in_words(seen: pd.DataFrame, columns: list[str], words: Callable[..., str]) -> pd.Series:
    """The words of each row's values, asked once per distinct ones."""
    keys = pd.MultiIndex.from_frame(seen[columns])
    known = {key: words(*key) for key in keys.unique()}
    return pd.Series([known[key] for key in keys], seen.index)


def _scale(viewer: Viewer, reference: str, scale: str) -> str:
    definition = instrument(viewer, reference)
    return scale_name(definition, definition.scale(scale))


def _comorbid(seen: pd.DataFrame, patients: int) -> tuple[list[pd.DataFrame], list[str]]:
    """Patients with each comorbidity; hidden too where those without it would be few."""
    shown, held_back = [], []
    for name in COMORBIDITIES:
        has = np.array([isinstance(each, list | np.ndarray) and name in each for each in seen["comorbidities"]], bool)
        rows = seen[has].assign(kind="Also has", name=f"With {name.replace('_', ' ').replace('bp', 'blood pressure')}")
        with_it = rows["episode_id"].nunique()
        if not with_it:
            continue
        if is_small(with_it) or is_small(patients - with_it):
            held_back.append(rows["name"].iloc[0])
        else:
            shown.append(rows)
    return shown, held_back


def _table(rows: pd.DataFrame, groups: int) -> pd.DataFrame:
    """Coverage and flags of one kind's groups; ``groups``: how many are looked at altogether."""
    names, episodes = rows["name"].to_numpy(object), rows["episode_id"].to_numpy()
    table = coverage_by(rows["worse"].to_numpy(float), names, episodes, monitoring_rules(), groups)
    could_be = rows[rows["flagged"].notna()]
    ever = could_be.assign(flagged=could_be["flagged"].astype(bool)).groupby(["name", "episode_id"])["flagged"].any()
    by_name = ever.groupby("name").agg(["mean", "size"]).reindex(table.index)
    table["flagged"], table["in_care"] = by_name["mean"], by_name["size"].fillna(0).astype(int)
    table["flagged_low"], table["flagged_high"] = wilson(table["flagged"].to_numpy(float), by_name["size"].to_numpy())
    return table.rename_axis("name").reset_index().assign(kind=rows["kind"].iloc[0])
