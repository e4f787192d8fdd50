"""What is answered at the desk: labels, suggestions, keys, second opinions."""

from functools import partial
from typing import Any

import pytest

from catalog import labelling
from catalog.desk import answers, keys, second
from catalog.desk.answers import Answer, BadAnswer
from catalog.desk.sheet import desk_sheet
from catalog.models import ChangeSet, Decision, Film, Label, SecondAnswer, SecondReview, Term, User
from tests.factories import import_label, make_film, make_term, make_user, make_version, predict

YES, NO, UNKNOWN = Label.Value.YES, Label.Value.NO, Label.Value.UNKNOWN
pytestmark = pytest.mark.django_db


@pytest.fixture
def war() -> Term:
    return make_term("war")


@pytest.fixture
def judged(film: Film, horror: Term, comedy: Term, war: Term) -> Film:
    """Horror is proposed, comedy and war are not; the tags gothic and silent are, noir is near."""
    tags = [make_term(slug, Term.Kind.TAG) for slug in ("gothic", "noir")]
    only(horror, comedy, war, *tags)
    predict(film, make_version(horror, comedy, war), 0.9, 0.2, 0.1)
    predict(film, make_version(*tags), 0.8, 0.3)
    return film


def only(*terms: Term) -> None:
    Term.objects.exclude(pk__in=[term.pk for term in terms]).update(active=False)


def said(film: Film) -> dict[str, str]:
    return dict(Label.objects.filter(film=film).values_list("term__slug", "value"))


# Accepting --------------------------------------------------------------------------------------------------


def test_accepting_says_yes_to_what_is_suggested_and_no_to_the_other_genres(judged: Film, curator: User) -> None:
    sheet = desk_sheet(judged, keys.keys_of(curator, []))
    assert {one.text for one in sheet.accepting} == {
        "genre/horror:yes", "genre/comedy:no", "genre/war:no", "tag/gothic:yes",
    }  # fmt: skip
    saved = answers.say(judged, sheet.accepting, user=curator, revision=1)
    assert said(judged) == {"horror": "yes", "comedy": "no", "war": "no", "gothic": "yes"}
    assert saved.decisions == Decision.objects.count() == 4
    assert ChangeSet.objects.get().decisions.count() == 4, "one change set, to be undone at once"
    assert Label.objects.get(term__slug="horror").shown_score == 0.9
    assert Film.objects.get().revision == 2


def test_what_is_said_already_or_has_no_score_is_not_suggested(
    film: Film, horror: Term, comedy: Term, curator: User
) -> None:
    import_label(film, comedy)
    predict(film, make_version(horror, comedy), 0.9, 0.1)
    sheet = desk_sheet(film, {})
    assert [one.text for one in sheet.accepting] == ["genre/horror:yes"]
    assert [ask.term.slug for ask in sheet.first] == ["horror", "comedy"]


def test_an_answer_that_comes_again_is_saved_once(judged: Film, horror: Term, curator: User) -> None:
    answer = [Answer(horror, NO)]
    first = answers.say(judged, answer, user=curator, revision=1)
    again = answers.say(Film.objects.get(), answer, user=curator, revision=1)
    assert again.changes == first.changes
    assert Decision.objects.count() == 1
    assert Film.objects.get().revision == 2


def test_another_answer_at_an_old_revision_is_a_conflict(
    judged: Film, horror: Term, curator: User, other_curator: User
) -> None:
    answers.say(judged, [Answer(horror, NO)], user=curator, revision=1)
    for user, value in ((other_curator, NO), (other_curator, YES), (curator, YES)):
        with pytest.raises(labelling.Conflict):
            answers.say(Film.objects.get(), [Answer(horror, value)], user=user, revision=1)
    assert Decision.objects.count() == 1


def test_what_is_locked_is_left_alone(judged: Film, horror: Term, comedy: Term, curator: User) -> None:
    labelling.decide(judged, horror, NO, user=curator, revision=1, locked=True)
    saved = answers.say(judged, [Answer(horror, YES), Answer(comedy, NO)], user=curator, revision=2)
    assert saved.locked == [horror]
    assert said(judged) == {"horror": "no", "comedy": "no"}
    with pytest.raises(labelling.Locked):
        answers.say(judged, [Answer(horror, YES)], user=curator, revision=3)
    assert answers.say(judged, [Answer(horror, NO)], user=curator, revision=3).locked == []
    assert Label.objects.get(term=horror).locked


def test_nothing_to_say_changes_nothing(judged: Film, curator: User) -> None:
    assert answers.say(judged, [], user=curator, revision=99).changes is None
    assert not ChangeSet.objects.exists()


@pytest.mark.parametrize(
    "texts",
    [
        ["genre/horror"], ["genre/horror:maybe"], ["horror:yes"], ["genre/nothing:yes"], [""], ["scene/comedy:yes"],
        ["genre/horror:yes", "genre/horror:no"], [":yes"], ["genre/horror:yes:no:"],
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused(horror: Term, texts: list[str]) -> None:
    with pytest.raises(BadAnswer):
        answers.read(texts)


def test_answers_are_read_as_they_are_written(horror: Term, comedy: Term) -> None:
    wanted = [Answer(horror, YES), Answer(comedy, UNKNOWN)]
    assert answers.read([one.text for one in wanted]) == wanted


def test_retired_terms_take_no_answer(horror: Term) -> None:
    Term.objects.update(active=False)
    with pytest.raises(BadAnswer):
        answers.read(["genre/horror:yes"])


# Keys ---------------------------------------------------------------------------------------------------------


def test_every_genre_of_the_vocabulary_has_a_key_of_its_own(curator: User) -> None:
    genres = Term.objects.filter(kind="genre", active=True)
    given = keys.keys_of(curator, genres)
    assert len(given) == len(genres) + len(keys.COMMANDS)
    assert len(set(given.values())) == len(given)
    assert all(keys.normal(key) == key for key in given.values())
    assert given["genre/horror"] == "h"


def test_another_genre_takes_a_free_letter_and_moves_no_other() -> None:
    before = keys.letters(Term.objects.filter(kind="genre", active=True))
    after = keys.letters([*Term.objects.filter(kind="genre", active=True), make_term("giallo")])
    assert {name: key for name, key in after.items() if name != "genre/giallo"} == before


def test_keys_can_be_changed_and_only_the_change_is_kept(curator: User, horror: Term, comedy: Term) -> None:
    genres = [horror, comedy]
    wanted = keys.keys_of(curator, genres) | {"genre/horror": "z", "accept": "Space", "toggle": "h"}
    keys.change(curator, wanted, genres, on=True)
    curator.refresh_from_db()
    assert curator.keys == {"z": "genre/horror", "Space": "accept", "h": "toggle"}
    assert keys.keys_of(curator, genres) == wanted
    keys.change(curator, wanted, genres, on=False)
    assert not keys.is_on(User.objects.get(pk=curator.pk))


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"genre/horror": "c"}, {"genre/horror"}), ({"genre/horror": "1"}, {"genre/horror"}),
        ({"genre/horror": "ㅗ"}, {"genre/horror"}), ({"flag": "Ctrl+f"}, {"flag"}), ({"accept": ""}, {"accept"}),
        ({"undo": "<script>"}, {"undo"}),
    ],
)  # fmt: skip
def test_keys_that_cannot_be_used_change_nothing(
    curator: User, horror: Term, comedy: Term, changes: dict[str, str], wrong: set[str]
) -> None:
    genres = [horror, comedy]
    with pytest.raises(keys.BadKeys) as raised:
        keys.change(curator, keys.keys_of(curator, genres) | changes, genres, on=True)
    assert set(raised.value.errors) == wrong
    assert User.objects.get(pk=curator.pk).keys == {}


# Second opinions ------------------------------------------------------------------------------------------------


@pytest.fixture
def every_film_twice(settings: Any) -> None:
    settings.SECOND_REVIEWS = 1.0


@pytest.fixture
def first_judged(judged: Film, curator: User, every_film_twice: None, other_curator: User) -> SecondReview:
    answers.say(judged, desk_sheet(judged, {}).accepting, user=curator, revision=1)
    review = second.maybe_ask(judged, curator)
    assert review is not None
    return review


def test_a_film_is_asked_of_somebody_else(first_judged: SecondReview, curator: User, other_curator: User) -> None:
    assert list(second.waiting_for(curator)) == []
    assert list(second.waiting_for(other_curator)) == [first_judged.film]
    assert second.maybe_ask(first_judged.film, curator) is None, "one is open already"
    assert second.begin(first_judged.film, curator) is None
    assert second.begin(first_judged.film, other_curator) == first_judged
    third = make_user(role=User.Role.CURATOR)
    assert list(second.waiting_for(third)) == []


def test_nobody_is_asked_where_there_is_nobody_else(judged: Film, curator: User, every_film_twice: None) -> None:
    answers.say(judged, desk_sheet(judged, {}).accepting, user=curator, revision=1)
    assert second.maybe_ask(judged, curator) is None


def test_the_share_of_second_reviews_is_what_is_set(
    judged: Film, curator: User, other_curator: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers.say(judged, desk_sheet(judged, {}).accepting, user=curator, revision=1)
    settings.SECOND_REVIEWS = 0.05
    asked = 0
    for number in range(100):
        monkeypatch.setattr("catalog.desk.second.random.random", partial(float, number / 100))
        SecondReview.objects.all().delete()
        asked += second.maybe_ask(judged, curator) is not None
    assert asked == 5


def test_the_second_person_is_not_shown_what_people_said(first_judged: SecondReview, curator: User) -> None:
    film = first_judged.film
    open_sheet = desk_sheet(film, {})
    blind = desk_sheet(film, {}, second={})
    assert {ask.term.slug: ask.state for ask in open_sheet.rows if ask.term.kind == "genre"} == {
        "horror": "yes", "comedy": "no", "war": "no",
    }  # fmt: skip
    assert {ask.term.slug: ask.state for ask in blind.rows} == {
        "horror": "proposed", "comedy": "unlikely", "war": "unlikely",
    }  # fmt: skip
    assert not any(ask.row.by_person for ask in blind.rows)


def test_second_answers_stand_beside_the_first_and_change_no_label(
    first_judged: SecondReview, horror: Term, comedy: Term, other_curator: User
) -> None:
    second.begin(first_judged.film, other_curator)
    review = SecondReview.objects.get()
    before = said(review.film)
    unjudged = make_term("western")
    second.answer(review, [Answer(horror, YES), Answer(unjudged, YES)])
    second.finish(review, [Answer(horror, NO), Answer(comedy, NO)])
    pairs = {one.term.slug: (one.first, one.second) for one in SecondAnswer.objects.select_related("term")}
    assert pairs == {"horror": ("yes", "no"), "comedy": ("no", "no")}
    assert said(review.film) == before
    review.refresh_from_db()
    assert review.finished_at is not None


def test_a_second_review_that_is_given_up_is_for_others(first_judged: SecondReview, other_curator: User) -> None:
    review = second.begin(first_judged.film, other_curator)
    assert review is not None
    second.give_up(review)
    assert second.current(first_judged.film, other_curator) is None
    assert SecondReview.objects.get().second_by is None


def test_scores_that_follow_labels_are_not_shown_to_the_second_person(
    first_judged: SecondReview, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from catalog.scores import film_scores

    def following(ids: Any) -> Any:
        return {
            film: {pk: replace(one, given=3) for pk, one in found.items()} for film, found in film_scores(ids).items()
        }

    monkeypatch.setattr("catalog.rows.film_scores", following)
    assert {ask.state for ask in desk_sheet(first_judged.film, {}, second={}).rows} == {"silent"}


def test_of_many_tags_all_that_wait_are_shown_and_ten_have_a_figure(film: Film) -> None:
    tags = [make_term(f"tag-{number}", Term.Kind.TAG) for number in range(15)]
    only(*tags)
    version = make_version(*tags)
    predict(film, version, *[0.6 + number / 100 for number in range(12)], 0.2, 0.2, 0.2)
    sheet = desk_sheet(film, {}, about=tags[14])
    assert [ask.key for ask in sheet.tags] == [*keys.FIGURES, "", "", ""]
    assert [ask.waiting for ask in sheet.tags] == [True] * 12 + [False]
    assert tags[14] == sheet.tags[12].term, "the one that the film is shown for"
    assert sheet.yes == 12


def test_of_tags_that_hold_no_more_are_shown_than_have_a_figure(film: Film) -> None:
    tags = [make_term(f"tag-{number}", Term.Kind.TAG) for number in range(15)]
    only(*tags)
    for tag in tags:
        import_label(film, tag)
    sheet = desk_sheet(film, {})
    assert (len(sheet.tags), sheet.more_tags) == (10, 5)


def test_films_of_others_have_nothing_to_do_with_it(judged: Film, curator: User) -> None:
    other = make_film()
    answers.say(judged, desk_sheet(judged, {}).accepting, user=curator, revision=1)
    assert said(other) == {}
