"""From a network's logits to calibrated scores and decisions, fitted on validation films."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.blend import Blend, fit_blend
from training.inputs import Inputs, Modality
from training.metrics import Truth
from training.thresholds import fit_thresholds, from_log_odds

Floats = NDArray[np.float32]
_PARTS = ("weights", "bias", "prior")


@dataclass(frozen=True)
class Calibration:
    """A scale and a shift per term, one set for each pattern of what there is to see, and the thresholds."""

    blend: Blend
    thresholds: Floats
    """(T,): decide yes where the score is at least this."""

    @classmethod
    def fit(cls, logits: Floats, inputs: Inputs, truth: Truth, prior: Floats, sees: Sequence[Modality]) -> Calibration:
        """From the logits (N, T) of validation films; ``prior`` (T,) log-odds where there is nothing to see.

        A model of one modality says the prior where that is missing; one of both is calibrated apart for films with
        a plot only, a poster only, and both.
        """
        needs = np.array([[tuple(sees) == ("text",), tuple(sees) == ("image",)]])
        blend = fit_blend(
            (logits - prior)[None].astype(np.float32),
            truth,
            prior,
            needs=needs,
            has_text=inputs.has_text,
            has_image=inputs.has_image,
        )
        scores = from_log_odds(blend((logits - prior)[None], inputs.has_text, inputs.has_image))
        return cls(blend, fit_thresholds(scores, truth).astype(np.float32))

    def scores(self, logits: Floats, inputs: Inputs) -> Floats:
        """Calibrated probabilities (N, T); the prior where a film has neither plot nor poster."""
        log_odds = self.blend((logits - self.blend.prior)[None], inputs.has_text, inputs.has_image)
        return from_log_odds(log_odds).astype(np.float32)

    def tensors(self) -> dict[str, NDArray[Any]]:
        found: dict[str, NDArray[Any]] = {f"calibration.{name}": getattr(self.blend, name) for name in _PARTS}
        return found | {"calibration.thresholds": self.thresholds}

    @classmethod
    def read(cls, tensors: Mapping[str, NDArray[Any]]) -> Calibration:
        """From what ``tensors`` gave. Raises KeyError where one is missing."""
        return cls(Blend(*(tensors[f"calibration.{name}"] for name in _PARTS)), tensors["calibration.thresholds"])
