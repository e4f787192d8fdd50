"""The review desk as pages and as data: where one begins, one film, and what is refused."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog import labelling
from catalog.desk import finishing, notes, visits
from catalog.models import (
    ChangeSet,
    Claim,
    Decision,
    Film,
    Label,
    Pick,
    Remark,
    SecondReview,
    Term,
    TermExample,
    User,
    Visit,
)
from tests.factories import import_label, make_film, make_term, make_version, predict
from tests.pages.conftest import client_of, counted

pytestmark = pytest.mark.django_db
SCRIPT = {"Accept": "application/json"}


@pytest.fixture
def waiting(film: Film, horror: Term, comedy: Term) -> Film:
    """Horror is proposed, comedy is not; nothing else is in the vocabulary."""
    Term.objects.exclude(pk__in=[horror.pk, comedy.pk]).update(active=False)
    predict(film, make_version(horror, comedy), 0.75, 0.2)
    film.refresh_from_db()
    return film


def page_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def desk(film: Film, what: str = "") -> str:
    return f"/review/films/{film.key}/{what}"


def send(client: Client, film: Film, what: str, **fields: Any) -> Any:
    """As static/js/review.js sends it; the answer as data."""
    response = client.post(desk(film, f"{what}/"), {"revision": film.revision, **fields}, headers=SCRIPT)
    return response.json() | {"status": response.status_code}


# Where one begins ---------------------------------------------------------------------------------------------


def test_it_says_how_many_films_each_order_has(carla: Client, waiting: Film) -> None:
    page = page_of(carla, "/review/")
    assert "Most doubtful" in page
    assert '<span class="start__left figures">1<' in page
    assert 'value="time"' in page


def test_looking_claims_nothing_and_beginning_claims_one(carla: Client, waiting: Film, curator: User) -> None:
    page_of(carla, "/review/")
    page_of(carla, desk(waiting))
    assert not Claim.objects.exists()
    response = carla.post("/review/next/", {"order": "newest"})
    assert response.headers["Location"] == desk(waiting) + "?order=newest"
    assert Claim.objects.get().user == curator


def test_what_is_wanted_goes_on_from_film_to_film(carla: Client, waiting: Film, comedy: Term, horror: Term) -> None:
    fields = {"order": "newest", "genre": "horror", "decade": "1920", "machine": "1"}
    where = carla.post("/review/next/", fields).headers["Location"]
    assert where == f"{desk(waiting)}?order=newest&genre=horror&decade=1920&machine=1"
    page = page_of(carla, where)
    for name, value in fields.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
    assert "Horror · 1920s · machine only" in page


def test_from_a_films_own_page_the_same_order_goes_on(
    client: Client, carla: Client, waiting: Film, horror: Term
) -> None:
    page = page_of(carla, desk(waiting) + "?order=newest&decade=1920")
    address = f"{waiting.get_absolute_url()}?order=newest&decade=1920"
    assert address.replace("&", "&amp;") in page
    onward = "/review/next/?order=newest&amp;decade=1920"
    assert onward in page_of(carla, address)
    assert onward not in page_of(client, address)
    url = f"http://testserver{address}"
    part = carla.post(
        f"{waiting.get_absolute_url()}genre/horror/decide/",
        {"value": "yes", "revision": 1},
        headers={"HX-Request": "true", "HX-Current-URL": url},
    )
    assert onward in part.content.decode()
    Film.objects.filter(pk=waiting.pk).update(year=1925)
    other = make_film(year=1929)
    predict(other, waiting.predictions.get().version, 0.8, 0.2)
    where = carla.post("/review/next/?order=newest&decade=1920").headers["Location"]
    assert where == f"{desk(other)}?order=newest&decade=1920"


def test_when_no_film_is_left_one_is_told(carla: Client, film: Film) -> None:
    response = carla.post("/review/next/", {"decade": "1920"})
    assert response.headers["Location"] == "/review/?decade=1920&empty=1"
    assert "No film is left that fits." in page_of(carla, response.headers["Location"])
    assert "No film is left in this order." in page_of(carla, "/review/?empty=1")


def test_a_time_box_ends_with_what_came_of_it(carla: Client, waiting: Film, curator: User) -> None:
    where = carla.post("/review/next/", {"order": "time", "minutes": "10"}).headers["Location"]
    assert "?order=time&minutes=10&began=" in where
    assert 'data-ends="' in page_of(carla, where)
    began = int(timezone.now().timestamp()) - 601
    Visit.objects.create(film=waiting, user=curator, order="time", outcome="done", decisions=3, seconds=12)
    over = carla.post("/review/next/", {"order": "time", "minutes": "10", "began": str(began)}).headers["Location"]
    assert over == f"/review/?order=time&minutes=10&began={began}"
    page = page_of(carla, over)
    assert "Time is up" in page
    assert "In 10 minutes: 1 film, 3 decisions. 12 s per film. All of it is saved." in page


@pytest.mark.parametrize(
    "address", ["?order=nonsense", "?genre=nothing", "?decade=x&minutes=-1&began=now", "?source=x"]
)
def test_odd_addresses_are_harmless(carla: Client, waiting: Film, address: str) -> None:
    page_of(carla, f"/review/{address}")
    page_of(carla, desk(waiting) + address)


# One film ------------------------------------------------------------------------------------------------------


def test_every_genre_is_a_row_with_key_state_and_score(carla: Client, waiting: Film) -> None:
    page = page_of(carla, desk(waiting))
    assert 'id="genre-horror" data-term="genre/horror" data-name="Horror" data-state="proposed" data-key="h"' in page
    assert 'data-state="unlikely" data-key="c"' in page
    assert '<span class="figures">0.75</span>' in page
    assert "Horror 0.75, cut 0.50" in page, "why one sees the film"
    assert "<span data-yes>1</span> yes, <span data-no>1</span> no" in page


def test_the_reason_of_a_pick_is_told_and_its_row_is_among_the_first(
    carla: Client, waiting: Film, comedy: Term
) -> None:
    why = {"between": "import", "value": "yes", "score": 0.2}
    Pick.objects.create(film=waiting, order="disagreement", term=comedy, worth=1, why=why)
    page = page_of(carla, desk(waiting) + "?order=disagreement")
    assert "Comedy: imported as yes, predicted at 0.20" in page
    first = page.split('class="asks asks--first"')[1].split("</ul>")[0]
    assert "genre-comedy" in first


def test_guideline_and_examples_stand_beside_the_row(carla: Client, waiting: Film, horror: Term) -> None:
    Term.objects.filter(pk=horror.pk).update(guideline_en="It means to frighten.")
    good, bad, hidden = make_film("Vampyr"), make_film("Beetle"), make_film("Secret", published=False)
    for film, is_good in ((good, True), (bad, False), (hidden, True)):
        TermExample.objects.create(term=horror, film=film, good=is_good)
    page = page_of(carla, desk(waiting) + "?row=genre-horror")
    assert "It means to frighten." in page
    assert "Vampyr" in page
    assert "Beetle" in page
    assert "Secret" not in page


def test_the_row_that_is_asked_for_is_chosen(carla: Client, waiting: Film) -> None:
    page = page_of(carla, desk(waiting) + "?row=genre-comedy")
    assert '<div class="about" data-about="genre-comedy">' in page
    assert '<div class="about" data-about="genre-horror" hidden>' in page
    assert '<div class="about" data-about="genre-horror">' in page_of(carla, desk(waiting) + "?row=nothing")


def test_who_else_has_the_film_is_told(carla: Client, waiting: Film, chul: Client) -> None:
    chul.post("/review/next/")
    assert "chul has this film before them as well." in page_of(carla, desk(waiting))
    assert carla.post(desk(waiting, "claim/")).json() == {"held": False, "by": "chul"}
    assert chul.post(desk(waiting, "claim/")).json() == {"held": True, "by": None}


def test_unpublished_films_are_for_admins(carla: Client, ada: Client) -> None:
    film = make_film(published=False)
    assert carla.get(desk(film)).status_code == 404
    assert ada.get(desk(film)).status_code == 200


def test_as_many_queries_for_many_rows_as_for_few(carla: Client, waiting: Film) -> None:
    page_of(carla, desk(waiting))
    with counted() as count:
        page_of(carla, desk(waiting))
        few = count()
        Term.objects.update(active=True)
        before = count()
        page_of(carla, desk(waiting))
        assert count() - before - few <= 1
    assert few <= 34


# Answers ---------------------------------------------------------------------------------------------------------


def test_an_answer_is_saved_and_the_rows_come_back(carla: Client, waiting: Film, curator: User) -> None:
    data = send(carla, waiting, "answer", answer="genre/horror:no")
    assert (data["status"], data["revision"], data["said"]) == (200, 2, "Horror: no. Saved.")
    rows = {row["id"]: row for row in data["rows"]}
    assert (rows["genre-horror"]["state"], rows["genre-horror"]["answer"]) == ("no", "genre/horror:yes")
    assert rows["genre-comedy"]["suggested"] == "genre/comedy:no"
    assert (data["yes"], data["no"]) == (0, 1)
    label = Label.objects.get()
    assert (label.value, label.decided_by, label.shown_score) == ("no", curator, 0.75)
    assert data["change_set"] == ChangeSet.objects.get().pk


def test_several_answers_are_one_change_set(carla: Client, waiting: Film) -> None:
    send(carla, waiting, "answer", answer=["genre/horror:no", "genre/comedy:unknown"])
    assert ChangeSet.objects.get().decisions.count() == 2


@pytest.mark.parametrize(
    ("what", "fields", "status"),
    [
        ("answer", {"answer": "genre/horror:maybe"}, 422), ("answer", {"answer": "genre/none:yes"}, 422),
        ("answer", {}, 422), ("answer", {"answer": "genre/horror:yes", "revision": ""}, 422),
        ("answer", {"answer": "genre/horror:yes", "revision": "1e999"}, 422),
        ("answer", {"answer": "genre/horror:yes", "revision": "nan"}, 422),
        ("answer", {"answer": "genre/horror:yes", "revision": "99999999999"}, 422),
        ("finish", {"how": "guess"}, 422), ("finish", {"how": "accept", "suggested": "x"}, 422),
        ("lock", {"lock": "genre/horror:2"}, 422), ("lock", {"lock": "none:1"}, 422), ("lock", {}, 422),
        ("lock", {"lock": "genre/horror:1"}, 409), ("remark", {"kind": "note"}, 422),
        ("remark", {"kind": "shout", "words": "x"}, 422),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_a_sentence(
    carla: Client, waiting: Film, what: str, fields: dict[str, str], status: int
) -> None:
    data = send(carla, waiting, what, **fields)
    assert data["status"] == status
    assert data["refused"]
    page = carla.post(desk(waiting, f"{what}/"), {"revision": 1, **fields})
    assert page.status_code == status
    assert data["refused"] in page.content.decode()
    assert not Decision.objects.exists()


def test_a_conflict_says_what_both_said(carla: Client, waiting: Film, comedy: Term, other_curator: User) -> None:
    labelling.reject(waiting, comedy, user=other_curator, revision=1)
    waiting.revision = 1
    data = send(carla, waiting, "answer", answer="genre/horror:yes")
    assert data["status"] == 409
    assert data["revision"] == 2
    for words in ("Comedy", "chul", "Apply mine anyway", "genre/horror:yes"):
        assert words in data["conflict"]
    page = carla.post(desk(waiting, "answer/"), {"revision": 1, "answer": "genre/horror:yes"})
    assert page.status_code == 409
    assert "Apply mine anyway" in page.content.decode()
    assert not Label.objects.filter(term__slug="horror").exists()


def test_a_conflict_tells_what_happened_since_and_no_more(
    carla: Client, waiting: Film, comedy: Term, horror: Term, other_curator: User
) -> None:
    labelling.reject(waiting, comedy, user=other_curator, revision=1)
    page = page_of(carla, desk(waiting))
    seen = page.split('data-seen="')[1].split('"')[0]
    labelling.reject(waiting, horror, user=other_curator, revision=2)
    waiting.revision = 2
    theirs = send(carla, waiting, "answer", answer="genre/comedy:yes", seen=seen)["conflict"].split("Yours")[0]
    assert "Horror" in theirs
    assert "Comedy" not in theirs


def test_an_answer_renews_the_claim(carla: Client, waiting: Film, curator: User) -> None:
    send(carla, waiting, "answer", answer="genre/horror:yes")
    assert Claim.objects.get().user == curator


# Through with a film ------------------------------------------------------------------------------------------------


def test_accepting_is_one_change_set_one_visit_and_the_next_film(
    carla: Client, waiting: Film, horror: Term, comedy: Term, curator: User
) -> None:
    other = make_film("Other")
    predict(other, waiting.predictions.get().version, 0.9, 0.1)
    carla.post("/review/next/")
    fields = {"how": "accept", "revision": 1, "seconds": "4.5", "suggested": ["genre/horror:yes", "genre/comedy:no"]}
    response = carla.post(desk(waiting, "finish/"), fields)
    assert response.headers["Location"] == desk(other)
    visit = Visit.objects.get()
    assert (visit.outcome, visit.decisions, visit.seconds, visit.order) == ("done", 2, 4.5, "doubt")
    assert not Claim.objects.filter(film=waiting).exists()
    assert ChangeSet.objects.get().kind == "decide"


def test_rejecting_says_no_to_all(carla: Client, waiting: Film) -> None:
    data = send(carla, waiting, "finish", how="reject", suggested=["genre/horror:yes", "genre/comedy:no"])
    assert (data["status"], data["films"], data["decisions"]) == (200, 1, 2)
    assert set(Label.objects.values_list("value", flat=True)) == {"no"}


def test_leaving_counts_what_was_said_by_single_keys(carla: Client, waiting: Film) -> None:
    send(carla, waiting, "answer", answer="genre/horror:no")
    waiting.refresh_from_db()
    send(carla, waiting, "finish", how="leave")
    visit = Visit.objects.get()
    assert (visit.outcome, visit.decisions) == ("done", 1)


def test_leaving_without_a_word_is_a_skip(carla: Client, waiting: Film) -> None:
    send(carla, waiting, "finish", how="leave")
    assert Visit.objects.get().outcome == "skipped"


def test_the_same_finish_twice_counts_once(carla: Client, waiting: Film) -> None:
    fields = {"how": "accept", "suggested": ["genre/horror:yes", "genre/comedy:no"]}
    for _ in range(2):
        assert send(carla, waiting, "finish", **fields)["status"] == 200
    assert Visit.objects.count() == 1
    assert Decision.objects.count() == 2


def test_a_finish_in_conflict_leaves_the_film_open(
    carla: Client, waiting: Film, comedy: Term, other_curator: User
) -> None:
    labelling.reject(waiting, comedy, user=other_curator, revision=1)
    waiting.revision = 1
    assert send(carla, waiting, "finish", how="accept", suggested=["genre/horror:yes"])["status"] == 409
    assert not Visit.objects.exists()


def test_skipping_keeps_the_reason(carla: Client, waiting: Film) -> None:
    carla.post(desk(waiting, "skip/"), {"words": "Two films in one.", "seconds": "x"})
    visit = Visit.objects.get()
    assert (visit.outcome, visit.reason, visit.seconds) == ("skipped", "Two films in one.", None)


def test_undo_takes_back_the_newest_of_ones_own(
    carla: Client, waiting: Film, chul: Client, other_curator: User, horror: Term
) -> None:
    send(carla, waiting, "finish", how="accept", suggested=["genre/horror:yes", "genre/comedy:no"])
    other = make_film("Other")
    labelling.accept(other, horror, user=other_curator, revision=1)
    data = carla.post("/review/undo/", headers=SCRIPT).json()
    assert (data["key"], data["url"]) == (waiting.key, desk(waiting))
    assert list(Label.objects.values_list("film", flat=True)) == [other.pk]
    assert not Visit.objects.exists()
    assert carla.post("/review/undo/", headers=SCRIPT).status_code == 409
    assert carla.post("/review/undo/").headers["Location"] == "/review/"
    for address, there in (("/review/films/a/", "/review/films/a/"), ("https://evil.example/", "/review/")):
        assert carla.post("/review/undo/", {"next": address, "back": address}).headers["Location"] == there


def test_undo_steps_back_change_by_change(carla: Client, waiting: Film) -> None:
    for answer in ("genre/horror:no", "genre/comedy:yes"):
        send(carla, waiting, "answer", answer=answer)
        waiting.refresh_from_db()
    left = []
    for _ in range(2):
        carla.post("/review/undo/", headers=SCRIPT)
        left.append(set(Label.objects.values_list("term__slug", flat=True)))
    assert left == [{"horror"}, set()]


def test_undo_never_takes_back_more_than_the_last_hours(
    carla: Client, waiting: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(carla, waiting, "answer", answer="genre/horror:no")
    monkeypatch.setattr(finishing, "LATELY", timedelta(0))
    assert carla.post("/review/undo/", headers=SCRIPT).status_code == 409
    assert Label.objects.exists()


def test_a_lock_holds_until_it_is_taken_off(carla: Client, waiting: Film) -> None:
    send(carla, waiting, "answer", answer="genre/horror:no")
    waiting.refresh_from_db()
    data = send(carla, waiting, "lock", lock="genre/horror:1")
    assert next(row for row in data["rows"] if row["id"] == "genre-horror")["locked"]
    waiting.refresh_from_db()
    assert send(carla, waiting, "answer", answer="genre/horror:yes")["refused"] == "Horror is locked. Unlock it first."
    waiting.refresh_from_db()
    send(carla, waiting, "lock", lock="genre/horror:0")
    waiting.refresh_from_db()
    assert send(carla, waiting, "answer", answer="genre/horror:yes")["status"] == 200


def test_notes_and_flags_are_seen_by_whoever_comes_next(carla: Client, chul: Client, waiting: Film) -> None:
    for _ in range(2):
        send(carla, waiting, "remark", kind="note", words="The count is a hen.")
        send(carla, waiting, "remark", kind="flag")
    assert Remark.objects.count() == 2
    page = page_of(chul, desk(waiting))
    assert "The count is a hen." in page
    assert "Flagged for a second look." in page
    send(carla, waiting, "remark", kind="unflag")
    assert "Flagged for a second look." not in page_of(chul, desk(waiting))
    assert notes.notes(waiting).count() == 1


# Second opinions ----------------------------------------------------------------------------------------------------


@pytest.fixture
def judged_twice(carla: Client, chul: Client, waiting: Film, settings: Any) -> SecondReview:
    """Carla has finished the film, and Chul has been given it."""
    settings.SECOND_REVIEWS = 1.0
    send(carla, waiting, "finish", how="accept", suggested=["genre/horror:yes", "genre/comedy:no"])
    settings.SECOND_REVIEWS = 0.0
    assert chul.post("/review/next/").headers["Location"] == desk(waiting)
    return SecondReview.objects.get()


def test_a_second_person_sees_no_first_answers(chul: Client, judged_twice: SecondReview) -> None:
    page = page_of(chul, desk(judged_twice.film))
    assert "Second opinion." in page
    assert 'data-name="Horror" data-state="proposed"' in page
    assert "by carla" not in page


def test_second_answers_are_saved_key_by_key_and_finished(chul: Client, judged_twice: SecondReview) -> None:
    film = judged_twice.film
    data = send(chul, film, "answer", answer="genre/horror:no")
    assert {row["id"]: row["state"] for row in data["rows"]} == {"genre-horror": "no", "genre-comedy": "unlikely"}
    assert 'data-name="Horror" data-state="no"' in page_of(chul, desk(film))
    send(chul, film, "finish", how="accept", suggested=["genre/comedy:no"])
    judged_twice.refresh_from_db()
    assert judged_twice.finished_at is not None
    answers = set(judged_twice.answers.values_list("term__slug", "first", "second"))
    assert answers == {("horror", "yes", "no"), ("comedy", "no", "no")}
    assert Label.objects.get(term__slug="horror").value == "yes"
    assert Visit.objects.get(user__username="chul").order == "second"
    assert Decision.objects.count() == 2


def test_who_skips_a_second_opinion_leaves_it_to_others(chul: Client, judged_twice: SecondReview, admin: User) -> None:
    send(chul, judged_twice.film, "skip", reason="dark")
    judged_twice.refresh_from_db()
    assert judged_twice.second_by is None
    assert client_of(admin).post("/review/next/").headers["Location"] == desk(judged_twice.film)


# Keys -----------------------------------------------------------------------------------------------------------------


def test_the_page_of_keys_saves_and_refuses(carla: Client, curator: User, waiting: Film) -> None:
    fields = {"on": "1", "genre/horror": "z", "genre/comedy": "c"} | {
        "accept": "Enter", "reject": "-", "next": "ArrowRight", "previous": "ArrowLeft", "undo": "Backspace",
    }  # fmt: skip
    assert carla.post("/review/keys/", fields).status_code == 302
    curator.refresh_from_db()
    assert curator.keys == {"z": "genre/horror"}
    assert 'data-state="proposed" data-key="z"' in page_of(carla, desk(waiting))
    refused = carla.post("/review/keys/", fields | {"genre/comedy": "z"})
    assert refused.status_code == 422
    assert "This key is taken" in refused.content.decode()
    carla.post("/review/keys/", {"usual": "1"})
    curator.refresh_from_db()
    assert curator.keys == {}


def test_with_keys_off_the_script_binds_none(carla: Client, curator: User, waiting: Film) -> None:
    curator.keys = {"off": "off"}
    curator.save()
    page = page_of(carla, desk(waiting))
    script = json.loads(page.split('id="desk-script" type="application/json">')[1].split("</script>")[0])
    assert (script["on"], script["keys"]) == (False, {})


def test_imported_no_is_shown_and_not_suggested_again(carla: Client, film: Film, horror: Term) -> None:
    other = make_term("western", active=True)
    import_label(film, other, Label.Value.NO)
    predict(film, make_version(horror, other), 0.7, 0.9)
    page = page_of(carla, desk(film))
    assert 'data-name="Western" data-state="no"' in page
    assert "genre/western:yes" in page, "its key would say yes"
    assert 'name="suggested" value="genre/western' not in page


def test_progress_of_today_is_shown(carla: Client, curator: User, waiting: Film) -> None:
    visits.leave(make_film(), curator, order="doubt", outcome=Visit.Outcome.DONE, decisions=2)
    assert "1 film today" in page_of(carla, desk(waiting))
    assert "Today: 1 film, 2 decisions" in page_of(carla, "/review/")
