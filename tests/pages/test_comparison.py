"""Comparisons of architectures: the list, one of them, its files, and starting another one."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from catalog import jobs
from catalog.models import Job, User
from catalog.templatetags.jobs import task_name
from tests.pages.conftest import counted
from tests.training.compared import made_up_comparison
from training import comparing, ledger, tasks
from training.ledger import OtherFilms

pytestmark = pytest.mark.django_db
FORM = {
    "task": "genres",
    "architectures": ["heads"],
    "text_encoder": "minilm",
    "image_encoder": "starter",
    "split": "hash",
    "min_films": 20,
    "seeds": 2,
    "films": 0,
}


@pytest.fixture(scope="module")
def content() -> dict[str, Any]:
    return made_up_comparison(films=120, rounds=10)


@pytest.fixture(autouse=True)
def _data(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def found(content: dict[str, Any]) -> str:
    """The name of a comparison that the site keeps."""
    path = ledger.kept("genres-first")
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(content))
    return "genres-first"


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return " ".join(response.content.decode().split())


def test_without_any_comparison_admins_are_told_how_to_make_one(ada: Client, client: Client) -> None:
    assert "Nothing has been compared yet." in text(client, "/models/compare/")
    assert "/models/compare/new/" in text(ada, "/models/compare/")
    assert "/models/compare/new/" not in text(client, "/models/compare/")


def test_the_list_names_the_best_row_and_its_figures(client: Client, found: str, content: dict[str, Any]) -> None:
    page = text(client, "/models/compare/")
    best = next(row for row in content["rows"] if row["id"] == content["best"])
    assert f"/models/compare/{found}/" in page and "<strong>heads</strong>" in page
    assert f"{best['figures']['micro_f1']['value'] * 100:.1f}" in page and "1,200" in page
    assert "/models/compare/" in text(client, "/models/")


def test_files_that_are_no_comparison_are_not_listed(client: Client, found: str) -> None:
    folder = ledger.kept("").parent
    for name, body in (("broken", "{"), ("other", '{"format": 9}'), ("list", "[]"), (".hidden", '{"format": 1}')):
        (folder / f"{name}.json").write_text(body)
    page = text(client, "/models/compare/")
    assert re.findall(r"/models/compare/([^/\"]+)/", page) == [found]
    assert client.get("/models/compare/broken/").status_code == 404


def test_everybody_sees_the_table_and_the_charts(client: Client, found: str) -> None:
    with counted() as queries:
        page = text(client, f"/models/compare/{found}/")
    assert queries() == 0
    for words in ("All figures", "cross-attention", "Not trained:", "46.96", "F1 by genre", "ceiling", "<polyline"):
        assert words in page
    assert "style=" not in page.replace("font-style=", "")  # the site's policy allows no inline style


def test_the_report_and_the_figures_can_be_saved(client: Client, found: str, content: dict[str, Any]) -> None:
    report = client.get(f"/models/compare/{found}/report.html")
    assert report["Content-Disposition"] == 'attachment; filename="genres-first.html"'
    assert report.content.startswith(b"<!doctype html>") and b"<style>" in report.content
    figures = client.get(f"/models/compare/{found}/figures.json")
    assert figures["Content-Type"].startswith("application/json")
    assert json.loads(figures.content)["best"] == content["best"]


@pytest.mark.parametrize("name", ["nothing", "..", "genres-first.json", "%2e%2e%2fsecret_key"])
def test_a_comparison_that_is_not_there_is_not_found(client: Client, found: str, name: str) -> None:
    for end in ("", "report.html", "figures.json"):
        assert client.get(f"/models/compare/{name}/{end}").status_code == 404


def test_the_form_starts_a_job(ada: Client, admin: User) -> None:
    assert "inception-v3" in text(ada, "/models/compare/new/")
    rows = "resnet50:finetune=all:size=96:label=ResNet-50, all\n"
    ada.post("/models/compare/new/", {**FORM, "rows": rows.replace(", all", " all"), "epochs": 3})
    job = Job.objects.get()
    assert (job.task, job.queue, job.created_by) == ("training.compare", "gpu", admin)
    assert job.params["architectures"].split("\n")[:2] == ["heads", "resnet50:finetune=all:size=96:label=ResNet-50 all"]
    assert (job.params["seeds"], job.params["options"]["epochs"]) == (2, 3)
    assert job.params["name"].startswith("genres-") and task_name(job) == "Compare architectures"
    assert "Compare architectures" in text(ada, "/models/compare/")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"architectures": []}, "Name at least one architecture."),
        ({"rows": "nothing"}, "Unknown architecture"),
        ({"rows": "heads"}, "is asked for twice"),
        ({"rows": "resnet50:size=big"}, "a number is needed"),
        ({"seeds": 99}, "less than or equal to 20"),
        ({"split": "mine"}, "Select a valid choice"),
        ({"architectures": ["<script>"]}, "Select a valid choice"),
        ({"warmup": 3}, "warmup"),
    ],
)
def test_what_cannot_be_compared_is_said_beside_the_form(ada: Client, changes: dict[str, Any], sentence: str) -> None:
    response = ada.post("/models/compare/new/", {**FORM, **changes})
    assert response.status_code == 422 and sentence in response.content.decode()
    assert not Job.objects.exists() and "<script>" not in response.content.decode().replace("<script src", "")


# The job ----------------------------------------------------------------------------------------------------


def run(job: Job) -> Job:
    jobs.run(job.pk, tasks._compare)
    job.refresh_from_db()
    return job


@pytest.fixture
def job(admin: User) -> Job:
    params = {"name": "genres-new", "architectures": "heads", "seeds": 1, "films": 0, "options": {"task": "genres"}}
    return jobs.start("training.compare", params, user=admin, queue="gpu")


def test_the_job_writes_the_comparison_that_its_page_links_to(
    ada: Client, job: Job, content: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def compare(plan: Any, progress: Any, found: ledger.Ledger, *, fresh: bool = False) -> dict[str, Any]:
        assert [entry.id for entry in plan.entries] == ["heads"] and found.path == ledger.kept("genres-new")
        found.content = content
        found.save()
        return content

    monkeypatch.setattr(comparing, "compare", compare)
    assert run(job).state == Job.State.DONE
    assert job.result == {"comparison": "genres-new", "best": "heads", "failed": 1}
    assert "/models/compare/genres-new/" in text(ada, f"/jobs/{job.pk}/")
    assert "All figures" in text(ada, "/models/compare/genres-new/")


def test_a_job_that_is_run_again_after_labels_have_changed_starts_anew(
    job: Job, content: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def compare(plan: Any, progress: Any, found: Any, *, fresh: bool = False) -> dict[str, Any]:
        asked.append(fresh)
        if not fresh:
            raise OtherFilms("other labels")
        return content

    monkeypatch.setattr(comparing, "compare", compare)
    assert run(job).state == Job.State.DONE and asked == [False, True]


def test_a_job_without_labels_says_so(job: Job) -> None:
    assert run(job).state == Job.State.FAILED
    assert "No film with a plot or a poster" in job.message
