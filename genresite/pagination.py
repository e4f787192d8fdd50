"""Pages of the API that stay stable while films are added."""

from rest_framework.pagination import CursorPagination


class StablePages(CursorPagination):
    ordering = "pk"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 100
