"""Signing in with the organisation's account, against a provider that really listens."""

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from catalog.accounts import forget
from catalog.models import User
from catalog.own_data import own_data
from genresite.oidc import adapter, roles
from genresite.sign_in import link_path
from tests.factories import make_user
from tests.genresite.fake_provider import CLIENT_ID, CLIENT_SECRET, KEY_ID, FakeProvider, listening
from tests.genresite.running import manage
from tests.genresite.test_accounts import _rows_with
from tests.genresite.test_second_factor import App

pytestmark = pytest.mark.django_db
BUTTON, CALLBACK = "/accounts/oidc/", "/accounts/oidc/callback/"
DISCOVERY = "/.well-known/openid-configuration"


@pytest.fixture
def provider(db: None, settings: Any) -> Iterator[FakeProvider]:
    cache.clear()
    with listening() as running:
        settings.OIDC_ISSUER, settings.OIDC_NAME = running.issuer, "Film Institute"
        settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
        yield running


def begin(client: Client, **fields: str) -> str:
    """The address at the provider that the button leads to."""
    answer = client.post(BUTTON, fields)
    assert answer.status_code == 302, answer.text
    return str(answer["Location"])


def let_in(address: str) -> str:
    """What the provider sends the browser back to: path and query of the callback."""
    back = urlsplit(requests.get(address, allow_redirects=False, timeout=5).headers["Location"])
    assert back.path == CALLBACK
    return f"{back.path}?{back.query}"


def sign_in(client: Client, **fields: str) -> Any:
    return client.get(let_in(begin(client, **fields)))


def who(client: Client) -> User | None:
    number = client.session.get("_auth_user_id")
    return User.objects.get(pk=number) if number else None


def name_of(client: Client) -> str:
    person = who(client)
    return person.username if person else ""


# The button


def test_it_is_not_there_unless_it_is_set(client: Client, db: None) -> None:
    page = client.get("/accounts/login/")
    assert BUTTON not in page.text
    assert "form-action 'self';" in page["Content-Security-Policy"]
    assert client.post(BUTTON).status_code == 404
    for address in (CALLBACK, "/accounts/oidc/cancelled/"):
        assert client.get(address).status_code == 404


def test_the_button_may_lead_to_the_provider(client: Client, provider: FakeProvider, settings: Any) -> None:
    settings.OIDC_ORIGINS = ["https://other.example"]
    page = client.get("/accounts/login/?next=/jobs/")
    assert "Sign in with Film Institute" in page.text
    assert page.text.count('<input type="hidden" name="next" value="/jobs/">') == 2
    assert f"form-action 'self' {provider.issuer} https://other.example;" in page["Content-Security-Policy"]
    assert provider.issuer not in client.get("/")["Content-Security-Policy"]


def test_the_page_for_signing_up_is_as_it_was(client: Client, provider: FakeProvider, settings: Any) -> None:
    settings.SIGNUP_OPEN = True
    page = client.get("/accounts/signup/")
    assert page.status_code == 200
    assert BUTTON not in page.text


def test_looking_at_the_address_begins_nothing(client: Client, provider: FakeProvider) -> None:
    assert client.get(BUTTON).status_code == 405
    assert Client(enforce_csrf_checks=True).post(BUTTON).status_code == 403
    assert provider.asked == []


def test_what_is_asked_for_is_not_for_the_form_to_say(client: Client, provider: FakeProvider) -> None:
    bent = "?scope=offline_access&auth_params=redirect_uri%3Dhttps%3A//evil.example&process=connect"
    answer = client.post(BUTTON + bent, {"process": "connect", "scope": "offline_access"})
    asked = {name: values[0] for name, values in parse_qs(urlsplit(answer["Location"]).query).items()}
    assert set(asked.pop("scope").split()) == {"openid", "profile", "email"}
    assert asked["redirect_uri"] == "http://127.0.0.1:8000/accounts/oidc/callback/"
    assert len(asked["state"]) >= 16
    assert len(asked["nonce"]) == 64
    assert asked["code_challenge_method"] == "S256"


def test_pressing_it_again_and_again_is_slowed_down(client: Client, provider: FakeProvider) -> None:
    answers = [client.post(BUTTON).status_code for _ in range(31)]
    assert set(answers[:30]) == {302}
    assert answers[30] == 429


# Who comes in


def test_a_new_person_is_a_viewer(client: Client, provider: FakeProvider, settings: Any) -> None:
    settings.SIGNUP_OPEN = False
    provider.person |= {"email": "ann@example.org", "email_verified": True, "name": "Ann Chovy", "groups": ["admins"]}
    assert sign_in(client)["Location"] == "/"
    person = User.objects.get()
    assert who(client) == person
    assert (person.username, person.role, person.email, person.has_usable_password()) == ("ann", "viewer", "", False)
    assert client.get("/jobs/").status_code == 403
    assert client.get("/searches/").status_code == 200


def test_nothing_but_who_they_are_to_the_provider_is_kept(client: Client, provider: FakeProvider) -> None:
    provider.person |= {"email": "ann@example.org", "email_verified": True, "name": "Ann Chovy"}
    sign_in(client)
    kept = SocialAccount.objects.get()
    assert (kept.provider, kept.uid, kept.extra_data) == (provider.issuer, "7-ann", {})
    assert not SocialToken.objects.exists()
    assert not EmailAddress.objects.exists()
    assert _rows_with("chovy") == _rows_with("ann@example.org") == _rows_with("opaque") == []


def test_the_second_time_it_is_the_same_account(client: Client, provider: FakeProvider) -> None:
    sign_in(client)
    provider.person["preferred_username"] = "ann-married"
    other = Client()
    sign_in(other)
    assert who(other) == who(client)
    assert User.objects.get().username == "ann"


def test_the_same_sub_of_another_issuer_is_another_person(client: Client, provider: FakeProvider) -> None:
    theirs = make_user("theirs")
    SocialAccount.objects.create(user=theirs, provider="https://former.example", uid="7-ann")
    sign_in(client)
    assert name_of(client) == "ann"


@pytest.mark.parametrize("local", ["ann", "Ann"])
@pytest.mark.parametrize("verified", [True, False])
def test_an_account_that_is_here_is_not_given_away(
    local: str, verified: bool, client: Client, provider: FakeProvider
) -> None:
    here = make_user(local, email="ann@example.org", role=User.Role.ADMIN)
    EmailAddress.objects.create(user=here, email="ann@example.org", verified=True, primary=True)
    provider.person |= {"email": "ann@example.org", "email_verified": verified}
    sign_in(client)
    assert (name_of(client), User.objects.count()) == ("ann2", 2)
    here.refresh_from_db()
    assert here.has_usable_password()


def test_who_is_signed_in_already_gets_no_second_way_in(client: Client, provider: FakeProvider, admin: User) -> None:
    client.force_login(admin)
    client.get(let_in(begin(client, process="connect")))
    assert name_of(client) == "ann"
    assert not SocialAccount.objects.filter(user=admin).exists()


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"preferred_username": "ann@example.org"}, "ann"),
        ({"preferred_username": None, "email": "berta@example.org"}, "berta"),
        ({"preferred_username": None, "name": "Ann Chovy"}, "Ann.Chovy"),
        ({"preferred_username": "김하늘"}, "김하늘"),
        ({"preferred_username": "deleted-user-1", "email": "<b>@x"}, "user"),
        ({"preferred_username": ["ann"]}, "user"),
        ({"preferred_username": None}, "user"),
        ({"preferred_username": "a" * 500}, "a" * 140),
    ],
)
def test_the_user_name_is_like_the_one_elsewhere(
    claims: dict[str, Any], name: str, client: Client, provider: FakeProvider
) -> None:
    provider.person |= claims
    sign_in(client)
    assert name_of(client) == name


def test_the_account_of_another_tab_is_not_made_twice(
    client: Client, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both saw that there was none, and the other one was first."""
    make_user("ann")
    monkeypatch.setattr(adapter, "free_name", lambda claims: "ann")
    assert sign_in(client).status_code == 401
    monkeypatch.undo()
    sign_in(client)
    assert name_of(client) == "ann2"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_next_stays_home(target: str, client: Client, provider: FakeProvider) -> None:
    assert sign_in(client, next=target)["Location"] == "/"
    assert who(client)


def test_next_leads_back(client: Client, provider: FakeProvider) -> None:
    assert sign_in(client, next="/jobs/?page=2")["Location"] == "/jobs/?page=2"


def test_a_disabled_account_stays_out(client: Client, provider: FakeProvider, settings: Any) -> None:
    settings.OIDC_ADMINS = "film-admins"
    sign_in(client)
    User.objects.update(is_active=False)
    provider.person["groups"] = ["film-admins"]
    other = Client()
    assert sign_in(other)["Location"] == "/accounts/inactive/"
    assert who(other) is None
    assert User.objects.get().role == "viewer"


def test_who_has_a_second_factor_is_asked_for_it(client: Client, provider: FakeProvider) -> None:
    sign_in(client)
    app, other = App(User.objects.get()), Client()
    assert sign_in(other, next="/jobs/")["Location"] == "/accounts/second-factor/authenticate/"
    assert who(other) is None
    answer = other.post("/accounts/second-factor/authenticate/", {"code": app.code()})
    assert answer["Location"] == "/jobs/"
    assert name_of(other) == "ann"


def test_no_password_of_ours_lets_in_whom_the_provider_lets_in_no_more(
    client: Client, provider: FakeProvider, settings: Any
) -> None:
    sign_in(client)
    address, fields = "/accounts/password/set/", {"password1": "light-table-7", "password2": "light-table-7"}
    assert "there is no password here" in client.post(address, fields).text
    assert address not in client.get("/accounts/you/").text
    assert not User.objects.get().has_usable_password()
    linked = Client()
    assert linked.post(link_path(User.objects.get()))["Location"] == "/"
    settings.OIDC_ISSUER = ""  # the site parts with its provider
    assert address in client.get("/accounts/you/").text
    assert client.post(address, fields).status_code == 302
    assert User.objects.get().has_usable_password()


# Roles


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        (["film-admins"], "admin"),
        (["staff", "film-curators"], "curator"),
        (["film-curators", "film-admins"], "admin"),
        ("film-curators", "curator"),
        (["Film-Admins", "film-admins2", "", None, 7, {}], "viewer"),
        ([], "viewer"),
        (None, "viewer"),
        ("film-admins film-curators", "viewer"),
        (True, "viewer"),
        ({"film-admins": 1}, "viewer"),
    ],
)
def test_groups_say_the_role(groups: Any, role: str, client: Client, provider: FakeProvider, settings: Any) -> None:
    settings.OIDC_ADMINS, settings.OIDC_CURATORS = "film-admins", "film-curators"
    provider.person["groups"] = groups
    sign_in(client)
    assert User.objects.get().role == role


def test_a_right_that_is_taken_ends_at_the_next_sign_in(
    client: Client, provider: FakeProvider, settings: Any, admin: User
) -> None:
    settings.OIDC_ADMINS, settings.OIDC_CURATORS, settings.OIDC_ROLE_CLAIM = "admins", "curators", "roles"
    for said, role in ((["admins"], "admin"), (["curators"], "curator"), ([], "viewer"), (["curators"], "curator")):
        provider.person["roles"] = said
        sign_in(client)
        assert User.objects.get(username="ann").role == role
    del provider.person["roles"]
    sign_in(client)
    assert User.objects.get(username="ann").role == "viewer"


def test_without_the_settings_no_sign_in_touches_a_role(client: Client, provider: FakeProvider) -> None:
    sign_in(client)
    User.objects.update(role="curator")
    provider.person["groups"] = [""]
    sign_in(client)
    assert User.objects.get().role == "curator"


@pytest.mark.parametrize(
    ("admins", "curators", "before", "groups", "after"),
    [
        ("", "c", "admin", [], "admin"), ("", "c", "admin", ["c"], "admin"), ("", "c", "curator", [], "viewer"),
        ("a", "", "curator", [], "curator"), ("a", "", "admin", [], "viewer"), ("a", "", "curator", ["a"], "admin"),
    ],
)  # fmt: skip
def test_a_role_without_a_setting_is_neither_given_nor_taken(
    admins: str, curators: str, before: str, groups: list[str], after: str, settings: Any
) -> None:
    settings.OIDC_ADMINS, settings.OIDC_CURATORS, settings.OIDC_ROLE_CLAIM = admins, curators, "groups"
    assert roles.said_role(before, {"groups": groups}) == after


def test_the_last_admin_stays(
    client: Client, provider: FakeProvider, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.OIDC_ADMINS = "admins"
    provider.person["groups"] = ["admins"]
    sign_in(client)
    provider.person["groups"] = []
    with caplog.at_level(logging.WARNING, "genresite.oidc.roles"):
        assert sign_in(client).status_code == 302
    assert "does not make account" in caplog.text
    assert name_of(client) == "ann"
    assert User.objects.get().role == "admin"
    make_user(role=User.Role.ADMIN)
    sign_in(client)
    assert User.objects.get(username="ann").role == "viewer"


def test_the_last_admin_stays_also_where_the_other_one_goes_at_the_same_moment(
    client: Client, provider: FakeProvider, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OIDC_ADMINS = "admins"
    provider.person["groups"] = ["admins"]
    sign_in(client)
    provider.person["groups"] = []
    monkeypatch.setattr(roles, "keep_an_admin", lambda *_, **__: None)  # the other one was there when we looked
    sign_in(client)
    person = who(client)
    assert person is not None
    assert person.role == "admin"


# What comes back is not believed


def refused(client: Client, address: str, status: int = 401) -> None:
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    assert "You are not signed in" in answer.text
    assert "Film Institute" in answer.text
    assert who(client) is None
    assert not User.objects.exists()


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?code=x&state=x", "?error=access_denied", "?code=%FF"])
def test_a_state_that_this_browser_does_not_have(query: str, client: Client, provider: FakeProvider) -> None:
    refused(client, CALLBACK + query)
    assert provider.asked == []


def test_a_state_of_another_browser(client: Client, provider: FakeProvider) -> None:
    begin(client)
    refused(client, let_in(begin(Client())))


def test_coming_back_works_once(client: Client, provider: FakeProvider) -> None:
    back = let_in(begin(client))
    assert client.get(back).status_code == 302
    client.logout()
    assert client.get(back).status_code == 401
    assert who(client) is None


def test_a_state_gets_too_old(client: Client, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    back = let_in(begin(client))
    monkeypatch.setattr("allauth.socialaccount.internal.statekit.STATE_TTL", -1)
    refused(client, back)


def test_who_turns_back_is_told_so(client: Client, provider: FakeProvider) -> None:
    state = parse_qs(urlsplit(begin(client)).query)["state"][0]
    answer = client.get(CALLBACK, {"error": "access_denied", "state": state}, follow=True)
    assert answer.redirect_chain == [("/accounts/oidc/cancelled/", 302)]
    assert answer.status_code == 200
    assert "You turned back at Film Institute" in answer.text
    assert who(client) is None


def test_any_other_refusal_is_a_page(client: Client, provider: FakeProvider) -> None:
    state = parse_qs(urlsplit(begin(client)).query)["state"][0]
    refused(client, f"{CALLBACK}?error=server_error&error_description=%3Cscript%3E&state={state}")


@pytest.mark.parametrize(
    "token",
    [
        {"iss": "https://evil.example"}, {"iss": None}, {"aud": "other"}, {"aud": None}, {"aud": ["other", "more"]},
        {"azp": "other"}, {"exp": 1_000_000_000}, {"exp": None}, {"iat": 4_000_000_000},
        {"nonce": "x"}, {"nonce": None}, {"nonce": 7}, {"sub": None}, {"sub": ""}, {"sub": "x\0"}, {"sub": "x" * 192},
    ],
)  # fmt: skip
def test_an_id_token_that_is_not_for_us_now(token: dict[str, Any], client: Client, provider: FakeProvider) -> None:
    provider.token = token
    provider.told = {name: value for name, value in token.items() if name == "sub"}
    refused(client, let_in(begin(client)))


def test_an_id_token_that_somebody_else_signed(client: Client, provider: FakeProvider) -> None:
    provider.signed_with = generate_private_key(65537, 2048)
    refused(client, let_in(begin(client)))


@pytest.mark.parametrize(("algorithm", "key"), [("none", ""), ("HS256", CLIENT_SECRET * 3)])
def test_an_id_token_that_anybody_could_sign(algorithm: str, key: str, client: Client, provider: FakeProvider) -> None:
    provider.algorithm, provider.signed_with = algorithm, key
    refused(client, let_in(begin(client)))


def test_a_secret_that_the_provider_publishes_is_no_key(client: Client, provider: FakeProvider) -> None:
    provider.algorithm, provider.signed_with = "HS256", "x" * 48
    published = {"kty": "oct", "kid": KEY_ID, "alg": "HS256", "k": "eHh4" * 16}
    provider.replies["/jwks"] = 200, json.dumps({"keys": [published]})
    refused(client, let_in(begin(client)))


def test_what_is_told_about_somebody_else(client: Client, provider: FakeProvider) -> None:
    provider.told = {"sub": "8-berta"}
    refused(client, let_in(begin(client)))


def test_what_was_signed_counts_more_than_what_was_told(client: Client, provider: FakeProvider, settings: Any) -> None:
    settings.OIDC_ADMINS = "admins"
    provider.told, provider.token = {"groups": ["admins"], "name": "Ann"}, {"groups": []}
    sign_in(client)
    assert User.objects.get().role == "viewer"
    provider.token = {}
    sign_in(client)
    assert User.objects.get().role == "admin"


def test_a_provider_that_tells_no_more_will_do(client: Client, provider: FakeProvider) -> None:
    provider.discovery = {"userinfo_endpoint": None}
    sign_in(client)
    assert name_of(client) == "ann"
    assert "/userinfo" not in provider.asked


# The provider fails

NONSENSE = [
    (500, "{}"), (404, "<h1>nothing</h1>"), (200, ""), (200, "<html>"), (200, "[]"), (200, "null"), (200, "7"),
    (200, '"x"'), (200, "{}"), (200, '["access_token", "keys", "issuer", "sub"]'), (302, "{}"),
    (200, '{"access_token": 7, "keys": 7, "issuer": 7, "sub": null}'), (200, "[" * 100_000),
]  # fmt: skip


@pytest.mark.parametrize("reply", NONSENSE, ids=lambda reply: f"{reply[0]} {reply[1][:20]}")
@pytest.mark.parametrize("path", [DISCOVERY, "/token", "/jwks", "/userinfo"])
def test_nonsense_is_a_page(path: str, reply: tuple[int, str], client: Client, provider: FakeProvider) -> None:
    back = let_in(begin(client))
    provider.replies[path] = reply
    answer = client.get(back)
    assert answer.status_code in (401, 502), answer.text
    assert "You are not signed in" in answer.text
    assert not User.objects.exists()
    assert "/elsewhere" not in provider.asked


@pytest.mark.parametrize("reply", NONSENSE, ids=lambda reply: f"{reply[0]} {reply[1][:20]}")
def test_nonsense_at_the_button_is_a_page(reply: tuple[int, str], client: Client, provider: FakeProvider) -> None:
    provider.replies[DISCOVERY] = reply
    answer = client.post(BUTTON)
    assert answer.status_code == 502
    assert "Film Institute cannot be reached" in answer.text


@pytest.mark.parametrize(
    "discovery",
    [{"issuer": "https://evil.example"}, {"issuer": None}, {"token_endpoint": None},
     {"authorization_endpoint": "javascript:alert(1)"}, {"jwks_uri": "file:///etc/passwd"}],
)  # fmt: skip
def test_another_providers_description(discovery: dict[str, Any], client: Client, provider: FakeProvider) -> None:
    provider.discovery = discovery
    assert client.post(BUTTON).status_code == 502


def test_a_slash_at_the_end_of_the_issuer_is_no_matter(client: Client, provider: FakeProvider) -> None:
    provider.discovery = {"issuer": f"{provider.issuer}/"}
    provider.token = {"iss": f"{provider.issuer}/"}
    sign_in(client)
    assert SocialAccount.objects.get().provider == provider.issuer


def test_a_provider_that_is_not_there(client: Client, provider: FakeProvider, settings: Any) -> None:
    back = let_in(begin(client))
    settings.OIDC_ISSUER = "http://127.0.0.1:1"
    assert client.post(BUTTON).status_code == 502
    refused(client, back)  # its state was made with another issuer


@pytest.mark.parametrize("path", [DISCOVERY, "/token", "/jwks", "/userinfo"])
def test_a_provider_whose_answer_trickles_is_given_up(
    path: str, client: Client, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes come often enough for the socket never to time out."""
    back = let_in(begin(client))
    monkeypatch.setattr("genresite.oidc.provider.SECONDS", 0.3)
    provider.slow = path
    before = timezone.now()
    refused(client, back, 502)
    assert timezone.now() - before < timedelta(seconds=1.5)


def test_the_log_says_why(client: Client, provider: FakeProvider, caplog: pytest.LogCaptureFixture) -> None:
    back = let_in(begin(client))
    provider.replies["/token"] = (401, '{"error": "invalid_client"}')
    refused(client, back)
    assert "invalid_client" in caplog.text


# Being forgotten, and what is known


def test_a_forgotten_person_leaves_no_trace(client: Client, provider: FakeProvider) -> None:
    provider.person |= {"sub": "7-gudrun", "preferred_username": "Gudrun", "email": "gudrun@example.org"}
    sign_in(client)
    person, half_way = User.objects.get(), Client()
    App(person)
    sign_in(half_way)  # and not on to the code
    assert _rows_with("gudrun") == ["catalog_user", "socialaccount_socialaccount"]
    forget(person)
    assert _rows_with("gudrun") == []
    assert not [session for session in Session.objects.all() if "7-gudrun" in str(session.get_decoded())]
    sign_in(half_way)
    assert name_of(half_way) == "Gudrun"
    assert who(half_way) != person, "who comes again is a new person"


def test_what_the_site_knows_is_told(client: Client, provider: FakeProvider, admin: User) -> None:
    sign_in(client)
    person = User.objects.get(username="ann")
    [told] = own_data(person)["signs_in_with"]
    assert (told["provider"], told["uid"]) == (provider.issuer, "7-ann")
    assert set(told) == {"provider", "uid", "date_joined", "last_login"}
    assert own_data(admin)["signs_in_with"] == []


# Settings


FULL: dict[str, Any] = {
    "OIDC_ISSUER": "https://id.example.org",
    "OIDC_CLIENT_ID": "films",
    "OIDC_CLIENT_SECRET": "secret",
}


@pytest.mark.parametrize("missing", FULL)
def test_half_a_setting_ends_with_one_sentence(missing: str) -> None:
    done = manage("check", **{**FULL, missing: ""})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{missing} is not set: OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET are needed")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("OIDC_ISSUER", "http://id.example.org"), ("OIDC_ISSUER", "id.example.org"), ("OIDC_ISSUER", "https://a@b/"),
     ("OIDC_ISSUER", "https://x/" + "x" * 200), ("OIDC_ISSUER", "http://localhost.example.org"),
     ("OIDC_ORIGINS", "https://x; script-src *")],
)  # fmt: skip
def test_a_bad_address_ends_with_one_sentence(name: str, value: str) -> None:
    done = manage("check", **{**FULL, name: value})
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(name)


def test_a_whole_setting_will_do() -> None:
    done = manage("shell", "-v0", "-c", "from django.conf import settings; print(settings.OIDC_ISSUER)", **FULL)
    assert done.stdout.strip() == "https://id.example.org", done.stderr


def test_the_database_knows_each_person_of_a_provider_once(viewer: User, curator: User) -> None:
    SocialAccount.objects.create(user=viewer, provider="https://x", uid="1")
    with pytest.raises(IntegrityError):
        SocialAccount.objects.create(user=curator, provider="https://x", uid="1")
