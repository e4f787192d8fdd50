"""Five ways to decide from a text and a picture together, side by side.

Every net is called as ``net(text, text_there, image, image_there)`` and gives logits (B, T):

    text         (B, Dt) vectors of the plots; for cross-attention (B, L, Dt) the states of their tokens
    text_there   (B,) whether there is a plot; for cross-attention (B, L) which tokens there are
    image        (B, Di) vectors of the posters; for cross-attention (B, P, Di) the states of their patches
    image_there  (B,) or (B, P), likewise

All work without a plot or without a poster: what is missing is set to 0, the mean of the training films, and in
training a share of the films that have both is shown without one of the two (modality dropout, Neverova et al.
2015). What each does beyond that stands with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Sizes:
    """Lengths of a text and an image vector (or state), hidden units, terms, attention heads, and what is dropped."""

    text: int
    image: int
    hidden: int
    terms: int
    heads: int = 4
    dropout: float = 0.0
    """Share of inputs and of hidden units dropped in training."""
    left_out: float = 0.0
    """Share of the films with both that is shown without one of the two in training."""


class Standard(nn.Module):
    """Numbers (..., D) less the mean of the training films, over their deviation."""

    mean: Tensor
    scale: Tensor

    def __init__(self, size: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(size))
        self.register_buffer("scale", torch.ones(size))

    def fit(self, x: Tensor) -> None:
        """Take mean and deviation of these (N, D)."""
        if len(x):
            self.mean, self.scale = x.mean(0), 1 / (x.std(0, unbiased=False) + 1e-4)

    def forward(self, x: Tensor) -> Tensor:
        return (x - self.mean) * self.scale


class Input(nn.Module):
    """One modality: standardised, 0 where it is not there, some of it dropped in training."""

    def __init__(self, size: int, dropout: float) -> None:
        super().__init__()
        self.standard, self.dropout = Standard(size), nn.Dropout(dropout)

    def forward(self, x: Tensor, there: Tensor) -> Tensor:
        dropped: Tensor = self.dropout(self.standard(x))  # (..., D)
        return dropped.masked_fill(~there.unsqueeze(-1), 0)


class Fusion(nn.Module):
    """What the five have in common; each says in ``fuse`` what it makes of the two."""

    prior: Tensor

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.left_out = sizes.left_out
        self.register_buffer("prior", torch.zeros(sizes.terms))  # (T,) log-odds, where training begins
        self.text_input = Input(sizes.text, sizes.dropout)
        self.image_input = Input(sizes.image, sizes.dropout)

    def forward(self, text: Tensor, text_there: Tensor, image: Tensor, image_there: Tensor) -> Tensor:
        if self.training and self.left_out:
            text_there, image_there = leave_one_out(text_there, image_there, self.left_out)
        text, image = self.text_input(text, text_there), self.image_input(image, image_there)
        return self.prior + self.fuse(text, text_there, image, image_there)

    def fuse(self, text: Tensor, text_there: Tensor, image: Tensor, image_there: Tensor) -> Tensor:
        """What is added to the prior, (B, T), from standardised inputs that are 0 where they are not there."""
        raise NotImplementedError

    def modality_weights(self, text: Tensor, text_there: Tensor, image: Tensor, image_there: Tensor) -> Tensor | None:
        """How much text and image count by the net's own account, (B, 2); None where it keeps no account."""
        return None


def leave_one_out(text_there: Tensor, image_there: Tensor, share: float) -> tuple[Tensor, Tensor]:
    """Hide the text or the image, as likely the one as the other, of a share of the films that have both."""
    luck = torch.rand(len(text_there), device=text_there.device)
    luck = luck.view(-1, *[1] * (text_there.dim() - 1))  # (B,) or (B, 1)
    both = _any(text_there).view_as(luck) & _any(image_there).view_as(luck)
    return text_there & ~(both & (luck < share / 2)), image_there & ~(both & (luck > 1 - share / 2))


def _any(there: Tensor) -> Tensor:
    """(B,) or (B, L) to (B,): whether anything of a film is there."""
    return there.flatten(1).any(1) if there.dim() > 1 else there


def classifier(size: int, hidden: int, terms: int, dropout: float) -> nn.Sequential:
    """One hidden layer: (B, size) to logits (B, terms)."""
    return nn.Sequential(nn.Linear(size, hidden), nn.GELU(), nn.Dropout(dropout), nn.Linear(hidden, terms))


class Early(Fusion):
    """Both vectors as one, then a classifier. A missing one is a stretch of zeros."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__(sizes)
        self.head = classifier(sizes.text + sizes.image, sizes.hidden, sizes.terms, sizes.dropout)

    def fuse(self, text: Tensor, text_there: Tensor, image: Tensor, image_there: Tensor) -> Tensor:
        logits: Tensor = self.head(torch.cat([text, image], 1))  # (B, Dt + Di) -> (B, T)
        return logits


class Late(Fusion):
    """A classifier for each, and the weighted mean of their logits; the two weights are learned.

    The weights are a softmax over what is there: where one is missing the other decides alone.
    """

    def __init__(self, sizes: Sizes) -> None:
        super().__init__(sizes)
        self.text_head = classifier(sizes.text, sizes.hidden, sizes.terms, sizes.dropout)
        self.image_head = classifier(sizes.image, sizes.hidden, sizes.terms, sizes.dropout)
        self.balance = nn.Parameter(torch.zeros(2))

    def fuse(self, text: Tensor, text_there: Tensor, image: Tensor, image_there: Tensor) -> Tensor:
        outputs = torch.stack([self.text_head(text), self.image_head(image)], 1)  # (B, 2, T)
        weights = softmax_of_there(self.balance.expand(len(text), 2), text_there, image_there)  # (B, 2)
        return (weights.unsqueeze(-1) * outputs).sum(1)


class Attention(Fusion):
    """A weight for each modality of each film, softmax over the two, from what the film shows.

        h_m = tanh(W_m x_m + b_m)      e_m = v . tanh(U h_m + c)      a = softmax(e)      h = sum of a_m h_m

    A missing modality has weight 0 and the other weight 1.
    """

    def __init__(self, sizes: Sizes) -> None:
        super().__init__(sizes)
        self.text_state = nn.Linear(sizes.text, sizes.hidden)
        self.image_state = nn.Linear(sizes.image, sizes.hidden)
        self.score = nn.Sequential(
            nn.Linear(sizes.hidden, sizes.hidden), nn.Tanh(), nn.Linear(sizes.hidden, 1, bias=False)
        )
        self.head = classifier(sizes.hidden, sizes.hidden, sizes.terms, sizes.dropout)

    def fuse(self, text: Tensor, text_there: Tensor, image: Tensor, image_there: Tensor) -> Tensor:
        states, weights = self._attend(text, text_there, image, image_there)
        logits: Tensor = self.head((weights.unsqueeze(-1) * states).sum(1))  # (B, H) -> (B, T)
        return logits

    def _attend(self, text: Tensor, text_there: Tensor, image: Tensor, image_there: Tensor) -> tuple[Tensor, Tensor]:
        states = torch.stack([self.text_state(text), self.image_state(image)], 1).tanh()  # (B, 2, H)
        weights = softmax_of_there(self.score(states).squeeze(-1), text_there, image_there)  # (B, 2)
        return states, weights

    def modality_weights(self, text: Tensor, text_there: Tensor, image: Tensor, image_there: Tensor) -> Tensor:
        text, image = self.text_input(text, text_there), self.image_input(image, image_there)
        return self._attend(text, text_there, image, image_there)[1]


class GatedUnit(Fusion):
    """The gated multimodal unit of Arevalo et al. 2017 (arXiv:1702.01992), then a classifier.

        h_v = tanh(W_v x_v)      h_t = tanh(W_t x_t)      z = sigmoid(W_z [x_v, x_t])      h = z * h_v + (1 - z) * h_t

    with x_v the image, x_t the text and one gate z per hidden unit; no biases, as published. A missing image closes
    the gate (z = 0), a missing text opens it (z = 1).
    """

    def __init__(self, sizes: Sizes) -> None:
        super().__init__(sizes)
        self.w_v = nn.Linear(sizes.image, sizes.hidden, bias=False)
        self.w_t = nn.Linear(sizes.text, sizes.hidden, bias=False)
        self.w_z = nn.Linear(sizes.image + sizes.text, sizes.hidden, bias=False)
        self.head = classifier(sizes.hidden, sizes.hidden, sizes.terms, sizes.dropout)

    def fuse(self, text: Tensor, text_there: Tensor, image: Tensor, image_there: Tensor) -> Tensor:
        h_v, h_t = self.w_v(image).tanh(), self.w_t(text).tanh()  # (B, H)
        z = self.gate(text, text_there, image, image_there)
        logits: Tensor = self.head(z * h_v + (1 - z) * h_t)  # (B, H) -> (B, T)
        return logits

    def gate(self, text: Tensor, text_there: Tensor, image: Tensor, image_there: Tensor) -> Tensor:
        """z (B, H): the share of the image in each hidden unit."""
        z: Tensor = self.w_z(torch.cat([image, text], 1)).sigmoid()
        return z.masked_fill(~text_there.unsqueeze(1), 1).masked_fill(~image_there.unsqueeze(1), 0)

    def modality_weights(self, text: Tensor, text_there: Tensor, image: Tensor, image_there: Tensor) -> Tensor:
        text, image = self.text_input(text, text_there), self.image_input(image, image_there)
        z = self.gate(text, text_there, image, image_there).mean(1)  # (B,)
        return torch.stack([(1 - z) * text_there, z * image_there], 1)


class CrossAttention(Fusion):
    """Tokens of the plot attend to patches of the poster and back (multi-head, Vaswani et al. 2017), then a classifier.

    With t and v the projected tokens and patches:

        t' = norm(t + attention(queries t, keys and values v))
        v' = norm(v + attention(queries v, keys and values t))

    The mean of t' over the tokens and of v' over the patches go to the classifier as one vector. Where one modality
    is missing nothing is attended to, and its half of that vector is 0.
    """

    def __init__(self, sizes: Sizes) -> None:
        super().__init__(sizes)
        self.text_state = nn.Linear(sizes.text, sizes.hidden)
        self.image_state = nn.Linear(sizes.image, sizes.hidden)
        self.to_image = nn.MultiheadAttention(sizes.hidden, sizes.heads, dropout=sizes.dropout, batch_first=True)
        self.to_text = nn.MultiheadAttention(sizes.hidden, sizes.heads, dropout=sizes.dropout, batch_first=True)
        self.text_norm, self.image_norm = nn.LayerNorm(sizes.hidden), nn.LayerNorm(sizes.hidden)
        self.head = classifier(2 * sizes.hidden, sizes.hidden, sizes.terms, sizes.dropout)

    def fuse(self, text: Tensor, text_there: Tensor, image: Tensor, image_there: Tensor) -> Tensor:
        t, v = self.text_state(text), self.image_state(image)  # (B, L, H), (B, P, H)
        seen = self.text_norm(t + attend(self.to_image, t, v, image_there))
        read = self.image_norm(v + attend(self.to_text, v, t, text_there))
        pooled = torch.cat([mean_of_there(seen, text_there), mean_of_there(read, image_there)], 1)  # (B, 2 H)
        logits: Tensor = self.head(pooled)
        return logits


def softmax_of_there(scores: Tensor, text_there: Tensor, image_there: Tensor) -> Tensor:
    """Softmax (B, 2) of the scores (B, 2) of what is there, 0 for what is not; all 0 where there is nothing."""
    there = torch.stack([text_there, image_there], 1)
    return scores.masked_fill(~there, -1e4).softmax(1) * there


def attend(attention: nn.MultiheadAttention, queries: Tensor, keys: Tensor, there: Tensor) -> Tensor:
    """What the queries (B, Q, H) find in the keys (B, K, H) that are there (B, K); 0 for films without any."""
    some = there.any(1, keepdim=True)  # (B, 1)
    found: Tensor
    # A softmax over nothing is no number, so films without keys look at padding, and what they find is set to 0.
    found, _ = attention(queries, keys, keys, key_padding_mask=~(there | ~some), need_weights=False)
    return found.masked_fill(~some.unsqueeze(-1), 0)


def mean_of_there(states: Tensor, there: Tensor) -> Tensor:
    """(B, L, H) to (B, H) over the positions that are there (B, L); 0 where none is."""
    kept = states.masked_fill(~there.unsqueeze(-1), 0)
    return kept.sum(1) / there.sum(1, keepdim=True).clamp(min=1)


class ByName(nn.Module):
    """A net as training.loop calls it, with its inputs by name."""

    def __init__(self, net: Fusion) -> None:
        super().__init__()
        self.net = net

    def forward(self, features: dict[str, Tensor]) -> Tensor:
        logits: Tensor = self.net(**features)
        return logits


FUSIONS: dict[str, type[Fusion]] = {
    "early": Early,
    "late": Late,
    "attention": Attention,
    "gmu": GatedUnit,
    "cross-attention": CrossAttention,
}
