"""What each threshold would bring, and how far scores hold: by hand-computed numbers."""

from itertools import count
from typing import Any

import numpy as np
import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Film, Label, Term
from inference.models import Prediction
from inference.thresholds import charts, tally
from inference.thresholds.curve import Curve
from inference.thresholds.reliability import Bin, Reliability, wilson
from inference.thresholds.report import Report, report
from inference.thresholds.tally import Part, Tally
from tests.factories import import_label, make_film, make_term, make_version
from training.models import ModelVersion
from training.splits import split_of

pytestmark = pytest.mark.django_db
_number = count()


def film_of(part: str, **fields: Any) -> Film:
    """A film that the split by hash puts into this part."""
    key = next(key for key in (f"cut-{next(_number)}" for _ in range(1000)) if split_of(key) == part)
    return make_film(key=key, **fields)


def scored(version: ModelVersion, film: Film, *scores: float) -> None:
    Prediction.objects.create(film=film, version=version, scores=list(scores), input_hash="x", inputs=["plot"])


def known(version: ModelVersion, term: Term, part: str, said: dict[float, str]) -> None:
    """One film for each score, of which an import says yes or no."""
    for score, value in said.items():
        film = film_of(part)
        scored(version, film, *(score for _ in version.terms))
        import_label(film, term, Label.Value(value))


@pytest.fixture
def horror() -> Term:
    return make_term("horror", active=True)


@pytest.fixture
def version(horror: Term) -> ModelVersion:
    return make_version(horror)


def at(found: Report, cut: float) -> tuple[float | None, float | None, float | None, int]:
    row = next(row for row in found.steps if row.at == cut)
    return row.precision, row.recall, row.f1, row.films


def test_precision_and_recall_are_those_of_validation_films(version: ModelVersion, horror: Term) -> None:
    known(version, horror, "validation", {0.9: "yes", 0.8: "no", 0.6: "yes", 0.3: "yes", 0.1: "no"})
    known(version, horror, "train", {0.95: "no", 0.94: "no"})
    known(version, horror, "test", {0.7: "yes", 0.2: "yes"})
    found = report(version, horror)
    assert found.now.at == 0.5
    assert at(found, 0.5)[:3] == (round(2 / 3, 4), round(2 / 3, 4), round(2 / 3, 4))
    assert at(found, 0.85)[:3] == (1.0, round(1 / 3, 4), 0.5)
    assert at(found, 0.0)[:3] == (0.6, 1.0, 0.75)
    assert (found.test.precision, found.test.recall, found.test.f1) == (1.0, 0.5, round(2 / 3, 4))
    assert (found.validation_films.films, found.validation_films.yes, found.test_films.films) == (5, 3, 2)


def test_where_nothing_is_proposed_precision_is_not_told(version: ModelVersion, horror: Term) -> None:
    known(version, horror, "validation", {0.9: "yes", 0.2: "no"})
    assert at(report(version, horror), 1.0)[:3] == (None, 0.0, 0.0)


def test_without_a_positive_neither_recall_nor_f1_is_told(version: ModelVersion, horror: Term) -> None:
    known(version, horror, "validation", {0.9: "no", 0.2: "no"})
    found = report(version, horror)
    assert at(found, 0.5)[:3] == (0.0, None, None)
    assert not found.reliability.enough


def test_a_score_on_the_threshold_counts_and_so_do_ties(version: ModelVersion, horror: Term) -> None:
    """Also where a hundredth times a hundred is a little less than a whole number: 0.29."""
    for score in (0.29, 0.29, 1.0, 0.0):
        scored(version, film_of("train"), score)
    found = report(version, horror)
    assert [at(found, cut)[3] for cut in (0.0, 0.01, 0.29, 0.3, 1.0)] == [4, 3, 3, 1, 1]


def test_films_of_which_somebody_has_spoken_carry_nothing_by_the_model(version: ModelVersion, horror: Term) -> None:
    films = [film_of("train") for _ in range(5)]
    for film in films:
        scored(version, film, 0.8)
    import_label(films[0], horror)
    import_label(films[1], horror, Label.Value.NO)
    Film.objects.filter(pk=films[2].pk).update(published=False)
    import_label(films[3], make_term("comedy"))
    found = report(version, horror)
    assert (found.open_films, found.now.films, at(found, 0.81)[3]) == (2, 2, 0)


def test_the_version_s_own_thresholds_are_exact(version: ModelVersion, horror: Term) -> None:
    ModelVersion.objects.filter(pk=version.pk).update(thresholds=[0.336617])
    version.refresh_from_db()
    for score in (0.336616, 0.336617, 0.35):
        scored(version, film_of("train"), score)
    found = report(version, horror, 0.3449)
    assert (found.now.at, found.now.films) == (0.336617, 2)
    assert (found.chosen.at, found.chosen.films, len(found.steps)) == (0.34, 1, 101)


def test_each_term_has_its_own_column(horror: Term) -> None:
    drama = make_term("drama", active=True)
    both = make_version(horror, drama)
    scored(both, film_of("train"), 0.9, 0.1)
    assert (report(both, horror).now.films, report(both, drama).now.films) == (1, 0)


def test_another_version_s_predictions_do_not_count(version: ModelVersion, horror: Term) -> None:
    other = make_version(horror, champion=False)
    scored(other, film_of("train"), 0.9)
    assert not report(version, horror).predicted
    assert report(version, horror).now.films == 0
    assert report(other, horror).now.films == 1


def test_an_official_split_is_read_from_the_films(horror: Term) -> None:
    version = make_version(horror, config={"options": {"split": "mmimdb"}})
    for part, score in (("dev", 0.9), ("test", 0.8), ("train", 0.7)):
        film = film_of("train", external={"split:mmimdb": part})
        scored(version, film, score)
        import_label(film, horror)
    scored(version, without := film_of("validation"), 0.6)
    import_label(without, horror)
    found = report(version, horror)
    assert (found.validation_films.films, found.test_films.films) == (1, 1)
    assert at(found, 0.85)[1] == 1.0


@pytest.mark.parametrize("fields", [{"config": {"options": {"split": "stratified"}}}, {"task": "scenes"}])
def test_where_nobody_noted_the_parts_no_film_is_judged(fields: dict[str, Any], horror: Term) -> None:
    term = make_term("chase", Term.Kind.SCENE, active=True) if "task" in fields else horror
    version = make_version(term, **fields)
    known(version, term, "validation", {0.9: "yes"})
    found = report(version, term)
    assert (found.split, found.validation_films.films, found.open_films) == (False, 0, 0)


def test_of_a_large_catalogue_counts_are_kept(
    version: ModelVersion, horror: Term, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    scored(version, film_of("train"), 0.9)
    assert report(version, horror).open_films == 1
    monkeypatch.setattr(tally, "LARGE", 2)
    scored(version, film_of("train"), 0.9)
    assert report(version, horror).open_films == 2  # a small one was not kept
    scored(version, film_of("train"), 0.9)
    assert report(version, horror).open_films == 2
    cache.clear()


def test_queries_do_not_grow_with_films(version: ModelVersion, horror: Term) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            report(version, horror)
        return len(queries)

    known(version, horror, "validation", {0.9: "yes"})
    few = asked()
    known(version, horror, "validation", {0.8: "yes", 0.7: "no", 0.6: "no", 0.5: "yes"})
    assert asked() == few <= 4


# Reliability ------------------------------------------------------------------------------------------------------


def test_bins_hold_films_from_their_lower_edge_up(version: ModelVersion, horror: Term) -> None:
    known(version, horror, "validation", {0.1: "no", 0.19: "yes", 0.2: "yes", 1.0: "yes"})
    known(version, horror, "test", {0.0: "no", 0.95: "no"})
    known(version, horror, "train", {0.5: "yes"})
    bins = report(version, horror).reliability.bins
    assert [(each.films, each.yes) for each in bins] == [
        (1, 0), (2, 1), (1, 1), (0, 0), (0, 0), (0, 0), (0, 0), (0, 0), (0, 0), (2, 1)
    ]  # fmt: skip
    assert bins[1].score == pytest.approx(0.145)
    assert bins[9].score == pytest.approx(0.975)
    assert (bins[3].score, bins[3].share, bins[3].interval) == (None, None, None)


def test_an_unknown_label_is_not_known(version: ModelVersion, horror: Term) -> None:
    known(version, horror, "validation", {0.9: "yes"})
    known(version, horror, "test", {0.4: "yes"})
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE catalog_label SET value = 'unknown', source = 'person', origin = '', decided_by_id = 1")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert report(version, horror).reliability.films == 0


def test_wilson_intervals() -> None:
    """Against the published example of 8 in 10, and at both ends."""
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson(10, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)


def test_the_expected_calibration_error_weighs_bins_by_their_films() -> None:
    """30 films at 0.2 of which 12 have it, 10 at 0.9 of which 9 do: 0.75 x 0.2 + 0.25 x 0."""
    bins = [Bin(0.2, 0.3, 30, 12, 0.2), Bin(0.5, 0.6, 0, 0, None), Bin(0.9, 1.0, 10, 9, 0.9)]
    assert Reliability(bins).error == pytest.approx(0.15)
    assert Reliability([Bin(0.0, 0.1, 0, 0, None)]).error is None


@pytest.mark.parametrize(("films", "yes", "enough"), [(50, 10, True), (49, 20, False), (80, 9, False), (80, 71, False)])
def test_few_films_are_not_drawn(films: int, yes: int, enough: bool) -> None:
    assert Reliability([Bin(0.0, 0.1, films, yes, 0.05)]).enough is enough


def test_dots_stand_at_their_scores_and_shares_and_columns_at_their_counts() -> None:
    bins = [Bin(0.2, 0.3, 40, 10, 0.22), Bin(0.3, 0.4, 0, 0, None), Bin(0.9, 1.0, 5, 5, 0.95)]
    first, second = charts.drawn(bins)
    assert (first.x, first.y, first.top, first.height, first.enough) == ("22.00", "75.00", "0.00", "16.00", True)
    low, high = wilson(10, 40)
    assert (float(first.low), float(first.high)) == pytest.approx((100 - 100 * low, 100 - 100 * high), abs=0.01)
    assert (second.left, second.height, second.enough) == ("91.00", "2.00", False)


def test_lines_with_nothing_to_draw_are_left_out() -> None:
    cuts = tally.cuts_with(0.5)
    none = np.zeros(len(cuts), np.int64)
    nothing = Part(none, none, none.astype(float))
    empty = Tally(np.array(cuts), nothing, nothing, none, True)
    assert charts.by_threshold(Curve.of(empty).steps()) == []
