"""From corrected tags to an adapter: which frames and tags, the run and the version that come of it, the ablation."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from catalog import jobs, labelling
from catalog.models import Clip, Film, Frame, Job, Label, Term, User
from catalog.progress import Cancelled, Silent
from tests.factories import import_label, make_clip, make_film, make_frame, make_term, make_user, make_version
from tests.signing_in import confirm
from tests.training import tiny_vlm
from training import captioner, registry
from training.captioner import ablation, examples, finetuning, scoring
from training.captioner.examples import FRAMES_JUDGED, gather
from training.captioner.finetuning import finetune
from training.captioner.options import FinetuneOptions
from training.captioner.tuning import LossExploded, Tuning
from training.loop import one_core
from training.models import ModelVersion, Promotion, Run, Task
from training.options import BadOption
from training.snapshot import NotEnoughLabels
from training.splits import split_of
from training.tasks import finetune_tagger_task

pytestmark = pytest.mark.django_db
NAMES = sorted({name for names in tiny_vlm.TAGS for name in names})


@pytest.fixture(scope="module")
def llava(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_vlm.llava(tmp_path_factory.mktemp("models") / "llava")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return sorted(tiny_vlm.frames(tmp_path_factory.mktemp("frames"), 30).glob("*.jpg"))


@pytest.fixture(autouse=True)
def _data_of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"


def key_in(part: str, number: int = 0) -> str:
    """The key of a film that the split puts there."""
    return [key for key in (f"film-{place}" for place in range(400)) if split_of(key) == part][number]


class Site:
    """Films with frames and tags."""

    def __init__(self, pictures: list[Path], person: User) -> None:
        self.pictures, self.person, self.used = pictures, person, 0
        self.tags = {name: make_term(name, Term.Kind.TAG, name_en=name.capitalize()) for name in NAMES}

    def film(self, part: str, colour: int, frames: int = 3, *, number: int = 0, **fields: Any) -> Film:
        film = make_film(key=key_in(part, number), **fields)
        for name in tiny_vlm.TAGS[colour]:
            import_label(film, self.tags[name])
        clip = make_clip(film)
        for place in range(frames):
            self.frame(clip, place, colour)
        return film

    def frame(self, clip: Clip, place: int, colour: int, **fields: Any) -> Frame:
        frame = make_frame(clip, float(place), **fields)
        frame.file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.pictures[3 * (self.used % 10) + colour], frame.file)
        self.used += 1
        return frame

    def decide(self, film: Film, name: str, value: str = "yes") -> None:
        film.refresh_from_db()
        labelling.decide(film, self.tags[name], Label.Value(value), user=self.person, revision=film.revision)


@pytest.fixture
def site(pictures: list[Path], db: None) -> Site:
    return Site(pictures, make_user("carla", role=User.Role.CURATOR))


@pytest.fixture
def three_films(site: Site) -> Site:
    """Two films to learn from, one to judge by, one that is for tests."""
    site.film("train", 0, number=0)
    site.film("train", 1, number=1)
    site.film("validation", 0)
    site.film("test", 2)
    return site


def options(model: Path | str = "m", **changes: Any) -> FinetuneOptions:
    return FinetuneOptions(
        **{"model": str(model), "rank": 4, "epochs": 2, "batch": 3, "learning_rate": 0.01, **changes}
    )


# Which frames and tags --------------------------------------------------------------------------------------


def test_no_film_is_in_two_parts_and_test_films_in_none(three_films: Site) -> None:
    material = gather(options())
    train, validation = ({one.film for one in part} for part in (material.train, material.validation))
    assert train == {key_in("train", 0), key_in("train", 1)} and validation == {key_in("validation")}
    assert len(material.train) == 6 and material.films == {"train": 2, "validation": 1, "test": 0}
    assert material.names == {"night": "night", "rain": "rain", "space": "space"}, "war is on a test film only"
    assert not material.held_out


def test_test_films_of_any_official_split_stay_out(three_films: Site) -> None:
    Film.objects.filter(key=key_in("train", 1)).update(external={"split:mpst": "test"})
    assert {one.film for one in gather(options()).train} == {key_in("train", 0)}


def test_an_official_split_is_used_as_it_is(three_films: Site) -> None:
    for key, part in ((key_in("train", 0), "val"), (key_in("validation"), "train")):
        Film.objects.filter(key=key).update(external={"split:mpst": part})
    material = gather(options(split="mpst"))
    assert {one.film for one in material.train} == {key_in("validation")}
    assert {one.film for one in material.validation} == {key_in("train", 0)}


def test_people_come_first(three_films: Site) -> None:
    decided = Film.objects.get(key=key_in("train", 1))
    three_films.decide(decided, "war")
    three_films.decide(decided, "space", "no")
    three_films.decide(Film.objects.get(key=key_in("train", 0)), "rain", "no")
    examples = {one.film: one for one in gather(options()).train}
    assert examples[key_in("train", 1)].tags == ("war",) and examples[key_in("train", 1)].decided == 1
    assert examples[key_in("train", 0)].tags == ("night",)
    limited = gather(options(limit=2)).train
    assert {one.film for one in limited} == {key_in("train", 1)}


def test_a_limit_takes_films_in_turn(three_films: Site) -> None:
    assert sorted(one.film for one in gather(options(limit=4)).train) == sorted(
        [key_in("train", 0), key_in("train", 1)] * 2
    )
    assert gather(options(limit=4)).train == gather(options(limit=4)).train


def test_first_frames_of_pairs_stand_in_where_there_are_no_others(site: Site) -> None:
    pairs, both = site.film("train", 0, frames=0), site.film("train", 1, frames=2, number=1)
    pair = site.frame(make_clip(pairs), 1, 0, next_sha256="f" * 64)
    site.frame(make_clip(both), 1, 1, next_sha256="e" * 64)
    site.film("validation", 0)
    found = gather(options()).train
    assert [one.frame for one in found if one.film == pairs.key] == [pair.file]
    assert len([one for one in found if one.film == both.key]) == 2


def test_frames_that_are_gone_are_counted_and_left_out(three_films: Site) -> None:
    Frame.objects.filter(clip__film__key=key_in("train", 0)).earliest("pk").file.unlink()
    material = gather(options())
    assert material.missing == 1 and len(material.train) == 5


def test_hidden_films_and_inactive_tags_teach_nothing(three_films: Site) -> None:
    Film.objects.filter(key=key_in("train", 1)).update(published=False)
    Term.objects.filter(slug="rain").update(active=False)
    assert {one.tags for one in gather(options()).train} == {("night",)}


def test_a_few_frames_of_a_validation_film_are_enough(site: Site) -> None:
    site.film("train", 0)
    site.film("validation", 1, frames=20)
    assert len(gather(options()).validation) == FRAMES_JUDGED


def test_among_few_films_one_is_held_out_to_judge_by(site: Site) -> None:
    for number in range(3):
        site.film("train", number, number=number)
    material = gather(options())
    assert len(material.held_out) == 1 and {one.film for one in material.validation} == set(material.held_out)
    assert not {one.film for one in material.train} & set(material.held_out)


def test_one_film_is_too_few(site: Site) -> None:
    site.film("train", 0)
    with pytest.raises(NotEnoughLabels, match="1 films outside the test part have frames and tags"):
        gather(options())


def test_the_fingerprint_follows_frames_and_tags(three_films: Site) -> None:
    before = gather(options()).hash
    assert gather(options(rank=8)).hash == before
    three_films.decide(Film.objects.get(key=key_in("train", 0)), "war")
    assert gather(options()).hash != before


def test_queries_do_not_grow_with_films(site: Site, django_assert_num_queries: Callable[..., Any]) -> None:
    for number in range(4):
        site.film("train", number % 3, number=number)
    with django_assert_num_queries(3):
        gather(options())


# The version ------------------------------------------------------------------------------------------------


@pytest.fixture
def outcome(three_films: Site, llava: Path) -> finetuning.Outcome:
    return finetune(options(llava, epochs=6), Silent())


def test_an_adapter_is_a_version_like_any_other(outcome: finetuning.Outcome, llava: Path) -> None:
    version, run = outcome.version, Run.objects.get()
    assert version and version.task == Task.TAGS and version.architecture == "captioner-lora" and not version.champion
    assert sorted(file.name for file in version.folder.iterdir()) == [
        "README.md",
        "config.json",
        "manifest.json",
        "model.safetensors",
    ]
    assert version.terms == ["night", "rain", "space"] and version.run == run and run.state == Run.State.DONE
    assert [row["epoch"] for row in run.curves] == [1, 2, 3, 4, 5, 6]
    assert run.curves[-1]["train_loss"] < run.curves[0]["train_loss"]
    tagger = version.metrics["tagger"]
    assert tagger["loss"] == min(row["validation_loss"] for row in run.curves)
    assert tagger["before"]["exact"]["f1"] == 0.0 and tagger["after"]["films"] == 1 and tagger["after"]["frames"] == 3
    card = (version.folder / "README.md").read_text()
    for said in ("rank 4 and alpha 8", "`llava`", "6 frames of 2 films", "night, rain, space", "Which tags fit"):
        assert said in card, said
    assert str(llava) not in card


def test_a_version_captions_after_its_folder_was_checked(outcome: finetuning.Outcome, pictures: list[Path]) -> None:
    assert outcome.version
    model = captioner.load_version(outcome.version)
    assert f"+ {outcome.version.name} " in model.name and model.most_tokens == outcome.version.config["most_tokens"]
    assert len([one for part in model.captions(pictures[:3]) for one in part]) == 3
    (outcome.version.folder / "README.md").write_text("changed")
    with pytest.raises(registry.DamagedModel):
        captioner.load_version(outcome.version)


def test_other_versions_caption_nothing(db: None) -> None:
    with pytest.raises(captioner.EncoderUnavailable, match="genres-1 is not an adapter"):
        captioner.load_version(make_version(make_term("horror")))


def test_nothing_is_taught_twice(outcome: finetuning.Outcome, llava: Path, three_films: Site) -> None:
    again = finetune(options(llava, epochs=6), Silent())
    assert again.version is None and again.run == outcome.run and ModelVersion.objects.count() == 1
    assert finetune(options(llava, epochs=1), Silent()).version is not None
    assert finetune(options(llava, epochs=6, force=True), Silent()).version is not None


def test_an_adapter_never_becomes_champion(outcome: finetuning.Outcome, client: Client, admin: User) -> None:
    champion = make_version(make_term("rain", Term.Kind.TAG))
    assert outcome.version
    name, sentence = outcome.version.name, "captions frames and gives no scores of films"
    with pytest.raises(registry.PredictsNothing, match=sentence):
        registry.promote(outcome.version, user=admin)
    with pytest.raises(CommandError, match=sentence):
        call_command("promote", name)
    client.force_login(admin)
    confirm(client)
    assert sentence in client.post(f"/models/{name}/promote/", follow=True).content.decode()
    answer = client.post(reverse("api-promote", args=[name]), {}, content_type="application/json")
    assert answer.status_code == 409 and sentence in json.dumps(answer.json())
    assert registry.champion(Task.TAGS) == champion and not Promotion.objects.exists()
    with pytest.raises(registry.PredictsNothing):
        registry.load(outcome.version)


def test_its_page_shows_what_an_adapter_has(outcome: finetuning.Outcome, client: Client, admin: User) -> None:
    assert outcome.version
    client.force_login(admin)
    page = " ".join(client.get(f"/models/{outcome.version.name}/").content.decode().split())
    for said in ("An adapter for llava, of rank 4 and alpha 8", "Match ratio", "Unmatched tags", "Which tags fit"):
        assert said in page, said
    assert "On the frozen test films" not in page and "Make it the champion" not in page
    assert outcome.version.name in client.get("/models/").content.decode()
    assert client.get(reverse("run", args=[outcome.run.pk])).status_code == 200


# The job ----------------------------------------------------------------------------------------------------


def test_the_job_teaches_and_tells(three_films: Site, llava: Path) -> None:
    job = jobs.start("training.finetune_tagger", options(llava).asked, user=three_films.person, queue="gpu")
    finetune_tagger_task(job.pk)
    job.refresh_from_db()
    version = ModelVersion.objects.get()
    assert job.state == Job.State.DONE, job.message
    assert job.result["version"] == version.name and (job.done, job.total, job.unit) == (4, 4, "steps")
    assert version.run and version.run.job == job and version.run.started_by == three_films.person


def test_a_cancelled_job_goes_on_where_it_was(
    three_films: Site, llava: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stops(Silent):
        made = 0

        def advance(self, count: int = 1, message: str | None = None) -> None:
            self.made += count
            if self.made == 3:
                raise Cancelled

    run = Tuning.run
    monkeypatch.setattr(Tuning, "run", lambda self, **rest: run(self, **{**rest, "keep_seconds": 0}))
    with pytest.raises(Cancelled):
        finetune(options(llava), Stops())
    assert Run.objects.get().state == Run.State.CANCELLED and not ModelVersion.objects.exists()
    assert len(list(settings.DATA_DIR.glob("checkpoints/*/adapter.pt"))) == 1
    steps = Stops()
    steps.made = -99
    version = finetune(options(llava), steps).version
    assert version and version.run and len(version.run.curves) == 2
    whole = finetune(options(llava, force=True), Silent()).version
    assert whole
    weights = [(found.folder / "model.safetensors").read_bytes() for found in (version, whole)]
    assert weights[0] == weights[1]
    assert not list(settings.DATA_DIR.glob("checkpoints/*")), "what is done needs no checkpoint"


def test_a_killed_command_is_not_running_for_ever(three_films: Site, llava: Path) -> None:
    asked = finetuning._asked(options(llava))
    killed = Run.objects.create(task=Task.TAGS, options=asked, dataset_hash=gather(options(llava)).hash)
    other = Run.objects.create(task=Task.TAGS, options={**asked, "rank": 99}, dataset_hash=killed.dataset_hash)
    finetune(options(llava), Silent())
    killed.refresh_from_db()
    other.refresh_from_db()
    assert killed.state == Run.State.FAILED and other.state == Run.State.RUNNING


def test_a_training_that_runs_off_is_a_failed_run_with_a_sentence(
    three_films: Site, llava: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loss = Tuning._loss
    monkeypatch.setattr(Tuning, "_loss", lambda self, *given: loss(self, *given) * float("inf"))
    with pytest.raises(LossExploded):
        finetune(options(llava), Silent())
    run = Run.objects.get()
    assert run.state == Run.State.FAILED and "Try a learning rate below 0.01, or a rank below 4" in run.message


# The command ------------------------------------------------------------------------------------------------


def command(*arguments: str) -> None:
    call_command("finetune_tagger", *arguments, "--epochs", "1", "--batch", "3", "--learning-rate", "0.01")


def test_the_command_tells_and_writes_figures(
    three_films: Site, llava: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command("--model", str(llava), "--rank", "4", "--tags-per-prompt", "1", "--json", str(tmp_path / "out.json"))
    told, written = capsys.readouterr().out, json.loads((tmp_path / "out.json").read_text())
    assert "tags-1 is registered" in told and "match ratio" in told
    assert written["version"] == "tags-1" and written["metrics"]["tagger"]["after"]["frames"] == 3
    command("--model", str(llava), "--rank", "4", "--tags-per-prompt", "1")
    assert "nothing to teach" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--model", "/no/such/folder"], "There is no model folder /no/such/folder"),
        (["--model", "m", "--tags-per-prompt", "0"], "whole number above 0"),
        (["--model", "m", "--rank", "0"], "at least 1"),
        (["--model", "m", "--ablate", "colours=red"], "Use --ablate ranks="),
        (["--model", "m", "--ablate", "ranks=big"], "Ranks are whole numbers"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(three_films: Site, arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        command(*arguments)
    assert not Run.objects.exists()


def test_without_footage_it_says_what_to_do(db: None, llava: Path) -> None:
    with pytest.raises(CommandError, match="Add clips, extract frames for tagging, and decide or import tags"):
        command("--model", str(llava))


# The ablation -----------------------------------------------------------------------------------------------


def test_the_ablation_prints_both_tables(
    three_films: Site,
    llava: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = ["--ablate", "ranks=2,4,8", "sizes=original,180x90", "--json", str(tmp_path / "out.json")]
    taught: list[tuple[int, str]] = []
    teach = finetuning.teach

    def counting(recipe: FinetuneOptions, *rest: Any) -> Any:
        taught.append((recipe.rank, recipe.size))
        if recipe.rank == 8:
            raise LossExploded("Training ran off at step 1 of 2.")
        return teach(recipe, *rest)

    monkeypatch.setattr("training.captioner.ablation.teach", counting)
    command("--model", str(llava), "--rank", "4", *asked)
    told, written = capsys.readouterr().out, json.loads((tmp_path / "out.json").read_text())
    assert taught == [(2, "original"), (4, "original"), (8, "original"), (4, "180x90")]
    assert [row["rank"] for row in written["ranks"]] == [2, 4, 8] and written["ranks"][2]["failed"]
    assert [row["size"] for row in written["sizes"]] == ["original", "180x90"]
    assert written["ranks"][1]["loss"] == written["sizes"][0]["loss"]
    assert {"loss", "match_ratio", "unmatched", "missing"} <= written["sizes"][1].keys()
    lines = [line.split()[0] for line in told.splitlines() if line]
    assert lines == ["rank", "untaught", "2", "4", "8", "size", "untaught", "original", "180x90"]
    assert "ran off" in told and not ModelVersion.objects.exists()
    command("--model", str(llava), "--rank", "4", *asked)
    assert len(taught) == 4, "what was taught is not taught again"


def test_axes_may_be_one_of_two() -> None:
    axes = ablation.Axes.of(["sizes=original,360x180"])
    assert axes.recipes(options(size="360x180")) == [options(size="original"), options(size="360x180")]
    with pytest.raises(BadOption):
        ablation.Axes.of([])


# Figures ----------------------------------------------------------------------------------------------------


def test_figures_by_hand(db: None) -> None:
    for name in ("rain", "war", "space"):
        make_term(name, Term.Kind.TAG, name_en=name.capitalize())
    names = {name: name for name in ("rain", "war", "space")}
    truth = {"a": frozenset({"rain", "war"}), "b": frozenset({"space"})}
    answers = [("a", "Rain, space."), ("a", "It is raining"), ("b", "no idea")]
    found = scoring.figures(answers, truth, names, scoring.vocabulary())
    assert found["exact"] == {"precision": 0.5, "recall": 0.2, "f1": pytest.approx(2 / 7)}
    assert found["match_ratio"] == 0.25 and found["unmatched"] == 0.5 and found["missing"] == 1.0
    assert found["named"] == 1.0 and found["true"] == 1.5 and (found["films"], found["frames"]) == (2, 3)


def test_who_names_every_tag_matches_all_and_is_found_out(db: None) -> None:
    slugs = [f"tag-{place}" for place in range(10)]
    for slug in slugs:
        make_term(slug, Term.Kind.TAG, name_en=slug.replace("tag-", "quality "))
    names = {slug.replace("tag-", "quality "): slug for slug in slugs}
    truth = {"a": frozenset(slugs[:2])}
    found = scoring.figures([("a", ", ".join(names))], truth, names, scoring.vocabulary())
    assert found["match_ratio"] == 1.0 and found["missing"] == 0 and found["unmatched"] == 8
    assert found["exact"]["f1"] == pytest.approx(1 / 3)


def test_answers_are_lists_of_names() -> None:
    names = {"rain": "rain", "dark comedy": "dark-comedy"}
    assert scoring.exact("Rain, Dark comedy.\nrain", names) == {"rain", "dark-comedy"}
    assert scoring.exact("rainy, comedy", names) == frozenset()


def test_repeatable_to_the_bit(three_films: Site, llava: Path) -> None:
    with one_core():
        versions = [finetune(options(llava, force=True), Silent()).version for _ in range(2)]
    assert versions[0] and versions[1]
    assert len({(found.folder / "model.safetensors").read_bytes() for found in versions if found}) == 1
    assert examples.gather(options(llava)).hash == versions[0].dataset_hash
