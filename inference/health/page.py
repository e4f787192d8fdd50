"""All that the label health page and its API twin say of one task's labels."""

from dataclasses import dataclass
from datetime import date

from inference.health import coverage, opinions
from inference.health.advice import Advice, advice
from inference.health.coverage import Covered, Films
from inference.health.opinions import Opinions, Together
from inference.models import Suspect
from training import charts, readiness
from training.models import Task
from training.options import usual
from training.readiness import Ready


@dataclass(frozen=True)
class TermHealth:
    """One term's row: what is said of it, whether it can be learned, and how far people agree."""

    covered: Covered
    ready: Ready
    opinions: Opinions | None


@dataclass(frozen=True)
class Health:
    task: Task
    films: Films
    terms: list[TermHealth]
    together: Together
    weeks: list[tuple[date, int]]
    advice: list[Advice]
    looked: bool
    """whether anybody has looked for labels that are probably wrong: without that, none left means nothing"""

    @property
    def suspects(self) -> int:
        return sum(row.covered.suspects for row in self.terms)

    @property
    def learned(self) -> int:
        return sum(row.ready.learned for row in self.terms)

    @property
    def unsettled(self) -> int:
        return sum(row.unsettled for row in self.together.terms)

    @property
    def first_week(self) -> date:
        return self.weeks[0][0]

    @property
    def last_week(self) -> date:
        return self.weeks[-1][0]

    @property
    def chart(self) -> charts.ColumnChart:
        return charts.column_chart("decisions", [(start.isoformat(), number) for start, number in self.weeks])


def health(task: Task) -> Health:
    """Some twenty queries, however many films and terms there are."""
    kind = task.term_kind
    films = coverage.films(kind)
    covered = coverage.by_term(kind, films.total)
    ready = {row.term.pk: row for row in readiness.by_term(task, usual(task.value)[1])}
    together = opinions.opinions(kind)
    agreed = {row.term.pk: row for row in together.terms}
    return Health(
        task=task,
        films=films,
        terms=[TermHealth(row, ready[row.term.pk], agreed.get(row.term.pk)) for row in covered],
        together=together,
        weeks=coverage.decisions_by_week(kind),
        advice=advice(task, films, covered, together, list(ready.values())),
        looked=Suspect.objects.filter(term__kind=kind).exists(),
    )
