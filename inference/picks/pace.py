"""How long people take at the desk, from their visits."""

import numpy as np

from catalog.models import Visit
from inference.picks.worth import CORRECTION_SECONDS, LOOK_SECONDS

ENOUGH, LATELY = 50, 5000
SHORTEST, LONGEST = 1.0, 300.0  # outside these somebody has stumbled in or gone for coffee


def measured() -> tuple[float, float]:
    """Seconds for looking at a film, and for each decision on it: the straight line through the latest visits.

    Assumed values where there are fewer than ENOUGH visits, or where the line makes no sense.
    """
    visits = Visit.objects.filter(outcome=Visit.Outcome.DONE, seconds__range=(SHORTEST, LONGEST)).order_by("-pk")
    found = np.array(list(visits.values_list("decisions", "seconds")[:LATELY]), float).reshape(-1, 2)
    if len(found) < ENOUGH or np.ptp(found[:, 0]) == 0:
        return LOOK_SECONDS, CORRECTION_SECONDS
    correction, look = np.polyfit(found[:, 0], found[:, 1], 1)
    if look <= 0 or correction < 0:
        return float(np.median(found[:, 1])), 0.0
    return float(look), float(correction)
