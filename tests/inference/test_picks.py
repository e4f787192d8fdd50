"""Which films the desk is given, by each order that reads picks."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from catalog import labelling
from catalog.desk.orders import ORDERS, Wanted
from catalog.models import Film, Job, Label, Pick, Term, User, Visit
from catalog.progress import Silent
from inference import tasks
from inference.models import Links, Prediction, Suspect
from inference.picks import disagreements, errors, linking, pace, rare
from inference.picks.library import Library
from inference.picks.storing import MOST, MOST_OF_A_TERM, Found, best, replace_picks
from inference.picks.work import FEWEST, pick_films
from inference.predict import predict_stale
from tests.factories import import_label, make_film, make_term, make_version, predict
from training.models import ModelVersion
from training.out_of_fold import OutOfFold

pytestmark = pytest.mark.django_db


@pytest.fixture
def terms(db: None) -> list[Term]:
    Term.objects.exclude(slug__in=["comedy", "horror"]).update(active=False)
    return [make_term(slug, active=True) for slug in ("comedy", "horror")]


@pytest.fixture
def version(terms: list[Term]) -> ModelVersion:
    return make_version(*terms)


def scored(version: ModelVersion, *scores: float) -> Film:
    film = make_film()
    predict(film, version, *scores)
    return film


def stored(order: str) -> list[Pick]:
    return list(Pick.objects.filter(order=order).order_by("-worth").select_related("film", "term"))


# What they are chosen from --------------------------------------------------------------------------------


def test_the_library_has_scores_and_what_is_said_of_them(
    version: ModelVersion, terms: list[Term], curator: User
) -> None:
    films = [scored(version, 0.1 * n, 0.9) for n in range(4)]
    import_label(films[0], terms[0])
    labelling.reject(films[1], terms[1], user=curator, revision=films[1].revision)
    labelling.decide(films[2], terms[1], Label.Value.UNKNOWN, user=curator, revision=films[2].revision)
    Film.objects.filter(pk=films[3].pk).update(published=False)
    library = Library.read(version)
    assert library.film_ids.tolist() == [film.pk for film in films[:3]]
    np.testing.assert_allclose(library.scores[:, 0], [0, 0.1, 0.2])
    assert library.labels.tolist() == [[1, -1], [-1, 0], [-1, -1]]
    assert library.open.tolist() == [[False, True], [True, False], [True, False]]
    assert library.by_person.tolist() == [[False, False], [False, True], [False, True]]


# Rare genres -----------------------------------------------------------------------------------------------


def test_an_unsure_film_of_a_rare_genre_comes_before_one_of_a_common_genre(
    version: ModelVersion, terms: list[Term]
) -> None:
    for _ in range(30):
        import_label(scored(version, 0.9, 0.1), terms[0])
    common, uncommon, sure = scored(version, 0.5, 0.01), scored(version, 0.01, 0.5), scored(version, 0.99, 0.01)
    found = [one for one in rare.picks(Library.read(version)) if one.film_id >= common.pk]
    assert found[0].film_id == uncommon.pk
    assert found[-1].film_id == sure.pk
    assert found[0].term == terms[1]
    assert (found[0].why["films"], found[0].why["wanted"]) == (0, 20)
    assert found[0].why["seconds"] > 6


def test_a_film_of_which_all_is_known_or_that_is_finished_is_not_chosen(
    version: ModelVersion, terms: list[Term], curator: User
) -> None:
    known, finished, open_ = (scored(version, 0.5, 0.5) for _ in range(3))
    for term in terms:
        import_label(known, term)
    Visit.objects.create(film=finished, user=curator, order="doubt", outcome="done")
    Visit.objects.create(film=open_, user=curator, order="doubt", outcome="skipped")
    assert [one.film_id for one in rare.picks(Library.read(version))] == [open_.pk]


def test_pace_is_measured_from_visits(curator: User) -> None:
    assert pace.measured() == (6.0, 2.5)
    film = make_film()
    for n in range(60):
        seconds = 4 + 3 * (n % 4) if n else 9000  # one went for lunch
        Visit.objects.create(
            film=film, user=curator, order="doubt", outcome="done", decisions=n % 4, seconds=float(seconds)
        )
    assert pace.measured() == pytest.approx((4, 3), abs=0.01)


# Disagreements ---------------------------------------------------------------------------------------------


def test_an_import_against_the_champion(version: ModelVersion, terms: list[Term], curator: User) -> None:
    wrong, right, person = scored(version, 0.95, 0.1), scored(version, 0.9, 0.1), scored(version, 0.9, 0.1)
    import_label(wrong, terms[0], Label.Value.NO)
    import_label(right, terms[0])
    labelling.reject(person, terms[0], user=curator, revision=person.revision)
    found = list(disagreements.from_imports(Library.read(version)))
    assert [(one.film_id, one.term) for one in found] == [(wrong.pk, terms[0])]
    assert found[0].worth == pytest.approx(0.95)
    assert found[0].why == {"between": "import", "value": "no", "score": pytest.approx(0.95)}


def test_the_champion_against_the_newest_other_version(version: ModelVersion, terms: list[Term]) -> None:
    other = make_version(*reversed(terms), champion=False)
    apart, alike = scored(version, 0.7, 0.1), scored(version, 0.9, 0.1)
    for film, scores in ((apart, [0.1, 0.2]), (alike, [0.1, 0.6])):
        Prediction.objects.create(film=film, version=other, scores=scores, input_hash=film.input_hash, inputs=[])
    found = list(disagreements.between_versions(Library.read(version)))
    assert [(one.film_id, one.term) for one in found] == [(apart.pk, terms[0])]
    assert found[0].why == {
        "between": "versions",
        "one": version.name,
        "other": other.name,
        "champion": 0.7,
        "challenger": 0.2,
    }


def test_poster_against_plot(
    champion: ModelVersion, terms: list[Term], give_poster: Callable[[Film, int], None]
) -> None:
    films = [make_film(plot="A horror."), make_film(plot="A tale."), make_film(plot="More horror.")]
    for seed, film in enumerate(films[:2]):
        give_poster(film, seed)
    predict_stale(champion, progress=Silent())
    found = list(disagreements.between_inputs(Library.read(champion), Silent()))
    assert [(one.film_id, one.term.slug) for one in found] == [(films[0].pk, "horror")]  # the toy reads words alone
    assert found[0].why["plot"] > 0.5 > found[0].why["poster"]
    Pick.objects.create(film=films[0], order="disagreement", term=found[0].term, worth=1, why=found[0].why)
    assert "the plot says yes" in ORDERS["disagreement"].reason(films[0]).sentence


# Suspected errors ------------------------------------------------------------------------------------------


def held_out(library: Library, wrong: tuple[int, int]) -> OutOfFold:
    """Models that are right about every label but the wrong one."""
    said = np.where(library.labels == 1, 0.97, 0.03)
    said[wrong] = 1 - said[wrong]
    return OutOfFold(said, said)


@pytest.fixture
def labelled(version: ModelVersion, terms: list[Term]) -> Library:
    for n in range(40):
        film = scored(version, 0.5, 0.5)
        import_label(film, terms[0], Label.Value.YES if n % 2 else Label.Value.NO)
        import_label(film, terms[1], Label.Value.YES if n % 3 else Label.Value.NO)
    return Library.read(version)


def found_in(library: Library, wrong: tuple[int, int] = (4, 1)) -> list[Suspect]:
    return errors.suspects(library, np.arange(len(library.film_ids)), held_out(library, wrong))


def test_a_label_that_held_out_models_do_not_believe_is_suspect(labelled: Library, terms: list[Term]) -> None:
    suspects = found_in(labelled)
    assert [(one.film_id, one.term, str(one.value)) for one in suspects] == [(labelled.film_ids[4], terms[1], "yes")]
    assert suspects[0].quality == pytest.approx(0.03)
    pick = next(errors.picks(suspects))
    assert (pick.film_id, round(pick.worth, 6), pick.why["value"]) == (labelled.film_ids[4], 0.97, "yes")


def test_a_locked_label_is_not_suspect(
    labelled: Library, version: ModelVersion, terms: list[Term], curator: User
) -> None:
    film = Film.objects.get(pk=int(labelled.film_ids[4]))
    labelling.decide(film, terms[1], Label.Value.YES, user=curator, revision=film.revision, locked=True)
    assert found_in(Library.read(version)) == []


def test_a_person_is_asked_once_whether_they_are_sure(
    labelled: Library, version: ModelVersion, terms: list[Term], curator: User
) -> None:
    film = Film.objects.get(pk=int(labelled.film_ids[4]))
    labelling.accept(film, terms[1], user=curator, revision=film.revision)
    assert len(found_in(Library.read(version))) == 1
    Visit.objects.create(film=film, user=curator, order="error", outcome="done")
    assert found_in(Library.read(version)) == []


def test_unknown_labels_and_terms_that_all_have_are_no_errors(version: ModelVersion, terms: list[Term]) -> None:
    for _ in range(30):
        import_label(scored(version, 0.5, 0.5), terms[0])
    library = Library.read(version)
    everywhere = OutOfFold(*[np.full(library.labels.shape, 0.9)] * 2)
    assert not errors.suspicious(everywhere, library.labels).any()


# Links -----------------------------------------------------------------------------------------------------


def test_links_are_kept_for_the_version_in_the_order_of_its_terms(terms: list[Term]) -> None:
    version = make_version(terms[1], terms[0])
    ModelVersion.objects.filter(pk=version.pk).update(terms=["horror", "gone", "comedy"], thresholds=[0.5] * 3)
    version.refresh_from_db()
    random = np.random.default_rng(0)
    for _ in range(60):
        film, both = make_film(), bool(random.random() < 0.5)
        predict(film, version, 0.5, 0.5, 0.5)
        for term in terms:
            import_label(film, term, Label.Value.YES if both else Label.Value.NO)
    library = Library.read(version)
    made = linking.make(library, np.arange(60), OutOfFold(*[np.full(library.labels.shape, 0.5)] * 2))
    weights = np.array(Links.objects.get(version=version).weights).reshape(3, 8)
    assert made.helps is False  # too few validation films to say so
    assert (weights[1] == 0).all()
    assert min(weights[0, 2], weights[2, 0]) > 0.05
    assert (weights[:, 1] == 0).all()


# Storing ---------------------------------------------------------------------------------------------------


def test_the_best_of_all_and_some_of_each_term_are_kept(terms: list[Term]) -> None:
    comedies = [Found(n, terms[0], 1e6 - n, {}) for n in range(MOST + 50)]
    horrors = [Found(10**6 + n, terms[1], float(-n), {}) for n in range(MOST_OF_A_TERM + 50)]
    kept = best([*horrors, *comedies, Found(3, terms[1], 0.5, {})])
    assert [one.film_id for one in kept[:MOST]] == list(range(MOST))
    assert len(kept) == MOST + MOST_OF_A_TERM


def test_picks_are_replaced_and_films_that_are_gone_left_out(version: ModelVersion, terms: list[Term]) -> None:
    films = [make_film(), make_film()]
    replace_picks(Pick.Order.RARE, [Found(films[0].pk, terms[0], 1.0, {})])
    replace_picks(Pick.Order.ERROR, [Found(films[0].pk, terms[0], 1.0, {})])
    count = replace_picks(Pick.Order.RARE, [Found(films[1].pk, terms[0], 1.0, {}), Found(10**9, terms[0], 2.0, {})])
    assert count == 1
    assert [pick.film for pick in stored("rare")] == [films[1]]
    assert [pick.film for pick in stored("error")] == [films[0]]


# All together ----------------------------------------------------------------------------------------------


@pytest.fixture
def site(champion: ModelVersion, terms: list[Term]) -> list[Film]:
    """Films whose plots say what they are; one of them is labelled wrongly, and of one nothing is said."""
    films = []
    for n in range(FEWEST + 20):
        kind = terms[n % 2]
        film = make_film(plot=f"A {kind.slug} of {'ghosts and dread' if n % 2 else 'jokes and laughter'}, number {n}.")
        films.append(film)
        for term in terms if n else []:
            import_label(film, term, Label.Value.YES if (term == kind) != (n == 7) else Label.Value.NO)
    predict_stale(champion, progress=Silent())
    return films


def test_all_orders_are_filled(site: list[Film], champion: ModelVersion) -> None:
    done = pick_films(Silent())
    assert (done.films, done.skipped) == (len(site), {})
    assert Suspect.objects.order_by("quality").values_list("film", flat=True)[0] == site[7].pk
    assert ORDERS["error"].films(Wanted("error")).first() == site[7]
    assert [pick.film for pick in stored("rare")] == [site[0]]
    assert stored("disagreement")[0].why["between"] == "import"
    assert done.links == {champion.name: False}
    for order in Pick.Order.values:
        assert ORDERS[order].reason(stored(order)[0].film).sentence


def test_few_labels_are_skipped_with_a_reason(champion: ModelVersion, terms: list[Term]) -> None:
    import_label(make_film(), terms[0])
    predict_stale(champion, progress=Silent())
    assert "too few" in pick_films(Silent()).skipped[champion.name]


def test_the_command_needs_a_champion_and_says_what_it_did(
    site: list[Film], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("pick_films", json=tmp_path / "picks.json")
    assert "labels are suspect" in capsys.readouterr().out
    ModelVersion.objects.update(champion=False)
    with pytest.raises(CommandError, match="no champion"):
        call_command("pick_films")


def test_picks_are_made_after_a_promotion_once_for_all_who_ask(champion: ModelVersion) -> None:
    promoted = Job.objects.get(task="inference.predict")
    tasks.predict_task(promoted.pk)
    tasks.start_picking()
    job = Job.objects.get(task="inference.pick")
    tasks.pick_task(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["films"]) == (Job.State.DONE, 0)
