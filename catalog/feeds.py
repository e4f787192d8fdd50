"""Atom feeds of kept searches, for feed readers: these do not sign in, so whoever knows the address may read it."""

from typing import Any
from uuid import UUID

from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.feedgenerator import Atom1Feed, Enclosure
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog import saved
from catalog.models import Film, SavedSearch

MINUTES = 10  # between two looks of a reader that behaves
EXCERPT = 400  # characters of a plot


class SavedSearchFeed(Feed):  # type: ignore[type-arg]
    """What a search finds, the latest first. Unpublished films are never in it."""

    feed_type = Atom1Feed

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.request = request
        response = super().__call__(request, *args, **kwargs)
        patch_cache_control(response, private=True, max_age=MINUTES * 60)
        response["X-Robots-Tag"] = "noindex"
        return response

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> SavedSearch:
        search = SavedSearch.objects.filter(token=kwargs["token"], user__is_active=True).first()
        if search is None:
            raise Http404(_("There is no such feed any more."))
        return search

    def title(self, search: SavedSearch) -> str:
        return f"{search.name} · genresite"

    def subtitle(self, search: SavedSearch) -> str:
        return _("What a kept search finds, the latest first.")

    def link(self, search: SavedSearch) -> str:
        return search.get_absolute_url()

    def items(self, search: SavedSearch) -> list[Film]:
        return saved.newest(saved.asked_for(search))

    def item_title(self, film: Film) -> str:
        return f"{film.shown_title} ({film.year})" if film.year else film.shown_title

    def item_description(self, film: Film) -> str:
        plot = film.shown_plot
        return plot if len(plot) <= EXCERPT else f"{plot[:EXCERPT].rsplit(' ', 1)[0]} …"

    def item_link(self, film: Film) -> str:
        return film.get_absolute_url()

    def item_pubdate(self, film: Film) -> Any:
        return film.created_at

    def item_updateddate(self, film: Film) -> Any:
        return film.changed_at

    def item_categories(self, film: Film) -> list[str]:
        carried = sorted(film.film_terms.all(), key=lambda one: (one.term.kind, -one.weight))
        return [one.term.name_ko if get_language() == "ko" else one.term.name_en for one in carried]

    def item_enclosures(self, film: Film) -> list[Enclosure]:
        if not film.poster_sha256:
            return []
        size = film.poster.size if hasattr(film, "poster") else 0
        return [Enclosure(self.request.build_absolute_uri(film.poster_url), str(size), "image/jpeg")]


@require_safe
def saved_search_feed(request: HttpRequest, token: UUID) -> HttpResponse:
    """A feed of its own for each reader: it remembers whose request it answers."""
    return SavedSearchFeed()(request, token=token)
