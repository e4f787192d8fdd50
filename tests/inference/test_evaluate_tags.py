"""Judging tags: the published figures, what they hide, trivial taggers, files and the command."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from sklearn.metrics import label_ranking_average_precision_score

from catalog.models import Film, Label, Term
from inference.models import Relevance, Tagging
from inference.tags import genome
from inference.tags import metrics as tag_metrics
from inference.tags.metrics import Answers, all_tags, figures, matching, most_frequent, perfect, ranking_precision
from tests.factories import import_label, make_film, make_term, make_version, predict
from training.metrics import Truth

LABELS = np.array([[1, 1, 0, 0], [0, 1, 0, -1], [1, 0, 1, 1], [0, 0, 0, 0]], np.int8)
TRUTH = Truth.of(LABELS)
SAID = np.array([[1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 0, 0], [1, 1, 1, 1]], bool)
SCORES = np.array([[0.9, 0.1, 0.8, 0.2], [0.1, 0.9, 0.2, 0.8], [0.3, 0.4, 0.2, 0.1], [1, 1, 1, 1]])


def test_the_published_figures_by_hand() -> None:
    """Film 1: G {0, 2}, R {0, 1}; film 2: G {1}, R {1} (tag 3 is unknown); film 3: G {}, R {0, 2, 3}."""
    films = TRUTH.yes.any(1)
    found = matching(SAID[films], TRUTH[films])
    assert found["match_ratio"] == pytest.approx((0.5 + 1 + 0) / 3)
    assert found["unmatched"] == pytest.approx(1 / 3)
    assert found["missing"] == pytest.approx((1 + 0 + 3) / 3)
    assert found["tags_of_reference"] == 2


def test_precision_and_recall_of_what_was_said() -> None:
    found = figures(Answers("test", SCORES, SAID), TRUTH)
    assert found["films"] == 3, "a film without a tag in the reference is not judged"
    assert found["said"]["precision"] == pytest.approx(2 / 3)
    assert found["said"]["recall"] == pytest.approx(2 / 6)
    assert found["top"]["3"]["recall"] == pytest.approx((1 + 1 + 2) / 6)


def test_ranking_agrees_with_scikit_learn() -> None:
    random = np.random.default_rng(0)
    labels = (random.random((200, 9)) < 0.3).astype(np.int8)
    labels[labels.sum(1) == 0, 0] = 1
    scores = np.round(random.random((200, 9)), 1)  # with ties
    ours = ranking_precision(scores, Truth.of(labels))
    assert ours == pytest.approx(label_ranking_average_precision_score(labels, scores))


def test_tags_learned_and_tag_recall() -> None:
    scores = np.tile([0.9, 0.8, 0.7, 0.1], (4, 1))
    top = figures(Answers("same for all", scores, SAID), TRUTH)["top"]["3"]
    assert top["tags_learned"] == 3
    assert top["tag_recall"] == pytest.approx((1 + 1 + 1 + 0) / 4)


def test_every_tag_to_every_film_is_seen_through() -> None:
    row = figures(all_tags(TRUTH), TRUTH)
    assert (row["match_ratio"], row["missing"]) == (1.0, 0.0), "by the published figures it is perfect"
    assert row["gives_nearly_all"] and row["tags_per_film"] == 4
    assert row["said"]["precision"] == pytest.approx(6 / 11)
    assert row["ranking"]["lrap"] < figures(perfect(TRUTH), TRUTH)["ranking"]["lrap"] == 1.0
    assert not figures(Answers("test", SCORES, SAID), TRUTH)["gives_nearly_all"]


def test_the_most_frequent_tags_and_the_ceiling() -> None:
    row = figures(most_frequent(np.array([0.1, 0.5, 0.4, 0.2]), TRUTH, k=2), TRUTH)
    assert row["said"]["recall"] == pytest.approx(3 / 6) and row["tags_learned"] == 2
    ceiling = figures(perfect(TRUTH), TRUTH)["top"]["3"]
    assert ceiling["recall"] == 1.0 and ceiling["precision"] == pytest.approx(6 / 9), "three tags where one is right"


def test_intervals_hold_the_figure_and_narrow_with_films() -> None:
    random = np.random.default_rng(1)

    def width(films: int) -> float:
        labels = (random.random((films, 12)) < 0.2).astype(np.int8)
        labels[:, 0] = 1
        scores = labels * 0.5 + random.random((films, 12))
        bounds = figures(Answers("t", scores, scores > 0.7), Truth.of(labels))["intervals"]["top3_f1"]
        assert bounds["low"] <= bounds["value"] <= bounds["high"]
        return float(bounds["high"] - bounds["low"])

    assert width(1000) < width(60) / 2


def test_nothing_known_is_nothing_judged() -> None:
    unknown = Truth.of(np.full((2, 3), -1))
    row = figures(Answers("t", np.zeros((2, 3)), np.ones((2, 3), bool)), unknown)
    assert row["films"] == 0 and row["match_ratio"] == 0 and row["intervals"] == {}


# Files, site and command -------------------------------------------------------------------------------------


@pytest.fixture
def tags(db: None) -> list[Term]:
    """Four tags and no others."""
    Term.objects.filter(kind=Term.Kind.TAG).update(active=False)
    slugs = ("murder", "revenge", "romantic", "violence")
    return [make_term(slug, Term.Kind.TAG, active=True, aliases=[]) for slug in slugs]


@pytest.fixture
def films(tags: list[Term]) -> list[Film]:
    """Six films of MPST, three of them its test part, with tags."""
    found = []
    for number in range(6):
        part = "test" if number % 2 else "train"
        film = make_film(imdb_id=f"tt000000{number}", external={"split:mpst": part})
        for place, term in enumerate(tags):
            import_label(film, term, Label.Value.YES if (number + place) % 3 == 0 else Label.Value.NO)
        found.append(film)
    return found


@pytest.fixture
def champion(films: list[Film], tags: list[Term]) -> Any:
    version = make_version(*tags[:3], threshold=0.5, config={"options": {"split": "mpst"}, "prior": [0.3, 0.2, 0.1]})
    for film in films:
        predict(film, version, 0.9, 0.6, 0.1)
    return version


def run(tmp_path: Path, *options: str) -> Any:
    out = tmp_path / "figures.json"
    call_command("evaluate_tags", *options, "--json", str(out))
    return json.loads(out.read_text())


def test_plot_tags_are_judged_on_films_that_were_not_learned_from(
    champion: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = run(tmp_path, "--against", "mpst")
    [group] = found["groups"]
    assert [row["tagger"] for row in group["rows"]] == [
        "plot (tags-1)", "3 most frequent tags", "all tags to every film", "ceiling",
    ]  # fmt: skip
    assert found["tags"] == 4 and group["rows"][0]["films"] == 3
    assert group["rows"][0]["tags_per_film"] == 2
    said = capsys.readouterr().out
    assert "of 4" in said and "Warning: all tags to every film gives a film 4.0 of 4 tags" in said
    assert "Warning: plot" not in said
    assert run(tmp_path, "--against", "mpst", "--all-films")["groups"][0]["rows"][0]["films"] == 6


def test_a_file_of_mpst_is_read_as_well(champion: Any, films: list[Film], tmp_path: Path) -> None:
    path = tmp_path / "mpst.csv"
    path.write_text("imdb_id,title,tags,split\ntt0000001,A,murder|revenge,test\ntt9999999,B,murder,test\n")
    [group] = run(tmp_path, "--against", "mpst", "--mpst", str(path))["groups"]
    assert group["rows"][0]["films"] == 1 and group["rows"][0]["match_ratio"] == 1.0


def test_frames_are_judged_on_the_films_that_were_looked_at(champion: Any, films: list[Film], tmp_path: Path) -> None:
    Tagging.objects.create(film=films[0], tagger="script", frames=10, counts={"murder": 9, "violence": 8, "gone": 3})
    Tagging.objects.create(film=films[1], tagger="script", frames=10, counts={"murder": 1})
    Tagging.objects.create(film=films[2], tagger="script", frames=0, counts={})
    found = run(tmp_path, "--against", "mpst", "--tagger", "script")
    [group] = found["groups"]
    row = group["rows"][0]
    assert (row["tagger"], row["films"], row["tags_per_film"]) == ("script", 2, 1.5)
    assert row["match_ratio"] == pytest.approx((1 + 0) / 2)
    assert len(run(tmp_path, "--against", "mpst")["groups"]) == 2


def test_a_tagger_that_says_everything_is_named(films: list[Film], tmp_path: Path, capsys: Any) -> None:
    every = {"murder": 5, "revenge": 5, "romantic": 5, "violence": 5}
    for film in films:
        Tagging.objects.create(film=film, tagger="tuned", frames=5, counts=every)
    [group] = run(tmp_path, "--against", "mpst")["groups"]
    assert group["rows"][0]["match_ratio"] == 1.0 and group["rows"][0]["gives_nearly_all"]
    assert "Warning: tuned gives a film 4.0 of 4 tags: its match ratio says nothing." in capsys.readouterr().out


def genome_file(path: Path, *rows: str) -> Path:
    with gzip.open(path, "wt") as file:
        file.write("\n".join(["imdb_id,tag,relevance", *rows]))
    return path


def test_the_tag_genome_leaves_unknown_what_it_does_not_know(champion: Any, films: list[Film], tmp_path: Path) -> None:
    path = genome_file(
        tmp_path / "genome.csv.gz", "tt0000001,murder,0.9", "tt0000001,romantic,0.05", "tt0000001,dinosaurs,0.9",
        "tt7777777,murder,0.9",
    )  # fmt: skip
    [group] = run(tmp_path, "--against", "movielens", "--genome", str(path))["groups"]
    row = group["rows"][0]
    assert (row["films"], row["match_ratio"], row["unmatched"]) == (1, 1.0, 0.0), "revenge is unknown, not wrong"
    with pytest.raises(CommandError, match="No tagger has said"):
        run(tmp_path, "--against", "movielens", "--genome", str(path), "--tagger", "nobody")


def test_relevance_that_was_imported_is_used_and_shown(champion: Any, films: list[Film], tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="run import_relevance"):
        run(tmp_path, "--against", "movielens")
    path = genome_file(tmp_path / "genome.csv.gz", "tt0000001,murder,0.9", "tt0000001,Murder,0.4")
    call_command("import_relevance", str(path))
    call_command("import_relevance", str(path))
    assert [row.value for row in Relevance.objects.all()] == [0.9]
    assert run(tmp_path, "--against", "movielens", "--relevant", "0.8")["groups"][0]["rows"][0]["films"] == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a,b\n1,2\n", "lacks the columns"),
        (b"imdb_id,tag,relevance\ntt1,murder,much\n", "line 2: the relevance 'much' is no number"),
        (b"imdb_id,tag,relevance\ntt1,murder,1.5\n", "no number from 0 to 1"),
        (b"imdb_id,tag,relevance\ntt1,murder,nan\n", "no number from 0 to 1"),
        (b"imdb_id,tag,relevance\ntt1,murder\n", "no number from 0 to 1"),
        (b"\xff\xfe\x00", "is not a CSV file"),
    ],
)
def test_files_that_are_no_genome(tags: list[Term], tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "genome.csv"
    path.write_bytes(content)
    with pytest.raises(genome.BadGenome, match=sentence):
        genome.read(path)
    packed = tmp_path / "genome.csv.gz"
    packed.write_bytes(content)
    with pytest.raises(CommandError):
        call_command("import_relevance", str(packed))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("evaluate_tags", "--against", "movielens", "--genome", str(tmp_path / "none.csv"))


def test_without_a_reference_there_is_nothing_to_judge(tags: list[Term], tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No film here has tags"):
        run(tmp_path, "--against", "mpst")


def test_what_a_model_never_learned_scores_lowest(champion: Any, films: list[Film], tmp_path: Path) -> None:
    row = run(tmp_path, "--against", "mpst")["groups"][0]["rows"][0]
    assert row["tags_learned"] == 2 and row["top"]["3"]["tags_learned"] == 3
    assert tag_metrics.KS == (3, 5, 10)
