"""Where one is signed in, and signing out everywhere else."""

import pytest
from django.core.cache import cache
from django.test import Client

from catalog.models import User
from catalog.own_data import own_data
from catalog.templatetags.pages import browser
from genresite.sign_in import link_path
from tests.genresite.test_accounts import sign_in
from tests.signing_in import confirm

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0"
)
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/19.0 Mobile/15E148 Safari/604.1"
)


@pytest.fixture(autouse=True)
def _no_counts_yet(db: None) -> None:
    cache.clear()


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox, Linux"), (EDGE, "Edge, Windows"), (PHONE, "Safari, iPhone"),
        ("curl/8.5.0", "curl/8.5.0"), ("", "–"), ("<script>" + "x" * 99, "<script>" + "x" * 31 + "…"),
    ],
)  # fmt: skip
def test_browsers_have_short_names(user_agent: str, name: str) -> None:
    assert browser(user_agent) == name


def here_and_there() -> tuple[Client, Client]:
    here, there = Client(), Client()
    for client, user_agent in ((here, FIREFOX), (there, PHONE)):
        assert sign_in(client, "carla", headers={"User-Agent": user_agent}).status_code == 302
    return here, there


def test_the_page_lists_ones_own(curator: User, admin: User) -> None:
    here, _ = here_and_there()
    sign_in(Client(), "ada", headers={"User-Agent": EDGE})
    page = here.get("/accounts/sessions/").text
    assert ("Firefox, Linux" in page, "Safari, iPhone" in page, "Edge, Windows" in page) == (True, True, False)
    assert page.count("this one") == 1
    assert [session["user_agent"] for session in own_data(curator)["sessions"]] == [FIREFOX, PHONE]


def test_signing_out_everywhere_else(curator: User) -> None:
    here, there = here_and_there()
    answer = here.post("/accounts/sessions/", follow=True)
    assert "Signed out of all other sessions" in answer.text
    assert (here.get("/jobs/").status_code, there.get("/jobs/").status_code) == (200, 302)


def test_an_admin_signs_somebody_out(client: Client, curator: User, admin: User) -> None:
    here, there = here_and_there()
    client.force_login(admin)
    fields = {"action": "sign_out", "_selected_action": [str(curator.pk)]}
    assert client.post("/admin/catalog/user/", fields)["Location"].startswith("/accounts/reauthenticate/")
    assert here.get("/jobs/").status_code == 200
    confirm(client)
    client.post("/admin/catalog/user/", fields)
    assert [one.get("/jobs/").status_code for one in (here, there, client)] == [302, 302, 200]
    assert own_data(curator)["sessions"] == []


def test_a_link_s_session_is_listed_too(client: Client, curator: User) -> None:
    client.post(link_path(curator), headers={"User-Agent": FIREFOX})
    assert "Firefox, Linux" in client.get("/accounts/sessions/").text


def test_where_it_came_from_is_what_a_proxy_of_ours_saw(curator: User, settings: pytest.FixtureRequest) -> None:
    claims = {"User-Agent": FIREFOX, "X-Forwarded-For": "6.6.6.6, 10.0.0.7"}
    sign_in(Client(), "carla", headers=claims)
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1  # type: ignore[attr-defined]
    sign_in(Client(), "carla", headers=claims)
    assert [session["ip"] for session in own_data(curator)["sessions"]] == ["127.0.0.1", "10.0.0.7"]
