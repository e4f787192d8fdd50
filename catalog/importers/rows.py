"""What an importer yields: one film as its source describes it, or why a row cannot be read."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _


def _vocabulary(text: str) -> frozenset[str]:
    return frozenset(text.split("|"))


# What a source would name where it applies: what it does not list of these, the film is not.
IMDB_GENRES = _vocabulary(
    "action|adventure|adult|animation|biography|comedy|crime|documentary|drama|family|fantasy|film-noir|history|horror"
    "|music|musical|mystery|news|reality-tv|romance|sci-fi|short|sport|talk-show|thriller|war|western"
)
# TMDb and MovieLens have no Biography, Short, Sport, …: there, missing is unknown.
TMDB_GENRES = _vocabulary(
    "action|adventure|animation|comedy|crime|documentary|drama|family|fantasy|history|horror|music|mystery|romance"
    "|sci-fi|thriller|war|western"
)
MOVIELENS_GENRES = _vocabulary(
    "action|adventure|animation|comedy|crime|documentary|drama|family|fantasy|film-noir|horror|musical|mystery|romance"
    "|sci-fi|thriller|war|western"
)
MPST_TAGS = _vocabulary(
    "absurd|action|adult comedy|allegory|alternate history|alternate reality|anti war|atmospheric|autobiographical"
    "|avant garde|blaxploitation|bleak|boring|brainwashing|christian film|claustrophobic|clever|comedy|comic|cruelty"
    "|cult|cute|dark|depressing|dramatic|entertaining|fantasy|feel-good|flashback|good versus evil|gothic"
    "|grindhouse film|haunting|historical|historical fiction|home movie|horror|humor|insanity|inspiring|intrigue"
    "|magical realism|melodrama|murder|mystery|neo noir|non fiction|paranormal|philosophical|plot twist|pornographic"
    "|prank|psychedelic|psychological|queer|realism|revenge|romantic|sadist|satire|sci-fi|sentimental|storytelling"
    "|stupid|suicidal|suspenseful|thought-provoking|tragedy|violence|western|whimsical"
)
NOTHING: frozenset[str] = frozenset()
_IMDB_ID = re.compile(r"(?:tt)?0*(\d{1,9})")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_TITLE_AND_YEAR = re.compile(r"(.*\S)\s*\((\d{4})(?:[-–]\d{0,4})?\)\s*")


class BadSource(Exception):
    """The file or folder as a whole cannot be imported; the message is a sentence for the user."""


class BadRow(Exception):
    """One row cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class FilmRow:
    """One film as a source describes it. Empty text, None and empty tuples say nothing.

    `genres` and `tags` are names in the source's words. Of the `…_covered` names, also in the source's words,
    the film has only those that are listed.
    """

    number: int
    key: str
    imdb_id: str = ""
    title: str = ""
    title_original: str = ""
    title_ko: str = ""
    year: int | None = None
    language: str = ""
    country: str = ""
    director: str = ""
    plot: str = ""
    plot_ko: str = ""
    plot_source: str = ""
    licence: str = ""
    external: Mapping[str, str] = field(default_factory=dict)
    genres: tuple[str, ...] = ()
    genres_covered: frozenset[str] = NOTHING
    genres_origin: str = ""
    tags: tuple[str, ...] = ()
    tags_covered: frozenset[str] = NOTHING
    tags_origin: str = ""
    poster: Path | None = None
    poster_licence: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that was left out, and why."""

    number: int
    reason: str


@dataclass(frozen=True)
class Source:
    """An opened file or folder: how many rows it has, and the rows, which are read while one iterates."""

    total: int
    rows: Iterable[FilmRow | Unreadable]
    has_posters: bool = False  # rows name their pictures themselves


def imdb_id(text: str) -> str:
    """An IMDb id in its usual form: "114709", "0114709" and "tt0114709" are tt0114709.

    Raises:
        BadRow: the text is no IMDb id.
    """
    match = _IMDB_ID.fullmatch(text.strip())
    if not match:
        raise BadRow(_('"%(text)s" is not an IMDb id.') % {"text": shortened(text)})
    return f"tt{int(match[1]):07d}"


def key(text: str) -> str:
    """A film's key, which is part of its address.

    Raises:
        BadRow: blank, too long, or with other characters than letters, digits, ".", "-" and "_".
    """
    if not _KEY.fullmatch(text.strip()):
        raise BadRow(_('"%(text)s" cannot be the key of a film.') % {"text": shortened(text)})
    return text.strip()


def year(text: str) -> int | None:
    """A year; blank is None.

    Raises:
        BadRow: not a year between 1870 and 2100.
    """
    text = text.strip().removesuffix(".0")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 1870 <= int(text[:5]) <= 2100):
        raise BadRow(_('"%(text)s" is not a year between 1870 and 2100.') % {"text": shortened(text)})
    return int(text)


def flag(text: str) -> bool:
    """A cell that says 1 or 0.

    Raises:
        BadRow: it says something else.
    """
    if text.strip() not in ("0", "1"):
        raise BadRow(_('"%(text)s" is neither 0 nor 1.') % {"text": shortened(text)})
    return text.strip() == "1"


def names(text: str) -> tuple[str, ...]:
    """ "Action|Drama" as its names, each once."""
    return tuple(dict.fromkeys(name for part in text.split("|") if (name := part.strip())))


def title_and_year(text: str) -> tuple[str, int | None]:
    """Split "Toy Story (1995)"; a title without a year keeps None, as does one of before 1870."""
    match = _TITLE_AND_YEAR.fullmatch(text.strip())
    if not match or not 1870 <= int(match[2]) <= 2100:
        return text.strip(), None
    return match[1], int(match[2])


def known_ids(**ids: str) -> dict[str, str]:
    """Ids elsewhere that are not blank; `split_mpst` becomes "split:mpst"."""
    return {name.replace("_", ":", 1): value.strip() for name, value in ids.items() if value.strip()}


def shortened(text: str, length: int = 60) -> str:
    """For messages: what a cell holds, without its line breaks and its tail."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1]}…"
