"""Training posters seen a little differently each time: a crop, the mirror image, other light; by kornia."""

from __future__ import annotations

import torch
from torch import Tensor

from training.loop import Inputs

CROP = (0.7, 1.0)  # share of the poster's area that is kept
RATIO = (0.85, 1.18)  # and by how much the crop may be narrower or wider than the poster
BRIGHTNESS = CONTRAST = SATURATION = 0.2
HUE = 0.02  # of the whole circle: a thriller's blue must not become a comedy's yellow


class Augmentation:
    """Pictures (B, H, W, 3) of bytes to pictures of the same shape, on the device where they are.

    Mild, since a poster is composed: title and credits at its edges say as much about the genre as the picture does.
    The same state of the generator gives the same pictures.
    """

    def __init__(self) -> None:
        from kornia.augmentation import AugmentationSequential, ColorJitter, RandomHorizontalFlip

        self._recolour = AugmentationSequential(
            RandomHorizontalFlip(p=0.5), ColorJitter(BRIGHTNESS, CONTRAST, SATURATION, HUE, p=1.0)
        )
        self._crops: dict[tuple[int, int], torch.nn.Module] = {}

    def __call__(self, pictures: Inputs, random: torch.Generator) -> Tensor:
        assert isinstance(pictures, Tensor)
        seed = int(torch.randint(2**62, (1,), generator=random))
        pixels = pictures.permute(0, 3, 1, 2).float() / 255  # (B, 3, H, W)
        # kornia draws from torch's own generator, which dropout uses too.
        with torch.random.fork_rng(devices=[]), torch.no_grad():
            torch.manual_seed(seed)
            changed: Tensor = self._recolour(self._crop(pixels.shape[-2:])(pixels))
        return (changed.clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1)

    def _crop(self, size: torch.Size) -> torch.nn.Module:
        from kornia.augmentation import RandomResizedCrop

        height, width = size
        if (height, width) not in self._crops:
            self._crops[height, width] = RandomResizedCrop(
                (height, width),
                scale=CROP,
                ratio=RATIO,
                p=1.0,
                cropping_mode="resample",  # the whole batch at once
            )
        return self._crops[height, width]
