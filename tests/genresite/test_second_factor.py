"""A code from an app besides the password: setting it up, signing in, confirming, and losing the telephone."""

import re
import time
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from catalog.models import ApiToken, Term, User
from catalog.own_data import own_data
from genresite.accounts import SecondFactorAdapter
from genresite.sign_in import link_path
from tests.factories import make_user, make_version
from tests.signing_in import confirm
from training.models import ModelVersion

pytestmark = pytest.mark.django_db
PASSWORD = "light-table-7"
PROMOTE = "/models/genres-1/promote/"


@pytest.fixture(autouse=True)
def _no_counts_yet(db: None) -> None:
    cache.clear()  # also of codes that were used


@pytest.fixture
def version(horror: Term) -> ModelVersion:
    return make_version(horror, champion=False)


@pytest.fixture
def app(admin: User) -> "App":
    return App(admin)


class App:
    """What the telephone does: the secret is read once, each code is used once."""

    def __init__(self, user: User) -> None:
        client = Client()
        client.force_login(user)
        confirm(client)
        page = client.get("/accounts/second-factor/app/").text
        self.secret = re.search(r'qr__secret">([A-Z2-7]+)<', page)[1]  # type: ignore[index]
        assert client.post("/accounts/second-factor/app/", {"code": self.code(-1)}).status_code == 302
        self.codes = re.findall(r"<li><code>(\d{8})</code></li>", client.get("/accounts/second-factor/codes/").text)

    def code(self, later: int = 0) -> str:
        """The code of now, or of some half minutes later."""
        return str(format_hotp_value(hotp_value(self.secret, int(time.time()) // 30 + later)))

    def wrong(self) -> str:
        near = {self.code(later) for later in range(-3, 4)}
        return next(code for code in ("000000", *map(str, range(100000, 100010))) if code not in near)


def sign_in(client: Client, code: str | None = None) -> Any:
    answer = client.post("/accounts/login/", {"login": "ada", "password": PASSWORD})
    return answer if code is None else client.post("/accounts/second-factor/authenticate/", {"code": code})


def signed_in(client: Client) -> bool:
    return client.get("/jobs/").status_code == 200


def test_setting_it_up_asks_for_the_password_first(client: Client, admin: User) -> None:
    client.force_login(admin)
    answer = client.get("/accounts/second-factor/app/")
    assert answer["Location"].split("?")[0] == "/accounts/reauthenticate/"


def test_a_wrong_code_sets_nothing_up(client: Client, admin: User) -> None:
    client.force_login(admin)
    confirm(client)
    client.get("/accounts/second-factor/app/")
    assert "Incorrect" in client.post("/accounts/second-factor/app/", {"code": "none"}).text
    assert not Authenticator.objects.exists()
    assert "Set it up" in client.get("/accounts/second-factor/").text


def test_nothing_secret_stands_in_the_database(app: App) -> None:
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert app.secret not in kept
    assert len(app.codes) == 10
    assert not any(code in kept for code in app.codes)


def test_the_password_alone_signs_nobody_in(client: Client, app: App) -> None:
    assert sign_in(client)["Location"] == "/accounts/second-factor/authenticate/"
    assert not signed_in(client)
    assert "Incorrect" in client.post("/accounts/second-factor/authenticate/", {"code": app.wrong()}).text
    assert not signed_in(client)
    assert sign_in(client, app.code()).status_code == 302
    assert signed_in(client)


def test_a_code_works_once(app: App) -> None:
    code, first, second = app.code(), Client(), Client()
    sign_in(first, code)
    sign_in(second, code)
    assert (signed_in(first), signed_in(second)) == (True, False)


def test_a_recovery_code_stands_in_once(app: App) -> None:
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client, app.codes[0])
    assert (signed_in(first), signed_in(second)) == (True, False)
    confirm(first)
    assert "9 codes are left" in first.get("/accounts/second-factor/").text
    shown = first.get("/accounts/second-factor/codes/file/")
    assert app.codes[0] not in shown.text
    assert app.codes[1] in shown.text


def test_new_recovery_codes_end_the_old_ones(client: Client, admin: User, app: App) -> None:
    client.force_login(admin)
    confirm(client)
    assert client.post("/accounts/second-factor/codes/new/").status_code == 302
    other = Client()
    sign_in(other, app.codes[0])
    assert not signed_in(other)


def test_guessing_codes_is_slowed_down(client: Client, app: App) -> None:
    sign_in(client)
    answers = [client.post("/accounts/second-factor/authenticate/", {"code": app.wrong()}) for _ in range(7)]
    assert "Too many" in answers[-1].text
    client.post("/accounts/second-factor/authenticate/", {"code": app.code()})
    assert not signed_in(client), "now the right code does not help either"


def test_who_has_it_confirms_with_a_code(client: Client, admin: User, app: App, version: ModelVersion) -> None:
    client.force_login(admin)
    asked = client.post(PROMOTE, {"reason": "better on horror"})
    assert asked["Location"].split("?")[0] == "/accounts/second-factor/reauthenticate/"
    by_password = client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": PROMOTE})
    assert by_password["Location"].split("?")[0] == "/accounts/second-factor/reauthenticate/"
    assert client.post(asked["Location"], {"code": app.wrong(), "next": PROMOTE}).status_code == 200
    answer = client.post(asked["Location"], {"code": app.code(), "next": PROMOTE}, follow=True)
    # The folder of this version is not there: the promotion was tried, and says so.
    assert "genres-1 was not promoted" in answer.text


def test_it_is_turned_off_with_a_code(client: Client, admin: User, app: App) -> None:
    client.force_login(admin)
    address = "/accounts/second-factor/app/remove/"
    asked = client.post(address)
    assert asked["Location"].split("?")[0] == "/accounts/second-factor/reauthenticate/"
    assert Authenticator.objects.exists()
    client.post(asked["Location"], {"code": app.code(), "next": address})
    assert not Authenticator.objects.exists(), "the recovery codes end with it"


def test_a_site_may_ask_its_admins_for_one(client: Client, admin: User, version: ModelVersion, settings: Any) -> None:
    settings.SECOND_FACTOR = True
    client.force_login(admin)
    confirm(client)
    assert client.post(PROMOTE)["Location"] == "/accounts/second-factor/app/"
    assert "set it up first" in client.get("/accounts/second-factor/app/").text
    api = "/api/versions/genres-1/promote/"
    assert client.post(api, content_type="application/json").status_code == 403
    secret = ApiToken.issue(admin, "script")[1]
    by_token = Client(headers={"Authorization": f"Bearer {secret}"})
    assert by_token.post(api, content_type="application/json").status_code == 409
    App(admin)
    assert client.post(PROMOTE)["Location"] == version.get_absolute_url()


def test_the_telephone_is_lost(client: Client, admin: User, app: App) -> None:
    out = StringIO()
    call_command("sign_in_link", "ada", stdout=out)
    assert Authenticator.objects.exists()
    call_command("sign_in_link", "ada", "--forget-second-factor", stdout=out)
    assert not Authenticator.objects.exists()
    sign_in(client)
    assert signed_in(client)


def test_an_admin_turns_off_that_of_others_only(client: Client, admin: User, app: App) -> None:
    App(make_user("carla", role=User.Role.CURATOR))
    client.force_login(admin)
    everybody = [str(pk) for pk in User.objects.values_list("pk", flat=True)]
    fields = {"action": "forget_second_factor", "_selected_action": everybody}
    assert client.post("/admin/catalog/user/", fields)["Location"].startswith("/accounts/second-factor/reauth")
    assert Authenticator.objects.values("user").distinct().count() == 2
    confirm(client)
    client.post("/admin/catalog/user/", fields)
    assert set(Authenticator.objects.values_list("user__username", flat=True)) == {"ada"}


def test_under_another_secret_key_no_code_is_right(
    client: Client, admin: User, app: App, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.SECRET_KEY = "another" * 10
    monkeypatch.setattr("allauth.mfa.adapter.get_adapter", SecondFactorAdapter)
    for code in (app.code(), app.codes[0]):
        answer = sign_in(client, code)
        assert answer.status_code == 200
        assert not signed_in(client)
    sign_in(client)
    client.post(link_path(admin))
    assert signed_in(client), "a link from whoever runs the site still does"


def test_what_the_site_knows_of_it_is_told_without_secrets(admin: User, app: App) -> None:
    told = own_data(admin)["second_factor"]
    assert {row["type"] for row in told} == {"totp", "recovery_codes"}
    assert "data" not in str(told)
