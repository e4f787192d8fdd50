"""The processor of a vision-language model: the part for pictures and text, in Pillow.

transformers wants torchvision for the processors of models that can also watch videos, though none of it is used for
a picture. Such processors are put together here from their parts, with a place holder where the video part would be.
"""

import inspect
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from training.encoders.folders import EncoderUnavailable, read_json
from training.encoders.loading import quiet
from training.encoders.pictures import processor_of as image_processor_of

_STAND_INS = {"SmolVLMProcessor": "Idefics3Processor"}  # the same for pictures; spells numbers out for videos only
_FILES = ("processor_config.json", "preprocessor_config.json", "tokenizer_config.json")


def load_processor(folder: Path) -> Any:
    """The folder's processor, padding on the left. Raises EncoderUnavailable."""
    import transformers

    name = _class_name(folder)
    kind = getattr(transformers, _STAND_INS.get(name, name), None) if name else None
    if kind is None or not inspect.isclass(kind) or not issubclass(kind, transformers.ProcessorMixin):
        raise EncoderUnavailable(_("{folder} names no processor of pictures and text.").format(folder=folder))
    try:
        with quiet():
            processor = _put_together(kind, folder)
    except EncoderUnavailable:
        raise
    except Exception as error:  # whatever the files hold, the answer is the same
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        sentence = _("The processor in {folder} cannot be read: {reason}")
        raise EncoderUnavailable(sentence.format(folder=folder, reason=reason)) from error
    tokenizer = processor.tokenizer
    tokenizer.padding_side = "left"
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return processor


def _class_name(folder: Path) -> str:
    """As the folder's files say, or as transformers has it for this kind of model."""
    from transformers.models.auto.processing_auto import PROCESSOR_MAPPING_NAMES

    for file in _FILES:
        if name := read_json(folder / file).get("processor_class"):
            return str(name)
    return str(PROCESSOR_MAPPING_NAMES.get(read_json(folder / "config.json").get("model_type", ""), ""))


def _put_together(kind: Any, folder: Path) -> Any:
    from transformers import AutoTokenizer

    found = {
        "image_processor": image_processor_of(folder),
        "tokenizer": AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True),
        "video_processor": None,
    }
    settings, _unused = kind.get_processor_dict(folder, local_files_only=True)
    made: Any = _for_pictures(kind).from_args_and_dict([found[name] for name in kind.get_attributes()], settings)
    return made[0] if isinstance(made, tuple) else made


def _for_pictures(kind: Any) -> Any:
    """The class without its demand for a video processor, which is never asked for anything."""

    class ForPictures(kind):  # type: ignore[misc]
        def check_argument_for_proper_class(self, name: str, argument: Any) -> Any:
            return None if name == "video_processor" else super().check_argument_for_proper_class(name, argument)

    ForPictures.__name__ = kind.__name__
    return ForPictures
