"""Frames as models want them: opened, decoded at the wanted size, several at once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.utils.translation import gettext as _
from PIL import Image

from training.captioner.options import Size
from training.encoders.pictures import FORMATS, Unreadable, opened

Picture = Image.Image | Path


def read(picture: Picture, size: Size | None = None) -> Image.Image:
    """RGB; squeezed to size (width, height) where one is given. A JPEG is decoded at a smaller scale where it can be.

    Raises Unreadable, which names the file.
    """
    if isinstance(picture, Image.Image):
        return _fitted(picture, size)
    try:
        with Image.open(picture, formats=FORMATS) as image:
            if size:
                image.draft("RGB", (2 * size[0], 2 * size[1]))
            return _fitted(image, size)
    except FileNotFoundError:
        raise Unreadable(_("The frame {name} is missing.").format(name=picture.name)) from None
    except opened.ERRORS:
        raise Unreadable(_("The frame {name} is damaged.").format(name=picture.name)) from None


def _fitted(image: Image.Image, size: Size | None) -> Image.Image:
    image = image.convert("RGB")
    return image.resize(size, Image.Resampling.BICUBIC) if size and image.size != size else image


def read_all(pictures: Sequence[Picture], size: Size | None, pool: ThreadPoolExecutor) -> list[Image.Image]:
    """All of them in their order. Raises Unreadable."""
    return list(pool.map(lambda picture: read(picture, size), pictures))
