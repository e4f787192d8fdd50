"""Draw the posters of the sample catalogue: `python -m catalog.sample.draw [--only KEY ...] [--out DIR]`."""

from __future__ import annotations

import argparse
import json
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from catalog.sample.draw.bill import bill
from catalog.sample.draw.pen import HEIGHT, WIDTH, Pen
from catalog.sample.draw.press import jpeg, print_poster
from catalog.sample.draw.styles import STYLES

SAMPLE = Path(__file__).resolve().parent.parent


def draw(film: Mapping[str, Any]) -> Image.Image:
    """The poster of one film of films.json, 480 x 720; the same film gives the same picture."""
    seed = zlib.crc32(film["key"].encode())
    pen = Pen(seed)
    press = STYLES[film["art"]["style"]](pen, bill(film))
    return print_poster(pen.pixels(), press, np.random.default_rng(seed))


def contact_sheet(pictures: Sequence[Image.Image], columns: int, wide: int) -> Image.Image:
    """The pictures side by side on grey, each `wide` pixels across."""
    tall = wide * HEIGHT // WIDTH
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * (wide + 10) + 10, rows * (tall + 10) + 10), "#8c8a84")
    for i, picture in enumerate(pictures):
        x, y = i % columns * (wide + 10) + 10, i // columns * (tall + 10) + 10
        sheet.paste(picture.resize((wide, tall), Image.Resampling.LANCZOS), (x, y))
    return sheet


def main() -> None:
    """Write one JPEG per film, and a contact sheet when asked."""
    parser = argparse.ArgumentParser(prog="python -m catalog.sample.draw", description=__doc__)
    parser.add_argument("--only", nargs="+", metavar="KEY", help="draw only these films")
    parser.add_argument("--style", help="draw only films in this style")
    parser.add_argument("--out", type=Path, default=SAMPLE / "posters", metavar="DIR")
    parser.add_argument("--sheet", type=Path, metavar="FILE", help="also write a contact sheet")
    parser.add_argument("--columns", type=int, default=8)
    parser.add_argument("--wide", type=int, default=220, metavar="PIXELS")
    options = parser.parse_args()
    films = json.loads((SAMPLE / "films.json").read_text(encoding="utf-8"))
    options.out.mkdir(parents=True, exist_ok=True)
    pictures = []
    for film in films:
        if (options.only and film["key"] not in options.only) or (
            options.style and film["art"]["style"] != options.style
        ):
            continue
        pictures.append(draw(film))
        (options.out / f"{film['key']}.jpg").write_bytes(jpeg(pictures[-1]))
    if options.sheet:
        contact_sheet(pictures, options.columns, options.wide).save(options.sheet)
    print(f"{len(pictures)} posters in {options.out}")


if __name__ == "__main__":
    main()
