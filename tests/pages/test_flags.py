"""Flags: raised by viewers and curators, dealt with by curators."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from catalog import remarks
from catalog.models import Film, Remark, Term, User
from tests.factories import make_film
from tests.pages.conftest import counted

pytestmark = pytest.mark.django_db


def report(client: Client, film: Film, **form: str) -> int:
    return client.post(f"{film.get_absolute_url()}report/", form).status_code


def test_a_viewer_says_what_is_wrong_and_a_curator_deals_with_it(
    vera: Client, carla: Client, film: Film, horror: Term, curator: User
) -> None:
    page = vera.get(film.get_absolute_url()).content.decode()
    assert "Is something wrong here?" in page
    assert 'value="genre:horror"' in page
    assert report(vera, film, term="genre:horror", text="It is a comedy.") == 302
    flag = Remark.objects.get()
    assert (flag.film, flag.term, flag.text, flag.resolved_at) == (film, horror, "It is a comedy.", None)
    for address in ("/flags/", film.get_absolute_url()):
        assert "It is a comedy." in carla.get(address).content.decode()
    answer = carla.post(f"/flags/{flag.pk}/resolve/", {"next": "/flags/"})
    assert answer["Location"] == "/flags/"
    flag.refresh_from_db()
    assert flag.resolved_by == curator
    assert "No open flags" in carla.get("/flags/").content.decode()
    assert "It is a comedy." not in carla.get(film.get_absolute_url()).content.decode()


def test_dealing_with_it_twice_keeps_the_first(carla: Client, chul: Client, film: Film, curator: User) -> None:
    flag = remarks.report(film, curator)
    for client in (carla, chul):
        assert client.post(f"/flags/{flag.pk}/resolve/").status_code == 302
    flag.refresh_from_db()
    assert flag.resolved_by == curator


def test_viewers_and_strangers_see_no_flags(client: Client, vera: Client, film: Film, curator: User) -> None:
    remarks.report(film, curator, text="The poster shows another film.")
    for each in (client, vera):
        assert "another film" not in each.get(film.get_absolute_url()).content.decode()
    assert "Is something wrong" not in client.get(film.get_absolute_url()).content.decode()


@pytest.mark.parametrize("form", [{}, {"text": "   "}, {"term": "horror"}, {"text": "x" * 1001}, {"text": "a\0b"}])
def test_a_report_that_says_nothing_is_refused(vera: Client, film: Film, form: dict[str, str]) -> None:
    assert report(vera, film, **form) == 422
    assert not Remark.objects.exists()


def test_a_report_names_a_term_that_there_is(vera: Client, film: Film, horror: Term) -> None:
    assert report(vera, film, term="genre:no-such") == 404
    Term.objects.filter(pk=horror.pk).update(active=False)
    assert report(vera, film, term="genre:horror") == 404


def test_the_same_report_again_is_one(vera: Client, film: Film) -> None:
    for _ in range(2):
        report(vera, film, text="Wrong year.")
    assert Remark.objects.count() == 1


def test_a_viewer_reports_so_often_an_hour_and_a_curator_as_often_as_needed(
    vera: Client, carla: Client, film: Film
) -> None:
    answers = [report(vera, film, text=f"{n}") for n in range(remarks.REPORTS_AN_HOUR + 1)]
    assert answers == [302] * remarks.REPORTS_AN_HOUR + [429]
    assert {report(carla, film, text=f"{n}") for n in range(remarks.REPORTS_AN_HOUR + 1)} == {302}


def test_the_page_of_flags_costs_the_same_however_many(carla: Client, curator: User, horror: Term) -> None:
    costs = []
    for _ in range(2):
        for film in [make_film() for _ in range(3)]:
            remarks.report(film, curator, term=horror)
        with counted() as queries:
            carla.get("/flags/")
        costs.append(queries())
    assert costs[0] == costs[1]


def test_unpublished_films_have_no_flags_to_show(ada: Client, admin: User) -> None:
    remarks.report(make_film("Hidden", published=False), admin, text="Not yet.")
    assert "Hidden" not in ada.get("/flags/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_parallel_reports_are_counted_one_by_one(viewer: User) -> None:
    film = make_film()

    def one(n: int) -> bool:
        try:
            remarks.report(film, viewer, text=f"{n}")
        except remarks.TooManyReports:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(32))) == remarks.REPORTS_AN_HOUR
