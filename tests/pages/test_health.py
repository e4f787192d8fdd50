"""Label health, differences between two people, and one's own work."""

from collections.abc import Iterable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from catalog import differences, labelling
from catalog.models import (
    ChangeSet,
    Decision,
    Film,
    Label,
    Remark,
    SecondAnswer,
    SecondReview,
    Term,
    User,
    Visit,
)
from inference.health.page import health
from inference.models import Receipt, Suspect
from tests.factories import import_label, make_film, make_term, make_version, predict
from tests.pages.conftest import HTMX, counted
from training.models import Run, Task
from training.splits import split_of

pytestmark = pytest.mark.django_db


def text(client: Client, address: str, **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == 200, address
    return " ".join(response.content.decode().split())


@pytest.fixture(autouse=True)
def _few_terms(horror: Term, comedy: Term) -> None:
    Term.objects.exclude(pk__in=[horror.pk, comedy.pk]).update(active=False)


def judged_twice(film: Film, first: User, second: User, answers: dict[Term, tuple[str, str]]) -> list[SecondAnswer]:
    review = SecondReview.objects.create(film=film, first_by=first, second_by=second, finished_at=timezone.now())
    return [
        SecondAnswer.objects.create(review=review, term=term, first=one, second=other)
        for term, (one, other) in answers.items()
    ]


@pytest.fixture
def dispute(film: Film, horror: Term, curator: User, other_curator: User) -> SecondAnswer:
    """Carla said horror, Chul, who did not see it, said no."""
    labelling.accept(film, horror, user=curator, revision=film.revision)
    film.refresh_from_db()
    return judged_twice(film, curator, other_curator, {horror: ("yes", "no")})[0]


def settle(client: Client, answer: SecondAnswer, value: str, **more: Any) -> HttpResponse:
    headers = more.pop("headers", {})
    film = Film.objects.get(pk=answer.review.film_id)
    data = {"value": value, "revision": film.revision, **more}
    return client.post(f"/review/differences/{answer.pk}/settle/", data, headers=headers)  # type: ignore[return-value]


# Differences ----------------------------------------------------------------------------------------------------


def test_a_difference_shows_both_answers_and_who_gave_them(ada: Client, dispute: SecondAnswer) -> None:
    page = text(ada, "/review/differences/")
    assert "Nosferatu" in page and "Horror" in page
    assert "carla" in page and "chul" in page


def test_what_is_settled_becomes_the_label_and_stands_in_the_log(
    ada: Client, admin: User, dispute: SecondAnswer, film: Film, horror: Term
) -> None:
    assert settle(ada, dispute, "no").status_code == 302
    dispute.refresh_from_db()
    assert (dispute.settled, dispute.settled_by) == ("no", admin)
    label = Label.objects.get(film=film, term=horror)
    assert (label.value, label.decided_by) == ("no", admin)
    assert Decision.objects.filter(change_set__user=admin, before="yes", after="no").count() == 1
    assert not differences.unsettled().exists()
    assert "Nobody differs." in text(ada, "/review/differences/")


def test_htmx_gets_the_film_with_what_is_left(ada: Client, film: Film, dispute: SecondAnswer, comedy: Term) -> None:
    SecondAnswer.objects.create(review=dispute.review, term=comedy, first="no", second="yes")
    response = settle(ada, dispute, "yes", headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 200 and "<html" not in page
    assert "Horror: yes. Settled." in page
    film.refresh_from_db()
    assert f'name="revision" value="{film.revision}"' in page  # of the other term, which is still open
    assert "Take back" in page


def test_a_settlement_is_taken_back_with_its_label(
    ada: Client, dispute: SecondAnswer, film: Film, horror: Term, curator: User
) -> None:
    settle(ada, dispute, "no")
    assert ada.post(f"/review/differences/{dispute.pk}/reopen/").status_code == 302
    label = Label.objects.get(film=film, term=horror)
    assert (label.value, label.decided_by) == ("yes", curator)
    assert list(differences.unsettled()) == [dispute]
    assert ada.post(f"/review/differences/{dispute.pk}/reopen/").status_code == 302  # again changes nothing
    assert ChangeSet.objects.filter(kind="undo").count() == 1


def test_a_settlement_with_a_later_decision_on_top_stays(
    ada: Client, dispute: SecondAnswer, film: Film, horror: Term, curator: User
) -> None:
    settle(ada, dispute, "no")
    film.refresh_from_db()
    labelling.accept(film, horror, user=curator, revision=film.revision)
    response = ada.post(f"/review/differences/{dispute.pk}/reopen/")
    assert response.status_code == 409 and "changed since" in response.content.decode()
    dispute.refresh_from_db()
    assert dispute.settled == "no"


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_film_that_changed_meanwhile_is_looked_at_again(
    ada: Client, dispute: SecondAnswer, film: Film, comedy: Term, curator: User, headers: dict[str, str]
) -> None:
    seen = film.revision
    labelling.accept(film, comedy, user=curator, revision=film.revision)
    response = settle(ada, dispute, "no", revision=seen, headers=headers)
    assert response.status_code == 409
    assert "Somebody changed this film meanwhile" in response.content.decode()
    dispute.refresh_from_db()
    assert dispute.settled == ""


def test_the_second_to_settle_is_told_who_was_faster(ada: Client, chul: Client, dispute: SecondAnswer) -> None:
    settle(ada, dispute, "yes")
    response = settle(chul, dispute, "no")
    assert response.status_code == 409 and "ada has settled this meanwhile: yes." in response.content.decode()


def test_a_locked_label_is_not_overruled(
    ada: Client, dispute: SecondAnswer, film: Film, horror: Term, curator: User
) -> None:
    labelling.set_lock(film, horror, True, user=curator, revision=film.revision)
    response = settle(ada, dispute, "no")
    assert response.status_code == 409 and "locked" in response.content.decode()
    dispute.refresh_from_db()
    assert dispute.settled == ""
    assert "unlock it on the film&#x27;s page" in text(ada, "/review/differences/").replace("film's", "film&#x27;s")


@pytest.mark.parametrize("data", [{"value": "maybe"}, {"value": ""}, {"revision": "x"}, {"revision": "9" * 20}])
def test_an_answer_that_is_none_is_refused(ada: Client, dispute: SecondAnswer, data: dict[str, str]) -> None:
    assert settle(ada, dispute, **{"value": "yes", **data}).status_code == 422


def test_one_genre_at_a_time(ada: Client, dispute: SecondAnswer, comedy: Term, curator: User, admin: User) -> None:
    other = make_film("Sunrise")
    judged_twice(other, curator, admin, {comedy: ("yes", "no")})
    page = text(ada, "/review/differences/?term=genre:comedy")
    assert "Sunrise" in page and "Nosferatu" not in page
    assert ada.get("/review/differences/?term=nonsense").status_code == 404


def test_unfinished_reviews_and_hidden_films_are_not_disputed(dispute: SecondAnswer) -> None:
    Film.objects.update(published=False)
    assert not differences.unsettled().exists()
    Film.objects.update(published=True)
    SecondReview.objects.update(finished_at=None)
    assert not differences.unsettled().exists()


def test_queries_do_not_grow_with_differences(ada: Client, curator: User, admin: User, horror: Term) -> None:
    def grow(films: int) -> int:
        for _ in range(films):
            judged_twice(make_film(), curator, admin, {horror: ("yes", "no")})
        with counted() as queries:
            ada.get("/review/differences/")
        return queries()

    ada.get("/review/differences/")
    assert grow(2) == grow(9)


def test_programs_settle_as_well(ada: Client, dispute: SecondAnswer, film: Film) -> None:
    [found] = ada.get("/api/differences/?term=horror").json()["results"]
    assert (found["film"], found["first"], found["second"], found["revision"]) == (film.key, "yes", "no", film.revision)
    address = f"/api/differences/{dispute.pk}/settle/"
    body = {"value": "no", "revision": film.revision}
    assert ada.post(address, {**body, "revision": 0}, content_type="application/json").status_code == 409
    assert ada.post(address, body, content_type="application/json").json()["settled"] == "no"
    assert ada.post(address, body, content_type="application/json").status_code == 409
    assert ada.get("/api/differences/").json()["results"] == []


# Label health ---------------------------------------------------------------------------------------------------


def films(number: int, **fields: Any) -> list[Film]:
    return [make_film(**fields) for _ in range(number)]


def learned(number: int) -> list[Film]:
    """Films that a training learns from."""
    keys = (f"learned-{place}" for place in range(100))
    return [make_film(key=key) for key in [key for key in keys if split_of(key) == "train"][:number]]


def advised(task: Task = Task.GENRES) -> list[str]:
    return [each.name for each in health(task).advice]


def test_every_film_counts_once_by_the_best_that_is_known(horror: Term, curator: User) -> None:
    by_person, by_import, by_model, *_silent = films(6)
    make_film(published=False)
    import_label(by_person, horror)
    import_label(by_import, horror)
    by_person.refresh_from_db()
    labelling.reject(by_person, horror, user=curator, revision=by_person.revision)
    predict(by_model, make_version(horror), 0.9)
    found = health(Task.GENRES).films
    counts = (found.total, found.by_person, found.by_import, found.by_model, found.silent, found.waiting)
    assert counts == (6, 1, 1, 1, 3, 1)


def test_each_term_says_who_has_spoken(horror: Term, comedy: Term, curator: User) -> None:
    one, two, three = films(3)
    import_label(one, horror)
    import_label(two, horror, Label.Value.NO)
    labelling.clear(three, horror, user=curator, revision=three.revision)
    row = next(row.covered for row in health(Task.GENRES).terms if row.covered.term == horror)
    assert (row.import_yes, row.import_no, row.person_unknown, row.silent, row.yes) == (1, 1, 1, 0, 1)
    assert next(row.covered for row in health(Task.GENRES).terms if row.covered.term == comedy).silent == 3


def test_a_suspect_is_left_until_somebody_has_looked(film: Film, horror: Term, curator: User) -> None:
    label = import_label(film, horror)
    Suspect.objects.create(film=film, term=horror, value="yes", score=0.02, quality=0.03)
    assert health(Task.GENRES).suspects == 1 and "suspects" in advised()
    film.refresh_from_db()
    labelling.accept(film, horror, user=curator, revision=film.revision)  # it was right after all
    label.refresh_from_db()
    assert label.value == "yes" and health(Task.GENRES).suspects == 0


def test_without_a_search_for_errors_none_left_is_not_said(ada: Client, film: Film) -> None:
    assert "Nobody has looked for wrong labels yet" in text(ada, "/health/labels/")


def test_readiness_says_how_many_are_missing(ada: Client, horror: Term) -> None:
    for film in learned(3):
        import_label(film, horror)
    page = text(ada, "/health/labels/")
    assert "3 of 20" in page and "Nearest: Horror 3 of 20." in page


def agreeing(number: int, horror: Term, people: Iterable[User], *, different: int = 0) -> None:
    first, second = people
    for place in range(number):
        said = "yes" if place % 2 else "no"
        other = ("no" if said == "yes" else "yes") if place < different else said
        judged_twice(make_film(), first, second, {horror: (said, other)})


def test_agreement_stands_with_its_interval_and_word(
    ada: Client, horror: Term, curator: User, other_curator: User
) -> None:
    agreeing(40, horror, (curator, other_curator), different=4)
    page = text(ada, "/health/labels/")
    assert "0.80" in page and "substantial" in page and "90 %" in page
    assert "4 differences to settle" in page and "/review/differences/?term=genre:horror" in page


def test_cannot_tell_counts_in_no_figure(horror: Term, curator: User, other_curator: User) -> None:
    agreeing(12, horror, (curator, other_curator))
    judged_twice(make_film(), curator, other_curator, {horror: ("yes", "unknown")})
    [row] = health(Task.GENRES).together.terms
    assert (row.agreement.answers.number, row.unsure, row.agreement.kappa, row.unsettled) == (12, 1, 1.0, 1)


def test_what_to_do_next_is_in_order_and_ends_when_it_is_done(
    film: Film, dispute: SecondAnswer, horror: Term, comedy: Term, admin: User, curator: User
) -> None:
    Remark.objects.create(film=film, user=curator, kind="flag", text="Not a horror film.")
    import_label(learned(1)[0], comedy)
    predict(film, make_version(horror, comedy), 0.2, 0.9)
    assert advised()[:2] == ["differences", "flags"]
    assert set(advised()) == {"differences", "flags", "rare", "retrain", "waiting"}
    differences.settle(dispute, Label.Value.YES, user=admin, revision=Film.objects.get(pk=film.pk).revision)
    Remark.objects.update(resolved_by=admin, resolved_at=timezone.now())
    Run.objects.create(task="genres", state=Run.State.DONE)
    assert set(advised()) == {"rare", "waiting"}


def test_low_agreement_asks_for_a_better_guideline(horror: Term, curator: User, other_curator: User) -> None:
    agreeing(30, horror, (curator, other_curator), different=12)
    assert "guidelines" in advised()


def test_a_better_challenger_is_mentioned_until_it_is_champion(horror: Term) -> None:
    champion = make_version(horror)
    better = make_version(horror, champion=False, config={"comparison": {"better": True, "against": champion.name}})
    assert "challenger" in advised()
    type(better).objects.filter(pk=champion.pk).update(champion=False)
    type(better).objects.filter(pk=better.pk).update(champion=True)
    assert "challenger" not in advised()


def test_decisions_by_week_count_people_alone(film: Film, horror: Term, comedy: Term, curator: User) -> None:
    import_label(film, comedy)
    film.refresh_from_db()
    labelling.accept(film, horror, user=curator, revision=film.revision)
    weeks = health(Task.GENRES).weeks
    assert len(weeks) == 12 and [number for _start, number in weeks] == [0] * 11 + [1]


def test_queries_do_not_grow_with_films_and_terms(ada: Client, curator: User, other_curator: User) -> None:
    def grow(number: int) -> int:
        terms = [make_term() for _ in range(number)]
        for film in films(number):
            for term in terms:
                import_label(film, term)
            judged_twice(film, curator, other_curator, dict.fromkeys(terms, ("yes", "no")))
        with counted() as queries:
            ada.get("/health/labels/")
        return queries()

    ada.get("/health/labels/")
    assert grow(2) == grow(6)


def test_health_is_for_admins_and_known_tasks(carla: Client, ada: Client) -> None:
    assert carla.get("/health/labels/").status_code == 403
    assert ada.get("/health/labels/?task=tags").status_code == 200
    assert ada.get("/health/labels/?task=moods").status_code == 404


def test_programs_read_the_same_figures(ada: Client, horror: Term, curator: User, other_curator: User) -> None:
    agreeing(40, horror, (curator, other_curator), different=4)
    found = ada.get("/api/health/labels/").json()
    [row] = [row for row in found["terms"] if row["term"] == "horror"]
    assert row["agreement"]["kappa"] == pytest.approx(0.8) and row["agreement"]["different"] == 4
    assert found["suspects"] is None and found["films"]["total"] == 40
    assert ada.get("/api/health/labels/?task=moods").status_code == 400


# One's own work -------------------------------------------------------------------------------------------------


def test_my_page_counts_what_i_decided_and_nobody_elses(
    carla: Client, chul: Client, film: Film, horror: Term, comedy: Term, curator: User
) -> None:
    labelling.accept(film, horror, user=curator, revision=film.revision)
    film.refresh_from_db()
    labelling.reject(film, comedy, user=curator, revision=film.revision)
    found = carla.get("/api/me/").json()
    assert found["today"] == found["week"] == found["ever"] == {"decisions": 2, "films": 1}
    assert found["days"][-1]["decisions"] == 2 and len(found["days"]) == 28
    assert chul.get("/api/me/").json()["ever"] == {"decisions": 0, "films": 0}
    assert "Nosferatu" in text(carla, "/me/") and "Nosferatu" not in text(chul, "/me/")


def test_pace_is_the_median_of_timed_visits(carla: Client, film: Film, curator: User) -> None:
    for seconds in (10, 20, 30, 5000, None):  # who was away for an hour was not slow
        Visit.objects.create(film=film, user=curator, order="doubt", outcome="done", seconds=seconds)
    Visit.objects.create(film=film, user=curator, order="doubt", outcome="skipped", seconds=1)
    found = carla.get("/api/me/").json()["pace"]
    assert found == {"films": 5, "skipped": 1, "median_seconds": 20.0}
    assert "half of them take you less than 20&nbsp;s" in text(carla, "/me/")


def test_how_often_the_model_was_right(carla: Client, horror: Term, comedy: Term, curator: User) -> None:
    film = make_film()
    predict(film, make_version(horror, comedy, threshold=0.3), 0.35, 0.2)
    labelling.accept(film, horror, user=curator, revision=film.revision)  # proposed: as the model said
    film.refresh_from_db()
    labelling.accept(film, comedy, user=curator, revision=film.revision)  # not proposed: corrected
    assert carla.get("/api/me/").json()["verdicts"] == {"agreed": 1, "corrected": 1}


def test_agreement_with_others_is_told_from_both_sides(
    carla: Client, chul: Client, ada: Client, dispute: SecondAnswer
) -> None:
    settle(ada, dispute, "no")
    told = {"answers": 1, "agreed": 0, "settled": 1}
    assert carla.get("/api/me/").json()["agreement"] == {**told, "settled_my_way": 0}
    assert chul.get("/api/me/").json()["agreement"] == {**told, "settled_my_way": 1}


def test_a_receipt_says_what_was_counted(carla: Client, curator: User, horror: Term) -> None:
    version = make_version(horror)
    terms = {"horror": [90, 28]}
    Receipt.objects.create(
        user=curator, version=version, decisions=23, moved=118, figures={"how": "without", "terms": terms}
    )
    page = text(carla, "/me/")
    assert "118" in page and "genres-1" in page and "trained once more without your decisions" in page
    Receipt.objects.update(figures={"how": "counted", "terms": terms})
    assert "your share was not worked out" in text(carla, "/me/")
    assert carla.get("/api/me/").json()["receipts"][0]["terms"] == terms


def test_history_goes_on_page_by_page_and_can_be_undone(carla: Client, film: Film, horror: Term, curator: User) -> None:
    for place in range(32):
        labelling.decide(film, horror, Label.Value.YES if place % 2 else Label.Value.NO, user=curator,
                         revision=film.revision)  # fmt: skip
        film.refresh_from_db()
    page = text(carla, "/me/")
    assert page.count('class="event__who"') == 30
    oldest_shown = ChangeSet.objects.order_by("-pk")[29].pk
    assert f"?before={oldest_shown}" in page
    assert text(carla, f"/me/?before={oldest_shown}").count('class="event__who"') == 2
    newest = ChangeSet.objects.latest("pk")
    assert carla.post(f"/changes/{newest.pk}/undo/").status_code == 302
    assert "undone" in text(carla, "/me/")


def test_queries_of_my_page_do_not_grow(carla: Client, curator: User, horror: Term) -> None:
    def grow(number: int) -> int:
        for film in films(number):
            labelling.accept(film, horror, user=curator, revision=film.revision)
        with counted() as queries:
            carla.get("/me/")
        return queries()

    carla.get("/me/")
    assert grow(2) == grow(8)


def test_my_page_is_for_those_who_decide(vera: Client, client: Client, carla: Client) -> None:
    assert vera.get("/me/").status_code == 403
    assert client.get("/me/").status_code == 302
    assert "You have not decided anything yet" in text(carla, "/me/")
    assert "Nothing older" in text(carla, "/me/?before=1")
    assert carla.get("/me/?before=nonsense").status_code == 200


def test_curators_find_their_page_in_the_menu(carla: Client, vera: Client) -> None:
    assert 'href="/me/"' in text(carla, "/models/")
    assert 'href="/me/"' not in text(vera, "/models/")


def test_a_name_is_never_told_to_viewers(vera: Client, dispute: SecondAnswer) -> None:
    assert vera.get("/review/differences/").status_code == 403
