"""What viewers find: FilmTerm and Review, kept in step with labels and predictions by one function."""

from collections.abc import Container, Mapping, Sequence

from django.db import connection, transaction

from catalog.models import FilmTerm, Label, Review, Term
from catalog.scores import FilmScores, Score, film_scores


def refresh(film_ids: Sequence[int]) -> None:
    """Rebuild FilmTerm and Review for these films: labels first, then what the champions propose.

    A handful of queries, however many films. Retired terms are found nowhere. The films stay locked until the
    transaction ends, so that two who refresh one film take turns.
    """
    ids = sorted(set(film_ids))
    with transaction.atomic():
        _lock(ids)
        scores = _active_scores(ids)
        said = _said(sorted(scores))
        _delete(FilmTerm, ids)
        _insert_labelled(ids)
        _insert_proposed(scores, said)
        _delete(Review, ids)
        Review.objects.bulk_create(
            (review(film_id, said[film_id], scores[film_id]) for film_id in scores), batch_size=5000
        )


def _lock(film_ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM catalog_film WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [film_ids])


def _delete(model: type[FilmTerm] | type[Review], film_ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE film_id = ANY(%s)", [film_ids])


def _active_scores(film_ids: Sequence[int]) -> FilmScores:
    scores = film_scores(film_ids)
    if not scores:
        return {}
    active = set(Term.objects.filter(active=True).values_list("pk", flat=True))
    return {
        film_id: {term_id: score for term_id, score in scores[film_id].items() if term_id in active}
        for film_id in sorted(scores)
    }


def _said(film_ids: Sequence[int]) -> dict[int, set[int]]:
    """Ids of the terms on which something is said, by film."""
    said: dict[int, set[int]] = {film_id: set() for film_id in film_ids}
    for film_id, term_id in Label.objects.filter(film_id__in=film_ids).values_list("film_id", "term_id"):
        said[film_id].add(term_id)
    return said


def _insert_labelled(film_ids: list[int]) -> None:
    """The terms of which a label says yes, at weight 1."""
    with connection.cursor() as cursor:
        cursor.execute(
            # Film by film, by the index: without fresh statistics the planner would read all labels.
            """INSERT INTO catalog_filmterm (film_id, term_id, weight, origin)
            SELECT label.film_id, label.term_id, 1, label.source
            FROM unnest(%s::bigint[]) AS film (id) CROSS JOIN LATERAL (
                SELECT * FROM catalog_label WHERE film_id = film.id AND value = 'yes' OFFSET 0
            ) AS label JOIN catalog_term AS term ON term.id = label.term_id
            WHERE term.active""",
            [film_ids],
        )


def _insert_proposed(scores: FilmScores, said: Mapping[int, Container[int]]) -> None:
    """The terms above their thresholds of which nothing is said, at their scores."""
    rows = [
        (film_id, term_id, score.score)
        for film_id, terms in scores.items()
        for term_id, score in terms.items()
        if score.proposed and term_id not in said[film_id]
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO catalog_filmterm (film_id, term_id, weight, origin)
                SELECT *, 'model' FROM unnest(%s::bigint[], %s::bigint[], %s::float8[])""",
                [list(column) for column in zip(*rows, strict=True)],
            )


def review(film_id: int, said: Container[int], scores: Mapping[int, Score]) -> Review:
    """What waits on one film, over the terms of which nothing is said."""
    unsaid = [score for term_id, score in scores.items() if term_id not in said]
    return Review(
        film_id=film_id,
        waiting=sum(score.proposed for score in unsaid),
        doubt=max((score.doubt for score in unsaid), default=0.0),
    )
