"""Before the tables change: a dump of how they were, and a refusal where they are of newer code than this."""

from collections.abc import Iterable
from pathlib import Path

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from catalog.files import flush
from genresite.backup import BackupError, contents, database

OURS = {"catalog", "training", "inference"}  # apps whose migrations are ours
KEPT = 3  # dumps


def require_known(applied: Iterable[tuple[str, str]], what: str) -> None:
    """Raises BackupError where migrations of ours were applied that this code does not have."""
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    if strange := sorted(".".join(key) for key in applied if key[0] in OURS and key not in known):
        raise BackupError(
            f"{what} is of a newer genresite than this one (it has {strange[-1]}): "
            "use the newer code again, or restore a backup that is older."
        )


def before_migrating() -> Path | None:
    """Dump the database if migrations are to be applied to one that is in use; the last few dumps are kept.

    Raises:
        BackupError: the database is of newer code, or it cannot be dumped. Nothing may be migrated then.
    """
    executor = MigrationExecutor(connection)
    applied = executor.loader.applied_migrations
    require_known(applied, "The database")
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan or not applied:
        return None
    with contents.disk_errors(contents.backups()):
        return _dump(f"before-{timezone.now():%Y%m%d-%H%M%S}-{plan[-1][0]}.dump")


def _dump(name: str) -> Path:
    target = contents.backups() / name
    aside = target.with_name(f".{name}.part")
    try:
        database.dump(aside)
        aside.rename(target)
    finally:
        aside.unlink(missing_ok=True)
    flush(target.parent)
    for old in sorted(target.parent.glob("before-[0-9]*.dump"))[:-KEPT]:
        old.unlink()
    return target
