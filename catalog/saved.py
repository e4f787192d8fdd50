"""Searches that people keep: saving, renaming, and the films that a feed tells of."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from catalog.models import Film, SavedSearch, User
from catalog.search import finding
from catalog.search.asked import Asked

MOST = 100  # kept by one person
FED = 50  # films in a feed
SORTED_BY_CHANGE = 20_000  # films among which those that changed last are looked for


def asked_for(search: SavedSearch) -> Asked:
    """What the search asks for. Raises Http404 where a term of it is no longer there."""
    return Asked.read(QueryDict(search.query))


def save(user: User, *, name: str, query: str) -> SavedSearch:
    """Keep a search under a name.

    Raises:
        ValidationError: no name, a name that the person has already, too long, or too many kept.
        Http404: the query names a term that is not there.
    """
    shortest = Asked.read(QueryDict(query.removeprefix("?"))).query().removeprefix("?")
    if user.saved_searches.count() >= MOST:
        raise ValidationError({"name": _("You keep %(most)s searches already: delete one first.") % {"most": MOST}})
    return _checked(SavedSearch(user=user, name=name.strip(), query=shortest))


def rename(search: SavedSearch, name: str) -> SavedSearch:
    """Raises ValidationError as `save` does."""
    search.name = name.strip()
    return _checked(search)


def _checked(search: SavedSearch) -> SavedSearch:
    search.full_clean(validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            search.save()
    except IntegrityError as error:
        raise ValidationError({"name": _("You have a search of this name already.")}) from error
    return search


def counted(searches: Sequence[SavedSearch]) -> list[tuple[SavedSearch, Asked | None, int]]:
    """Each with what it asks for and how many films that finds now; None where a term of it is gone."""
    found: list[tuple[SavedSearch, Asked | None, int]] = []
    for search in searches:
        try:
            asked = asked_for(search)
        except Http404:
            found.append((search, None, 0))
        else:
            found.append((search, asked, len(finding.matching(asked))))
    return found


def newest(asked: Asked) -> list[Film]:
    """The films that a feed tells of: those that came or changed last, where so many can be sorted; else came last."""
    ids = finding.matching(asked)
    chosen = ids if len(ids) <= SORTED_BY_CHANGE else ids[-FED:]
    films = Film.objects.filter(pk__in=chosen.tolist()).select_related("poster").prefetch_related("film_terms__term")
    return list(films.order_by("-changed_at", "-pk")[:FED])
