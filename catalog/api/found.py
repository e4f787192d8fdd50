"""Pages of found films: the next one goes on after a film, whatever the order."""

from typing import Any
from urllib.parse import urlencode

from rest_framework.request import Request
from rest_framework.response import Response

from catalog.search import ranking
from catalog.search.asked import Asked
from catalog.search.finding import Found
from genresite.pagination import StablePages, not_ours


class FoundPages(StablePages):
    """As many films as are asked for, in the order that is asked for. Whoever follows `next` meets every film once."""

    def after(self, request: Request, asked: Asked) -> str:
        """Raises ValidationError for one that was not handed out for this order."""
        after: str = request.query_params.get("cursor", "")
        if after and not ranking.is_cursor(after, asked):
            raise not_ours()
        return after

    def answer(self, request: Request, found: Found, results: Any) -> Response:
        asked = [(name, one) for name, some in request.query_params.lists() for one in some if name != "cursor"]
        following = f"?{urlencode([*asked, ('cursor', found.next)])}" if found.next else ""
        address = request.build_absolute_uri(request.path + following) if following else None
        return Response({"count": found.count, "next": address, "previous": None, "results": results})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        described: dict[str, Any] = super().get_paginated_response_schema(schema)
        described["properties"]["count"] = {"type": "integer", "description": "of all films that fit"}
        described["properties"]["previous"]["description"] = "always null: pages are followed forwards"
        return described
