"""Two terms become one and two again: no word of a person is lost, and undoing brings every label back as it was."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog import labelling, undoing
from catalog.changesets import CannotUndo, change_set
from catalog.importers import run, step
from catalog.models import ChangeSet, Decision, Film, FilmTerm, Label, SourceName, Term, TermChange, User
from catalog.terms import Vocabulary, find_term
from catalog.thesaurus import edits, merging, planning
from catalog.thesaurus.planning import Rule
from catalog.thesaurus.states import BadTerm, state
from tests.factories import import_label, make_film, make_term, make_user, make_version, predict

pytestmark = pytest.mark.django_db
FIELDS = (
    "film_id", "term_id", "value", "source", "origin", "decided_by_id", "locked", "shown_score", "shown_version",
)  # fmt: skip


@pytest.fixture
def dread(db: None) -> Term:
    return make_term("dread", name_ko="두려움", aliases=["scare film"])


def labels() -> set[tuple[Any, ...]]:
    return set(Label.objects.values_list(*FIELDS))


def vocabulary() -> dict[str, Any]:
    return {
        f"{term.kind}/{term.slug}": (state(term), term.merged_into_id)
        for term in Term.objects.filter(slug__in=["dread", "horror", "slasher"], kind="genre")
    }


# One label: nothing, an import's word, or a person's, who may have locked it.
WORDS = st.none() | st.one_of(
    st.tuples(st.just("import"), st.sampled_from(["yes", "no"]), st.just(0), st.just(False)),
    st.tuples(st.just("person"), st.sampled_from(["yes", "no", "unknown"]), st.integers(0, 1), st.booleans()),
)


def say(films: list[Film], term: Term, words: list[Any], people: list[User]) -> None:
    with change_set(ChangeSet.Kind.BULK, people[0]):
        for film, word in zip(films, words, strict=True):
            if word is not None:
                source, value, person, locked = word
                by = {"decided_by": people[person], "shown_score": 0.25 * person, "shown_version": "genres-1"}
                origin = {"origin": "films.csv"} if source == "import" else by
                Label.objects.create(film=film, term=term, value=value, source=source, locked=locked, **origin)


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=6),
    rule=st.sampled_from(list(Rule)),
    first=st.booleans(),
)
def test_merging_and_undoing_leaves_every_label_as_it_was(
    words: list[Any], rule: Rule, first: bool, dread: Term, horror: Term
) -> None:
    dread.refresh_from_db()
    horror.refresh_from_db()
    with taken_back():
        people = [make_user(role=User.Role.ADMIN), make_user(role=User.Role.CURATOR)]
        films = [make_film() for _ in words]
        sides = [(dread, [one for one, _ in words]), (horror, [other for _, other in words])]
        for term, said in sides if first else sides[::-1]:
            say(films, term, said, people)
        before, terms = labels(), vocabulary()
        planned = planning.plan(dread, horror, rule)
        change, _films = merging.merge(dread, horror, user=people[0], rule=rule)
        check_merged(before, dread, horror, planned, rule)
        undone = undoing.undo(change.change_set, user=people[0])  # type: ignore[arg-type]
        assert undone.kept == 0
        assert labels() == before
        assert vocabulary() == terms
        check_log()


def check_merged(before: set[tuple[Any, ...]], source: Term, target: Term, planned: planning.Plan, rule: Rule) -> None:
    """What stays is one of the two words, and never a weaker one."""
    at = {(row[0], row[1]): row[2:] for row in before}
    now = {(row[0], row[1]): row[2:] for row in labels()}
    assert not any(term == source.pk for _film, term in now)
    films = {film for film, _term in at}
    assert {film for film, _term in now} == films
    moved = sum((film, target.pk) not in at for film in films)
    assert (planned.moved, planned.labels) == (moved, sum(term == source.pk for _film, term in at))
    for film in films:
        said = [word for word in (at.get((film, source.pk)), at.get((film, target.pk))) if word]
        stays = now[film, target.pk]
        assert stays in said
        for word in said:  # (value, source, origin, by, locked, …)
            assert stays[4] or not word[4], "a lock went"
            assert stays[4] or stays[1] == "person" or word[1] == "import", "an import stands above a person"
            if stays[1] == word[1] and stays[4] == word[4]:
                assert stays[0] != "unknown" or word[0] == "unknown", "an answer went for an “unknown”"
    if planned.disagree and rule != Rule.NEWER:
        clash = planned.clashes[0]
        side = source if rule == Rule.SOURCE else target
        assert now[clash.film_id, target.pk] == at[clash.film_id, side.pk]


def check_log() -> None:
    """The log of each label is a chain that ends in what the label says."""
    chains: dict[tuple[int, int], str] = {}
    for decision in Decision.objects.order_by("pk"):
        key = (decision.film_id, decision.term_id)
        assert chains.get(key, "") == decision.before
        chains[key] = decision.after
    assert {key: value for key, value in chains.items() if value} == {
        (film, term): value for film, term, value in Label.objects.values_list("film_id", "term_id", "value")
    }


def test_the_newer_answer_of_two_people_stays(
    dread: Term, horror: Term, admin: User, curator: User, other_curator: User
) -> None:
    film = make_film()
    labelling.accept(film, horror, user=curator, revision=1)
    labelling.reject(film, dread, user=other_curator, revision=2)
    [clash] = planning.plan(dread, horror).clashes
    assert (clash.source, clash.source_by, clash.target, clash.target_by, clash.stays) == (
        "no", "chul", "yes", "carla", "source",
    )  # fmt: skip
    merging.merge(dread, horror, user=admin)
    label = Label.objects.get()
    assert (label.term, label.value, label.decided_by) == (horror, "no", other_curator)
    assert Film.objects.get().revision == 4


def test_a_plan_counts_what_happens_to_each_label(dread: Term, horror: Term, curator: User) -> None:
    films = [make_film() for _ in range(5)]
    import_label(films[0], dread)  # moves
    for term in (dread, horror):
        import_label(films[1], term)  # the same
    import_label(films[2], horror, Label.Value.NO)  # a person's beats it
    labelling.accept(films[2], dread, user=curator, revision=1)
    import_label(films[3], dread)  # yes beats no
    import_label(films[3], horror, Label.Value.NO)
    import_label(films[4], horror)  # not spoken of
    planned = planning.plan(dread, horror)
    assert (planned.moved, planned.same, planned.over_imports, planned.otherwise, planned.disagree) == (1, 1, 1, 1, 0)
    assert planned.aliases == ["Dread", "두려움", "scare film"]


def test_search_finds_the_films_by_the_term_that_stays(dread: Term, horror: Term, admin: User) -> None:
    film, proposed = make_film(), make_film()
    import_label(film, dread)
    version = make_version(dread, horror)
    predict(proposed, version, 0.9, 0.2)
    predict(film, version, 0.9, 0.2)
    change, films = merging.merge(dread, horror, user=admin)
    assert films == [film.pk, proposed.pk]
    assert list(FilmTerm.objects.values_list("film", "term", "weight")) == [(film.pk, horror.pk, 1.0)]
    merging.undo(change, user=admin)
    assert FilmTerm.objects.get(film=film).term == dread


def test_names_examples_and_children_follow_and_come_back(dread: Term, horror: Term, admin: User) -> None:
    slasher = make_term("slasher", parent=dread)
    good, bad = make_film(key="good"), make_film(key="bad")
    edits.edit(dread, user=admin, examples=[{"film": "good", "good": True, "note": "A count."}])
    edits.edit(horror, user=admin, examples=[{"film": "bad", "good": False, "note": ""}])
    before = vocabulary()
    change, _films = merging.merge(dread, horror, user=admin)
    horror.refresh_from_db()
    slasher.refresh_from_db()
    assert horror.aliases == [*before["genre/horror"][0]["aliases"], "Dread", "두려움", "scare film"]
    assert slasher.parent == horror
    assert {(example.film, example.good) for example in horror.examples.all()} == {(good, True), (bad, False)}
    assert Vocabulary(Term.Kind.GENRE).find("Scare film") == horror.pk
    assert find_term("genre", "dread") == horror
    merging.undo(change, user=admin)
    assert vocabulary() == before


def test_what_the_term_was_given_since_stays_after_undoing(dread: Term, horror: Term, admin: User) -> None:
    names = list(horror.aliases)
    change, _films = merging.merge(dread, horror, user=admin)
    horror.refresh_from_db()
    edits.edit(horror, user=admin, aliases=[*horror.aliases, "fright"])
    film = make_film()
    labelling.accept(film, horror, user=admin, revision=1)
    merging.undo(change, user=admin)
    horror.refresh_from_db()
    assert horror.aliases == [*names, "fright"]
    assert Label.objects.get().term == horror


def test_a_child_becomes_its_parent_s_heir_without_a_circle(dread: Term, horror: Term, admin: User) -> None:
    """horror stands below slasher, which stands below dread, which becomes part of horror."""
    above = make_term("above")
    slasher = make_term("slasher", parent=dread)
    Term.objects.filter(pk=dread.pk).update(parent=above)
    Term.objects.filter(pk=horror.pk).update(parent=slasher)
    before = vocabulary()
    dread.refresh_from_db()
    horror.refresh_from_db()
    change, _films = merging.merge(dread, horror, user=admin)
    slasher.refresh_from_db()
    assert slasher.parent == above
    merging.undo(change, user=admin)
    assert vocabulary() == before


def test_names_of_a_chain_of_merges_mean_the_last_term(dread: Term, horror: Term, admin: User) -> None:
    fright = make_term("fright")
    SourceName.objects.create(kind="genre", name="Angst", source="csv", term=dread)
    first, _ = merging.merge(dread, fright, user=admin)
    merging.merge(fright, horror, user=admin)
    genres = Vocabulary(Term.Kind.GENRE)
    assert {genres.find(name) for name in ("Dread", "scare film", "fright", "Angst")} == {horror.pk}
    assert find_term("genre", "dread") == horror
    with pytest.raises(CannotUndo, match="has been changed since"):
        merging.undo(first, user=admin)


def test_what_cannot_become_one(dread: Term, horror: Term, admin: User) -> None:
    tag = make_term("horror", Term.Kind.TAG)
    with pytest.raises(BadTerm, match="part of itself"):
        merging.merge(dread, dread, user=admin)
    with pytest.raises(BadTerm, match="one kind"):
        planning.plan(dread, tag)
    merging.merge(dread, horror, user=admin)
    with pytest.raises(BadTerm, match="part of another"):
        merging.merge(dread, horror, user=admin)
    with pytest.raises(BadTerm, match="not in use"):
        merging.merge(horror, dread, user=admin)
    with pytest.raises(BadTerm, match="Dread is part of Horror"):
        edits.restore(dread, user=admin)
    assert TermChange.objects.count() == 1


def test_an_import_that_began_before_the_merge_goes_on_with_the_term_that_stays(
    dread: Term, horror: Term, admin: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "films.csv"
    file.write_text("imdb_id,title,year,genres\n" + "".join(f"tt{n:07},Film {n},1950,Dread\n" for n in range(1, 7)))
    monkeypatch.setattr(run, "BATCH", 2)
    take, merged = step.Step.take, list[object]()

    def and_then_merge(self: step.Step) -> None:
        take(self)
        if not merged:
            merged.append(merging.merge(dread, horror, user=admin))

    monkeypatch.setattr(step.Step, "take", and_then_merge)
    run.import_films(file, "csv")
    assert Label.objects.filter(term=horror, value="yes").count() == 6
    assert not Label.objects.filter(term=dread).exists()


def test_the_labels_of_a_merge_are_not_undone_without_its_terms(dread: Term, horror: Term, admin: User) -> None:
    film = make_film()
    import_label(film, dread)
    change, _films = merging.merge(dread, horror, user=admin)
    assert change.change_set is not None
    with pytest.raises(CannotUndo, match="two terms became one"):
        labelling.undo(change.change_set, user=admin)
    undone = undoing.undo(change.change_set, user=admin)
    with pytest.raises(CannotUndo, match="undone before"):
        undoing.undo(change.change_set, user=admin)
    with pytest.raises(CannotUndo, match="two terms became one"):
        undoing.undo(undone.change_set, user=admin)
    assert Label.objects.get().term == dread


def test_merges_are_undone_by_admins(dread: Term, horror: Term, admin: User, curator: User) -> None:
    import_label(make_film(), dread)
    change, _films = merging.merge(dread, horror, user=admin)
    assert change.change_set is not None
    assert labelling.may_undo(admin, change.change_set)
    assert not labelling.may_undo(curator, change.change_set)


def test_a_label_that_was_changed_since_is_said_of_the_term_that_stays(
    dread: Term, horror: Term, admin: User, curator: User
) -> None:
    film, other = make_film(), make_film()
    import_label(film, dread)
    import_label(other, dread)
    change, _films = merging.merge(dread, horror, user=admin)
    labelling.reject(film, horror, user=curator, revision=2)
    with pytest.raises(CannotUndo, match="changed since"):
        merging.undo(change, user=admin)
    assert merging.undo(change, user=admin, partly=True).kept == 1
    said = set(Label.objects.values_list("film", "term__slug", "value", "source"))
    assert said == {
        (film.pk, "horror", "no", "person"), (film.pk, "dread", "yes", "import"), (other.pk, "dread", "yes", "import"),
    }  # fmt: skip


# Together -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_nobody_s_decision_is_lost_while_terms_are_merged() -> None:
    """Eight people decide on the term that goes and on the one that stays, while it is merged and taken back."""
    admin, source, target = make_user(role=User.Role.ADMIN), make_term("dread"), make_term("horror")
    people = [make_user(role=User.Role.CURATOR) for _ in range(8)]
    films = [make_film() for _ in range(6)]
    start, said, wrong = threading.Barrier(9), [], []

    def decide(number: int) -> None:
        start.wait(20)
        try:
            for turn in range(12):
                film, term = films[(number + turn) % 6], (source, target)[turn % 2]
                revision = Film.objects.get(pk=film.pk).revision
                try:
                    changes = labelling.accept(film, term, user=people[number], revision=revision)
                    said.append(changes.pk)
                except (labelling.Conflict, labelling.Retired):
                    pass
        except Exception as error:
            wrong.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    start.wait(20)
    for _turn in range(3):
        change, _films = merging.merge(source, target, user=admin)
        merging.undo(change, user=admin, partly=True)
    merging.merge(source, target, user=admin)
    for thread in threads:
        thread.join(60)
    assert wrong == []
    assert not Label.objects.filter(term=source).exists()  # none came too late
    assert set(ChangeSet.objects.filter(kind="decide").values_list("pk", flat=True)) == set(said)
    check_log()


@pytest.mark.django_db(transaction=True)
def test_two_merges_across_end_in_one() -> None:
    admin, one, two = make_user(role=User.Role.ADMIN), make_term("dread"), make_term("horror")
    start, outcome = threading.Barrier(2), []

    def press(source: Term, target: Term) -> None:
        start.wait(20)
        try:
            merging.merge(source, target, user=admin)
            outcome.append("merged")
        except BadTerm as error:
            outcome.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert outcome.count("merged") == 1, outcome
    assert Term.objects.filter(pk__in=[one.pk, two.pk], active=True).count() == 1
