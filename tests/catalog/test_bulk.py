"""Accepting by rule and editing many films: what is previewed is what is written, and never over a person's word."""

import threading
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog import labelling, tasks, undoing
from catalog.bulk import edits, rules, work, writing
from catalog.bulk.edits import Answer
from catalog.bulk.rules import Rule
from catalog.bulk.work import Done, NothingToDo, TooMany
from catalog.models import ChangeSet, Decision, Film, FilmTerm, Job, Label, Term, User
from tests.catalog.test_merging import WORDS, check_log, labels, say, taken_back
from tests.factories import import_label, make_film, make_term, make_user, make_version, predict

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposed(horror: Term, comedy: Term) -> list[Film]:
    """Ten films at 0.90, 0.91 … 0.99."""
    version = make_version(horror, comedy)
    films = [make_film(f"Film {number}") for number in range(10)]
    for number, film in enumerate(films):
        predict(film, version, 0.90 + number / 100, 0.1)
    return films


def query(**values: str) -> QueryDict:
    found = QueryDict(mutable=True)
    found.update(values)
    return found


# By rule ------------------------------------------------------------------------------------------------------


def test_a_rule_is_about_proposals_alone(
    proposed: list[Film], horror: Term, curator: User, other_curator: User
) -> None:
    labelling.reject(proposed[9], horror, user=other_curator, revision=1)
    labelling.decide(proposed[8], horror, Label.Value.YES, user=other_curator, revision=1, locked=True)
    labelling.clear(proposed[7], horror, user=other_curator, revision=1)
    Film.objects.filter(pk=proposed[6].pk).update(published=False)
    assert Rule(horror, 0.93).films() == [proposed[5].pk, proposed[4].pk, proposed[3].pk]  # the surest first
    before = labels()

    done = work.accept(Rule(horror, 0.93), user=curator)
    assert isinstance(done, Done)
    assert (done.films, done.labels) == (3, 3)
    assert labels() >= before
    assert done.change_set is not None
    assert (done.change_set.kind, done.change_set.note) == ("bulk", "genre/horror ≥ 0.93")
    accepted = Label.objects.filter(decided_by=curator)
    assert sorted(accepted.values_list("film", "value", "shown_version")) == [
        (film.pk, "yes", "genres-1") for film in proposed[3:6]
    ]
    assert [round(score or 0, 2) for score in accepted.order_by("film").values_list("shown_score", flat=True)] == [
        0.93, 0.94, 0.95,
    ]  # fmt: skip


def test_an_import_s_no_is_left_alone_by_a_rule(proposed: list[Film], horror: Term, curator: User) -> None:
    import_label(proposed[9], horror, Label.Value.NO)
    work.accept(Rule(horror, 0.98), user=curator)
    assert dict(Label.objects.values_list("film", "value")) == {proposed[8].pk: "yes", proposed[9].pk: "no"}


def test_one_click_takes_all_of_it_back(proposed: list[Film], horror: Term, curator: User) -> None:
    found = list(FilmTerm.objects.order_by("film").values_list("film", "term", "weight", "origin"))
    done = work.accept(Rule(horror, 0.9), user=curator)
    assert isinstance(done, Done) and done.change_set is not None
    undoing.undo(done.change_set, user=curator)
    assert not Label.objects.exists()
    assert list(FilmTerm.objects.order_by("film").values_list("film", "term", "weight", "origin")) == found


def test_the_surest_alone(proposed: list[Film], horror: Term, curator: User) -> None:
    work.accept(Rule(horror, 0.5, most=2), user=curator)
    assert set(Label.objects.values_list("film", flat=True)) == {proposed[9].pk, proposed[8].pk}


def test_nothing_to_do_leaves_no_trace(proposed: list[Film], horror: Term, curator: User) -> None:
    with pytest.raises(NothingToDo):
        work.accept(Rule(horror, 0.999), user=curator)
    assert not ChangeSet.objects.exists()


def test_more_than_fifty_is_for_admins(horror: Term, curator: User, admin: User) -> None:
    films = [make_film() for _ in range(51)]
    FilmTerm.objects.bulk_create(FilmTerm(film=film, term=horror, weight=0.97, origin="model") for film in films)
    with pytest.raises(TooMany):
        work.accept(Rule(horror, 0.9), user=curator)
    assert not Label.objects.exists()
    done = work.accept(Rule(horror, 0.9, most=50), user=curator)
    assert isinstance(done, Done) and done.labels == 50
    assert isinstance(work.accept(Rule(horror, 0.9), user=admin), Done)


def test_the_sample_is_random_and_the_same_when_asked_again(proposed: list[Film], horror: Term) -> None:
    films = Rule(horror, 0.9).films()
    first = [shown.film.pk for shown in rules.sample(horror, films, 1)]
    assert sorted(first) == sorted(films)
    assert first == [shown.film.pk for shown in rules.sample(horror, films, 1)]
    assert any(first != [shown.film.pk for shown in rules.sample(horror, films, seed)] for seed in range(2, 9))
    assert {round(shown.score or 0, 2) for shown in rules.sample(horror, films, 1)} == {
        round(0.9 + n / 100, 2) for n in range(10)
    }


def test_the_overview_counts_what_each_rule_would_do(proposed: list[Film], horror: Term, curator: User) -> None:
    [waiting] = rules.overview()
    assert (waiting.term, waiting.counts, waiting.proposed) == (horror, (1, 5, 10), 10)
    assert rules.steps(horror) == [
        (0.99, 1),
        (0.98, 2),
        (0.95, 5),
        *((step, 10) for step in (0.9, 0.85, 0.8, 0.7, 0.6, 0.5)),
    ]
    with CaptureQueriesContext(connection) as queries:
        rules.overview()
    assert len(queries) == 2


# Editing ------------------------------------------------------------------------------------------------------


def test_an_edit_adds_and_never_replaces(horror: Term, comedy: Term, curator: User, other_curator: User) -> None:
    silent, imported, said, locked, already = (make_film(f"Night {n}") for n in range(5))
    make_film("Day")
    import_label(imported, horror, Label.Value.NO)
    labelling.reject(said, horror, user=other_curator, revision=1)
    labelling.decide(locked, horror, Label.Value.NO, user=other_curator, revision=1, locked=True)
    labelling.accept(already, horror, user=other_curator, revision=1)
    import_label(silent, comedy)
    before = labels()
    answers = [Answer(horror, "yes")]
    [seen] = edits.outlook(work.chosen(query(q="night")), answers)
    assert (seen.new, seen.over_import, seen.same, seen.kept, seen.locked) == (1, 1, 1, 2, 1)

    done = work.edit(query(q="night"), answers, user=curator)
    assert isinstance(done, Done)
    assert (done.films, done.labels) == (seen.written, seen.written) == (2, 2)
    assert set(Label.objects.filter(decided_by=curator).values_list("film", "term", "value")) == {
        (silent.pk, horror.pk, "yes"), (imported.pk, horror.pk, "yes"),
    }  # fmt: skip
    assert done.change_set is not None
    undoing.undo(done.change_set, user=curator)
    assert labels() == before


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=5),
    value=st.sampled_from(["yes", "no", "unknown"]),
    other=st.none() | st.sampled_from(["yes", "no"]),
)
def test_an_edit_does_what_its_outlook_says_and_goes_back(
    words: list[Any], value: str, other: str | None, horror: Term, comedy: Term
) -> None:
    with taken_back():
        people = [make_user(role=User.Role.ADMIN), make_user(role=User.Role.CURATOR)]
        films = [make_film(f"Night {number}") for number in range(len(words))]
        say(films, horror, [one for one, _ in words], people)
        say(films, comedy, [two for _, two in words], people)
        before = {row[:2]: row for row in labels()}
        answers = [Answer(horror, value), *([Answer(comedy, other)] if other else [])]
        ids = work.chosen(query(q="night"))
        assert ids == [film.pk for film in films]
        seen, changed = edits.outlook(ids, answers), edits.open_films(ids, answers)
        for one in seen:
            assert one.new + one.over_import + one.same + one.kept == len(films)
        try:
            done = work.edit(query(q="night"), answers, user=people[0])
        except NothingToDo:
            assert (sum(one.written for one in seen), changed) == (0, [])
            return
        assert isinstance(done, Done) and done.change_set is not None
        assert (done.labels, done.films) == (sum(one.written for one in seen), len(changed))
        now = {row[:2]: row for row in labels()}
        for cell, row in before.items():
            assert row[3] == "import" or now[cell] == row, "a person's word was changed"
            assert cell in now
        undoing.undo(done.change_set, user=people[0])
        assert {row[:2]: row for row in labels()} == before
        check_log()


# As a job -----------------------------------------------------------------------------------------------------


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "AT_ONCE", 3)
    monkeypatch.setattr(work, "BATCH", 4)


def run(job: Job) -> Job:
    getattr(tasks, {work.ACCEPT: "accept_by_rule_task", work.EDIT: "edit_films_task"}[job.task])(job.pk)
    job.refresh_from_db()
    return job


def test_large_work_is_a_job_of_one_change_set(small: None, proposed: list[Film], horror: Term, admin: User) -> None:
    job = work.accept(Rule(horror, 0.9), user=admin)
    assert isinstance(job, Job) and not Label.objects.exists()
    assert run(job).state == "done"
    assert job.result == {"films": 10, "labels": 10, "change_set": ChangeSet.objects.get().pk}
    assert set(Film.objects.values_list("revision", flat=True)) == {2}


def test_a_killed_job_goes_on_under_its_change_set(
    small: None, proposed: list[Film], horror: Term, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = work.accept(Rule(horror, 0.9), user=admin)
    assert isinstance(job, Job)
    whole = writing.say

    def dies(films: list[int], *rest: Any, **options: Any) -> Any:
        if Label.objects.exists():
            raise SystemExit("killed")
        return whole(films, *rest, **options)

    monkeypatch.setattr(work, "say", dies)
    with pytest.raises(SystemExit):
        run(job)
    assert Label.objects.count() == 4
    monkeypatch.setattr(work, "say", whole)
    Job.objects.update(state="queued")
    assert run(job).state == "done"
    assert ChangeSet.objects.get().decisions.count() == Label.objects.count() == 10


def test_an_edit_as_a_job(small: None, proposed: list[Film], comedy: Term, admin: User) -> None:
    job = work.edit(query(q="film"), [Answer(comedy, "no")], user=admin)
    assert isinstance(job, Job)
    assert job.params["query"] == "q=film"
    assert run(job).result["labels"] == 10
    assert ChangeSet.objects.get().note == "genre/comedy = no"


def test_a_job_whose_change_set_was_undone_stops(small: None, proposed: list[Film], horror: Term, admin: User) -> None:
    job = work.accept(Rule(horror, 0.9), user=admin)
    assert isinstance(job, Job)
    run(job)
    undoing.undo(ChangeSet.objects.get(), user=admin)
    Job.objects.update(state="queued")
    assert run(job).state == "failed"
    assert "undone before" in job.message
    assert not Label.objects.exists()


def test_a_large_undo_is_a_job_too(
    proposed: list[Film], horror: Term, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = work.accept(Rule(horror, 0.9), user=admin)
    assert isinstance(done, Done) and done.change_set is not None
    monkeypatch.setattr(undoing, "AT_ONCE", 5)
    job = undoing.undo_or_start(done.change_set, user=admin)
    assert isinstance(job, Job)
    for _again in range(2):  # killed after the labels: search is brought up to date all the same
        Job.objects.update(state="queued")
        tasks.undo_changes_task(job.pk)
        job.refresh_from_db()
        assert (job.state, job.result["films"]) == ("done", 10)
    assert ChangeSet.objects.filter(kind="undo").count() == 1
    assert FilmTerm.objects.filter(origin="model").count() == 10


# Together -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_bulk_and_single_decisions_at_once_lose_nothing() -> None:
    """Two bulk edits that say different things, an undo of one, and four people deciding on the same films."""
    term = make_term("dread")
    admins = [make_user(role=User.Role.ADMIN) for _ in range(2)]
    people = [make_user(role=User.Role.CURATOR) for _ in range(4)]
    films = [make_film(f"Night {n}") for n in range(12)]
    start, wrong = threading.Barrier(6), []

    def in_turn(action: Any) -> None:
        start.wait(20)
        try:
            action()
        except Exception as error:
            wrong.append(repr(error))
        finally:
            connection.close()

    def bulk(user: User, value: str) -> None:
        for _turn in range(4):
            try:
                done = work.edit(query(q="night"), [Answer(term, value)], user=user)
            except NothingToDo:
                continue
            if isinstance(done, Done) and done.change_set:
                with suppress(labelling.CannotUndo):
                    undoing.undo(done.change_set, user=user, partly=True)

    said: dict[int, str] = {}

    def one_by_one(number: int) -> None:
        for film in films[number * 3 : number * 3 + 3]:
            for value in ("yes", "no", "yes"):
                while True:
                    revision = Film.objects.get(pk=film.pk).revision
                    try:
                        labelling.decide(film, term, Label.Value(value), user=people[number], revision=revision)
                    except labelling.Conflict:
                        continue
                    break
            said[film.pk] = people[number].username

    actions = [partial(bulk, admins[0], "yes"), partial(bulk, admins[1], "no")]
    actions += [partial(one_by_one, number) for number in range(4)]
    threads = [threading.Thread(target=in_turn, args=[action]) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert wrong == []
    check_log()
    assert dict(Label.objects.values_list("film", "decided_by__username")) == said
    assert set(Label.objects.values_list("value", flat=True)) == {"yes"}
    assert Decision.objects.exists()
