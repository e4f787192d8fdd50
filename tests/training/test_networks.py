"""The networks that look at posters: published layouts, shapes, random starts, batch norm."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor, nn

from tests.training import tiny
from training.encoders.folders import EncoderUnavailable
from training.encoders.pictures import processor_of
from training.networks import hub
from training.networks.backbones import last_block
from training.networks.batch_norm import batch_norms, correct_momentum, draw_weights, resting, settle
from training.networks.feedforward import FeedForward
from training.networks.halves import fits_half, restored, round_weights, stored
from training.networks.inception import InceptionV3
from training.networks.published import load_published, read_state
from training.networks.vgg import Vgg16
from training.options import BadOption

State = dict[str, Tensor]

# Place in `features` and channels of the thirteen convolutions, as in the published file.
VGG_CONVOLUTIONS = {
    0: (3, 64),
    2: (64, 64),
    5: (64, 128),
    7: (128, 128),
    10: (128, 256),
    12: (256, 256),
    14: (256, 256),
    17: (256, 512),
    19: (512, 512),
    21: (512, 512),
    24: (512, 512),
    26: (512, 512),
    28: (512, 512),
}
VGG_DENSE = {0: (25088, 4096), 3: (4096, 4096), 6: (4096, 1000)}


def vgg_published() -> State:
    """Expanded from one number each: the shapes are the published ones, the memory is not."""
    state: State = {}
    for place, (a, b) in VGG_CONVOLUTIONS.items():
        state |= {f"features.{place}.weight": value(b, a, 3, 3), f"features.{place}.bias": value(b)}
    for place, (a, b) in VGG_DENSE.items():
        state |= {f"classifier.{place}.weight": value(b, a), f"classifier.{place}.bias": value(b)}
    return state


def value(*shape: int) -> Tensor:
    return torch.tensor(0.5).expand(shape)


# Convolutions of the published file: name, channels in and out, kernel (height, width).
INCEPTION = """
Conv2d_1a_3x3 3 32 3 3 | Conv2d_2a_3x3 32 32 3 3 | Conv2d_2b_3x3 32 64 3 3 | Conv2d_3b_1x1 64 80 1 1
Conv2d_4a_3x3 80 192 3 3
Mixed_5b.branch1x1 192 64 1 1 | Mixed_5b.branch5x5_1 192 48 1 1 | Mixed_5b.branch5x5_2 48 64 5 5
Mixed_5b.branch3x3dbl_1 192 64 1 1 | Mixed_5b.branch3x3dbl_2 64 96 3 3 | Mixed_5b.branch3x3dbl_3 96 96 3 3
Mixed_5b.branch_pool 192 32 1 1
Mixed_5c.branch1x1 256 64 1 1 | Mixed_5c.branch5x5_1 256 48 1 1 | Mixed_5c.branch5x5_2 48 64 5 5
Mixed_5c.branch3x3dbl_1 256 64 1 1 | Mixed_5c.branch3x3dbl_2 64 96 3 3 | Mixed_5c.branch3x3dbl_3 96 96 3 3
Mixed_5c.branch_pool 256 64 1 1
Mixed_5d.branch1x1 288 64 1 1 | Mixed_5d.branch5x5_1 288 48 1 1 | Mixed_5d.branch5x5_2 48 64 5 5
Mixed_5d.branch3x3dbl_1 288 64 1 1 | Mixed_5d.branch3x3dbl_2 64 96 3 3 | Mixed_5d.branch3x3dbl_3 96 96 3 3
Mixed_5d.branch_pool 288 64 1 1
Mixed_6a.branch3x3 288 384 3 3 | Mixed_6a.branch3x3dbl_1 288 64 1 1 | Mixed_6a.branch3x3dbl_2 64 96 3 3
Mixed_6a.branch3x3dbl_3 96 96 3 3
Mixed_6b.branch1x1 768 192 1 1 | Mixed_6b.branch7x7_1 768 128 1 1 | Mixed_6b.branch7x7_2 128 128 1 7
Mixed_6b.branch7x7_3 128 192 7 1 | Mixed_6b.branch7x7dbl_1 768 128 1 1 | Mixed_6b.branch7x7dbl_2 128 128 7 1
Mixed_6b.branch7x7dbl_3 128 128 1 7 | Mixed_6b.branch7x7dbl_4 128 128 7 1 | Mixed_6b.branch7x7dbl_5 128 192 1 7
Mixed_6b.branch_pool 768 192 1 1
Mixed_6c.branch1x1 768 192 1 1 | Mixed_6c.branch7x7_1 768 160 1 1 | Mixed_6c.branch7x7_2 160 160 1 7
Mixed_6c.branch7x7_3 160 192 7 1 | Mixed_6c.branch7x7dbl_1 768 160 1 1 | Mixed_6c.branch7x7dbl_2 160 160 7 1
Mixed_6c.branch7x7dbl_3 160 160 1 7 | Mixed_6c.branch7x7dbl_4 160 160 7 1 | Mixed_6c.branch7x7dbl_5 160 192 1 7
Mixed_6c.branch_pool 768 192 1 1
Mixed_6d.branch1x1 768 192 1 1 | Mixed_6d.branch7x7_1 768 160 1 1 | Mixed_6d.branch7x7_2 160 160 1 7
Mixed_6d.branch7x7_3 160 192 7 1 | Mixed_6d.branch7x7dbl_1 768 160 1 1 | Mixed_6d.branch7x7dbl_2 160 160 7 1
Mixed_6d.branch7x7dbl_3 160 160 1 7 | Mixed_6d.branch7x7dbl_4 160 160 7 1 | Mixed_6d.branch7x7dbl_5 160 192 1 7
Mixed_6d.branch_pool 768 192 1 1
Mixed_6e.branch1x1 768 192 1 1 | Mixed_6e.branch7x7_1 768 192 1 1 | Mixed_6e.branch7x7_2 192 192 1 7
Mixed_6e.branch7x7_3 192 192 7 1 | Mixed_6e.branch7x7dbl_1 768 192 1 1 | Mixed_6e.branch7x7dbl_2 192 192 7 1
Mixed_6e.branch7x7dbl_3 192 192 1 7 | Mixed_6e.branch7x7dbl_4 192 192 7 1 | Mixed_6e.branch7x7dbl_5 192 192 1 7
Mixed_6e.branch_pool 768 192 1 1
AuxLogits.conv0 768 128 1 1 | AuxLogits.conv1 128 768 5 5
Mixed_7a.branch3x3_1 768 192 1 1 | Mixed_7a.branch3x3_2 192 320 3 3 | Mixed_7a.branch7x7x3_1 768 192 1 1
Mixed_7a.branch7x7x3_2 192 192 1 7 | Mixed_7a.branch7x7x3_3 192 192 7 1 | Mixed_7a.branch7x7x3_4 192 192 3 3
Mixed_7b.branch1x1 1280 320 1 1 | Mixed_7b.branch3x3_1 1280 384 1 1 | Mixed_7b.branch3x3_2a 384 384 1 3
Mixed_7b.branch3x3_2b 384 384 3 1 | Mixed_7b.branch3x3dbl_1 1280 448 1 1 | Mixed_7b.branch3x3dbl_2 448 384 3 3
Mixed_7b.branch3x3dbl_3a 384 384 1 3 | Mixed_7b.branch3x3dbl_3b 384 384 3 1 | Mixed_7b.branch_pool 1280 192 1 1
Mixed_7c.branch1x1 2048 320 1 1 | Mixed_7c.branch3x3_1 2048 384 1 1 | Mixed_7c.branch3x3_2a 384 384 1 3
Mixed_7c.branch3x3_2b 384 384 3 1 | Mixed_7c.branch3x3dbl_1 2048 448 1 1 | Mixed_7c.branch3x3dbl_2 448 384 3 3
Mixed_7c.branch3x3dbl_3a 384 384 1 3 | Mixed_7c.branch3x3dbl_3b 384 384 3 1 | Mixed_7c.branch_pool 2048 192 1 1
"""


def inception_published() -> State:
    """As in the published file, which was written before batch norm counted its batches."""
    state = {"fc.weight": value(1000, 2048), "fc.bias": value(1000)}
    state |= {"AuxLogits.fc.weight": value(1000, 768), "AuxLogits.fc.bias": value(1000)}
    for line in INCEPTION.replace("|", "\n").split("\n"):
        if line.strip():
            name, *numbers = line.split()
            channels_in, channels_out, height, width = map(int, numbers)
            state[f"{name}.conv.weight"] = value(channels_out, channels_in, height, width)
            for part in ("weight", "bias", "running_mean", "running_var"):
                state[f"{name}.bn.{part}"] = value(channels_out)
    return state


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_published_vgg_loads_strictly(tmp_path: Path, suffix: str) -> None:
    file = written(vgg_published(), tmp_path / f"vgg16{suffix}")
    network = load_published(Vgg16, file)
    kept = network.state_dict()
    assert set(vgg_published()) - set(kept) == {"classifier.6.weight", "classifier.6.bias"}
    assert all((tensor == 0.5).all() for tensor in kept.values())
    assert sum(tensor.numel() for tensor in vgg_published().values()) == 138_357_544  # as Simonyan and Zisserman count


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_published_inception_loads_strictly_without_its_classifiers(tmp_path: Path, suffix: str) -> None:
    file = written(inception_published(), tmp_path / f"inception{suffix}")
    network = load_published(InceptionV3, file)
    kept = {name for name in network.state_dict() if not name.endswith("num_batches_tracked")}
    assert kept == {name for name in inception_published() if not name.startswith(("AuxLogits", "fc"))}
    learned = (tensor for name, tensor in inception_published().items() if "running" not in name)
    assert sum(tensor.numel() for tensor in learned) == 27_161_264


def written(state: State, file: Path) -> Path:
    if file.suffix == ".safetensors":
        save_file({name: tensor.half().contiguous() for name, tensor in state.items()}, file)
    else:  # expanded tensors take no room in a pickle; the old format is the one of the published VGG
        torch.save(state, file, _use_new_zipfile_serialization=False)
    return file


def test_a_file_that_does_not_fit_is_refused_with_the_name_that_is_missing(tmp_path: Path) -> None:
    state = vgg_published()
    del state["features.28.bias"]
    with pytest.raises(EncoderUnavailable, match=r"features\.28\.bias"):
        load_published(Vgg16, written(state, tmp_path / "vgg16.pth"))


def test_a_pickle_that_would_run_code_is_refused(tmp_path: Path) -> None:
    mark = tmp_path / "ran"

    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (mark,))

    torch.save({"features.0.weight": Evil()}, tmp_path / "evil.pth")
    with pytest.raises(EncoderUnavailable, match=r"evil\.pth cannot be read as weights"):
        read_state(tmp_path / "evil.pth")
    assert not mark.exists()


@pytest.mark.parametrize(("name", "data"), [("a.pth", b"no"), ("b.safetensors", b"no"), ("c.pth", b"")])
def test_what_is_no_weights_is_refused(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(EncoderUnavailable, match="cannot be read as weights"):
        read_state(tmp_path / name)
    with pytest.raises(EncoderUnavailable, match="There is no file"):
        read_state(tmp_path / "nowhere.pth")


def test_shapes() -> None:
    vgg, inception = Vgg16((4, 4, 8, 8, 8), 16).eval(), InceptionV3(1 / 16).eval()
    with torch.inference_mode():
        assert vgg(torch.zeros(2, 3, 224, 224)).shape == (2, 16)
        assert vgg(torch.zeros(2, 3, 64, 96)).shape == (2, 16)
        assert inception.feature_map(torch.zeros(1, 3, 299, 299)).shape[2:] == (8, 8)
        assert inception(torch.zeros(2, 3, 75, 75)).shape == (2, inception.Mixed_7c.channels)
        assert InceptionV3().eval()(torch.zeros(1, 3, 96, 96)).shape == (1, 2048)
        assert FeedForward(8, (32, 16, 16, 8))(torch.zeros(2, 3, 8, 8)).shape == (2, 8)


@pytest.mark.parametrize(
    ("block", "last"),
    [
        ("Mixed_5b", "branch1x1 branch5x5_2 branch3x3dbl_3 branch_pool"),
        ("Mixed_6a", "branch3x3 branch3x3dbl_3 input"),
        ("Mixed_6e", "branch1x1 branch7x7_3 branch7x7dbl_5 branch_pool"),
        ("Mixed_7a", "branch3x3_2 branch7x7x3_4 input"),
        (
            "Mixed_7c",
            "branch1x1 branch3x3_2a branch3x3_2b branch3x3dbl_3a branch3x3dbl_3b branch_pool",
        ),
    ],
)
def test_branches_stand_in_the_published_order(block: str, last: str) -> None:
    """The published weights of the next block count on it: each branch gives a number of its own here."""
    module = getattr(InceptionV3(1 / 16).eval(), block)
    names = last.split()
    for place, name in enumerate(names, 1):
        if name != "input":
            nn.init.zeros_(getattr(module, name).conv.weight)
            nn.init.constant_(getattr(module, name).bn.bias, place)
    channels_in = next(weights.shape[1] for weights in module.parameters() if weights.dim() == 4)
    with torch.inference_mode():
        found = module(torch.full((1, channels_in, 9, 9), float(len(names))))[0, :, 1, 1]
    assert found.unique_consecutive().tolist() == list(range(1, len(names) + 1))


def test_the_feed_forward_net_by_hand() -> None:
    torch.manual_seed(0)
    net, pixels = FeedForward(2, (5, 4, 3, 2)), torch.randn(1, 3, 2, 2)
    x = net.linear.weight @ pixels.flatten() + net.linear.bias
    layers = [module for module in net.hidden.modules() if isinstance(module, nn.Linear)]
    assert [(layer.in_features, layer.out_features) for layer in layers] == list(pairwise((5, 4, 3, 2)))
    for layer in layers:
        x = (layer.weight @ x + layer.bias).clamp(min=0)
    torch.testing.assert_close(net(pixels)[0], x)


def test_vgg_by_hand_pools_and_classifies_as_published() -> None:
    """The fully connected layers see the map channel by channel, stretched to 7 x 7."""
    torch.manual_seed(0)
    vgg = Vgg16((2, 2, 2, 2, 3), 4).eval()
    pixels = torch.randn(1, 3, 64, 64)
    found = vgg.features(pixels)  # (1, 3, 2, 2)
    seven = found[0].repeat_interleave(4, 1)[:, :7].repeat_interleave(4, 2)[:, :, :7]
    seven[:, 3] = seven[:, [0, 6]].mean(1)  # the middle sees both halves
    seven[:, :, 3] = seven[:, :, [0, 6]].mean(2)
    first, second = vgg.classifier[0], vgg.classifier[3]
    expected = second(first(seven.flatten()).relu()).relu()
    torch.testing.assert_close(vgg(pixels)[0], expected)


@pytest.mark.parametrize("network", [Vgg16((4, 4, 8, 8, 8), 16), InceptionV3(1 / 16)])
def test_the_last_block_is_what_comes_last(network: Any) -> None:
    """All that is in it lies behind all that is not: a gradient stops at its input."""
    network.train().requires_grad_(False)
    for part in network.last_block():
        part.requires_grad_(True)
    network(torch.randn(2, 3, 75, 75)).sum().backward()
    names = [name for name, weights in network.named_parameters() if weights.grad is not None]
    assert names == [name for name, weights in network.named_parameters() if weights.requires_grad]
    assert 0 < len(names) < len(list(network.parameters()))


# Folders of transformers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [tiny.vit, tiny.vit_classifier, tiny.mobilenet, tiny.resnet, tiny.clip])
def test_a_hub_network_is_built_again_from_its_description(tmp_path: Path, make: Any) -> None:
    folder = make(tmp_path)
    loaded = hub.load(folder).eval()
    config = json.loads(json.dumps(loaded.config))
    again = hub.build(config["model_type"], config, own_pooling=loaded.own_pooling).eval()
    again.load_state_dict(loaded.state_dict())
    pixels = torch.randn(2, 3, 48, 48)
    with torch.inference_mode():
        vectors = loaded(pixels)
        assert vectors.dim() == 2
        assert torch.equal(again(pixels), vectors)


@pytest.mark.parametrize("make", [tiny.vit_classifier, tiny.mobilenet, tiny.resnet, tiny.clip])
def test_gradients_reach_every_weight_of_a_hub_network_and_its_last_block(tmp_path: Path, make: Any) -> None:
    network = hub.load(make(tmp_path)).train()
    last = {id(weights) for part in network.last_block() for weights in part.parameters()}
    network(torch.randn(2, 3, 48, 48)).square().sum().backward()
    assert [name for name, weights in network.named_parameters() if weights.grad is None] == []
    assert 0 < len(last) < len(list(network.parameters()))


def test_where_no_pooling_layer_was_trained_the_class_token_is_taken(tmp_path: Path) -> None:
    network, pixels = hub.load(tiny.vit_classifier(tmp_path)).eval(), torch.randn(2, 3, 32, 32)
    assert not [name for name in network.state_dict() if "pooler" in name]
    with torch.inference_mode():
        tokens = network.network(pixel_values=pixels).last_hidden_state
        assert torch.equal(network(pixels), tokens[:, 0])


def test_the_tower_that_sees_is_taken_of_a_model_of_pictures_and_texts(tmp_path: Path) -> None:
    network = hub.load(tiny.clip(tmp_path))
    assert not [name for name in network.state_dict() if "text" in name or "logit_scale" in name]
    assert network.config["model_type"] == "clip_vision_model"


@pytest.mark.parametrize("make", [tiny.vit, tiny.mobilenet, tiny.resnet, tiny.clip])
def test_what_a_model_wants_pictures_to_be(tmp_path: Path, make: Any) -> None:
    folder = make(tmp_path)
    wanted = hub.wanted_pictures(folder)
    assert wanted.side == 32
    np.testing.assert_allclose(wanted.mean, [0.48, 0.46, 0.41], atol=1e-5)
    np.testing.assert_allclose(wanted.std, [0.27, 0.26, 0.28], atol=1e-5)


def test_a_processor_that_normalises_twice_is_understood(tmp_path: Path) -> None:
    """EfficientNet's divides by the deviation two times; its published file says so in a word."""
    std = [0.48, 0.47, 0.46]
    written: dict[str, Any] = {
        "image_processor_type": "EfficientNetImageProcessor",
        "size": {"height": 32, "width": 32},
    }
    written |= {"image_mean": [0.4, 0.5, 0.6], "image_std": std, "include_top": True, "do_center_crop": False}
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(written))
    wanted = hub.wanted_pictures(tmp_path)
    np.testing.assert_allclose(wanted.std, np.square(std), atol=1e-4)
    picture = Image.new("RGB", (32, 32), (10, 120, 250))
    theirs = processor_of(tmp_path)(images=picture, return_tensors="np")["pixel_values"][0][:, 0, 0]
    ours = (np.array([10, 120, 250]) / 255 - wanted.mean) / wanted.std
    np.testing.assert_allclose(ours, theirs, atol=1e-3)


# Batch norm and precision --------------------------------------------------------------------------------


def block() -> Any:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4, momentum=0.99))


def test_settled_batch_norm_gives_mean_0_and_deviation_1_of_what_it_saw() -> None:
    network = block()
    batches = [5 + 3 * torch.randn(8, 3, 6, 6) for _ in range(3)]
    settle(network, batches)
    with torch.inference_mode():
        seen = network(torch.cat(batches))
    assert not network[1].training
    torch.testing.assert_close(seen.mean((0, 2, 3)), torch.zeros(4), atol=1e-4, rtol=0)
    torch.testing.assert_close(seen.std((0, 2, 3)), torch.ones(4), atol=0.02, rtol=0)


def test_random_scales_of_batch_norm_are_drawn_anew() -> None:
    network = block()
    nn.init.normal_(network[1].weight, std=0.02)
    draw_weights(network)
    assert torch.equal(network[1].weight, torch.ones(4))
    without = nn.Conv2d(3, 4, 1)
    before = without.weight.clone()
    draw_weights(without)  # networks without batch norm are drawn as they should be
    assert torch.equal(without.weight, before)


def test_a_network_without_blocks_has_no_last_one() -> None:
    with pytest.raises(BadOption, match="choose all"):
        last_block("backbone", hub.HubNetwork(nn.Sequential(nn.Conv2d(3, 4, 1)), own_pooling=True))


def test_momentum_of_another_framework_is_corrected() -> None:
    network = block()
    correct_momentum(network)
    assert [norm.momentum for norm in batch_norms(network)] == [0.1]


def test_a_batch_of_one_pixel_passes_a_resting_network_only() -> None:
    network, one = block().train(), torch.randn(1, 3, 1, 1)
    with pytest.raises(ValueError, match="more than 1 value"):
        network(one)
    with resting(network):
        assert torch.isfinite(network(one)).all()
    assert network[1].training


def test_rounded_weights_are_stored_without_loss_and_large_ones_in_full() -> None:
    network: Any = nn.Sequential(nn.Linear(7, 5), nn.Linear(5, 2), nn.BatchNorm1d(2))
    with torch.no_grad():
        network[1].weight[0, 0] = 1e6
        network[2].running_var[:] = 1e-9
    round_weights(network)
    kept = stored(network)
    assert {name for name, tensor in kept.items() if tensor.dtype == torch.half} == {"0.weight"}
    assert not fits_half(network[1].weight)
    for name, tensor in restored(kept).items():
        assert torch.equal(tensor, network.state_dict()[name])
