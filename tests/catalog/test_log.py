"""The log field by field, as the database writes it, and the guards that stand around it."""

from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from catalog import labelling
from catalog.labelling import change_set
from catalog.models import ChangeSet, Decision, Film, Label, Term, User
from tests.factories import import_label, make_user

pytestmark = pytest.mark.django_db
SIDES = [f"{side}{field}" for side in ("before", "after") for field in ("", "_source", "_origin", "_by_id", "_locked")]
NOTHING = ("", "", "", None, False)


def said(label: Label, user: User, **fields: Any) -> None:
    """Change the label's fields as this person."""
    with change_set(ChangeSet.Kind.DECIDE, user):
        Label.objects.filter(pk=label.pk).update(**fields)


def test_each_field_is_logged_before_and_after(film: Film, horror: Term, curator: User, other_curator: User) -> None:
    label = import_label(film, horror)
    person = {"source": "person", "origin": "", "decided_by": curator, "locked": True}
    said(label, curator, **person, shown_score=0.7, shown_version="genres-1")
    said(label, other_curator, value="no", decided_by=other_curator, locked=False, shown_score=0.2, shown_version="v2")
    said(label, other_curator, locked=True)
    with change_set(ChangeSet.Kind.UNDO, curator):
        label.delete()

    imported = ("yes", "import", "test.csv", None, False)
    first, second = ("yes", "person", "", curator.pk, True), ("no", "person", "", other_curator.pk, False)
    locked = (*second[:4], True)
    steps = [NOTHING, imported, first, second, locked, NOTHING]
    decisions = Decision.objects.order_by("pk")
    assert list(decisions.values_list(*SIDES)) == [(*before, *after) for before, after in pairwise(steps)]
    shown = [(None, ""), (0.7, "genres-1"), (0.2, "v2"), (0.2, "v2"), (None, "")]
    assert list(decisions.values_list("shown_score", "shown_version")) == shown
    kinds = ["import", "decide", "decide", "decide", "undo"]
    assert list(decisions.values_list("change_set__kind", flat=True)) == kinds
    assert set(decisions.values_list("film_id", "term_id")) == {(film.pk, horror.pk)}


def test_an_imported_label_that_goes_is_logged_as_it_was(film: Film, horror: Term, curator: User) -> None:
    label = import_label(film, horror)
    with change_set(ChangeSet.Kind.UNDO, curator):
        label.delete()
    last = Decision.objects.order_by("pk").values_list(*SIDES).last()
    assert last == ("yes", "import", "test.csv", None, False, *NOTHING)


def test_a_person_s_new_label_is_logged_with_what_was_shown(film: Film, horror: Term, curator: User) -> None:
    with change_set(ChangeSet.Kind.DECIDE, curator):
        Label.objects.create(
            film=film, term=horror, value="yes", source="person", decided_by=curator, locked=True,
            shown_score=0.7, shown_version="genres-1",
        )  # fmt: skip
    logged = Decision.objects.values_list(*SIDES, "shown_score", "shown_version").get()
    assert logged == (*NOTHING, "yes", "person", "", curator.pk, True, 0.7, "genres-1")


@pytest.mark.parametrize("field", ["value", "decided_by", "locked"])
def test_a_change_of_one_field_is_logged(field: str, film: Film, horror: Term, curator: User) -> None:
    labelling.accept(film, horror, user=curator, revision=1)
    said(Label.objects.get(), curator, **{field: {"value": "no", "decided_by": make_user(), "locked": True}[field]})
    assert Decision.objects.count() == 2


def test_another_origin_of_an_imported_label_is_logged(film: Film, horror: Term, curator: User) -> None:
    said(import_label(film, horror), curator, origin="other.csv")
    assert Decision.objects.latest("pk").after_origin == "other.csv"


def test_no_label_changes_after_a_change_set_has_ended(film: Film, horror: Term) -> None:
    label = import_label(film, horror)
    with pytest.raises(IntegrityError, match="only inside a change set"), transaction.atomic():
        label.delete()


def test_an_import_cannot_make_its_label_a_person_s(film: Film, horror: Term, curator: User) -> None:
    import_label(film, horror)
    with (
        pytest.raises(IntegrityError, match="only a person decides"),
        change_set(ChangeSet.Kind.IMPORT, None),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE catalog_label SET source = 'person', origin = '', decided_by_id = %s", [curator.pk])
