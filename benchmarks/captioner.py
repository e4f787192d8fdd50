"""Captions in batches against one at a time, and a step of LoRA training: LLaVA-1.5-7B's shape, random weights.

Nothing is downloaded: the network is built from its config (CLIP ViT-L/14 at 336 pixels, so 576 image tokens; Llama
with 32 layers of 4,096), and writes 48 tokens for each frame whatever they say. On a machine with a GPU:

    python benchmarks/captioner.py --json out.json                     # about three minutes on an H100
    python benchmarks/captioner.py --tiny                              # the same code, a small shape, any CPU
    python benchmarks/captioner.py --model llava-hf/llava-1.5-7b-hf    # the published weights, from the hub or a folder

`batched` is the way of `manage.py generate_tags`: 640x360 JPEGs are read, resized and turned into prompts while the
model writes the batch before. `alone` is the same with one frame at a time. Rates are medians over rounds, with the
slowest and the fastest round; the two take turns, and the first round is thrown away. `hours` are for the paper's 3,139
images, beside the 28.7 hours that it reports. `lora`: seconds of a whole step (16 frames, 15 tags each) and the most
memory.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
IMAGES, HOURS = 3139, 28.7  # of the paper
NEW_TOKENS = 48
TAGS = "rain, night, war, space, love, dark comedy, murder, revenge, robot, desert, ghost, city, snow, fire, car chase"
FULL: dict[str, dict[str, Any]] = {
    "vision": {"hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 24, "num_attention_heads": 16},
    "text": {"hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32, "num_attention_heads": 32},
}
TINY: dict[str, dict[str, Any]] = {
    "vision": {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 2},
    "text": {"hidden_size": 128, "intermediate_size": 256, "num_hidden_layers": 4, "num_attention_heads": 4},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiny", action="store_true", help="a small shape with 64 image tokens, for a CPU")
    parser.add_argument("--model", default="", help="hub id or folder of a real model instead of random weights")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batch", type=int, default=0, help="0: as memory allows")
    parser.add_argument("--rank", type=int, default=128)
    parser.add_argument("--steps", type=int, default=6, help="LoRA steps; the first two are thrown away")
    parser.add_argument("--only", choices=["captions", "lora"], help="one of the two")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    _set_up()
    model = _model(options)
    figures: dict[str, Any] = {"device": _device(), "model": model.label, "precision": str(model.dtype).split(".")[-1]}
    with tempfile.TemporaryDirectory() as scratch:
        frames = _frames(Path(scratch), 256)
        if options.only != "lora":
            figures |= _captions(model, frames, options)
        if options.only != "captions":
            figures["lora"] = _lora(model, frames, options)
    print(json.dumps(figures, indent=1))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")


def _set_up() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genresite.settings")
    os.environ.setdefault("DATABASE_URL", "postgres://unused@127.0.0.1/unused")  # nothing here asks a database
    django.setup()


def _device() -> str:
    import torch

    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    return f"CPU, {torch.get_num_threads()} threads"


# The model --------------------------------------------------------------------------------------------------


def _model(options: argparse.Namespace) -> Any:
    from training.captioner.loading import load

    model = load(options.model) if options.model else _random(options.tiny)
    # As many tokens as are asked for, whatever the weights say.
    model.network.generation_config.min_new_tokens = NEW_TOKENS
    return model


def _random(tiny: bool) -> Any:
    """LLaVA's classes with random weights, in bf16 on a GPU."""
    import torch
    from transformers import CLIPVisionConfig, LlamaConfig, LlavaConfig, LlavaForConditionalGeneration

    from training.captioner.loading import Loaded

    torch.manual_seed(0)
    shape, side = (TINY, 112) if tiny else (FULL, 336)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    dtype = torch.bfloat16 if device.type == "cuda" else torch.float32
    config = LlavaConfig(
        vision_config=CLIPVisionConfig(image_size=side, patch_size=14, **shape["vision"]),
        text_config=LlamaConfig(
            vocab_size=32064,
            max_position_embeddings=4096,
            pad_token_id=0,
            bos_token_id=1,
            eos_token_id=2,
            **shape["text"],
        ),
        image_token_index=3,
        image_seq_length=(side // 14) ** 2,
    )
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with device:
            network = LlavaForConditionalGeneration(config)
    finally:
        torch.set_default_dtype(before)
    label = f"llava-1.5 {'tiny' if tiny else '7B'} shape, {sum(w.numel() for w in network.parameters()) / 1e9:.2f}e9"
    return Loaded(label, network.eval().requires_grad_(False), _processor(side), device, dtype)


def _processor(side: int) -> Any:
    """CLIP's preprocessing in Pillow, and a tokenizer that knows the words of our prompts."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlavaProcessor, PreTrainedTokenizerFast
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    from training.captioner import prompts

    tokens = Tokenizer(models.BPE())
    tokens.pre_tokenizer, tokens.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=2000,
        special_tokens=["<pad>", "<s>", "</s>", "<image>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokens.train_from_iterator([prompts.CAPTION, prompts.TAGS, TAGS, prompts.PUBLISHED["llava"]], trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=tokens, pad_token="<pad>", bos_token="<s>", eos_token="</s>", extra_special_tokens=["<image>"]
    )
    tokenizer.padding_side = "left"
    return LlavaProcessor(
        image_processor=CLIPImageProcessorPil(size={"shortest_edge": side}, crop_size={"height": side, "width": side}),
        tokenizer=tokenizer,
        patch_size=14,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
    )


def _frames(folder: Path, count: int) -> list[Path]:
    from training.encoders.pictures import sketch

    paths = [folder / f"{number:03}.jpg" for number in range(count)]
    for number, path in enumerate(paths):
        sketch(number, (640, 360)).save(path, quality=90)
    return paths


# Captions ---------------------------------------------------------------------------------------------------


def _captions(model: Any, frames: list[Path], options: argparse.Namespace) -> dict[str, Any]:
    from training.captioner.captioner import Captioner

    captioner = Captioner(model)
    few = frames[: 2 if options.tiny else 4]
    _forget_memory(model)
    _rate(captioner, frames[:1], options.batch)  # warm, and the batch is chosen
    size = options.batch or captioner._most
    many = frames[: min(len(frames), (4 if model.device.type == "cuda" else 2) * size)]
    batched, alone, ratios, same = [], [], [], 0.0
    for turn in range(options.rounds + 1):  # in turn, so that what else the machine does disturbs both alike
        fast, answers = _rate(captioner, many, size)
        slow, singles = _rate(captioner, few, 1)
        if turn:
            batched, alone, ratios = [*batched, fast], [*alone, slow], [*ratios, fast / slow]
        same = sum(a == b for a, b in zip(answers, singles, strict=False)) / len(few)
    from training.captioner import prompts
    from training.captioner.asking import ask

    asked = ask(model, [_opened(frames[0])], prompts.CAPTION)["input_ids"]
    return {
        "image_tokens": int((asked == model.network.config.image_token_id).sum()),
        "prompt_tokens": asked.shape[1],
        "new_tokens": NEW_TOKENS,
        "batch": size,
        "batched": _summary(batched),
        "alone": _summary(alone),
        "ratio": round(statistics.median(ratios), 2),
        "ratios": [round(ratio, 2) for ratio in ratios],
        "hours": {
            "batched": round(IMAGES / statistics.median(batched) / 3600, 4),
            "alone": round(IMAGES / statistics.median(alone) / 3600, 4),
            "paper": HOURS,
        },
        "same_captions": same,
        "memory_gb": _most_memory(model),
    }


def _opened(path: Path) -> Any:
    from training.captioner.frames import read

    return read(path)


def _rate(captioner: Any, frames: list[Path], batch: int) -> tuple[float, list[str]]:
    """Images a second, reading the files included; and what was said."""
    began = time.perf_counter()
    said = [one for part in captioner.captions(frames, batch=batch, most_tokens=NEW_TOKENS) for one in part]
    return len(frames) / (time.perf_counter() - began), said


def _summary(rates: list[float]) -> dict[str, float]:
    return {
        "images_per_second": round(statistics.median(rates), 3),
        "slowest": round(min(rates), 3),
        "fastest": round(max(rates), 3),
    }


# LoRA -------------------------------------------------------------------------------------------------------


def _lora(model: Any, frames: list[Path], options: argparse.Namespace) -> dict[str, Any]:
    from training.captioner.examples import Example
    from training.captioner.options import FinetuneOptions
    from training.captioner.tuning import Tuning

    batch = 4 if options.tiny else 16
    some = [Example("film", frame, tuple(TAGS.split(", "))) for frame in frames[: batch * options.steps]]
    asked = FinetuneOptions(model="random", rank=options.rank, epochs=1, batch=batch)
    tuning = Tuning(model, some, [], asked)
    _forget_memory(model)
    times, sizes = [time.perf_counter()], []
    step = Tuning._step

    def timed(self: Tuning, course: Any, prepared: Any) -> None:
        step(self, course, prepared)
        sizes.append(course.micro)
        times.append(time.perf_counter())

    Tuning._step = timed  # type: ignore[method-assign]
    try:
        tuned = tuning.run()
    finally:
        Tuning._step = step  # type: ignore[method-assign]
    steps = [after - before for before, after in pairwise(times)][2:]
    return {
        "rank": options.rank,
        "parameters": sum(tensor.numel() for tensor in tuned.weights.values()),
        "frames_per_step": batch,
        "frames_at_once": sizes[-1],
        "seconds_per_step": round(statistics.median(steps), 3),
        "fastest": round(min(steps), 3),
        "slowest": round(max(steps), 3),
        "loss": round(tuned.history[0]["train_loss"], 3),
        "memory_gb": _most_memory(model),
    }


def _forget_memory(model: Any) -> None:
    import torch

    if model.device.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


def _most_memory(model: Any) -> float | None:
    """Gigabytes (1e9) at the highest point since it was forgotten: of the GPU, otherwise of the process so far."""
    import resource

    import torch

    if model.device.type == "cuda":
        return round(torch.cuda.max_memory_allocated() / 1e9, 2)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9, 2)


if __name__ == "__main__":
    main()
