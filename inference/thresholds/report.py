"""All that there is to tell about one version's threshold of one term, for the page and the API."""

from dataclasses import dataclass

from django.http import Http404
from django.utils.translation import gettext as _

from catalog.models import Term
from inference.models import Prediction
from inference.thresholds.curve import Curve, Row
from inference.thresholds.reliability import Reliability, reliability
from inference.thresholds.tally import STEPS, Part, tally
from training import registry
from training.models import ModelVersion, Task

FEW = 10  # validation films that have the term; with fewer, precision and recall are mostly luck


@dataclass(frozen=True)
class Known:
    """How many films of a part are known to have the term, of those of which it is known."""

    films: int
    yes: int

    @classmethod
    def of(cls, part: Part) -> "Known":
        return cls(int(part.films.sum()), int(part.yes.sum()))

    @property
    def few(self) -> bool:
        return self.yes < FEW


@dataclass(frozen=True)
class Report:
    """Rows are on validation films, except `test`, which is at the fitted threshold and nowhere else."""

    version: ModelVersion
    term: Term
    predicted: bool
    """Whether the version has predicted any film; without that there is nothing to count."""
    split: bool
    """Whether it is known which films the version was chosen by."""
    now: Row
    fitted: Row
    chosen: Row
    test: Row
    validation_films: Known
    test_films: Known
    open_films: int
    """published, predicted and without a word about the term"""
    steps: list[Row]
    reliability: Reliability

    @property
    def by_hand(self) -> bool:
        return self.now.at != self.fitted.at


def find_term(name: str, slug: str) -> tuple[ModelVersion, Term]:
    """A version and one of its terms that is in use. Raises Http404, and UnknownVersion for the version."""
    version = registry.find(name)
    term = Term.objects.filter(kind=Task(version.task).term_kind, slug=slug, active=True).first()
    if term is None or slug not in version.terms:
        raise Http404(_("%(name)s does not judge “%(slug)s”.") % {"name": version.name, "slug": slug[:60]})
    return version, term


def report(version: ModelVersion, term: Term, at: float | None = None) -> Report:
    """`at` is the threshold that is looked at, in hundredths; None for the one that holds. A handful of queries."""
    place = version.terms.index(term.slug)
    now, fitted = version.thresholds[place], version.fitted_thresholds()[place]
    counted = tally(version, term, (now, fitted))
    curve = Curve.of(counted)
    return Report(
        version=version,
        term=term,
        predicted=Prediction.objects.filter(version=version).exists(),
        split=counted.split,
        now=curve.row(now),
        fitted=curve.row(fitted),
        chosen=curve.row(now if at is None else round(at * STEPS) / STEPS),
        test=curve.row(fitted, on=counted.test),
        validation_films=Known.of(counted.validation),
        test_films=Known.of(counted.test),
        open_films=int(counted.open.sum()),
        steps=curve.steps(),
        reliability=reliability(counted),
    )
