"""Two sums that grow when an expectation drifts, as a share of the limit above which it has."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.frame import AXIS_TEXT, LABEL_TEXT, axis, figure
from dashboard.palette import Palette

HEIGHT = 260


def drift_figure(
    paths: Sequence[tuple[str, np.ndarray]], limit: float, axis_titles: tuple[str, str], colours: Palette
) -> go.Figure:
    """``paths``: words and values by answer, in the order they came; ``limit``: of the values, drawn at 100 %."""
    drawn = figure(colours, HEIGHT, {"l": 56, "r": 8, "t": 22, "b": 48})
    highest = 110.0
    for (words, path), (colour, dash) in zip(paths, ((colours.ink, "solid"), (colours.median, "dot")), strict=True):
        share = np.append(0.0, path) / limit * 100
        highest = max(highest, float(share.max()) * 1.1)
        drawn.add_trace(go.Scatter(x=list(range(len(share))), y=share.round(1).tolist(), mode="lines", hoverinfo="skip",
                                   line={"color": colour, "width": 1.8, "dash": dash}))  # fmt: skip
        drawn.add_annotation(x=_place(share), y=float(share[_place(share)]), text=words, showarrow=False, yshift=12,
                             xanchor=_anchor(share), bgcolor=colours.background,
                             font={"size": LABEL_TEXT, "color": colours.ink})  # fmt: skip
    drawn.add_hline(100, line={"color": colours.threshold, "width": 1, "dash": "dash"})
    drawn.add_annotation(x=0, xref="paper", xanchor="left", y=100, yanchor="bottom", text="limit: it has drifted",
                         showarrow=False, font={"size": LABEL_TEXT, "color": colours.threshold})  # fmt: skip
    drawn.update_layout(
        xaxis=axis(colours, title={"text": axis_titles[0], "font": {"size": AXIS_TEXT}}, nticks=6, rangemode="tozero"),
        yaxis=axis(colours, title={"text": axis_titles[1], "font": {"size": AXIS_TEXT}}, range=[0, highest],
                   tickvals=[0, 50, 100]),
    )  # fmt: skip
    return drawn


def _place(share: np.ndarray) -> int:
    """The answer at which a path is named: where it is highest, away from its other one."""
    return int(share.argmax())


def _anchor(share: np.ndarray) -> str:
    """So that the name stays inside the picture."""
    at = _place(share) / max(len(share) - 1, 1)
    return "left" if at < 0.3 else "right" if at > 0.7 else "center"
