"""A fine-tuning in a process of its own, to be killed: `python -m tests.training.interrupted_tuning MODEL FRAMES KEPT`.

It prints a line after each step and keeps its state as often.
"""

import os
import sys
from pathlib import Path

import django


def main(model: Path, frames: Path, kept: Path) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genresite.settings")
    django.setup()

    from tests.training import tiny_vlm
    from training.loop import one_core

    with one_core():
        tuning = tiny_vlm.tuning(model, frames)
        tuning.run(kept=kept, keep_seconds=0, on_step=lambda steps: print("step", steps, flush=True))  # noqa: T201


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
