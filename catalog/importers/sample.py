"""The sample catalogue, or any folder laid out like it: films.json, terms.json and posters/.

`source_genres` and `tags` become labels of the import, `decided` decisions of a curator who cannot sign in.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from catalog import labelling
from catalog.importers import merge, rows
from catalog.importers.report import ImportReport
from catalog.importers.rows import BadRow, BadSource, FilmRow, Source, Unreadable
from catalog.importers.run import error_file, import_source
from catalog.importers.step import Options
from catalog.importers.tables import needed
from catalog.models import Film, Label, Term, User
from catalog.progress import Progress
from catalog.terms import load_terms, vocabularies

SAMPLE = Path(__file__).resolve().parent.parent / "sample"
CURATOR = "sample-curator"
# Lists of genres are taken for complete on silent films and for partial on later ones, so that a new site has
# films with refusals to learn from as well as films with open questions.
FIRST_TALKIES = 1930
TEXTS = (
    "title", "title_original", "title_ko", "language", "country", "director", "plot", "plot_ko", "licence",
    "poster_licence",
)  # fmt: skip


def load_sample(progress: Progress, folder: Path = SAMPLE) -> tuple[ImportReport, int]:
    """Load the folder; what the import did, and how many decisions were new. A second time changes nothing.

    Raises:
        BadSource: the folder is not laid out like the sample.
    """
    films = _films(folder)
    if (folder / "terms.json").is_file():
        load_terms(folder / "terms.json")
    options = Options("sample", merge.parse_rules(()), vocabularies(), dry_run=False, user=None)
    source = Source(len(films), _rows(folder, films), has_posters=True)
    report = import_source(source, options, None, progress, error_file(folder, None))
    return report, _decide(films)


def _films(folder: Path) -> list[dict[str, Any]]:
    path = needed(folder, "films.json")
    try:
        films = json.loads(path.read_bytes())
    except ValueError as error:
        raise BadSource(_("%(file)s is not JSON.") % {"file": path.name}) from error
    if not isinstance(films, list) or not all(isinstance(film, dict) and "key" in film for film in films):
        raise BadSource(_("%(file)s is not a list of films with keys.") % {"file": path.name})
    return films


def _rows(folder: Path, films: list[dict[str, Any]]) -> Iterator[FilmRow | Unreadable]:
    for number, said in enumerate(films, start=1):
        try:
            yield _row(folder, number, said)
        except BadRow as error:
            yield Unreadable(number, str(error))


def _row(folder: Path, number: int, said: Mapping[str, Any]) -> FilmRow:
    year = rows.year(str(said.get("year") or ""))
    genres = tuple(said.get("source_genres", ()))
    return FilmRow(
        number=number,
        key=rows.key(said["key"]),
        imdb_id=rows.imdb_id(said["imdb_id"]) if said.get("imdb_id") else "",
        **_texts(said),
        year=year,
        plot_source="sample",
        genres=genres,
        genres_covered=rows.IMDB_GENRES if genres and year and year < FIRST_TALKIES else rows.NOTHING,
        genres_origin="sample",
        tags=tuple(said.get("tags", ())),
        tags_origin="sample",
        poster=_poster(folder, said),
    )


def _texts(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(said.get(name) or "").strip() for name in TEXTS}


def _poster(folder: Path, said: Mapping[str, Any]) -> Path | None:
    path = (folder / str(said.get("poster") or "-")).resolve()
    return path if path.is_file() and path.is_relative_to(folder.resolve()) else None


def _decide(films: list[dict[str, Any]]) -> int:
    """Decide what is marked as decided, except where a person has spoken already; how many decisions that were."""
    curator = _curator()
    count = 0
    for said in films:
        for slug, value in said.get("decided", {}).items():
            film = Film.objects.filter(_is(said)).first()
            term = Term.objects.filter(slug=slug).order_by("kind").first()  # genres first
            if film and term and not Label.objects.filter(film=film, term=term, source=Label.Source.PERSON).exists():
                answer = Label.Value.YES if value else Label.Value.NO
                labelling.decide(film, term, answer, user=curator, revision=film.revision)
                count += 1
    return count


def _is(said: Mapping[str, Any]) -> Q:
    by_key = Q(key=said["key"])
    return by_key | Q(imdb_id=said["imdb_id"]) if said.get("imdb_id") else by_key


def _curator() -> User:
    """The account that the sample's decisions are of; without a password and disabled, nobody can use it."""
    curator = User.objects.filter(username=CURATOR).first()
    return curator or User.objects.create_user(CURATOR, role=User.Role.CURATOR, is_active=False)
