"""A dual encoder (CLIP, SigLIP): how near a frame's vector is to the vectors of a tag's prompts, calibrated.

A cosine says little by itself: "dark" is near to every frame, "blaxploitation" to none. SigLIP was trained to give
probabilities; of CLIP a tag's cosine is compared with the same tag's over a sample of the site's frames, so that a
tag is found in the frames that it fits better than it fits nearly all others. On a site with few frames, where
there is nothing to compare with, it is compared with the frame's cosines to all other tags.

Frames are encoded once, whatever the vocabulary: their vectors are stored like those of posters.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from catalog.models import Frame
from catalog.vocabulary import Tag
from inference.tags.taggers import Options, Seen, TaggerUnavailable, line
from training import vectors
from training.encoders import EncoderUnavailable, image_encoder
from training.encoders.folders import folder_of
from training.thresholds import from_log_odds

if TYPE_CHECKING:
    from training.encoders.image import ImageEncoder

PROMPTS = ("{}", "a film still, {}", "a scene of a film that is {}")
TOKENIZERS = ("tokenizer.json", "vocab.json", "vocab.txt", "spiece.model", "tokenizer.model")
AT_ONCE = 256
SAMPLE, FEWEST = 512, 64  # frames of the site to compare with; with fewer, a frame's tags are compared
UNUSUAL = 2.0  # standard deviations above what a tag has on other frames: about one frame in 44
STEEP = 2.0  # how quickly the score rises from there
LIKELY = 0.1  # SigLIP's probabilities are of this very text among all texts of the web, and low

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Calibration:
    """From cosines (N, T) to scores from 0 to 1, and from which score on a tag counts as found."""

    cut: float
    scale: float = 0.0
    bias: float = 0.0
    """SigLIP's own; a scale of 0 means that cosines are compared instead."""
    mean: Floats | None = None
    spread: Floats | None = None
    """(T,) over the site's frames; None where there are too few."""

    @classmethod
    def of(cls, network: Any, cosines: Floats) -> "Calibration":
        """network: of the dual encoder; cosines (N, T) of the site's frames to every tag."""
        bias = getattr(network, "logit_bias", None)
        if bias is not None:
            return cls(LIKELY, float(network.logit_scale.exp()), float(bias))
        if len(cosines) < FEWEST:
            return cls(0.5)
        return cls(0.5, mean=cosines.mean(0), spread=cosines.std(0) + 1e-6)

    def scores(self, cosines: Floats) -> Floats:
        if self.scale:
            return _logistic(self.scale * cosines + self.bias)
        mean, spread = self.mean, self.spread
        if mean is None or spread is None:
            mean, spread = cosines.mean(1, keepdims=True), cosines.std(1, keepdims=True) + 1e-6
        return _logistic(STEEP * ((cosines - mean) / spread - UNUSUAL))


def _logistic(values: NDArray[Any]) -> Floats:
    return from_log_odds(values).astype(np.float32)


class DualTagger:
    """Compares vectors; says no words."""

    version = None
    at_once = AT_ONCE

    def __init__(self, encoder: "ImageEncoder", folder: Path, tags: tuple[Tag, ...]) -> None:
        self.encoder, self.slugs = encoder, [tag.slug for tag in tags]
        self.network: Any = getattr(encoder.network, "network", encoder.network)
        self.prompts = _unit(_text_vectors(self.network, folder, tags))  # (T, D)
        self.calibration = Calibration.of(self.network, self._cosines(self._sample()))
        self.name = line(encoder.name, "dual")

    def look(self, frames: Sequence[Path]) -> Iterator[Seen]:
        found, failures = self._vectors(frames)
        readable = [row for row in range(len(frames)) if row not in failures]
        scores = dict(zip(readable, self.calibration.scores(self._cosines(found[readable])), strict=True))
        for row in range(len(frames)):
            yield Seen(error=failures[row]) if row in failures else Seen(matches=self._matches(scores[row]))

    def _matches(self, scores: Floats) -> dict[str, str | float]:
        there = np.flatnonzero(scores >= self.calibration.cut)
        return {self.slugs[tag]: round(float(scores[tag]), 3) for tag in there[np.argsort(-scores[there])]}

    def _cosines(self, found: Floats) -> Floats:
        """(N, T)"""
        return np.asarray(_unit(found) @ self.prompts.T, np.float32)

    def _sample(self) -> Floats:
        """Vectors of some of the site's frames, the same ones as long as no others come; by hash, as good as by lot."""
        frames = Frame.objects.filter(use=Frame.Use.TAGGING).order_by("sha256")[:SAMPLE]
        files = list({frame.sha256: frame.file for frame in frames}.values())
        found, failures = self._vectors(files)
        return found[[row for row in range(len(files)) if row not in failures]]

    def _vectors(self, frames: Sequence[Path]) -> tuple[Floats, dict[int, str]]:
        """(N, D) of the frames, which are named by their hashes, and why some have none. Stores what is new."""
        hashes = [frame.stem for frame in frames]
        found, there = vectors.load_for(self.encoder, hashes)
        missing = [row for row, is_there in enumerate(there) if not is_there]
        failures: dict[int, str] = {}
        for part in self.encoder.stream([frames[row] for row in missing]):
            rows = [missing[row] for row in part.rows]
            found[rows] = part.vectors
            vectors.store(self.encoder.name, [hashes[row] for row in rows], part.vectors)
            failures |= {missing[row]: _("The frame's file is missing or damaged.") for row in part.failures}
        return found, failures


def _unit(found: Floats) -> Floats:
    return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12), np.float32)


def _text_vectors(network: Any, folder: Path, tags: tuple[Tag, ...]) -> Floats:
    """(T, D): the mean over the prompts of a tag. Raises TaggerUnavailable where the model reads no text."""
    import torch
    from transformers import AutoTokenizer

    if not hasattr(network, "get_text_features"):
        raise TaggerUnavailable(_("%(name)s sees pictures but reads no text: a dual encoder does.") % {"name": folder})
    try:
        if not any((folder / name).is_file() for name in TOKENIZERS):
            raise FileNotFoundError  # transformers would make an empty one
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    except Exception:
        raise TaggerUnavailable(_("%(name)s holds no tokenizer that can be read.") % {"name": folder}) from None
    longest = getattr(network.config.text_config, "max_position_embeddings", 64)
    # SigLIP was trained on texts that are padded to its full length.
    padding = "max_length" if hasattr(network, "logit_bias") else True
    texts = [prompt.format(tag.name_en) for tag in tags for prompt in PROMPTS]
    batch = tokenizer(texts, padding=padding, truncation=True, max_length=longest, return_tensors="pt")
    known = {name: batch[name].to(network.device) for name in ("input_ids", "attention_mask") if name in batch}
    with torch.inference_mode():
        said = network.get_text_features(**known)
    pooled = said if isinstance(said, torch.Tensor) else said.pooler_output
    unit = _unit(pooled.float().cpu().numpy())
    return np.asarray(unit.reshape(len(tags), len(PROMPTS), -1).mean(1), np.float32)


def make(options: Options, tags: tuple[Tag, ...]) -> DualTagger:
    """Raises TaggerUnavailable."""
    name = options.model or settings.TAGGER_DUAL
    try:
        return DualTagger(image_encoder(name), folder_of(name), tags)
    except EncoderUnavailable as error:
        raise TaggerUnavailable(str(error)) from error
