"""What the champion says of films, as the catalogue sees it.

The catalogue knows no models. It asks the function that settings.FILM_SCORES names, which the inference app
provides, so that imports run one way: catalog ← training ← inference.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class Score:
    """One term's calibrated score (0 to 1) beside its threshold, and which version says so from which inputs."""

    score: float
    threshold: float
    version: str
    inputs: tuple[str, ...] = ()

    @property
    def proposed(self) -> bool:
        return self.score >= self.threshold

    @property
    def doubt(self) -> float:
        """1 on the threshold, falling to 0 at a sure yes (score 1) or a sure no (score 0)."""
        side = 1 - self.threshold if self.proposed else self.threshold
        return 1 - abs(self.score - self.threshold) / side if side > 0 else 1.0


# film id → term id → score
FilmScores = dict[int, dict[int, Score]]


def film_scores(film_ids: Sequence[int]) -> FilmScores:
    """Scores of the champions of all tasks. Two queries at most, however many films; films without are left out."""
    scores: FilmScores = import_string(settings.FILM_SCORES)(film_ids)
    return scores
