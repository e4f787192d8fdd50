"""Versions, runs, promoting, rolling back, retraining."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Job, Term, User
from tests.factories import make_term, make_user, make_version
from tests.pages.conftest import HTMX, counted
from training import registry
from training.models import ModelVersion, Promotion, Run, Task

pytestmark = pytest.mark.django_db


def summary(f1: float, **more: Any) -> dict[str, Any]:
    averages = {"precision": f1, "recall": f1, "f1": f1}
    return {"films": 1780, "micro": averages, "macro": {**averages, "f1": f1 - 0.1}, "map": f1 - 0.05, **more}


def metrics(f1: float, *terms: Term) -> dict[str, Any]:
    row = {"positives": 120, "precision": f1, "recall": f1, "f1": f1, "average_precision": f1}
    return {
        "test": summary(f1, intervals={"micro_f1": {"value": f1, "low": f1 - 0.012, "high": f1 + 0.013}}),
        "baseline": summary(0.395),
        "ceiling": {"top": {"micro": {"f1": 0.94}, "macro": {"f1": 0.91}}},
        "subsets": {"both": summary(f1 + 0.02), "plot": summary(f1), "poster": summary(0.4)},
        "terms": [{"term": term.slug, **row} for term in terms],
    }


def text(client: Client, address: str, **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == 200, address
    return " ".join(response.content.decode().split())


@pytest.fixture
def undamaged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions here are rows without files."""
    monkeypatch.setattr("training.manifest.verify", lambda folder, seal: None)


@pytest.fixture
def pair(horror: Term) -> tuple[ModelVersion, ModelVersion]:
    """A champion and its challenger."""
    champion = make_version(horror, metrics=metrics(0.6, horror))
    return champion, make_version(horror, champion=False, metrics=metrics(0.64, horror))


def test_without_any_model_it_says_what_to_do(ada: Client, client: Client) -> None:
    assert "Train the first" in text(ada, "/models/")
    assert "There is no champion yet" in text(client, "/models/")
    assert "Train the first" not in text(client, "/models/")


def test_the_champion_stands_beside_baseline_and_ceiling(client: Client, pair: tuple[ModelVersion, ...]) -> None:
    page = text(client, "/models/")
    for words in ("genres-1", "60.0", "baseline 39.5", "ceiling 94.0", "58.8–61.3", "genres-2", "64.0"):
        assert words in page


def test_a_challenger_stands_beside_the_champion(client: Client, pair: tuple[ModelVersion, ...]) -> None:
    page = text(client, "/models/genres-2/")
    assert "champion 60.0 (+4.0)" in page
    assert "against genres-1" in page
    assert "Horror" in page
    assert "Plot and poster" in page


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"test": None},
        {"test": [], "terms": 3, "subsets": []},
        {"test": {"micro": 0.5, "map": "high"}, "terms": {"horror": {"f1": 0.5}}, "subsets": {"both": None}},
        {"terms": [None, {"f1": 1}, {"term": "nonsense", "f1": "x"}], "ceiling": {"top": None}},
    ],
)
def test_figures_that_are_missing_or_odd_are_left_out(client: Client, horror: Term, odd: dict[str, Any]) -> None:
    make_version(horror, metrics=odd)
    assert "genres-1" in text(client, "/models/")
    assert "Horror" in text(client, "/models/genres-1/")


@pytest.mark.parametrize("name", ["genres-9", "genres", "nonsense-1", "genres-x", "genres-" + "9" * 30])
def test_an_unknown_version_is_not_found(client: Client, name: str) -> None:
    assert client.get(f"/models/{name}/").status_code == 404


def test_admins_promote_and_the_films_are_predicted(
    ada: Client, admin: User, pair: tuple[ModelVersion, ...], undamaged: None
) -> None:
    response = ada.post("/models/genres-2/promote/", {"reason": "better on horror"}, follow=True)
    assert "genres-2 is the champion now" in response.content.decode()
    assert registry.champion(Task.GENRES) == pair[1]
    assert Job.objects.get().task == "inference.predict"
    page = text(ada, "/models/genres-2/")
    assert "better on horror" in page
    assert "ada" in page


def test_a_damaged_version_is_not_promoted(ada: Client, pair: tuple[ModelVersion, ...]) -> None:
    response = ada.post("/models/genres-2/promote/", follow=True)
    assert "genres-2 was not promoted" in response.content.decode()
    assert registry.champion(Task.GENRES) == pair[0]


def test_the_champion_is_not_promoted_again(ada: Client, pair: tuple[ModelVersion, ...], undamaged: None) -> None:
    ada.post("/models/genres-1/promote/")
    assert not Job.objects.exists()


def test_roll_back_brings_the_last_champion_back(ada: Client, pair: tuple[ModelVersion, ...], undamaged: None) -> None:
    ada.post("/models/genres-2/promote/")
    response = ada.post("/models/genres/rollback/", follow=True)
    assert "Rolled back to genres-1." in response.content.decode()
    assert registry.champion(Task.GENRES) == pair[0]


def test_without_an_earlier_champion_there_is_nothing_to_roll_back_to(
    ada: Client, pair: tuple[ModelVersion, ...]
) -> None:
    response = ada.post("/models/genres/rollback/", follow=True)
    assert "no earlier champion" in response.content.decode()
    assert ada.post("/models/nonsense/rollback/").status_code == 404


@pytest.mark.parametrize("address", ["/models/genres-2/promote/", "/models/genres/rollback/", "/models/retrain/"])
def test_only_admins_train_promote_and_roll_back(
    client: Client, vera: Client, carla: Client, pair: tuple[ModelVersion, ...], undamaged: None, address: str
) -> None:
    assert vera.post(address).status_code == 403
    assert carla.post(address).status_code == 403
    assert client.post(address).status_code == 302
    assert registry.champion(Task.GENRES) == pair[0]
    assert not Job.objects.exists()
    assert "Promote" not in text(carla, "/models/genres-2/")


OPTIONS = {
    "task": "tags",
    "architecture": "heads",
    "text_encoder": "minilm",
    "image_encoder": "none",
    "split": "hash",
    "min_films": "30",
    "seed": "7",
    "promote": "never",
}


def test_retraining_starts_with_the_chosen_options(ada: Client, admin: User) -> None:
    response = ada.post("/models/retrain/", OPTIONS)
    job = Job.objects.get()
    assert response["Location"] == reverse("job", args=[job.pk])
    assert (job.task, job.queue, job.created_by) == ("training.retrain", "gpu", admin)
    assert job.params == {**OPTIONS, "min_films": 30, "seed": 7, "force": False}


def test_the_form_begins_with_the_commands_defaults(ada: Client) -> None:
    page = text(ada, "/models/retrain/?task=tags")
    assert '<option value="tags" selected>' in page
    assert 'value="minilm"' in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"text_encoder": "none"}, "nothing to learn from"),
        ({"architecture": "magic"}, "magic"),
        ({"seed": "x"}, "whole number"),
        ({"task": "moods"}, "moods"),
    ],
)
def test_options_that_make_no_sense_are_refused(ada: Client, wrong: dict[str, str], sentence: str) -> None:
    response = ada.post("/models/retrain/", {**OPTIONS, **wrong})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Job.objects.exists()


def test_a_run_shows_its_curves_and_polls_while_it_runs(client: Client) -> None:
    curves = [{"epoch": epoch, "train_loss": 1 / epoch, "validation_map": 0.1 * epoch} for epoch in (1, 2, 3)]
    run = Run.objects.create(task="genres", curves=curves, films={"train": 14_400}, options={"seed": 0})
    page = text(client, reverse("run", args=[run.pk]))
    assert "3 epochs" in page
    assert "training loss 0.333" in page
    assert 'hx-trigger="every 2s"' in page
    run.state = Run.State.DONE
    run.save()
    fragment = text(client, reverse("run", args=[run.pk]), **HTMX)
    assert "hx-trigger" not in fragment
    assert "<html" not in fragment


def test_who_trained_and_who_promoted_is_told_to_those_who_decide(
    client: Client, vera: Client, carla: Client, pair: tuple[ModelVersion, ...]
) -> None:
    person = make_user("Gudrun")
    run = Run.objects.create(task="genres", started_by=person)
    Promotion.objects.create(version=pair[0], by=person)
    for address in (reverse("run", args=[run.pk]), pair[0].get_absolute_url()):
        assert ["Gudrun" in text(each, address) for each in (client, vera, carla)] == [False, False, True]


def test_a_failed_run_says_why(client: Client) -> None:
    run = Run.objects.create(task="genres", state="failed", message="No term has 20 training films.")
    assert "No term has 20 training films." in text(client, reverse("run", args=[run.pk]))
    assert "No term has 20 training films." in text(client, "/models/")


def test_queries_do_not_grow_with_versions_and_terms(client: Client) -> None:
    def grow(number: int) -> tuple[int, int]:
        terms = [make_term() for _ in range(number)]
        for _ in range(number):
            version = make_version(*terms, champion=False, metrics=metrics(0.5, *terms))
            version.run = Run.objects.create(task="genres", state="done")
            version.save()
        with counted() as on_list:
            client.get("/models/")
        with counted() as on_page:
            client.get(version.get_absolute_url())
        return on_list(), on_page()

    client.get("/")
    assert grow(3) == grow(12)


@pytest.mark.parametrize("task", ["", "nonsense", "%00", "~", "1e999"])
def test_a_task_that_is_none_is_taken_for_genres(client: Client, admin: User, task: str) -> None:
    client.force_login(admin)
    page = client.get("/models/retrain/", {"task": task})
    assert page.status_code == 200
    assert page.context["form"].initial["task"] == "genres"
