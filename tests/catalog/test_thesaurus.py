"""Adding, renaming, retiring terms, their guidelines and examples, and taking each change back."""

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.changesets import CannotUndo
from catalog.models import Film, Term, TermChange, User
from catalog.terms import Vocabulary
from catalog.thesaurus import edits
from catalog.thesaurus.states import BadTerm, state
from tests.factories import make_film, make_term, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def eerie(db: None) -> Term:
    return make_term("eerie", Term.Kind.TAG, name_ko="으스스한", aliases=["spooky"])


def test_a_new_term_has_all_its_names(admin: User, horror: Term) -> None:
    names = {"name_en": " Folk  horror ", "name_ko": "민속 공포", "aliases": ["rural horror", "RURAL-horror"]}
    term = edits.add("tag", user=admin, **names, parent="genre/horror", guideline_en="Old beliefs.")
    assert (term.slug, term.name_en, term.aliases, term.parent) == (
        "folk-horror", "Folk horror", ["rural horror"], horror,
    )  # fmt: skip
    assert Vocabulary(Term.Kind.TAG).find("rural horror") == term.pk
    change = TermChange.objects.get()
    assert (change.kind, change.user, change.after["guideline_en"]) == ("add", admin, "Old beliefs.")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name_en": "", "name_ko": "이름"}, "needs an English and a Korean name"),
        ({"name_en": "Odd", "name_ko": " - "}, "needs an English and a Korean name"),
        ({"name_en": "공포물", "name_ko": "공포물"}, "needs an English and a Korean name"),  # no address to make of it
        ({"name_en": "SPOOKY", "name_ko": "유령"}, "is a name of Eerie already"),
        ({"name_en": "Odd", "name_ko": "으스스한"}, "is a name of Eerie already"),
        ({"name_en": "Odd", "name_ko": "이상한", "aliases": ["Eerie"]}, "is a name of Eerie already"),
        ({"name_en": "x" * 61, "name_ko": "이상한"}, "at most 60"),
        ({"name_en": "Odd", "name_ko": "이상한", "aliases": [f"odd {n}" for n in range(41)]}, "At most 40"),
        ({"name_en": "Odd", "name_ko": "이상한", "guideline_ko": "가" * 4001}, "at most 4000"),
        ({"name_en": "Odd", "name_ko": "이상한", "parent": "genre/none"}, "There is no genre or tag"),
        ({"name_en": "Odd", "name_ko": "이상한", "examples": [{"film": "none", "good": True}]}, "There is no film"),
    ],
)
def test_what_cannot_be_a_term(values: dict[str, Any], sentence: str, eerie: Term, admin: User) -> None:
    count = Term.objects.count()
    with pytest.raises(BadTerm, match=sentence):
        edits.add("tag", user=admin, **values)
    assert (Term.objects.count(), TermChange.objects.count()) == (count, 0)


def test_renaming_keeps_the_slug_that_models_know(eerie: Term, admin: User) -> None:
    edits.edit(eerie, user=admin, name_en="Uncanny", aliases=["spooky", "eerie mood"])
    eerie.refresh_from_db()
    assert (eerie.slug, eerie.name_en) == ("eerie", "Uncanny")
    tags = Vocabulary(Term.Kind.TAG)
    assert {tags.find(name) for name in ("eerie", "uncanny", "Eerie mood")} == {eerie.pk}


def test_a_change_that_changes_nothing_is_none(eerie: Term, admin: User) -> None:
    assert edits.edit(eerie, user=admin, name_en="Eerie", aliases=["spooky"]) is None
    assert not TermChange.objects.exists()


def test_a_retired_term_gives_its_names_free_and_wants_them_back(eerie: Term, admin: User) -> None:
    edits.retire(eerie, user=admin)
    assert Vocabulary(Term.Kind.TAG).find("spooky") is None
    edits.add("tag", user=admin, name_en="Spooky", name_ko="유령 같은")
    with pytest.raises(BadTerm, match="“spooky” is a name of Spooky already"):
        edits.restore(eerie, user=admin)
    with pytest.raises(BadTerm, match="restore or rename"):
        edits.add("tag", user=admin, name_en="Eerie", name_ko="이상한")


def test_no_term_is_part_of_itself(admin: User, horror: Term, eerie: Term) -> None:
    slasher = edits.add("tag", user=admin, name_en="Gore", name_ko="고어", parent="genre/horror")
    edits.edit(eerie, user=admin, parent="tag/gore")
    for term in (horror, slasher):
        with pytest.raises(BadTerm, match="part of itself"):
            edits.edit(term, user=admin, parent="tag/eerie")
    with pytest.raises(BadTerm, match="part of itself"):
        edits.edit(eerie, user=admin, parent="tag/eerie")


def test_examples_come_with_a_film_each(eerie: Term, curator: User) -> None:
    good, bad = make_film(key="good"), make_film(key="bad")
    examples = [{"film": "good", "good": True, "note": "Fog."}, {"film": "bad", "good": False, "note": ""}]
    edits.edit(eerie, user=curator, examples=examples)
    assert list(eerie.examples.values_list("film", "good", "note")) == [(good.pk, True, "Fog."), (bad.pk, False, "")]
    with pytest.raises(BadTerm, match="once"):
        edits.edit(eerie, user=curator, examples=[*examples, {"film": "bad", "good": True, "note": ""}])
    with pytest.raises(BadTerm, match="300"):
        edits.edit(eerie, user=curator, examples=[{"film": "good", "good": True, "note": "x" * 301}])


def test_curators_edit_guidelines_and_examples_only(curator: User, viewer: User, admin: User) -> None:
    for fields, allowed in (({"guideline_en": ""}, True), ({"examples": []}, True), ({"name_en": ""}, False)):
        assert edits.may_edit(curator, fields) is allowed
        assert edits.may_edit(admin, fields)
        assert not edits.may_edit(viewer, fields)


def test_who_saw_an_older_guideline_hears_of_the_newer_one(eerie: Term, curator: User, other_curator: User) -> None:
    first = edits.edit(eerie, user=curator, guideline_en="One.", seen=0)
    assert first is not None
    with pytest.raises(edits.Stale, match="carla changed this") as stale:
        edits.edit(eerie, user=other_curator, guideline_en="Two.", seen=0)
    assert stale.value.change == first
    edits.edit(eerie, user=other_curator, guideline_ko="둘.", seen=0)  # another part of it
    edits.edit(eerie, user=other_curator, guideline_en="Two.", seen=first.pk)
    eerie.refresh_from_db()
    assert (eerie.guideline_en, eerie.guideline_ko) == ("Two.", "둘.")


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "name_en": st.sampled_from(["Eerie", "Uncanny", "Ghostly"]),
        "name_ko": st.sampled_from(["으스스한", "기이한"]),
        "aliases": st.lists(st.sampled_from(["spooky", "odd one", "weird one"]), unique=True),
        "guideline_en": st.sampled_from(["", "Fog.", "Night."]),
        "parent": st.sampled_from(["", "genre/horror"]),
        "active": st.booleans(),
        "examples": st.lists(st.sampled_from([{"film": "good", "good": True, "note": "Fog."}]), max_size=1),
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(CHANGES, min_size=1, max_size=4))
def test_taking_back_every_change_leaves_the_term_as_it_was(
    values: list[dict[str, Any]], eerie: Term, horror: Term, admin: User
) -> None:
    if not Film.objects.filter(key="good").exists():
        make_film(key="good")
    eerie.refresh_from_db()
    before = state(eerie)
    made = [change for one in values if (change := edits.edit(eerie, user=admin, **one))]
    for change in reversed(made):
        edits.undo(change, user=admin)
    eerie.refresh_from_db()
    assert state(eerie) == before


def test_a_change_below_a_later_one_stays(eerie: Term, admin: User) -> None:
    first = edits.edit(eerie, user=admin, name_en="Uncanny", guideline_en="Fog.")
    second = edits.edit(eerie, user=admin, guideline_en="Night.")
    assert first is not None and second is not None
    with pytest.raises(CannotUndo, match="changed since"):
        edits.undo(first, user=admin)
    undone = edits.undo(second, user=admin)
    edits.undo(first, user=admin)
    with pytest.raises(CannotUndo, match="undone before"):
        edits.undo(second, user=admin)
    eerie.refresh_from_db()
    assert (eerie.name_en, eerie.guideline_en, undone.kind) == ("Eerie", "", "undo")


def test_undoing_an_addition_retires_it(admin: User) -> None:
    term = edits.add("genre", user=admin, name_en="Giallo", name_ko="지알로")
    edits.undo(TermChange.objects.get(), user=admin)
    term.refresh_from_db()
    assert not term.active


@pytest.mark.django_db(transaction=True)
def test_two_who_add_one_term_at_once_make_one() -> None:
    people = [make_user(role=User.Role.ADMIN) for _ in range(4)]
    start, outcome = threading.Barrier(4), []

    def press(user: User) -> None:
        start.wait(20)
        try:
            outcome.append(edits.add("genre", user=user, name_en="Giallo", name_ko="지알로").slug)
        except BadTerm as error:
            outcome.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[user]) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcome) == ["giallo", *["“Giallo” is a name of Giallo already."] * 3]
    assert TermChange.objects.count() == 1


@pytest.mark.parametrize("verb", ["UPDATE catalog_termchange SET id = id", "DELETE FROM catalog_termchange"])
def test_the_log_refuses_update_and_delete(verb: str, eerie: Term, admin: User) -> None:
    edits.retire(eerie, user=admin)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb)
