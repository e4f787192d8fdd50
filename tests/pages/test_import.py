"""Importing from a page, and settling the names that an import did not know."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from catalog.models import Job, SourceName, Term, User

pytestmark = pytest.mark.django_db

CSV = b"imdb_id,title,year,genres\ntt0013442,Nosferatu,1922,Horror\n"
FIELDS = {"format": "csv", "facts": "merge", "labels": "merge", "poster": "merge"}


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def upload(client: Client, **fields: Any) -> Any:
    return client.post("/import/", {**FIELDS, "upload": SimpleUploadedFile("films.csv", CSV), **fields})


@pytest.mark.parametrize("address", ["/import/", "/import/names/"])
def test_admins_only(client: Client, vera: Client, carla: Client, ada: Client, address: str) -> None:
    assert client.get(address).status_code == 302
    for person, status in ((vera, 403), (carla, 403), (ada, 200)):
        assert person.get(address).status_code == status
    assert upload(carla).status_code == 403
    assert not Job.objects.exists()


def test_an_upload_is_checked_before_anything_is_written(ada: Client, admin: User, data: Path) -> None:
    response = upload(ada)
    job = Job.objects.get()
    assert response["Location"] == reverse("job", args=[job.pk])
    assert (job.task, job.created_by) == ("catalog.import_films", admin)
    assert job.params["dry_run"] is True
    assert job.params["name"] == "films.csv"
    path = Path(job.params["path"])
    assert path.is_relative_to(data / "imports")
    assert path.read_bytes() == CSV


def test_what_was_checked_is_then_imported(ada: Client) -> None:
    upload(ada)
    checked = Job.objects.get()
    start = reverse("import-start", args=[checked.pk])
    assert ada.post(start).status_code == 404  # not done yet
    Job.objects.update(state="done", result={"new": 1})
    assert ada.get(start).status_code == 405
    ada.post(start)
    job = Job.objects.latest("pk")
    assert job.params == {**checked.params, "dry_run": False}
    Job.objects.update(state="done")
    assert ada.post(reverse("import-start", args=[job.pk])).status_code == 404  # an import is not a check


@pytest.mark.parametrize("fields", [{"state": "running"}, {"state": "failed"}, {"task": "catalog.export_labels"}])
def test_only_a_check_that_is_done_is_followed_by_an_import(fields: dict[str, str], ada: Client) -> None:
    job = Job.objects.create(**{"task": "catalog.import_films", "state": "done", **fields}, params={"dry_run": True})
    assert ada.post(reverse("import-start", args=[job.pk])).status_code == 404
    assert Job.objects.count() == 1


def test_curators_start_no_import(ada: Client, carla: Client) -> None:
    upload(ada)
    job = Job.objects.get()
    Job.objects.update(state="done")
    assert carla.post(reverse("import-start", args=[job.pk])).status_code == 403


def test_posters_come_as_a_zip_archive(ada: Client) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("tt0013442.jpg", b"picture")
    upload(ada, pictures=SimpleUploadedFile("posters.zip", packed.getvalue()))
    posters = Path(Job.objects.get().params["posters"])
    found = [posters] if posters.is_file() else list(posters.iterdir())
    assert [path.name for path in found] == ["tt0013442.jpg"]


def test_an_archive_that_leads_out_of_its_folder_is_refused(ada: Client, data: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../evil.jpg", b"picture")
    response = upload(ada, pictures=SimpleUploadedFile("posters.zip", packed.getvalue()))
    assert response.status_code == 422
    assert "unsafe path" in response.content.decode()
    assert not Job.objects.exists()
    assert not list(data.rglob("evil.jpg"))


def test_files_on_the_server_can_be_chosen(ada: Client, data: Path) -> None:
    (data / "imports" / "mmimdb").mkdir(parents=True)
    (data / "imports" / "job-3.errors.csv").touch()
    (data / "imports" / ("0123456789abcdef")).mkdir()  # somebody's upload
    page = ada.get("/import/").content.decode()
    assert 'value="mmimdb"' in page
    assert "job-3" not in page
    assert "0123456789abcdef" not in page
    ada.post("/import/", {**FIELDS, "format": "mmimdb", "place": "mmimdb"})
    assert Job.objects.get().params["path"] == str(data / "imports" / "mmimdb")


@pytest.mark.parametrize("place", ["../secret_key", "/etc/passwd", "nothing"])
def test_nothing_else_on_the_server_can_be_chosen(ada: Client, place: str) -> None:
    assert ada.post("/import/", {**FIELDS, "place": place}).status_code == 422
    assert not Job.objects.exists()


def test_it_wants_exactly_one_file(ada: Client, data: Path) -> None:
    (data / "imports" / "films").mkdir(parents=True)
    for response in (ada.post("/import/", FIELDS), upload(ada, place="films")):
        assert response.status_code == 422
        assert "Choose one file" in response.content.decode()


def test_rules_say_what_happens_to_films_that_are_here(ada: Client) -> None:
    upload(ada, facts="overwrite", poster="ignore")
    rules = Job.objects.get().params["rules"]
    assert "plot=overwrite" in rules
    assert "poster=ignore" in rules
    assert not any(rule.startswith("genres") for rule in rules)


def test_a_body_that_is_too_large_is_refused_before_it_is_read(ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    response = ada.generic("POST", "/import/", b"x", content_type="text/csv", CONTENT_LENGTH=str(3 * 2**30))
    assert response.status_code == 413
    assert "MB that fit here" in response.content.decode()


@pytest.fixture
def anime(db: None) -> SourceName:
    return SourceName.objects.create(kind="genre", name="Anime", source="csv: films.csv", films=112)


def test_unknown_names_wait_with_how_often_they_were_met(ada: Client, anime: SourceName) -> None:
    page = " ".join(ada.get("/import/names/").content.decode().split())
    assert "Anime" in page
    assert "112 films" in page


def test_a_name_is_mapped_left_out_and_opened_again(ada: Client, anime: SourceName, horror: Term) -> None:
    address = reverse("map-name", args=[anime.pk])
    for answer, term, ignored in (("horror", horror, False), ("-", None, True), ("", None, False)):
        assert ada.post(address, {"term": answer}).status_code == 302
        anime.refresh_from_db()
        assert (anime.term, anime.ignored) == (term, ignored)


def test_a_name_is_mapped_to_a_term_of_its_kind_only(ada: Client, anime: SourceName) -> None:
    Term.objects.create(kind="tag", slug="only-a-tag", name_en="Only a tag", name_ko="태그")
    Term.objects.create(kind="genre", slug="retired", name_en="Retired", name_ko="옛", active=False)
    for slug in ("only-a-tag", "nonsense", "retired"):
        assert ada.post(reverse("map-name", args=[anime.pk]), {"term": slug}).status_code == 404


def test_curators_map_nothing(carla: Client, anime: SourceName, horror: Term) -> None:
    assert carla.post(reverse("map-name", args=[anime.pk]), {"term": "horror"}).status_code == 403
    anime.refresh_from_db()
    assert anime.term is None
