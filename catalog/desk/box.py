"""A time box: so many minutes at the desk, with a finish line. It lives in the address alone."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import QueryDict

from catalog.desk.orders import Wanted


@dataclass(frozen=True)
class Box:
    """`began` is in seconds since 1970, as the address says it."""

    minutes: int
    began: int

    @property
    def ends(self) -> int:
        return self.began + self.minutes * 60

    @property
    def over(self) -> bool:
        return time.time() >= self.ends

    @property
    def start(self) -> datetime:
        return datetime.fromtimestamp(self.began, UTC)


def read(wanted: Wanted, query: QueryDict) -> Box | None:
    """The time box of an address; None where it has none, or one that nobody can have begun."""
    text = query.get("began", "")
    began = int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else 0
    if not wanted.minutes or not 1_000_000_000 < began <= time.time() + 60:
        return None
    return Box(wanted.minutes, began)
