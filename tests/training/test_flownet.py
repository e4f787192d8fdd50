"""FlowNet-S: the published layout, files as they are published, and a stem for six channels."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from tests.training import scene_nets
from training.encoders.folders import EncoderUnavailable
from training.networks.flownet import FlowNetS, load_flownet, six_channels
from training.scenes import recipes

# Output channels, input channels and kernel of each convolution, as in the published file.
PUBLISHED = {
    "conv1": (64, 6, 7), "conv2": (128, 64, 5), "conv3": (256, 128, 5), "conv3_1": (256, 256, 3),
    "conv4": (512, 256, 3), "conv4_1": (512, 512, 3), "conv5": (512, 512, 3), "conv5_1": (512, 512, 3),
    "conv6": (1024, 512, 3), "conv6_1": (1024, 1024, 3),
}  # fmt: skip


@pytest.mark.parametrize("batch_norm", [False, True])
def test_tensors_are_named_and_shaped_as_published(batch_norm: bool) -> None:
    with torch.device("meta"):
        state = FlowNetS(batch_norm=batch_norm).state_dict()
    for name, (out, into, kernel) in PUBLISHED.items():
        assert tuple(state[f"{name}.0.weight"].shape) == (out, into, kernel, kernel)
        assert (f"{name}.0.bias" in state) is not batch_norm
        assert (f"{name}.1.running_mean" in state) is batch_norm


def published(file: Path, *, batch_norm: bool, wrapped: bool = False) -> FlowNetS:
    """A file as it is published: with what refines the flow, and beside other facts of the training."""
    torch.manual_seed(0)
    network = FlowNetS(batch_norm=batch_norm)
    state = network.state_dict() | {
        "deconv5.0.weight": torch.zeros(1024, 512, 4, 4),
        "predict_flow6.weight": torch.zeros(2, 1024, 3, 3),
        "upsampled_flow6_to_5.weight": torch.zeros(2, 2, 4, 4),
    }
    if file.suffix == ".safetensors":
        save_file(state, file)
    else:
        torch.save({"arch": "flownets", "state_dict": state, "div_flow": 20} if wrapped else state, file)
    return network


@pytest.mark.parametrize("batch_norm", [False, True])
def test_published_files_load_as_they_are(batch_norm: bool, tmp_path: Path) -> None:
    file = tmp_path / "flownets.pth.tar"
    network = published(file, batch_norm=batch_norm, wrapped=True).eval()
    loaded = load_flownet(file).eval()
    frames = torch.rand(1, 6, 64, 64)
    assert loaded.batch_norm is batch_norm
    assert torch.equal(loaded(frames), network(frames))


def test_other_files_are_refused_with_a_sentence(tmp_path: Path) -> None:
    save_file({"conv1.0.weight": torch.zeros(64, 3, 7, 7)}, tmp_path / "other.safetensors")
    with pytest.raises(EncoderUnavailable, match="do not fit"):
        load_flownet(tmp_path / "other.safetensors")
    with pytest.raises(EncoderUnavailable, match="There is no file"):
        load_flownet(tmp_path / "none.pth")


def test_an_architecture_begins_with_published_weights(tmp_path: Path) -> None:
    published(tmp_path / "flow.safetensors", batch_norm=True)
    _body, eyes = recipes.begin_body(
        scene_nets.options("flownet-fc", weights=str(tmp_path / "flow.safetensors"), size=64)
    )
    assert eyes[0].published
    assert eyes[0].preprocessing.size == (64, 36)
    again, _eyes = recipes.rebuild("flownet-fc", [eyes[0].describe()])
    assert again.state_dict().keys() == _body.state_dict().keys()


def test_two_networks_take_weights_with_a_comma_between_them(tmp_path: Path) -> None:
    published(tmp_path / "flow.safetensors", batch_norm=False)
    asked = scene_nets.options("double-stack", weights=f"none, {tmp_path / 'flow.safetensors'}", size=75)
    _body, eyes = recipes.begin_body(asked)
    assert [eye.published for eye in eyes] == [False, True]
    assert [eye.preprocessing.size for eye in eyes] == [(75, 75), (75, 75)]


def test_any_size_gives_a_vector_of_the_same_length() -> None:
    network = FlowNetS(1 / 16).eval()
    assert {network(torch.rand(1, 6, *size)).shape for size in [(16, 16), (36, 64), (192, 384)]} == {(1, 6 * 64)}


def test_six_channels_of_two_equal_pictures_give_what_one_gave() -> None:
    torch.manual_seed(0)
    convolution = nn.Conv2d(3, 8, 3, 2, bias=False)
    picture = torch.rand(2, 3, 15, 15)
    wider = six_channels(convolution)
    assert torch.allclose(wider(torch.cat([picture, picture], 1)), convolution(picture), atol=1e-6)
    assert wider.stride == convolution.stride
