"""Decisions, their log, undo, conflicts, and the rules that the database keeps by itself."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from catalog import labelling
from catalog.models import ChangeSet, Decision, Film, FilmTerm, Label, Term, User
from tests.factories import import_label, make_film

pytestmark = pytest.mark.django_db
YES, NO, UNKNOWN = Label.Value.YES, Label.Value.NO, Label.Value.UNKNOWN


def test_accepting_writes_label_log_and_revision(film: Film, horror: Term, curator: User) -> None:
    labelling.accept(film, horror, user=curator, revision=1)

    label = Label.objects.get()
    assert (label.value, label.source, label.decided_by, label.locked) == ("yes", "person", curator, False)
    decision = Decision.objects.get()
    assert (decision.before, decision.after, decision.change_set.user) == ("", "yes", curator)
    assert Film.objects.get().revision == 2
    assert FilmTerm.objects.get().weight == 1.0


def test_rejecting_an_imported_label_logs_both_states(film: Film, horror: Term, curator: User) -> None:
    import_label(film, horror)
    labelling.reject(film, horror, user=curator, revision=1)

    decision = Decision.objects.latest("id")
    assert (decision.before, decision.before_source, decision.after) == ("yes", "import", "no")
    assert not FilmTerm.objects.exists()


def test_an_old_revision_is_a_conflict_and_writes_nothing(film: Film, horror: Term, curator: User) -> None:
    labelling.accept(film, horror, user=curator, revision=1)
    with pytest.raises(labelling.Conflict) as conflict:
        labelling.reject(film, horror, user=curator, revision=1)

    assert conflict.value.film.revision == 2
    assert Label.objects.get().value == YES
    assert ChangeSet.objects.count() == Decision.objects.count() == 1


def test_undo_puts_back_the_imported_label(film: Film, horror: Term, curator: User) -> None:
    import_label(film, horror)
    changes = labelling.clear(film, horror, user=curator, revision=1)
    labelling.undo(changes, user=curator)

    label = Label.objects.get()
    assert (label.value, label.source, label.origin) == ("yes", "import", "test.csv")
    assert [d.after for d in Decision.objects.order_by("id")] == ["yes", "unknown", "yes"]
    assert Film.objects.get().revision == 3


def test_undo_removes_a_label_that_was_not_there(film: Film, horror: Term, curator: User) -> None:
    labelling.undo(labelling.accept(film, horror, user=curator, revision=1), user=curator)
    assert not Label.objects.exists()
    assert Decision.objects.latest("id").after == ""


def test_undo_works_once_and_not_under_a_later_change(film: Film, horror: Term, curator: User) -> None:
    first = labelling.accept(film, horror, user=curator, revision=1)
    second = labelling.reject(film, horror, user=curator, revision=2)
    with pytest.raises(labelling.CannotUndo):
        labelling.undo(first, user=curator)
    labelling.undo(second, user=curator)
    with pytest.raises(labelling.CannotUndo):
        labelling.undo(second, user=curator)
    assert Label.objects.get().value == YES


def test_a_locked_label_has_to_be_unlocked_first(film: Film, horror: Term, curator: User) -> None:
    labelling.accept(film, horror, user=curator, revision=1)
    labelling.set_lock(film, horror, True, user=curator, revision=2)
    with pytest.raises(labelling.Locked):
        labelling.reject(film, horror, user=curator, revision=3)
    labelling.set_lock(film, horror, False, user=curator, revision=3)
    labelling.reject(film, horror, user=curator, revision=4)
    assert Label.objects.get().value == NO


def test_no_label_changes_outside_a_change_set(film: Film, horror: Term) -> None:
    with pytest.raises(IntegrityError, match="only inside a change set"), transaction.atomic():
        Label.objects.create(film=film, term=horror, value=YES, source="import")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE catalog_label SET value = 'yes', source = 'import'",
        "UPDATE catalog_label SET locked = true",
        "DELETE FROM catalog_label",
    ],
)
def test_an_import_cannot_touch_what_a_person_decided(sql: str, film: Film, horror: Term, curator: User) -> None:
    labelling.reject(film, horror, user=curator, revision=1)
    with (
        pytest.raises(IntegrityError, match="only a person"),
        labelling.change_set(ChangeSet.Kind.IMPORT, curator),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert Label.objects.get().value == NO


def test_an_import_cannot_decide_as_a_person(film: Film, horror: Term, curator: User) -> None:
    with (
        pytest.raises(IntegrityError, match="only a person decides"),
        labelling.change_set(ChangeSet.Kind.IMPORT, None),
    ):
        Label.objects.create(film=film, term=horror, value=YES, source="person", decided_by=curator)


@pytest.mark.parametrize("table", ["catalog_decision", "catalog_changeset"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_log_refuses_update_and_delete(table: str, verb: str, film: Film, horror: Term, curator: User) -> None:
    labelling.accept(film, horror, user=curator, revision=1)
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(verb.format(table))


def test_raw_sql_is_logged_like_everything_else(horror: Term, curator: User) -> None:
    films = [make_film() for _ in range(5)]
    for film in films:
        import_label(film, horror)
    with labelling.change_set(ChangeSet.Kind.BULK, curator) as changes, connection.cursor() as cursor:
        cursor.execute(
            "UPDATE catalog_label SET value = 'no', source = 'person', origin = '', decided_by_id = %s", [curator.pk]
        )
    assert changes.decisions.count() == 5


def test_a_write_that_changes_nothing_is_not_logged(film: Film, horror: Term) -> None:
    import_label(film, horror)
    with labelling.change_set(ChangeSet.Kind.IMPORT, None) as changes, connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_label SET value = 'yes'")
    assert changes.decisions.count() == 0


def test_a_film_with_history_is_not_deleted(film: Film, horror: Term, curator: User) -> None:
    labelling.accept(film, horror, user=curator, revision=1)
    with pytest.raises(ProtectedError):
        film.delete()
