"""Teach a vision-language model the catalogue's tags."""

from argparse import ArgumentParser
from dataclasses import fields
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.progress import Console
from training.captioner.options import SIZES, SPLITS, FinetuneOptions
from training.management.figures import add_json_argument, write_json
from training.options import BadOption
from training.snapshot import NotEnoughLabels


class Command(BaseCommand):
    help = "Teach a LoRA adapter the tags of films from their frames; it is registered as a version of tags."

    def add_arguments(self, parser: ArgumentParser) -> None:
        usual = FinetuneOptions(model="-")
        parser.add_argument("--model", required=True, help="hub id or folder of an image-text-to-text model")
        parser.add_argument("--rank", type=int, default=usual.rank, help="rank of the adapter")
        parser.add_argument("--alpha", type=int, default=usual.alpha, help="scale of the adapter; 0 is twice the rank")
        parser.add_argument("--size", default=usual.size, choices=list(SIZES), help="what frames are squeezed to")
        parser.add_argument("--tags-per-prompt", default="all", metavar="all|N", help="tags in one answer")
        parser.add_argument("--epochs", type=int, default=usual.epochs)
        parser.add_argument("--batch", type=int, default=usual.batch, help="frames per step")
        parser.add_argument("--learning-rate", type=float, default=usual.learning_rate)
        parser.add_argument("--seed", type=int, default=usual.seed)
        parser.add_argument("--limit", type=int, default=usual.limit, help="most training frames; 0 is all")
        parser.add_argument("--split", default=usual.split, choices=list(SPLITS))
        parser.add_argument("--force", action="store_true", help="teach although nothing has changed")
        parser.add_argument(
            "--ablate",
            nargs="+",
            metavar="AXIS=…",
            help="ranks=64,128,256 sizes=original,360x180,180x90: teach each, print two tables, register nothing",
        )
        add_json_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        from training.captioner.tuning import LossExploded
        from training.encoders import EncoderUnavailable

        progress = Console(self.stderr.write)
        try:
            chosen = self._chosen(options)
            figures = self._ablate(chosen, options, progress) if options["ablate"] else self._finetune(chosen, progress)
        except (BadOption, NotEnoughLabels, EncoderUnavailable, LossExploded) as error:
            raise CommandError(str(error), returncode=2) from error
        finally:
            progress.close()
        write_json(options["json"], figures)

    def _chosen(self, options: dict[str, Any]) -> FinetuneOptions:
        tags = options["tags_per_prompt"]
        if tags != "all" and not (tags.isdecimal() and int(tags)):
            raise BadOption("--tags-per-prompt is `all` or a whole number above 0.")
        asked = {field.name: options[field.name] for field in fields(FinetuneOptions)}
        return FinetuneOptions(**asked | {"tags_per_prompt": 0 if tags == "all" else int(tags)})

    def _ablate(self, chosen: FinetuneOptions, options: dict[str, Any], progress: Console) -> dict[str, Any]:
        from training.captioner.ablation import Axes, ablate, tables

        content = ablate(chosen, Axes.of(options["ablate"]), progress)
        self.stdout.write(tables(content))
        return content

    def _finetune(self, chosen: FinetuneOptions, progress: Console) -> dict[str, Any]:
        from training.captioner.finetuning import finetune

        outcome = finetune(chosen, progress)
        if outcome.version is None:
            self.stdout.write(
                f"Frames, tags and options are those of run {outcome.run.pk} ({outcome.run.version}): nothing to "
                "teach. Use --force to teach all the same."
            )
            return outcome.as_dict()
        figures = outcome.version.metrics["tagger"]
        for name, part in (("untaught", figures["before"]), ("taught", figures["after"])):
            if part:
                self.stdout.write(
                    f"{name:<9} exact F1 {part['exact']['f1']:.3f}  match ratio {part['match_ratio']:.3f}  "
                    f"unmatched {part['unmatched']:.1f}  missing {part['missing']:.1f}"
                )
        seconds = ", ".join(f"{name} {value:.1f} s" for name, value in outcome.version.config["seconds"].items())
        self.stdout.write(f"{outcome.version} is registered: loss {figures['loss']:.3f} a token ({seconds}).")
        return outcome.as_dict()
