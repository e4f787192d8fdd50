"""Train a challenger on the labels of this moment; promote it if it is better."""

from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.core.management.base import BaseCommand, CommandError

from catalog.progress import Console
from training import distributed
from training.architectures import ARCHITECTURES, SCENES
from training.learning_curve import Gain
from training.management.arguments import add_training_arguments
from training.management.figures import add_json_argument, write_json
from training.models import Task
from training.options import PROMOTE, BadOption, RetrainOptions, usual
from training.price import Price, price
from training.readiness import Turned
from training.retraining import Outcome, follow, retrain
from training.snapshot import NotEnoughLabels


class Command(BaseCommand):
    help = "Train genres, tags or scene genres on the corrected labels, compare with the champion, promote if better."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("task", choices=[str(task.value) for task in Task])
        add_training_arguments(parser, min_films=None)
        parser.add_argument(
            "--architecture",
            help=f"one of {', '.join(ARCHITECTURES)}; of scenes one of {', '.join(SCENES)}; the first by itself",
        )
        parser.add_argument("--seed", type=int, default=0, help="same seed, labels and options: same model")
        parser.add_argument("--promote", default="auto", help=f"one of {', '.join(PROMOTE)}")
        parser.add_argument("--force", action="store_true", help="train although nothing has changed")
        parser.add_argument("--price", action="store_true", help="tell what it would cost, and train nothing")
        add_json_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        from training.encoders import EncoderUnavailable

        progress = Console(self.stderr.write)
        architecture, fewest = usual(options["task"])
        options["architecture"] = options["architecture"] or architecture
        options["min_films"] = fewest if options["min_films"] is None else options["min_films"]
        try:
            chosen = RetrainOptions(**{field.name: options[field.name] for field in fields(RetrainOptions)})
            if options["price"]:
                self._tell_price(price(chosen), options["json"])
                return
            if distributed.follows():
                follow(chosen)
                return
            self._warn(price(chosen).turned)
            outcome = retrain(chosen, progress)
        except (BadOption, NotEnoughLabels, EncoderUnavailable) as error:
            raise CommandError(str(error), returncode=2) from error
        finally:
            progress.close()
        write_json(options["json"], outcome.as_dict())
        self._tell(outcome)

    def _tell_price(self, found: Price, file: Path | None) -> None:
        write_json(file, found.as_dict())
        films = ", ".join(f"{number:,} {part}" for part, number in found.films.items())
        self.stdout.write(f"{found.terms} terms, films: {films}; {found.changed:,} labels changed since the last run.")
        self._warn(found.turned)
        for each in found.unread:
            known = f"about {each.seconds:.0f} s" if each.seconds is not None else "not measured here yet"
            self.stdout.write(f"{each.number:,} {each.kind} to encode first: {known}.")
        if found.seconds is None:
            self.stdout.write(f"Time and memory: such a training was never measured here ({found.machine}).")
        else:
            low, high = found.seconds.low, found.seconds.high
            runs = ", ".join(found.runs)
            self.stdout.write(f"Time: about {found.seconds.usual:.0f} s ({low:.0f} to {high:.0f} s; from {runs}).")
        if found.memory is not None:
            free = f", {found.free / 2**30:.1f} GiB are free" if found.free else ""
            self.stdout.write(f"Memory: about {found.memory.usual / 2**30:.2f} GiB{free}.")
        if found.gain is not None:
            self.stdout.write(_gain(found.gain))

    def _warn(self, turned: Sequence[Turned]) -> None:
        for one in turned:
            self.stdout.write(
                f"Look first: {one.person} alone has turned round {one.labels:,} labels since the last run, "
                f"{one.share:.0%} of those that are yes (/changes/by/{quote(one.person)}/ takes them back)."
            )

    def _tell(self, outcome: Outcome) -> None:
        if outcome.version is None:
            self.stdout.write(
                f"Labels and options are those of run {outcome.run.pk} ({outcome.run.version}): nothing to train. "
                "Use --force to train all the same."
            )
            return
        figures = outcome.version.metrics
        for name in ("test", "common", "baseline"):
            if figures[name]:
                f1s = (figures[name]["micro"]["f1"], figures[name]["macro"]["f1"], figures[name]["map"])
                self.stdout.write("{:<9} micro-F1 {:.3f}  macro-F1 {:.3f}  mAP {:.3f}".format(name, *f1s))
        if scenes := figures.get("scenes"):
            shares = [f"{scenes[name]['value']:.3f}" for name in ("accuracy", "macro_accuracy", "pair_accuracy")]
            self.stdout.write("right     films {}  mean of genres {}  pairs of frames {}".format(*shares))
        seconds = ", ".join(f"{name} {value:.1f} s" for name, value in outcome.version.config["seconds"].items())
        state = "is champion now" if outcome.promoted else "is kept as challenger"
        self.stdout.write(f"{outcome.version} {state}: {outcome.comparison['reason']} ({seconds}).")


def _gain(gain: Gain) -> str:
    value, low, high = (100 * share for share in gain.per_doubling)
    twice = f"twice as many films would bring {value:+.1f} points ({low:+.1f} to {high:+.1f})"
    if not gain.films:
        return f"Gain: no film more to learn from than the champion had; {twice}."
    if gain.value is None or gain.low is None or gain.high is None:
        return f"Gain: {gain.films:+,} films, too many to tell from the learning curve; {twice}."
    value, low, high = (100 * share for share in (gain.value, gain.low, gain.high))
    return f"Gain: {gain.films:+,} films, {value:+.2f} points ({low:+.2f} to {high:+.2f}); {twice}."
