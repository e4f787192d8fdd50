"""Losses by hand, and what is unknown sends no gradient."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from training.losses import LOSSES, asymmetric, binary, class_weights, softmax

LOGITS = torch.tensor([[0.3, -2.0], [1.0, 4.0]])
YES, KNOWN = torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([[1.0, 1.0], [1.0, 0.0]])


def test_binary_is_cross_entropy_over_known_cells() -> None:
    cells = F.binary_cross_entropy_with_logits(LOGITS, YES, reduction="none")
    expected = (cells[0, 0] + cells[0, 1] + cells[1, 0]) / 2
    assert binary(LOGITS, YES, KNOWN, None).item() == pytest.approx(expected.item(), rel=1e-6)
    three_nets = LOGITS.expand(3, 2, 2)
    assert binary(three_nets, YES, KNOWN, None).item() == pytest.approx(expected.item(), rel=1e-6)
    weighted = (2 * cells[0, 0] + cells[0, 1] + cells[1, 0]) / 2
    assert binary(LOGITS, YES, KNOWN, torch.tensor([2.0, 9.0])).item() == pytest.approx(weighted.item(), rel=1e-6)


@pytest.mark.parametrize("name", LOSSES)
def test_unknown_cells_send_no_gradient(name: str) -> None:
    logits = torch.zeros(1, 3, requires_grad=True)
    LOSSES[name](logits, torch.tensor([[1.0, 1.0, 0.0]]), torch.tensor([[1.0, 0.0, 1.0]]), None).backward()  # type: ignore[no-untyped-call]
    assert logits.grad is not None
    assert logits.grad[0, 0] < 0 < logits.grad[0, 2]
    assert logits.grad[0, 1] == 0


def test_asymmetric_by_hand() -> None:
    probability, focus, margin = 0.4, 2.0, 0.1
    logits = torch.logit(torch.tensor([[probability]]))
    expected = -((probability - margin) ** focus) * np.log(1 - (probability - margin))
    no, known = torch.zeros(1, 1), torch.ones(1, 1)
    assert asymmetric(logits, no, known, None, focus=focus, margin=margin).item() == pytest.approx(expected, rel=1e-5)
    assert asymmetric(torch.logit(torch.tensor([[0.05]])), no, known, None, margin=margin).item() == 0


def test_softmax_by_hand() -> None:
    logits = torch.tensor([[0.0, 1.0, 2.0, 9.0]])
    yes, known = torch.tensor([[1.0, 1.0, 0.0, 1.0]]), torch.tensor([[1.0, 1.0, 1.0, 0.0]])
    among = np.log(np.exp([0, 1, 2]) / np.exp([0, 1, 2]).sum())
    assert softmax(logits, yes, known, None).item() == pytest.approx(-(among[0] + among[1]) / 2, rel=1e-5)
    assert softmax(logits, torch.zeros(1, 4), known, None).item() == 0


def test_rare_terms_weigh_more_up_to_ten() -> None:
    yes, known = torch.zeros(1000, 3), torch.ones(1000, 3)
    yes[:500, 0], yes[:100, 1], yes[:1, 2] = 1, 1, 1
    known[900:, 1] = 0
    assert class_weights(yes, known).tolist() == pytest.approx([1, 8**0.5, 10])
