"""Of how many films something is said, by whom, and how much of it is probably wrong. Counted in SQL."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.db.models.functions import TruncWeek
from django.utils import timezone

from catalog.models import ChangeSet, Decision, Film, FilmTerm, Label, Review, Term
from inference.models import Suspect

WEEKS = 12

_LABELS = """
SELECT label.term_id, label.source, label.value, count(*)
FROM catalog_label label
WHERE label.term_id = ANY(%s) AND label.film_id NOT IN (SELECT id FROM catalog_film WHERE NOT published)
GROUP BY 1, 2, 3
"""


@dataclass(frozen=True)
class Covered:
    """One term over all films of the site."""

    term: Term
    films: int
    person_yes: int = 0
    person_no: int = 0
    person_unknown: int = 0
    import_yes: int = 0
    import_no: int = 0
    proposed: int = 0
    """films that have it because the champion says so"""
    suspects: int = 0
    """labels that are probably wrong and have not been looked at since"""

    @property
    def by_person(self) -> int:
        return self.person_yes + self.person_no + self.person_unknown

    @property
    def by_import(self) -> int:
        return self.import_yes + self.import_no

    @property
    def silent(self) -> int:
        """Films of which neither people nor sources say anything."""
        return max(0, self.films - self.by_person - self.by_import)

    @property
    def yes(self) -> int:
        return self.person_yes + self.import_yes

    @property
    def shares(self) -> tuple[float, float]:
        """Of all films, 0 to 1: said by people, said by sources."""
        films = max(1, self.films)
        return self.by_person / films, self.by_import / films


@dataclass(frozen=True)
class Films:
    """The site's films by the best that is known of their genres (or tags)."""

    total: int
    by_person: int
    """a person has said something of them"""
    by_import: int
    """no person, but a source"""
    by_model: int
    """nobody; the champion has scored them"""
    waiting: int
    """proposals that nobody has decided on"""

    @property
    def silent(self) -> int:
        return max(0, self.total - self.by_person - self.by_import - self.by_model)


def films(kind: str) -> Films:
    """Two queries."""
    said = Label.objects.filter(film=OuterRef("pk"), term__kind=kind, term__active=True)
    by_person, by_any = Exists(said.filter(source=Label.Source.PERSON)), Exists(said)
    scored = Exists(Review.objects.filter(film=OuterRef("pk")))
    groups = Film.objects.filter(published=True).values(person=by_person, said=by_any, scored=scored)
    counts = {
        (row["person"], row["said"], row["scored"]): row["n"] for row in groups.annotate(n=Count("pk")).order_by()
    }
    waiting = Review.objects.filter(film__published=True).aggregate(n=Sum("waiting"))["n"] or 0
    return Films(
        total=sum(counts.values()),
        by_person=sum(n for (person, _said, _scored), n in counts.items() if person),
        by_import=sum(n for (person, said_, _scored), n in counts.items() if said_ and not person),
        by_model=sum(n for (_person, said_, scored_), n in counts.items() if scored_ and not said_),
        waiting=waiting,
    )


def by_term(kind: str, films: int) -> list[Covered]:
    """Every active term of the kind, the commonest first. Four queries."""
    terms = {term.pk: term for term in Term.objects.filter(kind=kind, active=True)}
    said: dict[int, dict[str, int]] = {pk: {} for pk in terms}
    with connection.cursor() as cursor:
        cursor.execute(_LABELS, [list(terms)])
        for term_id, source, value, number in cursor.fetchall():
            said[term_id][f"{source}_{value}"] = number
    proposed = _per_term(FilmTerm.objects.filter(origin=FilmTerm.Origin.MODEL, film__published=True), terms)
    wrong = _per_term(suspects_left(), terms)
    rows = [
        Covered(term, films, proposed=proposed.get(pk, 0), suspects=wrong.get(pk, 0), **said[pk])
        for pk, term in terms.items()
    ]
    return sorted(rows, key=lambda row: (-row.yes, row.term.slug))


def _per_term(rows: QuerySet[Any], terms: dict[int, Term]) -> dict[int, int]:
    counted = rows.filter(term__in=terms).values_list("term").annotate(n=Count("pk")).order_by()
    return dict(counted)


def suspects_left() -> QuerySet[Suspect]:
    """Suspected labels that still say so and that nobody has looked at since."""
    same = Label.objects.filter(
        film=OuterRef("film"), term=OuterRef("term"), value=OuterRef("value"), changed_at__lte=OuterRef("made_at")
    )
    return Suspect.objects.filter(Exists(same), film__published=True, term__active=True)


def decisions_by_week(kind: str, weeks: int = WEEKS) -> list[tuple[date, int]]:
    """What people have decided in each of the last weeks, the oldest first. One query."""
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    starts = [monday - timedelta(weeks=back) for back in reversed(range(weeks))]
    since = timezone.make_aware(datetime.combine(starts[0], time.min))
    decided = Decision.objects.filter(change_set__created_at__gte=since, term__kind=kind)
    decided = decided.exclude(change_set__kind=ChangeSet.Kind.IMPORT)
    by_week = decided.annotate(week=TruncWeek("change_set__created_at")).values_list("week")
    counts = {moment.date(): number for moment, number in by_week.annotate(n=Count("pk")).order_by()}
    return [(start, counts.get(start, 0)) for start in starts]
