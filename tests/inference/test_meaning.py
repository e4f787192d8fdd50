"""Films by what a text means: what is read, what is found, where nothing is close, and what works in Korean."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from celery import current_app
from django.utils import translation

from catalog import search
from catalog.models import Film, Job, Term
from catalog.progress import NotNow
from catalog.search.meaning import BOTH, WORDS, like, near, why_similar
from inference import tasks
from inference.meaning import finding, floor, glossary, lane, reading, spaces, words
from inference.meaning.texts import folded, korean_share
from inference.models import FilmText, FilmVector, Lexeme, TextSpace, UnreadFilm
from tests.factories import import_label, make_film, make_term
from tests.inference.toy_texts import ToyTexts, silence, use
from training import encoders
from training.encoders import EncoderUnavailable
from training.models import Embedding

pytestmark = pytest.mark.django_db
QUERIES = json.loads((Path(__file__).parents[2] / "benchmarks" / "semantic_queries.json").read_text())


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> ToyTexts:
    encoder: ToyTexts = use(monkeypatch, ToyTexts())
    return encoder


@pytest.fixture
def films(toy: ToyTexts) -> dict[str, Film]:
    made = {
        "vampire": make_film("The Count", plot="A count in a castle drinks the blood of travellers. Night falls."),
        "space": make_film("Red Dust", plot="Astronauts on mars repair their rocket. The planet is not empty."),
        "love": make_film("Paris Again", plot="A bride leaves her wedding for a kiss under the bridges."),
        "heist": make_film("Vault", plot="Thieves plan the robbery of a bank, and the police wait."),
        "dog": make_film("Farm Days", plot="A boy and his puppy keep the animals of a farm."),
    }
    reading.read()
    return made


def found(text: str, **how: Any) -> list[int]:
    ids: list[int] = near(text, **how).ids.tolist()
    return ids


# Reading ---------------------------------------------------------------------------------------------------------


def test_new_films_and_edited_plots_wait_to_be_read_and_other_edits_do_not(toy: ToyTexts) -> None:
    UnreadFilm.objects.all().delete()
    film = make_film(plot="A count.")
    assert list(UnreadFilm.objects.values_list("film_id", flat=True)) == [film.pk]
    reading.read()
    assert not UnreadFilm.objects.exists()
    film.year = 1922
    film.save()
    assert not UnreadFilm.objects.exists()
    Film.objects.filter(pk=film.pk).update(plot="A rocket to mars.")
    assert reading.waiting(10) == 1
    before = spaces.vector_of(film.pk)
    reading.read()
    assert not np.array_equal(spaces.vector_of(film.pk), before)  # type: ignore[arg-type]
    assert "rocket" in FilmText.objects.values_list("words", flat=True).get(film=film)


def test_what_predicting_has_encoded_is_not_encoded_again(toy: ToyTexts) -> None:
    film = make_film(plot="A count.")
    reading.read()
    times = toy.encoded.count(f"{film.title}. A count.")
    assert times == 1
    assert Embedding.objects.filter(encoder=toy.name, input_hash=film.text_hash).exists()
    UnreadFilm.objects.create(film_id=film.pk)
    reading.read()
    assert toy.encoded.count(f"{film.title}. A count.") == 1


def test_vectors_wait_while_somebody_predicts_and_words_do_not(toy: ToyTexts) -> None:
    reading.read()
    film = make_film("Nightfall", plot="A count in the fog.")
    Job.objects.create(task="inference.predict", state="running")
    with pytest.raises(NotNow):
        reading.read()
    assert FilmText.objects.filter(film=film).exists()
    assert not FilmVector.objects.filter(film=film).exists()
    Job.objects.update(state="done")
    assert reading.read() == 1
    assert FilmVector.objects.filter(film=film).exists()


def test_a_film_that_loses_its_plot_is_compared_by_none(films: dict[str, Film]) -> None:
    Film.objects.filter(pk=films["dog"].pk).update(plot="")
    reading.read()
    assert not FilmVector.objects.filter(film=films["dog"]).exists()
    assert films["dog"].pk in found("farm days")


def test_another_encoder_has_everything_read_anew(films: dict[str, Film], monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, ToyTexts("toy texts 2"))
    assert reading.read() == Film.objects.count()
    assert TextSpace.objects.get().encoder == "toy texts 2"
    assert FilmVector.objects.count() == len(films)


def test_without_an_encoder_films_are_found_by_their_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(name: str) -> Any:
        raise EncoderUnavailable("There is none.")

    monkeypatch.setattr(encoders, "text_encoder", unavailable)
    silence(monkeypatch)
    film = make_film("The Count", plot="A count in a castle.")
    reading.read()
    assert spaces.current() is None
    assert found("count castle") == [film.pk]


def test_few_films_are_read_at_once_and_many_by_a_job(toy: ToyTexts, monkeypatch: pytest.MonkeyPatch) -> None:
    reading.read()
    assert tasks.read_if_waiting_task() == 0
    film = make_film(plot="A count.")
    assert tasks.read_if_waiting_task() == 1
    assert FilmVector.objects.filter(film=film).exists()
    monkeypatch.setattr(tasks, "READ_AT_ONCE", 1)
    make_film(), make_film()
    assert tasks.read_if_waiting_task() == 2
    assert Job.objects.filter(task=reading.TASK).count() == 1
    tasks.read_if_waiting_task()
    assert Job.objects.filter(task=reading.TASK).count() == 1
    tasks.read_films_task(Job.objects.get(task=reading.TASK).pk)
    assert Job.objects.get(task=reading.TASK).result == {"films": 2}


def test_words_are_counted_over_all_films(films: dict[str, Film]) -> None:
    counts = dict(Lexeme.objects.values_list("lexeme", "films"))
    assert counts[""] == len(films)
    assert counts["count"] == 1
    assert "the" not in counts


# Finding ---------------------------------------------------------------------------------------------------------


def test_a_sentence_of_a_plot_finds_its_film_first(films: dict[str, Film]) -> None:
    for text, name in (("Astronauts on mars repair their rocket.", "space"), ("the police wait", "heist")):
        assert found(text)[0] == films[name].pk


def test_a_film_is_found_by_what_it_means_without_any_of_the_words(films: dict[str, Film]) -> None:
    answer = near("vampires")
    assert answer.ids.tolist()[0] == films["vampire"].pk
    assert not words.candidates(words.read(folded("vampires")), 10)


def test_a_film_is_found_by_a_word_that_the_encoder_takes_for_noise(films: dict[str, Film]) -> None:
    answer = near("travellers")
    assert answer.ids.tolist() == [films["vampire"].pk]
    assert answer.how == BOTH


def test_similarities_fall_and_the_weaker_ones_stand_last(films: dict[str, Film]) -> None:
    make_film("Blood Bank", plot="A robbery at the bank: thieves, money, police, and one vampire.")
    reading.read()
    answer = near("a count drinks blood in a castle at night")
    assert len(answer) > 1
    assert (np.diff(answer.similarity) <= 0).all()
    assert ((answer.similarity >= 0) & (answer.similarity <= 1)).all()
    assert 0 < answer.floor_at < len(answer)


@pytest.mark.parametrize("text", ["", "   ", "\0", "!!!", "the of and", "xqzvw", "(((:*&|!'\\", "x" * 5000])
def test_nothing_is_close_to_nothing(films: dict[str, Film], text: str) -> None:
    assert len(near(text)) == 0


def test_unpublished_films_and_those_outside_are_left_out(films: dict[str, Film]) -> None:
    assert found("vampires") == [films["vampire"].pk]
    assert found("vampires", within=np.array([films["dog"].pk])) == []
    assert found("blood", within=np.array([films["vampire"].pk])) == [films["vampire"].pk]
    Film.objects.filter(pk=films["vampire"].pk).update(published=False)
    assert found("vampires") == []


def test_where_no_worker_answers_words_are_enough(films: dict[str, Film], monkeypatch: pytest.MonkeyPatch) -> None:
    silence(monkeypatch)
    answer = near("thieves plan a robbery")
    assert answer.ids.tolist() == [films["heist"].pk]
    assert answer.how == WORDS
    assert "words alone" in answer.said


def test_vectors_of_another_encoder_are_not_compared(films: dict[str, Film], monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, ToyTexts("another"))
    assert near("robbery").how == WORDS


def test_no_more_films_than_are_asked_for(films: dict[str, Film]) -> None:
    for number in range(12):
        make_film(f"Vampire {number}", plot="A vampire in the night.")
    reading.read()
    assert len(near("vampire", most=5)) == 5


def test_accents_and_apostrophes_make_no_difference(films: dict[str, Film]) -> None:
    film = make_film("Amélie", plot="The fabulous destiny of Raphaël’s neighbour.")
    reading.read()
    assert found("amelie")[0] == film.pk
    assert found("RAPHAEL'S neighbour")[0] == film.pk


def test_the_number_of_queries_does_not_grow_with_the_films(
    films: dict[str, Film], django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        make_film(f"Night {number}", plot="Blood in the castle.")
    reading.read()
    with django_assert_max_num_queries(10):
        near("blood in the castle")


# The floor -------------------------------------------------------------------------------------------------------


def test_the_floor_is_what_random_letters_reach(films: dict[str, Film], toy: ToyTexts) -> None:
    space = TextSpace.objects.get()
    assert space.films == len(films)
    assert space.floor == pytest.approx(floor.measure(space, toy.encode))
    texts = floor.nonsense()
    best = [spaces.nearest(space, vector, 1)[1][0] for vector in toy.encode(texts)]
    assert min(best) <= space.floor <= max(best)
    assert texts == floor.nonsense() and len(set(texts)) > floor.PROBES * 0.9


def test_a_text_of_unknown_words_needs_to_be_closer(films: dict[str, Film]) -> None:
    space = TextSpace.objects.get()
    assert floor.of_query(space, 0.0) > floor.of_query(space, 0.5) > floor.of_query(space, 1.0) == space.floor


def test_an_encoder_that_reads_korean_is_told_from_one_that_does_not() -> None:
    english = [pair[0] for pair in floor.PAIRS]
    rows = np.eye(len(english), dtype=np.float32)
    noise = np.roll(rows, 1, 0)
    assert floor.reads_korean(lambda texts: rows)
    assert not floor.reads_korean(lambda texts: rows if texts[0] in english else noise)


# Korean ----------------------------------------------------------------------------------------------------------


def test_pairs_of_syllables_find_a_korean_plot_whatever_its_particles(films: dict[str, Film]) -> None:
    film = make_film(
        "Ghost Story", title_ko="귀신 이야기", plot="", plot_ko="한밤중에 저택에서 귀신을 만난 소녀의 이야기."
    )
    reading.read()
    assert found("저택의 귀신")[0] == film.pk
    assert found("귀신 이야기")[0] == film.pk


def test_a_korean_query_is_looked_for_in_english_words(films: dict[str, Film]) -> None:
    for text, name, english in (("흡혈귀", "vampire", "vampire"), ("은행을 터는 강도", "heist", "bank, robbery")):
        with translation.override("en"):
            answer = near(text)
        assert answer.ids.tolist()[0] == films[name].pk
        assert f"“{english}”" in answer.said


def test_korean_names_of_terms_are_known_with_their_particles() -> None:
    make_term("neo-noir", Term.Kind.TAG, name_en="neo-noir", name_ko="네오누아르", aliases=["신흑색영화"])
    assert glossary.translate("네오누아르를") == glossary.Translation("neo-noir", 1.0)
    assert glossary.translate("신흑색영화").english == "neo-noir"


def test_what_is_not_in_the_glossary_is_not_translated() -> None:
    told = glossary.translate("냉장고 속 흡혈귀의 사용 설명서")
    assert told.english == "vampire"
    assert told.share < finding.MOSTLY
    assert glossary.translate("ㅋㅋㅋㅋ") == glossary.Translation("", 0.0)


def test_an_encoder_that_reads_korean_gets_the_query_itself(
    films: dict[str, Film], toy: ToyTexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    TextSpace.objects.update(korean=True)
    toy.encoded.clear()
    assert near("흡혈귀").said == ""
    assert toy.encoded == ["흡혈귀"]


def test_every_glossary_word_is_there_once() -> None:
    korean = [korean for _english, korean in glossary._written()]
    assert len(korean) == len(set(korean)) > 500
    assert all(korean_share(word) == 1 or word == "SF" or word[0].isdigit() for word in korean)


# Like a film -----------------------------------------------------------------------------------------------------


@pytest.fixture
def kin(films: dict[str, Film]) -> dict[str, Film]:
    """Two more about vampires, one of which shares terms with the first."""
    gothic, horror = make_term("gothic", Term.Kind.TAG), make_term("horror")
    films["near"] = make_film("Castle", plot="A vampire in his castle at night.")
    films["far"] = make_film("Blood Money", plot="A vampire, some blood, a bank, money and police.")
    for name in ("vampire", "near"):
        import_label(films[name], gothic)
        import_label(films[name], horror)
    search.refresh([film.pk for film in films.values()])
    reading.read()
    return films


def test_films_alike_in_plot_and_terms_come_first_and_the_film_itself_does_not_come(kin: dict[str, Film]) -> None:
    ids = like(kin["vampire"]).ids.tolist()
    assert ids[:2] == [kin["near"].pk, kin["far"].pk]
    assert kin["vampire"].pk not in ids


def test_films_without_a_plot_are_compared_by_their_terms(kin: dict[str, Film]) -> None:
    film = make_film("Untold", plot="")
    import_label(film, Term.objects.get(slug="gothic"))
    search.refresh([film.pk])
    reading.read()
    answer = like(film)
    assert set(answer.ids.tolist()) == {kin["vampire"].pk, kin["near"].pk}
    assert answer.how == WORDS


def test_a_film_of_which_nothing_is_known_is_like_none(toy: ToyTexts) -> None:
    assert len(like(make_film("Untold", plot=""))) == 0


def test_why_names_what_both_have_the_rarer_first_and_a_name_once(kin: dict[str, Film]) -> None:
    common = make_term("drama")
    same = make_term("horror", Term.Kind.TAG, name_en="Horror")
    for film in kin.values():
        import_label(film, common)
    for name in ("vampire", "near"):
        import_label(kin[name], same)
    search.refresh([film.pk for film in kin.values()])
    why = why_similar(kin["vampire"], [kin["near"].pk, kin["far"].pk])
    names = [term.name_en for term, _here, _there in why[kin["near"].pk]]
    assert names == ["Gothic", "Horror", "Drama"]
    assert [term.slug for term, _here, _there in why[kin["far"].pk]] == ["drama"]
    assert all((here, there) == (1.0, 1.0) for _term, here, there in why[kin["near"].pk])


# The real encoder ------------------------------------------------------------------------------------------------


def test_the_sites_own_encoder_finds_and_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    plots = {
        "Blood": "An immortal nobleman rises from his coffin each night to feed on the living.",
        "Orbit": "Two astronauts are stranded after debris destroys their shuttle.",
        "Vault": "A crew of professional thieves plans to rob a casino in one night.",
        "Rex": "A lost puppy walks across the country to find the boy who raised him.",
        "Verdict": "A young lawyer defends an innocent man in a small southern town.",
        "Ring": "A washed-up boxer gets one last chance at the title.",
    }
    made = {title: make_film(title, plot=plot).pk for title, plot in plots.items()}
    encoder = encoders.text_encoder("minilm")
    use(monkeypatch, encoder)
    reading.read()
    assert not TextSpace.objects.get().korean
    for text, title in (
        ("vampire", "Blood"), ("lonely astronaut in space", "Orbit"), ("casino heist", "Vault"),
        ("courtroom drama", "Verdict"), ("권투 선수의 재기", "Ring"),
    ):  # fmt: skip
        assert found(text)[:1] == [made[title]], text
    refused = [len(near(text)) == 0 for text in QUERIES["nonsense"]]
    assert sum(refused) >= 0.95 * len(refused)


# The lane --------------------------------------------------------------------------------------------------------


class Broker:
    """Redis as far as the lane needs it."""

    def __init__(self) -> None:
        self.lists: dict[str, list[bytes]] = {}
        self.expiring: list[str] = []

    def pipeline(self) -> "Broker":
        return self

    def __enter__(self) -> "Broker":
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def rpush(self, key: str, value: bytes) -> None:
        self.lists.setdefault(key, []).append(value)

    def expire(self, key: str, seconds: int) -> None:
        self.expiring.append(key)

    def execute(self) -> None:
        pass

    def blpop(self, keys: list[str], timeout: float) -> tuple[bytes, bytes] | None:
        values = self.lists.get(keys[0], [])
        return (keys[0].encode(), values.pop(0)) if values else None


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    made = Broker()
    monkeypatch.setattr(lane, "memory", lane._Memory(client=made))  # type: ignore[arg-type]
    monkeypatch.setattr(encoders, "text_encoder", lambda name: ToyTexts())
    return made


def test_a_vector_travels_to_the_asker_and_is_remembered(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **how: sent.append((name, how)))
    question = lane.ask("a count")
    (name, how) = sent[0]
    assert (name, how["queue"], how["retry"]) == (tasks.encode_query_task.name, lane.QUEUE, False)
    tasks.encode_query_task(*how["args"])
    answer = question.answer()
    assert answer is not None
    assert answer.encoder == "toy texts 1"
    assert np.allclose(answer.vector, ToyTexts().encode(["a count"])[0])
    assert len(broker.expiring) == 1
    assert lane.ask("a count").answer() is answer
    assert len(sent) == 1


def test_nobody_is_asked_again_at_once_when_nobody_answers(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **how: sent.append(name))
    assert lane.ask("one").answer() is None
    assert lane.ask("two").answer() is None
    assert len(sent) == 1
    lane.memory.silent_until = 0
    lane.ask("three")
    assert len(sent) == 2


def test_a_broker_that_is_away_is_no_error(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(name: str, **how: Any) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(current_app, "send_task", away)
    assert lane.ask("one").answer() is None


def test_a_process_remembers_only_so_many(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane, "REMEMBERED", 2)
    for text in ("one", "two", "three"):
        lane.memory.keep(text, lane.Encoded("toy", np.zeros(1, np.float32)))
    assert list(lane.memory.found) == ["two", "three"]
