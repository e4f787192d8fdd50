"""What a promotion would change: counted on real predictions, before anybody relies on the version."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from catalog import labelling
from catalog.models import Film, FilmTerm, Job, Label, Term, User
from catalog.progress import Cancelled, Silent
from inference import preview
from inference.models import Prediction, Preview
from inference.predict import predict_stale, stale
from inference.preview import make
from inference.tasks import preview_task
from tests.factories import import_label, make_film, make_term, make_user, predict
from tests.factories import make_version as make_row
from tests.inference.test_tasks import _claim_here
from tests.inference.toy_versions import make_version
from training import registry
from training.models import ModelVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def terms(db: None) -> tuple[Term, Term]:
    Term.objects.update(active=False)
    return make_term("comedy", active=True), make_term("horror", active=True)


@pytest.fixture
def curator(db: None) -> User:
    return make_user("carla", role=User.Role.CURATOR)


@pytest.fixture
def challenger(champion: ModelVersion, tmp_path: Path, terms: tuple[Term, Term]) -> ModelVersion:
    """As the champion it says yes where a word stands in the plot, but never of horror: its threshold is too high."""
    return make_version(tmp_path, prior=0.5, thresholds=[0.5, 0.95])


def films() -> list[Film]:
    made = [make_film(plot="A horror."), make_film(plot="A comedy."), make_film(plot="A comedy of horror.")]
    for film in made:
        film.refresh_from_db()
    return made


def previewed(version: ModelVersion, champion: ModelVersion) -> dict[str, Any]:
    predict_stale(champion, progress=Silent())
    figures: dict[str, Any] = make(version, Silent()).figures
    return figures


def test_gains_losses_and_films_are_counted(champion: ModelVersion, challenger: ModelVersion) -> None:
    one, _two, three = films()
    found = previewed(challenger, champion)
    assert (found["films"], found["changed"], found["judged"]) == (3, 2, 2)
    assert found["terms"]["horror"] == {"before": 2, "after": 0, "gained": 0, "lost": 2}
    assert found["terms"]["comedy"] == {"before": 2, "after": 2, "gained": 0, "lost": 0}
    assert {row["film"]: row["lost"] for row in found["sample"]} == {one.pk: ["horror"], three.pk: ["horror"]}


def test_it_is_what_the_promotion_then_does(champion: ModelVersion, challenger: ModelVersion) -> None:
    films()
    found = previewed(challenger, champion)
    before = set(FilmTerm.objects.values_list("film", "term__slug"))
    registry.promote(challenger, user=None)
    assert not stale(challenger).exists()  # nothing is left to predict
    from catalog import search

    search.refresh(list(Film.objects.values_list("pk", flat=True)))
    after = set(FilmTerm.objects.values_list("film", "term__slug"))
    assert len({film for film, _term in before ^ after}) == found["changed"]
    for slug, row in found["terms"].items():
        assert row["lost"] == sum(term == slug for _film, term in before - after)
        assert row["gained"] == sum(term == slug for _film, term in after - before)


def test_what_people_and_sources_said_does_not_change(
    champion: ModelVersion, challenger: ModelVersion, terms: tuple[Term, Term], curator: User
) -> None:
    one, _two, three = films()
    labelling.accept(one, terms[1], user=curator, revision=one.revision)
    import_label(three, terms[1])
    found = previewed(challenger, champion)
    assert (found["changed"], found["judged"]) == (0, 2)


def test_contradicting_a_person_is_counted_and_named(
    champion: ModelVersion, challenger: ModelVersion, terms: tuple[Term, Term], curator: User
) -> None:
    one, two, three = films()
    labelling.decide(one, terms[1], Label.Value.YES, user=curator, revision=one.revision, locked=True)  # anew
    labelling.reject(three, terms[1], user=curator, revision=three.revision)  # no more
    labelling.reject(two, terms[0], user=curator, revision=two.revision)  # as before
    labelling.clear(two, terms[1], user=curator, revision=Film.objects.get(pk=two.pk).revision)  # says nothing
    said = previewed(challenger, champion)["contradictions"]
    assert {name: said[name] for name in ("person", "person_before", "person_after", "person_new")} == {
        "person": 3, "person_before": 2, "person_after": 2, "person_new": 1,
    }  # fmt: skip
    assert (said["locked"], said["locked_before"], said["locked_after"], said["locked_new"]) == (1, 0, 1, 1)
    [named] = Preview.objects.get().figures["against_people"]
    assert named == {"film": one.pk, "term": "horror", "said": "yes", "locked": True}


def test_films_with_a_poster_are_shown_first(
    champion: ModelVersion, challenger: ModelVersion, give_poster: Any
) -> None:
    made = [make_film(plot="A horror.") for _ in range(30)]
    for place, film in enumerate(made[5:8]):
        give_poster(film, place)
    sample = previewed(challenger, champion)["sample"]
    assert len(sample) == preview.SAMPLE
    assert {row["film"] for row in sample[:3]} == {film.pk for film in made[5:8]}


def test_hidden_films_count_nowhere(champion: ModelVersion, challenger: ModelVersion) -> None:
    make_film(plot="A horror.", published=False)
    assert previewed(challenger, champion)["films"] == 0


def test_the_first_champion_brings_everything(db: None, tmp_path: Path, terms: tuple[Term, Term]) -> None:
    version = make_version(tmp_path)
    films()
    found = make(version, Silent())
    assert found.against is None and found.figures["changed"] == 3
    assert found.figures["terms"]["horror"]["gained"] == 2


def test_terms_that_only_one_of_the_two_knows(champion: ModelVersion, terms: tuple[Term, Term]) -> None:
    """Rows without files: what their predictions would be stands there already."""
    war = make_term("war", active=True)
    old, new = make_row(*terms, champion=False), make_row(terms[1], war, champion=False)
    film = make_film()
    film.refresh_from_db()
    predict(film, old, 0.9, 0.9)
    predict(film, new, 0.9, 0.9)
    found = preview._compare(new, old, Silent())
    assert found["terms"]["comedy"]["lost"] == found["terms"]["war"]["gained"] == 1
    assert found["terms"]["horror"]["lost"] == found["terms"]["horror"]["gained"] == 0


def test_a_preview_is_stale_when_the_champion_or_a_film_has_changed(
    champion: ModelVersion, challenger: ModelVersion, tmp_path: Path
) -> None:
    [film, *_] = films()
    previewed(challenger, champion)
    found = Preview.objects.get()
    assert not preview.is_stale(found)
    Film.objects.filter(pk=film.pk).update(plot="Another plot.")
    assert preview.is_stale(found)
    make(challenger, Silent())
    found = Preview.objects.get()  # made anew in its place
    assert not preview.is_stale(found)
    registry.promote(make_version(tmp_path), user=None)
    assert preview.is_stale(found)


def test_stopped_on_the_way_it_keeps_no_figures(champion: ModelVersion, challenger: ModelVersion) -> None:
    class Stop(Silent):
        def start(self, total: int | None, unit: str, message: str = "") -> None:
            if message.startswith("Comparing"):
                raise Cancelled

    films()
    with pytest.raises(Cancelled):
        make(challenger, Stop())
    assert not Preview.objects.exists() and Prediction.objects.filter(version=challenger).count() == 3


def test_many_films_take_no_more_queries_a_block(
    champion: ModelVersion, challenger: ModelVersion, django_assert_max_num_queries: Any
) -> None:
    for _ in range(40):
        make_film(plot="A horror.")
    previewed(challenger, champion)
    with django_assert_max_num_queries(12):
        preview._compare(challenger, champion, Silent())


# Pages -----------------------------------------------------------------------------------------------------------


def client_of(role: User.Role) -> Client:
    client = Client()
    client.force_login(make_user(role=role))
    return client


@pytest.fixture
def _no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.jobs.send", lambda job: None)
    monkeypatch.setattr(Job, "claim", _claim_here)


@pytest.mark.usefixtures("_no_broker")
def test_asked_for_on_the_versions_page_it_stands_there(champion: ModelVersion, challenger: ModelVersion) -> None:
    ada, address = client_of(User.Role.ADMIN), challenger.get_absolute_url()
    films()
    predict_stale(champion, progress=Silent())
    assert "Work it out" in ada.get(address).content.decode()
    ada.post(f"{address}preview/")
    job = Job.objects.get(task=preview.TASK)
    assert "It is being worked out" in ada.get(address).content.decode()
    preview_task(job.pk)
    job.refresh_from_db()
    assert job.state == "done" and job.result["changed"] == 2
    assert f"{address}#preview" in ada.get(f"/jobs/{job.pk}/").content.decode()
    page = " ".join(ada.get(address).content.decode().split())
    assert '<strong class="figures">2</strong> films of 3 change' in page and "−2</span> Horror" in page
    make_film(plot="A new horror.")
    assert "have changed since this was worked out" in ada.get(address).content.decode()


@pytest.mark.usefixtures("_no_broker")
def test_only_those_who_decide_see_it_and_only_admins_ask(champion: ModelVersion, challenger: ModelVersion) -> None:
    films()
    previewed(challenger, champion)
    carla, vera, address = client_of(User.Role.CURATOR), client_of(User.Role.VIEWER), challenger.get_absolute_url()
    page = carla.get(address).content.decode()
    assert "What a promotion would change" in page and "Work it out" not in page
    assert "What a promotion would change" not in vera.get(address).content.decode()
    assert carla.post(f"{address}preview/").status_code == 403
    assert not Job.objects.filter(task=preview.TASK).exists()


@pytest.mark.usefixtures("_no_broker")
def test_programs_ask_and_read(champion: ModelVersion, challenger: ModelVersion) -> None:
    ada, [film, *_] = client_of(User.Role.ADMIN), films()
    address = f"/api/versions/{challenger.name}/preview/"
    assert ada.get(address).status_code == 404
    job = ada.post(address).json()
    predict_stale(champion, progress=Silent())
    preview_task(job["id"])
    found = ada.get(address).json()
    assert (found["version"], found["against"], found["changed"], found["stale"]) == ("genres-2", "genres-1", 2, False)
    assert film.key in {row["film"] for row in found["sample"]}
    assert ada.get("/api/versions/genres-9/preview/").status_code == 404
