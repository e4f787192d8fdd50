"""Labels and the log refer to films and terms that exist, and keep them; no foreign key of PostgreSQL does it."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from catalog import labelling
from catalog.models import ChangeSet, Decision, Film, Label, Term, User
from tests.factories import import_label, make_film, make_term

pytestmark = pytest.mark.django_db


def execute(sql: str, *values: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.mark.parametrize("missing", ["film_id", "term_id"])
def test_a_label_of_nothing_is_refused(missing: str, film: Film, horror: Term) -> None:
    label = import_label(film, horror)
    with (
        pytest.raises(IntegrityError, match="not there"),
        labelling.change_set(ChangeSet.Kind.IMPORT, None),
    ):
        execute(f"UPDATE catalog_label SET {missing} = 999999999 WHERE id = %s", label.pk)
    values = {"film_id": film.pk, "term_id": make_term("eerie").pk, missing: 999999999}
    with (
        pytest.raises(IntegrityError, match="not there"),
        labelling.change_set(ChangeSet.Kind.IMPORT, None),
    ):
        Label.objects.create(value="yes", source="import", **values)


def test_one_wrong_label_among_many_refuses_them_all(film: Film, horror: Term, comedy: Term) -> None:
    with pytest.raises(IntegrityError, match="not there"), labelling.change_set(ChangeSet.Kind.IMPORT, None):
        Label.objects.bulk_create(
            Label(film_id=film.pk, term_id=term, value="no", source="import") for term in (horror.pk, comedy.pk, 9**9)
        )
    assert not Label.objects.exists()


@pytest.mark.parametrize(("table", "attribute"), [("catalog_film", "film_id"), ("catalog_term", "term_id")])
def test_what_a_label_is_of_cannot_be_deleted(table: str, attribute: str, film: Film, horror: Term) -> None:
    label = import_label(film, horror)
    with pytest.raises(IntegrityError, match="the log speaks of"):
        execute(f"DELETE FROM {table} WHERE id = %s", getattr(label, attribute))
    with pytest.raises(ProtectedError):
        film.delete()


@pytest.mark.parametrize(("table", "attribute"), [("catalog_film", "film_id"), ("catalog_term", "term_id")])
def test_what_the_log_speaks_of_cannot_be_deleted(
    table: str, attribute: str, film: Film, horror: Term, curator: User
) -> None:
    label = import_label(film, horror)
    labelling.undo(ChangeSet.objects.get(), user=curator)
    assert not Label.objects.exists() and Decision.objects.count() == 2
    with pytest.raises(IntegrityError, match="the log speaks of"):
        execute(f"DELETE FROM {table} WHERE id = %s", getattr(label, attribute))


def test_films_and_terms_of_which_nothing_was_said_can_be_deleted() -> None:
    film, term = make_film(), make_term("eerie")
    execute("DELETE FROM catalog_film WHERE id = %s", film.pk)
    execute("DELETE FROM catalog_term WHERE id = %s", term.pk)
    assert not Film.objects.filter(pk=film.pk).exists()
    assert not Term.objects.filter(pk=term.pk).exists()


def test_one_statement_may_label_a_film_and_a_term_twice(film: Film, horror: Term, comedy: Term) -> None:
    cells = [(film, horror), (film, comedy), (make_film(), horror)]
    with labelling.change_set(ChangeSet.Kind.IMPORT, None):
        Label.objects.bulk_create(Label(film=film, term=term, value="no", source="import") for film, term in cells)
    assert Label.objects.count() == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["catalog_film", "catalog_term"])
def test_a_film_or_term_cannot_go_while_it_is_being_used(table: str) -> None:
    film, term = make_film(), make_term("eerie")
    going = {"catalog_film": film.pk, "catalog_term": term.pk}[table]
    outcome: list[str] = []

    def delete() -> None:
        try:
            execute(f"DELETE FROM {table} WHERE id = %s", going)
            outcome.append("deleted")
        except IntegrityError:
            outcome.append("refused")
        finally:
            connection.close()

    deleting = threading.Thread(target=delete)
    with labelling.change_set(ChangeSet.Kind.IMPORT, None):
        Label.objects.create(film=film, term=term, value="yes", source="import", origin="test")
        deleting.start()
        deleting.join(0.5)
        assert outcome == []  # it waits for us
    deleting.join(10)
    assert outcome == ["refused"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("model", [Film, Term])
def test_what_labels_are_of_is_locked_from_the_lowest_id_up(model: type[Film] | type[Term]) -> None:
    """As everybody locks films, so that nobody waits for somebody who waits for him."""
    films, terms = [make_film(), make_film()], [make_term("eerie"), make_term("old")]
    first, second = films if model is Film else terms
    model.objects.filter(pk=first.pk).update(**{"title" if model is Film else "name_en": "Now behind the other"})

    def label() -> None:
        try:
            with labelling.change_set(ChangeSet.Kind.IMPORT, None):
                Label.objects.bulk_create(
                    Label(film=film, term=term, value="no", source="import")
                    for film, term in zip(films[::-1], terms[::-1], strict=True)
                )
        finally:
            connection.close()

    other = threading.Thread(target=label)
    with transaction.atomic():
        model.objects.select_for_update().get(pk=first.pk)
        other.start()
        other.join(0.5)
        assert other.is_alive()  # it waits for us, and does not hold the second one yet
        model.objects.select_for_update(nowait=True).get(pk=second.pk)
    other.join(10)
    assert Label.objects.count() == 2
