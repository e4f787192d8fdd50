"""From frames to tags: evidence, counts, search; broken off and gone on with."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog import jobs, labelling, search
from catalog.models import Film, FilmTerm, Frame, Job, JobFailure, Term, User
from catalog.progress import Cancelled, Silent
from inference.models import Caption, Tagging
from inference.tags import seen, taggers, tagging
from inference.tags.taggers import TAGGERS, TaggerUnavailable
from inference.tags.tagging import tag_films
from inference.tasks import generate_tags_task
from tests.factories import make_clip, make_film, make_frame, make_term, make_version, predict
from tests.inference.frames import Script, make_frames

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def vocabulary(db: None) -> dict[str, Term]:
    """Three tags and no others."""
    Term.objects.filter(kind=Term.Kind.TAG).update(active=False)
    named = {"rain": "비", "dark": "어두운", "violence": "폭력"}
    return {slug: make_term(slug, Term.Kind.TAG, name_ko=ko, active=True) for slug, ko in named.items()}


def only(film: Film) -> Any:
    return Film.objects.filter(pk=film.pk)


def tags_of(film: Film) -> dict[str, tuple[float, str]]:
    rows = FilmTerm.objects.filter(film=film, term__kind="tag").values_list("term__slug", "weight", "origin")
    return {slug: (round(weight, 3), origin) for slug, weight, origin in rows}


def test_captions_are_kept_counted_and_found(film: Film) -> None:
    make_frames(film, 4, pictures=False)
    script = Script("A rainy street", "A dark, rainy street", "no rain", "a house")
    done = tag_films(script, only(film), Silent())
    assert (done.films, done.frames, done.failed, done.kept) == (1, 4, 0, 0)
    found = Tagging.objects.get()
    assert (found.tagger, found.frames, found.counts) == ("script", 4, {"rain": 2, "dark": 1})
    said = [(caption.text, caption.matches) for caption in found.captions.order_by("frame__seconds")]
    assert said[:2] == [
        ("A rainy street", {"rain": "rainy"}),
        ("A dark, rainy street", {"dark": "dark", "rain": "rainy"}),
    ]
    assert tags_of(film) == {"rain": (0.5, "model"), "dark": (0.25, "model")}


def test_what_was_looked_at_is_not_looked_at_again(film: Film) -> None:
    clip = make_clip(film)
    make_frames(film, 3, pictures=False, clip=clip)
    tag_films(Script("Rain"), only(film), Silent())
    again = Script("Dark")
    assert tag_films(again, only(film), Silent()).kept == 3
    assert again.shown == []
    make_frame(clip, 9.0)
    tag_films(again, only(film), Silent())
    assert len(again.shown) == 1
    assert Tagging.objects.get().counts == {"rain": 3, "dark": 1}


def test_everything_anew(film: Film) -> None:
    make_frames(film, 3, pictures=False)
    tag_films(Script("Rain"), only(film), Silent())
    tag_films(Script("Dark"), only(film), Silent(), everything=True)
    assert Tagging.objects.get().counts == {"dark": 3}
    assert Caption.objects.count() == 3


def test_a_tagger_that_breaks_down_keeps_what_it_has_said(film: Film) -> None:
    make_frames(film, 10, pictures=False)
    broken = Script("Rain", "Rain", "Rain", TaggerUnavailable("no memory"))
    with pytest.raises(TaggerUnavailable, match="no memory"):
        tag_films(broken, only(film), Silent())
    assert Tagging.objects.get().counts == {"rain": 3}
    assert tags_of(film) == {"rain": (1.0, "model")}
    whole = Script("Dark")
    tag_films(whole, only(film), Silent())
    assert len(whole.shown) == 7
    assert Tagging.objects.get().counts == {"rain": 3, "dark": 7}


def test_a_cancelled_job_keeps_what_is_stored(film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tagging, "STORED_AT_ONCE", 2)
    make_frames(film, 10, pictures=False)

    class Stop(Silent):
        def advance(self, count: int = 1, message: str | None = None) -> None:
            if Caption.objects.count() >= 4:
                raise Cancelled

    with pytest.raises(Cancelled):
        tag_films(Script("Rain"), only(film), Stop())
    assert Tagging.objects.get().frames == Caption.objects.count() == 4
    assert tags_of(film) == {"rain": (1.0, "model")}


def test_frames_that_fail_are_named_and_asked_about_again(film: Film) -> None:
    make_frames(film, 3, pictures=False)
    progress = Silent()
    done = tag_films(Script("Rain", "!too dark to see", "Dark"), only(film), progress)
    assert (done.frames, done.failed) == (2, 1)
    assert progress.failures == [(f"1.00 s, {film.key}", "too dark to see")]
    assert Tagging.objects.get().frames == 2
    again = Script("Rain")
    tag_films(again, only(film), Silent())
    assert len(again.shown) == 1


def test_films_without_frames_are_named_and_leave_nothing(film: Film) -> None:
    assert tag_films(Script("Rain"), only(film), Silent()).without_frames == [film.key]
    assert not Tagging.objects.exists()


def test_frames_for_tagging_go_before_pairs(film: Film) -> None:
    clip = make_clip(film)
    pair = make_frame(clip, 1.0, next_sha256="f" * 64)
    assert list(tagging.frames_of(film)) == [pair]
    frame = make_frame(clip, 2.0)
    assert list(tagging.frames_of(film)) == [frame]


def test_a_frame_that_is_taken_away_meanwhile_is_left_out(film: Film) -> None:
    frames = make_frames(film, 3, pictures=False)

    class Vanishing(Script):
        def look(self, shown: Any) -> Any:
            Frame.objects.filter(pk=frames[1].pk).delete()
            yield from super().look(shown)

    tag_films(Vanishing("Rain"), only(film), Silent())
    assert (Tagging.objects.get().frames, Tagging.objects.get().counts) == (2, {"rain": 2})


def test_people_beat_taggers(film: Film, curator: User, vocabulary: dict[str, Term]) -> None:
    labelling.reject(film, vocabulary["rain"], user=curator, revision=1)
    film.refresh_from_db()
    labelling.accept(film, vocabulary["dark"], user=curator, revision=film.revision)
    make_frames(film, 2, pictures=False)
    tag_films(Script("A dark, rainy, violent violence"), only(film), Silent())
    assert tags_of(film) == {"dark": (1.0, "person"), "violence": (1.0, "model")}


def test_frames_stand_beside_the_champion_the_higher_one_counts(film: Film, vocabulary: dict[str, Term]) -> None:
    version = make_version(vocabulary["rain"], vocabulary["dark"], threshold=0.3)
    predict(film, version, 0.4, 0.9)
    make_frames(film, 4, pictures=False)
    tag_films(Script("rain", "rain", "dark violence", "rain"), only(film), Silent())
    assert tags_of(film) == {"rain": (0.75, "model"), "dark": (0.9, "model"), "violence": (0.25, "model")}


def test_what_appears_seldom_is_not_searched_for(film: Film, settings: Any) -> None:
    settings.TAG_MIN_SHARE = 0.5
    make_frames(film, 4, pictures=False)
    tag_films(Script("rain", "rain dark", "rain", "house"), only(film), Silent())
    assert tags_of(film) == {"rain": (0.75, "model")}


def test_the_latest_tagging_speaks_for_a_film(film: Film) -> None:
    make_frames(film, 2, pictures=False)
    tag_films(Script("rain", name="old"), only(film), Silent())
    tag_films(Script("dark", name="new"), only(film), Silent())
    assert tags_of(film) == {"dark": (1.0, "model")}


def test_a_tagger_that_has_only_begun_says_nothing_yet(film: Film) -> None:
    Tagging.objects.create(film=film, tagger="old", frames=2, counts={"rain": 2})
    Tagging.objects.create(film=film, tagger="new", frames=0, counts={})
    search.refresh([film.pk])
    assert tags_of(film) == {"rain": (1.0, "model")}


def test_retired_and_unknown_tags_are_not_searched_for(film: Film, vocabulary: dict[str, Term]) -> None:
    Tagging.objects.create(film=film, tagger="t", frames=2, counts={"rain": 2, "nothing": 2, "dark": 1})
    Term.objects.filter(slug="rain").update(active=False)
    search.refresh([film.pk])
    assert tags_of(film) == {"dark": (0.5, "model")}


def test_refreshing_costs_the_same_for_one_film_and_for_many(film: Film) -> None:
    films = [film, *(make_film() for _ in range(9))]
    for one in films:
        Tagging.objects.create(film=one, tagger="t", frames=4, counts={"rain": 2, "dark": 4})

    def queries(some: list[Film]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as context:
            search.refresh([one.pk for one in some])
        return len(context)

    assert queries(films[:1]) == queries(films)
    assert len(seen.frame_tags([one.pk for one in films]).film_ids) == 20


def test_a_tag_that_was_added_is_found_in_captions_that_are_there(film: Film) -> None:
    make_frames(film, 3, pictures=False)
    tag_films(Script("a lighthouse in the rain", "lighthouses", "a house"), only(film), Silent())
    before = Tagging.objects.get().tagged_at
    make_term("lighthouse", Term.Kind.TAG, name_ko="등대", active=True)
    assert tagging.rematch(Silent()) == 2
    found = Tagging.objects.get()
    assert (found.counts, found.tagged_at) == ({"rain": 1, "lighthouse": 2}, before)
    assert tags_of(film)["lighthouse"] == (0.667, "model")
    assert tagging.rematch(Silent()) == 0


def test_scores_without_words_are_no_captions(film: Film) -> None:
    [frame] = make_frames(film, 1, pictures=False)
    found = Tagging.objects.create(film=film, tagger="dual", frames=1, counts={"rain": 1})
    Caption.objects.create(tagging=found, frame=frame, matches={"rain": 0.9})
    assert tagging.rematch(Silent()) == 0
    assert Caption.objects.get().matches == {"rain": 0.9}


# Command and job --------------------------------------------------------------------------------------------


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Script:
    """What every tagger of frames is here."""
    script = Script("=rain in the dark", "dark", "rain")
    monkeypatch.setattr(taggers, "make", lambda *_: script)
    return script


def test_the_command_writes_figures_and_the_published_format(film: Film, script: Script, tmp_path: Path) -> None:
    Film.objects.filter(pk=film.pk).update(title="=HYPERLINK(1)")
    make_frames(film, 3, pictures=False)
    make_film()
    figures, table = tmp_path / "figures.json", tmp_path / "tags.csv"
    call_command("generate_tags", "--tagger", "captioner", "--json", str(figures), "--csv", str(table))
    said = json.loads(figures.read_text())
    assert (said["films"], said["frames"], said["failures"]) == (1, 3, [])
    assert said["tags"][0]["tags"]["rain"] == {"count": 2, "ratio": 0.6667}
    [row] = list(csv.DictReader(table.open()))
    assert row == {
        "key": film.key, "imdb_id": "tt0013442", "title": "'=HYPERLINK(1)", "tagger": "script", "frames": "3",
        "tags": "Dark(2, 66.7%), Rain(2, 66.7%)",
    }  # fmt: skip


def test_the_command_says_what_it_cannot_do(film: Film, script: Script, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="There is no film 'nothing'"):
        call_command("generate_tags", "nothing")
    with pytest.raises(CommandError, match="no champion of tags yet"):
        call_command("generate_tags")
    call_command("generate_tags", film.key, "--tagger", "dual")
    assert f"{film.key}: No frames" in capsys.readouterr().err


def test_plot_tags_need_no_footage(film: Film, vocabulary: dict[str, Term], tmp_path: Path) -> None:
    version = make_version(vocabulary["rain"], vocabulary["dark"])
    predict(film, version, 0.9, 0.2)
    figures, table = tmp_path / "figures.json", tmp_path / "tags.csv"
    call_command("generate_tags", film.key, "--json", str(figures), "--csv", str(table))
    assert json.loads(figures.read_text())["tags"] == [{"film": film.key, "tags": {"rain": 0.9}}]
    [row] = list(csv.DictReader(table.open()))
    assert (row["tagger"], row["frames"], row["tags"]) == ("tags-1", "", "Rain(90.0%)")


def _run(params: dict[str, Any]) -> Job:
    job = Job.objects.create(task="inference.generate_tags", params=params, queue="gpu")
    generate_tags_task(job.pk)
    job.refresh_from_db()
    return job


def test_the_job_counts_frames_and_names_failures(film: Film, script: Script) -> None:
    script.captions = ["Rain", "!no picture"]
    make_frames(film, 4, pictures=False)
    job = _run({"tagger": "captioner", "films": [film.key]})
    assert (job.state, job.done, job.total, job.unit) == (Job.State.DONE, 4, 4, "frames")
    assert job.result == {"films": 1, "frames": 2, "kept": 0, "failed": 2}
    assert list(JobFailure.objects.values_list("item", "reason").order_by("pk")) == [
        (f"1.00 s, {film.key}", "no picture"),
        (f"3.00 s, {film.key}", "no picture"),
    ]


def test_a_job_that_was_killed_goes_on_where_it_was(film: Film, script: Script) -> None:
    make_frames(film, 6, pictures=False)
    found = Tagging.objects.create(film=film, tagger=script.name, frames=2)
    for frame in tagging.frames_of(film)[:2]:
        Caption.objects.create(tagging=found, frame=frame, text="Rain", matches={"rain": "Rain"})
    job = Job.objects.create(
        task="inference.generate_tags", params={"tagger": "dual", "everything": True}, queue="gpu", attempts=1
    )
    generate_tags_task(job.pk)
    assert len(script.shown) == 4
    assert Caption.objects.count() == 6


def test_a_job_fails_with_the_taggers_sentence(film: Film, settings: Any) -> None:
    settings.TAGGER_URL = ""
    make_frames(film, 1, pictures=False)
    job = _run({"tagger": "server"})
    assert (job.state, "There is no tagging server" in job.message) == (Job.State.FAILED, True)
    assert _run({"tagger": "nothing"}).state == Job.State.FAILED
    assert _run({"tagger": "captioner", "size": "9x9"}).state == Job.State.FAILED


def test_curators_may_start_it(curator: User, viewer: User) -> None:
    assert jobs.may_start(curator, "inference.generate_tags")
    assert not jobs.may_start(viewer, "inference.generate_tags")
    assert set(TAGGERS) == {"plot", "dual", "captioner", "server"}


def test_frames_that_are_taken_away_are_not_counted_any_more(
    film: Film, django_capture_on_commit_callbacks: Any
) -> None:
    frames = make_frames(film, 4, pictures=False)
    tag_films(Script("rain", "rain", "dark", "dark"), only(film), Silent())
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        Frame.objects.filter(pk__in=[frame.pk for frame in frames[:2]]).delete()
    assert len(callbacks) == 1, "once, however many frames"
    assert (Tagging.objects.get().frames, Tagging.objects.get().counts) == (2, {"dark": 2})
    assert tags_of(film) == {"dark": (1.0, "model")}


def test_films_are_removed_with_all_that_was_said_of_them(film: Film, django_capture_on_commit_callbacks: Any) -> None:
    make_frames(film, 2, pictures=False)
    tag_films(Script("rain"), only(film), Silent())
    with django_capture_on_commit_callbacks(execute=True):
        film.delete()
    assert not Tagging.objects.exists() and not Caption.objects.exists()
