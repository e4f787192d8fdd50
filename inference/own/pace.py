"""How much somebody has decided, how fast, and how often the model was right. Told to that person alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.aggregates import Aggregate
from django.db.models.functions import RowNumber, TruncDate
from django.utils import timezone

from catalog.labelling import BULK_LIMIT
from catalog.models import ChangeSet, Decision, User, Visit
from training.models import ModelVersion, Task

DAYS = 28
LONGEST_VISIT = 600.0  # seconds: who takes longer was away from the screen


@dataclass(frozen=True)
class Amount:
    """What was decided in some time."""

    decisions: int
    films: int


@dataclass(frozen=True)
class Pace:
    """Films finished at the desk in the last days, and how long each took."""

    films: int
    skipped: int
    median_seconds: float | None

    @property
    def films_an_hour(self) -> float | None:
        return 3600 / self.median_seconds if self.median_seconds else None


@dataclass(frozen=True)
class Verdicts:
    """Decisions on what a champion had scored: those that said the same as it, and those that corrected it."""

    agreed: int
    corrected: int

    @property
    def share(self) -> float | None:
        total = self.agreed + self.corrected
        return self.agreed / total if total else None


class _Median(Aggregate):
    """Half of the values are below."""

    function = "percentile_cont"
    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


def decided(user: User) -> QuerySet[Decision]:
    """What this person has changed, undoing included."""
    return Decision.objects.filter(change_set__user=user).exclude(change_set__kind=ChangeSet.Kind.IMPORT)


def amounts(user: User) -> dict[str, Amount]:
    """Today, the last seven days, and ever. One query."""
    today, week = _midnight(0), _midnight(6)
    since = {"today": Q(change_set__created_at__gte=today), "week": Q(change_set__created_at__gte=week), "ever": Q()}
    counts = decided(user).aggregate(
        **{f"{name}_decisions": Count("pk", filter=when) for name, when in since.items()},
        **{f"{name}_films": Count("film", distinct=True, filter=when) for name, when in since.items()},
    )
    return {name: Amount(counts[f"{name}_decisions"], counts[f"{name}_films"]) for name in since}


def by_day(user: User, days: int = DAYS) -> list[tuple[date, int]]:
    """Decisions on each of the last days, the oldest first. One query."""
    first = timezone.localdate() - timedelta(days=days - 1)
    lately = decided(user).filter(change_set__created_at__gte=_midnight(days - 1))
    counted = lately.annotate(day=TruncDate("change_set__created_at")).values_list("day").annotate(n=Count("pk"))
    counts = dict(counted.order_by())
    return [(day, counts.get(day, 0)) for day in (first + timedelta(days=n) for n in range(days))]


def _midnight(days_ago: int) -> datetime:
    return timezone.make_aware(datetime.combine(timezone.localdate() - timedelta(days=days_ago), time.min))


def pace(user: User, days: int = 7) -> Pace:
    """One query; a visit without a clock, or one that took very long, counts as a film but not in the median."""
    visits = Visit.objects.filter(user=user, at__gte=_midnight(days - 1))
    done = Q(outcome=Visit.Outcome.DONE)
    counts = visits.aggregate(
        films=Count("pk", filter=done),
        skipped=Count("pk", filter=~done),
        median=_Median("seconds", filter=done & Q(seconds__gt=0, seconds__lte=LONGEST_VISIT)),
    )
    return Pace(counts["films"], counts["skipped"], counts["median"])


def verdicts(user: User, days: int = DAYS) -> Verdicts:
    """Of the last days' decisions on scored terms, against the thresholds of the versions that showed them."""
    shown = decided(user).filter(
        change_set__created_at__gte=_midnight(days - 1), after__in=["yes", "no"], shown_score__isnull=False
    )
    rows = list(shown.values_list("shown_version", "term__slug", "shown_score", "after"))
    cuts = _cuts({version for version, *_rest in rows})
    agreed = corrected = 0
    for version, slug, score, after in rows:
        cut = cuts.get((version, slug))
        if cut is not None and score is not None:
            same = (score >= cut) == (after == "yes")
            agreed, corrected = agreed + same, corrected + (not same)
    return Verdicts(agreed, corrected)


def _cuts(names: set[str]) -> dict[tuple[str, str], float]:
    """Thresholds by version and term."""
    wanted = Q(pk=None)
    for name in names:
        task, _dash, number = name.rpartition("-")
        if task in Task.values and number.isdecimal():
            wanted |= Q(task=task, number=int(number))
    versions = ModelVersion.objects.filter(wanted).only("task", "number", "terms", "thresholds")
    return {
        (version.name, slug): cut
        for version in versions
        for slug, cut in zip(version.terms, version.thresholds, strict=True)
    }


@dataclass(frozen=True)
class Entry:
    """One change set of one's own."""

    change_set: ChangeSet
    decisions: Sequence[Decision]
    number: int
    undone: bool
    may_undo: bool


def history(user: User, *, before: int | None = None, limit: int = 30, told: int = 4) -> list[Entry]:
    """One's own change sets, newest first, each with the first of its decisions. Three queries, whatever they hold."""
    mine = ChangeSet.objects.filter(user=user).exclude(kind=ChangeSet.Kind.IMPORT).select_related("undone_by")
    mine = mine.filter(pk__lt=before) if before else mine
    changes = list(mine.order_by("-pk")[:limit])
    numbers = dict(
        Decision.objects.filter(change_set__in=changes).values_list("change_set").annotate(n=Count("pk")).order_by()
    )
    first = _first_decisions([change.pk for change in changes], told)
    return [
        Entry(
            change_set=change,
            decisions=first.get(change.pk, []),
            number=(number := numbers.get(change.pk, 0)),
            undone=(undone := hasattr(change, "undone_by")),
            may_undo=not undone and number > 0 and _may_undo(user, change, number),
        )
        for change in changes
    ]


def _may_undo(user: User, change: ChangeSet, number: int) -> bool:
    """As labelling.may_undo says, without a query for each."""
    return user.may_administer or change.kind == ChangeSet.Kind.DECIDE or number <= BULK_LIMIT


def _first_decisions(changes: Sequence[int], most: int) -> dict[int, list[Decision]]:
    ranked = Decision.objects.filter(change_set__in=changes).annotate(
        place=Window(RowNumber(), partition_by=F("change_set"), order_by=F("pk").asc())
    )
    found: dict[int, list[Decision]] = {}
    for decision in ranked.filter(place__lte=most).select_related("film", "term").order_by("pk"):
        found.setdefault(decision.change_set_id, []).append(decision)
    return found
