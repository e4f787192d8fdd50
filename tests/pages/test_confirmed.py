"""What changes the site for everybody asks for the password once more."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from catalog.models import ApiToken, Term, User
from tests.factories import make_version
from tests.signing_in import confirm
from training.models import ModelVersion

pytestmark = pytest.mark.django_db
PASSWORD = "light-table-7"


@pytest.fixture
def version(horror: Term) -> ModelVersion:
    return make_version(horror, champion=False)


@pytest.fixture
def client(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


@pytest.mark.parametrize("address", ["/models/genres-1/promote/", "/models/genres/rollback/"])
@pytest.mark.parametrize("minutes_ago", [None, 6])
def test_the_password_is_asked_for(
    client: Client, version: ModelVersion, address: str, minutes_ago: int | None
) -> None:
    if minutes_ago is not None:
        confirm(client, minutes_ago=minutes_ago)
    answer = client.post(address)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/accounts/reauthenticate/")
    version.refresh_from_db()
    assert not version.champion


def test_the_form_goes_on_after_the_password(client: Client, version: ModelVersion) -> None:
    asked = client.post("/models/genres-1/promote/", {"reason": "better on horror"})
    page = client.get(asked["Location"])
    assert "password" in page.content.decode()
    wrong = client.post(asked["Location"], {"password": "wrong", "next": "/models/genres-1/promote/"})
    assert wrong.status_code == 200
    answer = client.post(asked["Location"], {"password": PASSWORD, "next": "/models/genres-1/promote/"}, follow=True)
    # The folder of this version is not there: the promotion was tried, and says so.
    assert "genres-1 was not promoted" in answer.content.decode()


def test_who_has_no_password_is_not_asked(client: Client, admin: User, version: ModelVersion) -> None:
    admin.set_unusable_password()
    admin.save()
    client.force_login(admin)
    answer = client.post("/models/genres-1/promote/")
    assert answer["Location"] == version.get_absolute_url()


@pytest.mark.parametrize("address", ["/api/versions/genres-1/promote/", "/api/rollback/genres/"])
def test_a_session_has_no_easier_way_over_the_api(client: Client, version: ModelVersion, address: str) -> None:
    refused = client.post(address, content_type="application/json")
    assert (refused.status_code, "password" in refused.json()["detail"]) == (403, True)
    confirm(client)
    assert client.post(address, content_type="application/json").status_code in (404, 409)


def test_a_token_is_enough(client: Client, admin: User, version: ModelVersion) -> None:
    secret = ApiToken.issue(admin, "script")[1]
    answer = Client(headers={"Authorization": f"Bearer {secret}"}).post(
        "/api/versions/genres-1/promote/", content_type="application/json"
    )
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("address", "given"),
    [("/accounts/tokens/", {"name": "thief", "days": 1}), ("/accounts/you/erase/", {"name": "ada"})],
)
def test_a_stolen_session_makes_no_token_and_erases_nobody(
    client: Client, admin: User, address: str, given: dict[str, str]
) -> None:
    """A token would promote without being asked."""
    asked = client.post(address, given)
    assert (asked.status_code, asked["Location"].split("?")[0]) == (302, "/accounts/reauthenticate/")
    assert not ApiToken.objects.exists()
    assert User.objects.get(pk=admin.pk).username == "ada"


def test_a_curator_needs_no_second_factor_for_a_token(client: Client, curator: User, settings: Settings) -> None:
    settings.SECOND_FACTOR = True
    client.force_login(curator)
    confirm(client)
    assert client.post("/accounts/tokens/", {"name": "laptop", "days": 1}).status_code == 201
