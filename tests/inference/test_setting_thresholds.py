"""A threshold set by hand: logged, taken back, and in force wherever a threshold is used."""

import json
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from catalog import refreshing
from catalog.models import Film, FilmTerm, Job, Label, Review, Term, User
from catalog.progress import Silent
from catalog.scores import film_scores
from inference.models import Prediction, Preview
from inference.moved import _blocks
from inference.preview import is_stale
from inference.thresholds.setting import NotSet, set_threshold, take_back
from tests.factories import make_film, make_term, make_version, predict
from tests.training.test_registry import make_folder
from training import registry
from training.models import Cut, ModelVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def horror() -> Term:
    return make_term("horror", active=True)


@pytest.fixture
def version(horror: Term) -> ModelVersion:
    return make_version(make_term("comedy", active=True), horror, threshold=0.5)


@pytest.fixture
def film(version: ModelVersion) -> Film:
    film = make_film("Nosferatu")
    predict(film, version, 0.1, 0.6)
    return film


def carries(film: Film, term: Term) -> bool:
    return FilmTerm.objects.filter(film=film, term=term).exists()


def test_it_holds_at_once_and_is_logged(version: ModelVersion, film: Film, horror: Term, admin: User) -> None:
    assert film_scores([film.pk])[film.pk][horror.pk].proposed  # and this process remembers the version from now on
    change = set_threshold(version, "horror", 0.7, user=admin, reason=" fewer wrong ones ")
    score = film_scores([film.pk])[film.pk][horror.pk]
    assert (score.threshold, score.proposed) == (0.7, False)
    assert version.thresholds == [0.5, 0.7]
    assert (change.before, change.after, change.reason, change.by) == (0.5, 0.7, "fewer wrong ones", admin)


def test_search_follows_by_a_job_and_the_desk_picks_anew(
    version: ModelVersion, film: Film, horror: Term, admin: User
) -> None:
    doubt = Review.objects.get(film=film).doubt
    set_threshold(version, "horror", 0.7, user=admin, reason="better")
    assert list(Job.objects.order_by("pk").values_list("task", "queue")) == [
        (refreshing.TASK, "cpu"), ("inference.pick", "gpu")
    ]  # fmt: skip
    assert carries(film, horror)
    refreshing.refresh_all(Silent())
    review = Review.objects.get(film=film)
    assert (carries(film, horror), review.waiting) == (False, 0)
    assert review.doubt == pytest.approx(1 - 0.1 / 0.7) != doubt
    set_threshold(version, "horror", 0.3, user=admin, reason="better still")
    assert Job.objects.count() == 2  # those that wait do for both
    refreshing.refresh_all(Silent())
    assert carries(film, horror)


def test_what_people_said_stays(version: ModelVersion, film: Film, horror: Term, admin: User) -> None:
    from catalog import labelling

    labelling.accept(film, horror, user=admin, revision=film.revision)
    set_threshold(version, "horror", 1.0, user=admin, reason="never")
    refreshing.refresh_all(Silent())
    assert Label.objects.get(film=film).value == "yes"
    assert carries(film, horror)


def test_exports_go_by_it(version: ModelVersion, film: Film, admin: User, tmp_path: Path) -> None:
    set_threshold(version, "horror", 0.7, user=admin, reason="better")
    call_command("export_predictions", str(tmp_path / "said.csv"))
    said = (tmp_path / "said.csv").read_text()
    assert ",horror,0.600000,0.700000," in said
    assert ",comedy,0.100000,0.500000," in said


def test_back_to_what_training_found(version: ModelVersion, admin: User) -> None:
    for value in (0.7, 0.2, 0.9):
        set_threshold(version, "horror", value, user=admin, reason="trying")
    assert version.fitted_thresholds() == [0.5, 0.5]
    change = take_back(version, "horror", user=admin)
    assert (change.before, change.after, version.thresholds) == (0.9, 0.5, [0.5, 0.5])
    with pytest.raises(NotSet, match="already"):
        take_back(version, "horror", user=admin)


def test_the_sealed_folder_stays_and_has_the_fitted_ones(tmp_path: Path, horror: Term, admin: User) -> None:
    version = registry.register(make_folder(tmp_path / "made"))
    registry.promote(version, user=None)
    version.refresh_from_db()
    set_threshold(version, "horror", 0.9, user=admin, reason="better")
    sealed = json.loads((version.folder / "config.json").read_text())["thresholds"]
    assert sealed == version.fitted_thresholds() == [0.5, 0.5]
    np.testing.assert_array_equal(registry.load(version).thresholds, np.array([0.5, 0.5], np.float32))


@pytest.mark.parametrize(
    ("value", "reason", "said"),
    [
        (0.7, "  ", "Say why"),
        (1.01, "better", "from 0 to 1"),
        (-0.01, "better", "from 0 to 1"),
        (float("nan"), "better", "from 0 to 1"),
        (0.5, "better", "already"),
    ],
)
def test_what_is_refused_changes_nothing(
    version: ModelVersion, admin: User, value: float, reason: str, said: str
) -> None:
    with pytest.raises(NotSet, match=said):
        set_threshold(version, "horror", value, user=admin, reason=reason)
    version.refresh_from_db()
    assert (version.thresholds, version.revision) == ([0.5, 0.5], 0)
    assert not Cut.objects.exists()
    assert not Job.objects.exists()


def test_only_a_champion_s_are_set(version: ModelVersion, horror: Term, admin: User) -> None:
    other = make_version(horror, champion=False)
    with pytest.raises(NotSet, match="Only a champion"):
        set_threshold(other, "horror", 0.7, user=admin, reason="better")
    ModelVersion.objects.filter(pk=version.pk).update(champion=False)  # meanwhile, by somebody else
    with pytest.raises(NotSet, match="Only a champion"):
        set_threshold(version, "horror", 0.7, user=admin, reason="better")


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_both_ends_are_thresholds(version: ModelVersion, film: Film, horror: Term, admin: User, value: float) -> None:
    set_threshold(version, "horror", value, user=admin, reason="better")
    assert film_scores([film.pk])[film.pk][horror.pk].proposed is (value == 0)


def test_the_log_is_append_only(version: ModelVersion, admin: User) -> None:
    change = set_threshold(version, "horror", 0.7, user=admin, reason="better")
    for attempt in (lambda: Cut.objects.update(reason="x"), change.delete):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            attempt()


def test_receipts_count_by_the_fitted_ones(version: ModelVersion, film: Film, admin: User) -> None:
    set_threshold(version, "horror", 0.7, user=admin, reason="better")
    [block] = _blocks(version, [film.pk])
    assert block.decided.tolist() == [[False, True]]


def test_a_preview_is_of_its_thresholds(version: ModelVersion, film: Film, admin: User) -> None:
    preview = Preview.objects.create(version=version, against=version)
    Prediction.objects.update(input_hash=film.input_hash)
    assert not is_stale(preview)
    set_threshold(version, "horror", 0.7, user=admin, reason="better")
    assert is_stale(preview)
