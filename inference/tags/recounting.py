"""Frames come and go: what was said of those that went is not counted any more, nor found by search."""

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models.signals import post_delete

from catalog import search
from inference.models import Caption, Tagging
from inference.tags.tagging import recount


@dataclass(frozen=True)
class _Recount:
    """Run once when the transaction ends that took captions away, however many."""

    tagging: int

    def __call__(self) -> None:
        film = Tagging.objects.filter(pk=self.tagging).values_list("film", flat=True).first()
        if film is not None:  # it was not removed together with its film
            recount(self.tagging, said_now=False)
            search.refresh([film])


def recount_later(instance: Caption, **_: Any) -> None:
    asked = _Recount(instance.tagging_id)
    if not any(waiting[1] == asked for waiting in connection.run_on_commit):
        transaction.on_commit(asked)


def watch() -> None:
    post_delete.connect(recount_later, sender=Caption, dispatch_uid="recount")
