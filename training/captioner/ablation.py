"""The paper's two tables: the tagger taught at several ranks, and with frames of several sizes.

Every size is taught at the chosen rank and every rank at the chosen size, so the two tables share a row. Nothing is
registered. What has been taught is written down at once: an ablation that is killed goes on where it was.
"""

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from catalog.files import write_whole
from catalog.progress import Progress
from training.captioner.examples import Material, gather
from training.captioner.finetuning import checkpoint, teach
from training.captioner.options import SIZES, FinetuneOptions
from training.options import BadOption


@dataclass(frozen=True)
class Axes:
    """What is varied."""

    ranks: list[int]
    sizes: list[str]

    @classmethod
    def of(cls, words: list[str]) -> "Axes":
        """From `ranks=64,128,256` and `sizes=original,360x180`; one of the two may be left out. Raises BadOption."""
        asked = dict(word.partition("=")[::2] for word in words)
        if not asked or asked.keys() - {"ranks", "sizes"}:
            raise BadOption("Use --ablate ranks=64,128,256 sizes=original,360x180,180x90, or one of the two.")
        ranks, sizes = ([part for part in asked.get(name, "").split(",") if part] for name in ("ranks", "sizes"))
        if not all(rank.isdecimal() and int(rank) for rank in ranks) or not set(sizes) <= SIZES.keys():
            raise BadOption(f"Ranks are whole numbers; sizes are: {', '.join(SIZES)}.")
        return cls([int(rank) for rank in ranks], sizes)

    def recipes(self, options: FinetuneOptions) -> list[FinetuneOptions]:
        """What has to be taught, each once."""
        wanted = [options.but(rank=rank) for rank in self.ranks] + [options.but(size=size) for size in self.sizes]
        return list(dict.fromkeys(wanted))


def ablate(options: FinetuneOptions, axes: Axes, progress: Progress) -> dict[str, Any]:
    """Teach every recipe; gives rows per rank and per size, each with loss and figures on validation films.

    An explosion is a row with its sentence: the paper's rank 256 had one.

    Raises:
        NotEnoughLabels, EncoderUnavailable: nothing can be taught, or there is no film to judge by.
        Cancelled: somebody stopped it; what has been taught is kept.
    """
    from training.captioner.loading import fingerprint, folder_of
    from training.snapshot import NotEnoughLabels

    material, weights = gather(options), fingerprint(folder_of(options.model))
    if not material.validation:
        raise NotEnoughLabels("There is no validation film with frames and tags to judge by.")
    rows = {recipe: _row(recipe, material, weights, progress) for recipe in axes.recipes(options)}
    return {
        "model": options.model,
        "films": material.films,
        "frames": {"train": len(material.train), "validation": len(material.validation)},
        "options": options.recipe,
        "before": next((row["before"] for row in rows.values() if row.get("before")), {}),
        "ranks": [{"rank": rank, **rows[options.but(rank=rank)]} for rank in axes.ranks],
        "sizes": [{"size": size, **rows[options.but(size=size)]} for size in axes.sizes],
    }


def _row(options: FinetuneOptions, material: Material, weights: str, progress: Progress) -> dict[str, Any]:
    from training.captioner.tuning import LossExploded

    kept = checkpoint(options, material, weights)
    done = _results(kept)
    if done.is_file() and not options.force:
        found: dict[str, Any] = json.loads(done.read_text())
        return found
    try:
        taught = teach(options, material, kept, progress)
    except LossExploded as error:
        row: dict[str, Any] = {"failed": str(error)}
    else:
        figures = taught.metrics["tagger"]
        row = {"loss": figures["loss"], **figures["after"], "before": figures["before"], "seconds": taught.seconds}
    write_whole(done, json.dumps(row).encode())
    shutil.rmtree(kept.parent, ignore_errors=True)
    return row


def _results(kept: Path) -> Path:
    """Where a recipe's row is kept, apart from its checkpoint."""
    name = hashlib.sha256(str(kept.parent.name).encode()).hexdigest()[:16]
    return Path(settings.DATA_DIR) / "ablations" / f"{name}.json"


def tables(content: dict[str, Any]) -> str:
    """Both tables as text, with the model as it was before in the first line of each."""
    parts = [_table(axis, content[f"{axis}s"], content["before"]) for axis in ("rank", "size") if content[f"{axis}s"]]
    return "\n\n".join(parts)


def _table(axis: str, rows: list[dict[str, Any]], before: dict[str, Any]) -> str:
    lines = [f"{axis:>10} {'match ratio':>12} {'unmatched':>10} {'missing':>8} {'exact F1':>9} {'loss':>7}"]
    if before:
        lines.append(_line("untaught", before))
    return "\n".join([*lines, *(_line(str(row[axis]), row) for row in rows)])


def _line(name: str, row: dict[str, Any]) -> str:
    if "failed" in row:
        return f"{name:>10} {row['failed']}"
    loss = f"{row['loss']:7.3f}" if "loss" in row else f"{'–':>7}"
    return (
        f"{name:>10} {row['match_ratio'] * 100:11.1f}% {row['unmatched']:10.2f} {row['missing']:8.2f} "
        f"{row['exact']['f1'] * 100:8.1f}% {loss}"
    )
