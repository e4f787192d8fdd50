"""Tokens, sessions, limits and headers of the API."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from catalog import labelling
from catalog.models import ApiToken, Decision, Film, Term, User
from tests.api.conftest import client_of
from tests.signing_in import confirm

pytestmark = pytest.mark.django_db
LABEL = "/api/films/tt0013442/labels/genre/horror/"


def with_secret(secret: str) -> APIClient:
    client = APIClient(raise_request_exception=False)
    client.default_format = "json"
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def test_only_a_hash_of_the_secret_is_kept(curator: User) -> None:
    token, secret = ApiToken.issue(curator, "importer")
    assert secret.startswith("genresite_")
    assert len(secret) > 50
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(t)::text FROM catalog_apitoken t WHERE id = %s", [token.pk])
        assert secret.removeprefix("genresite_") not in cursor.fetchone()[0]


def test_a_token_ends_when_it_expires_is_revoked_or_its_owner_is_disabled(curator: User) -> None:
    token, secret = ApiToken.issue(curator, "a", days=1)
    client = with_secret(secret)
    assert client.get("/api/jobs/").status_code == 200
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get("/api/jobs/").status_code == 401
    ApiToken.objects.update(expires_at=None)
    assert client.get("/api/jobs/").status_code == 200
    User.objects.filter(pk=curator.pk).update(is_active=False)
    assert client.get("/api/jobs/").status_code == 401
    User.objects.filter(pk=curator.pk).update(is_active=True)
    token.delete()
    assert client.get("/api/jobs/").status_code == 401


def test_a_token_is_never_wider_than_its_owner(as_curator: APIClient, curator: User, film: Film, horror: Term) -> None:
    assert as_curator.put(LABEL, {"value": "yes", "revision": 1}).status_code == 200
    User.objects.filter(pk=curator.pk).update(role=User.Role.VIEWER)
    assert as_curator.put(LABEL, {"value": "no", "revision": 2}).status_code == 403
    assert Decision.objects.count() == 1


def test_credentials_of_another_kind_are_not_ours(anonymous: APIClient, curator: User) -> None:
    secret = ApiToken.issue(curator, "a")[1]
    for scheme in ("Basic", "Token", ""):
        anonymous.credentials(HTTP_AUTHORIZATION=f"{scheme} {secret}")
        assert anonymous.get("/api/films/").status_code == 200  # as a stranger
        assert anonymous.get("/api/jobs/").status_code == 401


def test_a_read_only_token_reads(curator: User, film: Film, horror: Term) -> None:
    client = with_secret(ApiToken.issue(curator, "reader", read_only=True)[1])
    assert client.get("/api/jobs/").status_code == 200
    refused = client.put(LABEL, {"value": "yes", "revision": 1})
    assert (refused.status_code, refused.data["detail"]) == (403, "This token may only read.")
    assert not Decision.objects.exists()


def test_use_is_noted_once_a_minute(as_curator: APIClient, curator: User) -> None:
    as_curator.get("/api/terms/")
    used = ApiToken.objects.get().last_used_at
    assert used is not None
    as_curator.get("/api/terms/")
    assert ApiToken.objects.get().last_used_at == used
    ApiToken.objects.update(last_used_at=used - timedelta(minutes=2))
    as_curator.get("/api/terms/")
    assert ApiToken.objects.get().last_used_at > used - timedelta(minutes=1)  # type: ignore[operator]


def test_who_has_to_sign_in_is_told_so(anonymous: APIClient, film: Film, horror: Term) -> None:
    for method, path in (("put", LABEL), ("get", "/api/jobs/"), ("post", "/api/retrain/")):
        answer = getattr(anonymous, method)(path, {"value": "yes", "revision": 1})
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="genresite"')


# In a browser


def test_a_session_writes_with_its_csrf_token_only(curator: User, film: Film, horror: Term) -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(curator)
    body: dict[str, Any] = {"data": {"value": "yes", "revision": 1}, "content_type": "application/json"}
    assert client.put(LABEL, **body).status_code == 403
    assert client.put(LABEL, **body, headers={"X-CSRFToken": "x" * 32}).status_code == 403
    assert not Decision.objects.exists()
    client.get("/")
    csrf = client.cookies[next(name for name in client.cookies if "csrf" in name)].value
    assert client.put(LABEL, **body, headers={"X-CSRFToken": csrf}).status_code == 200


def test_pages_write_with_a_csrf_token_only(curator: User, film: Film, horror: Term) -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(curator)
    for path in ("/films/tt0013442/genre/horror/decide/", "/accounts/tokens/", "/predict/", "/accounts/logout/"):
        assert client.post(path, {"value": "yes", "revision": 1, "name": "x", "days": 1}).status_code == 403, path
    assert not Decision.objects.exists()
    assert not ApiToken.objects.exists()
    assert Session.objects.exists()


# How often


def test_writes_are_limited_per_person_and_reads_are_not(
    settings: Any, as_curator: APIClient, as_admin: APIClient, film: Film, horror: Term
) -> None:
    settings.API_WRITES = "5/min"
    answers = [as_curator.put(LABEL, {"value": "yes", "revision": number}) for number in range(1, 9)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 3
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert Decision.objects.count() == 1  # the same answer of the same person says nothing new
    assert as_curator.get("/api/films/").status_code == 200
    assert as_admin.put(LABEL, {"value": "no", "revision": 6}).status_code == 200


# What every answer carries

ANSWERS = ["/", "/nothing/", "/api/", "/api/films/", "/api/nothing/", "/api/jobs/", "/admin/", "/accounts/login/",
           "/films/tt0013442/", "/?q=%00", "/media/posters/x.jpg", "/api/docs/", "/api/schema/", "/healthz",
           "/accounts/tokens/"]  # fmt: skip


@pytest.mark.parametrize("address", ANSWERS)
def test_every_answer_carries_the_headers(address: str, client: Client, film: Film) -> None:
    answer = client.get(address)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"


def test_an_error_of_the_server_carries_them_too(film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr("catalog.api.films.Asked.read", broken)
    answer = Client(raise_request_exception=False).get("/api/films/")
    assert answer.status_code == 500
    assert "default-src 'none'" in answer["Content-Security-Policy"]


# The page of one's tokens


def test_the_secret_is_shown_once(client: Client, curator: User) -> None:
    client.force_login(curator)
    confirm(client)
    made = client.post("/accounts/tokens/", {"name": "laptop", "days": 30, "read_only": "on"})
    assert made.status_code == 201
    assert made["Cache-Control"].startswith("max-age=0")
    secret = made.context["secret"]
    assert secret in made.content.decode()
    assert secret not in client.get("/accounts/tokens/").content.decode()
    token = ApiToken.objects.get()
    assert token.read_only
    assert timedelta(days=29) < token.expires_at - timezone.now() <= timedelta(days=30)  # type: ignore[operator]
    assert with_secret(secret).get("/api/jobs/").status_code == 200
    assert client.post(f"/accounts/tokens/{token.pk}/revoke/", follow=True).status_code == 200
    assert with_secret(secret).get("/api/jobs/").status_code == 401


@pytest.mark.parametrize(
    "fields",
    [{}, {"name": "", "days": 1}, {"name": "x", "days": 0}, {"name": "x", "days": 9999}, {"name": "x" * 61, "days": 1}],
)
def test_a_token_form_that_makes_no_sense(fields: dict[str, Any], client: Client, curator: User) -> None:
    client.force_login(curator)
    confirm(client)
    assert client.post("/accounts/tokens/", fields).status_code == 422
    assert not ApiToken.objects.exists()


def test_a_token_that_has_expired_is_shown_as_such(client: Client, curator: User) -> None:
    client.force_login(curator)
    ApiToken.issue(curator, "old", days=1)
    assert "expired" not in client.get("/accounts/tokens/").content.decode()
    ApiToken.objects.update(expires_at=timezone.now())
    assert "expired" in client.get("/accounts/tokens/").content.decode()


def test_two_tokens_of_one_name_are_refused(client: Client, curator: User) -> None:
    client.force_login(curator)
    confirm(client)
    client.post("/accounts/tokens/", {"name": "x", "days": 1})
    again = client.post("/accounts/tokens/", {"name": "x", "days": 1})
    assert (again.status_code, "of this name" in again.content.decode()) == (422, True)


def test_nobody_sees_or_revokes_another_persons_token(client: Client, curator: User, admin: User) -> None:
    token, _ = ApiToken.issue(admin, "of the admin")
    client.force_login(curator)
    assert "of the admin" not in client.get("/accounts/tokens/").content.decode()
    assert client.post(f"/accounts/tokens/{token.pk}/revoke/").status_code == 404
    assert ApiToken.objects.exists()


def test_looking_at_the_address_revokes_nothing(client: Client, curator: User) -> None:
    token, _ = ApiToken.issue(curator, "x")
    client.force_login(curator)
    assert client.get(f"/accounts/tokens/{token.pk}/revoke/").status_code == 405
    assert ApiToken.objects.exists()


def test_a_token_form_cannot_name_another_owner(client: Client, curator: User, admin: User) -> None:
    client.force_login(curator)
    confirm(client)
    client.post("/accounts/tokens/", {"name": "x", "days": 1, "user": admin.pk, "role": "admin"})
    assert ApiToken.objects.get().user == curator


def test_undo_by_two_people_at_once_is_one_undo(film: Film, horror: Term, curator: User, other_curator: User) -> None:
    changes = labelling.accept(film, horror, user=curator, revision=1)
    answers = [client_of(user).post(f"/api/changes/{changes.pk}/undo/") for user in (curator, other_curator)]
    assert [answer.status_code for answer in answers] == [201, 409]
