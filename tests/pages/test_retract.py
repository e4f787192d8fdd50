"""The page that takes back what somebody said, and the same over the API."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from catalog import labelling, tasks
from catalog.models import ApiToken, ChangeSet, Film, Job, Label, Term, User
from tests.catalog.test_changesets import say_all
from tests.factories import make_film
from tests.signing_in import confirm

pytestmark = pytest.mark.django_db
PAGE = "/changes/by/carla/"


@pytest.fixture
def client(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


@pytest.fixture
def said(film: Film, horror: Term, curator: User) -> ChangeSet:
    return labelling.accept(film, horror, user=curator, revision=1)


def since(page: str) -> str:
    return re.search(r'name="since" value="([^"]+)"', page)[1]  # type: ignore[index]


def test_the_page_says_what_would_go_back(client: Client, said: ChangeSet) -> None:
    assert PAGE in client.get("/changes/?by=carla").text
    page = client.get(PAGE).text
    assert "1 label goes back to what it was." in page
    assert "Nosferatu" in page
    assert Label.objects.exists()


def test_it_asks_for_the_password_then_does_it(client: Client, said: ChangeSet) -> None:
    given = {"since": since(client.get(PAGE).text)}
    asked = client.post(PAGE, given)
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert Label.objects.exists()
    answer = client.post(asked["Location"], {"password": "light-table-7", "next": PAGE}, follow=True)
    assert "Undone on 1 film." in answer.text
    assert "What carla has said since" in answer.text
    assert not Label.objects.exists()


@pytest.mark.parametrize(("period", "labels"), [("hour", 1), ("ever", 1), ("nonsense", 1)])
def test_periods(client: Client, said: ChangeSet, period: str, labels: int) -> None:
    page = client.get(PAGE, {"period": period}).text
    moment = timezone.datetime.fromisoformat(since(page))  # type: ignore[attr-defined]
    ago = timezone.now() - moment
    assert (ago > timedelta(days=9999)) == (period == "ever")
    assert (ago < timedelta(hours=2)) == (period == "hour")


def test_what_is_said_after_looking_goes_back_as_well(
    client: Client, said: ChangeSet, film: Film, comedy: Term, curator: User
) -> None:
    given = {"since": since(client.get(PAGE).text)}
    labelling.accept(film, comedy, user=curator, revision=2)
    confirm(client)
    client.post(PAGE, given)
    assert not Label.objects.exists()


@pytest.mark.parametrize(
    "since",
    [
        None,
        "",
        "soon",
        "2020-01-01",
        "2020-01-01T00:00:00",
        "2026-13-99T00:00:00Z",
        "\0",
        "9" * 999,
    ],
)
def test_nonsense_is_refused(client: Client, said: ChangeSet, since: str | None) -> None:
    confirm(client)
    refused = client.post(PAGE, {} if since is None else {"since": since})
    assert (refused.status_code, "Choose from when on." in refused.text) == (422, True)
    assert Label.objects.exists()


@pytest.mark.parametrize(
    ("since", "status"),
    [("0001-01-01T00:00:00+14:00", 302), ("1969-12-31T00:00:00Z", 302), ("9999-12-31T23:59:59-14:00", 409)],
)
def test_the_ends_of_time_are_no_trouble(client: Client, said: ChangeSet, since: str, status: int) -> None:
    confirm(client)
    assert client.post(PAGE, {"since": since}).status_code == status


def test_nothing_left_says_so(client: Client, said: ChangeSet, admin: User) -> None:
    given = {"since": since(client.get(PAGE).text)}
    labelling.undo(said, user=admin)
    confirm(client)
    refused = client.post(PAGE, given)
    assert (refused.status_code, "Nothing of what carla said" in refused.text) == (409, True)
    assert "Others have changed all of it since." in client.get(PAGE).text
    assert client.get("/changes/by/nobody/").status_code == 404


def test_much_runs_as_a_job(client: Client, horror: Term, curator: User) -> None:
    say_all([make_film() for _ in range(301)], horror, curator)
    page = client.get(PAGE).text
    assert "It runs as a job." in page
    confirm(client)
    job = Job.objects.get(pk=int(client.post(PAGE, {"since": since(page)})["Location"].split("/")[-2]))
    assert "Take back what somebody said" in client.get(f"/jobs/{job.pk}/").text
    tasks.retract_task(job.pk)
    done = client.get(f"/jobs/{job.pk}/").text
    assert f'href="/changes/{job.params["change_set"]}/"' in done
    assert "301" in done


def test_the_api_counts_first(admin: User, said: ChangeSet) -> None:
    secret = ApiToken.issue(admin, "script")[1]
    program, address = Client(headers={"Authorization": f"Bearer {secret}"}), "/api/changes/by/carla/retract/"

    def ask(**given: object) -> tuple[int, dict[str, object]]:
        answer = program.post(address, given, content_type="application/json")
        return answer.status_code, answer.json()

    assert ask(dry_run=True) == (200, {"labels": 1, "films": 1, "kept": 0, "change_set": None, "job": None})
    assert ask(since="2999-01-01T00:00:00Z")[0] == 409
    assert ask(since="soon")[0] == 400
    status, told = ask()
    assert (status, told["labels"]) == (201, 1)
    assert ChangeSet.objects.get(pk=str(told["change_set"])).user == admin
    assert not Label.objects.exists()
    assert ask()[0] == 409
