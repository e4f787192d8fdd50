"""`manage.py restore`: a backup becomes the site, or everything stays as it is."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from catalog.accounts import LastAdmin, forget
from catalog.models import User
from catalog.models.user import FORGOTTEN
from genresite.backup import BackupError, contents, database, reading, switching, upgrades, writing
from genresite.backup.contents import CLIPS, DUMP, KEY, Manifest
from genresite.locks import Held, hold
from genresite.processes import uninterrupted

MAGIC = b"PGDMP"  # begins what pg_dump writes
Say = Callable[[str], None]
Forgotten = list[tuple[int, datetime]]  # accounts by number, and when they joined: numbers alone may be of another site


@dataclass(frozen=True)
class Source:
    """A backup that was verified, or a dump of the database alone, as taken before migrations."""

    path: Path
    manifest: Manifest | None

    @property
    def roots(self) -> list[str]:
        return self.manifest.roots if self.manifest else []


def restore(path: Path, *, replace: bool, say: Say) -> Source:
    """Make the site what it was when the backup was taken, brought up to date with this code.

    replace: also where there is a site; it is backed up first, whole.

    Raises:
        BackupError: the file is damaged or of newer code, the site is running, is not empty, or there is no room. The
            site is then as it was before.
    """
    with contents.disk_errors(Path(settings.DATA_DIR)):
        say(f"Reading {path}.")
        source = _verified(path)
        with _site_to_ourselves():
            switching.recover()
            forgotten = _forgotten()
            _save_present(source, replace, say)
            try:
                say("Restoring beside what is here.")
                dump = _stage(source)
                _fill_database(source, dump, forgotten, say)
                os.sync()  # before anything points to what was just written
                with uninterrupted():
                    switching.switch(source.roots, key=source.manifest is not None)
                    switching.recover()
            except BaseException:
                with uninterrupted():
                    switching.recover()
                raise
    return source


def _verified(path: Path) -> Source:
    with path.open("rb") as file:
        if file.read(len(MAGIC)) == MAGIC:
            file.seek(0)
            database.require_dump(file)
            return Source(path, None)
    manifest = reading.verify(path)
    upgrades.require_known(manifest.migrations, "The backup")
    return Source(path, manifest)


@contextmanager
def _site_to_ourselves() -> Iterator[None]:
    """Nobody else uses the site, and `manage.py up` does not start it. Raises BackupError."""
    data = Path(settings.DATA_DIR)
    (data / "run").mkdir(parents=True, exist_ok=True)
    try:
        held = hold(data / "run" / "site.lock", f"a restore, process {os.getpid()}")
    except Held as error:
        raise BackupError(f"A site runs on {data} ({error}): stop it first.") from None
    try:
        if others := database.others():
            raise BackupError(f"The site is in use ({others} connections to its database): stop it first.")
        yield
    finally:
        os.close(held)


def _save_present(source: Source, replace: bool, say: Say) -> None:
    """Raises BackupError where there is a site that nobody said to replace."""
    if _is_empty():
        return
    if not replace:
        raise BackupError(
            "This site is not empty: restore into an empty GENRESITE_DATA, or add --replace, "
            "which first backs up what is here."
        )
    safety = contents.backups() / f"before-restore-{timezone.now():%Y%m%d-%H%M%S}.tar"
    say(f"Saving what is here to {safety}.")
    writing.write(safety, writing.all_roots(clips=CLIPS in source.roots) if source.manifest else [])


def _is_empty() -> bool:
    """No films, no people, no model versions."""
    tables = set(database.tables())
    with connection.cursor() as cursor:
        for table in {"catalog_film", "catalog_user"} & tables:
            cursor.execute(f"SELECT FROM {table} LIMIT 1")
            if cursor.fetchone():
                return False
    return not contents.visible(Path(settings.MODELS_DIR))


def _stage(source: Source) -> Path:
    """Put the backup's files beside those that are here; where the dump lies then."""
    if source.manifest is None:
        return source.path
    reading.extract(source.path, source.manifest, switching.staged)
    return switching.staged(DUMP)


def _fill_database(source: Source, dump: Path, forgotten: Forgotten, say: Say) -> None:
    """The dump in a database of its own, compared with the manifest and brought up to date. Raises BackupError."""
    database.create(database.fresh_name())
    database.load(dump, database.fresh_name())
    with database.using(database.fresh_name()):
        if source.manifest and (counted := database.count_rows()) != source.manifest.rows:
            wrong = min(name for name, _rows in counted.items() ^ source.manifest.rows.items())
            raise BackupError(f"The table {wrong} has other rows than the backup says: nothing was restored.")
        upgrades.require_known(database.applied_migrations(), "The dump")
        _bring_up_to_date(forgotten, say)


def _bring_up_to_date(forgotten: Forgotten, say: Say) -> None:
    """Raises BackupError where the migrations since the backup cannot be applied to it."""
    try:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        _forget_again(forgotten, say)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        raise BackupError(f"The backup's database cannot be brought up to date ({reason}).") from error


def _forgotten() -> Forgotten:
    """Whose accounts were closed for ever on the present site."""
    if "catalog_user" not in database.tables():
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, date_joined FROM catalog_user WHERE starts_with(username, %s)", [FORGOTTEN])
        return [(number, joined) for number, joined in cursor.fetchall()]


def _forget_again(forgotten: Forgotten, say: Say) -> None:
    """A person who was forgotten since the backup does not come back with it."""
    for number, joined in forgotten:
        for user in User.objects.filter(pk=number, date_joined=joined).exclude(username__startswith=FORGOTTEN):
            try:
                forget(user)
            except LastAdmin:
                say(f"{user.username} was forgotten since, but is the backup's only admin: make another one, and then")
                say(f"run `manage.py forget_user {user.username}` again.")


def other_key() -> Path | None:
    """The restored key's file, where the environment names another key: second factors hold with the former alone."""
    file, named = Path(settings.DATA_DIR) / KEY, os.environ.get("SECRET_KEY")
    return file if named and file.read_text().strip() != named else None
