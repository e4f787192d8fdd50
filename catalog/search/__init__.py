"""Finding films: what an address asks for (asked), the films and counts (finding), and what makes that fast (postings)."""

from catalog.search.refreshing import refresh

__all__ = ["refresh"]
