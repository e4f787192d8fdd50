"""Taking back what one person has said: every label of theirs that still stands, and nobody else's."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog import jobs, labelling, retracting, tasks
from catalog.changesets import CannotUndo, change_set
from catalog.models import ChangeSet, Decision, Film, FilmTerm, Job, Label, Term, User
from catalog.notes import in_words
from catalog.putting_back import undo
from catalog.thesaurus import merging
from tests.catalog.test_changesets import labels, say_all
from tests.factories import import_label, make_film

pytestmark = pytest.mark.django_db


def test_every_label_goes_back_to_what_stood_before(
    horror: Term, comedy: Term, curator: User, other_curator: User, admin: User
) -> None:
    films = [make_film() for _ in range(4)]
    import_label(films[0], horror)
    labelling.reject(films[1], horror, user=other_curator, revision=1)
    before = labels()
    say_all(films[:3], horror, curator)
    say_all(films[1:], comedy, curator)
    undone = retracting.retract(curator, user=admin)
    assert labels() == before
    assert (undone.films, undone.kept) == ([film.pk for film in films], 0)  # type: ignore[union-attr]
    assert not FilmTerm.objects.filter(term=comedy).exists()


def test_two_thousand_of_two_thousand_come_back(horror: Term, curator: User, admin: User) -> None:
    films = Film.objects.bulk_create(Film(key=f"f{number}", title=f"Film {number}") for number in range(2000))
    for film in films:
        import_label(film, horror)
    before = labels()
    with change_set(ChangeSet.Kind.BULK, curator):
        Label.objects.update(value="no", source="person", origin="", decided_by=curator)
    job = retracting.retract(curator, user=admin)
    assert isinstance(job, Job), "too many to wait for"
    tasks.retract_task(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["labels"], job.result["films"]) == ("done", 2000, 2000)
    assert labels() == before


def test_what_others_said_since_stays(
    film: Film, horror: Term, comedy: Term, curator: User, other_curator: User, admin: User
) -> None:
    labelling.accept(film, horror, user=curator, revision=1)
    labelling.accept(film, comedy, user=curator, revision=2)
    labelling.reject(film, horror, user=other_curator, revision=3)
    found = retracting.outlook(curator)
    assert (found.labels, found.changed) == (1, 1)
    undone = retracting.retract(curator, user=admin)
    assert undone.kept == 1  # type: ignore[union-attr]
    assert list(Label.objects.values_list("term__slug", "value")) == [("horror", "no")]


def test_it_goes_back_to_the_word_of_whoever_spoke_in_between(
    film: Film, horror: Term, curator: User, other_curator: User, admin: User
) -> None:
    labelling.accept(film, horror, user=curator, revision=1)
    labelling.reject(film, horror, user=other_curator, revision=2)
    before = labels()
    for revision, value in ((3, "yes"), (4, "unknown"), (5, "yes")):
        labelling.decide(film, horror, Label.Value(value), user=curator, revision=revision)
    retracting.retract(curator, user=admin)
    assert labels() == before


def test_only_what_was_said_since_a_moment(film: Film, horror: Term, comedy: Term, curator: User, admin: User) -> None:
    labelling.accept(film, horror, user=curator, revision=1)
    kept, since = labels(), timezone.now()
    labelling.reject(film, horror, user=curator, revision=2)
    labelling.accept(film, comedy, user=curator, revision=3)
    retracting.retract(curator, since, user=admin)
    assert labels() == kept, "back to one's own word of before"


def test_what_was_undone_already_is_not_counted(
    film: Film, horror: Term, comedy: Term, curator: User, admin: User
) -> None:
    labelling.undo(labelling.accept(film, horror, user=curator, revision=1), user=curator)
    labelling.undo(labelling.accept(film, comedy, user=curator, revision=3), user=admin)
    assert retracting.outlook(curator).labels == 0
    with pytest.raises(CannotUndo, match="Nothing of what carla said"):
        retracting.retract(curator, user=admin)
    assert not ChangeSet.objects.filter(kind="undo", undoes=None).exists()


def test_what_somebody_undid_of_others_is_done_again(
    film: Film, horror: Term, curator: User, other_curator: User, admin: User
) -> None:
    changes = labelling.accept(film, horror, user=other_curator, revision=1)
    before = labels()
    labelling.undo(changes, user=curator)
    retracting.retract(curator, user=admin)
    assert labels() == before


def test_imports_and_merges_are_not_somebody_s_words(
    film: Film, horror: Term, comedy: Term, admin: User, curator: User
) -> None:
    with change_set(ChangeSet.Kind.IMPORT, admin):
        import_label(film, horror)
    merging.merge(horror, comedy, user=admin)
    assert Label.objects.get().term == comedy
    assert retracting.outlook(admin).labels == 0


def test_it_can_be_undone_itself(film: Film, horror: Term, curator: User, admin: User) -> None:
    labelling.accept(film, horror, user=curator, revision=1)
    before = labels()
    undone = retracting.retract(curator, user=admin)
    assert not Label.objects.exists()
    undo(undone.change_set, user=admin)  # type: ignore[union-attr]
    assert labels() == before


def test_an_admin_takes_back_their_own(film: Film, horror: Term, comedy: Term, admin: User) -> None:
    import_label(film, comedy)
    before = labels()
    labelling.reject(film, comedy, user=admin, revision=1)
    labelling.accept(film, horror, user=admin, revision=2)
    retracting.retract(admin, user=admin)
    assert labels() == before
    assert retracting.outlook(admin).labels == 0


def test_a_worker_that_died_in_between_is_followed_by_one_that_does_the_rest(
    horror: Term, curator: User, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retracting, "AT_ONCE", 1)
    say_all([make_film() for _ in range(3)], horror, curator)
    job = retracting.retract(curator, user=admin)
    assert isinstance(job, Job)

    def die(*_: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(retracting, "refresh_films", die)
        tasks.retract_task(job.pk)
    assert FilmTerm.objects.count() in (0, 3)  # search may be behind
    decisions = Decision.objects.count()
    again = jobs.retry(job, user=admin)
    tasks.retract_task(again.pk)
    again.refresh_from_db()
    assert (again.state, again.result["films"]) == ("done", 3)
    assert Decision.objects.count() == decisions, "each label once in the log"
    assert not FilmTerm.objects.exists()


def test_queries_do_not_grow(horror: Term, curator: User, admin: User) -> None:
    counts = []
    for number in (2, 40):
        say_all([make_film() for _ in range(number)], horror, curator)
        with CaptureQueriesContext(connection) as queries:
            retracting.retract(curator, user=admin)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_log_says_whose_words_by_number(film: Film, horror: Term, curator: User, admin: User) -> None:
    labelling.accept(film, horror, user=curator, revision=1)
    labelling.accept(film, horror, user=admin, revision=2)
    labelling.reject(film, horror, user=curator, revision=3)
    noted = retracting.retract(curator, timezone.now() - timedelta(hours=1), user=admin)
    note = noted.change_set.note  # type: ignore[union-attr]
    assert "carla" not in note
    assert in_words([note])[note].startswith("What carla has said since ")
    assert in_words([f"person {curator.pk}"]) == {f"person {curator.pk}": "What carla has said"}
