"""Imports as a whole: what changes, what never does, and what happens when one is killed."""

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from catalog import jobs, labelling, tasks
from catalog.importers import run
from catalog.importers.merge import Rule
from catalog.importers.report import ImportReport
from catalog.importers.run import BadSource, import_films
from catalog.importers.step import Step
from catalog.models import ChangeSet, Decision, Film, FilmTerm, Job, Label, Poster, SourceName, Term, User
from catalog.progress import Cancelled, Silent, TakenOver
from catalog.search import refreshing
from tests.factories import make_film, score_tables
from tests.inference.killing import ROOT, database_url
from tests.pictures import picture

pytestmark = pytest.mark.django_db
HEADER = "imdb_id,title,year,genres,genres_source,plot,mpst_tags,movielens_id\n"
NOSFERATU = "tt0013442,Nosferatu,1922,Horror|Fantasy,imdb_lm,A count and rats.,gothic,1348\n"
METROPOLIS = "tt0017136,Metropolis,1927,Drama|Sci-Fi,tmdb,A city in two halves.,,2010\n"


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def write(folder: Path, *lines: str, name: str = "films.csv") -> Path:
    path = folder / name
    path.write_text(HEADER + "".join(lines))
    return path


def many(count: int, first: int = 1) -> list[str]:
    return [f"tt{n:07d},Film {n},1950,Drama|War,imdb_lm,Plot {n}.,cult,\n" for n in range(first, first + count)]


def genre(slug: str) -> Term:
    return Term.objects.get(kind="genre", slug=slug)


def value(film: Film, slug: str) -> str:
    label = Label.objects.filter(film=film, term__kind="genre", term__slug=slug).first()
    return label.value if label else ""


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.new, report.changed, report.unchanged, report.unreadable


def everything() -> list[Any]:
    """All that an import may change."""
    films = Film.objects.order_by("key").values_list("key", "title", "year", "plot", "external", "poster_sha256")
    labels = Label.objects.order_by("film__key", "term").values_list("film__key", "term", "value", "source", "origin")
    found = FilmTerm.objects.order_by("film__key", "term").values_list("film__key", "term", "weight", "origin")
    return [list(films), list(labels), list(found)]


# What an import writes


def test_films_labels_log_and_search(data: Path, admin: User) -> None:
    report = import_films(write(data, NOSFERATU, METROPOLIS), "csv", user=admin)
    assert counts(report) == (2, 0, 0, 0)
    film = Film.objects.get(imdb_id="tt0013442")
    assert (film.key, film.title, film.year, film.plot) == ("tt0013442", "Nosferatu", 1922, "A count and rats.")
    assert (film.source, film.external, film.revision) == ("csv: films.csv", {"movielens": "1348"}, 1)
    assert (value(film, "horror"), value(film, "war")) == ("yes", "no")
    assert film.labels.count() == 27 + 71
    assert set(film.labels.filter(value="yes").values_list("term__slug", flat=True)) == {"horror", "fantasy", "gothic"}
    assert set(film.labels.values_list("origin", "source")) == {("imdb_lm", "import"), ("mpst", "import")}
    changes = ChangeSet.objects.get()
    assert (changes.kind, changes.user, changes.note) == ("import", admin, "csv: films.csv")
    assert changes.decisions.count() == Label.objects.count() == report.labels_added
    assert set(film.film_terms.values_list("term__slug", "weight", "origin")) == {
        ("horror", 1.0, "import"),
        ("fantasy", 1.0, "import"),
        ("gothic", 1.0, "import"),
    }


def test_what_a_source_does_not_know_stays_unknown(data: Path) -> None:
    import_films(write(data, METROPOLIS), "csv")
    film = Film.objects.get()
    assert (value(film, "sci-fi"), value(film, "horror"), value(film, "biography")) == ("yes", "no", "")
    assert not film.labels.filter(term__kind="tag").exists()


def test_a_film_without_a_title_goes_by_its_id_until_it_has_one(data: Path) -> None:
    import_films(write(data, "tt0000001,,,Drama,imdb_lm,,,\n"), "csv")
    assert Film.objects.get().title == "tt0000001"
    report = import_films(write(data, "tt0000001,A,,,,,,\n"), "csv")
    assert (counts(report), Film.objects.get().title) == ((0, 1, 0, 0), "A")


def test_a_film_of_ours_is_found_by_its_imdb_id(data: Path) -> None:
    make_film("Nosferatu", key="nosferatu", imdb_id="tt0013442", plot="")
    import_films(write(data, NOSFERATU), "csv")
    film = Film.objects.get()
    assert (film.key, film.plot, film.revision) == ("nosferatu", "A count and rats.", 2)


def test_a_key_that_belongs_to_another_film_is_told(data: Path) -> None:
    make_film("Other", key="a-key", imdb_id="tt0000009")
    path = data / "films.csv"
    path.write_text("key,imdb_id,title\na-key,tt0000001,A\nb-key,tt0000002,B\n")
    progress = Silent()
    report = import_films(path, "csv", progress=progress)
    assert counts(report) == (1, 0, 0, 1)
    assert progress.failures == [("row 2, a-key", "The key belongs to tt0000009.")]
    assert Film.objects.get(key="a-key").title == "Other"


# A second time


def test_the_same_file_twice_changes_nothing_and_says_so(data: Path) -> None:
    path = write(data, NOSFERATU, METROPOLIS)
    import_films(path, "csv")
    before, revisions = everything(), list(Film.objects.values_list("revision", "changed_at"))
    report = import_films(path, "csv")
    assert counts(report) == (0, 0, 2, 0)
    assert report.sentences() == ["2 rows: 0 new, 0 changed, 2 unchanged, 0 unreadable. Nothing in it is new."]
    assert (report.labels_added, report.labels_changed, report.change_set) == (0, 0, None)
    assert everything() == before
    assert list(Film.objects.values_list("revision", "changed_at")) == revisions
    assert ChangeSet.objects.count() == 1


def test_a_film_in_two_rows_is_one(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    second = "tt0013442,Other title,,Drama,tmdb,,,\n"
    for size in (1000, 1):  # in one batch, and in two
        monkeypatch.setattr(run, "BATCH", size)
        path = write(data, NOSFERATU, METROPOLIS, second, name=f"films{size}.csv")
        report = import_films(path, "csv")
        assert report.rows == 3
        assert Film.objects.get(imdb_id="tt0013442").title == "Nosferatu"
        assert value(Film.objects.get(imdb_id="tt0013442"), "drama") == "yes"
    assert (report.new, report.changed) == (0, 0)


def test_only_changed_films_get_a_new_revision(data: Path) -> None:
    import_films(write(data, NOSFERATU, METROPOLIS), "csv")
    report = import_films(write(data, NOSFERATU, METROPOLIS.replace("Drama", "Drama|War")), "csv")
    assert counts(report) == (0, 1, 1, 0)
    assert (report.labels_added, report.labels_changed) == (0, 1)
    assert dict(Film.objects.values_list("title", "revision")) == {"Nosferatu": 1, "Metropolis": 2}
    assert value(Film.objects.get(title="Metropolis"), "war") == "yes"


def test_the_order_of_two_sources_makes_no_difference(data: Path) -> None:
    one = write(data, "tt1,A,1950,Drama,imdb_lm,,,\n", name="one.csv")
    two = write(data, "tt1,A,1950,War,imdb_lm,,,\n", name="two.csv")
    for path in (one, two, one):
        import_films(path, "csv")
    film = Film.objects.get()
    assert (value(film, "drama"), value(film, "war"), value(film, "horror")) == ("yes", "yes", "no")


# Rules


@pytest.mark.parametrize(
    ("rule", "title", "plot", "year"),
    [(Rule.MERGE, "Nosferatu", "A new plot.", 1922), (Rule.OVERWRITE, "Nosferatu II", "A new plot.", 1923),
     (Rule.IGNORE, "Nosferatu", "", 1922)],
)  # fmt: skip
def test_each_rule_for_fields(data: Path, rule: Rule, title: str, plot: str, year: int) -> None:
    make_film("Nosferatu", imdb_id="tt0013442", year=1922, plot="", external={"tmdb": "1"})
    path = write(data, "tt0013442,Nosferatu II,1923,,,A new plot.,,7\n")
    import_films(path, "csv", rules=dict.fromkeys(("title", "plot", "year", "external"), rule))
    film = Film.objects.get()
    assert (film.title, film.plot, film.year) == (title, plot, year)
    assert film.external == ({"tmdb": "1"} if rule == Rule.IGNORE else {"tmdb": "1", "movielens": "7"})


def test_a_blank_never_overwrites(data: Path) -> None:
    make_film("Nosferatu", imdb_id="tt0013442", year=1922, plot="Here.")
    import_films(write(data, "tt0013442,,,,,,,\n"), "csv", rules={"title": Rule.OVERWRITE, "plot": Rule.OVERWRITE})
    film = Film.objects.get()
    assert (film.title, film.plot, film.year, film.revision) == ("Nosferatu", "Here.", 1922, 1)


def test_each_rule_for_labels(data: Path) -> None:
    import_films(write(data, NOSFERATU), "csv")
    film = Film.objects.get()
    other = write(data, NOSFERATU.replace("Horror|Fantasy", "Horror|War"), name="other.csv")
    import_films(other, "csv", rules={"genres": Rule.IGNORE})
    assert (value(film, "war"), value(film, "fantasy")) == ("no", "yes")
    import_films(other, "csv")
    assert (value(film, "war"), value(film, "fantasy")) == ("yes", "yes")
    report = import_films(other, "csv", rules={"genres": Rule.OVERWRITE})
    assert (value(film, "war"), value(film, "fantasy")) == ("yes", "no")
    assert (report.labels_added, report.labels_changed) == (0, 1)
    assert "fantasy" not in film.film_terms.values_list("term__slug", flat=True)


# People


@pytest.mark.parametrize("rule", list(Rule))
def test_what_a_person_decided_is_never_touched(data: Path, curator: User, rule: Rule) -> None:
    film = make_film("Nosferatu", imdb_id="tt0013442")
    said = {"horror": Label.Value.NO, "drama": Label.Value.YES, "fantasy": Label.Value.UNKNOWN}
    for slug, answer in said.items():
        film.refresh_from_db()
        labelling.decide(film, genre(slug), answer, user=curator, revision=film.revision, locked=slug == "horror")
    before = list(Label.objects.order_by("pk").values())
    report = import_films(write(data, NOSFERATU), "csv", rules={"genres": rule})
    decided = Label.objects.filter(source="person").order_by("pk").values()
    assert list(decided) == before
    assert {slug: value(film, slug) for slug in said} == said
    if rule != Rule.IGNORE:
        assert value(film, "war") == "no"
        assert report.decisions_kept == 2  # horror and drama; "unknown" contradicts nobody
    assert set(film.film_terms.filter(origin="person").values_list("term__slug", flat=True)) == {"drama"}


def test_a_decision_made_while_an_import_runs_is_kept(
    data: Path, curator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading and writing; the film's row is locked then, but the import does not rely on that alone."""
    import_films(write(data, METROPOLIS), "csv")
    film = Film.objects.get()
    read = Step._labels

    def read_then_decide(step: Step) -> Any:
        found = read(step)
        labelling.decide(film, genre("war"), Label.Value.NO, user=curator, revision=film.revision)
        return found

    monkeypatch.setattr(Step, "_labels", read_then_decide)
    import_films(write(data, METROPOLIS.replace("Drama", "War")), "csv")
    assert Label.objects.get(film=film, term=genre("war")).source == "person"
    assert value(film, "war") == "no"


# Names


def test_unknown_names_wait_to_be_mapped(data: Path) -> None:
    lines = ["tt1,A,,Drama|Giallo|TV Movie,imdb_lm,,,\n", "tt2,B,,giallo|Sword,imdb_lm,,weird,\n"]
    report = import_films(write(data, *lines), "csv")
    assert report.unknown == {"genre": {"Giallo": 1, "giallo": 1, "Sword": 1}, "tag": {"weird": 1}}
    met = SourceName.objects.filter(ignored=False).order_by("name").values_list("kind", "name", "films", "example")
    assert set(met) == {
        ("genre", "Giallo", 1, "tt0000001"),
        ("genre", "Sword", 1, "tt0000002"),
        ("genre", "giallo", 1, "tt0000002"),
        ("tag", "weird", 1, "tt0000002"),
    }
    assert "4 unknown" not in report.sentences()[0] and "3 unknown names" in report.sentences()[1]


def test_a_mapped_name_is_used_and_an_ignored_one_left_out(data: Path) -> None:
    path = write(data, "tt1,A,,Giallo|Sword,imdb_lm,,,\n")
    import_films(path, "csv")
    SourceName.objects.filter(name="Giallo").update(term=genre("thriller"))
    SourceName.objects.filter(name="Sword").update(ignored=True)
    report = import_films(path, "csv")
    assert (report.changed, report.unknown) == (1, {})
    assert value(Film.objects.get(), "thriller") == "yes"


# Dry run


def test_a_dry_run_counts_the_same_and_writes_nothing(data: Path) -> None:
    posters = data / "posters"
    posters.mkdir()
    (posters / "tt0013442.jpg").write_bytes(picture())
    (posters / "tt0017136.jpg").write_bytes(b"text")
    make_film("Nosferatu", imdb_id="tt0013442", plot="")
    path = write(data, NOSFERATU, METROPOLIS, "tt3,C,when,,,,,\n")
    before = everything()
    dry = import_films(path, "csv", posters=posters, dry_run=True)
    assert everything() == before
    assert not (ChangeSet.objects.exists() or SourceName.objects.filter(ignored=False).exists())
    assert not list((data / "media").rglob("*.jpg"))
    real = import_films(path, "csv", posters=posters)
    ours = {"dry_run", "seconds", "change_set"}
    assert {k: v for k, v in dry.as_dict().items() if k not in ours} == {
        k: v for k, v in real.as_dict().items() if k not in ours
    }
    assert counts(real) == (1, 1, 0, 1) and real.posters_added == real.posters_unreadable == 1
    assert "nothing was" in dry.sentences()[0]


# Posters


def test_posters_are_found_by_id_and_bad_ones_listed(data: Path) -> None:
    posters = data / "posters"
    posters.mkdir()
    (posters / "tt0013442.PNG").write_bytes(picture(format="PNG"))
    (posters / "tt0017136.jpg").write_bytes(b"a text")
    (posters / "notes.txt").write_text("x")
    path = write(data, NOSFERATU, METROPOLIS)
    report = import_films(path, "csv", posters=posters, errors=data / "errors.csv")
    assert (report.posters_added, report.posters_unreadable, report.errors) == (1, 1, str(data / "errors.csv"))
    film = Film.objects.get(imdb_id="tt0013442")
    assert film.poster.sha256 == film.poster_sha256
    assert film.revision == 1
    assert list(csv.reader((data / "errors.csv").read_text().splitlines())) == [
        ["row", "film", "reason"],
        ["3", "tt0017136.jpg", "This file is not a JPEG, PNG or WebP picture."],
    ]
    again = import_films(path, "csv", posters=posters)
    assert (again.posters_added, again.posters_unchanged, again.changed) == (0, 1, 0)


def test_each_rule_for_posters(data: Path) -> None:
    first, second = data / "first", data / "second"
    for folder, colour in ((first, "navy"), (second, "maroon")):
        folder.mkdir()
        (folder / "tt0013442.jpg").write_bytes(picture(colour=colour))
    path = write(data, NOSFERATU)
    import_films(path, "csv", posters=first, rules={"poster": Rule.IGNORE})
    assert not Poster.objects.exists()
    import_films(path, "csv", posters=first)
    before = Poster.objects.get().sha256
    assert import_films(path, "csv", posters=second).posters_unchanged == 1
    assert Poster.objects.get().sha256 == before
    assert import_films(path, "csv", posters=second, rules={"poster": Rule.OVERWRITE}).posters_added == 1
    assert Poster.objects.get().sha256 == Film.objects.get().poster_sha256 != before
    report = import_films(path, "csv", posters=second, rules={"poster": Rule.OVERWRITE})
    assert (report.changed, report.posters_unchanged) == (0, 1)


def test_a_missing_folder_of_posters_stops_before_anything_is_written(data: Path) -> None:
    with pytest.raises(BadSource, match="There is no folder"):
        import_films(write(data, NOSFERATU), "csv", posters=data / "none")
    assert not Film.objects.exists()


# Errors


def test_unreadable_rows_are_listed_in_a_file_that_a_spreadsheet_may_open(data: Path) -> None:
    path = data / "films.csv"
    path.write_text("key,imdb_id,title,year\n=cmd(),,A,1950\nok,,B,=1+1\nfine,,C,1950\n")
    report = import_films(path, "csv")
    assert counts(report) == (1, 0, 0, 2)
    rows = list(csv.reader(Path(report.errors).read_text().splitlines()))
    assert rows[1:] == [
        ["2", "", '"=cmd()" cannot be the key of a film.'],
        ["3", "", '"=1+1" is not a year between 1870 and 2100.'],
    ]
    assert Path(report.errors).is_relative_to(data / "imports")


def test_the_error_file_of_an_earlier_run_is_replaced(data: Path) -> None:
    errors = data / "errors.csv"
    import_films(write(data, "tt1,A,when,,,,,\n"), "csv", errors=errors)
    import_films(write(data, "tt1,A,1950,,,,,\n"), "csv", errors=errors)
    assert not errors.exists()


# Batches, jobs, kills


def statements(function: Any, *arguments: Any, **options: Any) -> int:
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        function(*arguments, **options)
    return len(queries)


def test_the_number_of_statements_does_not_grow_with_the_films(data: Path) -> None:
    few = statements(import_films, write(data, *many(3)), "csv")
    assert statements(import_films, write(data, *many(300, 1000)), "csv") == few
    again = statements(import_films, write(data, *many(3)), "csv")
    assert statements(import_films, write(data, *many(300, 1000)), "csv") == again <= few


def start(path: Path, admin: User, **params: Any) -> Job:
    job = Job.objects.create(
        task="catalog.import_films", params={"path": str(path), "format": "csv", **params}, created_by=admin
    )
    assert job.claim()
    return job


def go_on(job: Job, **changes: Any) -> dict[str, Any]:
    """What a worker does that finds the job."""
    job.refresh_from_db()
    return tasks._import_films(job, Silent())


def imports(data: Path, lines: Iterable[str]) -> Path:
    (data / "imports").mkdir(exist_ok=True)
    return write(data / "imports", *lines)


def test_a_job_goes_on_after_the_last_batch_that_was_stored(
    data: Path, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "BATCH", 10)
    job = start(imports(data, [*many(35), "tt99,X,when,,,,,\n"]), admin)
    taken: list[int] = []
    take = Step.take

    def take_two_batches(step: Step) -> None:
        take(step)
        taken.append(len(step.rows))
        if len(taken) == 3:
            raise MemoryError  # after the writing, before the end of the transaction

    monkeypatch.setattr(Step, "take", take_two_batches)
    with pytest.raises(MemoryError):
        go_on(job)
    assert Film.objects.count() == 20
    result = go_on(job)
    assert taken == [10, 10, 10, 10, 5]
    assert (result["rows"], result["new"], result["changed"], result["unreadable"]) == (36, 35, 0, 1)
    assert result["labels_added"] == Label.objects.count() == Decision.objects.count() == 35 * 98
    assert ChangeSet.objects.count() == 1


def test_a_worker_that_lost_its_job_stores_nothing_more(data: Path, admin: User) -> None:
    job = start(imports(data, many(3)), admin)
    Job.objects.filter(pk=job.pk).update(attempts=2)
    with pytest.raises(TakenOver):
        tasks._import_films(job, Silent())
    assert not Film.objects.exists()


def test_a_cancelled_import_keeps_what_is_stored(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "BATCH", 10)

    class Stopped(Silent):
        def advance(self, count: int = 1, message: str | None = None) -> None:
            if Film.objects.count() == 20:
                raise Cancelled

    with pytest.raises(Cancelled):
        import_films(write(data, *many(35)), "csv", progress=Stopped())
    assert Film.objects.count() == 20
    assert counts(import_films(write(data, *many(35)), "csv")) == (15, 0, 20, 0)


def test_a_job_predicts_afterwards_if_something_changed(data: Path, admin: User) -> None:
    path = imports(data, many(2))
    for dry_run, expected in ((True, 0), (False, 1), (False, 1)):
        go_on(start(path, admin, dry_run=dry_run))
        assert Job.objects.filter(task="inference.predict", queue="gpu").count() == expected


def test_a_job_reads_only_below_its_folder(data: Path, admin: User) -> None:
    for path in (write(data, *many(1)), data / "imports" / ".." / "films.csv"):
        with pytest.raises(BadSource, match="is not in the folder"):
            go_on(start(path, admin))
    assert not Film.objects.exists()


def test_failures_of_a_job_stand_in_its_list(data: Path, admin: User) -> None:
    job = Job.objects.create(
        task="catalog.import_films",
        params={"path": str(imports(data, [NOSFERATU, "tt3,C,when,,,,,\n"])), "format": "csv"},
        created_by=admin,
    )
    jobs.run(job.pk, tasks._import_films)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 2, 2)
    assert [(failure.item, failure.reason) for failure in job.failures.all()] == [
        ("row 3", '"when" is not a year between 1870 and 2100.')
    ]
    assert job.result["sentences"][0].startswith("2 rows: 1 new")


def test_a_bad_file_fails_the_job_with_the_sentence(data: Path, admin: User) -> None:
    job = start(imports(data, []), admin)
    Path(job.params["path"]).write_text("a,b\n1,2\n")
    Job.objects.filter(pk=job.pk).update(state="queued")
    jobs.run(job.pk, tasks._import_films)
    job.refresh_from_db()
    assert job.state == "failed" and "needed are the columns imdb_id, title" in job.message


RUN = """
import django; django.setup()
from catalog import jobs, tasks
from catalog.importers import run
run.BATCH = 20
jobs.run(int({job}), tasks._import_films)
"""


@pytest.mark.django_db(transaction=True)
def test_an_import_that_is_killed_again_and_again_ends_as_if_it_had_not_been(data: Path) -> None:
    """kill -9 at any moment: every film once, counts right, the log without a doubled line."""
    job = Job.objects.create(
        task="catalog.import_films", params={"path": str(imports(data, many(600))), "format": "csv"}
    )
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "GENRESITE_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "genresite.settings",
    }
    kills, films = 0, 0
    while job.is_active and kills < 60:
        Job.objects.filter(pk=job.pk).update(state="queued")
        process = subprocess.Popen([sys.executable, "-c", RUN.format(job=job.pk)], cwd=ROOT, env=environment)
        while process.poll() is None and Film.objects.count() < films + 120:
            time.sleep(0.01)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            kills += 1
        process.wait()
        films = Film.objects.count()
        job.refresh_from_db()
    assert job.state == "done" and kills >= 3
    assert {name: job.result[name] for name in ("rows", "new", "changed", "unchanged")} == {
        "rows": 600,
        "new": 600,
        "changed": 0,
        "unchanged": 0,
    }
    assert Film.objects.count() == 600
    assert Label.objects.count() == Decision.objects.count() == job.result["labels_added"] == 600 * 98
    assert FilmTerm.objects.count() == 600 * 3
    assert ChangeSet.objects.count() == 1


# The command


def test_the_command_tells_and_writes_json(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(data, NOSFERATU, "tt3,C,when,,,,,\n")
    call_command("import_films", path, format="csv", json=data / "counts.json")
    said = capsys.readouterr().out
    assert "2 rows: 1 new, 0 changed, 0 unchanged, 1 unreadable. 98 labels written." in said
    assert "What could not be read is listed in" in said
    assert '"new": 1' in (data / "counts.json").read_text()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["{}/none.csv", "--format", "csv"], "There is no file"),
        (["{}", "--format", "csv"], "is a folder; this format is one file."),
        (["{}/films.csv", "--format", "mpst"], "needed are the columns imdb_id, title, tags, split; found: imdb_id"),
        (["{}/films.csv", "--format", "csv", "--rule", "plot=take"], "is no rule"),
        (["{}/films.csv", "--format", "csv", "--posters", "{}/none"], "There is no folder"),
        (["{}/films.csv", "--format", "csv", "--errors", "{}/films.csv/errors.csv"], "cannot be written"),
        (["{}/films.csv", "--format", "csv", "--json", "{}"], "cannot be written"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(data: Path, arguments: list[str], sentence: str) -> None:
    write(data, NOSFERATU)
    with pytest.raises(CommandError, match=sentence) as caught:
        call_command("import_films", *[argument.format(data) for argument in arguments])
    assert caught.value.returncode == 2
    assert not Film.objects.exists()


def test_predictions_on_unsaid_terms_stay_in_search(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film = make_film("Metropolis", imdb_id="tt0017136")
    proposed = {film.pk: {genre("film-noir").pk: 0.9, genre("drama").pk: 0.9}}
    monkeypatch.setattr(refreshing, "score_tables", lambda ids: score_tables(proposed))
    import_films(write(data, METROPOLIS), "csv")
    assert set(film.film_terms.values_list("term__slug", "origin")) == {
        ("drama", "import"),
        ("sci-fi", "import"),
        ("film-noir", "model"),
    }
    assert film.review.waiting == 1
