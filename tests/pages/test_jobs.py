"""Jobs: what runs, what failed and why; cancel, retry, files."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.exporters import export_file
from catalog.models import Film, Job, User
from catalog.views.jobs import FAILURES_SHOWN, errors_file
from tests.pages.conftest import HTMX, counted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _data_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def make_job(user: User | None = None, **fields: Any) -> Job:
    return Job.objects.create(**{"task": "inference.predict", "created_by": user, **fields})


def running(**fields: Any) -> dict[str, Any]:
    now = timezone.now()
    times = {"started_at": now - timedelta(seconds=100), "heartbeat_at": now}
    return {"state": "running", "done": 1400, "total": 4200, "unit": "films", **times, **fields}


def text(client: Client, address: str, **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_a_running_job_shows_how_far_it_is_and_how_long_it_will_take(ada: Client) -> None:
    make_job(**running())
    page = text(ada, "/jobs/")
    assert 'value="33"' in page
    assert "1,400 of 4,200 films" in page
    assert "about 3 minutes left at 14 films/s" in page


def test_the_list_polls_fast_while_something_runs_and_slowly_otherwise(ada: Client) -> None:
    assert 'hx-trigger="every 8s"' in text(ada, "/jobs/")
    make_job()
    assert 'hx-trigger="every 1s"' in text(ada, "/jobs/")


def test_the_poll_gets_the_list_alone(ada: Client) -> None:
    page = text(ada, "/jobs/", **HTMX)
    assert 'id="jobs"' in page
    assert "<html" not in page


def test_a_job_page_stops_polling_when_the_job_has_ended(ada: Client) -> None:
    job = make_job(**running())
    assert "hx-trigger" in text(ada, reverse("job", args=[job.pk]))
    Job.objects.update(state="done")
    assert "hx-trigger" not in text(ada, reverse("job", args=[job.pk]), **HTMX)


def test_failures_are_listed_with_reason_and_link(ada: Client, film: Film) -> None:
    job = make_job(state="done")
    job.failures.create(item=f"row 4, {film.key}", reason="The picture is damaged.")
    job.failures.create(item="row 9", reason="The title is empty.")
    page = text(ada, reverse("job", args=[job.pk]))
    assert f'<a href="{film.get_absolute_url()}">row 4, {film.key}</a>' in page
    assert "The picture is damaged." in page
    assert "The title is empty." in page
    assert "2 things could not be done" in page


def test_queries_do_not_grow_with_jobs_and_failures(ada: Client, film: Film) -> None:
    job = make_job(state="done")

    def grow(rows: int) -> tuple[int, int]:
        for number in range(rows):
            make_job(state="done")
            job.failures.create(item=f"row {number}, {film.key}", reason="x")
        with counted() as on_list:
            ada.get("/jobs/")
        with counted() as on_page:
            ada.get(reverse("job", args=[job.pk]))
        return on_list(), on_page()

    ada.get("/")
    assert grow(3) == grow(30)


def test_more_failures_than_fit_are_counted(ada: Client) -> None:
    job = make_job(state="done")
    for number in range(FAILURES_SHOWN + 3):
        job.failures.create(item=f"row {number}", reason="x")
    assert "and 3 more" in text(ada, reverse("job", args=[job.pk]))


def test_a_failed_job_says_why(ada: Client) -> None:
    job = make_job(state="failed", message="The encoder folder has no config.json.")
    assert "The encoder folder has no config.json." in text(ada, reverse("job", args=[job.pk]))


def test_a_queued_job_is_cancelled_at_once(ada: Client) -> None:
    job = make_job()
    assert ada.post(reverse("job-cancel", args=[job.pk])).status_code == 302
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_a_running_job_is_asked_to_stop(ada: Client) -> None:
    job = make_job(**running())
    ada.post(reverse("job-cancel", args=[job.pk]))
    job.refresh_from_db()
    assert (job.state, job.cancel_requested) == ("running", True)
    assert "Stopping" in text(ada, reverse("job", args=[job.pk]))


def test_an_ended_job_cannot_be_cancelled(ada: Client) -> None:
    job = make_job(state="done")
    response = ada.post(reverse("job-cancel", args=[job.pk]), follow=True)
    assert "This job had ended already." in response.content.decode()


def test_retry_starts_the_same_work_again(ada: Client, admin: User) -> None:
    job = make_job(state="failed", params={"films": ["tt1"]}, queue="gpu")
    response = ada.post(reverse("job-retry", args=[job.pk]))
    again = Job.objects.latest("pk")
    assert response["Location"] == reverse("job", args=[again.pk])
    assert (again.task, again.params, again.queue, again.created_by) == (job.task, job.params, "gpu", admin)


def test_a_job_that_still_runs_is_not_retried(ada: Client) -> None:
    job = make_job(**running())
    ada.post(reverse("job-retry", args=[job.pk]))
    assert Job.objects.count() == 1


def test_curators_see_and_touch_their_own_jobs_only(carla: Client, curator: User, admin: User) -> None:
    own, other = make_job(curator, state="failed"), make_job(admin, state="failed")
    assert [job.pk for job in carla.get("/jobs/").context["ended"]] == [own.pk]
    assert carla.get(reverse("job", args=[own.pk])).status_code == 200
    for name, method in (("job", "get"), ("job-cancel", "post"), ("job-retry", "post"), ("job-file", "get")):
        assert getattr(carla, method)(reverse(name, args=[other.pk])).status_code == 404
    assert carla.post(reverse("job-retry", args=[own.pk])).status_code == 302


def test_curators_do_not_repeat_what_only_admins_start(carla: Client, curator: User) -> None:
    job = make_job(curator, task="training.retrain", state="failed")
    assert "Run again" not in text(carla, reverse("job", args=[job.pk]))
    assert carla.post(reverse("job-retry", args=[job.pk])).status_code == 403
    assert Job.objects.count() == 1


@pytest.mark.parametrize(
    ("task", "state", "status"),
    [
        ("catalog.export_labels", "done", 200),
        ("catalog.export_labels", "failed", 404),
        ("inference.predict", "done", 404),
    ],
)
def test_only_what_an_export_has_finished_is_fetched(
    task: str, state: str, status: int, carla: Client, curator: User
) -> None:
    job = make_job(curator, task=task, state=state)
    export_file(job).parent.mkdir()
    export_file(job).write_text("key")
    assert carla.get(reverse("job-file", args=[job.pk])).status_code == status


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_viewers_and_strangers_see_no_jobs(vera: Client, client: Client, headers: dict[str, str]) -> None:
    job = make_job()
    for address in ("/jobs/", reverse("job", args=[job.pk])):
        assert vera.get(address, headers=headers).status_code == 403
        answer = client.get(address, headers=headers)
        assert "/accounts/login/" in (answer.get("Location") or answer["HX-Redirect"])
    assert vera.post(reverse("predict")).status_code == 403
    assert vera.post(reverse("export")).status_code == 403


def test_predictions_are_brought_up_to_date_by_a_job(carla: Client) -> None:
    response = carla.post(reverse("predict"))
    job = Job.objects.get()
    assert response["Location"] == reverse("job", args=[job.pk])
    assert (job.task, job.queue) == ("inference.predict", "gpu")


def test_an_export_can_be_fetched_when_it_is_done(carla: Client) -> None:
    carla.post(reverse("export"))
    job = Job.objects.get()
    assert carla.get(reverse("job-file", args=[job.pk])).status_code == 404
    Job.objects.update(state="done", result={"file": "labels.csv"})
    assert carla.get(reverse("job-file", args=[job.pk])).status_code == 404  # nothing was written
    file = export_file(job)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("key,term\n")
    response = carla.get(reverse("job-file", args=[job.pk]))
    assert b"".join(response.streaming_content) == b"key,term\n"  # type: ignore[attr-defined]
    assert "attachment" in response["Content-Disposition"]


def test_what_an_import_could_not_read_is_a_file_for_admins(ada: Client, carla: Client, curator: User) -> None:
    job = make_job(curator, task="catalog.import_films", state="done")
    address = reverse("job-errors", args=[job.pk])
    assert ada.get(address).status_code == 404
    errors_file(job).parent.mkdir(parents=True)
    errors_file(job).write_text("row,film,reason\n")
    assert ada.get(address).status_code == 200
    assert carla.get(address).status_code == 403
    assert str(errors_file(job)).startswith(str(django_settings.DATA_DIR))


def test_the_counts_of_an_import_are_shown_with_what_to_do_next(ada: Client) -> None:
    counts = {"rows": 412, "new": 350, "changed": 0, "labels_added": 900, "unknown": {"genre": {"Anime": 3}}}
    job = make_job(task="catalog.import_films", state="done", params={"dry_run": True}, result=counts)
    page = text(ada, reverse("job", args=[job.pk]))
    assert "Nothing was written yet." in page
    assert '<dt>New films</dt><dd class="figures">350</dd>' in page
    assert reverse("source-names") in page
    assert reverse("import-start", args=[job.pk]) in page


def test_a_retrain_leads_to_its_version(ada: Client) -> None:
    result = {
        "version": "genres-4",
        "promoted": False,
        "comparison": {"against": "genres-3", "gain": -0.012, "films": 1780},
    }
    job = make_job(task="training.retrain", state="done", result=result)
    page = text(ada, reverse("job", args=[job.pk]))
    assert '<a href="/models/genres-4/">genres-4</a> stays a challenger:' in page
    assert "Not better than genres-3: −1.2 points on 1,780 test films." in page


def test_a_predict_job_tells_how_many_films_each_version_predicted(ada: Client) -> None:
    job = make_job(state="done", result={"genres-1": {"films": 1200, "plot+poster": 1000, "plot": 200}})
    page = text(ada, reverse("job", args=[job.pk]))
    assert "Films predicted by genres-1" in page
    assert "1,200" in page
