"""`retrain scenes` from frames in the database to a champion that predicts films, and what pages show of it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from catalog.labelling import change_set
from catalog.models import ChangeSet, Clip, Film, Frame, Job, Label, Term, User
from catalog.progress import Silent
from inference.models import Prediction
from inference.predict import predict_stale, stale
from tests.factories import import_label, make_clip, make_film, make_term, make_user
from tests.scene_clips import EVERY_WAY, draw_pair, make_catalogue, make_pair
from tests.training import scene_nets
from training import registry
from training.curves import log_folder
from training.models import ModelVersion, Run
from training.options import BadOption, RetrainOptions
from training.plans import Plan
from training.scenes import data
from training.scenes.evaluation import compare_scenes, scene_figures
from training.scenes.snapshot import take_scenes
from training.snapshot import NotEnoughLabels

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    scene_nets.make_tiny(monkeypatch)
    cores = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(cores)


@pytest.fixture
def films(settings: Any) -> list[Film]:
    return make_catalogue(Path(settings.MEDIA_ROOT), EVERY_WAY, films=5, pairs=3)


def retrain(name: str, *more: str, folder: Path) -> dict[str, Any]:
    asked = ["scenes", "--architecture", name, "--batch", "16", "--json", str(folder / "figures.json"), *more]
    call_command("retrain", *asked)
    found: dict[str, Any] = json.loads((folder / "figures.json").read_text())
    return found


def test_from_frames_to_a_champion_that_predicts(films: list[Film], tmp_path: Path) -> None:
    found = retrain("scene-resnet50", "--epochs", "10", "--learning-rate", "1e-2", folder=tmp_path)
    assert found["promoted"]
    version = ModelVersion.objects.get(task="scenes", champion=True)
    assert version.terms == ["action", "animation-2d", "horror"]
    run = Run.objects.get()
    assert run.state == Run.State.DONE
    assert {"train_accuracy", "validation_loss"} <= run.curves[-1].keys()
    assert any(log_folder(run).iterdir())
    scenes = version.metrics["scenes"]
    assert [row["film"] for row in scenes["films"]] == sorted(row["film"] for row in scenes["films"])
    assert np.array(scenes["confusion"]).sum() == len(scenes["films"]) == run.films["test"]
    assert np.array(scenes["pair_confusion"]).sum() == 3 * run.films["test"]
    assert scenes["accuracy"]["low"] <= scenes["accuracy"]["value"] <= scenes["accuracy"]["high"]
    assert version.metrics["test"]["micro"]["f1"] == pytest.approx(scenes["accuracy"]["value"])
    card = (version.folder / "README.md").read_text()
    assert "Films, never frames" in card
    assert "| animation-2d |" in card
    assert {file.name for file in version.folder.iterdir()} >= {"model.safetensors", "config.json", "README.md"}

    done = predict_stale(version, progress=Silent())
    assert (done.films, done.frames_only) == (15, 15)
    prediction = Prediction.objects.select_related("film").first()
    assert prediction is not None
    assert prediction.inputs == ["frames"]
    inputs = data.read_scenes([prediction.film_id], None, Silent())
    assert prediction.scores == pytest.approx(registry.load(version).scores(inputs)[0].tolist())


def test_a_film_is_stale_when_its_frames_are_others_and_never_without_any(
    films: list[Film], settings: Any, tmp_path: Path
) -> None:
    retrain("scene-fc", "--epochs", "2", folder=tmp_path)
    version = ModelVersion.objects.get(task="scenes")
    make_film("without frames")
    only_tagging = make_clip(make_film("frames for tags"))
    Frame.objects.create(clip=only_tagging, use="tagging", seconds=0, sha256="0" * 64, width=1, height=1)
    predict_stale(version, progress=Silent())
    assert not stale(version).exists()
    Film.objects.filter(pk=films[0].pk).update(plot="Another plot, which nobody looks at.")
    assert not stale(version).exists()
    clip = Clip.objects.get(film=films[0])
    look, moves = EVERY_WAY["horror"](np.random.default_rng(9))
    make_pair(Path(settings.MEDIA_ROOT), clip, 77.0, draw_pair(look, moves, np.random.default_rng(9)))
    assert [film.pk for film in stale(version)] == [films[0].pk]
    predict_stale(version, progress=Silent())
    assert not stale(version).exists()


def test_every_champion_predicts_beside_the_others(films: list[Film], tmp_path: Path) -> None:
    """The loop that brings predictions up to date takes scene champions like any other."""
    from inference.tasks import predict_if_stale_task

    retrain("scene-fc", "--epochs", "1", folder=tmp_path)
    Job.objects.all().delete()
    number = predict_if_stale_task()
    assert number is not None
    from inference.tasks import predict_task

    predict_task(number)
    assert Job.objects.get(pk=number).state == Job.State.DONE
    assert Prediction.objects.filter(version__task="scenes").count() == 15
    assert predict_if_stale_task() is None


def test_a_challenger_is_compared_on_films_that_the_champion_has_not_seen(films: list[Film], tmp_path: Path) -> None:
    retrain("scene-fc", "--epochs", "1", folder=tmp_path)
    again = retrain("scene-fc", "--epochs", "1", folder=tmp_path)
    assert again["unchanged"]
    better = retrain("scene-flow-stats", "--epochs", "20", folder=tmp_path)
    assert better["comparison"]["against"] == "scenes-1"
    assert better["comparison"]["films"] >= 3
    assert "accuracy" in better["comparison"]["difference"]


def test_who_is_right_more_often_is_better_and_then_who_is_surer() -> None:
    from training.metrics import Truth

    truth = Truth.of(np.eye(3, dtype=np.int8))
    sure, unsure = np.eye(3) * 0.8 + 0.05, np.eye(3) * 0.2 + 0.2
    wrong = sure.copy()
    wrong[0] = [0.1, 0.8, 0.1]

    def judged(one: Any, other: Any) -> dict[str, Any]:
        return compare_scenes((one, one > 0.5), (other, other > 0.5), truth)

    assert judged(sure, wrong)["gain"] == pytest.approx(1 / 3)
    assert judged(sure, wrong)["better"]
    assert not judged(wrong, sure)["better"]
    assert (judged(sure, unsure)["gain"], judged(sure, unsure)["better"]) == (0, True)
    assert "surer" in judged(sure, unsure)["because"]
    assert not judged(unsure, sure)["better"]
    assert not judged(sure, sure)["better"]


def test_figures_count_films_and_pairs_apart() -> None:
    by_film = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]])
    by_pair = np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.1, 0.9]], np.float32)
    found = scene_figures(by_film, by_pair, np.array([0, 1, 1, 2]), np.array([0, 1, 1]), ["a", "b"])
    assert found["accuracy"]["value"] == pytest.approx(2 / 3)
    assert found["macro_accuracy"]["value"] == pytest.approx((1 + 1 / 2) / 2)
    assert found["pair_accuracy"]["value"] == pytest.approx(3 / 4)
    assert found["confusion"] == [[1, 0], [1, 1]]
    assert found["pair_confusion"] == [[1, 0], [1, 2]]
    assert [row["pairs"] for row in found["genres"]] == [1, 3]


# Which films ------------------------------------------------------------------------------------------------


def test_films_with_two_scene_genres_or_none_are_left_out(films: list[Film]) -> None:
    assert len(take_scenes().keys) == 15
    import_label(films[0], make_term("horror", Term.Kind.SCENE))
    with change_set(ChangeSet.Kind.IMPORT, None, note="test"):
        Label.objects.filter(film=films[1]).update(value=Label.Value.NO)
    Film.objects.filter(pk=films[2].pk).update(published=False)
    keys = take_scenes().keys
    assert len(keys) == 12
    assert not {films[row].key for row in range(3)} & set(keys)


def test_films_that_share_a_clip_are_in_one_part(films: list[Film]) -> None:
    before = take_scenes()
    part = dict(zip(before.keys, before.splits.tolist(), strict=True))
    other = next(film for film in films if part[film.key] != part[films[0].key])
    Clip.objects.filter(film__in=[films[0], other]).update(sha256="c" * 64)
    found = take_scenes(min_films=1)
    after = dict(zip(found.keys, found.splits.tolist(), strict=True))
    assert len({after.get(films[0].key), after.get(other.key)}) == 1


def test_more_training_films_or_fewer_can_be_asked_for(films: list[Film]) -> None:
    whole = take_scenes()
    assert (whole.labels == 1).sum(1).tolist() == [1] * 15
    fewer = take_scenes(per_term=2)
    assert fewer.counts["train"] == 6
    assert fewer.hash != whole.hash
    with pytest.raises(NotEnoughLabels, match="at least two genres with 9 films"):
        take_scenes(min_films=9)


def test_without_footage_the_command_says_what_is_missing(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="pairs of frames"):
        retrain("scene-fc", folder=tmp_path)
    with pytest.raises(CommandError, match="scene-flow-stats, scene-fc"):
        retrain("heads", folder=tmp_path)


def test_a_pair_whose_file_is_gone_is_left_out(films: list[Film]) -> None:
    frame = Frame.objects.filter(clip__film=films[0]).first()
    assert frame is not None
    frame.file.unlink()
    assert len(data.read_scenes([films[0].pk], None, Silent()).pairs) == 2


# Pages ------------------------------------------------------------------------------------------------------


def test_the_version_page_shows_what_is_taken_for_what(films: list[Film], tmp_path: Path, client: Client) -> None:
    retrain("scene-fc", "--epochs", "2", folder=tmp_path)
    make_user("vera")
    page = client.get(reverse("version", args=["scenes-1"])).content.decode()
    assert "What is taken for what" in page
    assert "2D animation" in page or "Animation 2d" in page
    assert page.count("confusion__cell--right") == 3
    tested = ModelVersion.objects.get().metrics["scenes"]["films"]
    assert all(Film.objects.get(key=row["film"]).title in page for row in tested)
    assert client.get(reverse("models")).status_code == 200
    assert client.get(reverse("run", args=[Run.objects.get().pk])).status_code == 200


def test_the_form_offers_scenes_with_what_they_need(client: Client, db: None) -> None:
    client.force_login(make_user("ada", role=User.Role.ADMIN))
    page = client.get(reverse("retrain") + "?task=scenes").content.decode()
    assert '<option value="scene-flow-stats" selected' in page
    response = client.post(
        reverse("retrain"),
        {
            "task": "scenes", "architecture": "scene-fc", "text_encoder": "minilm", "image_encoder": "starter",
            "split": "mmimdb", "min_films": 1, "seed": 0, "promote": "auto",
        },
    )  # fmt: skip
    assert response.status_code == 422
    assert "Unknown split" in response.content.decode()


def test_the_api_says_whether_a_prediction_of_scenes_is_stale(
    films: list[Film], tmp_path: Path, client: Client
) -> None:
    retrain("scene-fc", "--epochs", "1", folder=tmp_path)
    predict_stale(ModelVersion.objects.get(), progress=Silent())
    client.force_login(make_user("vera"))
    found = client.get(reverse("api-predictions") + f"?film={films[0].key}").json()["results"]
    assert [row["stale"] for row in found] == [False]
    Frame.objects.filter(clip__film=films[0]).first().delete()  # type: ignore[union-attr]
    found = client.get(reverse("api-predictions") + f"?film={films[0].key}").json()["results"]
    assert [row["stale"] for row in found] == [True]


def test_pages_show_what_a_champion_of_scenes_says(films: list[Film], tmp_path: Path, client: Client) -> None:
    retrain("scene-resnet50", "--epochs", "10", "--learning-rate", "1e-2", folder=tmp_path)
    predict_stale(ModelVersion.objects.get(), progress=Silent())
    client.force_login(make_user("carla", role=User.Role.CURATOR))
    for address in ("/", "/?review=1&sort=doubt", films[0].get_absolute_url()):
        assert client.get(address).status_code == 200, address


def test_a_version_is_judged_by_labels_from_a_file(films: list[Film], tmp_path: Path) -> None:
    retrain("scene-resnet50", "--epochs", "10", "--learning-rate", "1e-2", folder=tmp_path)
    rows = [f"{film.key},{film.key.removeprefix('scene-').rsplit('-', 1)[0]}" for film in films]
    (tmp_path / "labels.csv").write_text("\n".join(["key,scenes", *rows]))
    asked = ["scenes-1", "--labels", str(tmp_path / "labels.csv"), "--json", str(tmp_path / "judged.json")]
    call_command("evaluate", *asked)
    assert json.loads((tmp_path / "judged.json").read_text())["films"] == 15
    call_command("evaluate", *asked, "--test-only")
    judged = json.loads((tmp_path / "judged.json").read_text())
    assert judged["films"] == len(ModelVersion.objects.get().metrics["scenes"]["films"])


def test_scene_genres_are_not_compared_side_by_side(db: None) -> None:
    with pytest.raises(BadOption, match="retrain scene genres one by one"):
        Plan.of({"architectures": "heads", "options": {"task": "scenes"}})


def test_the_api_starts_it_with_what_the_task_needs(client: Client, db: None) -> None:
    client.force_login(make_user("ada", role=User.Role.ADMIN))
    response = client.post(reverse("api-retrain"), json.dumps({"task": "scenes"}), content_type="application/json")
    assert response.status_code == 202, response.content
    asked = RetrainOptions.of(Job.objects.get().params)
    assert (asked.architecture, asked.min_films) == ("scene-flow-stats", 1)
