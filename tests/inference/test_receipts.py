"""Receipts: whose decisions went into a version, and which other films moved because of them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from catalog import labelling
from catalog.models import ChangeSet, Film, Job, Label, Term, User
from catalog.progress import Silent
from inference import receipts
from inference.models import Prediction, Receipt
from inference.predict import predict_stale
from inference.tasks import predict_task, receipts_task
from tests.factories import import_label, make_film, make_term, make_user
from tests.inference.test_tasks import _claim_here
from training import architectures, registry, retraining
from training.models import ModelVersion, Promotion, Run
from training.options import RetrainOptions
from training.splits import split_of

pytestmark = pytest.mark.django_db
GROUPS = ("Ghosts", "Cowboys", "Robots")


@pytest.fixture(autouse=True)
def _grouping(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    settings.RECEIPT_SECONDS = 60
    plain = architectures.Architecture("tests.inference.grouping", sees=("text",))
    monkeypatch.setitem(architectures.ARCHITECTURES, "grouping", plain)
    monkeypatch.setattr("catalog.jobs.send", lambda job: None)
    monkeypatch.setattr(Job, "claim", _claim_here)
    for name in ("training.data.named_encoders", "training.retraining.named_encoders",
                 "training.challenge.named_encoders"):  # fmt: skip
        monkeypatch.setattr(name, lambda *names: (None, None))


@pytest.fixture
def terms(db: None) -> list[Term]:
    Term.objects.update(active=False)
    return [make_term("horror", active=True), make_term("western", active=True)]


@pytest.fixture
def people(db: None) -> tuple[User, User]:
    return make_user("carla", role=User.Role.CURATOR), make_user("chul", role=User.Role.CURATOR)


@pytest.fixture
def films(terms: list[Term]) -> dict[str, list[Film]]:
    """Of each group sixty films that a source has labelled with no genre, and ten of which nothing is said.

    One Robots film in three has both genres, so that there is something to learn.
    """
    made: dict[str, list[Film]] = {}
    for group in GROUPS:
        made[group] = [make_film(key=f"{group}-{n}", plot=f"{group} come.") for n in range(70)]
        for n, film in enumerate(made[group][:60]):
            for term in terms:
                yes = group == "Robots" and n % 3 == 0
                import_label(film, term, Label.Value.YES if yes else Label.Value.NO)
    return made


def say(films: list[Film], term: Term, user: User, value: Label.Value = Label.Value.YES) -> None:
    for film in films:
        found = Film.objects.get(pk=film.pk)
        labelling.decide(found, term, value, user=user, revision=found.revision)


def learned(films: list[Film]) -> list[Film]:
    """Those that a model learns from."""
    return [film for film in films[:60] if split_of(film.key) == "train"]


def retrained() -> ModelVersion:
    """A new champion from the labels of now, which has predicted everything."""
    options = RetrainOptions(architecture="grouping", min_films=1, promote="force", image_encoder="none", force=True)
    outcome = retraining.retrain(options, Silent())
    assert outcome.version is not None
    predict_stale(outcome.version, progress=Silent())
    return outcome.version


def test_decisions_move_the_other_films_of_their_group(
    films: dict[str, list[Film]], terms: list[Term], people: tuple[User, User]
) -> None:
    retrained()
    say(learned(films["Ghosts"]), terms[0], people[0])
    found = {receipt.user: receipt for receipt in receipts.make(retrained(), Silent())}
    receipt = found[people[0]]
    assert list(found) == [people[0]]
    # The ten Ghosts of which nothing was said are horror now; labelled films show their labels as before.
    assert (receipt.decisions, receipt.moved) == (len(learned(films["Ghosts"])), 10)
    assert receipt.figures["how"] == "without" and receipt.figures["terms"] == {"horror": [10, 0]}


def test_each_is_told_what_their_own_decisions_did(
    films: dict[str, list[Film]], terms: list[Term], people: tuple[User, User]
) -> None:
    retrained()
    say(learned(films["Ghosts"]), terms[0], people[0])
    say(learned(films["Cowboys"]), terms[1], people[1])
    found = {receipt.user: receipt for receipt in receipts.make(retrained(), Silent())}
    assert found[people[0]].figures["terms"] == {"horror": [10, 0]}
    assert found[people[1]].figures["terms"] == {"western": [10, 0]}


def test_confirming_what_was_known_moves_nothing(
    films: dict[str, list[Film]], terms: list[Term], people: tuple[User, User]
) -> None:
    retrained()
    say(learned(films["Ghosts"]), terms[0], people[0], Label.Value.NO)
    [receipt] = receipts.make(retrained(), Silent())
    assert receipt.decisions > 0 and receipt.moved == 0


def test_ones_own_films_are_not_other_films(
    films: dict[str, list[Film]], terms: list[Term], people: tuple[User, User]
) -> None:
    retrained()
    say(learned(films["Ghosts"]), terms[0], people[0])
    say(films["Ghosts"][60:64], terms[1], people[0], Label.Value.NO)  # of which horror is still open
    [receipt] = receipts.make(retrained(), Silent())
    assert receipt.moved == 6


def test_what_somebody_else_decided_anew_or_took_back_is_not_ones_part(
    films: dict[str, list[Film]], terms: list[Term], people: tuple[User, User]
) -> None:
    retrained()
    mine = learned(films["Ghosts"])[:6]
    say(mine, terms[0], people[0])
    say(mine[:2], terms[0], people[1], Label.Value.NO)
    last = ChangeSet.objects.filter(user=people[0]).latest("pk")
    labelling.undo(last, user=people[0])
    parts = {part.user_id: len(part.cells) for part in receipts.parts(retrained())}
    assert parts == {people[0].pk: 3, people[1].pk: 2}


def test_only_what_came_since_the_last_champion_counts(
    films: dict[str, list[Film]], terms: list[Term], people: tuple[User, User]
) -> None:
    say(learned(films["Ghosts"])[:5], terms[0], people[0])
    first = retrained()
    assert {part.user_id: len(part.cells) for part in receipts.parts(first)} == {people[0].pk: 5}
    say(learned(films["Ghosts"])[5:8], terms[0], people[0])
    second = retrained()
    say(learned(films["Ghosts"])[8:12], terms[0], people[0])  # too late for it
    assert {part.user_id: len(part.cells) for part in receipts.parts(second)} == {people[0].pk: 3}
    Promotion.objects.filter(version=second).delete()
    Run.objects.filter(version=second).update(started_at=timezone.now() + timedelta(hours=1))
    again = registry.find(second.name)
    assert {part.user_id: len(part.cells) for part in receipts.parts(again)} == {people[0].pk: 12}


def test_labels_that_changed_since_are_not_held_against_a_person(
    films: dict[str, list[Film]], terms: list[Term], people: tuple[User, User]
) -> None:
    """The training cannot be repeated then: what changed from champion to champion is counted, and said to be that."""
    retrained()
    say(learned(films["Ghosts"]), terms[0], people[0])
    version = retrained()
    say(films["Robots"][:1], terms[0], people[1], Label.Value.UNKNOWN)
    [receipt] = receipts.make(version, Silent())
    assert receipt.figures["how"] == "counted" and receipt.figures["terms"] == {"horror": [10, 0]}


def test_who_does_not_fit_into_the_time_gets_a_plain_count(
    films: dict[str, list[Film]], terms: list[Term], people: tuple[User, User], settings: Any
) -> None:
    settings.RECEIPT_SECONDS = 0
    retrained()
    say(learned(films["Ghosts"]), terms[0], people[0])
    say(learned(films["Cowboys"])[:1], terms[1], people[1])
    found = {receipt.user: receipt for receipt in receipts.make(retrained(), Silent())}
    assert {receipt.figures["how"] for receipt in found.values()} == {"counted"}
    assert (found[people[0]].moved, found[people[1]].moved) == (10, 0)  # western moved nowhere


def test_a_promotion_makes_receipts_once_it_has_predicted(
    films: dict[str, list[Film]], terms: list[Term], people: tuple[User, User]
) -> None:
    retrained()
    say(learned(films["Ghosts"]), terms[0], people[0])
    version = retrained()
    Prediction.objects.filter(version=version).delete()
    predict_task(Job.objects.filter(task="inference.predict").latest("pk").pk)
    job = Job.objects.get(task=receipts.TASK)
    assert not Receipt.objects.exists()
    receipts_task(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"receipts": 1})
    assert Receipt.objects.get().moved == 10
    assert receipts.start(version) is None  # a rollback to it later is no second receipt
    assert receipts.make(version, Silent()) == []


def test_nobody_has_a_part_in_a_version_that_was_not_trained_here(
    films: dict[str, list[Film]], terms: list[Term], people: tuple[User, User]
) -> None:
    version = retrained()
    say(learned(films["Ghosts"]), terms[0], people[0])
    copy = registry.register_copy(version.folder)
    registry.promote(copy, user=None)
    assert receipts.parts(copy) == [] and receipts.start(copy) is None
