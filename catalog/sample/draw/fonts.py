"""Where the typefaces are; all are open-licence, and needed only to draw the posters again.

Latin and Cyrillic: `npm install --prefix var/fonts` with the packages of FACES (`@fontsource/<name>`), or any folder
laid out the same way, named in GENRESITE_FONTS. Korean, Japanese, Chinese: Debian's fonts-noto-cjk and its -extra.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import skia  # type: ignore[import-not-found]

NOTO = Path("/usr/share/fonts")
FACES = {
    # short name: (package, weight)
    "deco": ("limelight", 400),
    "hairline": ("poiret-one", 400),
    "neonline": ("monoton", 400),
    "didone": ("abril-fatface", 400),
    "playfair": ("playfair-display", 900),
    "western": ("rye", 400),
    "blackletter": ("pirata-one", 400),
    "josefin": ("josefin-sans", 700),
    "righteous": ("righteous", 400),
    "slab": ("alfa-slab-one", 400),
    "russo": ("russo-one", 400),
    "yeseva": ("yeseva-one", 400),
    "nouveau": ("federo", 400),
    "scissors": ("caesar-dressing", 400),
    "brush_caps": ("amatic-sc", 700),
    "cutout": ("londrina-solid", 900),
    "toon": ("lilita-one", 400),
    "typewriter": ("special-elite", 400),
    "grotesk": ("archivo-black", 400),
    "narrow": ("archivo-narrow", 700),
    "league": ("league-gothic", 400),
    "anton": ("anton", 400),
    "oswald": ("oswald", 600),
    "germania": ("germania-one", 400),
    "grenze": ("grenze-gotisch", 800),
    "shoulders": ("big-shoulders-display", 800),
    "shrikhand": ("shrikhand", 400),
    "gravitas": ("gravitas-one", 400),
    "jost": ("jost", 700),
    "jost_light": ("jost", 400),
    "bodoni": ("bodoni-moda", 700),
    "lobster": ("lobster", 400),
    "marker": ("rock-salt", 400),
    "knewave": ("knewave", 400),
    "bowlby": ("bowlby-one", 400),
    "fraktur": ("unifrakturcook", 700),
    "dmserif": ("dm-serif-display", 400),
}
SUBSETS = ("latin", "latin-ext", "cyrillic")
CJK_SERIF, CJK_SANS = "NotoSerifCJK-Black.ttc", "NotoSansCJK-Black.ttc"
FALLBACKS = ("NotoSans-ExtraBold.ttf", "NotoSansSymbols2-Regular.ttf")
COLLECTION = {"ja": 0, "ko": 1, "zh": 2}


def folder() -> Path:
    """The npm prefix that holds the Latin faces."""
    return Path(os.environ.get("GENRESITE_FONTS", "var/fonts")) / "node_modules" / "@fontsource"


@cache
def faces(name: str, language: str = "en") -> tuple[Any, ...]:
    """Typefaces to try in order for a short name, "serif_cjk" or "sans_cjk"; FileNotFoundError says what to install."""
    cjk = CJK_SERIF if name in ("serif_cjk", "playfair", "dmserif", "yeseva", "didone", "bodoni") else CJK_SANS
    found = [] if name.endswith("_cjk") else _latin(name)
    found += [f for f in (_noto(cjk, COLLECTION.get(language, 1)), *map(_noto, FALLBACKS)) if f]
    return tuple(found)


def _latin(name: str) -> list[Any]:
    package, weight = FACES[name]
    files = [folder() / package / "files" / f"{package}-{subset}-{weight}-normal.woff" for subset in SUBSETS]
    if not files[0].exists():
        raise FileNotFoundError(f"{files[0]}: run npm install --prefix var/fonts @fontsource/{package}")
    return [skia.Typeface.MakeFromFile(str(f)) for f in files if f.exists()]


@cache
def _noto(file: str, index: int = 0) -> Any:
    path = next(NOTO.rglob(file), None)
    return skia.Typeface.MakeFromFile(str(path), index) if path else None
