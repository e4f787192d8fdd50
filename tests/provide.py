"""Loaded before Django reads its settings: tests run on the embedded PostgreSQL, in a folder of its own."""

import os
import sys
import tempfile
from pathlib import Path

from genresite import embedded

os.environ.setdefault("GENRESITE_DATA", str(Path(tempfile.gettempdir()) / f"genresite-tests-{os.getuid()}"))
os.environ.setdefault("SECRET_KEY", "tests-only-" + "x" * 60)
embedded.provide(sys.argv)
