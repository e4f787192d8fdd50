"""What a retraining would cost: from measured runs, scaled, and honest about what nobody has measured."""

import gc
import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from catalog import labelling, retracting
from catalog.models import Film, Job, Label, Term, User
from catalog.progress import Silent
from tests.factories import import_label, make_film, make_term, make_user
from training import cost, learning_curve, price, vectors
from training.cost import Meter
from training.learning_curve import Curve, Point
from training.models import ModelVersion, Run, Task
from training.options import RetrainOptions

pytestmark = pytest.mark.django_db
MINILM = "minilm 53aa51172d14-5d7d1e"


@pytest.fixture(autouse=True)
def _data(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def labelled(db: None) -> list[Film]:
    """Two hundred films, of which a hundred and sixty or so are to learn from."""
    Term.objects.update(active=False)
    terms = [make_term("comedy", active=True), make_term("horror", active=True)]
    films = [make_film(key=f"film-{n:03}", plot=f"A {terms[n % 2].slug} of sorts.") for n in range(200)]
    for n, film in enumerate(films):
        import_label(film, terms[n % 2])
        import_label(film, terms[1 - n % 2], Label.Value.NO)
    return films


def options(**changes: Any) -> RetrainOptions:
    return RetrainOptions(**{"image_encoder": "none", **changes})


def trained(seconds: float, *, films: int = 80, memory: int = 0, read: dict[str, Any] | None = None,
            **recipe: Any) -> ModelVersion:  # fmt: skip
    """A version whose training took so long, as far as the table says."""
    now = timezone.now()
    asked = options(**recipe)
    run = Run.objects.create(task="genres", state=Run.State.DONE, finished_at=now, options=asked.recipe)
    Run.objects.filter(pk=run.pk).update(started_at=now - timedelta(seconds=seconds))
    config = {
        "options": asked.recipe,
        "text_encoder": "minilm",
        "image_encoder": "none",
        "encoders": [MINILM],
        "films": {"train": films},
        "seconds": {"train": 0.1},
        "cost": {"memory": memory or None, "read": read or {}, "device": cost.device()},
    }
    return ModelVersion.objects.create(
        task="genres", number=run.pk, terms=["comedy", "horror"], thresholds=[0.5, 0.5], run=run, config=config,
        architecture=asked.architecture, manifest_sha256="0" * 64, dataset_hash="0" * 64,
    )  # fmt: skip


def encode(films: list[Film]) -> None:
    """Vectors of these films' plots are there already."""
    for film in films:
        film.refresh_from_db()
        vectors.store(MINILM, [film.text_hash], np.zeros((1, 4), np.float32))


def test_without_any_run_nothing_is_promised(labelled: list[Film]) -> None:
    found = price.price(options())
    assert (found.seconds, found.memory, found.fits, found.runs, found.gain) == (None, None, None, [], None)
    assert found.terms == 2 and found.films["train"] > 120


def test_time_is_scaled_to_the_films_of_now(labelled: list[Film]) -> None:
    encode(labelled)
    for seconds in (10, 20, 12):
        trained(seconds, films=80)
    found = price.price(options())
    scale = found.films["train"] / 80
    assert found.seconds is not None and found.like
    assert found.seconds.usual == pytest.approx(12 * scale, rel=0.01)
    assert (found.seconds.low, found.seconds.high) == pytest.approx((10 * scale, 20 * scale), rel=0.01)


def test_runs_of_the_same_recipe_count_before_others(labelled: list[Film]) -> None:
    trained(10, architecture="bert", epochs=1)
    like = trained(50, architecture="bert", epochs=5, seed=3)
    found = price.price(options(architecture="bert", epochs=5))
    assert found.runs == [like.name] and found.like
    other = price.price(options(architecture="bert", epochs=9))
    assert len(other.runs) == 2 and not other.like
    assert price.price(options()).runs == []


def test_runs_on_another_machine_say_nothing_of_this_one(labelled: list[Film]) -> None:
    version = trained(10)
    version.config["cost"]["device"] = "NVIDIA something"
    version.save()
    assert price.price(options()).runs == []


def test_memory_is_held_against_what_is_free(labelled: list[Film], monkeypatch: pytest.MonkeyPatch) -> None:
    trained(10, films=10_000, memory=2**30)  # fewer films now: the price is not less than what was measured
    monkeypatch.setattr(price, "free_memory", lambda: 2**31)
    found = price.price(options())
    assert found.memory is not None and found.memory.usual == 2**30 and found.fits is True
    monkeypatch.setattr(price, "free_memory", lambda: 2**30)
    assert price.price(options()).fits is False
    monkeypatch.setattr(price, "free_memory", lambda: None)
    assert price.price(options()).fits is None


def test_vectors_that_are_missing_are_counted_and_priced(labelled: list[Film]) -> None:
    version = trained(10, films=80, read={"plots": [1000, 20.0]})
    encode(labelled[:150])
    found = price.price(options())
    [unread] = found.unread
    assert (unread.kind, unread.number) == ("plots", 50) and unread.seconds == pytest.approx(1.0)
    # What its own encoding took is left out of the run's ten seconds (the training alone took 0.1).
    assert found.seconds is not None and found.seconds.usual == pytest.approx(
        0.1 * found.films["train"] / 80 + 1.0, rel=0.01
    )
    version.config["cost"]["read"] = {}
    version.save()
    assert price.price(options()).unpriced[0].number == 50


def test_an_encoder_that_was_never_used_has_everything_to_read(labelled: list[Film]) -> None:
    trained(10)
    [unread] = price.price(options(text_encoder="some/other")).unread
    assert (unread.number, unread.seconds) == (200, None)


def test_an_architecture_that_was_only_compared_is_priced_by_that(labelled: list[Film], tmp_path: Path) -> None:
    content = {
        "format": 1, "task": "genres", "dataset": {"films": {"train": 80}},
        "rows": [{"id": "late", "architecture": "late", "models": [{"device": cost.device(), "train_seconds": 40.0}]}],
    }  # fmt: skip
    (tmp_path / "comparisons").mkdir()
    (tmp_path / "comparisons" / "all.json").write_text(json.dumps(content))
    found = price.price(options(architecture="late", image_encoder="starter"))
    assert found.runs == ["all"] and found.seconds is not None
    assert found.seconds.usual == pytest.approx(40 * found.films["train"] / 80)


def test_changed_labels_are_those_of_people_since_the_last_run(labelled: list[Film]) -> None:
    horror, carla = Term.objects.get(kind="genre", slug="horror"), make_user("carla", role=User.Role.CURATOR)
    film = Film.objects.get(pk=labelled[0].pk)
    labelling.accept(film, horror, user=carla, revision=film.revision)
    assert price.changed_since_training(Task.GENRES) == 1
    assert price.changed_since_training(Task.TAGS) == 0
    Run.objects.create(task="genres", state=Run.State.DONE)
    assert price.changed_since_training(Task.GENRES) == 0


@pytest.fixture
def misled(labelled: list[Film]) -> User:
    """Says no of 60 films of 100 that were imported as horror."""
    carla, horror = make_user("carla", role=User.Role.CURATOR), Term.objects.get(kind="genre", slug="horror")
    turn_round(labelled[1:121:2], horror, carla)
    return carla


def turn_round(films: list[Film], term: Term, user: User) -> None:
    for film in films:
        film.refresh_from_db()
        labelling.reject(film, term, user=user, revision=film.revision)


def test_one_who_has_turned_round_many_labels_is_named_before_a_model_learns_them(misled: User) -> None:
    [one] = price.price(options()).turned
    assert (one.person, one.labels) == ("carla", 60)
    assert one.share == pytest.approx(60 / 140)  # of the 200 labels that were yes, 140 still are
    out = StringIO()
    call_command("retrain", "genres", "--price", "--image-encoder", "none", stdout=out)
    assert "carla alone has turned round 60 labels since the last run, 43%" in out.getvalue()
    admin = make_user("ada", role=User.Role.ADMIN)
    client = Client()
    client.force_login(admin)
    for page in ("/models/retrain/", "/health/labels/"):
        assert "carla alone has turned round 60 labels" in client.get(page).text, page
    retracting.retract(misled, user=admin)
    assert price.price(options()).turned == []


def test_what_was_learned_already_is_not_named_again(misled: User) -> None:
    Run.objects.create(task="genres", state=Run.State.DONE)
    assert price.price(options()).turned == []


def test_new_answers_and_second_thoughts_of_ones_own_are_no_reason(labelled: list[Film]) -> None:
    carla, horror = make_user("carla", role=User.Role.CURATOR), Term.objects.get(kind="genre", slug="horror")
    war, tag = make_term("war", active=True), make_term("eerie", Term.Kind.TAG)
    for film in labelled[:60]:
        labelling.accept(film, war, user=carla, revision=film.revision)  # nobody had said anything
    turn_round(labelled[:60], war, carla)  # a second thought
    for film in labelled[:60]:
        import_label(film, tag)
    turn_round(labelled[:60], tag, carla)  # another task
    turn_round(labelled[61:121:2], horror, carla)  # thirty are few
    assert price.price(options()).turned == []


# What it may bring -----------------------------------------------------------------------------------------------


def keep_curve(slope: float = 0.02, spread: float = 0.005) -> Curve:
    slopes = [slope + spread * place / 50 for place in range(-50, 51)]
    points = [Point(films, 0.5, 0.4, 0.6, 1.0) for films in (100, 200, 400)]
    curve = Curve("genres", "heads", "2026-01-01T00:00:00+00:00", points, slopes, slope)
    file = learning_curve.kept("genres", "heads")
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(curve, default=vars))
    return curve


def test_the_gain_of_more_films_is_read_from_the_curve(labelled: list[Film]) -> None:
    keep_curve()
    gain = learning_curve.expected(options(), 150, 100)
    assert gain is not None and gain.films == 50 and gain.value is not None
    assert gain.value == pytest.approx(0.02 * np.log2(1.5))
    assert gain.low is not None and gain.high is not None and gain.low < gain.value < gain.high
    assert gain.per_doubling[0] == 0.02


def test_fewer_films_are_expected_to_cost(labelled: list[Film]) -> None:
    keep_curve()
    gain = learning_curve.expected(options(), 80, 100)
    assert gain is not None and gain.value is not None and gain.low is not None and gain.high is not None
    assert gain.low < gain.value < gain.high < 0


def test_nothing_is_told_far_beyond_the_curve_or_without_one(labelled: list[Film]) -> None:
    assert learning_curve.expected(options(), 150, 100) is None
    keep_curve()
    gain = learning_curve.expected(options(), 201, 100)
    assert gain is not None and gain.value is None
    assert learning_curve.expected(options(architecture="bert"), 150, 100) is None
    assert learning_curve.expected(options(), 150, 0) is None
    learning_curve.kept("genres", "heads").write_text("{damaged")
    assert learning_curve.expected(options(), 150, 100) is None


def test_a_slope_is_the_gain_per_doubling() -> None:
    films = [50, 100, 200, 400]
    assert learning_curve._slope(films, [0.1, 0.5, 0.52, 0.54]) == pytest.approx(0.02)


# Measuring -------------------------------------------------------------------------------------------------------


def test_a_meter_counts_by_unit_and_passes_everything_on() -> None:
    outer = Silent()
    meter = Meter(outer)
    meter.start(30, "plots", "Reading plots")
    meter.advance(10)
    meter.advance(20)
    meter.start(None, "films")
    meter.advance(5)
    meter.fail("film-1", "no picture")
    found = meter.cost()
    assert list(found["read"]) == ["plots"] and found["read"]["plots"][0] == 30
    assert outer.failures == [("film-1", "no picture")]
    assert found["device"] == cost.device()


def test_peak_memory_is_that_of_the_work_itself() -> None:
    gc.collect()  # what other tests left would make room for the block
    cost.forget_peak()
    before = cost.peak_memory()
    block = np.ones(400 * 2**20 // 8)
    during = cost.peak_memory()
    assert before is not None and during is not None and during - before > 200 * 2**20
    del block
    assert (cost.peak_memory() or 0) > before + 200 * 2**20  # the peak, not what is held now
    assert (cost.free_memory() or 0) > 2**20


# The form, the API and the command ---------------------------------------------------------------------------------


@pytest.fixture
def ada(admin: User) -> Client:
    client = Client()
    client.force_login(admin)
    return client


FORM = {
    "task": "genres", "architecture": "heads", "text_encoder": "minilm", "image_encoder": "none", "split": "hash",
    "min_films": "20", "seed": "0", "promote": "auto",
}  # fmt: skip


def test_the_form_tells_the_price_before_anything_starts(ada: Client, labelled: list[Film]) -> None:
    encode(labelled)
    trained(10, films=160, memory=2**30)
    page = " ".join(ada.get("/models/retrain/").content.decode().split())
    assert "What it would cost" in page and "This architecture was never trained here" not in page
    other = ada.post("/models/retrain/", {**FORM, "architecture": "bert", "wanted": "price"})
    assert other.status_code == 200 and "never trained here" in other.content.decode()
    assert not Job.objects.exists()


def test_the_price_follows_the_options_by_htmx(ada: Client, labelled: list[Film]) -> None:
    headers = {"HX-Request": "true", "HX-Target": "price"}
    page = ada.post("/models/retrain/", {**FORM, "wanted": "price"}, headers=headers).content.decode()
    assert "<html" not in page and 'id="price"' in page
    wrong = ada.post("/models/retrain/", {**FORM, "text_encoder": "none", "wanted": "price"}, headers=headers)
    assert wrong.status_code == 422 and "nothing to learn from" in wrong.content.decode()
    assert not Job.objects.exists()


def test_a_curve_is_measured_as_a_job(ada: Client, labelled: list[Film]) -> None:
    ada.post("/models/retrain/", {**FORM, "wanted": "curve"})
    job = Job.objects.get()
    assert (job.task, job.params["architecture"]) == ("training.learning_curve", "heads")
    scenes = {**FORM, "task": "scenes", "architecture": "scene-fc", "image_encoder": "starter", "wanted": "curve"}
    refused = ada.post("/models/retrain/", scenes)
    assert refused.status_code == 422 and "no learning curve" in refused.content.decode()
    assert Job.objects.count() == 1


def test_the_gain_stands_on_the_form(ada: Client, labelled: list[Film]) -> None:
    keep_curve()
    champion = trained(10, films=100)
    ModelVersion.objects.filter(pk=champion.pk).update(champion=True)
    page = " ".join(ada.get("/models/retrain/").content.decode().split())
    assert "Twice as many would bring +2.0 points" in page and "films more than the champion learned from" in page


def test_programs_ask_for_the_price_as_well(ada: Client, labelled: list[Film]) -> None:
    trained(10, films=160, memory=2**30)
    found = ada.get("/api/retrain/price/?task=genres&image_encoder=none").json()
    assert found["films"]["train"] == price.price(options()).films["train"]
    assert found["seconds"]["usual"] > 1 and found["memory"]["usual"] >= 2**30
    assert ada.get("/api/retrain/price/?task=genres&architecture=magic").status_code == 400
    assert not Job.objects.exists()


def test_the_command_tells_the_price_and_trains_nothing(labelled: list[Film], tmp_path: Path) -> None:
    trained(10, films=160, memory=2**30)
    keep_curve()
    runs, out = Run.objects.count(), StringIO()
    call_command(
        "retrain", "genres", "--image-encoder", "none", "--price", "--json", tmp_path / "price.json", stdout=out
    )
    assert "Time: about" in out.getvalue() and "Memory: about 1.0" in out.getvalue()
    assert "plots to encode first: not measured here yet" in out.getvalue()
    assert json.loads((tmp_path / "price.json").read_text())["terms"] == 2
    assert Run.objects.count() == runs
