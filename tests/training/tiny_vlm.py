"""Tiny vision-language models of the real classes, with a real tokenizer and processor, saved as the hub has them."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    CLIPVisionConfig,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaOnevisionConfig,
    LlavaOnevisionForConditionalGeneration,
    PreTrainedTokenizerFast,
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
    Qwen2Config,
    SiglipVisionConfig,
    SmolVLMConfig,
    SmolVLMForConditionalGeneration,
)

from training.captioner.examples import Example
from training.captioner.loading import load
from training.captioner.options import FinetuneOptions
from training.captioner.tuning import Tuning

CORPUS = [
    "Which tags fit the film that this frame is from? Answer with the tags alone, separated by commas.",
    "USER: ASSISTANT: User: Assistant: rain, night, war, ghosts, dark comedy, space, a caption of a frame of a film",
]
SPECIAL = ["<pad>", "<s>", "</s>", "<image>", "<fake_token_around_image>", "<global-img>", "<end_of_utterance>"]
SPECIAL += [f"<row_{row}_col_{column}>" for row in range(1, 5) for column in range(1, 5)]
SPECIAL += ["<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>"]
COLOURS = [(200, 30, 30), (30, 30, 200), (30, 200, 30)]
TAGS = [("night", "rain"), ("space",), ("ghosts", "war")]
_TEXT: dict[str, Any] = {
    "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2,
    "num_key_value_heads": 2, "max_position_embeddings": 512, "initializer_range": 0.3,
    "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2,
}  # fmt: skip
_SEES: dict[str, Any] = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
_NORMAL: dict[str, Any] = {"do_rescale": True, "rescale_factor": 1 / 255, "do_normalize": True, "do_convert_rgb": True}
_NORMAL |= {"image_mean": [0.48, 0.46, 0.41], "image_std": [0.27, 0.26, 0.28], "resample": 3, "do_resize": True}
LLAVA_TEMPLATE = (
    "{% for message in messages %}{% if message['role'] == 'user' %}USER: {% else %}ASSISTANT: {% endif %}"
    "{% for part in message['content'] %}{% if part['type'] == 'image' %}<image>\n{% else %}{{ part['text'] }} "
    "{% endif %}{% endfor %}{% if message['role'] == 'assistant' %}</s>{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}ASSISTANT:{% endif %}"
)
SMOLVLM_TEMPLATE = (
    "<|im_start|>{% for message in messages %}{{ message['role'] | capitalize }}:"
    "{% for part in message['content'] %}{% if part['type'] == 'image' %}<image>{% else %} {{ part['text'] }}"
    "{% endif %}{% endfor %}<end_of_utterance>\n{% endfor %}{% if add_generation_prompt %}Assistant:{% endif %}"
)


@cache
def _tokens() -> Tokenizer:
    tokens = Tokenizer(models.BPE())
    tokens.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokens.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=420,
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokens.train_from_iterator(CORPUS, trainer)
    return tokens


def tokenizer() -> PreTrainedTokenizerFast:
    return PreTrainedTokenizerFast(
        tokenizer_object=_tokens(),
        pad_token="<pad>",
        bos_token="<s>",
        eos_token="</s>",
        extra_special_tokens=SPECIAL[3:],
    )


def token_id(token: str) -> int:
    found = _tokens().token_to_id(token)
    assert found is not None
    return int(found)


def llava(folder: Path, *, template: bool = True, **text: Any) -> Path:
    """As llava-hf/llava-1.5-7b-hf: CLIP's vision tower (with its class token, which is dropped), Llama."""
    torch.manual_seed(0)
    config = LlavaConfig(
        vision_config=CLIPVisionConfig(image_size=32, patch_size=8, initializer_range=0.2, **_SEES),
        text_config=LlamaConfig(vocab_size=_tokens().get_vocab_size(), **{**_TEXT, **text}),
        image_token_index=token_id("<image>"),
        image_seq_length=16,
    )
    LlavaForConditionalGeneration(config).save_pretrained(folder)
    crop = {"height": 32, "width": 32}
    picture = {"image_processor_type": "CLIPImageProcessor", "size": {"shortest_edge": 32}, "crop_size": crop}
    processor = {"processor_class": "LlavaProcessor", "patch_size": 8, "vision_feature_select_strategy": "default"}
    return _with_processor(
        folder,
        picture | {"do_center_crop": True},
        processor | {"num_additional_image_tokens": 1},
        LLAVA_TEMPLATE if template else "",
    )


def smolvlm(folder: Path) -> Path:
    """As HuggingFaceTB/SmolVLM2: pictures are cut into tiles, so that prompts differ in length."""
    torch.manual_seed(0)
    config = SmolVLMConfig(
        vision_config={"image_size": 32, "patch_size": 8, "initializer_range": 0.2, **_SEES},
        text_config=LlamaConfig(vocab_size=_tokens().get_vocab_size(), **_TEXT),
        image_token_id=token_id("<image>"),
        scale_factor=2,
        pad_token_id=0,
    )
    SmolVLMForConditionalGeneration(config).save_pretrained(folder)
    tiles = {"do_image_splitting": True, "do_pad": True, "max_image_size": {"longest_edge": 32}}
    picture = {"image_processor_type": "SmolVLMImageProcessor", "size": {"longest_edge": 96}, **tiles}
    return _with_processor(
        folder, picture, {"processor_class": "SmolVLMProcessor", "image_seq_len": 4}, SMOLVLM_TEMPLATE
    )


def onevision(folder: Path) -> Path:
    """As llava-hf/llava-onevision-qwen2: SigLIP, pictures in any resolution, and a video processor beside it."""
    torch.manual_seed(0)
    config = LlavaOnevisionConfig(
        vision_config=SiglipVisionConfig(image_size=32, patch_size=8, vision_use_head=False, **_SEES),
        text_config=Qwen2Config(vocab_size=_tokens().get_vocab_size(), **_TEXT),
        image_token_index=token_id("<image>"),
        video_token_index=token_id("<|video_pad|>"),
        image_grid_pinpoints=[[32, 64], [64, 32], [64, 64]],
        vision_feature_layer=-1,
        vision_feature_select_strategy="full",
        vision_aspect_ratio="anyres_max_9",
    )
    LlavaOnevisionForConditionalGeneration(config).save_pretrained(folder)
    size = {"height": 32, "width": 32}
    picture = {"image_processor_type": "LlavaOnevisionImageProcessor", "size": size, "do_pad": True}
    processor = {"processor_class": "LlavaOnevisionProcessor", "num_image_tokens": 16, "video_token": "<|video_pad|>"}
    return _with_processor(
        folder,
        picture | {"image_grid_pinpoints": [[32, 64], [64, 32], [64, 64]]},
        processor | {"vision_feature_select_strategy": "full", "vision_aspect_ratio": "anyres_max_9"},
        "",
    )


def qwen(folder: Path) -> Path:
    """As Qwen/Qwen2.5-VL: pictures as a list of patches, positions in three dimensions."""
    torch.manual_seed(0)
    config = Qwen2_5_VLConfig(
        vision_config={
            "depth": 2, "hidden_size": 32, "intermediate_size": 32, "num_heads": 2, "out_hidden_size": 32,
            "patch_size": 8, "spatial_merge_size": 2, "window_size": 32, "fullatt_block_indexes": [1],
        },
        text_config={
            "vocab_size": _tokens().get_vocab_size(), **_TEXT,
            "rope_parameters": {"rope_type": "default", "rope_theta": 1e4, "mrope_section": [2, 3, 3]},
        },
        image_token_id=token_id("<|image_pad|>"),
        video_token_id=token_id("<|video_pad|>"),
        vision_start_token_id=token_id("<|vision_start|>"),
        vision_end_token_id=token_id("<|vision_end|>"),
    )  # fmt: skip
    Qwen2_5_VLForConditionalGeneration(config).save_pretrained(folder)
    edges = {"min_pixels": 16 * 16, "max_pixels": 64 * 64, "patch_size": 8, "merge_size": 2, "temporal_patch_size": 2}
    picture = {"image_processor_type": "Qwen2VLImageProcessor", **edges}
    return _with_processor(folder, picture, {"processor_class": "Qwen2_5_VLProcessor"}, "")


MODELS: dict[str, Callable[[Path], Path]] = {"llava": llava, "smolvlm": smolvlm, "onevision": onevision, "qwen": qwen}


def _with_processor(folder: Path, picture: dict[str, Any], processor: dict[str, Any], template: str) -> Path:
    tokenizer().save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps({**_NORMAL, **picture}))
    (folder / "processor_config.json").write_text(json.dumps(processor))
    if template:
        (folder / "chat_template.jinja").write_text(template)
    return folder


def frames(folder: Path, count: int = 12) -> Path:
    """JPEGs in three colours, in turn."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        random = np.random.default_rng(number)
        picture = np.array(COLOURS[number % 3]) + random.integers(-20, 20, (36, 64, 3))
        Image.fromarray(picture.clip(0, 255).astype(np.uint8)).save(folder / f"{number:02d}.jpg", quality=95)
    return folder


def examples(folder: Path) -> list[Example]:
    """A frame and the tags that go with its colour, which is also its film."""
    found = sorted(folder.glob("*.jpg"))
    return [Example(f"film-{place % 3}", frame, TAGS[place % 3]) for place, frame in enumerate(found)]


def tuning(model: Path, folder: Path, **options: Any) -> Tuning:
    """Nine frames to learn from in three steps an epoch, three to judge by."""
    wanted = {"rank": 8, "epochs": 3, "batch": 3, "learning_rate": 0.01, "tags_per_prompt": 1, **options}
    some = examples(folder)
    return Tuning(load(str(model)), some[3:], some[:3], FinetuneOptions(model=str(model), **wanted))
