"""Large files in pieces over HTTP: interrupted, resumed, misplaced, two at once, too large, hostile, on a full disk."""

import base64
import errno
import hashlib
import io
import os
import shutil
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.http.request import UnreadablePostError
from django.test import Client
from rest_framework.test import APIClient

from catalog.footage import arrivals, uploads
from catalog.models import Film, Job, Upload, User
from tests.api.conftest import client_of
from tests.factories import make_film

pytestmark = pytest.mark.django_db
PIECE = "application/offset+octet-stream"


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def carla(curator: User) -> APIClient:
    return client_of(curator)


def begin(client: APIClient, film: Film, size: int, name: str = "night.mp4", **headers: str) -> Any:
    told = f"filename {base64.b64encode(name.encode()).decode()}"
    headers = {"tus-resumable": "1.0.0", "upload-length": str(size), "upload-metadata": told} | headers
    return client.post(f"/api/films/{film.key}/clips/uploads/", headers=headers)


def send(client: Any, address: str, data: bytes, at: int, **headers: str) -> Any:
    headers = {"tus-resumable": "1.0.0", "upload-offset": str(at)} | headers
    return client.generic("PATCH", address, data, content_type=PIECE, headers=headers)


def head(client: APIClient, address: str) -> Any:
    return client.head(address, headers={"tus-resumable": "1.0.0"})


@pytest.fixture
def address(carla: APIClient, film: Film) -> str:
    """Where ten bytes are waited for."""
    return str(begin(carla, film, 10)["Location"])


def stored() -> bytes:
    return uploads.path_of(Upload.objects.get()).read_bytes()


# The way of a file -----------------------------------------------------------------------------------------


def test_a_file_comes_in_pieces_and_is_taken_by_a_job(carla: APIClient, film: Film, address: str) -> None:
    assert head(carla, address)["Upload-Offset"] == "0"
    first = send(carla, address, b"01234", 0)
    assert (first.status_code, first["Upload-Offset"], first["Tus-Resumable"]) == (204, "5", "1.0.0")
    assert not Job.objects.exists()
    assert head(carla, address)["Upload-Offset"] == "5"
    assert send(carla, address, b"56789", 5)["Upload-Offset"] == "10"
    assert stored() == b"0123456789"
    job = Job.objects.get()
    assert (job.task, job.params["film"], job.params["name"]) == ("catalog.add_clip", film.key, "night.mp4")
    assert carla.get(address).json()["job"] == job.pk


def test_what_can_be_done_is_told(carla: APIClient, film: Film, settings: Any) -> None:
    told = carla.options(f"/api/films/{film.key}/clips/uploads/")
    assert told.status_code == 204
    assert told["Tus-Version"] == "1.0.0"
    assert told["Tus-Extension"] == "creation,termination,checksum"
    assert told["Tus-Max-Size"] == str(settings.CLIP_MAX_BYTES)


class Breaks:
    """A body whose sender goes away in the middle."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)

    def read(self, size: int) -> bytes:
        if not self.pieces:
            raise UnreadablePostError("the connection broke")
        return self.pieces.pop(0)


def test_what_came_before_the_connection_broke_is_kept(carla: APIClient, address: str) -> None:
    upload = Upload.objects.get()
    assert uploads.receive(upload, 0, Breaks(b"012", b"34"), 10) == 5
    assert head(carla, address)["Upload-Offset"] == "5"
    assert send(carla, address, b"56789", 5).status_code == 204
    assert stored() == b"0123456789"


def test_a_body_that_is_shorter_than_it_said_is_kept_as_far_as_it_goes(carla: APIClient, address: str) -> None:
    assert uploads.receive(Upload.objects.get(), 0, io.BytesIO(b"0123"), 9) == 4
    assert head(carla, address)["Upload-Offset"] == "4"


@pytest.mark.parametrize("at", [0, 4, 6, 10])
def test_a_piece_for_another_place_is_refused(carla: APIClient, address: str, at: int) -> None:
    send(carla, address, b"01234", 0)
    answer = send(carla, address, b"56789", at)
    assert answer.status_code == 409
    assert answer.json()["detail"] == f"The file ends at byte 5, not at {at}."
    assert stored() == b"01234"


def test_more_than_was_announced_is_refused(carla: APIClient, address: str) -> None:
    assert send(carla, address, b"0123456789a", 0).status_code == 413
    assert stored() == b""


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_every_byte_is_kept_once(carla: APIClient, film: Film, curator: User) -> None:
    """Two senders of one file: each piece is appended by one of them, and the file is whole."""
    whole = bytes(range(256)) * 8
    address = begin(carla, film, len(whole))["Location"]
    together, statuses = threading.Barrier(2), []

    def sender(client: APIClient) -> None:
        together.wait()
        try:
            while (at := int(head(client, address)["Upload-Offset"])) < len(whole):
                statuses.append(send(client, address, whole[at : at + 64], at).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=sender, args=[client_of(curator)]) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert stored() == whole
    assert statuses.count(204) == len(whole) // 64
    assert set(statuses) <= {204, 409}
    assert Job.objects.count() == 1


def test_who_repeats_the_end_starts_no_second_job(carla: APIClient, address: str) -> None:
    send(carla, address, b"0123456789", 0)
    assert send(carla, address, b"", 10, content_length="0").status_code == 204
    assert Job.objects.count() == 1


def test_a_whole_file_whose_job_was_never_written_down_gets_one(carla: APIClient, address: str) -> None:
    upload = Upload.objects.get()
    uploads.append(upload, 0, b"0123456789")
    assert send(carla, address, b"", 10, content_length="0").status_code == 204
    assert Job.objects.count() == 1
    Job.objects.all().delete()
    arrivals.remove_stale()
    assert Job.objects.get().params["upload"] == str(upload.pk)


def test_forgetting_an_upload(carla: APIClient, address: str) -> None:
    path = uploads.path_of(Upload.objects.get())
    assert carla.delete(address, headers={"tus-resumable": "1.0.0"}).status_code == 204
    assert not path.exists()
    assert head(carla, address).status_code == 404
    assert send(carla, address, b"0", 0).status_code == 404


def test_an_upload_that_is_cancelled_under_a_sender_is_gone(film: Film, curator: User) -> None:
    upload = uploads.begin(film, curator, name="a.mp4", size=10)
    uploads.cancel(Upload.objects.get())
    with pytest.raises(uploads.BadUpload) as error:
        uploads.append(upload, 0, b"0")
    assert error.value.status == 410


def test_behind_a_network_that_knows_post_only(carla: APIClient, address: str) -> None:
    headers = {"tus-resumable": "1.0.0", "upload-offset": "0"}
    override = {"x-http-method-override": "PATCH"}
    assert carla.generic("POST", address, "01", content_type=PIECE, headers=headers).status_code == 405
    assert carla.generic("POST", address, "01", content_type=PIECE, headers=headers | override).status_code == 204
    assert stored() == b"01"


# Headers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_piece_that_is_not_what_its_checksum_says_is_refused(carla: APIClient, address: str, algorithm: str) -> None:
    digest = base64.b64encode(hashlib.new(algorithm, b"01234").digest()).decode()
    wrong = send(carla, address, b"01235", 0, **{"upload-checksum": f"{algorithm} {digest}"})
    assert (wrong.status_code, stored()) == (460, b"")
    assert send(carla, address, b"01234", 0, **{"upload-checksum": f"{algorithm} {digest}"}).status_code == 204
    assert stored() == b"01234"


@pytest.mark.parametrize("checksum", ["md5 AAAA", "sha1", "nothing", "crc32 AAAA"])
def test_checksums_of_other_kinds_are_refused(carla: APIClient, address: str, checksum: str) -> None:
    assert send(carla, address, b"01234", 0, **{"upload-checksum": checksum}).status_code in (400, 460)
    assert stored() == b""


@pytest.mark.parametrize("version", ["", "0.2.2", "2.0.0"])
def test_another_version_of_the_protocol_is_refused(carla: APIClient, film: Film, address: str, version: str) -> None:
    answer = send(carla, address, b"0", 0, **{"tus-resumable": version})
    assert (answer.status_code, answer["Tus-Version"]) == (412, "1.0.0")
    assert begin(carla, film, 10, **{"tus-resumable": version}).status_code == 412


@pytest.mark.parametrize("offset", ["", "-1", "1e3", "٣", "9" * 40])
def test_an_offset_that_is_no_number_is_refused(carla: APIClient, address: str, offset: str) -> None:
    if not offset.isascii():
        offset = offset.encode().decode("latin-1")
    assert send(carla, address, b"0", 0, **{"upload-offset": offset}).status_code == 400


def test_a_piece_of_another_type_or_without_a_length_is_refused(carla: APIClient, address: str) -> None:
    headers = {"tus-resumable": "1.0.0", "upload-offset": "0"}
    assert carla.generic("PATCH", address, "0", content_type="video/mp4", headers=headers).status_code == 415
    assert carla.generic("PATCH", address, content_type=PIECE, headers=headers).status_code in (411, 415)
    assert stored() == b""


@pytest.mark.parametrize("metadata", ["filename ***", "filename /w==", "filename 7aCA"])
def test_metadata_that_cannot_be_read_are_refused(carla: APIClient, film: Film, metadata: str) -> None:
    assert begin(carla, film, 10, **{"upload-metadata": metadata}).status_code == 400


# How much, and whose -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "status"), [(0, 422), (100, 201), (101, 413), (10**18 - 1, 413)])
def test_how_large_a_clip_may_be(carla: APIClient, film: Film, settings: Any, size: int, status: int) -> None:
    settings.CLIP_MAX_BYTES = 100
    assert begin(carla, film, size).status_code == status


def test_a_body_above_every_limit_is_refused_before_it_is_read(
    carla: APIClient, film: Film, address: str, settings: Any
) -> None:
    too_long = str(settings.CLIP_MAX_BYTES + 1)
    answer = carla.generic(
        "PATCH", address, "0", content_type=PIECE, headers={"tus-resumable": "1.0.0"}, CONTENT_LENGTH=too_long
    )
    assert answer.status_code == 413
    assert stored() == b""


def test_so_many_uploads_at_once_and_no_more(carla: APIClient, film: Film, admin: User) -> None:
    for _number in range(uploads.MOST_PER_PERSON):
        assert begin(carla, film, 10).status_code == 201
    refused = begin(carla, film, 10)
    assert (refused.status_code, "Nosferatu" in refused.json()["detail"]) == (429, True)
    assert begin(client_of(admin), film, 10).status_code == 201
    assert Upload.objects.count() == uploads.MOST_PER_PERSON + 1


@pytest.mark.django_db(transaction=True)
def test_so_many_also_when_asked_for_at_once(film: Film, curator: User) -> None:
    together, statuses = threading.Barrier(8), []

    def ask(client: APIClient) -> None:
        together.wait()
        try:
            statuses.append(begin(client, film, 10).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=[client_of(curator)]) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(statuses) == [201] * 5 + [429] * 3


def test_somebody_elses_upload_is_not_there(carla: APIClient, film: Film, address: str, admin: User) -> None:
    for other in (client_of(admin), client_of(admin)):
        assert head(other, address).status_code == 404
        assert send(other, address, b"0", 0).status_code == 404
        assert other.delete(address, headers={"tus-resumable": "1.0.0"}).status_code == 404
    assert (stored(), Upload.objects.count()) == (b"", 1)


def test_an_upload_belongs_to_its_film(carla: APIClient, film: Film, address: str) -> None:
    other = address.replace(film.key, make_film().key)
    assert head(carla, other).status_code == 404
    Film.objects.filter(pk=film.pk).update(published=False)
    assert head(carla, address).status_code == 404


def test_viewers_and_those_whose_rights_were_taken_send_nothing(
    carla: APIClient, film: Film, address: str, viewer: User, curator: User
) -> None:
    assert begin(client_of(viewer), film, 10).status_code == 403
    assert begin(client_of(None), film, 10).status_code == 401
    User.objects.filter(pk=curator.pk).update(role=User.Role.VIEWER)
    assert send(carla, address, b"0", 0).status_code == 403


def test_a_browser_needs_the_csrf_token(film: Film, curator: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(curator)
    page = browser.get(film.get_absolute_url()).content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    headers = {"tus-resumable": "1.0.0", "upload-length": "10"}
    where = f"/api/films/{film.key}/clips/uploads/"
    assert browser.generic("POST", where, headers=headers).status_code == 403
    made = browser.generic("POST", where, headers=headers | {"x-csrftoken": token})
    assert made.status_code == 201
    assert send(browser, made["Location"], b"0", 0).status_code == 403
    assert send(browser, made["Location"], b"0", 0, **{"x-csrftoken": token}).status_code == 204


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\films\\night.mp4", "night.mp4"),
        ("밤 (1922).mp4", "밤 (1922).mp4"),
        ("a\0b\n\x1bc\u202e4pm.mp4", "abc4pm.mp4"),
        ("<script>alert(1)</script>.mp4", "script>.mp4"),
        ("x" * 500, "x" * 200),
        ("/", "clip"),
        ("", "clip"),
    ],
)
def test_hostile_names_are_only_shown(carla: APIClient, film: Film, data: Path, name: str, kept: str) -> None:
    answer = begin(carla, film, 10, name)
    assert (answer.status_code, answer.json()["name"]) == (201, kept)
    [file] = (data / "uploads").iterdir()
    assert uuid.UUID(file.name) == Upload.objects.get().pk


# A full disk -----------------------------------------------------------------------------------------------------


def test_no_room_is_said_before_a_byte_is_sent(carla: APIClient, film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    free = uploads.RESERVE_BYTES + 25
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(0, 0, free))
    assert begin(carla, film, 10).status_code == 201
    assert begin(carla, film, 10).status_code == 201
    assert begin(carla, film, 10).status_code == 507
    assert (Upload.objects.count(), Job.objects.count()) == (2, 0)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_is_full_halfway_leaves_what_was_there(
    carla: APIClient, address: str, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    send(carla, address, b"0123", 0)
    real = Path.open

    class Full:
        """A file of which two more bytes can be written."""

        def __init__(self, file: Any) -> None:
            self.file = file

        def __enter__(self) -> "Full":
            return self

        def __exit__(self, *_error: object) -> None:
            self.file.close()

        def seek(self, place: int) -> None:
            self.file.seek(place)

        def write(self, data: bytes) -> None:
            self.file.write(data[:2])
            self.file.flush()
            raise OSError(code, os.strerror(code))

    def opened(path: Path, mode: str = "r", *args: Any, **options: Any) -> Any:
        file = real(path, mode, *args, **options)
        return Full(file) if mode == "r+b" else file

    monkeypatch.setattr(Path, "open", opened)
    answer = send(carla, address, b"456789", 4)
    assert (answer.status_code, answer.json()["detail"]) == (507, "The disk is full: there is no room for this file.")
    monkeypatch.undo()
    assert stored() == b"0123"
    assert head(carla, address)["Upload-Offset"] == "4"
    assert send(carla, address, b"456789", 4).status_code == 204
    assert stored() == b"0123456789"
