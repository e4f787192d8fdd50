"""Fusion nets against their equations, and what is trained of them: learning, missing modalities, saving, refusals."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tests.training import tiny
from tests.training.films import made_up_films
from training.architectures import fusion, fusion_training
from training.architectures.fusion import TrainedFusion
from training.architectures.fusion_nets import FUSIONS, ByName, Fusion, Sizes, leave_one_out
from training.architectures.fusion_training import CONFIGS, FusionConfig, begin, train_fusion
from training.encoders import image_encoder
from training.inputs import Inputs, TrainingData
from training.loop import Batch, LoopOptions, fit, logits_of
from training.metrics import Truth, average_precisions, prior
from training.options import BadOption, RetrainOptions
from training.tokens import Seen, States, Vectors, patch_states

KINDS = list(FUSIONS)
ON_VECTORS = [kind for kind in KINDS if kind != "cross-attention"]
ENCODERS = ("minilm", "starter")
SMALL = FusionConfig(hidden=16, heads=2, dropout=0.1, loop=LoopOptions(epochs=8, batch=32, learning_rate=0.01))
Array = NDArray[Any]


def net_of(kind: str, seed: int = 0, **sizes: Any) -> Fusion:
    torch.manual_seed(seed)
    given = {"text": 5, "image": 4, "hidden": 6, "terms": 3, "heads": 2} | sizes
    net = FUSIONS[kind](Sizes(**given)).eval()
    for part in (net.text_input.standard, net.image_input.standard):
        part.fit(torch.randn(20, len(part.mean)))
    net.prior = torch.randn(given["terms"])
    return net


def films(kind: str, count: int = 7, seed: int = 0) -> dict[str, Tensor]:
    """Films with both, without text, without image and without either, in turn."""
    random = torch.Generator().manual_seed(seed)
    has_text, has_image = torch.arange(count) % 4 != 1, torch.arange(count) % 4 != 2
    has_text, has_image = has_text & (torch.arange(count) % 4 != 3), has_image & (torch.arange(count) % 4 != 3)
    text, image = torch.randn(count, 6, 5, generator=random), torch.randn(count, 3, 4, generator=random)
    if kind != "cross-attention":
        return {"text": text[:, 0], "text_there": has_text, "image": image[:, 0], "image_there": has_image}
    tokens = torch.arange(6) < torch.randint(1, 7, (count, 1), generator=random)
    patches = torch.ones(count, 3, dtype=torch.bool)
    there = {"text_there": tokens & has_text[:, None], "image_there": patches & has_image[:, None]}
    return {"text": text, "image": image, **there}


def tanh(x: Array) -> Array:
    return np.asarray(np.tanh(x))


def softmax(x: Array) -> Array:
    e = np.exp(x - x.max(-1, keepdims=True))
    return np.asarray(e / e.sum(-1, keepdims=True))


def numpy_of(module: nn.Module) -> dict[str, Array]:
    return {name: tensor.double().numpy() for name, tensor in module.state_dict().items()}


def classify(w: dict[str, Array], x: Array, head: str = "head") -> Array:
    from scipy.special import erf

    hidden = x @ w[f"{head}.0.weight"].T + w[f"{head}.0.bias"]
    hidden = hidden * 0.5 * (1 + erf(hidden / np.sqrt(2)))
    return np.asarray(hidden @ w[f"{head}.3.weight"].T + w[f"{head}.3.bias"])


def standardised(w: dict[str, Array], seen: dict[str, Tensor]) -> tuple[Array, Array, Array, Array]:
    """Text, whether it is there, image, whether it is there: as a net gets them, in double precision."""
    found: list[Array] = []
    for name in ("text", "image"):
        mean, scale = (w[f"{name}_input.standard.{part}"] for part in ("mean", "scale"))
        there = seen[f"{name}_there"].numpy()
        found += [(seen[name].double().numpy() - mean) * scale * there[..., None], there]
    return found[0], found[1], found[2], found[3]


# The equations ------------------------------------------------------------------------------------------


def test_early_is_a_classifier_over_both_with_zeros_for_what_is_missing() -> None:
    net, seen = net_of("early"), films("early")
    w = numpy_of(net)
    text, _, image, _ = standardised(w, seen)
    expected = w["prior"] + classify(w, np.hstack([text, image]))
    assert net(**seen).detach().numpy() == pytest.approx(expected, abs=1e-5)


def test_late_is_the_weighted_mean_of_two_classifiers() -> None:
    net, seen = net_of("late"), films("late")
    net.balance.data = torch.tensor([1.0, -0.5])
    w = numpy_of(net)
    text, has_text, image, has_image = standardised(w, seen)
    share = np.exp([1.0, -0.5]) / np.exp([1.0, -0.5]).sum()
    outputs = classify(w, text, "text_head"), classify(w, image, "image_head")
    for row, logits in enumerate(net(**seen).detach().numpy()):
        weights = share * [has_text[row], has_image[row]]
        weights = weights / weights.sum() if weights.sum() else weights
        expected = w["prior"] + weights[0] * outputs[0][row] + weights[1] * outputs[1][row]
        assert logits == pytest.approx(expected, abs=1e-5)


def test_attention_follows_its_equations() -> None:
    net, seen = net_of("attention"), films("attention")
    w = numpy_of(net)
    text, has_text, image, has_image = standardised(w, seen)
    h_t = tanh(text @ w["text_state.weight"].T + w["text_state.bias"])
    h_v = tanh(image @ w["image_state.weight"].T + w["image_state.bias"])
    e = np.hstack([tanh(h @ w["score.0.weight"].T + w["score.0.bias"]) @ w["score.2.weight"].T for h in (h_t, h_v)])
    a = np.exp(e) * np.stack([has_text, has_image], 1)
    a = a / np.maximum(a.sum(1, keepdims=True), 1e-30)
    expected = w["prior"] + classify(w, a[:, :1] * h_t + a[:, 1:] * h_v)
    assert net(**seen).detach().numpy() == pytest.approx(expected, abs=1e-5)
    account = net.modality_weights(**seen)
    assert account is not None
    assert account.detach().numpy() == pytest.approx(a, abs=1e-6)


def test_attention_weights_sum_to_one_and_a_missing_modality_gets_none() -> None:
    account = net_of("attention").modality_weights(**films("attention"))
    assert account is not None
    assert account.sum(1).tolist() == pytest.approx([1, 1, 1, 0, 1, 1, 1])
    assert account[1].tolist() == [0, 1]
    assert account[2].tolist() == [1, 0]
    assert 0 < account[0, 0].item() < 1


def test_the_gated_unit_follows_the_equations_of_arevalo() -> None:
    net, seen = net_of("gmu"), films("gmu")
    w = numpy_of(net)
    x_t, has_text, x_v, has_image = standardised(w, seen)
    h_v, h_t = tanh(x_v @ w["w_v.weight"].T), tanh(x_t @ w["w_t.weight"].T)
    z = 1 / (1 + np.exp(-np.hstack([x_v, x_t]) @ w["w_z.weight"].T))
    z[~has_text] = 1
    z[~has_image] = 0
    expected = w["prior"] + classify(w, z * h_v + (1 - z) * h_t)
    assert net(**seen).detach().numpy() == pytest.approx(expected, abs=1e-5)
    assert not {name for name in w if name.startswith("w_") and name.endswith("bias")}
    account = net.modality_weights(**seen)
    assert account is not None
    share = np.stack([(1 - z).mean(1) * has_text, z.mean(1) * has_image], 1)
    assert account.detach().numpy() == pytest.approx(share, abs=1e-6)


def test_a_gated_unit_by_hand() -> None:
    """One hidden unit: z = sigmoid(1 x 2 - 1 x 1) = 0.7311, h = 0.7311 tanh(2 x 0.5) + 0.2689 tanh(1 x -1)."""
    net = net_of("gmu", text=1, image=1, hidden=1, terms=1)
    for part in (net.text_input.standard, net.image_input.standard):
        part.mean, part.scale = torch.zeros(1), torch.ones(1)
    for name, value in {"w_v": [[0.5]], "w_t": [[-1.0]], "w_z": [[1.0, -1.0]]}.items():
        getattr(net, name).weight.data = torch.tensor(value)
    net.prior, net.head = torch.zeros(1), nn.Identity()
    there = torch.tensor([True])
    logits = net(torch.tensor([[1.0]]), there, torch.tensor([[2.0]]), there)
    assert logits.item() == pytest.approx(0.731059 * 0.761594 - 0.268941 * 0.761594, abs=1e-5)


def attended(w: dict[str, Array], name: str, queries: Array, keys: Array, there: Array, heads: int) -> Array:
    """Multi-head attention of one film: queries (Q, H), keys (K, H), there (K,)."""
    if not there.any():
        return np.zeros_like(queries)
    q, k, v = (
        x @ weight.T + bias
        for x, weight, bias in zip(
            (queries, keys, keys),
            np.split(w[f"{name}.in_proj_weight"], 3),
            np.split(w[f"{name}.in_proj_bias"], 3),
            strict=True,
        )
    )
    size, found = q.shape[1] // heads, []
    for part in (slice(head * size, (head + 1) * size) for head in range(heads)):
        scores = np.where(there, q[:, part] @ k[:, part].T / np.sqrt(size), -np.inf)
        found.append(softmax(scores) @ v[:, part])
    return np.hstack(found) @ w[f"{name}.out_proj.weight"].T + w[f"{name}.out_proj.bias"]


def layer_norm(w: dict[str, Array], name: str, x: Array) -> Array:
    centred = x - x.mean(1, keepdims=True)
    spread = np.sqrt((centred**2).mean(1, keepdims=True) + 1e-5)
    return np.asarray(centred / spread * w[f"{name}.weight"] + w[f"{name}.bias"])


def test_cross_attention_follows_its_equations_with_masks() -> None:
    net, seen = net_of("cross-attention"), films("cross-attention")
    w = numpy_of(net)
    texts, tokens, images, patches = standardised(w, seen)
    logits = net(**seen).detach().numpy()
    for row in range(len(logits)):
        t = texts[row] @ w["text_state.weight"].T + w["text_state.bias"]
        v = images[row] @ w["image_state.weight"].T + w["image_state.bias"]
        read = layer_norm(w, "text_norm", t + attended(w, "to_image", t, v, patches[row], heads=2))
        looked = layer_norm(w, "image_norm", v + attended(w, "to_text", v, t, tokens[row], heads=2))
        halves = [
            x[there].mean(0) if there.any() else np.zeros(6)
            for x, there in ((read, tokens[row]), (looked, patches[row]))
        ]
        assert logits[row] == pytest.approx(w["prior"] + classify(w, np.hstack(halves)), abs=1e-5)


def test_padding_changes_nothing() -> None:
    net, seen = net_of("cross-attention"), films("cross-attention")
    padded = {name: tensor.clone() for name, tensor in seen.items()}
    for name in ("text", "image"):
        padded[name] = torch.cat([seen[name], torch.full((7, 5, seen[name].shape[2]), 9.0)], 1)
        padded[f"{name}_there"] = torch.cat([seen[f"{name}_there"], torch.zeros(7, 5, dtype=torch.bool)], 1)
    assert net(**padded).detach().numpy() == pytest.approx(net(**seen).detach().numpy(), abs=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_there_is_not_looked_at(kind: str) -> None:
    net, seen = net_of(kind), films(kind)
    noisy = {**seen}
    for name in ("text", "image"):
        noisy[name] = torch.where(seen[f"{name}_there"].unsqueeze(-1), seen[name], 100.0)
    assert (net(**noisy) == net(**seen)).all()
    assert net(**seen).isfinite().all()


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_reach_every_parameter(kind: str) -> None:
    net, seen = net_of(kind).train(), films(kind)
    net(**seen).square().sum().backward()
    for name, weights in net.named_parameters():
        assert weights.grad is not None, name
        assert weights.grad.isfinite().all(), name
        assert weights.grad.abs().sum() > 0, name


def test_modality_dropout_leaves_one_out_and_never_both() -> None:
    torch.manual_seed(0)
    has_text, has_image = torch.arange(4000) % 4 != 1, torch.arange(4000) % 4 != 2
    text, image = leave_one_out(has_text, has_image, 0.5)
    both = has_text & has_image
    assert ((text | image) == (has_text | has_image)).all()
    assert (text[~both] == has_text[~both]).all()
    assert (image[~both] == has_image[~both]).all()
    assert float((~text[both]).float().mean()) == pytest.approx(0.25, abs=0.03)
    assert float((~image[both]).float().mean()) == pytest.approx(0.25, abs=0.03)
    tokens, patches = leave_one_out(has_text[:, None].expand(4000, 3), has_image[:, None].expand(4000, 2), 0.5)
    assert (tokens.any(1) == tokens.all(1)).all()  # a plot goes as a whole
    assert (tokens.any(1) | patches.any(1))[has_text | has_image].all()


@pytest.mark.parametrize("kind", KINDS)
def test_modality_dropout_is_for_training_alone(kind: str) -> None:
    net, seen = net_of(kind, left_out=1.0), films(kind)
    assert (net(**seen) == net(**seen)).all()
    before = net(**seen)[0]
    assert (net.train()(**seen)[0] != before).any()


# Learning -----------------------------------------------------------------------------------------------


def decided_apart(kind: str, count: int, seed: int) -> tuple[Seen, Truth]:
    """Films whose text decides the first term and whose image the second."""
    random = np.random.default_rng(seed)
    yes = random.random((count, 2)) < 0.4
    text, image = random.normal(size=(count, 6)), random.normal(size=(count, 5))
    text[:, 0] += 4 * yes[:, 0]
    image[:, 0] += 4 * yes[:, 1]
    if kind == "cross-attention":
        tokens, patches = random.integers(1, 5, count), np.full(count, 3)
        rows = [
            [(x + random.normal(size=(n, len(x)))).astype(np.float16) for x, n in zip(xs, lengths, strict=True)]
            for xs, lengths in ((text, tokens), (image, patches))
        ]
        return Seen(States(rows[0], 6), States(rows[1], 5)), Truth(yes, np.ones_like(yes))
    there = np.ones(count, bool)
    seen = Seen(Vectors(text.astype(np.float32), there), Vectors(image.astype(np.float32), there))
    return seen, Truth(yes, np.ones_like(yes))


@pytest.mark.parametrize("kind", KINDS)
def test_a_fusion_learns_what_text_and_what_image_decide_and_one_alone_cannot(kind: str) -> None:
    (train, truth), (other, other_truth) = decided_apart(kind, 500, 0), decided_apart(kind, 300, 1)
    sizes = Sizes(6, 5, hidden=16, terms=2, heads=2, left_out=0.2)
    options = LoopOptions(epochs=6, batch=32, learning_rate=0.01)

    def learned(text: bool, image: bool) -> Any:
        seen, unseen = (part.shown(np.full(len(part), text), np.full(len(part), image)) for part in (train, other))
        net = begin(FUSIONS[kind], sizes, seen, np.zeros(2, np.float32), seed=0)
        fit(ByName(net), Batch.of(seen, truth), Batch.of(unseen, other_truth), options, seed=0)
        return average_precisions(logits_of(ByName(net), unseen).double().numpy(), other_truth)

    both, plot, poster = learned(True, True), learned(True, False), learned(False, True)
    assert both.min() > 0.9
    assert plot[0] > 0.9 > 0.65 > plot[1]
    assert poster[1] > 0.9 > 0.65 > poster[0]


# What is trained ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def data() -> TrainingData:
    return made_up_films(400)


@pytest.fixture(scope="module", params=ON_VECTORS)
def trained(request: pytest.FixtureRequest, data: TrainingData) -> TrainedFusion:
    return train_fusion(data, request.param, SMALL, ENCODERS, seed=0)


def mean_precision(model: TrainedFusion, inputs: Inputs, truth: Truth) -> float:
    return float(np.nanmean(average_precisions(model.scores(inputs).astype(float), truth)))


def test_both_beat_either_alone_and_either_beats_the_prior(trained: TrainedFusion, data: TrainingData) -> None:
    rows = data.rows("test")[(data.has_text & data.has_image)[data.rows("test")]]
    inputs, truth = data.take(rows), Truth.of(data.labels[rows])
    both, plot, poster = (
        mean_precision(trained, view, truth) for view in (inputs, inputs.without_image(), inputs.without_text())
    )
    assert both > max(plot, poster) > prior(truth).mean() + 0.05
    assert poster > prior(truth).mean() + 0.05
    assert trained.sees == ("text", "image")


def test_scores_are_probabilities_and_the_prior_where_nothing_is_seen(
    trained: TrainedFusion, data: TrainingData
) -> None:
    inputs = data.take(np.arange(10))
    scores = trained.scores(inputs)
    assert scores.shape == (10, 3)
    assert scores.dtype == np.float32
    assert ((scores > 0) & (scores < 1)).all()
    blind = trained.scores(inputs.without_text().without_image())
    assert np.ptp(blind, axis=0).max() == 0
    assert blind[0] == pytest.approx(prior(Truth.of(data.labels[data.rows("train")])), abs=0.02)
    assert trained.scores(data.take(np.arange(0))).shape == (0, 3)


def test_scores_of_every_view_are_calibrated(trained: TrainedFusion, data: TrainingData) -> None:
    rows = data.rows("validation")[(data.has_text & data.has_image)[data.rows("validation")]]
    inputs, truth = data.take(rows), Truth.of(data.labels[rows])
    for view in (inputs, inputs.without_image(), inputs.without_text()):
        gap = (trained.scores(view) - truth.yes)[truth.known].mean()
        assert abs(gap) < 0.05


def test_saving_and_loading_changes_nothing(trained: TrainedFusion, data: TrainingData, tmp_path: Path) -> None:
    trained.save(tmp_path)
    again = fusion.load(tmp_path)
    inputs = data.take(data.rows("test"))
    assert (again.scores(inputs) == trained.scores(inputs)).all()
    assert (again.modality_weights(inputs) == trained.modality_weights(inputs)).all()
    assert (again.thresholds == trained.thresholds).all()
    assert (again.kind, again.terms, again.encoders) == (trained.kind, trained.terms, trained.encoders)
    assert again.parameters == trained.parameters > 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fusion.json", "model.safetensors"]


@pytest.mark.parametrize("kind", ON_VECTORS)
def test_the_same_seed_gives_the_same_weights(kind: str, data: TrainingData) -> None:
    config = replace(SMALL, loop=LoopOptions(epochs=2, batch=64))
    first = train_fusion(data, kind, config, ENCODERS, seed=0)
    torch.rand(3)  # what else draws numbers must not matter
    second, other = (train_fusion(data, kind, config, ENCODERS, seed) for seed in (0, 1))
    for name, tensor in first.net.state_dict().items():
        assert (second.net.state_dict()[name] == tensor).all(), name
    inputs = data.take(np.arange(30))
    assert (other.scores(inputs) != first.scores(inputs)).any()


def test_test_films_teach_nothing(data: TrainingData) -> None:
    labels = data.labels.copy()
    labels[data.rows("test")] = 1 - np.abs(labels[data.rows("test")])
    config = replace(SMALL, loop=LoopOptions(epochs=1))
    first, other = (train_fusion(films, "gmu", config, ENCODERS, 0) for films in (data, replace(data, labels=labels)))
    inputs = data.take(data.rows("train"))
    assert (other.scores(inputs) == first.scores(inputs)).all()
    assert (other.thresholds == first.thresholds).all()


def test_modality_weights_tell_what_there_is(trained: TrainedFusion, data: TrainingData) -> None:
    inputs = data.take(np.arange(100))
    weights = trained.modality_weights(inputs)
    assert weights.shape == (100, 2)
    assert weights.dtype == np.float32
    assert weights.sum(1) == pytest.approx(1, abs=1e-6)
    both = inputs.has_text & inputs.has_image
    assert ((weights[both] > 0) & (weights[both] < 1)).all()
    assert (weights[inputs.has_text & ~inputs.has_image] == [1, 0]).all()
    assert (weights[~inputs.has_text & inputs.has_image] == [0, 1]).all()
    assert (trained.modality_weights(inputs.without_text().without_image()) == 0).all()


def test_the_score_that_a_modality_moves_is_its_weight(data: TrainingData) -> None:
    model = train_fusion(data, "early", SMALL, ENCODERS, seed=0)
    inputs = data.take(np.flatnonzero(data.has_text & data.has_image)[:20])
    moved = [
        np.abs(model.scores(inputs) - model.scores(rest)).sum(1)
        for rest in (inputs.without_text(), inputs.without_image())
    ]
    assert model.modality_weights(inputs)[:, 0] == pytest.approx(moved[0] / (moved[0] + moved[1]), abs=1e-4)


def test_image_logits_are_those_of_the_poster_alone_with_gradients(trained: TrainedFusion, data: TrainingData) -> None:
    rows = np.flatnonzero(data.has_image)[:5]
    x = torch.from_numpy(data.image_vectors[rows]).requires_grad_()
    logits = trained.image_logits(x)
    seen = fusion.look(trained.kind, data.take(rows).without_text(), ENCODERS)
    assert logits.detach().numpy() == pytest.approx(logits_of(ByName(trained.net), seen).numpy(), abs=1e-5)
    (slopes,) = torch.autograd.grad(logits[:, 0].sum(), x)
    assert (slopes.abs().sum(1) > 0).all()


def test_few_films_and_no_validation_film_will_do() -> None:
    few = made_up_films(12, seed=3)
    few = replace(few, splits=np.where(few.splits == "validation", "train", few.splits))
    model = train_fusion(few, "attention", SMALL, ENCODERS, seed=0)
    assert np.isfinite(model.scores(few.take(few.rows("test")))).all()


def test_a_catalogue_without_posters_will_do(data: TrainingData) -> None:
    model = train_fusion(data.without_image(), "gmu", SMALL, ENCODERS, seed=0)
    assert np.isfinite(model.scores(data.take(np.arange(5)))).all()


def test_nothing_to_learn_from_is_refused(data: TrainingData) -> None:
    with pytest.raises(ValueError, match="plot or a poster"):
        train_fusion(data.without_text().without_image(), "early", SMALL, ENCODERS, seed=0)


def test_a_folder_that_is_not_whole_is_refused(trained: TrainedFusion, tmp_path: Path) -> None:
    trained.save(tmp_path)
    said = json.loads((tmp_path / "fusion.json").read_text())
    for wrong in ({"sizes": said["sizes"] | {"hidden": 17}}, {"sizes": {"width": 3}}, {"kind": "sideways"}):
        (tmp_path / "fusion.json").write_text(json.dumps(said | wrong))
        with pytest.raises((ValueError, KeyError)):
            fusion.load(tmp_path)
    (tmp_path / "fusion.json").write_text(json.dumps(said))
    (tmp_path / "model.safetensors").write_bytes(b"no tensors")
    with pytest.raises(ValueError, match="does not hold a fusion"):
        fusion.load(tmp_path)


# As it is asked for -------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", [{"finetune": "all"}, {"augment": True}, {"weights": "some/model"}, {"size": 64}])
def test_options_without_a_meaning_here_are_refused(option: dict[str, Any], data: TrainingData) -> None:
    options = RetrainOptions(architecture="gmu", text_encoder="minilm", image_encoder="starter", **option)
    with pytest.raises(BadOption, match=f"does not use {next(iter(option))}"):
        fusion.train(data, data, options, lambda *_: None)


@pytest.mark.parametrize("missing", ["text_encoder", "image_encoder"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_fusion_needs_both_encoders(kind: str, missing: str) -> None:
    encoders: dict[str, Any] = {"text_encoder": "minilm", "image_encoder": "starter"} | {missing: "none"}
    with pytest.raises(BadOption, match="needs"):
        RetrainOptions(architecture=kind, **encoders)


def test_options_are_followed(data: TrainingData) -> None:
    seen: list[tuple[int, int]] = []
    options = RetrainOptions(architecture="late", epochs=3, patience=9, seed=5, text_encoder="a", image_encoder="b")
    model = fusion.train(data, data, options, lambda epoch, total, _: seen.append((epoch, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert (model.kind, model.encoders) == ("late", ("a", "b"))
    assert model.sizes.hidden == CONFIGS["late"].hidden


# Cross-attention, from files and words to scores ---------------------------------------------------------


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    return str(tiny.bert(tmp_path_factory.mktemp("bert"))), str(tiny.vit(tmp_path_factory.mktemp("vit")))


@pytest.fixture(scope="module")
def pictured(data: TrainingData, tmp_path_factory: pytest.TempPathFactory) -> TrainingData:
    """Sixty films with posters of which one file is damaged."""
    folder = tmp_path_factory.mktemp("posters")
    few = data.take(np.arange(60))
    posters = [tiny.poster(folder / f"{i}.jpg", i, (40, 60)) if has else None for i, has in enumerate(few.has_image)]
    broken = posters[int(np.flatnonzero(few.has_image & ~few.has_text)[0])]
    assert broken is not None
    broken.write_bytes(b"no picture")
    return TrainingData.of(replace(few, posters=posters), data.labels[:60], data.splits[:60], data.terms)


@pytest.fixture(scope="module")
def crossed(pictured: TrainingData, folders: tuple[str, str]) -> TrainedFusion:
    options = RetrainOptions(
        architecture="cross-attention", text_encoder=folders[0], image_encoder=folders[1], epochs=2, batch=16
    )
    return fusion.train(pictured, pictured, options, lambda *_: None)


def test_cross_attention_scores_saves_and_loads(
    crossed: TrainedFusion, pictured: TrainingData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = crossed.scores(pictured)
    assert ((scores > 0) & (scores < 1)).all()
    crossed.save(tmp_path)
    again = fusion.load(tmp_path)
    assert (again.scores(pictured) == scores).all()
    assert (again.thresholds == crossed.thresholds).all()
    monkeypatch.setattr(fusion, "AT_ONCE", 7)
    assert again.scores(pictured) == pytest.approx(scores, abs=2e-3)


def test_cross_attention_looks_at_tokens_and_patches(crossed: TrainedFusion, pictured: TrainingData) -> None:
    scores = crossed.scores(pictured)
    both = pictured.has_text & pictured.has_image
    assert (crossed.scores(pictured.without_image())[both] != scores[both]).any(1).all()
    assert (crossed.scores(pictured.without_text())[both] != scores[both]).any(1).all()
    swapped = replace(pictured, text_vectors=pictured.text_vectors + 1, image_vectors=pictured.image_vectors + 1)
    assert (crossed.scores(swapped) == scores).all()
    weights = crossed.modality_weights(pictured)
    assert (weights[pictured.has_text & ~pictured.has_image] == [1, 0]).all()
    assert weights[both].sum(1) == pytest.approx(1, abs=1e-6)


def test_a_poster_that_cannot_be_read_is_not_there(crossed: TrainedFusion, pictured: TrainingData) -> None:
    broken = int(np.flatnonzero(pictured.has_image & ~pictured.has_text)[0])
    alone = pictured.take(np.array([broken]))
    assert (crossed.scores(alone) == crossed.scores(alone.without_image())).all()
    assert (crossed.modality_weights(alone) == 0).all()


def test_cross_attention_trains_the_same_again(
    crossed: TrainedFusion, pictured: TrainingData, folders: tuple[str, str]
) -> None:
    config = CONFIGS["cross-attention"]
    config = replace(config, loop=replace(config.loop, epochs=2, batch=16))
    again = train_fusion(pictured, "cross-attention", config, folders, seed=0)
    assert (again.scores(pictured) == crossed.scores(pictured)).all()


def test_image_logits_of_cross_attention_reach_the_pixels(
    crossed: TrainedFusion, pictured: TrainingData, folders: tuple[str, str]
) -> None:
    encoder = image_encoder(folders[1])
    pixels = torch.randn(2, 3, 32, 32, requires_grad=True)
    logits = crossed.image_logits(patch_states(encoder.network, pixels))
    assert logits.shape == (2, 3)
    (slopes,) = torch.autograd.grad(logits[:, 1].sum(), pixels)
    assert (slopes.abs().sum((1, 2, 3)) > 0).all()


def test_every_kind_has_a_configuration_and_a_name() -> None:
    from training.architectures import ARCHITECTURES

    assert set(CONFIGS) == set(KINDS) == {n for n, a in ARCHITECTURES.items() if a.module.endswith(".fusion")}
    assert fusion_training.PARTS == ("train", "validation")
