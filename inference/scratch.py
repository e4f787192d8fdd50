"""What people hand in for an answer and not to keep: a folder for each question, named by a token that they alone know.

Folders are removed after KEPT_SECONDS, or when the asker says so.
"""

import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

KEPT_SECONDS = 15 * 60
TOKEN_LENGTH = 32


@dataclass(frozen=True)
class Scratch:
    """The questions of one kind, below the data folder."""

    name: str

    def home(self) -> Path:
        return Path(settings.DATA_DIR) / self.name

    def folder(self, token: str) -> Path:
        return self.home() / token

    def new(self) -> str:
        """A token with an empty folder."""
        self.sweep()
        token = secrets.token_hex(TOKEN_LENGTH // 2)
        self.folder(token).mkdir(parents=True, mode=0o700)
        return token

    def is_there(self, token: str) -> bool:
        """Whether the question has been written, and is not too old to be answered."""
        return is_token(token) and self._age(self.folder(token)) <= KEPT_SECONDS

    def _age(self, path: Path) -> float:
        """Seconds since the question was written; endless where there is none."""
        try:
            return time.time() - (path / "question.json").stat().st_mtime
        except OSError:
            return float("inf")

    def remove(self, token: str) -> None:
        if is_token(token):
            shutil.rmtree(self.folder(token), ignore_errors=True)

    def sweep(self) -> int:
        """Remove what has been kept long enough; what is just being written has a young folder. How much that was."""
        removed = 0
        for path in self.home().glob("*"):
            try:
                old = time.time() - path.stat().st_mtime > KEPT_SECONDS
            except OSError:
                continue
            if old and is_token(path.name):
                shutil.rmtree(path, ignore_errors=True)
                removed += 1
        return removed


def is_token(token: str) -> bool:
    return len(token) == TOKEN_LENGTH and all(letter in "0123456789abcdef" for letter in token)
