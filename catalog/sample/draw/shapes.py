"""Shapes as skia paths, and colours by their hex names."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import skia  # type: ignore[import-not-found]

Point = tuple[float, float]


def colour_of(colour: str, alpha: float = 1.0) -> int:
    """A skia colour from #rrggbb."""
    r, g, b = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return int(skia.Color(r, g, b, round(alpha * 255)))


def mix(one: str, other: str, share: float) -> str:
    """`one` with `share` (0..1) of `other` stirred in."""
    pairs = ((int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(p + (q - p) * share):02x}" for p, q in pairs)


_ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "Q": 4, "C": 6, "Z": 0}
_TOKEN = re.compile(r"[A-Za-z]|-?\d*\.?\d+")


def svg(d: str) -> Any:
    """A skia path from SVG path data with M L H V Q C Z, absolute or relative; KeyError on other commands."""
    path, tokens, command, i, at = skia.Path(), _TOKEN.findall(d), "M", 0, (0.0, 0.0)
    while i < len(tokens):
        if tokens[i].isalpha():
            command, i = tokens[i], i + 1
        count = _ARGUMENTS[command.upper()]
        at = _extend(path, command, [float(t) for t in tokens[i : i + count]], at)
        i += count
        command = {"M": "L", "m": "l"}.get(command, command)
    return path


def _extend(path: Any, command: str, values: list[float], at: Point) -> Point:
    """Add one command to the path; returns where the pen is then."""
    x, y = at if command.islower() else (0.0, 0.0)
    match command.upper():
        case "Z":
            path.close()
            return at
        case "H":
            points = [values[0] + x, at[1]]
        case "V":
            points = [at[0], values[0] + y]
        case _:
            points = [v + (y if k % 2 else x) for k, v in enumerate(values)]
    draw = {"M": path.moveTo, "Q": path.quadTo, "C": path.cubicTo}.get(command.upper(), path.lineTo)
    draw(*points)
    return (points[-2], points[-1])


def polygon(points: Sequence[Point], close: bool = True) -> Any:
    """A skia path through the points."""
    path = skia.Path()
    path.addPoly([skia.Point(x, y) for x, y in points], close)
    return path


def box(x: float, y: float, w: float, h: float, r: float = 0.0) -> Any:
    """A rectangle as a path."""
    path = skia.Path()
    path.addRoundRect(skia.Rect.MakeXYWH(x, y, w, h), r, r)
    return path


def disc(x: float, y: float, r: float) -> Any:
    """A circle as a path."""
    path = skia.Path()
    path.addCircle(x, y, r)
    return path


def star_points(x: float, y: float, outer: float, inner: float, n: int, turn: float = -90) -> list[Point]:
    """Corners of a star, outer and inner in turn."""
    points = []
    for i in range(2 * n):
        t, r = math.radians(turn) + i * math.pi / n, inner if i % 2 else outer
        points.append((x + r * math.cos(t), y + r * math.sin(t)))
    return points
