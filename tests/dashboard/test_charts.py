"""What a chart draws: bands, own points, silence as a gap, and names only beyond the limits."""

import pytest

from dashboard.charts.funnel import FunnelPoint, beyond, funnel_figure
from dashboard.charts.recovery_chart import Answered, RecoveryChart, recovery_figure
from dashboard.charts.small_multiples import MeanCourse, multiples_figure
from dashboard.charts.sparkline import HEIGHT, MARGIN, WIDTH, sparkline
from dashboard.charts.staircase import Stair, staircase_figure
from dashboard.charts.week_axis import week_ticks
from dashboard.palette import palette

BAND = [(0, 40.0, 60.0), (42, 50.0, 70.0), (84, 60.0, 80.0)]


def points(text: str) -> list[tuple[float, float]]:
    return [tuple(map(float, pair.split(","))) for pair in text.split()]


def test_silence_is_the_gap_between_the_last_answer_and_today():
    picture = sparkline([(0, 45.0), (20, 50.0)], BAND, 80, (30, 88), "words", outside=False)
    ends_of_band = max(x for x, _ in points(picture.band))
    assert ends_of_band == WIDTH - MARGIN
    assert picture.last[0] < WIDTH / 2


def test_rows_of_one_instrument_share_a_scale_and_beyond_it_is_clipped():
    low, high = (sparkline([(0, value)], [], 10, (30, 88), "", outside=False).last[1] for value in (5.0, 30.0))
    assert low == high == HEIGHT - MARGIN
    assert sparkline([(0, 100.0)], [], 10, (30, 88), "", outside=False).last[1] == MARGIN


def test_the_band_is_cut_at_today():
    picture = sparkline([(0, 45.0)], BAND, 63, (40, 80), "", outside=False)
    upper = points(picture.band)[: len(points(picture.band)) // 2]
    assert len(upper) == 3 and upper[-1][0] == WIDTH - MARGIN


def test_without_a_curve_or_an_answer_nothing_is_invented():
    picture = sparkline([], [], 20, (0, 10), "no answer yet", outside=False)
    assert (picture.band, picture.line, picture.last) == ("", "", None)


@pytest.mark.parametrize(
    ("first", "last", "labels"),
    [
        (-10, 91, ["week 0", "2", "4", "6", "8", "10", "12"]),
        (-3, 20, ["week 0", "1", "2"]),
        (0, 365, ["week 0", "8", "16", "24", "32", "40", "48"]),
    ],
)
def test_ticks_are_whole_weeks_and_the_unit_is_written_once(first, last, labels):
    assert week_ticks(first, last)[1] == labels


@pytest.fixture
def chart():
    return RecoveryChart(
        title="KOOS JR", unit="KOOS JR, 0–100", better="↑", score_range=(0, 100), display_range=(30, 88),
        answers=[Answered(-9, 44, "44", "a"), Answered(42, 41, "41", "b")],
        band=[(0, 34, 39, 44, 49, 54), (42, 47, 53, 60, 66, 72), (91, 59, 65, 71, 77, 82)],
        courses=[[(0, 45), (42, 60)]], missed=[28, 35], thresholds=[(72, "acceptable state 72")],
        events=[(0, "surgery 12 Oct"), (43, "today")], last_day=91, outside="red", glyph="▼",
    )  # fmt: skip


def test_a_last_answer_outside_the_band_is_marked_in_the_status_colour(chart):
    colours = palette("light")
    own = recovery_figure(chart, colours).data[-1]
    assert list(own.marker.symbol) == ["circle", "triangle-down"]
    assert list(own.marker.color) == [colours.ink, colours.shapes["red"]]
    assert own.marker.opacity == 1


def test_lines_are_named_on_the_chart_and_there_is_no_legend(chart):
    drawn = recovery_figure(chart, palette("dark"))
    named = [note.text for note in drawn.layout.annotations]
    assert named == ["80\u202f%", "50\u202f%", "acceptable state 72", "surgery 12 Oct", "today", "<b>41</b>"]
    assert drawn.layout.showlegend is False
    assert drawn.layout.xaxis.fixedrange and drawn.layout.yaxis.fixedrange


def test_a_lower_is_better_scale_is_not_flipped(chart):
    axis = recovery_figure(RecoveryChart(**{**vars(chart), "better": "↓"}), palette("light")).layout.yaxis
    assert axis.range[0] < axis.range[1] and axis.title.text.endswith("better ↓")


def test_only_clinics_beyond_the_limits_of_chance_are_named():
    clinics = [FunnelPoint("Fair", 200, 26.0), FunnelPoint("Small", 12, 20.0), FunnelPoint("Northside", 210, 21.4)]
    assert [clinic.name for clinic in beyond(clinics, centre=26.4, spread=17)] == ["Northside"]
    drawn = funnel_figure(clinics, 26.4, 17, "mean gain, better ↑", True, palette("light"))
    assert [trace.text for trace in drawn.data if trace.mode == "markers+text"] == ["Northside 21.4, n = 210"]


def test_the_staircase_says_count_share_and_loss():
    stairs = [Stair("Eligible", 1480, ""), Stair("Answered", 1012, "329 no answer"), Stair("Matched", 100, "912 alone")]
    texts = [note.text for note in staircase_figure(stairs, palette("light")).layout.annotations]
    assert texts[:2] == ["<b>1,480</b>", ""]
    assert "<b>1,012</b>  68\u202f%" in texts and "329 no answer" in texts
    assert "<b>100</b>  7\u202f%  912 alone" in texts


def test_small_multiples_share_their_axes():
    course = MeanCourse("All clinics", 1204, [0, 42], [46, 62], [45, 61], [47, 63])
    drawn = multiples_figure(
        [course, MeanCourse("Harbour", 187, [0, 42], [46, 60], [44, 58], [48, 62])], 0, palette("light")
    )
    assert drawn.layout.yaxis2.matches == "y"
    assert "n = 187" in drawn.layout.annotations[1].text


def test_the_last_value_stands_on_the_side_the_line_does_not_come_from(chart):
    def side(before, last):
        answers = [Answered(0, before, str(before), ""), Answered(42, last, str(last), "")]
        return recovery_figure(
            RecoveryChart(**{**vars(chart), "answers": answers}), palette("light")
        ).layout.annotations[-1]

    assert side(40, 60).yanchor == "bottom"
    assert side(60, 40).yanchor == "top"
