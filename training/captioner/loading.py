"""Reading a vision-language model: safetensors only, never code, and nothing silently left at random."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from django.utils.translation import gettext as _
from torch import nn

from training.captioner.processing import load_processor
from training.encoders import folders
from training.encoders.folders import EncoderUnavailable
from training.encoders.loading import quiet

BLOCK, BLOCKS = 1 << 20, 32  # of each file of weights that is large: how much of it is read for its fingerprint


@dataclass
class Loaded:
    """A network on its device, in evaluation mode, and its processor."""

    label: str
    """Folder's or hub's name and a fingerprint of the weights."""
    network: nn.Module
    processor: Any
    device: torch.device
    dtype: torch.dtype

    @property
    def kind(self) -> str:
        """The model's type in transformers, as `llava`."""
        config: Any = self.network.config
        return str(config.model_type)


def folder_of(model: str) -> Path:
    """The folder of a hub id or path. Raises EncoderUnavailable."""
    path = Path(model).expanduser()
    if not path.is_dir() and (model.startswith((".", "/", "~")) or model.count("/") > 1):
        raise EncoderUnavailable(_("There is no model folder {name}.").format(name=model))
    return folders.folder_of(model)


def load(model: str, *, precision: str = "auto") -> Loaded:
    """The model of a hub id or a folder, on the GPU where there is one.

    Raises:
        EncoderUnavailable: it cannot be had, is no image-text-to-text model, or is damaged.
    """
    folder = folder_of(model)
    processor = load_processor(folder)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    dtype = _dtype(precision, device)
    network = _network(folder, device, dtype)
    label = f"{Path(model).name[-60:]} {fingerprint(folder)[:12]}"
    return Loaded(label, network.eval().requires_grad_(False), processor, device, dtype)


def _dtype(precision: str, device: torch.device) -> torch.dtype:
    if precision == "auto":
        able = device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
        precision = "bf16" if able else "fp32"
    return {"bf16": torch.bfloat16, "fp32": torch.float32}[precision]


def _network(folder: Path, device: torch.device, dtype: torch.dtype) -> nn.Module:
    from transformers import AutoModelForImageTextToText

    try:
        with quiet():
            network, found = AutoModelForImageTextToText.from_pretrained(
                folder,
                dtype=dtype,
                device_map={"": device} if device.type == "cuda" else None,
                use_safetensors=True,
                trust_remote_code=False,
                local_files_only=True,
                output_loading_info=True,
            )
    except Exception as error:  # whatever the files hold, the answer is the same
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        sentence = _("The model in {folder} cannot be read: {reason}")
        raise EncoderUnavailable(sentence.format(folder=folder, reason=reason)) from error
    if found["missing_keys"]:
        sentence = _("The weights in {folder} do not fit its config.json: {name} is missing.")
        raise EncoderUnavailable(sentence.format(folder=folder, name=min(found["missing_keys"])))
    loaded: nn.Module = network
    return loaded


def fingerprint(folder: Path) -> str:
    """SHA-256 over the weights of a folder: all of a small file, 32 even blocks, length and head of a large one.

    Fine-tuning changes nearly all of a file, so blocks tell two models apart; reading 15 GB would take a minute.
    """
    digest = hashlib.sha256()
    for path in folders.weight_files(folder):
        size = path.stat().st_size
        digest.update(f"{path.name} {size}\n".encode())
        with path.open("rb") as file:
            for start in range(0, size, max(BLOCK, size // BLOCKS)):
                file.seek(start)
                digest.update(file.read(BLOCK))
    return digest.hexdigest()
