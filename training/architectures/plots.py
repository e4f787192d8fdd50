"""Genres from the plot alone: BERT and RoBERTa with a linear head on the state of the class token.

    --finetune none         the network stays as it is; the head learns on states that are made once
    --finetune last-block   the network's last layer learns too
    --finetune all          everything learns

A film without a plot gets the prior. Weights are rounded to half precision when training ends, so that what is judged
is what is saved; a saved model holds network and tokenizer whole and needs neither hub nor folder again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from training.calibration import Calibration
from training.encoders.text import longest_first
from training.inputs import Inputs, Labelled, Modality, TrainingData
from training.linear import prior_log_odds
from training.loop import Batch, LoopOptions, Report, accelerator, fit, one_core
from training.metrics import Truth
from training.networks.halves import restored, round_weights, stored
from training.networks.plot_net import PlotEncoder, PlotNet, Reading, begin, network_of
from training.networks.poster_net import Head
from training.options import BadOption

if TYPE_CHECKING:
    from training.options import RetrainOptions

Floats = NDArray[np.float32]
SEES: tuple[Modality, ...] = ("text",)
TENSORS, DESCRIPTION, TOKENIZER, CALIBRATION = "model.safetensors", "plots.json", "tokenizer.json", "calibration."
PARTS = ("train", "validation")
UNUSED = ("size", "augment", "chain_order")

HEAD = LoopOptions(epochs=30, batch=128, learning_rate=3e-3)
FROM_PUBLISHED = LoopOptions(epochs=4, batch=16, learning_rate=3e-5)
FROM_RANDOM = LoopOptions(epochs=10, batch=16, learning_rate=1e-4)
SAMPLE = 64  # training plots on which the scale of the states is measured


@dataclass(frozen=True, eq=False)
class TrainedPlots:
    """A network with its head, calibration and thresholds: everything from a plot to decisions."""

    terms: list[str]
    net: PlotNet
    encoder: PlotEncoder
    calibration: Calibration
    precision: str
    """As it was asked for: `auto`, `fp32` or `bf16`."""
    sees: tuple[Modality, ...] = SEES

    @property
    def parameters(self) -> int:
        return sum(weights.numel() for weights in self.net.parameters())

    @property
    def thresholds(self) -> Floats:
        return self.calibration.thresholds

    def scores(self, inputs: Inputs) -> Floats:
        """Calibrated probabilities (N, T); the prior where there is no plot."""
        return self.calibration.scores(_logits(self.net.head, self.encoder, inputs), inputs.only(SEES))

    def save(self, folder: Path) -> None:
        """Write model.safetensors, tokenizer.json and plots.json into an existing folder."""
        tensors = stored(self.net)
        tensors |= {name: torch.from_numpy(values) for name, values in self.calibration.tensors().items()}
        save_file(tensors, folder / TENSORS)
        reading = self.encoder.reading
        reading.tokenizer.save(str(folder / TOKENIZER))
        said = {"terms": self.terms, "pad": reading.pad, "precision": self.precision, "network": self.net.config}
        (folder / DESCRIPTION).write_text(json.dumps(said, ensure_ascii=False, indent=1), encoding="utf-8")


def load(folder: Path) -> TrainedPlots:
    """What ``save`` wrote. Raises OSError, KeyError or ValueError where it is not whole."""
    said = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    try:
        tensors = restored(load_file(folder / TENSORS))
        tokenizer = Tokenizer.from_str((folder / TOKENIZER).read_text(encoding="utf-8"))
        with torch.random.fork_rng(devices=[]):  # weights are drawn only to be replaced
            network = network_of(said["network"])
        net = PlotNet(network, Head(network.config.hidden_size, len(said["terms"])))
        net.load_state_dict({name: t for name, t in tensors.items() if not name.startswith(CALIBRATION)})
        calibration = Calibration.read({n: t.numpy() for n, t in tensors.items() if n.startswith(CALIBRATION)})
        encoder = _encoder(net, Reading(tokenizer, said["pad"]), said["precision"])
    except (OSError, KeyError, ValueError):
        raise
    except Exception as error:  # tokenizers raises nothing more precise
        raise ValueError(f"{folder.name} does not hold a network of plots: {error}") from error
    return TrainedPlots(said["terms"], net, encoder, calibration, said["precision"])


def train(inputs: Inputs, snapshot: Labelled, options: RetrainOptions, on_epoch: Report) -> TrainedPlots:
    """Train the network that the options name on the plots of training films, and decide on validation films.

    Raises BadOption on options that do not go together, EncoderUnavailable where weights cannot be had, ValueError
    where no training film has a plot.
    """
    if useless := [name for name in UNUSED if name in options.network]:
        raise BadOption(f"{options.architecture} reads plots and does not use {', '.join(useless)}.")
    data = TrainingData.of(inputs.only(SEES), snapshot.labels, snapshot.splits, snapshot.terms)
    if not data.has_text[data.rows("train")].any():
        raise ValueError("no training film has a plot to learn from")
    prior = prior_log_odds(Truth.of(data.labels[data.rows("train")]))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(options.seed)
        network, reading = begin(options)
        net = PlotNet(network, Head(network.config.hidden_size, len(data.terms)))
    if options.finetune == "none":
        encoder = _encoder(net, reading, options.precision)
        _learn_from_states(net, encoder, data, prior, options, on_epoch)
    else:
        _learn_from_plots(net, reading, data, prior, options, on_epoch)
        encoder = _encoder(net, reading, options.precision)
    rows = data.rows("validation")
    inputs, truth = data.take(rows), Truth.of(data.labels[rows])
    calibration = Calibration.fit(_logits(net.head, encoder, inputs), inputs, truth, prior, SEES)
    return TrainedPlots(list(data.terms), net.requires_grad_(False), encoder, calibration, options.precision)


def _learn_from_states(
    net: PlotNet, encoder: PlotEncoder, data: TrainingData, prior: Floats, options: RetrainOptions, on_epoch: Report
) -> None:
    """The head alone, on states of a network that does not change."""
    (plots, truth), (validation, validation_truth) = (_part(data, part) for part in PARTS)
    states = encoder.encode(plots)
    net.head.begin(torch.from_numpy(states), prior)
    with one_core():
        fit(
            net.head,
            Batch.of(states, truth),
            Batch.of(encoder.encode(validation), validation_truth),
            options.loop(HEAD),
            seed=options.seed,
            progress=on_epoch,
        )
    round_weights(net.head)


def _learn_from_plots(
    net: PlotNet, reading: Reading, data: TrainingData, prior: Floats, options: RetrainOptions, on_epoch: Report
) -> None:
    """The network with the head, plots in batches."""
    (plots, truth), (validation, validation_truth) = (_part(data, part) for part in PARTS)
    some = [plots[place] for place in np.linspace(0, len(plots) - 1, min(SAMPLE, len(plots))).astype(int)]
    net.begin(reading.tokens(some), prior)
    net.let_learn(options.finetune)
    fit(
        net,
        Batch.of(reading.tokens(plots), truth),
        Batch.of(reading.tokens(validation), validation_truth),
        options.loop(FROM_RANDOM if options.weights == "none" else FROM_PUBLISHED),
        seed=options.seed,
        progress=on_epoch,
        accelerator=accelerator(options.precision),
    )


def _part(data: TrainingData, part: str) -> tuple[list[str], Truth]:
    """The plots of one part of the split, those alike in length together, and the labels of their films."""
    rows = data.rows(part)
    rows = rows[data.has_text[rows]]
    rows = rows[longest_first([data.texts[row] for row in rows.tolist()])]
    return [data.texts[row] for row in rows.tolist()], Truth.of(data.labels[rows])


def _encoder(net: PlotNet, reading: Reading, precision: str) -> PlotEncoder:
    """From plots to states by a network that learns no more, its weights rounded."""
    round_weights(net)
    net.head.cpu()
    return PlotEncoder(net.reader.network, reading, precision=precision)


def _logits(head: Head, encoder: PlotEncoder, inputs: Inputs) -> Floats:
    """(N, T); 0 where there is no plot."""
    rows = np.flatnonzero(inputs.has_text)
    logits = np.zeros((len(inputs), head.output.out_features), np.float32)
    states = encoder.encode([inputs.texts[row] for row in rows.tolist()])
    with torch.inference_mode():
        logits[rows] = head.eval()(torch.from_numpy(states)).numpy()
    return logits
