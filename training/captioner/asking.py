"""A picture and a question as the tensors that a model takes, and its answer after it."""

from collections.abc import Sequence
from typing import Any

import torch
from django.utils.translation import gettext as _
from PIL import Image
from torch import Tensor

from training.captioner import prompts
from training.captioner.loading import Loaded
from training.encoders.folders import EncoderUnavailable

Inputs = dict[str, Tensor]
IGNORED = -100  # label of a token that no loss is taken on


def question_text(model: Loaded, prompt: str) -> str:
    """What the model reads up to where its answer begins: its own chat template, otherwise as published.

    Raises EncoderUnavailable where neither is known.
    """
    if model.processor.chat_template:
        return str(model.processor.apply_chat_template(_talk(prompt), add_generation_prompt=True))
    published = prompts.PUBLISHED.get(model.kind)
    if published is None:
        sentence = _("{name} has no chat template, and how to ask a model of the kind {kind} is not known.")
        raise EncoderUnavailable(sentence.format(name=model.label, kind=model.kind))
    return published.format(question=prompt)


def answer_text(model: Loaded, prompt: str, answer: str) -> str:
    """What follows the question when the answer is known, with what ends it."""
    asked = question_text(model, prompt)
    if model.processor.chat_template:
        told = [*_talk(prompt), {"role": "assistant", "content": [{"type": "text", "text": answer}]}]
        whole = str(model.processor.apply_chat_template(told))
        if whole.startswith(asked):
            return whole[len(asked) :].rstrip("\n")
    return f" {answer}{model.processor.tokenizer.eos_token or ''}"


def _talk(prompt: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": prompt}]}]


def ask(model: Loaded, images: Sequence[Image.Image], prompt: str) -> Inputs:
    """Tensors for B pictures, each with the question; token tensors (B, L) are padded on the left."""
    text = question_text(model, prompt)
    tokenizer = model.processor.tokenizer
    twice = bool(tokenizer.bos_token) and text.startswith(tokenizer.bos_token)
    made = model.processor(
        images=[[image] for image in images],
        text=[text] * len(images),
        padding=True,
        return_tensors="pt",
        **({"add_special_tokens": False} if twice else {}),
    )
    return {name: value for name, value in made.items() if isinstance(value, Tensor)}


def with_answers(model: Loaded, asked: Inputs, answers: Sequence[str]) -> tuple[Inputs, Tensor]:
    """The questions with B answers behind them, padded on the right, and the answers' labels, long (B, W).

    The answers begin at the same place in every row, so the last W tokens are theirs alone. Labels are IGNORED where
    an answer has ended.
    """
    tokenizer = model.processor.tokenizer
    ids = [tokenizer(answer, add_special_tokens=False)["input_ids"] for answer in answers]
    width = max(map(len, ids))
    tokens = torch.full((len(ids), width), tokenizer.pad_token_id)
    known = torch.zeros_like(tokens)
    for row, found in enumerate(ids):
        tokens[row, : len(found)] = torch.tensor(found)
        known[row, : len(found)] = 1
    shape = asked["input_ids"].shape
    further = {name: torch.zeros_like(tokens) for name, value in asked.items() if value.shape == shape}
    further |= {"input_ids": tokens, "attention_mask": known}
    joined = {name: torch.cat([asked[name], value.to(asked[name].dtype)], 1) for name, value in further.items()}
    return asked | joined, tokens.masked_fill(known == 0, IGNORED)


def on_device(model: Loaded, inputs: Inputs) -> Inputs:
    """Numbers with a fraction in the network's own precision."""
    moved = {name: value.to(model.device, non_blocking=True) for name, value in inputs.items()}
    return {name: value.to(model.dtype) if value.is_floating_point() else value for name, value in moved.items()}
