"""A pen over a skia canvas: short names for the few shapes that every motif is cut from.

Lengths are in the units of the current frame: 480 x 720 on the sheet, 100 x 100 inside a motif.
Every colour is a printing plate with its own small shift, so edges misregister as in a real print.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import skia  # type: ignore[import-not-found]

from catalog.sample.draw.palettes import Inks
from catalog.sample.draw.shapes import Point, box, colour_of, disc, polygon, star_points, svg

WIDTH, HEIGHT, SCALE = 480, 720, 2
Motif = Callable[["Pen", Inks], None]


class Pen:
    """Draws on one sheet of 480 x 720 units; `rng` makes every accident of the hand repeatable."""

    def __init__(self, seed: int) -> None:
        self.surface: Any = skia.Surface(WIDTH * SCALE, HEIGHT * SCALE)
        self.canvas: Any = self.surface.getCanvas()
        self.canvas.scale(SCALE, SCALE)
        self.rng = np.random.default_rng(seed)
        self.plates: dict[str, Point] = {}
        self.register = 0.55

    def pixels(self) -> np.ndarray[Any, np.dtype[np.uint8]]:
        """The sheet as uint8 RGB, (1440, 960, 3)."""
        rgba = self.surface.makeImageSnapshot().toarray(colorType=skia.kRGBA_8888_ColorType)
        return np.ascontiguousarray(rgba[..., :3])

    # inks

    def paint(self, colour: str, width: float = 0.0, cap: str = "round", alpha: float = 1.0) -> Any:
        """Fill paint, or a stroke of `width` units."""
        paint = skia.Paint(AntiAlias=True, Color=colour_of(colour, alpha))
        if width:
            paint.setStyle(skia.Paint.kStroke_Style)
            paint.setStrokeWidth(width)
            round_ = cap == "round"
            paint.setStrokeCap(skia.Paint.kRound_Cap if round_ else skia.Paint.kButt_Cap)
            paint.setStrokeJoin(skia.Paint.kRound_Join if round_ else skia.Paint.kMiter_Join)
        return paint

    def put(self, path: Any, paint: Any, colour: str) -> None:
        """Print a path with its colour's plate, shifted by that plate's error."""
        dx, dy = self._shift(colour)
        self.canvas.save()
        matrix = self.canvas.getTotalMatrix()
        shift = skia.Matrix()
        shift.setTranslate(dx * SCALE, dy * SCALE)
        self.canvas.setMatrix(shift.preConcat(matrix))
        self.canvas.drawPath(path, paint)
        self.canvas.restore()

    def _shift(self, colour: str) -> Point:
        if colour not in self.plates:
            dx, dy = self.rng.normal(0, self.register, 2)
            self.plates[colour] = (float(dx), float(dy))
        return self.plates[colour]

    # frames

    @contextmanager
    def at(self, x: float, y: float, scale: float = 1.0, turn: float = 0.0, flip: bool = False) -> Iterator[None]:
        """Move the origin to x, y; scale; turn in degrees clockwise; mirror."""
        self.canvas.save()
        self.canvas.translate(x, y)
        self.canvas.rotate(turn)
        self.canvas.scale(-scale if flip else scale, scale)
        yield
        self.canvas.restore()

    def motif(
        self, draw: Motif, inks: Inks, x: float, y: float, size: float, turn: float = 0.0, flip: bool = False
    ) -> None:
        """Draw a 100 x 100 motif centred on x, y at `size` units."""
        with self.at(x, y, size / 100, turn, flip), self.at(-50, -50):
            draw(self, inks)

    @contextmanager
    def clip(self, path: Any) -> Iterator[None]:
        """Draw inside `path` only."""
        self.canvas.save()
        self.canvas.clipPath(path, skia.ClipOp.kIntersect, True)
        yield
        self.canvas.restore()

    # shapes

    def path(self, d: str, colour: str, alpha: float = 1.0) -> None:
        """Fill an SVG path."""
        self.put(svg(d), self.paint(colour, alpha=alpha), colour)

    def stroke(self, d: str, colour: str, width: float, cap: str = "round") -> None:
        """Stroke an SVG path."""
        self.put(svg(d), self.paint(colour, width, cap), colour)

    def poly(self, points: Sequence[Point], colour: str, alpha: float = 1.0) -> None:
        """Fill a polygon."""
        self.put(polygon(points), self.paint(colour, alpha=alpha), colour)

    def rect(self, x: float, y: float, w: float, h: float, colour: str, r: float = 0.0, alpha: float = 1.0) -> None:
        """Fill a rectangle with corner radius `r`."""
        self.put(box(x, y, w, h, r), self.paint(colour, alpha=alpha), colour)

    def frame(self, x: float, y: float, w: float, h: float, colour: str, width: float, r: float = 0.0) -> None:
        """Outline a rectangle."""
        self.put(box(x, y, w, h, r), self.paint(colour, width, "butt"), colour)

    def circ(self, x: float, y: float, r: float, colour: str, alpha: float = 1.0) -> None:
        """Fill a circle."""
        self.put(disc(x, y, r), self.paint(colour, alpha=alpha), colour)

    def ell(self, x: float, y: float, rx: float, ry: float, colour: str, turn: float = 0.0) -> None:
        """Fill an ellipse."""
        with self.at(x, y, 1, turn):
            path = skia.Path()
            path.addOval(skia.Rect(-rx, -ry, rx, ry))
            self.put(path, self.paint(colour), colour)

    def ring(self, x: float, y: float, r: float, width: float, colour: str) -> None:
        """Outline a circle."""
        self.put(disc(x, y, r), self.paint(colour, width), colour)

    def line(self, x1: float, y1: float, x2: float, y2: float, colour: str, width: float, cap: str = "round") -> None:
        """A straight line."""
        self.put(polygon([(x1, y1), (x2, y2)], close=False), self.paint(colour, width, cap), colour)

    def pie(self, x: float, y: float, r: float, start: float, sweep: float, colour: str) -> None:
        """A sector; degrees clockwise from three o'clock."""
        path = skia.Path()
        path.moveTo(x, y)
        path.arcTo(skia.Rect(x - r, y - r, x + r, y + r), start, sweep, False)
        path.close()
        self.put(path, self.paint(colour), colour)

    def arc(self, x: float, y: float, r: float, start: float, sweep: float, colour: str, width: float) -> None:
        """An open arc."""
        path = skia.Path()
        path.addArc(skia.Rect(x - r, y - r, x + r, y + r), start, sweep)
        self.put(path, self.paint(colour, width), colour)

    def star(self, x: float, y: float, outer: float, inner: float, n: int, colour: str, turn: float = -90) -> None:
        """A star with n points."""
        self.poly(star_points(x, y, outer, inner, n, turn), colour)

    def rays(self, x: float, y: float, r: float, n: int, colour: str, turn: float = 0.0, share: float = 0.5) -> None:
        """n wedges around x, y; `share` of each turn is inked."""
        step = 2 * math.pi / n
        for i in range(n):
            t = math.radians(turn) + i * step
            ends = [(x + r * math.cos(t + k * step * share), y + r * math.sin(t + k * step * share)) for k in (0, 1)]
            self.poly([(x, y), *ends], colour)

    def dots(
        self, x: float, y: float, w: float, h: float, colour: str, pitch: float, tone: Callable[[float, float], float]
    ) -> None:
        """Halftone at 45 degrees in a box; `tone(u, v)` in 0..1 over the box sets the dot size."""
        row = 0
        step = pitch * math.sqrt(0.5)
        while row * step <= h:
            start = 0.0 if row % 2 == 0 else step
            for k in range(int((w - start) / (2 * step)) + 1):
                px, py = x + start + k * 2 * step, y + row * step
                size = tone((px - x) / w, (py - y) / h)
                if size > 0.04:
                    self.circ(px, py, pitch * 0.72 * math.sqrt(min(size, 1.0)), colour)
            row += 1

    def fade(self, x: float, y: float, w: float, h: float, top: str, bottom: str) -> None:
        """A vertical blend from one ink to another."""
        paint = skia.Paint(AntiAlias=True)
        ends = [skia.Point(x, y), skia.Point(x, y + h)]
        paint.setShader(skia.GradientShader.MakeLinear(ends, [colour_of(top), colour_of(bottom)]))
        self.canvas.drawRect(skia.Rect.MakeXYWH(x, y, w, h), paint)

    def glow(self, x: float, y: float, r: float, inner: str, outer: str) -> None:
        """A radial blend that fills the sheet."""
        paint = skia.Paint(AntiAlias=True)
        paint.setShader(skia.GradientShader.MakeRadial(skia.Point(x, y), r, [colour_of(inner), colour_of(outer)]))
        self.canvas.drawPaint(paint)

    def fill(self, colour: str) -> None:
        """Cover the whole sheet."""
        self.canvas.drawColor(colour_of(colour))

    def wobble(self, points: Sequence[Point], amount: float) -> list[Point]:
        """The same points, each moved a little as by scissors."""
        noise = self.rng.uniform(-amount, amount, (len(points), 2))
        return [(x + float(dx), y + float(dy)) for (x, y), (dx, dy) in zip(points, noise, strict=True)]
