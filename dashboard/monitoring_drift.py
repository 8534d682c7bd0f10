"""The block about drift: has an expected course moved away since it was fitted, and why was it fitted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pandas as pd
import streamlit as st

from care.access import Viewer
from dashboard.charts.drift import drift_figure
from dashboard.charts.frame import CONFIG
from dashboard.components.groups_table import groups_table
from dashboard.elements import note, section
from dashboard.monitoring_fit import fit_again_part
from dashboard.palette import palette
from dashboard.resources import ask
from dashboard.views.monitoring import oriented
from dashboard.views.monitoring_drift import (
    WatchedCurve,
    curve_rows,
    drift_finding,
    path_words,
    refit_lines,
    watched_curves,
    what_happens,
)
from dashboard.words import literal
from warehouse.questions.judged_answers import get_judged_answers
from warehouse.questions.monitoring import get_fits, get_refits


def drift_part(viewer: Viewer, as_of: datetime) -> None:
    """Of every clinic of the tenant: curves are fitted on all of them. And the button, for who may."""
    everybody = replace(viewer.scope, clinics=None)
    answers = oriented(viewer, ask(get_judged_answers, everybody))
    draw_drift(viewer, watched_curves(viewer, answers, ask(get_fits, everybody)), ask(get_refits, everybody), as_of)
    fit_again_part(viewer)


def draw_drift(viewer: Viewer, curves: Sequence[WatchedCurve], refits: pd.DataFrame, as_of: datetime) -> None:
    """Whether an expected course has moved away since it was fitted, and why each was fitted."""
    section(literal(drift_finding(curves)))
    st.write(what_happens(curves))
    if shown := [curve for curve in curves if curve.drift]:
        _draw_path(shown)
    for line in refit_lines(viewer, refits, as_of):
        st.write(line)
    with st.expander("Every expected course"):
        groups_table(curve_rows(viewer, curves, as_of), "Expected courses", key="curves_table")
        note("Patients: those behind the course. Steady: how near it has come to the limit. Few: under ten patients.")


def _draw_path(curves: Sequence[WatchedCurve]) -> None:
    by_name = {curve.name: curve for curve in curves}
    name = (
        st.selectbox("Expected course", list(by_name), key="watched_curve") if len(by_name) > 1 else next(iter(by_name))
    )
    curve = by_name.get(name, curves[0])
    watch = curve.drift.nearest
    up, down = path_words(watch, curve.drift)
    axes = ("answers since it was fitted", "share of the limit, %")
    drawn = drift_figure(((up, watch.up), (down, watch.down)), watch.limit, axes, palette())
    st.plotly_chart(drawn, theme=None, config=CONFIG, alt=f"{up} and {down}, against the limit", key="drift")
    note(
        "Good: both lines stay below the dashed one. Answers of all clinics, each judged before it could move a curve."
    )
