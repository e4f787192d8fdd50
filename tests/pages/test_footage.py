"""A film's footage on its page and on its own: who sees what, sections, extraction, removal, small uploads."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from catalog.footage import uploads
from catalog.models import Clip, Film, Job, Upload, User
from catalog.views.footage import PLAIN_MAX_BYTES
from catalog.views.reels import FRAMES_SHOWN
from tests.factories import make_clip, make_film, make_frame
from tests.pages.conftest import HTMX, counted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _data(settings: Any, tmp_path: Any) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def clip(film: Film) -> Clip:
    return make_clip(film, name="night.mp4", strip_sha256="ab" * 32, strip_count=24)


@pytest.fixture
def pairs(clip: Clip) -> None:
    for number in range(3):
        make_frame(clip, 62.5 + number, next_sha256=f"{number:064x}", motion=number * 2.0)


def page_of(client: Client, address: str, status: int = 200, **headers: Any) -> str:
    response = client.get(address, **headers)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def part_of(client: Client, address: str, target: str) -> Any:
    return client.get(address, headers=HTMX | {"HX-Target": target})


def address_of(clip: Clip, name: str = "clip") -> str:
    return reverse(name, args=[clip.film.key, clip.pk])


# What is shown -------------------------------------------------------------------------------------------------


def test_without_footage_readers_see_nothing_of_it(client: Client, vera: Client, film: Film) -> None:
    for somebody in (client, vera):
        page = page_of(somebody, film.get_absolute_url())
        assert "Footage" not in page
        assert "footage.js" not in page


def test_without_footage_curators_are_invited(carla: Client, film: Film) -> None:
    page = page_of(carla, film.get_absolute_url())
    assert "Lay a clip on the table" in page
    assert f'data-endpoint="/api/films/{film.key}/clips/uploads/"' in page


def test_readers_see_the_filmstrip_and_change_nothing(client: Client, film: Film, clip: Clip, pairs: None) -> None:
    page = page_of(client, film.get_absolute_url())
    for shown in ("night.mp4", "640 × 360", "1:02.5", clip.strip_url, 'class="shot__next"', "4.0"):
        assert shown in page
    for hidden in ("Save sections", "Extract frames", "Remove", "data-endpoint", "data-handle"):
        assert hidden not in page


def test_a_clip_without_pictures_is_for_curators(client: Client, carla: Client, film: Film) -> None:
    make_clip(film, name="bare.mp4")
    assert "bare.mp4" not in page_of(client, film.get_absolute_url())
    assert "bare.mp4" in page_of(carla, film.get_absolute_url())


def test_the_bar_of_motion_is_measured_against_the_most(client: Client, film: Film, clip: Clip, pairs: None) -> None:
    page = page_of(client, film.get_absolute_url())
    assert page.count('<rect class="fill" width="100.0"') == 1
    assert page.count('<rect class="fill" width="50.0"') == 1


def test_a_long_filmstrip_comes_page_by_page(client: Client, film: Film, clip: Clip) -> None:
    for number in range(FRAMES_SHOWN + 5):
        make_frame(clip, number / 10)
    page = page_of(client, film.get_absolute_url())
    assert page.count('class="shot__link"') == FRAMES_SHOWN
    more = f"{address_of(clip)}?use=tagging&amp;page=2"
    assert more in page
    rest = part_of(client, more.replace("&amp;", "&"), f"more-{clip.pk}").content.decode()
    assert rest.count('class="shot__link"') == 5
    assert "<html" not in rest
    assert f'id="more-{clip.pk}"' not in rest
    alone = page_of(client, more.replace("&amp;", "&"))
    assert "page 2 of 2" in alone
    assert alone.count('class="shot__link"') == 5


def test_both_kinds_of_frames_have_a_strip(client: Client, film: Film, clip: Clip, pairs: None) -> None:
    make_frame(clip, 7.25)
    assert "0:07.3" not in page_of(client, film.get_absolute_url())
    strip = part_of(client, f"{address_of(clip)}?use=tagging", f"strips-{clip.pk}").content.decode()
    assert "0:07.3" in strip or "0:07.2" in strip
    assert strip.count('class="shot__link"') == 1


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999", "9" * 40, "٣"])
def test_odd_pages_are_the_first_or_the_last(client: Client, film: Film, clip: Clip, pairs: None, page: str) -> None:
    assert page_of(client, f"{address_of(clip)}?page={page}").count('class="shot__link"') == 3


def test_the_number_of_queries_does_not_grow_with_clips_and_frames(client: Client, film: Film) -> None:
    def grow(clips: int) -> int:
        for _number in range(clips):
            made = make_clip(film)
            for number in range(30):
                make_frame(made, number, next_sha256=f"{number:064x}", motion=1.0)
                make_frame(made, number)
        with counted() as count:
            assert client.get(film.get_absolute_url()).status_code == 200
        return count()

    client.get(film.get_absolute_url())
    assert grow(1) == grow(4)


def test_text_of_a_clip_is_never_code(carla: Client, film: Film) -> None:
    make_clip(film, name="<img src=x onerror=alert(1)>", codec="<b>", licence='"><script>', strip_sha256="ab" * 32)
    page = page_of(carla, film.get_absolute_url())
    assert "<img src=x" not in page
    assert "<script>" not in page
    assert "<b>" not in page


def test_a_clip_is_found_under_its_own_film_only(client: Client, clip: Clip) -> None:
    other = make_film()
    assert client.get(reverse("clip", args=[other.key, clip.pk])).status_code == 404


# Sections ------------------------------------------------------------------------------------------------------


def test_sections_are_saved_and_drawn(carla: Client, film: Film, clip: Clip) -> None:
    response = carla.post(address_of(clip, "clip-sections"), {"sections": "0:15-0:30, 00:00:45-1:00"})
    assert response["Location"] == f"{film.get_absolute_url()}#clip-{clip.pk}"
    clip.refresh_from_db()
    assert clip.sections == [[15.0, 30.0], [45.0, 60.0]]
    page = page_of(carla, film.get_absolute_url())
    assert 'value="00:00:15-00:00:30, 00:00:45-00:01:00"' in page
    assert '<rect class="unused" x="0.0" width="250.0" height="100">' in page
    assert '<rect class="unused" x="500.0" width="250.0" height="100">' in page
    assert page.count('class="unused"') == 2


def test_no_sections_are_all_of_the_clip(carla: Client, film: Film, clip: Clip) -> None:
    Clip.objects.update(sections=[[1, 2]])
    carla.post(address_of(clip, "clip-sections"), {"sections": "  "})
    clip.refresh_from_db()
    assert clip.sections == []
    assert 'class="unused"' not in page_of(carla, film.get_absolute_url())


@pytest.mark.parametrize("typed", ["soon", "0:30-0:15", "0:10-9:00:00", "0:61-0:70", "1-2-3", "<script>"])
def test_sections_that_cannot_be_are_refused_with_what_was_typed(carla: Client, clip: Clip, typed: str) -> None:
    response = carla.post(address_of(clip, "clip-sections"), {"sections": typed}, headers=HTMX)
    assert response.status_code == 422
    assert response["HX-Retarget"] == f"#clip-{clip.pk}"
    answer = response.content.decode()
    assert 'aria-invalid="true"' in answer
    assert f'value="{typed.replace("<", "&lt;").replace(">", "&gt;")}"' in answer
    clip.refresh_from_db()
    assert clip.sections == []


# Extraction -----------------------------------------------------------------------------------------------------


def test_extraction_is_a_job_and_its_progress_is_shown(carla: Client, film: Film, clip: Clip) -> None:
    sent = {"use": "pair", "pairs": "50", "size": "320x180", "every": "2", "seed": ""}
    response = carla.post(address_of(clip, "clip-extract"), sent, headers=HTMX)
    job = Job.objects.get()
    assert job.task == "catalog.extract_frames"
    assert job.params == {"clip": clip.pk, "name": "night.mp4", "use": "pair", "pairs": 50, "size": "320x180"}
    assert f"?jobs={job.pk}" in response.content.decode()
    assert "every 1s" in page_of(carla, film.get_absolute_url())


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 422),
        ({"use": "both"}, 422),
        ({"use": "pair", "pairs": "0"}, 422),
        ({"use": "pair", "pairs": "many"}, 422),
        ({"use": "pair", "size": "9999x9999"}, 422),
        ({"use": "tagging", "every": "2", "scenes": "on"}, 422),
        ({"use": "tagging", "every": "nan"}, 422),
        ({"use": "tagging", "every": "0.001"}, 422),
        ({"use": "tagging", "seed": "-1"}, 422),
    ],
)
def test_what_cannot_be_extracted_is_refused(carla: Client, clip: Clip, sent: dict[str, str], status: int) -> None:
    response = carla.post(address_of(clip, "clip-extract"), sent)
    assert response.status_code == status
    assert "field__error" in response.content.decode()
    assert not Job.objects.exists()


def test_one_extraction_of_a_clip_at_a_time(carla: Client, clip: Clip) -> None:
    assert carla.post(address_of(clip, "clip-extract"), {"use": "pair"}).status_code == 302
    again = carla.post(address_of(clip, "clip-extract"), {"use": "tagging"})
    assert (again.status_code, Job.objects.count()) == (409, 1)


def test_when_the_job_has_ended_its_clip_is_asked_for_anew(carla: Client, film: Film, clip: Clip) -> None:
    carla.post(address_of(clip, "clip-extract"), {"use": "pair"})
    job = Job.objects.get()
    asked = f"{reverse('clips', args=[film.key])}?jobs={job.pk},{job.pk + 1},x"
    assert "HX-Trigger" not in part_of(carla, asked, "footage-work")
    Job.objects.update(state="running", heartbeat_at=job.created_at)
    job.refresh_from_db()
    job.finish(Job.State.DONE, result={"kept": 7, "straddled_cut": 2, "near_duplicates": 0})
    ended = part_of(carla, asked, "footage-work")
    assert f"clip-{clip.pk}-changed" in ended["HX-Trigger"]
    assert "every 1s" not in ended.content.decode()
    fresh = part_of(carla, address_of(clip), f"clip-{clip.pk}").content.decode()
    assert "7 kept" in fresh
    assert "2 dropped: they straddled a cut" in fresh
    assert "looked like" not in fresh


def test_a_job_that_failed_says_why_until_it_is_done(carla: Client, film: Film, curator: User) -> None:
    params = {"film": film.key, "name": "list.mp4", "upload": "x"}
    failed = Job.objects.create(task="catalog.add_clip", params=params, created_by=curator, state="running")
    failed.finish(Job.State.FAILED, "This is no video that is accepted.")
    assert "This is no video that is accepted." in page_of(carla, film.get_absolute_url())
    done = Job.objects.create(task="catalog.add_clip", params=params, created_by=curator, state="running")
    done.finish(Job.State.DONE)
    assert "This is no video that is accepted." not in page_of(carla, film.get_absolute_url())


def test_readers_hear_nothing_of_jobs(client: Client, vera: Client, film: Film, clip: Clip) -> None:
    for somebody in (client, vera):
        answer = part_of(somebody, reverse("clips", args=[film.key]), "footage-work")
        assert "job" not in answer.content.decode().lower()


# Adding and removing -----------------------------------------------------------------------------------------------


def add(client: Client, film: Film, data: bytes | None, **extra: Any) -> Any:
    form = {} if data is None else {"clip": SimpleUploadedFile("night.mp4", data)}
    return client.post(reverse("clips", args=[film.key]), form, **extra)


def test_a_small_file_comes_with_one_form(carla: Client, film: Film, curator: User) -> None:
    assert add(carla, film, b"not yet looked at")["Location"] == f"{film.get_absolute_url()}#footage"
    upload, job = Upload.objects.get(), Job.objects.get()
    assert (upload.name, upload.user, job.params["upload"]) == ("night.mp4", curator, str(upload.pk))
    assert uploads.path_of(upload).read_bytes() == b"not yet looked at"


@pytest.mark.parametrize(("data", "status"), [(None, 422), (b"", 422)])
def test_nothing_is_not_a_clip(carla: Client, film: Film, data: bytes | None, status: int) -> None:
    response = add(carla, film, data)
    assert response.status_code == status
    assert 'role="alert"' in response.content.decode()
    assert not Upload.objects.exists()


def test_a_large_file_does_not_come_with_one_form(carla: Client, film: Film) -> None:
    assert add(carla, film, b"", CONTENT_LENGTH=str(PLAIN_MAX_BYTES + 2**21)).status_code == 413


def test_an_upload_that_broke_off_waits_and_can_be_cancelled(carla: Client, chul: Client, film: Film) -> None:
    user = User.objects.get(username="carla")
    upload = uploads.begin(film, user, name="long.mkv", size=200)
    uploads.append(upload, 0, bytes(86))
    assert "43 % of 200" in page_of(carla, film.get_absolute_url())
    assert "long.mkv" not in page_of(chul, film.get_absolute_url())
    address = reverse("upload-cancel", args=[film.key, upload.pk])
    assert chul.post(address).status_code == 404
    assert carla.post(address).status_code == 302
    assert not Upload.objects.exists()
    assert not uploads.path_of(upload).exists()


def test_removing_asks_first(carla: Client, film: Film, clip: Clip, pairs: None) -> None:
    address = address_of(clip, "clip-remove")
    assert "Its file and 3 frames go with it" in page_of(carla, address)
    assert Clip.objects.count() == 1
    carla.post(address_of(clip, "clip-extract"), {"use": "pair"})
    assert carla.post(address).status_code == 302
    assert not Clip.objects.exists()
    assert Job.objects.get().state == "cancelled"
