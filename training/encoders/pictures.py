"""From a picture file to the pixels that a network wants. JPEGs are decoded at reduced scale."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from training.encoders.folders import EncoderUnavailable, read_json

FORMATS = ("JPEG", "PNG", "WEBP")
RGB = tuple[float, float, float]
_SIMPLE = {"do_resize", "do_rescale", "do_normalize", "do_center_crop", "size", "crop_size", "resample"}
_SIMPLE |= {"rescale_factor", "image_mean", "image_std", "do_convert_rgb", "image_processor_type", "processor_class"}
_SIMPLE |= {"feature_extractor_type", "do_pad", "return_tensors"}


class Unreadable(ValueError):
    """A picture file is missing or damaged; the message says which of the two."""


class Preprocessing(Protocol):
    """What stands between a file and a network."""

    def read(self, path: Path) -> NDArray[Any]:
        """One picture, as `pixels` wants it. Raises Unreadable."""
        ...

    def prepare(self, image: Image.Image) -> NDArray[Any]:
        """The same from an opened picture."""
        ...

    def pixels(self, pictures: Tensor) -> Tensor:
        """Pictures stacked as (B, ...) to what the network takes: (B, 3, H, W), normalised."""
        ...

    def describe(self) -> dict[str, Any]:
        """Everything that the outcome depends on."""
        ...


@dataclass(frozen=True)
class Squared:
    """Resize, crop, normalise: what most vision models ask for, done on bytes until the last moment.

    `size` is (width, height), or the length of the shorter side; `crop` is (width, height) around the centre;
    `mean` and `std` are on the 0 to 1 scale. A JPEG is decoded at the smallest scale at which it is still
    `margin` times the size that it is resized to.
    """

    size: tuple[int, int] | int
    crop: tuple[int, int] | None
    mean: RGB
    std: RGB
    resample: int = Image.Resampling.BILINEAR
    scale: float = 1 / 255
    margin: float = 2.0

    def read(self, path: Path) -> NDArray[np.uint8]:
        """(height, width, 3) RGB. Raises Unreadable."""
        with opened(path) as image:
            size = self._size(image.size)
            image.draft("RGB", (round(size[0] * self.margin), round(size[1] * self.margin)))
            return self.prepare(image, size)

    def prepare(self, image: Image.Image, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
        size = size or self._size(image.size)
        picture = image.convert("RGB")
        if picture.size != size:
            picture = picture.resize(size, Image.Resampling(self.resample))
        return np.array(picture.crop(self._box(size)) if self.crop else picture)

    def _size(self, size: tuple[int, int]) -> tuple[int, int]:
        if not isinstance(self.size, int):
            return self.size
        width, height = size
        if width <= height:
            return self.size, int(self.size * height / width)
        return int(self.size * width / height), self.size

    def _box(self, size: tuple[int, int]) -> tuple[int, int, int, int]:
        assert self.crop is not None
        left, top = (size[0] - self.crop[0]) // 2, (size[1] - self.crop[1]) // 2
        return left, top, left + self.crop[0], top + self.crop[1]

    def pixels(self, pictures: Tensor) -> Tensor:
        """(B, height, width, 3) bytes to (B, 3, height, width) floats, channels last in memory."""
        mean, std = (torch.tensor(value, device=pictures.device).view(1, 3, 1, 1) for value in (self.mean, self.std))
        return (pictures.permute(0, 3, 1, 2).float() * self.scale - mean) / std

    def describe(self) -> dict[str, Any]:
        return {"kind": "picture", **asdict(self)}


class AsTheModelSays:
    """The model's own image processor from transformers: slower, for models that ask for more than `Squared`."""

    def __init__(self, folder: Path) -> None:
        self.config = read_json(folder / "preprocessor_config.json")
        self.processor = processor_of(folder)

    def read(self, path: Path) -> NDArray[np.float32]:
        """(3, height, width) as the network takes it. Raises Unreadable."""
        with opened(path) as image:
            return self.prepare(image)

    def prepare(self, image: Image.Image) -> NDArray[np.float32]:
        made = self.processor(images=image.convert("RGB"), return_tensors="np")["pixel_values"][0]
        return np.asarray(made, np.float32)

    def pixels(self, pictures: Tensor) -> Tensor:
        return pictures.contiguous(memory_format=torch.channels_last)

    def describe(self) -> dict[str, Any]:
        return {"kind": "processor", **self.config}


class opened:
    """`with opened(path) as image`: a picture whose reading fails in one way only, Unreadable."""

    # What Pillow raises on bad files of every kind.
    ERRORS = (OSError, ValueError, SyntaxError, NotImplementedError, Image.DecompressionBombError, MemoryError)

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Image.Image:
        try:
            self.image = Image.open(self.path, formats=FORMATS)
        except FileNotFoundError:
            raise Unreadable(_("The poster's file is missing.")) from None
        except self.ERRORS:
            raise Unreadable(_("The poster's file is damaged.")) from None
        return self.image

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self.image.close()
        if kind is not None and issubclass(kind, self.ERRORS):
            raise Unreadable(_("The poster's file is damaged.")) from None


def preprocessing_of(folder: Path) -> Preprocessing:
    """What a transformers folder's preprocessor_config.json asks for.

    Raises EncoderUnavailable where there is none or it is not one for pictures.
    """
    config = read_json(folder / "preprocessor_config.json")
    if not config:
        raise EncoderUnavailable(
            _("{folder} has no preprocessor_config.json: how to prepare pictures is not known.").format(folder=folder)
        )
    squared = _squared(config)
    return squared if squared and _agree(squared, folder) else AsTheModelSays(folder)


def _squared(config: dict[str, Any]) -> Squared | None:
    """The same as a Squared; None where the config asks for something else."""
    normal = config.get("do_normalize", True) and config.get("do_rescale", True) and config.get("do_resize", True)
    if set(config) - _SIMPLE - {name for name in config if name.startswith("_")} or not normal:
        return None
    try:
        return Squared(
            size=_resize_to(config["size"]),
            crop=_pair(config["crop_size"]) if config.get("do_center_crop") else None,
            mean=tuple(config["image_mean"]),
            std=tuple(config["image_std"]),
            resample=config.get("resample", Image.Resampling.BILINEAR),
            scale=config.get("rescale_factor", 1 / 255),
        )
    except (KeyError, TypeError, ValueError):
        return None


def _resize_to(size: Any) -> tuple[int, int] | int:
    if isinstance(size, dict) and "shortest_edge" in size:
        return int(size["shortest_edge"])
    return _pair(size)


def _pair(size: Any) -> tuple[int, int]:
    return (size["width"], size["height"]) if isinstance(size, dict) else (int(size), int(size))


def _agree(squared: Squared, folder: Path) -> bool:
    """Whether the quick way gives what the model's own processor gives, on a picture of odd size."""
    picture = sketch(0, (317, 475))
    theirs = np.asarray(processor_of(folder)(images=picture, return_tensors="np")["pixel_values"][0])
    ours = squared.pixels(stack([squared.prepare(picture)]))[0].numpy()
    # One step of 255 for rounding.
    return ours.shape == theirs.shape and float(np.abs(ours - theirs).max()) <= 1.01 / 255 / min(squared.std)


def processor_of(folder: Path) -> Any:
    """The folder's image processor, the one that needs Pillow alone. Raises EncoderUnavailable."""
    from transformers import AutoImageProcessor

    try:
        return AutoImageProcessor.from_pretrained(folder, trust_remote_code=False, local_files_only=True, backend="pil")
    except Exception:
        raise EncoderUnavailable(
            _("{folder} holds no image processor that can be used here.").format(folder=folder)
        ) from None


def stack(pictures: Sequence[NDArray[Any]]) -> Tensor:
    return torch.from_numpy(np.stack(pictures))


def sketch(seed: int, size: tuple[int, int] = (256, 384)) -> Image.Image:
    """A picture of soft patches of colour, to try encoders on."""
    patches = np.random.default_rng(seed).integers(0, 256, (9, 6, 3), np.uint8)
    return Image.fromarray(patches).resize(size, Image.Resampling.BICUBIC)
