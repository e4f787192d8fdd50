"""Scene architectures by name: which networks, which frames, which head; and what cannot be asked of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from django.utils.translation import gettext as _
from torch import nn

from training.encoders.pictures import Squared
from training.networks import backbones
from training.networks.backbones import HALF, IMAGENET, Backbone, Seeing, begin, last_block
from training.networks.flownet import FlowNetS, load_flownet, six_channels
from training.networks.inception import InceptionV3
from training.options import BadOption
from training.scenes.nets import Body, FirstFrame, SceneFc, Stacked, TwoStreams, WithMotion

if TYPE_CHECKING:
    from training.options import RetrainOptions

FLOW, FC = "flownet-s", "scene-fc"  # kinds that only scenes have
FLOW_MEAN = (0.45, 0.432, 0.411), (1.0, 1.0, 1.0)  # what FlowNet-S was published with
LEAST_FLOW = 16
_INCEPTION = Backbone("inception-v3", side=299, least=75, normal=HALF)


@dataclass(frozen=True)
class Recipe:
    """How an architecture is put together."""

    body: type[Body]
    eyes: tuple[Backbone, ...]
    head: str
    """A name of nets.HEADS."""
    hidden: int
    """Neurons between the body's vector and the genres; 0 for none."""


RECIPES: dict[str, Recipe] = {
    "scene-fc": Recipe(FirstFrame, (Backbone(FC, side=120, least=4),), "plain", 0),
    "scene-vgg16": Recipe(FirstFrame, (Backbone("vgg16", rate=1e-4),), "plain", 256),
    "scene-resnet50": Recipe(FirstFrame, (Backbone("resnet"),), "plain", 256),
    "scene-inception-v3": Recipe(FirstFrame, (_INCEPTION,), "plain", 256),
    "flownet-fc": Recipe(Stacked, (Backbone(FLOW, side=384, least=LEAST_FLOW),), "flow", 256),
    "six-channel": Recipe(Stacked, (_INCEPTION,), "plain", 256),
    "double-stack": Recipe(TwoStreams, (_INCEPTION, Backbone(FLOW, side=299, least=LEAST_FLOW)), "plain", 4096),
    "motion-magnitude": Recipe(WithMotion, (_INCEPTION,), "squeezed", 256),
}
for _kind, _class in ((FLOW, FlowNetS), (FC, SceneFc)):
    backbones.OWN.setdefault(_kind, _class)

# What no network of scenes has a use for. Their loss is the cross-entropy of genres of which each scene has one.
UNUSED = ("augment", "chain_order")


def refuse(options: RetrainOptions) -> None:
    """Raises BadOption on options that say nothing to this architecture."""
    name = options.architecture
    useless = [option for option in UNUSED if option in options.network]
    if name == "scene-flow-stats":
        useless += [option for option in ("weights", "finetune", "size") if option in options.network]
    if useless:
        raise BadOption(_("%(name)s does not use %(options)s.") % {"name": name, "options": ", ".join(useless)})
    if options.loss == "asymmetric":
        raise BadOption(_("A scene has one genre: choose cross-entropy as the loss, or none."))
    if name == "scene-fc" and (options.weights not in ("", "none") or options.finetune == "last-block"):
        raise BadOption(_("scene-fc has no published weights and is always trained whole."))


def begin_body(options: RetrainOptions) -> tuple[Body, list[Seeing]]:
    """The body that was asked for, with the networks in it. Random weights come from torch's generator.

    ``weights`` of two networks are written with a comma between them, image first; `none` leaves one random.

    Raises BadOption on a combination that makes no sense, EncoderUnavailable where weights cannot be had.
    """
    recipe = RECIPES[options.architecture]
    named = [weights.strip() for weights in options.weights.split(",")]
    if len(named) > len(recipe.eyes):
        raise BadOption(
            _("%(name)s has fewer networks (%(n)d) than there are weights.")
            % {"name": options.architecture, "n": len(recipe.eyes)}
        )
    named += [""] * (len(recipe.eyes) - len(named))
    eyes = [_eye(backbone, weights, options, recipe) for backbone, weights in zip(recipe.eyes, named, strict=True)]
    return recipe.body(*eyes), eyes


def _eye(backbone: Backbone, weights: str, options: RetrainOptions, recipe: Recipe) -> Seeing:
    own = replace(options, weights="" if weights == "none" else weights)
    if backbone.kind == FC:
        return _own(FC, _wide(options, backbone), {}, IMAGENET, published=False)
    if backbone.kind == FLOW:
        size = _wide(options, backbone) if len(recipe.eyes) == 1 else (options.size or backbone.side,) * 2
        return _flow(backbone, own.weights, size)
    seeing = begin(options.architecture, backbone, own)
    return replace(seeing, network=_widened(seeing.network)) if recipe.body is Stacked else seeing


def _wide(options: RetrainOptions, backbone: Backbone) -> tuple[int, int]:
    """Width and height in pixels, 16:9 (120 by 68, as the report has it)."""
    width = options.size or backbone.side
    if width < backbone.least:
        sentence = _("%(name)s needs frames at least %(n)d pixels wide: choose a larger size.")
        raise BadOption(sentence % {"name": options.architecture, "n": backbone.least})
    return width, max(2, 4 * round(width * 9 / 64)) if width >= 32 else max(2, round(width * 9 / 16))


def _flow(backbone: Backbone, weights: str, size: tuple[int, int]) -> Seeing:
    if not weights:
        return _own(FLOW, size, backbone.config, FLOW_MEAN, published=False)
    network = load_flownet(Path(weights).expanduser())
    config = {"batch_norm": network.batch_norm}
    return Seeing(network, _squared(size, FLOW_MEAN), FLOW, config, published=True)


def _own(kind: str, size: tuple[int, int], config: dict[str, Any], normal: Any, *, published: bool) -> Seeing:
    config = {"width": size[0], "height": size[1]} if kind == FC else config
    return Seeing(backbones.OWN[kind](**config), _squared(size, normal), kind, config, published)


def _squared(size: tuple[int, int], normal: Any) -> Squared:
    return Squared(size=size, crop=None, mean=normal[0], std=normal[1])


def _widened(network: nn.Module) -> nn.Module:
    """Inception v3 with a stem for six channels."""
    assert isinstance(network, InceptionV3)
    network.Conv2d_1a_3x3.conv = six_channels(network.Conv2d_1a_3x3.conv)
    return network


def rebuild(name: str, said: list[dict[str, Any]]) -> tuple[Body, list[Seeing]]:
    """The body of a description, its weights still random. Raises KeyError, TypeError or ValueError."""
    recipe = RECIPES[name]
    eyes = [backbones.rebuild(one) for one in said]
    if recipe.body is Stacked and eyes[0].kind != FLOW:
        eyes = [replace(eyes[0], network=_widened(eyes[0].network))]
    return recipe.body(*eyes), eyes


def what_learns(options: RetrainOptions, eyes: list[Seeing]) -> list[nn.Module]:
    """The parts of the networks that learn beside the head. Raises BadOption."""
    if options.finetune == "all" or eyes[0].kind == FC:
        return [eye.network for eye in eyes]
    if options.finetune == "last-block":
        return [part for eye in eyes for part in last_block(options.architecture, eye.network)]
    return []


def channels_last(body: Body) -> Body:
    """What convolutions are quickest with."""
    return body.to(memory_format=torch.channels_last)  # type: ignore[no-any-return, call-overload]
