"""Encoders of texts: a transformer whose token states are pooled to one vector."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from torch import Tensor
from torch.nn.functional import normalize

from training.encoders.base import Encoder
from training.encoders.folders import EncoderUnavailable, folder_of, identity, minilm, read_json
from training.encoders.loading import load_network

LONGEST = 512  # tokens; what models without a limit of their own are given

PROBES = (
    "A film.",
    "In the last winter of the war a projectionist hides a stranger behind the screen of the only cinema in town.",
    "사라진 필름을 찾아 나선 두 자매의 여름.",
)


class TextEncoder(Encoder[str]):
    """Mean (or first-token) pooled states, of length 1 where the model was made so."""

    def __init__(self, name: str, folder: Path, recipe: dict[str, Any], *, precision: str = "auto") -> None:
        from transformers import AutoTokenizer

        self.recipe = recipe
        try:
            self.tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
        except Exception:
            raise EncoderUnavailable(_("{folder} holds no tokenizer that can be read.").format(folder=folder)) from None
        super().__init__(name, load_network(folder)[0], precision=precision)

    def _order(self, items: Sequence[str]) -> list[int]:
        return longest_first(items)

    def _prepare(self, items: Sequence[str]) -> tuple[dict[str, Tensor], dict[int, str]]:
        tokens = self.tokenizer(
            list(items), padding=True, truncation=True, max_length=self.recipe["longest"], return_tensors="pt"
        )
        return dict(tokens), {}

    def _forward(self, batch: dict[str, Tensor]) -> Tensor:
        states = self.network(**batch).last_hidden_state.float()  # (B, tokens, D)
        if self.recipe["pooling"] == "first":
            pooled = states[:, 0]
        else:
            mask = batch["attention_mask"].unsqueeze(-1)  # (B, tokens, 1)
            pooled = (states * mask).sum(1) / mask.sum(1).clamp(min=1)
        return normalize(pooled, dim=1) if self.recipe["normalise"] else pooled

    def _probe(self) -> dict[str, Tensor]:
        return self._prepare(PROBES)[0]


def longest_first(texts: Sequence[str]) -> list[int]:
    """Texts alike in length together, so that little is padded; the longest first, so that memory fails early."""
    return sorted(range(len(texts)), key=lambda row: -len(texts[row]))


def load(name: str, *, precision: str = "auto") -> TextEncoder:
    """Raises EncoderUnavailable."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # chunks are what runs in parallel here
    folder = minilm() if name == "minilm" else folder_of(name)
    recipe = _recipe(folder)
    return TextEncoder(identity(Path(name).name or "encoder", folder, recipe), folder, recipe, precision=precision)


def _recipe(folder: Path) -> dict[str, Any]:
    """How a sentence-transformers folder says its tokens are cut and pooled; others are mean pooled."""
    config = read_json(folder / "config.json")
    positions = config.get("max_position_embeddings", LONGEST)
    if config.get("model_type") in ("roberta", "xlm-roberta", "camembert"):
        positions -= 2  # their first two positions are for padding
    sentence = read_json(folder / "sentence_bert_config.json")
    pooling = read_json(folder / "1_Pooling" / "config.json")
    longest = min(sentence.get("max_seq_length") or LONGEST, positions, LONGEST)
    return {
        "kind": "text",
        "longest": longest,
        "pooling": "first" if pooling.get("pooling_mode_cls_token") else "mean",
        "normalise": True,
    }
