"""Versions, runs, predictions, training and jobs over the API."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from catalog.models import Film, Job, SourceName, Term, User
from inference.models import Prediction
from tests.factories import make_film
from tests.training.test_registry import make_folder
from training import registry
from training.models import ModelVersion, Promotion, Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def versions(tmp_path: Path) -> list[ModelVersion]:
    made = [registry.register(make_folder(tmp_path / str(n), prior=n / 10)) for n in range(2)]
    registry.promote(made[0], user=None)
    Job.objects.all().delete()
    return made


def champion() -> str:
    return ModelVersion.objects.get(champion=True).name


def test_versions_are_listed_and_shown(anonymous: APIClient, versions: list[ModelVersion]) -> None:
    listed = anonymous.get("/api/versions/").data["results"]
    assert [(row["name"], row["champion"]) for row in listed] == [("genres-2", False), ("genres-1", True)]
    assert [row["name"] for row in anonymous.get("/api/versions/?task=tags").data["results"]] == []
    assert anonymous.get("/api/versions/?task=x").status_code == 400
    shown = anonymous.get("/api/versions/genres-2/").data
    assert (shown["terms"], shown["thresholds"]) == (["comedy", "horror"], [0.5, 0.5])
    assert "folder" not in shown
    missing = anonymous.get("/api/versions/genres-9/")
    assert (missing.status_code, "no version" in missing.data["detail"]) == (404, True)


def test_promote_and_roll_back(as_admin: APIClient, admin: User, versions: list[ModelVersion]) -> None:
    answer = as_admin.post("/api/versions/genres-2/promote/", {"reason": "better", "rollback": True, "by": 1})
    assert (answer.status_code, champion()) == (201, "genres-2")
    assert (answer.data["version"], answer.data["replaced"], answer.data["rollback"]) == ("genres-2", "genres-1", False)
    promotion = Promotion.objects.latest("pk")
    assert (promotion.by, promotion.reason) == (admin, "better")
    assert Job.objects.get().task == "inference.predict"
    assert as_admin.post("/api/versions/genres-2/promote/").status_code == 409

    back = as_admin.post("/api/rollback/genres/")
    assert (back.status_code, back.data["version"], back.data["rollback"], champion()) == (
        201,
        "genres-1",
        True,
        "genres-1",
    )
    assert as_admin.post("/api/rollback/tags/").status_code == 404
    assert as_admin.post("/api/rollback/nonsense/").status_code == 400


def test_a_damaged_version_is_not_promoted(as_admin: APIClient, versions: list[ModelVersion]) -> None:
    file = versions[1].folder / "toy.json"
    file.chmod(0o644)
    file.write_text(file.read_text() + " ")
    answer = as_admin.post("/api/versions/genres-2/promote/")
    assert (answer.status_code, champion()) == (409, "genres-1")
    assert answer.data["detail"]


def test_a_version_cannot_be_made_champion_by_its_fields(as_admin: APIClient, versions: list[ModelVersion]) -> None:
    for method in ("put", "patch", "post", "delete"):
        answer = getattr(as_admin, method)("/api/versions/genres-2/", {"champion": True, "is_champion": True})
        assert answer.status_code in (403, 405)
    assert champion() == "genres-1"


def test_predictions_are_the_champions_unless_asked(
    anonymous: APIClient, film: Film, versions: list[ModelVersion]
) -> None:
    other = make_film()
    for version, scores in ((versions[0], [0.1, 0.9]), (versions[1], [0.2, 0.3])):
        Prediction.objects.create(
            film=film, version=version, scores=scores, input_hash=film.input_hash, inputs=["plot"]
        )
    Prediction.objects.create(film=other, version=versions[0], scores=[0, 0], input_hash="old", inputs=[])

    def found(query: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = anonymous.get(f"/api/predictions/?{query}").data["results"]
        return rows

    assert [(row["film"], row["stale"]) for row in found("")] == [(other.key, True), (film.key, False)]
    [row] = found("film=tt0013442")
    assert (row["version"], row["scores"], row["inputs"]) == ("genres-1", {"comedy": 0.1, "horror": 0.9}, ["plot"])
    assert [row["scores"]["horror"] for row in found("version=genres-2")] == [0.3]
    assert anonymous.get("/api/predictions/?version=genres-9").status_code == 400


def test_runs(anonymous: APIClient, versions: list[ModelVersion]) -> None:
    run = Run.objects.create(task="genres", options={"seed": 1})
    Run.objects.create(task="tags")
    ModelVersion.objects.filter(pk=versions[1].pk).update(run=run)
    assert len(anonymous.get("/api/runs/").data["results"]) == 2
    [row] = anonymous.get("/api/runs/?task=genres").data["results"]
    assert (row["version"], row["options"]) == ("genres-2", {"seed": 1})
    assert anonymous.get(f"/api/runs/{run.pk}/").data["id"] == run.pk


def test_retraining_is_a_job(as_admin: APIClient, admin: User) -> None:
    answer = as_admin.post("/api/retrain/", {"task": "genres", "seed": 3, "promote": "never", "created_by": 99})
    assert answer.status_code == 202, answer.data
    job = Job.objects.get()
    assert (job.task, job.queue, job.created_by) == ("training.retrain", "gpu", admin)
    assert job.params == {"task": "genres", "seed": 3, "promote": "never"}
    assert answer["Location"] == f"/api/jobs/{job.pk}/"
    assert as_admin.get(answer["Location"]).data["params"]["seed"] == 3


@pytest.mark.parametrize(
    "options",
    [
        {}, {"task": "films"}, {"task": "genres", "architecture": "nonsense"}, {"task": "genres", "split": "x"},
        {"task": "genres", "seed": -1}, {"task": "genres", "seed": "x"}, {"task": "genres", "min_films": 0},
        {"task": "genres", "promote": "maybe"}, {"task": "genres", "text_encoder": "none", "image_encoder": "none"},
        {"task": ["genres"]}, [], "genres",
    ],
)  # fmt: skip
def test_options_that_cannot_be_used(options: Any, as_admin: APIClient) -> None:
    answer = as_admin.post("/api/retrain/", options)
    assert answer.status_code == 400, answer.data
    assert not Job.objects.exists()


def test_predicting_is_a_job(as_curator: APIClient, film: Film) -> None:
    answer = as_curator.post("/api/predict/", {"films": ["tt0013442"]})
    assert answer.status_code == 202
    assert Job.objects.get().params == {"films": ["tt0013442"], "everything": False}
    assert as_curator.post("/api/predict/", {"films": ["nowhere"]}).status_code == 400
    assert as_curator.post("/api/predict/", {"films": ["x"] * 1001}).status_code == 400
    assert Job.objects.count() == 1


# Jobs


def test_a_job_with_its_failures(as_admin: APIClient, admin: User) -> None:
    job = Job.objects.create(
        task="catalog.import_films",
        params={"path": "/srv/secret.csv", "posters": "/srv/p", "folder": "/srv", "format": "csv"},
        created_by=admin, total=10, done=5, state=Job.State.RUNNING,
    )  # fmt: skip
    job.failures.create(item="row 3", reason="no title")
    shown = as_admin.get(f"/api/jobs/{job.pk}/").data
    assert (shown["percent"], shown["failures"], shown["params"], shown["by"]) == (50, 1, {"format": "csv"}, "ada")
    failures = as_admin.get(f"/api/jobs/{job.pk}/failures/").data["results"]
    assert [dict(row) for row in failures] == [{"item": "row 3", "reason": "no title"}]
    assert [row["id"] for row in as_admin.get("/api/jobs/?state=running").data["results"]] == [job.pk]
    assert as_admin.get("/api/jobs/?state=x").status_code == 400
    assert as_admin.get("/api/jobs/?created_by__password__regex=.").status_code == 400


def test_curators_list_their_own_jobs_and_admins_all(
    as_curator: APIClient, as_admin: APIClient, curator: User, admin: User
) -> None:
    own, other = (Job.objects.create(task="inference.predict", created_by=user) for user in (curator, admin))
    assert [row["id"] for row in as_curator.get("/api/jobs/").data["results"]] == [own.pk]
    assert [row["id"] for row in as_admin.get("/api/jobs/").data["results"]] == [other.pk, own.pk]


def test_cancel_and_retry(as_admin: APIClient, admin: User) -> None:
    queued = Job.objects.create(task="inference.predict", params={"everything": True}, created_by=admin, queue="gpu")
    assert as_admin.post(f"/api/jobs/{queued.pk}/retry/").status_code == 409
    assert as_admin.post(f"/api/jobs/{queued.pk}/cancel/").data["state"] == "cancelled"
    assert as_admin.post(f"/api/jobs/{queued.pk}/cancel/").status_code == 409
    again = as_admin.post(f"/api/jobs/{queued.pk}/retry/")
    assert (again.status_code, again.data["state"], again.data["params"]) == (202, "queued", {"everything": True})
    assert again.data["id"] != queued.pk
    running = Job.objects.create(task="inference.predict", state=Job.State.RUNNING, created_by=admin)
    assert as_admin.post(f"/api/jobs/{running.pk}/cancel/").data["cancel_requested"] is True


def test_who_is_no_admin_any_more_retries_no_admins_job(as_curator: APIClient, curator: User) -> None:
    mine = Job.objects.create(task="training.retrain", state=Job.State.DONE, created_by=curator)
    assert as_curator.post(f"/api/jobs/{mine.pk}/retry/").status_code == 403
    assert Job.objects.count() == 1


# Imports and names


CSV = b"imdb_id,title,year\ntt0000001,Carmencita,1894\n"


def test_an_import_starts_from_an_upload(as_admin: APIClient, admin: User, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    upload = SimpleUploadedFile("../../films.csv", CSV)
    fields = {"file": upload, "format": "csv", "dry_run": "true", "rules": ["plot=overwrite", "year=ignore"]}
    answer = as_admin.post("/api/import/", {**fields, "path": "/etc/passwd"}, format="multipart")
    assert answer.status_code == 202, answer.data
    job = Job.objects.get()
    assert (job.task, job.created_by, job.params["dry_run"]) == ("catalog.import_films", admin, True)
    assert job.params["rules"] == ["plot=overwrite", "year=ignore"]
    stored = Path(job.params["path"])
    assert stored.is_relative_to(tmp_path / "imports")
    assert stored.read_bytes() == CSV
    assert str(tmp_path) not in answer.content.decode()


@pytest.mark.parametrize(
    "fields",
    [
        {"format": "csv"}, {"format": "csv", "file": "text"}, {"file": SimpleUploadedFile("a.csv", CSV)},
        {"file": SimpleUploadedFile("a.csv", CSV), "format": "exe"},
        {"file": SimpleUploadedFile("a.csv", b""), "format": "csv"},
        {"file": SimpleUploadedFile("a.csv", CSV), "format": "csv", "rules": ["plot=burn"]},
    ],
)  # fmt: skip
def test_an_upload_that_makes_no_sense(
    fields: dict[str, Any], as_admin: APIClient, settings: Any, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path / "data"
    answer = as_admin.post("/api/import/", fields, format="multipart")
    assert answer.status_code == 400, answer.data
    assert not Job.objects.exists()
    assert not (tmp_path / "data").exists()


def test_an_upload_that_is_too_large_is_refused_unread(as_admin: APIClient) -> None:
    assert site.DATA_UPLOAD_MAX_MEMORY_SIZE < 10 * 2**20
    answer = as_admin.generic(
        "POST", "/api/import/", "", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(3 * 2**30)
    )
    assert answer.status_code == 413


def test_a_name_is_mapped_to_a_term(as_admin: APIClient, horror: Term) -> None:
    name = SourceName.objects.create(kind="genre", name="Gore", source="x", films=7)
    waiting = as_admin.get("/api/source-names/?waiting=1").data["results"]
    assert [(row["name"], row["films"]) for row in waiting] == [("Gore", 7)]
    address = f"/api/source-names/{name.pk}/"
    mapped = as_admin.put(address, {"term": "horror", "films": 0, "name": "x"})
    assert (mapped.status_code, mapped.data["term"]) == (200, {"kind": "genre", "slug": "horror"})
    name.refresh_from_db()
    assert (name.term, name.films, name.name) == (horror, 7, "Gore")
    assert as_admin.put(address, {"ignored": True}).data["ignored"] is True
    for wrong in ({"term": "nonsense"}, {"term": "horror", "ignored": True}, {"term": ["horror"]}):
        assert as_admin.put(address, wrong).status_code == 400


def test_terms_in_both_languages(anonymous: APIClient, horror: Term) -> None:
    Term.objects.filter(pk=horror.pk).update(name_ko="공포")
    found = {row["slug"]: row for row in anonymous.get("/api/terms/?kind=genre&page_size=100").data["results"]}
    assert found["horror"]["name_ko"] == "공포"
    assert {row["kind"] for row in found.values()} == {"genre"}
