"""Frames that are taken from a clip: which, how many, stored once, and never half."""

import errno
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from PIL import Image

from catalog import jobs
from catalog.footage.clips import BadClip, add_clip, extract, remove_clip
from catalog.footage.frames import BadSections, Section, Wanted
from catalog.footage.motion import flow, magnitude
from catalog.footage.reader import Reader
from catalog.models import Clip, Film, Frame, Job, User
from catalog.models.clip import frame_path
from catalog.progress import Cancelled, Silent
from tests.factories import make_film
from tests.footage import number_of, shots, video

pytestmark = pytest.mark.django_db
BOX = (160, 96)
CUTS = {40, 81, 100}  # the first frames of new shots


@pytest.fixture
def clip(film: Film, tmp_path: Path) -> Clip:
    """Six seconds in four shots."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(video(shots(40, 41, 19, 50), crf="12"))
    return add_clip(film, path, name="clip.mp4")


def pairs(clip: Clip, count: int = 300, **wanted: Any) -> list[Frame]:
    extract(clip, Wanted(pairs=count, size=BOX, **wanted), Silent())
    return list(clip.frames.filter(use="pair"))


def tagging(clip: Clip, **wanted: Any) -> list[Frame]:
    extract(clip, Wanted(use="tagging", size=BOX, **wanted), Silent())
    return list(clip.frames.filter(use="tagging"))


def pixels(path: Path | None) -> np.ndarray:
    assert path is not None
    return np.asarray(Image.open(path))


def numbers(frames: Sequence[Frame]) -> list[int]:
    return [number_of(pixels(frame.file)) for frame in frames]


def stored() -> set[str]:
    return {path.stem for path in (settings.MEDIA_ROOT / "frames").rglob("*.jpg")}


# Pairs ---------------------------------------------------------------------------------------------------


def test_a_pair_is_an_odd_frame_and_the_next_one(clip: Clip) -> None:
    frames = pairs(clip, 20)
    assert len(frames) == 20
    for frame in frames:
        number = number_of(pixels(frame.file))
        assert (number % 2, frame.number) == (1, number)
        assert number_of(pixels(frame.next_file)) == number + 1
        assert frame.seconds == pytest.approx(number / 25)
        assert (frame.width, frame.height) == BOX


def test_no_pair_straddles_a_cut(clip: Clip) -> None:
    found = extract(clip, Wanted(pairs=300, size=BOX), Silent())
    taken = set(clip.frames.values_list("number", flat=True))
    assert taken == set(range(1, 149, 2)) - {39, 99}  # 80 is even: nobody takes it
    assert (found.kept, found.straddled_cut, found.straddled_section, found.unreadable) == (72, 2, 0, 0)


def test_a_pair_that_was_dropped_is_made_up_for(clip: Clip) -> None:
    for seed in range(4):
        found = extract(clip, Wanted(pairs=72, size=BOX, seed=seed), Silent())
        assert found.kept == 72
        assert found.straddled_cut in (1, 2)


def test_sections_are_honoured_to_the_frame(clip: Clip) -> None:
    found = extract(clip, Wanted(pairs=300, sections=[(0.2, 0.64), (4.0, 4.6)], size=BOX), Silent())
    frames = list(clip.frames.all())
    assert numbers(frames) == [5, 7, 9, 11, 13, *range(101, 114, 2)]
    assert found.straddled_section == 1  # 15 is the last frame before 0.64 s
    assert max(number_of(pixels(frame.next_file)) for frame in frames) == 114


def test_the_clips_own_sections_hold_where_none_are_given(clip: Clip) -> None:
    clip.sections = [[0.0, 0.4]]
    assert numbers(pairs(clip)) == [1, 3, 5, 7]


def test_sections_beyond_the_clip_are_refused(clip: Clip) -> None:
    before = stored()
    with pytest.raises(BadSections, match="is not within the clip"):
        pairs(clip, sections=[(2.0, 60.0)])
    assert stored() == before


def test_motion_is_stored_with_the_pair(clip: Clip) -> None:
    for frame in pairs(clip, 10):
        measured = magnitude(flow(pixels(frame.file), pixels(frame.next_file)))
        assert frame.motion == pytest.approx(measured, abs=0.25)  # these went through JPEG
        assert frame.motion == pytest.approx(np.hypot(2, 1), rel=0.35)  # but for the number and what enters


def test_the_same_options_give_the_same_rows(clip: Clip) -> None:
    first = {(frame.pk, frame.sha256, frame.next_sha256) for frame in pairs(clip, 20, seed=3)}
    files = stored()
    assert {(frame.pk, frame.sha256, frame.next_sha256) for frame in pairs(clip, 20, seed=3)} == first
    assert stored() == files
    assert {frame.number for frame in pairs(clip, 20, seed=4)} != {frame.number for frame in pairs(clip, 20, seed=3)}


def test_other_options_replace_frames_of_that_use_only(clip: Clip) -> None:
    single = tagging(clip, every=1.0)
    many, few = pairs(clip, 50), pairs(clip, 5, seed=9)
    assert len(many) == 50
    assert list(clip.frames.filter(use="pair")) == few
    assert tagging(clip, every=1.0) == single
    rows = Frame.objects.all()
    assert stored() == {sha for row in rows for sha in (row.sha256, row.next_sha256) if sha} | {clip.strip_sha256}


def test_a_dry_run_counts_and_stores_nothing(clip: Clip) -> None:
    files = stored()
    for wanted in (Wanted(size=BOX), Wanted(use="tagging", scenes=True, size=BOX)):
        dry = extract(clip, wanted, Silent(), dry_run=True)
        assert (Frame.objects.count(), stored()) == (0, files)
        assert not list(settings.CLIPS_DIR.rglob("*.jsonl"))
        wet = extract(clip, wanted, Silent())
        assert (dry.kept, dry.straddled_cut) == (wet.kept, wet.straddled_cut)
        Frame.objects.all().delete()
        files = stored()


def test_frames_keep_their_proportions(film: Film, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(video(shots(30)))
    clip = add_clip(film, path, name="clip.mp4")
    extract(clip, Wanted(pairs=3, size=(64, 64)), Silent())
    assert {(frame.width, frame.height) for frame in clip.frames.all()} == {(64, 38)}
    extract(clip, Wanted(pairs=3, size=(640, 360)), Silent())  # never larger than they are
    assert {(frame.width, frame.height) for frame in clip.frames.all()} == {(160, 96)}


@pytest.mark.parametrize("container", ["webm", "mpegts", "avi"])
def test_other_containers_give_the_same_frames(container: str, film: Film, tmp_path: Path) -> None:
    path = tmp_path / "clip"
    path.write_bytes(video(shots(40, 35), container=container, codec="libvpx" if container == "webm" else "libx264"))
    clip = add_clip(film, path, name="clip")
    frames = pairs(clip, 12)
    assert [frame.number for frame in frames] == numbers(frames)
    assert [number_of(pixels(frame.next_file)) for frame in frames] == [number + 1 for number in numbers(frames)]


def test_a_clip_of_one_frame_has_no_pairs(film: Film, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(video(shots(1)))
    clip = add_clip(film, path, name="one.mp4")
    assert extract(clip, Wanted(size=BOX), Silent()).kept == 0
    assert len(tagging(clip)) == 1


# Frames for tagging --------------------------------------------------------------------------------------


def test_a_frame_every_so_often(clip: Clip) -> None:
    frames = tagging(clip, every=1.0)
    assert [frame.seconds for frame in frames] == pytest.approx([0.5, 1.5, 2.5, 3.5, 4.5, 5.5], abs=0.5)
    assert numbers(frames) == [round(frame.seconds * 25) for frame in frames]
    assert {frame.number for frame in frames} == {None}


def test_key_frames_are_taken_where_they_are_near_enough(clip: Clip) -> None:
    with Reader(clip.file) as reader:
        index = reader.index()
    keys = {round(float(time), 3) for time, key in zip(index.seconds, index.keys, strict=True) if key}
    assert {round(frame.seconds, 3) for frame in tagging(clip, every=1.0)} <= keys
    exact = tagging(clip, every=0.1)
    assert [frame.seconds for frame in exact] == pytest.approx([0.05 + 0.1 * i for i in range(60)], abs=0.051)


def test_no_key_frame_from_without_a_section(clip: Clip) -> None:
    sections: list[Section] = [(0.52, 0.9), (3.0, 3.1)]  # key frames are at 0.48 and 0.96
    frames = tagging(clip, every=0.2, sections=sections)
    assert len(frames) == 3
    assert all(any(start <= frame.seconds < end for start, end in sections) for frame in frames)


def test_one_frame_of_each_shot(clip: Clip) -> None:
    found = numbers(tagging(clip, scenes=True))
    edges = [0, *sorted(CUTS), 150]
    assert len(found) == 4
    assert all(start <= number < end for number, start, end in zip(found, edges, edges[1:], strict=False))


def test_so_many_frames_at_even_distances(clip: Clip) -> None:
    frames = tagging(clip, most=10)
    assert len(frames) == 10
    assert np.ptp(np.diff([frame.seconds for frame in frames])) < 0.601
    assert len(tagging(clip, every=0.2, most=7)) == 7


def test_near_identical_frames_are_thinned_and_made_up_for(film: Film, tmp_path: Path) -> None:
    still = next(shots(1, first_seed=50))
    path = tmp_path / "clip.mp4"
    path.write_bytes(video([*[still] * 100, *(frame for frame in shots(100, step=(5, 3)))], gop=10))
    clip = add_clip(film, path, name="clip.mp4")
    found = extract(clip, Wanted(use="tagging", every=0.4, size=BOX), Silent())
    assert (found.kept, found.near_duplicates) == (11, 9)  # one of ten of the stillness
    assert len(tagging(clip, most=12)) == 12


# Ended halfway -------------------------------------------------------------------------------------------


class Ends(Silent):
    """Somebody asks to stop after so many steps."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.left = after

    def advance(self, count: int = 1, message: str | None = None) -> None:
        self.left -= count
        if self.left < 0:
            raise Cancelled


def counting(asked: list[int], real: Callable[..., Any]) -> Callable[..., Any]:
    """The function, writing down how many frames it is asked for."""

    def counted(reader: Reader, what: Sequence[Any], size: tuple[int, int]) -> Any:
        asked.append(len(what))
        return real(reader, what, size)

    return counted


@pytest.mark.parametrize(
    "wanted",
    [Wanted(pairs=40, size=BOX, seed=5), Wanted(use="tagging", every=0.1, size=BOX), Wanted(use="tagging", most=50)],
)
def test_what_was_ended_halfway_goes_on_where_it_was(
    wanted: Wanted, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = extract(clip, wanted, Silent())
    frames = list(clip.frames.values_list("seconds", "sha256", "next_sha256", "motion"))
    Frame.objects.all().delete()

    with pytest.raises(Cancelled):
        extract(clip, wanted, Ends(after=25))
    assert not Frame.objects.exists()
    asked: list[int] = []
    for name in ("frames", "near"):
        monkeypatch.setattr(Reader, name, counting(asked, getattr(Reader, name)))
    again = extract(clip, wanted, Silent())

    assert list(clip.frames.values_list("seconds", "sha256", "next_sha256", "motion")) == frames
    assert again.kept == whole.kept
    assert again.repeated >= 25
    once = (whole.kept + whole.straddled_cut) * 2 if wanted.use == "pair" else 60
    assert sum(asked) <= once - 25 * (2 if wanted.use == "pair" else 1) + 12
    assert not list(settings.CLIPS_DIR.rglob("*.jsonl"))


def test_a_line_that_was_cut_short_does_not_matter(clip: Clip) -> None:
    wanted = Wanted(pairs=10, size=BOX)
    with pytest.raises(Cancelled):
        extract(clip, wanted, Ends(after=4))
    [journal] = settings.CLIPS_DIR.rglob("*.jsonl")
    journal.write_text(journal.read_text()[:-20])
    assert extract(clip, wanted, Silent()).kept == 10


def test_pictures_that_are_gone_are_taken_again(clip: Clip) -> None:
    wanted = Wanted(pairs=10, size=BOX)
    with pytest.raises(Cancelled):
        extract(clip, wanted, Ends(after=4))
    for name in stored() - {clip.strip_sha256}:
        (settings.MEDIA_ROOT / frame_path(name)).unlink()
    assert extract(clip, wanted, Silent()).kept == 10
    assert all(frame.file.is_file() and frame.next_file and frame.next_file.is_file() for frame in clip.frames.all())


def test_a_full_disk_is_told(clip: Clip, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_path: Path, _data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = stored()
    with monkeypatch.context() as broken, pytest.raises(BadClip, match="The disk is full") as caught:
        broken.setattr(Path, "write_bytes", full)
        pairs(clip, 5)
    assert (caught.value.status, Frame.objects.count(), stored()) == (507, 0, before)
    assert len(pairs(clip, 5)) == 5


def test_a_picture_that_was_lost_with_the_power_is_written_again(clip: Clip) -> None:
    frame = pairs(clip, 5)[0]
    whole = frame.file.read_bytes()
    frame.file.write_bytes(b"")  # the name is there, what it stood for is not
    pairs(clip, 5)
    assert frame.file.read_bytes() == whole


def test_a_clip_that_is_removed_meanwhile_leaves_nothing(clip: Clip) -> None:
    class Removes(Silent):
        def advance(self, count: int = 1, message: str | None = None) -> None:
            if Clip.objects.filter(pk=clip.pk).exists():
                remove_clip(Clip.objects.get(pk=clip.pk))

    with pytest.raises(BadClip, match="The clip was removed"):
        extract(clip, Wanted(pairs=5, size=BOX), Removes())
    assert stored() == set()
    assert not list(settings.CLIPS_DIR.rglob("*.*"))


def test_removing_a_clip_removes_its_frames(clip: Clip) -> None:
    pairs(clip, 5)
    remove_clip(clip)
    assert not Frame.objects.exists()
    assert stored() == set()


def test_a_clip_without_its_file_is_told(clip: Clip) -> None:
    clip.file.unlink()
    with pytest.raises(BadClip, match="cannot be read: No such file or directory"):
        pairs(clip)


# As a job and as a command -------------------------------------------------------------------------------


def run(params: dict[str, Any], user: User) -> Job:
    from catalog.tasks import extract_frames_task

    job = jobs.start("catalog.extract_frames", params, user=user)
    extract_frames_task(job.pk)
    job.refresh_from_db()
    return job


def test_the_job_extracts_and_says_what_it_did(clip: Clip, curator: User) -> None:
    params = {"clip": clip.pk, "use": "pair", "pairs": 72, "size": "160x96", "seed": 1, "sections": "0:00-0:06"}
    job = run(params, curator)
    assert job.state == Job.State.DONE, job.message
    assert (job.result["kept"], job.result["straddled_cut"]) == (72, 2)
    assert job.result["sentences"][:2] == ["72 pairs were taken.", "2 pairs straddled a cut."]
    assert clip.frames.count() == 72


def test_the_job_fails_in_a_sentence(clip: Clip, curator: User) -> None:
    assert run({"clip": clip.pk, "sections": "0:05-0:99"}, curator).message.endswith("go beyond 59.")
    assert run({"clip": clip.pk + 1}, curator).message == "The clip has been removed."
    clip.file.write_bytes(b"")
    assert run({"clip": clip.pk}, curator).message == "This file is empty."


def test_the_command_extracts(clip: Clip, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures = tmp_path / "figures.json"
    options = {"section": ["0:00-0:02", "0:04-0:05"], "pairs": 10, "size": "160x96", "seed": 2, "json": figures}
    call_command("extract_frames", str(clip.pk), dry_run=True, **options)
    assert not Frame.objects.exists()
    call_command("extract_frames", "clip.mp4", **options)
    assert clip.frames.filter(use="pair").count() == 10
    assert "10 pairs were taken." in capsys.readouterr().out
    assert json.loads(figures.read_text())["kept"] == 10
    call_command("extract_frames", str(clip.pk), scenes=True)
    assert clip.frames.filter(use="tagging").count() == 4


def test_the_command_refuses_in_a_sentence(clip: Clip, tmp_path: Path) -> None:
    other = tmp_path / "clip.mp4"
    add_clip(make_film(), other, name="clip.mp4")
    for name, options, sentence in (
        (str(clip.pk), {"section": ["0:09-0:10"]}, "is not within the clip"),
        (str(clip.pk), {"size": "huge"}, "Write the size as in 640x360."),
        (str(clip.pk), {"use": "pair", "every": 2.0}, "is for tagging"),
        ("none.mp4", {}, "There is no clip “none.mp4”."),
        ("clip.mp4", {}, "Several clips are called “clip.mp4”"),
    ):
        with pytest.raises(CommandError, match=sentence) as caught:
            call_command("extract_frames", name, **options)
        assert caught.value.returncode == 2
