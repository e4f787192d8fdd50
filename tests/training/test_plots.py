"""Networks that read plots: learning, freezing, saving whole, and what is refused."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.training import tiny
from tests.training.films import made_up_films
from training import manifest
from training.architectures import plots
from training.architectures.plots import TrainedPlots, load, train
from training.encoders.folders import EncoderUnavailable
from training.inputs import TrainingData
from training.metrics import Truth, average_precisions, prior
from training.networks import plot_net
from training.networks.plot_net import PlotNet, Reading, Tokens, begin, network_of
from training.networks.poster_net import Head
from training.options import BadOption, RetrainOptions

KINDS = ["bert", "roberta"]
SAYS = {"western": "war", "sci-fi": "film", "horror": "ghosts"}  # words that the tiny tokenizer knows
TINY: dict[str, Any] = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}

LEARNS: dict[str, dict[str, Any]] = {
    "none": {"learning_rate": 0.03, "epochs": 30, "batch": 32, "patience": 30},
    "all": {"learning_rate": 0.01, "epochs": 12, "batch": 16, "patience": 12},
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    makers = {"bert": tiny.bert, "roberta": tiny.roberta}
    return {name: str(make(tmp_path_factory.mktemp(name))) for name, make in makers.items()}


@pytest.fixture(scope="module")
def data() -> TrainingData:
    """Films whose plots say what they are, one film in five without a plot."""
    films = made_up_films(400, unknown=0.05)
    random = np.random.default_rng(0)
    texts = []
    for has, labels in zip(films.has_text, films.labels, strict=True):
        words = [*random.choice(["a", "of", "love", "the"], random.integers(2, 7))]
        words += [word for word, label in zip(SAYS.values(), labels, strict=True) if label == 1]
        texts.append(" ".join(random.permutation(words)) if has else "")
    return replace(films, texts=texts)


def asked(kind: str, folder: str, **options: Any) -> RetrainOptions:
    return RetrainOptions(architecture=kind, weights=folder, **options)


def silent(*_: Any) -> None:
    pass


@pytest.fixture(scope="module", params=[(kind, finetune) for kind in KINDS for finetune in ("none", "all")])
def trained(request: pytest.FixtureRequest, data: TrainingData, folders: dict[str, str]) -> TrainedPlots:
    kind, finetune = request.param
    options = asked(kind, folders[kind], finetune=finetune, precision="fp32", **LEARNS[finetune])
    return train(data, data, options, silent)


def precisions(model: TrainedPlots, data: TrainingData, rows: Any) -> Any:
    return average_precisions(model.scores(data.take(rows)).astype(float), Truth.of(data.labels[rows]))


def test_a_network_learns_what_plots_say(trained: TrainedPlots, data: TrainingData) -> None:
    rows = data.rows("test")[data.has_text[data.rows("test")]]
    chance = prior(Truth.of(data.labels[rows]))
    assert (precisions(trained, data, rows) > chance + 0.3).all()
    assert trained.sees == ("text",)


def test_scores_are_probabilities_and_the_prior_without_a_plot(trained: TrainedPlots, data: TrainingData) -> None:
    inputs = data.take(np.arange(30))
    scores = trained.scores(inputs)
    assert scores.shape == (30, 3)
    assert scores.dtype == np.float32
    assert ((scores >= 0) & (scores <= 1)).all()
    blind = trained.scores(inputs.without_text())
    assert np.ptp(blind, axis=0).max() == 0
    assert blind[0] == pytest.approx(prior(Truth.of(data.labels[data.rows("train")])), abs=0.02)
    assert (scores[~inputs.has_text] == blind[0]).all()
    assert (trained.scores(inputs.without_image()) == scores).all()
    hidden = replace(inputs, has_text=np.zeros(30, bool))  # the flag decides, not what stands there
    assert (trained.scores(hidden) == blind).all()


def test_one_film_alone_scores_as_among_others(trained: TrainedPlots, data: TrainingData) -> None:
    together = trained.scores(data.take(np.arange(20)))
    alone = np.concatenate([trained.scores(data.take(np.array([i]))) for i in range(20)])
    assert alone == pytest.approx(together, abs=2e-3)


def test_a_saved_folder_is_whole_by_itself(trained: TrainedPlots, data: TrainingData, tmp_path: Path) -> None:
    trained.save(tmp_path)
    again = load(tmp_path)
    inputs = data.take(data.rows("test"))
    assert (again.scores(inputs) == trained.scores(inputs)).all()
    assert (again.thresholds == trained.thresholds).all()
    assert (again.terms, again.parameters) == (trained.terms, trained.parameters)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.safetensors", "plots.json", "tokenizer.json"]
    manifest.seal(tmp_path)  # nothing that a model folder may not hold


def test_a_frozen_network_stays_as_it_was_published(data: TrainingData, folders: dict[str, str]) -> None:
    model = train(data, data, asked("bert", folders["bert"], epochs=1), silent)
    published = begin(asked("bert", folders["bert"]))[0].state_dict()
    for name, tensor in model.net.reader.network.state_dict().items():
        assert tensor.float() == pytest.approx(published[name].float(), abs=1e-3), name


@pytest.mark.parametrize("kind", KINDS)
def test_finetune_says_what_learns(kind: str, data: TrainingData, folders: dict[str, str]) -> None:
    before = begin(asked(kind, folders[kind]))[0].state_dict()

    def moved(finetune: str) -> set[str]:
        options = asked(kind, folders[kind], finetune=finetune, learning_rate=0.01, epochs=1)
        after = train(data, data, options, silent).net.reader.network.state_dict()
        parts = {name: (after[name].float() - before[name].float()).abs().max() > 2e-3 for name in before}
        return {name.split(".attention")[0].split(".")[0:3][-1] for name, has in parts.items() if has}

    assert moved("last-block") == {"1"}
    assert {"0", "1", "weight"} <= moved("all")


def test_gradients_reach_every_parameter(folders: dict[str, str]) -> None:
    network, reading = begin(asked("bert", folders["bert"], finetune="all"))
    net = PlotNet(network, Head(16, 3))
    net.let_learn("all")
    tokens = reading.tokens(["a film of ghosts", "love", "the war"])
    net(tokens[torch.arange(3)]).square().sum().backward()
    for name, weights in net.named_parameters():
        assert weights.grad is not None, name
        if not name.endswith("key.bias"):  # the same for every key, it falls out of the softmax
            assert weights.grad.abs().sum() > 0, name


def test_the_state_is_that_of_the_class_token_whatever_the_padding(folders: dict[str, str]) -> None:
    network, reading = begin(asked("roberta", folders["roberta"]))
    net = PlotNet(network, Head(16, 3)).eval()
    tokens = reading.tokens(["a film of ghosts", "love"])
    with torch.inference_mode():
        together = net.reader(tokens[torch.tensor([1, 0])])
        ids = torch.tensor([tokens.ids[1]])
        alone = network(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state[:, 0]
    assert together[0].numpy() == pytest.approx(alone[0].numpy(), abs=1e-5)


def test_batches_of_tokens_are_padded_to_their_longest() -> None:
    batch = Tokens([[2, 5, 3], [2, 3], [2, 5, 6, 7, 3]], pad=9)[torch.tensor([1, 0])]
    assert batch["input_ids"].tolist() == [[2, 3, 9], [2, 5, 3]]
    assert batch["attention_mask"].tolist() == [[1, 1, 0], [1, 1, 1]]


@pytest.mark.parametrize(("kind", "longest"), [("bert", 32), ("roberta", 32)])
def test_a_plot_is_cut_where_the_network_ends(kind: str, longest: int, folders: dict[str, str]) -> None:
    network, reading = begin(asked(kind, folders[kind]))
    tokens = reading.tokens(["war " * 600])
    assert [len(ids) for ids in tokens.ids] == [longest]
    network.eval()(**tokens[torch.tensor([0])])


def test_the_same_seed_gives_the_same_weights(data: TrainingData, folders: dict[str, str]) -> None:
    options = asked("bert", folders["bert"], finetune="all", epochs=1)
    first = train(data, data, options, silent)
    torch.rand(3)  # what else draws numbers must not matter
    second, other = (train(data, data, replace(options, seed=seed), silent) for seed in (0, 1))
    for name, tensor in first.net.state_dict().items():
        assert (second.net.state_dict()[name] == tensor).all(), name
    inputs = data.take(data.rows("test"))
    assert (other.scores(inputs) != first.scores(inputs)).any()


def test_test_films_teach_nothing(data: TrainingData, folders: dict[str, str]) -> None:
    labels = data.labels.copy()
    labels[data.rows("test")] = 1 - np.abs(labels[data.rows("test")])
    options = asked("bert", folders["bert"], epochs=2)
    first, other = (train(films, films, options, silent) for films in (data, replace(data, labels=labels)))
    inputs = data.take(data.rows("train"))
    assert (other.scores(inputs) == first.scores(inputs)).all()
    assert (other.thresholds == first.thresholds).all()


@pytest.mark.parametrize("kind", KINDS)
def test_random_weights_borrow_the_words_of_the_text_encoder(
    kind: str, data: TrainingData, folders: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(plot_net, "network_of", lambda config: network_of(config | TINY))
    options = asked(kind, "none", text_encoder=folders["bert"], finetune="all", **LEARNS["all"])
    model = train(data, data, options, silent)
    rows = data.rows("test")[data.has_text[data.rows("test")]]
    assert precisions(model, data, rows).mean() > prior(Truth.of(data.labels[rows])).mean() + 0.1
    assert model.encoder.reading.tokenizer.get_vocab_size() == len(tiny.WORDS)
    assert len(model.encoder.reading.tokens(["war " * 600]).ids[0]) == plot_net.LONGEST
    model.save(tmp_path)
    assert (load(tmp_path).scores(data) == model.scores(data)).all()


def test_random_weights_without_a_text_encoder_are_refused() -> None:
    options = RetrainOptions(architecture="bert", weights="none", text_encoder="none")
    with pytest.raises(BadOption, match="borrows the tokenizer"):
        begin(options)


def test_a_network_of_the_published_size_is_built_for_none() -> None:
    with torch.device("meta"):
        sizes = {kind: network_of({"model_type": kind, **plot_net._RANDOM[kind]}).config for kind in KINDS}
    assert {(c.hidden_size, c.num_hidden_layers, c.num_attention_heads) for c in sizes.values()} == {(768, 12, 12)}
    assert sizes["roberta"].max_position_embeddings == 514


@pytest.mark.parametrize("option", [{"size": 64}, {"augment": True}, {"chain_order": "given"}])
def test_options_without_a_meaning_here_are_refused(
    option: dict[str, Any], data: TrainingData, folders: dict[str, str]
) -> None:
    with pytest.raises(BadOption, match=f"does not use {next(iter(option))}"):
        train(data, data, asked("bert", folders["bert"], **option), silent)


def test_weights_of_another_kind_are_refused(folders: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(BadOption, match="holds a model of type 'roberta', and bert is of type 'bert'"):
        begin(asked("bert", folders["roberta"]))
    (tmp_path / "weights.safetensors").write_bytes(b"")
    with pytest.raises(BadOption, match="is a file"):
        begin(asked("bert", str(tmp_path / "weights.safetensors")))
    with pytest.raises(EncoderUnavailable, match="no encoder folder"):
        begin(asked("bert", str(tmp_path / "nowhere")))


def test_a_tokenizer_that_does_not_fit_is_refused(folders: dict[str, str]) -> None:
    network, _ = begin(asked("bert", folders["bert"]))
    network.config.vocab_size = 3
    tokenizer = type(
        "T", (), {"is_fast": True, "backend_tokenizer": begin(asked("bert", folders["bert"]))[1].tokenizer}
    )
    with pytest.raises(EncoderUnavailable, match="more words"):
        Reading.of(tokenizer(), network.config)
    with pytest.raises(EncoderUnavailable, match="cannot be saved"):
        Reading.of(object(), network.config)


def test_nothing_to_learn_from_is_refused(data: TrainingData, folders: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="no training film has a plot"):
        train(data.without_text(), data, asked("bert", folders["bert"]), silent)


def test_no_validation_film_will_do(data: TrainingData, folders: dict[str, str]) -> None:
    few = data.take(np.arange(16))
    splits = np.where(data.splits[:16] == "validation", "train", data.splits[:16])
    labelled = TrainingData.of(few, data.labels[:16], splits, data.terms)
    model = train(labelled, labelled, asked("bert", folders["bert"], epochs=1), silent)
    assert np.isfinite(model.scores(few)).all()


def test_a_folder_that_is_not_whole_is_refused(data: TrainingData, folders: dict[str, str], tmp_path: Path) -> None:
    train(data, data, asked("bert", folders["bert"], epochs=1), silent).save(tmp_path)
    whole = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    said = json.loads(whole["plots.json"])
    small = json.dumps(said | {"network": said["network"] | {"hidden_size": 8}}).encode()
    for name, wrong in (("plots.json", small), ("tokenizer.json", b"{}"), ("model.safetensors", b"no tensors")):
        (tmp_path / name).write_bytes(wrong)
        with pytest.raises(ValueError, match="does not hold a network of plots"):
            load(tmp_path)
        (tmp_path / name).write_bytes(whole[name])
    load(tmp_path)
    (tmp_path / "tokenizer.json").unlink()
    with pytest.raises(OSError, match=r"tokenizer\.json"):
        load(tmp_path)


def test_progress_counts_epochs(data: TrainingData, folders: dict[str, str]) -> None:
    seen: list[tuple[int, int]] = []
    options = asked("bert", folders["bert"], epochs=2)
    train(data, data, options, lambda epoch, total, figures: seen.append((epoch, total)))
    assert seen == [(1, 2), (2, 2)]
    assert plots.HEAD.epochs > 2
