"""Posters: what is taken, what is refused and how, and what of a picture is kept."""

import io
import os
import signal
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from PIL import Image

from catalog import picture_child, pictures
from catalog.models import Film, Poster
from catalog.models.film import poster_path, thumbnail_path
from catalog.pictures import BadPicture, Child, Pool, store_poster
from tests.factories import make_film
from tests.pictures import opened, picture, pixel_bomb, scan_bomb, with_exif

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script><?php phpinfo() ?>"


def stored(film: Film, *, small: bool = False) -> bytes:
    film.refresh_from_db()
    name = thumbnail_path(film.poster_sha256) if small else poster_path(film.poster_sha256)
    return (Path(settings.MEDIA_ROOT) / name).read_bytes()


def refusal(data: bytes | Path) -> BadPicture:
    film = make_film()
    with pytest.raises(BadPicture) as caught:
        store_poster(film, data)
    film.refresh_from_db()
    assert (film.poster_sha256, film.revision) == ("", 1)
    assert not list(Path(settings.MEDIA_ROOT).rglob("*.jpg"))
    return caught.value


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_a_jpeg_and_a_thumbnail(film: Film, format: str) -> None:
    poster = store_poster(film, picture(1500, 2250, format), source="uploaded by carla", licence="CC0")

    large, small = opened(stored(film)), opened(stored(film, small=True))
    assert (large.format, large.size) == ("JPEG", (720, 1080))
    assert (small.format, small.size) == ("JPEG", (300, 450))
    assert (poster.width, poster.height, poster.size) == (720, 1080, len(stored(film)))
    assert (poster.source, poster.licence) == ("uploaded by carla", "CC0")
    assert (film.poster_sha256, film.revision) == (poster.sha256, 2)


def sizes(film: Film) -> dict[str, tuple[int, int]]:
    film.refresh_from_db()
    files = Path(settings.MEDIA_ROOT).rglob(f"{film.poster_sha256}*.jpg")
    return {file.stem.removeprefix(film.poster_sha256): opened(file.read_bytes()).size for file in files}


def test_a_poster_is_stored_in_the_sizes_that_lists_need(film: Film) -> None:
    store_poster(film, picture(1500, 2250))
    assert sizes(film) == {"": (720, 1080), "-medium": (540, 810), "-small": (300, 450), "-tiny": (120, 180)}
    assert [part.split()[1] for part in film.poster_srcset.split(", ")] == ["120w", "300w", "540w", "720w"]
    for part in film.poster_srcset.split(", "):
        file = Path(settings.MEDIA_ROOT) / part.split()[0].removeprefix(settings.MEDIA_URL)
        assert f"{opened(file.read_bytes()).width}w" == part.split()[1]


@pytest.mark.parametrize(("width", "srcset"), [(400, ["120w", "300w", "400w"]), (300, ["120w", "300w"]), (90, ["90w"])])
def test_only_narrower_sizes_are_made(film: Film, width: int, srcset: list[str]) -> None:
    store_poster(film, picture(width, width * 3 // 2))
    assert max(found[0] for found in sizes(film).values()) == width
    assert [part.split()[1] for part in film.poster_srcset.split(", ")] == srcset


def test_a_film_without_a_poster_has_no_sizes(film: Film) -> None:
    assert (film.poster_srcset, film.tiny_url) == ("", "")


def test_missing_sizes_are_made_once(film: Film) -> None:
    poster = store_poster(film, picture(800, 1200))
    before = sizes(film)
    for file in Path(settings.MEDIA_ROOT).rglob("*-*.jpg"):
        if not file.stem.endswith("-small"):
            file.unlink()
    assert list(sizes(film)) != list(before)
    call_command("make_poster_sizes", stdout=(said := io.StringIO()), stderr=io.StringIO())
    assert sizes(film) == before
    assert "2 pictures made, for 1 poster." in said.getvalue()
    assert pictures.make_missing_sizes(poster) == 0


def test_a_poster_whose_file_is_gone_is_named_and_the_others_are_made(film: Film) -> None:
    lost = store_poster(make_film("Lost", key="lost"), picture(700, 1000, colour="red"))
    store_poster(film, picture(800, 1200))
    for file in Path(settings.MEDIA_ROOT).rglob("*-medium.jpg"):
        file.unlink()
    (Path(settings.MEDIA_ROOT) / poster_path(lost.sha256)).unlink()
    with pytest.raises(CommandError, match="1 poster could not be read"):
        call_command("make_poster_sizes", stdout=io.StringIO(), stderr=(said := io.StringIO()))
    assert "lost" in said.getvalue()
    assert "-medium" in sizes(film)


def test_a_small_picture_is_never_enlarged(film: Film) -> None:
    store_poster(film, picture(40, 60))
    assert opened(stored(film)).size == opened(stored(film, small=True)).size == (40, 60)


@pytest.mark.parametrize(("orientation", "size"), [(1, (120, 180)), (3, (120, 180)), (6, (180, 120)), (99, (120, 180))])
def test_a_picture_is_turned_upright(film: Film, orientation: int, size: tuple[int, int]) -> None:
    store_poster(film, with_exif(orientation))
    image = opened(stored(film))
    assert image.size == size
    corner = {1: (5, 5), 3: (115, 175), 6: (175, 5), 99: (5, 5)}[orientation]
    assert min(image.getpixel(corner)) > 200  # type: ignore[arg-type]


def test_nothing_but_pixels_is_kept(film: Film) -> None:
    store_poster(film, with_exif(text=SCRIPT))
    for data in (stored(film), stored(film, small=True)):
        assert b"<script" not in data and b"<?php" not in data and b"Exif" not in data
        assert not opened(data).getexif()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "L", "I;16", "CMYK"])
def test_every_kind_of_pixel_is_understood(film: Film, mode: str) -> None:
    image = Image.new("L", (60, 90), 200) if mode == "I;16" else Image.new("RGBA", (60, 90), (200, 0, 0, 0))
    image = Image.new("I;16", (60, 90), 50_000) if mode == "I;16" else image.convert(mode)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG" if mode == "CMYK" else "PNG")
    store_poster(film, buffer.getvalue())
    assert opened(stored(film)).mode == "RGB"


def test_see_through_parts_become_paper(film: Film) -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (60, 90), (0, 0, 0, 0)).save(buffer, "PNG")
    store_poster(film, buffer.getvalue())
    assert min(opened(stored(film)).getpixel((30, 45))) > 250  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "data",
    [
        b"This is a text file named .jpg",
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\0" * 100_000,
        b"\xff\xd8\xff",
        picture(format="GIF"),
        picture(format="TIFF"),
        picture(format="BMP"),
    ],
)
def test_what_is_no_jpeg_png_or_webp_is_refused(data: bytes) -> None:
    error = refusal(data)
    assert (str(error), error.status) == ("This file is not a JPEG, PNG or WebP picture.", 415)


def test_a_jpeg_that_turns_out_to_be_an_mpo_is_refused() -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (60, 90)).save(buffer, "MPO", save_all=True, append_images=[Image.new("RGB", (60, 90), "red")])
    assert refusal(buffer.getvalue()).status == 415


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_a_picture_that_ends_too_early_is_refused(format: str) -> None:
    noise = Image.effect_noise((300, 450), 90)
    buffer = io.BytesIO()
    noise.save(buffer, format)
    error = refusal(buffer.getvalue()[: len(buffer.getvalue()) // 2])
    assert (str(error), error.status) == ("The picture is damaged: it ends too early.", 422)


def test_a_damaged_webp_is_refused() -> None:
    assert refusal(picture(format="WEBP")[:60]).status in (415, 422)


def test_a_scan_bomb_is_refused_at_once() -> None:
    data = scan_bomb()
    assert data.count(b"\xff\xda") > 3000 and len(data) < settings.POSTER_MAX_BYTES
    began = time.monotonic()
    error = refusal(data)
    assert (str(error), error.status) == ("This picture is too complex to open safely.", 422)
    assert time.monotonic() - began < 6


@pytest.mark.parametrize("side", [6_400, 20_000])  # just above what we take, and what Pillow itself refuses
def test_a_pixel_bomb_is_refused(side: int) -> None:
    data = pixel_bomb(side)
    assert len(data) < 500_000
    assert (refusal(data).status, str(refusal(data))) == (422, "This picture is too complex to open safely.")


def test_gigabytes_of_zeros_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "tt0000001.jpg"
    with path.open("wb") as file:
        file.truncate(3 * 2**30)
    began = time.monotonic()
    error = refusal(path)
    assert (str(error), error.status) == ("This picture is larger than 20 MB.", 413)
    assert time.monotonic() - began < 1


def test_too_many_bytes_are_refused(settings: pytest.FixtureRequest) -> None:
    settings.POSTER_MAX_BYTES = 2**20  # type: ignore[attr-defined]
    error = refusal(picture() + bytes(2**20))
    assert (str(error), error.status) == ("This picture is larger than 1 MB.", 413)


def test_a_picture_that_takes_too_much_cpu_ends_its_process_only(monkeypatch: pytest.MonkeyPatch, film: Film) -> None:
    """The CPU limit itself, with the look at the scans switched off in a copy of the child."""
    child = Path(settings.MEDIA_ROOT).parent / "child.py"
    source = Path(picture_child.__file__).read_text().replace("MAX_SCANS = 100", "MAX_SCANS = 10**9")
    child.write_text(source.replace("CPU_SECONDS = 5", "CPU_SECONDS = 1"))
    monkeypatch.setattr(picture_child, "__file__", str(child))
    began = time.monotonic()
    with Child() as process:
        with pytest.raises(BadPicture, match="too complex"):
            process.store(scan_bomb(4000, 5000), "x")
        assert time.monotonic() - began < pictures.WALL_SECONDS
        assert process.store(picture(), "y").width == 120  # a fresh process took over


def test_a_child_that_is_killed_is_replaced() -> None:
    with Child() as child:
        child.store(picture(), "x")
        assert child.process
        os.kill(child.process.pid, signal.SIGKILL)
        with pytest.raises(BadPicture, match="too complex"):
            child.store(picture(), "x")
        assert child.store(picture(), "x").height == 180


def test_a_child_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "WALL_SECONDS", 0.5)
    with Child() as child:
        child._started()
        assert child.process
        os.kill(child.process.pid, signal.SIGSTOP)
        with pytest.raises(BadPicture, match="too complex"):
            child.store(picture(), "x")


def test_a_child_sees_no_secret_and_cannot_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "s" * 60)
    with Child() as child:
        child.store(picture(), "x")
        assert child.process
        process = Path(f"/proc/{child.process.pid}")
        assert b"SECRET_KEY" not in (process / "environ").read_bytes()
        limits = (process / "limits").read_text()
        assert "Max file size             0                    0" in limits
        assert f"Max address space         {picture_child.MEMORY_BYTES}" in limits


def test_the_same_file_is_decoded_once(film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    first = store_poster(film, picture())
    monkeypatch.setattr(pictures, "Child", None)
    other = store_poster(make_film(), picture())
    assert (other.sha256, other.width) == (first.sha256, first.width)
    store_poster(film, picture())
    film.refresh_from_db()
    assert film.revision == 2  # the same picture again is no change


def test_a_lost_file_is_made_again(film: Film) -> None:
    poster = store_poster(film, picture())
    (Path(settings.MEDIA_ROOT) / poster_path(poster.sha256)).unlink()
    store_poster(film, picture())
    assert stored(film)


def test_another_picture_takes_the_place_of_the_first(film: Film) -> None:
    store_poster(film, picture())
    store_poster(film, picture(colour="navy"))
    film.refresh_from_db()
    assert (Poster.objects.count(), film.revision, film.poster.sha256) == (1, 3, film.poster_sha256)


def test_a_full_disk_leaves_no_half_file(film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("catalog.pictures.os.fsync", full)
    with pytest.raises(BadPicture, match="The disk is full") as caught:
        store_poster(film, picture())
    assert caught.value.status == 507
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    film.refresh_from_db()
    assert film.poster_sha256 == ""


def test_many_pictures_at_once_with_bad_ones_among_them(tmp_path: Path) -> None:
    for number in range(20):
        data = b"text" if number % 5 == 0 else picture(60 + number, 90)
        (tmp_path / f"{number}.jpg").write_bytes(data)
    with Pool(2) as pool:
        futures = [pool.store(tmp_path / f"{number}.jpg", str(number)) for number in range(20)]
        outcomes = [future.exception() or future.result().width for future in futures]
    assert [number for number, outcome in enumerate(outcomes) if isinstance(outcome, BadPicture)] == [0, 5, 10, 15]
    assert [outcome for outcome in outcomes if isinstance(outcome, int)] == [60 + n for n in range(20) if n % 5]
