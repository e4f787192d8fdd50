"""Which tables Django's admin shows, and what may be done to their rows there."""

import pytest
from django.test import Client

from catalog.models import Term, User
from tests.factories import make_film, make_user
from tests.signing_in import confirm

pytestmark = pytest.mark.django_db
TABLES = {
    "catalog": ("user", "apitoken", "film", "term", "sourcename", "label", "changeset", "decision", "job"),
    "training": ("run", "modelversion", "promotion", "cut"),
}
MAY = {
    "user": {"change"}, "film": {"change"}, "apitoken": {"delete"},
    "sourcename": {"add", "change", "delete"},
}  # fmt: skip


def test_the_admin_shows_our_tables_and_what_may_be_done_to_them(client: Client, admin: User) -> None:
    client.force_login(admin)
    shown = {
        (app["app_label"], model["object_name"].lower()): {
            action for action in ("add", "change", "delete") if model["perms"][action]
        }
        for app in client.get("/admin/").context["app_list"]
        for model in app["models"]
    }
    assert shown == {(app, table): MAY.get(table, set()) for app, tables in TABLES.items() for table in tables}


def test_what_is_fixed_stays_as_it_is(client: Client, admin: User, horror: Term) -> None:
    client.force_login(admin)
    film = make_film(key="film", imdb_id="tt0000001", source="films.csv")
    made = {"title": "Film", "key": "other", "imdb_id": "tt0000002", "source": "other.csv", "published": "on"}
    assert client.post(f"/admin/catalog/film/{film.pk}/change/", made).status_code == 302
    film.refresh_from_db()
    assert (film.key, film.imdb_id, film.source, film.plot) == ("film", "tt0000001", "films.csv", "")
    names = {"name_en": "Scary", "name_ko": "무서운", "slug": "scary", "kind": "tag", "active": "on"}
    for address in (f"/admin/catalog/term/{horror.pk}/change/", "/admin/catalog/term/add/"):
        assert client.post(address, names).status_code == 403
    assert not Term.objects.filter(name_en="Scary").exists()


@pytest.mark.parametrize("changed", [{"role": "viewer", "is_active": "on"}, {"role": "admin"}])
def test_nobody_takes_a_right_from_themselves(changed: dict[str, str], client: Client, admin: User) -> None:
    make_user(role=User.Role.ADMIN)
    client.force_login(admin)
    confirm(client)
    dates = {
        "last_login_0": "2001-01-01",
        "last_login_1": "00:00",
        "date_joined_0": "2001-01-01",
        "date_joined_1": "00:00",
    }
    client.post(f"/admin/catalog/user/{admin.pk}/change/", {"username": "ada", **changed, **dates})
    joined = admin.date_joined
    admin.refresh_from_db()
    assert admin.may_administer
    assert (admin.date_joined, admin.last_login and admin.last_login.year > 2001) == (joined, True)
