"""Finding films: what an address asks for (asked), the films and the counts (finding), and what makes that fast."""

from catalog.search.refreshing import refresh

__all__ = ["refresh"]
