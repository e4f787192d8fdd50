"""What becomes of uploads: clips, sentences, or nothing after two days."""

import os
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from catalog import jobs
from catalog.footage import arrivals, clips, uploads
from catalog.models import Clip, Film, Job, Upload, User
from catalog.tasks import add_clip_task
from tests.factories import make_clip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def whole(film: Film, curator: User) -> Upload:
    upload = uploads.begin(film, curator, name="night.mp4", size=3)
    uploads.append(upload, 0, b"abc")
    return upload


@pytest.fixture
def run(whole: Upload) -> Callable[[], Job]:
    """Run the upload's job as a worker does."""
    job = uploads.finish(whole)
    assert job is not None

    def ran() -> Job:
        add_clip_task(job.pk)
        job.refresh_from_db()
        return job

    return ran


def test_a_clip_is_made_and_the_upload_forgotten(
    whole: Upload, run: Callable[[], Job], film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    def add(film: Film, path: Path, *, name: str, user: User, move: bool) -> Clip:
        assert (path.read_bytes(), name, user, move) == (b"abc", "night.mp4", whole.user, True)
        return make_clip(film, name=name)

    monkeypatch.setattr(clips, "add_clip", add)
    job = run()
    assert (job.state, job.result["clip"]) == ("done", film.clips.get().pk)
    assert not Upload.objects.exists()
    assert not uploads.path_of(whole).exists()


def test_what_is_no_clip_ends_with_a_sentence_and_is_not_kept(whole: Upload, run: Callable[[], Job]) -> None:
    job = run()
    assert job.state == "failed"
    assert job.message.endswith(".")
    assert not Upload.objects.exists()
    assert not uploads.path_of(whole).exists()
    again = jobs.retry(job, user=whole.user)
    add_clip_task(again.pk)
    again.refresh_from_db()
    assert again.message == "This upload is not there any more. Send the file again."


def test_a_full_disk_keeps_the_upload_for_another_try(
    whole: Upload, run: Callable[[], Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: Any, **_options: Any) -> Clip:
        raise clips.BadClip("The disk is full.", 507)

    monkeypatch.setattr(clips, "add_clip", full)
    assert run().message == "The disk is full."
    assert uploads.path_of(whole).read_bytes() == b"abc"
    assert uploads.finish(whole) != Job.objects.earliest("pk")


def test_a_worker_that_was_killed_after_the_clip_was_made_makes_no_second_one(
    whole: Upload, run: Callable[[], Job], film: Film
) -> None:
    made = make_clip(film, size=3)
    uploads.path_of(whole).unlink()
    assert run().result["clip"] == made.pk
    assert film.clips.count() == 1


def test_rights_that_were_taken_meanwhile_end_it(whole: Upload, run: Callable[[], Job], curator: User) -> None:
    User.objects.filter(pk=curator.pk).update(is_active=False)
    assert run().message == "Whoever sent this file may not add clips any more."
    assert not Upload.objects.exists()


def test_stale_uploads_are_removed(film: Film, curator: User, data: Path) -> None:
    old, new = (uploads.begin(film, curator, name="a.mp4", size=10) for _number in range(2))
    waiting = uploads.begin(film, curator, name="b.mp4", size=1)
    uploads.append(waiting, 0, b"x")
    uploads.finish(waiting)
    orphan = data / "uploads" / str(uuid.uuid4())
    orphan.write_bytes(b"x")
    long_ago = time.time() - arrivals.STALE_SECONDS - 60
    for path in (uploads.path_of(old), uploads.path_of(waiting), orphan):
        os.utime(path, (long_ago, long_ago))
    assert arrivals.remove_stale() == 2
    assert set(Upload.objects.all()) == {new, waiting}
    assert {path.name for path in (data / "uploads").iterdir()} == {str(new.pk), str(waiting.pk)}
