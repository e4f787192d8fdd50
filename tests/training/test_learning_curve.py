"""A learning curve: nested shares of the training films, judged on the same test films, kept for the price."""

from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from catalog.models import Job, Label, Term
from catalog.progress import Cancelled, Silent
from tests.factories import import_label, make_film, make_term
from tests.training.toy import Toy
from training import architectures, learning_curve
from training.options import RetrainOptions
from training.retraining import snapshot_of
from training.tasks import _learning_curve

pytestmark = pytest.mark.django_db
SEEN: list[set[str]] = []  # keys that each training learned from


class Learner(Toy):
    """Knows a term's films of the test part the better the more films it has learned from."""

    thresholds: Any

    def scores(self, inputs: Any) -> Any:
        right = np.array([["comedy" in text, "horror" in text] for text in inputs.texts], np.float32)
        random = np.random.default_rng(0).random(right.shape)
        return np.where(random < self.boost, right, 1 - right).astype(np.float32)


def train(inputs: Any, snapshot: Any, options: Any, on_epoch: Any) -> Learner:
    on_epoch(1, 1, {})
    rows = snapshot.rows("train")
    SEEN.append({snapshot.keys[row] for row in rows})
    return Learner(snapshot.terms, np.zeros(2, np.float32), boost=float(0.5 + 0.05 * np.log2(len(rows) / 10)))


@pytest.fixture(autouse=True)
def _learner(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    from tests.training import test_retraining

    settings.DATA_DIR = tmp_path
    SEEN.clear()
    monkeypatch.setitem(architectures.ARCHITECTURES, "toy", architectures.Architecture(__name__))
    monkeypatch.setattr("training.data.read_inputs", test_retraining.texts_only)


@pytest.fixture
def labelled(db: None) -> None:
    Term.objects.update(active=False)
    terms = [make_term("comedy", active=True), make_term("horror", active=True)]
    for n in range(600):
        film = make_film(key=f"film-{n:03}", plot=f"A {terms[n % 2].slug} of sorts.")
        import_label(film, terms[n % 2])
        import_label(film, terms[1 - n % 2], Label.Value.NO)


def options(**changes: Any) -> RetrainOptions:
    return RetrainOptions(**{"architecture": "toy", "min_films": 5, **changes})


def test_shares_are_nested_and_the_curve_is_kept(labelled: None) -> None:
    curve = learning_curve.measure(options(), Silent())
    sizes = [point.films for point in curve.points]
    train_films = snapshot_of(options()).counts["train"]
    assert sizes == [round(share * train_films) for share in learning_curve.SHARES]
    assert all(fewer < more for fewer, more in pairwise(SEEN))
    assert learning_curve.read("genres", "toy") == curve


def test_the_slope_is_what_doubling_the_films_brings(labelled: None) -> None:
    curve = learning_curve.measure(options(), Silent())
    value, low, high = curve.per_doubling
    # The learner decides 5 % more cells rightly with each doubling, which is about .05 of F1 where half have each term.
    assert low < value < high and 0.02 < value < 0.09
    assert all(point.low <= point.value <= point.high for point in curve.points)
    gain = learning_curve.expected(options(), 300, 200)
    assert gain is not None and gain.value is not None and 0 < gain.value < value


def test_test_films_are_never_learned_from(labelled: None) -> None:
    learning_curve.measure(options(), Silent())
    snapshot = snapshot_of(options())
    assert not SEEN[-1] & {snapshot.keys[row] for row in snapshot.rows("test")}


def test_stopped_on_the_way_nothing_is_kept(labelled: None) -> None:
    class Stop(Silent):
        def advance(self, count: int = 1, message: str | None = None) -> None:
            if count and len(SEEN) == 2:
                raise Cancelled

    with pytest.raises(Cancelled):
        learning_curve.measure(options(), Stop())
    assert learning_curve.read("genres", "toy") is None


def test_as_a_job_and_as_a_command(labelled: None, tmp_path: Path) -> None:
    job = Job.objects.create(task="training.learning_curve", params=options().asked)
    result = _learning_curve(job, Silent())
    assert result["curve"] == "genres" and len(result["points"]) == len(learning_curve.SHARES)
    out = StringIO()
    call_command("learning_curve", "genres", "--architecture", "toy", "--min-films", "5", stdout=out)
    assert "Twice as many films would bring +" in out.getvalue()
    with pytest.raises(CommandError, match="None of the genres has 9999 films"):
        call_command("learning_curve", "genres", "--architecture", "toy", "--min-films", "9999")
