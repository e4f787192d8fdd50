"""Deciding on many films: the preview tells what is done, and the list of changes takes it back."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog import labelling
from catalog.bulk import work
from catalog.models import ChangeSet, Film, FilmTerm, Job, Label, Term, User
from tests.factories import import_label, make_film, make_version, predict
from tests.pages.conftest import counted

pytestmark = pytest.mark.django_db
ACCEPT = "/bulk/accept/"


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def proposed(horror: Term, comedy: Term) -> list[Film]:
    """Six films at 0.90, 0.92 … 1.00."""
    version = make_version(horror, comedy)
    films = [make_film(f"Night {number}") for number in range(6)]
    for number, film in enumerate(films):
        predict(film, version, 0.90 + number / 50, 0.1)
    return films


def test_the_overview_leads_to_rules(carla: Client, proposed: list[Film]) -> None:
    page = text(carla.get("/bulk/"))
    assert "/bulk/accept/?term=genre/horror&amp;at_least=0.95" in page
    assert "/bulk/accept/?term=genre/comedy" not in page


def test_a_rule_is_looked_at_first(carla: Client, proposed: list[Film]) -> None:
    page = text(carla.get(ACCEPT, {"term": "genre/horror", "at_least": "0.95"}))
    assert "Horror at 0.95 or more: 3 films" in page
    assert "3 of them, drawn at random" in page
    assert all(f"Night {number}" in page for number in (3, 4, 5)) and "Night 2" not in page
    assert "Accept Horror on 3 films" in page
    assert not ChangeSet.objects.exists()


def test_twelve_are_shown_and_others_when_asked(carla: Client, horror: Term) -> None:
    films = [make_film(f"Night {number}") for number in range(40)]
    FilmTerm.objects.bulk_create(FilmTerm(film=film, term=horror, weight=0.97, origin="model") for film in films)

    def shown(seed: str) -> set[int]:
        found = carla.get(ACCEPT, {"term": "genre/horror", "seed": seed}).context["shown"]
        return {one.film.pk for one in found}

    assert len(shown("1")) == 12
    assert shown("1") == shown("1") != shown("2")


def test_what_was_shown_is_accepted_and_undone(carla: Client, curator: User, proposed: list[Film]) -> None:
    answer = carla.post(ACCEPT, {"term": "genre/horror", "at_least": "0.95", "seen": "3"})
    changes = ChangeSet.objects.get()
    assert answer["Location"] == reverse("change", args=[changes.pk])
    assert Label.objects.filter(value="yes", decided_by=curator).count() == 3
    page = text(carla.get(answer["Location"]))
    assert "3 labels go back to what they were" in page
    labelling.reject(proposed[5], Term.objects.get(slug="horror", kind="genre"), user=curator, revision=2)
    page = text(carla.get(answer["Location"]))
    assert "1 label was changed since" in page and 'name="partly" value="1"' in page
    refused = carla.post(reverse("change-undo", args=[changes.pk]))
    assert refused.status_code == 409 and "changed since" in text(refused)
    carla.post(reverse("change-undo", args=[changes.pk]), {"partly": "1"})
    assert list(Label.objects.values_list("film", "value")) == [(proposed[5].pk, "no")]
    assert "It was taken back" in text(carla.get(answer["Location"]))


def test_if_there_are_others_now_they_are_shown_again(carla: Client, proposed: list[Film]) -> None:
    answer = carla.post(ACCEPT, {"term": "genre/horror", "at_least": "0.95", "seen": "2"})
    assert answer.status_code == 409
    assert "look at them again" in text(answer)
    assert not Label.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"term": "genre/none"}, {"term": "x"}, {"term": "genre/horror", "at_least": "much"},
        {"term": "genre/horror", "at_least": "1.1"}, {"term": "genre/horror", "at_least": "nan"},
        {"term": "genre/horror", "most": "-1"}, {"term": "genre/horror", "most": "9" * 30},
    ],
)  # fmt: skip
def test_a_rule_that_makes_no_sense(fields: dict[str, str], carla: Client, horror: Term) -> None:
    assert carla.get(ACCEPT, fields).status_code == 422
    assert carla.post(ACCEPT, fields).status_code == 422


def test_curators_take_the_surest_fifty(carla: Client, ada: Client, horror: Term) -> None:
    films = [make_film() for _ in range(51)]
    FilmTerm.objects.bulk_create(FilmTerm(film=film, term=horror, weight=0.97, origin="model") for film in films)
    page = text(carla.get(ACCEPT, {"term": "genre/horror"}))
    assert "More than 50 at once is for admins" in page and "most=50" in page and "Accept Horror on" not in page
    assert "Accept Horror on 51 films" in text(ada.get(ACCEPT, {"term": "genre/horror"}))
    fields = {"term": "genre/horror", "at_least": "0.95"}
    assert carla.post(ACCEPT, {**fields, "seen": "51"}).status_code == 403
    assert carla.post(ACCEPT, {**fields, "most": "50", "seen": "50"}).status_code == 302
    assert Label.objects.count() == 50


def test_a_large_one_is_a_job(ada: Client, proposed: list[Film], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "AT_ONCE", 3)
    assert "It runs as a job" in text(ada.get(ACCEPT, {"term": "genre/horror", "at_least": "0.9"}))
    answer = ada.post(ACCEPT, {"term": "genre/horror", "at_least": "0.9", "seen": "6"})
    assert answer["Location"] == reverse("job", args=[Job.objects.get().pk])


# Films of a search --------------------------------------------------------------------------------------------


def test_films_of_a_search_are_edited(
    carla: Client, curator: User, other_curator: User, proposed: list[Film], horror: Term
) -> None:
    make_film("Day")
    import_label(proposed[0], horror, Label.Value.NO)
    labelling.reject(proposed[1], horror, user=other_curator, revision=1)
    page = text(carla.get("/bulk/films/", {"q": "night"}))
    assert "Say something of 6 films" in page
    asked = {"q": "night", "say": ["호러", ""], "is": ["yes", "yes"]}
    page = text(carla.get("/bulk/films/", asked))
    assert "5 labels are written" in page and "Save on 5 films" in page
    assert carla.post("/bulk/films/", {**asked, "seen": "4"}).status_code == 409
    answer = carla.post("/bulk/films/", {**asked, "seen": "5"})
    assert answer["Location"] == reverse("change", args=[ChangeSet.objects.latest("pk").pk])
    assert Label.objects.filter(decided_by=curator, value="yes", term=horror).count() == 5
    assert Label.objects.get(film=proposed[1]).decided_by == other_curator
    again = carla.post("/bulk/films/", {**asked, "seen": "0"})
    assert again.status_code == 409 and "said already" in text(again)


@pytest.mark.parametrize(
    ("say", "answers", "status"),
    [(["zzz"], ["yes"], 422), (["horror"], ["maybe"], 422), (["horror", "호러"], ["yes", "no"], 422), ([], [], 422)],
)
def test_answers_that_make_no_sense(
    say: list[str], answers: list[str], status: int, carla: Client, horror: Term
) -> None:
    assert carla.post("/bulk/films/", {"say": say, "is": answers}).status_code == status
    assert not ChangeSet.objects.exists()


def test_a_search_for_a_term_that_is_not_there(carla: Client) -> None:
    assert carla.get("/bulk/films/?genre=nonsense").status_code == 404


# Changes ------------------------------------------------------------------------------------------------------


def test_curators_see_their_own_changes_and_admins_all(
    carla: Client, ada: Client, vera: Client, film: Film, horror: Term, curator: User, other_curator: User
) -> None:
    labelling.accept(film, horror, user=curator, revision=1)
    labelling.reject(film, horror, user=other_curator, revision=2)
    import_label(make_film(), horror)
    mine, everybody = text(carla.get("/changes/")), text(ada.get("/changes/"))
    assert "carla" in mine and "chul" not in mine
    assert "chul" in everybody and "test" in everybody
    assert "chul" not in text(ada.get("/changes/?by=carla")).partition("change-list")[2]
    assert ada.get("/changes/?kind=import").context["rows"][0].labels == 1
    assert vera.get("/changes/").status_code == 403


def test_the_list_goes_on_and_costs_the_same(carla: Client, film: Film, horror: Term, curator: User) -> None:
    labelling.accept(film, horror, user=curator, revision=1)
    carla.get("/changes/")
    with counted() as few:
        carla.get("/changes/")
    for revision in range(2, 35):
        value = Label.Value.NO if revision % 2 == 0 else Label.Value.YES
        labelling.decide(film, horror, value, user=curator, revision=revision)
    with counted() as many:
        page = carla.get("/changes/")
    assert many() == few()
    assert len(page.context["rows"]) == 30
    older = carla.get(f"/changes/?before={page.context['more']}")
    assert len(older.context["rows"]) == 4
    assert older.context["more"] is None


def test_others_imports_are_not_a_curator_s_to_see(carla: Client, ada: Client, horror: Term) -> None:
    import_label(make_film(), horror)
    changes = ChangeSet.objects.get()
    assert carla.get(reverse("change", args=[changes.pk])).status_code == 403
    assert ada.get(reverse("change", args=[changes.pk])).status_code == 200
    assert carla.post(reverse("change-undo", args=[changes.pk])).status_code == 403
