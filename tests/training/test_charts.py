"""The geometry of charts."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from training.charts import column_chart, curve_charts, line_chart, nice_range, points

figures = st.floats(-1e6, 1e6)


def test_points_run_from_left_to_right_and_upwards() -> None:
    assert points([0, 5, 10], 0, 10) == "0.00,100.00 50.00,50.00 100.00,0.00"


def test_a_step_without_a_value_is_passed_over() -> None:
    assert points([0, None, 10], 0, 10) == "0.00,100.00 100.00,0.00"


@given(st.lists(figures, min_size=1, max_size=30))
@example([0.35])
@example([-0.35])
def test_every_value_lies_within_the_range(values: list[float]) -> None:
    low, high = nice_range(values)
    assert low < high
    assert low <= min(values)
    assert max(values) <= high


@given(st.lists(figures, min_size=1, max_size=30))
def test_no_point_leaves_the_chart(values: list[float]) -> None:
    chart = line_chart("x", {"a": values})
    assert chart
    numbers = [float(number) for point in chart.series[0].points.split() for number in point.split(",")]
    assert all(0 <= number <= 100 for number in numbers)


def test_losses_and_other_figures_have_a_chart_each() -> None:
    charts = curve_charts([{"epoch": 1, "train_loss": 1.0, "validation_map": 0.2, "validation_loss": 0.8}])
    assert [(chart.title, [line.name for line in chart.series]) for chart in charts] == [
        ("loss", ["train_loss", "validation_loss"]),
        ("figures", ["validation_map"]),
    ]


@pytest.mark.parametrize("curves", [[], [{}], [{"epoch": 1}], [{"note": "text", "x": None, "y": float("nan")}]])
def test_nothing_to_draw_is_no_chart(curves: list[dict[str, object]]) -> None:
    assert curve_charts(curves) == []


def test_lines_are_told_apart_without_colour() -> None:
    chart = line_chart("x", {"a": [1], "b": [2], "c": [3]})
    assert chart
    assert len({line.style for line in chart.series}) == 3


def test_columns_stand_side_by_side_up_to_a_round_number() -> None:
    chart = column_chart("decisions", [("mon", 0), ("tue", 30), ("wed", 42)])
    assert chart.high == 50 and chart.total == 72
    places = [(column.y, column.height) for column in chart.columns]
    assert places == [("100.00", "0.00"), ("40.00", "60.00"), ("16.00", "84.00")]
    ends = [float(column.x) + float(column.width) for column in chart.columns]
    assert all(end < float(after.x) for end, after in zip(ends, chart.columns[1:], strict=False)) and ends[-1] < 100


def test_columns_without_anything_have_a_scale_all_the_same() -> None:
    assert column_chart("decisions", [("mon", 0)]).high == 1
    assert column_chart("decisions", []).columns == []
