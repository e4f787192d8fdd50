"""The sample catalogue in the database: a made-up one for the rules, the real one for its promises."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog import labelling
from catalog.importers.sample import CURATOR, SAMPLE, load_sample
from catalog.models import ChangeSet, Decision, Film, Label, Poster, Term, User
from catalog.progress import Silent
from tests.factories import make_film
from tests.pictures import picture

pytestmark = pytest.mark.django_db

FILM = {
    "key": "a-film", "imdb_id": "tt0000001", "title": "A film", "title_ko": "영화", "year": 1922, "language": "de",
    "plot": "A plot.", "plot_ko": "줄거리.", "source_genres": ["horror", "drama"], "tags": ["gothic", "by-night"],
    "decided": {"horror": True, "comedy": False}, "poster": "posters/a.jpg", "licence": "public domain",
    "poster_licence": "CC0",
}  # fmt: skip


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def folder(path: Path, *films: dict[str, Any]) -> Path:
    sample = path / "sample"
    (sample / "posters").mkdir(parents=True)
    (sample / "posters" / "a.jpg").write_bytes(picture())
    (sample / "films.json").write_text(json.dumps([*films]))
    term = {"kind": "tag", "slug": "by-night", "name_en": "by night", "name_ko": "밤", "aliases": []}
    (sample / "terms.json").write_text(json.dumps([term]))
    return sample


def test_a_film_with_its_poster_terms_and_labels(data: Path) -> None:
    report, decisions = load_sample(Silent(), folder(data, FILM))
    assert (report.new, report.posters_added, decisions) == (1, 1, 2)
    film = Film.objects.get()
    assert (film.key, film.title_ko, film.plot_ko, film.licence) == ("a-film", "영화", "줄거리.", "public domain")
    assert film.poster.licence == "CC0"
    said = {label.term.slug: (label.value, label.source) for label in film.labels.select_related("term")}
    assert said["drama"] == ("yes", "import") and said["war"] == ("no", "import")
    assert said["horror"] == ("yes", "person") and said["comedy"] == ("no", "person")
    assert said["by-night"] == said["gothic"] == ("yes", "import")
    assert "cult" not in said


def test_what_later_films_are_not_stays_open(data: Path) -> None:
    load_sample(Silent(), folder(data, {**FILM, "year": 1950, "decided": {}}))
    assert set(Label.objects.values_list("term__slug", "value")) == {
        ("horror", "yes"), ("drama", "yes"), ("gothic", "yes"), ("by-night", "yes"),
    }  # fmt: skip


def test_the_decisions_are_of_an_account_that_nobody_can_use(data: Path) -> None:
    load_sample(Silent(), folder(data, FILM))
    curator = User.objects.get(username=CURATOR)
    assert (curator.role, curator.is_active, curator.has_usable_password()) == ("curator", False, False)
    assert set(ChangeSet.objects.filter(kind="decide").values_list("user", flat=True)) == {curator.pk}


def test_a_second_time_changes_nothing(data: Path) -> None:
    sample = folder(data, FILM)
    load_sample(Silent(), sample)
    before = list(Decision.objects.values()), list(Film.objects.values()), list(Poster.objects.values())
    report, decisions = load_sample(Silent(), sample)
    assert (report.new, report.changed, decisions) == (0, 0, 0)
    assert (list(Decision.objects.values()), list(Film.objects.values()), list(Poster.objects.values())) == before


def test_what_a_person_decided_since_is_kept(data: Path, curator: User) -> None:
    sample = folder(data, FILM)
    load_sample(Silent(), sample)
    film, term = Film.objects.get(), Term.objects.get(kind="genre", slug="horror")
    labelling.reject(film, term, user=curator, revision=film.revision)
    load_sample(Silent(), sample)
    assert Label.objects.get(film=film, term=term).value == "no"


def test_films_that_are_there_under_their_imdb_id_are_found(data: Path) -> None:
    film = make_film("A film", imdb_id="tt0000001")
    report, decisions = load_sample(Silent(), folder(data, FILM))
    assert (report.new, report.changed, decisions) == (0, 1, 2)
    assert film.labels.filter(source="person").count() == 2


def test_a_poster_outside_the_folder_is_not_read(data: Path) -> None:
    (data / "secret.jpg").write_bytes(picture())
    load_sample(Silent(), folder(data, {**FILM, "poster": "../secret.jpg"}))
    assert not Poster.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"), [("{", "is not JSON"), ("{}", "is not a list of films"), ("[3]", "is not a list of films")]
)
def test_a_bad_folder_is_one_sentence_and_exit_code_2(data: Path, content: str, sentence: str) -> None:
    sample = folder(data)
    (sample / "films.json").write_text(content)
    for place, said in ((sample, sentence), (data / "none", "There is no")):
        with pytest.raises(CommandError, match=said) as caught:
            call_command("load_sample", place)
        assert caught.value.returncode == 2


def test_the_sample_of_the_site(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_sample")
    films = json.loads((SAMPLE / "films.json").read_text())
    assert Film.objects.count() == Poster.objects.count() == len(films) >= 120
    assert not Film.objects.filter(title_ko="").exists() and not Film.objects.filter(plot_ko="").exists()
    assert Label.objects.filter(source="person").count() == sum(len(film.get("decided", {})) for film in films) > 20
    said = capsys.readouterr().out
    assert "0 unreadable" in said and "unknown names" not in said
