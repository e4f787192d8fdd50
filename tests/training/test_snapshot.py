"""What training sees: three-state labels of one moment, split by film for ever."""

import numpy as np
import pytest

from catalog import labelling
from catalog.models import Film, Label, Term, User
from tests.factories import import_label, make_film, make_term
from training.models import Task
from training.snapshot import NotEnoughLabels, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalogue() -> tuple[list[Film], Term, Term]:
    horror, comedy = make_term("horror"), make_term("comedy")
    films = [make_film(key=f"film-{i:03}") for i in range(60)]
    for i, film in enumerate(films):
        import_label(film, horror if i % 2 else comedy, Label.Value.YES)
        if i % 3:
            import_label(film, comedy if i % 2 else horror, Label.Value.NO)
    return films, horror, comedy


def test_labels_have_three_states(catalogue: tuple[list[Film], Term, Term]) -> None:
    snapshot = take(Task.GENRES, min_films=5)
    assert snapshot.terms == ["comedy", "horror"]
    assert snapshot.labels[0].tolist() == [1, -1]
    assert snapshot.labels[1].tolist() == [0, 1]
    assert sum(snapshot.counts.values()) == 60


def test_a_persons_word_changes_the_hash_and_the_cell(catalogue: tuple[list[Film], Term, Term], curator: User) -> None:
    films, horror, _ = catalogue
    before = take(Task.GENRES, min_films=5)
    labelling.reject(films[1], horror, user=curator, revision=1)
    after = take(Task.GENRES, min_films=5)
    assert after.labels[after.keys.index("film-001")].tolist() == [0, 0]
    assert after.hash != before.hash


def test_the_same_labels_give_the_same_hash(catalogue: tuple[list[Film], Term, Term]) -> None:
    assert take(Task.GENRES, min_films=5).hash == take(Task.GENRES, min_films=5).hash


def test_a_film_keeps_its_side_when_others_come(catalogue: tuple[list[Film], Term, Term]) -> None:
    before = take(Task.GENRES, min_films=5)
    sides = dict(zip(before.keys, before.splits, strict=True))
    import_label(make_film(key="aaa"), catalogue[1])
    after = take(Task.GENRES, min_films=5)
    assert {key: side for key, side in zip(after.keys, after.splits, strict=True) if key != "aaa"} == sides


def test_a_changed_plot_changes_the_hash(catalogue: tuple[list[Film], Term, Term]) -> None:
    before = take(Task.GENRES, min_films=5).hash
    Film.objects.filter(key="film-003").update(plot="Another plot.")
    assert take(Task.GENRES, min_films=5).hash != before


def test_an_official_split_leaves_out_films_that_it_does_not_name(
    catalogue: tuple[list[Film], Term, Term],
) -> None:
    for i, part in enumerate(["train"] * 20 + ["dev"] * 5 + ["test"] * 5):
        Film.objects.filter(key=f"film-{i:03}").update(external={"split:mmimdb": part})
    assert take(Task.GENRES, split="mmimdb", min_films=5).counts == {"train": 20, "validation": 5, "test": 5}


def test_films_with_nothing_to_see_are_left_out(catalogue: tuple[list[Film], Term, Term]) -> None:
    Film.objects.filter(key="film-003").update(plot="")
    assert "film-003" not in take(Task.GENRES, min_films=5).keys


def test_too_few_labels_are_a_clear_sentence(catalogue: tuple[list[Film], Term, Term]) -> None:
    with pytest.raises(NotEnoughLabels, match="None of the genres has 500 films"):
        take(Task.GENRES, min_films=500)
    with pytest.raises(NotEnoughLabels, match="No film"):
        take(Task.TAGS)


def test_at_most_so_many_training_films_of_each_term() -> None:
    horror, comedy = make_term("horror"), make_term("comedy")
    for number in range(120):
        film = make_film(imdb_id=f"tt{number:07}")
        import_label(film, horror if number % 3 else comedy)
        import_label(film, comedy if number % 3 else horror, Label.Value.NO)
    whole, thinned = (take(Task.GENRES, min_films=1, per_term=most) for most in (0, 5))
    train = thinned.labels[thinned.rows("train")]
    assert (train == 1).sum(0).tolist() == [5, 5]
    assert thinned.counts["test"] == whole.counts["test"]
    assert thinned.hash != whole.hash
    assert set(np.array(thinned.keys)[thinned.rows("train")]) < set(np.array(whole.keys)[whole.rows("train")])


def test_a_stratified_split_spreads_a_rare_term() -> None:
    horror, comedy = make_term("horror"), make_term("comedy")
    for number in range(100):
        film = make_film(imdb_id=f"tt{number:07}")
        import_label(film, comedy)
        import_label(film, horror, Label.Value.YES if number < 10 else Label.Value.NO)
    found = take(Task.GENRES, split="stratified", min_films=1)
    column = found.terms.index("horror")
    positives = {part: int((found.labels[found.rows(part)][:, column] == 1).sum()) for part in found.counts}
    assert positives == {"train": 8, "validation": 1, "test": 1}
