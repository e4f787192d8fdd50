"""How many frames at once: from the memory that is free and what one frame needs."""

import os
from typing import Any

import psutil
import torch

from training.captioner.loading import Loaded

MOST_GPU, MOST_CPU = 64, 8
SHARE = 0.7  # of the free memory that is counted on
_TRAINING = 3  # activations of one layer that a step keeps at once, beside what it keeps of every layer


def batch_for(model: Loaded, tokens: int) -> int:
    """Frames to generate for at once when each has so many tokens, its answer's included."""
    most = MOST_GPU if model.device.type == "cuda" else MOST_CPU
    return max(1, min(most, int(SHARE * _free(model.device) / (tokens * bytes_per_token(model)))))


def micro_batch_for(model: Loaded, tokens: int, batch: int) -> int:
    """Frames to learn from at once with gradient checkpointing: a divisor-free part of the batch, at least one.

    Of every layer its input is kept; the layer that is computed anew keeps all of its activations, the last one logits.
    """
    config = _text(model)
    hidden, layers = config.hidden_size, config.num_hidden_layers
    kept = layers * hidden + _TRAINING * (8 * hidden + 4 * _wide(config))
    needed = tokens * kept * model.dtype.itemsize + 12 * min(tokens, 128) * config.vocab_size
    return max(1, min(batch, int(SHARE * _free(model.device) / needed)))


def bytes_per_token(model: Loaded) -> int:
    """Keys and values of every layer, and what one layer holds while it computes."""
    config = _text(model)
    heads = config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // heads
    cached = 2 * config.num_hidden_layers * (getattr(config, "num_key_value_heads", None) or heads) * size
    return int((cached + 8 * config.hidden_size + 4 * _wide(config)) * model.dtype.itemsize)


def _text(model: Loaded) -> Any:
    config: Any = model.network.config
    return config.get_text_config(decoder=True)


def _wide(config: Any) -> int:
    return int(getattr(config, "intermediate_size", 0) or 4 * config.hidden_size)


def _free(device: torch.device) -> int:
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    return psutil.virtual_memory().available


def threads() -> int:
    """Threads that read frames: a few, since the model is what they wait for."""
    return max(1, min(8, len(os.sched_getaffinity(0))))
