import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = (
        "Train the starter poster encoder from scratch on a CPU and write its folder. "
        "Needs a films.csv (imdb_id, genres, genres_source, plot, year, language, mpst_tags) and posters "
        "named by IMDb id. Films of the test split are left alone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("films", type=Path, help="films.csv")
        parser.add_argument("--posters", type=Path, required=True, help="folder with <imdb_id>.jpg")
        parser.add_argument("--out", type=Path, required=True, help="folder to write the encoder to")
        parser.add_argument("--keywords", type=Path, help="CSV with imdb_id and keywords, plain or gzipped")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--epochs", type=int)
        parser.add_argument("--threads", type=int, help="CPU threads; as many as there are cores by default")
        parser.add_argument("--json", type=Path, help="write the figures of every epoch here")

    def handle(self, *args: Any, **options: Any) -> None:
        for name in ("films", "posters", "keywords"):
            if options[name] and not options[name].exists():
                raise CommandError(f"{options[name]} does not exist.", returncode=2)
        import torch

        from training.starter_training import TrainingConfig, train_from_files

        if options["threads"]:
            torch.set_num_threads(options["threads"])
        changed = {"seed": options["seed"]} | ({"epochs": options["epochs"]} if options["epochs"] else {})
        history: list[dict[str, float]] = []

        def report(figures: dict[str, float]) -> None:
            history.append(figures)
            self.stdout.write("  ".join(f"{name} {value:.4g}" for name, value in figures.items()))
            self.stdout.flush()

        try:
            train_from_files(
                options["films"],
                options["posters"],
                options["keywords"],
                options["out"],
                TrainingConfig(**changed),
                report,
            )
        except (KeyError, ValueError, OSError) as error:
            raise CommandError(f"The encoder could not be trained: {error}", returncode=2) from error
        if options["json"]:
            options["json"].write_text(json.dumps(history, indent=2) + "\n")
        self.stdout.write(self.style.SUCCESS(f"Written to {options['out']}."))
