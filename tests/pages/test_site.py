"""What all pages share: theme, language, errors, pictures, headers."""

from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client

from catalog.models import Film
from catalog.models.film import poster_path

pytestmark = pytest.mark.django_db
SHA = "ab" * 32


def put_poster() -> str:
    file = Path(django_settings.MEDIA_ROOT) / poster_path(SHA)
    file.parent.mkdir(parents=True)
    file.write_bytes(b"\xff\xd8picture")
    return f"/media/{poster_path(SHA)}"


def test_the_theme_is_kept_in_a_cookie(client: Client) -> None:
    assert "data-theme" not in client.get("/").content.decode().split(">")[1]
    assert client.post("/theme/", {"next": "/?q=x"})["Location"] == "/?q=x"
    assert '<html lang="en" data-theme="dark">' in client.get("/").content.decode()
    client.post("/theme/")
    assert 'data-theme="light"' in client.get("/").content.decode()


def test_looking_at_the_address_changes_no_theme(client: Client) -> None:
    assert client.get("/theme/").status_code == 405
    assert "theme" not in client.cookies


def test_a_forged_theme_is_ignored(client: Client) -> None:
    client.cookies["theme"] = '"><script>'
    assert "data-theme=" not in client.get("/").content.decode().split("<head>")[0]


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil"])
def test_no_form_leads_off_the_site(client: Client, back: str) -> None:
    assert client.post("/theme/", {"next": back})["Location"] == "/"


def test_the_language_can_be_switched(client: Client) -> None:
    client.post("/i18n/setlang/", {"language": "ko", "next": "/"})
    assert '<html lang="ko"' in client.get("/").content.decode()


def test_a_poster_is_served_for_ever(client: Client) -> None:
    response = client.get(put_poster())
    assert response.status_code == 200
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in response["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["../secret_key", "posters/../../secret_key", "posters/ab/", "secret_key", f"posters/ab/{SHA}.png", "x\0"]
)
def test_nothing_but_posters_is_served(client: Client, path: str, tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("secret")
    assert client.get(f"/media/{path}").status_code in (400, 404)


def test_posters_of_a_private_site_are_private(client: Client, vera: Client, settings: pytest.FixtureRequest) -> None:
    address = put_poster()
    settings.PUBLIC = False  # type: ignore[attr-defined]
    assert client.get(address).status_code == 302
    assert vera.get(address)["Cache-Control"].startswith("private")


def test_every_answer_carries_the_content_security_policy(client: Client, film: Film) -> None:
    for address in ("/", film.get_absolute_url(), "/nowhere/", "/accounts/login/"):
        policy = client.get(address)["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy


def test_pages_have_no_inline_style_or_script(carla: Client, film: Film) -> None:
    for address in ("/", film.get_absolute_url(), "/accounts/password/change/"):
        page = carla.get(address).content.decode()
        assert " style=" not in page
        assert "<style" not in page
        assert " onclick=" not in page
        assert page.count("<script") == page.count("<script src=") + page.count("<script defer")


def test_errors_have_pages_of_their_own(client: Client, vera: Client, film: Film) -> None:
    assert "This frame is missing" in client.get("/nowhere/").content.decode()
    forbidden = vera.post("/films/tt0013442/genre/horror/decide/", {"value": "yes"})
    assert forbidden.status_code == 403
    assert "Not yours to open" in forbidden.content.decode()


def test_a_failure_is_told_in_the_sites_look(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.raise_request_exception = False
    monkeypatch.setattr("catalog.search.finding.find", lambda *_arguments: 1 / 0)
    response = client.get("/")
    assert response.status_code == 500
    assert "The film tore" in response.content.decode()
