"""The vocabulary's pages: looking, editing, merging with a preview, and taking things back."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog import labelling
from catalog.models import Film, Job, Label, Pick, Term, TermChange, User
from catalog.scores import film_scores
from catalog.thesaurus import edits, merging
from tests.factories import import_label, make_film, make_term, make_version, predict
from tests.pages.conftest import counted

pytestmark = pytest.mark.django_db
HORROR = "/terms/genre/horror/"


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_terms_of_a_kind_with_what_is_said_of_them(carla: Client, film: Film, horror: Term) -> None:
    import_label(film, horror)
    page = text(carla.get("/terms/"))
    assert 'href="/terms/genre/horror/"' in page
    assert "/terms/tag/" not in page
    assert carla.get("/terms/?kind=nonsense").status_code == 404
    found = text(carla.get("/terms/?kind=genre&q=호러"))
    assert "/terms/genre/horror/" in found and "/terms/genre/comedy/" not in found
    assert "No term has such a name" in text(carla.get("/terms/?q=zzz"))


def test_the_list_takes_as_many_queries_whatever_is_in_it(carla: Client, horror: Term) -> None:
    carla.get("/terms/")
    with counted() as few:
        carla.get("/terms/")
    for number in range(20):
        term = make_term(f"term-{number}")
        import_label(make_film(), term)
    with counted() as many:
        carla.get("/terms/")
    assert few() == many()


def test_a_term_s_page_shows_all_that_is_known(
    carla: Client, ada: Client, film: Film, horror: Term, admin: User
) -> None:
    import_label(film, horror)
    edits.edit(
        horror, user=admin, guideline_en="Meant <to> frighten.",
        examples=[{"film": film.key, "good": True, "note": "The shadow."}],
    )  # fmt: skip
    page = text(carla.get(HORROR))
    for shown in ("Meant &lt;to&gt; frighten.", "The shadow.", "has it", "English guideline", "ada"):
        assert shown in page
    assert "Merge into another" not in page and "Retire" not in page
    assert "Merge into another" in text(ada.get(HORROR))
    assert carla.get("/terms/genre/none/").status_code == 404


def test_curators_write_guidelines(carla: Client, curator: User, horror: Term) -> None:
    answer = carla.post(f"{HORROR}guideline/", {"guideline_en": "Fear.", "guideline_ko": "두려움.", "seen": 0})
    assert answer["Location"] == HORROR
    horror.refresh_from_db()
    assert (horror.guideline_en, horror.guideline_ko) == ("Fear.", "두려움.")
    assert TermChange.objects.get().user == curator
    assert carla.post(f"{HORROR}guideline/", {"guideline_en": "x" * 4001}).status_code == 422


def test_two_guidelines_at_once_lose_neither(carla: Client, chul: Client, horror: Term) -> None:
    carla.post(f"{HORROR}guideline/", {"guideline_en": "Carla’s.", "seen": 0})
    answer = chul.post(f"{HORROR}guideline/", {"guideline_en": "Chul’s.", "seen": 0})
    assert answer.status_code == 409
    page = text(answer)
    assert "carla changed this" in page and "Carla’s." in page and "Chul’s." in page
    seen = TermChange.objects.get().pk
    assert f'name="seen" value="{seen}"' in page
    assert chul.post(f"{HORROR}guideline/", {"guideline_en": "Both.", "seen": seen}).status_code == 302


def test_examples_are_added_by_key_address_or_title_and_taken_away(carla: Client, film: Film, horror: Term) -> None:
    other = make_film("Faust")
    for word in (film.key, f"http://testserver/films/{film.key}/", "nosferatu"):
        assert carla.post(f"{HORROR}examples/", {"film": word, "good": "1", "note": "Fog."}).status_code == 302, word
        assert horror.examples.get().film == film
        carla.post(f"{HORROR}examples/", {"remove": film.key})
        assert not horror.examples.exists()
    carla.post(f"{HORROR}examples/", {"film": other.key, "good": "0"})
    assert not horror.examples.get().good
    assert "There is no film" in text(carla.post(f"{HORROR}examples/", {"film": "nothing"}))
    assert carla.post(f"{HORROR}examples/", {"film": other.key, "good": "1"}).status_code == 422


def test_admins_add_rename_and_place_terms(ada: Client, horror: Term) -> None:
    fields = {"kind": "tag", "name_en": "Folk horror", "name_ko": "민속 공포", "aliases": "rural horror\n\nold gods",
              "parent": "genre/horror"}  # fmt: skip
    assert ada.get("/terms/new/?kind=tag").status_code == 200
    assert ada.post("/terms/new/", fields)["Location"] == "/terms/tag/folk-horror/"
    term = Term.objects.get(slug="folk-horror")
    assert (term.aliases, term.parent) == (["rural horror", "old gods"], horror)
    assert set(Job.objects.values_list("task", flat=True)) == {"catalog.refresh_search", "inference.generate_tags"}
    again = ada.post("/terms/new/", fields)
    assert again.status_code == 422 and "is a name of Folk horror already" in text(again)

    edit = "/terms/tag/folk-horror/edit/"
    assert "rural horror" in text(ada.get(edit))
    seen = term.changes.latest("pk").pk
    ada.post(edit, {"name_en": "Folk horror", "name_ko": "토속 공포", "aliases": "", "parent": "", "seen": seen})
    term.refresh_from_db()
    assert (term.name_ko, term.aliases, term.parent, term.slug) == ("토속 공포", [], None, "folk-horror")
    stale = ada.post(edit, {"name_en": "Folk", "name_ko": "민속", "aliases": "", "parent": "", "seen": seen})
    assert stale.status_code == 422 and "changed this meanwhile" in text(stale)


def test_retiring_keeps_labels_and_restoring_brings_them_back(
    ada: Client, film: Film, horror: Term, curator: User
) -> None:
    labelling.accept(film, horror, user=curator, revision=1)
    Pick.objects.create(film=film, term=horror, order="rare", worth=1)
    assert ada.post(f"{HORROR}use/", {"active": "0"}).status_code == 302
    assert not Pick.objects.exists()
    assert "Retired:" in text(ada.get(HORROR))
    assert Label.objects.count() == 1
    assert ada.post(f"{HORROR}use/", {"active": "1"}).status_code == 302
    horror.refresh_from_db()
    assert horror.active
    assert ada.post(f"{HORROR}use/", {}).status_code == 422


def test_a_change_is_taken_back_by_those_who_may(carla: Client, ada: Client, horror: Term, admin: User) -> None:
    edits.edit(horror, user=admin, guideline_en="Fear.")
    edits.edit(horror, user=admin, name_en="Fright")
    rename, guideline = TermChange.objects.order_by("-pk")
    assert carla.post(reverse("term-undo", args=[rename.pk])).status_code == 403
    assert carla.post(reverse("term-undo", args=[guideline.pk])).status_code == 302
    assert ada.post(reverse("term-undo", args=[rename.pk])).status_code == 302
    horror.refresh_from_db()
    assert (horror.name_en, TermChange.objects.count()) == ("Horror", 4)
    again = ada.post(reverse("term-undo", args=[rename.pk]))
    assert again.status_code == 409 and "undone before" in text(again)


def test_a_merge_is_previewed_done_and_taken_back(
    ada: Client, carla: Client, film: Film, horror: Term, curator: User, other_curator: User
) -> None:
    dread = make_term("dread")
    labelling.accept(film, dread, user=curator, revision=1)
    labelling.reject(film, horror, user=other_curator, revision=2)
    other = make_film("Faust")
    import_label(other, dread)
    address = "/terms/genre/dread/merge/"
    assert carla.get(address).status_code == 403
    assert 'value="horror"' in text(ada.get(address))
    page = text(ada.get(address, {"into": "horror", "rule": "source"}))
    assert "2 labels go with it" in page and "Nosferatu" in page and "carla" in page and "chul" in page
    assert Label.objects.filter(term=dread).count() == 2  # looking changes nothing

    answer = ada.post(address, {"into": "horror", "rule": "source"})
    assert answer["Location"] == HORROR
    assert dict(Label.objects.filter(term=horror).values_list("film", "value")) == {film.pk: "yes", other.pk: "yes"}
    assert "Its names mean Horror now" in text(ada.get("/terms/genre/dread/"))

    merge = TermChange.objects.get(kind="merge")
    undo = reverse("change-undo", args=[merge.change_set_id])
    assert "is a term of its own again" in text(ada.get(reverse("change", args=[merge.change_set_id])))
    assert carla.post(undo).status_code == 403
    assert ada.post(undo).status_code == 302
    assert set(Label.objects.values_list("film", "term__slug", "value")) == {
        (film.pk, "dread", "yes"), (film.pk, "horror", "no"), (other.pk, "dread", "yes"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"into": "none"}, 422), ({}, 422), ({"into": "dread"}, 409), ({"into": "horror", "rule": "loudest"}, 422)],
)
def test_what_cannot_be_merged(fields: dict[str, str], status: int, ada: Client, horror: Term) -> None:
    make_term("dread")
    assert ada.post("/terms/genre/dread/merge/", fields).status_code == status
    assert not TermChange.objects.exists()


def test_a_large_merge_is_a_job(ada: Client, horror: Term, admin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from catalog import tasks
    from catalog.thesaurus import work

    monkeypatch.setattr(work, "AT_ONCE", 1)
    dread = make_term("dread")
    for _ in range(3):
        import_label(make_film(), dread)
    ada.post("/terms/genre/dread/merge/", {"into": "horror"})
    job = Job.objects.get()
    assert (job.task, job.params["name"]) == ("catalog.merge_terms", "genre/dread → genre/horror")
    for _again in range(2):  # killed after the labels: the rest is done all the same
        Job.objects.filter(pk=job.pk).update(state="queued")
        tasks.merge_terms_task(job.pk)
        job.refresh_from_db()
        assert (job.state, job.result["films"]) == ("done", 3), job.message
    assert Label.objects.filter(term=horror).count() == 3
    assert TermChange.objects.count() == 1


def test_pages_speak_korean(ada: Client, film: Film, horror: Term, admin: User) -> None:
    make_term("dread")
    change, _films = merging.merge(Term.objects.get(slug="dread", kind="genre"), horror, user=admin)
    ada.cookies["django_language"] = "ko"
    for address in ("/terms/", HORROR, f"{HORROR}edit/", f"{HORROR}merge/?into=comedy", "/bulk/", "/changes/"):
        assert ada.get(address).status_code == 200, address
    assert change.change_set is not None


HOSTILE = ["\0", "%", "'", "x" * 5000, "../..", "９", "-1", "1e999", "{{7*7}}"]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_no_address_or_form_breaks_a_page(text: str, ada: Client, film: Film, horror: Term) -> None:
    ada.raise_request_exception = False
    make_term("dread")
    asked = [
        ("/terms/", "kind"), ("/terms/", "q"), ("/terms/new/", "kind"), ("/terms/genre/dread/merge/", "into"),
        ("/terms/genre/dread/merge/", "rule"), ("/bulk/accept/", "term"), ("/bulk/accept/", "at_least"),
        ("/bulk/accept/", "most"), ("/bulk/accept/", "seed"), ("/bulk/films/", "say"), ("/bulk/films/", "seed"),
        ("/bulk/films/", "q"), ("/bulk/films/", "like"), ("/changes/", "kind"), ("/changes/", "by"),
        ("/changes/", "before"),
    ]  # fmt: skip
    rule, answer = {"term": "genre/horror"}, {"say": "horror", "is": "yes"}
    for address, name in asked:
        fields = {**(rule if "accept" in address else answer if "films" in address else {}), name: text}
        assert ada.get(address, fields).status_code < 500, (address, name)
    sent = [
        ("/terms/new/", "name_en"), ("/terms/new/", "parent"), (f"{HORROR}edit/", "aliases"),
        (f"{HORROR}edit/", "seen"),
        (f"{HORROR}guideline/", "guideline_en"), (f"{HORROR}guideline/", "seen"), (f"{HORROR}examples/", "film"),
        (f"{HORROR}examples/", "note"), (f"{HORROR}examples/", "remove"), (f"{HORROR}use/", "active"),
        ("/bulk/accept/", "seen"), ("/bulk/films/", "is"), ("/terms/genre/dread/merge/", "into"),
    ]  # fmt: skip
    names = {"kind": "tag", "name_en": "Fright", "name_ko": "무서움", "film": film.key, **rule, **answer}
    for address, name in sent:
        assert ada.post(address, {**names, name: text}).status_code < 500, (address, name)


def test_versions_that_know_a_merged_term_stay_readable(ada: Client, film: Film, horror: Term, admin: User) -> None:
    dread = make_term("dread")
    version = make_version(dread, horror)
    predict(film, version, 0.9, 0.2)
    import_label(film, dread)
    merging.merge(dread, horror, user=admin)
    assert "Dread" in text(ada.get(f"/models/{version.name}/"))
    assert film_scores([film.pk])[film.pk][dread.pk].score == 0.9
    page = text(ada.get(film.get_absolute_url()))
    assert 'id="genre-dread"' not in page and 'id="genre-horror"' in page
    assert ada.get("/?genre=dread").status_code == 200  # an old address
