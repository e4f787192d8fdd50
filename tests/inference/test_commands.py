"""`manage.py predict` and `manage.py export_predictions`."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog import labelling
from catalog.models import Term, User
from inference.models import Prediction
from tests.factories import make_film
from tests.inference.toy_versions import make_version
from training.models import ModelVersion

pytestmark = pytest.mark.django_db


def call(*args: Any) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(*args, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def refused(*args: Any) -> str:
    with pytest.raises(CommandError) as error:
        call(*args)
    assert error.value.returncode == 2
    return str(error.value)


def test_predict_tells_what_it_did(champion: ModelVersion, tmp_path: Path) -> None:
    make_film(), make_film(plot="")
    said, told = call("predict", "--json", str(tmp_path / "out.json"))
    assert said.startswith("genres-1: 2 films in ") and "plot only 1, neither 1" in said
    assert "Predicting by genres-1 (2 films)" in told
    figures = json.loads((tmp_path / "out.json").read_text())["versions"][0]
    assert (figures["version"], figures["films"], figures["plot_only"]) == ("genres-1", 2, 1)
    assert figures["films_per_second"] > 0
    assert call("predict")[0] == "genres-1: 0 stale, nothing to predict.\n"
    assert call("predict", "--all")[0].startswith("genres-1: 2 films")


def test_predict_named_films_by_a_named_version(champion: ModelVersion, challenger: ModelVersion) -> None:
    film, other = make_film(), make_film()
    call("predict", "--film", film.key, "--model", "genres-2")
    prediction = Prediction.objects.get()
    assert (prediction.film, prediction.version) == (film, challenger)
    call("predict", "--film", film.key, other.key)
    assert Prediction.objects.count() == 3


def test_unreadable_posters_are_listed(champion: ModelVersion, give_poster: Any) -> None:
    film = make_film(key="broken")
    give_poster(film, 3, file=False)
    assert "broken: The poster's file is missing." in call("predict")[1]


def test_predict_says_what_is_wrong(champion: ModelVersion, tmp_path: Path) -> None:
    make_film()
    assert refused("predict", "--film", "tt404") == "There is no film 'tt404'."
    assert refused("predict", "--model", "genres-77").startswith("There is no version 'genres-77'")
    make_version(tmp_path, text="/nowhere")
    assert refused("predict", "--model", "genres-2") == "There is no encoder folder /nowhere."
    (champion.folder / "model.safetensors").unlink()
    assert refused("predict")
    ModelVersion.objects.filter(champion=True).update(champion=False)
    assert "no champion yet" in refused("predict")


def test_export_writes_scores_beside_what_people_said(
    champion: ModelVersion, challenger: ModelVersion, horror: Term, curator: User, tmp_path: Path
) -> None:
    film = make_film("A", imdb_id="tt0000001", plot="A horror film.")
    make_film("B", key="-odd=key")
    labelling.reject(film, horror, user=curator, revision=1)
    call("predict")
    call("predict", "--model", "genres-2")
    said, _ = call("export_predictions", str(tmp_path / "out.csv"))
    assert said.startswith("4 scores written")
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["imdb_id", "term", "score", "threshold", "decided", "model version"]
    assert rows[1] == ["'-odd=key", "comedy", "0.100000", "0.500000", "", "genres-1"]
    assert rows[3:] == [
        ["tt0000001", "comedy", "0.100000", "0.500000", "", "genres-1"],
        ["tt0000001", "horror", "0.800000", "0.500000", "no", "genres-1"],
    ]
    assert [path.name for path in tmp_path.iterdir() if "out.csv" in path.name] == ["out.csv"]


def test_export_to_nowhere_is_one_sentence(db: None, tmp_path: Path) -> None:
    assert "cannot be written" in refused("export_predictions", str(tmp_path / "no" / "out.csv"))
    assert "cannot be written" in refused("export_predictions", str(tmp_path))
