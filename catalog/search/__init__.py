"""Finding films: what an address asks for (asked), the films and the counts (finding), and what makes that fast."""

from catalog.search.postings import fold
from catalog.search.refreshing import refresh

__all__ = ["fold", "refresh"]
