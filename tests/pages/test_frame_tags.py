"""Tags from frames: the panel on a film's page, the frames behind a tag, the button, files, phrases."""

import csv
import io
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from catalog import jobs
from catalog.models import Film, Job, SourceName, Term, User
from inference.models import Caption, Relevance, Tagging
from inference.tags.evidence import marked
from tests.factories import import_label, make_clip, make_film, make_frame, make_term
from tests.pages.conftest import HTMX, counted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "send", lambda job: None)
    cache.clear()


@pytest.fixture
def tagged(film: Film) -> Tagging:
    """Rain in two of three frames, said with a word that must not become markup; darkness in none."""
    Term.objects.filter(kind=Term.Kind.TAG).update(active=False)
    rain, dark = (
        make_term(slug, Term.Kind.TAG, active=True, name_ko=ko) for slug, ko in (("rain", "비"), ("dark", "밤"))
    )
    clip = make_clip(film, name="night.mp4")
    found = Tagging.objects.create(film=film, tagger="smol caption", frames=3, counts={"rain": 2})
    texts = ["A rainy <b>street</b>, rainy", "a house", "rain"]
    for second, text in enumerate(texts):
        words = {"rain": "rainy"} if "rainy" in text else {"rain": "rain"} if "rain" in text else {}
        Caption.objects.create(tagging=found, frame=make_frame(clip, second), text=text, matches=words)
    Relevance.objects.create(film=film, term=rain, value=0.71)
    Relevance.objects.create(film=film, term=dark, value=0.9)
    import_label(film, rain)
    return found


def address(film: Film, **asked: Any) -> str:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return reverse("frame-tags", args=[film.key]) + (f"?{query}" if query else "")


def test_counts_ratios_and_relevance(client: Client, film: Film, tagged: Tagging) -> None:
    page = client.get(address(film), headers=HTMX).content.decode()
    assert "<html" not in page and "2 of 3 frames" in page and "67 %" in page and "0.71" in page
    assert page.index("Rain</th>") < page.index("Dark</th>"), "what appears comes before what is only relevant"
    assert "no frame" in page and "smol caption" in page
    assert 'width="66.7"' in page and 'class="relevance" width="71.0"' in page
    assert "<html" in client.get(address(film)).content.decode()
    assert "Generate tags" not in page


def test_one_click_to_the_frames_of_a_tag(client: Client, film: Film, tagged: Tagging) -> None:
    page = client.get(address(film, tag="rain"), headers=HTMX).content.decode()
    assert page.count("<img") == 2 and "night.mp4" in page and "Rain: 2 of 3 frames" in page
    assert "A <mark>rainy</mark> &lt;b&gt;street&lt;/b&gt;, <mark>rainy</mark>" in page
    assert "a house" not in page
    whole = client.get(address(film, tag="rain")).content.decode()
    assert "<html" in whole and "<mark>rainy</mark>" in whole


def test_scores_stand_where_there_are_no_words(client: Client, film: Film, tagged: Tagging) -> None:
    dual = Tagging.objects.create(film=film, tagger="clip dual", frames=1, counts={"dark": 1})
    Caption.objects.create(tagging=dual, frame=tagged.captions.first().frame, matches={"dark": 0.83})  # type: ignore[union-attr]
    page = client.get(address(film), headers=HTMX).content.decode()
    assert "clip dual" in page and "smol caption" in page and 'aria-current="true">clip dual' in page
    assert "0.83" in client.get(address(film, tagging=dual.pk, tag="dark"), headers=HTMX).content.decode()
    older = client.get(address(film, tagging=tagged.pk), headers=HTMX).content.decode()
    assert 'aria-current="true">smol caption' in older


@pytest.mark.parametrize(
    "asked",
    [{"tag": "nothing"}, {"tag": ""}, {"tagging": "9999999"}, {"tagging": "x"}, {"tagging": "-1", "tag": "rain"}],
)
def test_what_is_not_there_is_not_found(client: Client, film: Film, tagged: Tagging, asked: dict[str, str]) -> None:
    assert client.get(address(film, **asked), headers=HTMX).status_code == 404


def test_frames_that_were_taken_away(client: Client, film: Film, tagged: Tagging) -> None:
    tagged.captions.all().delete()
    page = client.get(address(film, tag="rain"), headers=HTMX).content.decode()
    assert "not there any more" in page


def test_a_film_without_frames_shows_viewers_nothing(client: Client, film: Film, viewer: User, curator: User) -> None:
    client.force_login(viewer)
    assert "<h2" not in client.get(address(film), headers=HTMX).content.decode()
    client.force_login(curator)
    page = client.get(address(film), headers=HTMX).content.decode()
    assert "There are no frames to look at" in page and 'value="plot"' in page and 'value="dual"' not in page


def test_more_frames_and_tags_cost_no_more_queries(client: Client, film: Film, tagged: Tagging) -> None:
    def queries() -> int:
        with counted() as count:
            client.get(address(film, tag="rain"))
            return count()

    few = queries()
    clip = make_clip(film)
    for second in range(20):
        Caption.objects.create(tagging=tagged, frame=make_frame(clip, second), text="rain", matches={"rain": "rain"})
    tagged.counts = {"rain": 22, **{make_term(f"t{n}", Term.Kind.TAG, active=True).slug: n + 1 for n in range(20)}}
    tagged.frames = 23
    tagged.save()
    assert queries() == few


def generate(client: Client, film: Film, **data: str) -> Any:
    return client.post(reverse("generate-tags", args=[film.key]), data, headers=HTMX)


def test_a_curator_has_a_film_tagged(client: Client, film: Film, tagged: Tagging, curator: User) -> None:
    client.force_login(curator)
    assert "Generate tags" in client.get(address(film), headers=HTMX).content.decode()
    page = generate(client, film, tagger="captioner", size="180x90").content.decode()
    job = Job.objects.get()
    assert (job.task, job.queue, job.created_by) == ("inference.generate_tags", "gpu", curator)
    assert job.params == {"tagger": "captioner", "films": [film.key], "size": "180x90", "everything": False}
    assert "Tagging is about to begin" in page and 'hx-trigger="every 3s"' in page
    generate(client, film, tagger="dual")
    assert Job.objects.count() == 1, "one at a time"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Choose how"),
        ({"tagger": "oracle"}, "Choose how"),
        ({"tagger": "plot", "size": "9x9"}, "Choose how"),
        ({"tagger": "dual"}, "has no frames yet"),
    ],
)
def test_what_cannot_be_asked_for(
    client: Client, film: Film, curator: User, data: dict[str, str], sentence: str
) -> None:
    client.force_login(curator)
    response = generate(client, film, **data)
    assert response.status_code == 422 and sentence in response.content.decode()
    assert not Job.objects.exists()


def test_nobody_says_which_model_or_server(client: Client, film: Film, tagged: Tagging, curator: User) -> None:
    client.force_login(curator)
    generate(client, film, tagger="server", model="evil/model", url="http://169.254.169.254", adapter="captions-1")
    assert set(Job.objects.get().params) == {"tagger", "films", "size", "everything"}


def test_files_in_the_published_format(client: Client, film: Film, tagged: Tagging, curator: User) -> None:
    response: Any = client.get(reverse("frame-tags-file", args=[film.key]))
    [row] = csv.DictReader(io.StringIO(response.getvalue().decode()))
    assert (row["key"], row["frames"], row["tags"]) == (film.key, "3", "Rain(2, 66.7%)")
    hidden = make_film(published=False)
    Tagging.objects.create(film=hidden, tagger="t", frames=1, counts={})
    client.force_login(curator)
    everything: Any = client.get(reverse("all-frame-tags-file"))
    assert [row["key"] for row in csv.DictReader(io.StringIO(everything.getvalue().decode()))] == [film.key]


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("Rain and rain", "rain", "Rain and <mark>rain</mark>"),
        ("<i>rain</i>", "rain", "&lt;i&gt;<mark>rain</mark>&lt;/i&gt;"),
        ("train", "rain", "train"),
        ("a.b", ".", "a.b"),
        ("폭력이 있다", "폭력이", "<mark>폭력이</mark> 있다"),
        ("text", "", "text"),
    ],
)
def test_words_are_marked_and_nothing_else_is_markup(text: str, words: str, shown: str) -> None:
    assert marked(text, words) == shown


# Phrases ----------------------------------------------------------------------------------------------------


@pytest.fixture
def said(curator: User, client: Client) -> list[Film]:
    """A lighthouse in three films."""
    client.force_login(curator)
    films = [make_film(f"Coast {n}") for n in range(3)]
    for film in films:
        found = Tagging.objects.create(film=film, tagger="t", frames=1, counts={})
        frame = make_frame(make_clip(film), 1.0)
        Caption.objects.create(tagging=found, frame=frame, text="An old lighthouse by the sea")
    return films


def test_phrases_are_offered_with_their_frames(client: Client, said: list[Film]) -> None:
    page = client.get(reverse("tag-candidates")).content.decode()
    assert "<strong>lighthouse</strong>" in page and "<strong>sea</strong>" in page
    assert page.count("<img") == 6 and "3 films" in page and said[0].get_absolute_url() in page


def test_a_phrase_becomes_a_tag_without_code(client: Client, said: list[Film], monkeypatch: pytest.MonkeyPatch) -> None:
    data = {"phrase": "lighthouse", "name_en": "light tower", "name_ko": "등대"}
    assert client.post(reverse("add-tag"), data).status_code == 302
    term = Term.objects.get(slug="light-tower")
    assert (term.kind, term.name_ko, term.aliases) == ("tag", "등대", ["lighthouse"])
    [job] = Job.objects.all()
    assert job.params == {"rematch": True}
    from inference.tasks import generate_tags_task

    generate_tags_task(job.pk)
    assert Tagging.objects.get(film=said[0]).counts == {"light-tower": 1}
    assert "<strong>lighthouse</strong>" not in client.get(reverse("tag-candidates")).content.decode()


def test_a_phrase_is_left_out(client: Client, said: list[Film]) -> None:
    client.post(reverse("leave-out-tag"), {"phrase": "lighthouse"})
    name = SourceName.objects.get(name="lighthouse")
    assert (name.kind, name.source, name.ignored) == ("tag", "captions", True)
    page = client.get(reverse("tag-candidates")).content.decode()
    assert "<strong>lighthouse</strong>" not in page and "<strong>sea</strong>" in page


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ({"name_en": "", "name_ko": "등대"}, "needs an English and a Korean name"),
        ({"name_en": "lighthouse", "name_ko": " "}, "needs an English and a Korean name"),
        ({"name_en": "Murder", "name_ko": "등대"}, "is a tag already"),
        ({"name_en": "lighthouse", "name_ko": "살인"}, "is a tag already"),
        ({"name_en": "???", "name_ko": "등대"}, "cannot be the name"),
        ({"name_en": "l" * 61, "name_ko": "등대"}, "at most 60"),
    ],
)
def test_names_that_no_tag_can_have(client: Client, said: list[Film], names: dict[str, str], sentence: str) -> None:
    before = Term.objects.count()
    response = client.post(reverse("add-tag"), {"phrase": "lighthouse", **names})
    assert response.status_code == 422 and sentence in response.content.decode()
    assert Term.objects.count() == before and not Job.objects.exists()


def test_a_retired_tag_is_not_added_again(client: Client, said: list[Film]) -> None:
    make_term("lighthouse", Term.Kind.TAG, active=False)
    response = client.post(reverse("add-tag"), {"phrase": "x", "name_en": "lighthouse", "name_ko": "등대"})
    assert response.status_code == 422 and "perhaps a retired one" in response.content.decode()


@pytest.mark.parametrize("phrase", ["", " ", "x" * 200, "a\0b"])
def test_odd_phrases(client: Client, said: list[Film], phrase: str) -> None:
    assert client.post(reverse("leave-out-tag"), {"phrase": phrase}).status_code in (400, 422)
    assert client.post(reverse("add-tag"), {"phrase": phrase}).status_code in (400, 422)


def test_no_phrases_yet(client: Client, curator: User) -> None:
    client.force_login(curator)
    assert "No phrase waits" in client.get(reverse("tag-candidates")).content.decode()
