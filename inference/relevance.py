"""How far each place of a poster raises a genre's logit. Needs torch: workers and benchmarks alone import it.

Three ways, by what the network is made of; each looks at one genre at a time:

    convolutions   gradient times activation at several resolutions, after Grad-CAM (Selvaraju et al. 2017)
    attention      attention weighted by its gradient, rolled out over the layers (Chefer et al. 2021)
    anything else  how far the logit falls where a square of the poster is blank (Zeiler and Fergus 2014)

docs/experiments.md ("Heat maps") compares them by what they are for: a score falls when what its map shows is hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from inference.eyes import Eye

Call = tuple[nn.Module, Any]  # a module and what it gave
Way = Callable[[Eye, Tensor, Sequence[int]], "list[Tensor] | None"]

FINEST = 50  # cells on the shorter side: in deep networks, what finer feature maps add is noise
ACROSS = 8  # cells of an occlusion side by side; a square hides two by two
AT_ONCE = 32  # occluded posters


def relevance(eye: Eye, pixels: Tensor, terms: Sequence[int]) -> list[Tensor]:
    """How far each place of one poster (1, 3, H, W) raises these terms' logits: signed, (T', h, w).

    At several resolutions, each a share of the whole: their values are to be added, cell by cell of the same area.
    """
    ways: tuple[Way, ...] = (by_attention, by_convolution) if eye.differentiable else ()
    for way in ways:
        found = way(eye, pixels, terms)
        if found is not None:
            return found
    return by_occlusion(eye, pixels, terms)


# Convolutions --------------------------------------------------------------------------------------------


def by_convolution(eye: Eye, pixels: Tensor, terms: Sequence[int]) -> list[Tensor] | None:
    """Σ_k ∂y/∂A_k (A_k − mean A_k) for the last feature map A of each resolution; None where there is none.

    To first order this is what a logit y loses where the map is replaced by its mean over the poster. Grad-CAM
    takes the last map only, with the gradient's mean over all places; where pooling follows, that is the same but
    for the constant.
    """
    layers = _layers(eye, pixels)
    if not layers:
        return None
    with torch.enable_grad(), calls_of(layers) as calls:
        logits = eye.logits(pixels.detach().requires_grad_())
    features = [feature for _layer, feature in calls]
    found: list[list[Tensor]] = [[] for _ in features]
    for term in terms:
        slopes = torch.autograd.grad(logits[0, term], features, retain_graph=True)
        for each, slope, feature in zip(found, slopes, features, strict=True):
            deviation = feature.detach() - feature.detach().mean((2, 3), keepdim=True)
            each.append((slope * deviation).sum(1))  # (1, h, w)
    return [torch.cat(each) for each in found]


_found_layers: WeakKeyDictionary[nn.Module, list[nn.Module]] = WeakKeyDictionary()


def _layers(eye: Eye, pixels: Tensor) -> list[nn.Module]:
    """The layers whose outputs are looked at: of each resolution the last one that everything passes through."""
    if eye.network not in _found_layers:
        _found_layers[eye.network] = _find_layers(eye, pixels)
    return _found_layers[eye.network]


def _find_layers(eye: Eye, pixels: Tensor) -> list[nn.Module]:
    with torch.no_grad(), calls_of(eye.network.modules()) as calls:
        eye.logits(pixels)
    modules = [module for module, _given in calls]
    chosen: dict[int, nn.Module] = {}
    for module, given in reversed(calls):
        is_map = isinstance(given, Tensor) and given.dim() == 4 and 2 <= min(given.shape[2:]) <= FINEST
        if not is_map or modules.count(module) > 1:
            continue
        halvings = round(float(np.log2(pixels.shape[3] / given.shape[3])))
        if halvings not in chosen and _everything_passes(module, eye, pixels):
            chosen[halvings] = module
    return list(chosen.values())


def _everything_passes(module: nn.Module, eye: Eye, pixels: Tensor) -> bool:
    """Whether no path leads from the picture to the logits around this module, as residual branches do."""
    hook = module.register_forward_hook(lambda _module, _inputs, given: given.detach())
    try:
        with torch.enable_grad():
            seen = pixels.detach().requires_grad_()
            logits = eye.logits(seen)
            return not logits.requires_grad or torch.autograd.grad(logits.sum(), seen, allow_unused=True)[0] is None
    finally:
        hook.remove()


@contextmanager
def calls_of(modules: Iterator[nn.Module] | Sequence[nn.Module]) -> Iterator[list[Call]]:
    """Which of these modules were called meanwhile and what they gave, in the order in which they were done."""
    calls: list[Call] = []

    def note(module: nn.Module, _inputs: Any, given: Any) -> None:
        calls.append((module, given))

    hooks = [module.register_forward_hook(note) for module in modules]
    try:
        yield calls
    finally:
        for hook in hooks:
            hook.remove()


# Attention -----------------------------------------------------------------------------------------------


def by_attention(eye: Eye, pixels: Tensor, terms: Sequence[int]) -> list[Tensor] | None:
    """Gradient-weighted attention rollout; None where the network attends to no grid of patches.

    Chefer, Gur and Wolf 2021 ("Generic attention-model explainability", equations 5 and 6): beginning with R = I,
    each layer adds Ā R, where Ā is the mean over heads of ∂y/∂A ⊙ A; what the first token has gathered from each
    patch counts. They drop negative values of ∂y/∂A ⊙ A. Kept, the maps of a film's genres differ, and hiding what
    they show costs the score far more.
    """
    with torch.enable_grad(), _attending(eye.network), calls_of(eye.network.modules()) as calls:
        logits = eye.logits(pixels.detach().requires_grad_())
    attention = _attention(calls)
    grid = _grid(attention[0].shape[-1], pixels) if attention else None
    if grid is None:
        return None
    found = []
    for term in terms:
        slopes = torch.autograd.grad(logits[0, term], attention, retain_graph=True, allow_unused=True)
        rolled = rollout([weights[0].detach() for weights in attention], [_first(slope) for slope in slopes])
        extra = len(rolled) - grid[0] * grid[1]
        gathered = rolled[0] if extra else rolled.mean(0)
        found.append(gathered[extra:].reshape(1, *grid))
    return [torch.cat(found)]


def rollout(attention: Sequence[Tensor], slopes: Sequence[Tensor | None]) -> Tensor:
    """R (n, n) from the attention (heads, n, n) of each layer and its gradient; None: a layer that plays no part."""
    rolled = torch.eye(attention[0].shape[-1]).to(attention[0])
    for weights, slope in zip(attention, slopes, strict=True):
        if slope is not None:
            rolled = rolled + (weights * slope).mean(0) @ rolled
    return rolled


def _attention(calls: Sequence[Call]) -> list[Tensor]:
    """Attention weights (1, heads, n, n) as layers of transformers give them, beside what they have attended to."""
    found: dict[int, Tensor] = {}
    for _module, given in calls:
        weights = given[1] if isinstance(given, tuple) and len(given) > 1 else None
        if isinstance(weights, Tensor) and weights.dim() == 4 and weights.shape[2] == weights.shape[3]:
            found.setdefault(id(weights), weights)
    alike = list(found.values())
    return alike if len({weights.shape for weights in alike}) == 1 and alike[0].shape[0] == 1 else []


def _grid(tokens: int, pixels: Tensor) -> tuple[int, int] | None:
    """Rows and columns of the patches among the tokens; what is left over (at most 8) comes first: class, registers."""
    height, width = pixels.shape[2:]
    for patches in range(tokens, max(tokens - 9, 3), -1):
        columns = round((patches * width / height) ** 0.5)
        rows, rest = divmod(patches, columns)
        if not rest and abs(rows / columns - height / width) < 1e-6:
            return rows, columns
    return None


def _first(slope: Tensor | None) -> Tensor | None:
    return None if slope is None else slope[0]


@contextmanager
def _attending(network: nn.Module) -> Iterator[None]:
    """Let transformers compute attention step by step: the fused ways do not show it."""
    inner: Any = next((module for module in network.modules() if hasattr(module, "set_attn_implementation")), None)
    before = getattr(getattr(inner, "config", None), "_attn_implementation", None)
    if inner is None or not isinstance(before, str):
        yield
        return
    inner.set_attn_implementation("eager")
    try:
        yield
    finally:
        inner.set_attn_implementation(before)


# Anything else -------------------------------------------------------------------------------------------


@torch.no_grad()
def by_occlusion(eye: Eye, pixels: Tensor, terms: Sequence[int]) -> list[Tensor]:
    """The mean fall of the logits over all squares of the poster's mean colour that hide a cell."""
    height, width = pixels.shape[2:]
    columns, rows = ACROSS, max(1, round(ACROSS * height / width))
    corners = [(row, column) for row in range(-1, rows) for column in range(-1, columns)]
    hidden = torch.zeros(len(corners), rows, columns, device=pixels.device)
    for square, (row, column) in zip(hidden, corners, strict=True):
        square[max(row, 0) : row + 2, max(column, 0) : column + 2] = 1
    falls = torch.cat([eye.logits(pixels) - eye.logits(hide(pixels, part)) for part in torch.split(hidden, AT_ONCE)])
    falls = falls[:, list(terms)].to(hidden)
    mean = torch.einsum("bt,bhw->thw", falls, hidden) / hidden.sum(0)
    return [mean]


def hide(pixels: Tensor, hidden: Tensor) -> Tensor:
    """One poster (1, 3, H, W) with each of these masks (B, h, w) filled with its mean colour, (B, 3, H, W)."""
    masks = F.interpolate(hidden.unsqueeze(1), size=pixels.shape[2:], mode="nearest") > 0.5
    return torch.where(masks, pixels.mean((2, 3), keepdim=True), pixels)
