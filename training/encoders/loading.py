"""Reading a transformers folder: safetensors only, never code, and nothing silently left at random."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import torch
from django.utils.translation import gettext as _
from torch import nn

from training.encoders.folders import EncoderUnavailable


def load_network(folder: Path) -> tuple[nn.Module, bool]:
    """The network in float32, and whether its own pooling layer was in the file.

    Raises EncoderUnavailable where the folder cannot be read or its weights do not fit its config.json.
    """
    from transformers import AutoModel

    try:
        with quiet():
            network, found = AutoModel.from_pretrained(
                folder,
                dtype=torch.float32,
                use_safetensors=True,
                trust_remote_code=False,
                local_files_only=True,
                output_loading_info=True,
            )
    except Exception as error:  # whatever the files hold, the answer is the same
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        sentence = _("The model in {folder} cannot be read: {reason}")
        raise EncoderUnavailable(sentence.format(folder=folder, reason=reason)) from error
    missing = set(found["missing_keys"])
    pooling = {name for name in missing if "pooler" in name}
    if missing - pooling:
        raise EncoderUnavailable(
            _("The weights in {folder} do not fit its config.json: {name} is missing.").format(
                folder=folder, name=min(missing - pooling)
            )
        )
    return network, not pooling


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """transformers reports on heads that are not loaded, which is what is wanted here."""
    from transformers.utils import logging

    before = logging.get_verbosity()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(before)
        logging.enable_progress_bar()
