"""A film's past: its change sets, newest first, and what happened since a page was shown."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from catalog import labelling
from catalog.models import ChangeSet, Decision, Film, User

MOST_TOLD = 4


@dataclass(frozen=True)
class Event:
    """One change set as one film saw it."""

    change_set: ChangeSet
    decisions: list[Decision]
    undone: bool
    may_undo: bool  # the reader may ask for it; a later change on top still refuses

    @property
    def told(self) -> list[Decision]:
        """What is worth a line at once: a long list of what a source does not name is folded."""
        return self.decisions if len(self.decisions) <= MOST_TOLD else [d for d in self.decisions if d.after != "no"]

    @property
    def folded(self) -> list[Decision]:
        told = {decision.pk for decision in self.told}
        return [decision for decision in self.decisions if decision.pk not in told]


def film_history(film: Film, reader: User | AnonymousUser, *, limit: int | None = None, since: int = 0) -> list[Event]:
    """The film's change sets, newest first; `since` is a decision's id. One query."""
    decided = film.decisions.filter(pk__gt=since)
    changes = decided.order_by("-change_set_id").values("change_set_id").distinct()[:limit]
    people = ("change_set__user", "change_set__undone_by", "term")
    events: dict[int, Event] = {}
    for decision in decided.filter(change_set_id__in=changes).select_related(*people).order_by("-change_set_id", "-pk"):
        event = events.get(decision.change_set_id)
        if event is None:
            event = events[decision.change_set_id] = _event(decision.change_set, reader)
        event.decisions.append(decision)
    return list(events.values())


def _event(changes: ChangeSet, reader: User | AnonymousUser) -> Event:
    undone = hasattr(changes, "undone_by")
    return Event(changes, [], undone, not undone and reader.is_authenticated and labelling.may_undo(reader, changes))


def last_decision(film: Film) -> int:
    """Id of the film's newest decision: what a page has seen when it is shown."""
    return film.decisions.order_by("-pk").values_list("pk", flat=True).first() or 0
