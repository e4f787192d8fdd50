"""One's own account: what the site knows, and leaving."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from catalog import labelling, remarks
from catalog.models import ApiToken, Decision, Film, SavedSearch, Term, User, Visit

pytestmark = pytest.mark.django_db


def data_of(client: Client) -> dict[str, Any]:
    answer = client.get("/accounts/you/data.json")
    assert "attachment" in answer["Content-Disposition"]
    found = json.loads(answer.content)
    assert isinstance(found, dict)
    return found


def test_everything_about_a_person_is_in_their_file(carla: Client, curator: User, film: Film, horror: Term) -> None:
    labelling.accept(film, horror, user=curator, revision=film.revision)
    remarks.report(film, curator, term=horror, text="Look again.")
    ApiToken.issue(curator, "laptop")
    SavedSearch.objects.create(user=curator, name="dark", query="tag=dark")
    Visit.objects.create(film=film, user=curator, order="doubt", outcome="done")
    found = data_of(carla)
    assert found["account"]["username"] == curator.username
    [decision] = found["decisions"]
    assert (decision["film_key"], decision["term_slug"], decision["after"]) == (film.key, "horror", "yes")
    assert [remark["text"] for remark in found["remarks"]] == ["Look again."]
    assert [token["name"] for token in found["tokens"]] == ["laptop"]
    assert [search["query"] for search in found["saved_searches"]] == ["tag=dark"]
    assert [visit["film_key"] for visit in found["visits"]] == [film.key]
    assert "password" not in json.dumps(found)


def test_what_others_did_is_not_in_it(carla: Client, other_curator: User, film: Film, horror: Term) -> None:
    labelling.accept(film, horror, user=other_curator, revision=film.revision)
    found = data_of(carla)
    assert found["decisions"] == []
    assert other_curator.username not in json.dumps(found)


def test_who_leaves_is_found_nowhere_and_the_decisions_stay(
    carla: Client, curator: User, film: Film, horror: Term
) -> None:
    User.objects.filter(pk=curator.pk).update(username="carla-the-curator", email="carla@example.org")
    labelling.accept(film, horror, user=curator, revision=film.revision)
    SavedSearch.objects.create(user=curator, name="carla-the-curator's", query="")
    answer = carla.post("/accounts/you/erase/", {"name": "carla-the-curator"})
    assert answer.status_code == 302
    assert carla.get("/accounts/you/").status_code == 302
    assert Decision.objects.filter(change_set__user=curator).count() == 1
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" AS r WHERE r::text ILIKE %s', ["%carla%"])
            assert cursor.fetchone() == (0,), table


@pytest.mark.parametrize("name", ["", "somebody else"])
def test_the_name_has_to_be_typed(carla: Client, curator: User, name: str) -> None:
    assert carla.post("/accounts/you/erase/", {"name": name}).status_code == 422
    curator.refresh_from_db()
    assert curator.is_active


def test_the_last_admin_stays(ada: Client, admin: User) -> None:
    answer = ada.post("/accounts/you/erase/", {"name": admin.username})
    assert answer.status_code == 409
    assert "last admin" in answer.content.decode()
    admin.refresh_from_db()
    assert admin.is_active
