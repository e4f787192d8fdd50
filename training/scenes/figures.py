"""What pages show of a scene model's metrics. Versions may come from elsewhere: what is missing is left out."""

from dataclasses import dataclass
from typing import Any

from catalog.models import Film, Term
from training.figures import Headline, at
from training.models import ModelVersion, Task

SHARES = ("accuracy", "macro_accuracy", "pair_accuracy")  # of films, of the mean genre, of pairs of frames
NAMED = {"accuracy": "film_accuracy"}


@dataclass(frozen=True)
class Cell:
    """How many of a genre's films are called this genre, and which share of the row that is."""

    count: int
    share: float
    right: bool

    @property
    def step(self) -> int:
        """Of the ground's depth, 0 to 5."""
        return round(5 * self.share)


@dataclass(frozen=True)
class GenreRow:
    slug: str
    name: str
    films: float | None
    pairs: float | None
    accuracy: float | None
    pair_accuracy: float | None
    cells: list[Cell]
    """of its pairs of frames, by what is said of them"""


@dataclass(frozen=True)
class FilmRow:
    film: Film | None
    key: str
    genre: str
    said: str
    right: bool
    score: float | None
    pairs: int
    pairs_right: int


@dataclass(frozen=True)
class Scenes:
    headlines: list[Headline]
    genres: list[GenreRow]
    films: list[FilmRow]

    @property
    def names(self) -> list[str]:
        return [row.name for row in self.genres]


def scenes_of(version: ModelVersion) -> Scenes | None:
    """None for versions of other tasks. Two queries."""
    found = version.metrics.get("scenes")
    if version.task != Task.SCENES or not isinstance(found, dict):
        return None
    names = {term.slug: term.name for term in Term.objects.filter(kind=Task.SCENES.term_kind)}
    return Scenes(_headlines(version, found), _genres(version, found, names), _films(found, names))


def _headlines(version: ModelVersion, found: dict[str, Any]) -> list[Headline]:
    commonest = at(version.metrics, "baseline", "micro", "f1")
    return [
        Headline(
            name=NAMED.get(name, name),
            value=at(found, name, "value"),
            low=at(found, name, "low"),
            high=at(found, name, "high"),
            baseline=commonest if name == "accuracy" else None,
            ceiling=None,
            champion=None,
        )
        for name in SHARES
    ]


def _genres(version: ModelVersion, found: dict[str, Any], names: dict[str, str]) -> list[GenreRow]:
    table = found.get("pair_confusion") or []
    rows = {row["term"]: row for row in found.get("genres") or []}
    return [
        GenreRow(
            slug,
            names.get(slug, slug),
            **{name: at(rows.get(slug), name) for name in ("films", "pairs", "accuracy", "pair_accuracy")},
            cells=_cells(table[place], place) if place < len(table) else [],
        )
        for place, slug in enumerate(version.terms)
    ]


def _cells(counts: list[int], place: int) -> list[Cell]:
    total = max(sum(counts), 1)
    return [Cell(count, count / total, column == place) for column, count in enumerate(counts)]


def _films(found: dict[str, Any], names: dict[str, str]) -> list[FilmRow]:
    rows = found.get("films") or []
    films = {film.key: film for film in Film.objects.filter(key__in=[row["film"] for row in rows], published=True)}
    return [
        FilmRow(
            film=films.get(row["film"]),
            key=row["film"],
            genre=names.get(row["genre"], row["genre"]),
            said=names.get(row["said"], row["said"]),
            right=row["genre"] == row["said"],
            score=at(row, "score"),
            pairs=row["pairs"],
            pairs_right=row["pairs_right"],
        )
        for row in rows
    ]
