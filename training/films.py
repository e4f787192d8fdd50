"""A film as far as models look at it."""

from dataclasses import dataclass

from catalog.models import Film, FilmQuerySet

_READ = ("pk", "key", "title", "plot", "plot_ko", "year", "language", "poster_sha256", "text_hash", "input_hash")


@dataclass(frozen=True, slots=True)
class FilmInputs:
    """One film's inputs and the hash that names exactly these: both read at one moment."""

    pk: int
    key: str
    title: str
    plot: str
    plot_ko: str
    year: int | None
    language: str
    poster_sha256: str
    text_hash: str
    input_hash: str

    @property
    def text(self) -> str:
        return film_text(self)


def film_text(film: Film | FilmInputs) -> str:
    """What a text encoder reads: title and plot, the Korean one where there is no other. "" without a plot."""
    plot = film.plot or film.plot_ko
    return f"{film.title}. {plot}" if plot else ""


def read_films(films: FilmQuerySet) -> list[FilmInputs]:
    return [FilmInputs(*row) for row in films.values_list(*_READ)]
