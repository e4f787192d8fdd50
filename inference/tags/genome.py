"""Relevance of tags from the MovieLens tag genome: how well a tag fits a film, 0 to 1, as its users say."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.models import Film, Term
from catalog.progress import Progress
from catalog.terms import Vocabulary
from inference.models import Relevance

STORED_AT_ONCE = 2000
NEEDS = {"imdb_id", "tag", "relevance"}

Relevances = Mapping[str, Mapping[int, float]]


class BadGenome(Exception):
    """The file cannot be read as relevances; the message is a sentence for the user."""


def read(path: Path) -> Relevances:
    """IMDb id → term → relevance, of the tags that the vocabulary knows by any of their names; the highest counts.

    Raises:
        BadGenome: no CSV with the columns imdb_id, tag and relevance, or a relevance that is no number from 0 to 1.
    """
    vocabulary = Vocabulary(Term.Kind.TAG)
    found: dict[str, dict[int, float]] = defaultdict(dict)
    try:
        for number, row in enumerate(_rows(path), 2):
            term = vocabulary.find(row["tag"] or "")
            if term is not None:
                film = found[(row["imdb_id"] or "").strip()]
                film[term] = max(film.get(term, 0.0), _number(row["relevance"], path, number))
    except (UnicodeDecodeError, csv.Error, EOFError, gzip.BadGzipFile) as error:
        raise BadGenome(_("%(file)s is not a CSV file: %(reason)s.") % {"file": path.name, "reason": error}) from error
    except OSError as error:
        raise BadGenome(
            _("%(file)s cannot be read: %(reason)s.") % {"file": path, "reason": error.strerror or error}
        ) from error
    return found


def _rows(path: Path) -> Iterator[dict[str, str]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if not set(reader.fieldnames or ()) >= NEEDS:
            raise BadGenome(_("%(file)s lacks the columns imdb_id, tag and relevance.") % {"file": path.name})
        yield from reader


def _number(text: str, path: Path, number: int) -> float:
    try:
        value = float(text)
    except (TypeError, ValueError):
        value = -1.0
    if not 0 <= value <= 1:
        raise BadGenome(
            _("%(file)s, line %(n)s: the relevance %(value)s is no number from 0 to 1.")
            % {"file": path.name, "n": number, "value": repr(text)[:40]}
        )
    return value


def store(found: Relevances, progress: Progress) -> int:
    """Keep the relevances of films that are in the catalogue, in place of those they had; how many films."""
    films = dict(Film.objects.filter(imdb_id__in=list(found)).values_list("imdb_id", "pk"))
    progress.start(len(films), "films", _("Storing relevances"))
    with transaction.atomic():
        Relevance.objects.filter(film__in=films.values()).delete()
        for imdb_id, film in films.items():
            Relevance.objects.bulk_create(
                (Relevance(film_id=film, term_id=term, value=value) for term, value in found[str(imdb_id)].items()),
                batch_size=STORED_AT_ONCE,
            )
            progress.advance()
    return len(films)
