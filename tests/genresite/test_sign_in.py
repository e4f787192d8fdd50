"""The link that signs somebody in once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth.tokens import PasswordResetTokenGenerator, default_token_generator
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from catalog.models import User
from genresite.sign_in import SignInLinks, first_admin, link_path, links
from tests.factories import make_user


@pytest.fixture
def person(db: None) -> User:
    user = User.objects.create_superuser("boss")
    assert not user.has_usable_password()
    return user


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_looking_at_it_uses_nothing_up(client: Client, person: User) -> None:
    path = link_path(person)
    for _ in range(3):
        page = client.get(path)
        assert page.status_code == 200
        assert "Sign in as boss" in page.text
        client.head(path)
    assert not signed_in(client)
    client.post(path)
    assert signed_in(client)


def test_it_works_once(client: Client, person: User) -> None:
    path = link_path(person)
    assert client.post(path).status_code == 302
    other = Client()
    for answer in (other.post(path), other.get(path)):
        assert answer.status_code == 410
        assert "has been used" in answer.text
    assert not signed_in(other)


@pytest.mark.django_db(transaction=True)
def test_of_two_clicks_at_once_one_signs_in() -> None:
    user = User.objects.create_superuser("boss")
    path = link_path(user)

    def click() -> int:
        try:
            return Client().post(path).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            User.objects.select_for_update().get(pk=user.pk)  # both have seen a good link by the time that we let go
            clicks = [pool.submit(click) for _ in range(2)]
            for waiting in clicks:
                with pytest.raises(TimeoutError):
                    waiting.result(timeout=0.5)
        assert sorted(answer.result(timeout=30) for answer in clicks) == [302, 410]


def test_a_new_password_ends_it(client: Client, person: User) -> None:
    path = link_path(person)
    person.set_password("light-table-7")
    person.save()
    assert client.post(path).status_code == 410


def test_a_link_made_in_the_second_of_the_last_sign_in_works_once_too(client: Client, person: User) -> None:
    client.post(link_path(person))
    person.refresh_from_db()
    path = link_path(person)
    assert client.post(path).status_code == 302
    assert Client().post(path).status_code == 410


def test_the_first_admin_is_asked_to_set_a_password(client: Client, person: User) -> None:
    answer = client.post(link_path(person), follow=True)
    assert answer.redirect_chain[0][0] == "/accounts/password/set/"
    assert "Set a password" in answer.text


def test_the_pages_must_not_be_kept_by_caches(client: Client, person: User) -> None:
    assert "no-store" in client.get(link_path(person)).headers["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["/sign-in/MQ/nonsense/", "/sign-in/%FF/x/", "/sign-in/OTk5OTk5OTk5OTk5OTk5OTk5OTk5/a-b/"]
)
def test_nonsense_is_refused(client: Client, person: User, path: str) -> None:
    assert client.post(path).status_code == 410
    assert not signed_in(client)


def test_one_persons_token_is_no_use_for_another(client: Client, person: User) -> None:
    other = make_user("other")
    stolen = link_path(person).split("/")
    stolen[2] = link_path(other).split("/")[2]
    assert client.post("/".join(stolen)).status_code == 410


def test_a_disabled_account_stays_out(client: Client, curator: User) -> None:
    path = link_path(curator)
    User.objects.filter(pk=curator.pk).update(is_active=False)
    assert client.post(path).status_code == 410


def test_it_gets_too_old(client: Client, person: User, settings: pytest.FixtureRequest) -> None:
    path = link_path(person)
    settings.PASSWORD_RESET_TIMEOUT = -1  # type: ignore[attr-defined]
    assert client.post(path).status_code == 410


def test_its_tokens_are_no_password_reset_tokens(person: User) -> None:
    assert not links.check_token(person, default_token_generator.make_token(person))

    class Resets(SignInLinks):
        key_salt = PasswordResetTokenGenerator.key_salt

    assert not links.check_token(person, Resets().make_token(person))


def test_forged_posts_from_elsewhere_are_refused(person: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(link_path(person)).status_code == 403
    assert not signed_in(strict)


def test_the_first_admin_is_made_when_there_is_none(db: None) -> None:
    admin = first_admin()
    assert (admin.username, admin.role, admin.has_usable_password()) == ("admin", User.Role.ADMIN, False)
    assert first_admin() == admin


def test_nobody_else_is_taken_for_the_first_admin(curator: User) -> None:
    assert first_admin() != curator


def test_an_admin_who_is_there_is_taken(person: User) -> None:
    assert first_admin() == person


def test_the_command_prints_a_link(person: User, client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    User.objects.filter(pk=person.pk).update(last_login=timezone.now() - timedelta(days=3))
    call_command("sign_in_link", "boss")
    link = capsys.readouterr().out.strip()
    assert link.startswith("http://127.0.0.1:8000/sign-in/")
    client.post(link.removeprefix("http://127.0.0.1:8000"))
    assert signed_in(client)
