"""The card of an adapter: what it sits on, what it was taught with, how good it is, what it cannot do."""

from pathlib import Path
from typing import Any

_LIMITS = """\
- Tags are the film's, not the frame's: an answer says what a film with such frames tends to be tagged with.
- A tagger that names every tag matches every tag; read unmatched tags and exact F1 beside the match ratio.
- The figures are of validation films, by whose loss the epoch was chosen; test films were not looked at.
- It captions frames. It gives no scores of films and cannot be champion."""


def write_card(folder: Path, config: dict[str, Any]) -> None:
    """Write README.md from a version's config (see training/captioner/finetuning.py)."""
    options, frames, films = config["options"], config["frames"], config["films"]
    lora, figures = config["lora"], config["metrics"]["tagger"]
    tags = f"{options['tags_per_prompt']} at most" if options["tags_per_prompt"] else "all of the film's"
    held_out = config["held_out"]
    parts = [
        f"# Tags of frames: `{config['architecture']}`",
        f"A LoRA adapter of rank {lora['r']} and alpha {lora['lora_alpha']} ({config['parameters']:,} parameters) on "
        f"the language model of `{config['base_name']}`, weights `{config['weights'][:12]}`. The vision "
        "tower is as it was.",
        "## What it was taught",
        f"> {config['prompt']}\n\nTags in an answer: {tags}. Frames: {options['size']}.",
        f"{frames['train']:,} frames of {films['train']:,} films; {frames['validation']:,} frames of "
        f"{films['validation']:,} other films to judge by. Split: {options['split']}. "
        f"Fingerprint `{config['dataset_hash'][:16]}`, seed {options['seed']}, {options['epochs']} epochs of "
        f"{options['batch']} frames a step, learning rate {options['learning_rate']:g}."
        + (f" The split had no validation film: {', '.join(held_out)} was held out." if held_out else ""),
        "## Figures on validation films",
        _table(figures),
        "## Tags",
        ", ".join(config["terms"]),
        "## Limits",
        _LIMITS,
    ]
    (folder / "README.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _table(figures: dict[str, Any]) -> str:
    if not figures["after"]:
        return f"No film was left to judge by; the training loss fell to {figures['loss']:.3f}."
    head = ["", "exact F1", "precision", "recall", "match ratio", "unmatched", "missing", "named", "true"]
    rows = [
        _row(name, figures[part]) for name, part in (("as published", "before"), ("taught", "after")) if figures[part]
    ]
    lines = [head, ["---"] * len(head), *rows]
    table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    return f"{table}\n\nValidation loss {figures['loss']:.3f} a token."


def _row(name: str, found: dict[str, Any]) -> list[str]:
    shares = [found["exact"][part] for part in ("f1", "precision", "recall")] + [found["match_ratio"]]
    counts = [found[part] for part in ("unmatched", "missing", "named", "true")]
    return [name, *(f"{value * 100:.1f}" for value in shares), *(f"{value:.2f}" for value in counts)]
