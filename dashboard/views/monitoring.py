"""Does the expectation hold? The judged answers as shares and sentences; worse is always to the left."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from care.access import Viewer
from dashboard.charts.dots import Dot
from dashboard.definitions import instrument
from dashboard.words import DASH, count, percent, short_date
from scoring.recovery_flags import worse_shares
from scoring.recovery_monitor import ENOUGH, Drift, coverage_by, drift, pit_histogram, uneven
from warehouse.questions.monitoring import Fits
from warehouse.suppression import hidden_groups, is_small

PROMISED = 0.8
THIRDS = {1: "Worst third at the start", 2: "Middle third", 3: "Best third at the start"}
SEXES = {"female": "Women", "male": "Men"}


@dataclass(frozen=True)
class Monitoring:
    """
    Parameters
    ----------
    n, patients : judged answers, and of how many patients; ``groups`` is empty under ten
    tenths : share of answers in each tenth of their expectation, worst first; 0.1 each when it holds
    groups : coverage by subgroup: kind, name, n, inside, low, high, half, flagged, off; NaN where hidden
    drift : has coverage moved, in the order of judging
    """

    n: int
    patients: int
    tenths: np.ndarray
    groups: pd.DataFrame
    drift: Drift | None


def monitoring(viewer: Viewer, answers: pd.DataFrame) -> Monitoring:
    """From the rows of ``get_judged_answers``."""
    patients = answers["episode_id"].nunique()
    if not patients or is_small(patients):
        return Monitoring(len(answers), patients, np.array([]), pd.DataFrame(), None)
    oriented = _oriented(viewer, answers)
    pit = oriented["worse"].to_numpy(float)
    kinds = {
        "": pd.Series("Everybody", oriented.index),
        "Clinic": oriented["clinic"],
        "Sex": oriented["sex"].map(SEXES).fillna("Other or unknown"),
        "Age": oriented["age_band"].where(oriented["age_band"] != "", "Unknown age"),
        "Start": oriented["third"].map(THIRDS),
    }
    tables = [_groups(kind, pit, group, oriented["episode_id"]) for kind, group in kinds.items()]
    return Monitoring(len(pit), patients, pit_histogram(pit), pd.concat(tables, ignore_index=True), drift(pit))


def _oriented(viewer: Viewer, answers: pd.DataFrame) -> pd.DataFrame:
    """With ``worse``, the share of similar patients who are worse off, and ``third`` counted from the worst."""
    parts = []
    for (reference, scale), rows in answers.groupby(["instrument", "scale"], sort=True):
        higher = instrument(viewer, reference).scale(scale).direction == "higher"
        worse = worse_shares(rows["below"].to_numpy(float), higher)
        parts.append(rows.assign(worse=worse, third=rows["third"] if higher else 4 - rows["third"]))
    return pd.concat(parts).sort_index()


def _groups(kind: str, pit: np.ndarray, group: pd.Series, episodes: pd.Series) -> pd.DataFrame:
    names = group.to_numpy(object)
    table = coverage_by(pit, names, PROMISED)
    table["half"] = coverage_by(pit, names, 0.5)["inside"]
    sizes = episodes.groupby(names).nunique().reindex(table.index)
    hidden = hidden_groups(sizes.to_numpy())
    table.loc[hidden, ["n", "inside", "low", "high", "half", "flagged"]] = np.nan
    table.loc[hidden, "off"] = False
    return table.rename_axis("name").reset_index().assign(kind=kind)


def page_title(seen: Monitoring) -> str:
    """The expected range held 79 % of 1,204 answers, as promised"""
    if seen.groups.empty:
        return "Too few judged answers to check the expectation"
    whole = seen.groups.iloc[0]
    return f"The expected range held {percent(whole['inside'])} of {count(seen.n)} answers, {_verdict(whole)}"


def _verdict(whole: pd.Series) -> str:
    if whole["low"] <= PROMISED <= whole["high"]:
        return f"as promised ({percent(PROMISED)})"
    return f"{'fewer' if whole['inside'] < PROMISED else 'more'} than the {percent(PROMISED)} promised"


def drift_words(seen: Monitoring, fits: Fits) -> str:
    """What the CUSUM says, and what happens then."""
    again = "Curves are fitted again by themselves whenever an episode closes"
    last = f", last on {short_date(fits.last_at.date(), fits.last_at.date())}" if fits.last_at else ""
    if seen.drift is None or not seen.drift.alarm:
        return f"Coverage has not drifted. {again}{last}."
    answers = seen.n - seen.drift.since
    kind = "narrow" if seen.drift.too_narrow[-1] >= seen.drift.too_wide[-1] else "wide"
    return (
        f"Coverage has drifted for {count(answers)} answers: the range has become too {kind}. {again}{last}; "
        "until enough have closed, read a flag with more caution."
    )


def group_dots(seen: Monitoring) -> list[Dot]:
    """Everybody and each group that may be shown: share inside the 80 % range."""
    rows = seen.groups.dropna(subset=["inside"])
    return [Dot(row.name, row.inside, row.low, row.high, group_words(row)) for row in rows.itertuples(index=False)]


def group_words(row) -> str:
    return f"{percent(row.inside)} of {count(int(row.n))} ({row.low * 100:.0f}{DASH}{row.high * 100:.0f})"


def groups_finding(seen: Monitoring) -> str:
    off = seen.groups[seen.groups["off"] & (seen.groups["kind"] != "")]
    if off.empty:
        return "No group is off: each is within chance, or too small to tell"
    return f"Off by two points or more: {', '.join(off['name'])}"


def group_rows(seen: Monitoring) -> list[dict[str, str]]:
    rows = []
    for row in seen.groups.itertuples(index=False):
        hidden = np.isnan(row.inside)
        rows.append(
            {
                "Group": f"{row.kind}: {row.name}" if row.kind else row.name,
                "Inside the 80\u202f% range": "fewer than 10 patients" if hidden else group_words(row),
                "Inside the 50\u202f% range": DASH if hidden else percent(row.half),
                "In the worst tenth": DASH if hidden else percent(row.flagged),
                "Verdict": DASH if hidden else _group_verdict(row),
            }
        )
    return rows


def _group_verdict(row) -> str:
    if row.n < ENOUGH:
        return f"too few to tell (under {ENOUGH})"
    return "off" if row.off else "holds"


def tenth_rows(seen: Monitoring) -> list[dict[str, str]]:
    return [
        {"Tenth of the expectation": name, "Share of answers": percent(share), "Expected": percent(0.1)}
        for name, share in zip(tenth_names(), seen.tenths, strict=True)
    ]


def tenth_names() -> list[str]:
    return ["worst", *map(str, range(2, 10)), "best"]


def tenths_finding(seen: Monitoring) -> str:
    """Which end the answers pile up at, if any by more than half as much again; else whether they fall evenly."""
    worst, best = seen.tenths[0], seen.tenths[-1]
    if max(worst, best) < 0.15:
        how = "do not fall evenly" if uneven(seen.tenths, seen.n) else "fall evenly"
        return f"Answers {how} over what was expected"
    if min(worst, best) >= 0.15:
        return "More answers than promised lie at both ends: the range is too narrow"
    return f"More answers than promised lie at the {'worse' if worst > best else 'better'} end"
