"""RAFT-small: its parts find what moved, its tensors are those that were published, its answer is a flow in pixels."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from catalog.footage.motion import flow, magnitude
from tests.footage import texture
from training.encoders.folders import EncoderUnavailable
from training.networks.raft import LEVELS, RADIUS, Raft, RaftSmall, _correlated, _grid, _looked_up, load_raft

# Names and shapes of some of the published tensors, one of each part; there are 95 in all.
PUBLISHED = {
    "fnet.conv1.weight": (32, 3, 7, 7),
    "fnet.layer1.1.conv2.weight": (8, 8, 3, 3),
    "fnet.layer2.0.downsample.0.weight": (64, 32, 1, 1),
    "fnet.layer3.1.conv3.bias": (96,),
    "fnet.conv2.weight": (128, 96, 1, 1),
    "cnet.conv2.bias": (160,),
    "update_block.encoder.convc1.weight": (96, 196, 1, 1),
    "update_block.encoder.conv.bias": (80,),
    "update_block.gru.convq.weight": (96, 242, 3, 3),
    "update_block.flow_head.conv2.weight": (2, 128, 3, 3),
}


def moved(x: int, y: int, width: int = 640, height: int = 360) -> tuple[np.ndarray, np.ndarray]:
    whole = texture(3, width + 80, height + 80)
    inner = slice(40, 40 + height), slice(40, 40 + width)
    return whole[inner], np.roll(whole, (y, x), (0, 1))[inner]


@pytest.mark.parametrize(("x", "y"), [(0, 0), (2, 1), (-3, 2), (1, -3)])
def test_the_correlation_is_greatest_where_a_place_went(x: int, y: int) -> None:
    torch.manual_seed(0)
    before = torch.nn.functional.normalize(torch.randn(1, 64, 16, 20), dim=1)
    after = torch.roll(before, (y, x), (2, 3))
    found = _looked_up(_correlated(before, after), _grid(before))
    side = 2 * RADIUS + 1
    assert found.shape == (1, LEVELS * side**2, 16, 20)
    finest = found[0, : side**2, 4:-4, 4:-4].reshape(side, side, -1)
    best = finest.mean(-1).argmax().item()
    assert (best // side - RADIUS, best % side - RADIUS) == (x, y)  # the window's first axis is x


def test_places_are_looked_up_around_where_they_are_thought_to_be() -> None:
    torch.manual_seed(0)
    before = torch.nn.functional.normalize(torch.randn(1, 64, 16, 20), dim=1)
    after = torch.roll(before, (3, 5), (2, 3))
    thought = _grid(before) + torch.tensor([5.0, 3.0]).view(1, 2, 1, 1)
    middle = (2 * RADIUS + 1) ** 2 // 2
    found = _looked_up(_correlated(before, after), thought)[0, middle, 6:-6, 6:-6]
    torch.testing.assert_close(found, torch.full_like(found, 1 / 64**0.5))


def test_tensors_are_named_as_published() -> None:
    state = RaftSmall().state_dict()
    assert {name: tuple(state[name].shape) for name in PUBLISHED} == PUBLISHED
    assert sum(tensor.numel() for tensor in state.values()) == 990_162  # "1M parameters", says the paper


def test_weights_go_through_a_file(tmp_path: Path) -> None:
    torch.manual_seed(1)
    network = RaftSmall()
    save_file(network.state_dict(), tmp_path / "model.safetensors")
    save_file({f"module.{n}": t for n, t in network.state_dict().items()}, tmp_path / "parallel.safetensors")
    frames = moved(3, 1, 160, 128)
    expected = Raft(network)(*frames)
    assert expected.shape == (128, 160, 2)
    for path in (tmp_path, tmp_path / "model.safetensors", tmp_path / "parallel.safetensors"):
        np.testing.assert_allclose(flow(*frames, "raft", load_raft(path)), expected, atol=1e-5)


def test_weights_that_do_not_fit_are_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="There is no file"):
        load_raft(tmp_path)
    save_file({"fnet.conv1.weight": torch.zeros(3)}, tmp_path / "model.safetensors")
    with pytest.raises(EncoderUnavailable, match="do not fit"):
        load_raft(tmp_path)


def test_a_flow_is_in_pixels_of_the_frames_as_they_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever size the network works at."""
    network = RaftSmall()
    field = torch.tensor([4.0, -2.0]).view(1, 2, 1, 1)
    monkeypatch.setattr(network, "forward", lambda a, b: field.expand(1, 2, *a.shape[2:]))
    assert Raft(network)(*moved(0, 0, 640, 360))[0, 0].tolist() == pytest.approx([4, -2])
    small = Raft(network)(*moved(0, 0, 120, 68))
    assert small.shape == (68, 120, 2)
    assert small[0, 0].tolist() == pytest.approx([4 * 120 / 224, -2 * 68 / 128], rel=0.01)


def test_it_learns() -> None:
    torch.manual_seed(0)
    network = RaftSmall()
    optimiser = torch.optim.AdamW(network.parameters(), 4e-4)
    first, second = (torch.from_numpy(f.copy()).permute(2, 0, 1)[None].float() for f in moved(4, 2, 128, 128))
    wanted = torch.tensor([4.0, 2.0]).view(1, 2, 1, 1)
    losses = []
    for _step in range(12):
        optimiser.zero_grad()
        loss = (network(first, second, 3) - wanted).abs().mean()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.7 * losses[0]
    assert all(p.grad is not None and bool(p.grad.abs().sum() > 0) for p in network.fnet.conv1.parameters())


@pytest.mark.skipif("RAFT_WEIGHTS" not in os.environ, reason="needs published weights")
@pytest.mark.parametrize("shift", [(8, 5), (-12, 7), (20, -10)])
def test_published_weights_recover_a_shift(shift: tuple[int, int]) -> None:
    found = flow(*moved(*shift), "raft", load_raft(Path(os.environ["RAFT_WEIGHTS"])))
    assert found.mean((0, 1)).tolist() == pytest.approx(shift, rel=0.05)
    assert magnitude(found) == pytest.approx(np.hypot(*shift), rel=0.05)
