"""Loaded before Django reads its settings: tests run on the embedded PostgreSQL, in a folder of its own."""

import os
import tempfile
from pathlib import Path

import pytest

from genresite import embedded

os.environ.setdefault("GENRESITE_DATA", str(Path(tempfile.gettempdir()) / f"genresite-tests-{os.getuid()}"))
os.environ.setdefault("SECRET_KEY", "tests-only-" + "x" * 60)
if not os.environ.get("DATABASE_URL"):
    try:
        os.environ["DATABASE_URL"] = embedded.start_database(embedded.data_dir(), durable=False)
    except embedded.CannotStart as error:
        pytest.exit(str(error), returncode=2)
os.environ.setdefault("BROKER_URL", embedded.broker_url(embedded.data_dir()))
(embedded.data_dir() / "static").mkdir(exist_ok=True)  # whitenoise warns at each start where it is missing
