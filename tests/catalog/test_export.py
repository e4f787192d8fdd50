"""Labels and the log as files, and their way back."""

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog import exporters, labelling, tasks
from catalog.cells import inert, original
from catalog.exporters import export_decisions, export_labels
from catalog.importers.run import import_films
from catalog.models import ChangeSet, Decision, Film, Job, Label, Term, User
from catalog.progress import Silent
from tests.factories import import_label, make_film

pytestmark = pytest.mark.django_db
HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "'=1", "''=1", "'quoted'", "plain", "a=b", "'", "=", "''"]


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def labelled(film: Film, horror: Term, comedy: Term, curator: User) -> Film:
    """A film with a label of an import, one of a person, locked, and one that is unknown."""
    import_label(film, horror)
    labelling.decide(film, comedy, Label.Value.NO, user=curator, revision=1, locked=True)
    film.refresh_from_db()
    tag = Term.objects.get(kind="tag", slug="gothic")
    labelling.clear(film, tag, user=curator, revision=film.revision)
    make_film("Unlabelled")
    return film


def labels() -> list[Any]:
    return list(
        Label.objects.order_by("film__key", "term__kind", "term__slug").values_list(
            "film__key", "term__slug", "value", "source", "origin", "locked", "decided_by"
        )
    )


def test_labels_as_csv(labelled: Film, data: Path) -> None:
    assert export_labels(data / "labels.csv", Silent()) == 3
    rows = list(csv.DictReader((data / "labels.csv").read_text().splitlines()))
    assert [(row["key"], row["imdb_id"], row["title"]) for row in rows] == [("tt0013442", "tt0013442", "Nosferatu")] * 3
    assert [(row["kind"], row["term"], row["value"], row["source"], row["origin"], row["locked"]) for row in rows] == [
        ("genre", "comedy", "no", "person", "", "1"),
        ("genre", "horror", "yes", "import", "test.csv", "0"),
        ("tag", "gothic", "unknown", "person", "", "0"),
    ]


def test_labels_as_gzipped_json_lines(labelled: Film, data: Path) -> None:
    export_labels(data / "labels.jsonl.gz", Silent())
    lines = [json.loads(line) for line in gzip.decompress((data / "labels.jsonl.gz").read_bytes()).splitlines()]
    assert lines[0] == {
        "key": "tt0013442", "imdb_id": "tt0013442", "title": "Nosferatu", "kind": "genre", "term": "comedy",
        "value": "no", "source": "person", "origin": "", "locked": True,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["labels.csv", "labels.jsonl", "labels.csv.gz", "labels.jsonl.gz"])
def test_what_was_written_changes_nothing_when_it_comes_back(labelled: Film, data: Path, name: str) -> None:
    export_labels(data / name, Silent())
    before, decisions = labels(), Decision.objects.count()
    for rule in ("merge", "overwrite"):
        report = import_films(data / name, "labels", rules={"genres": rule, "tags": rule})  # type: ignore[dict-item]
        assert (report.new, report.changed, report.unchanged, report.unreadable) == (0, 0, 1, 0)
    assert (labels(), Decision.objects.count()) == (before, decisions)


@pytest.mark.parametrize("name", ["labels.csv", "labels.jsonl"])
def test_on_an_empty_site_the_same_is_said(data: Path, name: str) -> None:
    path = data / "films.csv"
    path.write_text(
        "imdb_id,title,genres,genres_source,mpst_tags\ntt1,=A,Drama|War,imdb_lm,cult\ntt2,B,Horror,tmdb,\ntt3,C,,,\n"
    )
    import_films(path, "csv")
    export_labels(data / name, Silent())
    first, before = (data / name).read_bytes(), labels()
    _forget_everything()
    assert import_films(data / name, "labels").new == 2
    assert labels() == before
    export_labels(data / name, Silent())
    assert (data / name).read_bytes() == first
    assert Film.objects.get(key="tt0000001").title == "=A"


def _forget_everything() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE catalog_film, catalog_label, catalog_decision, catalog_changeset CASCADE")


def test_the_log_of_decisions(labelled: Film, data: Path, curator: User) -> None:
    labelling.undo(ChangeSet.objects.filter(user=curator).earliest("pk"), user=curator)
    assert export_decisions(data / "log.jsonl", Silent()) == Decision.objects.count() == 4
    lines = [json.loads(line) for line in (data / "log.jsonl").read_text().splitlines()]
    assert [line["id"] for line in lines] == sorted(line["id"] for line in lines)
    assert [(line["term"], line["before"], line["after"], line["by"], line["change"]) for line in lines] == [
        ("horror", "", "yes", None, "import"),
        ("comedy", "", "no", "carla", "decide"),
        ("gothic", "", "unknown", "carla", "decide"),
        ("comedy", "no", "", "carla", "undo"),
    ]
    assert lines[3]["undoes"] == lines[1]["change_set"]
    assert lines[1]["after_locked"] is True and lines[0]["imdb_id"] == "tt0013442"


@pytest.mark.parametrize("text", HOSTILE)
def test_cells_are_inert_and_come_back(text: str) -> None:
    cell = inert(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\0"))
    assert original(cell) == text


def test_a_title_that_is_a_formula_stays_a_title(horror: Term, data: Path) -> None:
    for number, title in enumerate(HOSTILE):
        import_label(make_film(title, key=f"f{number:02}"), horror)
    export_labels(data / "labels.csv", Silent())
    with (data / "labels.csv").open(newline="") as file:
        cells = [row["title"] for row in csv.DictReader(file)]
    assert cells[0] == "'=1+1"
    assert [original(cell) for cell in cells] == HOSTILE
    assert import_films(data / "labels.csv", "labels", rules={"title": "overwrite"}).changed == 0  # type: ignore[dict-item]


def test_many_labels_are_streamed(data: Path, horror: Term, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporters, "CHUNK", 2)
    for _number in range(5):
        import_label(make_film(), horror)
    assert export_labels(data / "labels.csv", Silent()) == 5
    assert len((data / "labels.csv").read_text().splitlines()) == 6


def test_half_a_file_is_never_seen(labelled: Film, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = data / "labels.csv"
    path.write_text("the old file")

    def fail(_value: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporters, "_cell", fail)
    with pytest.raises(exporters.BadTarget, match="No space left on device"):
        export_labels(path, Silent())
    assert [file.name for file in data.iterdir() if file.is_file()] == ["labels.csv"]
    assert path.read_text() == "the old file"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("labels.xlsx", "ends with neither"), ("film.csv/labels.csv", "cannot be written"), ("csv", "ends with neither")],
)
def test_a_bad_target_is_one_sentence_and_exit_code_2(data: Path, name: str, sentence: str) -> None:
    (data / "film.csv").touch()
    with pytest.raises(CommandError, match=sentence) as caught:
        call_command("export_labels", data / name)
    assert caught.value.returncode == 2


def test_the_command(labelled: Film, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("export_labels", data / "labels.csv")
    call_command("export_labels", data / "log.jsonl", decisions=True)
    said = capsys.readouterr().out
    assert f"3 labels in {data / 'labels.csv'}." in said and "3 decisions in" in said


@pytest.mark.parametrize(
    ("params", "name"),
    [({}, "labels-{}.csv"), ({"format": "jsonl"}, "labels-{}.jsonl"), ({"decisions": True}, "decisions-{}.csv")],
)
def test_the_job_leaves_its_file(labelled: Film, data: Path, params: dict[str, Any], name: str) -> None:
    job = Job.objects.create(task="catalog.export_labels", params=params)
    assert tasks._export_labels(job, Silent()) == {"rows": 3, "file": name.format(job.pk)}
    assert exporters.export_file(job) == data / "exports" / name.format(job.pk)
    assert exporters.export_file(job).is_file()
