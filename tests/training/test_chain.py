"""The classifier chain: against loops over its equation, with known labels, in the order that was asked for."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.training import tiny
from training.architectures import chain as chains
from training.architectures.chain import Chain, chain_order, frequency_order, names_of, similarity_order
from training.architectures.chain_training import ChainNet, fit_cuts, teach, teacher_forced, train_chain
from training.inputs import TrainingData
from training.metrics import Truth, average_precisions
from training.options import RetrainOptions
from training.thresholds import fit_thresholds, from_log_odds

TERMS = ["action", "crime", "drama", "western"]
random = np.random.default_rng


def made_up_chain(seed: int = 0, terms: int = 4, features: int = 5) -> Chain:
    """Random numbers in every part, with links strong enough to turn decisions."""
    draw = random(seed)

    def some(*shape: int) -> NDArray[np.float32]:
        return draw.normal(size=shape).astype(np.float32)

    return Chain(
        terms=[f"term-{i}" for i in range(terms)],
        order=draw.permutation(terms),
        ordered_by="given",
        mean=some(features),
        scale=np.exp(some(features)),
        weights=some(terms, features),
        links=np.tril(2 * some(terms, terms), -1),
        bias=some(terms),
        stretch=np.exp(0.2 * some(terms)),
        shift=some(terms),
        prior=from_log_odds(some(terms)).astype(np.float32),
        cuts=from_log_odds(some(terms)).astype(np.float32),
    )


def dependent_films(films: int = 1200, seed: int = 0, *, unknown: float = 0.1) -> TrainingData:
    """The poster says much about drama and crime; a western is an action film nine times in ten, and else one in ten.

    Nothing on the poster tells a western, nor an action film.
    """
    draw = random(seed)
    yes = draw.random((films, 4)) < [0.4, 0.3, 0.6, 0.5]
    yes[:, 0] = draw.random(films) < np.where(yes[:, 3], 0.9, 0.1)
    vectors = draw.normal(size=(films, 6)).astype(np.float32)
    vectors[:, :2] += 2 * yes[:, 1:3]
    nothing = np.zeros(films, bool)
    return TrainingData(
        texts=[""] * films,
        text_vectors=np.zeros((films, 0), np.float32),
        has_text=nothing,
        image_vectors=3 + 2 * vectors,
        has_image=draw.random(films) < 0.9,
        years=[None] * films,
        languages=[""] * films,
        posters=[None] * films,
        labels=np.where(draw.random((films, 4)) < unknown, -1, yes).astype(np.int8),
        splits=np.array([("train", "train", "validation", "test")[i % 4] for i in range(films)]),
        terms=TERMS,
    )


def asked(**options: Any) -> RetrainOptions:
    return RetrainOptions(architecture="chain", **{"chain_order": "given", "epochs": 12, **options})


def nobody(*_: object) -> None:
    pass


@pytest.fixture(scope="module")
def films() -> TrainingData:
    return dependent_films()


WESTERN_FIRST = np.array([3, 2, 1, 0])
QUICK = {"learning_rate": 0.1, "batch": 32, "patience": 12}


@pytest.fixture(scope="module")
def trained(films: TrainingData) -> Chain:
    """Westerns decide first, so that action films hear of them."""
    return train_chain(films, WESTERN_FIRST, asked(**QUICK))


# The equation -------------------------------------------------------------------------------------------


def by_loops(chain: Chain, vector: NDArray[np.float32], known: list[int]) -> tuple[list[float], list[int]]:
    """One film's logits and labels in the order of the chain, number by number."""
    logits: list[float] = []
    labels: list[int] = []
    for head in range(len(chain.terms)):
        logit = float(chain.bias[head])
        for feature, value in enumerate(vector):
            scaled = (value - chain.mean[feature]) * chain.scale[feature]
            logit += float(chain.weights[head, feature]) * float(scaled)
        for earlier in range(head):
            logit += float(chain.links[head, earlier]) * labels[earlier]
        probability = 1 / (1 + np.exp(-(logit * float(chain.stretch[head]) + float(chain.shift[head]))))
        decided = int(probability >= chain.cuts[head])
        logits.append(logit)
        labels.append(decided if known[head] < 0 else known[head])
    return logits, labels


@pytest.mark.parametrize("seed", range(4))
def test_logits_are_those_of_loops_over_the_equation(seed: int) -> None:
    chain = made_up_chain(seed)
    vectors = random(seed + 9).normal(size=(60, 5)).astype(np.float32)
    known = random(seed).integers(-1, 2, (60, 4)).astype(np.int8)
    for labels in (np.full((60, 4), -1, np.int8), known):
        expected = [by_loops(chain, vector, row.tolist())[0] for vector, row in zip(vectors, labels, strict=True)]
        np.testing.assert_allclose(chain.logits(vectors, labels), expected, rtol=1e-9, atol=1e-9)
    assert (chain.logits(vectors) == chain.logits(vectors, np.full((60, 4), -1, np.int8))).all()


def test_made_up_films_are_decided_both_ways_and_links_turn_decisions() -> None:
    """What the other tests rest on: without it they could not fail."""
    chain = made_up_chain()
    vectors = random(9).normal(size=(60, 5)).astype(np.float32)
    decided = chain.probability(chain.logits(vectors)) >= chain.cuts
    alone = chain.probability(chain.alone(vectors)) >= chain.cuts
    assert (decided.any(0) & ~decided.all(0)).sum() >= 3
    assert (decided != alone).any(0)[1:].all()


def test_the_network_in_training_computes_the_same_from_true_labels(films: TrainingData) -> None:
    chain = made_up_chain()
    vectors = random(1).normal(size=(50, 5)).astype(np.float32)
    labels = random(2).integers(0, 2, (50, 4)).astype(np.int8)
    net = ChainNet(5, torch.from_numpy(chain.bias))
    net.weights.data, net.links.data = torch.from_numpy(chain.weights), torch.from_numpy(chain.links)
    net.links.data += torch.ones(4, 4).triu()  # what is not earlier is not heard
    with torch.no_grad():
        taught = net(torch.from_numpy(teach(chain, vectors, Truth.of(labels)))).numpy()
    np.testing.assert_allclose(chain.logits(vectors, labels), taught, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("seed", range(4))
def test_all_labels_known_is_teacher_forcing_to_the_bit(seed: int) -> None:
    chain = made_up_chain(seed, terms=9)
    vectors = random(seed).normal(size=(200, 5)).astype(np.float32)
    labels = random(seed + 1).integers(0, 2, (200, 9)).astype(np.int8)
    forced = teacher_forced(chain, vectors, Truth.of(labels))
    assert (chain.logits(vectors, labels).astype(np.float32) == forced.astype(np.float32)).all()
    assert (chain.logits(vectors).astype(np.float32) != forced.astype(np.float32)).any()


def test_a_trained_chain_with_all_labels_known_is_teacher_forcing_to_the_bit(
    trained: Chain, films: TrainingData
) -> None:
    rows = np.flatnonzero((films.labels >= 0).all(1) & films.has_image)
    labels = films.labels[rows][:, trained.order]
    forced = teacher_forced(trained, films.image_vectors[rows], Truth.of(labels))
    np.testing.assert_array_equal(
        trained.logits(films.image_vectors[rows], labels).astype(np.float32), forced.astype(np.float32)
    )
    scores = trained.scores(films.take(rows), films.labels[rows])
    np.testing.assert_array_equal(scores[:, trained.order], trained.probability(forced))


def test_a_known_label_changes_later_terms_and_no_others() -> None:
    chain = made_up_chain()
    vectors = random(3).normal(size=(40, 5)).astype(np.float32)
    before = chain.logits(vectors)
    for head in range(4):
        known = np.full((40, 4), -1, np.int8)
        known[:, head] = chain.probability(before)[:, head] < chain.cuts[head]  # the contrary of its own decision
        after = chain.logits(vectors, known)
        assert (after[:, : head + 1] == before[:, : head + 1]).all()
        assert (after[:, head + 1 : head + 2] != before[:, head + 1 : head + 2]).all()


def test_what_it_would_have_decided_itself_changes_nothing() -> None:
    chain = made_up_chain()
    vectors = random(4).normal(size=(40, 5)).astype(np.float32)
    logits = chain.logits(vectors)
    own = (chain.probability(logits) >= chain.cuts).astype(np.int8)
    assert (chain.logits(vectors, own) == logits).all()


# Scores -------------------------------------------------------------------------------------------------


def test_scores_and_thresholds_are_in_the_order_of_the_terms(trained: Chain, films: TrainingData) -> None:
    rows = np.flatnonzero(films.has_image)[:50]
    scores = trained.scores(films.take(rows))
    assert (scores.dtype, scores.shape) == (np.dtype(np.float32), (50, 4))
    logits = trained.logits(films.image_vectors[rows])
    for head, place in enumerate(WESTERN_FIRST):
        np.testing.assert_array_equal(scores[:, place], trained.probability(logits[:, head], head))
        assert trained.thresholds[place] == trained.cuts[head]


def test_known_labels_are_in_the_order_of_the_terms(trained: Chain, films: TrainingData) -> None:
    rows = np.flatnonzero(films.has_image)[:50]
    known = np.full((50, 4), -1, np.int8)
    known[:, TERMS.index("western")] = 0  # it decides yes of most films: that is right half of the time
    changed = trained.scores(films.take(rows), known) != trained.scores(films.take(rows))
    assert not changed[:, TERMS.index("western")].any()
    assert changed[:, TERMS.index("action")].any()


def test_without_a_poster_it_says_the_prior_whatever_is_known(trained: Chain, films: TrainingData) -> None:
    blind = films.take(np.arange(20)).without_image()
    share = (films.labels[films.rows("train")] == 1).sum(0) / (films.labels[films.rows("train")] >= 0).sum(0)
    assert trained.scores(blind) == pytest.approx(np.tile(share, (20, 1)), abs=0.01)
    assert (trained.scores(blind, np.ones((20, 4), np.int8)) == trained.scores(blind)).all()
    mixed = replace(films.take(np.arange(20)), has_image=np.arange(20) % 2 == 0)
    assert (trained.scores(mixed)[1::2] == trained.scores(blind)[1::2]).all()
    assert (trained.scores(mixed)[::2] != trained.scores(blind)[::2]).all()


def test_one_film_alone_scores_as_among_others(trained: Chain, films: TrainingData) -> None:
    together = trained.scores(films.take(np.arange(30)))
    for row in range(30):
        assert (trained.scores(films.take(np.array([row]))) == together[row]).all()


def test_the_plot_is_never_looked_at(trained: Chain, films: TrainingData) -> None:
    told = replace(films.take(np.arange(20)), texts=["A western."] * 20, has_text=np.ones(20, bool))
    assert (trained.scores(told) == trained.scores(told.without_text())).all()
    assert trained.sees == ("image",)


# Learning -----------------------------------------------------------------------------------------------


def test_it_learns_how_likely_one_term_is_given_another(trained: Chain, films: TrainingData) -> None:
    rows = films.rows("test")[films.has_image[films.rows("test")]]
    action, western = TERMS.index("action"), TERMS.index("western")
    known = np.full((len(rows), 4), -1, np.int8)
    given = {}
    for value in (0, 1):
        known[:, western] = value
        given[value] = trained.scores(films.take(rows), known)[:, action].mean()
    assert given[1] - given[0] > 0.15, "calibrated for its own decisions on westerns, which are mere guesses here"
    bare = replace(trained, stretch=np.ones(4, np.float32), shift=np.zeros(4, np.float32))
    for value, share in ((0, 0.1), (1, 0.9)):
        known[:, western] = value
        assert bare.scores(films.take(rows), known)[:, action].mean() == pytest.approx(share, abs=0.07)


def test_true_labels_make_it_better_and_it_beats_the_prior_by_itself(trained: Chain, films: TrainingData) -> None:
    rows = films.rows("test")[films.has_image[films.rows("test")]]
    truth = Truth.of(films.labels[rows])
    own, given = (
        average_precisions(trained.scores(films.take(rows), known).astype(float), truth)
        for known in (None, films.labels[rows])
    )
    prior = truth.yes.sum(0) / truth.known.sum(0)
    assert (own[[1, 2]] > prior[[1, 2]] + 0.2).all(), "crime and drama are on the poster"
    assert given[0] > own[0] + 0.2, "action follows from western"


def test_unknown_labels_are_expected_and_not_learned_from() -> None:
    chain = made_up_chain()
    labels = np.array([[1, 0, -1, 1], [-1, 1, 0, -1]])
    taught = teach(chain, np.zeros((2, 5), np.float32), Truth.of(labels))[:, 5:]
    prior = chain.prior
    np.testing.assert_array_equal(taught, np.array([[1, 0, prior[2], 1], [prior[0], 1, 0, prior[3]]], np.float32))
    forced = teacher_forced(chain, np.zeros((2, 5), np.float32), Truth.of(labels))
    expected = chain.alone(np.zeros((2, 5), np.float32)) + taught.astype(float) @ chain.links.T
    np.testing.assert_allclose(forced, expected)


def test_test_films_are_never_looked_at(films: TrainingData, trained: Chain) -> None:
    labels, vectors = films.labels.copy(), films.image_vectors.copy()
    labels[films.rows("test")] ^= 1
    labels[labels < -1] = -1
    vectors[films.rows("test")] = 1e6
    other = replace(films, labels=labels, image_vectors=vectors)
    again = train_chain(other, WESTERN_FIRST, asked(**QUICK))
    assert (again.weights == trained.weights).all() and (again.cuts == trained.cuts).all()


def test_gradients_reach_every_parameter_and_no_head_hears_a_later_one() -> None:
    net = ChainNet(3, torch.zeros(4))
    net(torch.randn(8, 7, generator=torch.Generator().manual_seed(0))).square().sum().backward()
    net.bias.data += 1  # at zero there is nothing to square
    net.zero_grad()
    net(torch.randn(8, 7, generator=torch.Generator().manual_seed(0))).square().sum().backward()
    assert all(p.grad is not None and (p.grad.abs().sum() > 0) for p in net.parameters())
    heard = net.links.grad
    assert heard is not None
    assert (heard.tril(-1) == heard).all()
    assert (heard[torch.ones(4, 4).tril(-1) > 0] != 0).all()


def test_the_same_seed_gives_the_same_chain(films: TrainingData, trained: Chain) -> None:
    again = train_chain(films, WESTERN_FIRST, asked(**QUICK))
    other = train_chain(films, WESTERN_FIRST, asked(**QUICK, seed=1))
    for name in ("weights", "links", "bias", "stretch", "shift", "cuts"):
        assert (getattr(again, name) == getattr(trained, name)).all()
    assert (other.weights != trained.weights).any()


def test_without_posters_there_is_nothing_to_learn_from(films: TrainingData) -> None:
    with pytest.raises(ValueError, match="no training film has a poster"):
        train_chain(films.without_image(), WESTERN_FIRST, asked())


# Thresholds ---------------------------------------------------------------------------------------------


def test_each_threshold_is_found_under_the_decisions_before_it() -> None:
    chain = made_up_chain(2)
    draw = random(5)
    vectors = draw.normal(size=(150, 5)).astype(np.float32)
    truth = Truth.of(draw.integers(-1, 2, (150, 4)))
    cuts = fit_cuts(chain, vectors, truth)
    mixed = chain.probability(teacher_forced(chain, vectors, truth)).astype(float)
    labels = np.zeros((150, 4))
    for head in range(4):
        logits = chain.alone(vectors)[:, head] + labels @ chain.links[head].astype(float)
        mixed[:, head] = chain.probability(logits, head)
        assert cuts[head] == np.float32(round(fit_thresholds(mixed, truth)[head], 6))
        labels[:, head] = mixed[:, head].astype(np.float32) >= cuts[head]
    under_truth = fit_thresholds(chain.probability(teacher_forced(chain, vectors, truth)).astype(float), truth)
    assert abs(cuts - under_truth).max() > 0.01, "the true labels would have given others"


def test_scores_against_thresholds_are_the_decisions_that_later_heads_heard(
    trained: Chain, films: TrainingData
) -> None:
    rows = np.flatnonzero(films.has_image)
    decided = trained.scores(films.take(rows)) >= trained.thresholds
    again = trained.scores(films.take(rows), decided.astype(np.int8))
    assert (again == trained.scores(films.take(rows))).all()


def test_scores_are_calibrated_under_its_own_decisions(trained: Chain, films: TrainingData) -> None:
    rows = films.rows("validation")[films.has_image[films.rows("validation")]]
    truth, scores = Truth.of(films.labels[rows]), trained.scores(films.take(rows))
    share = truth.yes.sum(0) / truth.known.sum(0)
    assert np.where(truth.known, scores, 0).sum(0) / truth.known.sum(0) == pytest.approx(share, abs=0.03)


# The order ----------------------------------------------------------------------------------------------


def test_frequency_is_commonest_first_and_the_first_listed_among_equals() -> None:
    assert frequency_order(np.array([3, 9, 9, 1])).tolist() == [1, 2, 0, 3]


def test_similarity_goes_from_the_commonest_to_the_nearest_that_is_left() -> None:
    angles = np.radians([0, 170, 30, 100, 75])
    lengths = np.array([[1], [5], [2], [9], [1]])
    names = (lengths * np.stack([np.cos(angles), np.sin(angles)], 1)).astype(np.float32)
    assert similarity_order(names, np.array([1, 2, 9, 3, 4])).tolist() == [2, 0, 4, 3, 1]
    assert similarity_order(names, np.array([1, 2, 3, 9, 4])).tolist() == [3, 4, 2, 0, 1]


def test_similarity_takes_the_first_listed_among_equals() -> None:
    same = np.ones((4, 3), np.float32)
    assert similarity_order(same, np.array([1, 5, 5, 1])).tolist() == [1, 0, 2, 3]
    assert similarity_order(np.ones((1, 3), np.float32), np.array([2])).tolist() == [0]


def test_names_are_read_as_words() -> None:
    assert names_of(["film-noir", "sci-fi", "war"]) == ["film noir", "sci fi", "war"]


def test_orders_by_name(films: TrainingData, tmp_path: Path) -> None:
    counts = (films.labels[films.rows("train")] == 1).sum(0)
    assert chain_order("given", films, "none").tolist() == [0, 1, 2, 3]
    assert chain_order("frequency", films, "none").tolist() == np.argsort(-counts).tolist()
    order = chain_order("similarity", films, str(tiny.bert(tmp_path / "bert")))
    assert sorted(order) == [0, 1, 2, 3]
    assert order[0] == counts.argmax()


def test_comparing_names_needs_a_text_encoder(films: TrainingData) -> None:
    with pytest.raises(ValueError, match="needs a text encoder"):
        chain_order("similarity", films, "none")


def test_it_trains_in_the_order_that_is_asked_for_and_tells_it(films: TrainingData) -> None:
    epochs: list[int] = []
    chain = chains.train(
        films,
        films,
        asked(chain_order="frequency", epochs=2),
        lambda epoch, total, figures: epochs.append(epoch),
    )
    assert epochs == [1, 2]
    assert chain.order.tolist() == chain_order("frequency", films, "none").tolist()
    order, _links, sees = chain.card_lines()
    assert "commonest first" in order
    assert order.endswith(" → ".join(TERMS[place] for place in chain.order) + ".")
    assert "poster only" in sees
    assert chain.parameters == 4 * 6 + 6 + 4


def test_the_card_names_the_strongest_link_first(trained: Chain) -> None:
    assert trained.card_lines()[1].split(": ")[1].startswith("western → action +")
    silent = replace(trained, links=np.zeros((4, 4), np.float32))
    assert silent.card_lines()[1].endswith("none.")


# Saving -------------------------------------------------------------------------------------------------


def test_saved_and_loaded_it_scores_the_same_to_the_bit(trained: Chain, films: TrainingData, tmp_path: Path) -> None:
    trained.save(tmp_path)
    loaded = chains.load(tmp_path)
    known = films.labels
    for labels in (None, known):
        assert (loaded.scores(films, labels) == trained.scores(films, labels)).all()
    assert (loaded.thresholds == trained.thresholds).all()
    assert loaded.card_lines() == trained.card_lines()
    assert {path.name for path in tmp_path.iterdir()} == {"model.safetensors", "chain.json"}


@pytest.mark.parametrize(
    "broken",
    [
        {"links": np.ones((4, 4), np.float32)},  # heads that hear later ones
        {"order": np.array([0, 0, 1, 2])},
        {"weights": np.ones((3, 6), np.float32)},
        {"cuts": np.ones(5, np.float32)},
    ],
)
def test_parts_that_do_not_fit_are_refused(trained: Chain, tmp_path: Path, broken: dict[str, Any]) -> None:
    replace(trained, **broken).save(tmp_path)
    with pytest.raises(ValueError, match="do not fit"):
        chains.load(tmp_path)


def test_a_damaged_folder_is_refused(trained: Chain, tmp_path: Path) -> None:
    with pytest.raises(OSError):
        chains.load(tmp_path)
    trained.save(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"no tensors")
    with pytest.raises(ValueError, match="does not hold a chain"):
        chains.load(tmp_path)


def test_it_is_read_and_scores_without_torch(trained: Chain, films: TrainingData, tmp_path: Path) -> None:
    trained.save(tmp_path)
    np.savez(tmp_path / "films.npz", vectors=films.image_vectors[:9], known=films.labels[:9])
    code = f"""
import sys, numpy as np
from pathlib import Path
from training.architectures import chain
films, model = np.load({str(tmp_path / "films.npz")!r}), chain.load(Path({str(tmp_path)!r}))
scores = model.probability(model.logits(films["vectors"], films["known"][:, model.order]))
print(sorted({{"torch", "scipy", "sklearn", "transformers"}} & set(sys.modules)), scores.tolist())
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).resolve().parents[2],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "genresite.settings"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    expected = trained.probability(trained.logits(films.image_vectors[:9], films.labels[:9][:, trained.order]))
    assert done.stdout == f"[] {expected.tolist()}\n", done.stderr


# What the heat maps ask ---------------------------------------------------------------------------------


def test_the_differentiable_logits_are_the_logits(trained: Chain, films: TrainingData) -> None:
    vectors = torch.from_numpy(films.image_vectors[:20]).requires_grad_()
    logits = trained.image_logits(vectors)
    expected = trained.logits(films.image_vectors[:20])[:, np.argsort(trained.order)]
    np.testing.assert_allclose(logits.detach().numpy(), expected, rtol=1e-4, atol=1e-4)
    (slope,) = torch.autograd.grad(logits[:, 1].sum(), vectors)
    head = int(np.flatnonzero(trained.order == 1)[0])
    np.testing.assert_allclose(slope[0].numpy(), trained.weights[head] * trained.scale, rtol=1e-5)
