"""What viewers find: FilmTerm, kept in step with labels and predictions by one function."""

from collections.abc import Iterable, Sequence

from django.db import transaction

from catalog.models import FilmTerm, Label, Review, Term
from catalog.scores import Score, film_scores


def refresh(film_ids: Sequence[int]) -> None:
    """Rebuild FilmTerm and Review for these films: labels first, then what the champions propose.

    A handful of queries, however many films. Retired terms are found nowhere.
    """
    active = set(Term.objects.filter(active=True).values_list("pk", flat=True))
    scores = {
        film_id: {term_id: score for term_id, score in said.items() if term_id in active}
        for film_id, said in film_scores(film_ids).items()
    }
    with transaction.atomic():
        labels: dict[int, list[Label]] = {film_id: [] for film_id in film_ids}
        for label in Label.objects.filter(film_id__in=film_ids, term__active=True):
            labels[label.film_id].append(label)
        FilmTerm.objects.filter(film_id__in=film_ids).delete()
        FilmTerm.objects.bulk_create(
            (
                row
                for film_id in sorted(set(film_ids))
                for row in film_terms(film_id, labels[film_id], scores.get(film_id, {}))
            ),
            batch_size=5000,
        )
        Review.objects.filter(film_id__in=film_ids).delete()
        Review.objects.bulk_create(
            (review(film_id, labels[film_id], scores[film_id]) for film_id in sorted(scores)), batch_size=5000
        )


def film_terms(film_id: int, labels: Iterable[Label], scores: dict[int, Score]) -> list[FilmTerm]:
    """The terms of one film: "yes" labels at weight 1, and proposals on terms of which nothing is said."""
    said = {label.term_id: label for label in labels}
    found = [
        FilmTerm(film_id=film_id, term_id=term_id, weight=1.0, origin=label.source)
        for term_id, label in said.items()
        if label.value == Label.Value.YES
    ]
    proposed = [
        FilmTerm(film_id=film_id, term_id=term_id, weight=score.score, origin=FilmTerm.Origin.MODEL)
        for term_id, score in scores.items()
        if term_id not in said and score.proposed
    ]
    return found + proposed


def review(film_id: int, labels: Iterable[Label], scores: dict[int, Score]) -> Review:
    """What waits on one film, over the terms of which nothing is said."""
    said = {label.term_id for label in labels}
    unsaid = [score for term_id, score in scores.items() if term_id not in said]
    return Review(
        film_id=film_id,
        waiting=sum(score.proposed for score in unsaid),
        doubt=max((score.doubt for score in unsaid), default=0.0),
    )
