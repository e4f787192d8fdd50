"""Image and text encoders by name, each loaded once per process. Importing this module loads no torch.

`Encoder.name` identifies weights and preprocessing: vectors stored under it can be compared with each other.
"""

import threading
from typing import TYPE_CHECKING, Any

from training.encoders.folders import EncoderUnavailable

if TYPE_CHECKING:
    from training.encoders.base import Encoder
    from training.encoders.image import ImageEncoder
    from training.encoders.text import TextEncoder

__all__ = ["NONE", "EncoderUnavailable", "image_encoder", "text_encoder"]
NONE = ("", "none")  # how options and versions say that an encoder is not used

_loaded: "dict[tuple[str, str], Encoder[Any]]" = {}
_loading = threading.Lock()


def text_encoder(name: str) -> "TextEncoder":
    """The encoder of texts called `minilm` (comes with the site), or by a hub id or a folder.

    Raises:
        EncoderUnavailable: it cannot be had or used; the message is one sentence that says why.
    """
    from training.encoders.text import TextEncoder, load

    with _loading:
        encoder = _loaded.get(("text", name)) or _loaded.setdefault(("text", name), load(name))
    assert isinstance(encoder, TextEncoder)
    return encoder


def image_encoder(name: str) -> "ImageEncoder":
    """The encoder of pictures called `starter` (comes with the site), or by a hub id or a folder.

    Raises:
        EncoderUnavailable: it cannot be had or used; the message is one sentence that says why.
    """
    from training.encoders.image import ImageEncoder, load

    with _loading:
        encoder = _loaded.get(("image", name)) or _loaded.setdefault(("image", name), load(name))
    assert isinstance(encoder, ImageEncoder)
    return encoder
