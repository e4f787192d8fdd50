"""Films over the API: what is shown, to whom, in which pages, at which cost."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from catalog import labelling, search
from catalog.models import Film, Label, Term, User
from inference.models import Prediction
from tests.factories import import_label, make_film, make_term
from training.models import ModelVersion

pytestmark = pytest.mark.django_db


def champion(*slugs: str) -> ModelVersion:
    return ModelVersion.objects.create(
        task="genres",
        number=1,
        architecture="heads",
        manifest_sha256="0" * 64,
        terms=list(slugs),
        thresholds=[0.5] * len(slugs),
        dataset_hash="",
        champion=True,
    )


def predict(film: Film, version: ModelVersion, *scores: float) -> None:
    Prediction.objects.create(
        film=film, version=version, scores=list(scores), input_hash=film.input_hash, inputs=["plot"]
    )
    search.refresh([film.pk])


def pages(client: APIClient, address: str) -> list[list[dict[str, Any]]]:
    found = []
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.content
        found.append(answer.data["results"])
        address = answer.data["next"]
    return found


def test_a_film_shows_labels_beside_scores_and_thresholds(
    anonymous: APIClient, film: Film, horror: Term, comedy: Term, curator: User
) -> None:
    predict(film, champion("horror", "comedy"), 0.9, 0.2)
    labelling.accept(film, horror, user=curator, revision=1)

    answer = anonymous.get("/api/films/tt0013442/")
    assert answer.status_code == 200
    assert answer["ETag"] == '"2"'
    assert answer.data["revision"] == 2
    rows = {row["slug"]: row for row in answer.data["labels"] if row["kind"] == "genre"}
    assert rows["horror"] | {"changed_at": None} == {
        "kind": "genre", "slug": "horror", "value": "yes", "source": "person", "origin": "", "by": None,
        "locked": False, "changed_at": None,
        "score": {"score": 0.9, "threshold": 0.5, "proposed": True, "version": "genres-1", "inputs": ["plot"]},
    }  # fmt: skip
    assert rows["comedy"]["value"] is None
    assert rows["comedy"]["score"]["proposed"] is False
    assert [(t["slug"], t["weight"], t["origin"]) for t in answer.data["terms"]] == [("horror", 1.0, "person")]


def test_names_of_people_are_for_those_who_decide(
    anonymous: APIClient, as_viewer: APIClient, as_curator: APIClient, film: Film, horror: Term, other_curator: User
) -> None:
    labelling.accept(film, horror, user=other_curator, revision=1)
    for client, name in ((anonymous, None), (as_viewer, None), (as_curator, "chul")):
        labels = client.get("/api/films/tt0013442/labels/").data
        assert next(row["by"] for row in labels if row["slug"] == "horror") == name
        history = client.get("/api/films/tt0013442/decisions/")
        assert [row["by"] for row in history.data["results"]] == [name]
        if name is None:
            assert b"chul" not in history.content


def test_an_import_has_an_origin_and_no_person(anonymous: APIClient, film: Film, horror: Term) -> None:
    import_label(film, horror)
    [row] = anonymous.get("/api/films/tt0013442/decisions/").data["results"]
    assert (row["kind"], row["after"], row["after_origin"], row["by"]) == ("import", "yes", "test.csv", None)


def test_the_list_has_the_filters_of_the_page(anonymous: APIClient, horror: Term, comedy: Term) -> None:
    both, other = make_film("The Cat and the Canary"), make_film("The Cat")
    import_label(both, horror)
    import_label(both, comedy)
    import_label(other, comedy)
    search.refresh([both.pk, other.pk])

    def keys(query: str) -> list[str]:
        return [film["key"] for film in anonymous.get(f"/api/films/?{query}").data["results"]]

    assert keys("genre=comedy") == [other.key, both.key]
    assert keys("genre=comedy&genre=horror") == [both.key]
    assert keys("q=canary") == [both.key]
    assert keys("q=dog") == []
    assert anonymous.get("/api/films/?genre=nonsense").status_code == 404


def test_films_are_found_by_all_that_the_search_page_can_ask_for(anonymous: APIClient, horror: Term) -> None:
    dark = make_term("dark", Term.Kind.TAG)
    old, new = make_film("Old", year=1922, language="ko"), make_film("New", year=1968)
    make_film("Bare", plot="")
    for film, slugs in ((old, [horror, dark]), (new, [horror])):
        for term in slugs:
            import_label(film, term)
        search.refresh([film.pk])

    def found(query: str) -> list[str]:
        answer = anonymous.get(f"/api/films/?{query}")
        assert answer.status_code == 200, answer.content
        assert answer.data["count"] == len(answer.data["results"])
        return [film["title"] for film in answer.data["results"]]

    assert found("genre=horror&tag=dark") == found("language=ko") == found("decade=1920") == ["Old"]
    assert found("not=dark&sort=title") == ["Bare", "New"]
    assert found("may=tag:dark&may=horror") == ["New", "Old"]
    assert found("w.dark=2") == ["Old", "Bare", "New"]
    assert found("w.dark=-2&genre=horror") == ["New", "Old"]
    assert found("has=no-plot") == found("said=untagged") == ["Bare"]
    assert found("sort=year") == ["New", "Old", "Bare"]
    assert anonymous.get("/api/films/?w.nonsense=1").status_code == 404


@pytest.mark.parametrize("sort", ["newest", "title", "year", "match", "confidence", "doubt"])
def test_pages_of_any_order_show_every_film_once(sort: str, anonymous: APIClient, horror: Term) -> None:
    version = champion("horror")
    for number in range(7):
        predict(make_film(f"F{number % 3}", year=[None, 1950, 1960][number % 3]), version, 0.5 + number % 4 / 10)
    address = f"/api/films/?sort={sort}&genre=horror&page_size"
    whole = [film["key"] for film in anonymous.get(f"{address}=100").data["results"]]
    assert len(set(whole)) == 7
    assert [film["key"] for page in pages(anonymous, f"{address}=2") for film in page] == whole


def test_review_finds_films_that_wait(anonymous: APIClient, horror: Term) -> None:
    version, waits, sure = champion("horror"), make_film(), make_film()
    predict(waits, version, 0.9)
    predict(sure, version, 0.1)
    assert [film["key"] for film in anonymous.get("/api/films/?review=1").data["results"]] == [waits.key]


@pytest.mark.parametrize(
    "query",
    [
        "a__password__regex=x", "ordering=password", "title__contains=x", "user__username=x", "limit=5",
        "page_size=0", "page_size=-1", "page_size=abc", "page_size=1e9", "page_size=²", "cursor=x", "cursor=cD1h",
        "cursor=cD0xJm89LTE%3D%3D%3D%3D", "review=maybe", "q=" + "x" * 300, "w.horror=3", "decade=1975", "has=money",
        "said=nobody", "sort=password", "x.horror=1", "cursor=~-1", "cursor=1~x", "sort=title&cursor=~1",
    ],
)  # fmt: skip
def test_what_is_no_filter_is_refused(query: str, anonymous: APIClient, film: Film) -> None:
    with CaptureQueriesContext(connection) as queries:
        answer = anonymous.get(f"/api/films/?{query}")
    assert answer.status_code == 400, answer.content
    assert not any("password" in query["sql"] for query in queries)


@pytest.mark.parametrize("position", ["x", "1e5", "-1", "9" * 40, "1 OR 1=1", "\0"])
def test_a_forged_cursor_never_reaches_the_database(position: str, anonymous: APIClient, film: Film) -> None:
    from base64 import b64encode
    from urllib.parse import quote, urlencode

    forged = quote(b64encode(urlencode({"p": position}).encode()).decode())
    assert anonymous.get(f"/api/films/?cursor={forged}").status_code == 400


def test_pages_stay_stable_while_films_are_added(anonymous: APIClient) -> None:
    keys = [make_film().key for _ in range(25)]
    first = anonymous.get("/api/films/?page_size=10").data
    added = make_film()
    rest = pages(anonymous, first["next"])
    seen = [film["key"] for page in [first["results"], *rest] for film in page]
    assert seen == keys[::-1]
    assert added.key not in seen


def test_a_page_has_100_films_at_most(anonymous: APIClient) -> None:
    Film.objects.bulk_create(Film(key=f"f{n}", title=f"F{n}") for n in range(120))
    assert [len(page) for page in pages(anonymous, "/api/films/?page_size=100000")] == [100, 20]


LISTS = [
    "films/", "labels/", "decisions/", "changes/", "predictions/", "versions/", "runs/", "terms/", "source-names/",
    "jobs/", "films/film-of-many/labels/", "films/film-of-many/decisions/",
]  # fmt: skip


@pytest.mark.parametrize("address", LISTS)
def test_lists_cost_the_same_for_10_and_for_100_rows(address: str, as_admin: APIClient, admin: User) -> None:
    as_admin.get("/api/terms/")  # the first use of a token is written down
    fill(10, admin)
    few = _queries(as_admin, address)
    fill(100, admin)
    assert _queries(as_admin, address) == few


def fill(count: int, user: User) -> None:
    """So many rows of everything."""
    from catalog.models import Job, SourceName
    from training.models import Run

    start = Film.objects.count()
    version = ModelVersion.objects.filter(champion=True).first() or champion("horror", "comedy")
    many = Film.objects.filter(key="film-of-many").first() or make_film(key="film-of-many")
    horror = make_term("horror")
    for number in range(start, start + count):
        film = make_film(key=f"f-{number}")
        predict(film, version, 0.9, 0.1)
        labelling.reject(film, horror, user=user, revision=1)
        labelling.accept(many, make_term(f"term-{number}"), user=user, revision=many.revision)
        run = Run.objects.create(task="genres")
        ModelVersion.objects.create(
            task="genres", number=number + 10, architecture="heads", manifest_sha256="", terms=[], thresholds=[],
            dataset_hash="", run=run,
        )  # fmt: skip
        Job.objects.create(task="inference.predict", created_by=user).failures.create(item="x", reason="y")
        SourceName.objects.create(kind="genre", name=f"name {number}", source="test", term=horror)


def _queries(client: APIClient, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(f"/api/{address}", {} if address.endswith("labels/") else {"page_size": 100})
        assert answer.status_code == 200, answer.content
    return len(queries)


def test_unpublished_films_are_there_for_admins_only(
    anonymous: APIClient, as_curator: APIClient, as_admin: APIClient, horror: Term, admin: User
) -> None:
    film = make_film("Hidden", key="hidden", published=False)
    labelling.accept(film, horror, user=admin, revision=1)
    predict(film, champion("horror"), 0.9)
    for path in ("films/hidden/", "films/hidden/labels/", "films/hidden/decisions/"):
        assert [client.get(f"/api/{path}").status_code for client in (anonymous, as_curator, as_admin)] == [
            404, 404, 200,
        ], path  # fmt: skip
    assert as_curator.get("/api/labels/").data["results"] == []
    assert as_curator.get("/api/predictions/").data["results"] == []
    assert as_curator.put("/api/films/hidden/labels/genre/horror/", {"value": "no", "revision": 2}).status_code == 404
    assert Label.objects.get().value == "yes"


def test_a_private_site_shows_nothing_to_strangers(anonymous: APIClient, as_viewer: APIClient, settings: Any) -> None:
    settings.PUBLIC = False
    answer = anonymous.get("/api/films/")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert as_viewer.get("/api/films/").status_code == 200


def test_a_poster_has_an_address(anonymous: APIClient) -> None:
    make_film(key="p", poster_sha256="ab" * 32)
    film = anonymous.get("/api/films/p/").data
    assert film["poster"] == f"http://testserver/media/posters/ab/{'ab' * 32}.jpg"
    assert film["thumbnail"].endswith("-small.jpg")
