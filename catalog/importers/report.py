"""What an import did, and the file of what it could not read."""

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from catalog.cells import inert
from catalog.files import why_not_writable
from catalog.importers.rows import BadSource

ERROR_COLUMNS = ("row", "film", "reason")


@dataclass(frozen=True, slots=True)
class Failure:
    """A row, or the picture of a film, that was left out."""

    row: int
    film: str
    reason: str

    @property
    def item(self) -> str:
        return _("row %(row)s") % {"row": self.row} + (f", {self.film}" if self.film else "")


@dataclass
class ImportReport:
    """Counts of one import; after a restart they go on where they were."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    repeated: int = 0  # rows on a film that another row had described; counted once
    unreadable: int = 0
    labels_added: int = 0
    labels_changed: int = 0
    decisions_kept: int = 0
    posters_added: int = 0
    posters_unchanged: int = 0
    posters_unreadable: int = 0
    # "genre" or "tag" → name → films that carried it
    unknown: dict[str, dict[str, int]] = field(default_factory=dict)
    dry_run: bool = False
    change_set: int | None = None
    seconds: float = 0.0
    errors: str = ""

    def as_dict(self) -> dict[str, Any]:
        return dict(vars(self))

    def add_unknown(self, kind: str, names: Counter[str]) -> None:
        if names:
            self.unknown[kind] = dict(Counter(self.unknown.get(kind, {})) + names)

    @property
    def changed_nothing(self) -> bool:
        return not (self.new or self.changed)

    def sentences(self) -> list[str]:
        """What to tell the person who started it, most important first."""
        said = [self._films()]
        if self.posters_added or self.posters_unchanged or self.posters_unreadable:
            said.append(
                _("Posters: %(added)s new, %(unchanged)s already here, %(unreadable)s unreadable.")
                % {
                    "added": self.posters_added,
                    "unchanged": self.posters_unchanged,
                    "unreadable": self.posters_unreadable,
                }
            )
        if self.decisions_kept:
            said.append(_("%(n)s decisions of people differ from the file and were kept.") % {"n": self.decisions_kept})
        for names in self.unknown.values():
            said.append(
                _("%(n)s unknown names wait to be mapped, such as %(names)s.")
                % {"n": len(names), "names": ", ".join(sorted(names, key=lambda name: (-names[name], name))[:5])}
            )
        return said

    def _films(self) -> str:
        counts = {
            "rows": self.rows,
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "unreadable": self.unreadable,
            "labels": self.labels_added + self.labels_changed,
        }
        text = _("%(rows)s rows: %(new)s new, %(changed)s changed, %(unchanged)s unchanged, %(unreadable)s unreadable.")
        if self.changed_nothing and not self.dry_run:
            return f"{text % counts} " + _("Nothing in it is new.")
        if self.dry_run:
            return f"{text % counts} " + _("%(labels)s labels would be written; nothing was.") % counts
        return f"{text % counts} " + _("%(labels)s labels written.") % counts


class ErrorFile:
    """A CSV file of what was left out and why; made when there is something to say, and added to after a restart.

    Raises:
        BadSource: it cannot be written there.
    """

    def __init__(self, path: Path, *, fresh: bool = True) -> None:
        self.path = path
        if reason := why_not_writable(path):
            raise BadSource(_("%(file)s cannot be written: %(reason)s.") % {"file": path, "reason": reason})
        if fresh:
            path.unlink(missing_ok=True)

    def write(self, failures: Iterable[Failure]) -> None:
        failures = list(failures)
        if not failures:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = not self.path.exists()
        with self.path.open("a", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            if new:
                writer.writerow(ERROR_COLUMNS)
            writer.writerows((failure.row, inert(failure.film), inert(failure.reason)) for failure in failures)
