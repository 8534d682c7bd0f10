"""The provider's panel: the answer, the counts, and the rows of one page."""

from dataclasses import dataclass
from datetime import datetime

from care.access import Scope, Viewer
from care.lakes import Freshness
from care.queries.panel import PanelPage, Position, Show, count_matches, panel_page
from dashboard.components.panel_table import PanelRow
from dashboard.labels import STATUS_LABELS, THIS_WEEK, TODAY
from dashboard.resources import ask, data_as_of, live
from dashboard.states import data_as_of as as_of_words
from dashboard.views.panel_rows import panel_rows
from dashboard.words import count, joined, plural
from scoring.track import TrackStatus
from warehouse.questions.course import get_courses


@dataclass(frozen=True)
class PanelChoice:
    """What the viewer wants to see. ``whole_clinic``: colleagues' patients too; ``after``: where the page begins."""

    show: Show
    whole_clinic: bool
    search: str
    statuses: frozenset[str]
    after: Position | None

    def scope(self, viewer: Viewer) -> Scope:
        return viewer.scope.widened() if self.whole_clinic else viewer.scope


@dataclass(frozen=True)
class PanelView:
    """Everything the page draws; ``page`` has the store's rows behind ``rows``, in the same order."""

    title: str
    line: str
    rows: list[PanelRow]
    page: PanelPage
    freshness: Freshness

    @property
    def on_the_list(self) -> int:
        """Open episodes in the scope, whatever the filters."""
        return sum(self.page.counts.everyone.values())


def read_panel(viewer: Viewer, choice: PanelChoice, as_of: datetime) -> PanelView:
    """One page of the panel, live from care, with its courses from the lake."""
    scope = choice.scope(viewer)
    with live(viewer) as session:
        page = panel_page(session, scope, choice.show, as_of, choice.search, choice.after, choice.statuses)
    freshness = data_as_of(viewer)
    ids = tuple(sorted(row.episode.id for row in page.rows))
    courses = ask(get_courses, scope.widened(), ids) if ids and freshness.as_of else None
    return PanelView(
        title=_title(page.counts.waiting),
        line=_line(viewer, page.counts.everyone, choice.whole_clinic, as_of_words(freshness, as_of, viewer.zone)),
        rows=panel_rows(viewer, page.rows, courses, as_of),
        page=page,
        freshness=freshness,
    )


def count_wider(viewer: Viewer, search: str, as_of: datetime) -> tuple[int, int]:
    """How many patients match the search in the whole clinic: open, closed."""
    scope = viewer.scope.widened()
    with live(viewer) as session:
        return tuple(count_matches(session, scope, show, as_of, search) for show in (Show.EVERYONE, Show.CLOSED))


def _title(waiting: dict[str, int]) -> str:
    today = sum(number for status, number in waiting.items() if STATUS_LABELS[TrackStatus(status)].group == TODAY)
    week = sum(number for status, number in waiting.items() if STATUS_LABELS[TrackStatus(status)].group == THIS_WEEK)
    if today:
        return f"{count(today)} {'patient needs' if today == 1 else 'patients need'} you today"
    return f"Nobody needs you today, {plural(week, 'patient')} this week" if week else "Nobody needs you today"


def _line(viewer: Viewer, everyone: dict[str, int], whole_clinic: bool, as_of: str) -> str:
    """50 on your panel · 5 off track · …. Data as of 07:05, synthetic clinics."""
    of = everyone.get
    steady = of(TrackStatus.ON_TRACK, 0) + of(TrackStatus.AHEAD, 0)
    numbers = [
        (sum(everyone.values()), "in your clinics" if whole_clinic else "on your panel"),
        (of(TrackStatus.CALL_TODAY, 0), "to call today"),
        (of(TrackStatus.OFF_TRACK, 0), "off track"),
        (of(TrackStatus.WATCH, 0), "to watch"),
        (of(TrackStatus.SILENT, 0), "silent"),
        (steady, "on track or ahead"),
        (of(TrackStatus.FEW_DATA, 0), "too new to judge"),
    ]
    first, *others = (f"{count(number)} {words}" for number, words in numbers)
    told = joined(first, *(words for words, (number, _) in zip(others, numbers[1:], strict=True) if number))
    return f"{told}. {as_of}{', synthetic clinics' if viewer.is_demo else ''}."
