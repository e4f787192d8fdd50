"""Score a version against labels from a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError

from catalog.progress import Console
from training import registry
from training.labels_file import BadLabels, read_labels
from training.management.figures import add_json_argument, write_json
from training.models import ModelVersion, Task
from training.splits import split_of


class Command(BaseCommand):
    help = "Score a version against labels from a file: imdb_id and genres (a|b), or imdb_id, term and value."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("version", help="as in genres-3")
        parser.add_argument("--labels", type=Path, required=True, metavar="FILE.csv")
        parser.add_argument("--test-only", action="store_true", help="only films of the frozen test part")
        add_json_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        from training.encoders import EncoderUnavailable

        progress = Console(self.stderr.write)
        try:
            figures = self._figures(options, progress)
        except (registry.UnknownVersion, registry.DamagedModel, BadLabels, EncoderUnavailable) as error:
            raise CommandError(str(error), returncode=2) from error
        finally:
            progress.close()
        write_json(options["json"], figures)
        for name in ("test", "baseline"):
            row = figures[name]
            f1s = (row["micro"]["f1"], row["macro"]["f1"], row["map"])
            self.stdout.write("{:<9} micro-F1 {:.3f}  macro-F1 {:.3f}  mAP {:.3f}".format(name, *f1s))
        self.stdout.write(f"{figures['films']} films; {figures['missing']} of the file are not in the catalogue.")

    def _figures(self, options: dict[str, Any], progress: Console) -> dict[str, Any]:
        from training.data import read_inputs
        from training.evaluation import evaluate
        from training.metrics import Truth, prior

        version = registry.find(options["version"])
        model = registry.load(version)
        found = read_labels(options["labels"], Task(version.task), model.terms)
        rows = [i for i, key in enumerate(found.keys) if not options["test_only"] or _is_test(version, key)]
        if not rows:
            raise BadLabels("None of the file's films belongs to the frozen test part.")
        labels = found.labels[rows]
        inputs = read_inputs(
            [found.film_ids[i] for i in rows], model.text_encoder, model.image_encoder, progress, model.looks
        )
        shares = version.config.get("prior") or prior(Truth.of(labels))
        figures = evaluate(
            model, inputs, labels, terms=model.terms, thresholds=model.thresholds, prior=np.asarray(shares)
        )
        return {"version": version.name, "films": len(rows), "missing": len(found.missing)} | figures


def _is_test(version: ModelVersion, key: str) -> bool:
    """Whether the film belongs to the frozen test part; of scene genres, whether the version has not learned from it:
    which films these are is another choice each time."""
    return key not in version.config["seen"] if version.task == Task.SCENES else split_of(key) == "test"
