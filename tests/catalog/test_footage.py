"""Clips: what is taken and what is known of it, what is refused and how, and that nothing else is read."""

import errno
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from PIL import Image

from catalog.footage import clips
from catalog.footage.clips import BadClip, add_clip, remove_clip
from catalog.footage.reader import ROOT, WALL_SECONDS, Reader
from catalog.footage.video import display_turn
from catalog.models import Clip, Film, Frame, User
from catalog.models.clip import frame_path
from tests.factories import make_film
from tests.footage import number_of, playlist, script, shots, sound, texture, video, xbin_in_avi

pytestmark = pytest.mark.django_db
VFR = [int(time) for time in np.cumsum([0, *([20, 40, 100, 33] * 15)])][:60]
FORMAT = "This video format is not accepted."
CANARY = "the canary is alive"


def write(folder: Path, data: bytes, name: str = "clip.mp4") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def refusal(path: Path) -> BadClip:
    with pytest.raises(BadClip) as caught:
        add_clip(make_film(), path, name=path.name)
    assert not Clip.objects.exists()
    assert not [file for folder in (settings.CLIPS_DIR, settings.MEDIA_ROOT) for file in folder.rglob("*.*")]
    return caught.value


def test_a_clip_is_kept_as_it_came(film: Film, curator: User, tmp_path: Path) -> None:
    data = video(shots(60))
    clip = add_clip(film, write(tmp_path, data), name="a.mp4", user=curator, source="archive", licence="CC0")

    assert clip.file.read_bytes() == data
    assert (clip.container, clip.codec, clip.width, clip.height) == ("mp4", "h264", 160, 96)
    assert (clip.fps, clip.size) == (25.0, len(data))
    assert clip.seconds == pytest.approx(2.4)
    assert (clip.name, clip.added_by, clip.source, clip.licence) == ("a.mp4", curator, "archive", "CC0")


def test_its_strip_shows_it_from_beginning_to_end(film: Film, tmp_path: Path) -> None:
    clip = add_clip(film, write(tmp_path, video(shots(240), gop=5)), name="a.mp4")
    strip = np.asarray(Image.open(settings.MEDIA_ROOT / frame_path(clip.strip_sha256)))

    assert clip.strip_count == 24
    assert strip.shape == (96, 24 * 160, 3)
    numbers = [number_of(strip[:, i * 160 : (i + 1) * 160]) for i in range(24)]
    assert all(abs(number - (10 * i + 5)) <= 5 for i, number in enumerate(numbers))


def test_the_same_file_again_is_the_same_clip(film: Film, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, video(shots(5)))
    clip = add_clip(film, path, name="a.mp4")
    monkeypatch.setattr(clips, "Reader", None)  # it is not even looked at again
    assert add_clip(film, path, name="b.mp4") == clip


def test_a_file_that_is_not_needed_any_more_is_moved(film: Film, tmp_path: Path) -> None:
    data = video(shots(5))
    for _time in range(2):
        path = write(tmp_path, data)
        clip = add_clip(film, path, name="a.mp4", move=True)
        assert not path.exists()
        assert clip.file.read_bytes() == data


def test_a_clip_whose_file_was_lost_gets_it_back(film: Film, tmp_path: Path) -> None:
    path = write(tmp_path, video(shots(5)))
    clip = add_clip(film, path, name="a.mp4")
    clip.file.unlink()
    assert add_clip(film, path, name="a.mp4") == clip
    assert clip.file.is_file()


def test_removing_a_clip_leaves_what_others_have(film: Film, tmp_path: Path) -> None:
    path = write(tmp_path, video(shots(5)))
    mine, other = add_clip(film, path, name="a.mp4"), add_clip(make_film(), path, name="a.mp4")
    strip = settings.MEDIA_ROOT / frame_path(mine.strip_sha256)
    remove_clip(mine)
    assert other.file.is_file()
    assert strip.is_file()
    remove_clip(other)
    assert not other.file.exists()
    assert not strip.exists()


@pytest.mark.parametrize(
    ("container", "codec", "kept", "name"),
    [
        ("mp4", "libx264", "mp4", "h264"), ("mov", "libx265", "mp4", "hevc"), ("mp4", "mpeg4", "mp4", "mpeg4"),
        ("matroska", "libx264", "matroska", "h264"), ("webm", "libvpx", "matroska", "vp8"),
        ("webm", "libvpx-vp9", "matroska", "vp9"), ("avi", "mpeg4", "avi", "mpeg4"), ("avi", "libx264", "avi", "h264"),
        ("mpegts", "libx264", "mpegts", "h264"), ("mpeg", "mpeg2video", "mpeg", "mpeg2video"),
        ("flv", "flv1", "flv", "flv1"), ("asf", "wmv2", "asf", "wmv2"),
    ],
)  # fmt: skip
def test_every_container_gives_the_very_frame(container: str, codec: str, kept: str, name: str, tmp_path: Path) -> None:
    path = write(tmp_path, video(shots(30, 30), container=container, codec=codec))
    with Reader(path) as reader:
        probed, index = reader.probe(), reader.index()
        assert (probed.container, probed.codec) == (kept, name)
        assert probed.seconds == pytest.approx(2.4, abs=0.05)
        assert len(index.pts) == 60
        np.testing.assert_allclose(index.seconds, np.arange(60) / 25, atol=0.001)
        for numbers in (range(60), range(1, 60, 7), [41], [3, 4, 59]):
            found = list(reader.frames([int(index.pts[n]) for n in numbers], (160, 96)))
            assert [number_of(picture.pixels) for picture in found if picture is not None] == list(numbers)


@pytest.mark.parametrize("codec", ["libx264", "libvpx"])
def test_frames_at_uneven_distances_keep_their_times(codec: str, tmp_path: Path) -> None:
    container = "mp4" if codec == "libx264" else "webm"
    path = write(tmp_path, video(shots(60), times=VFR, codec=codec, container=container))
    with Reader(path) as reader:
        index = reader.index()
        np.testing.assert_allclose(index.seconds, np.array(VFR) / 1000, atol=0.0015)
        [picture] = reader.frames([int(index.pts[23])], (160, 96))
        assert picture is not None
        assert number_of(picture.pixels) == 23
        assert picture.seconds == pytest.approx(VFR[23] / 1000, abs=0.0015)


@pytest.mark.parametrize(("degrees", "turns"), [(0, 0), (90, 1), (180, 2), (270, 3), (-90, 3)])
def test_a_video_is_turned_upright(degrees: int, turns: int, tmp_path: Path) -> None:
    path = write(tmp_path, video(shots(8), turned=degrees))
    with Reader(path) as reader:
        probed, index = reader.probe(), reader.index()
        assert (probed.width, probed.height) == ((96, 160) if turns % 2 else (160, 96))
        [picture] = reader.frames([int(index.pts[6])], (160, 160))
        assert picture is not None
        assert number_of(np.rot90(picture.pixels, -turns)) == 6


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("mirrored", [False, True])
def test_display_matrices_are_understood(turns: int, mirrored: bool) -> None:
    """x' = ax + cy, y' = bx + dy, with y downwards; Apple, QuickTime File Format, "Matrices"."""
    corner = np.zeros((5, 7), np.uint8)
    corner[0, 0] = 1
    (a, b), (c, d) = [((1, 0), (0, 1)), ((0, -1), (1, 0)), ((-1, 0), (0, -1)), ((0, 1), (-1, 0))][turns]
    if mirrored:
        a, b = -a, -b
    matrix = struct.pack("=9i", a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)
    found, flipped = display_turn(matrix)
    shown = np.rot90(corner[:, ::-1] if flipped else corner, found)
    far = [6 * (a < 0) + 4 * (c < 0), 6 * (b < 0) + 4 * (d < 0)]  # where 0, 0 goes, after moving back into view
    assert shown[far[1], far[0]] == 1
    assert display_turn(None) == display_turn(b"short") == (0, False)


@pytest.mark.parametrize(("aspect", "size"), [(Fraction(2), (320, 96)), (Fraction(1, 2), (80, 96))])
def test_pixels_that_are_not_square_are_stretched(aspect: Fraction, size: tuple[int, int], tmp_path: Path) -> None:
    with Reader(write(tmp_path, video(shots(3), aspect=aspect))) as reader:
        probed = reader.probe()
        assert (probed.width, probed.height) == size
        [picture] = reader.near([(0, 0, 1, 1)], (640, 360))
        assert picture is not None
        assert picture.pixels.shape == (size[1], size[0], 3)


def test_one_frame_is_a_clip(film: Film, tmp_path: Path) -> None:
    clip = add_clip(film, write(tmp_path, video(shots(1))), name="one.mp4")
    assert clip.seconds == pytest.approx(0.04)
    assert clip.strip_count == 1


def test_8k_is_taken(film: Film, tmp_path: Path) -> None:
    large = texture(1, 480, 270).repeat(16, 0).repeat(16, 1)
    clip = add_clip(film, write(tmp_path, video([large, large], preset="ultrafast")), name="8k.mp4")
    assert (clip.width, clip.height, clip.strip_count) == (7680, 4320, 2)


# Hostile and odd -----------------------------------------------------------------------------------------


def cut_short(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("zero.mp4", lambda: b"", "This file is empty."),
        ("text.mp4", lambda: b"Once upon a time\n" * 99, FORMAT),
        ("page.mp4", lambda: b"<!doctype html><script>alert(1)</script>", FORMAT),
        ("list.mp4", lambda: playlist("file:///etc/hostname"), FORMAT),
        ("list.m3u8", lambda: playlist("http://127.0.0.1:9/secret"), FORMAT),
        ("script.mp4", lambda: script("/etc/hostname"), FORMAT),
        ("poster.mp4", lambda: b"\x89PNG\r\n\x1a\n" + bytes(200), FORMAT),
        ("manifest.mpd", lambda: b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>', FORMAT),
        ("sdp.mp4", lambda: b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n", FORMAT),
        ("list.avi", lambda: xbin_in_avi("/etc/hostname"), "The video is damaged"),
        ("sound.mp4", sound, "There is only sound in this file, no pictures."),
        ("sound.mkv", lambda: sound("matroska", "libmp3lame"), "There is only sound in this file, no pictures."),
        ("short.mp4", lambda: cut_short(video(shots(60))), "The video is damaged: it ends too early."),
        ("short.mov", lambda: cut_short(video(shots(60), movflags="faststart")), "it ends too early."),
        ("short.webm", lambda: cut_short(video(shots(60), container="webm", codec="libvpx")), "it ends too early."),
        ("short.avi", lambda: cut_short(video(shots(60), container="avi", codec="mpeg4")), "it ends too early."),
        ("noise.mp4", lambda: b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 40, "The video is damaged"),
        ("noise.mkv", lambda: b"\x1a\x45\xdf\xa3" + bytes(range(256)) * 40, "The video is damaged"),
        ("noise.ts", lambda: b"G".ljust(188, b"\xff") * 30, "The video is damaged"),
        ("raw.mkv", lambda: video(shots(3), container="matroska", codec="ffv1"), "coded in a way that is not accepted"),
        ("large.mp4", lambda: video([np.zeros((5000, 9000, 3), np.uint8)], preset="ultrafast"), "larger than 8K"),
    ],
)  # fmt: skip
def test_what_is_no_clip_is_refused_in_a_sentence(
    name: str, data: Callable[[], bytes], sentence: str, tmp_path: Path
) -> None:
    error = refusal(write(tmp_path, data(), name))
    assert sentence in str(error)
    assert error.status == 422


def test_a_wrong_ending_does_not_matter(film: Film, tmp_path: Path) -> None:
    data = video(shots(5), container="webm", codec="libvpx")
    assert add_clip(film, write(tmp_path, data, "clip.jpg"), name="clip.jpg").codec == "vp8"


def test_a_transport_stream_that_ends_early_is_as_long_as_what_is_left(film: Film, tmp_path: Path) -> None:
    clip = add_clip(film, write(tmp_path, cut_short(video(shots(60), container="mpegts"))), name="a.ts")
    assert 1.0 < clip.seconds < 2.0


def test_a_file_that_is_too_large_is_not_even_read(tmp_path: Path, settings: pytest.FixtureRequest) -> None:
    settings.CLIP_MAX_BYTES = 2**20  # type: ignore[attr-defined]
    path = tmp_path / "large.mp4"
    with path.open("wb") as file:
        file.truncate(2**40)  # sparse: reading it would take an hour
    error = refusal(path)
    assert (str(error), error.status) == ("This video is larger than 1 MB.", 413)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert str(refusal(tmp_path / "none.mp4")) == "There is no video file none.mp4."


def test_a_full_disk_is_told(film: Film, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = write(tmp_path, video(shots(2)))
    monkeypatch.setattr(clips.shutil, "copyfileobj", full)  # type: ignore[attr-defined]
    with pytest.raises(BadClip, match="The disk is full: the video was not stored") as caught:
        add_clip(film, path, name="a.mp4")
    assert caught.value.status == 507
    assert not list(settings.CLIPS_DIR.rglob("*.*"))


@pytest.mark.parametrize("seed", range(24))
def test_broken_bytes_never_end_more_than_the_child(seed: int, film: Film, tmp_path: Path) -> None:
    """Bytes changed at random: it is read or refused, and the next clip is taken as ever."""
    random = np.random.default_rng(seed)
    container, codec = [("mp4", "libx264"), ("webm", "libvpx"), ("avi", "mpeg4"), ("mpegts", "libx264")][seed % 4]
    data = np.frombuffer(video(shots(20), container=container, codec=codec), np.uint8).copy()
    places = random.integers(0, len(data), 1 + seed * 4)
    data[places] = random.integers(0, 256, len(places))
    path = write(tmp_path, data.tobytes())
    try:
        with Reader(path) as reader:
            reader.probe()
            index = reader.index()
            list(reader.frames([int(pts) for pts in index.pts], (160, 96)))
    except BadClip as error:
        assert str(error).endswith(".")
    assert add_clip(film, write(tmp_path, video(shots(3)), "good.mp4"), name="good.mp4").pk


# Nothing else is read, nobody is called --------------------------------------------------------------------


@pytest.fixture
def callers() -> Iterator[list[str]]:
    """Whoever connects to a port of this machine; its number comes first."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        seen = [str(server.getsockname()[1])]

        def listen() -> None:
            while True:
                try:
                    link, _address = server.accept()
                except OSError:
                    return
                seen.append("called")
                link.close()

        threading.Thread(target=listen, daemon=True).start()
        yield seen


@pytest.mark.parametrize("name", ["list.mp4", "list.m3u8", "list.avi", "list.ts", "list.webm"])
def test_a_playlist_reads_no_file_and_calls_nobody(name: str, callers: list[str], tmp_path: Path) -> None:
    canary = tmp_path / "canary.mp4"
    canary.write_bytes(video(shots(3)))
    os.utime(canary, (1, 2))
    http = f"http://127.0.0.1:{callers[0]}/segment.ts"
    for data in (
        playlist(f"file://{canary}"),
        playlist(http),
        script(str(canary)),
        xbin_in_avi(str(canary)),
        script(http),
    ):
        refusal(write(tmp_path, data, name))
    assert callers[1:] == []
    assert canary.stat().st_atime == 1


@pytest.mark.parametrize(
    "attempt",
    [
        "open('/etc/hostname')",
        "socket.socket()",
        "os.open('.', 0)",
        "os.dup(0)",
        "os.pipe()",
        "subprocess.Popen(['/bin/true'])",
    ],
)
def test_the_process_has_given_up_opening_anything(attempt: str) -> None:
    """What the decoder cannot do is not a matter of FFmpeg's options: the system refuses it, to root as well."""
    code = f"""
import os, socket, subprocess, sys
sys.path.append(sys.argv[1])
from catalog.footage.child import limit_process
limit_process()
try:
    {attempt}
except OSError as error:
    os.write(1, str(error.errno).encode())
"""
    said = subprocess.run([sys.executable, "-I", "-c", code, str(ROOT)], capture_output=True, timeout=60)
    assert int(said.stdout) in (errno.EMFILE, errno.EINVAL), said.stderr  # the latter from dup


def test_the_process_knows_no_name_and_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", CANARY)
    path = write(tmp_path, video(shots(3)), "whose-name-is-told-to-nobody.mp4")
    with Reader(path) as reader:
        reader.probe()
        assert reader.process is not None
        folder = Path("/proc") / str(reader.process.pid)
        assert b"whose-name" not in (folder / "cmdline").read_bytes()
        assert CANARY.encode() not in (folder / "environ").read_bytes()
        held = [str(link.readlink()) for link in (folder / "fd").iterdir()]
        assert len(held) == 5  # three of nothing, the socket, the video
        assert [link for link in held if link.startswith("/") and link != "/dev/null"] == [str(path)]


def test_the_process_does_not_grow(tmp_path: Path) -> None:
    """Neither in memory nor in address space nor in threads, however many frames it gives."""
    large = texture(1, 640, 360)  # a third of a megabyte as it is decoded
    path = write(tmp_path, video((np.roll(large, n, 1) for n in range(240)), gop=5, preset="ultrafast"))
    with Reader(path) as reader:
        pts = [int(time) for time in reader.index().pts]
        assert reader.process is not None
        status = Path("/proc") / str(reader.process.pid) / "status"

        def held() -> dict[str, int]:
            lines = (line.split() for line in status.read_text().splitlines())
            return {line[0]: int(line[1]) for line in lines if line[0] in ("VmSize:", "VmRSS:", "Threads:")}

        def work(first: int, last: int) -> None:
            list(reader.frames(pts[first:last], (80, 48)))
            times = [(n / 25, 0.0, 9.6, 0.1) for n in range(first, last)]
            assert None not in list(reader.near(times, (80, 48)))

        work(0, 40)
        before = held()
        work(40, 240)
        assert before["Threads:"] <= 2
        assert all(after <= 1.1 * before[name] for name, after in held().items())


def test_a_child_that_is_ended_is_told_in_a_sentence(tmp_path: Path) -> None:
    with Reader(write(tmp_path, video(shots(3)))) as reader:
        reader.probe()
        assert reader.process is not None
        os.kill(reader.process.pid, signal.SIGKILL)
        with pytest.raises(BadClip, match="This video is too complex to open safely"):
            reader.index()


def test_a_child_that_hangs_is_given_up_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WALL_SECONDS, "index", 1)
    with Reader(write(tmp_path, video(shots(3)))) as reader:
        reader.probe()
        assert reader.process is not None
        os.kill(reader.process.pid, signal.SIGSTOP)
        with pytest.raises(BadClip, match="too complex"):
            reader.index()


def test_limits_of_time_go_with_those_of_cpu() -> None:
    from catalog.footage.child import CPU_SECONDS

    assert {op: 4 * seconds for op, seconds in CPU_SECONDS.items()} == WALL_SECONDS


# The command ---------------------------------------------------------------------------------------------


def test_the_command_adds_a_clip(film: Film, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, figures = write(tmp_path, video(shots(60)), "battle.mp4"), tmp_path / "figures.json"
    call_command("add_clip", film.key, str(path), source="archive", licence="CC0", json=figures)
    clip = film.clips.get()
    assert f"Clip {clip.pk}: battle.mp4, mp4 (h264), 160x96, 2.4 s, 25.000 frames/s." in capsys.readouterr().out
    assert '"codec": "h264"' in figures.read_text()
    assert (clip.source, clip.licence) == ("archive", "CC0")


def test_the_command_refuses_in_a_sentence(film: Film, tmp_path: Path) -> None:
    path = write(tmp_path, b"text", "text.mp4")
    for arguments, sentence in (((film.key, str(path)), FORMAT), (("tt0", str(path)), "There is no film “tt0”.")):
        with pytest.raises(CommandError, match=sentence) as caught:
            call_command("add_clip", *arguments)
        assert caught.value.returncode == 2
    assert not Frame.objects.exists()
