"""Text networks of transformers that read plots: where they come from, and their tokens in batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn

from training import encoders
from training.encoders.base import Encoder
from training.encoders.folders import EncoderUnavailable, folder_of
from training.encoders.loading import load_network
from training.encoders.text import PROBES, longest_first
from training.networks.poster_net import Head
from training.options import BadOption

if TYPE_CHECKING:
    from training.options import RetrainOptions

HUB = {"bert": "google-bert/bert-base-uncased", "roberta": "FacebookAI/roberta-base"}
LONGEST = 512  # tokens of a plot
# RoBERTa's first positions are for padding: those of 512 tokens come after them.
_RANDOM: dict[str, dict[str, int]] = {"bert": {}, "roberta": {"max_position_embeddings": LONGEST + 2}}


@dataclass(frozen=True, eq=False)
class Tokens:
    """The tokens of N plots, in batches padded to their longest (a training.loop.Features)."""

    ids: Sequence[Sequence[int]]
    pad: int

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def lengths(self) -> Tensor:
        """(N,) so that training can put plots of like length into one batch."""
        return torch.tensor([len(ids) for ids in self.ids])

    def __getitem__(self, rows: Tensor) -> dict[str, Tensor]:
        """``input_ids`` and ``attention_mask``, both long (B, L)."""
        chosen = [self.ids[row] for row in rows.tolist()]
        longest = max(len(ids) for ids in chosen)
        padded = torch.tensor([[*ids, *[self.pad] * (longest - len(ids))] for ids in chosen])
        there = torch.arange(longest) < torch.tensor([len(ids) for ids in chosen]).unsqueeze(1)
        return {"input_ids": padded, "attention_mask": there.long()}


@dataclass(frozen=True, eq=False)
class Reading:
    """How plots become tokens."""

    tokenizer: Tokenizer
    pad: int

    @classmethod
    def of(cls, tokenizer: Any, config: Any) -> Reading:
        """From a tokenizer of transformers, for a network of this config. Raises EncoderUnavailable."""
        if not getattr(tokenizer, "is_fast", False):
            raise EncoderUnavailable(_("The tokenizer of these weights cannot be saved together with a model."))
        copy = Tokenizer.from_str(tokenizer.backend_tokenizer.to_str())
        if copy.get_vocab_size() > config.vocab_size:
            raise EncoderUnavailable(_("The tokenizer of these weights knows more words than the network does."))
        copy.no_padding()
        copy.enable_truncation(min(LONGEST, config.max_position_embeddings - 2 * (config.model_type == "roberta")))
        return cls(copy, config.pad_token_id)

    def tokens(self, texts: Sequence[str]) -> Tokens:
        return Tokens([found.ids for found in self.tokenizer.encode_batch(list(texts))], self.pad)


class PlotNet(nn.Module):
    """Tokens to logits (B, T), by way of the state of the class token."""

    def __init__(self, network: nn.Module, head: Head) -> None:
        super().__init__()
        self.reader, self.head = ClassToken(network), head

    @property
    def config(self) -> dict[str, Any]:
        """As ``network_of`` takes it."""
        network: Any = self.reader.network
        found: dict[str, Any] = network.config.to_dict()
        return found

    def forward(self, tokens: dict[str, Tensor]) -> Tensor:
        logits: Tensor = self.head(self.reader(tokens))
        return logits

    @torch.no_grad()
    def begin(self, tokens: Tokens, prior: NDArray[np.float32]) -> None:
        """Fit the head to the scale of these plots' states, and lean to the prior log-odds (T,) at first."""
        self.head.begin(self.reader.eval()(tokens[torch.arange(len(tokens))]), prior)

    def let_learn(self, finetune: str) -> None:
        """`none`: the head alone; `last-block`: the network's last layer too; `all`: everything."""
        network: Any = self.reader.network
        network.requires_grad_(finetune == "all")
        if finetune == "last-block":
            network.encoder.layer[-1].requires_grad_(True)


class ClassToken(nn.Module):
    """Tokens {input_ids, attention_mask} (B, L) to the last state of the first of them, (B, D)."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, tokens: dict[str, Tensor]) -> Tensor:
        states: Tensor = self.network(**tokens).last_hidden_state  # (B, L, D)
        return states[:, 0]


class PlotEncoder(Encoder[str]):
    """Plots to the states of their class tokens, by a network that learns no more."""

    def __init__(self, network: nn.Module, reading: Reading, *, precision: str) -> None:
        self.reading = reading
        super().__init__("plots", ClassToken(network), precision=precision)

    def _order(self, items: Sequence[str]) -> list[int]:
        return longest_first(items)

    def _prepare(self, items: Sequence[str]) -> tuple[dict[str, Tensor], dict[int, str]]:
        return self.reading.tokens(items)[torch.arange(len(items))], {}

    def _forward(self, batch: dict[str, Tensor]) -> Tensor:
        states: Tensor = self.network(batch)
        return states.float()

    def _probe(self) -> dict[str, Tensor]:
        return self._prepare(PROBES)[0]


def begin(options: RetrainOptions) -> tuple[Any, Reading]:
    """The network that was asked for and its tokenizer. Random weights come from torch's generator.

    Raises BadOption on a combination that makes no sense, EncoderUnavailable where weights cannot be had.
    """
    weights = options.weights or HUB[options.architecture]
    return _random(options) if weights == "none" else _published(options.architecture, weights)


def _random(options: RetrainOptions) -> tuple[Any, Reading]:
    """A network of the published size. It has no words of its own, so it takes those of the text encoder."""
    if options.text_encoder in encoders.NONE:
        raise BadOption(
            f"{options.architecture} without published weights borrows the tokenizer of the text encoder: name one."
        )
    tokenizer = encoders.text_encoder(options.text_encoder).tokenizer
    sizes = {"vocab_size": len(tokenizer), "pad_token_id": tokenizer.pad_token_id}
    network = network_of({"model_type": options.architecture, **_RANDOM[options.architecture], **sizes})
    return network, Reading.of(tokenizer, network.config)


def _published(kind: str, weights: str) -> tuple[Any, Reading]:
    from transformers import AutoTokenizer

    if Path(weights).expanduser().is_file():
        raise BadOption(f"{kind} reads its weights from a folder or by a hub id, and {weights} is a file.")
    folder = folder_of(weights)
    network: Any = load_network(folder)[0]
    found = network.config.model_type
    if found != kind:
        raise BadOption(f"{weights} holds a model of type {found!r}, and {kind} is of type {kind!r}.")
    network.pooler = None  # the class token itself is what is looked at
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
    except Exception:
        raise EncoderUnavailable(_("{folder} holds no tokenizer that can be read.").format(folder=folder)) from None
    return network, Reading.of(tokenizer, network.config)


def network_of(config: dict[str, Any]) -> Any:
    """A network of this config with random weights, without a pooling layer."""
    from transformers import AutoConfig, AutoModel

    return AutoModel.from_config(AutoConfig.for_model(**config), add_pooling_layer=False, dtype=torch.float32)
