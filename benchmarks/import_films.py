"""How fast films and posters are imported: rows per second without pictures, pictures per second with them.

    python benchmarks/import_films.py ../shared/data/films.csv ../shared/data/posters [--json FILE]

Four imports into a scratch database: the rows, the same rows again, then with the posters, and that again. The CPU
time is that of this process, of the picture decoders and of PostgreSQL's own process for it, which tells on a busy
machine what the clock does not.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

BASE_DIR = Path(__file__).resolve().parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("films", type=Path, nargs="?", default=os.environ.get("GENRESITE_DATA_FILMS"))
    parser.add_argument("posters", type=Path, nargs="?")
    parser.add_argument("--format", default="csv")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    if options.films is None:
        parser.error("name the file to import, or set GENRESITE_DATA_FILMS")
    with tempfile.TemporaryDirectory() as data:
        set_up(Path(data))
        found = [measure(name, options, posters) for name, posters in stages(options.posters)]
    if options.json:
        options.json.write_text(json.dumps({"load": os.getloadavg(), "imports": found}, indent=1) + "\n")


def set_up(data: Path) -> None:
    os.environ |= {"GENRESITE_DATA": str(data), "DJANGO_SETTINGS_MODULE": "genresite.settings", "LOG_LEVEL": "ERROR"}
    sys.path.insert(0, str(BASE_DIR))
    from genresite import embedded

    embedded.provide(["manage.py", "migrate"])
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def stages(posters: Path | None) -> list[tuple[str, Path | None]]:
    plain: list[tuple[str, Path | None]] = [("rows", None), ("rows again", None)]
    return plain + ([("posters", posters), ("posters again", posters)] if posters else [])


def measure(name: str, options: argparse.Namespace, posters: Path | None) -> dict[str, Any]:
    from catalog.importers.run import import_films

    before, started = cpu_seconds(), time.perf_counter()
    report = import_films(options.films, options.format, posters=posters)
    seconds, cpu = time.perf_counter() - started, cpu_seconds() - before
    figures = {
        "stage": name,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "rows_per_second": round(report.rows / seconds),
        "posters_per_second": round(report.posters_added / seconds),
        **report.as_dict(),
    }
    print(
        f"{name:14} {seconds:6.1f} s ({cpu:5.1f} s CPU)  {figures['rows_per_second']:6,} rows/s"
        f"  {figures['posters_per_second']:5,} new posters/s  {report.sentences()[0]}",
        flush=True,
    )
    return figures


def cpu_seconds() -> float:
    """Of this process, its ended children, and the database's process that works for it."""
    import psutil
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = psutil.Process(cursor.fetchone()[0]).cpu_times()
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    times = (own.ru_utime, own.ru_stime, children.ru_utime, children.ru_stime, backend.user, backend.system)
    return sum(times)


if __name__ == "__main__":
    main()
