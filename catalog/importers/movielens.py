"""A MovieLens folder: movies.csv and, where they are there, links.csv, tags.csv and the tag genome's two files.

Its genres leave some of IMDb's out, so what it does not list of those is unknown. A free tag counts when two people
gave it. The genome scores every tag of a film from 0 to 1: near 1 is a yes, near 0 a no, between is unknown.

A file in place of the folder is an extract of tags by IMDb id: imdb_id, tag and n_users or relevance, film by film.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path

from catalog.importers import rows
from catalog.importers.rows import BadRow, FilmRow, Source, Unreadable
from catalog.importers.tables import Table, beside, film_rows, needed

TAGGERS = 2
RELEVANT, IRRELEVANT = 0.8, 0.1
NO_GENRES = "(no genres listed)"


@dataclass
class _Tags:
    """Tags of one film."""

    yes: tuple[str, ...] = ()
    no: frozenset[str] = rows.NOTHING


@dataclass
class _Folder:
    """What the smaller files say, by MovieLens id."""

    links: dict[str, dict[str, str]] = field(default_factory=dict)
    tags: Mapping[str, list[str]] = field(default_factory=dict)
    genome: "_Genome | None" = None


def read(path: Path) -> Source:
    if path.is_file():
        return _extract(path)
    movies = Table(needed(path, "movies.csv"), ["movieId", "title", "genres"])
    folder = _Folder(_links(path), _free_tags(path), _genome(path))
    return Source(movies.total, film_rows(movies, partial(_film, folder)))


def _table(folder: Path, name: str, *needs: str) -> Table | None:
    path = beside(folder, name)
    return Table(path, needs) if path else None


def _cells(table: Table | None) -> Iterator[dict[str, str]]:
    """Rows of a file that is looked up in; those that cannot be read say nothing."""
    for entry in table or ():
        if not isinstance(entry, Unreadable):
            yield entry[1]


def _links(folder: Path) -> dict[str, dict[str, str]]:
    return {cells["movieId"]: cells for cells in _cells(_table(folder, "links.csv", "movieId", "imdbId", "tmdbId"))}


def _free_tags(folder: Path) -> Mapping[str, list[str]]:
    """Tags that enough different people gave a film, in lower case."""
    people: dict[tuple[str, str], set[str]] = defaultdict(set)
    for cells in _cells(_table(folder, "tags.csv", "userId", "movieId", "tag")):
        people[cells["movieId"], cells["tag"].strip().lower()].add(cells["userId"])
    tags: dict[str, list[str]] = defaultdict(list)
    for (movie, tag), given in people.items():
        if len(given) >= TAGGERS and tag:
            tags[movie].append(tag)
    return tags


class _Genome:
    """Relevance of every tag for every film of the tag genome, kept as one small float each."""

    def __init__(self, names: Mapping[str, str], scores: Table) -> None:
        self.names = list(names.values())
        self.place = {tag: place for place, tag in enumerate(names)}
        self.films: dict[str, array[float]] = {}
        for cells in _cells(scores):
            self._add(cells)

    def _add(self, cells: Mapping[str, str]) -> None:
        place = self.place.get(cells["tagId"])
        if place is None:
            return
        film = self.films.setdefault(cells["movieId"], array("f", [0.5]) * len(self.names))
        film[place] = _relevance(cells)

    def tags(self, movie: str) -> _Tags:
        scores = self.films.get(movie, array("f"))
        yes = tuple(name for name, score in zip(self.names, scores, strict=False) if score >= RELEVANT)
        no = frozenset(name for name, score in zip(self.names, scores, strict=False) if score <= IRRELEVANT)
        return _Tags(yes, no)


def _genome(folder: Path) -> _Genome | None:
    tags = _table(folder, "genome-tags.csv", "tagId", "tag")
    scores = _table(folder, "genome-scores.csv", "movieId", "tagId", "relevance")
    if tags is None or scores is None:
        return None
    return _Genome({cells["tagId"]: cells["tag"] for cells in _cells(tags)}, scores)


def _film(folder: _Folder, number: int, cells: Mapping[str, str]) -> FilmRow:
    movie = cells["movieId"].strip()
    title, year = rows.title_and_year(cells["title"])
    links = folder.links.get(movie, {})
    imdb_id = rows.imdb_id(links["imdbId"]) if links.get("imdbId", "").strip() else ""
    genres = tuple(name for name in rows.names(cells["genres"]) if name != NO_GENRES)
    genome = folder.genome.tags(movie) if folder.genome else _Tags()
    return FilmRow(
        number=number,
        key=imdb_id or rows.key(f"movielens-{movie}"),
        imdb_id=imdb_id,
        title=title,
        year=year,
        external=rows.known_ids(movielens=movie, tmdb=links.get("tmdbId", "")),
        genres=genres,
        genres_covered=rows.MOVIELENS_GENRES if genres else rows.NOTHING,
        genres_origin="movielens",
        tags=tuple(dict.fromkeys((*genome.yes, *folder.tags.get(movie, ())))),
        tags_covered=genome.no,
        tags_origin="movielens",
    )


def _extract(path: Path) -> Source:
    table = Table(path, ["imdb_id", "tag", "n_users"], ["imdb_id", "tag", "relevance"])
    total = sum(1 for _film in _by_film(table))
    return Source(total, (_extracted(number, cells) for number, cells in _by_film(table)))


def _by_film(table: Table) -> Iterator[tuple[int, list[dict[str, str]]]]:
    """Rows that follow each other and are of one film, with the number of the first."""
    readable = (entry for entry in table if not isinstance(entry, Unreadable))
    for _imdb_id, group in groupby(readable, key=lambda entry: entry[1]["imdb_id"]):
        entries = list(group)
        yield entries[0][0], [cells for _number, cells in entries]


def _extracted(number: int, entries: list[dict[str, str]]) -> FilmRow | Unreadable:
    try:
        imdb_id = rows.imdb_id(entries[0]["imdb_id"])
    except BadRow as error:
        return Unreadable(number, str(error))
    yes = [cells["tag"].strip().lower() for cells in entries if _says_yes(cells)]
    no = frozenset(cells["tag"].strip().lower() for cells in entries if _relevance(cells) <= IRRELEVANT)
    return FilmRow(
        number=number, key=imdb_id, imdb_id=imdb_id, tags=tuple(yes), tags_covered=no, tags_origin="movielens"
    )


def _says_yes(cells: Mapping[str, str]) -> bool:
    users = cells.get("n_users", "")
    return _relevance(cells) >= RELEVANT or (users.isdecimal() and int(users) >= TAGGERS)


def _relevance(cells: Mapping[str, str]) -> float:
    """The genome's score; .5, which says nothing, where there is none."""
    try:
        return float(cells.get("relevance") or 0.5)
    except ValueError:
        return 0.5
