"""The model card: what a version learned from, how good it is, what it cannot do. Written beside its weights."""

from pathlib import Path
from typing import Any

from training.encoders import NONE
from training.models import Task

_RULE = (
    "A challenger replaces the champion if the mean of micro-F1 and macro-F1 over the terms that both know is higher "
    "on the same frozen test films; films that the champion may have learned from are left out."
)
_SCENE_RULE = (
    "A challenger replaces the champion if more of the same test films are right, or as many and it is surer of what "
    "is right; films that the champion may have learned from are left out."
)
_SCENE_LIMITS = """\
- Films, never frames, are split: frames of one film look alike, and a split by frame would measure how well a film
  is recognised.
- Figures rest on few films: read the intervals, and the films that are wrong.
- Every scene is given one of these genres, also a scene of none of them.
- A proposal is not a label: nothing here overwrites what a person has decided."""
_LIMITS = """\
- Labels come from catalogues and people. IMDb lists at most three genres a film, so an unlisted genre is a weak "no".
- Scores are calibrated on validation films of the same catalogue; on films of another kind they may be too sure.
- Plots in another language than the training films, stills and DVD covers instead of posters lower the figures.
- A proposal is not a label: nothing here overwrites what a person has decided."""


def write_card(folder: Path, config: dict[str, Any]) -> None:
    """Write README.md from a version's config (see training/retraining.py)."""
    figures = config["metrics"]
    films = config["films"]
    of_scenes = config["task"] == Task.SCENES
    parts = [
        f"# {Task(config['task']).name.capitalize()} of films: `{config['architecture']}`",
        f"{config['parameters']:,} parameters over {_seen(config)}. {len(config['terms'])} terms.",
        *config.get("notes", []),
        "## Data and split",
        f"{films['train']:,} films to learn from, {films['validation']:,} for thresholds, calibration and choices, "
        f"{films['test']:,} frozen for the figures below. Split: {config['options']['split']}. "
        f"Labels fingerprint `{config['dataset_hash'][:16]}`, seed {config['options']['seed']}.",
        "## Figures on the test films",
        _headlines(figures),
        *(_scenes(figures["scenes"]) if of_scenes else ["## By what there is to see", _subsets(figures["subsets"])]),
        "## By term",
        _terms(figures["terms"]),
        "## Promotion",
        f"{_SCENE_RULE if of_scenes else _RULE} This version: {config['comparison']['reason']}.",
        "## Limits",
        _SCENE_LIMITS if of_scenes else _LIMITS,
    ]
    (folder / "README.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _seen(config: dict[str, Any]) -> str:
    """What the model sees of a film."""
    if reads := {"pictures": "posters themselves", "plots": "plots themselves"}.get(config["reads"]):
        return reads
    if config["reads"] == "pairs":
        encoder = config["image_encoder"]
        return "frames of scenes themselves" if encoder in NONE else f"frames of scenes, {encoder} and optical flow"
    encoders = {"plot": config["text_encoder"], "poster": config["image_encoder"]}
    named = [f"{encoder} ({what})" for what, encoder in encoders.items() if encoder not in NONE]
    return " and ".join(named) + ("; either may be missing" if len(named) > 1 else "")


def _headlines(figures: dict[str, Any]) -> str:
    rows = [_row("this model", figures["test"])]
    if figures["common"]:
        rows.append(_row(f"this model, {figures['common_terms']} terms with 40+ positives", figures["common"]))
    trivial = "always the commonest" if "scenes" in figures else "always the commonest three"
    rows.append(_row(trivial, figures["baseline"]))
    top = figures["ceiling"]["top"]
    rows.append(
        ["ceiling: perfect, but three at most", _percent(top["micro"]["f1"]), _percent(top["macro"]["f1"]), "–"]
    )
    return _table(["", "micro-F1", "macro-F1", "mAP"], rows)


def _scenes(scenes: dict[str, Any]) -> list[str]:
    """Shares of films and of pairs that are right, genre by genre, and what is taken for what."""
    names = {"accuracy": "films", "macro_accuracy": "films, mean of the genres", "pair_accuracy": "pairs of frames"}
    shares = [[name, _with_interval({"intervals": scenes}, key, scenes[key]["value"])] for key, name in names.items()]
    genres = [
        [row["term"], str(row["films"]), *(_percent(row[key] or 0.0) for key in ("accuracy", "pair_accuracy"))]
        for row in scenes["genres"]
    ]
    terms = [row["term"] for row in scenes["genres"]]
    confusion = [[term, *map(str, row)] for term, row in zip(terms, scenes["pair_confusion"], strict=True)]
    return [
        "## Right, with 95 % intervals over films",
        _table(["of", "right"], shares),
        "## By scene genre",
        _table(["genre", "films", "films right", "pairs right"], genres),
        "## What is taken for what: pairs of frames, a row for each true genre",
        _table(["", *terms], confusion),
    ]


def _subsets(subsets: dict[str, Any]) -> str:
    if not subsets:
        return "No test film has both a plot and a poster."
    films = next(iter(subsets.values()))["films"]
    rows = [_row(name, figures) for name, figures in subsets.items()]
    return f"{films:,} test films that have both:\n\n" + _table(["seen", "micro-F1", "macro-F1", "mAP"], rows)


def _terms(terms: list[dict[str, Any]]) -> str:
    rows = [
        [
            row["term"],
            str(row["positives"]),
            *(_percent(row[name]) for name in ("precision", "recall", "f1")),
            f"{row['threshold']:.2f}",
        ]
        for row in sorted(terms, key=lambda row: -row["positives"])
    ]
    return _table(["term", "films", "precision", "recall", "F1", "threshold"], rows)


def _row(name: str, figures: dict[str, Any]) -> list[str]:
    return [
        name,
        _with_interval(figures, "micro_f1", figures["micro"]["f1"]),
        _with_interval(figures, "macro_f1", figures["macro"]["f1"]),
        _with_interval(figures, "map", figures["map"]),
    ]


def _with_interval(figures: dict[str, Any], name: str, value: float) -> str:
    interval = figures.get("intervals", {}).get(name)
    bounds = f" ({_percent(interval['low'])}–{_percent(interval['high'])})" if interval else ""
    return _percent(value) + bounds


def _percent(value: float) -> str:
    return f"{value * 100:.1f}"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
