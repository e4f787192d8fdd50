"""LoRA adapters (Hu et al. 2021, https://arxiv.org/abs/2106.09685): put on from outside, saved, read, merged."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from django.utils.translation import gettext as _
from peft import LoraConfig, get_peft_model, get_peft_model_state_dict, set_peft_model_state_dict
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from training.captioner.loading import Loaded
from training.captioner.options import SIZES, Size
from training.encoders import folders
from training.encoders.folders import EncoderUnavailable

WEIGHTS = "model.safetensors"
_PEFT = ("adapter_model.safetensors", "adapter_config.json")  # as peft itself saves an adapter
_PARTS = (
    "r",
    "lora_alpha",
    "lora_dropout",
    "target_modules",
    "use_rslora",
    "use_dora",
    "rank_pattern",
    "alpha_pattern",
)


@dataclass(frozen=True)
class Adapter:
    """An adapter as it lies in a folder."""

    label: str
    lora: dict[str, Any]
    weights: dict[str, Tensor]
    size: Size | None
    most_tokens: int = 0
    """Of an answer; 0: not known."""


def attach(network: nn.Module, *, rank: int, alpha: int, dropout: float, seed: int) -> Any:
    """The network with a fresh adapter on every linear layer of its language model; only the adapter learns."""
    config = LoraConfig(r=rank, lora_alpha=alpha, lora_dropout=dropout, target_modules=targets(network))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return get_peft_model(network, config)


def targets(network: nn.Module) -> str:
    """A pattern of the linear layers in the language model, as peft wants it; the vision tower stays as it is."""
    find: Any = network
    decoder = find.get_decoder()
    inside = next(name for name, module in network.named_modules() if module is decoder)
    found = {name.rpartition(".")[2] for name, module in decoder.named_modules() if isinstance(module, nn.Linear)}
    linear = "|".join(sorted(found - {"lm_head"}))
    return rf"{re.escape(inside)}\..*\.({linear})" if inside else rf".*\.({linear})"


def learned(adapted: Any) -> dict[str, Tensor]:
    """The adapter's own weights by name, on the processor."""
    found: dict[str, Tensor] = get_peft_model_state_dict(adapted)
    return {name: tensor.detach().cpu().clone().contiguous() for name, tensor in found.items()}


def put_back(adapted: Any, weights: dict[str, Tensor]) -> None:
    """The reverse of `learned`. Raises EncoderUnavailable where the weights are not this adapter's."""
    own = get_peft_model_state_dict(adapted)
    wrong = sorted(own.keys() ^ weights.keys()) or [name for name in own if own[name].shape != weights[name].shape]
    if wrong:
        raise EncoderUnavailable(_("The adapter does not fit the model: {name}.").format(name=wrong[0]))
    set_peft_model_state_dict(adapted, weights)


def describe(adapted: Any) -> dict[str, Any]:
    """What has to be known to attach it again: for config.json."""
    config = adapted.peft_config["default"].to_dict()
    return {name: config[name] for name in _PARTS}


def save(folder: Path, weights: dict[str, Tensor]) -> None:
    save_file(weights, folder / WEIGHTS)


def read(folder: Path) -> Adapter:
    """An adapter from a version's folder, or from one that peft has saved.

    Raises EncoderUnavailable where there is none or it cannot be read.
    """
    ours = folders.read_json(folder / "config.json")
    file, lora = (WEIGHTS, ours.get("lora")) if ours else (_PEFT[0], folders.read_json(folder / _PEFT[1]))
    if not lora or not (folder / file).is_file():
        raise EncoderUnavailable(_("{folder} holds no adapter.").format(folder=folder))
    try:
        weights = load_file(folder / file)
    except Exception as error:  # safetensors has errors of its own
        raise EncoderUnavailable(_("The adapter in {folder} cannot be read.").format(folder=folder)) from error
    digest = hashlib.sha256((folder / file).read_bytes()).hexdigest()[:8]
    size = SIZES.get(ours.get("options", {}).get("size", "original"))
    known = {name: lora[name] for name in _PARTS if name in lora}
    return Adapter(f"{_name(folder, ours)} {digest}", known, weights, size, int(ours.get("most_tokens", 0)))


def _name(folder: Path, ours: dict[str, Any]) -> str:
    """`tags-4` of a version, the folder's name of any other."""
    return f"{folder.parent.name}-{folder.name}" if ours and folder.name.isdecimal() else folder.name[-40:]


def merge(model: Loaded, adapter: Adapter) -> None:
    """Add the adapter to the model's own weights, so that asking it costs no more than before.

    Raises EncoderUnavailable where it belongs to another model.
    """
    try:
        adapted: Any = get_peft_model(model.network, LoraConfig(**adapter.lora))
    except (TypeError, ValueError) as error:
        raise EncoderUnavailable(_("The adapter does not fit the model: {name}.").format(name=error)) from error
    put_back(adapted, adapter.weights)
    model.network = adapted.merge_and_unload().eval().requires_grad_(False)
