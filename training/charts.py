"""The geometry of charts, in percent of their width and height: pure functions, drawn by the templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any

STYLES = ("solid", "dashed", "dotted", "long")  # told apart by their dashes, not by colour


@dataclass(frozen=True)
class Series:
    """One line. `points` is an SVG points attribute in percent, y downwards."""

    name: str
    style: str
    points: str
    last: float


@dataclass(frozen=True)
class LineChart:
    """Lines over steps 1 to `steps`, with the values of the lower and the upper edge."""

    title: str
    series: list[Series]
    low: float
    high: float
    steps: int


def nice_range(values: Sequence[float]) -> tuple[float, float]:
    """The values' range widened to round numbers; never empty."""
    low, high = min(values), max(values)
    step: float = 10.0 ** floor(log10(max(high - low, abs(high) / 10, 1e-6)))
    first, last = floor(low / step), ceil(high / step)
    first -= first * step > low  # 35 * 0.01 is a little more than 0.35
    last += last * step < high
    return first * step, max(last, first + 1) * step


def points(values: Sequence[float | None], low: float, high: float) -> str:
    """Values at equal steps from left to right; steps without a value are passed over."""
    across = max(len(values) - 1, 1)
    return " ".join(
        f"{100 * step / across:.2f},{100 - 100 * (value - low) / (high - low):.2f}"
        for step, value in enumerate(values)
        if value is not None
    )


def line_chart(title: str, lines: Mapping[str, Sequence[float | None]]) -> LineChart | None:
    """Named lines over the same steps; None where there is nothing to draw."""
    drawn = {name: line for name, line in lines.items() if any(value is not None for value in line)}
    if not drawn:
        return None
    low, high = nice_range([value for line in drawn.values() for value in line if value is not None])
    series = [
        Series(name, STYLES[place % len(STYLES)], points(line, low, high), _last(line))
        for place, (name, line) in enumerate(drawn.items())
    ]
    return LineChart(title, series, low, high, max(len(line) for line in drawn.values()))


def _last(line: Sequence[float | None]) -> float:
    return next(value for value in reversed(line) if value is not None)


@dataclass(frozen=True)
class Column:
    """One value as a column, its geometry in percent, y downwards."""

    label: str
    value: float
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True)
class ColumnChart:
    """Values at equal steps, from 0 to `high`."""

    title: str
    columns: list[Column]
    high: float

    @property
    def total(self) -> float:
        return sum(column.value for column in self.columns)


GAP = 0.2  # of a column's place


def column_chart(title: str, values: Sequence[tuple[str, float]]) -> ColumnChart:
    """Labelled values, none negative, as columns of equal width over a range that ends at a round number."""
    highest = max((value for _label, value in values), default=0.0)
    high = nice_range([0.0, highest])[1] if highest > 0 else 1.0
    step = 100 / max(len(values), 1)
    columns = [
        Column(
            label,
            value,
            x=f"{(place + GAP / 2) * step:.2f}",
            y=f"{100 - 100 * value / high:.2f}",
            width=f"{(1 - GAP) * step:.2f}",
            height=f"{100 * value / high:.2f}",
        )
        for place, (label, value) in enumerate(values)
    ]
    return ColumnChart(title, columns, high)


def curve_charts(curves: Sequence[Mapping[str, Any]]) -> list[LineChart]:
    """A run's figures per epoch: losses in one chart, shares that are right in the next, everything else in a third."""
    names = [name for name in dict.fromkeys(name for row in curves for name in row) if name != "epoch"]
    lines = {name: [_number(row.get(name)) for row in curves] for name in names}
    losses = {name: line for name, line in lines.items() if "loss" in name}
    shares = {name: line for name, line in lines.items() if "accuracy" in name}
    others = {name: line for name, line in lines.items() if name not in losses and name not in shares}
    charts = [line_chart("loss", losses), line_chart("accuracy", shares), line_chart("figures", others)]
    return [chart for chart in charts if chart]


def _number(value: object) -> float | None:
    """A finite number; JSON may hold anything."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf")
    return float(value) if is_number else None  # type: ignore[arg-type]
