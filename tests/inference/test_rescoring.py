"""Scores in view of what is said of a film: from a chain, on the page and in the log, never in what is stored."""

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from scipy.special import expit

from catalog import labelling
from catalog.models import Decision, Film, FilmTerm, Label, Review, Term, User
from catalog.rows import film_rows
from catalog.scores import film_scores, score_tables
from tests.chain_versions import inputs_of, make_chain, make_chain_version, predict_by
from tests.factories import import_label, make_film, make_term, make_version, predict
from training import registry, vectors
from training.models import ModelVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(db: None, tmp_path: Path) -> ModelVersion:
    return make_chain_version(tmp_path)


@pytest.fixture
def terms(db: None) -> dict[str, Term]:
    Term.objects.filter(kind="genre").update(active=False)
    return {slug: make_term(slug, active=True) for slug in ("comedy", "drama", "horror")}


def said(film: Film) -> dict[str, float]:
    """Scores by slug, with two digits."""
    slugs = dict(Term.objects.values_list("pk", "slug"))
    scores = film_scores([film.pk])[film.pk]
    return {slugs[term_id]: round(score.score, 2) for term_id, score in scores.items()}


def given(film: Film) -> set[int | None]:
    return {score.given for score in film_scores([film.pk])[film.pk].values()}


ALONE = {"comedy": 0.27, "drama": 0.82, "horror": 0.62}
NO_HORROR = {"comedy": 0.73, "drama": 0.27, "horror": 0.62}


def test_a_label_changes_the_scores_of_the_others(version: ModelVersion, film: Film, terms: dict[str, Term]) -> None:
    predict_by(version, film)
    assert (said(film), given(film)) == (ALONE, {0})
    import_label(film, terms["horror"], Label.Value.NO)
    assert (said(film), given(film)) == (NO_HORROR, {1})
    assert film.predictions.get().scores == pytest.approx(list(ALONE.values()), abs=0.01)


def test_a_persons_label_and_an_imports_count_alike(
    version: ModelVersion, film: Film, terms: dict[str, Term], curator: User
) -> None:
    predict_by(version, film)
    labelling.reject(film, terms["horror"], user=curator, revision=film.revision)
    import_label(film, terms["comedy"])
    assert (said(film), given(film)) == (NO_HORROR, {2})


def test_what_nobody_can_tell_is_left_to_the_model(
    version: ModelVersion, film: Film, terms: dict[str, Term], curator: User
) -> None:
    predict_by(version, film)
    labelling.clear(film, terms["horror"], user=curator, revision=film.revision)
    assert (said(film), given(film)) == (ALONE, {0})


def test_they_are_what_the_model_says_of_the_film_with_these_labels(
    version: ModelVersion, film: Film, terms: dict[str, Term]
) -> None:
    predict_by(version, film)
    import_label(film, terms["horror"], Label.Value.NO)
    chain = make_chain()
    known = np.array([[-1, -1, 0]], np.int8)
    (table,) = score_tables([film.pk])
    assert table.scores[0].tolist() == chain.scores(inputs_of(film), known)[0].astype(float).tolist()
    assert table.scores[0].tolist() == pytest.approx(expit([1.0, -1.0, 0.5]).tolist())
    assert table.given == [1]


def test_films_are_taken_each_with_its_own_labels(version: ModelVersion, terms: dict[str, Term]) -> None:
    films = [make_film() for _ in range(5)]
    for number, film in enumerate(films):
        predict_by(version, film, poster=f"{number:064x}", vector=number != 3)
    for number in (1, 2, 3):
        import_label(films[number], terms["horror"], Label.Value.NO if number != 2 else Label.Value.YES)
    found = film_scores([film.pk for film in films])
    comedy = {number: round(found[film.pk][terms["comedy"].pk].score, 2) for number, film in enumerate(films)}
    prior = 0.3  # of the film whose poster has no vector
    assert comedy == {0: 0.27, 1: 0.73, 2: 0.27, 3: prior, 4: 0.27}
    assert [found[film.pk][terms["comedy"].pk].given for film in films] == [0, 1, 1, None, 0]


def test_terms_that_this_catalogue_lacks_leave_the_others_in_their_place(
    tmp_path: Path, film: Film, terms: dict[str, Term]
) -> None:
    version = make_chain_version(tmp_path, replace(make_chain(), terms=["no-such-genre", "drama", "horror"]))
    predict_by(version, film)
    assert said(film) == {"drama": 0.82, "horror": 0.62}
    import_label(film, terms["horror"], Label.Value.NO)
    assert said(film) == {"drama": 0.27, "horror": 0.62}


def test_a_poster_that_is_not_encoded_yet_leaves_the_stored_scores(
    version: ModelVersion, film: Film, terms: dict[str, Term]
) -> None:
    predict_by(version, film)
    import_label(film, terms["horror"], Label.Value.NO)
    Film.objects.filter(pk=film.pk).update(poster_sha256="b" * 64)
    assert (said(film), given(film)) == (ALONE, {None})
    vectors.store("posters 0123", ["b" * 64], np.array([[9.0, 9.0]], np.float32))
    assert said(film)["horror"] == 1.0


def test_a_film_without_a_poster_keeps_the_prior(version: ModelVersion, film: Film, terms: dict[str, Term]) -> None:
    predict(film, version, 0.3, 0.3, 0.3, inputs=())
    assert given(film) == {None}
    import_label(film, terms["horror"], Label.Value.NO)
    assert (set(said(film).values()), given(film)) == ({0.3}, {None})


def test_search_and_review_say_what_the_page_says(
    version: ModelVersion, film: Film, terms: dict[str, Term], curator: User
) -> None:
    stored = predict_by(version, film)
    assert set(FilmTerm.objects.filter(film=film).values_list("term__slug", flat=True)) == {"drama", "horror"}
    labelling.reject(film, terms["horror"], user=curator, revision=film.revision)
    found = {row.term.slug: round(row.weight, 2) for row in FilmTerm.objects.filter(film=film)}
    assert found == {"comedy": NO_HORROR["comedy"]}
    assert Review.objects.get(film=film).waiting == 1
    assert film.predictions.get().scores == stored


def test_the_log_keeps_what_the_page_showed(
    version: ModelVersion, film: Film, terms: dict[str, Term], curator: User
) -> None:
    predict_by(version, film)
    for slug in ("horror", "comedy"):
        film.refresh_from_db()
        labelling.reject(film, terms[slug], user=curator, revision=film.revision)
    shown = {d.term.slug: round(d.shown_score or 0, 2) for d in Decision.objects.filter(film=film)}
    assert shown == {"horror": 0.62, "comedy": 0.73}


def test_other_architectures_are_neither_read_nor_asked(film: Film, terms: dict[str, Term]) -> None:
    predict(film, make_version(terms["horror"], terms["comedy"]), 0.6, 0.4)
    import_label(film, terms["horror"])
    with CaptureQueriesContext(connection) as queries:
        assert (said(film), given(film)) == ({"horror": 0.6, "comedy": 0.4}, {None})
    assert len(queries) <= 4  # terms and predictions, twice


def test_the_model_is_read_once_and_a_page_costs_two_queries_more(
    version: ModelVersion, film: Film, terms: dict[str, Term], monkeypatch: pytest.MonkeyPatch
) -> None:
    predict_by(version, film)
    import_label(film, terms["horror"])

    score_tables([film.pk])
    monkeypatch.setattr(registry, "read", lambda folder: pytest.fail("read again"))
    with CaptureQueriesContext(connection) as made:
        score_tables([film.pk])
    # Predictions and labels; vectors come through a cursor of their own, which is not counted here.
    assert len(made) == 2


def test_a_damaged_model_leaves_the_stored_scores_and_says_so(
    version: ModelVersion, film: Film, terms: dict[str, Term], caplog: pytest.LogCaptureFixture
) -> None:
    predict_by(version, film)
    import_label(film, terms["horror"], Label.Value.NO)
    registry._loaded.clear()
    (version.folder / "chain.json").write_text("{}")
    with caplog.at_level(logging.WARNING):
        assert (said(film), given(film)) == (ALONE, {None})
    assert "genres-1 cannot score films in view of their labels" in caplog.text


def test_rows_are_sorted_by_what_they_say_now(version: ModelVersion, film: Film, terms: dict[str, Term]) -> None:
    predict_by(version, film)
    assert [row.term.slug for row in film_rows(film, terms.values())] == ["drama", "horror", "comedy"]
    import_label(film, terms["horror"], Label.Value.NO)
    rows = film_rows(film, terms.values())
    assert [(row.term.slug, row.state) for row in rows] == [
        ("comedy", "proposed"),
        ("horror", "no"),
        ("drama", "unlikely"),
    ]
