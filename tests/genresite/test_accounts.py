"""Accounts: roles, the last admin, signing in, Django's admin, and being forgotten."""

from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client

from catalog import labelling
from catalog.accounts import LastAdmin, forget, keep_an_admin
from catalog.models import ApiToken, Decision, Film, Job, Label, Term, User
from tests.factories import make_user
from tests.signing_in import confirm
from training.models import Promotion

pytestmark = pytest.mark.django_db
PASSWORD = "light-table-7"


@pytest.fixture(autouse=True)
def _no_counts_yet(db: None) -> None:
    cache.clear()


# Roles


@pytest.mark.parametrize(
    ("role", "active", "rights"),
    [
        ("viewer", True, (False, False)), ("curator", True, (True, False)), ("admin", True, (True, True)),
        ("curator", False, (False, False)), ("admin", False, (False, False)),
    ],
)  # fmt: skip
def test_rights_follow_from_the_role_alone(role: str, active: bool, rights: tuple[bool, bool]) -> None:
    user = make_user(role=User.Role(role), is_active=active)
    assert (user.may_decide, user.may_administer) == rights
    assert {
        user.is_staff,
        user.is_superuser,
        user.has_perm("x.y"),
        user.has_perms(["x.y"]),
        user.has_module_perms("x"),
    } == {rights[1]}


@pytest.mark.parametrize("change", [{"role": "viewer"}, {"role": "curator"}, {"is_active": False}])
def test_the_last_admin_stays(change: dict[str, Any], admin: User, curator: User) -> None:
    with pytest.raises(IntegrityError, match="last admin"), transaction.atomic():
        User.objects.filter(pk=admin.pk).update(**change)
    with pytest.raises(IntegrityError, match="last admin"), transaction.atomic():
        admin.delete()
    make_user(role=User.Role.ADMIN, is_active=False)  # does not count
    with pytest.raises(IntegrityError, match="last admin"), transaction.atomic():
        User.objects.filter(pk=admin.pk).update(**change)
    with pytest.raises(LastAdmin):
        keep_an_admin(admin, **{"role": "admin", "is_active": True, **change})
    make_user(role=User.Role.ADMIN)
    keep_an_admin(admin, **{"role": "admin", "is_active": True, **change})
    assert User.objects.filter(pk=admin.pk).update(**change) == 1


def test_where_there_is_no_admin_yet_nobody_is_the_last(curator: User) -> None:
    keep_an_admin(User(), role="viewer", is_active=True)
    former = make_user(role=User.Role.ADMIN, is_active=False)
    for change in ({"role": "viewer"}, {"role": "admin"}):
        assert User.objects.filter(pk=former.pk).update(**change) == 1
    former.delete()
    curator.delete()
    assert not User.objects.exists()


def test_one_of_two_admins_can_go(admin: User) -> None:
    make_user(role=User.Role.ADMIN).delete()
    assert list(User.objects.all()) == [admin]


def test_all_admins_at_once_are_refused_too(admin: User) -> None:
    make_user(role=User.Role.ADMIN)
    with pytest.raises(IntegrityError, match="last admin"), transaction.atomic():
        User.objects.update(role="viewer")


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_demote_each_other_leave_one() -> None:
    """The second begins while the first has not committed yet, and has to wait for it."""
    first, second = (make_user(role=User.Role.ADMIN) for _ in range(2))

    def demote_second() -> bool:
        try:
            return bool(User.objects.filter(pk=second.pk).update(role="viewer"))
        except IntegrityError:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            User.objects.filter(pk=first.pk).update(role="viewer")
            demoted = pool.submit(demote_second)
            with pytest.raises(TimeoutError):
                demoted.result(timeout=0.5)
        assert demoted.result(timeout=30) is False
    assert list(User.objects.admins()) == [second]


def test_who_is_disabled_is_out_at_once(client: Client, curator: User, film: Film, horror: Term) -> None:
    client.force_login(curator)
    page = "/films/tt0013442/genre/horror/decide/"
    User.objects.filter(pk=curator.pk).update(is_active=False)
    answer = client.post(page, {"value": "yes", "revision": 1})
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/accounts/login/")
    assert not Label.objects.exists()


def test_who_is_demoted_may_no_more_at_once(client: Client, curator: User, film: Film, horror: Term) -> None:
    client.force_login(curator)
    User.objects.filter(pk=curator.pk).update(role="viewer")
    assert client.post("/films/tt0013442/genre/horror/decide/", {"value": "yes", "revision": 1}).status_code == 403
    assert not Label.objects.exists()


# Signing in


def sign_in(client: Client, name: str, password: str = PASSWORD, **more: Any) -> Any:
    headers = more.pop("headers", {})
    return client.post("/accounts/login/", {"login": name, "password": password, **more}, headers=headers)


def test_signing_in_and_out(client: Client, curator: User) -> None:
    assert sign_in(client, "carla").status_code == 302
    assert client.get("/jobs/").status_code == 200
    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/jobs/").status_code == 200  # looking at the page signs nobody out
    client.post("/accounts/logout/")
    assert client.get("/jobs/").status_code == 302
    assert not Session.objects.filter(session_data__contains="auth").exists()


def test_a_disabled_account_does_not_sign_in(client: Client, curator: User) -> None:
    User.objects.filter(pk=curator.pk).update(is_active=False)
    sign_in(client, "carla")
    assert client.get("/jobs/").status_code == 302


def test_guessing_is_slowed_down_whatever_address_is_claimed(client: Client, curator: User) -> None:
    tries = [sign_in(client, "carla", f"guess-{n}", headers={"X-Forwarded-For": f"10.0.0.{n}"}) for n in range(12)]
    assert "Too many" in tries[-1].content.decode()
    # Now the right password does not help either, nor does another spelling of the name.
    for name in ("carla", "Carla", " carla "):
        sign_in(client, name)
        assert client.get("/jobs/").status_code == 302


def test_one_address_that_keeps_asking_waits(client: Client, curator: User) -> None:
    tries = [sign_in(client, f"name-{n}", "guess") for n in range(40)]
    assert tries[-1].status_code == 429
    assert int(tries[-1]["Retry-After"]) > 0
    assert "Too many tries" in tries[-1].content.decode()


def test_a_wrong_name_and_a_wrong_password_look_the_same(client: Client, curator: User) -> None:
    pages = [sign_in(client, name, "wrong-password") for name in ("carla", "nobody")]
    assert [page.status_code for page in pages] == [200, 200]
    errors = [page.context["form"].errors.as_text() for page in pages]
    assert errors[0] == errors[1] != ""


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
        "https:evil.example", "http:///evil.example", "/%0d%0aLocation:%20https://evil.example", " //evil.example",
        "\t//evil.example", "data:text/html,x", "https://testserver@evil.example/", "////evil.example",
        "https://testserver.evil.example/", "ftp://testserver/",
    ],
)  # fmt: skip
def test_next_stays_home(target: str, client: Client, curator: User) -> None:
    for answer in (sign_in(client, "carla", next=target), client.post("/accounts/logout/", {"next": target})):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/"), answer["Location"]
        assert not answer["Location"].startswith(("//", "/\\")), answer["Location"]
        assert answer["Location"].isprintable()


def test_next_leads_back(client: Client, curator: User) -> None:
    assert sign_in(client, "carla", next="/films/x/?a=1")["Location"] == "/films/x/?a=1"


def test_sign_up_is_closed_unless_opened(client: Client, settings: Any) -> None:
    fields = {"username": "new", "password1": PASSWORD, "password2": PASSWORD, "role": "admin", "is_staff": "on"}
    client.post("/accounts/signup/", fields)
    assert not User.objects.exists()
    settings.SIGNUP_OPEN = True
    client.post("/accounts/signup/", fields)
    assert User.objects.get().role == "viewer"


def test_nobody_signs_up_under_the_name_of_a_forgotten_person(client: Client, settings: Any) -> None:
    settings.SIGNUP_OPEN = True
    client.post("/accounts/signup/", {"username": "deleted-user-7", "password1": PASSWORD, "password2": PASSWORD})
    assert not User.objects.exists()


# Django's admin


def test_the_admin_changes_a_role(client: Client, admin: User, curator: User) -> None:
    client.force_login(admin)
    confirm(client)
    fields = {
        "username": "carla",
        "email": "",
        "role": "viewer",
        "is_active": "on",
        "is_superuser": "on",
        "password": "x",
    }
    address = f"/admin/catalog/user/{curator.pk}/change/"
    assert client.post(address, fields)["Location"] == "/admin/catalog/user/"
    changed = User.objects.get(pk=curator.pk)
    assert (changed.role, changed.check_password(PASSWORD)) == ("viewer", True)


def test_nobody_changes_their_own_role(client: Client, admin: User) -> None:
    make_user(role=User.Role.ADMIN)
    client.force_login(admin)
    confirm(client)
    client.post(f"/admin/catalog/user/{admin.pk}/change/", {"username": "ada", "role": "viewer"})
    assert User.objects.get(pk=admin.pk).may_administer


def test_the_admin_keeps_the_last_admin(client: Client, admin: User) -> None:
    """The admin who does it has meanwhile been demoted by somebody else."""
    other = make_user("olga", role=User.Role.ADMIN)
    client.force_login(admin)
    from catalog.admin import UserForm

    User.objects.filter(pk=admin.pk).update(role="viewer")
    form = UserForm({"username": "olga", "role": "viewer", "is_active": "on"}, instance=other)
    assert not form.is_valid()
    assert "last admin" in str(form.errors)


def test_a_role_is_changed_after_the_password(client: Client, admin: User, curator: User) -> None:
    client.force_login(admin)
    asked = client.post(f"/admin/catalog/user/{curator.pk}/change/", {"username": "carla", "role": "admin"})
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert User.objects.get(pk=curator.pk).role == "curator"


@pytest.mark.parametrize("table", ["label", "decision", "changeset", "job"])
def test_records_are_looked_at_only(table: str, client: Client, admin: User, film: Film, horror: Term) -> None:
    labelling.accept(film, horror, user=admin, revision=1)
    Job.objects.create(task="x")
    client.force_login(admin)
    model: Any = {
        "label": Label,
        "decision": Decision,
        "changeset": type(Decision.objects.get().change_set),
        "job": Job,
    }[table]
    row = model._default_manager.get()
    assert client.get(f"/admin/catalog/{table}/").status_code == 200
    assert client.get(f"/admin/catalog/{table}/{row.pk}/change/").status_code == 200
    assert client.post(f"/admin/catalog/{table}/{row.pk}/change/", {"value": "no", "state": "done"}).status_code == 403
    assert client.post(f"/admin/catalog/{table}/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"/admin/catalog/{table}/add/").status_code == 403
    assert model._default_manager.get().pk == row.pk


def test_a_film_that_is_edited_counts_as_changed(client: Client, admin: User, film: Film) -> None:
    client.force_login(admin)
    fields = {"title": "Nosferatu", "year": 1922, "plot": "Another plot.", "published": "on"}
    answer = client.post(f"/admin/catalog/film/{film.pk}/change/", fields)
    assert answer.status_code == 302, answer.context["errors"]
    changed = Film.objects.get()
    assert (changed.revision, changed.plot) == (2, "Another plot.")
    assert changed.input_hash != film.input_hash


@pytest.mark.parametrize("table", ["user", "film", "term", "sourcename", "apitoken", "label", "decision", "job"])
def test_every_table_of_the_admin_opens(table: str, client: Client, admin: User, film: Film, horror: Term) -> None:
    labelling.accept(film, horror, user=admin, revision=1)
    ApiToken.issue(admin, "x")
    client.force_login(admin)
    assert client.get(f"/admin/catalog/{table}/").status_code == 200
    assert client.get("/admin/").status_code == 200


# Forgetting


def test_a_forgotten_person_leaves_decisions_and_no_trace(
    client: Client, admin: User, film: Film, horror: Term, comedy: Term
) -> None:
    person = User.objects.create_user("Gudrun", email="gudrun@example.org", password=PASSWORD, role="curator")
    changes = labelling.accept(film, horror, user=person, revision=1)
    labelling.undo(labelling.accept(film, comedy, user=person, revision=2), user=person)
    EmailAddress.objects.create(user=person, email="gudrun@example.org")
    ApiToken.issue(person, "laptop")
    client.force_login(person)
    LogEntry.objects.create(
        user=admin, content_type=ContentType.objects.get_for_model(User), object_id=str(person.pk),
        object_repr="Gudrun", action_flag=CHANGE,
    )  # fmt: skip

    other = Client()
    other.force_login(admin)

    call_command("forget_user", "Gudrun", stdout=StringIO())

    assert other.get("/jobs/").status_code == 200
    left = User.objects.get(pk=person.pk)
    assert (left.username, left.email, left.is_active, left.has_usable_password()) == (
        f"deleted-user-{person.pk}", "", False, False,
    )  # fmt: skip
    assert (left.role, left.last_login) == ("viewer", None)
    assert Decision.objects.count() == 3
    assert Label.objects.get().decided_by == left
    assert changes.user_id == left.pk
    assert not ApiToken.objects.exists()
    assert not [s for s in Session.objects.all() if s.get_decoded().get("_auth_user_id") == str(person.pk)]
    assert _rows_with("gudrun") == []


def _rows_with(text: str) -> list[str]:
    """Names of the tables that hold the text anywhere, as a dump of the database would."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        found = []
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE lower(to_jsonb(t)::text) LIKE %s', [f"%{text}%"])
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_the_last_admin_is_not_forgotten(admin: User) -> None:
    with pytest.raises(CommandError, match="last admin"):
        call_command("forget_user", "ada")
    assert User.objects.get().username == "ada"


def test_an_admin_is_forgotten_when_there_is_another(admin: User) -> None:
    make_user(role=User.Role.ADMIN)
    assert forget(admin) == f"deleted-user-{admin.pk}"
    assert not Promotion.objects.exists()


# Commands


def test_create_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENRESITE_PASSWORD", PASSWORD)
    call_command("create_user", "nora", "--role", "curator", stdout=StringIO())
    user = User.objects.get()
    assert (user.role, user.check_password(PASSWORD)) == ("curator", True)


@pytest.mark.parametrize(
    ("name", "password"),
    [("nora", "123"), ("nora", "password"), ("norabright", "norabright1"), ("no ra", PASSWORD),
     ("", PASSWORD), ("ada", PASSWORD),
     ("deleted-user-1", PASSWORD)],
)  # fmt: skip
def test_create_user_refuses(name: str, password: str, admin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENRESITE_PASSWORD", password)
    with pytest.raises(CommandError) as refused:
        call_command("create_user", name)
    assert refused.value.returncode == 2
    assert User.objects.count() == 1


def test_create_token(curator: User) -> None:
    out = StringIO()
    call_command("create_token", "carla", "importer", "--days", "7", "--read-only", stdout=out)
    secret = out.getvalue().strip()
    token = ApiToken.objects.of_secret(secret)
    assert token is not None
    assert (token.user, token.name, token.read_only) == (curator, "importer", True)
    for arguments in (["carla", "importer"], ["nobody", "x"], ["carla", "y", "--days", "0"], ["carla", "x" * 61]):
        with pytest.raises(CommandError) as refused:
            call_command("create_token", *arguments)
        assert refused.value.returncode == 2


def test_forget_user_knows_whom(admin: User) -> None:
    with pytest.raises(CommandError, match="no user"):
        call_command("forget_user", "nobody")
