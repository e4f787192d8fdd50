"""The pictures that belong to the rows of an import: found, compared, decoded in the background."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from django.db.models import Q
from django.utils.translation import gettext as _

from catalog.importers.merge import Rule
from catalog.importers.report import Failure
from catalog.importers.rows import BadSource, FilmRow
from catalog.models import Film
from catalog.pictures import BadPicture, Encoded, Pool, known_pictures, read_picture

ENDINGS = (".jpg", ".jpeg", ".png", ".webp")


@dataclass
class Pictures:
    """The pictures of one batch, by the keys of their rows."""

    paths: dict[str, Path] = field(default_factory=dict)
    ready: dict[str, Encoded] = field(default_factory=dict)
    coming: "dict[str, Future[Encoded]]" = field(default_factory=dict)
    bad: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    unchanged: int = 0

    def results(self) -> tuple[dict[str, Encoded], list[Failure]]:
        """Waits for the pictures; those that could not be read come as failures."""
        for key, future in self.coming.items():
            try:
                self.ready[key] = future.result()
            except BadPicture as error:
                self.bad[key] = str(error)
        self.coming = {}
        return self.ready, [Failure(self.rows[key], self.paths[key].name, reason) for key, reason in self.bad.items()]


class Posters:
    """The pictures of an import: in a folder, named by IMDb id or key, or beside the rows themselves.

    Raises:
        BadSource: the folder is not there.
    """

    def __init__(self, folder: Path | None, *, rule: Rule, keep: bool, own: bool) -> None:
        self.rule = rule
        self.wanted = rule != Rule.IGNORE and (folder is not None or own)
        self.by_name = _pictures_in(folder) if folder and self.wanted else {}
        self.pool = Pool(keep=keep) if self.wanted else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self.pool:
            self.pool.close()

    def start(self, rows: Iterable[FilmRow]) -> Pictures:
        """Look for the rows' pictures and begin to decode those that the catalogue does not have."""
        pictures = Pictures()
        if not self.wanted:
            return pictures
        found = [(row, path) for row in rows if (path := self._path(row))]
        held = _held_posters([row for row, _path in found])
        digests: dict[str, str] = {}
        for row, path in found:
            pictures.paths[row.key], pictures.rows[row.key] = path, row.number
            if row.key in held and self.rule == Rule.MERGE:
                pictures.unchanged += 1
                continue
            try:
                digests[row.key] = hashlib.sha256(read_picture(path)).hexdigest()
            except BadPicture as error:
                pictures.bad[row.key] = str(error)
        self._decode(pictures, digests, held)
        return pictures

    def _path(self, row: FilmRow) -> Path | None:
        return row.poster or self.by_name.get(row.imdb_id.lower()) or self.by_name.get(row.key.lower())

    def _decode(self, pictures: Pictures, digests: Mapping[str, str], held: Mapping[str, str]) -> None:
        known = known_pictures(digests.values())
        for key, digest in digests.items():
            if held.get(key) == digest:
                pictures.unchanged += 1
            elif digest in known:
                pictures.ready[key] = known[digest]
            elif self.pool:
                pictures.coming[key] = self.pool.store(pictures.paths[key], digest)


def _pictures_in(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise BadSource(_("There is no folder %(folder)s.") % {"folder": folder})
    return {path.stem.lower(): path for path in folder.iterdir() if path.suffix.lower() in ENDINGS}


def _held_posters(rows: Sequence[FilmRow]) -> dict[str, str]:
    """Hash of the file that each film's poster was made from, by row key; films without a poster are left out."""
    films = Film.objects.filter(
        Q(imdb_id__in=[row.imdb_id for row in rows if row.imdb_id]) | Q(key__in=[row.key for row in rows]),
        poster__isnull=False,
    ).values_list("key", "imdb_id", "poster__source_sha256")
    by_key = {name: digest for key, imdb_id, digest in films for name in (key, imdb_id)}
    return {row.key: digest for row in rows if (digest := by_key.get(row.imdb_id) or by_key.get(row.key))}
