"""The page of a version's threshold of one term."""

import json
import re

import pytest
from django.test import Client

from catalog.models import Job, Term, User
from inference.models import Prediction
from tests.factories import import_label, make_film, make_term, make_version
from tests.inference.test_thresholds import film_of, known, scored
from tests.pages.conftest import counted
from tests.pages.test_models import text
from training.models import Cut, ModelVersion

pytestmark = pytest.mark.django_db
PAGE = "/models/genres-1/terms/horror/"


@pytest.fixture
def version(horror: Term) -> ModelVersion:
    version = make_version(horror)
    known(version, horror, "validation", {0.9: "yes", 0.8: "no", 0.6: "yes", 0.3: "yes", 0.1: "no"})
    known(version, horror, "test", {0.7: "yes", 0.2: "yes"})
    for score in (0.45, 0.55, 0.65):
        scored(version, film_of("train"), score)
    return version


def cells(page: str) -> list[str]:
    """What the table of the threshold says, row by row: looked at, now, difference."""
    table = page[page.index('<table class="table cut-table">') : page.index("</table>")]
    return [re.sub("<[^>]+>", "", cell) for cell in re.findall(r'<td class="num"[^>]*>.*?</td>', table)]


def test_it_is_reached_from_the_version_s_table(client: Client, version: ModelVersion) -> None:
    page = text(client, "/models/genres-1/")
    assert f'<a href="{PAGE}"><span class="sr-only">Horror </span>0.50</a>' in page
    assert "Set by hand" not in page


def test_without_scripts_the_form_asks_for_the_page(client: Client, version: ModelVersion) -> None:
    page = text(client, f"{PAGE}?at=0.6")
    assert cells(page) == [
        "66.7", "66.7", "+0.0", "66.7", "66.7", "+0.0", "66.7", "66.7", "+0.0", "1", "2", "−1"
    ]  # fmt: skip
    page = text(client, f"{PAGE}?at=0.85")
    assert cells(page) == [
        "100.0", "66.7", "+33.3", "33.3", "66.7", "−33.3", "50.0", "66.7", "−16.7", "0", "2", "−2"
    ]  # fmt: skip
    assert 'name="at" type="number" min="0" max="1" step="0.01" required value="0.85"' in page
    assert '<form class="cut-form" id="cut-form" method="get"' in page


@pytest.mark.parametrize("odd", ["", "x", "-0.1", "1.01", "nan", "inf", "1e999"])
def test_what_is_no_threshold_is_passed_over(client: Client, version: ModelVersion, odd: str) -> None:
    assert 'value="0.50"' in text(client, f"{PAGE}?at={odd}")


def test_scripts_get_a_table_of_all_thresholds(client: Client, version: ModelVersion) -> None:
    page = text(client, PAGE)
    found = re.search(r'<script id="cut-data" type="application/json">(.*?)</script>', page)
    assert found
    data = json.loads(found[1])
    steps = data["steps"]
    assert {name: len(values) for name, values in steps.items()} == dict.fromkeys(
        ("at", "precision", "recall", "f1", "films"), 101
    )
    assert (steps["at"][45], steps["films"][45], steps["precision"][100], data["now"]["films"]) == (0.45, 3, None, 2)


def test_test_films_are_told_at_the_fitted_threshold_alone(client: Client, version: ModelVersion) -> None:
    sentence = "On 2 test films, of which 2 have it, and at the fitted threshold 0.50: precision 100.0, recall 50.0"
    assert sentence in text(client, PAGE)
    assert sentence in text(client, f"{PAGE}?at=0.1")


def test_few_films_are_no_fact(client: Client, version: ModelVersion) -> None:
    page = text(client, PAGE)
    assert "Only 3 validation films have it: precision and recall are mostly luck." in page
    assert "7 validation and test films, 5 of which have it: too few" in page
    assert "<circle" not in page
    assert "<polyline" not in page


def test_films_enough_are_drawn(client: Client, version: ModelVersion, horror: Term) -> None:
    for place in range(60):
        film = film_of("validation")
        scored(version, film, 0.25 if place % 2 else 0.75)
        import_label(film, horror, "no" if place % 2 else "yes")  # type: ignore[arg-type]
    page = text(client, PAGE)
    assert (page.count("<circle"), page.count("<polyline"), page.count('class="trust__count"')) == (2, 3, 7)
    assert "Of 67 validation and test films, 35 have it." in page


def test_a_version_that_has_predicted_nothing_says_so(client: Client, version: ModelVersion, horror: Term) -> None:
    make_version(horror, champion=False)
    page = text(client, "/models/genres-2/terms/horror/")
    assert "genres-2 has predicted no film of this catalogue yet" in page
    assert "cut-form" not in page


@pytest.mark.parametrize(
    "address",
    [
        "/models/genres-9/terms/horror/", "/models/nonsense/terms/horror/", "/models/genres-1/terms/comedy/",
        "/models/genres-1/terms/nonsense/",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(client: Client, version: ModelVersion, address: str) -> None:
    make_term("comedy", active=True)
    assert client.get(address).status_code == 404


def test_a_retired_term_has_no_page_and_no_link(client: Client, version: ModelVersion, horror: Term) -> None:
    Term.objects.filter(pk=horror.pk).update(active=False)
    assert client.get(PAGE).status_code == 404
    assert PAGE not in text(client, "/models/genres-1/")


def test_queries_do_not_grow(client: Client, version: ModelVersion, horror: Term) -> None:
    def asked() -> int:
        with counted() as queries:
            client.get(PAGE)
        return queries()

    client.get(PAGE)
    few = asked()
    known(version, horror, "validation", {score / 100: "yes" for score in range(20)})
    Prediction.objects.create(film=make_film(), version=version, scores=[0.9], input_hash="x", inputs=[])
    assert asked() == few


def test_admins_set_it_and_the_page_tells_who_and_why(
    ada: Client, vera: Client, version: ModelVersion, admin: User
) -> None:
    answer = ada.post(f"{PAGE}set/", {"value": "0.62", "reason": "too many"}, follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    page = " ".join(answer.content.decode().split())
    assert "The threshold of Horror is 0.62 now" in page
    assert "0.50 → 0.62</span> · too many" in page
    assert "<strong>ada</strong>" in page
    assert "training found 0.50" in page
    assert "ada" not in text(vera, PAGE)
    assert "too many" in text(vera, PAGE)
    listed = text(vera, "/models/genres-1/")
    assert "0.62" in listed
    assert "Set by hand. The figures beside it are by the threshold that training found." in listed
    assert Cut.objects.get().by == admin
    ada.post(f"{PAGE}back/")
    version.refresh_from_db()
    assert version.thresholds == [0.5]
    assert "training found" not in text(ada, PAGE)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"value": "0.62"}, "Say why"),
        ({"reason": "x"}, "from 0 to 1"),
        ({"value": "x", "reason": "x"}, "from 0 to 1"),
        ({"value": "0.5", "reason": "x"}, "already"),
    ],
)
def test_what_is_refused_is_said(ada: Client, version: ModelVersion, fields: dict[str, str], said: str) -> None:
    assert said in ada.post(f"{PAGE}set/", fields, follow=True).content.decode()
    assert not Cut.objects.exists()


@pytest.mark.parametrize("action", ["set", "back"])
def test_only_admins_set_it(client: Client, vera: Client, carla: Client, version: ModelVersion, action: str) -> None:
    fields = {"value": "0.62", "reason": "x"}
    assert [each.post(f"{PAGE}{action}/", fields).status_code for each in (client, vera, carla)] == [302, 403, 403]
    assert not Job.objects.exists()
    assert "Set the threshold" not in text(carla, PAGE)


def test_a_challenger_s_is_looked_at_only(ada: Client, version: ModelVersion, horror: Term) -> None:
    other = make_version(horror, champion=False)
    scored(other, make_film(), 0.9)
    assert "Set the threshold" not in text(ada, "/models/genres-2/terms/horror/")
    answer = ada.post("/models/genres-2/terms/horror/set/", {"value": "0.6", "reason": "x"}, follow=True)
    assert "Only a champion" in answer.content.decode()
