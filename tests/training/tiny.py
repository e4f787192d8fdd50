"""Tiny models of the real classes, made from a config and saved as the hub has them."""

import json
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from transformers import (
    BertConfig,
    BertModel,
    BertTokenizerFast,
    CLIPConfig,
    CLIPModel,
    Florence2Config,
    Florence2Model,
    MobileNetV2Config,
    MobileNetV2Model,
    ResNetConfig,
    ResNetModel,
    RobertaConfig,
    RobertaModel,
    ViTConfig,
    ViTForImageClassification,
    ViTModel,
)

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "film", "of", "ghosts", "love", "war", ".", "##s", "the"]
_SMALL = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
_NORMAL: dict[str, Any] = {"do_rescale": True, "rescale_factor": 1 / 255, "do_normalize": True}
_NORMAL |= {"image_mean": [0.48, 0.46, 0.41], "image_std": [0.27, 0.26, 0.28], "do_resize": True, "resample": 3}


def bert(folder: Path, **config: Any) -> Path:
    torch.manual_seed(0)
    BertModel(BertConfig(vocab_size=len(WORDS), max_position_embeddings=32, **_SMALL, **config)).save_pretrained(folder)
    return _with_tokenizer(folder)


def roberta(folder: Path) -> Path:
    torch.manual_seed(0)
    config = RobertaConfig(vocab_size=len(WORDS), max_position_embeddings=34, pad_token_id=0, **_SMALL)
    RobertaModel(config, add_pooling_layer=False).save_pretrained(folder)
    return _with_tokenizer(folder)


def _with_tokenizer(folder: Path) -> Path:
    BertTokenizerFast(vocab={word: place for place, word in enumerate(WORDS)}, do_lower_case=True).save_pretrained(
        folder
    )
    return folder


def vit(folder: Path) -> Path:
    torch.manual_seed(0)
    ViTModel(ViTConfig(image_size=32, patch_size=8, **_SMALL)).save_pretrained(folder)
    return _with_preprocessing(folder, "ViTImageProcessor", size={"height": 32, "width": 32})


def vit_classifier(folder: Path) -> Path:
    """As most ViTs on the hub are: without the pooling layer that ViTModel would have."""
    torch.manual_seed(0)
    ViTForImageClassification(ViTConfig(image_size=32, patch_size=8, **_SMALL)).save_pretrained(folder)
    return _with_preprocessing(folder, "ViTImageProcessor", size={"height": 32, "width": 32})


def mobilenet(folder: Path) -> Path:
    torch.manual_seed(0)
    MobileNetV2Model(MobileNetV2Config(image_size=32, depth_multiplier=0.25)).save_pretrained(folder)
    crop = {"height": 32, "width": 32}
    return _with_preprocessing(
        folder, "MobileNetV2ImageProcessor", size={"shortest_edge": 40}, crop_size=crop, do_center_crop=True
    )


def resnet(folder: Path) -> Path:
    torch.manual_seed(0)
    config = ResNetConfig(embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1], layer_type="basic")
    ResNetModel(config).save_pretrained(folder)
    return _with_preprocessing(folder, "ConvNextImageProcessor", size={"shortest_edge": 32}, crop_pct=0.875)


def clip(folder: Path) -> Path:
    torch.manual_seed(0)
    text = {"vocab_size": len(WORDS), "max_position_embeddings": 16, **_SMALL}
    config = CLIPConfig(
        text_config=text, vision_config={"image_size": 32, "patch_size": 8, **_SMALL}, projection_dim=12
    )
    CLIPModel(config).save_pretrained(folder)
    return _with_preprocessing(
        folder, "CLIPImageProcessor", size={"shortest_edge": 32}, crop_size=32, do_center_crop=True
    )


def florence2(folder: Path) -> Path:
    torch.manual_seed(0)
    stages = {"embed_dim": [8] * 4, "num_heads": [1] * 4, "num_groups": [1] * 4, "depths": [1] * 4}
    text = {f"{part}_{what}": 2 for part in ("encoder", "decoder") for what in ("layers", "attention_heads", "ffn_dim")}
    config = Florence2Config(
        vision_config={**stages, "window_size": 4, "projection_dim": 12},
        text_config={"model_type": "bart", "vocab_size": len(WORDS), "d_model": 12, **text},
    )
    Florence2Model(config).save_pretrained(folder)
    return _with_preprocessing(folder, "CLIPImageProcessor", size={"height": 64, "width": 64}, do_center_crop=False)


def _with_preprocessing(folder: Path, kind: str, **config: Any) -> Path:
    written = {"image_processor_type": kind, **_NORMAL, **config}
    (folder / "preprocessor_config.json").write_text(json.dumps(written))
    return folder


def poster(path: Path, seed: int = 0, size: tuple[int, int] = (120, 180)) -> Path:
    """A JPEG of soft patches."""
    from training.encoders.pictures import sketch

    path.parent.mkdir(parents=True, exist_ok=True)
    picture: Image.Image = sketch(seed, size)
    picture.save(path, "JPEG", quality=90)
    return path
