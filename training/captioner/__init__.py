"""Vision-language models that caption frames: any image-text-to-text model of transformers, with or without an adapter.

Importing this module loads no torch. `prompts` has every question, `finetuning` teaches an adapter.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from training import manifest
from training.captioner import prompts
from training.encoders.folders import EncoderUnavailable
from training.models import ModelVersion

if TYPE_CHECKING:
    from training.captioner.captioner import Captioner

__all__ = ["ARCHITECTURE", "EncoderUnavailable", "load", "load_version", "prompts"]
ARCHITECTURE = "captioner-lora"
"""What versions are called that are an adapter of a captioner."""


def load(model: str, *, adapter: Path | None = None, precision: str = "auto") -> "Captioner":
    """The model of a hub id or a folder; with an adapter's folder, as it was taught.

    precision: "fp32", "bf16", or "auto" for bf16 on a GPU that computes in it.

    Raises:
        EncoderUnavailable: it cannot be had or used; the message is one sentence that says why.
    """
    from training.captioner.captioner import Captioner

    return Captioner.load(model, adapter=adapter, precision=precision)


def load_version(version: ModelVersion, *, precision: str = "auto") -> "Captioner":
    """A registered adapter on its model, after every byte of its folder was checked.

    Raises:
        EncoderUnavailable: the version is no adapter, or its model cannot be had here.
        DamagedModel: the folder is not what was registered.
    """
    from django.utils.translation import gettext as _

    if version.architecture != ARCHITECTURE:
        raise EncoderUnavailable(_("%(name)s is not an adapter of a captioner.") % {"name": version.name})
    manifest.verify(version.folder, version.manifest_sha256)
    return load(version.config["base_model"], adapter=version.folder, precision=precision)
